//! The one place that makes HTTP clients.

use std::time::Duration;

use reqwest::Client;

const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Between two pieces of an answer.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A client that follows no redirects: a log is where its reader says. reqwest comes without a choice of cryptography.
pub fn client() -> Client {
    // Another part of the program may have chosen before; the choice is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        Client::builder()
            .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX)
            .read_timeout(SILENCE_MAX)
    };
    builder().build().unwrap_or_else(|error| {
        tracing::warn!(%error, "no certificates: only plain HTTP can be asked");
        let plain = builder().tls_certs_only([]).build();
        plain.expect("a client that trusts no certificate needs none")
    })
}

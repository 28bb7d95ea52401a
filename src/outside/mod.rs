//! THE TELEPHONE: how other systems are called: one client for addresses that the operator has named, one for addresses
//! that somebody else may have chosen, and the words for what goes wrong.

mod guard;

use std::time::Duration;

use reqwest::{Client, ClientBuilder};

pub use self::guard::{Allowed, Forbidden, Guarded};

/// Between two pieces of an answer.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A client that gives up connecting after so long and follows no redirects: logs and witnesses are where one was told.
pub fn client(connect_max: Duration) -> Client {
    made(|| plain(connect_max))
}

fn plain(connect_max: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("motcua/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_max)
        .read_timeout(SILENCE_MAX)
}

/// A machine without certificates of authorities can still ask over plain HTTP.
fn made(builder: impl Fn() -> ClientBuilder) -> Client {
    // reqwest comes without a choice of cryptography. Another part of the program may have chosen before; it is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder().build().unwrap_or_else(|error| {
        tracing::warn!(
            error = cause(&error),
            "no certificates: only plain HTTP can be asked"
        );
        let plain = builder().tls_certs_only([]).build();
        plain.expect("a client that trusts no certificate needs none")
    })
}

/// The innermost cause, which says more than reqwest's own words.
pub fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "too late".into();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// An address as it may be shown: whatever stands before an `@` is somebody's.
pub fn without_secrets(address: &str) -> String {
    let Some((before, host)) = address.rsplit_once('@') else {
        return address.to_owned();
    };
    match before.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://***@{host}"),
        None => format!("***@{host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn nothing_before_the_host_is_shown() {
        for (address, shown) in [
            ("nats://bus:4222/H38", "nats://bus:4222/H38"),
            ("nats://h38:p@ss@bus:4222/H38", "nats://***@bus:4222/H38"),
            ("nats://token@bus", "nats://***@bus"),
            ("capital:secret@bus/H38", "***@bus/H38"),
        ] {
            assert_eq!(without_secrets(address), shown);
        }
    }
}

//! The published log on NATS JetStream, for whoever follows many journals: one message per fact and one per checkpoint.
//!
//! A log named `NAME` there is two streams. `NAME` holds the facts, in their exact bytes: the message of a position has the
//! sequence position + 1, so the stream has the journal's order and no other. `NAME-checkpoints` holds the signed notes, each
//! once everything under it is in `NAME`. Nothing in the streams is believed: a follower proves facts by the checkpoints.

mod publisher;

use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::{self, Context};
use percent_encoding::percent_decode_str;
use url::Url;

pub use self::publisher::{FanoutError, Publisher};
use crate::outside;

/// With each checkpoint: the log's key as it shows itself.
pub const VKEY: &str = "Motcua-Vkey";

const CONNECT_MAX: Duration = Duration::from_secs(5);
const NAME_MAX: usize = 64;

/// Whether a log may be called so: in addresses, as a stream and as a folder.
pub fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !text.is_empty() && text.len() <= NAME_MAX && text.bytes().all(fits)
}

/// Where a log is on NATS: `nats://[user:password@|token@]host[:port]/NAME`, or `tls://…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    server: Url,
    name: String,
}

impl std::fmt::Display for Address {
    /// Without what is secret in it.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let server = outside::without_secrets(self.server.as_str());
        write!(out, "{}/{}", server.trim_end_matches('/'), self.name)
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{self}")
    }
}

impl std::str::FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "not a place on NATS: nats://host:port/NAME or tls://…, the name at most {NAME_MAX} letters, digits, - and _"
            )
        };
        let mut server: Url = text.parse().map_err(|_| wrong())?;
        let name = server.path().trim_start_matches('/').to_owned();
        let named = is_name(&name);
        if !Self::is_one(text) || !named || server.query().is_some() || !server.has_host() {
            return Err(wrong());
        }
        server.set_path("");
        Ok(Self { server, name })
    }
}

impl Address {
    /// Whether a text is to be read as an address of this kind.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("nats://") || text.starts_with("tls://")
    }

    /// The stream of facts.
    pub fn facts(&self) -> &str {
        &self.name
    }

    /// The stream of checkpoints.
    pub fn checkpoints(&self) -> String {
        format!("{}-checkpoints", self.name)
    }

    pub fn facts_subject(&self) -> String {
        format!("motcua.{}.fact", self.name)
    }

    pub fn checkpoints_subject(&self) -> String {
        format!("motcua.{}.checkpoint", self.name)
    }

    /// One attempt; what is lost later is opened again by the client itself.
    pub async fn connect(&self) -> Result<Context, async_nats::ConnectError> {
        // The client takes whichever cryptography the program has chosen.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = ConnectOptions::new()
            .name("motcua")
            .connection_timeout(CONNECT_MAX)
            .request_timeout(Some(CONNECT_MAX));
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let user = plain(self.server.username());
        let options = match self.server.password() {
            Some(password) => options.user_and_password(user, plain(password)),
            None if user.is_empty() => options,
            None => options.token(user),
        };
        let mut server = self.server.clone();
        // Told apart from the address, where the client would not read them.
        let _ = server.set_username("").and(server.set_password(None));
        let client = options.connect(server.as_str()).await?;
        Ok(jetstream::new(client))
    }
}

/// What went wrong, with what caused it, each once.
pub fn cause(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = source.to_string();
        if !told.contains(&more) {
            told = format!("{told}: {more}");
        }
        next = source.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn a_place_on_nats_is_a_server_and_a_name() {
        let address: Address = "nats://node:secret@bus.example:4222/H38"
            .parse()
            .expect("an address");
        assert_eq!(address.facts(), "H38");
        assert_eq!(address.checkpoints(), "H38-checkpoints");
        assert_eq!(address.to_string(), "nats://***@bus.example:4222/H38");
        for wrong in [
            "bus.example/H38",
            "http://bus.example/H38",
            "nats://bus.example",
            "nats://bus.example/a.b",
            "nats://bus.example/a/b",
            "nats://bus.example/H38?x=1",
            "nats:///H38",
        ] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }
}

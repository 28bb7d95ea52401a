//! Signed notifications after the Standard Webhooks specification 1.0: HMAC-SHA-256 over id, hour and exact body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a secret begins with, so that one that went astray is recognised.
const PREFIX: &str = "whsec_";
/// Of a secret (the specification asks for 24 to 64).
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// How far apart the two clocks may be, and how long a notification may have been under way.
const SECONDS_MAX: u64 = 5 * 60;
/// Of an id: it is signed, and logged.
const ID_CHARS_MAX: usize = 128;

pub const ID: &str = "webhook-id";
pub const TIMESTAMP: &str = "webhook-timestamp";
pub const SIGNATURE: &str = "webhook-signature";

/// A secret that both sides know; overwritten when dropped, never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a notification is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    #[error("a header of the signature is missing or malformed")]
    Missing,
    /// By somebody else, or of other bytes.
    #[error("the signature is not that of this body under any known secret")]
    Wrong,
    /// Rightly signed, too long ago or in the future: it may have been recorded and sent again.
    #[error("the signature is older than five minutes, or of the future")]
    Stale,
}

/// Why a notification is not taken as the other side's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    Unsigned,
    Stale,
    /// Signed, and not to be understood.
    Malformed,
}

impl From<Unsigned> for Unread {
    fn from(error: Unsigned) -> Self {
        match error {
            Unsigned::Missing | Unsigned::Wrong => Self::Unsigned,
            Unsigned::Stale => Self::Stale,
        }
    }
}

/// The three headers of one notification.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    pub id: &'a str,
    /// Seconds since 1970.
    pub timestamp: &'a str,
    /// `v1,BASE64`, several apart by spaces.
    pub signature: &'a str,
}

impl<'a> Signed<'a> {
    /// # Errors
    /// [`Unsigned::Missing`].
    pub fn read(header: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Unsigned> {
        let of = |name| header(name).ok_or(Unsigned::Missing);
        Ok(Self {
            id: of(ID)?,
            timestamp: of(TIMESTAMP)?,
            signature: of(SIGNATURE)?,
        })
    }

    /// Whether it is this body's, under one of the secrets, at about `now` (seconds since 1970).
    ///
    /// # Errors
    /// [`Unsigned`]; a stale one only after its signature was found good.
    pub fn check(&self, body: &[u8], secrets: &[Secret], now: u64) -> Result<(), Unsigned> {
        let digits =
            !self.timestamp.is_empty() && self.timestamp.bytes().all(|b| b.is_ascii_digit());
        let named = (1..=ID_CHARS_MAX).contains(&self.id.len());
        let at: u64 = self.timestamp.parse().map_err(|_| Unsigned::Missing)?;
        if !digits || !named {
            return Err(Unsigned::Missing);
        }
        let given: Vec<Vec<u8>> = self
            .signature
            .split_ascii_whitespace()
            .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
            .collect();
        let known = secrets.iter().any(|secret| {
            let mac = secret.mac(self.id, self.timestamp, body);
            given
                .iter()
                .any(|one| mac.clone().verify_slice(one).is_ok())
        });
        if !known {
            return Err(Unsigned::Wrong);
        }
        if at.abs_diff(now) > SECONDS_MAX {
            return Err(Unsigned::Stale);
        }
        Ok(())
    }
}

impl Secret {
    /// `whsec_` and base64 of 24 to 64 bytes; none for anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim().strip_prefix(PREFIX)?).ok()?);
        BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Of these bytes, which somebody derived.
    #[must_use]
    pub fn of(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// As libraries take it: `whsec_` and base64.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice()))
    }

    /// The header [`SIGNATURE`] of a body that is sent under this id at this second.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: u64, body: &[u8]) -> String {
        let mac = self.mac(id, &timestamp.to_string(), body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            <Hmac<Sha256>>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specification's own example.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const EXAMPLE: Signed<'_> = Signed {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1614265330",
        signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const AT: u64 = 1_614_265_330;

    fn secrets() -> Vec<Secret> {
        let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let read = |text| Secret::read(text).expect("a secret");
        vec![read(other), read(SECRET)]
    }

    #[test]
    fn the_example_of_the_specification_is_signed_and_read() {
        let secret = Secret::read(SECRET).expect("a secret");
        assert_eq!(secret.sign(EXAMPLE.id, AT, BODY), EXAMPLE.signature);
        assert_eq!(EXAMPLE.check(BODY, &secrets(), AT + 299), Ok(()));
        let among = format!("v1,AAAA v1a,BBBB {}", EXAMPLE.signature);
        let several = Signed {
            signature: &among,
            ..EXAMPLE
        };
        assert_eq!(several.check(BODY, &secrets(), AT), Ok(()));
    }

    #[test]
    fn what_is_another_body_hour_or_secret_is_not_believed() {
        let check = |signed: Signed<'_>, body| signed.check(body, &secrets(), AT);
        assert_eq!(check(EXAMPLE, b"{}"), Err(Unsigned::Wrong));
        let later = Signed {
            timestamp: "1614265331",
            ..EXAMPLE
        };
        assert_eq!(check(later, BODY), Err(Unsigned::Wrong));
        assert_eq!(
            EXAMPLE.check(BODY, &secrets()[..1], AT),
            Err(Unsigned::Wrong)
        );
        for timestamp in ["", "+1614265330", "1614265330.5", "x"] {
            let odd = Signed {
                timestamp,
                ..EXAMPLE
            };
            assert_eq!(check(odd, BODY), Err(Unsigned::Missing), "{timestamp}");
        }
        for now in [AT + 301, AT - 301] {
            let stale = EXAMPLE.check(BODY, &secrets(), now);
            assert_eq!(stale, Err(Unsigned::Stale));
        }
    }

    #[test]
    fn a_secret_that_was_derived_is_shown_as_it_is_read() {
        let shown = Secret::of(&[7; 32]).shown();
        let read = Secret::read(&shown).expect("a secret");
        assert_eq!(
            read.sign("a", 1, b"b"),
            Secret::of(&[7; 32]).sign("a", 1, b"b")
        );
    }

    #[test]
    fn a_secret_that_is_short_or_none_is_refused() {
        for bad in [
            "",
            "whsec_",
            "whsec_AAAA",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_%%%",
        ] {
            assert!(Secret::read(bad).is_none(), "{bad}");
        }
    }
}

//! The provider's keys, kept until a token names one that is not among them: then they are asked for again, but not more often
//! than once a minute, whatever tokens are sent.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Refused;

/// Between two questions for the keys.
pub const PAUSE: Duration = Duration::from_mins(1);
/// Bytes of an RSA modulus, at least: 2048 bits.
const MODULUS_MIN: usize = 256;

#[derive(Default)]
pub struct Keys {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    keys: Vec<Jwk>,
    asked: Option<Instant>,
}

impl Keys {
    /// The key of this name for this algorithm; without a name the only one there is. `fetch` asks the provider.
    ///
    /// # Errors
    /// [`Refused::Token`] when there is none, and what `fetch` answers.
    pub async fn find<F>(
        &self,
        name: Option<&str>,
        algorithm: Algorithm,
        fetch: impl FnOnce() -> F,
    ) -> Result<Jwk, Refused>
    where
        F: Future<Output = Result<JwkSet, Refused>>,
    {
        const NONE: Refused = Refused::Token("no such key");
        let mut held = self.held.lock().await;
        if let Some(key) = chosen(&held.keys, name, algorithm) {
            return Ok(key.clone());
        }
        if held.asked.is_some_and(|asked| asked.elapsed() < PAUSE) {
            return Err(NONE);
        }
        held.asked = Some(Instant::now());
        held.keys = fetch().await?.keys;
        let key = chosen(&held.keys, name, algorithm);
        key.cloned().ok_or(NONE)
    }
}

fn chosen<'a>(keys: &'a [Jwk], name: Option<&str>, algorithm: Algorithm) -> Option<&'a Jwk> {
    let mut fitting = keys.iter().filter(|key| fits(key, algorithm));
    if let Some(name) = name {
        return fitting.find(|key| key.common.key_id.as_deref() == Some(name));
    }
    let only = fitting.next();
    only.filter(|_| fitting.next().is_none())
}

/// A key signs with one algorithm, and with none that is weaker than it looks.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let for_signing = match &key.common.public_key_use {
        Some(PublicKeyUse::Signature) | None => true,
        Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)) => false,
    };
    let named = key.common.key_algorithm;
    let named = named.is_none_or(|named| named.to_string() == format!("{algorithm:?}"));
    let of_kind = match (algorithm, &key.algorithm) {
        (Algorithm::RS256, AlgorithmParameters::RSA(rsa)) => {
            // Four characters are three bytes.
            rsa.n.len() * 3 / 4 >= MODULUS_MIN
        }
        (Algorithm::ES256, AlgorithmParameters::EllipticCurve(curve)) => {
            curve.curve == EllipticCurve::P256
        }
        (Algorithm::EdDSA, AlgorithmParameters::OctetKeyPair(pair)) => {
            pair.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    for_signing && named && of_kind
}

//! Signatures of Standard Webhooks (standardwebhooks.com, specification 1.0): HMAC-SHA256 over id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::vault::Keys;

/// What a receiver checks signatures with. Derived from the master key and the subscription's id: it is stored nowhere.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    #[must_use]
    pub fn of(keys: &Keys, subscription: Uuid) -> Self {
        let info = format!("motcua/webhook/v1/{subscription}");
        Self(Zeroizing::new(keys.derive(&info)))
    }

    /// As libraries take it: `whsec_` and base64.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0.as_slice()))
    }

    /// The header `webhook-signature` of a message sent at a time, in seconds since 1970.
    #[must_use]
    pub fn sign(&self, id: &str, at: i64, body: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice());
        let mut mac = mac.expect("HMAC takes keys of every length");
        mac.update(format!("{id}.{at}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn the_known_message_has_the_known_signature() {
        let key = STANDARD
            .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .expect("base64");
        let mac = |key: &[u8], id: &str, at: i64, body: &[u8]| {
            let mut whole = [0; 32];
            whole[..key.len()].copy_from_slice(key);
            // HMAC fills a short key with zeros, as this does.
            Secret(Zeroizing::new(whole)).sign(id, at, body)
        };
        let signed = mac(
            &key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}

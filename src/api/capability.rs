//! The capability on a receipt: whoever holds it sees a little more than everybody, and nobody can guess it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::scalar::hex;

/// RFC 4648 base32.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BYTES: usize = 10;

/// Makes capabilities from command ids, so that a command sent again is answered with the same one and none is stored.
#[derive(Clone)]
pub struct Capabilities {
    secret: [u8; 32],
}

impl Capabilities {
    /// What the vault's keys are asked for.
    pub const KEY: &str = "motcua/capability/v1";

    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// 80 bits in 16 characters; the fact carries only their SHA-256.
    #[must_use]
    pub fn of(&self, command: Uuid) -> String {
        let mut mac =
            <Hmac<Sha256>>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        mac.update(command.as_bytes());
        base32(&mac.finalize().into_bytes()[..BYTES])
    }
}

/// SHA-256 of a capability as it stands in the facts: lower-case hexadecimal, of the upper-case text.
#[must_use]
pub fn fingerprint(capability: &str) -> String {
    hex(&Sha256::digest(
        capability.trim().to_ascii_uppercase().as_bytes(),
    ))
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_rfc_4648() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(base32(b"fooba12345"), "MZXW6YTBGEZDGNBV");
    }

    #[test]
    fn a_command_has_one_capability_under_one_key() {
        let capabilities = Capabilities::new([7; 32]);
        let one = capabilities.of(Uuid::from_u128(1));
        assert_eq!(one, capabilities.of(Uuid::from_u128(1)));
        assert_eq!(one.len(), 16);
        assert_ne!(one, capabilities.of(Uuid::from_u128(2)));
        assert_ne!(one, Capabilities::new([8; 32]).of(Uuid::from_u128(1)));
    }

    #[test]
    fn a_capability_may_be_typed_in_lower_case() {
        assert_eq!(fingerprint(" mzxw6ytb"), fingerprint("MZXW6YTB"));
    }
}

//! The reference of a sum that is owed: short enough for the text of a bank transfer, and nothing in it of anybody.
//!
//! It is the position of the fact that asked for the sum, with 40 bits of HMAC-SHA-256. So every node finds the fact again
//! without a table, a slip of the finger pays nobody else's fee, and nobody can make one up.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What it begins with: found again in whatever a bank makes of the text.
const PREFIX: &str = "MC";
/// RFC 4648 base32: no digit that is read as a letter.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CHARS: usize = 16;
const HALF_BITS: u32 = 40;
const HALF: u64 = (1 << HALF_BITS) - 1;

/// Makes references and finds them again, under one secret.
#[derive(Clone)]
pub struct References {
    secret: [u8; 32],
}

impl References {
    /// What the vault's keys are asked for.
    pub const KEY: &str = "motcua/payment-reference/v1";

    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// Of the obligation that was asked for at this position, below 2^40: 18 letters and digits.
    #[must_use]
    pub fn of(&self, position: u64) -> String {
        let bits = u128::from(position & HALF) << HALF_BITS | u128::from(self.tag(position & HALF));
        let places = (0..CHARS).rev().map(|place| bits >> (5 * place) & 31);
        let letters = places.map(|five| char::from(ALPHABET[usize::try_from(five).unwrap_or(0)]));
        PREFIX.chars().chain(letters).collect()
    }

    /// The position whose reference stands in a text; none when there is none, or there are several. Banks change case,
    /// leave out spaces and write before and behind it.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u64> {
        let plain: Vec<u8> = text
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_uppercase())
            .collect();
        let mut found = plain
            .windows(PREFIX.len() + CHARS)
            .filter_map(|window| self.read(window.strip_prefix(PREFIX.as_bytes())?));
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    fn read(&self, letters: &[u8]) -> Option<u64> {
        let mut bits: u128 = 0;
        for letter in letters {
            let five = ALPHABET.iter().position(|known| known == letter)?;
            bits = bits << 5 | u128::try_from(five).ok()?;
        }
        let position = u64::try_from(bits >> HALF_BITS).ok()?;
        let tag = u64::try_from(bits & u128::from(HALF)).ok()?;
        (tag == self.tag(position)).then_some(position)
    }

    fn tag(&self, position: u64) -> u64 {
        let mut mac =
            <Hmac<Sha256>>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        mac.update(&position.to_be_bytes());
        let tag = mac.finalize().into_bytes();
        tag.iter()
            .take(5)
            .fold(0, |bits, byte| bits << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_in_whatever_a_bank_makes_of_it() {
        let references = References::new([7; 32]);
        for position in [0, 1, 41, 1_000_000, HALF] {
            let reference = references.of(position);
            assert_eq!(reference.len(), 18, "fits tag 62-08 of a QR code");
            assert!(reference.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            let spaced = format!("{} {}", &reference[..9], &reference[9..]);
            for text in [
                reference.clone(),
                reference.to_lowercase(),
                format!("MBVCB.81.MC {reference} CT tu 0011 NGUYEN VAN A"),
                spaced,
                format!("{reference}-{reference}"),
            ] {
                assert_eq!(references.find(&text), Some(position), "{text}");
            }
        }
    }

    #[test]
    fn a_slip_another_secret_or_two_references_find_nothing() {
        let references = References::new([7; 32]);
        let reference = references.of(41);
        for place in 2..reference.len() {
            let mut slip = reference.clone().into_bytes();
            slip[place] = if slip[place] == b'A' { b'B' } else { b'A' };
            let slip = String::from_utf8(slip).expect("ASCII");
            assert_eq!(references.find(&slip), None, "{slip}");
        }
        assert_eq!(References::new([8; 32]).find(&reference), None);
        let two = format!("{reference} {}", references.of(42));
        assert_eq!(references.find(&two), None);
        assert_eq!(references.find("MC"), None);
        assert_eq!(references.find("học phí tháng 9"), None);
    }
}

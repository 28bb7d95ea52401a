//! Commitments and ciphertexts, byte by byte; pure: salts and nonces come in as values.
//!
//! A commitment binds the plaintext, never the ciphertext: ciphertext may be encrypted anew or destroyed, the AEAD used
//! here is not key-committing, and a citizen can be shown one value and its salt without any key.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::files::Kept;
use crate::domain::part::PartKind;

const COMMITMENT_MARK: &[u8] = b"dossier/pii-commit/v1\0";
const PART_MARK: &[u8] = b"dossier/pii/v1\0";
const KEY_MARK: &[u8] = b"dossier/dek/v1\0";
const FILE_MARK: &[u8] = b"dossier/file/v1\0";
const TICKET_MARK: &[u8] = b"motcua/file-ticket/v1\0";

pub const NONCE_BYTES: usize = 24;
pub const SALT_BYTES: usize = 32;

pub type Commitment = [u8; 32];
pub type Nonce = [u8; NONCE_BYTES];

/// A 32-byte key that is overwritten when dropped.
pub type Secret = Zeroizing<[u8; 32]>;

/// Where a part belongs; moved to any other place it does not decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartPlace {
    pub stream: Uuid,
    /// The command that brought the part: known before the rules run, and written in the fact.
    pub command: Uuid,
    pub subject: Uuid,
    pub data_key: Uuid,
    pub kind: PartKind,
}

/// Whose data key it is, and which wrapping key wraps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPlace<'a> {
    pub data_key: Uuid,
    pub subject: Uuid,
    /// At most 255 bytes.
    pub purpose: &'a str,
    pub wrapping_key: &'a str,
}

#[derive(Serialize)]
struct Draft<'a> {
    salt: String,
    value: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Kept>,
}

/// What was committed to: whoever is shown both can compute the commitment.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// 32 random bytes in base64.
    pub salt: String,
    pub value: Value,
    /// The file that lies enciphered beside it; not committed to, for the value holds its hash.
    #[serde(default)]
    pub file: Option<Kept>,
}

impl Opening {
    /// The commitment as facts write it; none when the salt is not 32 bytes in base64.
    #[must_use]
    pub fn commitment(&self) -> Option<String> {
        let salt = STANDARD.decode(&self.salt).ok()?.try_into().ok()?;
        Some(STANDARD.encode(commitment(&plaintext(&salt, &self.value, None))))
    }
}

impl PartPlace {
    /// Fixed fields first, the name last: no two places share their bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = PART_MARK.to_vec();
        for id in [self.stream, self.command, self.subject, self.data_key] {
            bytes.extend_from_slice(id.as_bytes());
        }
        bytes.extend_from_slice(self.kind.name().as_bytes());
        bytes
    }
}

impl KeyPlace<'_> {
    /// The purpose carries its length in one byte, the wrapping key's name comes last: no two places share their bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = KEY_MARK.to_vec();
        for id in [self.data_key, self.subject] {
            bytes.extend_from_slice(id.as_bytes());
        }
        bytes.push(u8::try_from(self.purpose.len()).expect("purposes are short words"));
        bytes.extend_from_slice(self.purpose.as_bytes());
        bytes.extend_from_slice(self.wrapping_key.as_bytes());
        bytes
    }
}

/// What is encrypted, and without a file committed to: RFC 8785 JSON of `{"salt": base64, "value": {…}}`, with `"file"`
/// beside them when there is one.
pub fn plaintext(
    salt: &[u8; SALT_BYTES],
    value: &Value,
    file: Option<&Kept>,
) -> Zeroizing<Vec<u8>> {
    let draft = Draft {
        salt: STANDARD.encode(salt),
        value,
        file,
    };
    let bytes =
        serde_json_canonicalizer::to_vec(&draft).expect("JSON values have a canonical form");
    Zeroizing::new(bytes)
}

/// `SHA-256("dossier/pii-commit/v1" || 0x00 || plaintext)`.
pub fn commitment(plaintext: &[u8]) -> Commitment {
    let digest = Sha256::new()
        .chain_update(COMMITMENT_MARK)
        .chain_update(plaintext);
    digest.finalize().into()
}

/// Nonce and XChaCha20-Poly1305 ciphertext of a part.
pub fn seal(key: &Secret, nonce: &Nonce, place: &PartPlace, plaintext: &[u8]) -> Vec<u8> {
    encrypt(key, nonce, &place.bytes(), plaintext)
}

/// Value and salt of a sealed part. `None` when the bytes, the key, the place or the commitment is not the one it was
/// sealed with.
pub fn unseal(
    key: &Secret,
    place: &PartPlace,
    sealed: &[u8],
    committed: &Commitment,
) -> Option<Opening> {
    let plaintext = decrypt(key, &place.bytes(), sealed)?;
    let opening: Opening = serde_json::from_slice(&plaintext).ok()?;
    let met = opening.commitment()? == STANDARD.encode(committed);
    met.then_some(opening)
}

/// One text of a sealed part if it has that one, whatever it was committed to: for a search, whose finds are opened in full
/// afterwards. `None` where the part does not open.
#[expect(clippy::option_option, reason = "does not open, has none, or has one")]
pub fn peek(key: &Secret, place: &PartPlace, sealed: &[u8], text: &str) -> Option<Option<String>> {
    let plaintext = decrypt(key, &place.bytes(), sealed)?;
    let opening: Opening = serde_json::from_slice(&plaintext).ok()?;
    let text = opening.value.get(text).and_then(Value::as_str);
    Some(text.map(str::to_owned))
}

/// Nonce and ciphertext of a file, bound to its id.
pub fn seal_file(key: &Secret, nonce: &Nonce, id: Uuid, file: &[u8]) -> Vec<u8> {
    encrypt(key, nonce, &[FILE_MARK, id.as_bytes()].concat(), file)
}

/// The file, if it was sealed by this key under this id.
pub fn unseal_file(key: &Secret, id: Uuid, sealed: &[u8]) -> Option<Vec<u8>> {
    let file = decrypt(key, &[FILE_MARK, id.as_bytes()].concat(), sealed)?;
    Some(file.to_vec())
}

pub fn seal_ticket(key: &Secret, nonce: &Nonce, ticket: &[u8]) -> Vec<u8> {
    encrypt(key, nonce, TICKET_MARK, ticket)
}

pub fn unseal_ticket(key: &Secret, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    decrypt(key, TICKET_MARK, sealed)
}

/// Nonce and ciphertext of a data key under a wrapping key.
pub fn wrap(wrapping: &Secret, nonce: &Nonce, place: &KeyPlace, key: &Secret) -> Vec<u8> {
    encrypt(wrapping, nonce, &place.bytes(), key.as_slice())
}

/// The data key, if it was wrapped by this key for this place.
pub fn unwrap(wrapping: &Secret, place: &KeyPlace, wrapped: &[u8]) -> Option<Secret> {
    let key = decrypt(wrapping, &place.bytes(), wrapped)?;
    key.as_slice().try_into().ok().map(Zeroizing::new)
}

fn encrypt(key: &Secret, nonce: &Nonce, aad: &[u8], msg: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let ciphertext = cipher
        .encrypt(&XNonce::from(*nonce), Payload { msg, aad })
        .expect("parts are far below what the cipher can take");
    [nonce.as_slice(), &ciphertext].concat()
}

fn decrypt(key: &Secret, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let plaintext = cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad });
    plaintext.ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every intermediate value, in agreement with libsodium.
    const VECTOR: &str = include_str!("../../tests/vectors/personal_data.json");

    fn text(name: &str) -> String {
        let vector: Value = serde_json::from_str(VECTOR).expect("JSON");
        vector[name].as_str().expect("a text").to_owned()
    }

    fn hex(name: &str) -> Vec<u8> {
        let digits = text(name);
        (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex"))
            .collect()
    }

    fn secret(name: &str) -> Secret {
        Zeroizing::new(hex(name).try_into().expect("32 bytes"))
    }

    fn id(name: &str) -> Uuid {
        text(name).parse().expect("an id")
    }

    fn place() -> PartPlace {
        PartPlace {
            stream: id("stream"),
            command: id("command"),
            subject: id("subject"),
            data_key: id("data_key"),
            kind: PartKind::Applicant,
        }
    }

    fn key_place() -> KeyPlace<'static> {
        KeyPlace {
            data_key: id("data_key"),
            subject: id("subject"),
            purpose: "identity",
            wrapping_key: "kek-2026-11",
        }
    }

    fn sealed() -> Vec<u8> {
        [hex("nonce_hex"), hex("ciphertext_hex")].concat()
    }

    fn committed() -> Commitment {
        let bytes = STANDARD.decode(text("commitment_b64")).expect("base64");
        bytes.try_into().expect("32 bytes")
    }

    fn value() -> Value {
        serde_json::from_str(&text("value_json")).expect("JSON")
    }

    #[test]
    fn a_commitment_is_the_hash_of_the_canonical_salted_value() {
        let salt = hex("salt_hex").try_into().expect("32 bytes");
        let plaintext = plaintext(&salt, &value(), None);
        assert_eq!(
            String::from_utf8(plaintext.to_vec()).expect("text"),
            text("plaintext_utf8")
        );
        assert_eq!(commitment(&plaintext), committed());
    }

    #[test]
    fn a_part_is_sealed_to_its_place_byte_by_byte() {
        let nonce = hex("nonce_hex").try_into().expect("24 bytes");
        assert_eq!(place().bytes(), hex("aad_hex"));
        assert_eq!(
            seal(
                &secret("dek_hex"),
                &nonce,
                &place(),
                text("plaintext_utf8").as_bytes()
            ),
            sealed()
        );
        let opened = unseal(&secret("dek_hex"), &place(), &sealed(), &committed());
        let opened = opened.expect("it opens");
        assert_eq!(opened.value, value());
        assert_eq!(opened.salt, STANDARD.encode(hex("salt_hex")));
        assert_eq!(opened.commitment(), Some(text("commitment_b64")));
    }

    #[test]
    fn a_data_key_is_wrapped_for_its_subject_and_purpose_byte_by_byte() {
        let wrapped = hex("wrapped_dek_hex");
        let nonce = wrapped[..NONCE_BYTES].try_into().expect("24 bytes");
        assert_eq!(key_place().bytes(), hex("dek_wrap_aad_hex"));
        assert_eq!(
            wrap(&secret("kek_hex"), &nonce, &key_place(), &secret("dek_hex")),
            wrapped
        );
        assert_eq!(
            unwrap(&secret("kek_hex"), &key_place(), &wrapped),
            Some(secret("dek_hex"))
        );
    }

    #[test]
    fn a_part_in_any_other_place_stays_shut() {
        let other = Uuid::from_u128(1);
        let moved = [
            PartPlace {
                stream: other,
                ..place()
            },
            PartPlace {
                command: other,
                ..place()
            },
            PartPlace {
                subject: other,
                ..place()
            },
            PartPlace {
                data_key: other,
                ..place()
            },
            PartPlace {
                kind: PartKind::Contact,
                ..place()
            },
        ];
        for place in moved {
            let opened = unseal(&secret("dek_hex"), &place, &sealed(), &committed());
            assert!(opened.is_none(), "{place:?}");
        }
    }

    #[test]
    fn a_data_key_in_any_other_place_stays_shut() {
        let other = Uuid::from_u128(1);
        let moved = [
            KeyPlace {
                data_key: other,
                ..key_place()
            },
            KeyPlace {
                subject: other,
                ..key_place()
            },
            KeyPlace {
                purpose: "contact",
                ..key_place()
            },
            KeyPlace {
                purpose: "identityk",
                wrapping_key: "ek-2026-11",
                ..key_place()
            },
            KeyPlace {
                wrapping_key: "m1",
                ..key_place()
            },
        ];
        let wrapped = hex("wrapped_dek_hex");
        for place in moved {
            assert_eq!(
                unwrap(&secret("kek_hex"), &place, &wrapped),
                None,
                "{place:?}"
            );
        }
        assert_eq!(unwrap(&secret("dek_hex"), &key_place(), &wrapped), None);
    }

    #[test]
    fn one_changed_bit_anywhere_keeps_a_part_shut() {
        for byte in 0..sealed().len() {
            let mut changed = sealed();
            changed[byte] ^= 1;
            let opened = unseal(&secret("dek_hex"), &place(), &changed, &committed());
            assert!(opened.is_none(), "byte {byte}");
        }
        for length in 0..sealed().len() {
            let cut = &sealed()[..length];
            let opened = unseal(&secret("dek_hex"), &place(), cut, &committed());
            assert!(opened.is_none(), "cut to {length}");
        }
    }

    #[test]
    fn what_opens_but_is_not_what_was_committed_to_is_refused() {
        let nonce = [9; NONCE_BYTES];
        let other = plaintext(&[1; SALT_BYTES], &value(), None);
        let forged = seal(&secret("dek_hex"), &nonce, &place(), &other);
        assert!(unseal(&secret("dek_hex"), &place(), &forged, &commitment(&other)).is_some());
        assert!(unseal(&secret("dek_hex"), &place(), &forged, &committed()).is_none());
    }
}

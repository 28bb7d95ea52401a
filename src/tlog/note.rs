//! Signed notes: text under Ed25519 signatures, and the keys that make and check them (c2sp.org/signed-note).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, VerifyingKey};
use sha2::{Digest, Sha256};

use super::text;

/// The largest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 1 << 20;
/// The most signatures that a note may carry.
pub const SIGNATURES_MAX: usize = 100;

/// What a key signs; its byte is part of the key's id, so that one key cannot be taken for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Ed25519 over the note's text (type 0x01).
    Log,
    /// Ed25519 over time and text (type 0x04, c2sp.org/tlog-cosignature).
    Witness,
}

impl KeyKind {
    /// The type byte of the specification.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Log, Self::Witness]
            .into_iter()
            .find(|kind| kind.byte() == byte)
    }
}

/// A public key with its name; as text, the `vkey` `name+<8 hexadecimal digits>+<base64>`, whose base64 may hold `+`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    pub name: String,
    /// First four bytes of `SHA-256(name || 0x0A || type || public key)`.
    pub id: u32,
    pub kind: KeyKind,
    pub key: VerifyingKey,
}

impl VerifierKey {
    /// Gives a public key its name and id. Keys of small order, which verify what nobody signed, are refused.
    pub fn new(name: &str, kind: KeyKind, public: &[u8; 32]) -> Result<Self, NoteError> {
        let key = VerifyingKey::from_bytes(public)
            .ok()
            .filter(|key| !key.is_weak());
        Ok(Self {
            name: checked_name(name)?.to_owned(),
            id: key_id(name, kind, public),
            kind,
            key: key.ok_or(NoteError::Key)?,
        })
    }

    /// Whether a signature line claims to be by this key.
    #[must_use]
    pub fn is_named_by(&self, line: &SignatureLine) -> bool {
        self.name == line.name && self.id == line.id
    }

    /// Strictly checks a bare Ed25519 signature by this key.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), NoteError> {
        let signature = Signature::from_slice(signature).map_err(|_| NoteError::Signature)?;
        self.key
            .verify_strict(message, &signature)
            .map_err(|_| NoteError::Signature)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat();
        write!(out, "{}+{:08x}+{}", self.name, self.id, text::encode(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let mut parts = vkey.splitn(3, '+');
        let mut part = || parts.next().ok_or(NoteError::Key);
        let (name, _id, key) = (part()?, part()?, part()?);
        let key = text::decode(key).ok_or(NoteError::Key)?;
        let (kind, public) = key.split_first().ok_or(NoteError::Key)?;
        let kind = KeyKind::from_byte(*kind).ok_or(NoteError::KeyKind)?;
        let public = public.try_into().map_err(|_| NoteError::Key)?;
        let key = Self::new(name, kind, public)?;
        // The id is computed; what is written must be the same.
        (key.to_string() == vkey)
            .then_some(key)
            .ok_or(NoteError::Key)
    }
}

/// A private key with its name. Its seed is wiped from memory when dropped and never shown.
#[derive(Clone)]
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    verifier: VerifierKey,
}

impl SigningKey {
    /// From an RFC 8032 seed. The name is without spaces and plus signs.
    pub fn from_seed(name: &str, seed: &[u8; 32], kind: KeyKind) -> Result<Self, NoteError> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, key.verifying_key().as_bytes())?;
        Ok(Self { key, verifier })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// A line over a message by a key of this kind; `before` stands ahead of the signature in its bytes.
    pub(super) fn line(
        &self,
        kind: KeyKind,
        before: &[u8],
        message: &[u8],
    ) -> Result<SignatureLine, NoteError> {
        if self.verifier.kind != kind {
            return Err(NoteError::KeyKind);
        }
        let signature = self.key.sign(message).to_bytes();
        Ok(SignatureLine {
            name: self.verifier.name.clone(),
            id: self.verifier.id,
            bytes: [before, &signature].concat(),
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.verifier)
    }
}

/// `— name base64(id || bytes)`, here without its newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    pub name: String,
    pub id: u32,
    /// What the key made: for a log the signature, for a witness the time and the signature.
    pub bytes: Vec<u8>,
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(out, "\u{2014} {} {}", self.name, text::encode(&bytes))
    }
}

impl FromStr for SignatureLine {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let (name, base64) = line
            .strip_prefix("\u{2014} ")
            .and_then(|line| line.split_once(' '))
            .ok_or(NoteError::Malformed)?;
        let bytes = text::decode(base64).ok_or(NoteError::Malformed)?;
        let (id, bytes) = bytes.split_first_chunk().ok_or(NoteError::Malformed)?;
        if bytes.is_empty() {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            name: checked_name(name)?.to_owned(),
            id: u32::from_be_bytes(*id),
            bytes: bytes.to_vec(),
        })
    }
}

/// A text and the lines that claim to sign it: well-formed, nothing verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Ends with a newline; may hold empty lines.
    pub text: String,
    /// At least one.
    pub signatures: Vec<SignatureLine>,
}

impl Note {
    /// The lines by this key. Those of unknown keys mean nothing; those of a known key must all verify.
    pub fn signatures_by<'a>(
        &'a self,
        key: &'a VerifierKey,
    ) -> impl Iterator<Item = &'a SignatureLine> {
        self.signatures.iter().filter(|line| key.is_named_by(line))
    }

    /// Checks every line of a log key over the text; true if there is one, an error if one does not verify.
    pub fn is_signed_by(&self, log: &VerifierKey) -> Result<bool, NoteError> {
        if log.kind != KeyKind::Log {
            return Err(NoteError::KeyKind);
        }
        let mut found = false;
        for line in self.signatures_by(log) {
            log.verify(self.text.as_bytes(), &line.bytes)?;
            found = true;
        }
        Ok(found)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    /// The text goes up to the last empty line.
    fn from_str(note: &str) -> Result<Self, NoteError> {
        let control = |character: char| character < ' ' && character != '\n';
        if note.len() > NOTE_BYTES_MAX || note.contains(control) {
            return Err(NoteError::Malformed);
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        if lines.split('\n').count() > SIGNATURES_MAX {
            return Err(NoteError::Malformed);
        }
        let signatures: Result<_, _> = lines.split('\n').map(str::parse).collect();
        Ok(Self {
            text: text.to_owned(),
            signatures: signatures?,
        })
    }
}

/// Why a text is no signed note, or not signed as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("not a well-formed signed note")]
    Malformed,
    #[error("a key's name is empty or holds a space or plus sign")]
    Name,
    #[error("not a well-formed verifier key")]
    Key,
    #[error("a key of another kind is needed here")]
    KeyKind,
    #[error("a signature by a known key does not verify")]
    Signature,
}

impl NoteError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "NOTE_MALFORMED",
            Self::Name => "NOTE_KEY_NAME",
            Self::Key => "NOTE_KEY",
            Self::KeyKind => "NOTE_KEY_KIND",
            Self::Signature => "NOTE_SIGNATURE",
        }
    }
}

fn checked_name(name: &str) -> Result<&str, NoteError> {
    let wrong =
        |character: char| character.is_whitespace() || character.is_control() || character == '+';
    if name.is_empty() || name.contains(wrong) {
        return Err(NoteError::Name);
    }
    Ok(name)
}

fn key_id(name: &str, kind: KeyKind, public: &[u8; 32]) -> u32 {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind.byte()])
        .chain_update(public)
        .finalize()
        .into();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

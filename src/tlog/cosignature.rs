//! Cosignatures: a witness's word that, at a time, it knew no larger consistent tree (c2sp.org/tlog-cosignature).

use super::note::{KeyKind, NoteError, SignatureLine, SigningKey, VerifierKey};

/// The latest time a cosignature may bear, in seconds.
const TIME_MAX: u64 = i64::MAX as u64;

/// Cosigns a checkpoint's body, the whole text of its note. `time` is in seconds since 1970 and not 0.
pub fn cosign(body: &str, witness: &SigningKey, time: u64) -> Result<SignatureLine, NoteError> {
    let message = message(body, time)?;
    witness.line(KeyKind::Witness, &time.to_be_bytes(), message.as_bytes())
}

/// Checks a witness's line over a checkpoint's body; its time, in seconds since 1970.
pub fn verify(line: &SignatureLine, witness: &VerifierKey, body: &str) -> Result<u64, NoteError> {
    if witness.kind != KeyKind::Witness {
        return Err(NoteError::KeyKind);
    }
    if !witness.is_named_by(line) {
        return Err(NoteError::Signature);
    }
    let (time, signature) = line.bytes.split_first_chunk().ok_or(NoteError::Signature)?;
    let time = u64::from_be_bytes(*time);
    witness.verify(message(body, time)?.as_bytes(), signature)?;
    Ok(time)
}

fn message(body: &str, time: u64) -> Result<String, NoteError> {
    if time == 0 || time > TIME_MAX {
        return Err(NoteError::Signature);
    }
    Ok(format!("cosignature/v1\ntime {time}\n{body}"))
}

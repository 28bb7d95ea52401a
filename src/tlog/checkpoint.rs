//! Checkpoints: origin, size and root of a log, as the text of a note signed by the log (c2sp.org/tlog-checkpoint).

use std::fmt;
use std::str::FromStr;

use super::note::{KeyKind, Note, NoteError, SignatureLine, SigningKey, VerifierKey};
use super::{Hash, text};

/// The largest tree whose checkpoint is read or signed.
pub const SIZE_MAX: u64 = i64::MAX as u64;

/// What a log says of itself. As text, the body: three lines, each with its newline.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    /// The log's name: a URL prefix without scheme, spaces and plus signs.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = text::encode(&self.root);
        write!(out, "{}\n{}\n{root}\n", self.origin, self.size)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Other logs may add extension lines. They are not kept here: sign and check the note's own text, not this.
    fn from_str(body: &str) -> Result<Self, CheckpointError> {
        let read = || {
            let mut lines = body.strip_suffix('\n')?.split('\n');
            let origin = lines.next().filter(|origin| !origin.is_empty())?;
            let size = text::decimal(lines.next()?)?;
            let root = text::hash(lines.next()?)?;
            let extensions_filled = lines.all(|line| !line.is_empty());
            (extensions_filled && size <= SIZE_MAX).then(|| Self {
                origin: origin.to_owned(),
                size,
                root,
            })
        };
        read().ok_or(CheckpointError::Malformed)
    }
}

/// The log's signature over a checkpoint. The key is named like the origin.
pub fn sign(checkpoint: &Checkpoint, log: &SigningKey) -> Result<SignatureLine, CheckpointError> {
    if checkpoint.origin != log.verifier().name {
        return Err(CheckpointError::Origin);
    }
    if checkpoint.size > SIZE_MAX {
        return Err(CheckpointError::Malformed);
    }
    let body = checkpoint.to_string();
    Ok(log.line(KeyKind::Log, &[], body.as_bytes())?)
}

/// A checkpoint whose log signature has been made or verified here; its other lines are only kept. As text, the note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs a checkpoint.
    pub fn sign(checkpoint: Checkpoint, log: &SigningKey) -> Result<Self, CheckpointError> {
        let note = Note {
            text: checkpoint.to_string(),
            signatures: vec![sign(&checkpoint, log)?],
        };
        Ok(Self { checkpoint, note })
    }

    /// Reads a note and verifies the log's signature. The origin must be the key's name.
    pub fn open(note: &str, log: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::open_with(note, [log])
    }

    /// Reads a note that one of these logs has signed; a wrong signature by any of them refuses it.
    pub fn open_with<'a>(
        note: &str,
        logs: impl IntoIterator<Item = &'a VerifierKey>,
    ) -> Result<Self, CheckpointError> {
        let note: Note = note.parse()?;
        let checkpoint: Checkpoint = note.text.parse()?;
        let signed = is_signed(&note, &checkpoint.origin, logs)?;
        signed
            .then_some(Self { checkpoint, note })
            .ok_or(CheckpointError::NotSigned)
    }

    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note: its text is what is signed and cosigned, byte for byte.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a line, such as a cosignature, unless it is there already.
    pub fn add(&mut self, line: SignatureLine) {
        if !self.note.signatures.contains(&line) {
            self.note.signatures.push(line);
        }
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(out)
    }
}

/// Whether one of these logs that bears the origin's name has signed; an error if one has signed wrongly.
pub(super) fn is_signed<'a>(
    note: &Note,
    origin: &str,
    logs: impl IntoIterator<Item = &'a VerifierKey>,
) -> Result<bool, CheckpointError> {
    let mut of_origin = logs.into_iter().filter(|log| log.name == origin).peekable();
    if of_origin.peek().is_none() {
        return Err(CheckpointError::Origin);
    }
    of_origin.try_fold(false, |signed, log| Ok(signed | note.is_signed_by(log)?))
}

/// Why a text is no checkpoint of the log one knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("not a well-formed checkpoint")]
    Malformed,
    #[error("the checkpoint is of another log")]
    Origin,
    #[error("the log has not signed the checkpoint")]
    NotSigned,
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl CheckpointError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "CHECKPOINT_MALFORMED",
            Self::Origin => "CHECKPOINT_ORIGIN",
            Self::NotSigned => "CHECKPOINT_NOT_SIGNED",
            Self::Note(error) => error.code(),
        }
    }
}

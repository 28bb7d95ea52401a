//! Trust policies: which logs, which witnesses, and how many of them must have cosigned (c2sp.org/tlog-policy).

mod read;

use std::collections::BTreeMap;
use std::fmt;

use super::checkpoint::{CheckpointError, SignedCheckpoint, is_signed};
use super::cosignature;
use super::note::{NoteError, VerifierKey};

/// The quorum of a policy that asks for no witness.
const NONE: &str = "none";

/// What a verifier trusts. As text, the policy file without its comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    /// Each names only witnesses and groups before it.
    groups: Vec<Group>,
    /// A witness or group; none for `none`.
    quorum: Option<String>,
}

/// `log <vkey> [<url>]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its name is the log's origin.
    pub key: VerifierKey,
    pub url: Option<String>,
}

/// `witness <name> <vkey> [<url>]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name within the policy.
    pub name: String,
    pub key: VerifierKey,
    /// Its submission prefix.
    pub url: Option<String>,
}

/// `group <name> <k|any|all> <member>...`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    threshold: usize,
    members: Vec<String>,
}

/// How a checkpoint stands with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Witnesses of the policy that have cosigned, by their names in it, and when (seconds since 1970; the earliest).
    pub witnesses: Vec<(String, u64)>,
    /// Whether the policy is satisfied.
    pub quorum: bool,
    /// Whether it is satisfied and asks for witnesses: without, a checkpoint is sealed, not witnessed.
    pub witnessed: bool,
}

impl Policy {
    /// The policy of a log without witnesses: `quorum none`.
    #[must_use]
    pub fn unwitnessed(log: VerifierKey) -> Self {
        Self {
            logs: vec![Log {
                key: log,
                url: None,
            }],
            witnesses: Vec::new(),
            groups: Vec::new(),
            quorum: None,
        }
    }

    /// The first log, and the only one in the policy that a log publishes of itself.
    #[must_use]
    pub fn log(&self) -> Option<&VerifierKey> {
        self.logs.first().map(|log| &log.key)
    }

    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether it asks for witnesses at all.
    #[must_use]
    pub fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Reads a note that one of the policy's logs has signed, and says how it stands.
    pub fn open(&self, note: &str) -> Result<(SignedCheckpoint, Standing), PolicyError> {
        let logs = self.logs.iter().map(|log| &log.key);
        let signed = SignedCheckpoint::open_with(note, logs)?;
        let standing = self.standing(&signed)?;
        Ok((signed, standing))
    }

    /// Checks a checkpoint's log signature and cosignatures against the policy's keys. Those of other keys mean
    /// nothing; a wrong one by a known key refuses the whole note. A policy that names no log leaves the log's
    /// signature to whoever opened the checkpoint.
    pub fn check(&self, signed: &SignedCheckpoint) -> Result<Standing, PolicyError> {
        if !self.logs.is_empty() {
            let logs = self.logs.iter().map(|log| &log.key);
            if !is_signed(signed.note(), &signed.checkpoint().origin, logs)? {
                return Err(CheckpointError::NotSigned.into());
            }
        }
        self.standing(signed)
    }

    fn standing(&self, signed: &SignedCheckpoint) -> Result<Standing, PolicyError> {
        let mut witnesses = Vec::new();
        for witness in &self.witnesses {
            let note = signed.note();
            let times: Result<Vec<u64>, NoteError> = note
                .signatures_by(&witness.key)
                .map(|line| cosignature::verify(line, &witness.key, &note.text))
                .collect();
            if let Some(earliest) = times?.into_iter().min() {
                witnesses.push((witness.name.clone(), earliest));
            }
        }
        let reached = self.reached(&witnesses);
        Ok(Standing {
            quorum: reached != Some(false),
            witnessed: reached == Some(true),
            witnesses,
        })
    }

    /// Whether these witnesses make the quorum; none where none is asked for.
    fn reached(&self, cosigned: &[(String, u64)]) -> Option<bool> {
        let mut holds: BTreeMap<&str, bool> = cosigned
            .iter()
            .map(|(name, _)| (name.as_str(), true))
            .collect();
        for group in &self.groups {
            let holding = |member: &&String| holds.get(member.as_str()) == Some(&true);
            let count = group.members.iter().filter(holding).count();
            holds.insert(&group.name, count >= group.threshold);
        }
        let quorum = self.quorum.as_ref()?;
        Some(holds.get(quorum.as_str()) == Some(&true))
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url =
            |url: &Option<String>| url.as_ref().map_or(String::new(), |url| format!(" {url}"));
        for log in &self.logs {
            writeln!(out, "log {}{}", log.key, url(&log.url))?;
        }
        for witness in &self.witnesses {
            let Witness { name, key, url: at } = witness;
            writeln!(out, "witness {name} {key}{}", url(at))?;
        }
        for group in &self.groups {
            let members = group.members.join(" ");
            writeln!(out, "group {} {} {members}", group.name, group.threshold)?;
        }
        writeln!(out, "quorum {}", self.quorum.as_deref().unwrap_or(NONE))
    }
}

/// Why a policy cannot be read, or a checkpoint not be judged by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Lines count from 1.
    #[error("line {line} of the policy: {problem}")]
    Line { line: usize, problem: LineProblem },
    #[error("the policy has no quorum line")]
    NoQuorum,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    #[error("it holds a control character or does not end with a newline")]
    Characters,
    #[error("it is no log, witness, group or quorum line")]
    Form,
    #[error(transparent)]
    Key(NoteError),
    #[error("the key stands in an earlier line")]
    SameKey,
    #[error("the name stands in an earlier line or is `none`")]
    SameName,
    #[error("a name in it stands in no earlier line")]
    UnknownName,
    #[error("a member belongs to a group already")]
    SameMember,
    #[error("the threshold is not between 1 and the number of members")]
    Threshold,
    #[error("a second quorum line")]
    SecondQuorum,
}

impl PolicyError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Line { .. } => "POLICY_LINE",
            Self::NoQuorum => "POLICY_NO_QUORUM",
            Self::Checkpoint(error) => error.code(),
            Self::Note(error) => error.code(),
        }
    }
}

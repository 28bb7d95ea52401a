//! Following somebody else's published log: proved as it is copied, kept as an ordinary journal that nobody writes to.
//!
//! What is kept of it, beside journal and seals: `mirror.json` (address and key), `mirror.policy`, and
//! `mirror.checkpoint`, the newest checkpoint that was proved to continue all before it. No entry is ever kept that it
//! does not cover.

mod copying;
mod error;
mod evidence;
mod pinned;
mod remote;
mod source;

use std::path::{Path, PathBuf};

pub use self::error::{MirrorError, Result};
use self::evidence::{Evidence, Prefix};
pub use self::pinned::{POLICY_FILE, Pin, Pinned};
use self::remote::Remote;
pub use self::source::Source;
use super::durable;
use super::error::{IntegrityError, at};
use super::seals::{Claim, Seal, Seals};
use crate::domain::time::Moment;
use crate::journal::{Copier, Journal, Location, clock};
use crate::tlog::{Checkpoint, Note, Policy, SignedCheckpoint, Standing, VerifierKey};

const CHECKPOINT_FILE: &str = "mirror.checkpoint";

/// Which log is to be followed, and whom to believe.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Folder of the copy.
    pub data: PathBuf,
    /// Where the log is; as last time when absent.
    pub address: Option<String>,
    /// The log's key; as last time when absent, else the policy's, else the one that is shown.
    pub key: Option<VerifierKey>,
    /// Policy file; as last time when absent, else no witness is asked for.
    pub policy: Option<PathBuf>,
    pub token: Option<String>,
}

/// A copy of somebody's log; the only process that appends to it.
pub struct Mirror {
    data: PathBuf,
    source: Source,
    pinned: Pinned,
    journal: Journal,
    copier: Copier,
    seals: Seals,
    claim: Claim,
}

/// What one round brought.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Size of the copy before.
    pub from: u64,
    pub checkpoint: SignedCheckpoint,
    pub standing: Standing,
}

impl Pulled {
    /// Size of the copy now.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.checkpoint.checkpoint().size
    }
}

impl Mirror {
    /// Opens the copy in a folder, which may be empty. Says whose word the log's key is; nothing is fetched but that key,
    /// if nobody else names one.
    pub async fn open(wanted: Wanted) -> Result<(Self, Pin)> {
        let data = wanted.data.clone();
        let folder = |why: &str| MirrorError::Folder {
            path: data.clone(),
            why: why.to_owned(),
        };
        if data.join("vault.db").exists() {
            return Err(folder(
                "this is an office's own node: choose another folder with --data",
            ));
        }
        std::fs::create_dir_all(&data).map_err(at(&data))?;
        let file = Location::Sqlite(data.join("journal.db"));
        let journal = Journal::create_or_open(&file).await?;
        let known = Pinned::load(&data)?;
        if known.is_none() && journal.head().await?.size > 0 {
            return Err(folder(
                "a journal lies here that is no mirror: choose another folder with --data",
            ));
        }
        let (pinned, source, pin) = pinned::settle(wanted, known, &journal).await?;
        let seals = Seals::create_or_open(&Seals::location(&data, &file)).await?;
        let claim = seals.claim().await.map_err(|error| match error {
            IntegrityError::SignerElsewhere(_) => folder("another process copies into this folder"),
            other => other.into(),
        })?;
        let mirror = Self {
            claim,
            copier: journal.copier().await?,
            data,
            source,
            pinned,
            journal,
            seals,
        };
        Ok((mirror, pin))
    }

    /// The log's key, as it is believed.
    #[must_use]
    pub fn key(&self) -> &VerifierKey {
        &self.pinned.key
    }

    /// The copy. Nobody else appends to it.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Copies everything up to the newest published checkpoint. `tell` hears (size now, size wanted).
    ///
    /// # Errors
    /// Whatever is not proved is not kept. [`MirrorError::RolledBack`] and [`MirrorError::Forked`] keep evidence.
    pub async fn pull(&mut self, mut tell: impl FnMut(u64, u64)) -> Result<Pulled> {
        let text = self.source.checkpoint().await?;
        let signed = SignedCheckpoint::open(&text, &self.pinned.key)?;
        let standing = self.witnessed(&signed)?;
        let from = self.journal.head().await?.size;
        let size = signed.checkpoint().size;
        let known = self.known().await?;
        let seen = known.as_ref().map_or(from, |known| held(known, from));
        self.source.is_not_older(size, seen)?;
        let is_news = known
            .as_ref()
            .is_none_or(|known| known.text != signed.note().text);
        if is_news || from < size {
            self.compare(known.as_ref(), from, &signed)?;
            let mut remote = Remote::open(self.source.clone(), signed.checkpoint()).await?;
            if let Some(known) = &known {
                self.continues(known, &signed, &mut remote).await?;
            }
            self.pinned.keep(&self.data)?;
            durable::replace(&self.data.join(CHECKPOINT_FILE), text.as_bytes(), 0o644)?;
            self.copy(from, size, &mut remote, &mut tell).await?;
        }
        self.seal(&signed, &standing).await?;
        Ok(Pulled {
            from,
            checkpoint: signed,
            standing,
        })
    }

    fn witnessed(&self, signed: &SignedCheckpoint) -> Result<Standing> {
        let standing = self.pinned.policy.check(signed)?;
        if standing.quorum {
            return Ok(standing);
        }
        let names: Vec<&str> = standing
            .witnesses
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let by = if names.is_empty() {
            "nobody".to_owned()
        } else {
            names.join(", ")
        };
        let size = signed.checkpoint().size;
        Err(MirrorError::NotWitnessed { size, by })
    }

    /// The newest checkpoint that this mirror has proved; it may have been cut off while it copied up to it.
    async fn known(&self) -> Result<Option<Note>> {
        let kept = durable::read(&self.data.join(CHECKPOINT_FILE))?;
        let kept = kept.and_then(|bytes| String::from_utf8(bytes).ok());
        let sealed = self.seals.latest().await?.map(|seal| seal.note);
        let open = |text: String| SignedCheckpoint::open(&text, &self.pinned.key).ok();
        let known = [kept, sealed].into_iter().flatten().filter_map(open);
        let newest = known.max_by_key(|signed| signed.checkpoint().size);
        Ok(newest.map(|signed| signed.note().clone()))
    }

    /// The log may not show less than it did, nor another tree of the same size.
    fn compare(&self, known: Option<&Note>, held: u64, signed: &SignedCheckpoint) -> Result<()> {
        let size = signed.checkpoint().size;
        let before: Option<Checkpoint> = known.and_then(|note| note.text.parse().ok());
        let seen = known.map_or(held, |known| self::held(known, held));
        if size < seen {
            let what = format!("the log shows {size} entries, {seen} were seen");
            let evidence = self.evidence("LOG_ROLLED_BACK", &what, known, signed, None)?;
            return Err(MirrorError::RolledBack { what, evidence });
        }
        if before
            .is_some_and(|before| before.size == size && before.root != signed.checkpoint().root)
        {
            let what = format!("the log has signed two trees of size {size}");
            let evidence = self.evidence("LOG_FORKED", &what, known, signed, None)?;
            return Err(MirrorError::Forked { what, evidence });
        }
        Ok(())
    }

    /// The signed tree must be one that only added to the tree seen before.
    async fn continues(
        &self,
        known: &Note,
        signed: &SignedCheckpoint,
        remote: &mut Remote,
    ) -> Result<()> {
        let before: Checkpoint = known.text.parse()?;
        if before.size == 0 || before.size == signed.checkpoint().size {
            return Ok(());
        }
        let root = remote.root(before.size).await?;
        if root == before.root {
            return Ok(());
        }
        let prefix = Prefix {
            size: before.size,
            root,
            proof: remote.consistency(before.size).await?,
        };
        let what = format!(
            "the log has signed two histories: its tree of size {} does not continue that of size {}",
            signed.checkpoint().size,
            before.size
        );
        let evidence = self.evidence("LOG_FORKED", &what, Some(known), signed, Some(prefix))?;
        Err(MirrorError::Forked { what, evidence })
    }

    fn evidence(
        &self,
        code: &'static str,
        what: &str,
        known: Option<&Note>,
        signed: &SignedCheckpoint,
        prefix: Option<Prefix>,
    ) -> Result<PathBuf> {
        let evidence = Evidence {
            code,
            what: what.to_owned(),
            address: self.pinned.address.clone(),
            key: self.pinned.key.to_string(),
            before: known.map(ToString::to_string),
            now: signed.to_string(),
            prefix,
        };
        evidence.keep(&self.data)
    }

    /// Keeps the checkpoint, now that everything under it is here, where nodes on this folder find it.
    ///
    /// Nobody tells when it was signed but witnesses, who tell when they first saw it.
    async fn seal(&mut self, signed: &SignedCheckpoint, standing: &Standing) -> Result<()> {
        let Checkpoint { size, root, .. } = *signed.checkpoint();
        if size == 0 {
            return Ok(());
        }
        let (note, now) = (signed.note(), clock::system());
        let witnessed = standing.witnesses.iter().map(|(_, time)| *time).min();
        let witnessed = witnessed.and_then(|time| i64::try_from(time).ok());
        let signed_at = witnessed.map_or(now, |time| Moment(time.saturating_mul(Moment::SECOND)));
        let (own, others): (Vec<_>, Vec<_>) = note
            .signatures
            .iter()
            .cloned()
            .partition(|line| self.pinned.key.is_named_by(line));
        let by_log = Note {
            text: note.text.clone(),
            signatures: own,
        };
        self.seals
            .note_key(&self.pinned.key.to_string(), now)
            .await?;
        let seal = Seal {
            size,
            root,
            note: by_log.to_string(),
            signed_at,
            published_at: None,
        };
        self.seals.insert(&seal, &mut self.claim).await?;
        let lines: Vec<String> = others.iter().map(ToString::to_string).collect();
        self.seals.cosign(size, &lines, now).await?;
        self.seals.publish(size, now).await?;
        Ok(())
    }
}

/// How much was seen of a log: by its newest proved checkpoint, or the copy.
fn held(known: &Note, copied: u64) -> u64 {
    let known: Option<Checkpoint> = known.text.parse().ok();
    known.map_or(copied, |known| known.size.max(copied))
}

/// The policy that a mirror in this folder was told to keep to, if any.
#[must_use]
pub fn policy_file(data: &Path) -> Option<PathBuf> {
    let file = data.join(POLICY_FILE);
    file.exists().then_some(file)
}

/// Reads a policy that names this log, or no log at all.
fn read_policy(path: &Path, key: Option<&VerifierKey>) -> Result<Policy> {
    let unusable = |why: String| MirrorError::Folder {
        path: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let policy: Policy = text
        .parse()
        .map_err(|error: crate::tlog::policy::PolicyError| unusable(error.to_string()))?;
    match key {
        Some(key)
            if !policy.logs().is_empty() && policy.logs().iter().all(|log| log.key != *key) =>
        {
            Err(unusable(format!("it does not name this log: {key}")))
        }
        Some(_) | None => Ok(policy),
    }
}

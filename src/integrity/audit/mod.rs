//! What an auditor checks of a log beside the journal itself: every entry against the tree kept here, the root and the
//! signature of every checkpoint, a checkpoint saved earlier, and the clock against the witnesses'.
//!
//! Entries come from outside, in order, from one who has checked which of their bodies hash to their leaf hashes.

mod beside;
mod bracket;
mod trees;

use std::path::Path;

pub use self::beside::{Believed, Beside, Saved};
pub use self::bracket::SKEW_SECONDS_MAX;
use self::bracket::{Bracket, Strayed};
use self::trees::{Settled, Trees};
use super::error::Result;
use super::halt::{self, Evidence, Halted, JournalNow, SaidBefore};
use super::seals::{Seal, Seals};
use crate::domain::reference::JournalKind;
use crate::journal::{Entry, Journal, clock};
use crate::tlog::text::encode;
use crate::tlog::{Checkpoint, SignedCheckpoint, Standing, leaf_hash, proof};

/// More findings than these are not listed.
const FINDINGS_MAX: usize = 100;
/// Checkpoints read at a time.
const SEALS_MAX: u32 = 1_000;

/// One thing that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `tree`, `checkpoint`, `signature`, `witness` or `bracket`.
    pub check: &'static str,
    /// Where in the journal, when it has a place there.
    pub position: Option<u64>,
    /// What differs, without personal data.
    pub what: String,
}

/// What was checked, and what was found.
#[derive(Debug, Clone, Default)]
pub struct Audited {
    /// Position of the first entry that was read; above 0 only from a saved checkpoint on.
    pub first: u64,
    /// Entries compared with their leaf in the tree kept here.
    pub leaves: u64,
    /// Checkpoints whose root was computed again and whose signature was checked.
    pub checkpoints: u64,
    /// The newest of them, and how it stands with the witnesses.
    pub newest: Option<(Checkpoint, Standing)>,
    /// Entries after the newest checkpoint.
    pub unsealed: u64,
    /// Entries whose hour lies between the hours of two witnessed checkpoints.
    pub bracketed: u64,
    /// Names and sizes of the saved checkpoints that this journal was found to continue.
    pub continued: Vec<(String, u64)>,
    /// The tree kept here does not give the saved checkpoint's root: everything was read instead.
    pub read_all: bool,
    pub findings: Vec<Finding>,
    /// A signed checkpoint that this journal does not continue, with its evidence kept.
    pub halted: Option<Halted>,
}

impl Audited {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.is_empty() && self.halted.is_none()
    }

    fn find(&mut self, check: &'static str, position: Option<u64>, what: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                check,
                position,
                what: what.into(),
            });
        }
    }
}

/// A signed tree that the journal does not continue.
struct Contradiction {
    code: &'static str,
    what: String,
    by: String,
    note: String,
    said: Checkpoint,
    now: JournalNow,
}

/// The audit of one log, fed with its entries.
pub struct Audit {
    beside: Beside,
    checkpoints: Checkpoints,
    /// To be continued, and not reached yet.
    saved: Vec<Saved>,
    bracket: Option<Bracket>,
    trees: Trees,
    /// A position is missing: nothing after it can be placed in the tree.
    broken: bool,
    last_good: Option<String>,
    contradiction: Option<Contradiction>,
    found: Audited,
}

impl Audit {
    /// Begins at position 0, or after `since` when the tree kept here gives its root; else `since` is one more of those
    /// that are to be continued.
    ///
    /// The clock of a simulated journal is the story's, and no witness's.
    pub async fn begin(
        beside: Beside,
        kind: JournalKind,
        mut saved: Vec<Saved>,
        since: Option<Saved>,
    ) -> Result<Self> {
        let mut bracket = match kind {
            JournalKind::Live if beside.has_witnesses() => Some(Bracket::default()),
            JournalKind::Live | JournalKind::Simulated | JournalKind::Imported => None,
        };
        let mut found = Audited::default();
        let mut trees = Trees::default();
        if let Some(since) = since {
            if let Some(resumed) = beside.edge_at(&since) {
                found.first = resumed.size();
                found.continued.push((since.name.clone(), found.first));
                trees = Trees::from(resumed);
                let standing = beside.standing(&mut since.signed.clone(), &[]);
                let earliest = standing.ok().and_then(|standing| first_hour(&standing));
                if let (Some(bracket), Some(at)) = (&mut bracket, earliest) {
                    bracket.close(at);
                }
            } else {
                found.read_all = true;
                saved.push(since);
            }
        }
        Ok(Self {
            checkpoints: Checkpoints::new(beside.seals.clone(), found.first + 1).await?,
            beside,
            saved,
            bracket,
            trees,
            broken: false,
            last_good: None,
            contradiction: None,
            found,
        })
    }

    /// Position of the first entry it wants.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.found.first
    }

    /// Compares entries from before the beginning with the tree, which gives the saved root there.
    pub fn take_earlier(&mut self, entries: &[Entry]) {
        for entry in entries {
            let tree = self.beside.tree.as_ref();
            let sealed = tree.and_then(|tree| tree.hash(0, entry.position));
            if sealed.is_some_and(|sealed| sealed != entry.leaf_hash) {
                let what = "this is not the fact that was sealed";
                self.found.find("tree", Some(entry.position), what);
            }
        }
    }

    /// Takes the next entries; `altered` are the positions whose stored hash is not that of their bytes.
    pub async fn take(&mut self, entries: &[Entry], altered: &[u64]) -> Result<()> {
        let most = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let tree = self.beside.tree.as_ref();
        let kept = tree.map_or_else(Vec::new, |tree| tree.leaves(self.trees.size(), most));
        for (index, entry) in entries.iter().enumerate() {
            self.broken |= entry.position != self.trees.size();
            if self.broken {
                return Ok(());
            }
            let kept = kept.get(index).copied();
            self.found.leaves += u64::from(kept.is_some());
            // The fact is its bytes; the hash beside them is one more copy of what was sealed.
            let leaf = if altered.contains(&entry.position) {
                leaf_hash(&entry.body)
            } else {
                entry.leaf_hash
            };
            self.trees.push(leaf, kept.or(Some(entry.leaf_hash)));
            if let Some(bracket) = &mut self.bracket {
                bracket.take(entry.position, entry.recorded_at);
            }
            if let Some(seal) = self.checkpoints.take(self.trees.size()).await? {
                self.check_seal(&seal).await?;
            }
            self.check_saved();
        }
        Ok(())
    }

    /// Whether what stands here is what was signed, or what of it is not.
    fn settle(&mut self, said: &Checkpoint) -> bool {
        let (settled, differing) = self.trees.settle(&said.root);
        let (is_continued, what) = match settled {
            Settled::Journal => (
                true,
                "the leaf kept for this fact is damaged; the fact itself is the one that was sealed",
            ),
            Settled::Kept => (true, "this is not the fact that was sealed"),
            Settled::Neither => (
                false,
                "the fact and the leaf kept for it differ, and neither is what was signed",
            ),
        };
        for position in differing {
            self.found.find("tree", Some(position), what);
        }
        is_continued
    }

    async fn check_seal(&mut self, seal: &Seal) -> Result<()> {
        let size = seal.size;
        let opened = SignedCheckpoint::open_with(&seal.note, &self.beside.keys);
        let mut signed = match opened {
            Ok(signed) => signed,
            Err(error) => {
                let what = format!("the checkpoint of size {size}: {error}");
                self.found.find("signature", None, what);
                return Ok(());
            }
        };
        let said = signed.checkpoint().clone();
        if (said.size, said.root) != (size, seal.root) {
            let what = format!("the row of size {size} is not what its note says");
            self.found.find("checkpoint", None, what);
        }
        if said.size == size && self.settle(&said) {
            self.found.checkpoints += 1;
            self.last_good = Some(seal.note.clone());
        } else {
            let by = "a checkpoint kept beside the journal";
            self.contradict(by.to_owned(), signed.to_string(), said);
            return Ok(());
        }
        let asked = self.checkpoints.seals.as_ref();
        let lines = lines(asked.filter(|_| self.beside.has_witnesses()), size).await?;
        match self.beside.standing(&mut signed, &lines) {
            Ok(standing) => {
                self.cosigned(first_hour(&standing));
                if seal.published_at.is_some() {
                    self.found.newest = Some((said, standing));
                }
            }
            Err(error) => {
                let what = format!("the checkpoint of size {size}: {error}");
                self.found.find("witness", None, what);
            }
        }
        Ok(())
    }

    /// Rule C2, for the entries since the last witnessed checkpoint.
    fn cosigned(&mut self, at: Option<u64>) {
        let (Some(bracket), Some(at)) = (&mut self.bracket, at) else {
            return;
        };
        let (count, strayed) = bracket.close(at);
        self.found.bracketed += count;
        for Strayed { position, what } in strayed {
            self.found.find("bracket", Some(position), what);
        }
    }

    fn check_saved(&mut self) {
        let size = self.trees.size();
        let reached = |saved: &mut Saved| saved.signed.checkpoint().size == size;
        let reached: Vec<Saved> = self.saved.extract_if(.., reached).collect();
        for saved in reached {
            let said = saved.signed.checkpoint().clone();
            if self.settle(&said) {
                self.found.continued.push((saved.name, size));
            } else {
                self.contradict(saved.name, saved.signed.to_string(), said);
            }
        }
    }

    /// The journal gives another root than was signed; the first time counts.
    fn contradict(&mut self, by: String, note: String, said: Checkpoint) {
        let what = format!(
            "the log signed another tree of {} entries than the one that stands here ({by})",
            said.size
        );
        let now = self.now();
        self.contradiction.get_or_insert(Contradiction {
            code: halt::FORKED,
            what,
            by,
            note,
            said,
            now,
        });
    }

    /// What came out. Evidence goes below `data`.
    pub async fn finish(mut self, journal: &Journal, data: &Path) -> Result<Audited> {
        self.check_saved(); // one of the size at which the audit began
        for position in self.trees.open() {
            let what =
                "the fact and the leaf kept for it differ; no checkpoint says which is right";
            self.found.find("tree", Some(position), what);
        }
        let head = self.check_end(journal).await?;
        let newest = self.found.newest.as_ref();
        let sealed = newest.map_or(0, |(checkpoint, _)| checkpoint.size);
        self.found.unsealed = head.saturating_sub(sealed.max(self.found.first));
        if let Some((checkpoint, standing)) = newest
            && self.beside.believed != Believed::Office
            && !standing.quorum
        {
            let what = format!(
                "too few witnesses of the policy have cosigned the newest checkpoint (size {})",
                checkpoint.size
            );
            self.found.find("witness", None, what);
        }
        if let Some(found) = self.contradiction.take() {
            self.found.halted = Some(self.keep(found, data)?);
        }
        Ok(self.found)
    }

    /// What was signed or kept may not reach beyond the journal.
    async fn check_end(&mut self, journal: &Journal) -> Result<u64> {
        let newest = match &self.checkpoints.seals {
            Some(seals) => seals.latest().await?,
            None => None,
        };
        // Read after the seals: a journal in use grows first and is sealed then.
        let head = journal.head().await?.size;
        self.check_tree(head);
        let newest = newest.and_then(|seal| {
            let signed = SignedCheckpoint::open_with(&seal.note, &self.beside.keys).ok()?;
            let name = "the newest checkpoint kept beside the journal".to_owned();
            Some(Saved { name, signed })
        });
        let saved = std::mem::take(&mut self.saved);
        for Saved { name: by, signed } in saved.into_iter().chain(newest) {
            let said = signed.checkpoint().clone();
            if said.size <= head {
                continue;
            }
            let what = format!(
                "the journal holds {head} entries, but {} were sealed ({by})",
                said.size
            );
            let now = self.now();
            self.contradiction.get_or_insert(Contradiction {
                code: halt::ROLLED_BACK,
                what,
                by,
                note: signed.to_string(),
                said,
                now,
            });
        }
        Ok(head)
    }

    /// The tree over the journal, as far as it was read.
    fn now(&self) -> JournalNow {
        JournalNow::new(&self.beside.origin, self.trees.size(), self.trees.root())
    }

    fn check_tree(&mut self, head: u64) {
        let Some(tree) = &self.beside.tree else {
            return;
        };
        let size = tree.size();
        let follows = || proof::root(tree, size) == Some(self.trees.root());
        if size > head {
            let what =
                format!("the tree kept here has {size} leaves: entries from here on are gone");
            self.found.find("tree", Some(head), what);
        } else if !self.broken && size == self.trees.size() && self.trees.agree() && !follows() {
            let what = "the upper levels of the tree kept here do not follow from its leaves";
            self.found.find("tree", None, what);
        }
    }

    fn keep(&self, found: Contradiction, data: &Path) -> Result<Halted> {
        let now = clock::system();
        let evidence = Evidence {
            code: found.code,
            what: found.what,
            found_at: now.to_string(),
            origin: self.beside.origin.clone(),
            keys: self.beside.keys.iter().map(ToString::to_string).collect(),
            said: vec![SaidBefore {
                by: found.by,
                size: found.said.size,
                root: encode(&found.said.root),
                note: Some(found.note.clone()),
            }],
            journal: found.now,
            last_good: self.last_good.clone(),
            first_contradicted: Some(found.note),
            first_difference: self.found.findings.iter().find_map(|one| one.position),
        };
        // An auditor's copy may lie where nothing can be written.
        let kept = evidence.write(data, now);
        kept.or_else(|_| evidence.write(&std::env::temp_dir(), now))
    }
}

/// When the first of the witnesses saw it, in seconds.
fn first_hour(standing: &Standing) -> Option<u64> {
    standing.witnesses.iter().map(|(_, time)| *time).min()
}

async fn lines(seals: Option<&Seals>, size: u64) -> Result<Vec<String>> {
    let Some(seals) = seals else {
        return Ok(Vec::new());
    };
    let lines = seals.cosignatures(size).await?;
    Ok(lines.into_iter().map(|one| one.line).collect())
}

/// The checkpoints in order of size, read as they are needed.
struct Checkpoints {
    seals: Option<Seals>,
    page: std::vec::IntoIter<Seal>,
    next: Option<Seal>,
}

impl Checkpoints {
    async fn new(seals: Option<Seals>, from_size: u64) -> Result<Self> {
        let mut checkpoints = Self {
            seals,
            page: Vec::new().into_iter(),
            next: None,
        };
        checkpoints.turn(from_size).await?;
        Ok(checkpoints)
    }

    async fn turn(&mut self, from_size: u64) -> Result<()> {
        if let Some(seals) = &self.seals {
            self.page = seals.all(from_size, SEALS_MAX).await?.into_iter();
        }
        self.next = self.page.next();
        Ok(())
    }

    /// The one of this size, if it comes next.
    async fn take(&mut self, size: u64) -> Result<Option<Seal>> {
        let Some(seal) = self.next.take_if(|seal| seal.size == size) else {
            return Ok(None);
        };
        self.next = self.page.next();
        if self.next.is_none() {
            self.turn(size + 1).await?;
        }
        Ok(Some(seal))
    }
}

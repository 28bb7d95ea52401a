//! What was signed or seen before, against the journal as it stands (rule R4): the journal may be ahead, never behind,
//! and never another one.

use super::error::{IntegrityError, Result};
use super::examine::examine;
use super::halt::{self, Evidence, Halted, JournalNow, SaidBefore};
use super::tree::{Tree, TreeWriter};
use super::{Log, trust::Trust};
use crate::journal::{Entry, Journal, JournalError, clock};
use crate::tlog::text::encode;
use crate::tlog::{Hash, leaf_hash};

/// Entries read at a time.
pub const BATCH_MAX: u32 = 4_096;

/// A tree that somebody vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who, for the evidence.
    pub by: String,
    pub size: u64,
    pub root: Hash,
    pub note: Option<String>,
}

/// Brings the tree to exactly the largest size that anybody vouches for and checks every word given before; a
/// contradiction is given with its evidence kept.
///
/// A tree that does not fit is filled anew beside the old one first: it is local, and may be what is wrong.
pub async fn compare(
    log: &Log,
    mut writer: TreeWriter,
    said: &[Said],
) -> Result<(TreeWriter, Option<Halted>)> {
    match check(log, &mut writer, said).await {
        Ok(true) => return Ok((writer, None)),
        Ok(false) => {}
        Err(IntegrityError::Halted(halted)) => return Ok((writer, Some(halted))),
        Err(error) => return Err(error),
    }
    let mut fresh = Tree::open(&log.tree_folder().with_extension("new"))?;
    fresh.truncate(0)?;
    match check(log, &mut fresh, said).await {
        Ok(true) => {
            tracing::warn!("the tree did not fit the seals and was filled anew from the journal");
            Ok((fresh.replace(writer)?, None))
        }
        Ok(false) => {
            let what = "the journal is not the one that was sealed".to_owned();
            let halted = halt(log, halt::FORKED, what, said, Some(&writer.tree())).await?;
            Ok((writer, Some(halted)))
        }
        Err(IntegrityError::Halted(halted)) => Ok((writer, Some(halted))),
        Err(error) => Err(error),
    }
}

/// Whether the tree, brought to the largest size, has every root that was given before.
async fn check(log: &Log, writer: &mut TreeWriter, said: &[Said]) -> Result<bool> {
    let Some(newest) = said.iter().max_by_key(|said| said.size) else {
        writer.truncate(0)?;
        return Ok(true);
    };
    let kept = writer.tree();
    if let Some(other) = said.iter().find(|said| contradicts(said, newest)) {
        let what = format!(
            "two trees of size {} were signed: by {} and by {}",
            newest.size, newest.by, other.by
        );
        let halted = halt(log, halt::FORKED, what, said, Some(&kept)).await?;
        return Err(halted.into());
    }
    let size = log.journal.head().await?.size;
    if size < newest.size {
        let what = format!(
            "the journal holds {size} entries, {} were sealed (known from {})",
            newest.size, newest.by
        );
        let halted = halt(log, halt::ROLLED_BACK, what, said, Some(&kept)).await?;
        return Err(halted.into());
    }
    if let Some(position) = replaced(&log.journal, &kept, newest.size).await? {
        let code = if position < size {
            halt::FORKED
        } else {
            halt::ROLLED_BACK
        };
        let what = format!(
            "this node has seen another entry at position {position} than the journal holds. Where the tree in --data is what is \
             wrong, take its folder away and start again"
        );
        return Err(halt(log, code, what, said, Some(&kept)).await?.into());
    }
    writer.truncate(newest.size)?;
    while writer.size() < newest.size {
        let wanted = (newest.size - writer.size()).min(u64::from(BATCH_MAX));
        let wanted = u32::try_from(wanted).unwrap_or(BATCH_MAX);
        let entries = log.journal.read(writer.size(), wanted).await?;
        match leaves(&entries) {
            Ok(leaves) => writer.append(&leaves)?,
            Err(error) => return Err(alarmed(log, error, said, &kept).await),
        }
    }
    let tree = writer.tree();
    let fits = |said: &Said| tree.root(said.size).is_ok_and(|root| root == said.root);
    Ok(said.iter().all(fits) && ends_alike(&log.journal, &tree).await?)
}

/// The first position at or above `from` where the tree holds another leaf than the journal. What the tree holds above the last
/// seal nobody signed, but this node read it from the journal. Nothing but a leaf that power took before it was written is passed
/// over: those are zero, and all that follow them are not to be trusted.
async fn replaced(journal: &Journal, tree: &Tree, from: u64) -> Result<Option<u64>> {
    let mut next = from;
    while next < tree.size() {
        let entries = match journal.read(next, BATCH_MAX).await {
            Err(JournalError::Gap { .. }) => Vec::new(),
            found => found?,
        };
        let (mut entries, leaves) = (entries.iter(), tree.leaves(next, BATCH_MAX));
        if leaves.is_empty() {
            return Ok(None);
        }
        for leaf in leaves {
            if leaf == [0; 32] {
                return Ok(None);
            }
            if entries.next().map(|entry| leaf_hash(&entry.body)) != Some(leaf) {
                return Ok(Some(next));
            }
            next += 1;
        }
    }
    Ok(None)
}

fn contradicts(one: &Said, other: &Said) -> bool {
    one.size == other.size && one.root != other.root
}

/// The leaves of entries, each hashed again from its bytes.
///
/// # Errors
/// [`IntegrityError::EntryAltered`] names the first that does not hash to what stands beside it.
pub fn leaves(entries: &[Entry]) -> Result<Vec<Hash>> {
    let leaf = |entry: &Entry| {
        let hash = leaf_hash(&entry.body);
        let position = entry.position;
        (hash == entry.leaf_hash)
            .then_some(hash)
            .ok_or(IntegrityError::EntryAltered { position })
    };
    entries.iter().map(leaf).collect()
}

/// Whether the journal still holds the tree's last leaf where it was.
pub async fn ends_alike(journal: &Journal, tree: &Tree) -> Result<bool> {
    let Some(position) = tree.size().checked_sub(1) else {
        return Ok(true);
    };
    let found = match journal.read(position, 1).await {
        Err(JournalError::Gap { .. }) => Vec::new(),
        found => found?,
    };
    let hash = found.first().map(|entry| leaf_hash(&entry.body));
    Ok(hash.is_some() && hash == tree.hash(0, position))
}

/// Turns an altered entry into a halt with evidence; other failures stay as they are.
pub async fn alarmed(
    log: &Log,
    error: IntegrityError,
    said: &[Said],
    tree: &Tree,
) -> IntegrityError {
    let IntegrityError::EntryAltered { .. } = error else {
        return error;
    };
    let halted = halt(
        log,
        halt::ENTRY_ALTERED,
        error.to_string(),
        said,
        Some(tree),
    );
    match halted.await {
        Ok(halted) => halted.into(),
        Err(error) => error,
    }
}

/// Looks at everything once more and keeps what it finds as evidence.
pub async fn halt(
    log: &Log,
    code: &'static str,
    what: String,
    said: &[Said],
    tree: Option<&Tree>,
) -> Result<Halted> {
    let found = examine(&log.journal, tree, &log.seals, |_| {}).await?;
    let trust = Trust::load(&log.seals, &log.policy_file).await?;
    let said = said.iter().map(|said| SaidBefore {
        by: said.by.clone(),
        size: said.size,
        root: encode(&said.root),
        note: said.note.clone(),
    });
    let now = clock::system();
    let first_difference = found.first_difference();
    let what = match first_difference {
        Some(position) => format!("{what} (first difference at position {position})"),
        None => what,
    };
    let evidence = Evidence {
        code,
        what,
        found_at: now.to_string(),
        origin: log.origin.clone(),
        keys: trust.map_or_else(Vec::new, |trust| trust.key_texts()),
        said: said.collect(),
        journal: JournalNow::new(&log.origin, found.size, found.root),
        last_good: found.last_good.map(|seal| seal.note),
        first_contradicted: found.contradicted.map(|seal| seal.note),
        first_difference,
    };
    evidence.keep(&log.data, now)
}

//! The whole journal against what was sealed: which entry is not the one in the tree, which checkpoint is contradicted.

use futures_util::{Stream, TryStreamExt as _};

use super::error::Result;
use super::seals::{Seal, Seals};
use super::tree::Tree;
use crate::journal::{Entry, Journal, JournalError, Result as JournalResult};
use crate::tlog::{Edge, Hash, leaf_hash};

/// Checkpoints read at a time.
const SEALS_MAX: u32 = 1_000;

/// What a journal gives when every one of its bodies is hashed again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    pub size: u64,
    /// Over the hashes of the bodies, whatever the stored leaf hashes say.
    pub root: Hash,
    /// The first entry whose body does not hash to the leaf hash stored beside it.
    pub altered: Option<u64>,
    /// The first entry whose body does not hash to its leaf in the tree; within what both hold.
    pub differs: Option<u64>,
    /// The first position that has no entry, while the tree or a later entry says that there was one.
    pub missing: Option<u64>,
    /// The largest checkpoint whose root the journal gives.
    pub last_good: Option<Seal>,
    /// The first checkpoint whose root the journal does not give, or whose size it does not reach.
    pub contradicted: Option<Seal>,
}

impl Examined {
    /// Whether every body is the one that was sealed and every checkpoint is continued.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.first_difference().is_none() && self.contradicted.is_none()
    }

    /// The first position at which something is not as it was sealed.
    #[must_use]
    pub fn first_difference(&self) -> Option<u64> {
        let found = [self.altered, self.differs, self.missing];
        found.into_iter().flatten().min()
    }
}

/// Reads the whole journal once. `tree`: the one a node keeps, if there is one; `tell` hears how many entries are done.
pub async fn examine(
    journal: &Journal,
    tree: Option<&Tree>,
    seals: &Seals,
    mut tell: impl FnMut(u64),
) -> Result<Examined> {
    let mut found = Examined::default();
    let mut checkpoints = Checkpoints::new(seals).await?;
    let (mut edge, mut made) = (Edge::new(), Vec::new());
    let mut chunks = Box::pin(journal.chunks(0));
    while let Some(entries) = next(&mut chunks, &mut found).await? {
        let first = edge.size();
        let most = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let kept = tree.map_or_else(Vec::new, |tree| tree.leaves(first, most));
        for (index, entry) in entries.iter().enumerate() {
            let hash = leaf_hash(&entry.body);
            if hash != entry.leaf_hash {
                found.altered.get_or_insert(entry.position);
            }
            if kept.get(index).is_some_and(|kept| *kept != hash) {
                found.differs.get_or_insert(entry.position);
            }
            edge.push(hash, &mut made);
            made.clear();
            if let Some(seal) = checkpoints.take(edge.size()).await? {
                if seal.root == edge.root() {
                    found.last_good = Some(seal);
                } else {
                    found.contradicted.get_or_insert(seal);
                }
            }
        }
        tell(edge.size());
    }
    if found.contradicted.is_none() {
        found.contradicted = checkpoints.next;
    }
    (found.size, found.root) = (edge.size(), edge.root());
    if tree.is_some_and(|tree| tree.size() > found.size) {
        found.missing.get_or_insert(found.size);
    }
    Ok(found)
}

/// The next chunk; a hole in the journal is its end, and noted.
async fn next(
    chunks: &mut (impl Stream<Item = JournalResult<Vec<Entry>>> + Unpin),
    found: &mut Examined,
) -> Result<Option<Vec<Entry>>> {
    match chunks.try_next().await {
        Err(JournalError::Gap { position }) => {
            found.missing = Some(position);
            Ok(None)
        }
        other => Ok(other?),
    }
}

/// The checkpoints in order of size.
struct Checkpoints<'a> {
    seals: &'a Seals,
    page: std::vec::IntoIter<Seal>,
    next: Option<Seal>,
}

impl<'a> Checkpoints<'a> {
    async fn new(seals: &'a Seals) -> Result<Self> {
        let mut page = seals.all(0, SEALS_MAX).await?.into_iter();
        let next = page.next();
        Ok(Self { seals, page, next })
    }

    /// The one of this size, if it comes next.
    async fn take(&mut self, size: u64) -> Result<Option<Seal>> {
        let Some(seal) = self.next.take_if(|seal| seal.size == size) else {
            return Ok(None);
        };
        self.next = self.page.next();
        if self.next.is_none() {
            self.page = self.seals.all(size + 1, SEALS_MAX).await?.into_iter();
            self.next = self.page.next();
        }
        Ok(Some(seal))
    }
}

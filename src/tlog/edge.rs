//! The right edge of a growing tree: one hash for each perfect subtree (RFC 6962 §2.1).

use super::tile::HEIGHT;
use super::{Hash, empty_root, node_hash};

/// All that is needed to append and to know the root: at most 64 hashes, whatever the size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// Largest subtree first: one for each bit set in `size`.
    subtrees: Vec<Hash>,
}

impl Edge {
    /// The edge of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An edge from the roots of its perfect subtrees, largest first; none unless there is one for each bit of `size`.
    #[must_use]
    pub fn from_subtrees(size: u64, subtrees: Vec<Hash>) -> Option<Self> {
        let complete = subtrees.len() == size.count_ones() as usize;
        complete.then_some(Self { size, subtrees })
    }

    /// Appends a leaf hash. `made` gets every hash that the tiles gain: `(0, leaf)`, then `(L, root)` for each tile of
    /// level L - 1 that this leaf fills.
    pub fn push(&mut self, leaf: Hash, made: &mut Vec<(u8, Hash)>) {
        made.push((0, leaf));
        let mut hash = leaf;
        let mut level = 0;
        for _ in 0..self.size.trailing_ones() {
            let left = self.subtrees.pop().expect("one subtree for each set bit");
            hash = node_hash(&left, &hash);
            level += 1;
            if level % HEIGHT == 0 {
                made.push((level / HEIGHT, hash));
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect subtrees, largest first.
    #[must_use]
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        join(&self.subtrees).unwrap_or_else(empty_root)
    }
}

/// The root over perfect subtrees, largest first; none over none.
pub(super) fn join(subtrees: &[Hash]) -> Option<Hash> {
    let (last, larger) = subtrees.split_last()?;
    let onto = |right: Hash, left: &Hash| node_hash(left, &right);
    Some(larger.iter().rev().fold(*last, onto))
}

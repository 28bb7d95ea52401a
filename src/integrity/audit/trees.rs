//! Two trees grown side by side: over the journal's entries, and over the leaves that were kept. A signature says which of
//! them is right where they differ.

use crate::tlog::{Edge, Hash};

/// Positions that are remembered until a signature decides.
const DIFFERING_MAX: usize = 100;

/// The tree over the journal, and the one over the kept leaves as long as that is another one.
#[derive(Debug, Default)]
pub struct Trees {
    journal: Edge,
    kept: Option<Edge>,
    differing: Vec<u64>,
    made: Vec<(u8, Hash)>,
}

/// Which tree has the signed root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The journal's, and the kept one unless positions are given.
    Journal,
    /// Only the kept one: the journal was altered.
    Kept,
    Neither,
}

impl From<Edge> for Trees {
    fn from(edge: Edge) -> Self {
        Self {
            journal: edge,
            ..Self::default()
        }
    }
}

impl Trees {
    pub fn size(&self) -> u64 {
        self.journal.size()
    }

    /// Over the journal.
    pub fn root(&self) -> Hash {
        self.journal.root()
    }

    /// Whether they are one since the last signature.
    pub fn agree(&self) -> bool {
        self.kept.is_none()
    }

    /// The next leaf of the journal, and the kept one if there is one.
    pub fn push(&mut self, leaf: Hash, kept: Option<Hash>) {
        let kept = kept.unwrap_or(leaf);
        if kept != leaf {
            if self.differing.len() < DIFFERING_MAX {
                self.differing.push(self.journal.size());
            }
            self.kept.get_or_insert_with(|| self.journal.clone());
        }
        if let Some(edge) = &mut self.kept {
            edge.push(kept, &mut self.made);
        }
        self.journal.push(leaf, &mut self.made);
        self.made.clear();
    }

    /// Asks which has the signed root, and goes on from that one; with the positions where they differed until here.
    pub fn settle(&mut self, signed: &Hash) -> (Settled, Vec<u64>) {
        let kept = self.kept.take();
        let differing = std::mem::take(&mut self.differing);
        if self.journal.root() == *signed {
            return (Settled::Journal, differing);
        }
        match kept {
            Some(kept) if kept.root() == *signed => {
                self.journal = kept;
                (Settled::Kept, differing)
            }
            Some(_) | None => (Settled::Neither, differing),
        }
    }

    /// Where they differ since the last signature.
    pub fn open(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.differing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(leaves: &[u8]) -> Hash {
        let mut trees = Trees::default();
        for leaf in leaves {
            trees.push([*leaf; 32], None);
        }
        trees.root()
    }

    fn grown(pairs: &[(u8, u8)]) -> Trees {
        let mut trees = Trees::default();
        for (leaf, kept) in pairs {
            trees.push([*leaf; 32], Some([*kept; 32]));
        }
        trees
    }

    #[test]
    fn a_signature_says_whether_the_entry_or_the_kept_leaf_was_changed() {
        let pairs = [(1, 1), (2, 9), (3, 3)];
        let settled = grown(&pairs).settle(&root(&[1, 2, 3]));
        assert_eq!(settled, (Settled::Journal, vec![1]));
        let settled = grown(&pairs).settle(&root(&[1, 9, 3]));
        assert_eq!(settled, (Settled::Kept, vec![1]));
        let settled = grown(&pairs).settle(&root(&[1, 5, 3]));
        assert_eq!(settled, (Settled::Neither, vec![1]));
    }

    #[test]
    fn what_one_signature_settled_is_no_matter_for_the_next() {
        let mut trees = grown(&[(1, 1), (2, 9)]);
        assert_eq!(trees.settle(&root(&[1, 9])).0, Settled::Kept);
        trees.push([3; 32], Some([3; 32]));
        let settled = trees.settle(&root(&[1, 9, 3]));
        assert_eq!(settled, (Settled::Journal, vec![]));
        assert!(trees.agree() && trees.open().is_empty());
    }
}

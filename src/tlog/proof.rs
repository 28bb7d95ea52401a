//! Inclusion and consistency proofs, made from tiles and checked without them (RFC 6962 §2.1, RFC 9162 §2.1.3–2.1.4).

use std::ops::Range;
use std::slice;

use super::edge::{Edge, join};
use super::tile::{HEIGHT, Tile};
use super::{Hash, empty_root, node_hash};

/// Where the hashes of the tiles are found.
pub trait Hashes {
    /// The hash `index` of a tile level, counted from the level's start; none if it is not there.
    fn hash(&self, level: u8, index: u64) -> Option<Hash>;
}

impl<F: Fn(u8, u64) -> Option<Hash>> Hashes for F {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        self(level, index)
    }
}

/// The root of the first `size` leaves; none if a hash is missing.
pub fn root(hashes: &impl Hashes, size: u64) -> Option<Hash> {
    Some(edge(hashes, size)?.root())
}

/// The right edge of the first `size` leaves, ready for more.
pub fn edge(hashes: &impl Hashes, size: u64) -> Option<Edge> {
    let subtrees: Option<_> = subtrees(0..size)
        .map(|subtree| subtree.root(hashes))
        .collect();
    Edge::from_subtrees(size, subtrees?)
}

/// The proof that leaf `index` is in the tree of `size` leaves, its sibling first; none outside the tree.
pub fn inclusion(hashes: &impl Hashes, index: u64, size: u64) -> Option<Vec<Hash>> {
    roots(hashes, &inclusion_ranges(index, size)?)
}

/// The proof that the tree of `new` leaves only adds to the tree of `old` leaves; empty for an empty or equal old
/// tree, none if `old` is larger.
pub fn consistency(hashes: &impl Hashes, old: u64, new: u64) -> Option<Vec<Hash>> {
    roots(hashes, &consistency_ranges(old, new)?)
}

/// The tiles from which a remote reader computes the root of `size` leaves.
#[must_use]
pub fn needed_for_root(size: u64) -> Vec<Tile> {
    tiles_over(slice::from_ref(&(0..size)), size)
}

/// The tiles that [`inclusion`] reads; none outside the tree.
#[must_use]
pub fn needed_for_inclusion(index: u64, size: u64) -> Vec<Tile> {
    tiles_over(&inclusion_ranges(index, size).unwrap_or_default(), size)
}

/// The tiles that [`consistency`] reads, as wide as in the new tree.
#[must_use]
pub fn needed_for_consistency(old: u64, new: u64) -> Vec<Tile> {
    tiles_over(&consistency_ranges(old, new).unwrap_or_default(), new)
}

/// Checks that `leaf` is leaf `index` of the tree of `size` leaves with this root (RFC 9162 §2.1.3.2).
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    matches(&root_by_inclusion(leaf, index, size, path)?, root)
}

/// The root that an audit path gives: the first half of [`verify_inclusion`], for those who show their work.
pub fn root_by_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            climb_while_even(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last == 0 {
        Ok(hash)
    } else {
        Err(ProofError::Length)
    }
}

/// Checks that the tree of `new_size` leaves only adds to the tree of `old_size` leaves (RFC 9162 §2.1.4.2).
///
/// Every tree adds to the empty one, without a proof, and equal sizes mean equal roots: both also without a proof.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::OutOfRange);
    }
    if old_size == 0 || old_size == new_size {
        if !path.is_empty() {
            return Err(ProofError::Length);
        }
        if old_size == 0 {
            matches(old_root, &empty_root())?;
        }
        return if old_size == new_size {
            matches(old_root, new_root)
        } else {
            Ok(())
        };
    }
    let (first, path) = if old_size.is_power_of_two() {
        (old_root, path)
    } else {
        path.split_first().ok_or(ProofError::Length)?
    };
    let ones = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> ones, (new_size - 1) >> ones);
    let (mut old, mut new) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node % 2 == 1 || node == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            climb_while_even(&mut node, &mut last);
        } else {
            new = node_hash(&new, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    matches(&old, old_root)?;
    matches(&new, new_root)
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("the proof is about something outside the tree")]
    OutOfRange,
    #[error("the proof has too many or too few hashes")]
    Length,
    #[error("the proof leads to another root")]
    Mismatch,
}

impl ProofError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange => "PROOF_OUT_OF_RANGE",
            Self::Length => "PROOF_LENGTH",
            Self::Mismatch => "PROOF_MISMATCH",
        }
    }
}

/// The last node of a level without a sibling moves up as it is.
fn climb_while_even(node: &mut u64, last: &mut u64) {
    while node.is_multiple_of(2) && *node != 0 {
        (*node, *last) = (*node >> 1, *last >> 1);
    }
}

fn matches(found: &Hash, expected: &Hash) -> Result<(), ProofError> {
    if found == expected {
        Ok(())
    } else {
        Err(ProofError::Mismatch)
    }
}

/// A perfect subtree: leaves `index << height .. (index + 1) << height`.
#[derive(Debug, Clone, Copy)]
struct Subtree {
    height: u8,
    index: u64,
}

impl Subtree {
    /// Its lowest nodes that stand in a tile: the tile level and their places in that level.
    fn stored(self) -> (u8, Range<u64>) {
        let above = self.height % HEIGHT;
        let start = self.index << above;
        (self.height / HEIGHT, start..start + (1 << above))
    }

    fn root(self, hashes: &impl Hashes) -> Option<Hash> {
        let (level, places) = self.stored();
        let mut row: Vec<Hash> = places
            .map(|place| hashes.hash(level, place))
            .collect::<Option<_>>()?;
        while row.len() > 1 {
            let pairs = row.chunks_exact(2);
            row = pairs.map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        row.first().copied()
    }
}

/// The perfect subtrees of a range, largest first. Ranges met in proofs start where their largest subtree may start.
fn subtrees(range: Range<u64>) -> impl Iterator<Item = Subtree> {
    let mut start = range.start;
    std::iter::from_fn(move || {
        let height = (range.end - start).checked_ilog2()?;
        let index = start >> height;
        start += 1 << height;
        let height = u8::try_from(height).ok()?;
        Some(Subtree { height, index })
    })
}

fn roots(hashes: &impl Hashes, ranges: &[Range<u64>]) -> Option<Vec<Hash>> {
    let root = |range: &Range<u64>| {
        let subtrees: Option<Vec<Hash>> = subtrees(range.clone())
            .map(|subtree| subtree.root(hashes))
            .collect();
        join(&subtrees?)
    };
    ranges.iter().map(root).collect()
}

fn tiles_over(ranges: &[Range<u64>], size: u64) -> Vec<Tile> {
    let all = ranges.iter().cloned().flat_map(subtrees);
    let mut tiles: Vec<Tile> = all
        .filter_map(|subtree| {
            let (level, places) = subtree.stored();
            Tile::covering(level, places.start, size)
        })
        .collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// Leaves under each hash of `PATH(index, D[size])`, in its order (RFC 6962 §2.1.1).
fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    let mut ranges = Vec::new();
    let mut rest = (index < size).then_some(0..size)?;
    while rest.end - rest.start > 1 {
        let middle = split(&rest);
        if index < middle {
            ranges.push(middle..rest.end);
            rest.end = middle;
        } else {
            ranges.push(rest.start..middle);
            rest.start = middle;
        }
    }
    ranges.reverse();
    Some(ranges)
}

/// Leaves under each hash of `PROOF(old, D[new])`, in its order (RFC 6962 §2.1.2).
fn consistency_ranges(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old == 0 || old > new {
        return (old == 0).then(Vec::new);
    }
    let mut ranges = Vec::new();
    let mut rest = 0..new;
    while rest.end != old {
        let middle = split(&rest);
        if old <= middle {
            ranges.push(middle..rest.end);
            rest.end = middle;
        } else {
            ranges.push(rest.start..middle);
            rest.start = middle;
        }
    }
    // The whole old tree is its root, which the verifier has.
    if rest.start != 0 {
        ranges.push(rest);
    }
    ranges.reverse();
    Some(ranges)
}

/// Where a range of more than one leaf splits: after the largest power of two strictly below its length.
fn split(range: &Range<u64>) -> u64 {
    range.start + (1 << (range.end - range.start - 1).ilog2())
}

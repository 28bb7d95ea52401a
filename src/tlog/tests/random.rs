//! Properties of every log and every file, against RFC 6962 written down as it stands.

use proptest::prelude::*;

use super::{Grown, entry, policy, vector};
use crate::tlog::proof::{
    consistency, edge, inclusion, needed_for_consistency, needed_for_inclusion, needed_for_root,
    root, verify_consistency, verify_inclusion,
};
use crate::tlog::{
    AddCheckpoint, Bundle, Edge, Hash, Hashes, Note, Policy, Receipt, Tile, VerifierKey,
    empty_root, leaf_hash, node_hash, tiles_of,
};

/// Two full tiles and a bit.
const SIZE_MAX: usize = 600;

/// `MTH(D)` (RFC 6962 §2.1).
fn tree_hash(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        more => {
            let (left, right) = more.split_at(half(more.len()));
            node_hash(&tree_hash(left), &tree_hash(right))
        }
    }
}

/// `PATH(m, D)` (RFC 6962 §2.1.1).
fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let middle = half(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut inner, sibling) = if index < middle {
        (path(index, left), tree_hash(right))
    } else {
        (path(index - middle, right), tree_hash(left))
    };
    inner.push(sibling);
    inner
}

/// `SUBPROOF(m, D, b)` (RFC 6962 §2.1.2).
fn subproof(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![tree_hash(leaves)]
        };
    }
    let middle = half(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut inner, sibling) = if old <= middle {
        (subproof(old, left, known), tree_hash(right))
    } else {
        (subproof(old - middle, right, false), tree_hash(left))
    };
    inner.push(sibling);
    inner
}

/// The largest power of two below a number.
fn half(length: usize) -> usize {
    length.next_power_of_two() / 2
}

fn leaves(size: usize) -> Vec<Hash> {
    (0..size as u64)
        .map(|index| leaf_hash(&entry(index)))
        .collect()
}

/// Only the hashes that these tiles hold.
struct Fetched<'a> {
    log: &'a Grown,
    tiles: Vec<Tile>,
}

impl Hashes for Fetched<'_> {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        let holds = |tile: &Tile| {
            let start = tile.index * 256;
            tile.level == level && (start..start + u64::from(tile.width)).contains(&index)
        };
        let held = self.tiles.iter().any(holds);
        held.then(|| self.log.hash(level, index))?
    }
}

/// An old size at most a new one.
fn sizes() -> impl Strategy<Value = (usize, usize)> {
    (0..=SIZE_MAX).prop_flat_map(|new| (0..=new, Just(new)))
}

/// A leaf of a tree.
fn leaf() -> impl Strategy<Value = (usize, usize)> {
    (1..=SIZE_MAX).prop_flat_map(|size| (0..size, Just(size)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn inclusion_from_tiles_is_the_path_of_the_rfc((index, size) in leaf(), more in 0..300usize) {
        let leaves = leaves(size + more);
        // The log has grown on since: the tiles of an older size are still there.
        let log = Grown::of(leaves.iter().copied());
        let whole = tree_hash(&leaves[..size]);
        let (at, of) = (index as u64, size as u64);
        let proof = inclusion(&log, at, of).unwrap();
        prop_assert_eq!(&proof, &path(index, &leaves[..size]));
        prop_assert_eq!(root(&log, of), Some(whole));
        prop_assert_eq!(verify_inclusion(&leaves[index], at, of, &proof, &whole), Ok(()));
        for other in [at + 1, at.wrapping_sub(1), of, 0] {
            let proves = verify_inclusion(&leaves[index], other, of, &proof, &whole).is_ok();
            prop_assert_eq!(proves, other == at);
        }
        prop_assert_eq!(inclusion(&log, of, of), None);
        prop_assert_eq!(inclusion(&log, at, (size + more) as u64 + 1), None);
    }

    #[test]
    fn consistency_from_tiles_is_the_proof_of_the_rfc((old, new) in sizes()) {
        let leaves = leaves(new);
        let log = Grown::of(leaves.iter().copied());
        let (before, after) = (tree_hash(&leaves[..old]), tree_hash(&leaves));
        let (from, to) = (old as u64, new as u64);
        let proof = consistency(&log, from, to).unwrap();
        let expected = if old == 0 { vec![] } else { subproof(old, &leaves, true) };
        prop_assert_eq!(&proof, &expected);
        prop_assert_eq!(verify_consistency(from, &before, to, &after, &proof), Ok(()));

        let elsewhere = [7; 32];
        prop_assert!(verify_consistency(from, &elsewhere, to, &after, &proof).is_err());
        // Every tree adds to the empty one, whatever its root.
        let proves_other = verify_consistency(from, &before, to, &elsewhere, &proof).is_ok();
        prop_assert_eq!(proves_other, old == 0 && new != 0);
        let longer = [proof.as_slice(), &[elsewhere]].concat();
        prop_assert!(verify_consistency(from, &before, to, &after, &longer).is_err());
        if let Some((_, shorter)) = proof.split_last() {
            prop_assert!(verify_consistency(from, &before, to, &after, shorter).is_err());
        }
        prop_assert!(verify_consistency(to + 1, &after, to, &after, &[]).is_err());
        prop_assert_eq!(consistency(&log, to + 1, to), None);
    }

    #[test]
    fn one_turned_bit_makes_a_proof_worthless(
        (index, size) in leaf(),
        old in 1..=SIZE_MAX,
        place in any::<prop::sample::Index>(),
        bit in 0..256usize,
    ) {
        let log = Grown::of(leaves(size));
        let (at, of) = (index as u64, size as u64);
        let whole = root(&log, of).unwrap();
        let leaf = log.hash(0, at).unwrap();
        let turn = |proof: &mut Vec<Hash>| {
            let at = place.index(proof.len());
            proof[at][bit / 8] ^= 1 << (bit % 8);
        };
        let mut path = inclusion(&log, at, of).unwrap();
        if !path.is_empty() {
            turn(&mut path);
            prop_assert!(verify_inclusion(&leaf, at, of, &path, &whole).is_err());
        }
        let from = old.min(size) as u64;
        let before = root(&log, from).unwrap();
        let mut between = consistency(&log, from, of).unwrap();
        if !between.is_empty() {
            turn(&mut between);
            prop_assert!(verify_consistency(from, &before, of, &whole, &between).is_err());
        }
    }

    #[test]
    fn the_needed_tiles_suffice_and_are_tiles_of_the_tree((index, size) in leaf(), old in 0..=SIZE_MAX) {
        let log = Grown::of(leaves(size));
        let (at, of, from) = (index as u64, size as u64, old.min(size) as u64);
        let all: Vec<Tile> = tiles_of(of).collect();
        let fetched = |tiles: Vec<Tile>| {
            assert!(tiles.iter().all(|tile| all.contains(tile)));
            Fetched { log: &log, tiles }
        };
        prop_assert_eq!(
            inclusion(&fetched(needed_for_inclusion(at, of)), at, of),
            inclusion(&log, at, of)
        );
        prop_assert_eq!(
            consistency(&fetched(needed_for_consistency(from, of)), from, of),
            consistency(&log, from, of)
        );
        prop_assert_eq!(root(&fetched(needed_for_root(of)), of), root(&log, of));
        if size > 1 {
            prop_assert_eq!(inclusion(&fetched(vec![]), at, of), None);
        }
    }

    #[test]
    fn an_edge_read_from_tiles_grows_on_like_the_one_that_made_them((old, new) in sizes()) {
        let leaves = leaves(new);
        let log = Grown::of(leaves.iter().copied());
        let mut resumed = edge(&log, old as u64).unwrap();
        let from_subtrees = Edge::from_subtrees(resumed.size(), resumed.subtrees().to_vec());
        prop_assert_eq!(from_subtrees.as_ref(), Some(&resumed));
        for leaf in &leaves[old..] {
            resumed.push(*leaf, &mut Vec::new());
        }
        prop_assert_eq!(resumed.root(), log.edge.root());
        prop_assert_eq!(resumed, log.edge);
        prop_assert_eq!(Edge::from_subtrees(7, vec![[0; 32]; 2]), None);
    }

    #[test]
    fn a_path_that_reads_prints_as_it_was(level in 0..64u8, index in 0..1u64 << 50, width in 1..=256u16) {
        let tile = Tile { level, index, width };
        prop_assert_eq!(tile.to_string().parse(), Ok(tile));
        let bundle = Bundle { index, width };
        prop_assert_eq!(bundle.to_string().parse(), Ok(bundle));
    }

    #[test]
    fn no_text_makes_a_path_reader_stumble(path in "[0-9x/.p+]{0,24}") {
        if let Ok(tile) = path.parse::<Tile>() {
            prop_assert_eq!(tile.to_string(), path.as_str());
        }
        if let Ok(bundle) = path.parse::<Bundle>() {
            prop_assert_eq!(bundle.to_string(), path);
        }
    }

    #[test]
    fn a_bundle_opens_to_what_was_put_in(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256),
    ) {
        let bytes = Bundle::encode(&entries).unwrap();
        let width = u16::try_from(entries.len()).unwrap();
        prop_assert_eq!(Bundle { index: 0, width }.decode(&bytes).unwrap(), entries);
    }
}

/// One change to a text, of the kinds that damage and mischief make.
#[derive(Debug, Clone)]
enum Damage {
    Turn(u8),
    Remove,
    Insert(u8),
    RepeatLine,
    RemoveLine,
    CutShort,
}

fn damage() -> impl Strategy<Value = (prop::sample::Index, Damage)> {
    let kind = prop_oneof![
        (0..8u8).prop_map(|bit| Damage::Turn(1 << bit)),
        Just(Damage::Remove),
        prop_oneof![any::<u8>(), Just(b'\n'), Just(b' '), Just(b'0')].prop_map(Damage::Insert),
        Just(Damage::RepeatLine),
        Just(Damage::RemoveLine),
        Just(Damage::CutShort),
    ];
    (any::<prop::sample::Index>(), kind)
}

fn damaged(text: &str, (place, damage): &(prop::sample::Index, Damage)) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let at = place.index(bytes.len());
    let mut lines: Vec<&[u8]> = text
        .as_bytes()
        .split_inclusive(|byte| *byte == b'\n')
        .collect();
    let line = place.index(lines.len());
    match damage {
        Damage::Turn(mask) => bytes[at] ^= mask,
        Damage::Remove => drop(bytes.remove(at)),
        Damage::Insert(byte) => bytes.insert(at, *byte),
        Damage::RepeatLine => {
            lines.insert(line, lines[line]);
            bytes = lines.concat();
        }
        Damage::RemoveLine => {
            lines.remove(line);
            bytes = lines.concat();
        }
        Damage::CutShort => bytes.truncate(at),
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// What is read is printed byte for byte, so that one meaning never has two spellings.
    #[test]
    fn damaged_files_are_refused_or_mean_what_they_say(hit in damage()) {
        let log_key = super::log_key();
        let texts = [
            vector!("123.tlog-proof").to_owned(),
            vector!("299x.tlog-proof").to_owned(),
            vector!("add-256-300").to_owned(),
            Grown::entries(3).signed(true).to_string(),
            log_key.verifier().to_string(),
        ];
        for text in &texts {
            let Ok(changed) = String::from_utf8(damaged(text, &hit)) else { continue };
            if let Ok(read) = changed.parse::<Receipt>() {
                prop_assert_eq!(read.to_string(), changed.as_str());
            }
            if let Ok(read) = changed.parse::<AddCheckpoint>() {
                prop_assert_eq!(read.to_string(), changed.as_str());
            }
            if let Ok(read) = changed.parse::<Note>() {
                prop_assert_eq!(read.to_string(), changed.as_str());
            }
            if let Ok(read) = changed.parse::<VerifierKey>() {
                prop_assert_eq!(read.to_string(), changed.as_str());
            }
        }
    }

    /// Damage to a receipt is refused, or it adds a line twice and the meaning stays.
    #[test]
    fn a_damaged_receipt_never_proves_anything_else(hit in damage()) {
        let whole: Receipt = vector!("299x.tlog-proof").parse().unwrap();
        let (_, meaning) = whole.verify_carried(&policy()).unwrap();
        let changed = damaged(vector!("299x.tlog-proof"), &hit);
        let read = str::from_utf8(&changed).ok().and_then(|text| text.parse::<Receipt>().ok());
        if let Some(Ok((carried, verified))) = read.as_ref().map(|read| read.verify_carried(&policy())) {
            prop_assert_eq!(carried, entry(299));
            prop_assert_eq!(verified, meaning);
        }
    }

    #[test]
    fn no_policy_makes_the_reader_stumble(text in "((log|witness|group|quorum|#|a|none|any|all|[0-9])[ \\t\\n]){0,40}") {
        if let Ok(policy) = text.parse::<Policy>() {
            prop_assert_eq!(policy.to_string().parse(), Ok(policy));
        }
    }
}

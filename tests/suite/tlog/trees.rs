//! Before `ct-merkle`: the same roots and the same proofs.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use motcua::tlog::Hash;
use sha2::Sha256;

use super::{LOG, SIZES, entry, leaves_of, sizes_up_to, turned};

#[test]
fn ct_merkle_has_our_roots_and_agrees_with_our_proofs() {
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for size in SIZES {
        for index in theirs.len()..size {
            theirs.push(entry(index));
        }
        let root = root(size);
        assert_eq!(theirs.root().as_bytes(), root.as_bytes(), "at {size}");

        for index in leaves_of(size) {
            let ours = LOG.inclusion(index, size);
            let place = usize::try_from(index).expect("a small log");
            assert_eq!(theirs.prove_inclusion(place).as_bytes(), ours.concat());
            let includes = |proof: &[Hash]| {
                let proof = InclusionProof::try_from_bytes(proof.concat()).expect("whole hashes");
                root.verify_inclusion(&entry(index), index, &proof).is_ok()
            };
            assert!(includes(&ours), "leaf {index} of {size}");
            assert!(turned(&ours).is_none_or(|turned| !includes(&turned)));
        }
        for old in sizes_up_to(size).filter(|old| *old < size) {
            let ours = LOG.consistency(old, size);
            let added = usize::try_from(size - old).expect("a small log");
            assert_eq!(theirs.prove_consistency(added).as_bytes(), ours.concat());
            assert!(continues(old, size, &ours), "{old} to {size}");
            assert!(turned(&ours).is_none_or(|turned| !continues(old, size, &turned)));
        }
    }
}

fn continues(old: u64, new: u64, proof: &[Hash]) -> bool {
    let proof = ConsistencyProof::try_from_bytes(proof.concat()).expect("whole hashes");
    root(new).verify_consistency(&root(old), &proof).is_ok()
}

/// Our root, as theirs.
fn root(size: u64) -> RootHash<Sha256> {
    RootHash::new(LOG.root(size).into(), size)
}

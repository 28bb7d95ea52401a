//! Our logs and proofs before three implementations that others wrote: they accept them, and refuse one turned bit.

mod notes;
mod tiles;
mod trees;

use std::sync::LazyLock;

use motcua::tlog::{
    Checkpoint, Edge, Hash, Hashes, KeyKind, SignedCheckpoint, SigningKey, cosignature, leaf_hash,
    proof,
};

/// One and two leaves, both sides of a full tile and of a full level, and the third level of tiles.
const SIZES: [u64; 8] = [1, 2, 255, 256, 257, 600, 65_536, 70_000];

/// The largest of the logs, which holds all smaller ones.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let mut log = Log::default();
    for index in 0..SIZES[SIZES.len() - 1] {
        log.push(&entry(index));
    }
    log
});

/// The hashes of a log's tiles, level by level, grown through its edge.
#[derive(Default)]
struct Log {
    edge: Edge,
    levels: Vec<Vec<Hash>>,
}

impl Log {
    fn push(&mut self, entry: &[u8]) {
        let mut made = Vec::new();
        self.edge.push(leaf_hash(entry), &mut made);
        for (level, hash) in made {
            let level = usize::from(level);
            self.levels.resize(self.levels.len().max(level + 1), vec![]);
            self.levels[level].push(hash);
        }
    }

    fn root(&self, size: u64) -> Hash {
        proof::root(self, size).expect("the log is that large")
    }

    fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        proof::inclusion(self, index, size).expect("the entry is in the log")
    }

    fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        proof::consistency(self, old, new).expect("the log is that large")
    }

    /// Signed by the log and cosigned by its witness.
    fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        let checkpoint = Checkpoint {
            origin: log_key().verifier().name.clone(),
            size,
            root: self.root(size),
        };
        let mut signed =
            SignedCheckpoint::sign(checkpoint, &log_key()).expect("the key is the origin's");
        let cosignature = cosignature::cosign(&signed.note().text, &witness_key(), 1_700_000_000);
        signed.add(cosignature.expect("the key is a witness's"));
        signed
    }
}

impl Hashes for Log {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        let level = self.levels.get(usize::from(level))?;
        level.get(usize::try_from(index).ok()?).copied()
    }
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}\n").into_bytes()
}

fn log_key() -> SigningKey {
    SigningKey::from_seed("log.example.gov/dossier", &[1; 32], KeyKind::Log).expect("a good name")
}

fn witness_key() -> SigningKey {
    let name = "witness.example.org/w1";
    SigningKey::from_seed(name, &[2; 32], KeyKind::Witness).expect("a good name")
}

/// Leaves at both ends, in the middle and beside the borders of tiles.
fn leaves_of(size: u64) -> impl Iterator<Item = u64> {
    let places = [0, 1, 254, 255, 256, size / 2, size - 1];
    places.into_iter().filter(move |index| *index < size)
}

/// Sizes at most this one, with its neighbour and those that fill no tile.
fn sizes_up_to(size: u64) -> impl Iterator<Item = u64> {
    let more = [3, 300, size - 1];
    let all = SIZES.into_iter().chain(more);
    all.filter(move |old| (1..=size).contains(old))
}

/// A proof with one bit turned in its middle; none of an empty one.
fn turned(proof: &[Hash]) -> Option<Vec<Hash>> {
    let mut proof = proof.to_vec();
    let middle = proof.len() / 2;
    proof.get_mut(middle)?[13] ^= 0x10;
    Some(proof)
}

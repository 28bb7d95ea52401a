//! The standard against known answers, its strictness, and every property that must hold for any log.

mod formats;
mod known_answers;
mod policies;
mod random;
mod receipts;
mod requests;

use super::{
    Checkpoint, Edge, Hash, Hashes, KeyKind, Policy, SignedCheckpoint, SigningKey, Tile,
    cosignature, leaf_hash,
};

const ORIGIN: &str = "log.example.gov/dossier";
const WITNESS: &str = "witness.example.org/w1";
const WITNESS_TIME: u64 = 1_700_000_000;

/// A file of `tests/vectors/log`.
macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../../tests/vectors/log/", $name))
    };
}
use vector;

/// A log in memory, grown through its edge as a node grows it.
#[derive(Default)]
struct Grown {
    edge: Edge,
    levels: Vec<Vec<Hash>>,
}

impl Grown {
    fn of(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut grown = Self::default();
        for leaf in leaves {
            grown.push(leaf);
        }
        grown
    }

    /// The log of the vectors: entry i is `entry <i>` and a newline.
    fn entries(size: u64) -> Self {
        Self::of((0..size).map(|index| leaf_hash(&entry(index))))
    }

    fn push(&mut self, leaf: Hash) {
        let mut made = Vec::new();
        self.edge.push(leaf, &mut made);
        for (level, hash) in made {
            let level = usize::from(level);
            self.levels.resize(self.levels.len().max(level + 1), vec![]);
            self.levels[level].push(hash);
        }
    }

    fn tile(&self, tile: Tile) -> Vec<u8> {
        let start = usize::try_from(tile.index).unwrap() * 256;
        let level = &self.levels[usize::from(tile.level)];
        level[start..start + usize::from(tile.width)].concat()
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            origin: ORIGIN.to_owned(),
            size: self.edge.size(),
            root: self.edge.root(),
        }
    }

    /// Signed by the log and, if wished, cosigned by the witness.
    fn signed(&self, cosigned: bool) -> SignedCheckpoint {
        let mut signed = SignedCheckpoint::sign(self.checkpoint(), &log_key()).unwrap();
        if cosigned {
            let body = signed.note().text.clone();
            signed.add(cosignature::cosign(&body, &witness_key(), WITNESS_TIME).unwrap());
        }
        signed
    }
}

impl Hashes for Grown {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        let level = self.levels.get(usize::from(level))?;
        level.get(usize::try_from(index).ok()?).copied()
    }
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}\n").into_bytes()
}

fn seed(first: u8) -> [u8; 32] {
    std::array::from_fn(|place| first + u8::try_from(place).unwrap())
}

fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &seed(0), KeyKind::Log).unwrap()
}

fn witness_key() -> SigningKey {
    SigningKey::from_seed(WITNESS, &seed(32), KeyKind::Witness).unwrap()
}

/// The log, and its one witness as quorum.
fn policy() -> Policy {
    let (log, witness) = (log_key(), witness_key());
    let (log, witness) = (log.verifier(), witness.verifier());
    format!("log {log}\nwitness w1 {witness}\nquorum w1\n")
        .parse()
        .unwrap()
}

/// The bytes with one bit turned.
fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

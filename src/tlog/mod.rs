//! The transparency log's standard: RFC 6962 trees and the text formats of c2sp.org; pure, and using nothing else of ours.
//!
//! In reading order: `edge` grows a tree, `tile` and `bundle` name its pieces, `proof` makes and checks proofs from
//! them; `note`, `checkpoint` and `cosignature` sign a tree's root, `policy` says whose signatures count, `receipt`
//! carries all of it in one file, and `witness` is what a log and its witness say to each other.

pub mod bundle;
pub mod checkpoint;
pub mod cosignature;
pub mod edge;
pub mod note;
pub mod policy;
pub mod proof;
pub mod receipt;
pub mod steps;
pub mod text;
pub mod tile;
pub mod witness;

#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

pub use bundle::{Bundle, BundleError};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use edge::Edge;
pub use note::{KeyKind, Note, NoteError, SignatureLine, SigningKey, VerifierKey};
pub use policy::{Policy, PolicyError, Standing};
pub use proof::{Hashes, ProofError};
pub use receipt::{Receipt, ReceiptError, Verified};
pub use steps::Steps;
pub use tile::{PathError, Tile, tiles_of};
pub use witness::{AddCheckpoint, Refusal};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The hash of one entry as a leaf: `SHA-256(0x00 || entry)` (RFC 6962 §2.1).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0x00])
        .chain_update(entry)
        .finalize()
        .into()
}

/// The hash of an inner node: `SHA-256(0x01 || left || right)` (RFC 6962 §2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([0x01])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of the tree without leaves: `SHA-256("")` (RFC 6962 §2.1).
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

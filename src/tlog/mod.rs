//! The transparency log's mathematics, after RFC 6962: pure, and using nothing else of ours.

use sha2::{Digest, Sha256};

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Published vectors are in hexadecimal.
    fn bytes(hex: &str) -> Vec<u8> {
        let digit =
            |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).expect("two digits");
        (0..hex.len()).step_by(2).map(digit).collect()
    }

    #[test]
    fn the_empty_leaf_has_the_hash_that_certificate_logs_publish() {
        assert_eq!(
            leaf_hash(b"").to_vec(),
            bytes("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
        );
    }

    #[test]
    fn two_leaves_join_to_the_root_that_certificate_logs_publish() {
        assert_eq!(
            node_hash(&leaf_hash(b""), &leaf_hash(&[0])).to_vec(),
            bytes("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")
        );
    }
}

//! Roots and hashes that others publish.

use crate::tlog::{Edge, empty_root, leaf_hash, node_hash};

/// Published vectors are in hexadecimal.
fn bytes(hex: &str) -> Vec<u8> {
    let digit = |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).expect("two digits");
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
    let joined = node_hash(&leaf_hash(b""), &leaf_hash(&[0]));
    assert_eq!(
        joined.to_vec(),
        bytes("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")
    );
    let mut edge = Edge::new();
    assert_eq!(edge.root(), empty_root());
    edge.push(leaf_hash(b""), &mut Vec::new());
    edge.push(leaf_hash(&[0]), &mut Vec::new());
    assert_eq!(edge.root(), joined);
}

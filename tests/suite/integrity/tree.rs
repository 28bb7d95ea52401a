//! The tree's files: the same roots as a computation from scratch, whatever a crash left behind.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use motcua::integrity::{Tree, TreeWriter};
use motcua::journal::Hash;
use motcua::tlog::{leaf_hash, proof, tiles_of};

use super::ground::root;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|number| leaf_hash(format!("entry {number}").as_bytes()))
        .collect()
}

fn grown(folder: &std::path::Path, leaves: &[Hash]) -> TreeWriter {
    let mut tree = Tree::open(folder).expect("a tree");
    for batch in leaves.chunks(77) {
        tree.append(batch).expect("appended");
    }
    tree
}

#[track_caller]
fn then_it_is_whole(tree: &Tree, leaves: &[Hash]) {
    assert_eq!(tree.size(), leaves.len() as u64);
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 600, 65_536, 66_000] {
        if size <= leaves.len() {
            let at = tree.root(size as u64).expect("a root");
            assert_eq!(at, root(&leaves[..size]), "size {size}");
        }
    }
    let size = leaves.len() as u64;
    let whole = root(leaves);
    for position in [0, 1, size / 2, size - 1] {
        let path = tree.inclusion(position, size).expect("a path");
        let leaf = leaves[usize::try_from(position).expect("a position")];
        proof::verify_inclusion(&leaf, position, size, &path, &whole).expect("it verifies");
    }
    for tile in tiles_of(size) {
        let bytes = tree.tile(&tile).expect("a tile");
        assert_eq!(bytes.len(), usize::from(tile.width) * 32);
    }
}

#[test]
fn the_tree_has_the_roots_of_a_computation_from_scratch() {
    let folder = tempfile::tempdir().expect("a folder");
    let leaves = leaves(66_000);
    let tree = grown(folder.path(), &leaves);
    then_it_is_whole(&tree.tree(), &leaves);
    assert_eq!(tree.root(), root(&leaves));
    let (old, new) = (300, 66_000);
    let proof = tree.tree().consistency(old, new).expect("a proof");
    let old_root = root(&leaves[..300]);
    proof::verify_consistency(old, &old_root, new, &tree.root(), &proof).expect("it verifies");
}

#[test]
fn a_tree_goes_on_where_it_ended_also_after_it_was_torn() {
    let leaves = leaves(1_000);
    for torn in [
        "whole",
        "half a hash",
        "no upper level",
        "an upper level ahead",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        drop(grown(folder.path(), &leaves[..900]));
        let file = |level: &str| folder.path().join(level);
        match torn {
            "half a hash" => OpenOptions::new()
                .append(true)
                .open(file("0"))
                .and_then(|mut file| file.write_all(&[7; 17]))
                .expect("torn"),
            "no upper level" => fs::remove_file(file("1")).expect("removed"),
            "an upper level ahead" => OpenOptions::new()
                .append(true)
                .open(file("1"))
                .and_then(|mut file| file.write_all(&[7; 64]))
                .expect("ahead"),
            _ => {}
        }
        let mut tree = Tree::open(folder.path()).expect("a tree");
        assert_eq!(tree.size(), 900, "{torn}");
        tree.append(&leaves[900..]).expect("appended");
        then_it_is_whole(&tree.tree(), &leaves);
    }
}

#[test]
fn a_tree_that_was_cut_back_grows_as_if_nothing_had_been() {
    let folder = tempfile::tempdir().expect("a folder");
    let leaves = leaves(1_000);
    let mut tree = grown(folder.path(), &leaves);
    tree.truncate(511).expect("cut back");
    assert_eq!(tree.tree().size(), 511);
    assert_eq!(tree.tree().hash(1, 1), None);
    assert_eq!(tree.root(), root(&leaves[..511]));
    tree.append(&leaves[511..]).expect("appended");
    then_it_is_whole(&tree.tree(), &leaves);
}

#[test]
fn only_one_grows_a_tree_and_everybody_may_read_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let leaves = leaves(300);
    let tree = grown(folder.path(), &leaves);
    let refused = Tree::open(folder.path()).err().expect("in use");
    assert_eq!(refused.code(), "TREE_IN_USE");
    let read = Tree::open_read_only(folder.path()).expect("a tree to read");
    then_it_is_whole(&read, &leaves);
    drop(tree);
    Tree::open(folder.path()).expect("free again");
}

//! The signer: nothing that is not proved to continue what it signed last.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use motcua::integrity::signer::{Signer, State, make_key};
use motcua::integrity::{Tree, TreeWriter};
use motcua::tlog::{Checkpoint, leaf_hash};

const ORIGIN: &str = "log.example/office";

fn tree(folder: &Path, size: u64) -> TreeWriter {
    let mut tree = Tree::open(folder).expect("a tree");
    for number in 0..size {
        let leaf = leaf_hash(format!("entry {number}").as_bytes());
        tree.append(&[leaf]).expect("appended");
    }
    tree
}

fn checkpoint(tree: &TreeWriter) -> Checkpoint {
    Checkpoint {
        origin: ORIGIN.into(),
        size: tree.size(),
        root: tree.root(),
    }
}

#[test]
fn only_what_continues_the_last_signed_tree_is_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    let vkey = make_key(&keys, ORIGIN).expect("a key");
    let mut signer = Signer::open(&keys, ORIGIN).expect("a signer");
    let mut grown = tree(&folder.path().join("tree"), 5);
    let five = checkpoint(&grown);
    let first = signer.sign(&five, &[]).expect("the first tree");
    assert!(first.note().is_signed_by(&vkey).expect("a good signature"));
    let again = signer.sign(&five, &[]).expect("the same tree");
    assert_eq!(again.to_string(), first.to_string(), "to the same bytes");

    grown.append(&[leaf_hash(b"more")]).expect("appended");
    let six = checkpoint(&grown);
    let proof = grown.tree().consistency(5, 6).expect("a proof");
    let mut other_root = six.clone();
    other_root.root[0] ^= 1;
    let mut other_origin = six.clone();
    other_origin.origin = "log.example/other".into();
    let smaller = Checkpoint {
        size: 4,
        ..five.clone()
    };
    let mut forked = five.clone();
    forked.root[0] ^= 1;
    let refused = [
        (&six, &[][..]),
        (&six, &proof[..1]),
        (&other_root, &proof[..]),
        (&other_origin, &proof[..]),
        (&smaller, &[][..]),
        (&forked, &[][..]),
    ];
    for (asked, proof) in refused {
        let error = signer.sign(asked, proof).expect_err("not proved");
        assert_eq!(error.code(), "SIGNER_NOT_CONSISTENT");
        assert_eq!(signer.remembered(), (5, five.root));
    }
    signer.sign(&six, &proof).expect("proved");
    drop(signer);
    let signer = Signer::open(&keys, ORIGIN).expect("it remembers");
    assert_eq!(signer.remembered(), (6, six.root));
}

#[test]
fn a_signer_is_alone_and_never_without_key_or_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    let code = |keys: &Path| Signer::open(keys, ORIGIN).err().expect("refused").code();
    assert_eq!(code(&keys), "LOG_KEY_MISSING");
    let made = make_key(&keys, ORIGIN).expect("a key");
    assert_eq!(make_key(&keys, ORIGIN).expect("the same key"), made);
    let signer = Signer::open(&keys, ORIGIN).expect("a signer");
    assert_eq!(code(&keys), "SIGNER_ELSEWHERE");
    drop(signer);
    for name in ["log.key", "signer.json"] {
        let found = fs::metadata(keys.join(name)).expect("a file").permissions();
        assert_eq!(found.mode() & 0o777, 0o600, "{name}");
    }
    fs::set_permissions(keys.join("log.key"), fs::Permissions::from_mode(0o640)).expect("a mode");
    assert_eq!(code(&keys), "LOG_KEY_EXPOSED");
    fs::set_permissions(keys.join("log.key"), fs::Permissions::from_mode(0o600)).expect("a mode");
    let memory = State::path_in(&keys);
    fs::write(&memory, "{}").expect("damaged");
    assert_eq!(code(&keys), "SIGNER_STATE_DAMAGED");
    fs::remove_file(&memory).expect("lost");
    assert_eq!(code(&keys), "SIGNER_STATE_MISSING");
}

#[test]
fn a_log_that_was_signed_never_gets_a_second_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    make_key(&keys, ORIGIN).expect("a key");
    let mut signer = Signer::open(&keys, ORIGIN).expect("a signer");
    let grown = tree(&folder.path().join("tree"), 1);
    signer.sign(&checkpoint(&grown), &[]).expect("signed");
    drop(signer);
    fs::remove_file(keys.join("log.key")).expect("lost");
    let refused = make_key(&keys, ORIGIN).expect_err("no second key");
    assert_eq!(refused.code(), "LOG_KEY_MISSING");
}

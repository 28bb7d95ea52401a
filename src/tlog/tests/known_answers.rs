//! Answers that an independent program and the certificate logs give.

use serde_json::Value;

use super::{Grown, ORIGIN, WITNESS, WITNESS_TIME, entry, log_key, policy, vector, witness_key};
use crate::tlog::proof::{consistency, inclusion, root, verify_consistency, verify_inclusion};
use crate::tlog::{
    Bundle, Edge, Hash, Note, SignedCheckpoint, Tile, VerifierKey, cosignature, empty_root,
    leaf_hash, text,
};

/// The leaves that certificate logs use in their tests.
const CERTIFICATE_LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

#[test]
fn roots_of_zero_to_eight_leaves_are_those_that_certificate_logs_publish() {
    let published = hexadecimal(&answers()["rfc6962_roots_hex"]);
    assert_eq!(published.len(), 9);
    let mut edge = Edge::new();
    assert_eq!(empty_root(), published[0]);
    assert_eq!(edge.root(), published[0]);
    for (leaf, published) in CERTIFICATE_LEAVES.into_iter().zip(&published[1..]) {
        edge.push(leaf_hash(&bytes(leaf)), &mut Vec::new());
        assert_eq!(edge.root(), *published, "at size {}", edge.size());
    }
}

#[test]
fn inclusion_of_leaf_five_of_eight_is_the_published_one() {
    let (log, roots) = certificate_log();
    let proof = inclusion(&log, 5, 8).unwrap();
    assert_eq!(proof, hexadecimal(&answers()["rfc6962_incl_5_of_8_hex"]));
    let leaf = leaf_hash(&bytes(CERTIFICATE_LEAVES[5]));
    assert_eq!(verify_inclusion(&leaf, 5, 8, &proof, &roots[8]), Ok(()));
}

#[test]
fn consistency_of_six_and_three_leaves_is_the_published_one() {
    let (log, roots) = certificate_log();
    for (old, new, answer) in [
        (6, 8, "rfc6962_cons_6_8_hex"),
        (3, 7, "rfc6962_cons_3_7_hex"),
    ] {
        let proof = consistency(&log, old, new).unwrap();
        assert_eq!(proof, hexadecimal(&answers()[answer]));
        let verified = verify_consistency(
            old,
            &roots[usize::try_from(old).unwrap()],
            new,
            &roots[usize::try_from(new).unwrap()],
            &proof,
        );
        assert_eq!(verified, Ok(()));
    }
}

#[test]
fn the_log_of_three_hundred_entries_has_its_known_roots_at_every_size() {
    let answers = answers();
    let log = Grown::entries(300);
    for (size, known) in answers["roots300"].as_object().unwrap() {
        let size: u64 = size.parse().unwrap();
        let found = root(&log, size).unwrap();
        assert_eq!(text::encode(&found), known.as_str().unwrap(), "at {size}");
    }
    for (old, known) in [(256, "cons256_300"), (5, "cons5_300")] {
        let proof = consistency(&log, old, 300).unwrap();
        let known: Vec<&str> = strings(&answers[known]);
        assert_eq!(text::hash_lines(&proof), known.join("\n") + "\n");
    }
}

#[test]
fn tiles_and_bundles_have_their_known_bytes() {
    let log = Grown::entries(300);
    let tile: Tile = "0/001.p/44".parse().unwrap();
    let known = include_bytes!("../../../tests/vectors/log/tile-0-001.p-44");
    assert_eq!(log.tile(tile), known);

    let bundle: Bundle = "001.p/44".parse().unwrap();
    let entries: Vec<Vec<u8>> = (256..300).map(entry).collect();
    let known = include_bytes!("../../../tests/vectors/log/entries-001.p-44");
    assert_eq!(Bundle::encode(&entries).unwrap(), known);
    assert_eq!(bundle.decode(known).unwrap(), entries);
}

#[test]
fn keys_made_from_seeds_have_their_known_text() {
    let answers = answers();
    assert_eq!(log_key().verifier().to_string(), answers["log_vkey"]);
    assert_eq!(
        witness_key().verifier().to_string(),
        answers["witness_vkey"]
    );
    // The log's base64 holds a plus sign.
    for vkey in ["log_vkey", "witness_vkey"] {
        let vkey = answers[vkey].as_str().unwrap();
        assert_eq!(vkey.parse::<VerifierKey>().unwrap().to_string(), vkey);
    }
}

#[test]
fn checkpoints_have_their_known_bytes_signatures_included() {
    let answers = answers();
    for (size, cosigned, known) in [
        (0, false, "cp0"),
        (256, false, "cp256"),
        (300, true, "cp300"),
    ] {
        let known = answers[known].as_str().unwrap();
        assert_eq!(Grown::entries(size).signed(cosigned).to_string(), known);

        let opened = SignedCheckpoint::open(known, log_key().verifier()).unwrap();
        assert_eq!(*opened.checkpoint(), Grown::entries(size).checkpoint());
        assert_eq!(opened.to_string(), known);
    }
    let (opened, standing) = policy().open(answers["cp300"].as_str().unwrap()).unwrap();
    assert_eq!(opened.checkpoint().origin, ORIGIN);
    assert_eq!(standing.witnesses, [("w1".to_owned(), WITNESS_TIME)]);
    assert!(standing.quorum && standing.witnessed);

    let cosignature_line = &opened.note().signatures[1];
    assert_eq!(cosignature_line.name, WITNESS);
    let body = &opened.note().text;
    assert_eq!(
        cosignature::verify(cosignature_line, witness_key().verifier(), body),
        Ok(WITNESS_TIME)
    );
}

#[test]
fn the_example_of_the_note_specification_verifies() {
    let key: VerifierKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        .parse()
        .unwrap();
    let note: Note = "This is an example message.\n\n\u{2014} example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
        .parse()
        .unwrap();
    assert_eq!(note.text, "This is an example message.\n");
    assert_eq!(note.is_signed_by(&key), Ok(true));
}

fn answers() -> Value {
    serde_json::from_str(vector!("answers.json")).expect("the vectors are JSON")
}

/// The log of eight leaves, and its published roots by size.
fn certificate_log() -> (Grown, Vec<Hash>) {
    let leaves = CERTIFICATE_LEAVES.map(|leaf| leaf_hash(&bytes(leaf)));
    let roots = hexadecimal(&answers()["rfc6962_roots_hex"]);
    (Grown::of(leaves), roots)
}

fn strings(list: &Value) -> Vec<&str> {
    let all = list.as_array().expect("a list").iter();
    all.map(|item| item.as_str().expect("a list of texts"))
        .collect()
}

fn hexadecimal(list: &Value) -> Vec<Hash> {
    let hash = |hex: &str| bytes(hex).try_into().expect("32 bytes");
    strings(list).into_iter().map(hash).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).expect("two digits");
    (0..hex.len()).step_by(2).map(digit).collect()
}

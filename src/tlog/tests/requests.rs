//! Requests to a witness: the known exchange, and what is refused.

use super::{Grown, ORIGIN, log_key, vector, witness_key};
use crate::tlog::witness::{Refusal, origin_hash, parse_cosignatures, parse_size_body, size_body};
use crate::tlog::{AddCheckpoint, Hash, SignedCheckpoint, cosignature, empty_root, proof};

#[test]
fn a_witness_gives_the_known_answers_to_the_known_requests() {
    let mut last = (0, empty_root());
    for (request, answer) in [
        (vector!("add-0-256"), 200),
        (vector!("add-256-300-fork"), 422),
        (vector!("add-256-300"), 200),
        (vector!("add-256-300"), 409),
        (vector!("add-300-300-fork"), 422),
    ] {
        let read: AddCheckpoint = request.parse().unwrap();
        assert_eq!(read.to_string(), request);
        // The fork is signed with the real key: only the witness's memory tells.
        let signed = SignedCheckpoint::open(&read.checkpoint, log_key().verifier()).unwrap();
        let judged = read.judge(signed.checkpoint(), last);
        assert_eq!(
            judged.map_or_else(|refusal| refusal.status(), |()| 200),
            answer
        );
        if judged.is_ok() {
            last = (signed.checkpoint().size, signed.checkpoint().root);
        }
    }
    assert_eq!(last, (300, Grown::entries(300).edge.root()));
}

#[test]
fn a_request_is_made_from_tiles_and_accepted() {
    let log = Grown::entries(300);
    for old in [0, 1, 5, 256, 299, 300] {
        let request = request(&log, old);
        let read: AddCheckpoint = request.to_string().parse().unwrap();
        assert_eq!(read, request);
        let last = (old, proof::root(&log, old).unwrap());
        assert_eq!(request.judge(&log.checkpoint(), last), Ok(()));
    }
}

#[test]
fn what_does_not_add_to_the_last_checkpoint_is_refused_by_its_reason() {
    let log = Grown::entries(300);
    let at = |size| -> (u64, Hash) { (size, proof::root(&log, size).unwrap()) };
    let judge = |request: &AddCheckpoint, last| request.judge(&log.checkpoint(), last);

    assert_eq!(
        judge(&request(&log, 256), at(5)),
        Err(Refusal::Conflict { size: 5 })
    );
    let above = AddCheckpoint {
        old: 301,
        ..request(&log, 300)
    };
    assert_eq!(judge(&above, at(300)), Err(Refusal::OldAboveNew));
    let proof_from_nothing = AddCheckpoint {
        old: 0,
        ..request(&log, 256)
    };
    assert_eq!(
        judge(&proof_from_nothing, at(0)),
        Err(Refusal::Inconsistent)
    );
    let no_proof = AddCheckpoint {
        proof: vec![],
        ..request(&log, 5)
    };
    assert_eq!(judge(&no_proof, at(5)), Err(Refusal::Inconsistent));
    let mut empty_with_root = log.checkpoint();
    empty_with_root.size = 0;
    let refused = request(&log, 0).judge(&empty_with_root, at(0));
    assert_eq!(refused, Err(Refusal::Inconsistent));
}

#[test]
fn malformed_requests_are_refused() {
    let whole = vector!("add-256-300");
    let hash = whole.lines().nth(1).unwrap();
    let too_many = format!("{}\n", [hash; 64].join("\n"));
    for malformed in [
        whole.replace("old 256", "old 0256"),
        whole.replace("old 256", "old"),
        whole.replace("old 256", "old  256"),
        whole.replace("old 256", "new 256"),
        whole.replace('\n', "\r\n"),
        whole.replace("W0Kkc=", "W0Kkd="),
        whole.replace(&format!("{hash}\n"), &too_many),
        whole.replace(&format!("{hash}\n"), "AAAA\n"),
        whole.replace("\n\nlog", "\nlog"),
        "old 0\n".to_owned(),
        String::new(),
    ] {
        assert_ne!(malformed, whole);
        let read = malformed.parse::<AddCheckpoint>();
        assert_eq!(read, Err(Refusal::Malformed), "{malformed}");
    }
}

#[test]
fn answers_are_read_as_they_are_written() {
    assert_eq!(parse_size_body(&size_body(256)), Some(256));
    for wrong in ["256", "0256\n", "256\n\n", "\n", ""] {
        assert_eq!(parse_size_body(wrong), None, "{wrong:?}");
    }
    let line = cosignature::cosign("body\n", &witness_key(), 7).unwrap();
    assert_eq!(
        parse_cosignatures(&format!("{line}\n")),
        Some(vec![line.clone()])
    );
    let two = format!("{line}\n{line}\n");
    assert_eq!(parse_cosignatures(&two).map(|lines| lines.len()), Some(2));
    for wrong in [line.to_string(), format!("{line}\n\n"), String::new()] {
        assert_eq!(parse_cosignatures(&wrong), None, "{wrong:?}");
    }
}

#[test]
fn a_log_is_found_at_a_witness_by_the_hash_of_its_origin() {
    let hash = origin_hash(ORIGIN);
    assert_eq!(hash.len(), 64);
    assert_eq!(
        origin_hash(""),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_ne!(hash, origin_hash("log.example.gov/other"));
}

fn request(log: &Grown, old: u64) -> AddCheckpoint {
    AddCheckpoint {
        old,
        proof: proof::consistency(log, old, log.edge.size()).unwrap(),
        checkpoint: log.signed(false).to_string(),
    }
}

//! Receipts: the known ones, and everything that must be refused.

use std::sync::LazyLock;

use super::{Grown, WITNESS_TIME, entry, flipped, log_key, policy, vector, witness_key};
use crate::tlog::proof::inclusion;
use crate::tlog::receipt::ReceiptError;
use crate::tlog::{Policy, ProofError, Receipt, Verified};

static POLICY: LazyLock<Policy> = LazyLock::new(policy);

const PLAIN: &str = vector!("123.tlog-proof");
const CARRYING: &str = vector!("299x.tlog-proof");
const WITH_UNKNOWN_LINE: &str = vector!("123pq.tlog-proof");

#[test]
fn known_receipts_are_accepted_and_made_alike() {
    let verified = check(PLAIN.as_bytes(), Some(&entry(123))).unwrap();
    assert_eq!(verified.checkpoint, Grown::entries(300).checkpoint());
    assert_eq!(
        verified.standing.witnesses,
        [("w1".to_owned(), WITNESS_TIME)]
    );
    check(CARRYING.as_bytes(), None).unwrap();

    let log = Grown::entries(300);
    for (index, extra, known) in [(123, None, PLAIN), (299, Some(entry(299)), CARRYING)] {
        let made = Receipt {
            extra,
            index,
            path: inclusion(&log, index, 300).unwrap(),
            checkpoint: log.signed(true).to_string(),
        };
        assert_eq!(made.to_string(), known);
        assert_eq!(known.parse::<Receipt>().unwrap(), made);
    }
}

#[test]
fn a_signature_of_an_unknown_kind_changes_nothing() {
    assert_ne!(PLAIN, WITH_UNKNOWN_LINE);
    assert_eq!(
        check(WITH_UNKNOWN_LINE.as_bytes(), Some(&entry(123))).unwrap(),
        check(PLAIN.as_bytes(), Some(&entry(123))).unwrap()
    );
}

#[test]
fn a_receipt_changed_in_size_or_index_is_refused() {
    let size = vector!("123-other-size.tlog-proof");
    let refused = check(size.as_bytes(), Some(&entry(123))).unwrap_err();
    assert_eq!(refused.code(), "NOTE_SIGNATURE");
    let index = vector!("123-other-index.tlog-proof");
    let refused = check(index.as_bytes(), Some(&entry(123))).unwrap_err();
    assert_eq!(refused, ReceiptError::Proof(ProofError::Mismatch));
}

#[test]
fn a_receipt_proves_its_own_entry_only() {
    let refused = check(PLAIN.as_bytes(), Some(&entry(124))).unwrap_err();
    assert_eq!(refused, ReceiptError::Proof(ProofError::Mismatch));
    assert_eq!(check(PLAIN.as_bytes(), None), Err(ReceiptError::NoEntry));
}

#[test]
fn every_other_spelling_of_a_receipt_is_refused() {
    let first_hash = "jkUjk+EmXNmk4IpR/Yp6iA0VcUsdZmSa5IFcFyTXp9A=";
    assert!(PLAIN.contains(first_hash));
    // 43 digits carry two bits more than a hash has: readers that ignore them take A and B for the same.
    let other_base64 = first_hash.replace("p9A=", "p9B=");
    for changed in [
        PLAIN.replace('\n', "\r\n"),
        PLAIN.replace("index 123", "index 0123"),
        PLAIN.replace("index 123", "index +123"),
        PLAIN.replace("index 123", "index  123"),
        PLAIN.replace("index 123", "index 123 "),
        PLAIN.replace("index 123", "index "),
        PLAIN.replace("index 123", "index 18446744073709551616"),
        PLAIN.replace("index 123\n", ""),
        PLAIN.replace("index", "extra \nindex"),
        PLAIN.replace("index", "extra QQ=\nindex"),
        PLAIN.replace("index", "extra QQ==\nextra QQ==\nindex"),
        PLAIN.replace("@v1", "@v2"),
        PLAIN.replace(first_hash, &other_base64),
        PLAIN.replace(first_hash, &first_hash[..43]),
        PLAIN.replace(first_hash, &first_hash.replace('+', "-")),
        PLAIN.replace(first_hash, "AAAA"),
        PLAIN.replace(first_hash, &format!(" {first_hash}")),
        PLAIN.replace("\n300\n", "\n0300\n"),
        PLAIN.replace("\n\nlog", "\nlog"),
        PLAIN.replace("\n\nlog", "\n\n\nlog"),
        format!("{PLAIN}\n"),
        format!("\n{PLAIN}"),
        PLAIN.trim_end().to_owned(),
        String::new(),
    ] {
        assert_ne!(changed, PLAIN);
        let read = changed.parse::<Receipt>();
        assert_eq!(read, Err(ReceiptError::Malformed), "{changed}");
    }
}

#[test]
fn a_missing_or_added_hash_is_refused() {
    let receipt: Receipt = PLAIN.parse().unwrap();
    let mut shorter = receipt.clone();
    shorter.path.pop();
    let mut longer = receipt.clone();
    longer.path.push([0; 32]);
    let mut without = receipt.clone();
    without.path.clear();
    for changed in [shorter, longer, without] {
        let refused = changed.verify(&entry(123), &policy()).unwrap_err();
        assert_eq!(refused, ReceiptError::Proof(ProofError::Length));
    }
    let outside = Receipt {
        index: 300,
        ..receipt
    };
    let refused = outside.verify(&entry(123), &policy()).unwrap_err();
    assert_eq!(refused, ReceiptError::Proof(ProofError::OutOfRange));
}

#[test]
fn without_the_quorum_a_receipt_is_refused_and_says_who_cosigned() {
    let log = Grown::entries(300);
    let sealed_only = Receipt {
        checkpoint: log.signed(false).to_string(),
        ..PLAIN.parse().unwrap()
    };
    let refused = sealed_only.verify(&entry(123), &policy()).unwrap_err();
    let ReceiptError::Quorum(standing) = refused else {
        panic!("{refused}");
    };
    assert!(standing.witnesses.is_empty() && !standing.witnessed);

    let unwitnessed = Policy::unwitnessed(log_key().verifier().clone());
    let verified = sealed_only.verify(&entry(123), &unwitnessed).unwrap();
    assert!(verified.standing.quorum && !verified.standing.witnessed);
}

#[test]
fn a_receipt_of_a_log_outside_the_policy_is_refused() {
    let witness = witness_key();
    let text = format!("witness w1 {}\nquorum w1\n", witness.verifier());
    let without_log: Policy = text.parse().unwrap();
    let receipt: Receipt = PLAIN.parse().unwrap();
    let refused = receipt.verify(&entry(123), &without_log).unwrap_err();
    assert_eq!(refused.code(), "CHECKPOINT_ORIGIN");
}

/// Every single bit of three receipts. Only lines that no known key signs may change, and then nothing else does.
#[test]
fn one_turned_bit_is_refused_wherever_it_stands() {
    let whole = PLAIN.len() * 8;
    for bit in 0..whole {
        let changed = check(&flipped(PLAIN.as_bytes(), bit), Some(&entry(123)));
        assert!(changed.is_err(), "bit {bit} of the plain receipt");
    }
    for bit in 0..CARRYING.len() * 8 {
        let changed = check(&flipped(CARRYING.as_bytes(), bit), None);
        assert!(changed.is_err(), "bit {bit} of the carrying receipt");
    }
    let meaning = check(PLAIN.as_bytes(), Some(&entry(123))).unwrap();
    for bit in (whole..WITH_UNKNOWN_LINE.len() * 8).step_by(7) {
        let changed = flipped(WITH_UNKNOWN_LINE.as_bytes(), bit);
        if let Ok(verified) = check(&changed, Some(&entry(123))) {
            assert_eq!(verified, meaning, "bit {bit} of the unknown line");
        }
    }
}

/// What a verifier does with a file: with the entry it holds, or with the one in the file.
fn check(file: &[u8], entry: Option<&[u8]>) -> Result<Verified, ReceiptError> {
    let file = str::from_utf8(file).map_err(|_| ReceiptError::Malformed)?;
    let receipt: Receipt = file.parse()?;
    match entry {
        Some(entry) => receipt.verify(entry, &POLICY),
        None => Ok(receipt.verify_carried(&POLICY)?.1),
    }
}

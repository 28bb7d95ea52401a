//! Policies: reading them, and who makes a quorum.

use super::{Grown, ORIGIN, log_key, seed};
use crate::tlog::policy::{LineProblem, PolicyError};
use crate::tlog::{
    KeyKind, NoteError, Policy, SignatureLine, SignedCheckpoint, SigningKey, cosignature,
};

#[test]
fn the_example_of_the_specification_needs_two_of_one_group_and_any_of_the_other() {
    let policy: Policy = example().parse().unwrap();
    for (cosigners, quorum) in [
        ("", false),
        ("X1 X2", false),
        ("X1 Y1", false),
        ("Y1 Y2 Y3", false),
        ("X1 X3 Y2", true),
        ("X1 X2 X3 Y1 Y2 Y3", true),
    ] {
        let names: Vec<&str> = cosigners.split_whitespace().collect();
        let mut signed = Grown::entries(3).signed(false);
        let body = signed.note().text.clone();
        for name in &names {
            signed.add(cosignature::cosign(&body, &witness(name), 7).unwrap());
        }
        let standing = policy.check(&signed).unwrap();
        assert_eq!(standing.quorum, quorum, "{cosigners}");
        assert_eq!(standing.witnessed, quorum, "{cosigners}");
        let found: Vec<&str> = standing
            .witnesses
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(found, names);
    }
}

#[test]
fn a_policy_is_printed_without_its_comments_and_reads_the_same() {
    let policy: Policy = example().parse().unwrap();
    let printed = policy.to_string();
    assert!(!printed.contains('#'));
    assert_eq!(printed.parse(), Ok(policy.clone()));
    assert!(policy.asks_for_witnesses());
    assert_eq!(policy.log(), Some(log_key().verifier()));
    assert_eq!(
        policy.logs()[0].url.as_deref(),
        Some("https://log.example.gov")
    );
    assert_eq!(policy.witnesses().len(), 6);
    assert_eq!(
        policy.witnesses()[0].url.as_deref(),
        Some("https://x1.example")
    );

    let unwitnessed = Policy::unwitnessed(log_key().verifier().clone());
    let text = format!("log {}\nquorum none\n", log_key().verifier());
    assert_eq!(unwitnessed.to_string(), text);
    assert_eq!(text.parse(), Ok(unwitnessed));
}

#[test]
fn the_earliest_of_a_witness_s_times_counts() {
    let policy: Policy = example().parse().unwrap();
    let mut signed = Grown::entries(3).signed(false);
    let body = signed.note().text.clone();
    for time in [9, 7, 8] {
        signed.add(cosignature::cosign(&body, &witness("Y1"), time).unwrap());
    }
    let standing = policy.check(&signed).unwrap();
    assert_eq!(standing.witnesses, [("Y1".to_owned(), 7)]);
}

#[test]
fn a_known_witness_whose_signature_fails_refuses_the_checkpoint() {
    let policy: Policy = example().parse().unwrap();
    let mut signed = Grown::entries(3).signed(false);
    let other_body = Grown::entries(4).checkpoint().to_string();
    signed.add(cosignature::cosign(&other_body, &witness("X1"), 7).unwrap());
    assert_eq!(policy.check(&signed), Err(NoteError::Signature.into()));
    assert_eq!(
        policy.open(&signed.to_string()),
        Err(NoteError::Signature.into())
    );
}

#[test]
fn a_witness_of_another_name_or_id_is_a_stranger() {
    let policy: Policy = example().parse().unwrap();
    let mut signed = Grown::entries(3).signed(false);
    signed.add(SignatureLine {
        id: 1,
        ..cosignature::cosign(&signed.note().text, &witness("X1"), 7).unwrap()
    });
    assert!(policy.check(&signed).unwrap().witnesses.is_empty());
}

#[test]
fn an_old_and_a_new_key_of_a_log_are_both_accepted() {
    let (old, new) = (log_key(), other_log_key());
    let text = format!(
        "log {}\nlog {}\nquorum none\n",
        old.verifier(),
        new.verifier()
    );
    let policy: Policy = text.parse().unwrap();
    let log = Grown::entries(3);
    for key in [&old, &new] {
        let signed = SignedCheckpoint::sign(log.checkpoint(), key).unwrap();
        assert!(policy.open(&signed.to_string()).unwrap().1.quorum);
    }
    let old_only = Policy::unwitnessed(old.verifier().clone());
    let signed = SignedCheckpoint::sign(log.checkpoint(), &new).unwrap();
    assert_eq!(
        old_only.open(&signed.to_string()).unwrap_err().code(),
        "CHECKPOINT_NOT_SIGNED"
    );
    assert_eq!(
        old_only.check(&signed).unwrap_err().code(),
        "CHECKPOINT_NOT_SIGNED"
    );
}

#[test]
fn each_wrong_line_is_named_with_what_is_wrong() {
    let (x1, x2) = (witness("X1"), witness("X2"));
    let (x1, x2) = (x1.verifier(), x2.verifier());
    let log = log_key();
    let log = log.verifier();
    for (text, line, problem) in [
        (
            format!("log {x1}\n"),
            1,
            LineProblem::Key(NoteError::KeyKind),
        ),
        (
            format!("\nwitness a {log}\n"),
            2,
            LineProblem::Key(NoteError::KeyKind),
        ),
        (
            "log name+00000000+AAAA\n".to_owned(),
            1,
            LineProblem::Key(NoteError::KeyKind),
        ),
        (format!("log {log}\nlog {log}\n"), 2, LineProblem::SameKey),
        (
            format!("witness a {x1}\nwitness b {x1}\n"),
            2,
            LineProblem::SameKey,
        ),
        (
            format!("witness a {x1}\nwitness a {x2}\n"),
            2,
            LineProblem::SameName,
        ),
        (format!("witness none {x1}\n"), 1, LineProblem::SameName),
        (
            format!("witness a {x1}\ngroup a any a\n"),
            2,
            LineProblem::SameName,
        ),
        ("group g any a\n".to_owned(), 1, LineProblem::UnknownName),
        (
            format!("witness a {x1}\ngroup g any g\n"),
            2,
            LineProblem::UnknownName,
        ),
        (
            format!("witness a {x1}\ngroup g 1 none\n"),
            2,
            LineProblem::UnknownName,
        ),
        (
            format!("witness a {x1}\ngroup g 1 a a\n"),
            2,
            LineProblem::SameMember,
        ),
        (
            format!("witness a {x1}\ngroup g 1 a\ngroup h 1 a\n"),
            3,
            LineProblem::SameMember,
        ),
        (
            format!("witness a {x1}\ngroup g 0 a\n"),
            2,
            LineProblem::Threshold,
        ),
        (
            format!("witness a {x1}\ngroup g 2 a\n"),
            2,
            LineProblem::Threshold,
        ),
        (
            format!("witness a {x1}\ngroup g 01 a\n"),
            2,
            LineProblem::Threshold,
        ),
        (
            format!("witness a {x1}\ngroup g some a\n"),
            2,
            LineProblem::Threshold,
        ),
        ("group g all\n".to_owned(), 1, LineProblem::Threshold),
        ("quorum a\n".to_owned(), 1, LineProblem::UnknownName),
        (
            "quorum none\nquorum none\n".to_owned(),
            2,
            LineProblem::SecondQuorum,
        ),
        ("quorum none".to_owned(), 1, LineProblem::Characters),
        ("quorum none\r\n".to_owned(), 1, LineProblem::Characters),
        ("quorum\u{a0}none\n".to_owned(), 1, LineProblem::Form),
        ("quorum none none\n".to_owned(), 1, LineProblem::Form),
        ("Quorum none\n".to_owned(), 1, LineProblem::Form),
        (format!("log {log} url more\n"), 1, LineProblem::Form),
    ] {
        let refused = text.parse::<Policy>();
        assert_eq!(refused, Err(PolicyError::Line { line, problem }), "{text}");
    }
    assert_eq!("# nothing\n".parse::<Policy>(), Err(PolicyError::NoQuorum));
}

/// The specification's example, with comments, tabs and some addresses.
fn example() -> String {
    let line = |name: &str| format!("witness {name} {}", witness(name).verifier());
    format!(
        "# whom we trust\n\nlog\t{}  https://log.example.gov\n{} https://x1.example\n{}\n{}\n\
         group X-witnesses 2 X1 X2 X3\n \t# the others\n{}\n{}\n{}\ngroup Y-witnesses any Y1 Y2 Y3\n\
         group X-and-Y all X-witnesses Y-witnesses\n  quorum X-and-Y \t\n",
        log_key().verifier(),
        line("X1"),
        line("X2"),
        line("X3"),
        line("Y1"),
        line("Y2"),
        line("Y3"),
    )
}

/// A witness `<name>.example` with a key of its own.
fn witness(name: &str) -> SigningKey {
    let [group, number] = name.as_bytes() else {
        panic!("{name} is not a letter and a digit");
    };
    let first = (group - b'X') * 8 + number;
    SigningKey::from_seed(&format!("{name}.example"), &seed(first), KeyKind::Witness).unwrap()
}

fn other_log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &seed(64), KeyKind::Log).unwrap()
}

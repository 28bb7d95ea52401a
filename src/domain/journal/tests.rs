//! When a format may be raised.

use super::*;

const NOW: Moment = Moment(1_800_000_000_000_000);

fn node(name: &str, reads: u32, hours_ago: i64) -> Node {
    Node {
        name: name.to_owned(),
        program: "0.1.0".to_owned(),
        reads,
        seen_at: NOW.plus(-hours_ago * Moment::HOUR),
    }
}

#[test]
fn a_format_is_raised_when_every_node_of_the_last_day_reads_it() {
    let nodes = [node("a", FORMAT, 0), node("b", FORMAT, 23)];
    let raised = raise(1, &nodes, NOW).expect("raised");
    assert_eq!(
        (raised.kind(), raised.format()),
        ("journal.format_raised", FORMAT)
    );
}

#[test]
fn a_node_of_the_release_before_is_waited_for_and_named() {
    let nodes = [node("a", FORMAT, 0), node("b", 1, 23)];
    let refused = raise(1, &nodes, NOW).expect_err("refused");
    let behind = vec![node("b", 1, 23)];
    assert_eq!(
        refused,
        RaiseRefusal::Behind {
            wanted: FORMAT,
            behind
        }
    );
    assert!(
        refused
            .to_string()
            .contains("b (motcua 0.1.0) reads up to format 1")
    );
}

#[test]
fn a_node_that_was_not_seen_for_a_day_is_not_waited_for() {
    assert!(raise(1, &[node("a", FORMAT, 0), node("b", 1, 25)], NOW).is_ok());
    let refused = raise(1, &[node("b", 1, 25)], NOW);
    assert_eq!(refused, Err(RaiseRefusal::NobodySeen));
}

#[test]
fn the_newest_format_is_not_raised_again() {
    let refused = raise(FORMAT, &[node("a", FORMAT, 0)], NOW);
    assert_eq!(refused, Err(RaiseRefusal::Newest(FORMAT)));
}

//! When a format may be raised.

use super::*;

fn node(name: &str, reads: u32, minutes_ago: u64) -> Node {
    Node {
        name: name.to_owned(),
        program: "0.1.0".to_owned(),
        reads,
        ago: Duration::from_mins(minutes_ago),
    }
}

#[test]
fn a_format_is_raised_when_every_node_of_the_last_day_reads_it() {
    let nodes = [node("a", FORMAT, 0), node("b", FORMAT, 1)];
    let raised = raise(1, &nodes).expect("raised");
    assert_eq!(
        (raised.kind(), raised.format()),
        ("journal.format_raised", FORMAT)
    );
}

#[test]
fn a_node_of_the_release_before_is_waited_for_and_named() {
    let refused = raise(1, &[node("a", FORMAT, 0), node("b", 1, 0)]).expect_err("refused");
    assert_eq!(refused, RaiseRefusal::Behind(vec![node("b", 1, 0)]));
    assert!(
        refused
            .to_string()
            .contains("b (motcua 0.1.0) reads up to format 1")
    );
}

#[test]
fn a_node_that_says_nothing_any_more_is_waited_for_a_day_since_it_may_have_been_rolled_back() {
    let nodes = [node("a", FORMAT, 0), node("b", FORMAT, 6)];
    let behind = vec![node("b", FORMAT, 6)];
    assert_eq!(raise(1, &nodes), Err(RaiseRefusal::Behind(behind)));
    assert!(raise(1, &[node("a", FORMAT, 0), node("b", 1, 25 * 60)]).is_ok());
}

#[test]
fn where_nobody_is_seen_nothing_is_raised() {
    assert_eq!(
        raise(1, &[node("b", 1, 25 * 60)]),
        Err(RaiseRefusal::NobodySeen)
    );
}

#[test]
fn the_newest_format_is_not_raised_again() {
    let refused = raise(FORMAT, &[node("a", FORMAT, 0)]);
    assert_eq!(refused, Err(RaiseRefusal::Newest(FORMAT)));
}

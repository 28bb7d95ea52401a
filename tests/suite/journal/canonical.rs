//! The quick way to the canonical form (RFC 8785) gives what the whole way gives.

use motcua::journal::canonical;
use proptest::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Number, Value, json};

/// JSON whose members come in any order, as those of a struct do.
#[derive(Debug, Clone)]
enum Loose {
    Leaf(Value),
    List(Vec<Loose>),
    Members(Vec<(String, Loose)>),
}

impl Serialize for Loose {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(value) => value.serialize(to),
            Self::List(values) => values.serialize(to),
            Self::Members(members) => {
                let mut map = to.serialize_map(None)?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

fn loose() -> impl Strategy<Value = Loose> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-100_000_i64..100_000).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_map(Loose::Leaf)
        .prop_recursive(4, 40, 6, |inner| {
            // Few letters: some names stand twice, and many begin alike.
            let member = ("[a-c _!#]{0,3}", inner.clone());
            prop_oneof![
                prop::collection::vec(inner, 0..6).prop_map(Loose::List),
                prop::collection::vec(member, 0..6).prop_map(Loose::Members),
            ]
        })
}

fn values() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        (-100_000_i64..100_000).prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", Number::from_f64),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.prop_map(Value::Number),
        any::<String>().prop_map(Value::from),
    ];
    let name = || prop_oneof![4 => "[ -~]{0,6}", 1 => any::<String>()];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let member = (name(), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            prop::collection::vec(member, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn the_quick_way_writes_the_same_bytes(value in values()) {
        let whole = serde_json_canonicalizer::to_vec(&value).expect("a form");
        let quick = canonical(&value).expect("a form");
        prop_assert_eq!(String::from_utf8(quick), String::from_utf8(whole));
    }

    #[test]
    fn members_in_any_order_come_into_theirs(value in loose()) {
        let tree = serde_json::to_value(&value).expect("a tree");
        let whole = serde_json_canonicalizer::to_vec(&tree).expect("a form");
        let quick = canonical(&value).expect("a form");
        prop_assert_eq!(String::from_utf8(quick), String::from_utf8(whole));
    }
}

#[test]
fn names_that_are_not_ascii_sort_by_utf_16() {
    // U+1F600 is D83D DE00 in UTF-16, before U+FB33, and behind it in UTF-8.
    let value = json!({ "\u{fb33}": 1, "\u{1f600}": 2, "b": { "z": 1.0, "a": "\u{7f}\u{1}\"" } });
    assert_eq!(
        canonical(&value).expect("a form"),
        "{\"b\":{\"a\":\"\u{7f}\\u0001\\\"\",\"z\":1},\"\u{1f600}\":2,\"\u{fb33}\":1}".as_bytes()
    );
}

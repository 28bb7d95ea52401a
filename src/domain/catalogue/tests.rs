//! What the loader takes and refuses, tried on the shipped catalogue.

use super::*;
use serde_json::{Value, json};

const SHIPPED: &str = include_str!("../../../data/catalogue.json");

fn shipped() -> Vec<Procedure> {
    load(SHIPPED).expect("the shipped catalogue loads")
}

/// The shipped catalogue with its first record changed.
fn changed(change: impl FnOnce(&mut Value)) -> Result<Vec<Procedure>, CatalogueError> {
    let mut records: Value = serde_json::from_str(SHIPPED).expect("JSON");
    change(&mut records[0]);
    load(&serde_json::to_string_pretty(&records).expect("JSON"))
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value), code: &str, words: &[&str]) {
    let error = changed(change).expect_err("refused");
    assert_eq!(error.code(), code, "{error}");
    for word in words {
        assert!(error.to_string().contains(word), "{word:?} in {error}");
    }
}

fn remove(record: &mut Value, field: &str) {
    record
        .as_object_mut()
        .expect("a record")
        .remove(field)
        .expect("a field that was there");
}

#[test]
fn the_shipped_catalogue_holds_the_real_procedures() {
    let procedures = shipped();
    assert!(procedures.len() >= 28, "{}", procedures.len());
    let birth = &procedures[0];
    assert_eq!(
        (birth.code.as_str(), birth.limit),
        ("1.001193", Limit::SameDay)
    );
    assert_eq!(birth.limit_certainty, Certainty::Verified);
}

#[test]
fn a_shipped_limit_that_is_not_sure_says_so_in_the_whole_record() {
    for procedure in shipped() {
        if procedure.limit_certainty == Certainty::Uncertain {
            assert_eq!(
                procedure.certainty,
                Certainty::Uncertain,
                "{}",
                procedure.code
            );
        }
    }
}

#[test]
fn shipped_steps_fit_their_limit_even_where_they_are_examples() {
    let mut records: Value = serde_json::from_str(SHIPPED).expect("JSON");
    for record in records.as_array_mut().expect("a list") {
        record["steps_certainty"] = json!("verified");
    }
    load(&records.to_string()).expect("every plan fits");
}

#[test]
fn a_sensitive_procedure_is_marked() {
    let sensitive: Vec<String> = shipped()
        .into_iter()
        .filter(|p| p.sensitive)
        .map(|p| p.code)
        .collect();
    assert_eq!(
        sensitive,
        ["1.004859", "1.001022", "1.012812", "1.001699", "3.000333"]
    );
}

#[test]
fn a_record_without_certainty_is_refused_by_name() {
    refused(
        |record| remove(record, "certainty"),
        "CATALOGUE_RECORD_MALFORMED",
        &["1.001193", "missing field `certainty`"],
    );
    for field in [
        "limit_certainty",
        "steps_certainty",
        "components_certainty",
        "online_certainty",
    ] {
        refused(
            |record| remove(record, field),
            "CATALOGUE_RECORD_MALFORMED",
            &["1.001193", field],
        );
    }
}

#[test]
fn a_fee_without_certainty_is_refused_by_name_and_field() {
    refused(
        |record| remove(&mut record["fee"], "certainty"),
        "CATALOGUE_RECORD_MALFORMED",
        &["procedure 1.001193: fee: missing field `certainty`"],
    );
}

#[test]
fn a_wrong_type_deep_inside_is_refused_by_field() {
    refused(
        |record| record["steps"][1]["hours"] = json!("two"),
        "CATALOGUE_RECORD_MALFORMED",
        &["procedure 1.001193: steps: invalid type"],
    );
    refused(
        |record| record["limit"] = json!({"unit": "fortnights", "value": 1}),
        "CATALOGUE_RECORD_MALFORMED",
        &["procedure 1.001193: limit: unknown variant"],
    );
}

#[test]
fn a_field_nobody_knows_is_refused() {
    refused(
        |record| record["limmit"] = json!(1),
        "CATALOGUE_RECORD_MALFORMED",
        &["1.001193", "unknown field `limmit`"],
    );
}

#[test]
fn a_record_without_code_is_named_by_its_place() {
    refused(
        |record| remove(record, "code"),
        "CATALOGUE_RECORD_MALFORMED",
        &["procedure #1"],
    );
}

#[test]
fn values_that_cannot_be_are_refused_by_field() {
    let impossible = "CATALOGUE_RECORD_IMPOSSIBLE";
    refused(
        |record| record["code"] = json!("9.001193"),
        impossible,
        &["9.001193", "code"],
    );
    refused(
        |record| record["name_vi"] = json!(" "),
        impossible,
        &["name_vi", "empty"],
    );
    refused(
        |record| record["name_en"] = json!("a\u{0}b"),
        impossible,
        &["name_en", "control"],
    );
    refused(
        |record| record["field_vi"] = json!("ho\u{323} tich"),
        impossible,
        &["field_vi", "NFC"],
    );
    refused(
        |record| record["limit"] = json!({"unit": "months", "value": 0}),
        impossible,
        &["limit"],
    );
    refused(
        |record| record["fee"]["vnd"] = json!(1_u64 << 53),
        impossible,
        &["fee"],
    );
    refused(
        |record| {
            record["valid_from"] = json!("2026-01-02");
            record["valid_to"] = json!("2026-01-01");
        },
        impossible,
        &["valid_to"],
    );
}

#[test]
fn the_same_version_twice_is_refused() {
    let mut records: Value = serde_json::from_str(SHIPPED).expect("JSON");
    let again = records[0].clone();
    records.as_array_mut().expect("a list").push(again);
    let error = load(&records.to_string()).expect_err("twice");
    assert_eq!(
        error,
        CatalogueError::Duplicate {
            record: "1.001193".into(),
            version: 1
        }
    );
}

#[test]
fn only_steps_that_claim_to_be_real_must_fit_the_limit() {
    let too_long = |certainty: &'static str| {
        move |record: &mut Value| {
            record["steps"][0]["hours"] = json!(9);
            record["steps_certainty"] = json!(certainty);
        }
    };
    refused(
        too_long("verified"),
        "CATALOGUE_STEPS_TOO_LONG",
        &["1.001193", "gives 8"],
    );
    refused(too_long("stated"), "CATALOGUE_STEPS_TOO_LONG", &["steps"]);
    changed(too_long("illustrative")).expect("an example");
    changed(too_long("uncertain")).expect("not sure");
}

#[test]
fn anything_but_a_list_is_refused() {
    for json in ["", "{}", "[", "[1] x"] {
        assert_eq!(
            load(json).expect_err(json).code(),
            "CATALOGUE_NOT_A_LIST",
            "{json}"
        );
    }
    assert_eq!(
        load("[1]").expect_err("a number").code(),
        "CATALOGUE_RECORD_MALFORMED"
    );
}

#[test]
fn every_scenario_offers_what_its_loads_ask_for_and_calls_unknown_limits_illustrative() {
    let scenarios = [
        include_str!("../../../scenarios/luc-yen-2023.json"),
        include_str!("../../../scenarios/lang-son-2022.json"),
        include_str!("../../../scenarios/dinh-hoa-2021.json"),
        include_str!("../../../scenarios/hue-2024.json"),
    ];
    for text in scenarios {
        let plan = serde_json::from_str::<Value>(text).expect("JSON")["plan"].take();
        let changes: Vec<Record> =
            serde_json::from_value(plan["catalogue"].clone()).expect("a list of changes");
        let offered = load_changed(SHIPPED, &changes).expect("the catalogue of that time");
        let from = plan["period"]["from"]
            .as_str()
            .and_then(|day| day.parse().ok())
            .expect("a date");
        for unit in plan["units"].as_array().expect("units") {
            for load in unit["loads"].as_array().expect("loads") {
                for procedure in load["procedures"].as_array().expect("procedures") {
                    let code = procedure["code"].as_str().expect("a code");
                    if code.starts_with("SIM-") {
                        continue;
                    }
                    let found = in_force(&offered, code, from).expect(code);
                    let sure = found.limit_basis.contains("Luật Hộ tịch")
                        || found.limit_basis.contains("23/2015")
                        || found.limit_certainty == Certainty::Stated;
                    assert!(
                        sure || found.limit_certainty == Certainty::Illustrative,
                        "{code}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_change_to_a_record_that_is_not_there_is_refused_by_name() {
    let change = json!([{"code": "1.999999", "level": "district"}]);
    let changes: Vec<Record> = serde_json::from_value(change).expect("changes");
    let error = load_changed(SHIPPED, &changes).expect_err("refused");
    assert_eq!(error.code(), "CATALOGUE_RECORD_IMPOSSIBLE");
    assert!(error.to_string().contains("1.999999"), "{error}");
}

#[test]
fn the_newest_version_valid_on_the_day_is_in_force() {
    let date = |text: &str| text.parse::<Date>().expect("a date");
    let first = shipped().remove(0);
    let second = Procedure {
        version: 2,
        valid_from: Some(date("2026-09-01")),
        valid_to: Some(date("2026-12-31")),
        ..first.clone()
    };
    let both = [first, second];
    let version = |day| in_force(&both, "1.001193", date(day)).map(|procedure| procedure.version);
    assert_eq!(version("2026-08-31"), Some(1));
    assert_eq!(version("2026-09-01"), Some(2));
    assert_eq!(version("2026-12-31"), Some(2));
    assert_eq!(version("2027-01-01"), Some(1));
    assert_eq!(in_force(&both, "1.000656", date("2026-09-01")), None);
}

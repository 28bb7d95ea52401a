//! What files are read as.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::mapping::{Mapping, slug};
use super::plan::Plan;
use super::times::{Bare, Times};
use crate::domain::claim::ClaimedAct;
use crate::domain::time::Moment;

fn mapping(own: Value) -> Mapping {
    let mut all = json!({
        "system": "old-system", "name_vi": "Hệ thống cũ", "name_en": "The old system",
        "case": "case", "numbered": true, "office": "H38.40", "procedure": "1.004873",
    });
    if let (Some(all), Value::Object(own)) = (all.as_object_mut(), own) {
        all.extend(own);
    }
    serde_json::from_value(all).expect("a mapping")
}

/// Writes a file that goes away with the folder.
fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

fn read(name: &str, text: &str, mapping: &Mapping) -> Plan {
    let folder = tempfile::tempdir().expect("a folder");
    Plan::read(&file(&folder, name, text), mapping, &[7; 32]).expect("a file that can be read")
}

fn acts(plan: &Plan) -> Vec<(&str, &ClaimedAct)> {
    let told = plan.sendings.iter();
    told.map(|sending| (sending.claim.case.id.as_str(), &sending.claim.act))
        .collect()
}

#[test]
fn a_table_of_dates_is_told_once_a_case_and_in_the_order_of_the_dates() {
    let mapping = mapping(json!({
        "dates": {"received": "accept", "signed": "sign_result", "returned": "deliver_result"},
        "due": "due", "time_format": "%d/%m/%Y",
    }));
    let text = "\u{feff}case,received,due,signed,returned\n\
                a-2,03/03/2025,06/03/2025,,\n\
                a-1,02/03/2025,05/03/2025,04/03/2025,04/03/2025\n\
                a-1,02/03/2025,05/03/2025,04/03/2025,04/03/2025\n";
    let plan = read("old.csv", text, &mapping);
    assert_eq!((plan.rows, plan.cases, plan.unread.len()), (3, 2, 0));
    let told: Vec<&str> = acts(&plan).iter().map(|(case, _)| *case).collect();
    assert_eq!(told, ["a-1", "a-2", "a-1", "a-1"]);
    let due = plan.sendings[0].claim.told.due_at.expect("a promise");
    assert_eq!(due.local().to_string(), "2025-03-05T23:59:59");
}

#[test]
fn what_cannot_be_read_is_named_by_its_row_and_column_and_not_by_what_stands_there() {
    let mapping = mapping(json!({
        "activity": {"column": "what", "time": "when", "acts": {"in": "accept"}},
    }));
    let text = "case,what,when\n\
                a-1,in,2025-03-02T09:00:00+07:00\n\
                Nguyễn Văn A,in,2025-03-02T09:00:00+07:00\n\
                a-2,out,2025-03-02T09:00:00+07:00\n\
                a-3,in,yesterday\n\
                a-4,in\n";
    let plan = read("old.csv", text, &mapping);
    let unread: Vec<_> = plan
        .unread
        .iter()
        .map(|one| (one.row, one.column.as_deref(), one.why))
        .collect();
    assert_eq!(
        unread,
        [
            (3, Some("case"), "NOT_A_CASE_NUMBER"),
            (4, Some("what"), "NOT_IN_THE_MAPPING"),
            (5, Some("when"), "NOT_A_TIME"),
            (6, None, "NOT_AS_MANY_COLUMNS_AS_THE_HEADER"),
        ]
    );
    assert_eq!(plan.sendings.len(), 1);
}

#[test]
fn a_log_is_read_with_the_attributes_of_its_cases() {
    let mapping = mapping(json!({
        "case": "case:concept:name",
        "activity": {"column": "concept:name", "time": "time:timestamp", "resource": "org:resource",
            "acts": {"Nhận": "accept"}, "others": "note"},
        "due": "case:deadline",
    }));
    let text = r#"<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/"><global scope="event"><string key="concept:name" value="x"/></global>
        <trace><string key="concept:name" value="case-1"/><date key="deadline" value="2025-03-05T17:00:00+07:00"/>
        <event><string key="concept:name" value="Nhận"/><date key="time:timestamp" value="2025-03-02T09:00:00.5+07:00"/><string key="org:resource" value="Lê Thị B"/></event>
        <event><string key="concept:name" value="Bước 2: thẩm định &amp; trình"><string key="nested" value="y"/></string><date key="time:timestamp" value="2025-03-03T09:00:00+07:00"/></event>
        </trace></log>"#;
    let plan = read("old.xes", text, &mapping);
    assert_eq!((plan.rows, plan.cases, plan.unread.len()), (2, 1, 0));
    let told = acts(&plan);
    assert_eq!(told[0].1, &ClaimedAct::Accept);
    assert_eq!(
        told[1].1,
        &ClaimedAct::Note("buoc_2_tham_dinh_trinh".into())
    );
    let who = &plan.sendings[0].actor.id;
    assert!(
        who.starts_with("told-") && who.len() == 17,
        "{who}: a pseudonym, never the name"
    );
}

#[test]
fn lines_of_json_are_read_by_their_members() {
    let mapping = mapping(json!({
        "case": "dossier.number", "dates": {"dossier.received": "lodge"},
    }));
    let text = "{\"dossier\":{\"number\":17,\"received\":\"2025-03-02\"}}\n\nnot json\n[1]\n";
    let plan = read("old.ndjson", text, &mapping);
    assert_eq!(acts(&plan), [("17", &ClaimedAct::Lodge)]);
    let why: Vec<&str> = plan.unread.iter().map(|one| one.why).collect();
    assert_eq!(why, ["NOT_JSON", "NOT_AN_OBJECT"]);
}

#[test]
fn the_same_told_again_has_the_same_ids_and_twice_in_one_file_two() {
    let mapping = mapping(json!({
        "activity": {"column": "what", "time": "when", "acts": {"in": "accept", "n": {"note": "n"}}},
    }));
    let rows =
        "a-1,in,2025-03-02T09:00:00Z\na-1,n,2025-03-02T10:00:00Z\na-1,n,2025-03-02T10:00:00Z\n";
    let ids = |text: &str| -> Vec<_> {
        let plan = read("old.csv", text, &mapping);
        plan.sendings.iter().map(|sending| sending.id).collect()
    };
    let first = ids(&format!("case,what,when\n{rows}"));
    let longer = ids(&format!(
        "case,what,when\n{rows}a-1,n,2025-03-04T10:00:00Z\n"
    ));
    assert_eq!(first, longer[..3]);
    assert_ne!(first[1], first[2]);
}

#[test]
fn times_are_read_as_they_are_written() {
    let plain = mapping(json!({"dates": {"d": "accept"}}));
    let times = Times::of(&plain);
    let read = |text: &str| times.read(text, Bare::Done).map(|at| at.to_string());
    let same = Some("2025-03-02T02:00:00.000000Z".to_owned());
    for text in [
        "2025-03-02T09:00:00+07:00",
        "2025-03-02 09:00:00+07:00",
        "2025-03-02T09:00",
        "2025-03-02 09:00:00",
    ] {
        assert_eq!(read(text), same, "{text}");
    }
    for text in ["", "soon", "0000-00-00 00:00:00", "12345", "1500-01-01"] {
        assert_eq!(read(text), None, "{text}");
    }
    let own = mapping(
        json!({"dates": {"d": "accept"}, "time_format": "%Y%m%d%H%M%S", "utc_offset_hours": 0}),
    );
    let at = Times::of(&own).read("20250302090000", Bare::Done);
    assert_eq!(
        at.map(|at: Moment| at.to_string()),
        Some("2025-03-02T09:00:00.000000Z".into())
    );
}

#[test]
fn names_of_steps_become_codes() {
    assert_eq!(
        slug("T07-1 Draft intern advice"),
        Some("t07_1_draft_intern_advice".into())
    );
    assert_eq!(slug("Đã trả kết quả"), Some("da_tra_ket_qua".into()));
    assert_eq!(slug("…"), None);
}

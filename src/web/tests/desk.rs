//! The desk's pages, made from answers as the API gives them.

use serde_json::{Value, json};

use super::*;
use crate::web::desk::dossier::{Around, DossierPage};
use crate::web::desk::intake::IntakePage;
use crate::web::desk::list::{Asked, ListPage, Shown};
use crate::web::desk::{Ground, Procedures, Worklist};

fn read<T: serde::de::DeserializeOwned>(answer: Value) -> T {
    serde_json::from_value(answer).expect("the answer's shape")
}

fn officer() -> Actor {
    Actor::new("receiver-07", OFFICE, Role::Receiver)
}

fn line(status: &str, due: Option<&str>) -> Value {
    json!({
        "code": CODE, "version": 3, "status": status, "statusLabel": { "vi": "Đang <Đông>", "en": "Under way" },
        "procedure": { "name": { "vi": "Đăng ký khai sinh", "en": "Birth registration" } },
        "dueAt": due, "endedAt": null, "paused": false, "handler": "handler-07", "apologies": 0,
    })
}

pub(super) fn list(lang: Lang) -> ListPage {
    let reference = reference();
    let ground = Ground {
        reference: &reference,
        office: OFFICE,
        now: at("2026-11-16T10:00"),
    };
    let list: Worklist = read(json!({
        "nodes": [
            line("IN_PROCESSING", Some("2026-11-12T10:00:00Z")),
            line("RESULT_DRAFTED", Some("2026-11-16T10:00:00Z")),
            line("SUBMITTED", None),
        ],
        "pageInfo": { "hasNextPage": true, "endCursor": "r1.x" },
    }));
    let officer = officer();
    let shown = Shown {
        who: &officer,
        office: "Trung tâm".into(),
        asked: &Asked::default(),
        people: vec!["handler-07".into()],
    };
    ListPage::new(frame(lang, Some(&officer)), shown, &list, &ground)
}

pub(super) fn one(lang: Lang) -> DossierPage {
    let reference = reference();
    let label = json!({ "vi": "Tiếp nhận hồ sơ", "en": "Accept the dossier" });
    let actions = json!([
        { "command": "acceptDossier", "label": label, "needsReason": false, "needsBasis": false,
          "needsApprover": false, "form": "01" },
        { "command": "requestSupplement", "label": label, "needsReason": true, "needsBasis": true,
          "needsApprover": true, "form": "02" },
        { "command": "confirmPayment", "label": label, "needsReason": false, "needsBasis": false,
          "needsApprover": false, "form": null },
        { "command": "issueApology", "label": label, "needsReason": true, "needsBasis": false,
          "needsApprover": false, "form": "04" },
    ]);
    let papers = json!([{
        "form": "RECEIPT_SLIP", "number": "01", "name": { "vi": "Giấy tiếp nhận", "en": "Receipt slip" },
        "of": 2, "at": "2026-11-16T03:00:00Z", "url": format!("/papers/{CODE}/receipt.pdf?of=2"), "printings": 1,
    }]);
    let told = read(json!({
        "code": CODE, "version": 3, "status": "SUBMITTED",
        "statusLabel": { "vi": "Chờ tiếp nhận", "en": "Awaiting acceptance" },
        "procedureCode": "1.001193",
        "procedure": {
            "name": { "vi": "Đăng ký khai sinh", "en": "Birth registration" },
            "components": [{ "item": 1, "nameVi": "Tờ khai <script>alert(1)</script>" }],
            "steps": [],
        },
        "office": { "code": OFFICE, "name": { "vi": "Trung tâm", "en": "Centre" } },
        "channel": "ONLINE", "lodgedAt": "2026-11-12T01:00:00Z",
        "paused": false,
        "intakeDueAt": "2026-11-12T09:00:00Z", "supplementItems": [1],
        "proposedItems": [1], "breaches": ["LATE_INTAKE"],
        "applicant": {
            "fullName": "Công dân 000123", "citizenNumber": "•••", "birthDate": null, "phone": null,
            "email": null, "address": null, "masked": true, "erased": false,
        },
        "components": [{ "item": 1, "form": "ORIGINAL" }],
        "obligations": [{ "number": 1, "kind": "FEE", "amountVnd": "5000", "state": "REQUESTED" }],
        "results": [],
        "papers": papers,
        "actions": actions,
        "history": { "nodes": [{
            "position": "7", "version": 1, "label": label, "recordedAt": "2026-11-12T01:00:00Z",
            "claimedAt": null, "receivedAt": null, "actor": "applicant-1", "role": "APPLICANT",
            "reasonLabel": null, "breach": null,
        }] },
    }));
    let officer = officer();
    let around = Around {
        who: &officer,
        ground: Ground {
            reference: &reference,
            office: OFFICE,
            now: at("2026-11-16T10:00"),
        },
        people: vec!["handler-07".into()],
        offices: Vec::new(),
        base: "http://127.0.0.1:8080",
        revealed: false,
    };
    DossierPage::new(frame(lang, Some(&officer)), CODE, &told, around)
}

pub(super) fn intake(lang: Lang) -> IntakePage {
    let procedures: Procedures = read(json!({
        "nodes": [{
            "code": "1.001193",
            "name": { "vi": "Đăng ký khai sinh", "en": "Birth registration" },
            "components": [{ "item": 1, "nameVi": "Tờ khai \"mẫu\"", "originals": 1, "copies": null }],
        }],
        "pageInfo": { "hasNextPage": false, "endCursor": null },
    }));
    let officer = officer();
    let now = at("2026-11-16T10:00");
    IntakePage::new(
        frame(lang, Some(&officer)),
        &officer,
        now,
        &procedures.nodes,
    )
}

#[test]
fn the_desk_has_files_of_its_own_and_nothing_inline() {
    for (name, text) in pages(Lang::En) {
        let desk = name.starts_with("desk");
        assert_eq!(text.contains("/assets/desk/desk.js?v="), desk, "{name}");
        if desk {
            let scripts = text.matches("<script").count();
            assert_eq!(
                scripts,
                text.matches("<script type=\"module\" src=").count(),
                "{name}"
            );
            for handler in [" onclick=", " onchange=", " onsubmit="] {
                assert!(!text.contains(handler), "{name}: {handler}");
            }
        }
    }
}

#[test]
fn a_form_asks_for_what_its_command_cannot_do_without() {
    let text = one(Lang::En).render().expect("a page");
    let (_, supplement) = text
        .split_once("id=\"act-requestSupplement\"")
        .expect("the form");
    let (supplement, _) = supplement.split_once("</details>").expect("its end");
    for wanted in [
        "name=\"items\" value=\"1\" data-as=\"ints\" checked",
        "name=\"basis\"",
        "name=\"approvedBy\"",
        "name=\"reason\" required",
    ] {
        assert!(supplement.contains(wanted), "{wanted}\n{supplement}");
    }
    assert!(text.contains("name=\"newDueOn\"") && text.contains("value=\"5000\""));
    assert!(!text.contains("name=\"method\" value=\"COUNTER\""));
}

#[test]
fn a_procedure_is_found_without_its_accents() {
    let text = intake(Lang::Vi).render().expect("a page");
    assert!(
        text.contains("data-fold=\"1.001193 dang ky khai sinh birth registration\""),
        "{text}"
    );
    assert!(!text.contains("data-parts=\"[{\""), "JSON is escaped");
}

//! The figures: every one counted again by hand from what was published.

use motcua::domain::actor::Role;
use motcua::domain::reference::JournalKind;
use serde_json::{Value, json};

use super::ground::{Served, served};
use super::{decision, process, record};

const FIGURES: &str = "query($level: Level, $field: String) { catalogueStatistics(level: $level, field: $field) {
    procedures placements linkedPlacements levels { level procedures processes placements linkedPlacements units }
    fieldsTotal online { full partial informationOnly unsure onlineRate { numerator denominator percent } fullRate { percent } }
    historicalLevels { level2 level3 level4 } linkedSameLevel linkedCrossLevel vertical
    verticalReceivedRate { numerator denominator } delegated
    nonTerritorialProvince nonTerritorialNationwide processesApproved processCoverage { numerator denominator percent }
    mustDigitiseComponents mustDigitiseDecisions units abolished reviews { year level kind proposals label { vi } }
    publication { decidedInTimeRate { numerator denominator } publishedInTimeRate { numerator denominator }
        contentFullRate { numerator denominator } missing { part procedures } } } }";

async fn of_trials(served: &Served) -> Value {
    let asked = json!({ "field": "linh vuc thu" });
    let mut told = served.ask(None, FIGURES, asked).await;
    told["catalogueStatistics"].take()
}

#[tokio::test]
async fn every_figure_of_the_catalogue_is_counted_from_its_records() {
    let served = served(JournalKind::Live).await;
    let nothing = of_trials(&served).await;
    assert_eq!(nothing["procedures"], 0);
    assert_eq!(
        nothing["processCoverage"],
        json!({ "numerator": 0, "denominator": 0, "percent": null })
    );

    let mut second = record("1.999002", 1);
    second["level"] = json!("PROVINCE");
    second["onlineLevel"] = json!("FULL");
    second["onlineCertainty"] = json!("VERIFIED");
    second["linkage"] = json!({ "kind": "CROSS_LEVEL", "certainty": "STATED" });
    second["components"] = json!([{ "nameVi": "Đơn", "mustDigitise": "6/QĐ-UBND" }, { "nameVi": "Bản sao", "mustDigitise": "5/QĐ-UBND" }]);
    second["publication"] = decision("2021-03-01", "2021-03-02");
    second["details"] =
        json!({ "historicalLevel": 4, "nonTerritorial": "PROVINCE", "receivedAt": [] });
    let mut third = record("1.999003", 1);
    third["onlineLevel"] = json!("INFORMATION_ONLY");
    for gone in ["vertical", "linkage", "delegation"] {
        third[gone] = Value::Null;
    }
    third["details"] = json!({ "needsProcess": true, "historicalLevel": 2 });
    third["components"] = json!([]);
    third["cases"] = json!([]);
    for procedure in [record("1.999001", 1), second, third] {
        let input = json!({ "procedure": procedure });
        served.done(Role::Admin, "publishProcedure", input).await;
    }
    served
        .done(Role::Admin, "approveProcess", process("1.999001", 1, 24))
        .await;
    for (procedure, kind, level) in [
        ("1.999001", "ABOLISH", "DISTRICT"),
        ("1.999002", "ABOLISH", "DISTRICT"),
        ("1.999003", "SIMPLIFY", "COMMUNE"),
    ] {
        let input = json!({ "procedure": procedure, "kind": kind, "year": 2023, "level": level });
        served
            .done(Role::ProcedureController, "proposeProcedureReview", input)
            .await;
    }
    let told = of_trials(&served).await;
    let rate = |numerator: u64, denominator: u64| json!({ "numerator": numerator, "denominator": denominator });
    assert_eq!(
        told,
        json!({
            "procedures": 3, "placements": 3, "linkedPlacements": 2,
            "levels": [
                { "level": "PROVINCE", "procedures": 1, "processes": 0, "placements": 1, "linkedPlacements": 1, "units": 0 },
                { "level": "COMMUNE", "procedures": 2, "processes": 1, "placements": 2, "linkedPlacements": 1, "units": 1 },
            ],
            "fieldsTotal": 1,
            "online": {
                "full": 1, "partial": 1, "informationOnly": 1, "unsure": 2,
                "onlineRate": { "numerator": 2, "denominator": 3, "percent": "66.67" }, "fullRate": { "percent": "33.33" },
            },
            "historicalLevels": { "level2": 1, "level3": 1, "level4": 1 },
            "linkedSameLevel": 1, "linkedCrossLevel": 1, "vertical": 2, "verticalReceivedRate": rate(1, 2), "delegated": 2,
            "nonTerritorialProvince": 1, "nonTerritorialNationwide": 1,
            "processesApproved": 1, "processCoverage": { "numerator": 1, "denominator": 2, "percent": "50.00" },
            "mustDigitiseComponents": 3, "mustDigitiseDecisions": 2, "units": 1, "abolished": 0,
            "reviews": [
                { "year": 2023, "level": "DISTRICT", "kind": "ABOLISH", "proposals": 2, "label": { "vi": "Bãi bỏ" } },
                { "year": 2023, "level": "COMMUNE", "kind": "SIMPLIFY", "proposals": 1, "label": { "vi": "Đơn giản hóa" } },
            ],
            "publication": {
                "decidedInTimeRate": rate(0, 1), "publishedInTimeRate": rate(0, 1), "contentFullRate": rate(1, 3),
                "missing": [
                    { "part": "SEQUENCE", "procedures": 2 }, { "part": "COMPONENTS", "procedures": 1 },
                    { "part": "NUMBER_OF_SETS", "procedures": 2 }, { "part": "SUBJECTS", "procedures": 2 },
                ],
            },
        })
    );
}

#[tokio::test]
async fn form_ii07b_counts_procedures_and_processes_per_level() {
    let served = served(JournalKind::Live).await;
    served
        .done(Role::Admin, "approveProcess", process("1.004873", 1, 24))
        .await;
    let query =
        "{ formII07b { rows { level procedures processes } total { level procedures processes } }
        catalogueStatistics { procedures levels { level procedures processes } } }";
    let told = served.ask(None, query, json!({})).await;
    let form = &told["formII07b"];
    let sum = |field: &str| {
        let rows = form["rows"].as_array().expect("rows").iter();
        rows.map(|row| row[field].as_u64().expect("a count"))
            .sum::<u64>()
    };
    assert_eq!(
        form["total"]["procedures"],
        told["catalogueStatistics"]["procedures"]
    );
    assert_eq!(form["total"]["procedures"], sum("procedures"));
    assert_eq!(
        (form["total"]["processes"].as_u64(), sum("processes")),
        (Some(1), 1)
    );
    assert_eq!(form["total"]["level"], Value::Null);
}

//! The catalogues of the shipped scenarios, furnished without a single dossier: every figure of every article, over GraphQL
//! and by the recount of the same facts.

use motcua::domain::catalogue::Level;
use motcua::scenario::expected_catalogue::{CatalogueQuestion, CatalogueTally};
use motcua::scenario::{Expected, Plan, Source};
use serde_json::{Value, json};

use super::recount;
use super::served::Served;
use super::told::Told;

const FIGURES: &str = "query($level: Level, $on: Date!) {
    all: catalogueStatistics(on: $on) {
        placements linkedPlacements units levels { level placements linkedPlacements units } }
    own: catalogueStatistics(level: $level, on: $on) {
        procedures fieldsTotal linkedSameLevel linkedCrossLevel processesApproved mustDigitiseComponents
        mustDigitiseDecisions online { full partial } historicalLevels { level1 level2 level3 level4 }
        vertical verticalReceivedRate { numerator } processCoverage { numerator denominator } reviews { proposals } } }";

/// The figures of a question; placements and units are those of the level's one-stops.
async fn tally(served: &Served, question: CatalogueQuestion) -> CatalogueTally {
    let level = question.level.map(word);
    let asked = json!({ "level": level, "on": question.on });
    let told = served.ask(None, FIGURES, asked).await;
    let (all, own) = (&told["all"], &told["own"]);
    let levels = all["levels"].as_array().expect("levels");
    let at = match &level {
        Some(level) => levels.iter().find(|row| row["level"] == **level),
        None => Some(all),
    };
    let here = |field: &str| at.map_or(0, |at| count(&at[field]));
    let historical = |n: usize| count(&own["historicalLevels"][format!("level{n}")]);
    let reviews = own["reviews"].as_array().expect("reviews").iter();
    CatalogueTally {
        procedures: count(&own["procedures"]),
        placements: here("placements"),
        linked_placements: here("linkedPlacements"),
        linked_same_level: count(&own["linkedSameLevel"]),
        linked_cross_level: count(&own["linkedCrossLevel"]),
        fields: count(&own["fieldsTotal"]),
        full: count(&own["online"]["full"]),
        partial: count(&own["online"]["partial"]),
        historical: [1, 2, 3, 4].map(historical),
        vertical: count(&own["vertical"]),
        vertical_received: count(&own["verticalReceivedRate"]["numerator"]),
        processes: count(&own["processesApproved"]),
        in_scope: count(&own["processCoverage"]["denominator"]),
        in_scope_approved: count(&own["processCoverage"]["numerator"]),
        review_proposals: reviews.map(|row| count(&row["proposals"])).sum(),
        must_digitise_components: count(&own["mustDigitiseComponents"]),
        must_digitise_decisions: count(&own["mustDigitiseDecisions"]),
        units: here("units"),
    }
}

fn count(value: &Value) -> u64 {
    value.as_u64().expect("a count")
}

fn word(level: Level) -> String {
    format!("{level:?}").to_uppercase()
}

#[tokio::test]
async fn the_catalogues_of_the_shipped_scenarios_meet_every_figure_of_their_articles() {
    let mut figures = 0;
    for name in Source::names() {
        let source = Source::find(name).expect("shipped");
        let expected = Expected::load(&source).expect("figures").catalogue;
        if expected.is_empty() {
            continue;
        }
        let plan = Plan::load(&source).expect("a plan");
        let told = Told::begin(&plan, "1").await;
        let opens_at = Some(plan.opens_at());
        told.counter
            .furnish(plan.records(), opens_at)
            .await
            .expect("furnished");
        let served = Served::open(&told).await;
        for figure in &expected {
            let row = figure.row(&tally(&served, figure.question).await);
            assert!(row.met, "{name}: {row:#?}");
            figures += 1;
        }
        served.close().await;
        let file = format!("{}/scenarios/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let (_, answer) = recount(&told.export().await, Some(&file));
        let counted = answer["expected"].as_array().expect("rows");
        for figure in &expected {
            let row = counted.iter().find(|row| row["figure"] == *figure.name);
            assert_eq!(row.expect("counted")["met"], true, "{name}: {row:#?}");
        }
    }
    assert!(figures >= 37, "{figures}");
}

/// Nothing is claimed that the article does not print, unless it says so.
#[test]
fn a_percentage_without_a_printed_denominator_is_marked_as_assumed() {
    for name in Source::names() {
        let source = Source::find(name).expect("shipped");
        for figure in Expected::load(&source).expect("figures").catalogue {
            let bare = figure.value.text == "100%";
            assert_eq!(bare, figure.assumed.is_some(), "{name}: {}", figure.name);
        }
    }
}

//! Every statistic asked through GraphQL over a played story: groups, form, score, indicators, targets, ranking, forecast.

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use serde_json::{Value, json};

use super::served::Served;
use super::told::Told;
use super::{plan, small};
use crate::office::id;

const FROM: &str = "2023-02-01";
const TO: &str = "2023-03-31";

async fn told() -> (Told, Served) {
    let plan = plan(small());
    let told = Told::begin(&plan, "1").await;
    told.play(&plan, "1").await.expect("played");
    let served = Served::open(&told).await;
    (told, served)
}

async fn ask(
    served: &Served,
    actor: Option<&Actor>,
    field: &str,
    arguments: &str,
    of: &str,
) -> Value {
    let query = format!("{{ {field}({arguments}) {of} }}");
    served.ask(actor, &query, json!({})).await[field].take()
}

/// `from: "…", to: "…"` and more.
fn period(more: &str) -> String {
    format!("from: \"{FROM}\", to: \"{TO}\" {more}")
}

fn count(value: &Value, path: &str) -> u64 {
    let found = path.split('.').fold(value, |value, name| &value[name]);
    found
        .as_u64()
        .unwrap_or_else(|| panic!("{path} of {value}"))
}

fn nodes(connection: &Value) -> Vec<&Value> {
    let edges = connection["edges"].as_array().expect("edges");
    edges.iter().map(|edge| &edge["node"]).collect()
}

const COUNTS: &str =
    "{ received { online direct carriedOver total } settled { early onTime late undated total }
    closed { total } pending { inTime overdue total } balanced
    onTimeOfReceivedRate { numerator denominator excluded meaning decimal(digits: 3) }
    earlyAndOnTimeRate { numerator denominator excluded percent } }";

#[tokio::test(flavor = "multi_thread")]
async fn however_the_counts_are_split_the_groups_are_the_whole() {
    let (_told, served) = told().await;
    let whole = ask(&served, None, "statistics", &period(""), COUNTS).await;
    assert_eq!(count(&whole, "received.total"), 171);
    let auditor = Actor::new("auditor-1", NO_OFFICE, Role::Auditor);
    for dimension in [
        "OFFICE",
        "FIELD",
        "PROCEDURE",
        "CHANNEL",
        "LEVEL",
        "HANDLER",
        "SIGNER",
        "STEP",
    ] {
        let asked = period(&format!(", dimension: {dimension}"));
        let of = format!(
            "{{ total {COUNTS} groupCount groups(first: 100) {{ edges {{ node {{ key label {{ vi en }} counts {COUNTS} }} }} }} }}"
        );
        let split = ask(&served, Some(&auditor), "statisticsBy", &asked, &of).await;
        assert_eq!(split["total"], whole, "{dimension}");
        let groups = nodes(&split["groups"]);
        assert_eq!(count(&split, "groupCount"), groups.len() as u64);
        assert!(groups.len() > 1, "{dimension}: {split}");
        for part in [
            "received.total",
            "settled.late",
            "closed.total",
            "pending.overdue",
        ] {
            let sum: u64 = groups.iter().map(|one| count(&one["counts"], part)).sum();
            assert_eq!(sum, count(&whole, part), "{dimension} {part}");
        }
    }
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_come_page_by_page_and_officers_only_to_those_who_may() {
    let (_told, served) = told().await;
    let mut after = String::new();
    let mut keys = Vec::new();
    loop {
        let of = format!(
            "{{ groups(first: 2{after}) {{ edges {{ node {{ key }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let asked = period(", dimension: PROCEDURE");
        let page = ask(&served, None, "statisticsBy", &asked, &of).await;
        let found = nodes(&page["groups"])
            .into_iter()
            .map(|one| one["key"].clone());
        keys.extend(found);
        let info = &page["groups"]["pageInfo"];
        if info["hasNextPage"] == json!(false) {
            break;
        }
        after = format!(", after: {}", info["endCursor"]);
    }
    let kept_back = [Value::Null, json!("1.004873"), json!("2.000635")];
    assert_eq!(
        keys, kept_back,
        "the few of two procedures are counted together"
    );

    // Nor can the few be had by asking for them alone.
    let alone = period(", procedure: \"1.012812\"");
    let auditor = Actor::new("auditor-1", NO_OFFICE, Role::Auditor);
    for query in [
        format!("{{ counted: statistics({alone}) {{ received {{ total }} }} }}"),
        format!("{{ counted: statisticsBy({alone}, dimension: OFFICE) {{ groupCount }} }}"),
    ] {
        let answer = served.try_ask(None, &query, json!({})).await;
        assert_eq!(answer["data"]["counted"], Value::Null, "{answer}");
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "TOO_FEW_TO_TELL");
        let answer = served.try_ask(Some(&auditor), &query, json!({})).await;
        assert!(answer["data"]["counted"].is_object(), "{answer}");
    }

    let refused = async |actor: Option<Actor>, office: &str| {
        let query = format!(
            "{{ statisticsBy({}) {{ groupCount }} }}",
            period(&format!(", dimension: HANDLER{office}"))
        );
        let answer = served.try_ask(actor.as_ref(), &query, json!({})).await;
        answer["errors"][0]["extensions"]["code"].clone()
    };
    let of_second = ", office: \"H99.10.02\"";
    assert_eq!(refused(None, of_second).await, "UNAUTHENTICATED");
    let handler = |office: &str| Some(Actor::new("handler-1", office, Role::Handler));
    assert_eq!(refused(handler("H99.10"), of_second).await, "FORBIDDEN");
    assert_eq!(refused(handler("H99.10.02"), "").await, "FORBIDDEN");
    assert_eq!(refused(handler("H99.10.02"), of_second).await, Value::Null);
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_adds_up_and_says_where_it_put_the_rest() {
    let (_told, served) = told().await;
    let whole = ask(&served, None, "statistics", &period(""), COUNTS).await;
    let cells = "c3 c4 c5 c6 c7 c8 c9 c10 c11 c12 c13 balanced
        moved { closedIn12 closedIn13 undatedIn10 undatedIn13 }";
    let of = format!(
        "{{ code rule {{ vi en }} lines {{ place field {{ vi }} {cells} }} total {{ {cells} }} }}"
    );
    let form = ask(&served, None, "formII06a", &period(""), &of).await;
    let total = &form["total"];
    for (column, part) in [
        ("c3", "received.total"),
        ("c4", "received.online"),
        ("c5", "received.direct"),
        ("c6", "received.carriedOver"),
        ("c7", "settled.total"),
        ("c8", "settled.early"),
        ("c9", "settled.onTime"),
    ] {
        assert_eq!(count(total, column), count(&whole, part), "{column}");
    }
    let closed = count(&whole, "closed.total");
    assert_eq!(count(total, "c11"), count(&whole, "pending.total") + closed);
    let moved = count(total, "moved.closedIn12") + count(total, "moved.closedIn13");
    assert_eq!(moved, closed);
    let lines = form["lines"].as_array().expect("lines");
    assert_eq!(lines.len(), 3, "{form}");
    assert!(
        lines
            .iter()
            .chain([total])
            .all(|line| line["balanced"] == json!(true))
    );
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reporting_period_is_two_days_and_a_convention() {
    let (_told, served) = told().await;
    let of = "{ from to certainty }";
    let decree = ask(
        &served,
        None,
        "reportingPeriod",
        "kind: QUARTER, year: 2023, number: 1",
        of,
    );
    let expected = json!({"from": "2022-12-15", "to": "2023-03-14", "certainty": "STATED"});
    assert_eq!(decree.await, expected);
    let plain = "kind: QUARTER, year: 2023, number: 1, convention: CALENDAR";
    let plain = ask(&served, None, "reportingPeriod", plain, of).await;
    assert_eq!(
        (&plain["from"], &plain["to"]),
        (&json!("2023-01-01"), &json!("2023-03-31"))
    );
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_score_stands_only_over_what_is_computed_and_says_why_the_rest_is_not() {
    let (_told, served) = told().await;
    let of = "{ index total outOf certainty groups { code max score outOf elements {
        code max formula state why { vi en } score ratio { numerator denominator excluded } } } rules { code } }";
    let score = ask(&served, None, "score766", &period(""), of).await;
    let groups = score["groups"].as_array().expect("groups");
    let sum: u64 = groups.iter().map(|group| count(group, "max")).sum();
    assert_eq!(sum, 100);
    let hundredths = |value: &Value| {
        let text = value.as_str().expect("a number").replace('.', "");
        text.parse::<u64>().expect("digits")
    };
    let elements = groups
        .iter()
        .flat_map(|group| group["elements"].as_array().expect("elements"));
    let elements: Vec<&Value> = elements.collect();
    assert_eq!(elements.len(), 21);
    let counted: Vec<&&Value> = elements
        .iter()
        .filter(|one| !one["score"].is_null())
        .collect();
    let reached: u64 = counted.iter().map(|one| hundredths(&one["score"])).sum();
    let out_of: u64 = counted.iter().map(|one| count(one, "max") * 100).sum();
    assert_eq!(hundredths(&score["total"]), reached);
    assert_eq!(hundredths(&score["outOf"]), out_of);
    for one in &elements {
        assert_ne!(one["why"]["en"], "", "{one}");
        let outside = one["state"] == "NEEDS_OUTSIDE_DATA";
        assert_eq!(one["ratio"].is_null(), outside, "{one}");
    }
    let element = |code: &str| {
        let found = elements.iter().find(|one| one["code"] == code);
        *found.expect("an element")
    };
    assert_eq!(element("4.5")["state"], "NEEDS_OUTSIDE_DATA");
    let progress = element("2.1");
    assert_eq!(progress["state"], "COMPUTED");
    let received = count(progress, "ratio.denominator") + count(progress, "ratio.excluded");
    assert_eq!(received, 171);
    let online = element("3.3");
    assert_eq!(
        online["ratio"],
        json!({"numerator": 26, "denominator": 171, "excluded": 0})
    );
    // min(6, 6 × (26 / 171) / 0.5)
    assert_eq!(online["score"], "1.82");
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn indicators_that_nothing_is_known_for_are_dropped() {
    let (_told, served) = told().await;
    let of = "{ record total outOf class { name { en } } indicators { number points dossiers score why { en } } }";
    let asked = period(", office: \"H99.10\"");
    let quality = ask(&served, None, "serviceQuality", &asked, of).await;
    let indicators = quality["indicators"].as_array().expect("indicators");
    assert_eq!(indicators.len(), 9);
    let whole = ask(&served, None, "statistics", &asked, COUNTS).await;
    let points = count(&whole, "settled.early") * 2 + count(&whole, "settled.onTime");
    assert_eq!(count(&indicators[0], "points"), points);
    assert_eq!(
        count(&indicators[0], "dossiers"),
        count(&whole, "settled.total")
    );
    assert!(indicators[6]["score"].is_null());
    let dropped = indicators.iter().filter(|one| one["score"].is_null());
    let left = 9 - u32::try_from(dropped.count()).expect("few");
    assert_eq!(quality["outOf"], format!("{}.0", left * 2));

    let auditor = Actor::new("auditor-1", NO_OFFICE, Role::Auditor);
    let asked = period(", office: \"H99.10\", officer: \"small-tl-01\"");
    let officer = ask(&served, Some(&auditor), "serviceQuality", &asked, of).await;
    let indicators = officer["indicators"].as_array().expect("indicators");
    assert_eq!(indicators.len(), 3);
    assert!(count(&indicators[0], "dossiers") > 0);
    served.close().await;
}

/// The target's counts are those of the campaign's question about settlement; and the fields add up to the whole.
async fn then_the_campaign_is_what_was_counted(served: &Served, target: &Value) {
    let of = "{ question { key about } group answers satisfied { numerator denominator } scores { count } }";
    let query = format!(
        "{{ campaigns(code: \"KS-2023\") {{ running responses together: results {of} fields: results(by: FIELD) {of} }} }}"
    );
    let campaign = served.ask(None, &query, json!({})).await["campaigns"][0].take();
    let together = campaign["together"].as_array().expect("results");
    let settled = together
        .iter()
        .find(|one| one["question"]["key"] == "ket-qua");
    let settled = settled.expect("the question about settlement");
    assert_eq!(
        count(settled, "satisfied.numerator"),
        count(target, "counted.numerator")
    );
    assert_eq!(
        count(settled, "satisfied.denominator"),
        count(target, "counted.denominator")
    );
    let answers = |of: &Value| of["answers"].as_u64().expect("a count");
    let fields = campaign["fields"].as_array().expect("results").iter();
    let fields = fields.filter(|one| one["question"]["key"] == "ket-qua");
    let (mut sum, mut groups) = (0, 0);
    for field in fields {
        sum += answers(field);
        groups += 1;
        assert_eq!(
            answers(field) < 5,
            field["satisfied"] == Value::Null,
            "{field}"
        );
    }
    assert!(groups > 1);
    assert_eq!(sum, answers(settled));
    assert_eq!(campaign["responses"].as_u64(), Some(sum));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_set_as_a_fact_and_judged_by_what_is_recorded() {
    let (_told, served) = told().await;
    let set = async |role: Role, office: &str, indicator: &str, more: &str| {
        let actor = Actor::new("admin-1", office, role);
        let mutation = format!(
            "mutation {{ setTarget(input: {{ commandId: \"{}\", indicator: {indicator}, from: \"{FROM}\",
                value: {{ numerator: 90, denominator: 100 }}, plan: \"07/KH-UBND\", certainty: ILLUSTRATIVE {more} }})
                {{ visible errors {{ code field }} }} }}",
            id()
        );
        served.ask(Some(&actor), &mutation, json!({})).await["setTarget"].take()
    };
    let admin =
        async |indicator: &str, more: &str| set(Role::Admin, NO_OFFICE, indicator, more).await;
    let over = "to: \"2023-03-31\"";
    let done = json!({"visible": true, "errors": []});
    assert_eq!(admin("ON_TIME_OF_SETTLED", over).await, done);
    assert_eq!(admin("EARLY_OF_SETTLED", over).await, done);
    assert_eq!(admin("SATISFACTION_WITH_AGENCIES", over).await, done);
    assert_eq!(
        admin("ON_TIME_OF_SETTLED", "to: \"2023-12-31\", level: COMMUNE").await,
        done
    );
    let code = |payload: Value| payload["errors"][0]["code"].clone();
    assert_eq!(
        code(admin("EARLY_OF_SETTLED", over).await),
        "DUPLICATE_RECORD"
    );
    assert_eq!(
        code(admin("EARLY_OF_SETTLED", "to: \"2022-01-01\"").await),
        "INVALID_RECORD"
    );
    let unknown = format!("{over}, office: \"H99.77\"");
    assert_eq!(
        code(admin("EARLY_OF_SETTLED", &unknown).await),
        "UNKNOWN_OFFICE"
    );
    let handler = set(Role::Handler, "H99.10", "ONLINE_OF_NEW", over).await;
    assert_eq!(code(handler), "WRONG_ROLE");
    let own = format!("{over}, office: \"H99.10\"");
    let manager = set(Role::CentreManager, "H99.10", "ONLINE_OF_NEW", &own).await;
    assert_eq!(manager, done);
    let foreign = set(Role::CentreManager, "H99.10.02", "ONLINE_OF_NEW", &own).await;
    assert_eq!(code(foreign), "WRONG_OFFICE");

    let of = "{ indicator level state why { vi en } reached counted { numerator denominator } superseded }";
    let targets = ask(&served, None, "targets", "superseded: true", of).await;
    let states: Vec<&Value> = targets
        .as_array()
        .expect("targets")
        .iter()
        .map(|one| &one["state"])
        .collect();
    assert_eq!(
        states,
        ["MET", "MISSED", "NOT_MEASURABLE", "ON_THE_WAY", "MISSED"],
        "{targets}"
    );
    assert_eq!(targets[2]["counted"], Value::Null);
    let whole = ask(&served, None, "statistics", &period(""), COUNTS).await;
    assert_eq!(
        count(&targets[0], "counted.numerator"),
        count(&whole, "earlyAndOnTimeRate.numerator")
    );
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offices_are_ranked_by_a_stated_indicator() {
    let (_told, served) = told().await;
    let of = "{ lowerIsBetter ranked offices { place office ratio { numerator denominator } } }";
    let asked = period(", indicator: EARLY_OF_SETTLED");
    let ranking = ask(&served, None, "ranking", &asked, of).await;
    let offices = ranking["offices"].as_array().expect("offices");
    assert_eq!(count(&ranking, "ranked"), 2);
    let share = |one: &Value| {
        (
            count(one, "ratio.numerator"),
            count(one, "ratio.denominator"),
        )
    };
    let ((first, of_first), (second, of_second)) = (share(&offices[0]), share(&offices[1]));
    assert!(first * of_second > second * of_first, "{ranking}");
    let asked = period(", indicator: EARLY_OF_SETTLED, denominatorMin: 79");
    let ranking = ask(&served, None, "ranking", &asked, of).await;
    assert_eq!(count(&ranking, "ranked"), 1);
    assert_eq!(ranking["offices"][0]["office"], "H99.10");
    assert_eq!(ranking["offices"][1]["place"], Value::Null);
    served.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_months_foretell_nothing_and_the_answer_says_so() {
    let (_told, served) = told().await;
    let of = "{ days { p50Days } p90On why { en } sampleMin tests { from held exceeded unresolved good } }";
    let asked = "procedure: \"2.000635\", office: \"H99.10\"";
    let forecast = ask(&served, None, "forecast", asked, of).await;
    assert_eq!(forecast["days"], Value::Null);
    assert_eq!(forecast["p90On"], Value::Null);
    let why = forecast["why"]["en"].as_str().expect("a reason");
    assert!(why.starts_with("Too few dossiers"), "{why}");
    assert_eq!(forecast["tests"].as_array().map(Vec::len), Some(4));
    served.close().await;
}

/// The targets of an article, judged by a load that is invented; every way they can stand is met, and nothing is stored.
#[tokio::test(flavor = "multi_thread")]
async fn the_targets_of_bach_thong_are_monitored_by_what_is_recorded() {
    use motcua::scenario::{Plan, Source};
    let plan = Plan::load(&Source::find("bach-thong-2023").expect("shipped")).expect("a plan");
    let told = Told::begin(&plan, "1").await;
    told.play(&plan, "1").await.expect("played");
    let served = Served::open(&told).await;
    let of = "{ indicator level state reached value { numerator denominator }
        counted { numerator denominator excluded } why { en } }";
    let query = format!("{{ targets {of} }}");
    let targets = served.ask(None, &query, json!({})).await["targets"].take();
    let targets = targets.as_array().expect("targets");
    assert_eq!(targets.len(), 10);
    let one = |indicator: &str, level: Option<&str>| {
        let level = json!(level);
        let mut all = targets.iter();
        let found = all.find(|one| one["indicator"] == indicator && one["level"] == level);
        found.unwrap_or_else(|| panic!("{indicator}"))
    };
    for (indicator, level, numerator) in [
        ("DIGITISED_RESULTS", Some("DISTRICT"), 40),
        ("DIGITISED_RESULTS", Some("COMMUNE"), 35),
        ("ELECTRONIC_CERTIFICATION", None, 20),
        ("SATISFACTION", None, 90),
        ("SATISFACTION_LAND_CONSTRUCTION_INVESTMENT", None, 80),
        ("SATISFACTION_WITH_AGENCIES", None, 85),
        ("FEEDBACK_ON_TIME", None, 100),
        ("ON_TIME_OF_SETTLED", None, 100),
    ] {
        let target = one(indicator, level);
        assert_eq!(count(target, "value.numerator"), numerator);
        let (have, of) = (
            count(target, "counted.numerator"),
            count(target, "counted.denominator"),
        );
        assert!(of > 0, "{target}");
        let reached = have * 100 >= of * numerator;
        assert_eq!(target["reached"], json!(reached), "{target}");
        let state = if reached { "MET" } else { "MISSED" };
        assert_eq!(target["state"], state, "{target}");
    }
    let target = one("REVIEWED_PROCEDURES", None);
    assert_eq!(target["state"], "NOT_MEASURABLE", "{target}");
    assert_eq!(target["counted"], Value::Null);
    then_the_campaign_is_what_was_counted(&served, one("SATISFACTION", None)).await;
    let of = "{ groups { code elements { code state score } } total outOf }";
    let asked = "from: \"2023-01-01\", to: \"2023-12-31\"";
    let score = ask(&served, None, "score766", asked, of).await;
    let groups = score["groups"].as_array().expect("groups");
    let elements = groups
        .iter()
        .flat_map(|group| group["elements"].as_array().expect("elements"));
    let computed = elements
        .filter(|one| one["state"] == "COMPUTED")
        .map(|one| &one["code"]);
    let computed: Vec<&Value> = computed.collect();
    let expected = [
        "1.3", "2.1", "3.1", "3.2", "3.3", "3.5", "3.6", "4.1", "4.2", "4.3", "4.4", "5.1", "5.2",
        "5.3",
    ];
    assert_eq!(computed, expected, "{score}");
    served.close().await;
}

//! What each scripted abuse of a story came to: what was refused, what stands in the record, what the detector found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::domain::deadline::{Comparison, Timeliness, classify};
use crate::domain::dossier::EndKind;
use crate::domain::fact::BreachRule;
use crate::projections::detector::{self, Window};
use crate::projections::tracking::{DossierRow, by_id};
use crate::projections::{ReadModels, audit};
use crate::scenario::outcome::Outcome;
use crate::scenario::scripted::ScriptedDossier;
use crate::scenario::{Outcomes, Plan, Scripts, Source};

/// What the record shows of one scripted dossier.
#[derive(Debug, Default)]
struct Record {
    code: String,
    findings: Vec<String>,
    breaches: Vec<String>,
    facts: Vec<String>,
    late: Option<bool>,
}

/// Prints what every scripted abuse came to; true when each is what the scenario says. Nothing for plans without any.
pub async fn show(
    source: &Source,
    plan: &Plan,
    seed: &str,
    models: &ReadModels,
) -> anyhow::Result<bool> {
    if plan.scripted.is_empty() {
        return Ok(true);
    }
    let outcomes = Outcomes::load(source)?;
    let scripts = Scripts::of(plan, seed);
    let found = findings(plan, models).await?;
    println!(
        "What each abuse came to (the place is invented; a finding is a thing to look at, no verdict):\n"
    );
    let (mut met, mut all) = (0, 0);
    for abuse in &plan.scripted {
        println!(
            "{:>2}. {} — {}",
            abuse.abuse, abuse.title_vi, abuse.title_en
        );
        let of_row = |outcome: &&Outcome| outcome.abuse == abuse.abuse;
        for outcome in outcomes.rows.iter().filter(of_row) {
            let told = outcome
                .dossier
                .as_ref()
                .and_then(|name| abuse.dossiers.iter().find(|dossier| dossier.name == *name));
            let record = match outcome.dossier.as_ref().and_then(|name| scripts.id(name)) {
                Some(id) => match by_id(models, id).await? {
                    Some(row) => of_dossier(row, &found, models).await?,
                    None => Record::default(),
                },
                None => of_registers(&found, outcome, models).await?,
            };
            let is_met = is_met(outcome, &record);
            met += u32::from(is_met);
            all += 1;
            println!("{}", line(outcome, told, &record, is_met));
        }
    }
    println!("\n{met} of {all} came to what the scenario says.\n");
    Ok(met == all)
}

/// Rule codes by dossier code; under no code those of registers.
type Found = BTreeMap<String, Vec<String>>;

async fn findings(plan: &Plan, models: &ReadModels) -> anyhow::Result<Found> {
    let window = Window {
        from: plan.opening,
        to: plan.ends,
    };
    let everything = detector::Filter::default();
    let mut found = Found::new();
    let mut after = None;
    loop {
        let page = detector::search(models, window, &everything, after.as_ref(), 100).await?;
        for (place, finding) in page.rows {
            let rule = &finding.rule.code;
            let codes = if finding.codes.is_empty() {
                vec![String::new()]
            } else {
                finding.codes
            };
            for code in codes {
                let rules = found.entry(code).or_default();
                if !rules.contains(rule) {
                    rules.push(rule.clone());
                }
            }
            after = Some(place);
        }
        if !page.has_next {
            return Ok(found);
        }
    }
}

async fn of_dossier(row: DossierRow, found: &Found, models: &ReadModels) -> anyhow::Result<Record> {
    let code = row.code.clone().unwrap_or_default();
    let facts = audit::of_dossier(models, row.id, None, 100).await?;
    let settled = row.end_kind.is_some_and(EndKind::is_settlement);
    let ended = row.ended_at.filter(|_| settled).zip(row.original_due_at);
    let late = ended.map(|(at, due)| classify(at, due, Comparison::Date) == Timeliness::Late);
    Ok(Record {
        findings: found.get(&code).cloned().unwrap_or_default(),
        breaches: row.breaches.iter().copied().map(word).collect(),
        facts: facts.into_iter().map(|fact| fact.kind).collect(),
        late,
        code,
    })
}

/// What stands in registers of offices and belongs to no dossier.
async fn of_registers(
    found: &Found,
    outcome: &Outcome,
    models: &ReadModels,
) -> anyhow::Result<Record> {
    let mut record = Record {
        findings: found.get("").cloned().unwrap_or_default(),
        ..Record::default()
    };
    for kind in &outcome.facts {
        let filter = audit::Filter {
            kind: Some(kind.clone()),
            ..audit::Filter::default()
        };
        let page = audit::search(models, &filter, audit::Order::OldestFirst, None, 1).await?;
        if !page.rows.is_empty() {
            record.facts.push(kind.clone());
        }
    }
    Ok(record)
}

/// A breach's name as in facts.
fn word(rule: BreachRule) -> String {
    let written = serde_json::to_value(rule).unwrap_or_default();
    written.as_str().unwrap_or_default().to_owned()
}

fn is_met(outcome: &Outcome, record: &Record) -> bool {
    let all = |wanted: &[String], there: &[String]| wanted.iter().all(|one| there.contains(one));
    all(&outcome.findings, &record.findings)
        && outcome.breaches == record.breaches
        && all(&outcome.facts, &record.facts)
        && outcome.late.is_none_or(|late| record.late == Some(late))
}

fn line(
    outcome: &Outcome,
    told: Option<&ScriptedDossier>,
    record: &Record,
    is_met: bool,
) -> String {
    let mut text = format!(
        "    {} {:<26} {}",
        if is_met { "ok" } else { "≠ " },
        outcome.dossier.as_deref().unwrap_or("(register)"),
        record.code
    );
    let refused = told.into_iter().flat_map(|dossier| &dossier.steps);
    for step in refused {
        if let Some(code) = &step.refused {
            let _ = write!(text, "\n         refused   {} → {code}", step.name());
        }
    }
    let lists = [("recorded", &record.breaches), ("found", &record.findings)];
    for (name, list) in lists {
        if !list.is_empty() {
            let _ = write!(text, "\n         {name:<9} {}", list.join(", "));
        }
    }
    if record.late == Some(true) {
        text += "\n         stays     late against the first promise";
    }
    if !is_met {
        let _ = write!(text, "\n         was to be {outcome:?}");
    }
    text
}

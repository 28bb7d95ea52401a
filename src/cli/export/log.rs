//! Facts of dossiers as an event log, for process mining by tools that we did not write: CSV, one row per act, and OCEL 2.0
//! (<https://www.ocel-standard.org>, JSON). No personal data: a fact has none.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::actor::NO_OFFICE;
use crate::domain::dossier::{DossierEvent, Lodged};
use crate::domain::event::Event;
use crate::domain::fact::{BreachRule, Fact};
use crate::domain::text::hex;
use crate::journal::{Entry, fact};

/// What is known of a dossier since it was lodged.
#[derive(Clone)]
struct Known {
    code: String,
    procedure: String,
    case: Option<String>,
}

impl From<&Lodged> for Known {
    fn from(lodged: &Lodged) -> Self {
        Self {
            code: lodged.code.to_string(),
            procedure: lodged.procedure.to_string(),
            case: lodged.case.as_ref().map(|case| case.id.clone()),
        }
    }
}

/// Writes one form, entry by entry.
pub trait Form {
    /// # Errors
    /// When it cannot be written, or an entry cannot be read.
    fn take(&mut self, out: &mut dyn Write, entry: &Entry) -> anyhow::Result<()>;

    /// # Errors
    /// When it cannot be written.
    fn end(&mut self, out: &mut dyn Write) -> anyhow::Result<()>;
}

fn read(entry: &Entry) -> anyhow::Result<Fact> {
    Ok(fact::decode(&entry.body)?)
}

fn breach(rule: BreachRule) -> String {
    let word = serde_json::to_value(rule).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

/// One row per fact of a dossier.
#[derive(Default)]
pub struct Table {
    known: HashMap<Uuid, Known>,
    begun: bool,
}

const COLUMNS: [&str; 14] = [
    "case",
    "code",
    "activity",
    "timestamp",
    "recorded_at",
    "claimed_at",
    "resource",
    "role",
    "office",
    "procedure",
    "breach",
    "source",
    "position",
    "leaf_hash",
];

impl Form for Table {
    fn take(&mut self, out: &mut dyn Write, entry: &Entry) -> anyhow::Result<()> {
        if !self.begun {
            self.begun = true;
            csv::Writer::from_writer(&mut *out).write_record(COLUMNS)?;
        }
        let fact = read(entry)?;
        let Event::Dossier(event) = &fact.event else {
            return Ok(());
        };
        if let DossierEvent::Submitted(lodged) | DossierEvent::Lodged(lodged) = event {
            self.known.insert(entry.stream, lodged.into());
        }
        let known = self.known.get(&entry.stream);
        let (around, actor) = (&fact.circumstances, &fact.actor);
        let case = known.and_then(|known| known.case.clone());
        let activity = match event {
            DossierEvent::Noted(noted) => noted.activity.clone(),
            other => other.kind().to_owned(), // foreign: named by its type
        };
        let claimed = around.occurred_at.map(|at| at.to_string());
        let broken = around.breach.as_ref().map(|one| breach(one.rule));
        csv::Writer::from_writer(&mut *out).write_record([
            case.unwrap_or_else(|| entry.stream.to_string()),
            known.map(|known| known.code.clone()).unwrap_or_default(),
            activity,
            fact.at().to_string(),
            fact.recorded_at.to_string(),
            claimed.unwrap_or_default(),
            actor.id.clone(),
            actor.role.name().to_owned(),
            actor.office.clone(),
            known
                .map(|known| known.procedure.clone())
                .unwrap_or_default(),
            broken.unwrap_or_default(),
            around.source.clone().unwrap_or_default(),
            entry.position.to_string(),
            hex(&entry.leaf_hash),
        ])?;
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        if !self.begun {
            csv::Writer::from_writer(out).write_record(COLUMNS)?;
        }
        Ok(())
    }
}

/// Events with the objects they are about: dossiers, procedures, offices, officers.
#[derive(Default)]
pub struct Ocel {
    known: BTreeMap<Uuid, (Known, String)>,
    offices: BTreeSet<String>,
    officers: BTreeSet<String>,
    types: BTreeSet<&'static str>,
    events: u64,
}

impl Form for Ocel {
    fn take(&mut self, out: &mut dyn Write, entry: &Entry) -> anyhow::Result<()> {
        let fact = read(entry)?;
        let Event::Dossier(event) = &fact.event else {
            return Ok(());
        };
        if let DossierEvent::Submitted(lodged) | DossierEvent::Lodged(lodged) = event {
            let lodged_at = fact.at().to_string();
            self.known.insert(entry.stream, (lodged.into(), lodged_at));
        }
        // A draft has no code yet, and may never get one.
        if !self.known.contains_key(&entry.stream) {
            return Ok(());
        }
        self.types.insert(event.kind());
        let mut related = vec![json!({"objectId": entry.stream, "qualifier": "dossier"})];
        if fact.actor.office != NO_OFFICE {
            let office = format!("office:{}", fact.actor.office);
            related.push(json!({"objectId": office, "qualifier": "at"}));
            self.offices.insert(fact.actor.office.clone());
        }
        let officer = format!("actor:{}", fact.actor.id);
        related.push(json!({"objectId": officer, "qualifier": "by"}));
        self.officers.insert(fact.actor.id.clone());
        let around = &fact.circumstances;
        let mut attributes = vec![
            json!({"name": "recorded_at", "value": fact.recorded_at}),
            json!({"name": "role", "value": fact.actor.role.name()}),
            json!({"name": "leaf_hash", "value": hex(&entry.leaf_hash)}),
        ];
        if let DossierEvent::Noted(noted) = event {
            attributes.push(json!({"name": "activity", "value": noted.activity}));
        }
        if let Some(one) = &around.breach {
            attributes.push(json!({"name": "breach", "value": breach(one.rule)}));
        }
        if let Some(source) = &around.source {
            attributes.push(json!({"name": "source", "value": source}));
        }
        let told = json!({
            "id": format!("fact:{}", entry.position), "type": event.kind(), "time": fact.at(),
            "attributes": attributes, "relationships": related,
        });
        out.write_all(if self.events == 0 {
            b"{\"events\":[\n"
        } else {
            b",\n"
        })?;
        serde_json::to_writer(&mut *out, &told)?;
        self.events += 1;
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        if self.events == 0 {
            out.write_all(b"{\"events\":[")?;
        }
        out.write_all(b"\n],\n\"objects\":[")?;
        let mut procedures: BTreeSet<&str> = BTreeSet::new();
        let mut first = true;
        let mut put = |out: &mut dyn Write, object: &Value| -> anyhow::Result<()> {
            out.write_all(if first { b"\n" } else { b",\n" })?;
            first = false;
            Ok(serde_json::to_writer(out, object)?)
        };
        for (id, (known, lodged_at)) in &self.known {
            procedures.insert(&known.procedure);
            let mut attributes =
                vec![json!({"name": "code", "value": known.code, "time": lodged_at})];
            if let Some(case) = &known.case {
                attributes.push(json!({"name": "case", "value": case, "time": lodged_at}));
            }
            let procedure = format!("procedure:{}", known.procedure);
            put(
                out,
                &json!({
                    "id": id, "type": "dossier", "attributes": attributes,
                    "relationships": [{"objectId": procedure, "qualifier": "of"}],
                }),
            )?;
        }
        let named = |kind: &str, name: &str| json!({"id": format!("{kind}:{name}"), "type": kind, "attributes": [], "relationships": []});
        for code in procedures {
            put(out, &named("procedure", code))?;
        }
        for code in &self.offices {
            put(out, &named("office", code))?;
        }
        for id in &self.officers {
            put(out, &named("actor", id))?;
        }
        let text = |name: &str| json!({"name": name, "type": "string"});
        let of_event = ["role", "leaf_hash", "activity", "breach", "source"].map(text);
        let of_event: Vec<Value> = [json!({"name": "recorded_at", "type": "time"})]
            .into_iter()
            .chain(of_event)
            .collect();
        let types: Vec<Value> = self
            .types
            .iter()
            .map(|name| json!({"name": name, "attributes": of_event}))
            .collect();
        let objects = json!([
            {"name": "dossier", "attributes": [text("code"), text("case")]},
            {"name": "procedure", "attributes": []},
            {"name": "office", "attributes": []},
            {"name": "actor", "attributes": []},
        ]);
        out.write_all(b"\n],\n\"eventTypes\":")?;
        serde_json::to_writer(&mut *out, &types)?;
        out.write_all(b",\n\"objectTypes\":")?;
        serde_json::to_writer(&mut *out, &objects)?;
        out.write_all(b"}\n")?;
        Ok(())
    }
}

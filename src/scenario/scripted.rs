//! What a plan tells step by step: who tries what at which hour, and the code with which it is refused if it is.
//!
//! Steps become ordinary requests at the counter, like everything else a story plays. A step that is to be refused and
//! is not, or the other way round, ends the story with an error.

use std::collections::HashMap;

use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::plan::Plan;
use super::player::request::{command_id, story};
use crate::acts::{Act, Personal, Request};
use crate::domain::actor::{Actor, NO_OFFICE, Role, is_id};
use crate::domain::code::OfficeCode;
use crate::domain::dossier::DossierCommand;
use crate::domain::fact::stream;
use crate::domain::part::{CITIZEN_NUMBER, FULL_NAME, PartKind};
use crate::domain::reason::Reason;
use crate::domain::time::Moment;

/// One row of the table of complaints and abuses, played.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abuse {
    /// From 1 to 16.
    pub abuse: u8,
    pub title_vi: String,
    pub title_en: String,
    pub dossiers: Vec<ScriptedDossier>,
}

/// One dossier told step by step.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedDossier {
    /// Unique in the plan; `@name` in a command stands for the dossier's id.
    pub name: String,
    /// Office whose officers act unless a step says otherwise.
    pub unit: OfficeCode,
    /// In order of time.
    pub steps: Vec<ScriptedStep>,
}

/// One attempt.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedStep {
    /// The office's wall clock.
    pub at: DateTime,
    pub role: Role,
    /// Pseudonym.
    pub who: String,
    #[serde(default)]
    pub office: Option<OfficeCode>,
    /// The command as in facts of the writer: `"accept"`, `{"forward": {"to": "mau-tl-01"}}`; `"void_code"`.
    #[serde(rename = "do")]
    pub deed: Value,
    #[serde(default)]
    pub reason: Option<Reason>,
    #[serde(default)]
    pub basis: Option<String>,
    /// When it is claimed to have happened.
    #[serde(default)]
    pub occurred_at: Option<DateTime>,
    /// The hour on the slip.
    #[serde(default)]
    pub received_at: Option<DateTime>,
    /// An invented text; it goes to the vault.
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub on_behalf_of: Option<String>,
    /// The stable code with which it is refused; done when absent.
    #[serde(default)]
    pub refused: Option<String>,
}

/// The word for the one act that is none on a dossier: the next number of the office's day is taken out of use.
const VOID_CODE: &str = "void_code";

impl ScriptedStep {
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment::from_local(self.at)
    }

    /// The name of the command.
    #[must_use]
    pub fn name(&self) -> &str {
        let keyed = || self.deed.as_object()?.keys().next().map(String::as_str);
        self.deed.as_str().or_else(keyed).unwrap_or_default()
    }
}

/// Every scripted dossier of a plan with its ids, ready to be asked for requests.
pub struct Scripts<'a> {
    dossiers: Vec<(&'a ScriptedDossier, Uuid)>,
    ids: HashMap<&'a str, Uuid>,
}

impl<'a> Scripts<'a> {
    /// Those of a plan played with this seed.
    #[must_use]
    pub fn of(plan: &'a Plan, seed: &str) -> Self {
        Self::new(plan, &story(plan, seed))
    }

    /// `story`: the namespace of the story's command ids.
    fn new(plan: &'a Plan, story: &Uuid) -> Self {
        let all = plan.scripted.iter().flat_map(|abuse| &abuse.dossiers);
        let begun = |dossier: &'a ScriptedDossier| {
            let name = format!("scripted {}", dossier.name);
            let derived = Uuid::new_v5(story, name.as_bytes());
            let first = dossier.steps.first().map(ScriptedStep::moment);
            let at = first.unwrap_or_default();
            (dossier, stream::at_the_time(at, derived))
        };
        let dossiers: Vec<_> = all.map(begun).collect();
        let ids = dossiers
            .iter()
            .map(|(dossier, begins)| (dossier.name.as_str(), stream::dossier(*begins)))
            .collect();
        Self { dossiers, ids }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.dossiers.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dossiers.is_empty()
    }

    pub fn dossiers(&self) -> impl Iterator<Item = &'a ScriptedDossier> {
        self.dossiers.iter().map(|(dossier, _)| *dossier)
    }

    #[must_use]
    pub fn step(&self, dossier: usize, step: usize) -> &'a ScriptedStep {
        &self.dossiers[dossier].0.steps[step]
    }

    /// Id of the dossier's stream.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<Uuid> {
        self.ids.get(name).copied()
    }

    /// A step as a request at the counter.
    ///
    /// # Errors
    /// What is wrong with the step; never after [`check`].
    pub fn request(&self, dossier: usize, step: usize) -> Result<Request, String> {
        let (told, begins) = self.dossiers[dossier];
        let taken = &told.steps[step];
        let office = taken.office.as_ref().unwrap_or(&told.unit);
        let mut personal = Vec::new();
        let act = if taken.name() == VOID_CODE {
            Act::VoidCode {
                office: office.clone(),
            }
        } else {
            let command = self.command(&taken.deed)?;
            if command.begins() {
                personal.push(person(dossier));
            }
            Act::Dossier {
                dossier: stream::dossier(begins),
                command,
            }
        };
        let is_begin = matches!(&act, Act::Dossier { command, .. } if command.begins());
        let id = if is_begin {
            begins
        } else {
            command_id(&begins, u32::MAX, step, taken.moment())
        };
        personal.extend(taken.note.iter().map(|text| Personal {
            file: None,
            kind: PartKind::Note,
            value: json!({ "text": text }),
        }));
        let nobodys = matches!(
            taken.role,
            Role::Applicant | Role::System | Role::PaymentGateway
        );
        let acted_for = if nobodys { NO_OFFICE } else { office.as_str() };
        let actor = Actor {
            on_behalf_of: taken.on_behalf_of.clone(),
            ..Actor::new(taken.who.clone(), acted_for, taken.role)
        };
        Ok(Request {
            occurred_at: taken.occurred_at.map(Moment::from_local),
            received_at: taken.received_at.map(Moment::from_local),
            reason: taken.reason,
            basis: taken.basis.clone(),
            personal,
            at: Some(taken.moment()),
            ..Request::new(id, actor, act)
        })
    }

    fn command(&self, deed: &Value) -> Result<DossierCommand, String> {
        let mut named = deed.clone();
        self.name_dossiers(&mut named)?;
        serde_json::from_value(named).map_err(|error| error.to_string())
    }

    /// `@name` becomes the dossier's id, wherever it stands.
    fn name_dossiers(&self, value: &mut Value) -> Result<(), String> {
        match value {
            Value::String(text) => {
                if let Some(name) = text.strip_prefix('@') {
                    let id = self
                        .id(name)
                        .ok_or_else(|| format!("no dossier {name:?}"))?;
                    *text = id.to_string();
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.name_dossiers(value)?;
                }
            }
            Value::Object(fields) => {
                for value in fields.values_mut() {
                    self.name_dossiers(value)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Ok(())
    }
}

/// Nobody, as in the loads, with numbers that no load reaches.
fn person(dossier: usize) -> Personal {
    let number = 900_000 + dossier;
    Personal {
        file: None,
        kind: PartKind::Applicant,
        value: json!({
            FULL_NAME: format!("Công dân {number:06}"),
            CITIZEN_NUMBER: format!("003{number:09}"),
        }),
    }
}

/// Names stand once, offices exist, hours run forwards within the story, commands can be read.
///
/// # Errors
/// The place and what is wrong there.
pub(super) fn check(plan: &Plan) -> Result<(), (String, String)> {
    let scripts = Scripts::new(plan, &Uuid::nil());
    if scripts.ids.len() != scripts.dossiers.len() {
        return Err(("scripted".into(), "a dossier's name stands twice".into()));
    }
    let all = scripts.dossiers().flat_map(|dossier| &dossier.steps);
    if all
        .min_by_key(|step| step.at)
        .is_some_and(|first| first.refused.is_some())
    {
        let why =
            "the first step of all must be done: a story that is taken up again is known by it";
        return Err(("scripted".into(), why.into()));
    }
    for (index, dossier) in scripts.dossiers().enumerate() {
        let mut before = plan.opens_at();
        for step in 0..dossier.steps.len() {
            let place = || format!("scripted {} steps[{step}]", dossier.name);
            let taken = scripts.step(index, step);
            let at = taken.moment();
            if at < before || at.date() > plan.ends {
                let why = format!("{} is out of order or outside the story", taken.at);
                return Err((place(), why));
            }
            before = at;
            let office = taken.office.as_ref().unwrap_or(&dossier.unit);
            if !plan.units.iter().any(|unit| unit.code == *office) {
                return Err((place(), format!("no unit {office}")));
            }
            if !is_id(&taken.who) && taken.role != Role::System {
                return Err((place(), format!("{:?} is no pseudonym", taken.who)));
            }
            scripts.request(index, step).map_err(|why| (place(), why))?;
        }
    }
    Ok(())
}

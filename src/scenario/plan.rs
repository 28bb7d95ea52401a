//! What is to be played: offices, procedures, officers and loads, as a scenario file plans them.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::scripted::{self, Abuse};
use super::simulated::Simulated;
use super::source::{ScenarioError, Source};
use crate::acts::shelf::CATALOGUE;
use crate::domain::calendar::Calendar;
use crate::domain::campaign::Campaign;
use crate::domain::catalogue::{self, Level, Procedure, Record};
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::deadline::Comparison;
use crate::domain::dossier::Channel;
use crate::domain::office::Post;
use crate::domain::supervision::InspectionOpened;
use crate::domain::target::Target;

/// The first part of a scenario file (`scenarios/README.md` names every field). Never the expected figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub name: String,
    pub title_vi: String,
    pub title_en: String,
    pub period: Period,
    /// The day the journal is opened, before the first dossier.
    pub opening: Date,
    /// The last day of the story.
    pub ends: Date,
    pub province_code: String,
    /// No office of it exists: only then may it play what offices must not do, and show what the detector finds.
    #[serde(default)]
    pub invented: bool,
    #[serde(default)]
    pub assumed: Vec<Assumption>,
    #[serde(default)]
    pub trouble: Trouble,
    catalogue: Vec<Record>,
    /// Days off that the journal declares elsewhere than the scripts believe.
    #[serde(default)]
    pub calendar_changes: Vec<DayOffMoved>,
    /// In the file those with work; the invented ones of `simulated` are added.
    pub units: Vec<Unit>,
    /// Told step by step, beside the loads.
    #[serde(default)]
    pub scripted: Vec<Abuse>,
    /// What is invented beside the real records.
    #[serde(default)]
    pub simulated: Simulated,
    /// What papers, money and voices add to the dossiers; nothing unless given.
    #[serde(default)]
    pub experience: Option<Experience>,
    /// What applicants are asked in campaigns, and how they answer.
    #[serde(default)]
    pub surveys: Vec<Survey>,
    /// Inspections that the authority decided on before the period: facts of the opening day.
    #[serde(default)]
    pub inspections: Vec<InspectionOpened>,
    /// What the authority set itself to reach: facts of the opening day.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// The procedures offered: the shipped records with the plan's changes, then the invented ones.
    #[serde(skip)]
    pub offered: Vec<Procedure>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

/// What no article tells, and why it was chosen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    pub field: String,
    pub why: String,
}

/// Shares in percent.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    /// Of the settled dossiers: a supplement was asked for.
    #[serde(default)]
    pub supplement_share_percent: u8,
    /// Of the late dossiers: an apology was issued.
    #[serde(default)]
    pub apology_share_of_late_percent: u8,
    /// Of the apologies: issued too late to move the promise. A plan of a real office has none.
    #[serde(default)]
    pub late_share_of_apologies_percent: u8,
    #[serde(default)]
    pub closed_share_percent: ClosedShares,
}

/// What papers, money and voices add, in percent; all invented.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "units last, and all are shares")]
pub struct Experience {
    /// Of the dossiers: the first paper has a digital form.
    pub digitised_percent: u8,
    /// Of these: it was reused from another dossier.
    pub reused_percent: u8,
    /// Of the results: digitally signed.
    pub electronic_results_percent: u8,
    /// Of the fees that the catalogue knows: paid online.
    pub paid_online_percent: u8,
    /// Of the results handed over: the applicant rated, on the own device.
    pub rated_percent: u8,
    /// Of the ratings: satisfied or very satisfied.
    pub satisfied_percent: u8,
    /// Of the others: the applicant reported what was wrong, and was answered within three working days.
    pub reports_of_dissatisfied_percent: u8,
}

/// A campaign of the opening day, and the shares, in percent, of who answers it how; invented.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    pub campaign: Campaign,
    /// Of the results handed over on one of its days: its questions were answered, on the own device.
    pub answered_percent: u8,
    /// Of the answers to each question: one of the two best scores.
    pub satisfied_percent: u8,
    /// Where the share itself is the office's figure: so many answer, and so many of them are satisfied.
    #[serde(default)]
    pub counts: Option<SurveyCounts>,
}

/// How many answered a campaign, and how many of them gave one of the two best scores to each question.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyCounts {
    pub answers: u32,
    pub satisfied: u32,
}

impl SurveyCounts {
    /// Whether the next one answers, when so many have, and is satisfied; those who are not lie evenly among the others.
    #[must_use]
    pub fn next(self, answered: u32, scale: u32) -> Option<bool> {
        let (answers, satisfied) = (self.answers * scale, self.satisfied * scale);
        let so_far = |count: u32| u64::from(count) * u64::from(satisfied) / u64::from(answers);
        (answered < answers).then(|| so_far(answered + 1) > so_far(answered))
    }
}

/// How the dossiers closed without settlement ended.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedShares {
    pub withdrawn: u8,
    pub stopped: u8,
    pub redirected: u8,
}

impl Default for ClosedShares {
    fn default() -> Self {
        Self {
            withdrawn: 100,
            stopped: 0,
            redirected: 0,
        }
    }
}

/// A day off that the journal declares on another day of the same year.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayOffMoved {
    pub from: Date,
    pub to: Date,
}

/// One office with its officers and its work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    pub code: OfficeCode,
    pub name_vi: String,
    pub name_en: String,
    pub level: Level,
    #[serde(default)]
    pub parent: Option<String>,
    pub valid_from: Date,
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// Only an invented unit has an address and a phone: nothing is made up about a real one.
    #[serde(default)]
    pub address_vi: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub contacts: Vec<Post>,
    pub receivers: u16,
    pub handlers: u16,
    pub signers: u16,
    pub loads: Vec<Load>,
}

/// One channel of one unit over one stretch of time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    pub from: Date,
    pub to: Date,
    pub channel: Channel,
    /// How `early` and `on_time` are meant.
    #[serde(deserialize_with = "comparison")]
    pub comparison: Comparison,
    pub procedures: Vec<Share>,
    pub counts: Counts,
}

/// A procedure's share of a load.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub code: ProcedureCode,
    pub weight: u32,
}

/// How many dossiers end how; their sum is what is received.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub early: u32,
    pub on_time: u32,
    pub late: u32,
    pub open: u32,
    pub closed: u32,
}

impl Counts {
    #[must_use]
    pub fn received(&self) -> u64 {
        [self.early, self.on_time, self.late, self.open, self.closed]
            .into_iter()
            .map(u64::from)
            .sum()
    }
}

/// The file as the player reads it: what it should come to is skipped unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    plan: Plan,
    #[serde(default, rename = "expected")]
    _expected: IgnoredAny,
    #[serde(default, rename = "outcomes")]
    _outcomes: IgnoredAny,
}

impl Plan {
    /// Reads and checks the plan of a scenario.
    ///
    /// # Errors
    /// [`ScenarioError::Malformed`] or [`ScenarioError::Impossible`], naming the place.
    pub fn load(source: &Source) -> Result<Self, ScenarioError> {
        let File { mut plan, .. } = source.parse()?;
        plan.offered = catalogue::load_changed(CATALOGUE, &plan.catalogue)
            .map_err(|error| source.impossible("catalogue", error.to_string()))?;
        let simulated = |why: String| source.impossible("simulated", why);
        let invented = plan.simulated.procedures(&plan.name);
        plan.offered.extend(invented.map_err(simulated)?);
        plan.units
            .extend(plan.simulated.offices().map_err(simulated)?);
        plan.check(source)?;
        Ok(plan)
    }

    /// How many dossiers are received, with every load taken `scale` times.
    #[must_use]
    pub fn dossiers(&self, scale: u32) -> u64 {
        let loads = self.units.iter().flat_map(|unit| &unit.loads);
        loads.map(|load| load.counts.received()).sum::<u64>() * u64::from(scale)
    }

    /// The levels of its offices, in the order of the plan.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        let mut levels = Vec::new();
        for unit in &self.units {
            if !levels.contains(&unit.level) {
                levels.push(unit.level);
            }
        }
        levels
    }

    fn check(&self, source: &Source) -> Result<(), ScenarioError> {
        let in_order = [
            ("period", self.period.from, self.period.to),
            ("opening", self.opening, self.period.from),
            ("ends", self.period.to, self.ends),
        ];
        for (place, first, last) in in_order {
            if last < first {
                return Err(source.impossible(place, format!("{last} is before {first}")));
            }
        }
        let shares = self.trouble.closed_share_percent;
        let sum =
            u32::from(shares.withdrawn) + u32::from(shares.stopped) + u32::from(shares.redirected);
        if sum != 100 {
            let place = "trouble.closed_share_percent";
            return Err(source.impossible(place, format!("{sum} in all, not 100")));
        }
        for (index, target) in self.targets.iter().enumerate() {
            if let Err(error) = target.clone().checked() {
                return Err(source.impossible(format!("targets[{index}]"), error.to_string()));
            }
        }
        let off: HashSet<Date> = Calendar::shipped()
            .into_iter()
            .flat_map(|year| year.days_off)
            .collect();
        if let Some(moved) = self
            .calendar_changes
            .iter()
            .find(|m| !off.contains(&m.from))
        {
            let why = format!("{} is no day off that could be moved", moved.from);
            return Err(source.impossible("calendar_changes", why));
        }
        let mut seen = HashSet::new();
        for (index, unit) in self.units.iter().enumerate() {
            if !seen.insert(&unit.code) {
                let place = format!("units[{index}].code");
                return Err(source.impossible(place, format!("{} stands twice", unit.code)));
            }
            self.check_unit(unit)
                .map_err(|why| source.impossible(format!("units[{index}] {}", unit.code), why))?;
        }
        if !self.scripted.is_empty() && !self.invented {
            let why = "only a plan of invented offices tells step by step what officers did";
            return Err(source.impossible("scripted", why));
        }
        scripted::check(self).map_err(|(place, why)| source.impossible(place, why))?;
        Ok(())
    }

    fn check_unit(&self, unit: &Unit) -> Result<(), String> {
        if unit.receivers == 0 || unit.handlers == 0 || unit.signers == 0 {
            return Err("needs a receiver, a handler and a signer at least".into());
        }
        for (index, load) in unit.loads.iter().enumerate() {
            self.check_load(unit, load)
                .map_err(|why| format!("loads[{index}]: {why}"))?;
        }
        Ok(())
    }

    fn check_load(&self, unit: &Unit, load: &Load) -> Result<(), String> {
        let first = self.opening.max(unit.valid_from);
        let last = unit.valid_to.map_or(self.ends, |day| day.min(self.ends));
        if load.from <= self.opening || load.from < first || load.to > last || load.to < load.from {
            return Err(format!(
                "{} to {} does not lie after the opening and within {first} to {last}",
                load.from, load.to
            ));
        }
        if load.counts.received() > 0 && load.procedures.iter().all(|share| share.weight == 0) {
            return Err("dossiers without a procedure".into());
        }
        let unknown = load
            .procedures
            .iter()
            .find(|share| self.procedure(&share.code).is_none());
        unknown.map_or(Ok(()), |share| {
            Err(format!("procedure {} is not in the catalogue", share.code))
        })
    }

    /// The place of a procedure among those offered.
    pub(super) fn procedure(&self, code: &ProcedureCode) -> Option<usize> {
        self.offered
            .iter()
            .position(|procedure| procedure.code == code.as_str())
    }
}

/// Scenario files write the comparison as it is printed: `DATE`, `TIMESTAMP`.
pub(super) fn comparison<'de, D: Deserializer<'de>>(from: D) -> Result<Comparison, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "UPPERCASE")]
    enum Written {
        Date,
        Timestamp,
    }
    Ok(match Written::deserialize(from)? {
        Written::Date => Comparison::Date,
        Written::Timestamp => Comparison::Timestamp,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::script::tests::small;

    #[track_caller]
    fn refused(from: &str, to: &str, code: &str, said: &str) {
        let text = small().replacen(from, to, 1);
        assert_ne!(text, small(), "nothing was changed");
        let error = Plan::load(&Source::new("small", text)).expect_err("refused");
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains(said), "{error}");
    }

    #[test]
    fn the_shipped_plans_and_a_small_one_load() {
        for name in Source::names() {
            let plan = Plan::load(&Source::find(name).expect("shipped")).expect("a plan");
            assert_eq!(plan.name, name);
            assert!(plan.title_en.contains("simulated"));
        }
        Plan::load(&Source::new("small", small())).expect("a plan");
    }

    #[test]
    fn a_plan_that_cannot_be_says_where() {
        refused(
            r#""late": 3"#,
            r#""lates": 3"#,
            "SCENARIO_MALFORMED",
            "lates",
        );
        refused("\"DATE\"", "\"HOUR\"", "SCENARIO_MALFORMED", "HOUR");
        refused(
            "\"withdrawn\": 50",
            "\"withdrawn\": 51",
            "SCENARIO_IMPOSSIBLE",
            "101",
        );
        refused(
            "\"receivers\": 2",
            "\"receivers\": 0",
            "SCENARIO_IMPOSSIBLE",
            "H99.10",
        );
        refused(
            "{\"code\": \"1.004222\"},",
            "",
            "SCENARIO_IMPOSSIBLE",
            "loads[0]",
        );
        refused(
            "\"H99.10.02\"",
            "\"H99.10\"",
            "SCENARIO_IMPOSSIBLE",
            "twice",
        );
        refused(
            "\"opening\": \"2023-01-31\"",
            "\"opening\": \"2023-02-01\"",
            "SCENARIO_IMPOSSIBLE",
            "opening",
        );
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = Source::find("luc-yen").expect_err("unknown");
        assert!(error.to_string().contains("luc-yen-2023"), "{error}");
        let error = Source::find("/nowhere/plan.json").expect_err("unreadable");
        assert_eq!(error.code(), "SCENARIO_UNREADABLE");
    }
}

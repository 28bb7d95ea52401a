//! What a plan invents beside the real records: procedures without a national code, offices without work, their processes
//! and reviews. Written from counts, the same for every seed; nothing of it claims to be anybody's.

mod procedures;

use jiff::civil::Date;
use serde::Deserialize;

use super::plan::Unit;
use crate::acts::Act;
use crate::domain::catalogue::{
    InternalProcess, Level, Procedure, ProcessStep, ReviewKind, ReviewProposed,
};
use crate::domain::code::OfficeCode;
use crate::domain::law::{Certainty, Limit};

pub use self::procedures::Group;

/// The section `simulated` of a plan.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulated {
    #[serde(default)]
    pub procedures: Vec<Group>,
    #[serde(default)]
    pub must_digitise: Option<MustDigitise>,
    /// One process for every offered procedure that needs one.
    #[serde(default)]
    pub processes: Option<Processes>,
    #[serde(default)]
    pub reviews: Vec<Reviews>,
    #[serde(default)]
    pub units: Vec<Units>,
}

/// So many papers of simulated procedures must be digitised, by so many decisions.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MustDigitise {
    pub decisions: u32,
    pub components: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processes {
    pub approved_by: OfficeCode,
    pub decision: String,
    pub decided_on: Date,
    pub effective_from: Date,
}

/// So many proposals of a yearly review, one for each of the next simulated procedures of the level.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviews {
    pub count: u32,
    pub level: Level,
    pub kind: ReviewKind,
    pub year: i16,
}

/// Offices that exist and receive nothing in the story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units {
    pub count: u16,
    pub level: Level,
    /// The code is `prefix.N`, N from `first`.
    pub prefix: String,
    pub first: u16,
    #[serde(default)]
    pub parent: Option<String>,
    pub name_vi: String,
    pub name_en: String,
    pub valid_from: Date,
    #[serde(default)]
    pub valid_to: Option<Date>,
}

impl Simulated {
    /// The invented procedures, `SIM-0001` onwards, in the order of the groups.
    ///
    /// # Errors
    /// In words, when the counts of a group do not fit each other.
    pub fn procedures(&self, plan: &str) -> Result<Vec<Procedure>, String> {
        let mut all = Vec::new();
        for (index, group) in self.procedures.iter().enumerate() {
            let written = group.write(plan, index as u64, all.len());
            all.extend(written.map_err(|why| format!("procedures[{index}]: {why}"))?);
        }
        if let Some(order) = self.must_digitise {
            procedures::digitise(&mut all, order)?;
        }
        Ok(all)
    }

    /// The invented offices.
    ///
    /// # Errors
    /// In words, when a prefix is no agency code.
    pub fn offices(&self) -> Result<Vec<Unit>, String> {
        let numbered = self.units.iter().flat_map(|group| {
            let numbers = (1..=group.count).zip(group.first..);
            numbers.map(move |(place, number)| group.unit(place, number))
        });
        numbered.collect()
    }

    /// The processes and proposals that are recorded after procedures and offices.
    #[must_use]
    pub fn acts(&self, offered: &[Procedure]) -> Vec<Act> {
        let needing = offered.iter().filter(|procedure| {
            let needed = procedure.needs_process.as_ref();
            needed.is_some_and(|needed| needed.value)
        });
        let processes = self.processes.iter().flat_map(|processes| {
            let needing = needing.clone();
            needing.map(|procedure| Act::ApproveProcess(Box::new(processes.of(procedure))))
        });
        let reviews = self
            .reviews
            .iter()
            .enumerate()
            .flat_map(|(index, reviews)| {
                let of_level = offered.iter().filter(|procedure| {
                    procedure.level == reviews.level && procedure.code.starts_with("SIM-")
                });
                let earlier = self.reviews[..index].iter();
                let earlier = earlier.filter(|earlier| earlier.level == reviews.level);
                let taken: usize = earlier.map(|earlier| earlier.count as usize).sum();
                of_level
                    .skip(taken)
                    .take(reviews.count as usize)
                    .map(|procedure| Act::ProposeReview(reviews.of(procedure)))
            });
        processes.chain(reviews).collect()
    }
}

impl Processes {
    /// The steps of the record, each cut down alike where they are more than the limit gives.
    fn of(&self, procedure: &Procedure) -> InternalProcess {
        let planned: u32 = procedure
            .steps
            .iter()
            .map(|step| u32::from(step.hours))
            .sum();
        let hours_max = hours_of(procedure.limit);
        let fitted = |hours: u16| {
            let cut = u32::from(hours) * hours_max.min(planned) / planned.max(1);
            u16::try_from(cut).unwrap_or(hours)
        };
        let steps = (1..)
            .zip(&procedure.steps)
            .map(|(order, step)| ProcessStep {
                order,
                name_vi: step.name_vi.clone(),
                name_en: step.name_en.clone(),
                role: step.role.clone(),
                unit: None,
                hours: fitted(step.hours),
                can_return: order > 1,
                can_supplement: matches!(step.role.as_str(), "receiver" | "handler"),
                can_sign: step.role == "signer",
            });
        InternalProcess {
            procedure: procedure.code.clone(),
            version: 1,
            approved_by: self.approved_by.to_string(),
            decision: self.decision.clone(),
            decided_on: self.decided_on,
            effective_from: self.effective_from,
            steps: steps.collect(),
            certainty: Certainty::Illustrative,
        }
    }
}

/// Working hours that surely lie within a limit: never more than the rules allow.
fn hours_of(limit: Limit) -> u32 {
    match limit {
        Limit::SameDay => 8,
        Limit::WorkingDays(days) | Limit::CalendarDays(days) => 8 * u32::from(days),
        Limit::WorkingHours(hours) => u32::from(hours),
        Limit::Months(months) => 8 * 20 * u32::from(months),
    }
}

impl Reviews {
    fn of(self, procedure: &Procedure) -> ReviewProposed {
        ReviewProposed {
            code: procedure.code.clone(),
            kind: self.kind,
            year: self.year,
            level: self.level,
        }
    }
}

impl Units {
    fn unit(&self, place: u16, number: u16) -> Result<Unit, String> {
        let code = format!("{}.{number}", self.prefix);
        Ok(Unit {
            code: code
                .parse()
                .map_err(|_| format!("units: {code:?} is no agency code"))?,
            name_vi: format!("{} {place:03} (mô phỏng)", self.name_vi),
            name_en: format!("{} {place:03} (simulated)", self.name_en),
            level: self.level,
            parent: self.parent.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            address_vi: String::new(),
            phone: String::new(),
            contacts: Vec::new(),
            receivers: 1,
            handlers: 1,
            signers: 1,
            loads: Vec::new(),
        })
    }
}

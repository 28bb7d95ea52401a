//! How many procedures of which kind on a day: counted from the records when asked, never kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::catalogue::{Level, LinkageKind, OnlineLevel, Procedure, ReviewKind, Territory};
use crate::domain::law::Certainty;
use crate::domain::reference::Reference;
use crate::domain::text;

/// Of which procedures: those in force on a day, of a level and of a field if told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The level that settles them.
    pub level: Option<Level>,
    /// Name of the field in either language; marks and case do not matter.
    pub field: Option<String>,
    pub on: Date,
}

/// All figures of a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Distinct procedures in force.
    pub procedures: u64,
    /// From the top; levels with neither procedures nor offices are left out.
    pub levels: BTreeMap<Level, LevelCounts>,
    /// Procedures by the field's names (Vietnamese, English), in the order of the Vietnamese one.
    pub fields: BTreeMap<(String, String), u64>,
    pub online: OnlineCounts,
    /// Levels 1 to 4 as counted before Decree 42/2022.
    pub historical: [u64; 4],
    pub linked_same_level: u64,
    pub linked_cross_level: u64,
    /// Procedures of vertical agencies.
    pub vertical: u64,
    /// Of these, received at a one-stop of any level.
    pub vertical_received: u64,
    pub delegated: u64,
    pub received_in_province: u64,
    pub received_nationwide: u64,
    /// Procedures that need an internal process here.
    pub in_scope: u64,
    /// Of these, with an approved one in effect.
    pub in_scope_approved: u64,
    /// Papers that a decision wants digitised.
    pub digitised_components: u64,
    /// Distinct decisions that say so.
    pub digitisation_decisions: u64,
    /// Procedures that were offered before, and are abolished.
    pub abolished: u64,
    /// By year of the review, level of the unit that proposes, and what it asks for.
    pub reviews: BTreeMap<(i16, Level, ReviewKind), u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LevelCounts {
    /// Settled at this level.
    pub procedures: u64,
    /// Of these, with an approved internal process in effect.
    pub processes: u64,
    /// Received at the one-stops of this level: one procedure can be at several.
    pub placements: u64,
    /// Of these, linked with other agencies.
    pub linked_placements: u64,
    /// Offices at work on the day.
    pub units: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OnlineCounts {
    pub full: u64,
    pub partial: u64,
    pub information_only: u64,
    /// Of all three, those whose level is neither verified nor stated.
    pub unsure: u64,
}

impl Counts {
    /// Procedures times the levels they are received at.
    #[must_use]
    pub fn placements(&self) -> u64 {
        self.levels.values().map(|level| level.placements).sum()
    }

    #[must_use]
    pub fn linked_placements(&self) -> u64 {
        let levels = self.levels.values();
        levels.map(|level| level.linked_placements).sum()
    }

    /// Procedures with an approved process in effect, in scope or not.
    #[must_use]
    pub fn processes(&self) -> u64 {
        self.levels.values().map(|level| level.processes).sum()
    }

    #[must_use]
    pub fn units(&self) -> u64 {
        self.levels.values().map(|level| level.units).sum()
    }
}

/// The procedures a question is about, in code order.
#[must_use]
pub fn chosen(reference: &Reference, question: &Question) -> Vec<Arc<Procedure>> {
    let field = question.field.as_deref().map(text::fold);
    let wanted = |procedure: &Procedure| {
        let is_field = |field: &String| {
            [&procedure.field_vi, &procedure.field_en]
                .into_iter()
                .any(|name| text::fold(name) == *field)
        };
        question.level.is_none_or(|level| level == procedure.level)
            && field.as_ref().is_none_or(is_field)
    };
    let codes = reference.procedures.keys();
    codes
        .filter_map(|code| reference.procedure(code, question.on))
        .filter(|procedure| wanted(procedure))
        .cloned()
        .collect()
}

/// Counts them. Units and proposals of a review have no field: they follow the level alone.
#[must_use]
pub fn count(reference: &Reference, question: &Question) -> Counts {
    let mut counts = Counts::default();
    let mut decisions = BTreeSet::new();
    for procedure in chosen(reference, question) {
        let has_process = reference.process(&procedure.code, question.on).is_some();
        counts.add(&procedure, has_process);
        let orders = procedure
            .components
            .iter()
            .filter_map(|component| component.must_digitise.as_ref());
        decisions.extend(orders.map(|order| order.decision.clone()));
    }
    counts.digitisation_decisions = decisions.len() as u64;
    counts.abolished = abolished(reference, question.on);
    let of_level = |level: Level| question.level.is_none_or(|wanted| wanted == level);
    for office in reference.offices.values() {
        if office.valid_on(question.on) && of_level(office.level) {
            counts.levels.entry(office.level).or_default().units += 1;
        }
    }
    for review in &reference.reviews {
        if review.year <= question.on.year() && of_level(review.level) {
            let key = (review.year, review.level, review.kind);
            *counts.reviews.entry(key).or_default() += 1;
        }
    }
    counts
}

/// Codes whose every version up to the newest is ended on the day.
fn abolished(reference: &Reference, on: Date) -> u64 {
    let ended = reference.procedures.iter().filter(|(code, versions)| {
        versions.last().is_some_and(|newest| {
            let abolished = reference.abolition(code, newest.version);
            abolished.is_some_and(|abolished| abolished.ended(newest.version, on))
        })
    });
    ended.count() as u64
}

impl Counts {
    fn add(&mut self, procedure: &Procedure, has_process: bool) {
        self.procedures += 1;
        let field = (procedure.field_vi.clone(), procedure.field_en.clone());
        *self.fields.entry(field).or_default() += 1;
        self.add_online(procedure);
        let kind = procedure.linkage_kind();
        match kind {
            LinkageKind::None => {}
            LinkageKind::SameLevel => self.linked_same_level += 1,
            LinkageKind::CrossLevel => self.linked_cross_level += 1,
        }
        if procedure.vertical.is_some() {
            self.vertical += 1;
            self.vertical_received += u64::from(!procedure.reception_levels().is_empty());
        }
        self.delegated += u64::from(procedure.delegation.is_some());
        match procedure
            .non_territorial
            .as_ref()
            .map(|marked| marked.value)
        {
            None | Some(Territory::None) => {}
            Some(Territory::Province) => self.received_in_province += 1,
            Some(Territory::Nationwide) => self.received_nationwide += 1,
        }
        let needed = procedure.needs_process.as_ref();
        if needed.is_some_and(|needed| needed.value) {
            self.in_scope += 1;
            self.in_scope_approved += u64::from(has_process);
        }
        let components = procedure.components.iter();
        let digitised = components.filter(|component| component.must_digitise.is_some());
        self.digitised_components += digitised.count() as u64;
        let own = self.levels.entry(procedure.level).or_default();
        own.procedures += 1;
        own.processes += u64::from(has_process);
        for level in procedure.reception_levels() {
            let at = self.levels.entry(*level).or_default();
            at.placements += 1;
            at.linked_placements += u64::from(kind != LinkageKind::None);
        }
    }

    fn add_online(&mut self, procedure: &Procedure) {
        match procedure.online_level {
            OnlineLevel::Full => self.online.full += 1,
            OnlineLevel::Partial => self.online.partial += 1,
            OnlineLevel::InformationOnly => self.online.information_only += 1,
        }
        self.online.unsure += match procedure.online_certainty {
            Certainty::Verified | Certainty::Stated => 0,
            Certainty::Uncertain | Certainty::Illustrative | Certainty::Provisional => 1,
        };
        let level = procedure
            .historical_level
            .as_ref()
            .map(|marked| marked.value);
        let place = level.and_then(|level| usize::from(level).checked_sub(1));
        if let Some(count) = place.and_then(|place| self.historical.get_mut(place)) {
            *count += 1;
        }
    }
}

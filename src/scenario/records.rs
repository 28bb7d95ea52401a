//! What stands on the reference shelf before the first dossier: calendars, policies, procedures, offices.

use jiff::civil::time;
use uuid::Uuid;

use super::plan::{DayOffMoved, Plan, Unit};
use crate::acts::Act;
use crate::domain::calendar::{Calendar, CalendarYear};
use crate::domain::campaign::{CampaignAct, CampaignEvent};
use crate::domain::journal::FORMAT;
use crate::domain::law::Certainty;
use crate::domain::office::Office;
use crate::domain::policy::Policy;
use crate::domain::reference::{ClockKind, JournalKind, Opened, Reference, ReferenceEvent, Story};
use crate::domain::supervision::SupervisionAct;
use crate::domain::time::Moment;

impl Plan {
    /// The first fact of a journal that tells this story. `id` is the journal's.
    #[must_use]
    pub fn opened(&self, id: Uuid, seed: &str) -> Opened {
        Opened {
            id,
            origin: format!("localhost/{id}"),
            kind: JournalKind::Simulated,
            clock: ClockKind::Story,
            format: FORMAT,
            story: Some(Story {
                scenario: self.name.clone(),
                seed: seed.to_owned(),
                ends_on: self.ends,
                invented: self.invented,
            }),
            teller: None,
        }
    }

    /// The story's hour of the first fact: the morning of the opening day.
    #[must_use]
    pub fn opens_at(&self) -> Moment {
        Moment::from_local(self.opening.to_datetime(time(7, 0, 0, 0)))
    }

    /// The midnight after the story's last day.
    #[must_use]
    pub fn closes_at(&self) -> Moment {
        let next = self.ends.tomorrow().unwrap_or(self.ends);
        Moment::from_local(next.to_datetime(time(0, 0, 0, 0)))
    }

    /// The reference acts with which the journal is furnished; calendar changes are in these only.
    #[must_use]
    pub fn records(&self) -> Vec<Act> {
        let years = self.calendar_years().into_iter().map(|mut year| {
            for moved in &self.calendar_changes {
                apply(*moved, &mut year);
            }
            Act::Declare(year)
        });
        let policies = self.policies().into_iter().map(Act::Adopt);
        let procedures = self.offered.iter().cloned().map(Box::new).map(Act::Publish);
        let offices = self.units.iter().map(Unit::office).map(Act::OpenOffice);
        let targets = self.targets.iter().cloned().map(Act::SetTarget);
        let campaigns = self.surveys.iter().map(|survey| survey.campaign.clone());
        let campaigns = campaigns.map(|one| Act::Campaign(CampaignAct::Open(one)));
        let inspections = self.inspections.iter().cloned();
        let inspections =
            inspections.map(|one| Act::Supervise(SupervisionAct::OpenInspection(one)));
        years
            .chain(policies)
            .chain(procedures)
            .chain(offices)
            .chain(self.simulated.acts(&self.offered))
            .chain(targets)
            .chain(campaigns)
            .chain(inspections)
            .collect()
    }

    /// The shelf as the scripts believe it to be.
    pub(super) fn reference(&self) -> Reference {
        let years = self.calendar_years().into_iter();
        let policies = self.policies().into_iter();
        let procedures = self.offered.iter().cloned();
        let events = years
            .map(ReferenceEvent::CalendarDeclared)
            .chain(policies.map(ReferenceEvent::PolicyAdopted))
            .chain(procedures.map(ReferenceEvent::ProcedurePublished))
            .chain(
                self.units
                    .iter()
                    .map(Unit::office)
                    .map(ReferenceEvent::OfficeOpened),
            );
        let campaigns = self.surveys.iter().map(|survey| survey.campaign.clone());
        let campaigns = campaigns.map(|one| ReferenceEvent::Campaign(CampaignEvent::Opened(one)));
        let events = events.chain(campaigns);
        let mut reference = Reference::default();
        events.for_each(|event| reference.evolve(&event));
        reference
    }

    /// From the year of the opening to the one after the end: promises reach beyond the story.
    fn calendar_years(&self) -> Vec<CalendarYear> {
        let years = self.opening.year()..=self.ends.year().saturating_add(1);
        let mut shipped = Calendar::shipped();
        shipped.retain(|year| years.contains(&year.year));
        shipped
    }

    fn policies(&self) -> Vec<Policy> {
        let mut shipped = Policy::shipped();
        shipped.retain(|policy| {
            policy.effective_from <= self.ends
                && policy.effective_to.is_none_or(|to| self.opening <= to)
        });
        shipped
    }
}

impl Unit {
    fn office(&self) -> Office {
        Office {
            code: self.code.to_string(),
            name_vi: self.name_vi.clone(),
            name_en: self.name_en.clone(),
            level: self.level,
            parent: self.parent.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            predecessors: Vec::new(),
            hours: None,
            address_vi: self.address_vi.clone(),
            phone: self.phone.clone(),
            contacts: self.contacts.clone(),
            certainty: Certainty::Illustrative,
        }
    }
}

/// A move to a weekend, to a day that is off already or to another year is refused when the year is declared.
fn apply(moved: DayOffMoved, year: &mut CalendarYear) {
    if let Some(day) = year.days_off.iter_mut().find(|day| **day == moved.from) {
        *day = moved.to;
        year.days_off.sort_unstable();
        year.notice = format!("{}; {} moved to {}", year.notice, moved.from, moved.to);
    }
}

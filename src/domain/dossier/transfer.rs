//! A dossier whose office has ended: who has it since, and the stretches of its clock at each office.

use super::stay::{Stay, WaitsFor};
use super::{Dossier, Phase, Transferred, Turn};
use crate::domain::actor::Role;
use crate::domain::calendar::Outage;
use crate::domain::code::OfficeCode;
use crate::domain::reason::Reason;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// It went from one office to another by a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub from: OfficeCode,
    pub to: OfficeCode,
    /// Number of the decision.
    pub decision: String,
    pub at: Moment,
    /// Why an officer passed it on; none when a route brought it there.
    pub reason: Option<Reason>,
}

/// A running clock went to another office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    pub to: OfficeCode,
    pub at: Moment,
    /// The promise in force then.
    pub due_at: Moment,
}

/// The time that one acceptance spent at one office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell<'a> {
    /// Its acceptance.
    pub turn: &'a Turn,
    /// Place of the acceptance among those of the dossier, from 0.
    pub place: usize,
    pub office: &'a OfficeCode,
    /// Since when, when it was not accepted here.
    pub since: Option<Moment>,
    /// When it went to the next office, and the promise in force then.
    pub passed: Option<&'a Passed>,
}

impl Spell<'_> {
    /// The promise in force when it left, or as it stands.
    #[must_use]
    pub fn due_at(&self) -> Moment {
        self.passed.map_or(self.turn.due_at, |passed| passed.due_at)
    }
}

impl Turn {
    /// The office under whose clock it was at a moment.
    #[must_use]
    pub fn office_at(&self, at: Moment) -> &OfficeCode {
        let mut newest_first = self.passed.iter().rev();
        let passed = newest_first.find(|passed| passed.at <= at);
        passed.map_or(&self.office, |passed| &passed.to)
    }

    /// The offices under whose clock it was or is, oldest first.
    pub fn offices(&self) -> impl Iterator<Item = &OfficeCode> {
        let later = self.passed.iter().map(|passed| &passed.to);
        std::iter::once(&self.office).chain(later)
    }

    /// Whether it was or is under this office's clock.
    #[must_use]
    pub fn was_at(&self, office: &str) -> bool {
        self.offices().any(|one| one.as_str() == office)
    }

    /// The outages in which its clock stood: those of the office that had it when they began.
    pub fn outages<'a>(&'a self, reference: &'a Reference) -> impl Iterator<Item = &'a Outage> {
        let all = reference.all_outages();
        all.filter(|outage| outage.concerns(self.office_at(outage.from).as_str()))
    }

    fn spells(&self, place: usize) -> impl Iterator<Item = Spell<'_>> {
        let first = (&self.office, None);
        let later = self.passed.iter().map(|one| (&one.to, Some(one.at)));
        let begun = std::iter::once(first).chain(later);
        begun
            .enumerate()
            .map(move |(number, (office, since))| Spell {
                turn: self,
                place,
                office,
                since,
                passed: self.passed.get(number),
            })
    }
}

impl Dossier {
    /// Every acceptance, cut where the dossier went from one office to another while its clock ran; oldest first.
    pub fn spells(&self) -> impl Iterator<Item = Spell<'_>> {
        let turns = self.turns.iter().enumerate();
        turns.flat_map(|(place, turn)| turn.spells(place))
    }

    /// Somebody has still to do something about it: it is entered and not closed, or a voice waits for its answer. A draft is
    /// its applicant's, who names the office anew when it is submitted.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        let draft = matches!(self.phase, Phase::Absent | Phase::Draft);
        !draft && (!self.phase.is_closed() || self.open_feedback().is_some())
    }

    /// At the other office it lies with whoever receives; a clock that stands goes on standing.
    pub(super) fn transferred(&mut self, moved: &Transferred, at: Moment, reason: Option<Reason>) {
        if let Some(turn) = self.turns.last_mut().filter(|turn| turn.ending.is_none()) {
            turn.passed.push(Passed {
                to: moved.to.clone(),
                at,
                due_at: turn.due_at,
            });
        }
        self.transfers.push(Transfer {
            from: moved.from.clone(),
            to: moved.to.clone(),
            decision: moved.decision.clone(),
            at,
            reason,
        });
        self.office = Some(moved.to.clone());
        self.handler = None;
        let Some(desk) = self.desk().cloned() else {
            return;
        };
        let receiver = Stay {
            step: desk.step,
            ..Stay::new(moved.to.as_str(), Role::Receiver, None)
        };
        self.lay_on(receiver, at);
        match desk.waits_for {
            WaitsFor::Officer => {}
            // What is waited for comes to the receiver of the new office.
            whom @ (WaitsFor::Applicant | WaitsFor::Payment | WaitsFor::Correction) => {
                self.wait_for(whom, at);
            }
        }
    }
}

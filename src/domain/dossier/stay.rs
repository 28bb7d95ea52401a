//! Whose desk it lay on: every hour of a dossier belongs to one desk, from hand-over to hand-over.

use serde::Serialize;

use super::Dossier;
use crate::domain::actor::Role;
use crate::domain::time::Moment;

/// For whom a dossier waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// The desk it lies on.
    Officer,
    /// The applicant's supplement.
    Applicant,
    /// The payment of an obligation.
    Payment,
    /// Another agency that puts its result right.
    Correction,
}

impl WaitsFor {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Applicant => "applicant",
            Self::Payment => "payment",
            Self::Correction => "correction",
        }
    }
}

/// A stretch of time on one desk: a line of the control slip (form 06).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Code of the agency.
    pub office: String,
    pub role: Role,
    /// Actor id; absent while it waits for anybody of the role.
    pub officer: Option<String>,
    /// Step of the internal process, from 1.
    pub step: Option<u16>,
    pub waits_for: WaitsFor,
    pub since: Moment,
    /// Who gave it there, when it was handed over.
    pub giver: Option<String>,
    /// When the receiver signed for it.
    pub received_at: Option<Moment>,
    /// What the receiver said of the papers: all there or not.
    pub complete: Option<bool>,
    pub until: Option<Moment>,
    /// The giver took it back before anybody had signed for it.
    pub recalled: bool,
}

impl Stay {
    pub(super) fn new(office: impl Into<String>, role: Role, officer: Option<String>) -> Self {
        Self {
            office: office.into(),
            role,
            officer,
            step: None,
            waits_for: WaitsFor::Officer,
            since: Moment::default(),
            giver: None,
            received_at: None,
            complete: None,
            until: None,
            recalled: false,
        }
    }

    /// Handed over and not signed for.
    #[must_use]
    pub fn awaits_receipt(&self) -> bool {
        self.until.is_none() && self.giver.is_some() && self.received_at.is_none()
    }

    /// Until when it was on its way from giver to receiver; none when it was not handed over, or when nobody signed for
    /// it and the receiver worked on it all the same.
    #[must_use]
    pub fn transit_until(&self, now: Moment) -> Option<Moment> {
        self.giver.as_ref()?;
        match (self.received_at, self.until) {
            (Some(received), _) => Some(received),
            (None, Some(until)) => self.recalled.then_some(until),
            (None, None) => Some(now),
        }
    }
}

impl Dossier {
    /// The desk it lies on now.
    #[must_use]
    pub fn desk(&self) -> Option<&Stay> {
        self.stays.last().filter(|stay| stay.until.is_none())
    }

    /// Ends the stay that runs and begins another.
    pub(super) fn lay_on(&mut self, stay: Stay, at: Moment) {
        self.leave_desk(at);
        self.stays.push(Stay { since: at, ..stay });
    }

    pub(super) fn leave_desk(&mut self, at: Moment) {
        if let Some(stay) = self.stays.last_mut().filter(|stay| stay.until.is_none()) {
            stay.until = Some(at);
        }
    }

    /// On the desk of the office that has it.
    pub(super) fn lay_on_desk_of(&mut self, role: Role, officer: Option<String>, at: Moment) {
        let office = self.office.as_ref().map(ToString::to_string);
        self.lay_on(Stay::new(office.unwrap_or_default(), role, officer), at);
    }

    /// Waits for somebody outside; the desk it came from is where it goes back to.
    pub(super) fn wait_for(&mut self, whom: WaitsFor, at: Moment) {
        let from = self.stays.last().cloned();
        let stay = from.unwrap_or_else(|| Stay::new("", Role::Receiver, None));
        self.lay_on(
            Stay {
                waits_for: whom,
                giver: None,
                received_at: None,
                complete: None,
                until: None,
                recalled: false,
                ..stay
            },
            at,
        );
    }

    /// Back to the desk on which it lay before the wait, or before the hand-over that is recalled.
    pub(super) fn lay_back(&mut self, at: Moment) {
        let mut earlier = self.stays.iter().rev().skip(1);
        let desk = earlier.find(|stay| stay.waits_for == WaitsFor::Officer);
        if let Some(desk) = desk.cloned() {
            let back = Stay {
                giver: None,
                received_at: None,
                complete: None,
                until: None,
                recalled: false,
                ..desk
            };
            self.lay_on(back, at);
        }
    }
}

//! A linked dossier as its facts tell it: the whole with its legs, a leg with what it belongs to.

mod refusal;

use uuid::Uuid;

use super::event::{DeliveryMethod, DossierEvent, LegOf, LegOutcome, LegWait, PlannedLeg};
use super::stay::{Stay, WaitsFor};
use super::{Dossier, DossierCommand, Phase, ToDo};
use crate::domain::actor::Role;
use crate::domain::code::DossierCode;
use crate::domain::deadline::Pause;
use crate::domain::time::Moment;

pub use self::refusal::LinkedRefusal;

/// One leg as the whole knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    pub plan: PlannedLeg,
    /// Its stream, since when, and its code at the agency; none before it was given to the agency.
    pub opened: Option<OpenedLeg>,
    /// Since when it waits for the applicant.
    pub waits_since: Option<Moment>,
    pub ended: Option<(LegOutcome, Moment)>,
    /// How its result was handed over, and when.
    pub delivered: Option<(DeliveryMethod, Moment)>,
}

/// A leg that an agency has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedLeg {
    /// Stream of the leg.
    pub id: Uuid,
    pub at: Moment,
    pub code: DossierCode,
}

/// A correction of its result that another leg asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    /// Place of the leg that asks.
    pub place: u32,
    /// Stream of that leg.
    pub leg: Uuid,
    pub since: Moment,
}

impl Leg {
    fn planned(plan: &PlannedLeg) -> Self {
        Self {
            plan: plan.clone(),
            opened: None,
            waits_since: None,
            ended: None,
            delivered: None,
        }
    }

    /// Its result is signed.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        matches!(self.ended, Some((LegOutcome::Completed, _)))
    }

    /// How it stands before its agency has it: (Vietnamese, English). `ready`: nothing that it needs is missing.
    #[must_use]
    pub fn unopened(&self, ready: bool) -> (&'static str, &'static str) {
        match self.ended {
            Some((LegOutcome::NotBegun, _)) => (
                "Không thực hiện: thiếu kết quả của thủ tục trước",
                "Not begun: the result that it needs will not be",
            ),
            Some((LegOutcome::Withdrawn, _)) => ("Đã rút cùng hồ sơ", "Withdrawn with the whole"),
            Some((
                LegOutcome::Completed
                | LegOutcome::Refused
                | LegOutcome::Stopped
                | LegOutcome::NotAccepted,
                _,
            )) => ("Đã kết thúc", "Ended"),
            None if ready => ("Đang chuyển cho cơ quan", "On its way to the agency"),
            None => (
                "Chờ kết quả của thủ tục trước",
                "Waits for an earlier result",
            ),
        }
    }

    /// Signed and not handed over.
    #[must_use]
    pub fn awaits_delivery(&self) -> bool {
        self.is_completed() && self.delivered.is_none()
    }
}

impl Dossier {
    /// The leg at this place.
    #[must_use]
    pub fn leg(&self, place: u32) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.plan.place == place)
    }

    /// Since when a leg can begin: none while a result that it needs is missing, and once it has begun or ended.
    #[must_use]
    pub fn leg_ready_since(&self, leg: &Leg) -> Option<Moment> {
        let asked_back = self.phase == Phase::WithdrawalRequested;
        if leg.opened.is_some() || leg.ended.is_some() || asked_back {
            return None;
        }
        let mut since = self.turn()?.accepted_at;
        for place in &leg.plan.after {
            match self.leg(*place)?.ended {
                Some((LegOutcome::Completed, at)) => since = since.max(at),
                Some(_) | None => return None,
            }
        }
        Some(since)
    }

    /// Since when the program could have given a leg to its agency and has not.
    #[must_use]
    pub fn leg_waiting_since(&self) -> Option<Moment> {
        let running = self.turn().is_some_and(|turn| turn.ending.is_none());
        let legs = self.legs.iter().filter(|_| running);
        legs.filter_map(|leg| self.leg_ready_since(leg)).min()
    }

    /// Places of legs that can never begin: a result that they need will never be. Those that hang on them as well.
    #[must_use]
    pub fn legs_out_of_reach(&self) -> Vec<u32> {
        let mut lost: Vec<u32> = Vec::new();
        for leg in &self.legs {
            let gone = |place: &u32| {
                let needed = self.leg(*place).and_then(|needed| needed.ended);
                let failed = needed.is_some_and(|(outcome, _)| outcome != LegOutcome::Completed);
                failed || lost.contains(place)
            };
            if leg.ended.is_none() && leg.opened.is_none() && leg.plan.after.iter().any(gone) {
                lost.push(leg.plan.place);
            }
        }
        lost
    }

    /// The other dossiers it is linked with: the whole of a leg, the legs of a whole.
    pub fn kin(&self) -> impl Iterator<Item = Uuid> {
        let whole = self.leg_of.as_ref().map(|leg_of| leg_of.whole);
        let legs = self.legs.iter();
        let legs = legs.filter_map(|leg| leg.opened.as_ref().map(|opened| opened.id));
        whole.into_iter().chain(legs)
    }

    /// Legs that the program is to give to their agencies.
    pub(super) fn legs_to_open(&self, id: Uuid) -> impl Iterator<Item = ToDo> {
        self.legs.iter().filter_map(move |leg| {
            Some(ToDo {
                due_at: self.leg_ready_since(leg)?,
                command: DossierCommand::OpenLeg {
                    whole: id,
                    place: leg.plan.place,
                    procedure: leg.plan.procedure.clone(),
                    office: leg.plan.office.clone(),
                },
            })
        })
    }

    /// For whom it waits outside the office, as the whole is told of it.
    #[must_use]
    pub fn waits_outside(&self) -> Option<LegWait> {
        match self.phase {
            Phase::WithdrawalRequested => self.before_withdrawal.waits_outside(),
            phase => phase.waits_outside(),
        }
    }

    /// A leg of it waits for the applicant.
    #[must_use]
    pub fn a_leg_waits(&self) -> bool {
        self.legs.iter().any(|leg| leg.waits_since.is_some())
    }

    pub(super) fn become_leg(&mut self, leg_of: Option<&LegOf>) {
        if let Some(leg_of) = leg_of {
            self.applicant.clone_from(&leg_of.applicant);
            self.leg_of = Some(leg_of.clone());
        }
    }

    pub(super) fn plan_legs(&mut self, planned: &[PlannedLeg]) {
        self.legs = planned.iter().map(Leg::planned).collect();
    }

    /// With the whole, whatever has not ended is withdrawn.
    pub(super) fn legs_withdrawn(&mut self, at: Moment) {
        for leg in self.legs.iter_mut().filter(|leg| leg.ended.is_none()) {
            leg.waits_since = None;
            leg.ended = Some((LegOutcome::Withdrawn, at));
        }
    }

    fn change_leg(&mut self, place: u32, change: impl FnOnce(&mut Leg)) {
        let mut all = self.legs.iter_mut();
        if let Some(leg) = all.find(|leg| leg.plan.place == place) {
            change(leg);
        }
    }

    /// Folds what a whole is told of its legs, and legs of each other.
    pub(super) fn linked(&mut self, event: &DossierEvent, at: Moment) {
        if let DossierEvent::LegOpened(opened) = event {
            self.leg_opened(opened, at);
        } else if let DossierEvent::LegWaits(waits) = event {
            self.change_leg(waits.place, |leg| leg.waits_since = Some(at));
            self.stop_for_legs(at);
        } else if let DossierEvent::LegResumed(resumed) = event {
            self.leg_goes_on(resumed.place, resumed.taken_back, at);
        } else if let DossierEvent::LegEnded(ended) = event {
            self.leg_goes_on(ended.place, false, at);
            self.change_leg(ended.place, |leg| {
                leg.ended.get_or_insert((ended.outcome, at));
            });
        } else if let DossierEvent::LegDelivered(delivered) = event {
            let method = delivered.method;
            self.change_leg(delivered.place, |leg| leg.delivered = Some((method, at)));
        } else if let DossierEvent::SentBack(sent) = event {
            self.phase = Phase::AwaitingCorrection;
            self.awaits_correction_of = Some(sent.place);
            if let Some(turn) = self.running_turn() {
                turn.paused_since = Some(at);
            }
            self.wait_for(WaitsFor::Correction, at);
        } else if let DossierEvent::CorrectionRequested(asked) = event {
            self.corrections.push(Correction {
                place: asked.place,
                leg: asked.leg,
                since: at,
            });
        } else if let DossierEvent::CorrectionAnswered(answered) = event {
            self.corrections
                .retain(|asked| asked.place != answered.place);
            let awaited = self.awaits_correction_of == Some(answered.place);
            if awaited && self.phase == Phase::AwaitingCorrection {
                self.awaits_correction_of = None;
                self.phase = Phase::InProcessing;
                if answered.corrected {
                    self.stopped_until(at);
                } else if let Some(turn) = self.running_turn() {
                    turn.paused_since = None;
                }
                self.lay_back(at);
            }
        }
    }

    fn leg_opened(&mut self, opened: &super::event::LegOpened, at: Moment) {
        self.change_leg(opened.place, |leg| {
            leg.opened = Some(OpenedLeg {
                id: opened.leg,
                at,
                code: opened.code.clone(),
            });
        });
        self.lay_on(
            Stay::new(opened.office.as_str(), Role::VerticalAgency, None),
            at,
        );
    }

    fn stop_for_legs(&mut self, at: Moment) {
        if let Some(turn) = self.running_turn()
            && turn.paused_since.is_none()
        {
            turn.paused_since = Some(at);
            self.wait_for(WaitsFor::Applicant, at);
        }
    }

    /// A leg waits no more. What it waited counts as the applicant's, unless the request was taken back; once no leg waits, the
    /// clock of the whole runs on, and the times that count are put together.
    fn leg_goes_on(&mut self, place: u32, taken_back: bool, at: Moment) {
        let mut since = None;
        self.change_leg(place, |leg| since = leg.waits_since.take());
        let Some(from) = since else { return };
        if !taken_back {
            self.leg_waits.push(Pause { from, to: at });
        }
        if self.a_leg_waits() {
            return;
        }
        let waits = joined(std::mem::take(&mut self.leg_waits));
        if let Some(turn) = self.running_turn() {
            turn.paused_since = None;
            turn.stoppages.extend(waits);
        }
        self.lay_back(at);
    }

    /// The clock stood and runs on: that time does not count, whatever the supplement model.
    fn stopped_until(&mut self, at: Moment) {
        if let Some(turn) = self.running_turn()
            && let Some(from) = turn.paused_since.take()
        {
            turn.stoppages.push(Pause { from, to: at });
        }
    }
}

/// Times that overlap or touch, as one.
fn joined(mut all: Vec<Pause>) -> Vec<Pause> {
    all.sort_by_key(|pause| pause.from);
    let mut joined: Vec<Pause> = Vec::new();
    for pause in all {
        match joined.last_mut().filter(|last| pause.from <= last.to) {
            Some(last) => last.to = last.to.max(pause.to),
            None => joined.push(pause),
        }
    }
    joined
}

//! The hours of one dossier, chosen so that the rules will find what the plan wants.

use jiff::civil::{Time, time};

use super::{Deed, Outcome, Stage, Step, Who};
use crate::domain::catalogue::Procedure;
use crate::domain::deadline::Pause;
use crate::domain::dossier::{Channel, DeliveryMethod};
use crate::domain::time::Moment;
use crate::scenario::dice::Dice;
use crate::scenario::plan::{Load, Unit};

pub(super) const MINUTE: i64 = 60 * Moment::SECOND;
pub(super) const HOUR: i64 = Moment::HOUR;
/// A day of office time.
pub(super) const DAY: i64 = 8 * HOUR;

/// Attempts after which a dossier is told without supplement and apology.
const PLAIN_AFTER: u32 = 25;

/// One attempt at a dossier's course of events.
pub(super) struct Course<'a> {
    pub stage: &'a Stage<'a>,
    pub dice: &'a mut Dice,
    pub load: &'a Load,
    pub unit_index: usize,
    pub procedure: &'a Procedure,
    receiver: u16,
    handler: u16,
    signer: u16,
    pub steps: Vec<Step>,
}

/// Where a dossier stands after intake or after a supplement.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    /// The hour on the slip.
    pub received_at: Moment,
    /// Office time of the newest step.
    pub since: i64,
    pub due: Moment,
    pub forwarded: bool,
}

impl<'a> Course<'a> {
    pub fn new(
        stage: &'a Stage<'a>,
        unit_index: usize,
        load: &'a Load,
        procedure: usize,
        dice: &'a mut Dice,
    ) -> Self {
        let unit = &stage.plan.units[unit_index];
        let mut one_of = |count: u16| {
            let index = u16::try_from(dice.below(u64::from(count))).unwrap_or(0);
            index + 1
        };
        let (receiver, handler, signer) = (
            one_of(unit.receivers),
            one_of(unit.handlers),
            one_of(unit.signers),
        );
        Self {
            stage,
            dice,
            load,
            unit_index,
            procedure: &stage.plan.offered[procedure],
            receiver,
            handler,
            signer,
            steps: Vec::with_capacity(8),
        }
    }

    /// The steps of a dossier that comes in on working day `day`; none when this throw cannot come to it.
    pub fn write(mut self, outcome: Outcome, day: usize, attempt: u32) -> Option<Vec<Step>> {
        let received =
            self.stage.time.opens(day) + self.dice.between(2 * MINUTE, DAY - 10 * MINUTE);
        let received_at = self.stage.time.moment(received)?;
        self.come_in(received, received_at)?;
        let standing = Standing {
            received_at,
            since: received,
            due: self.due(received_at, &[])?,
            forwarded: false,
        };
        let plain = attempt >= PLAIN_AFTER;
        match outcome {
            Outcome::Early | Outcome::OnTime | Outcome::Late => {
                let share = self.stage.plan.trouble.supplement_share_percent;
                let asked = !plain && self.dice.percent(share);
                let standing = if asked {
                    self.supplement(standing)?
                } else {
                    standing
                };
                self.settle(outcome, standing, plain)?;
            }
            Outcome::Open => self.stay_open(standing)?,
            Outcome::Closed => self.close(standing)?,
        }
        Some(self.steps)
    }

    fn due(&self, received_at: Moment, pauses: &[Pause]) -> Option<Moment> {
        let channel = self.load.channel;
        self.stage.due(self.procedure, channel, received_at, pauses)
    }

    /// By its channel: at the counter in one act; online or by post first entered, then accepted.
    fn come_in(&mut self, received: i64, received_at: Moment) -> Option<()> {
        match self.load.channel {
            Channel::Counter => {
                self.push(received_at, self.receives(), Deed::AcceptAtCounter);
            }
            Channel::Online => {
                let submitted_at = self.submission(received_at);
                self.push(submitted_at, Who::Applicant, Deed::Submit);
                self.push(received_at, self.receives(), Deed::Accept);
            }
            Channel::Post => {
                let opened = received - self.dice.between(MINUTE, HOUR);
                let day = received.div_euclid(DAY) * DAY;
                self.step(opened.max(day), self.receives(), Deed::Lodge)?;
                self.push(received_at, self.receives(), Deed::Accept);
            }
        }
        Some(())
    }

    /// Applicants do not keep office hours: the same day, or since the afternoon of the working day before, but never
    /// longer ago than the intake clock allows.
    fn submission(&mut self, received_at: Moment) -> Moment {
        let day = received_at.date();
        let morning = Moment::from_local(day.to_datetime(time(5, 30, 0, 0)));
        let index = self.stage.time.on_or_after(day);
        let before = index
            .checked_sub(1)
            .and_then(|index| self.stage.time.day(index));
        let afternoon = before.map(|day| Moment::from_local(day.to_datetime(time(15, 0, 0, 0))));
        let earliest = match afternoon {
            Some(afternoon) if self.dice.percent(45) => afternoon,
            _ => morning,
        };
        let first = Moment::from_local(self.load.from.to_datetime(Time::MIN));
        let (earliest, latest) = (earliest.max(first), received_at.plus(-MINUTE));
        let intake = self
            .stage
            .policy(received_at)
            .and_then(|policy| policy.intake_working_hours);
        let clock = intake.and_then(|hours| {
            let received = self.stage.time.at(received_at);
            let longest = i64::from(hours) * HOUR - MINUTE;
            self.stage.time.moment(received - longest)
        });
        let earliest = clock
            .map_or(earliest, |clock| earliest.max(clock))
            .min(latest);
        Moment(self.dice.between(earliest.0, latest.0))
    }

    /// Asked for once, answered, found complete: the clock is renewed by the procedure's model.
    fn supplement(&mut self, standing: Standing) -> Option<Standing> {
        let limit = (self.stage.time.at(standing.due) - standing.since).max(0);
        let forwarded = self.forward(standing.since, limit / 4)?;
        let asked = self.asked(standing, forwarded, limit)?;
        let answered = asked + self.dice.between(HOUR / 2, 3 * DAY);
        let taken = answered + self.dice.between(5 * MINUTE, 2 * HOUR);
        let items = self.procedure.components.len().max(1) as u64;
        let item = u32::try_from(self.dice.below(items)).unwrap_or(0) + 1;
        let from = self.step(asked, self.receives(), Deed::RequestSupplement { item })?;
        let to = self.step(answered, self.for_applicant(), Deed::SubmitSupplement)?;
        self.step(taken, self.handles(), Deed::AcceptSupplement)?;
        let pauses = [Pause { from, to }];
        Some(Standing {
            since: taken,
            due: self.due(standing.received_at, &pauses)?,
            forwarded: true,
            ..standing
        })
    }

    /// When a supplement is asked for: in the first half of the limit, and by the last day on which that is lawful.
    pub fn asked(&mut self, standing: Standing, forwarded: i64, limit: i64) -> Option<i64> {
        let policy = self.stage.policy(standing.received_at)?;
        let first = forwarded + 5 * MINUTE;
        let half = first + limit / 2;
        let latest = policy.supplement_notice_working_days.map_or(half, |days| {
            let received = self.stage.time.at(standing.received_at).div_euclid(DAY);
            half.min((received + i64::from(days) + 1) * DAY - 2 * MINUTE)
        });
        (first <= latest).then(|| self.dice.between(first, latest))
    }

    /// To the handler, within `room` of office time; gives the hour.
    pub fn forward(&mut self, since: i64, room: i64) -> Option<i64> {
        let at = since + self.dice.between(MINUTE, room.clamp(2 * MINUTE, 3 * HOUR));
        let to = self.handler;
        self.step(at, self.receives(), Deed::Forward { to })?;
        Some(at)
    }

    /// Handed over when the applicant comes for it; after the story's end nobody tells.
    pub fn deliver(&mut self, ended: i64) -> Option<()> {
        let (after, method) = match self.load.channel {
            Channel::Counter => (
                self.dice.between(10 * MINUTE, 2 * DAY),
                DeliveryMethod::Counter,
            ),
            Channel::Online => (self.dice.between(MINUTE, HOUR), DeliveryMethod::Online),
            Channel::Post => (self.dice.between(HOUR, DAY), DeliveryMethod::Post),
        };
        let at = self.stage.time.moment(ended + after)?;
        if at.date() <= self.stage.plan.ends {
            self.push(at, self.receives(), Deed::DeliverResult(method));
        }
        Some(())
    }

    /// A step at an hour of office time.
    pub fn step(&mut self, office: i64, who: Who, deed: Deed) -> Option<Moment> {
        let at = self.stage.time.moment(office)?;
        self.push(at, who, deed);
        Some(at)
    }

    pub fn push(&mut self, at: Moment, who: Who, deed: Deed) {
        let unit = self.unit_index;
        self.steps.push(Step {
            at,
            unit,
            who,
            deed,
        });
    }

    pub fn unit(&self) -> &'a Unit {
        &self.stage.plan.units[self.unit_index]
    }

    pub fn receives(&self) -> Who {
        Who::Receiver(self.receiver)
    }

    pub fn handles(&self) -> Who {
        Who::Handler(self.handler)
    }

    pub fn signs(&self) -> Who {
        Who::Signer(self.signer)
    }

    /// Online the applicant's own hand; else what the applicant brings, entered by the receiver.
    pub fn for_applicant(&self) -> Who {
        match self.load.channel {
            Channel::Online => Who::Applicant,
            Channel::Counter | Channel::Post => self.receives(),
        }
    }
}

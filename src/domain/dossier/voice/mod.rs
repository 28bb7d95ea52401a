//! Feedback on a dossier and the surveys it answered, folded from their events.

mod command;
mod refusal;

pub use command::VoiceCommand;
pub use refusal::VoiceRefusal;

use std::sync::Arc;

use jiff::civil::Date;

use super::event::{FeedbackKind, SurveyAnswered, VoiceEvent};
use super::{Dossier, Phase};
use crate::domain::campaign::{Campaign, HeldCampaign};
use crate::domain::code::OfficeCode;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// How a feedback stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FeedbackState {
    /// Waits for the office.
    #[default]
    Open,
    /// Waits for its sender: the office's clock stands.
    AwaitingSender,
    Refused,
    Answered,
}

impl FeedbackState {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::AwaitingSender => "awaiting_sender",
            Self::Refused => "refused",
            Self::Answered => "answered",
        }
    }

    /// Neither refused nor answered.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::AwaitingSender)
    }
}

/// A report or recommendation about the dossier (Decree 20/2008): no complaint and no denunciation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    pub number: u32,
    pub kind: FeedbackKind,
    pub state: FeedbackState,
    pub submitted_at: Moment,
    /// When the office's clock last began: submitted, or clarified by its sender.
    pub running_since: Moment,
    pub due_at: Option<Moment>,
    /// The office it was passed on to.
    pub forwarded_to: Option<OfficeCode>,
    pub answered_at: Option<Moment>,
    /// By when the answer is to be published, when it was given without a wording for everybody.
    pub publish_due_at: Option<Moment>,
    /// There is a wording for everybody.
    pub published: bool,
    /// Its sender was satisfied with the answer, or not; none has judged it yet.
    pub satisfied: Option<bool>,
    /// That its day passed without an answer is on record.
    pub overdue: bool,
}

impl Feedback {
    #[must_use]
    pub fn new(number: u32, kind: FeedbackKind, at: Moment, due_at: Option<Moment>) -> Self {
        Self {
            number,
            kind,
            state: FeedbackState::Open,
            submitted_at: at,
            running_since: at,
            due_at,
            forwarded_to: None,
            answered_at: None,
            publish_due_at: None,
            published: false,
            satisfied: None,
            overdue: false,
        }
    }

    /// Its day has passed: before it was answered, or without an answer. Not while the sender is waited for.
    #[must_use]
    pub fn is_late(&self, now: Moment) -> bool {
        let until = match self.state {
            FeedbackState::Open => Some(now),
            FeedbackState::Answered => self.answered_at,
            FeedbackState::AwaitingSender | FeedbackState::Refused => None,
        };
        let passed = self.due_at.zip(until).is_some_and(|(due, at)| due < at);
        self.overdue || passed
    }
}

impl Dossier {
    #[must_use]
    pub fn feedback(&self, number: u32) -> Option<&Feedback> {
        self.feedback.iter().find(|one| one.number == number)
    }

    /// The one that is neither refused nor answered.
    #[must_use]
    pub fn open_feedback(&self) -> Option<&Feedback> {
        self.feedback.iter().find(|one| one.state.is_open())
    }

    /// The campaigns whose questions its applicant can answer today: it has ended, they run, ask about it, and were not
    /// answered.
    pub fn campaigns<'a>(
        &'a self,
        reference: &'a Reference,
        today: Date,
    ) -> impl Iterator<Item = &'a Arc<Campaign>> {
        let ended = matches!(self.phase, Phase::Returned | Phase::Refused);
        let open = move |held: &&HeldCampaign| {
            let asks = held.runs_on(today) && self.is_asked_by(&held.opened, reference, today);
            ended && asks && !self.has_answered(&held.opened.code)
        };
        let held = reference.campaigns.values().filter(open);
        held.map(|held| &held.opened)
    }

    /// Whether a campaign is about its office, procedure and field.
    #[must_use]
    pub fn is_asked_by(&self, campaign: &Campaign, reference: &Reference, today: Date) -> bool {
        let Some((office, procedure)) = self.office.as_ref().zip(self.procedure.as_ref()) else {
            return false;
        };
        let pinned = self.pinned_procedure(reference, today);
        let field = pinned.map(|procedure| procedure.field_vi.as_str());
        self.leg_of.is_none() && campaign.is_about(office.as_str(), procedure.as_str(), field)
    }

    /// Whether this campaign was answered here.
    #[must_use]
    pub fn has_answered(&self, campaign: &str) -> bool {
        self.surveys.iter().any(|one| one.campaign == campaign)
    }

    pub(super) fn change_feedback(&mut self, number: u32, change: impl FnOnce(&mut Feedback)) {
        let mut all = self.feedback.iter_mut();
        if let Some(feedback) = all.find(|one| one.number == number) {
            change(feedback);
        }
    }

    pub(super) fn heard(&mut self, event: &VoiceEvent, at: Moment) {
        match event {
            VoiceEvent::FeedbackRefused(one) => {
                self.change_feedback(one.number, |it| it.state = FeedbackState::Refused);
            }
            VoiceEvent::ClarificationAsked(one) => {
                self.change_feedback(one.number, |it| it.state = FeedbackState::AwaitingSender);
            }
            VoiceEvent::FeedbackClarified(one) => self.change_feedback(one.number, |it| {
                it.state = FeedbackState::Open;
                it.running_since = at;
                it.due_at = one.due_at;
            }),
            VoiceEvent::FeedbackForwarded(one) => self.change_feedback(one.number, |it| {
                it.forwarded_to = Some(one.to.clone());
            }),
            VoiceEvent::FeedbackPublished(one) => {
                self.change_feedback(one.number, |it| it.published = true);
            }
            VoiceEvent::FeedbackJudged(one) => self.change_feedback(one.number, |it| {
                it.satisfied = Some(one.satisfied);
            }),
            VoiceEvent::FeedbackOverdue(one) => {
                self.change_feedback(one.number, |it| it.overdue = true);
            }
            VoiceEvent::SurveyAnswered(survey) => self.surveys.push(Survey::of(survey, at)),
        }
    }
}

/// A campaign that was answered for this dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    pub campaign: String,
    pub at: Moment,
}

impl Survey {
    fn of(answered: &SurveyAnswered, at: Moment) -> Self {
        Self {
            campaign: answered.campaign.clone(),
            at,
        }
    }
}

//! What the applicant said of the service, and what may still be said.

use uuid::Uuid;

use super::holder::Holder;
use crate::domain::dossier::{Dossier, Feedback, FeedbackKind, Phase};
use crate::domain::time::Moment;
use crate::web::dates::{self, When};
use crate::web::lang::{Lang, Pair};

/// The scale of the forms: five steps, the highest is best.
pub const SCALE: u8 = 5;

/// The section of one's own voice.
pub struct Voice {
    /// The form to rate with, while nobody has.
    pub rating: Option<RatingForm>,
    /// How it was rated.
    pub rated: Option<(String, When)>,
    /// Nothing is said yet of when one may rate, or one may: said of a dossier that is under way.
    pub rates_later: bool,
    pub feedback: Vec<Said>,
    /// Another feedback may be sent.
    pub may_write: bool,
}

/// Five buttons and what they are sent with.
pub struct RatingForm {
    pub action: String,
    pub capability: String,
    /// New with every page, so that a double click records once.
    pub command: Uuid,
    pub scores: [(u8, &'static str); 5],
    pub chosen: Option<u8>,
}

/// One feedback of the holder.
pub struct Said {
    pub number: u32,
    pub kind: &'static str,
    pub at: When,
    pub text: Option<String>,
    pub due: Option<When>,
    pub late: bool,
    pub answered: Option<When>,
    pub answer: Option<String>,
    pub published: bool,
}

/// Whether the law's moment to rate has come.
#[must_use]
pub fn may_rate(phase: Phase) -> bool {
    matches!(phase, Phase::Returned | Phase::Refused)
}

impl RatingForm {
    #[must_use]
    pub fn is_chosen(&self, score: &u8) -> bool {
        self.chosen == Some(*score)
    }

    #[must_use]
    pub fn new(action: String, capability: &str, command: Uuid, lang: Lang) -> Self {
        let scores = [
            (5, ("Rất hài lòng", "Very satisfied")),
            (4, ("Hài lòng", "Satisfied")),
            (3, ("Bình thường", "Neither")),
            (2, ("Không hài lòng", "Dissatisfied")),
            (1, ("Rất không hài lòng", "Very dissatisfied")),
        ];
        Self {
            action,
            capability: capability.to_owned(),
            command,
            scores: scores.map(|(score, words)| (score, lang.pick(words))),
            chosen: None,
        }
    }
}

impl Voice {
    pub fn new(
        holder: &Holder,
        dossier: &Dossier,
        action: String,
        command: Uuid,
        now: Moment,
        lang: Lang,
    ) -> Self {
        let open = may_rate(dossier.phase) && dossier.rating.is_none();
        let rated = dossier.rating.map(|rating| {
            (
                format!("{}/{}", rating.score, rating.scale),
                dates::short(rating.at, lang),
            )
        });
        Self {
            rating: open.then(|| RatingForm::new(action, &holder.capability, command, lang)),
            rates_later: rated.is_none() && !dossier.phase.is_closed(),
            rated,
            feedback: dossier
                .feedback
                .iter()
                .map(|one| said(one, holder, now, lang))
                .collect(),
            may_write: dossier.open_feedback().is_none(),
        }
    }
}

fn said(one: &Feedback, holder: &Holder, now: Moment, lang: Lang) -> Said {
    let text = |from_applicant: bool| {
        let mut letters = holder.written.iter();
        let found = letters.find(|letter| {
            letter.feedback == Some(one.number) && letter.from_applicant == from_applicant
        });
        found.and_then(|letter| letter.text.clone())
    };
    Said {
        number: one.number,
        kind: lang.pick(kind(one.kind)),
        at: dates::short(one.submitted_at, lang),
        text: text(true),
        due: one.due_at.map(|due| dates::promise(due, lang)),
        late: one
            .due_at
            .is_some_and(|due| due < one.answered_at.unwrap_or(now)),
        answered: one.answered_at.map(|at| dates::short(at, lang)),
        answer: text(false),
        published: one.published,
    }
}

/// The two kinds of Decree 20/2008.
#[must_use]
pub fn kind(kind: FeedbackKind) -> Pair {
    match kind {
        FeedbackKind::Report => ("Phản ánh", "Report"),
        FeedbackKind::Recommendation => ("Kiến nghị", "Recommendation"),
    }
}

//! What the applicant said of the service, and what may still be said.

use uuid::Uuid;

use super::holder::Holder;
use crate::domain::dossier::{Dossier, Feedback, FeedbackKind, FeedbackState, Phase};
use crate::domain::reference::Reference;
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
    /// A survey asks about this dossier: its name.
    pub survey: Option<String>,
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
#[expect(clippy::struct_excessive_bools, reason = "what the page asks")]
pub struct Said {
    pub number: u32,
    pub kind: &'static str,
    pub at: When,
    /// What was written about it, oldest first.
    pub letters: Vec<SaidLetter>,
    pub due: Option<When>,
    pub late: bool,
    pub answered: Option<When>,
    pub refused: bool,
    /// The office has asked for more.
    pub waits_for_sender: bool,
    /// Name of the office it was passed on to.
    pub passed_to: Option<String>,
    /// The answer can be judged.
    pub may_judge: bool,
    /// How it was judged.
    pub judged: Option<&'static str>,
}

/// One text about a feedback.
pub struct SaidLetter {
    pub about: String,
    pub when: When,
    /// None when it was erased.
    pub text: Option<String>,
}

/// The feedback on which the office asks for more.
#[must_use]
pub fn asked_about(dossier: &Dossier) -> Option<u32> {
    let open = dossier.open_feedback()?;
    (open.state == FeedbackState::AwaitingSender).then_some(open.number)
}

/// The newest answer that nobody has judged.
#[must_use]
pub fn to_judge(dossier: &Dossier) -> Option<u32> {
    let newest = dossier.feedback.iter().rev();
    let mut answered = newest.filter(|one| one.state == FeedbackState::Answered);
    let newest = answered.next()?;
    newest.satisfied.is_none().then_some(newest.number)
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
        (reference, now): (&Reference, Moment),
        lang: Lang,
    ) -> Self {
        let asked = dossier.campaigns(reference, now.date()).next();
        let judged = to_judge(dossier);
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
                .map(|one| Said {
                    may_judge: judged == Some(one.number),
                    passed_to: passed_to(one, reference, lang),
                    ..said(one, holder, now, lang)
                })
                .collect(),
            survey: asked.map(|one| lang.of(&one.name_vi, &one.name_en).clone()),
            may_write: dossier.open_feedback().is_none(),
        }
    }
}

fn said(one: &Feedback, holder: &Holder, now: Moment, lang: Lang) -> Said {
    let letters = holder.written.iter();
    let letters = letters.filter(|letter| letter.feedback == Some(one.number));
    Said {
        number: one.number,
        kind: lang.pick(kind(one.kind)),
        at: dates::short(one.submitted_at, lang),
        letters: letters
            .map(|letter| SaidLetter {
                about: lang.of(&letter.about.vi, &letter.about.en).clone(),
                when: dates::short(letter.at, lang),
                text: letter.text.clone(),
            })
            .collect(),
        due: one.due_at.map(|due| dates::promise(due, lang)),
        late: one.is_late(now),
        answered: one.answered_at.map(|at| dates::short(at, lang)),
        refused: one.state == FeedbackState::Refused,
        waits_for_sender: one.state == FeedbackState::AwaitingSender,
        passed_to: None,
        may_judge: false,
        judged: one.satisfied.map(|satisfied| {
            let words = if satisfied {
                (
                    "Ông/bà hài lòng với câu trả lời",
                    "You are satisfied with the answer",
                )
            } else {
                (
                    "Ông/bà chưa hài lòng với câu trả lời",
                    "You are not satisfied with the answer",
                )
            };
            lang.pick(words)
        }),
    }
}

fn passed_to(one: &Feedback, reference: &Reference, lang: Lang) -> Option<String> {
    let to = one.forwarded_to.as_ref()?;
    let office = reference.offices.get(to.as_str());
    let name = office.map(|office| lang.of(&office.name_vi, &office.name_en).clone());
    Some(name.unwrap_or_else(|| to.to_string()))
}

/// The two kinds of Decree 20/2008.
#[must_use]
pub fn kind(kind: FeedbackKind) -> Pair {
    match kind {
        FeedbackKind::Report => ("Phản ánh", "Report"),
        FeedbackKind::Recommendation => ("Kiến nghị", "Recommendation"),
    }
}

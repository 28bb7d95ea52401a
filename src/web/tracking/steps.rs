//! The five steps of a dossier's way: done, current, to come.

use crate::domain::dossier::{Dossier, DossierEvent, Phase, Stage};
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::projections::history::Change;
use crate::web::dates::{self, When};
use crate::web::lang::{Lang, Pair};
use crate::web::words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Now,
    ToCome,
    /// The dossier left the way here.
    Ended,
}

impl StepState {
    /// The class in the stylesheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now | Self::Ended => "now",
            Self::ToCome => "",
        }
    }

    #[must_use]
    pub fn name(self) -> Pair {
        match self {
            Self::Done => ("xong", "done"),
            Self::Now => ("đang ở bước này", "current step"),
            Self::ToCome => ("chưa đến", "to come"),
            Self::Ended => ("kết thúc ở đây", "ended here"),
        }
    }
}

pub struct Step {
    pub name: &'static str,
    pub state: StepState,
    pub when: Option<When>,
}

impl Step {
    #[must_use]
    pub fn is_now(&self) -> bool {
        self.state == StepState::Now
    }
}

const NAMES: [Pair; 5] = [
    ("Nộp hồ sơ", "Submitted"),
    ("Tiếp nhận", "Accepted"),
    ("Giải quyết", "Processed"),
    ("Ký kết quả", "Result signed"),
    ("Trả kết quả", "Handed over"),
];

/// Where on the way a state lies: the index of the current step, or how a dossier left the way.
enum Place {
    At(usize),
    Done,
    Left,
}

fn place(phase: Phase) -> Place {
    match phase {
        Phase::Absent | Phase::Draft => Place::At(0),
        Phase::Submitted | Phase::Redirected | Phase::AwaitingSupplement(Stage::Intake) => {
            Place::At(1)
        }
        Phase::Accepted
        | Phase::InProcessing
        | Phase::WithAgencies
        | Phase::AwaitingCorrection
        | Phase::Supplemented
        | Phase::AwaitingPayment
        | Phase::WithdrawalRequested
        | Phase::AwaitingSupplement(Stage::Appraisal) => Place::At(2),
        Phase::ResultDrafted | Phase::ResultApproved => Place::At(3),
        Phase::Completed => Place::At(4),
        Phase::Returned => Place::Done,
        Phase::NotAccepted | Phase::Refused | Phase::Stopped | Phase::Withdrawn => Place::Left,
    }
}

pub fn of(changes: &[Change], dossier: &Dossier, lang: Lang) -> Vec<Step> {
    let times = times(changes, dossier);
    let step = |index: usize, state: StepState| Step {
        name: lang.pick(NAMES[index]),
        state,
        when: match state {
            StepState::Done => times[index].map(|at| dates::short(at, lang)),
            StepState::Now | StepState::ToCome | StepState::Ended => None,
        },
    };
    match place(dossier.phase) {
        Place::At(now) => (0..NAMES.len())
            .map(|index| match index.cmp(&now) {
                std::cmp::Ordering::Less => step(index, StepState::Done),
                std::cmp::Ordering::Equal => step(index, StepState::Now),
                std::cmp::Ordering::Greater => step(index, StepState::ToCome),
            })
            .collect(),
        Place::Done => (0..NAMES.len())
            .map(|index| step(index, StepState::Done))
            .collect(),
        Place::Left => {
            let walked = (0..2).filter(|index| times[*index].is_some());
            let mut steps: Vec<Step> = walked.map(|index| step(index, StepState::Done)).collect();
            steps.push(Step {
                name: lang.pick(words::phase(dossier.phase)),
                state: StepState::Ended,
                when: Some(dates::short(dossier.changed_at, lang)),
            });
            steps
        }
    }
}

/// When each step was done: lodged, accepted, handed to a handler, signed, handed over.
fn times(changes: &[Change], dossier: &Dossier) -> [Option<Moment>; 5] {
    let turn = dossier.turn();
    let handled = changes.iter().rev().find(|change| {
        matches!(
            change.fact.event,
            Event::Dossier(DossierEvent::ResultDrafted(_))
        )
    });
    let signed = turn.and_then(|turn| turn.ending).map(|end| end.at);
    [
        dossier.lodged_at,
        turn.map(|turn| turn.accepted_at),
        handled.map(|change| change.fact.at()).or(signed),
        signed,
        dossier.delivered_at,
    ]
}

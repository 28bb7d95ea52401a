//! The way of a dossier in the public view: its steps, and what comes next.

use async_graphql::{Enum, SimpleObject};

use crate::api::words::Label;
use crate::domain::dossier::{EndKind, Phase, Stage};
use crate::domain::time::Moment;
use crate::projections::tracking::DossierRow;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StepState {
    /// Behind.
    Done,
    /// Here it is.
    Current,
    /// Ahead, or never reached.
    ToCome,
}

/// One step on the way of a dossier.
#[derive(Debug, SimpleObject)]
pub struct TrackingStep {
    /// Its name.
    label: Label,
    /// Where it stands.
    state: StepState,
    /// When it was reached.
    at: Option<Moment>,
}

/// The four steps of every dossier, with when each was reached.
pub fn steps(row: &DossierRow) -> Vec<TrackingStep> {
    let settled = row
        .ended_at
        .filter(|_| row.end_kind.is_some_and(EndKind::is_settlement));
    let times = [row.lodged_at, row.accepted_at, settled, row.delivered_at];
    let names = [
        ("Nộp hồ sơ", "Lodged"),
        ("Tiếp nhận", "Accepted"),
        ("Có kết quả", "Result ready"),
        ("Trả kết quả", "Handed over"),
    ];
    let reached = times.iter().rposition(Option::is_some);
    let last = if row.phase.is_closed() { None } else { reached };
    let step = |(place, (name, at)): (usize, ((&str, &str), Option<Moment>))| TrackingStep {
        label: name.into(),
        state: match at {
            Some(_) if last == Some(place) => StepState::Current,
            Some(_) => StepState::Done,
            None => StepState::ToCome,
        },
        at,
    };
    names.into_iter().zip(times).enumerate().map(step).collect()
}

/// What comes next, and who has to do it.
pub fn next_step(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Absent | Phase::Draft => ("Người nộp nộp hồ sơ.", "The applicant submits it."),
        Phase::Submitted | Phase::Redirected => (
            "Bộ phận Một cửa kiểm tra và tiếp nhận.",
            "The one-stop unit checks and accepts it.",
        ),
        Phase::AwaitingSupplement(Stage::Intake | Stage::Appraisal) => (
            "Người nộp bổ sung giấy tờ được yêu cầu.",
            "The applicant supplies the papers asked for.",
        ),
        Phase::Supplemented => (
            "Cơ quan xem giấy tờ đã bổ sung.",
            "The office looks at what was supplied.",
        ),
        Phase::Accepted => (
            "Bộ phận Một cửa chuyển cho người giải quyết.",
            "The one-stop unit forwards it for processing.",
        ),
        Phase::InProcessing => ("Cơ quan đang giải quyết.", "The office is working on it."),
        Phase::WithAgencies => (
            "Các cơ quan liên thông giải quyết từng thủ tục.",
            "The linked agencies settle it, each its own part.",
        ),
        Phase::AwaitingCorrection => (
            "Cơ quan trước sửa kết quả của mình.",
            "Another agency puts its result right.",
        ),
        Phase::AwaitingPayment => (
            "Người nộp thực hiện nghĩa vụ tài chính.",
            "The applicant pays what is owed.",
        ),
        Phase::ResultDrafted | Phase::ResultApproved => {
            ("Người có thẩm quyền ký.", "The competent head signs.")
        }
        Phase::Completed => (
            "Đến nhận kết quả, mang theo giấy hẹn.",
            "Collect the result; bring the receipt.",
        ),
        Phase::WithdrawalRequested => (
            "Cơ quan trả lời đề nghị rút hồ sơ.",
            "The office answers the wish to withdraw.",
        ),
        Phase::NotAccepted
        | Phase::Returned
        | Phase::Refused
        | Phase::Stopped
        | Phase::Withdrawn => ("Không còn bước nào.", "Nothing more is to come."),
    }
}

//! What happened, as one sentence for everybody.

use crate::api::words::act_label;
use crate::domain::dossier::{DossierEvent, DueDateCause, RedirectKind, Stage};
use crate::web::lang::{Lang, Pair};

/// The event in words, closer than its name where it tells more. Says nothing personal.
pub fn happened(event: &DossierEvent) -> Pair {
    closer(event).unwrap_or_else(|| act_label(event.kind()))
}

/// The same as one sentence; of a transfer also by which decision.
pub fn told(event: &DossierEvent, lang: Lang) -> String {
    let what = lang.pick(happened(event));
    if let DossierEvent::Transferred(moved) = event {
        let by = lang.of("theo quyết định", "by decision");
        return format!("{what} ({by} {})", moved.decision);
    }
    what.to_owned()
}

fn closer(event: &DossierEvent) -> Option<Pair> {
    Some(match event {
        DossierEvent::SupplementRequested(request) => match request.stage {
            Stage::Intake => (
                "Yêu cầu bổ sung trước khi tiếp nhận",
                "Supplement requested before acceptance",
            ),
            Stage::Appraisal => (
                "Yêu cầu bổ sung khi thẩm tra",
                "Supplement requested at appraisal",
            ),
        },
        DossierEvent::Redirected(redirected) => match redirected.kind {
            RedirectKind::WrongOffice => (
                "Chuyển tới cơ quan có thẩm quyền",
                "Passed to the competent office",
            ),
            RedirectKind::NonTerritorial => (
                "Chuyển hồ sơ tiếp nhận phi địa giới",
                "Received for another office and passed on",
            ),
        },
        DossierEvent::DueDateRecomputed(moved) => match moved.cause {
            DueDateCause::Supplement => (
                "Tính lại ngày hẹn sau khi bổ sung",
                "Promised date counted anew after the supplement",
            ),
            DueDateCause::Notice => (
                "Tính lại ngày hẹn theo thông báo lịch nghỉ",
                "Promised date counted anew after a calendar notice",
            ),
            DueDateCause::Payment => (
                "Tính lại ngày hẹn sau khi nộp tiền",
                "Promised date counted anew after the payment",
            ),
            DueDateCause::Correction => (
                "Tính lại ngày hẹn sau khi cơ quan khác sửa kết quả",
                "Promised date counted anew after another agency's correction",
            ),
            DueDateCause::Outage => (
                "Tính lại ngày hẹn do sự cố hệ thống",
                "Promised date counted anew after a system outage",
            ),
            DueDateCause::Source => (
                "Hệ thống nguồn đổi ngày hẹn",
                "The source tells another promised date than before",
            ),
        },
        DossierEvent::ApologyIssued(apology) if !apology.moves_promise => (
            "Xin lỗi; ngày hẹn giữ nguyên",
            "Apology; the promised date stands",
        ),
        _ => return None,
    })
}

/// An acceptance whose slip was written by hand while the line was down: it says by itself that it was entered late.
#[must_use]
pub fn is_on_paper(event: &DossierEvent) -> bool {
    matches!(event, DossierEvent::Accepted(accepted) if accepted.on_paper)
}

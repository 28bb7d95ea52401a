//! What happened, as one sentence for everybody.

use crate::domain::dossier::{DossierEvent, DueDateCause, RedirectKind, Stage};
use crate::web::lang::Pair;

/// The event in words. Says nothing personal: no name, no officer, no paper's content.
pub fn happened(event: &DossierEvent) -> Pair {
    match event {
        DossierEvent::Drafted(_) => ("Hồ sơ được soạn", "Dossier drafted"),
        DossierEvent::Submitted(_) => ("Nộp hồ sơ trực tuyến", "Submitted online"),
        DossierEvent::Lodged(_) => (
            "Nhận giấy tờ, ghi vào sổ",
            "Papers received and entered in the register",
        ),
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
        DossierEvent::AcceptanceRefused(_) => ("Từ chối tiếp nhận", "Acceptance refused"),
        DossierEvent::Accepted(_) => (
            "Tiếp nhận hồ sơ và hẹn trả kết quả",
            "Accepted, with a promised date",
        ),
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
        DossierEvent::Forwarded(_) => ("Chuyển người thụ lý", "Handed to the handler"),
        DossierEvent::HandlerAssigned(_) => ("Phân công người thụ lý", "Handler assigned"),
        DossierEvent::SupplementSubmitted(_) => (
            "Người nộp bổ sung giấy tờ",
            "Supplement handed in by the applicant",
        ),
        DossierEvent::SupplementAccepted(_) => ("Giấy tờ bổ sung đã đủ", "Supplement complete"),
        DossierEvent::SupplementStillDeficient(_) => {
            ("Giấy tờ bổ sung chưa đủ", "Supplement still not complete")
        }
        DossierEvent::DueDateRecomputed(moved) => match moved.cause {
            DueDateCause::Supplement => (
                "Tính lại ngày hẹn sau khi bổ sung",
                "Promised date counted anew after the supplement",
            ),
            DueDateCause::Notice => (
                "Tính lại ngày hẹn theo thông báo lịch nghỉ",
                "Promised date counted anew after a calendar notice",
            ),
        },
        DossierEvent::ProcessingStopped(_) => ("Dừng giải quyết", "Processing stopped"),
        DossierEvent::ResolutionRefused(_) => ("Từ chối giải quyết", "Refused after appraisal"),
        DossierEvent::ResultDrafted(_) => ("Dự thảo kết quả", "Result drafted"),
        DossierEvent::StepReturned(_) => (
            "Trả lại người thụ lý để chỉnh sửa",
            "Sent back to the handler for correction",
        ),
        DossierEvent::ResultSigned(_) => ("Ký kết quả", "Result signed"),
        DossierEvent::ProcessingCompleted(_) => ("Giải quyết xong", "Processing completed"),
        DossierEvent::ResultIssued(_) => ("Phát hành kết quả", "Result issued"),
        DossierEvent::ResultDelivered(_) => ("Trả kết quả", "Result handed over"),
        DossierEvent::WithdrawalRequested(_) => ("Yêu cầu rút hồ sơ", "Withdrawal requested"),
        DossierEvent::WithdrawalGranted(_) => ("Đồng ý cho rút hồ sơ", "Withdrawal granted"),
        DossierEvent::WithdrawalDenied(_) => ("Không đồng ý cho rút hồ sơ", "Withdrawal denied"),
        DossierEvent::ApologyIssued(apology) if apology.moves_promise => (
            "Xin lỗi và hẹn lại ngày trả kết quả",
            "Apology, with a new promised date",
        ),
        DossierEvent::ApologyIssued(_) => (
            "Xin lỗi; ngày hẹn giữ nguyên",
            "Apology; the promised date stands",
        ),
        DossierEvent::ApplicantDetailsCorrected(_) => {
            ("Sửa thông tin người nộp", "Applicant's details corrected")
        }
        DossierEvent::CapabilityReissued(_) => (
            "Cấp lại mã trên giấy tiếp nhận; mã cũ hết hiệu lực",
            "Receipt code reissued; the old one is void",
        ),
    }
}

//! A dossier's state for its applicant: where it stands, what comes next, what there is to do.

use crate::domain::actor::Role;
use crate::domain::dossier::{Channel, DeliveryMethod, EndKind, Phase, Stage};
use crate::web::lang::Pair;

/// The state as a short term, for tables.
pub fn phase(phase: Phase) -> Pair {
    phase.label()
}

/// The state as a sentence to the applicant: the largest words of the tracking page.
pub fn headline(phase: Phase) -> Pair {
    match phase {
        Phase::Absent | Phase::Draft => (
            "Hồ sơ chưa được nộp",
            "The dossier has not been submitted yet",
        ),
        Phase::Submitted => (
            "Hồ sơ đã nộp, đang chờ tiếp nhận",
            "Submitted, waiting to be accepted",
        ),
        Phase::AwaitingSupplement(_) => (
            "Hồ sơ cần được bổ sung",
            "Your dossier needs something more",
        ),
        Phase::Supplemented => (
            "Đã nhận giấy tờ bổ sung, đang kiểm tra",
            "Your supplement has arrived and is being checked",
        ),
        Phase::NotAccepted => ("Hồ sơ không được tiếp nhận", "The dossier was not accepted"),
        Phase::Redirected => (
            "Hồ sơ đã được chuyển tới cơ quan có thẩm quyền",
            "Passed on to the competent office",
        ),
        Phase::Accepted => ("Hồ sơ đã được tiếp nhận", "The dossier has been accepted"),
        Phase::InProcessing => (
            "Hồ sơ đang được giải quyết",
            "Your dossier is being processed",
        ),
        Phase::WithAgencies => (
            "Các cơ quan đang giải quyết từng thủ tục",
            "The agencies are working on each part",
        ),
        Phase::AwaitingCorrection => (
            "Đang chờ cơ quan trước sửa kết quả",
            "Waiting until another agency has put its result right",
        ),
        Phase::AwaitingPayment => (
            "Cần nộp nghĩa vụ tài chính",
            "There is a sum for you to pay",
        ),
        Phase::ResultApproved => (
            "Kết quả đã được duyệt, đang chờ ký",
            "The result is approved and awaits signature",
        ),
        Phase::ResultDrafted => (
            "Kết quả đã được dự thảo, đang chờ ký",
            "The result is drafted and awaits signature",
        ),
        Phase::Completed => ("Đã có kết quả, mời đến nhận", "The result is ready for you"),
        Phase::Returned => ("Đã trả kết quả", "The result has been handed over"),
        Phase::Refused => ("Hồ sơ bị từ chối giải quyết", "The application was refused"),
        Phase::Stopped => ("Đã dừng giải quyết hồ sơ", "Processing has been stopped"),
        Phase::WithdrawalRequested => (
            "Đang xem xét yêu cầu rút hồ sơ",
            "Your request to withdraw is being considered",
        ),
        Phase::Withdrawn => ("Hồ sơ đã được rút", "The dossier has been withdrawn"),
    }
}

/// What the office does next.
pub fn next(phase: Phase) -> Pair {
    match phase {
        Phase::Absent | Phase::Draft => (
            "Cơ quan chưa nhận được hồ sơ.",
            "The office has not received the dossier.",
        ),
        Phase::Submitted => (
            "Bộ phận một cửa kiểm tra thành phần hồ sơ, rồi tiếp nhận và hẹn ngày trả kết quả.",
            "The one-stop unit checks the papers, then accepts the dossier and promises a date.",
        ),
        Phase::AwaitingSupplement(Stage::Intake) => (
            "Khi nhận đủ giấy tờ, bộ phận một cửa tiếp nhận hồ sơ và hẹn ngày trả kết quả.",
            "Once the papers are complete, the one-stop unit accepts the dossier and promises a date.",
        ),
        Phase::AwaitingSupplement(Stage::Appraisal) => (
            "Khi nhận đủ giấy tờ, cơ quan tiếp tục giải quyết và báo lại ngày hẹn.",
            "Once the papers are complete, the office goes on and tells you the date anew.",
        ),
        Phase::Supplemented => (
            "Cơ quan kiểm tra giấy tờ bổ sung rồi tiếp tục giải quyết.",
            "The office checks the supplement and goes on.",
        ),
        Phase::NotAccepted | Phase::Stopped | Phase::Withdrawn => (
            "Không còn bước nào; hồ sơ đã khép lại.",
            "Nothing more follows; the dossier is closed.",
        ),
        Phase::Redirected => (
            "Cơ quan có thẩm quyền kiểm tra và tiếp nhận hồ sơ.",
            "The competent office checks and accepts the dossier.",
        ),
        Phase::Accepted => (
            "Hồ sơ được chuyển cho người thụ lý.",
            "The dossier goes to the officer who handles it.",
        ),
        Phase::InProcessing => (
            "Người thụ lý thẩm tra và dự thảo kết quả.",
            "The handler appraises it and drafts the result.",
        ),
        Phase::WithAgencies => (
            "Mỗi cơ quan ký kết quả của mình; có kết quả nào trả ngay kết quả đó.",
            "Each agency signs its own result; each is handed over as soon as it is there.",
        ),
        Phase::AwaitingCorrection => (
            "Cơ quan trước sửa kết quả, rồi cơ quan này giải quyết tiếp.",
            "The other agency puts its result right, then this one goes on.",
        ),
        Phase::AwaitingPayment => (
            "Khi nhận được tiền, cơ quan tiếp tục giải quyết và báo lại ngày hẹn.",
            "Once it is paid, the office goes on and tells you the date anew.",
        ),
        Phase::ResultDrafted | Phase::ResultApproved => (
            "Người có thẩm quyền ký kết quả.",
            "The competent head signs the result.",
        ),
        Phase::Completed => (
            "Bộ phận một cửa trả kết quả cho ông/bà.",
            "The one-stop unit hands the result over to you.",
        ),
        Phase::Returned => (
            "Không còn bước nào; hồ sơ đã hoàn tất.",
            "Nothing more follows; the dossier is complete.",
        ),
        Phase::Refused => (
            "Bộ phận một cửa trả lại hồ sơ kèm thông báo lý do.",
            "The one-stop unit returns the papers with a notice of the reason.",
        ),
        Phase::WithdrawalRequested => (
            "Người có thẩm quyền quyết định về yêu cầu rút hồ sơ.",
            "The competent head decides on the withdrawal.",
        ),
    }
}

/// What the applicant has to do; nothing when there is nothing.
pub fn to_do(phase: Phase) -> Option<Pair> {
    match phase {
        Phase::Draft => Some((
            "Hoàn tất và nộp hồ sơ.",
            "Complete the dossier and submit it.",
        )),
        Phase::AwaitingSupplement(_) => Some((
            "Nộp giấy tờ còn thiếu hoặc chưa đúng theo phiếu yêu cầu bổ sung, tại bộ phận một cửa hoặc trực tuyến.",
            "Bring or send the papers named in the request for supplement, at the one-stop unit or online.",
        )),
        Phase::AwaitingPayment => Some((
            "Nộp khoản tiền theo thông báo; thời gian chờ nộp không tính vào thời hạn giải quyết.",
            "Pay the sum named in the notice; the time until then is not counted.",
        )),
        Phase::NotAccepted => Some((
            "Xem lý do trong phiếu từ chối; ông/bà có thể chuẩn bị lại và nộp hồ sơ mới.",
            "Read the reason on the slip; you may prepare the papers again and file anew.",
        )),
        Phase::Completed => Some((
            "Mang giấy tiếp nhận và giấy tờ tùy thân đến bộ phận một cửa để nhận kết quả (hoặc nhận theo cách đã đăng ký).",
            "Bring the receipt slip and an identity paper to the one-stop unit (or receive it the way you chose).",
        )),
        Phase::Refused | Phase::Stopped => Some((
            "Nhận lại hồ sơ và văn bản thông báo; nếu không đồng ý, ông/bà có quyền phản ánh hoặc khiếu nại.",
            "Collect the papers and the written notice; if you disagree you may send feedback or complain.",
        )),
        Phase::Absent
        | Phase::Submitted
        | Phase::Supplemented
        | Phase::Redirected
        | Phase::Accepted
        | Phase::InProcessing
        | Phase::WithAgencies
        | Phase::AwaitingCorrection
        | Phase::ResultDrafted
        | Phase::ResultApproved
        | Phase::Returned
        | Phase::WithdrawalRequested
        | Phase::Withdrawn => None,
    }
}

pub fn ending(kind: EndKind) -> Pair {
    match kind {
        EndKind::Completed => ("Đã giải quyết", "Settled"),
        EndKind::Refused => ("Từ chối giải quyết", "Refused"),
        EndKind::Withdrawn => ("Đã rút", "Withdrawn"),
        EndKind::Stopped => ("Dừng giải quyết", "Stopped"),
        EndKind::Redirected => ("Chuyển cơ quan khác", "Passed on"),
    }
}

pub fn channel(channel: Channel) -> Pair {
    match channel {
        Channel::Counter => ("Trực tiếp", "At the counter"),
        Channel::Online => ("Trực tuyến", "Online"),
        Channel::Post => ("Bưu chính", "By post"),
    }
}

pub fn delivery(method: DeliveryMethod) -> Pair {
    match method {
        DeliveryMethod::Counter => ("tại quầy", "at the counter"),
        DeliveryMethod::Post => ("qua bưu chính", "by post"),
        DeliveryMethod::Online => ("trực tuyến", "online"),
    }
}

/// Who does a planned step; a plan may name a role that nobody here has.
pub fn doer(role: Option<Role>) -> Pair {
    role.map_or(("Cơ quan", "The office"), office_role)
}

/// Who acted, as an office: the public reads roles, not people.
pub fn office_role(role: Role) -> Pair {
    role.label()
}

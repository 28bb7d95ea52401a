//! Why not: every refusal has a stable code and says in Vietnamese and English what to do next.

use super::VoiceRefusal;
use super::{LinkedRefusal, Phase};
use crate::domain::actor::Role;
use crate::domain::calendar::{CalendarError, NoticeError};
use crate::domain::code::CodeError;
use crate::domain::register::BlockError;
use crate::domain::reorganisation::ReorganisationError;
use crate::domain::time::Moment;

/// A refused command leaves no trace and may be sent again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("no such dossier")]
    UnknownDossier,
    #[error("the dossier exists already")]
    AlreadyExists,
    #[error("not possible in state {}", state.name())]
    WrongState { state: Phase },
    #[error("the dossier is closed ({})", state.name())]
    AlreadyClosed { state: Phase },
    #[error("role {} may not do this", role.name())]
    WrongRole { role: Role },
    #[error("the dossier is with office {office}")]
    WrongOffice { office: String },
    #[error("office {office} enters its own dossiers, not {own}")]
    NotOwnOffice { own: String, office: String },
    #[error("the dossier is with office {office} already")]
    AlreadyThere { office: String },
    #[error("not the applicant of this dossier")]
    NotTheApplicant,
    #[error("version is {current}, not {expected}")]
    Conflict { expected: u32, current: u32 },
    #[error("the command id was used with other content or by another person")]
    IdempotencyConflict,
    #[error("a claimed time lies in the future (now {now})")]
    FutureClaim { now: Moment },
    #[error("a reason code is required")]
    ReasonRequired,
    #[error("a legal basis is required for a further supplement request")]
    BasisRequired,
    #[error("the items asked for must be listed")]
    ItemsRequired,
    #[error("unknown office {0}")]
    UnknownOffice(String),
    #[error("unknown procedure {0}, or not in force")]
    UnknownProcedure(String),
    #[error("no policy is in force")]
    NoPolicy,
    #[error("calendar year {0} was never declared")]
    CalendarYearUnknown(i16),
    #[error("the handler of a dossier may not sign its result")]
    SignerIsHandler,
    #[error("no result is in force here")]
    ResultNotInForce,
    #[error("the dossier has a result of this number already")]
    ResultNumberTaken,
    #[error("who approved the further request must be named")]
    ApproverRequired,
    #[error("two different people are needed")]
    SamePerson,
    #[error("the dossier lies on another desk")]
    NotTheHolder,
    #[error("nothing waits to be signed for")]
    NoHandOver,
    #[error("it was handed to, or asked of, somebody else")]
    NotAddressed,
    #[error("no such opinion is awaited")]
    OpinionNotOpen,
    #[error("the date has not passed")]
    NotDueYet,
    #[error("it is on record already")]
    AlreadyRecorded,
    #[error("the person's data has been destroyed, and nothing can be put beside it")]
    SubjectErased,
    #[error("no such obligation waits for this")]
    ObligationNotOpen,
    #[error("the amount is not the one asked for")]
    AmountMismatch,
    #[error("the procedure lists no such paper")]
    ComponentUnknown,
    #[error("the dossier was rated already")]
    AlreadyRated,
    #[error("the score does not lie on its scale")]
    RatingOutOfScale,
    #[error("an earlier feedback waits for its answer")]
    FeedbackOpen,
    #[error("no such feedback waits for an answer")]
    FeedbackNotOpen,
    #[error("a dossier is linked once, and never to itself")]
    LinkInvalid,
    #[error("the dossier has no such paper")]
    PaperUnknown,
    #[error("the new date must lie after the promised one")]
    NewDateTooEarly,
    #[error("personal details of the applicant are required")]
    DetailsRequired,
    #[error("the record exists already")]
    DuplicateRecord,
    #[error("the record does not meet its rules: {0}")]
    InvalidRecord(String),
    /// As [`Rejection::InvalidRecord`], told in both languages: Vietnamese, English.
    #[error("the record does not meet its rules: {1}")]
    Unfit(&'static str, &'static str),
    #[error(transparent)]
    InvalidNotice(NoticeError),
    #[error("{hours} working hours in all, the limit gives {hours_max}")]
    ProcessTooLong { hours: u32, hours_max: u32 },
    #[error(transparent)]
    Block(#[from] BlockError),
    #[error(transparent)]
    Reorganisation(#[from] ReorganisationError),
    #[error("office {0} is no successor by the decision that moved the dossier")]
    NotASuccessor(String),
    #[error(transparent)]
    Linked(#[from] LinkedRefusal),
    #[error(transparent)]
    Voice(#[from] VoiceRefusal),
    #[error("{0} stands for an invented procedure, and this journal is live")]
    SimulatedCode(String),
    #[error("{}", if *told { "this journal records what is done here" } else { "this journal holds what another system tells" })]
    WrongJournal {
        /// It was a claim of another system.
        told: bool,
    },
}

impl From<NoticeError> for Rejection {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Office(code) => Self::UnknownOffice(code),
            NoticeError::Calendar(error) => error.into(),
            NoticeError::Number(_)
            | NoticeError::LegalBasis
            | NoticeError::Empty
            | NoticeError::Day(_)
            | NoticeError::Reversed
            | NoticeError::Over(_) => Self::InvalidNotice(error),
        }
    }
}

impl From<CodeError> for Rejection {
    fn from(error: CodeError) -> Self {
        Self::InvalidRecord(error.to_string())
    }
}

impl From<CalendarError> for Rejection {
    fn from(error: CalendarError) -> Self {
        match error {
            CalendarError::YearUnknown { year } => Self::CalendarYearUnknown(year),
            CalendarError::DayMisplaced { .. } => Self::InvalidRecord(error.to_string()),
        }
    }
}

impl Rejection {
    /// Stable over releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownDossier => "UNKNOWN_DOSSIER",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::WrongState { .. } => "WRONG_STATE",
            Self::AlreadyClosed { .. } => "ALREADY_CLOSED",
            Self::WrongRole { .. } => "WRONG_ROLE",
            Self::WrongOffice { .. } | Self::NotOwnOffice { .. } | Self::AlreadyThere { .. } => {
                "WRONG_OFFICE"
            }
            Self::NotTheApplicant => "NOT_THE_APPLICANT",
            Self::Conflict { .. } => "CONFLICT",
            Self::IdempotencyConflict => "IDEMPOTENCY_CONFLICT",
            Self::FutureClaim { .. } => "FUTURE_CLAIM",
            Self::ReasonRequired => "REASON_REQUIRED",
            Self::BasisRequired => "BASIS_REQUIRED",
            Self::ItemsRequired => "ITEMS_REQUIRED",
            Self::UnknownOffice(_) => "UNKNOWN_OFFICE",
            Self::UnknownProcedure(_) => "UNKNOWN_PROCEDURE",
            Self::NoPolicy => "NO_POLICY",
            Self::CalendarYearUnknown(_) => "CALENDAR_YEAR_UNKNOWN",
            Self::SignerIsHandler => "SIGNER_IS_HANDLER",
            Self::ResultNotInForce => "RESULT_NOT_IN_FORCE",
            Self::ResultNumberTaken => "RESULT_NUMBER_TAKEN",
            Self::ApproverRequired => "APPROVER_REQUIRED",
            Self::SamePerson => "SEPARATION_OF_DUTIES",
            Self::NotTheHolder => "NOT_THE_HOLDER",
            Self::NoHandOver => "NO_HAND_OVER",
            Self::NotAddressed => "NOT_ADDRESSED",
            Self::OpinionNotOpen => "OPINION_NOT_OPEN",
            Self::NotDueYet => "NOT_DUE_YET",
            Self::AlreadyRecorded => "ALREADY_RECORDED",
            Self::SubjectErased => "SUBJECT_ERASED",
            Self::ObligationNotOpen => "OBLIGATION_NOT_OPEN",
            Self::AmountMismatch => "AMOUNT_MISMATCH",
            Self::ComponentUnknown => "COMPONENT_UNKNOWN",
            Self::AlreadyRated => "ALREADY_RATED",
            Self::RatingOutOfScale => "RATING_OUT_OF_SCALE",
            Self::FeedbackOpen => "FEEDBACK_OPEN",
            Self::FeedbackNotOpen => "FEEDBACK_NOT_OPEN",
            Self::LinkInvalid => "LINK_INVALID",
            Self::PaperUnknown => "PAPER_UNKNOWN",
            Self::NewDateTooEarly => "NEW_DATE_TOO_EARLY",
            Self::DetailsRequired => "DETAILS_REQUIRED",
            Self::DuplicateRecord => "DUPLICATE_RECORD",
            Self::InvalidRecord(_) | Self::Unfit(..) => "INVALID_RECORD",
            Self::InvalidNotice(error) => error.code(),
            Self::ProcessTooLong { .. } => "PROCESS_TOO_LONG",
            Self::Block(error) => error.code(),
            Self::Reorganisation(error) => error.code(),
            Self::NotASuccessor(_) => "NOT_A_SUCCESSOR",
            Self::Linked(refusal) => refusal.code(),
            Self::Voice(refusal) => refusal.code(),
            Self::SimulatedCode(_) => "SIMULATED_CODE",
            Self::WrongJournal { .. } => "WRONG_JOURNAL",
        }
    }

    /// What happened and what to do next: (Vietnamese, English).
    #[must_use]
    pub fn message(&self) -> (String, String) {
        match self {
            Self::UnknownDossier => pair(
                "Không có hồ sơ này. Kiểm tra lại mã hồ sơ.",
                "There is no such dossier. Check the code.",
            ),
            Self::AlreadyExists => pair(
                "Hồ sơ đã có trong hệ thống. Mở hồ sơ đó thay vì tạo mới.",
                "The dossier exists already. Open it instead of creating it.",
            ),
            Self::WrongState { state } => (
                format!(
                    "Không thể làm việc này khi hồ sơ ở trạng thái “{}”. Tải lại hồ sơ để xem bước hợp lệ.",
                    state.label().0
                ),
                format!(
                    "This cannot be done in state “{}”. Reload the dossier to see what can.",
                    state.label().1
                ),
            ),
            Self::AlreadyClosed { state } => (
                format!(
                    "Hồ sơ đã đóng (“{}”). Không thể thay đổi; hãy lập hồ sơ mới nếu cần.",
                    state.label().0
                ),
                format!(
                    "The dossier is closed (“{}”). It cannot be changed; start a new one if needed.",
                    state.label().1
                ),
            ),
            Self::WrongRole { role } => (
                format!(
                    "Vai trò “{}” không được làm việc này. Chuyển cho người có thẩm quyền.",
                    role.label().0
                ),
                format!(
                    "Role “{}” may not do this. Pass it to somebody who may.",
                    role.label().1
                ),
            ),
            Self::WrongOffice { office } => (
                format!("Hồ sơ thuộc cơ quan {office}. Liên hệ cơ quan đó."),
                format!("The dossier is with office {office}. Turn to that office."),
            ),
            Self::NotOwnOffice { own, office } => (
                format!(
                    "Ông/bà làm việc cho cơ quan {own}, nên không vào sổ của cơ quan {office}. Ghi vào sổ của cơ quan mình, hoặc để cơ quan {office} tiếp nhận."
                ),
                format!(
                    "You act for office {own} and cannot enter anything in the register of {office}. Use your own office, or leave it to {office}."
                ),
            ),
            Self::AlreadyThere { office } => (
                format!("Hồ sơ đang ở cơ quan {office}. Chọn cơ quan khác để chuyển."),
                format!("The dossier is with office {office} already. Choose another office."),
            ),
            Self::NotTheApplicant => pair(
                "Bạn không phải người nộp hồ sơ này.",
                "You are not the applicant of this dossier.",
            ),
            Self::Conflict { expected, current } => (
                format!(
                    "Hồ sơ đã thay đổi (phiên bản {current}, bạn xem phiên bản {expected}). Tải lại rồi quyết định."
                ),
                format!(
                    "The dossier has changed (version {current}, you saw {expected}). Reload, then decide."
                ),
            ),
            Self::IdempotencyConflict => pair(
                "Mã lệnh này đã dùng cho nội dung khác. Dùng mã lệnh mới.",
                "This command id was used for something else. Use a new one.",
            ),
            Self::FutureClaim { now } => (
                format!("Thời điểm khai báo ở tương lai (bây giờ là {now}). Sửa lại thời điểm."),
                format!("The claimed time lies in the future (now is {now}). Correct it."),
            ),
            Self::ReasonRequired => pair("Cần chọn lý do.", "Choose a reason."),
            Self::BasisRequired => pair(
                "Yêu cầu bổ sung lần nữa phải ghi căn cứ pháp lý.",
                "A further supplement request needs its legal basis.",
            ),
            Self::ItemsRequired => pair(
                "Liệt kê đầy đủ thành phần cần bổ sung, trong một lần.",
                "List every item to be supplemented, all at once.",
            ),
            Self::UnknownOffice(code) => (
                format!("Không có cơ quan {code} vào ngày này."),
                format!("There is no office {code} on this date."),
            ),
            Self::UnknownProcedure(code) => (
                format!("Thủ tục {code} không có hoặc chưa có hiệu lực."),
                format!("Procedure {code} is unknown or not in force."),
            ),
            Self::NoPolicy => pair(
                "Chưa có chính sách nào có hiệu lực vào ngày này.",
                "No policy is in force on this date.",
            ),
            Self::CalendarYearUnknown(year) => (
                format!(
                    "Chưa khai báo lịch làm việc năm {year}. Khai báo lịch trước khi hẹn ngày."
                ),
                format!(
                    "The calendar of {year} was never declared. Declare it before promising a date."
                ),
            ),
            Self::SignerIsHandler => pair(
                "Người thụ lý không được ký kết quả hồ sơ này. Chuyển người ký khác.",
                "The handler may not sign this result. Another signer must.",
            ),
            Self::ResultNotInForce => pair(
                "Văn bản kết quả này không có, hoặc không còn hiệu lực. Tải lại hồ sơ; nếu kết quả đã bị thu hồi, người có thẩm quyền ký văn bản thay thế.",
                "There is no such result, or it is not in force any more. Reload the dossier; what was revoked can only be replaced, by a signer.",
            ),
            Self::ResultNumberTaken => pair(
                "Hồ sơ đã có văn bản mang số này. Ghi số khác.",
                "The dossier has a result of this number already. Use another number.",
            ),
            Self::ApproverRequired => pair(
                "Yêu cầu bổ sung lần nữa phải ghi người phê duyệt.",
                "A further supplement request names who approved it.",
            ),
            Self::SamePerson => pair(
                "Việc này cần hai người khác nhau. Chuyển cho người khác thực hiện.",
                "This needs two different people. Let somebody else do it.",
            ),
            Self::NotTheHolder => pair(
                "Hồ sơ đang ở bàn của người khác. Đề nghị người đó bàn giao, hoặc lãnh đạo phân công lại.",
                "The dossier lies on another desk. Ask that person to hand it over, or the head to reassign it.",
            ),
            Self::NoHandOver => pair(
                "Không có bàn giao nào đang chờ ký nhận. Tải lại hồ sơ.",
                "No hand-over waits to be signed for. Reload the dossier.",
            ),
            Self::NotAddressed => pair(
                "Việc này được giao cho người hoặc cơ quan khác. Chuyển cho đúng nơi nhận.",
                "This was handed to, or asked of, somebody else. Leave it to them.",
            ),
            Self::OpinionNotOpen => pair(
                "Không có ý kiến nào mang số này đang chờ. Tải lại hồ sơ.",
                "No opinion of this number is awaited. Reload the dossier.",
            ),
            Self::NotDueYet => pair(
                "Chưa đến hạn. Đợi đến sau thời hạn rồi ghi nhận.",
                "The date has not passed yet. Record it after it has.",
            ),
            Self::AlreadyRecorded => pair(
                "Việc này đã được ghi. Không cần làm lại.",
                "This is on record already. Nothing need be done.",
            ),
            Self::SubjectErased => pair(
                "Dữ liệu cá nhân loại này của hồ sơ đã được xóa theo quyết định và không ghi lại được. Nếu cần, hướng dẫn nộp hồ sơ mới.",
                "Personal data of this kind has been destroyed by a decision, and none can be kept with this dossier again. If need be, \
                 ask for a new dossier.",
            ),
            Self::ObligationNotOpen => pair(
                "Không có khoản thu nào mang số này ở trạng thái phù hợp. Tải lại hồ sơ.",
                "No payment of this number can take this step. Reload the dossier.",
            ),
            Self::AmountMismatch => pair(
                "Số tiền không khớp với khoản đã thông báo. Kiểm tra lại, hoặc hủy khoản thu rồi thông báo lại.",
                "The amount is not the one asked for. Check it, or cancel the obligation and issue it anew.",
            ),
            Self::ComponentUnknown => pair(
                "Thủ tục không có thành phần hồ sơ số này. Xem danh mục thành phần.",
                "The procedure lists no paper of this number. Look at its list of papers.",
            ),
            Self::AlreadyRated => pair(
                "Hồ sơ này đã được đánh giá. Mỗi hồ sơ đánh giá một lần.",
                "This dossier has been rated. Each is rated once.",
            ),
            Self::RatingOutOfScale => pair(
                "Mức đánh giá không thuộc thang 3 hoặc 5. Chọn lại mức.",
                "The score does not lie on a scale of 3 or 5. Choose again.",
            ),
            Self::FeedbackOpen => pair(
                "Phản ánh trước chưa được trả lời. Đợi trả lời rồi gửi tiếp.",
                "An earlier feedback waits for its answer. Send another one after it.",
            ),
            Self::FeedbackNotOpen => pair(
                "Không có phản ánh nào mang số này đang chờ trả lời.",
                "No feedback of this number waits for an answer.",
            ),
            Self::PaperUnknown => pair(
                "Hồ sơ không có giấy tờ này. Hãy tải lại trang để xem các giấy tờ in được.",
                "The dossier has no such paper. Load the page again to see which there are.",
            ),
            Self::LinkInvalid => pair(
                "Không thể liên kết hồ sơ với chính nó hoặc liên kết hai lần. Chọn hồ sơ khác.",
                "A dossier is linked once, and never to itself. Choose another dossier.",
            ),
            Self::NewDateTooEarly => pair(
                "Ngày hẹn mới phải sau ngày hẹn cũ.",
                "The new date must lie after the promised one.",
            ),
            Self::DetailsRequired => pair(
                "Cần thông tin người nộp.",
                "The applicant's details are required.",
            ),
            Self::DuplicateRecord => pair("Bản ghi này đã có.", "This record exists already."),
            Self::InvalidRecord(why) => (
                format!("Bản ghi không hợp lệ: {why}"),
                format!("The record is not valid: {why}"),
            ),
            Self::Unfit(vietnamese, english) => (
                format!("Bản ghi không hợp lệ: {vietnamese}"),
                format!("The record is not valid: {english}"),
            ),
            Self::InvalidNotice(error) => error.message(),
            Self::ProcessTooLong { hours, hours_max } => (
                format!(
                    "Quy trình nội bộ dài {hours} giờ làm việc, thời hạn giải quyết chỉ có {hours_max} giờ. Rút ngắn các bước rồi phê duyệt lại."
                ),
                format!(
                    "The internal process takes {hours} working hours, the limit gives {hours_max}. Shorten its steps, then approve it."
                ),
            ),
            Self::Block(error) => error.message(),
            Self::Reorganisation(error) => error.message(),
            Self::NotASuccessor(office) => (
                format!(
                    "Cơ quan {office} không phải nơi tiếp nhận theo quyết định đã chuyển hồ sơ này, hoặc đã kết thúc. Chọn một cơ quan có trong quyết định."
                ),
                format!(
                    "Office {office} takes nothing over by the decision that moved this dossier, or has ended. Choose one that the decision names."
                ),
            ),
            Self::Linked(refusal) => refusal.message(),
            Self::Voice(refusal) => refusal.message(),
            Self::WrongJournal { told: true } => (
                "Sổ này ghi việc làm tại đây, không nhận lời khai của hệ thống khác. Nhập vào một sổ riêng: motcua import."
                    .to_owned(),
                "This journal records what is done here, and takes no claims of another system. Import them into a journal of their own: motcua import."
                    .to_owned(),
            ),
            Self::WrongJournal { told: false } => (
                "Sổ này chỉ chứa dữ liệu nhập từ hệ thống khác. Làm việc đó ở hệ thống ấy; lần nhập sau sẽ có."
                    .to_owned(),
                "This journal holds what another system tells. Do it there; the next import brings it."
                    .to_owned(),
            ),
            Self::SimulatedCode(code) => (
                format!(
                    "Mã {code} dành cho thủ tục mô phỏng, không dùng được trong sổ thật. Dùng mã thủ tục hành chính quốc gia."
                ),
                format!(
                    "Code {code} is for invented procedures and cannot be used in a live journal. Use the code of the national catalogue."
                ),
            ),
        }
    }
}

fn pair(vietnamese: &str, english: &str) -> (String, String) {
    (vietnamese.to_owned(), english.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_words_where_machines_read_names() {
        let states = Phase::ALL.into_iter().flat_map(|state| {
            let (wrong, closed) = (
                Rejection::WrongState { state },
                Rejection::AlreadyClosed { state },
            );
            [(wrong, state.name()), (closed, state.name())]
        });
        let roles = Role::ALL.into_iter();
        let roles = roles.map(|role| (Rejection::WrongRole { role }, role.name()));
        for (rejection, name) in states.chain(roles) {
            let (vi, en) = rejection.message();
            assert!(!vi.contains(&format!("“{name}”")), "{vi}");
            assert!(!en.contains(&format!("“{name}”")), "{en}");
            assert!(!vi.contains('_') && !en.contains('_'), "{vi} {en}");
        }
    }
}

//! Words for what goes on beside a dossier's main line: papers, money, links, voices, signatures, other systems.

use async_graphql::Enum;

/// In what form a paper came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::ComponentForm")]
pub enum ComponentForm {
    /// The original.
    Original,
    /// A plain copy.
    Copy,
    /// A certified copy.
    CertifiedCopy,
    /// An electronic document.
    EDocument,
}

/// Where the digital form of a paper comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::Digitisation")]
pub enum Digitisation {
    /// There is none.
    None,
    /// Scanned and signed at this office.
    Here,
    /// Reused from a paper of another dossier.
    FromDossier,
    /// Reused from the result of another dossier.
    FromResult,
}

/// What is to be paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::ObligationKind")]
pub enum ObligationKind {
    /// The price of a service (phí).
    Fee,
    /// A statutory charge (lệ phí).
    Charge,
    /// A tax or levy that another agency determines (nghĩa vụ tài chính); found during processing it stops the clock.
    Obligation,
}

/// How it was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::PaymentMethod")]
pub enum PaymentMethod {
    /// At the counter.
    Cash,
    /// By bank transfer.
    BankTransfer,
    /// Through the national portal's gateway.
    NationalGateway,
    /// Through a ministry's or province's gateway or wallet.
    LocalGateway,
}

/// How two dossiers belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::LinkKind")]
pub enum LinkKind {
    /// The same request filed twice.
    Duplicate,
    /// Filed again after a withdrawal, a refusal or a stop.
    Continuation,
    /// A leg of a linked procedure.
    Leg,
}

/// What an applicant says of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::FeedbackKind")]
pub enum FeedbackKind {
    /// A report of an officer's act (phản ánh).
    Report,
    /// A recommendation on a rule (kiến nghị).
    Recommendation,
}

/// What became of telling another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::SyncOutcome")]
pub enum SyncOutcome {
    /// It was told.
    Requested,
    /// It confirmed.
    Acknowledged,
    /// It refused, or did not answer.
    Failed,
}

/// What checking a digital signature came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::dossier::SignatureValidation")]
pub enum SignatureValidation {
    /// Checked, and good at the time of signing.
    Valid,
    /// Signed; nobody checked.
    Unchecked,
}

/// The statutory papers (Circular 03/2025/TT-VPCP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::paper::Form")]
pub enum PaperForm {
    /// 01, giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    ReceiptSlip,
    /// 02, phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.
    SupplementRequest,
    /// 03, phiếu từ chối tiếp nhận, giải quyết hồ sơ.
    RefusalSlip,
    /// 04, văn bản xin lỗi và đề nghị gia hạn.
    ApologyAndExtension,
    /// 05, thông báo dừng giải quyết hồ sơ.
    StopNotice,
    /// 06, phiếu kiểm soát quá trình giải quyết hồ sơ.
    ControlSlip,
    /// 07, sổ theo dõi hồ sơ: an office's, not a dossier's.
    DossierRegister,
}

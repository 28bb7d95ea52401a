//! Who acts: a pseudonymous id, the office acted for and the role. Names live in the staff register only.

use serde::{Deserialize, Serialize};

/// What a person may do at the one-stop office (Decree 61/2018 arts. 8–12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person whose dossier it is.
    Applicant,
    /// Takes in, supplements, forwards and hands over.
    Receiver,
    /// Appraises and drafts the result.
    Handler,
    /// Assigns and reviews within a division.
    DivisionHead,
    /// Competent head: signs results, refusals and apologies.
    Signer,
    /// Numbers, seals and issues documents.
    Clerk,
    /// Head of the one-stop unit.
    CentreManager,
    /// Takes fees, gives receipts and refunds.
    Cashier,
    /// A payment gateway or bank, confirming what was paid.
    PaymentGateway,
    /// An officer of the public postal service.
    PostalAgent,
    /// Publishes procedures and processes, answers feedback, reports (procedure control).
    ProcedureController,
    /// An officer of a vertical agency (police, tax, social insurance) or of another agency that is asked.
    VerticalAgency,
    /// Reads and replays everything, writes nothing.
    Auditor,
    /// Configures; must not be able to alter history.
    Admin,
    /// The program itself (deadline watch, reactions).
    System,
}

impl Role {
    pub const ALL: [Self; 15] = [
        Self::Applicant,
        Self::Receiver,
        Self::Handler,
        Self::DivisionHead,
        Self::Signer,
        Self::Clerk,
        Self::CentreManager,
        Self::Cashier,
        Self::PaymentGateway,
        Self::PostalAgent,
        Self::ProcedureController,
        Self::VerticalAgency,
        Self::Auditor,
        Self::Admin,
        Self::System,
    ];

    /// The stable name, as in facts and tokens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Receiver => "receiver",
            Self::Handler => "handler",
            Self::DivisionHead => "division_head",
            Self::Signer => "signer",
            Self::Clerk => "clerk",
            Self::CentreManager => "centre_manager",
            Self::Cashier => "cashier",
            Self::PaymentGateway => "payment_gateway",
            Self::PostalAgent => "postal_agent",
            Self::ProcedureController => "procedure_controller",
            Self::VerticalAgency => "vertical_agency",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::System => "system",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What people call it: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Applicant => ("Người nộp hồ sơ", "Applicant"),
            Self::Receiver => ("Công chức tiếp nhận", "Receiving officer"),
            Self::Handler => ("Công chức thụ lý", "Handler"),
            Self::DivisionHead => ("Lãnh đạo phòng", "Head of division"),
            Self::Signer => ("Người có thẩm quyền ký", "Signer"),
            Self::Clerk => ("Văn thư", "Clerk"),
            Self::CentreManager => (
                "Người đứng đầu bộ phận một cửa",
                "Head of the one-stop unit",
            ),
            Self::Cashier => ("Thủ quỹ", "Cashier"),
            Self::PaymentGateway => ("Cổng thanh toán", "Payment gateway"),
            Self::PostalAgent => ("Nhân viên bưu chính công ích", "Postal agent"),
            Self::ProcedureController => (
                "Cán bộ kiểm soát thủ tục hành chính",
                "Procedure controller",
            ),
            Self::VerticalAgency => ("Cơ quan phối hợp, ngành dọc", "Other agency"),
            Self::Auditor => ("Kiểm tra viên", "Auditor"),
            Self::Admin => ("Quản trị hệ thống", "Administrator"),
            Self::System => ("Hệ thống", "The system"),
        }
    }
}

/// The office of somebody who acts for none: applicants, administrators, the program.
pub const NO_OFFICE: &str = "*";

/// A pseudonym as it may stand in a fact: 1 to 64 letters, digits and `. _ - :`, a digit among them (`handler-01`). So
/// nothing that a name is written with gets into the journal, and a name without its marks does not either.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
    (1..=64).contains(&text.len())
        && text.bytes().all(allowed)
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Who did it, as written in every fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Pseudonym; the staff register maps it to a person.
    pub id: String,
    /// Office code, or [`NO_OFFICE`].
    pub office: String,
    pub role: Role,
    /// On whose behalf, when not one's own.
    #[serde(rename = "for", default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
}

impl Actor {
    #[must_use]
    pub fn new(id: impl Into<String>, office: impl Into<String>, role: Role) -> Self {
        Self {
            id: id.into(),
            office: office.into(),
            role,
            on_behalf_of: None,
        }
    }

    /// The program itself.
    #[must_use]
    pub fn system() -> Self {
        Self::new("system", NO_OFFICE, Role::System)
    }
}

#[cfg(test)]
mod tests {
    use super::is_id;

    #[test]
    fn a_pseudonym_is_a_code_and_never_a_name() {
        for good in ["handler-01", "lucyen-03-tl-07", "receiver-H63.40.01", "7"] {
            assert!(is_id(good), "{good}");
        }
        let long = "1".repeat(65);
        for bad in ["", "nguyenvana", "Nguyễn Văn A 1", "a b1", "a/1", &long] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}

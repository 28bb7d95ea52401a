//! What a catalogue record says beside limits and fees: who may apply, who settles, how agencies are linked.

use crate::domain::catalogue::{AgencyRole, ApplicantKind, LinkageKind, Territory};
use crate::web::lang::Pair;

pub fn applicant(kind: ApplicantKind) -> Pair {
    match kind {
        ApplicantKind::Citizen => ("công dân Việt Nam", "Vietnamese citizens"),
        ApplicantKind::Enterprise => ("doanh nghiệp", "enterprises"),
        ApplicantKind::Organisation => ("tổ chức khác", "other organisations"),
        ApplicantKind::Foreigner => ("người nước ngoài", "foreigners"),
        ApplicantKind::VietnameseAbroad => (
            "người Việt Nam định cư ở nước ngoài",
            "Vietnamese who live abroad",
        ),
        ApplicantKind::StateAgency => ("cơ quan nhà nước", "state agencies"),
    }
}

pub fn agency(role: AgencyRole) -> Pair {
    match role {
        AgencyRole::Responsible => ("Cơ quan thực hiện", "Carried out by"),
        AgencyRole::Competent => ("Cơ quan có thẩm quyền", "Decided by"),
        AgencyRole::Coordinating => ("Cơ quan phối hợp", "Together with"),
        AgencyRole::Delegated => ("Cơ quan được ủy quyền", "Delegated to"),
    }
}

/// None when it is settled by one agency.
pub fn linkage(kind: LinkageKind) -> Option<Pair> {
    match kind {
        LinkageKind::None => None,
        LinkageKind::SameLevel => Some((
            "Liên thông cùng cấp: nộp một lần, nhiều cơ quan cùng cấp giải quyết",
            "Linked: filed once, settled by several agencies of one level",
        )),
        LinkageKind::CrossLevel => Some((
            "Liên thông giữa các cấp: nộp một lần, cơ quan nhiều cấp giải quyết",
            "Linked: filed once, settled by agencies of several levels",
        )),
    }
}

pub fn territory(territory: Territory) -> Pair {
    match territory {
        Territory::None => (
            "Chỉ tại cơ quan có thẩm quyền",
            "At the competent office only",
        ),
        Territory::Province => (
            "Tại bất kỳ bộ phận một cửa nào trong tỉnh",
            "At any one-stop unit of the province",
        ),
        Territory::Nationwide => (
            "Tại bất kỳ bộ phận một cửa nào trong cả nước",
            "At any one-stop unit in the country",
        ),
    }
}

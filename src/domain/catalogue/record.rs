//! The optional parts of a procedure's record (Decree 63/2010 art. 8.2): each says how sure it is, none may be guessed.

use super::{Fee, Leg, Level};
use crate::domain::{
    dossier::Channel,
    law::{Certainty, Limit},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A part of a record with how sure it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marked<T> {
    pub value: T,
    pub certainty: Certainty,
}

/// One way to apply (`cách thức thực hiện`), and what it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelTerms {
    pub channel: Channel,
    /// Absent when the procedure's own limit applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Absent when the procedure's own fee applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note_vi: Option<String>,
    pub certainty: Certainty,
}

/// A case (`trường hợp`) and the papers it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name_vi: String,
    pub name_en: String,
    /// Places in the record's list of components, from 1, without repetition.
    pub items: Vec<u32>,
    pub certainty: Certainty,
}

/// That a paper must be digitised, and which decision says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigitisationOrder {
    /// Number of the decision.
    pub decision: String,
    pub certainty: Certainty,
}

/// Where a paper's content can be taken from instead of asking for it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReuseSource {
    /// The database or repository.
    pub source_vi: String,
    pub certainty: Certainty,
}

/// Who may apply (`đối tượng thực hiện`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicantKind {
    Citizen,
    Enterprise,
    Organisation,
    Foreigner,
    /// A Vietnamese citizen who lives abroad.
    VietnameseAbroad,
    StateAgency,
}

/// One text the procedure rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    pub instrument_vi: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    pub certainty: Certainty,
}

/// One document the applicant gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeDocument {
    pub name_vi: String,
    pub paper: bool,
    pub electronic: bool,
    /// How long it is good for; absent when without end or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_vi: Option<String>,
    pub certainty: Certainty,
}

/// The decision that published this version (`quyết định công bố`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationDecision {
    pub number: String,
    pub date: Date,
    /// First day the decision has effect.
    pub effective: Date,
    /// Who decided; absent for the procedure's own level. A ministry has longer terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    pub certainty: Certainty,
}

/// Whether several agencies settle it one after the other behind one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkageKind {
    None,
    /// `liên thông cùng cấp`.
    SameLevel,
    /// `liên thông giữa các cấp chính quyền`.
    CrossLevel,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linkage {
    pub kind: LinkageKind,
    /// Codes of the procedures that are its legs, where they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<String>,
    /// What is settled behind the one counter, in order; none where only the codes are known: it is then handed from desk to
    /// desk like any dossier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<Leg>,
    pub certainty: Certainty,
}

/// The vertical agency (`ngành dọc`) whose procedure is received at the one-stop (Decision 1291/QĐ-TTg).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerticalSector {
    pub agency_vi: String,
    /// The decision that brought it to the counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    pub certainty: Certainty,
}

/// Who lets whom settle it (`ủy quyền`, `phân cấp`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    pub from: Level,
    pub to: Level,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    pub certainty: Certainty,
}

/// Whether another office than the competent one may take it in (`phi địa giới`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Territory {
    /// Only the competent office.
    None,
    /// Any office of the province.
    Province,
    Nationwide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgencyRole {
    /// `cơ quan thực hiện`.
    Responsible,
    /// `cơ quan có thẩm quyền`.
    Competent,
    /// `cơ quan phối hợp`.
    Coordinating,
    /// `cơ quan được ủy quyền`.
    Delegated,
}

/// An agency that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    pub role: AgencyRole,
    pub name_vi: String,
    pub certainty: Certainty,
}

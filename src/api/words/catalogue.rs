//! The catalogue's words in the schema.

use async_graphql::Enum;

use crate::domain::catalogue::{ReviewKind as Kind, publication::ContentPart as Part};

/// Who may apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::ApplicantKind")]
pub enum ApplicantKind {
    /// A Vietnamese citizen.
    Citizen,
    /// An enterprise.
    Enterprise,
    /// Another organisation.
    Organisation,
    /// A foreigner.
    Foreigner,
    /// A Vietnamese citizen who lives abroad.
    VietnameseAbroad,
    /// An office of the state.
    StateAgency,
}

/// Whether several agencies settle a procedure one after the other behind one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::LinkageKind")]
pub enum LinkageKind {
    /// One agency.
    None,
    /// Several of one level.
    SameLevel,
    /// Several of different levels.
    CrossLevel,
}

/// Where a procedure may be filed beside the competent office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::Territory")]
pub enum Territory {
    /// Nowhere else.
    None,
    /// At any office of the province.
    Province,
    /// Anywhere in the country.
    Nationwide,
}

/// What an agency has to do with a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::AgencyRole")]
pub enum AgencyRole {
    /// Carries it out.
    Responsible,
    /// Decides.
    Competent,
    /// Helps.
    Coordinating,
    /// Decides in the name of the competent one.
    Delegated,
}

/// What a yearly review asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::ReviewKind")]
pub enum ReviewKind {
    /// That the procedure be abolished.
    Abolish,
    /// That it become simpler.
    Simplify,
    /// That it be changed otherwise.
    Amend,
}

/// A part without which a procedure is not fully published (Decree 63/2010 art. 8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::catalogue::publication::ContentPart")]
pub enum ContentPart {
    /// The sequence of steps.
    Sequence,
    /// The manner: how one applies.
    Manner,
    /// The papers.
    Components,
    /// How many sets of them.
    NumberOfSets,
    /// Who may apply.
    Subjects,
    /// The agency that settles it.
    Agency,
}

/// A part in words: (Vietnamese, English).
#[must_use]
pub fn part_label(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Sequence => ("Trình tự thực hiện", "Sequence of steps"),
        Part::Manner => ("Cách thức thực hiện", "Manner of applying"),
        Part::Components => ("Thành phần hồ sơ", "Papers of the dossier"),
        Part::NumberOfSets => ("Số lượng hồ sơ", "Number of sets"),
        Part::Subjects => ("Đối tượng thực hiện", "Who may apply"),
        Part::Agency => ("Cơ quan thực hiện", "Agency that settles it"),
    }
}

/// What a review asks for, in words: (Vietnamese, English).
#[must_use]
pub fn review_label(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Abolish => ("Bãi bỏ", "Abolish"),
        Kind::Simplify => ("Đơn giản hóa", "Simplify"),
        Kind::Amend => ("Sửa đổi, bổ sung", "Amend"),
    }
}

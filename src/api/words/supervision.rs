//! Words of inspections.

use async_graphql::Enum;

/// What an inspection looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::supervision::InspectionSubject")]
pub enum InspectionSubject {
    /// Administrative reform and the use of information technology.
    Reform,
    /// Reception, settlement and return of results.
    Settlement,
    /// Publication of procedures.
    Publication,
    /// Handling of feedback.
    Feedback,
    /// Something else.
    Other,
}

/// What kind of shortcoming was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::supervision::FindingKind")]
pub enum InspectionFindingKind {
    /// Settled or answered after the promised day.
    Lateness,
    /// Asked for more papers, or more often, than allowed.
    Supplements,
    /// Dealt with outside the system or the one-stop unit.
    OutsideTheUnit,
    /// No apology, or too late.
    Apologies,
    /// Procedures not posted, or not up to date.
    Publication,
    /// Feedback not dealt with in time.
    Feedback,
    /// Premises, equipment, connection.
    Equipment,
    /// Conduct of officers.
    Conduct,
    /// Something else.
    Other,
}

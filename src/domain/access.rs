//! Who looked at whose personal data: one fact for each request that opened some, on a stream of that officer and day and
//! never on the dossier's, so that looking changes nothing of it (Law 91/2025/QH15: a person may know who has dealt with
//! their data). What somebody looked at because it could not wait is told with its reason.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::{Actor, Role};
use super::dossier::Rejection;
use super::fact::stream;

/// Dossiers that one fact names, at most.
pub const DOSSIERS_MAX: usize = 100;

/// What personal data was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A dossier or a list of them was looked at: the person, texts, names of files.
    Dossier,
    /// A file that somebody handed in or was given was fetched.
    File,
    /// A form was drawn up that names the person.
    Paper,
    /// Dossiers were looked for by a person's number, telephone or name.
    Search,
    /// What the role does not see was opened because it could not wait, with a reason.
    BreakGlass,
}

impl Purpose {
    /// The stable name, as in facts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dossier => "dossier",
            Self::File => "file",
            Self::Paper => "paper",
            Self::Search => "search",
            Self::BreakGlass => "break_glass",
        }
    }

    /// What people call it: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Dossier => ("Xem hồ sơ", "Looked at the dossier"),
            Self::File => ("Mở tệp", "Opened a file"),
            Self::Paper => ("Lập biểu mẫu", "Drew up a form"),
            Self::Search => ("Tìm người", "Searched for a person"),
            Self::BreakGlass => (
                "Xem khẩn cấp, có lý do",
                "Opened in an emergency, with a reason",
            ),
        }
    }
}

/// Personal data of these dossiers was opened; who did it, as what and for which office is the fact's actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looked {
    pub purpose: Purpose,
    /// Their streams, each once, in order; none when a search found nobody.
    pub dossiers: Vec<Uuid>,
}

impl Looked {
    /// The fact's type.
    pub const KIND: &'static str = "access.looked";

    /// At these dossiers, in any order.
    #[must_use]
    pub fn at(purpose: Purpose, mut dossiers: Vec<Uuid>) -> Self {
        dossiers.sort_unstable();
        dossiers.dedup();
        Self { purpose, dossiers }
    }
}

/// The stream of what somebody looked at on a day.
#[must_use]
pub fn stream_of(actor: &Actor, day: Date) -> Uuid {
    stream::access(&actor.office, &actor.id, day)
}

/// Whether looking is on record: applicants look at what is theirs, and the program at what it is told to.
#[must_use]
pub fn is_recorded(role: Role) -> bool {
    !matches!(role, Role::Applicant | Role::System)
}

/// What looking adds to the record.
///
/// # Errors
/// [`Rejection::WrongRole`] for those whose looks are not recorded, [`Rejection::ReasonRequired`] for a glass broken without one,
/// [`Rejection::InvalidRecord`] for more than [`DOSSIERS_MAX`] dossiers or, unless it was searched, none.
pub fn decide(looked: &Looked, actor: &Actor, reasoned: bool) -> Result<Looked, Rejection> {
    if !is_recorded(actor.role) {
        return Err(Rejection::WrongRole { role: actor.role });
    }
    let none = looked.dossiers.is_empty() && looked.purpose != Purpose::Search;
    if none || looked.dossiers.len() > DOSSIERS_MAX {
        let given = looked.dossiers.len();
        return Err(Rejection::InvalidRecord(format!(
            "{given} dossiers in one look"
        )));
    }
    if looked.purpose == Purpose::BreakGlass && !reasoned {
        return Err(Rejection::ReasonRequired);
    }
    Ok(Looked::at(looked.purpose, looked.dossiers.clone()))
}

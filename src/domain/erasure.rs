//! Personal data that is destroyed: asked for, then done, each a fact on a stream of that subject (Law 91/2025/QH15 art. 14).
//!
//! The first fact is the fence: whatever happens after it, the data is gone, also when a copy of the vault is brought back.
//! The second says what was destroyed, and is the certificate. The dossier's own facts stay as they are, and so does every
//! proof over them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::{Actor, NO_OFFICE, Role};
use super::dossier::{Dossier, Rejection};
use super::fact::stream;
use super::part::Purpose;
use super::text;

/// Longest number of a decision, in characters.
pub const DECISION_CHARS_MAX: usize = 120;

/// Data of a dossier's person is to be destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureRequested {
    /// Whose: the id that the parts of the dossier's facts name.
    pub subject: Uuid,
    /// Stream of the dossier.
    pub dossier: Uuid,
    /// Which data, each once, in order.
    pub purposes: Vec<Purpose>,
    /// Number of the decision, as printed.
    pub decision: String,
}

/// It was destroyed: keys, parts under them, files that these named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// Position of the fact that asked for it.
    pub request: u64,
    pub subject: Uuid,
    pub dossier: Uuid,
    pub purposes: Vec<Purpose>,
    /// Keys of the subject that are destroyed, whichever erasure did it.
    pub keys: u64,
    pub parts: u64,
    pub files: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ErasureEvent {
    Requested(ErasureRequested),
    Done(Erased),
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureAct {
    Request(ErasureRequested),
    /// By the program, once the data is destroyed.
    Finish(Erased),
}

impl ErasureEvent {
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Requested(_) => "subject.erasure_requested",
            Self::Done(_) => "subject.erased",
        }
    }

    #[must_use]
    pub fn subject(&self) -> Uuid {
        match self {
            Self::Requested(ErasureRequested { subject, .. })
            | Self::Done(Erased { subject, .. }) => *subject,
        }
    }

    /// Stream of the dossier.
    #[must_use]
    pub fn dossier(&self) -> Uuid {
        match self {
            Self::Requested(ErasureRequested { dossier, .. })
            | Self::Done(Erased { dossier, .. }) => *dossier,
        }
    }

    /// Reads `data` as the event named `kind`; none when it is no event of an erasure.
    pub fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        match kind {
            "subject.erasure_requested" => Some(serde_json::from_str(data).map(Self::Requested)),
            "subject.erased" => Some(serde_json::from_str(data).map(Self::Done)),
            _ => None, // foreign: a type name out of the journal
        }
    }
}

impl ErasureAct {
    #[must_use]
    pub fn subject(&self) -> Uuid {
        match self {
            Self::Request(ErasureRequested { subject, .. })
            | Self::Finish(Erased { subject, .. }) => *subject,
        }
    }

    /// The stream of the subject.
    #[must_use]
    pub fn stream(&self) -> Uuid {
        stream::subject(self.subject())
    }

    /// Stream of the dossier.
    #[must_use]
    pub fn dossier(&self) -> Uuid {
        match self {
            Self::Request(ErasureRequested { dossier, .. })
            | Self::Finish(Erased { dossier, .. }) => *dossier,
        }
    }
}

/// What has been asked for and done to the data of one subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasures {
    /// Which data is to go, or has gone.
    pub requested: Vec<Purpose>,
    /// Positions of the requests that are carried out.
    pub done: Vec<u64>,
}

impl Erasures {
    pub fn evolve(&mut self, event: &ErasureEvent) {
        match event {
            ErasureEvent::Requested(asked) => self.requested.extend(&asked.purposes),
            ErasureEvent::Done(erased) => self.done.push(erased.request),
        }
    }
}

/// What an act adds to the record of a subject.
///
/// # Errors
/// [`Rejection::UnknownDossier`] for a dossier without this subject, [`Rejection::WrongRole`] and [`Rejection::NotOwnOffice`] for
/// whoever does not keep it, [`Rejection::WrongState`] while it is worked on, [`Rejection::ReasonRequired`],
/// [`Rejection::Unfit`] without a decision's number or a purpose, [`Rejection::AlreadyRecorded`] when all of it has been
/// asked for, or is done.
pub fn decide(
    erasures: &Erasures,
    act: &ErasureAct,
    dossier: &Dossier,
    (actor, reasoned): (&Actor, bool),
) -> Result<ErasureEvent, Rejection> {
    match act {
        ErasureAct::Request(asked) => {
            let asked = checked(asked)?;
            guard(dossier, actor)?;
            if dossier.subject() != Some(asked.subject) {
                return Err(Rejection::UnknownDossier);
            }
            if !dossier.phase.is_closed() {
                let state = dossier.phase;
                return Err(Rejection::WrongState { state });
            }
            if !reasoned {
                return Err(Rejection::ReasonRequired);
            }
            if asked
                .purposes
                .iter()
                .all(|one| erasures.requested.contains(one))
            {
                return Err(Rejection::AlreadyRecorded);
            }
            Ok(ErasureEvent::Requested(asked))
        }
        ErasureAct::Finish(erased) => {
            let role = actor.role;
            if role != Role::System {
                return Err(Rejection::WrongRole { role });
            }
            if erasures.done.contains(&erased.request) {
                return Err(Rejection::AlreadyRecorded);
            }
            Ok(ErasureEvent::Done(erased.clone()))
        }
    }
}

fn checked(asked: &ErasureRequested) -> Result<ErasureRequested, Rejection> {
    let mut asked = asked.clone();
    asked.purposes.sort_unstable();
    asked.purposes.dedup();
    if asked.purposes.is_empty() {
        return Err(Rejection::Unfit(
            "chưa chọn loại dữ liệu cần xóa",
            "an erasure names no purpose",
        ));
    }
    asked.decision = text::required(&asked.decision, DECISION_CHARS_MAX)
        .map_err(|_| Rejection::Unfit("thiếu số quyết định xóa", "an erasure names no decision"))?;
    Ok(asked)
}

/// The head of the unit that has the dossier, and administrators of all offices.
fn guard(dossier: &Dossier, actor: &Actor) -> Result<(), Rejection> {
    let office = dossier.office.as_ref().ok_or(Rejection::UnknownDossier)?;
    match actor.role {
        Role::Admin if actor.office == NO_OFFICE => Ok(()),
        Role::CentreManager if actor.office == office.as_str() => Ok(()),
        Role::CentreManager => Err(Rejection::NotOwnOffice {
            own: actor.office.clone(),
            office: office.to_string(),
        }),
        role => Err(Rejection::WrongRole { role }),
    }
}

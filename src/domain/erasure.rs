//! Personal data that is destroyed: asked for, then done, each a fact on a stream of that subject (Law 91/2025/QH15 art. 14).
//!
//! The first fact is the fence: whatever happens after it, the data is gone, also when a copy of the vault is brought back.
//! The second says what was destroyed, and is the certificate. The dossier's own facts stay as they are, and so does every
//! proof over them. Backups hold what was destroyed until the key is destroyed that wrapped it in them: a third fact says so,
//! on the stream of wrapping keys.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::{Actor, NO_OFFICE, Role, is_id};
use super::dossier::{Dossier, Rejection};
use super::fact::stream;
use super::part::Purpose;
use super::text;
use super::time::Moment;

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

/// A wrapping key was destroyed: no backup that was made before `retired_at` can be read any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyDestroyed {
    /// Its name in the vault, such as `w1`; all older ones were destroyed before.
    pub key: String,
    /// It has wrapped nothing since.
    pub retired_at: Moment,
    /// Days that backups of the vault are kept here.
    pub kept_days: u16,
    /// Pseudonyms of the two who saw to it.
    pub custodians: [String; 2],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ErasureEvent {
    Requested(ErasureRequested),
    Done(Erased),
    KeyDestroyed(KeyDestroyed),
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureAct {
    Request(ErasureRequested),
    /// By the program, once the data is destroyed.
    Finish(Erased),
    /// By an administrator, once the key is destroyed.
    DestroyKey(KeyDestroyed),
}

impl ErasureEvent {
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Requested(_) => "subject.erasure_requested",
            Self::Done(_) => "subject.erased",
            Self::KeyDestroyed(_) => "key.destroyed",
        }
    }

    /// What it is about: the subject, or the name of the wrapping key.
    #[must_use]
    pub fn of(&self) -> String {
        match self {
            Self::Requested(ErasureRequested { subject, .. })
            | Self::Done(Erased { subject, .. }) => subject.to_string(),
            Self::KeyDestroyed(destroyed) => destroyed.key.clone(),
        }
    }

    /// The stream it stands on.
    #[must_use]
    pub fn stream(&self) -> Uuid {
        match self {
            Self::Requested(ErasureRequested { subject, .. })
            | Self::Done(Erased { subject, .. }) => stream::subject(*subject),
            Self::KeyDestroyed(_) => stream::wrapping_keys(),
        }
    }

    /// Reads `data` as the event named `kind`; none when it is no event of an erasure.
    pub fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        match kind {
            "subject.erasure_requested" => Some(serde_json::from_str(data).map(Self::Requested)),
            "subject.erased" => Some(serde_json::from_str(data).map(Self::Done)),
            "key.destroyed" => Some(serde_json::from_str(data).map(Self::KeyDestroyed)),
            _ => None, // foreign: a type name out of the journal
        }
    }
}

impl ErasureAct {
    /// The stream of the subject, or of wrapping keys.
    #[must_use]
    pub fn stream(&self) -> Uuid {
        match self {
            Self::Request(ErasureRequested { subject, .. })
            | Self::Finish(Erased { subject, .. }) => stream::subject(*subject),
            Self::DestroyKey(_) => stream::wrapping_keys(),
        }
    }

    /// Stream of the dossier, if it is about one.
    #[must_use]
    pub fn dossier(&self) -> Option<Uuid> {
        match self {
            Self::Request(ErasureRequested { dossier, .. })
            | Self::Finish(Erased { dossier, .. }) => Some(*dossier),
            Self::DestroyKey(_) => None,
        }
    }
}

/// What has been asked for and done to the data of one subject; or, on their stream, to wrapping keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasures {
    /// Which data is to go, or has gone.
    pub requested: Vec<Purpose>,
    /// Positions of the requests that are carried out.
    pub done: Vec<u64>,
    /// Names of wrapping keys that are destroyed.
    pub keys: Vec<String>,
}

impl Erasures {
    pub fn evolve(&mut self, event: &ErasureEvent) {
        match event {
            ErasureEvent::Requested(asked) => self.requested.extend(&asked.purposes),
            ErasureEvent::Done(erased) => self.done.push(erased.request),
            ErasureEvent::KeyDestroyed(destroyed) => self.keys.push(destroyed.key.clone()),
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
        ErasureAct::DestroyKey(destroyed) => {
            if actor.role != Role::Admin || actor.office != NO_OFFICE {
                return Err(Rejection::WrongRole { role: actor.role });
            }
            let [one, other] = &destroyed.custodians;
            if one == other || ![one, other].into_iter().all(|id| is_id(id)) {
                return Err(Rejection::Unfit(
                    "hủy khóa cần hai người giữ khóa khác nhau, ghi bằng bí danh",
                    "two different custodians see to it that a key is destroyed, by their pseudonyms",
                ));
            }
            if erasures.keys.contains(&destroyed.key) {
                return Err(Rejection::AlreadyRecorded);
            }
            Ok(ErasureEvent::KeyDestroyed(destroyed.clone()))
        }
    }
}

fn checked(asked: &ErasureRequested) -> Result<ErasureRequested, Rejection> {
    let mut asked = asked.clone();
    asked.decision = asked.decision.trim().to_owned();
    asked.purposes.sort_unstable();
    asked.purposes.dedup();
    if asked.purposes.is_empty() {
        return Err(Rejection::Unfit(
            "chưa chọn loại dữ liệu cần xóa",
            "an erasure names no purpose",
        ));
    }
    // It stands in the journal for ever: a number, never words.
    if !text::is_decision_number(&asked.decision) {
        return Err(Rejection::Unfit(
            "số quyết định xóa phải có dạng 123/QĐ-UBND",
            "an erasure names its decision by a number such as 123/QĐ-UBND",
        ));
    }
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

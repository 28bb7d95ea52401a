//! The repository of results: what an office gave before this system, entered with its file so that nobody has to bring it
//! again (Decree 118/2025/ND-CP art. 4, as amended; Circular 01/2023/TT-VPCP). Results of dossiers are in it by themselves.
//!
//! One stream for each: its id follows from office, procedure and number, so nothing is entered twice.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::actor::{Actor, Role};
use super::code::{OfficeCode, ProcedureCode};
use super::dossier::{Rejection, Signature};
use super::fact::{Fact, stream};
use super::part::Part;
use super::reference::Reference;
use super::time::Moment;

/// A result older than the system. Whose it is and its file are personal parts of the fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedResult {
    /// The office that gave it; it may have ended since.
    pub office: OfficeCode,
    pub procedure: ProcedureCode,
    pub number: String,
    /// The day it bears.
    pub issued_on: Date,
    /// Size of its file, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Of whoever digitised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// It should never have been entered, or was entered wrongly: it counts no more, and may be entered anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Struck {
    pub office: OfficeCode,
    pub procedure: ProcedureCode,
    pub number: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ArchiveEvent {
    Entered(ArchivedResult),
    Struck(Struck),
}

/// What is wanted of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveAct {
    Enter(ArchivedResult),
    Strike(Struck),
}

impl ArchiveEvent {
    /// Office, procedure and number of the result.
    #[must_use]
    pub fn of(&self) -> (&OfficeCode, &ProcedureCode, &str) {
        match self {
            Self::Entered(result) => (&result.office, &result.procedure, &result.number),
            Self::Struck(struck) => (&struck.office, &struck.procedure, &struck.number),
        }
    }

    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Entered(_) => "archive.result_entered",
            Self::Struck(_) => "archive.result_struck",
        }
    }

    /// Reads `data` as the event named `kind`; none when it is no event of the repository.
    pub fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        match kind {
            "archive.result_entered" => Some(serde_json::from_str(data).map(Self::Entered)),
            "archive.result_struck" => Some(serde_json::from_str(data).map(Self::Struck)),
            _ => None, // foreign: a type name out of the journal
        }
    }
}

impl ArchiveAct {
    /// The stream of the result it is about.
    #[must_use]
    pub fn stream(&self) -> uuid::Uuid {
        let (office, procedure, number) = match self {
            Self::Enter(result) => (&result.office, &result.procedure, &result.number),
            Self::Strike(struck) => (&struck.office, &struck.procedure, &struck.number),
        };
        stream::archive(office.as_str(), procedure.as_str(), number)
    }

    fn procedure(&self) -> &ProcedureCode {
        match self {
            Self::Enter(ArchivedResult { procedure, .. })
            | Self::Strike(Struck { procedure, .. }) => procedure,
        }
    }

    fn office(&self) -> &OfficeCode {
        match self {
            Self::Enter(ArchivedResult { office, .. }) | Self::Strike(Struck { office, .. }) => {
                office
            }
        }
    }
}

/// One result as it stands in the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archived {
    pub result: Option<ArchivedResult>,
    /// Commitments to whose it is and to its file; none once it is struck.
    pub parts: Vec<Part>,
    pub struck: bool,
}

impl Archived {
    pub fn evolve(&mut self, event: &ArchiveEvent, fact: &Fact) {
        match event {
            ArchiveEvent::Entered(result) => {
                self.result = Some(result.clone());
                self.parts.clone_from(&fact.circumstances.parts);
                self.struck = false;
            }
            ArchiveEvent::Struck(_) => {
                self.parts.clear();
                self.struck = true;
            }
        }
    }

    fn stands(&self) -> bool {
        self.result.is_some() && !self.struck
    }
}

/// What an act adds to the repository of a journal that `began` on a day.
///
/// # Errors
/// [`Rejection::WrongRole`] and [`Rejection::NotOwnOffice`] for whoever does not keep that office's results,
/// [`Rejection::UnknownOffice`], [`Rejection::UnknownProcedure`], [`Rejection::FutureClaim`] for a day to come, [`Rejection::Unfit`] for one on
/// which this journal was there already,
/// [`Rejection::DuplicateRecord`] for one that stands, [`Rejection::AlreadyRecorded`] for one that does not.
pub fn decide(
    archived: &Archived,
    act: &ArchiveAct,
    (actor, reasoned): (&Actor, bool),
    reference: &Reference,
    (began, now): (Date, Moment),
) -> Result<ArchiveEvent, Rejection> {
    let role = actor.role;
    if !matches!(role, Role::Receiver | Role::Clerk | Role::CentreManager) {
        return Err(Rejection::WrongRole { role });
    }
    let office = act.office();
    if !reference.offices.contains_key(office.as_str()) {
        return Err(Rejection::UnknownOffice(office.to_string()));
    }
    let procedure = act.procedure();
    if !keeps(&actor.office, (office, procedure), reference, now) {
        return Err(Rejection::NotOwnOffice {
            own: actor.office.clone(),
            office: office.to_string(),
        });
    }
    match act {
        ArchiveAct::Enter(result) => {
            if !reference.procedures.contains_key(result.procedure.as_str()) {
                return Err(Rejection::UnknownProcedure(result.procedure.to_string()));
            }
            let signed = result.signature.as_ref().map(|one| one.signed_at);
            if result.issued_on > now.date() || signed.is_some_and(|signed| signed > now) {
                return Err(Rejection::FutureClaim { now });
            }
            if result.issued_on >= began {
                return Err(Rejection::Unfit(
                    "kết quả cấp từ ngày hệ thống hoạt động thuộc về một hồ sơ: nhập hồ sơ đó",
                    "a result given since this system began belongs to a dossier: enter that one",
                ));
            }
            if archived.stands() {
                return Err(Rejection::DuplicateRecord);
            }
            Ok(ArchiveEvent::Entered(result.clone()))
        }
        ArchiveAct::Strike(_) if !archived.stands() => Err(Rejection::AlreadyRecorded),
        ArchiveAct::Strike(_) if !reasoned => Err(Rejection::ReasonRequired),
        ArchiveAct::Strike(struck) => Ok(ArchiveEvent::Struck(struck.clone())),
    }
}

/// Whether an office keeps what another gave in a procedure: its own, and that of the offices whose work it has taken over.
#[must_use]
pub fn keeps(
    own: &str,
    (office, procedure): (&OfficeCode, &ProcedureCode),
    reference: &Reference,
    now: Moment,
) -> bool {
    let keepers = reference.keepers(office.as_str(), procedure.as_str(), now.date());
    keepers.contains(own)
}

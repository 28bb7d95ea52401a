//! What can happen: every event of every stream, with its stable name.

use serde::Serialize;
use serde_json::value::RawValue;

use super::access::Looked;
use super::archive::ArchiveEvent;
use super::campaign::CampaignEvent;
use super::claim::ImportEvent;
use super::dossier::DossierEvent;
use super::erasure::ErasureEvent;
use super::journal::JournalEvent;
use super::reference::ReferenceEvent;
use super::register::RegisterEvent;
use super::staff::StaffEvent;
use super::supervision::SupervisionEvent;

/// One event; serialised it is the fact's `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "the large ones are reference records: few, and read once"
)]
pub enum Event {
    Journal(JournalEvent),
    Reference(ReferenceEvent),
    Register(RegisterEvent),
    Archive(ArchiveEvent),
    Staff(StaffEvent),
    Access(Looked),
    Erasure(ErasureEvent),
    Import(ImportEvent),
    Dossier(DossierEvent),
}

/// Why a fact's `type` and `data` could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Written by a newer program, or not ours: never reinterpreted.
    #[error("unknown event type {0}")]
    Unknown(String),
    #[error("event data of {kind}: {source}")]
    Data {
        kind: String,
        source: serde_json::Error,
    },
}

impl Event {
    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Journal(event) => event.kind(),
            Self::Reference(event) => match event {
                ReferenceEvent::CalendarDeclared(_) => "calendar.declared",
                ReferenceEvent::PolicyAdopted(_) => "policy.adopted",
                ReferenceEvent::ProcedurePublished(_) => "procedure.published",
                ReferenceEvent::OfficeOpened(_) => "office.opened",
                ReferenceEvent::NoticeIssued(_) => "notice.issued",
                ReferenceEvent::ProcedureAbolished(_) => "procedure.abolished",
                ReferenceEvent::ProcessApproved(_) => "process.approved",
                ReferenceEvent::ReviewProposed(_) => "procedure.review_proposed",
                ReferenceEvent::TargetSet(_) => "target.set",
                ReferenceEvent::Campaign(event) => event.kind(),
                ReferenceEvent::Supervision(event) => event.kind(),
                ReferenceEvent::OfficesReorganised(_) => "offices.reorganised",
            },
            Self::Register(event) => match event {
                RegisterEvent::Entered(_) => "register.entered",
                RegisterEvent::CodeVoided(_) => "register.code_voided",
                RegisterEvent::CodesReserved(_) => "register.codes_reserved",
            },
            Self::Archive(event) => event.kind(),
            Self::Staff(event) => event.kind(),
            Self::Access(_) => Looked::KIND,
            Self::Erasure(event) => event.kind(),
            Self::Import(event) => event.kind(),
            Self::Dossier(event) => event.kind(),
        }
    }

    /// Reads `data` as the event named `kind`.
    pub fn parse(kind: &str, data: &RawValue) -> Result<Self, EventError> {
        let text = data.get();
        let read = match kind {
            JournalEvent::OPENED => {
                serde_json::from_str(text).map(|data| Self::Journal(JournalEvent::Opened(data)))
            }
            JournalEvent::FORMAT_RAISED => serde_json::from_str(text)
                .map(|data| Self::Journal(JournalEvent::FormatRaised(data))),
            "calendar.declared" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::CalendarDeclared(data))),
            "policy.adopted" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::PolicyAdopted(data))),
            "procedure.published" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::ProcedurePublished(data))),
            "office.opened" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::OfficeOpened(data))),
            "notice.issued" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::NoticeIssued(data))),
            "procedure.abolished" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::ProcedureAbolished(data))),
            "process.approved" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::ProcessApproved(data))),
            "procedure.review_proposed" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::ReviewProposed(data))),
            "target.set" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::TargetSet(data))),
            "offices.reorganised" => serde_json::from_str(text)
                .map(|data| Self::Reference(ReferenceEvent::OfficesReorganised(data))),
            "register.entered" => {
                serde_json::from_str(text).map(|data| Self::Register(RegisterEvent::Entered(data)))
            }
            "register.code_voided" => serde_json::from_str(text)
                .map(|data| Self::Register(RegisterEvent::CodeVoided(data))),
            Looked::KIND => serde_json::from_str(text).map(Self::Access),
            "register.codes_reserved" => serde_json::from_str(text)
                .map(|data| Self::Register(RegisterEvent::CodesReserved(data))),
            kind => {
                let dossier = DossierEvent::parse(kind, text).map(|read| read.map(Self::Dossier));
                let campaign = || {
                    let read = CampaignEvent::parse(kind, text)?;
                    Some(read.map(|event| Self::Reference(ReferenceEvent::Campaign(event))))
                };
                let supervision = || {
                    let read = SupervisionEvent::parse(kind, text)?;
                    Some(read.map(|event| Self::Reference(ReferenceEvent::Supervision(event))))
                };
                let archive = || Some(ArchiveEvent::parse(kind, text)?.map(Self::Archive));
                let read = dossier.or_else(campaign).or_else(supervision);
                let staff = || Some(StaffEvent::parse(kind, text)?.map(Self::Staff));
                let erasure = || Some(ErasureEvent::parse(kind, text)?.map(Self::Erasure));
                let import = || Some(ImportEvent::parse(kind, text)?.map(Self::Import));
                let read = read.or_else(archive).or_else(staff).or_else(erasure);
                match read.or_else(import) {
                    Some(read) => read,
                    None => return Err(EventError::Unknown(kind.to_owned())),
                }
            }
        };
        read.map_err(|source| EventError::Data {
            kind: kind.to_owned(),
            source,
        })
    }
}

//! Who did what, when and why: one row per fact. Before and after are folded when asked for (see `history`).

mod search;

use std::sync::LazyLock;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

pub use search::{
    Counts, Filter, Order, at, counts, entries, kinds, neighbours, of_dossier, search, size_at,
};

use super::Model;
use super::fold::Batch;
use super::trace::Trace;
use super::word::{decode, from_word, to_word};
use crate::databases::insert::{Insert, Writes};
use crate::domain::actor::Role;
use crate::domain::claim::ImportEvent;
use crate::domain::event::Event;
use crate::domain::fact::BreachRule;
use crate::domain::journal::JournalEvent;
use crate::domain::reason::Reason;
use crate::domain::reference::ReferenceEvent;
use crate::domain::register::RegisterEvent;
use crate::domain::time::Moment;
use crate::journal::Hash;

pub(super) const MODEL: Model = Model {
    version: 3,
    tables: "
        create table audit (
            position     integer primary key,
            dossier      integer,          -- the dossier's number; null for facts of other streams
            subject      text,             -- what other facts are about: a code, a year
            recorded_at  integer not null,
            claimed_at   integer,
            received_at  integer,
            kind         text    not null,
            actor        text    not null,
            actor_role   text    not null,
            actor_office text    not null,
            on_behalf_of text,
            reason       text,
            basis        text,
            breach       text,
            command      blob    not null,
            version      integer not null,
            leaf_hash    blob    not null,
            -- Of facts that a rule of the detector looks at, else null:
            at           integer,          -- the moment that counts when it is not that of recording: as another system claims
            concerned    text,             -- whose register, when it is not the office acted for
            documented   integer,          -- a text or a file came with it
            seen         text              -- JSON: what else a rule needs of the event
        ) strict;
        -- Facts come in the order of their positions, so that these grow at few ends: quicker than to sort them afterwards.
        create index audit_dossier on audit (dossier, position) where dossier is not null;
        create index audit_actor on audit (actor, position);
        create index audit_kind on audit (kind, position);
        create index audit_claimed on audit (kind, at) where at is not null;
        create index audit_breach on audit (position) where breach is not null;
        create index audit_reason on audit (position) where reason is not null;
        create index audit_later on audit (position)
            where recorded_at - min(coalesce(claimed_at, recorded_at), coalesce(received_at, recorded_at)) >= 3600000000;",
    indexes: "",
};

/// One fact, as an auditor reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub position: u64,
    pub dossier: Option<Uuid>,
    /// The dossier's code as it is now; for other facts what they are about (code of a register's number, of an office, …).
    pub code: Option<String>,
    pub recorded_at: Moment,
    /// When it is claimed to have happened.
    pub claimed_at: Option<Moment>,
    /// The hour on the slip.
    pub received_at: Option<Moment>,
    /// The fact's `type`.
    pub kind: String,
    pub actor_id: String,
    pub actor_role: Role,
    pub actor_office: String,
    pub on_behalf_of: Option<String>,
    pub reason: Option<Reason>,
    /// Legal basis of an exception.
    pub basis: Option<String>,
    pub breach: Option<BreachRule>,
    pub command: Uuid,
    /// In its stream, from 1.
    pub version: u32,
    pub leaf_hash: Hash,
}

const COLUMNS: [&str; 21] = [
    "position",
    "dossier",
    "subject",
    "recorded_at",
    "claimed_at",
    "received_at",
    "kind",
    "actor",
    "actor_role",
    "actor_office",
    "on_behalf_of",
    "reason",
    "basis",
    "breach",
    "command",
    "version",
    "leaf_hash",
    "at",
    "concerned",
    "documented",
    "seen",
];

static INSERT: LazyLock<Insert> = LazyLock::new(|| Insert::new("audit", &COLUMNS, ""));

/// One row per fact of the batch.
pub(super) fn write(to: &mut Writes, batch: &Batch) {
    let rows: Vec<_> = batch.reads.iter().zip(&batch.numbers).collect();
    INSERT.put(to, &rows, |columns, (read, number)| {
        let (entry, fact) = (&read.entry, &read.fact);
        let around = &fact.circumstances;
        let trace = Trace::of(fact);
        let counts = trace.as_ref().map(|trace| trace.at);
        let concerned = trace.as_ref().map(|trace| trace.office);
        columns
            .bind(entry.position.cast_signed())
            .bind(number.map(u64::cast_signed))
            .bind(subject(&fact.event))
            .bind(entry.recorded_at.0)
            .bind(around.occurred_at.map(|moment| moment.0))
            .bind(around.received_at.map(|moment| moment.0))
            .bind(fact.event.kind())
            .bind(fact.actor.id.clone())
            .bind(fact.actor.role.name())
            .bind(fact.actor.office.clone())
            .bind(fact.actor.on_behalf_of.clone())
            .bind(around.reason.as_ref().map(to_word))
            .bind(around.basis.clone())
            .bind(around.breach.as_ref().map(|breach| to_word(&breach.rule)))
            .bind(fact.command)
            .bind(entry.version)
            .bind(entry.leaf_hash.to_vec())
            .bind(counts.filter(|at| *at != fact.recorded_at).map(|at| at.0))
            .bind(concerned.filter(|office| *office != fact.actor.office))
            .bind(trace.as_ref().map(|trace| trace.documented))
            .bind(trace.and_then(|trace| serde_json::to_string(&trace.seen).ok()))
    });
}

fn subject(event: &Event) -> Option<String> {
    match event {
        Event::Dossier(_) => None,
        Event::Archive(event) => {
            let (office, _, number) = event.of();
            Some(format!("{office} {number}"))
        }
        Event::Staff(event) => {
            let (office, officer) = event.of();
            Some(format!("{office} {officer}"))
        }
        Event::Erasure(event) => Some(event.of()),
        Event::Import(ImportEvent::Begun(begun)) => Some(begun.file.clone()),
        Event::Import(ImportEvent::Ended(ended)) => Some(ended.file.clone()),
        Event::Access(looked) => Some(looked.purpose.name().to_owned()),
        Event::Journal(JournalEvent::Opened(opened)) => Some(opened.id.to_string()),
        Event::Journal(JournalEvent::FormatRaised(raised)) => Some(raised.format.to_string()),
        Event::Register(RegisterEvent::Entered(entered)) => Some(entered.code.to_string()),
        Event::Register(RegisterEvent::CodeVoided(voided)) => Some(voided.code.to_string()),
        Event::Register(RegisterEvent::CodesReserved(block)) => Some(format!(
            "{} {}–{} ({})",
            block.office, block.first, block.last, block.desk
        )),
        Event::Reference(ReferenceEvent::CalendarDeclared(year)) => Some(year.year.to_string()),
        Event::Reference(ReferenceEvent::PolicyAdopted(policy)) => Some(policy.reference()),
        Event::Reference(ReferenceEvent::ProcedurePublished(procedure)) => {
            Some(format!("{}/{}", procedure.code, procedure.version))
        }
        Event::Reference(ReferenceEvent::OfficeOpened(office)) => Some(office.code.clone()),
        Event::Reference(ReferenceEvent::NoticeIssued(notice)) => Some(notice.number.clone()),
        Event::Reference(ReferenceEvent::ProcedureAbolished(abolished)) => {
            Some(abolished.code.clone())
        }
        Event::Reference(ReferenceEvent::ProcessApproved(process)) => Some(process.reference()),
        Event::Reference(ReferenceEvent::ReviewProposed(proposal)) => Some(proposal.code.clone()),
        Event::Reference(ReferenceEvent::TargetSet(target)) => Some(to_word(&target.indicator)),
        Event::Reference(ReferenceEvent::Campaign(event)) => Some(event.code().to_owned()),
        Event::Reference(ReferenceEvent::Supervision(event)) => Some(event.subject()),
        Event::Reference(ReferenceEvent::OfficesReorganised(one)) => Some(one.decision.clone()),
    }
}

impl FromRow<'_, SqliteRow> for AuditRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let moment = |column| -> sqlx::Result<Option<Moment>> {
            Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment))
        };
        let word = |column| row.try_get::<Option<String>, _>(column);
        let hash: Vec<u8> = row.try_get("leaf_hash")?;
        Ok(Self {
            position: row.try_get::<i64, _>("position")?.cast_unsigned(),
            dossier: row.try_get("dossier")?,
            code: row.try_get("code")?,
            recorded_at: Moment(row.try_get("recorded_at")?),
            claimed_at: moment("claimed_at")?,
            received_at: moment("received_at")?,
            kind: row.try_get("kind")?,
            actor_id: row.try_get("actor")?,
            actor_role: from_word(row.try_get("actor_role")?)?,
            actor_office: row.try_get("actor_office")?,
            on_behalf_of: word("on_behalf_of")?,
            reason: word("reason")?.map(from_word).transpose()?,
            basis: word("basis")?,
            breach: word("breach")?.map(from_word).transpose()?,
            command: row.try_get("command")?,
            version: row.try_get("version")?,
            leaf_hash: hash
                .try_into()
                .map_err(|_| decode("a hash is not 32 bytes".into()))?,
        })
    }
}

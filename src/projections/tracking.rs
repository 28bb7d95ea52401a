//! One wide row per dossier: what tracking and worklists show. No personal data: none is in the journal.

use std::collections::HashMap;
use std::sync::LazyLock;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, query_as};
use uuid::Uuid;

use super::fold::State;
use super::word::{decode, from_json, from_word, to_word};
use super::{Model, ProjectionError, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::actor::Role;
use crate::domain::code::DossierCode;
use crate::domain::dossier::{Channel, DeliveryMethod, Dossier, EndKind, Phase};
use crate::domain::fact::BreachRule;
use crate::domain::law::Certainty;
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 2,
    tables: "
        create table dossier (
            number              integer primary key, -- position of its first fact
            id                  blob    not null,
            version             integer not null,
            code                text,
            code_rank           integer,             -- day and number in the code, as one number
            procedure           text    not null,
            procedure_version   integer,
            office              text    not null,    -- has it now
            reception_office    text    not null,
            phase               text    not null,
            phase_rank          integer not null,    -- its place in the order of a dossier's life
            open                integer not null,    -- 1: an officer has to do something before it is closed
            channel             text,
            lodged_at           integer,             -- all times: microseconds since 1970, UTC
            received_at         integer,
            accepted_at         integer,
            original_due_at     integer,
            due_at              integer,
            due_rank            integer not null,    -- due_at while the clock runs, else the last there is
            due_certainty       text,
            limit_certainty     text,
            paused              integer not null,
            ended_at            integer,
            end_kind            text,
            delivered_at        integer,
            delivery_method     text,
            supplement_requests integer not null,
            supplement_items    text    not null,
            apologies           integer not null,
            breaches            text    not null,
            handler             text,
            desk                text,                -- role of the desk it lies on now
            step                integer,             -- of the internal process, at that desk
            applicant           text,
            capability          text,
            intake_due_at       integer,             -- while acceptance or an answer is awaited
            missed              integer not null,    -- promises of the newest turn that were recorded as missed
            changed_at          integer not null,
            leg_of              blob,                -- id of the whole, when it is a leg of a linked dossier
            position            integer not null     -- of its newest fact
        ) strict;",
    indexes: "
        create unique index dossier_id on dossier (id);
        create index dossier_code on dossier (code) where code is not null;",
};

/// The rank of a dossier whose clock does not run: after all others.
pub const NEVER_DUE: i64 = i64::MAX;

/// A dossier as it stands. Times are UTC instants; of several turns (redirections) the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierRow {
    pub id: Uuid,
    pub version: u32,
    /// Absent before submission.
    pub code: Option<String>,
    pub procedure: String,
    /// Pinned at acceptance.
    pub procedure_version: Option<u32>,
    /// The public view leaves the name of the procedure out.
    pub sensitive: bool,
    /// Has it now.
    pub office: String,
    /// Where it was lodged first.
    pub reception_office: String,
    pub phase: Phase,
    pub channel: Option<Channel>,
    pub lodged_at: Option<Moment>,
    pub received_at: Option<Moment>,
    pub accepted_at: Option<Moment>,
    /// The first promise, kept for ever.
    pub original_due_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub due_certainty: Option<Certainty>,
    pub limit_certainty: Option<Certainty>,
    /// The applicant's supplement is awaited.
    pub paused: bool,
    pub ended_at: Option<Moment>,
    pub end_kind: Option<EndKind>,
    pub delivered_at: Option<Moment>,
    pub delivery_method: Option<DeliveryMethod>,
    pub supplement_requests: u32,
    /// Components asked for last, by their place in the procedure's list.
    pub supplement_items: Vec<u32>,
    pub apologies: u32,
    pub breaches: Vec<BreachRule>,
    /// Actor id of the one who has it.
    pub handler: Option<String>,
    /// Role of the desk it lies on now.
    pub desk: Option<Role>,
    /// Step of the internal process at that desk, from 1.
    pub step: Option<u16>,
    /// Actor id of the applicant, when it came by the applicant's own hand.
    pub applicant: Option<String>,
    /// SHA-256 (hex) of the receipt's capability.
    pub capability: Option<String>,
    /// By when the office is to accept or answer, while it has done neither.
    pub intake_due_at: Option<Moment>,
    /// How many promises of the newest turn were recorded as missed.
    pub missed: u32,
    pub changed_at: Moment,
    /// Id of the whole, when it is one leg of a linked dossier.
    pub leg_of: Option<Uuid>,
    /// Of its newest fact.
    pub position: u64,
}

/// The columns of a [`DossierRow`], and `due_rank` for cursors.
macro_rules! columns {
    // foreign: a macro's pattern, not one of our enums
    () => {
        "id, version, code, procedure, procedure_version, office, reception_office, phase, channel, lodged_at, received_at,
         accepted_at, original_due_at, due_at, due_certainty, limit_certainty, paused, ended_at, end_kind, delivered_at,
         delivery_method, supplement_requests, supplement_items, apologies, breaches, handler, desk, step, applicant, capability,
         intake_due_at, missed, changed_at, leg_of, position, due_rank"
    };
}
pub(super) use columns;

/// The dossier with this code.
pub async fn by_code(models: &ReadModels, code: &str) -> Result<Option<DossierRow>> {
    let asked = models.clone();
    let several = move |codes: Vec<Box<str>>| {
        let models = asked.clone();
        async move { by_codes(&models, &codes).await }
    };
    models.shared.by_code.ask(code.into(), several).await
}

/// The dossiers with these codes; of several with one code the first.
async fn by_codes(
    models: &ReadModels,
    codes: &[Box<str>],
) -> Result<HashMap<Box<str>, DossierRow>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from dossier where code in (select value from json_each(?1)) order by number desc"
    );
    let found: Vec<DossierRow> = query_as(sql)
        .bind(to_word(&codes))
        .fetch_all(models.pool())
        .await?;
    let by_code = |row: DossierRow| Some((row.code.as_deref()?.into(), models.mark(row)));
    Ok(found.into_iter().filter_map(by_code).collect())
}

/// The dossier with this id.
pub async fn by_id(models: &ReadModels, id: Uuid) -> Result<Option<DossierRow>> {
    let asked = models.clone();
    let several = move |ids: Vec<Uuid>| {
        let models = asked.clone();
        async move {
            let rows = by_ids(&models, &ids).await?.into_iter();
            Ok::<_, ProjectionError>(rows.map(|row| (row.id, row)).collect())
        }
    };
    models.shared.by_id.ask(id, several).await
}

/// The dossier whose first fact stands at this position.
pub async fn by_first_fact(models: &ReadModels, position: u64) -> Result<Option<DossierRow>> {
    let sql = concat!("select ", columns!(), " from dossier where number = ?1");
    let found = query_as(sql)
        .bind(position.cast_signed())
        .fetch_optional(models.pool());
    Ok(models.marked(found.await?))
}

/// The dossiers with these ids, in no order.
pub async fn by_ids(models: &ReadModels, ids: &[Uuid]) -> Result<Vec<DossierRow>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from dossier where id in (select unhex(value) from json_each(?1))"
    );
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    let found: Vec<DossierRow> = query_as(sql)
        .bind(to_word(&ids))
        .fetch_all(models.pool())
        .await?;
    Ok(found.into_iter().map(|row| models.mark(row)).collect())
}

/// The legs of a linked dossier that their agencies have, in no order.
pub async fn legs(models: &ReadModels, whole: &Dossier) -> Result<Vec<DossierRow>> {
    let opened = whole.legs.iter().filter_map(|leg| leg.opened.as_ref());
    let ids: Vec<Uuid> = opened.map(|opened| opened.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    by_ids(models, &ids).await
}

const COLUMNS: [&str; 40] = [
    "number",
    "id",
    "version",
    "code",
    "code_rank",
    "procedure",
    "procedure_version",
    "office",
    "reception_office",
    "phase",
    "phase_rank",
    "open",
    "channel",
    "lodged_at",
    "received_at",
    "accepted_at",
    "original_due_at",
    "due_at",
    "due_rank",
    "due_certainty",
    "limit_certainty",
    "paused",
    "ended_at",
    "end_kind",
    "delivered_at",
    "delivery_method",
    "supplement_requests",
    "supplement_items",
    "apologies",
    "breaches",
    "handler",
    "desk",
    "step",
    "applicant",
    "capability",
    "intake_due_at",
    "missed",
    "changed_at",
    "leg_of",
    "position",
];

static UPSERT: LazyLock<Insert> =
    LazyLock::new(|| Insert::or_update("dossier", &COLUMNS, "number"));

/// Writes the rows of these dossiers as they are now.
pub(super) fn write(to: &mut Writes, states: &[&State]) {
    UPSERT.put(to, states, |columns, state| {
        let dossier = &state.dossier;
        let turn = dossier.turn();
        let promised = dossier.promised();
        let ending = turn.and_then(|turn| turn.ending);
        let micros = |moment: Moment| moment.0;
        let desk = dossier.desk();
        let office = dossier.office.as_ref().map_or("", |office| office.as_str());
        let reception = state.reception_office.as_ref();
        columns
            .bind(state.number.cast_signed())
            .bind(state.id)
            .bind(dossier.version)
            .bind(dossier.code.as_ref().map(|code| code.as_str().to_owned()))
            .bind(dossier.code.as_ref().and_then(DossierCode::rank))
            .bind(
                dossier
                    .procedure
                    .as_ref()
                    .map_or("", |code| code.as_str())
                    .to_owned(),
            )
            .bind(turn.map(|turn| turn.procedure_version))
            .bind(office.to_owned())
            .bind(
                reception
                    .map_or(office, |office| office.as_str())
                    .to_owned(),
            )
            .bind(dossier.phase.name())
            .bind(dossier.phase.rank())
            .bind(is_open(dossier.phase))
            .bind(dossier.channel.map(Channel::name))
            .bind(dossier.lodged_at.map(micros))
            .bind(turn.map(|turn| turn.received_at.0))
            .bind(turn.map(|turn| turn.accepted_at.0))
            .bind(promised.map(|turn| turn.original_due_at.0))
            .bind(promised.map(|turn| turn.due_at.0))
            .bind(match (promised, ending) {
                (Some(turn), None) => turn.due_at.0,
                (Some(_) | None, _) => NEVER_DUE,
            })
            .bind(turn.map(|turn| to_word(&turn.due_certainty)))
            .bind(turn.map(|turn| to_word(&turn.limit_certainty)))
            .bind(turn.is_some_and(|turn| turn.paused_since.is_some() && turn.ending.is_none()))
            .bind(ending.map(|ending| ending.at.0))
            .bind(ending.map(|ending| ending.kind.name()))
            .bind(dossier.delivered_at.map(micros))
            .bind(dossier.delivered.map(DeliveryMethod::name))
            .bind(dossier.supplement_requests)
            .bind(to_word(&dossier.supplement_items))
            .bind(dossier.apologies)
            .bind(to_word(&dossier.breaches))
            .bind(dossier.handler.clone())
            .bind(desk.map(|stay| stay.role.name()))
            .bind(desk.and_then(|stay| stay.step))
            .bind(dossier.applicant.clone())
            .bind(dossier.capability.clone())
            .bind(dossier.intake_awaited().map(micros))
            .bind(missed(dossier))
            .bind(dossier.changed_at.0)
            .bind(dossier.leg_of.as_ref().map(|leg_of| leg_of.whole))
            .bind(state.position.cast_signed())
    });
}

/// Promises of the newest turn that were recorded as missed.
#[must_use]
pub fn missed(dossier: &Dossier) -> u32 {
    let missed = dossier.turn().map_or(0, |turn| turn.missed.len());
    u32::try_from(missed).unwrap_or(u32::MAX)
}

/// Drafts are their applicant's; what is closed waits for nobody.
pub(super) fn is_open(phase: Phase) -> bool {
    !phase.is_closed() && !matches!(phase, Phase::Absent | Phase::Draft)
}

impl FromRow<'_, SqliteRow> for DossierRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let moment = |column| -> sqlx::Result<Option<Moment>> {
            Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment))
        };
        let word = |column| row.try_get::<Option<String>, _>(column);
        let text = |column| row.try_get::<String, _>(column);
        Ok(Self {
            id: row.try_get("id")?,
            version: row.try_get("version")?,
            code: word("code")?,
            procedure: text("procedure")?,
            procedure_version: row.try_get("procedure_version")?,
            sensitive: true,
            office: text("office")?,
            reception_office: text("reception_office")?,
            phase: Phase::from_name(&text("phase")?).ok_or_else(|| decode("no phase".into()))?,
            channel: word("channel")?.map(from_word).transpose()?,
            lodged_at: moment("lodged_at")?,
            received_at: moment("received_at")?,
            accepted_at: moment("accepted_at")?,
            original_due_at: moment("original_due_at")?,
            due_at: moment("due_at")?,
            due_certainty: word("due_certainty")?.map(from_word).transpose()?,
            limit_certainty: word("limit_certainty")?.map(from_word).transpose()?,
            paused: row.try_get("paused")?,
            ended_at: moment("ended_at")?,
            end_kind: word("end_kind")?.as_deref().map(end_kind).transpose()?,
            delivered_at: moment("delivered_at")?,
            delivery_method: word("delivery_method")?.map(from_word).transpose()?,
            supplement_requests: row.try_get("supplement_requests")?,
            supplement_items: from_json(&text("supplement_items")?)?,
            apologies: row.try_get("apologies")?,
            breaches: from_json(&text("breaches")?)?,
            handler: word("handler")?,
            desk: word("desk")?.map(from_word).transpose()?,
            step: row.try_get("step")?,
            applicant: word("applicant")?,
            capability: word("capability")?,
            intake_due_at: moment("intake_due_at")?,
            missed: row.try_get("missed")?,
            changed_at: Moment(row.try_get("changed_at")?),
            leg_of: row.try_get("leg_of")?,
            position: row.try_get::<i64, _>("position")?.cast_unsigned(),
        })
    }
}

fn end_kind(name: &str) -> sqlx::Result<EndKind> {
    let kinds = [
        EndKind::Completed,
        EndKind::Refused,
        EndKind::Withdrawn,
        EndKind::Stopped,
        EndKind::Redirected,
    ];
    let found = kinds.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| decode("no end kind".into()))
}

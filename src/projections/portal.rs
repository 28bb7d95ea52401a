//! How each dossier stands with the national portal: what was acknowledged, and since when something is owed.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, query_as, query_scalar};
use uuid::Uuid;

use super::fold::State;
use super::word::{decode, from_word};
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::dossier::SyncOutcome;
use crate::domain::portal::{PortalStatus, Standing};
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 3,
    tables: "
        create table portal (
            number          integer primary key, -- position of the dossier's first fact
            status          integer not null,    -- 1 to 10: what the portal ought to show
            remote_status   integer,             -- what it has acknowledged, as it said it
            acknowledged_at integer,             -- all times: microseconds since 1970, UTC
            outcome         text,                -- of the newest attempt
            refusal         text,
            attempts        integer not null,
            told_at         integer,
            owed_since      integer,             -- oldest fact owed and not acknowledged
            unanswered_since integer,            -- the same without what was refused for good
            end_owed_since  integer,             -- end of the procedure, while that is not acknowledged
            agency_since    integer,             -- given to another agency that has not acknowledged it
            agency          text,
            leg_ready_since integer              -- a leg could begin and was not given to its agency
        ) strict;",
    indexes: "
        create index portal_told on portal (told_at) where told_at is not null;
        create index portal_owed on portal (owed_since) where owed_since is not null;
        create index portal_unanswered on portal (unanswered_since) where unanswered_since is not null;
        create index portal_agency on portal (agency_since) where agency_since is not null;",
};

const COLUMNS: [&str; 14] = [
    "number",
    "status",
    "remote_status",
    "acknowledged_at",
    "outcome",
    "refusal",
    "attempts",
    "told_at",
    "owed_since",
    "unanswered_since",
    "end_owed_since",
    "agency_since",
    "agency",
    "leg_ready_since",
];

static UPSERT: LazyLock<Insert> = LazyLock::new(|| Insert::or_update("portal", &COLUMNS, "number"));

/// Which dossiers are behind, as a condition on `dossier`: something is owed to a portal that is told at all.
pub(super) const BEHIND: &str = "number in (
    select number from portal where owed_since is not null
        and exists (select 1 from portal where told_at is not null))";

/// How a dossier stands; none before submission.
pub async fn of(models: &ReadModels, dossier: Uuid) -> Result<Option<Standing>> {
    let found = query_as(
        "select portal.* from dossier join portal on portal.number = dossier.number where dossier.id = ?1",
    )
    .bind(dossier)
    .fetch_optional(models.pool());
    Ok(found.await?)
}

/// The portal has been told of a dossier of this journal, whatever became of it.
pub async fn is_told(models: &ReadModels) -> Result<bool> {
    let found = query_scalar("select exists (select 1 from portal where told_at is not null)")
        .fetch_one(models.pool());
    Ok(found.await?)
}

/// Codes of the dossiers whose procedure ended before this moment and that the portal has not acknowledged, oldest first.
pub async fn ends_owed_before(models: &ReadModels, moment: Moment) -> Result<Vec<String>> {
    let found = query_scalar(
        "select code from portal join dossier on dossier.number = portal.number
         where owed_since is not null and end_owed_since < ?1 and code is not null order by end_owed_since",
    )
    .bind(moment.0)
    .fetch_all(models.pool());
    Ok(found.await?)
}

/// Dossiers that another agency has not acknowledged, given before this moment, oldest first: (code, when, to which).
pub async fn awaited_by_agencies(
    models: &ReadModels,
    moment: Moment,
) -> Result<Vec<(String, Moment, String)>> {
    let found = query_as(
        "select code, agency_since, agency from portal join dossier on dossier.number = portal.number
         where agency_since is not null and agency_since < ?1 and code is not null order by agency_since",
    )
    .bind(moment.0)
    .fetch_all(models.pool());
    let found: Vec<(String, i64, String)> = found.await?;
    Ok(found
        .into_iter()
        .map(|(code, at, agency)| (code, Moment(at), agency))
        .collect())
}

/// Of how many dossiers the portal has not answered to something, and since when. What it refused for good is answered.
pub async fn unanswered(models: &ReadModels) -> Result<(u64, Option<Moment>)> {
    let found = query_as(
        "select count(*), min(unanswered_since) from portal where unanswered_since is not null",
    )
    .fetch_one(models.pool());
    let (count, since): (i64, Option<i64>) = found.await?;
    Ok((count.cast_unsigned(), since.map(Moment)))
}

/// The rows of these dossiers as they are now.
pub(super) fn write(to: &mut Writes, states: &[&State]) {
    let rows: Vec<(u64, u8, Standing)> = states
        .iter()
        .filter(|state| state.dossier.is_entered())
        .filter_map(|state| {
            let standing = Standing::of(&state.dossier);
            Some((state.number, standing.status?.code(), standing))
        })
        .collect();
    UPSERT.put(to, &rows, |columns, (number, status, standing)| {
        let micros = |moment: Option<Moment>| moment.map(|moment| moment.0);
        let agency = standing.next_agency.clone();
        columns
            .bind(number.cast_signed())
            .bind(*status)
            .bind(standing.remote_status)
            .bind(micros(standing.acknowledged_at))
            .bind(standing.outcome.map(SyncOutcome::name))
            .bind(standing.refusal.clone())
            .bind(standing.attempts)
            .bind(micros(standing.told_at))
            .bind(micros(standing.owed_since))
            .bind(micros(standing.unanswered_since))
            .bind(micros(standing.end_owed_since))
            .bind(agency.as_ref().map(|(since, _)| since.0))
            .bind(agency.map(|(_, office)| office))
            .bind(micros(standing.leg_ready_since))
    });
}

impl FromRow<'_, SqliteRow> for Standing {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let moment = |column| -> sqlx::Result<Option<Moment>> {
            Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment))
        };
        let word = |column| row.try_get::<Option<String>, _>(column);
        let status = PortalStatus::from_code(row.try_get("status")?);
        Ok(Self {
            status: Some(status.ok_or_else(|| decode("no status of the portal".into()))?),
            remote_status: row.try_get("remote_status")?,
            acknowledged_at: moment("acknowledged_at")?,
            outcome: word("outcome")?.map(from_word).transpose()?,
            refusal: word("refusal")?,
            attempts: row.try_get("attempts")?,
            told_at: moment("told_at")?,
            owed_since: moment("owed_since")?,
            unanswered_since: moment("unanswered_since")?,
            end_owed_since: moment("end_owed_since")?,
            next_agency: moment("agency_since")?.zip(word("agency")?),
            leg_ready_since: moment("leg_ready_since")?,
        })
    }
}

//! How many durable events a second `postgres-es` takes from 128 concurrent writers.
//!
//! `MOTCUA_TEST_POSTGRES=postgres://… postgres-es [SECONDS]` tries every way of writing with every pool
//! size for a moment, measures the fastest for SECONDS (10) and prints one line on standard output.

mod dossier;
#[path = "../load.rs"]
mod load;

use std::error::Error;
use std::str::FromStr;
use std::time::{Duration, Instant};

use cqrs_es::Aggregate;
use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use postgres_es::{PostgresCqrs, PostgresEventRepository, postgres_cqrs};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio::task::JoinSet;

use crate::dossier::Dossier;
use crate::load::{EVENTS_PER_STREAM, Fact, Step, WRITERS, dossier_id};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const POOL_SIZES: [u32; 3] = [16, 32, 64];
const TRIAL_SECONDS_MAX: u64 = 3;
const SCHEMA: &str = "peer_postgres_es";

/// How an event gets into the store.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// As the framework is used: load the aggregate, handle the command, commit.
    Command,
    /// The repository alone: the version is known, nothing is read.
    Append,
}

/// What one writer of a `Way` needs.
enum Writer {
    Command(PostgresCqrs<Dossier>),
    Append(PostgresEventRepository),
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let address = std::env::var("MOTCUA_TEST_POSTGRES")
        .map_err(|_| "MOTCUA_TEST_POSTGRES is not set; try scripts/postgres run …")?;
    let seconds = std::env::args()
        .nth(1)
        .map_or(Ok(10), |text| text.parse())?;
    let options = PgConnectOptions::from_str(&address)?.options([("search_path", SCHEMA)]);

    let trial_seconds = seconds.min(TRIAL_SECONDS_MAX);
    let mut best: Option<(u64, Way, u32)> = None;
    for way in [Way::Command, Way::Append] {
        for pool_size in POOL_SIZES {
            let rate = measure(&options, way, pool_size, trial_seconds).await?;
            if best.is_none_or(|(best_rate, ..)| rate > best_rate) {
                best = Some((rate, way, pool_size));
            }
        }
    }
    let (_, way, pool_size) = best.ok_or("nothing was measured")?;
    let rate = measure(&options, way, pool_size, seconds).await?;
    println!("postgres-es events_per_second={rate}");
    Ok(())
}

/// Events per second into empty tables, which are dropped afterwards.
async fn measure(
    options: &PgConnectOptions,
    way: Way,
    pool_size: u32,
    seconds: u64,
) -> Outcome<u64> {
    let pool = PgPoolOptions::new()
        .min_connections(pool_size)
        .max_connections(pool_size)
        .test_before_acquire(false) // one round trip less: in the peer's favour
        .acquire_timeout(Duration::from_mins(1))
        .connect_with(options.clone())
        .await?;
    create_tables(&pool).await?;
    must_be_durable(&pool).await?;

    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        writers.spawn(write(Writer::new(way, pool.clone()), number, until));
    }
    let mut acknowledged = 0;
    while let Some(events) = writers.join_next().await {
        acknowledged += events??;
    }
    let millis = u64::try_from(began.elapsed().as_millis())?.max(1);
    let rate = acknowledged * 1000 / millis;

    let bytes = must_be_stored(&pool, acknowledged).await?;
    eprintln!(
        "postgres-es {way:?} pool={pool_size} writers={WRITERS} seconds={seconds} payload_bytes={bytes} \
         events={acknowledged} events_per_second={rate}"
    );
    sqlx::raw_sql("drop schema peer_postgres_es cascade")
        .execute(&pool)
        .await?;
    pool.close().await;
    Ok(rate)
}

/// One writer: dossier after dossier, one command at a time, each waited for; the events acknowledged.
async fn write(writer: Writer, number: usize, until: Instant) -> Outcome<u64> {
    let mut acknowledged = 0;
    for dossier in 0.. {
        let id = dossier_id(number, dossier);
        for step in 0..EVENTS_PER_STREAM {
            if Instant::now() >= until {
                return Ok(acknowledged);
            }
            writer.one(&id, step).await?;
            acknowledged += 1;
        }
    }
    Ok(acknowledged)
}

impl Writer {
    fn new(way: Way, pool: PgPool) -> Self {
        match way {
            Way::Command => Self::Command(postgres_cqrs(pool, Vec::new(), ())),
            Way::Append => Self::Append(PostgresEventRepository::new(pool)),
        }
    }

    async fn one(&self, id: &str, step: usize) -> Outcome<()> {
        match self {
            Self::Command(framework) => framework.execute(id, Step::numbered(step)).await?,
            Self::Append(repository) => {
                let event = SerializedEvent::new(
                    id.to_owned(),
                    step + 1,
                    Dossier::TYPE.to_owned(),
                    Fact::TYPE.to_owned(),
                    "1".to_owned(),
                    serde_json::to_value(Fact::Forwarded(Step::numbered(step)))?,
                    json!({}),
                );
                repository.persist::<Dossier>(&[event], None).await?;
            }
        }
        Ok(())
    }
}

/// The table of postgres-es's own `db/init.sql`, in a schema of its own.
async fn create_tables(pool: &PgPool) -> Outcome<()> {
    sqlx::raw_sql(
        "drop schema if exists peer_postgres_es cascade;
         create schema peer_postgres_es;
         create table peer_postgres_es.events (
             aggregate_type text                         not null,
             aggregate_id   text                         not null,
             sequence       bigint check (sequence >= 0) not null,
             event_type     text                         not null,
             event_version  text                         not null,
             payload        json                         not null,
             metadata       json                         not null,
             primary key (aggregate_type, aggregate_id, sequence)
         );",
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// A figure without these settings would say nothing.
async fn must_be_durable(pool: &PgPool) -> Outcome<()> {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let value: String = sqlx::query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(pool)
            .await?;
        if value != "on" {
            return Err(format!("{setting} is {value}; it must be on").into());
        }
    }
    Ok(())
}

/// Every acknowledged event is there, in streams without a gap; the mean bytes of a payload.
async fn must_be_stored(pool: &PgPool, acknowledged: u64) -> Outcome<i64> {
    let (stored, gaps, bytes): (i64, i64, i64) = sqlx::query_as(
        "select coalesce(sum(events), 0)::bigint,
                count(*) filter (where events <> newest),
                coalesce(sum(bytes) / nullif(sum(events), 0), 0)::bigint
         from (select count(*) as events, max(sequence) as newest,
                      sum(octet_length(payload::text)) as bytes
               from events group by aggregate_id) as streams",
    )
    .fetch_one(pool)
    .await?;
    if u64::try_from(stored)? != acknowledged || gaps > 0 {
        return Err(format!("{acknowledged} acknowledged, {stored} stored, {gaps} gaps").into());
    }
    Ok(bytes)
}

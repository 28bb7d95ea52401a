//! What hangs in an office's lobby: codes and days alone, in three lists of which no dossier stands in two.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, query_as};

use super::tracking::NEVER_DUE;
use super::{Model, ReadModels, Result};
use crate::domain::time::Moment;

pub(super) const MODEL: Model = Model {
    version: 1,
    tables: "",
    indexes: "
        create index dossier_to_collect on dossier (office, ended_at, number) where phase = 'completed';",
};

/// Whose board, and at which moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub office: String,
    /// The office's clock; its day in Hanoi is "today".
    pub now: Moment,
}

/// How many dossiers each list has in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub to_collect: u64,
    pub processing: u64,
    pub due_today: u64,
}

/// One dossier on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub code: String,
    /// When the result was there, or when it is promised.
    pub at: Moment,
    /// The clock stands: it waits for the applicant.
    pub paused: bool,
}

/// The board as it hangs: the beginning of each list, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Board {
    pub counts: Counts,
    /// The result is there and not yet handed over; the newest first.
    pub to_collect: Vec<Line>,
    /// Accepted and not ended, but for those of today; the earliest promise first.
    pub processing: Vec<Line>,
    /// Promised for today, and the clock runs; the earliest first.
    pub due_today: Vec<Line>,
}

/// The statements, each answered from one index. Beside the office they are given where today begins and ends.
pub const COUNTED: &str = "select
        count(*) filter (where phase = 'completed') as to_collect,
        count(*) filter (where due_rank < ?4 and (paused or due_rank < ?2 or due_rank >= ?3)) as processing,
        count(*) filter (where not paused and due_rank >= ?2 and due_rank < ?3) as due_today
     from dossier where open and office = ?1 and code is not null";
pub const TO_COLLECT: &str = "select code, ended_at as at, false as paused
     from dossier where phase = 'completed' and office = ?1 and code is not null
     order by ended_at desc, number desc limit ?2";
pub const PROCESSING: &str = "select code, due_at as at, paused
     from dossier where open and office = ?1 and due_rank < ?4
         and (paused or due_rank < ?2 or due_rank >= ?3) and code is not null
     order by due_rank, id limit ?5";
pub const DUE_TODAY: &str = "select code, due_at as at, paused
     from dossier where open and office = ?1 and due_rank >= ?2 and due_rank < ?3 and not paused and code is not null
     order by due_rank, id limit ?4";

/// All that the statements depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Hung {
    office: String,
    /// The first instants of today, and of tomorrow.
    today: (i64, i64),
    first: u32,
}

/// The board with up to `first` lines in each list. Read once for all who ask at the same time: ten thousand may look at one.
pub async fn read(models: &ReadModels, asked: &Asked, first: u32) -> Result<Board> {
    let hung = Hung {
        office: asked.office.clone(),
        today: day(asked.now),
        first,
    };
    let shared = models.clone();
    let one = move |hung: Hung| {
        let models = shared.clone();
        async move { read_one(&models, &hung).await.map(Some) }
    };
    let found = models.shared.boards.ask_each(hung, one).await?;
    Ok(found.unwrap_or_default())
}

async fn read_one(models: &ReadModels, hung: &Hung) -> Result<Board> {
    let (office, (since, until), first) = (hung.office.as_str(), hung.today, hung.first);
    let pool = models.pool();
    let counts = query_as(COUNTED).bind(office).bind(since).bind(until);
    let to_collect = query_as(TO_COLLECT).bind(office).bind(first);
    let processing = query_as(PROCESSING).bind(office).bind(since).bind(until);
    let due_today = query_as(DUE_TODAY).bind(office).bind(since).bind(until);
    Ok(Board {
        counts: counts.bind(NEVER_DUE).fetch_one(pool).await?,
        to_collect: to_collect.fetch_all(pool).await?,
        processing: processing
            .bind(NEVER_DUE)
            .bind(first)
            .fetch_all(pool)
            .await?,
        due_today: due_today.bind(first).fetch_all(pool).await?,
    })
}

/// The first instants of a moment's day in Hanoi, and of the day after it.
fn day(now: Moment) -> (i64, i64) {
    let midnight = jiff::civil::Time::midnight();
    let begins = |day: jiff::civil::Date| Moment::from_local(day.to_datetime(midnight)).0;
    let today = now.date();
    let tomorrow = today.tomorrow().map_or(i64::MAX, begins);
    (begins(today), tomorrow)
}

impl FromRow<'_, SqliteRow> for Counts {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let number = |column| row.try_get::<i64, &str>(column).map(i64::cast_unsigned);
        Ok(Self {
            to_collect: number("to_collect")?,
            processing: number("processing")?,
            due_today: number("due_today")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Line {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            code: row.try_get("code")?,
            at: Moment(row.try_get("at")?),
            paused: row.try_get("paused")?,
        })
    }
}

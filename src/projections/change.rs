//! What changed, fact by fact: where a follower goes on after a cut, and the bell that wakes those who wait.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, Sqlite};
use tokio::sync::watch;
use uuid::Uuid;

use super::fold::Batch;
use super::word::to_word;
use super::{Model, ReadModels, Result};
use crate::databases::insert::{Insert, Writes};
use crate::domain::actor::NO_OFFICE;

/// So many of the newest entries can be followed from; who is further back starts from the rows as they are.
pub const KEPT: u64 = 1_000_000;

/// Subjects nobody waits for any more are swept out when so many came.
const SWEEP: usize = 256;

/// One row per fact and office concerned: two where a dossier moved from one to another. What the fact is stands in `audit`.
pub(super) const MODEL: Model = Model {
    version: 2,
    tables: "
        create table change (
            office   text    not null,     -- that has the dossier, or had it until this fact; * for none
            position integer not null,
            primary key (office, position)
        ) strict, without rowid;",
    indexes: "",
};

/// Whose changes are followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    Dossier(Uuid),
    /// What an office has, or had until then.
    Office(String),
    /// Everything.
    Journal,
}

/// One fact, as a follower hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub position: u64,
    /// The dossier it is about.
    pub dossier: Option<Uuid>,
    /// The fact's `type`.
    pub kind: String,
}

/// A row to be written.
#[derive(Debug)]
pub struct Changed {
    pub office: String,
    pub position: u64,
}

static INSERT: LazyLock<Insert> =
    LazyLock::new(|| Insert::new("change", &["office", "position"], ""));

/// Writes what the batch changed, and lets go of what is too old to be followed from, office by office as they come.
pub(super) fn write(to: &mut Writes, batch: &Batch) {
    INSERT.put(to, &batch.changed, |columns, row| {
        columns
            .bind(row.office.clone())
            .bind(row.position.cast_signed())
    });
    let newest = batch.reads.last().map(|read| read.entry.position);
    if let Some(oldest) = newest.and_then(|newest| (newest + 1).checked_sub(KEPT)) {
        let offices: BTreeSet<&str> = batch
            .changed
            .iter()
            .map(|row| row.office.as_str())
            .collect();
        let aged =
            "delete from change where office in (select value from json_each(?)) and position < ?";
        let values = [to_word(&offices).into(), oldest.cast_signed().into()];
        to.push(aged, values);
    }
}

/// Which way changes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    OldestFirst,
    NewestFirst,
}

/// A subject's changes at positions from one up to, not including, another. It is not older than [`KEPT`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stretch {
    pub subject: Subject,
    pub from: u64,
    pub until: u64,
}

/// Up to `first` changes, oldest first.
pub async fn of(models: &ReadModels, stretch: &Stretch, first: u32) -> Result<Vec<Change>> {
    read(models, stretch, Order::OldestFirst, first).await
}

/// The newest change. Read once for all who wait for the same.
pub async fn newest(models: &ReadModels, stretch: Stretch) -> Result<Option<Change>> {
    let shared = models.clone();
    let one = move |stretch: Stretch| {
        let models = shared.clone();
        async move { Ok(read(&models, &stretch, Order::NewestFirst, 1).await?.pop()) }
    };
    models.shared.newest.ask_each(stretch, one).await
}

async fn read(
    models: &ReadModels,
    stretch: &Stretch,
    order: Order,
    first: u32,
) -> Result<Vec<Change>> {
    let Stretch {
        subject,
        from,
        until,
    } = stretch;
    let offices = matches!(subject, Subject::Office(_));
    let (position, among) = if offices {
        (
            "change.position",
            "change cross join audit as fact on fact.position = change.position",
        )
    } else {
        ("fact.position", "audit as fact")
    };
    let mut sql =
        QueryBuilder::<Sqlite>::new("select fact.position, fact.kind, dossier.id as dossier from ");
    sql.push(among)
        .push(" left join dossier on dossier.number = fact.dossier where ");
    match subject {
        Subject::Dossier(id) => sql
            .push("fact.dossier = (select number from dossier where id = ")
            .push_bind(*id)
            .push(")"),
        Subject::Office(office) => sql.push("change.office = ").push_bind(office.clone()),
        Subject::Journal => sql.push("true"),
    };
    for (compares, bound) in [(" >= ", *from), (" < ", *until)] {
        sql.push(" and ")
            .push(position)
            .push(compares)
            .push_bind(bound.cast_signed());
    }
    sql.push(" order by ").push(position).push(match order {
        Order::OldestFirst => " limit ",
        Order::NewestFirst => " desc limit ",
    });
    sql.push_bind(i64::from(first));
    Ok(sql.build_query_as().fetch_all(models.pool()).await?)
}

impl FromRow<'_, SqliteRow> for Change {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            position: row.try_get::<i64, _>("position")?.cast_unsigned(),
            dossier: row.try_get("dossier")?,
            kind: row.try_get("kind")?,
        })
    }
}

/// Wakes those who wait for a subject, and nobody else.
#[derive(Default)]
pub struct Bell {
    waiting: Mutex<HashMap<Subject, watch::Sender<u64>>>,
}

impl Bell {
    /// Tells the size up to which the subject's changes can be read, whenever there are new ones. Begins at 0.
    pub fn wait(&self, subject: Subject) -> watch::Receiver<u64> {
        let mut waiting = self.waiting();
        if waiting.len() % SWEEP == SWEEP - 1 {
            waiting.retain(|_, told| told.receiver_count() > 0);
        }
        let told = waiting
            .entry(subject)
            .or_insert_with(|| watch::channel(0).0);
        told.subscribe()
    }

    /// What is written of the batch can be read. A ring that is lost costs its followers time, not a change: they look by
    /// themselves now and then.
    pub(super) fn ring(&self, batch: &Batch) {
        let Some(last) = batch.reads.last() else {
            return;
        };
        let mut waiting = self.waiting();
        if waiting.is_empty() {
            return;
        }
        let size = last.entry.position + 1;
        let offices = batch.changed.iter().map(|row| row.office.as_str());
        let offices = offices.filter(|office| *office != NO_OFFICE);
        let offices: HashSet<&str> = offices.collect();
        let offices = offices
            .into_iter()
            .map(|office| Subject::Office(office.to_owned()));
        let dossiers = batch.touched.iter().copied().map(Subject::Dossier);
        for subject in offices.chain(dossiers).chain([Subject::Journal]) {
            if let Some(told) = waiting.get(&subject)
                && told.send(size).is_err()
            {
                waiting.remove(&subject);
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Subject, watch::Sender<u64>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

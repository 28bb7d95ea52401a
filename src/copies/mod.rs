//! THE VAN: a journal with all that belongs to it, carried elsewhere unchanged: positions, bytes, hashes, seals, enciphered
//! data. Backup, restore and move are this one thing in three directions.
//!
//! The order is what makes a copy of a running node whole. Work first, so that it is never ahead; then the journal up to
//! what is there now; the seals of that much; then the vault, which has every part that those facts name; its files last. No
//! key is ever carried.

mod backup;
mod error;
mod keys;
mod rows;

use std::collections::BTreeMap;
use std::path::PathBuf;

use futures_util::TryStreamExt as _;
use uuid::Uuid;

pub use self::backup::{Backup, DAYS_KEPT, FILE, check};
pub use self::error::CarryError;
pub use self::keys::{KeysCarried, carry as carry_keys};
pub use self::rows::Sum;
use self::rows::{Database, Table};
use crate::acts;
use crate::integrity::Seals;
use crate::journal::{Journal, JournalError, Location};
use crate::reactions::work::Work;
use crate::vault::{self, Folder};

pub type Result<T, E = CarryError> = std::result::Result<T, E>;

/// Where a journal and all that belongs to it lies.
#[derive(Debug, Clone)]
pub struct Whole {
    pub journal: Location,
    pub seals: Location,
    pub work: Location,
    pub vault: Location,
    /// Folder of the enciphered files; there may be none.
    pub files: PathBuf,
}

/// What was carried.
#[derive(Debug, Clone)]
pub struct Carried {
    pub journal: Uuid,
    pub origin: String,
    /// Size of the journal there, before and after.
    pub from: u64,
    pub to: u64,
    /// Of the newest fact.
    pub newest: crate::journal::Hash,
    /// Of each table that was carried whole.
    pub tables: BTreeMap<String, Sum>,
    /// Files that were new there, and those of data that is no more.
    pub files: u64,
    pub files_gone: u64,
    /// Facts that were appended here meanwhile.
    pub behind: u64,
}

const fn table(schema: &'static str, name: &'static str) -> Table {
    Table {
        schema,
        name,
        key: None,
        only_grows: false,
        has_size: false,
    }
}

const fn growing(name: &'static str, key: &'static str, has_size: bool) -> Table {
    Table {
        schema: "integrity",
        name,
        key: Some(key),
        only_grows: true,
        has_size,
    }
}

/// Each after those that it refers to.
const VAULT: [Table; 3] = [
    table("vault", "wrapping_key"),
    table("vault", "data_key"),
    table("vault", "part"),
];
const WORK: [Table; 4] = [
    table("work", "work"),
    table("work", "subscriber"),
    table("work", "delivery"),
    table("work", "dead_letter"),
];
const SEALS: [Table; 3] = [
    growing("log_key", "vkey", false),
    growing("checkpoint", "size", true),
    growing("cosignature", "number", true),
];

/// Carries all of `from` to `to`, which may be empty, or a copy from before: then what is new is added. `tell` hears (done, of
/// all) of the facts.
///
/// Nothing may be served at `to`; at `from` it may.
///
/// # Errors
/// Before anything is changed, where something else is at `to`: [`CarryError::Another`], [`CarryError::Ahead`],
/// [`CarryError::Parted`].
pub async fn carry(from: &Whole, to: &Whole, tell: impl FnMut(u64, u64)) -> Result<Carried> {
    let here = Journal::open_read_only(&from.journal).await?;
    let opened = acts::opened(&here).await?;
    if let Location::Sqlite(file) = &from.vault
        && !file.exists()
    {
        return Err(CarryError::NoVault);
    }
    let there = Journal::create_or_open(&to.journal).await?;
    let size = here.head().await?.size;
    let begun = compare(&here, &there, opened.id, size).await?;

    let mut tables = BTreeMap::new();
    Work::create_or_open(&to.work).await?;
    replace("work", &WORK, (&from.work, &to.work), &mut tables).await?;
    let newest = facts(&here, &there, (begun, size), tell).await?;
    Seals::create_or_open(&to.seals).await?;
    seals(&from.seals, &to.seals, size).await?;
    vault::prepare(&of_vault(&to.vault)).await?;
    replace("vault", &VAULT, (&from.vault, &to.vault), &mut tables).await?;
    let (files, files_gone) = files(from, to, opened.id).await?;
    let behind = here.head().await?.size - size;
    drop(there);
    for place in [&to.journal, &to.seals, &to.work, &to.vault] {
        rows::settle(place).await?;
    }
    Ok(Carried {
        journal: opened.id,
        origin: opened.origin,
        from: begun,
        to: size,
        newest,
        tables,
        files,
        files_gone,
        behind,
    })
}

/// Brings the tables of a copy of one's own up to this program's format.
pub async fn bring_up(whole: &Whole) -> Result<()> {
    drop(Journal::create_or_open(&whole.journal).await?);
    drop(Seals::create_or_open(&whole.seals).await?);
    drop(Work::create_or_open(&whole.work).await?);
    Ok(vault::prepare(&of_vault(&whole.vault)).await?)
}

fn of_vault(location: &Location) -> vault::Location {
    match location {
        Location::Sqlite(file) => vault::Location::Sqlite(file.clone()),
        Location::Postgres(url) => vault::Location::Postgres(url.clone()),
    }
}

/// Whether what is there is a beginning of what is here, and how much it is.
async fn compare(here: &Journal, there: &Journal, id: Uuid, size: u64) -> Result<u64> {
    let head = there.head().await?;
    let Some(newest) = head.leaf_hash else {
        return Ok(0);
    };
    let other = acts::opened(there).await?;
    if other.id != id {
        return Err(CarryError::Another {
            here: id,
            there: other.id,
        });
    }
    if head.size > size {
        return Err(CarryError::Ahead {
            here: size,
            there: head.size,
        });
    }
    let position = head.size - 1;
    let same = here.read(position, 1).await?;
    if same.first().is_none_or(|entry| entry.leaf_hash != newest) {
        return Err(CarryError::Parted { position });
    }
    Ok(head.size)
}

/// Facts with their exact bytes, each held against its hash; the hash of the newest.
async fn facts(
    here: &Journal,
    there: &Journal,
    (begun, size): (u64, u64),
    mut tell: impl FnMut(u64, u64),
) -> Result<crate::journal::Hash> {
    let mut copier = there.copier_of(here).await?;
    let mut at = begun;
    tell(at, size);
    let mut chunks = std::pin::pin!(here.chunks(begun));
    while let Some(mut chunk) = chunks.try_next().await? {
        chunk.retain(|entry| entry.position < size);
        if let Some(damaged) = chunk.iter().find(|entry| !entry.is_intact()) {
            return Err(CarryError::Damaged {
                position: damaged.position,
            });
        }
        let bodies: Vec<_> = chunk.into_iter().map(|entry| entry.body).collect();
        copier.append(at, &bodies).await?;
        at += bodies.len() as u64;
        tell(at, size);
        if at >= size {
            break;
        }
    }
    let newest = there.head().await?;
    match newest.leaf_hash {
        Some(hash) if newest.size == size => Ok(hash),
        Some(_) | None => Err(JournalError::Gap {
            position: newest.size,
        }
        .into()),
    }
}

/// Both databases of a schema, their tables of the same format; none where there is nothing here.
async fn both(
    schema: &'static str,
    (from, to): (&Location, &Location),
) -> Result<Option<(Database, Database)>> {
    let Some(mut from) = Database::read(from, schema).await? else {
        return Ok(None);
    };
    let mut to = Database::write(to).await?;
    if from.format(schema).await? == to.format(schema).await? {
        Ok(Some((from, to)))
    } else {
        Err(CarryError::Format(schema))
    }
}

/// Carries tables whole, in the place of what is there.
async fn replace(
    schema: &'static str,
    tables: &[Table],
    places: (&Location, &Location),
    sums: &mut BTreeMap<String, Sum>,
) -> Result<()> {
    let Some((mut from, mut to)) = both(schema, places).await? else {
        return Ok(());
    };
    let mut order: Vec<&Table> = tables.iter().collect();
    // Emptied before what they refer to is.
    for table in order.iter().rev() {
        to.run(format!("delete from {}", to.called(table))).await?;
    }
    if matches!(to, Database::Sqlite(_)) {
        // References are looked at in the end, and a trigger of the vault's would pass over keys under a retired one.
        order.reverse();
    }
    for table in order {
        let sum = rows::carry(table, &mut from, &mut to, u64::MAX).await?;
        sums.insert(format!("{}.{}", table.schema, table.name), sum);
    }
    to.commit().await
}

/// Adds the seals of trees of at most this size; a checkpoint may have been published since.
async fn seals(from: &Location, to: &Location, size: u64) -> Result<()> {
    let Some((mut from, mut to)) = both("integrity", (from, to)).await? else {
        return Ok(());
    };
    let [_, checkpoint, _] = &SEALS;
    let (theirs, ours) = (from.called(checkpoint), to.called(checkpoint));
    let waiting = format!("select size, published_at from {ours} where published_at is null");
    for (size, _) in to.pairs(waiting).await? {
        let found = format!("select size, published_at from {theirs} where size = {size}");
        if let Some((_, Some(at))) = from.pairs(found).await?.first() {
            let publish = format!("update {ours} set published_at = {at} where size = {size}");
            to.run(publish).await?;
        }
    }
    for table in &SEALS {
        rows::carry(table, &mut from, &mut to, size).await?;
    }
    to.commit().await
}

/// Enciphered files as they are; those that are no more here go there too.
async fn files(from: &Whole, to: &Whole, journal: Uuid) -> Result<(u64, u64)> {
    if !from.files.exists() {
        return Ok((0, 0));
    }
    let here = Folder::open(from.files.clone(), journal).await?;
    let there = Folder::open(to.files.clone(), journal).await?;
    Ok(there.follow(&here).await?)
}

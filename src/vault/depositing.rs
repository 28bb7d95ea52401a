//! Putting parts into the vault's file: new keys, then what they seal, in as few statements as can be.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use sqlx::{SqliteConnection, query, query_as, query_as_with};
use uuid::Uuid;

use super::rows::{KeyRow, NewKey, NewPart};
use super::sqlite::{KEYS, list};
use crate::databases::insert::{Insert, Lately, Writes};

/// So many new keys are put by the statement that asks which there are: there is one for each number of them.
const KEYS_TOGETHER: usize = 60;

/// A connection, and what came on it.
pub(super) type Depositing = (SqliteConnection, Lately);

/// In few statements: for each the connection's thread is woken and waited for. After an error the connection is to be given up.
pub(super) async fn deposit(
    (connection, lately): &mut Depositing,
    keys: &[NewKey],
    parts: &[NewPart],
    now: i64,
) -> sqlx::Result<Option<Vec<KeyRow>>> {
    let subjects: BTreeSet<Uuid> = parts.iter().map(|part| part.place.subject).collect();
    let subjects: Vec<Uuid> = subjects.into_iter().collect();
    let (mut new_keys, mut new_parts) = (Writes::default(), Writes::default());
    write_keys(&mut new_keys, keys, now);
    write_parts(&mut new_parts, parts, now);
    // A key that somebody else put first stays.
    let mut there: Vec<KeyRow> = if keys.len() <= KEYS_TOGETHER {
        let (sql, values) = new_keys.within("begin immediate", KEYS, list(&subjects).into())?;
        let asked = query_as_with(sql, values);
        asked.fetch_all(&mut *connection).await?
    } else {
        query("begin immediate").execute(&mut *connection).await?;
        new_keys.run(connection).await?;
        let asked = query_as(KEYS).bind(list(&subjects));
        asked.fetch_all(&mut *connection).await?
    };
    let living = there.iter().filter(|key| key.wrapped.is_some());
    let living: HashSet<Uuid> = living.map(|key| key.id).collect();
    let place = |part: &NewPart| living.contains(&part.place.data_key);
    if !parts.iter().all(place) {
        query("rollback").execute(connection).await?;
        let ours: HashSet<Uuid> = keys.iter().map(|key| key.id).collect();
        there.retain(|key| !ours.contains(&key.id));
        return Ok(Some(there));
    }
    new_parts.and_commit(connection, lately).await?;
    Ok(None)
}

fn write_keys(to: &mut Writes, keys: &[NewKey], now: i64) {
    INSERT_KEY.put(to, keys, |row, key| {
        row.bind(key.id)
            .bind(key.subject)
            .bind(key.purpose)
            .bind(&key.wrapping_key[..])
            .bind(&key.wrapped[..])
            .bind(now)
    });
}

fn write_parts(to: &mut Writes, parts: &[NewPart], now: i64) {
    INSERT_PART.put(to, parts, |row, part| {
        let NewPart {
            c,
            place,
            sealed,
            file,
            tag,
            tagged,
        } = part;
        row.bind(&c[..])
            .bind(place.command)
            .bind(place.stream)
            .bind(place.subject)
            .bind(place.kind.name())
            .bind(place.data_key)
            .bind(&sealed[..])
            .bind(*file)
            .bind(tag.as_ref().map(|tag| &tag[..]))
            .bind(&tagged[..])
            .bind(now)
    });
}

static INSERT_KEY: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        "id",
        "subject",
        "purpose",
        "wrapping_key",
        "wrapped",
        "created_at",
    ];
    Insert::new(
        "data_key",
        &columns,
        " on conflict (subject, purpose) do nothing",
    )
});
static INSERT_PART: LazyLock<Insert> = LazyLock::new(|| {
    let columns = [
        "c",
        "command",
        "stream",
        "subject",
        "kind",
        "data_key",
        "sealed",
        "file",
        "tag",
        "tagged",
        "created_at",
    ];
    Insert::new("part", &columns, "")
});

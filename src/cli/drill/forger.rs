//! The forger: rewrites one fact, and everything in the database that depends on it.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::TryStreamExt as _;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, query, query_as, raw_sql};
use uuid::Uuid;

use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::journal::{Entry, Journal, Until, fact};
use crate::tlog::{Hash, leaf_hash};

/// By how much a promise is put off when nothing was late.
const PUT_OFF_DAYS: i64 = 30;

/// One fact before and after.
pub struct Rewritten {
    pub position: u64,
    pub was: Vec<u8>,
    pub is: Vec<u8>,
}

/// What will be written over what.
pub struct Forgery {
    /// For people.
    pub why: String,
    stream: Uuid,
    /// The fact, then those of its stream that name it; at least one.
    pub entries: Vec<Rewritten>,
    tail: Hash,
}

/// The fact to be changed, and what its promise is to be.
struct Target {
    entry: Entry,
    due_at: Moment,
    why: String,
}

/// Finds a dossier that was settled late and thinks out how to make it punctual; else one whose promise is put off. Only
/// facts among the first `sealed`.
pub async fn prepare(journal: &Journal, sealed: u64) -> anyhow::Result<Forgery> {
    let target = target(journal, sealed).await?;
    let stream = target.entry.stream;
    let after = target.entry.version - 1;
    let mut entries = Vec::new();
    let mut before: Option<Hash> = None;
    for entry in journal.read_stream(stream, after, Until::End).await? {
        let mut body: Value = serde_json::from_slice(&entry.body)?;
        match before {
            None => body["data"]["due_at"] = Value::from(target.due_at.to_string()),
            Some(hash) => body["prev"] = Value::from(BASE64.encode(hash)),
        }
        let is = serde_json_canonicalizer::to_vec(&body)?;
        before = Some(leaf_hash(&is));
        entries.push(Rewritten {
            position: entry.position,
            was: entry.body.to_vec(),
            is,
        });
    }
    let tail = before.context("the fact is gone")?;
    Ok(Forgery {
        why: target.why,
        stream,
        entries,
        tail,
    })
}

async fn target(journal: &Journal, sealed: u64) -> anyhow::Result<Target> {
    let mut accepted: HashMap<Uuid, (Entry, Moment)> = HashMap::new();
    let mut any: Option<Uuid> = None;
    let mut entries = std::pin::pin!(journal.stream_all(0));
    while let Some(entry) = entries.try_next().await? {
        if entry.position >= sealed {
            break;
        }
        match fact::decode(&entry.body)?.event {
            Event::Dossier(DossierEvent::Accepted(fact)) => {
                any.get_or_insert(entry.stream);
                accepted.insert(entry.stream, (entry, fact.due_at));
            }
            Event::Dossier(DossierEvent::ResultSigned(_)) => {
                let signed_at = entry.recorded_at;
                let late = accepted.remove(&entry.stream);
                let Some((accepted, due_at)) = late.filter(|(_, due_at)| *due_at < signed_at)
                else {
                    if any == Some(entry.stream) {
                        any = None;
                    }
                    continue;
                };
                return Ok(Target {
                    why: format!(
                        "A dossier was promised for {} and signed on {}: the promise is moved, and it was never late.",
                        day(due_at),
                        day(signed_at)
                    ),
                    entry: accepted,
                    due_at: signed_at.plus(Moment::HOUR),
                });
            }
            Event::Dossier(_)
            | Event::Journal(_)
            | Event::Reference(_)
            | Event::Register(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_) => {}
        }
    }
    let any = any.and_then(|stream| accepted.remove(&stream));
    let Some((entry, due_at)) = any else {
        bail!("no dossier was accepted yet: there is no fact worth forging");
    };
    Ok(Target {
        why: format!(
            "A dossier was promised for {}: the promise is put off by {PUT_OFF_DAYS} days.",
            day(due_at)
        ),
        entry,
        due_at: due_at.plus(PUT_OFF_DAYS * Moment::DAY),
    })
}

fn day(moment: Moment) -> String {
    moment.local().strftime("%d/%m/%Y").to_string()
}

impl Forgery {
    /// The fact whose content is changed.
    pub fn first(&self) -> &Rewritten {
        &self.entries[0]
    }

    /// Writes it with the rights of the database's owner, and leaves the guards as they were.
    pub async fn commit(&self, journal: &Path) -> anyhow::Result<()> {
        let options = SqliteConnectOptions::new().filename(journal);
        let mut open = options.connect().await?;
        let mut forging = open.begin().await?;
        let guards: Vec<(String, String)> =
            query_as("select name, sql from sqlite_schema where type = 'trigger'")
                .fetch_all(&mut *forging)
                .await?;
        for (name, _) in &guards {
            let drop = AssertSqlSafe(format!("drop trigger {name}"));
            raw_sql(drop).execute(&mut *forging).await?;
        }
        for entry in &self.entries {
            query("update entry set body = ?2, leaf_hash = ?3 where position = ?1")
                .bind(entry.position.cast_signed())
                .bind(&entry.is)
                .bind(leaf_hash(&entry.is).to_vec())
                .execute(&mut *forging)
                .await?;
        }
        query("update stream set leaf_hash = ?2 where id = ?1")
            .bind(self.stream)
            .bind(self.tail.to_vec())
            .execute(&mut *forging)
            .await?;
        for (_, sql) in guards {
            raw_sql(AssertSqlSafe(sql)).execute(&mut *forging).await?;
        }
        forging.commit().await?;
        open.close().await?;
        Ok(())
    }
}

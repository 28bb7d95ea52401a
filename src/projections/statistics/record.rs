//! A published statistic that anybody with the journal can count again: what was asked, how it is defined, what came out,
//! and of which journal.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::{
    Closed, Counts, Pending, Query, Received, Scope, Settled, Transferred, count, statement,
};
use crate::domain::catalogue::Level;
use crate::domain::deadline::Comparison;
use crate::domain::dossier::Channel;
use crate::domain::event::Event;
use crate::domain::journal::JournalEvent;
use crate::domain::reference::{JournalKind, Opened};
use crate::journal::{Journal, fact};
use crate::projections::error::{ProjectionError, Result};
use crate::projections::rebuild::{Pace, fill};
use crate::projections::{ReadModels, file};

/// The form of the record; a reader refuses others.
const FORM: &str = "motcua-statistics/1";

/// What the figures mean. A change of how anything is counted raises the version and rewrites the text.
pub const DEFINITION_VERSION: u32 = 2;
/// Before offices could end: a record without transfers, which still comes out.
const FIRST_DEFINITION: &str = "Counted is every acceptance of a dossier by an office; a dossier passed on to another \
office is accepted there again. Days are those in Hanoi (UTC+7); the first and the last day both belong to the period. \
received = new online + new at the counter or by post + carried over (received before the period, not ended when it began) \
= settled + closed without settlement + pending. Settled is a signed result or a refusal after appraisal, closed is a \
withdrawal, a stop or a passing on, each at the moment the deciding fact was recorded, whatever was claimed. Early, on time \
and late compare that moment with the due date as it stood at the end of the period, and once more (by_original) with the \
first promise: by the day (comparison date) or by the minute (comparison timestamp); equal is on time. Pending and overdue \
are as of the end of the last day. Without a due date nothing is early or late, and the rate leaves it out: \
early_and_on_time = (early + on time) / (settled - undated). online = new online / all new.";
pub const DEFINITION: &str = "Counted is every acceptance of a dossier by an office; a dossier passed on to another \
office is accepted there again. A dossier of an office that ended is transferred: its acceptance goes on at the office that \
took over, with the same promise, and is counted at both, transferred out of the one and transferred in at the other, never new. \
Days are those in Hanoi (UTC+7); the first and the last day both belong to the period. \
received = new online + new at the counter or by post + carried over (with the office before the period, not ended when it \
began); received + transferred in = settled + closed without settlement + pending + transferred out. Settled is a signed result \
or a refusal after appraisal, closed is a withdrawal, a stop or a passing on, each at the moment the deciding fact was recorded, \
whatever was claimed. Early, on time and late compare that moment with the due date as it stood at the end of the period, and \
once more (by_original) with the first promise: by the day (comparison date) or by the minute (comparison timestamp); equal is \
on time. Pending and overdue are as of the end of the last day. Without a due date nothing is early or late, and the rate leaves \
it out: early_and_on_time = (early + on time) / (settled - undated). online = new online / all new.";

/// One published statistic. As canonical JSON (RFC 8785) it is what `/statistics.json` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// `motcua-statistics/1`.
    pub v: String,
    pub definition: Definition,
    pub journal: Origin,
    pub from: Date,
    pub to: Date,
    /// Null: all offices, or all of the level.
    pub office: Option<String>,
    pub level: Option<Level>,
    pub channel: Option<Channel>,
    pub procedure: Option<String>,
    pub comparison: Comparison,
    pub counts: Counted,
    pub rates: Rates,
    /// How many facts were counted.
    pub size: u64,
    /// Of the last fact counted.
    pub position: u64,
    /// Base64 of the leaf hash of the fact at `position`.
    pub leaf_hash: String,
    /// A checkpoint that covers the last fact counted, as the log published it; null while there is none.
    pub checkpoint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub version: u32,
    pub text: String,
}

/// Which journal was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    pub id: uuid::Uuid,
    pub origin: String,
    pub kind: JournalKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    pub received: Received,
    pub settled: Settled,
    pub settled_by_original: Settled,
    pub closed: Closed,
    /// Absent in a record of the first definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferred: Option<Transferred>,
    pub pending: Pending,
    pub pending_by_original: Pending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    pub early_and_on_time: Ratio,
    pub early_and_on_time_by_original: Ratio,
    pub online: Ratio,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    pub numerator: u64,
    pub denominator: u64,
}

/// Why bytes are no record that this program can count again.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("not a statistics record: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("a record of the form `{0}`, which this program does not know")]
    Form(String),
    #[error("counted by definition {0}, which this program does not know")]
    Definition(u32),
    #[error("office and level exclude each other")]
    Scope,
}

/// One value that comes out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// `counts.settled.late`.
    pub field: String,
    /// As in the record.
    pub published: String,
    /// As counted again.
    pub counted: String,
}

impl Record {
    /// What was counted, of this journal, whose fact at `counts.size - 1` has this hash.
    fn new(opened: Opened, query: &Query, counts: &Counts, leaf_hash: &[u8]) -> Self {
        let (office, level) = match &query.scope {
            Scope::All => (None, None),
            Scope::Office(code) => (Some(code.clone()), None),
            Scope::Level(level) => (None, Some(*level)),
        };
        Self {
            v: FORM.to_owned(),
            definition: Definition {
                version: DEFINITION_VERSION,
                text: DEFINITION.to_owned(),
            },
            journal: Origin {
                id: opened.id,
                origin: opened.origin,
                kind: opened.kind,
            },
            from: query.from,
            to: query.to,
            office,
            level,
            channel: query.channel,
            procedure: query.procedure.clone(),
            comparison: query.comparison,
            counts: counts.into(),
            rates: counts.into(),
            size: counts.size,
            position: counts.size.saturating_sub(1),
            leaf_hash: BASE64.encode(leaf_hash),
            checkpoint: None,
        }
    }

    /// With the signed note of a checkpoint of at least its size.
    #[must_use]
    pub fn sealed(mut self, checkpoint: Option<String>) -> Self {
        self.checkpoint = checkpoint;
        self
    }

    /// As an earlier definition counts it: nobody could be transferred then.
    fn defined_as(mut self, version: u32) -> Self {
        if version < DEFINITION_VERSION {
            let text = FIRST_DEFINITION.to_owned();
            self.definition = Definition { version, text };
            self.counts.transferred = None;
        }
        self
    }

    /// Reads a record. One of another form or definition is refused, never guessed at.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        let form: Value = serde_json::from_slice(bytes)?;
        match form["v"].as_str() {
            Some(FORM) => {}
            Some(_) | None => return Err(RecordError::Form(form["v"].to_string())),
        }
        if let Some(version) = form["definition"]["version"].as_u64()
            && !(1..=u64::from(DEFINITION_VERSION)).contains(&version)
        {
            let version = u32::try_from(version).unwrap_or(u32::MAX);
            return Err(RecordError::Definition(version));
        }
        let record: Self = serde_json::from_slice(bytes)?;
        if record.office.is_some() && record.level.is_some() {
            return Err(RecordError::Scope);
        }
        Ok(record)
    }

    /// The exact bytes that are published.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordError> {
        Ok(serde_json_canonicalizer::to_vec(self)?)
    }

    /// The question it answers.
    pub fn query(&self) -> Query {
        let scope = match (&self.office, self.level) {
            (Some(code), _) => Scope::Office(code.clone()),
            (None, Some(level)) => Scope::Level(level),
            (None, None) => Scope::All,
        };
        Query {
            scope,
            channel: self.channel,
            procedure: self.procedure.clone(),
            from: self.from,
            to: self.to,
            comparison: self.comparison,
        }
    }
}

/// Counts and writes down what is needed to count it again.
pub async fn record(models: &ReadModels, query: &Query) -> Result<Record> {
    let counts = count(models, query).await?;
    finish(models.journal(), query, &counts).await
}

/// Counts a record's question again from this journal, as it was at the record's size. The read models of that size are
/// folded into `scratch`, a file that must not exist and is taken away again.
///
/// # Errors
/// [`ProjectionError::BeyondEnd`] when the journal is shorter than what was counted.
pub async fn recount(
    journal: &Journal,
    record: &Record,
    scratch: &Path,
    tell: impl FnMut(Pace) + Send,
) -> Result<Vec<Discrepancy>> {
    let mark = fill(scratch, journal, record.size, tell).await?;
    let (asked, size) = (record.size, mark.size);
    if asked > size {
        file::remove(scratch)?;
        return Err(ProjectionError::BeyondEnd { asked, size });
    }
    let options = SqliteConnectOptions::new()
        .filename(scratch)
        .read_only(true);
    let mut folded = SqliteConnection::connect_with(&options).await?;
    let query = record.query();
    let counts: Counts = statement(&query)
        .build_query_as()
        .fetch_one(&mut folded)
        .await?;
    folded.close().await?;
    file::remove(scratch)?;
    // The checkpoint is no figure: whoever holds the tree checks it.
    let again = finish(journal, &query, &counts).await?;
    let again = again.sealed(record.checkpoint.clone());
    let again = again.defined_as(record.definition.version);
    Ok(compare(record, &again))
}

async fn finish(journal: &Journal, query: &Query, counts: &Counts) -> Result<Record> {
    let damaged = |what: &str| ProjectionError::Damaged(what.to_owned());
    let Some(position) = counts.size.checked_sub(1) else {
        return Err(damaged("nothing was counted"));
    };
    let first = journal.read(0, 1).await?;
    let first = first.first().ok_or_else(|| damaged("an empty journal"))?;
    let event = fact::decode(&first.body).map(|fact| fact.event);
    let opened = match event {
        Ok(Event::Journal(JournalEvent::Opened(opened))) => opened,
        Ok(
            Event::Journal(JournalEvent::FormatRaised(_))
            | Event::Reference(_)
            | Event::Register(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_)
            | Event::Dossier(_),
        ) => {
            return Err(ProjectionError::OutOfOrder { position: 0 });
        }
        Err(source) => {
            let position = 0;
            return Err(ProjectionError::Fact { position, source });
        }
    };
    let last = journal.read(position, 1).await?;
    let last = last.first().ok_or_else(|| damaged("a fact is gone"))?;
    Ok(Record::new(opened, query, counts, &last.leaf_hash))
}

/// Every value, by its path.
fn compare(published: &Record, counted: &Record) -> Vec<Discrepancy> {
    let value = |record: &Record| serde_json::to_value(record).unwrap_or_default();
    let mut found = Vec::new();
    walk("", &value(published), &value(counted), &mut found);
    found
}

fn walk(path: &str, published: &Value, counted: &Value, found: &mut Vec<Discrepancy>) {
    if let (Value::Object(left), Value::Object(right)) = (published, counted) {
        for (name, value) in left {
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            let other = right.get(name).unwrap_or(&Value::Null);
            walk(&path, value, other, found);
        }
    } else if published != counted {
        found.push(Discrepancy {
            field: path.to_owned(),
            published: published.to_string(),
            counted: counted.to_string(),
        });
    }
}

impl From<&Counts> for Counted {
    fn from(counts: &Counts) -> Self {
        Self {
            received: counts.received,
            settled: counts.settled,
            settled_by_original: counts.settled_by_original,
            closed: counts.closed,
            transferred: Some(counts.transferred),
            pending: counts.pending,
            pending_by_original: counts.pending_by_original,
        }
    }
}

impl From<&Counts> for Rates {
    fn from(counts: &Counts) -> Self {
        let in_time = |settled: &Settled| Ratio {
            numerator: settled.early + settled.on_time,
            denominator: settled.total() - settled.undated,
        };
        Self {
            early_and_on_time: in_time(&counts.settled),
            early_and_on_time_by_original: in_time(&counts.settled_by_original),
            online: Ratio {
                numerator: counts.received.online,
                denominator: counts.received.online + counts.received.direct,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::super::sql::{COUNTED, JUDGED};
    use super::*;

    #[test]
    fn another_way_of_counting_is_another_definition() {
        let ways = Sha256::new()
            .chain_update(DEFINITION_VERSION.to_be_bytes())
            .chain_update(DEFINITION)
            .chain_update(JUDGED.concat())
            .chain_update(COUNTED.concat())
            .finalize();
        let hex = ways.iter().take(6).map(|byte| format!("{byte:02x}"));
        assert_eq!(
            hex.collect::<String>(),
            "57c681c91cf1",
            "what was published under this version must still come out: raise DEFINITION_VERSION, or put back what was"
        );
    }
}

//! What a receiver is told: a CloudEvent about one fact, made when it is sent and never stored. The same fact gives the
//! same bytes, however often and by whichever node.

use serde::Serialize;
use uuid::Uuid;

use crate::domain::actor::NO_OFFICE;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::dossier::{Dossier, Publicity};
use crate::domain::event::Event;
use crate::domain::fact::Fact;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::journal::{Entry, Journal, Until, fact};
use crate::projections::{self, ProjectionError, ReadModels, history};
use crate::reactions::work::Subscriber;

/// One message, ready to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Of the fact, the same for every attempt: `<journal>_<position>`, without a full stop as signatures want it.
    pub id: String,
    pub body: Vec<u8>,
}

/// CloudEvents 1.0, JSON format. `data` holds what the public view holds: no person.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: &'a str,
    source: String,
    #[serde(rename = "type")]
    kind: &'static str,
    subject: String,
    time: Moment,
    datacontenttype: &'static str,
    data: Data,
}

/// The dossier right after the fact; words as in GraphQL.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    /// Of the fact: a query with `minPosition` answers at least as new.
    position: String,
    dossier: Uuid,
    version: u32,
    code: Option<String>,
    office: Option<String>,
    /// Null when the procedure is sensitive.
    procedure_code: Option<String>,
    status: String,
    reason: Option<Reason>,
    received_at: Option<Moment>,
    original_due_at: Option<Moment>,
    due_at: Option<Moment>,
    /// The promise before, when this fact moved it.
    due_before: Option<Moment>,
    ended_at: Option<Moment>,
    delivered_at: Option<Moment>,
}

/// The message about an entry; none when the subscriber is not told of it.
///
/// # Errors
/// When the journal does not answer, or holds what cannot be read.
pub async fn message(
    journal: (Uuid, &Journal),
    models: &ReadModels,
    subscriber: &Subscriber,
    entry: &Entry,
) -> projections::Result<Option<Message>> {
    let (journal_id, journal) = journal;
    let fact = fact::decode(&entry.body).map_err(|source| ProjectionError::Fact {
        position: entry.position,
        source,
    })?;
    if !wants(subscriber, &fact) {
        return Ok(None);
    }
    let until = Until::Size(entry.position + 1);
    let changes = history::changes_until(journal, entry.stream, until).await?;
    let Some(change) = changes
        .last()
        .filter(|change| change.entry.position == entry.position)
    else {
        return Ok(None);
    };
    let concerns = [&change.before, &change.after].into_iter().any(|state| {
        let office = state.office.as_ref().map(OfficeCode::as_str);
        office == Some(subscriber.office.as_str())
    });
    if subscriber.office != NO_OFFICE && !concerns {
        return Ok(None);
    }
    let id = format!("{journal_id}_{}", entry.position);
    let data = data(models, entry, &fact, &change.before, &change.after);
    let event = CloudEvent {
        specversion: "1.0",
        id: &id,
        source: format!("urn:uuid:{journal_id}"),
        kind: fact.event.kind(),
        subject: data
            .code
            .clone()
            .unwrap_or_else(|| entry.stream.to_string()),
        time: entry.recorded_at,
        datacontenttype: "application/json",
        data,
    };
    let body = serde_json::to_vec(&event).expect("texts and numbers are JSON");
    Ok(Some(Message { id, body }))
}

fn wants(subscriber: &Subscriber, fact: &Fact) -> bool {
    let Event::Dossier(event) = &fact.event else {
        return false;
    };
    if subscriber.kinds.is_empty() {
        return event.publicity() != Publicity::Inside;
    }
    subscriber.kinds.iter().any(|kind| kind == event.kind())
}

fn data(
    models: &ReadModels,
    entry: &Entry,
    fact: &Fact,
    before: &Dossier,
    after: &Dossier,
) -> Data {
    let turn = after.turn();
    let due = turn.map(|turn| turn.due_at);
    let due_before = before.turn().map(|turn| turn.due_at);
    let text = |text: &str| text.to_owned();
    let procedure = after.procedure.as_ref().map(ProcedureCode::as_str);
    Data {
        position: entry.position.to_string(),
        dossier: entry.stream,
        version: entry.version,
        code: after.code.as_ref().map(|code| text(code.as_str())),
        office: after.office.as_ref().map(|office| text(office.as_str())),
        procedure_code: procedure
            .filter(|code| !models.is_sensitive(code))
            .map(text),
        status: after.phase.name().to_uppercase(),
        reason: fact.circumstances.reason,
        received_at: turn.map(|turn| turn.received_at).or(after.lodged_at),
        original_due_at: turn.map(|turn| turn.original_due_at),
        due_at: due,
        due_before: due_before.filter(|_| due_before != due),
        ended_at: turn.and_then(|turn| turn.ending).map(|ending| ending.at),
        delivered_at: after.delivered_at,
    }
}

//! What the office and the applicant wrote to each other: opened from the vault for whoever holds the receipt.

use async_graphql::SimpleObject;
use serde_json::Value;

use crate::api::Api;
use crate::api::error::{Problem, Result};
use crate::api::scalar::Long;
use crate::api::words::{Label, act_label};
use crate::domain::dossier::{DossierEvent, VoiceEvent};
use crate::domain::event::Event;
use crate::domain::part::PartKind;
use crate::domain::time::Moment;
use crate::journal::fact;
use crate::projections::history::Change;
use crate::vault::Opened;

/// Keys of the values in the vault: what was said, an officer's note, the wording for everybody.
const TEXT: &str = "text";
const NOTE: &str = "note";
pub const PUBLISHED: &str = "published";

/// A text that went from the office to the applicant or the other way.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Written {
    /// Position of the fact that it belongs to.
    pub position: Long,
    /// When it was recorded.
    pub at: Moment,
    /// What happened with it.
    pub about: Label,
    /// The applicant wrote it.
    pub from_applicant: bool,
    /// Which feedback it is, or answers.
    pub feedback: Option<u32>,
    /// The text; null when it was erased.
    pub text: Option<String>,
    /// It was destroyed, as the law asks.
    pub erased: bool,
}

/// The texts of these facts, oldest first; [`Problem::Withheld`] where there are some but no vault.
pub async fn written(api: &Api, changes: &[Change]) -> Result<Vec<Written>> {
    let mut found = Vec::new();
    for change in changes {
        let Event::Dossier(event) = &change.fact.event else {
            continue;
        };
        let parts = change.fact.circumstances.parts.iter();
        let note = parts.into_iter().find(|part| part.kind == PartKind::Note);
        if let Some((note, letter)) = note.zip(letter(event)) {
            let part = (change.entry.stream, change.fact.command, note.clone());
            found.push((change, event, letter, part));
        }
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<_> = found.iter().map(|(.., part)| part.clone()).collect();
    let opened = api.vault()?.open(&wanted).await?;
    let mut all = Vec::new();
    for ((change, event, letter, _), opened) in found.into_iter().zip(opened) {
        let erased = opened == Opened::Erased;
        all.push(Written {
            position: Long(change.entry.position),
            at: change.fact.recorded_at,
            about: act_label(event.kind()).into(),
            from_applicant: letter.from_applicant,
            feedback: letter.feedback,
            text: text(opened)?,
            erased,
        });
    }
    Ok(all)
}

/// A fact whose text is addressed to the other side. Every other note stays in the office.
struct Letter {
    from_applicant: bool,
    feedback: Option<u32>,
}

fn letter(event: &DossierEvent) -> Option<Letter> {
    let (from_applicant, feedback) = match event {
        DossierEvent::FeedbackSubmitted(said) => (true, Some(said.number)),
        DossierEvent::FeedbackAnswered(answered) => (false, Some(answered.number)),
        DossierEvent::Voice(
            VoiceEvent::FeedbackRefused(one) | VoiceEvent::ClarificationAsked(one),
        ) => (false, Some(one.number)),
        DossierEvent::Voice(VoiceEvent::FeedbackClarified(one)) => (true, Some(one.number)),
        DossierEvent::SupplementRequested(_)
        | DossierEvent::SupplementStillDeficient(_)
        | DossierEvent::AcceptanceRefused(_)
        | DossierEvent::ResolutionRefused(_)
        | DossierEvent::ProcessingStopped(_)
        | DossierEvent::WithdrawalDenied(_)
        | DossierEvent::ApologyIssued(_) => (false, None),
        _ => return None,
    };
    Some(Letter {
        from_applicant,
        feedback,
    })
}

/// What was said in words with the fact at this position; none when nothing was, and when it was erased.
///
/// # Errors
/// [`Problem::Withheld`] where something was said but there is no vault.
pub async fn note(api: &Api, position: u64) -> Result<Option<String>> {
    let entries = api.journal.read(position, 1).await?;
    let Some(entry) = entries.first() else {
        return Ok(None);
    };
    let fact = fact::decode(&entry.body).map_err(Problem::internal)?;
    let mut parts = fact.circumstances.parts.into_iter();
    let Some(part) = parts.find(|part| part.kind == PartKind::Note) else {
        return Ok(None);
    };
    let wanted = [(entry.stream, fact.command, part)];
    let opened = api.vault()?.open(&wanted).await?;
    opened.into_iter().next().map_or(Ok(None), text)
}

/// The text of an opened note; none when it was erased.
///
/// # Errors
/// When it cannot be read, which is somebody's fault.
pub fn text(opened: Opened) -> Result<Option<String>> {
    Ok(opened.readable()?.as_ref().and_then(said))
}

/// What was said, and what was noted beside it.
fn said(value: &Value) -> Option<String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let texts: Vec<&str> = [text(TEXT), text(NOTE)].into_iter().flatten().collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The wording for everybody.
#[must_use]
pub fn published(value: &Value) -> Option<String> {
    value.get(PUBLISHED)?.as_str().map(str::to_owned)
}

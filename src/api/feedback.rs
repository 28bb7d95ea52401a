//! The public list of what applicants said of the service: clock, step and answer; no person, no dossier, no word of theirs.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Object, SimpleObject};

use super::Api;
use super::access::{api, passing};
use super::dossier::written;
use super::error::{Answered, Problem, Result};
use super::offices::Office;
use super::paging::{self, Cursor};
use super::scalar::Long;
use super::wait_for;
use super::words::{FeedbackKind, FeedbackState, Label, phase_label};
use crate::domain::deadline;
use crate::domain::dossier::{self as domain, DossierEvent, VoiceEvent};
use crate::domain::event::Event;
use crate::domain::part::PartKind;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::history::{self, Change};
use crate::projections::statistics::{VoiceRow, voices};
use crate::vault::Opened;

pub type FeedbackPage = Connection<Cursor, PublicFeedback, EmptyFields, EmptyFields>;

/// A report or recommendation as everybody may know it. It is named by the position of its fact: whoever wrote it finds it
/// by that, and nobody else learns from here which dossier it is about.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct PublicFeedback {
    /// Position of its fact in the journal.
    pub position: Long,
    /// Report or recommendation.
    pub kind: FeedbackKind,
    /// The state of the dossier it was said in.
    pub step: Label,
    /// When it came.
    pub submitted_at: Moment,
    /// By when it is to be answered; null where the policy names no time.
    pub due_at: Option<Moment>,
    /// When it was answered.
    pub answered_at: Option<Moment>,
    /// Answered after its time, or not at all and the time has passed.
    pub late: bool,
    /// Whole office days left to answer, negative when late; null once answered.
    pub slack_days: Option<i64>,
    /// The office has put the answer into words for everybody.
    pub published: bool,
    /// How it stands.
    pub state: FeedbackState,
    /// Its sender was satisfied with the answer; null until the sender has said so.
    pub satisfied: Option<bool>,
    /// Those words; null when there are none, when they were erased, and on a node that holds no vault.
    pub answer: Option<String>,
    /// The office of the moment.
    #[graphql(skip)]
    pub office: String,
    #[graphql(skip)]
    pub passed_to: Option<String>,
}

#[async_graphql::ComplexObject]
impl PublicFeedback {
    /// The office it was said of.
    async fn office(&self, context: &Context<'_>) -> Option<Office> {
        Office::find(api(context), &self.office)
    }

    /// The office it was passed on to, which answers it.
    async fn forwarded_to(&self, context: &Context<'_>) -> Option<Office> {
        Office::find(api(context), self.passed_to.as_deref()?)
    }
}

/// What applicants said.
#[derive(Default)]
pub struct FeedbackQuery;

#[Object]
impl FeedbackQuery {
    /// What applicants said of the service, newest first, with the clock of each and the published answers. No person, no
    /// dossier and no word of the applicant.
    #[graphql(complexity = "20 + paging::cost(first, child_complexity)")]
    async fn feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of an office; all unless told.")] office: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<FeedbackPage> {
        let page = async {
            // Words from the vault, which forgets.
            passing(context);
            let api = api(context);
            wait_for(api, min_position).await?;
            page(api, office.as_deref(), first, after.as_deref()).await
        };
        Some(page.await)
    }
}

async fn page(
    api: &Api,
    office: Option<&str>,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<FeedbackPage> {
    let (first, place) = (paging::first(first)?, paging::voice(after)?);
    let found = voices(&api.models, office, place, first).await?;
    let rows: Vec<VoiceRow> = found.rows.iter().map(|(_, row)| row.clone()).collect();
    let told = told(api, &rows).await?;
    let places = found
        .rows
        .iter()
        .map(|(place, _)| paging::voice_cursor(*place));
    Ok(paging::connection(
        places.zip(told),
        after.is_some(),
        found.has_next,
    ))
}

/// The rows with what their dossiers' facts say; a row whose fact cannot be found is a fault.
async fn told(api: &Api, rows: &[VoiceRow]) -> Result<Vec<PublicFeedback>> {
    let mut dossiers: Vec<_> = rows.iter().map(|row| row.dossier).collect();
    dossiers.sort_unstable();
    dossiers.dedup();
    let folded = history::of_several(&api.models, &dossiers, Until::End).await?;
    let (now, reference) = (api.office.clock(), api.models.reference());
    let mut all = Vec::new();
    for row in rows {
        let changes = folded.get(&row.dossier).map_or(&[][..], Vec::as_slice);
        let said = changes.iter().find_map(|change| match &change.fact.event {
            Event::Dossier(DossierEvent::FeedbackSubmitted(said))
                if change.entry.position == row.position =>
            {
                Some((said.kind, change.after.phase))
            }
            _ => None,
        });
        let stands = changes
            .last()
            .and_then(|last| last.after.feedback(row.number));
        let Some(((kind, phase), stands)) = said.zip(stands) else {
            return Err(Problem::internal(anyhow::anyhow!(
                "no fact of a feedback at {}",
                row.position
            )));
        };
        let slack = |due| {
            let hours = reference.hours(&row.office);
            let slack = deadline::slack(now, due, &reference.calendar, &hours);
            slack.ok().map(|slack| slack.days)
        };
        let answer = answer(changes, row.number);
        all.push(PublicFeedback {
            position: Long(row.position),
            kind: kind.into(),
            step: phase_label(phase).into(),
            submitted_at: row.submitted_at,
            due_at: stands.due_at,
            answered_at: stands.answered_at,
            late: stands.is_late(now),
            slack_days: stands
                .due_at
                .filter(|_| stands.state == domain::FeedbackState::Open)
                .and_then(slack),
            state: stands.state.into(),
            satisfied: stands.satisfied,
            passed_to: stands.forwarded_to.as_ref().map(ToString::to_string),
            published: answer.is_some(),
            answer: match answer {
                Some(answer) => wording(api, answer).await?,
                None => None,
            },
            office: row.office.clone(),
        });
    }
    Ok(all)
}

/// The fact that brought the wording for everybody: the answer's own, or the one that published it.
fn answer(changes: &[Change], number: u32) -> Option<&Change> {
    changes.iter().find(|change| match &change.fact.event {
        Event::Dossier(DossierEvent::FeedbackAnswered(answered)) => {
            answered.number == number && answered.published
        }
        Event::Dossier(DossierEvent::Voice(VoiceEvent::FeedbackPublished(one))) => {
            one.number == number
        }
        _ => false,
    })
}

/// The wording, where there is a vault and it was not erased.
async fn wording(api: &Api, answer: &Change) -> Result<Option<String>> {
    let Ok(vault) = api.vault() else {
        return Ok(None);
    };
    let parts = &answer.fact.circumstances.parts;
    let Some(part) = parts.iter().find(|part| part.kind == PartKind::Note) else {
        return Ok(None);
    };
    let wanted = (answer.entry.stream, answer.fact.command, part.clone());
    let opened = vault.open(&[wanted]).await?.pop();
    let value = opened.map(Opened::readable).transpose()?.flatten();
    Ok(value.as_ref().and_then(written::published))
}

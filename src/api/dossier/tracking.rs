//! What everybody may know of a dossier: no person, no name of a sensitive procedure, reasons by category.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use uuid::Uuid;

use super::account::{Account, Folded, Reader, TrackingAccount};
use super::applicant::{self, Applicant};
use super::explained;
use super::result::{self, DossierResult, ResultDocument};
use super::standing::{self, Timeliness};
use super::way::{TrackingStep, next_step, steps};
use super::written::{self, Written};
use crate::api::Api;
use crate::api::access::api;
use crate::api::error::{Answered, Result};
use crate::api::offices::Office;
use crate::api::scalar::Long;
use crate::api::words::{
    BreachRule, Certainty, Channel, DossierStatus, Label, act_label, phase_label,
};
use crate::domain::dossier::{Phase, Publicity};
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::history;
use crate::projections::tracking::DossierRow;

/// The public view of a dossier.
pub struct Tracking {
    pub row: DossierRow,
    pub now: Moment,
    /// The receipt's capability was shown and is the right one.
    pub with_receipt: bool,
    folded: Folded,
}

/// One thing that happened.
#[derive(Debug, SimpleObject)]
pub struct TrackingEntry {
    /// Place of its fact in the journal.
    position: Long,
    /// When it was recorded.
    at: Moment,
    /// When another system claims that it happened, in a journal of imported history.
    claimed_at: Option<Moment>,
    /// What happened.
    label: Label,
    /// Why: a category, never typed text.
    reason: Option<Label>,
    /// The rule it offends against.
    breach: Option<BreachRule>,
    /// The promise before, when it moved.
    due_before: Option<Moment>,
    /// The promise after, when it moved or was made.
    due_after: Option<Moment>,
    /// Something recorded earlier was put right.
    correction: bool,
}

/// The public view of a dossier: no personal data at all.
#[expect(
    clippy::unused_async,
    reason = "a flattened field is told by an async function, like any other"
)]
#[Object]
impl Tracking {
    /// Its code.
    async fn code(&self) -> Option<&str> {
        self.row.code.as_deref()
    }

    /// Its state.
    async fn status(&self) -> DossierStatus {
        self.row.phase.into()
    }

    /// Its state in words.
    async fn status_label(&self) -> Label {
        phase_label(self.row.phase).into()
    }

    /// What comes next, and who has to do it.
    async fn next_step(&self, context: &Context<'_>) -> Label {
        if self.row.phase == Phase::Completed && self.is_revoked(context).await {
            return (
                "Kết quả đã bị thu hồi; người có thẩm quyền ký văn bản thay thế.",
                "The result was revoked; the competent head signs another.",
            )
                .into();
        }
        next_step(self.row.phase).into()
    }

    /// Code of its procedure; null when the procedure is sensitive and no receipt is shown.
    async fn procedure_code(&self) -> Option<&str> {
        self.shows_procedure()
            .then_some(self.row.procedure.as_str())
    }

    /// Name of its procedure; null when the procedure is sensitive and no receipt is shown.
    async fn procedure_name(&self, context: &Context<'_>) -> Option<Label> {
        let reference = api(context).models.reference();
        let procedure = reference.procedures.get(&self.row.procedure)?.last()?;
        let name = (procedure.name_vi.as_str(), procedure.name_en.as_str());
        self.shows_procedure().then(|| name.into())
    }

    /// The office that has it.
    async fn office(&self, context: &Context<'_>) -> Option<Office> {
        Office::find(api(context), &self.row.office)
    }

    /// How it came in.
    async fn channel(&self) -> Option<Channel> {
        self.row.channel.map(Into::into)
    }

    /// The hour on the slip; before acceptance when it was entered.
    async fn received_at(&self) -> Option<Moment> {
        self.row.received_at.or(self.row.lodged_at)
    }

    /// The first promise, kept for ever.
    async fn original_due_at(&self) -> Option<Moment> {
        self.row.original_due_at
    }

    /// The promise now.
    async fn due_at(&self) -> Option<Moment> {
        self.row.due_at
    }

    /// How sure the calendar behind the promise is.
    async fn due_certainty(&self) -> Option<Certainty> {
        self.row.due_certainty.map(Into::into)
    }

    /// How sure the limit behind the promise is.
    async fn limit_certainty(&self) -> Option<Certainty> {
        self.row.limit_certainty.map(Into::into)
    }

    /// Why the promise is this date: receipt, limit, days not counted, waiting, moves, and how sure it is. Null where nothing
    /// is promised.
    #[graphql(complexity = "20 + child_complexity")]
    async fn explain(&self, context: &Context<'_>) -> Answered<Label> {
        let told = explained::explained(api(context), self.row.id, Until::End);
        told.await.transpose()
    }

    /// How it stands against its promise now.
    async fn timeliness(&self) -> Timeliness {
        standing::timeliness(&self.row, self.now)
    }

    /// Whole office days left, negative when overdue; none when no clock runs.
    async fn slack_days(&self, context: &Context<'_>) -> Option<i64> {
        let reference = api(context).models.reference();
        standing::slack(&self.row, self.now, &reference).map(|slack| slack.days)
    }

    /// How far it has come, from 0 to 100.
    async fn progress_percent(&self) -> u32 {
        standing::progress_percent(self.row.phase)
    }

    /// The way it goes.
    async fn steps(&self) -> Vec<TrackingStep> {
        steps(&self.row)
    }

    /// When processing ended.
    async fn ended_at(&self) -> Option<Moment> {
        self.row.ended_at
    }

    /// When the result was handed over.
    async fn delivered_at(&self) -> Option<Moment> {
        self.row.delivered_at
    }

    /// The documents that settled it, oldest first, with what has become of each.
    #[graphql(complexity = "20 + child_complexity")]
    async fn results(&self, context: &Context<'_>) -> Answered<Vec<DossierResult>> {
        let (id, numbered) = (self.row.id, self.shows_procedure());
        Some(result::results(api(context), id, Until::End, numbered).await)
    }

    /// What the journal has committed to of a result's file; with the receipt only. Null when no hash was given.
    #[graphql(complexity = "20 + child_complexity")]
    async fn result_document(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Number of the result; the newest one unless told.")] number: Option<
            String,
        >,
    ) -> Answered<ResultDocument> {
        if !self.with_receipt {
            return None;
        }
        let document = result::document(api(context), self.row.id, Until::End, number.as_deref());
        document.await.transpose()
    }

    /// How often the office has apologised.
    async fn apologies(&self) -> u32 {
        self.row.apologies
    }

    /// What was done against the law.
    async fn breaches(&self) -> Vec<BreachRule> {
        self.row
            .breaches
            .iter()
            .map(|rule| (*rule).into())
            .collect()
    }

    #[graphql(flatten)]
    async fn account(&self) -> TrackingAccount<'_> {
        TrackingAccount(self.accounted())
    }

    /// What happened, oldest first; corrections stay visible.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn history(&self, context: &Context<'_>) -> Answered<Vec<TrackingEntry>> {
        let changes = self.accounted().changes(api(context)).await;
        let told = |changes: Arc<Vec<_>>| Some(changes.iter().filter_map(entry).collect());
        changes.map(told).transpose()
    }

    /// The receipt's capability was shown: the fields marked so are filled. A wrong one changes nothing.
    async fn with_receipt(&self) -> bool {
        self.with_receipt
    }

    /// The person whose dossier it is; with the receipt only, null when nothing was kept. A receipt may be seen by others:
    /// numbers and addresses are masked unless asked for.
    #[graphql(complexity = "20 + child_complexity")]
    async fn applicant(
        &self,
        context: &Context<'_>,
        #[graphql(
            default = false,
            desc = "Numbers and addresses in full; masked otherwise."
        )]
        reveal: bool,
    ) -> Answered<Applicant> {
        if !self.with_receipt {
            return None;
        }
        let opened = applicant::open(api(context), self.row.id, Until::End, true, reveal);
        opened.await.transpose()
    }

    /// What the office wrote to the applicant with a request, a refusal, a stop, an apology or an answer, and what the
    /// applicant wrote to it, oldest first; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn written(&self, context: &Context<'_>) -> Answered<Vec<Written>> {
        if !self.with_receipt {
            return None;
        }
        let texts = async {
            let api = api(context);
            let changes = history::changes(&api.journal, self.row.id).await?;
            written::written(api, &changes).await
        };
        Some(texts.await)
    }

    /// Pseudonym of the officer who has it; with the receipt only.
    async fn handler(&self) -> Option<&str> {
        self.row.handler.as_deref().filter(|_| self.with_receipt)
    }

    /// Names of the papers still to be supplied; with the receipt only.
    async fn supplement_wanted(&self, context: &Context<'_>) -> Vec<String> {
        let waiting = matches!(self.row.phase, Phase::AwaitingSupplement(_));
        if !waiting || !self.with_receipt {
            return Vec::new();
        }
        let reference = api(context).models.reference();
        let version = self.row.procedure_version.unwrap_or_default();
        let procedure = reference
            .procedure_version(&self.row.procedure, version)
            .or_else(|| reference.procedures.get(&self.row.procedure)?.last());
        let Some(procedure) = procedure else {
            return Vec::new();
        };
        let items = self.row.supplement_items.iter();
        let place = |item: &u32| usize::try_from(*item).ok()?.checked_sub(1);
        let named = items.filter_map(|item| procedure.components.get(place(item)?));
        named.map(|component| component.name_vi.clone()).collect()
    }

    /// When it changed last.
    async fn changed_at(&self) -> Moment {
        self.row.changed_at
    }

    /// Position of its newest fact.
    async fn position(&self) -> Long {
        Long(self.row.position)
    }
}

impl Tracking {
    fn shows_procedure(&self) -> bool {
        self.with_receipt || !self.row.sensitive
    }

    /// What does not answer is told by the fields that ask for it.
    async fn is_revoked(&self, context: &Context<'_>) -> bool {
        let state = history::fold(&api(context).journal, self.row.id, Until::End).await;
        state.is_ok_and(|state| state.is_some_and(|state| state.nothing_in_force()))
    }
}

impl Tracking {
    fn accounted(&self) -> Account<'_> {
        Account {
            id: self.row.id,
            until: Until::End,
            now: self.now,
            reader: if self.with_receipt {
                Reader::Receipt
            } else {
                Reader::Public
            },
            folded: &self.folded,
            opens: self.with_receipt,
        }
    }
}

/// What the public reads of one fact; what happens inside the office is left out.
fn entry(change: &history::Change) -> Option<TrackingEntry> {
    let Event::Dossier(event) = &change.fact.event else {
        return None;
    };
    let correction = match event.publicity() {
        Publicity::Inside => return None,
        Publicity::Told => false,
        Publicity::Correction => true,
    };
    let due = |state: &crate::domain::dossier::Dossier| state.turn().map(|turn| turn.due_at);
    let (before, after) = (due(&change.before), due(&change.after));
    let around = &change.fact.circumstances;
    Some(TrackingEntry {
        position: Long(change.entry.position),
        at: change.fact.recorded_at,
        claimed_at: around.source.as_ref().and(around.occurred_at),
        label: act_label(event.kind()).into(),
        reason: around.reason.map(|reason| reason.label().into()),
        breach: around.breach.as_ref().map(|breach| breach.rule.into()),
        due_before: before.filter(|_| before != after),
        due_after: after.filter(|_| before != after),
        correction,
    })
}

/// Whether the public history tells of the fact at a position.
pub async fn is_public(api: &Api, dossier: Uuid, position: u64) -> Result<bool> {
    let changes = history::changes_until(&api.journal, dossier, Until::Size(position + 1)).await?;
    let newest = changes
        .last()
        .filter(|change| change.entry.position == position);
    Ok(newest.is_some_and(|change| entry(change).is_some()))
}

/// Whether the capability on a receipt is this dossier's.
#[must_use]
pub fn is_receipt(row: &DossierRow, capability: Option<&str>) -> bool {
    let shown = capability.map(crate::api::capability::fingerprint);
    shown.is_some() && shown == row.capability
}

/// The public view of a row.
pub fn tracked(row: DossierRow, capability: Option<&str>, now: Moment) -> Tracking {
    let with_receipt = is_receipt(&row, capability);
    Tracking {
        row,
        now,
        with_receipt,
        folded: Folded::default(),
    }
}

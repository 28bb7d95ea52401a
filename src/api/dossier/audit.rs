//! Every fact as an auditor reads it: who, when, what, why, before and after, and where it stands in the journal.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::api::Api;
use crate::api::access::{self, api};
use crate::api::dossier::written;
use crate::api::error::{Answered, Result};
use crate::api::log::sealed::EntryIntegrity;
use crate::api::looks;
use crate::api::paging::{self, Cursor};
use crate::api::scalar::{Digest, Long};
use crate::api::words::{
    BreachRule, DossierStatus, Label, ReasonCode, Role, act_label, phase_label,
};
use crate::domain::actor;
use crate::domain::dossier::Dossier as State;
use crate::domain::time::Moment;
use crate::projections::audit::{self, AuditRow, Filter, Order};
use crate::projections::history::{self, Change};
use crate::projections::tracking::DossierRow;

/// The fold of one dossier, shared by the entries of a page.
type Changes = Arc<OnceCell<Arc<Vec<Change>>>>;

/// One fact of the journal.
pub struct AuditEntry {
    pub row: AuditRow,
    changes: Changes,
    /// The reader learns who acted; else only what is public is told.
    sees_people: bool,
}

/// Stands for the pseudonym of a handler that the reader may not know.
const SOMEBODY: &str = "•••";

/// What a dossier was at one moment, as far as facts tell.
#[derive(SimpleObject)]
pub struct DossierState {
    /// How many facts it had.
    version: u32,
    /// Its state.
    status: DossierStatus,
    /// Its code.
    code: Option<String>,
    /// The office that had it.
    office: Option<String>,
    /// Pseudonym of the one who had it; `•••` for those who may not know who.
    handler: Option<String>,
    /// The first promise.
    original_due_at: Option<Moment>,
    /// The promise.
    due_at: Option<Moment>,
    /// The applicant's supplement was awaited.
    paused: bool,
    /// How often a supplement had been asked for.
    supplement_requests: u32,
    /// How often the office had apologised.
    apologies: u32,
    /// When processing had ended.
    ended_at: Option<Moment>,
}

/// One thing that a fact changed.
#[derive(Debug, PartialEq, Eq, SimpleObject)]
pub struct FieldChange {
    /// Which field of the dossier.
    field: String,
    /// Before; null when there was nothing.
    before: Option<String>,
    /// After; null when nothing is left.
    after: Option<String>,
}

/// One fact of the journal. Who acted is told to those who may open the dossier or read the trail.
#[Object]
impl AuditEntry {
    /// Its place in the journal, from zero; also its leaf in the tree of proofs.
    async fn position(&self) -> Long {
        Long(self.row.position)
    }

    /// SHA-256 of its exact bytes as a leaf (RFC 6962).
    async fn leaf_hash(&self) -> Digest {
        Digest(self.row.leaf_hash)
    }

    /// What happened: the fact's type.
    async fn kind(&self) -> &str {
        &self.row.kind
    }

    /// What happened, in words.
    async fn label(&self) -> Label {
        act_label(&self.row.kind).into()
    }

    /// Code of the dossier, or what else it is about: an office, a procedure, a year.
    async fn code(&self) -> Option<&str> {
        self.row.code.as_deref()
    }

    /// When it was recorded; never runs backwards over positions.
    async fn recorded_at(&self) -> Moment {
        self.row.recorded_at
    }

    /// When it is claimed to have happened.
    async fn claimed_at(&self) -> Option<Moment> {
        self.row.claimed_at
    }

    /// The hour on the slip, at acceptance.
    async fn received_at(&self) -> Option<Moment> {
        self.row.received_at
    }

    /// Who did it: a pseudonym. Null for those who may open neither the dossier nor the trail.
    async fn actor(&self) -> Option<&str> {
        self.sees_people.then_some(&*self.row.actor_id)
    }

    /// In which role.
    async fn role(&self) -> Role {
        self.row.actor_role.into()
    }

    /// For which office; `*` for none.
    async fn office(&self) -> &str {
        &self.row.actor_office
    }

    /// On whose behalf, when not one's own. Null for those who do not see `actor`.
    async fn on_behalf_of(&self) -> Option<&str> {
        self.row
            .on_behalf_of
            .as_deref()
            .filter(|_| self.sees_people)
    }

    /// Why.
    async fn reason(&self) -> Option<ReasonCode> {
        self.row.reason.map(Into::into)
    }

    /// Why, in words.
    async fn reason_label(&self) -> Option<Label> {
        self.row.reason.map(|reason| reason.label().into())
    }

    /// What was said with it in words, for officers and auditors who see `actor`; null when nothing was, and when it was erased.
    #[graphql(complexity = 20)]
    async fn note(&self, context: &Context<'_>) -> Answered<String> {
        let reader = access::actor(context)?;
        let inside = access::is_officer(reader.role) || reader.role == actor::Role::Auditor;
        if !inside || !self.sees_people {
            return None;
        }
        let note = async {
            let note = written::note(api(context), self.row.position).await?;
            if note.is_some() {
                looks::at_streams(context, self.row.dossier).await?;
            }
            Ok(note)
        };
        note.await.transpose()
    }

    /// Legal basis of an exception.
    async fn basis(&self) -> Option<&str> {
        self.row.basis.as_deref()
    }

    /// The rule it offends against.
    async fn breach(&self) -> Option<BreachRule> {
        self.row.breach.map(Into::into)
    }

    /// The command that brought it. Null for those who do not see `actor`.
    async fn command(&self) -> Option<Uuid> {
        self.sees_people.then_some(self.row.command)
    }

    /// Its place in its stream, from 1.
    async fn version(&self) -> u32 {
        self.row.version
    }

    /// Its place in the proof; null until a published checkpoint covers it.
    #[graphql(complexity = "5 + child_complexity")]
    async fn integrity(&self, context: &Context<'_>) -> Answered<EntryIntegrity> {
        access::passing(context);
        EntryIntegrity::of(api(context), self.row.position)
            .await
            .transpose()
    }

    /// The dossier before it; null for facts of other streams.
    #[graphql(complexity = "5 + child_complexity")]
    async fn before(&self, context: &Context<'_>) -> Answered<DossierState> {
        let change = self.change(api(context)).await;
        change
            .map(|change| change.map(|change| shown(&change.before, self.sees_people)))
            .transpose()
    }

    /// The dossier after it; null for facts of other streams.
    #[graphql(complexity = "5 + child_complexity")]
    async fn after(&self, context: &Context<'_>) -> Answered<DossierState> {
        let change = self.change(api(context)).await;
        change
            .map(|change| change.map(|change| shown(&change.after, self.sees_people)))
            .transpose()
    }

    /// What it changed; null for facts of other streams. Those who do not see `actor` read neither the procedure nor
    /// commitments, and `•••` in place of handlers.
    #[graphql(complexity = "5 + child_complexity")]
    async fn changes(&self, context: &Context<'_>) -> Answered<Vec<FieldChange>> {
        let change = self.change(api(context)).await;
        change
            .map(|change| change.map(|change| told(&change, self.sees_people)))
            .transpose()
    }

    /// Policy it was decided under, `code/version`; null for facts of other streams.
    #[graphql(complexity = "5")]
    async fn policy(&self, context: &Context<'_>) -> Answered<String> {
        let change = self.change(api(context)).await;
        change
            .map(|change| change.and_then(|change| change.fact.circumstances.policy))
            .transpose()
    }

    /// Leaf hash of the stream's fact before it; null for the first one and for facts of other streams.
    #[graphql(complexity = "5")]
    async fn previous_hash(&self, context: &Context<'_>) -> Answered<Digest> {
        let change = self.change(api(context)).await;
        change
            .map(|change| change.and_then(|change| change.fact.prev).map(Digest))
            .transpose()
    }

    /// How many commitments to personal data it carries; null for facts of other streams.
    #[graphql(complexity = "5")]
    async fn commitments(&self, context: &Context<'_>) -> Answered<usize> {
        let change = self.change(api(context)).await;
        change
            .map(|change| change.map(|change| change.fact.circumstances.parts.len()))
            .transpose()
    }
}

impl AuditEntry {
    /// A fact for those who may read the trail.
    #[must_use]
    pub fn of_trail(row: AuditRow) -> Self {
        Self {
            row,
            changes: Changes::default(),
            sees_people: true,
        }
    }

    async fn change(&self, api: &Api) -> Result<Option<Change>> {
        let Some(dossier) = self.row.dossier else {
            return Ok(None);
        };
        let folding = || async { history::changes(&api.journal, dossier).await.map(Arc::new) };
        let changes = self.changes.get_or_try_init(folding).await?;
        let found = changes
            .iter()
            .find(|change| change.entry.position == self.row.position);
        Ok(found.cloned())
    }
}

fn handler(state: &State, sees_people: bool) -> Option<String> {
    let named = |handler: &String| {
        if sees_people {
            handler.clone()
        } else {
            SOMEBODY.to_owned()
        }
    };
    state.handler.as_ref().map(named)
}

fn shown(state: &State, sees_people: bool) -> DossierState {
    let turn = state.turn();
    DossierState {
        version: state.version,
        status: state.phase.into(),
        code: state.code.as_ref().map(ToString::to_string),
        office: state.office.as_ref().map(ToString::to_string),
        handler: handler(state, sees_people),
        original_due_at: turn.map(|turn| turn.original_due_at),
        due_at: turn.map(|turn| turn.due_at),
        paused: turn.is_some_and(|turn| turn.paused_since.is_some() && turn.ending.is_none()),
        supplement_requests: state.supplement_requests,
        apologies: state.apologies,
        ended_at: turn.and_then(|turn| turn.ending).map(|ending| ending.at),
    }
}

/// What a fact changed, as far as the reader may know it: what a sensitive dossier is about is nobody else's business.
fn told(change: &Change, sees_people: bool) -> Vec<FieldChange> {
    let mut differences = differences(&change.before, &change.after);
    if !sees_people {
        differences.retain(|change| {
            !["procedure", "receipt", "personalData", "resultNumbers"].contains(&&*change.field)
        });
        let public = |state| handler(state, false);
        differences.retain_mut(|one| {
            if one.field == "handler" {
                (one.before, one.after) = (public(&change.before), public(&change.after));
            }
            one.before != one.after
        });
    }
    differences
}

/// What differs, field by field. Personal data differs by its commitments, which tell nothing.
pub fn differences(before: &State, after: &State) -> Vec<FieldChange> {
    let pairs = facets(before).into_iter().zip(facets(after));
    let changed = pairs.filter(|((_, before), (_, after))| before != after);
    let told = changed.map(|((field, before), (_, after))| FieldChange {
        field: field.to_owned(),
        before,
        after,
    });
    told.collect()
}

fn facets(state: &State) -> [(&'static str, Option<String>); 16] {
    let turn = state.turn();
    let text = |value: Option<&dyn ToString>| value.map(ToString::to_string);
    let count = |count: u32| (count > 0).then(|| count.to_string());
    let ending = turn.and_then(|turn| turn.ending);
    let parts: Vec<&str> = state
        .parts
        .iter()
        .map(|(part, _)| part.c.as_str())
        .collect();
    let results = || state.results.iter();
    [
        (
            "status",
            (state.version > 0).then(|| phase_label(state.phase).0.to_owned()),
        ),
        ("code", text(state.code.as_ref().map(|code| code as _))),
        (
            "procedure",
            text(state.procedure.as_ref().map(|code| code as _)),
        ),
        ("office", text(state.office.as_ref().map(|code| code as _))),
        ("handler", state.handler.clone()),
        (
            "originalDueAt",
            turn.map(|turn| turn.original_due_at.to_string()),
        ),
        ("dueAt", turn.map(|turn| turn.due_at.to_string())),
        (
            "pausedSince",
            turn.and_then(|turn| turn.paused_since)
                .map(|at| at.to_string()),
        ),
        ("supplementRequests", count(state.supplement_requests)),
        ("apologies", count(state.apologies)),
        (
            "endKind",
            ending.map(|ending| ending.kind.name().to_owned()),
        ),
        ("deliveredAt", state.delivered_at.map(|at| at.to_string())),
        (
            "resultStandings",
            words(&mut results().map(|result| result.standing.name())),
        ),
        (
            "resultNumbers",
            words(&mut results().filter_map(|result| result.number.as_deref())),
        ),
        ("receipt", state.capability.clone()),
        ("personalData", (!parts.is_empty()).then(|| parts.join(" "))),
    ]
}

/// Nothing when there are none.
fn words(words: &mut dyn Iterator<Item = &str>) -> Option<String> {
    let words: Vec<&str> = words.collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Which facts; every part that is given must hold.
#[derive(Debug, Default, InputObject)]
pub struct AuditFilter {
    /// Code of a dossier.
    pub code: Option<String>,
    /// Pseudonym of the one who acted.
    pub actor: Option<String>,
    /// Code of the office acted for.
    pub office: Option<String>,
    /// Type of the fact: `dossier.accepted`.
    pub kind: Option<String>,
    /// In which role it was done.
    pub role: Option<Role>,
    /// Code of a procedure: facts of dossiers for it, and its own.
    pub procedure: Option<String>,
    /// The reason given.
    pub reason: Option<ReasonCode>,
    /// Only acts against the law.
    #[graphql(default)]
    pub breaches_only: bool,
    /// Only acts against this rule.
    pub breach: Option<BreachRule>,
    /// Only what was recorded so many hours later than claimed, or more; at least 1.
    pub later_hours: Option<u32>,
    /// Only acts of officers before 7:00, from 18:00 on, or at a weekend, by the wall clock.
    #[graphql(default)]
    pub off_hours: bool,
    /// Recorded at or after.
    pub from: Option<Moment>,
    /// Recorded at or before.
    pub to: Option<Moment>,
    /// The newest first.
    #[graphql(default)]
    pub newest_first: bool,
}

pub type AuditPage = Connection<Cursor, AuditEntry, EmptyFields, EmptyFields>;

/// The facts of one dossier, oldest first.
pub async fn of_dossier(
    context: &Context<'_>,
    dossier: &DossierRow,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<AuditPage> {
    let filter = Filter {
        dossier: Some(dossier.id),
        ..Filter::default()
    };
    let sees_people = access::sees_people(access::actor(context), dossier);
    let order = Order::OldestFirst;
    page(api(context), &filter, order, first, after, sees_people).await
}

pub async fn page(
    api: &Api,
    filter: &Filter,
    order: Order,
    first: Option<i32>,
    after: Option<&str>,
    sees_people: bool,
) -> Result<AuditPage> {
    let (first, after) = (paging::first(first)?, paging::position(after)?);
    let found = audit::search(&api.models, filter, order, after, first).await?;
    let mut folds: HashMap<Option<Uuid>, Changes> = HashMap::new();
    let rows = found.rows.into_iter().map(|(position, row)| {
        let changes = Arc::clone(folds.entry(row.dossier).or_default());
        (
            paging::position_cursor(position),
            AuditEntry {
                row,
                changes,
                sees_people,
            },
        )
    });
    let rows: Vec<_> = rows.collect();
    Ok(paging::connection(rows, after.is_some(), found.has_next))
}

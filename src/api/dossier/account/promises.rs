//! The promise ledger as an answer.

use async_graphql::SimpleObject;

use super::Books;
use crate::api::scalar::Long;
use crate::api::words::{BreachRule, DayCause, EndKind, Label, PromiseAct, ReasonCode, Role};
use crate::domain::dossier::Dossier;
use crate::domain::dossier::ledger::{self, Entry};
use crate::domain::time::Moment;

/// Every promise made to the applicant and everything that touched it.
#[derive(Debug, SimpleObject)]
pub struct PromiseLedger {
    /// Oldest first.
    entries: Vec<PromiseEntry>,
    /// How often the promised date moved.
    moves: usize,
    /// How often the office apologised, lawfully or not.
    apologies: u32,
    /// How often a promised moment was recorded as missed.
    misses: usize,
}

/// One line of the promise ledger.
#[derive(Debug, SimpleObject)]
pub struct PromiseEntry {
    /// Which acceptance it belongs to, from 1; 0 before the first.
    turn: usize,
    /// Place of its fact in the journal.
    position: Long,
    /// When it was recorded.
    at: Moment,
    /// What touched the promise.
    act: PromiseAct,
    /// The same in words.
    label: Label,
    /// How the clock ended, at `ENDED`.
    end_kind: Option<EndKind>,
    /// In which role it was done.
    role: Role,
    /// Code of the office it was done for; `*` for none.
    office: String,
    /// Pseudonym of the one who did it; null in public.
    actor: Option<String>,
    /// Why.
    reason: Option<ReasonCode>,
    /// Why, in words.
    reason_label: Option<Label>,
    /// Legal basis of an exception.
    basis: Option<String>,
    /// The rule it offends against.
    breach: Option<BreachRule>,
    /// The rule in words.
    breach_label: Option<Label>,
    /// The law it offends against.
    breach_basis: Option<String>,
    /// The promise before.
    due_before: Option<Moment>,
    /// The promise after.
    due_after: Option<Moment>,
    /// Why days were lost, or the date moved.
    cause: Option<DayCause>,
    /// The cause in words.
    cause_label: Option<Label>,
    /// Code of the agency asked, or that is to answer for an apology.
    agency: Option<String>,
    /// Working days: those of a wait that ended, by which the date moved, or by which the end was late.
    days: Option<u32>,
}

pub fn told(books: &Books, dossier: &Dossier) -> Option<PromiseLedger> {
    let entries = books.entries()?;
    let moved = |entry: &&Entry| {
        let acts = [ledger::PromiseAct::Recomputed, ledger::PromiseAct::Extended];
        acts.contains(&entry.act) && entry.due_before != entry.due_after
    };
    Some(PromiseLedger {
        moves: entries.iter().filter(moved).count(),
        apologies: dossier.apologies,
        misses: dossier.turns.iter().map(|turn| turn.missed.len()).sum(),
        entries: entries
            .into_iter()
            .map(|entry| shown(entry, books.reader.sees_people()))
            .collect(),
    })
}

fn shown(entry: Entry, sees_people: bool) -> PromiseEntry {
    PromiseEntry {
        turn: entry.turn,
        position: Long(entry.position),
        at: entry.recorded_at,
        act: entry.act.into(),
        label: entry.act.label().into(),
        end_kind: match entry.act {
            ledger::PromiseAct::Ended(kind) => Some(kind.into()),
            _ => None,
        },
        role: entry.author.role.into(),
        office: entry.author.office,
        actor: sees_people.then_some(entry.author.id),
        reason: entry.reason.map(Into::into),
        reason_label: entry.reason.map(|reason| reason.label().into()),
        basis: entry.basis,
        breach: entry.breach.as_ref().map(|breach| breach.rule.into()),
        breach_label: entry
            .breach
            .as_ref()
            .map(|breach| breach.rule.label().into()),
        breach_basis: entry.breach.map(|breach| breach.basis),
        due_before: entry.due_before,
        due_after: entry.due_after,
        cause: entry.cause.map(Into::into),
        cause_label: entry.cause.map(|cause| cause.label().into()),
        agency: entry.agency,
        days: entry.days,
    }
}

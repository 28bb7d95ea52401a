//! The clocks a dossier ran under, with what each lost and how late it was.

use async_graphql::SimpleObject;

use super::Books;
use crate::api::words::{Certainty, EndKind};
use crate::domain::dossier::Dossier;
use crate::domain::dossier::ledger::{self, Entry};
use crate::domain::time::Moment;

/// The time an accepted dossier spent under one office's clock.
#[derive(Debug, SimpleObject)]
pub struct Turn {
    /// From 1.
    number: usize,
    /// Code of the office.
    office: String,
    /// Version of the procedure it was accepted under.
    procedure_version: u32,
    /// Policy it was received under, `code/version`.
    policy: String,
    /// The approved internal process it runs by, `code/version`; null when none was approved.
    process: Option<String>,
    /// The hour printed on the slip: the clock starts here.
    received_at: Moment,
    /// When the acceptance was recorded.
    accepted_at: Moment,
    /// The first promise, kept for ever.
    original_due_at: Moment,
    /// The promise as it stands.
    due_at: Moment,
    /// How sure the calendar behind it is.
    due_certainty: Certainty,
    /// Since when the clock stands.
    paused_since: Option<Moment>,
    /// When the clock ended.
    ended_at: Option<Moment>,
    /// How it ended.
    end_kind: Option<EndKind>,
    /// Working days from its beginning to its end, or to now: the clocks of several offices add up.
    working_days: u32,
    /// Promised moments that passed with the dossier unsettled, as they were recorded.
    missed_at: Vec<Moment>,
    /// Against the promises; null over a year without a calendar.
    lateness: Option<TurnLateness>,
    /// By cause; null over a year without a calendar.
    days_lost: Option<DaysLost>,
}

/// How a clock stands against its promises. Settled dossiers are compared by the day, running ones by the moment; a clock
/// that stands gets no later.
#[derive(Debug, SimpleObject)]
pub struct TurnLateness {
    /// After the promise as it stands.
    late: bool,
    /// After the first promise.
    late_by_original: bool,
    /// Working days after the promise as it stands.
    days: u32,
    /// Working days after the first promise.
    days_by_original: u32,
    /// The office has apologised, lawfully or not.
    apologised: bool,
}

/// Working days by cause; no day counts twice.
#[derive(Debug, SimpleObject)]
pub struct DaysLost {
    /// At whose end the applicant's supplement was awaited.
    applicant: u32,
    /// At whose end a payment was awaited.
    payment: u32,
    /// At whose end another agency's opinion was awaited, or its desk held the dossier.
    other_agency: u32,
    /// By which calendar notices moved the date.
    notice: u32,
    /// By which outages moved the date.
    outage: u32,
    /// At whose end the office had it after the promise, or after one that a lawful apology had moved on.
    office: u32,
}

impl From<ledger::DaysLost> for DaysLost {
    fn from(lost: ledger::DaysLost) -> Self {
        Self {
            applicant: lost.applicant,
            payment: lost.payment,
            other_agency: lost.other_agency,
            notice: lost.notice,
            outage: lost.outage,
            office: lost.office,
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "told like what may not be there")]
pub fn told(books: &Books, dossier: &Dossier) -> Option<Vec<Turn>> {
    let entries = books.entries();
    let turns =
        (0..dossier.turns.len()).map(|place| turn(books, dossier, place, entries.as_deref()));
    Some(turns.collect())
}

fn turn(books: &Books, dossier: &Dossier, place: usize, entries: Option<&[Entry]>) -> Turn {
    let (turn, now) = (&dossier.turns[place], books.now);
    let late = |entries| ledger::lateness(turn, place, entries, books.worktime(), now).ok();
    let lost = |entries| ledger::days_lost(dossier, place, entries, books.worktime(), now).ok();
    Turn {
        number: place + 1,
        office: turn.office.to_string(),
        procedure_version: turn.procedure_version,
        policy: turn.policy.clone(),
        process: turn.process.clone(),
        received_at: turn.received_at,
        accepted_at: turn.accepted_at,
        original_due_at: turn.original_due_at,
        due_at: turn.due_at,
        due_certainty: turn.due_certainty.into(),
        paused_since: turn.paused_since.filter(|_| turn.ending.is_none()),
        ended_at: turn.ending.map(|ending| ending.at),
        end_kind: turn.ending.map(|ending| ending.kind.into()),
        working_days: turn.working_days(now, &books.reference.calendar),
        missed_at: turn.missed.clone(),
        lateness: entries.and_then(late).map(|late| TurnLateness {
            late: late.late,
            late_by_original: late.late_by_original,
            days: late.days,
            days_by_original: late.days_by_original,
            apologised: late.apologised,
        }),
        days_lost: entries.and_then(lost).map(Into::into),
    }
}

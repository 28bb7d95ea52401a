//! Late dossiers: which were overdue at an instant as known at that instant, and what a period's lateness was made of.
//!
//! The table of turns says which dossiers may be late; each of them is folded from the journal as of then, so that desks,
//! apologies and days are counted by the domain's own rules and nothing is stored twice.

use std::collections::HashMap;

use jiff::civil::Date;
use sqlx::query_as;
use uuid::Uuid;

use super::history::{self, Change};
use super::worklist::Page;
use super::{ReadModels, Result};
use crate::domain::calendar::CalendarError;
use crate::domain::dossier::desk::{self, Desk, Held, Worktime};
use crate::domain::dossier::ledger::{self, DaysLost, Entry, Lateness, Placed};
use crate::domain::dossier::{Dossier, Spell, Turn};
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::journal::Until;

/// Dossiers folded at a time.
const PIECE: u32 = 200;
/// Late dossiers that one answer is drawn from.
pub const CASES_MAX: usize = 5_000;

/// The place of a turn in the lists of this file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Of its dossier.
    pub number: i64,
    /// From 1.
    pub turn: i64,
}

/// A dossier that was overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    pub id: Uuid,
    pub code: Option<String>,
    pub procedure: String,
    pub due_at: Moment,
    pub original_due_at: Moment,
    /// Had it then.
    pub desk: Option<(Desk, Held)>,
    pub lateness: Lateness,
    /// The miss of this promise was on record.
    pub missed: bool,
}

/// The open turns of an office whose promise had passed at an instant, as far as facts recorded by then tell; the calendar is
/// the newest there is. Clocks that stood are left out. `None` over a year without a calendar.
pub async fn overdue(
    models: &ReadModels,
    office: &str,
    at: Moment,
    mut after: Option<Place>,
    first: u32,
) -> Result<Option<Page<Overdue, Place>>> {
    let reference = models.reference();
    let mut rows = Vec::new();
    while rows.len() <= first as usize {
        let period = (at, at.plus(1));
        let (cases, last) = cases(models, Some(office), period, after, Until::Moment(at)).await?;
        for case in &cases {
            match case.overdue(&reference, at) {
                Ok(found) => rows.extend(found.map(|row| (case.place, row))),
                Err(_) => return Ok(None),
            }
        }
        let Some(last) = last else { break };
        after = Some(last);
    }
    Ok(Some(Page::cut(rows, first)))
}

/// Late dossiers of one kind, against each promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Late {
    /// Against the promise as it stood.
    pub count: u64,
    /// Against the first promise.
    pub by_original: u64,
    /// Of `count`, those for which nobody apologised before the end.
    pub without_apology: u64,
    /// The same of `by_original`.
    pub without_apology_by_original: u64,
}

impl Late {
    fn add(&mut self, late: &Lateness) {
        self.count += u64::from(late.late);
        self.by_original += u64::from(late.late_by_original);
        self.without_apology += u64::from(late.late && !late.apologised);
        self.without_apology_by_original += u64::from(late.late_by_original && !late.apologised);
    }
}

/// Days after the promise that one desk had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateDesk {
    pub desk: Desk,
    pub held: Held,
    /// After the promise as it stood.
    pub days: u64,
    /// After the first promise.
    pub days_by_original: u64,
}

/// What the lateness of a period was made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Settled in the period.
    pub settled: Late,
    /// Open at its end.
    pub overdue: Late,
    /// Of all these, from acceptance on.
    pub days_lost: DaysLost,
    /// Working days of the period, worst first.
    pub desks: Vec<LateDesk>,
}

/// What came of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Counted(Counts),
    /// A day lies in a year that nobody declared.
    NoCalendar,
    /// More than [`CASES_MAX`] dossiers.
    TooMany,
}

/// Counts the late dossiers of an office, or of all, as known at the end of the last day or `now`.
pub async fn count(
    models: &ReadModels,
    office: Option<&str>,
    from: Date,
    to: Date,
    now: Moment,
) -> Result<Answer> {
    let begin = |day: Date| Moment::from_local(day.to_datetime(jiff::civil::Time::midnight()));
    let end = to.tomorrow().map_or(now, begin).min(now.plus(1));
    let (at, reference) = (end.plus(-1), models.reference());
    let mut tally = Tally::new(&reference, from, at);
    let (mut after, mut seen) = (None, 0);
    loop {
        let period = (begin(from), end);
        let (cases, last) = cases(models, office, period, after, Until::Moment(at)).await?;
        seen += cases.len();
        if seen > CASES_MAX {
            return Ok(Answer::TooMany);
        }
        for case in &cases {
            if tally.take(case).is_err() {
                return Ok(Answer::NoCalendar);
            }
        }
        match last {
            Some(last) => after = Some(last),
            None => return Ok(Answer::Counted(tally.finish())),
        }
    }
}

/// A turn that may be late, with its dossier as of then.
struct Case {
    id: Uuid,
    place: Place,
    changes: Vec<Change>,
}

/// Those of the next [`PIECE`] turns that existed then, and where the next piece begins if there may be one.
async fn cases(
    models: &ReadModels,
    office: Option<&str>,
    (since, until): (Moment, Moment),
    after: Option<Place>,
    as_of: Until,
) -> Result<(Vec<Case>, Option<Place>)> {
    let sql = "
        select turn.number, turn.turn, dossier.id
        from turn join dossier on dossier.number = turn.number
        where (?1 is null or turn.office = ?1) and turn.accepted_at < ?3 and turn.begun_at < ?3 and (turn.ended_at is null or turn.ended_at >= ?2)
          and min(turn.original_due_at, turn.due_at, coalesce((
                select min(new) from due_change
                where due_change.number = turn.number and due_change.turn between turn.first and turn.turn), turn.due_at))
              < min(coalesce(turn.ended_at, ?3), ?3)
          and (turn.number, turn.turn) > (?4, ?5)
        order by turn.number, turn.turn limit ?6";
    let after = after.unwrap_or(Place {
        number: -1,
        turn: 0,
    });
    let found: Vec<(i64, i64, Uuid)> = query_as(sql)
        .bind(office)
        .bind(since.0)
        .bind(until.0)
        .bind(after.number)
        .bind(after.turn)
        .bind(i64::from(PIECE))
        .fetch_all(models.pool())
        .await?;
    let last = found.last().map(|(number, turn, _)| Place {
        number: *number,
        turn: *turn,
    });
    let last = last.filter(|_| found.len() == PIECE as usize);
    let ids: Vec<Uuid> = found.iter().map(|(_, _, id)| *id).collect();
    let mut told: HashMap<Uuid, Vec<Change>> = history::of_several(models, &ids, as_of).await?;
    let cases = found.into_iter().filter_map(|(number, turn, id)| {
        // A later turn of the same dossier, or the same at another office, is another case.
        let changes = if turn > 1 {
            told.get(&id).cloned()?
        } else {
            told.remove(&id)?
        };
        let place = Place { number, turn };
        Some(Case { id, place, changes })
    });
    Ok((cases.collect(), last))
}

impl Case {
    fn dossier(&self) -> Option<&Dossier> {
        self.changes.last().map(|change| &*change.after)
    }

    /// The acceptance under whose clock the office had it then; none before, and after it went to another office.
    fn spell<'a>(&self, dossier: &'a Dossier) -> Option<Spell<'a>> {
        let place = usize::try_from(self.place.turn - 1).ok()?;
        let spell = dossier.spells().nth(place)?;
        spell.passed.is_none().then_some(spell)
    }

    fn entries(&self, worktime: Worktime<'_>) -> Result<Vec<Entry>, CalendarError> {
        let facts = self.changes.iter().map(|change| Placed {
            position: change.entry.position,
            fact: &change.fact,
        });
        ledger::entries(facts, worktime)
    }

    fn lateness(
        &self,
        spell: Spell<'_>,
        worktime: Worktime<'_>,
        at: Moment,
    ) -> Result<Lateness, CalendarError> {
        let entries = self.entries(worktime)?;
        ledger::lateness(spell.turn, spell.place, &entries, worktime, at)
    }

    fn overdue(&self, reference: &Reference, at: Moment) -> Result<Option<Overdue>, CalendarError> {
        let Some(dossier) = self.dossier() else {
            return Ok(None);
        };
        let runs = |turn: &Turn| turn.ending.is_none() && turn.paused_since.is_none();
        let spell = self.spell(dossier).filter(|spell| runs(spell.turn));
        let Some(spell) = spell.filter(|spell| spell.turn.due_at < at) else {
            return Ok(None);
        };
        let turn = spell.turn;
        Ok(Some(Overdue {
            id: self.id,
            code: dossier.code.as_ref().map(ToString::to_string),
            procedure: dossier
                .procedure
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            due_at: turn.due_at,
            original_due_at: turn.original_due_at,
            desk: desk::held_at(dossier, at),
            lateness: self.lateness(spell, Worktime::new(reference), at)?,
            missed: turn.missed.contains(&turn.due_at),
        }))
    }
}

struct Tally<'a> {
    worktime: Worktime<'a>,
    from: Date,
    at: Moment,
    counts: Counts,
}

impl<'a> Tally<'a> {
    fn new(reference: &'a Reference, from: Date, at: Moment) -> Self {
        Self {
            worktime: Worktime::new(reference),
            from,
            at,
            counts: Counts::default(),
        }
    }

    fn take(&mut self, case: &Case) -> Result<(), CalendarError> {
        let (worktime, at) = (self.worktime, self.at);
        let Some(dossier) = case.dossier() else {
            return Ok(());
        };
        let Some(Spell { turn, place, .. }) = case.spell(dossier) else {
            return Ok(());
        };
        let entries = case.entries(worktime)?;
        let late = ledger::lateness(turn, place, &entries, worktime, at)?;
        if !late.late && !late.late_by_original {
            return Ok(());
        }
        match turn.ending {
            Some(ending) if ending.kind.is_settlement() => self.counts.settled.add(&late),
            // Withdrawn, stopped or passed on: in no rate.
            Some(_) => return Ok(()),
            None if turn.paused_since.is_some() => return Ok(()),
            None => self.counts.overdue.add(&late),
        }
        self.counts.days_lost += ledger::days_lost(dossier, place, &entries, worktime, at)?;
        for day in desk::days(dossier, turn, worktime, at)? {
            if day.date >= self.from && (day.late || day.late_by_original) {
                let desk = self.desk(day.desk, day.held);
                desk.days += u64::from(day.late);
                desk.days_by_original += u64::from(day.late_by_original);
            }
        }
        Ok(())
    }

    fn desk(&mut self, desk: Desk, held: Held) -> &mut LateDesk {
        let desks = &mut self.counts.desks;
        let known = |one: &LateDesk| one.desk == desk && one.held == held;
        let place = desks.iter().position(known).unwrap_or_else(|| {
            desks.push(LateDesk {
                desk,
                held,
                days: 0,
                days_by_original: 0,
            });
            desks.len() - 1
        });
        &mut desks[place]
    }

    fn finish(mut self) -> Counts {
        let worst = |one: &LateDesk| std::cmp::Reverse((one.days_by_original, one.days));
        self.counts.desks.sort_by_key(worst);
        self.counts
    }
}

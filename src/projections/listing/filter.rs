//! Which dossiers stand in a list, and what of that is SQL.

use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite};

use super::order::{Field, LATE};
use crate::domain::actor::Role;
use crate::domain::dossier::{Channel, EndKind, Phase};
use crate::domain::time::Moment;
use crate::projections::catalogue::sought;
use crate::projections::portal;
use crate::projections::tracking::is_open;
use crate::projections::{ReadModels, Result};

/// From here to there, both included; open where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub from: Option<i64>,
    pub to: Option<i64>,
}

/// Which dossiers; every part that is given must hold. Of a list any one, and an empty list is no part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Codes of offices that have it now; all offices when none are told.
    pub offices: Option<Vec<String>>,
    pub phases: Vec<Phase>,
    /// An officer has to do something before it is closed.
    pub open: Option<bool>,
    /// Codes of procedures.
    pub procedures: Vec<String>,
    /// All of these words in the procedure's code, names or field; marks do not matter.
    pub words: Option<String>,
    /// Of a procedure that the public view leaves unnamed.
    pub sensitive: Option<bool>,
    pub channels: Vec<Channel>,
    pub handlers: Vec<String>,
    /// Somebody has it.
    pub handled: Option<bool>,
    /// Role of the desk it lies on.
    pub desks: Vec<Role>,
    pub steps: Vec<u16>,
    pub end_kinds: Vec<EndKind>,
    /// What its code begins with.
    pub code_prefix: Option<String>,
    /// Values of moments, in microseconds.
    pub spans: Vec<(Field, Span)>,
    pub paused: Option<bool>,
    /// The clock runs and the promised moment has passed.
    pub overdue: Option<bool>,
    /// Neither accepted nor answered in the time for it.
    pub intake_overdue: Option<bool>,
    /// A promise of its clock was recorded as missed.
    pub missed: Option<bool>,
    /// The national portal is owed something that it has not acknowledged.
    pub portal_behind: Option<bool>,
    /// In microseconds.
    pub late: Span,
    /// What is overdue or late is so as of this moment.
    pub now: Moment,
}

/// Codes of procedures that a part of the filter stands for.
pub struct Procedures {
    having: Option<Vec<String>>,
    plain: Option<Vec<String>>,
}

impl Filter {
    /// Looks the procedures up that the filter tells by words, and those that are sensitive.
    pub(super) async fn procedures(&self, models: &ReadModels) -> Result<Procedures> {
        let having = match &self.words {
            Some(words) => sought::having(models, words).await?,
            None => None,
        };
        let plain = || {
            let reference = models.reference();
            let codes = reference.procedures.keys();
            let plain = codes.filter(|code| !models.is_sensitive(code));
            plain.cloned().collect()
        };
        Ok(Procedures {
            having,
            plain: self.sensitive.map(|_| plain()),
        })
    }

    /// Nothing but offices is asked for.
    fn is_whole(&self) -> bool {
        let whole = Self {
            offices: self.offices.clone(),
            now: self.now,
            ..Self::default()
        };
        *self == whole
    }
}

/// A filter with all that was looked up for it.
pub struct Narrowed<'a> {
    pub filter: &'a Filter,
    pub procedures: Procedures,
    pub offices: Vec<String>,
}

impl Narrowed<'_> {
    /// No entry of an office has to be examined.
    pub fn is_whole(&self) -> bool {
        self.filter.is_whole()
    }

    /// `where …`, with the office and every part of the filter.
    pub fn push(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push(" where code_rank is not null and office ");
        match &self.offices[..] {
            [office] => sql.push("= ").push_bind(office.clone()),
            offices => any(sql, offices),
        };
        self.push_flags(sql);
        for (field, span) in &self.filter.spans {
            push_span(sql, *span, |sql| {
                sql.push(field.column());
            });
        }
        push_span(sql, self.filter.late, |sql| {
            push_late(sql, self.filter.now);
        });
        // They are tried in this order: what is looked up in a list costs most for an entry.
        self.push_words(sql);
    }

    fn push_words(&self, sql: &mut QueryBuilder<Sqlite>) {
        let filter = self.filter;
        if !filter.phases.is_empty() || filter.open.is_some() {
            let asked = |phase: &Phase| {
                let named = filter.phases.is_empty() || filter.phases.contains(phase);
                named && filter.open.is_none_or(|open| is_open(*phase) == open)
            };
            let phases = Phase::ALL.into_iter().filter(asked).map(Phase::rank);
            push_any(sql, "phase_rank", &phases.collect::<Vec<_>>());
        }
        let names = |roles: &[Role]| roles.iter().map(|role| role.name()).collect::<Vec<_>>();
        let channels: Vec<_> = filter.channels.iter().map(|one| one.name()).collect();
        let kinds: Vec<_> = filter.end_kinds.iter().map(|one| one.name()).collect();
        push_some(sql, "procedure", &filter.procedures);
        push_some(sql, "channel", &channels);
        push_some(sql, "handler", &filter.handlers);
        push_some(sql, "desk", &names(&filter.desks));
        push_some(sql, "step", &filter.steps);
        push_some(sql, "end_kind", &kinds);
        if let Some(codes) = &self.procedures.having {
            push_any(sql, "procedure", codes);
        }
        if let (Some(plain), Some(sensitive)) = (&self.procedures.plain, filter.sensitive) {
            let column = if sensitive {
                "procedure not"
            } else {
                "procedure"
            };
            push_any(sql, column, plain);
        }
        if let Some(prefix) = &filter.code_prefix {
            // Nothing that codes are written with comes after a tilde.
            sql.push(" and code >= ").push_bind(prefix.clone());
            sql.push(" and code < ").push_bind(format!("{prefix}~"));
        }
    }

    fn push_flags(&self, sql: &mut QueryBuilder<Sqlite>) {
        let Filter { now, .. } = *self.filter;
        if let Some(handled) = self.filter.handled {
            sql.push(" and (handler is not null) = ").push_bind(handled);
        }
        if let Some(paused) = self.filter.paused {
            sql.push(" and paused = ").push_bind(paused);
        }
        if let Some(missed) = self.filter.missed {
            sql.push(" and (missed > 0) = ").push_bind(missed);
        }
        if let Some(behind) = self.filter.portal_behind {
            sql.push(if behind { " and " } else { " and not " });
            sql.push(portal::BEHIND);
        }
        if let Some(overdue) = self.filter.overdue {
            sql.push(" and coalesce(ended_at is null and not paused and due_at < ")
                .push_bind(now.0);
            sql.push(", 0) = ").push_bind(overdue);
        }
        if let Some(overdue) = self.filter.intake_overdue {
            sql.push(" and coalesce(intake_due_at < ").push_bind(now.0);
            sql.push(", 0) = ").push_bind(overdue);
        }
    }
}

/// How late it is as of a moment.
pub fn push_late(sql: &mut QueryBuilder<Sqlite>, now: Moment) {
    sql.push(LATE.0).push_bind(now.0).push(LATE.1);
}

/// `in (…)`.
fn any<'a, T: Serialize>(
    sql: &'a mut QueryBuilder<Sqlite>,
    values: &[T],
) -> &'a mut QueryBuilder<Sqlite> {
    sql.push("in (select value from json_each(")
        .push_bind(serde_json::json!(values).to_string())
        .push("))")
}

fn push_any<T: Serialize>(sql: &mut QueryBuilder<Sqlite>, column: &str, values: &[T]) {
    sql.push(" and ").push(column).push(" ");
    any(sql, values);
}

fn push_some<T: Serialize>(sql: &mut QueryBuilder<Sqlite>, column: &str, values: &[T]) {
    if !values.is_empty() {
        push_any(sql, column, values);
    }
}

fn push_span(
    sql: &mut QueryBuilder<Sqlite>,
    span: Span,
    push_value: impl Fn(&mut QueryBuilder<Sqlite>),
) {
    for (bound, sign) in [(span.from, " >= "), (span.to, " <= ")] {
        if let Some(bound) = bound {
            sql.push(" and ");
            push_value(sql);
            sql.push(sign).push_bind(bound);
        }
    }
}

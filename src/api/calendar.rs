//! Which days offices work and why, and the notices that changed it.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};

use super::access::api;
use super::error::{Answered, Problem};
use super::offices::{Hours, spans};
use super::scalar::Day;
use super::words::Certainty;
use crate::domain::calendar::{self, DayKind, NoticeChange};
use crate::domain::time::Moment;

/// Days one answer may tell.
const DAYS_MAX: usize = 400;

/// Why a day is worked or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CalendarDayKind {
    /// Monday to Friday, as usual.
    Workday,
    /// A Saturday worked in exchange for a day off.
    WorkedSaturday,
    /// Saturday or Sunday.
    Weekend,
    /// A day off by a paper.
    Off,
}

/// One day of the working calendar.
#[derive(Debug, SimpleObject)]
pub struct CalendarDay {
    /// Which day.
    day: Day,
    /// Offices work.
    working: bool,
    /// Why.
    kind: CalendarDayKind,
    /// Number of the paper that makes it a day off or a worked Saturday.
    notice: Option<String>,
    /// How sure it is.
    certainty: Certainty,
}

/// What a notice changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum NoticeKind {
    /// Days off and days worked.
    Days,
    /// Office hours.
    Hours,
    /// Time in which no clock runs.
    Outage,
}

/// A notice, as it was recorded.
pub struct Notice(Arc<calendar::Notice>);

/// A notice, as it was recorded.
#[Object]
impl Notice {
    /// As printed.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// The day it bears.
    async fn issued_on(&self) -> Day {
        Day(self.0.issued_on)
    }

    /// What empowers the one who issued it.
    async fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// How sure what it says is.
    async fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }

    /// What it changes.
    async fn kind(&self) -> NoticeKind {
        match self.0.change {
            NoticeChange::Days { .. } => NoticeKind::Days,
            NoticeChange::Hours { .. } => NoticeKind::Hours,
            NoticeChange::Outage { .. } => NoticeKind::Outage,
        }
    }

    /// Code of the office it is about alone; null when it is about all.
    async fn office_code(&self) -> Option<&str> {
        self.0.office()
    }

    /// Days off by it.
    async fn off(&self) -> Vec<Day> {
        match &self.0.change {
            NoticeChange::Days { off, .. } => off.iter().copied().map(Day).collect(),
            NoticeChange::Hours { .. } | NoticeChange::Outage { .. } => Vec::new(),
        }
    }

    /// Days worked by it.
    async fn worked(&self) -> Vec<Day> {
        match &self.0.change {
            NoticeChange::Days { worked, .. } => worked.iter().copied().map(Day).collect(),
            NoticeChange::Hours { .. } | NoticeChange::Outage { .. } => Vec::new(),
        }
    }

    /// First day of its office hours.
    async fn from(&self) -> Option<Day> {
        match &self.0.change {
            NoticeChange::Hours { from, .. } => Some(Day(*from)),
            NoticeChange::Days { .. } | NoticeChange::Outage { .. } => None,
        }
    }

    /// Last day of its office hours; null until further notice.
    async fn to(&self) -> Option<Day> {
        match &self.0.change {
            NoticeChange::Hours { to, .. } => to.map(Day),
            NoticeChange::Days { .. } | NoticeChange::Outage { .. } => None,
        }
    }

    /// Its office hours.
    async fn hours(&self) -> Vec<Hours> {
        match &self.0.change {
            NoticeChange::Hours { hours, .. } => spans(hours),
            NoticeChange::Days { .. } | NoticeChange::Outage { .. } => Vec::new(),
        }
    }

    /// Beginning of its outage.
    async fn down_at(&self) -> Option<Moment> {
        match &self.0.change {
            NoticeChange::Outage { from, .. } => Some(*from),
            NoticeChange::Days { .. } | NoticeChange::Hours { .. } => None,
        }
    }

    /// End of its outage; null while the system is down.
    async fn recovered_at(&self) -> Option<Moment> {
        match &self.0.change {
            NoticeChange::Outage { to, .. } => *to,
            NoticeChange::Days { .. } | NoticeChange::Hours { .. } => None,
        }
    }
}

/// The working calendar.
#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// Every day from one to another, at most 400. Fails when a day lies in a year that nobody declared.
    #[graphql(complexity = "100 + child_complexity")]
    async fn calendar(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day.")] from: Day,
        #[graphql(desc = "Last day.")] to: Day,
    ) -> Answered<Vec<CalendarDay>> {
        let reference = api(context).models.reference();
        let days = from.0.series(jiff::Span::new().days(1));
        let days: Vec<_> = days
            .take_while(|day| *day <= to.0)
            .take(DAYS_MAX + 1)
            .collect();
        if days.len() > DAYS_MAX {
            return Some(Err(Problem::bad_input("at most 400 days at a time")));
        }
        let told = days.into_iter().map(|day| {
            let kind = reference.calendar.kind_of(day)?;
            let certainty = reference.calendar.certainty_of(day)?.into();
            let (named, notice) = match kind {
                DayKind::Workday => (CalendarDayKind::Workday, None),
                DayKind::WorkedSaturday { notice } => {
                    (CalendarDayKind::WorkedSaturday, Some(notice.to_owned()))
                }
                DayKind::Weekend => (CalendarDayKind::Weekend, None),
                DayKind::Off { notice } => (CalendarDayKind::Off, Some(notice.to_owned())),
            };
            Ok(CalendarDay {
                day: Day(day),
                working: kind.is_working(),
                kind: named,
                notice,
                certainty,
            })
        });
        let told: Result<Vec<_>, calendar::CalendarError> = told.collect();
        Some(told.map_err(|error| Problem::bad_input(error.to_string())))
    }

    /// Every notice, the newest first.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn notices(&self, context: &Context<'_>) -> Vec<Notice> {
        let reference = api(context).models.reference();
        reference
            .notices
            .iter()
            .rev()
            .cloned()
            .map(Notice)
            .collect()
    }
}

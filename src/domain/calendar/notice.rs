//! A notice: an official paper that changes days, office hours or the running of the clock after a year was declared.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::{Calendar, CalendarError, OfficeHours};
use crate::domain::law::Certainty;
use crate::domain::text;
use crate::domain::time::Moment;

/// A number or a legal basis is never longer.
const TOKEN_CHARS_MAX: usize = 120;
/// Days one notice may name; a whole year is declared, not noticed.
const DAYS_MAX: usize = 60;

/// One notice, as it was issued. Promises made before it are counted anew and say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// As printed: `9441/TB-BNV`. No two notices have the same.
    pub number: String,
    pub issued_on: Date,
    /// What empowers the one who issued it: `Labour Code 45/2019/QH14 art. 112.3`.
    pub legal_basis: String,
    /// How sure its days are from now on, whatever the year was declared as.
    pub certainty: Certainty,
    pub change: NoticeChange,
}

/// What a notice changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum NoticeChange {
    /// Days off and days worked; a swap names one of each (Monday off, Saturday worked).
    Days {
        /// Mondays to Fridays off, or worked Saturdays that are off after all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        off: Vec<Date>,
        /// Saturdays worked in exchange, or weekdays that are worked after all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        worked: Vec<Date>,
    },
    /// Office hours of one office or of all.
    Hours {
        /// Agency code; every office when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        office: Option<String>,
        /// First day they hold.
        from: Date,
        /// Last day they hold; until further notice when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Date>,
        hours: OfficeHours,
    },
    /// The system was down, as its owner announces: no clock runs until recovery (Decree 301/2026 art. 4.7).
    Outage {
        /// Agency code; every office when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        office: Option<String>,
        from: Moment,
        /// Recovery. Absent while the system is down; a later notice with the same `office` and `from` then tells it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Moment>,
    },
}

/// Time in which no clock ran, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// Number of the notice that tells of it; of the one that told the recovery, once there is one.
    pub notice: String,
    /// Agency code; every office when absent.
    pub office: Option<String>,
    pub from: Moment,
    /// Absent while it lasts.
    pub to: Option<Moment>,
}

impl Outage {
    /// Whether the clocks of an office stood still.
    pub fn concerns(&self, office: &str) -> bool {
        self.office.as_deref().is_none_or(|one| one == office)
    }

    /// Whether it has begun by `now` and nobody has announced its end.
    pub fn is_open(&self, now: Moment) -> bool {
        self.from <= now && self.to.is_none()
    }
}

/// Why a notice cannot stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// Letters, digits and `. _ - /` only, at most 120 characters.
    #[error("{0:?} is not the number of a notice")]
    Number(String),
    /// Empty, too long or with a control character.
    #[error("the legal basis must be told in at most 120 characters")]
    LegalBasis,
    #[error("a notice must change something")]
    Empty,
    /// Named twice, a Sunday, or as off what is off anyway by the weekly rest.
    #[error("{0} cannot stand where the notice names it")]
    Day(Date),
    #[error("the last day or moment lies before the first")]
    Reversed,
    #[error("unknown office {0}")]
    Office(String),
    /// A recovery announced twice, or with the same beginning as an outage that is over.
    #[error("the outage that began at {0} is over already")]
    Over(Moment),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl NoticeError {
    /// The stable code that clients see.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Number(_) | Self::LegalBasis | Self::Empty => "NOTICE_MALFORMED",
            Self::Day(_) => "NOTICE_DAY_MISPLACED",
            Self::Reversed => "NOTICE_SPAN_REVERSED",
            Self::Over(_) => "OUTAGE_OVER",
            Self::Office(_) => "UNKNOWN_OFFICE",
            Self::Calendar(error) => error.code(),
        }
    }

    /// What is wrong and what to do: (Vietnamese, English).
    pub fn message(&self) -> (String, String) {
        match self {
            Self::Number(number) => (
                format!("“{number}” không phải số thông báo. Ghi như trên văn bản, ví dụ 9441/TB-BNV."),
                format!("“{number}” is not the number of a notice. Write it as printed, such as 9441/TB-BNV."),
            ),
            Self::LegalBasis => (
                "Ghi căn cứ pháp lý của thông báo, tối đa 120 ký tự.".to_owned(),
                "Give the notice's legal basis in at most 120 characters.".to_owned(),
            ),
            Self::Empty => (
                "Thông báo không thay đổi gì. Ghi ít nhất một ngày nghỉ hoặc ngày làm việc, tối đa 60 ngày.".to_owned(),
                "The notice changes nothing. Name at least one day off or worked, at most 60.".to_owned(),
            ),
            Self::Day(day) => (
                format!("Ngày {} không thể ghi ở đây: Chủ nhật, ngày ghi hai lần, hoặc thứ Bảy vốn đã nghỉ. Sửa lại ngày.", day.strftime("%d/%m/%Y")),
                format!("{day} cannot stand here: a Sunday, named twice, or a Saturday that is off anyway. Correct the day."),
            ),
            Self::Reversed => (
                "Thời điểm cuối phải sau thời điểm đầu. Sửa lại.".to_owned(),
                "The end must lie after the beginning. Correct it.".to_owned(),
            ),
            Self::Office(code) => (
                format!("Không có cơ quan {code}. Kiểm tra lại mã cơ quan."),
                format!("There is no office {code}. Check its code."),
            ),
            Self::Over(_) => (
                "Sự cố này đã được thông báo khắc phục. Nếu hệ thống lại dừng, ghi thời điểm bắt đầu mới.".to_owned(),
                "The end of this outage was announced already. If the system is down again, give its new beginning.".to_owned(),
            ),
            Self::Calendar(CalendarError::YearUnknown { year }) => (
                format!("Chưa khai báo lịch làm việc năm {year}. Khai báo lịch năm đó trước."),
                format!("The calendar of {year} was never declared. Declare it first."),
            ),
            Self::Calendar(CalendarError::DayMisplaced { .. }) => {
                (format!("Lịch không hợp lệ: {self}"), format!("The calendar is not valid: {self}"))
            }
        }
    }
}

impl Notice {
    /// Refuses what is malformed by itself or cannot be on the calendar as it stands.
    ///
    /// # Errors
    /// The first [`NoticeError`] met; a day of a year that nobody declared is one (`CALENDAR_YEAR_UNKNOWN`).
    pub fn check(&self, calendar: &Calendar, outages: &[Outage]) -> Result<(), NoticeError> {
        let token = |c: char| c.is_alphanumeric() || "._-/".contains(c);
        if self.number.is_empty()
            || self.number.chars().count() > TOKEN_CHARS_MAX
            || !self.number.chars().all(token)
        {
            return Err(NoticeError::Number(self.number.clone()));
        }
        let basis = text::required(&self.legal_basis, TOKEN_CHARS_MAX);
        if basis.is_ok_and(|clean| clean == self.legal_basis) {
            self.check_change(calendar, outages)
        } else {
            Err(NoticeError::LegalBasis)
        }
    }

    fn check_change(&self, calendar: &Calendar, outages: &[Outage]) -> Result<(), NoticeError> {
        match &self.change {
            NoticeChange::Days { off, worked } => check_days(off, worked, calendar),
            NoticeChange::Hours { from, to, .. } => match to {
                Some(to) if to < from => Err(NoticeError::Reversed),
                Some(_) | None => Ok(()),
            },
            NoticeChange::Outage { office, from, to } => {
                if to.is_some_and(|to| to <= *from) {
                    return Err(NoticeError::Reversed);
                }
                let same = |one: &&Outage| one.office == *office && one.from == *from;
                match outages.iter().find(same) {
                    Some(known) if known.to.is_some() || to.is_none() => {
                        Err(NoticeError::Over(*from))
                    }
                    Some(_) | None => Ok(()),
                }
            }
        }
    }

    /// The office it is about alone; none when it is about all.
    pub fn office(&self) -> Option<&str> {
        match &self.change {
            NoticeChange::Days { .. } => None,
            NoticeChange::Hours { office, .. } | NoticeChange::Outage { office, .. } => {
                office.as_deref()
            }
        }
    }
}

fn check_days(off: &[Date], worked: &[Date], calendar: &Calendar) -> Result<(), NoticeError> {
    let named = off.len() + worked.len();
    if named == 0 || named > DAYS_MAX {
        return Err(NoticeError::Empty);
    }
    let mut seen = std::collections::BTreeSet::new();
    for &day in off.iter().chain(worked) {
        if day.weekday() == Weekday::Sunday || !seen.insert(day) {
            return Err(NoticeError::Day(day));
        }
    }
    for &day in worked {
        calendar.is_working(day)?;
    }
    for &day in off {
        if !calendar.is_working(day)? && day.weekday() == Weekday::Saturday {
            return Err(NoticeError::Day(day));
        }
    }
    Ok(())
}

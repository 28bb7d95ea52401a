//! The hours of a working day: spans in order, with the lunch break between them.

use jiff::civil::{Date, Time, time};
use serde::{Deserialize, Serialize};

use crate::domain::time::Moment;

/// One span of office time, from opening to closing on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub from: Time,
    pub to: Time,
}

/// The spans of a working day, in order and apart; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Span>", into = "Vec<Span>")]
pub struct OfficeHours {
    spans: Vec<Span>,
    end_of_day: Time,
}

/// Spans that are missing, empty, overlapping or out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("office hours need at least one span, in order, each ending after it begins")]
pub struct OfficeHoursInvalid;

impl OfficeHoursInvalid {
    /// The stable code that clients see.
    pub const CODE: &str = "OFFICE_HOURS_INVALID";
}

impl OfficeHours {
    /// Checks and takes the spans of a day.
    pub fn new(spans: Vec<Span>) -> Result<Self, OfficeHoursInvalid> {
        let last = spans.last().ok_or(OfficeHoursInvalid)?;
        let each_lasts = spans.iter().all(|span| span.from < span.to);
        let in_order = spans.windows(2).all(|pair| pair[0].to <= pair[1].from);
        if !each_lasts || !in_order {
            return Err(OfficeHoursInvalid);
        }
        let end_of_day = last.to;
        Ok(Self { spans, end_of_day })
    }

    /// The spans, earliest first.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The instant at which the office closes on `day`: the hour of a promise that prints none.
    pub fn end_of_day(&self, day: Date) -> Moment {
        Moment::from_local(day.to_datetime(self.end_of_day))
    }

    /// The spans of `day` as instants, earliest first.
    pub fn instants(&self, day: Date) -> impl Iterator<Item = (Moment, Moment)> {
        let at = move |time| Moment::from_local(day.to_datetime(time));
        self.spans
            .iter()
            .map(move |span| (at(span.from), at(span.to)))
    }

    /// Office time of `day` that lies between two instants, in microseconds.
    pub fn worked(&self, day: Date, from: Moment, to: Moment) -> i64 {
        let overlap = |(opens, closes): (Moment, Moment)| closes.min(to).0 - opens.max(from).0;
        self.instants(day)
            .map(overlap)
            .map(|micros| micros.max(0))
            .sum()
    }

    /// The length of a whole working day, in microseconds (never zero).
    pub fn length(&self) -> i64 {
        let day = Date::ZERO;
        self.instants(day)
            .map(|(opens, closes)| closes.0 - opens.0)
            .sum()
    }
}

impl Default for OfficeHours {
    /// 07:00–11:30 and 13:30–17:00: eight hours, as provincial systems configure them.
    fn default() -> Self {
        let morning = Span {
            from: time(7, 0, 0, 0),
            to: time(11, 30, 0, 0),
        };
        let afternoon = Span {
            from: time(13, 30, 0, 0),
            to: time(17, 0, 0, 0),
        };
        Self {
            end_of_day: afternoon.to,
            spans: vec![morning, afternoon],
        }
    }
}

impl TryFrom<Vec<Span>> for OfficeHours {
    type Error = OfficeHoursInvalid;
    fn try_from(spans: Vec<Span>) -> Result<Self, OfficeHoursInvalid> {
        Self::new(spans)
    }
}

impl From<OfficeHours> for Vec<Span> {
    fn from(hours: OfficeHours) -> Self {
        hours.spans
    }
}

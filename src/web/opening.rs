//! Whether an office is open now, and when it opens next.

use jiff::civil::Date;

use super::dates;
use super::lang::{Lang, Pair};
use super::tracking::Tone;
use crate::domain::calendar::{Calendar, OfficeHours, Timetable};
use crate::domain::time::Moment;

/// So far ahead a next opening is looked for: longer than any row of days off.
const DAYS_AHEAD: usize = 30;

/// Said at the office's door.
#[derive(Debug, Clone)]
pub struct Opening {
    pub tone: Tone,
    /// Open or closed.
    pub state: &'static str,
    /// Until when.
    pub until: String,
}

impl Opening {
    /// In one go.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {}", self.state, self.until)
    }
}

/// The hours of a day in words: `07:30–11:30, 13:30–17:00`.
#[must_use]
pub fn hours(hours: &OfficeHours) -> String {
    let spans = hours.spans().iter().map(|span| {
        let from = span.from.strftime("%H:%M");
        format!("{from}–{}", span.to.strftime("%H:%M"))
    });
    spans.collect::<Vec<_>>().join(", ")
}

/// None over a year without a calendar.
#[must_use]
pub fn now(now: Moment, calendar: &Calendar, hours: &dyn Timetable, lang: Lang) -> Option<Opening> {
    let today = now.date();
    let works = calendar.is_working(today).ok()?;
    let spans = || hours.on(today).instants(today).filter(move |_| works);
    if let Some((_, until)) = spans().find(|(from, until)| *from <= now && now < *until) {
        return Some(Opening {
            tone: Tone::Good,
            state: lang.of("Đang mở cửa", "Open now"),
            until: format!("{} {}", lang.of("đến", "until"), dates::hour(until)),
        });
    }
    let again = lang.of("mở lại lúc", "opens at");
    let until = if let Some((from, _)) = spans().find(|(from, _)| now < *from) {
        let today = lang.of("hôm nay", "today");
        format!("{again} {} {today}", dates::hour(from))
    } else {
        let (day, from) = next(today, calendar, hours)?;
        let (hour, day) = (dates::hour(from), dates::day_in_words(day, lang));
        format!("{again} {hour} {day}")
    };
    Some(Opening {
        tone: Tone::Warn,
        state: lang.of("Đang đóng cửa,", "Closed now,"),
        until,
    })
}

fn next(today: Date, calendar: &Calendar, hours: &dyn Timetable) -> Option<(Date, Moment)> {
    let days = today.series(jiff::Span::new().days(1)).skip(1);
    let mut open = days
        .take(DAYS_AHEAD)
        .take_while(|day| calendar.is_working(*day).is_ok())
        .filter(|day| calendar.is_working(*day).unwrap_or(false));
    let day = open.next()?;
    let (from, _) = hours.on(day).instants(day).next()?;
    Some((day, from))
}

/// What stands where an office has posted nothing.
pub const NOT_POSTED: Pair = ("chưa niêm yết ở đây", "not posted here");

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, lang: Lang) -> (Tone, String) {
        let mut calendar = Calendar::default();
        for year in Calendar::shipped() {
            calendar.declare(year);
        }
        let moment = format!("{text}:00+07:00").parse().expect("an instant");
        let told = now(moment, &calendar, &OfficeHours::default(), lang).expect("a calendar");
        (told.tone, told.text())
    }

    #[test]
    fn the_door_says_whether_it_is_open_and_when_it_opens_next() {
        let open = at("2026-11-27T10:00", Lang::Vi);
        assert_eq!(open, (Tone::Good, "Đang mở cửa đến 11:30".into()));
        let noon = at("2026-11-27T12:00", Lang::En);
        assert_eq!(
            noon,
            (Tone::Warn, "Closed now, opens at 13:30 today".into())
        );
        let evening = at("2026-11-27T18:00", Lang::En);
        let monday = "Closed now, opens at 07:00 Monday 30 November 2026";
        assert_eq!(evening, (Tone::Warn, monday.into()));
    }
}

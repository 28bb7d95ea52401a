//! Dates, hours and spans of time in words, on the wall clock of Vietnam.

use std::fmt;

use jiff::civil::{Date, Weekday};

use super::lang::{Lang, Pair};
use crate::domain::calendar::{Calendar, Timetable};
use crate::domain::deadline;
use crate::domain::time::Moment;

/// An instant as a `<time>` element: machine-readable, and in words without a character HTML would mind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    at: Moment,
    words: String,
}

impl askama::filters::HtmlSafe for When {}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stamp, words) = (stamp(self.at), &self.words);
        write!(f, "<time datetime=\"{stamp}\">{words}</time>")
    }
}

impl When {
    /// The words alone.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }
}

/// `17:00, thứ Sáu, ngày 27 tháng 11 năm 2026`: a promise.
#[must_use]
pub fn promise(at: Moment, lang: Lang) -> When {
    let words = match lang {
        Lang::Vi => format!("{}, {}", hour(at), day_in_words(at.date(), lang)),
        Lang::En => format!("{}, {}", day_in_words(at.date(), lang), hour(at)),
    };
    When { at, words }
}

/// `27/11/2026 17:00`.
#[must_use]
pub fn short(at: Moment, lang: Lang) -> When {
    let words = format!("{} {}", day(at.date(), lang), hour(at));
    When { at, words }
}

/// `17:00`.
#[must_use]
pub fn clock(at: Moment) -> When {
    When {
        at,
        words: hour(at),
    }
}

/// `27/11`: for boards, where the year is understood.
#[must_use]
pub fn day_and_month(at: Moment) -> When {
    let date = at.date();
    let words = format!("{:02}/{:02}", date.day(), date.month());
    When { at, words }
}

/// To the second: `27/11/2026 17:00:08`.
#[must_use]
pub fn seconds(at: Moment, lang: Lang) -> When {
    let second = at.local().second();
    let words = format!("{} {}:{second:02}", day(at.date(), lang), hour(at));
    When { at, words }
}

/// To the microsecond, for those who check: `27/11/2026 17:00:08.000123`.
#[must_use]
pub fn exact(at: Moment, lang: Lang) -> When {
    let local = at.local();
    let words = format!(
        "{} {}:{:02}.{:06}",
        day(at.date(), lang),
        hour(at),
        local.second(),
        local.subsec_nanosecond() / 1_000
    );
    When { at, words }
}

/// `27/11/2026` or `27 Nov 2026`: an English reader might take 03/04 for a day in March.
#[must_use]
pub fn day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()),
        Lang::En => format!("{} {} {}", date.day(), &month(date)[..3], date.year()),
    }
}

/// `thứ Sáu, ngày 27 tháng 11 năm 2026`.
#[must_use]
pub fn day_in_words(date: Date, lang: Lang) -> String {
    let weekday = lang.pick(weekday(date));
    match lang {
        Lang::Vi => format!(
            "{weekday}, ngày {} tháng {} năm {}",
            date.day(),
            date.month(),
            date.year()
        ),
        Lang::En => format!("{weekday} {} {} {}", date.day(), month(date), date.year()),
    }
}

/// `07:30`.
#[must_use]
pub fn hour(at: Moment) -> String {
    let local = at.local();
    format!("{:02}:{:02}", local.hour(), local.minute())
}

fn stamp(at: Moment) -> String {
    format!("{}+07:00", at.local().strftime("%Y-%m-%dT%H:%M:%S"))
}

fn weekday(date: Date) -> Pair {
    match date.weekday() {
        Weekday::Monday => ("thứ Hai", "Monday"),
        Weekday::Tuesday => ("thứ Ba", "Tuesday"),
        Weekday::Wednesday => ("thứ Tư", "Wednesday"),
        Weekday::Thursday => ("thứ Năm", "Thursday"),
        Weekday::Friday => ("thứ Sáu", "Friday"),
        Weekday::Saturday => ("thứ Bảy", "Saturday"),
        Weekday::Sunday => ("Chủ nhật", "Sunday"),
    }
}

fn month(date: Date) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    MONTHS[usize::from(date.month().unsigned_abs().clamp(1, 12)) - 1]
}

/// The office time between two instants in words, without a sign: `2 ngày làm việc`. Where no calendar
/// is declared, plain days, and called so.
#[must_use]
pub fn office_time(
    from: Moment,
    to: Moment,
    calendar: &Calendar,
    hours: &dyn Timetable,
    lang: Lang,
) -> String {
    let Ok(slack) = deadline::slack(from, to, calendar, hours) else {
        let days = (to.0 - from.0).unsigned_abs() / Moment::DAY.unsigned_abs();
        return plural(days, ("ngày", "day"), lang);
    };
    let (days, minutes) = (slack.days.unsigned_abs(), slack.minutes.unsigned_abs());
    if days > 0 {
        return plural(days, ("ngày làm việc", "working day"), lang);
    }
    match minutes {
        0 => lang.of("chưa đến 1 phút", "less than a minute").to_owned(),
        1..60 => plural(minutes, ("phút làm việc", "working minute"), lang),
        60.. => plural(minutes / 60, ("giờ làm việc", "working hour"), lang),
    }
}

/// Minutes of office time in words, from the largest unit: `6 giờ 30 phút`.
#[must_use]
pub fn office_minutes(minutes: i64, lang: Lang) -> String {
    let minutes = minutes.unsigned_abs();
    let hours = (minutes >= 60).then(|| plural(minutes / 60, ("giờ", "hour"), lang));
    let rest = minutes % 60;
    let rest = (rest > 0 || hours.is_none()).then(|| plural(rest, ("phút", "minute"), lang));
    let words: Vec<String> = hours.into_iter().chain(rest).collect();
    words.join(" ")
}

/// Plain elapsed time in words, from its largest unit: `2 ngày 3 giờ`.
#[must_use]
pub fn elapsed(micros: i64, lang: Lang) -> String {
    let seconds = micros.unsigned_abs() / Moment::SECOND.unsigned_abs();
    let units = [
        (seconds / 86_400, ("ngày", "day")),
        (seconds / 3_600 % 24, ("giờ", "hour")),
        (seconds / 60 % 60, ("phút", "minute")),
        (seconds % 60, ("giây", "second")),
    ];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let shown = units.iter().skip(first).take(2);
    let shown = shown.filter(|(count, _)| *count > 0 || seconds == 0);
    let words: Vec<String> = shown
        .map(|(count, unit)| plural(*count, *unit, lang))
        .collect();
    words.join(" ")
}

/// A count with its unit; English takes an s for all but one.
#[must_use]
pub fn plural(count: u64, unit: Pair, lang: Lang) -> String {
    let number = lang.count(count);
    match lang {
        Lang::Vi => format!("{number} {}", unit.0),
        Lang::En if count == 1 => format!("{number} {}", unit.1),
        Lang::En => format!("{number} {}s", unit.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::OfficeHours;

    fn at(text: &str) -> Moment {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_promise_is_told_in_words_and_to_machines() {
        let friday = at("2026-11-27T10:00:00Z");
        assert_eq!(
            promise(friday, Lang::Vi).to_string(),
            "<time datetime=\"2026-11-27T17:00:00+07:00\">17:00, thứ Sáu, ngày 27 tháng 11 năm 2026</time>"
        );
        assert_eq!(
            promise(friday, Lang::En).words(),
            "Friday 27 November 2026, 17:00"
        );
    }

    #[test]
    fn an_english_date_cannot_be_mistaken_for_another_month() {
        let date = jiff::civil::date(2026, 4, 3);
        assert_eq!(day(date, Lang::Vi), "03/04/2026");
        assert_eq!(day(date, Lang::En), "3 Apr 2026");
    }

    #[test]
    fn office_time_skips_the_weekend_and_says_so_when_it_cannot() {
        let mut calendar = Calendar::default();
        let (friday, monday) = (at("2026-11-20T10:00:00Z"), at("2026-11-23T10:00:00Z"));
        let hours = OfficeHours::default();
        assert_eq!(
            office_time(friday, monday, &calendar, &hours, Lang::Vi),
            "3 ngày"
        );
        for year in Calendar::shipped() {
            calendar.declare(year);
        }
        assert_eq!(
            office_time(friday, monday, &calendar, &hours, Lang::En),
            "1 working day"
        );
        assert_eq!(
            office_time(monday, friday, &calendar, &hours, Lang::Vi),
            "1 ngày làm việc"
        );
    }

    #[test]
    fn elapsed_time_names_its_two_largest_units() {
        assert_eq!(elapsed(0, Lang::En), "0 seconds");
        assert_eq!(
            elapsed(90 * Moment::SECOND, Lang::En),
            "1 minute 30 seconds"
        );
        assert_eq!(
            elapsed(2 * Moment::DAY + 3 * Moment::HOUR, Lang::Vi),
            "2 ngày 3 giờ"
        );
    }
}

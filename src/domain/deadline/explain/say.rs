//! Days, hours and lists in words: (Vietnamese, English).

use jiff::civil::{Date, Weekday};

use super::Explanation;
use crate::domain::time::Moment;

/// Sentences in both languages, side by side.
#[derive(Default)]
pub(super) struct Text {
    vi: String,
    en: String,
}

impl Text {
    pub(super) fn sentence(&mut self, vi: String, en: String) {
        for (text, sentence) in [(&mut self.vi, vi), (&mut self.en, en)] {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&sentence);
        }
    }

    pub(super) fn into_explanation(self) -> Explanation {
        Explanation {
            vi: self.vi,
            en: self.en,
        }
    }
}

/// `17:00 thứ Sáu 03/11/2023`.
pub(super) fn clock(at: Moment) -> (String, String) {
    let hour = at.local().time().strftime("%H:%M").to_string();
    let on = day(at.date());
    (format!("{hour} {}", on.0), format!("{hour} on {}", on.1))
}

/// `thứ Sáu 03/11/2023`.
pub(super) fn day(on: Date) -> (String, String) {
    let (weekday, date) = (weekday(on), long(on));
    (
        format!("{} {}", weekday.0, date.0),
        format!("{} {}", weekday.1, date.1),
    )
}

/// As [`day`], without the year when it is the one talked of.
pub(super) fn day_in(on: Date, year: i16) -> (String, String) {
    if on.year() != year {
        return day(on);
    }
    let weekday = weekday(on);
    (
        format!("{} {}", weekday.0, on.strftime("%d/%m")),
        format!("{} {}", weekday.1, on.strftime("%-d %B")),
    )
}

fn weekday(on: Date) -> (&'static str, &'static str) {
    match on.weekday() {
        Weekday::Monday => ("thứ Hai", "Monday"),
        Weekday::Tuesday => ("thứ Ba", "Tuesday"),
        Weekday::Wednesday => ("thứ Tư", "Wednesday"),
        Weekday::Thursday => ("thứ Năm", "Thursday"),
        Weekday::Friday => ("thứ Sáu", "Friday"),
        Weekday::Saturday => ("thứ Bảy", "Saturday"),
        Weekday::Sunday => ("Chủ nhật", "Sunday"),
    }
}

/// `03/11/2023`, in English `3 November 2023`.
pub(super) fn long(on: Date) -> (String, String) {
    (
        on.strftime("%d/%m/%Y").to_string(),
        on.strftime("%-d %B %Y").to_string(),
    )
}

/// `24/11`, `30/04–02/05`: days in order, runs by their ends.
pub(super) fn days(all: &[Date]) -> (String, String) {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for &on in all {
        match runs.last_mut() {
            Some((_, last)) if last.tomorrow().is_ok_and(|next| next == on) => *last = on,
            Some(_) | None => runs.push((on, on)),
        }
    }
    let vi = |on: Date| on.strftime("%d/%m").to_string();
    let en = |on: Date| on.strftime("%-d %B").to_string();
    let named = runs.into_iter().map(|(first, last)| {
        if first == last {
            (vi(first), en(first))
        } else if first.month() == last.month() {
            let span = format!("{}–{}", first.day(), en(last));
            (format!("{}–{}", first.strftime("%d"), vi(last)), span)
        } else {
            (
                format!("{}–{}", vi(first), vi(last)),
                format!("{}–{}", en(first), en(last)),
            )
        }
    });
    let (vi, en): (Vec<String>, Vec<String>) = named.unzip();
    (vi.join(", "), en.join(", "))
}

/// `a, b và c`; nothing of nothing.
pub(super) fn list(parts: &[(String, String)]) -> Option<(String, String)> {
    let (last, first) = parts.split_last()?;
    if first.is_empty() {
        return Some(last.clone());
    }
    let vi: Vec<&str> = first.iter().map(|part| part.0.as_str()).collect();
    let en: Vec<&str> = first.iter().map(|part| part.1.as_str()).collect();
    Some((
        format!("{} và {}", vi.join(", "), last.0),
        format!("{} and {}", en.join(", "), last.1),
    ))
}

/// An English count: `1 working day`, `5 working days`.
pub(super) fn many(number: u16, unit: &str) -> String {
    if number == 1 {
        format!("1 {unit}")
    } else {
        format!("{number} {unit}s")
    }
}

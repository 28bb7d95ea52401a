//! The first sentence: the date, the receipt, the limit, and the days that were not counted.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::say::{self, Text, clock, day, days};
use super::{Account, stops};
use crate::domain::calendar::DayKind;
use crate::domain::deadline::Counted;
use crate::domain::law::{Certainty, Limit};
use crate::domain::time::Moment;

/// The last answer from which the whole limit is counted again.
fn restart(account: &Account<'_>) -> Option<Moment> {
    let resets = stops(account).into_iter().filter(|stop| stop.resets);
    resets.map(|stop| stop.to).max()
}

/// The date, the receipt, the limit and the days that were not counted: one sentence.
pub(super) fn opening(account: &Account<'_>, counted: Option<&Counted>, text: &mut Text) {
    let (due, received) = (clock(account.due_at), clock(account.received_at));
    let mut vi = format!("Hẹn trả lúc {}: nhận lúc {}", due.0, received.0);
    let mut en = format!("Due {}: received {}", due.1, received.1);
    let restarted = restart(account);
    let start = restarted.unwrap_or(account.received_at);
    for (part_vi, part_en) in limit(account, start, restarted.is_some()) {
        vi.push_str(&part_vi);
        en.push_str(&part_en);
    }
    if let Some(counted) = counted {
        let begun = begun_on(account, start).unwrap_or(start.date());
        let after = |day: &&Date| **day > begun;
        let unusual: BTreeSet<Date> = counted.unusual.iter().filter(after).copied().collect();
        if let Some((part_vi, part_en)) = skipped(account, &unusual) {
            vi.push_str(&part_vi);
            en.push_str(&part_en);
        }
        if let Some((part_vi, part_en)) = saturdays(account, &unusual) {
            vi.push_str(&part_vi);
            en.push_str(&part_en);
        }
    }
    vi.push('.');
    en.push('.');
    text.sentence(vi, en);
}

/// The day that counts as the one of receipt.
fn begun_on(account: &Account<'_>, start: Moment) -> Option<Date> {
    match account.limit {
        Limit::WorkingDays(_) if account.policy.day_off_receipt_counts_next_working_day => {
            account.calendar.on_or_after(start.date()).ok()
        }
        // What was received on a day off may be due on the next day: the days between are told.
        Limit::SameDay | Limit::WorkingHours(_) => start.date().yesterday().ok(),
        Limit::WorkingDays(_) | Limit::CalendarDays(_) | Limit::Months(_) => Some(start.date()),
    }
}

type Pair = (String, String);

fn limit(account: &Account<'_>, start: Moment, restarted: bool) -> Vec<Pair> {
    let mut parts = Vec::new();
    let received_on = start.date();
    let begun = begun_on(account, start);
    let again = if restarted {
        (" lại", " anew")
    } else {
        ("", "")
    };
    let off = !account.calendar.is_working(received_on).unwrap_or(true);
    match account.limit {
        Limit::SameDay => {
            let late = start.local().time() > account.policy.same_day_cutoff;
            let cutoff = account.policy.same_day_cutoff.strftime("%H:%M");
            parts.push(if off {
                (
                    ", vào ngày nghỉ, nên thủ tục trả trong ngày được trả vào ngày làm việc tiếp theo".to_owned(),
                    ", on a day off, so a same-day procedure is due on the next working day".to_owned(),
                )
            } else if late {
                (
                    format!(", sau {cutoff}, nên thủ tục trả trong ngày được trả vào ngày làm việc tiếp theo"),
                    format!(", after {cutoff}, so a same-day procedure is due on the next working day"),
                )
            } else {
                (
                    format!(", trước {cutoff}, nên trả kết quả ngay trong ngày"),
                    format!(", before {cutoff}, so the result is due the same day"),
                )
            });
        }
        Limit::WorkingDays(number) => {
            if let Some(begun) = begun.filter(|begun| *begun != received_on && !restarted) {
                let begun = day(begun);
                parts.push((
                    format!(" (ngày nghỉ, coi như nhận {})", begun.0),
                    format!(" (a day off, counted as {})", begun.1),
                ));
            }
            let first = begun.and_then(|begun| account.calendar.next_working_day(begun).ok());
            parts.push((
                format!(", thời hạn {number} ngày làm việc"),
                format!(", limit {}", say::many(number, "working day")),
            ));
            parts.extend(first.map(|first| from(again, first, account)));
        }
        Limit::CalendarDays(number) => {
            parts.push((
                format!(", thời hạn {number} ngày kể cả ngày nghỉ"),
                format!(", limit {} including days off", say::many(number, "day")),
            ));
            let first = received_on.tomorrow().ok();
            parts.extend(first.map(|first| from(again, first, account)));
        }
        Limit::Months(number) => {
            parts.push((
                format!(", thời hạn {number} tháng"),
                format!(", limit {}", say::many(number, "month")),
            ));
            parts.extend(restarted.then(|| from(again, received_on, account)));
        }
        Limit::WorkingHours(number) => {
            parts.push((
                format!(", thời hạn {number} giờ làm việc, chỉ tính trong giờ làm việc"),
                format!(
                    ", limit {}, counted in office hours only",
                    say::many(number, "working hour")
                ),
            ));
            parts.extend(restarted.then(|| from(again, received_on, account)));
        }
    }
    parts
}

fn from((vi, en): (&str, &str), first: Date, account: &Account<'_>) -> Pair {
    let first = say::day_in(first, account.due_at.date().year());
    (
        format!(", tính{vi} từ {}", first.0),
        format!(", counted{en} from {}", first.1),
    )
}

/// What the count passed over: weekends by their number, days off by name and paper.
fn skipped(account: &Account<'_>, unusual: &BTreeSet<Date>) -> Option<Pair> {
    let mut weekend = 0_u16;
    // Days off by paper; by none where the year is provisional.
    let mut off: Vec<(Option<&str>, Vec<Date>)> = Vec::new();
    for &day in unusual {
        match account.calendar.kind_of(day) {
            Ok(DayKind::Weekend) => weekend += 1,
            Ok(DayKind::Off { notice }) => {
                let sure = account.calendar.certainty_of(day) != Ok(Certainty::Provisional);
                let notice = Some(notice).filter(|_| sure);
                match off.last_mut() {
                    Some((same, days)) if *same == notice => days.push(day),
                    Some(_) | None => off.push((notice, vec![day])),
                }
            }
            Ok(DayKind::Workday | DayKind::WorkedSaturday { .. }) | Err(_) => {}
        }
    }
    let mut parts: Vec<Pair> = Vec::new();
    if weekend > 0 {
        parts.push((
            format!("{weekend} ngày cuối tuần"),
            say::many(weekend, "weekend day"),
        ));
    }
    for (notice, off) in off {
        let named = days(&off);
        parts.push(match notice {
            Some(notice) => (
                format!("{} (nghỉ theo {notice})", named.0),
                format!("{} (off by {notice})", named.1),
            ),
            None => (
                format!("{} (dự kiến nghỉ)", named.0),
                format!("{} (expected to be off)", named.1),
            ),
        });
    }
    let listed = say::list(&parts)?;
    Some(match account.limit {
        Limit::CalendarDays(_) | Limit::Months(_) => (
            format!("; ngày cuối rơi vào ngày nghỉ nên lùi qua {}", listed.0),
            format!("; the last day is off, so it moves past {}", listed.1),
        ),
        Limit::SameDay | Limit::WorkingDays(_) | Limit::WorkingHours(_) => (
            format!("; không tính {}", listed.0),
            format!("; not counted: {}", listed.1),
        ),
    })
}

/// Saturdays that were counted.
fn saturdays(account: &Account<'_>, unusual: &BTreeSet<Date>) -> Option<Pair> {
    let year = account.due_at.date().year();
    let kind = |on| account.calendar.kind_of(on);
    let worked = unusual.iter().filter_map(|&on| match kind(on) {
        Ok(DayKind::WorkedSaturday { notice }) => {
            let on = say::day_in(on, year);
            Some((
                format!("{} (làm bù theo {notice})", on.0),
                format!("{} (worked in exchange by {notice})", on.1),
            ))
        }
        Ok(DayKind::Workday | DayKind::Weekend | DayKind::Off { .. }) | Err(_) => None,
    });
    let listed = say::list(&worked.collect::<Vec<_>>())?;
    Some((
        format!("; có tính {}", listed.0),
        format!("; counted: {}", listed.1),
    ))
}

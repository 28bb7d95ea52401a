use jiff::civil::{Date, date};

use super::*;
use crate::domain::calendar::{CalendarYear, OfficeHours};

/// Local time in Hanoi, as a slip prints it; a bare date means nine in the morning.
#[track_caller]
fn at(text: &str) -> Moment {
    let text = if text.contains(' ') {
        text.to_owned()
    } else {
        format!("{text} 09:00")
    };
    Moment::from_local(text.parse().expect("a local time"))
}

fn calendar() -> Calendar {
    Calendar::shipped().into_iter().collect()
}

fn policy() -> Policy {
    Policy::shipped().pop().expect("the newest policy")
}

#[track_caller]
fn due(limit: Limit, received: &str) -> Moment {
    let hours = OfficeHours::default();
    let made = promise(limit, at(received), &calendar(), &hours, &policy());
    made.expect("a declared year").due_at
}

#[track_caller]
fn renewed_due(
    limit: Limit,
    model: SupplementClock,
    received: &str,
    pauses: &[[&str; 2]],
) -> Moment {
    let pauses: Vec<Pause> = pauses
        .iter()
        .map(|[from, to]| Pause {
            from: at(from),
            to: at(to),
        })
        .collect();
    let (calendar, hours, policy) = (calendar(), OfficeHours::default(), policy());
    renewed(
        limit,
        model,
        at(received),
        &pauses,
        &[],
        &calendar,
        &hours,
        &policy,
    )
    .expect("a declared year")
    .due_at
}

#[test]
fn working_days_are_counted_from_the_day_after_receipt() {
    let vectors = [
        ("2023-10-27 09:32", 5, "2023-11-03"), // a real slip
        ("2023-04-28", 1, "2023-05-04"),
        ("2024-05-03", 1, "2024-05-04"), // worked Saturday
        ("2025-01-24", 10, "2025-02-14"),
        ("2025-04-25", 3, "2025-04-29"), // Sat 26/04 worked
        ("2025-04-29", 3, "2025-05-07"),
        ("2026-01-09", 2, "2026-01-12"), // Sat 10/01 worked
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-04-24", 3, "2026-05-04"),
        ("2026-08-21", 7, "2026-09-03"), // Sat 22/08 worked
        ("2026-11-20", 3, "2026-11-26"),
        ("2026-11-23", 1, "2026-11-25"), // 24/11 off
        ("2026-11-23", 2, "2026-11-26"), // submitted Sun 22/11, accepted Mon 23/11
        ("2025-04-21", 7, "2025-04-29"),
        ("2025-05-10", 3, "2025-05-15"), // received on a Saturday not worked
        ("2026-11-27", 25, "2027-01-04"), // over New Year into the provisional year
    ];
    for (received, days, expected) in vectors {
        let expected = at(&format!("{expected} 17:00"));
        assert_eq!(
            due(Limit::WorkingDays(days), received),
            expected,
            "{days} wd from {received}"
        );
    }
}

#[test]
fn a_wrong_start_at_submission_would_give_the_day_before() {
    assert_eq!(
        due(Limit::WorkingDays(2), "2026-11-22"),
        due(Limit::WorkingDays(2), "2026-11-23")
    );
    let mut literal = policy();
    literal.day_off_receipt_counts_next_working_day = false;
    let made = |received: &str, days| {
        let limit = Limit::WorkingDays(days);
        promise(
            limit,
            at(received),
            &calendar(),
            &OfficeHours::default(),
            &literal,
        )
        .expect("a declared year")
        .due_at
        .date()
    };
    assert_eq!(made("2026-11-22", 2), date(2026, 11, 25));
    assert_eq!(made("2025-05-10", 3), date(2025, 5, 14));
}

#[test]
fn the_other_units_follow_their_own_rule() {
    let vectors = [
        (Limit::SameDay, "2024-05-03 14:59", "2024-05-03 17:00"),
        (Limit::SameDay, "2024-05-03 15:00", "2024-05-03 17:00"),
        (Limit::SameDay, "2024-05-03 15:00:01", "2024-05-04 17:00"),
        (Limit::SameDay, "2025-08-29 15:01", "2025-09-03 17:00"),
        (Limit::SameDay, "2025-05-10 16:00", "2025-05-12 17:00"),
        (Limit::CalendarDays(30), "2026-07-31", "2026-09-03 17:00"),
        (Limit::CalendarDays(30), "2026-10-25", "2026-11-25 17:00"),
        (Limit::CalendarDays(30), "2026-01-17", "2026-02-23 17:00"),
        (
            Limit::WorkingHours(4),
            "2025-04-25 16:00",
            "2025-04-26 10:00",
        ),
        (
            Limit::WorkingHours(8),
            "2025-04-29 11:45",
            "2025-05-05 11:30",
        ),
        (
            Limit::WorkingHours(16),
            "2026-02-13 15:00",
            "2026-02-24 15:00",
        ),
        (
            Limit::WorkingHours(1),
            "2025-05-06 20:00",
            "2025-05-07 08:00",
        ),
        (Limit::Months(1), "2025-01-31", "2025-02-28 17:00"),
        (Limit::Months(1), "2025-10-08", "2025-11-10 17:00"), // 08/11 is a Saturday
    ];
    for (limit, received, expected) in vectors {
        assert_eq!(
            due(limit, received),
            at(expected),
            "{limit:?} from {received}"
        );
    }
}

#[test]
fn a_supplement_pauses_or_resets_the_clock() {
    use SupplementClock::{Pause, Reset};
    let seven = Limit::WorkingDays(7);
    let asked = ["2025-04-23", "2025-05-06"];
    let hours = Limit::WorkingHours(8);
    let asked_in_hours = ["2025-05-06 10:00", "2025-05-08 14:00"];
    let vectors = [
        (seven, Pause, "2025-04-21", vec![], "2025-04-29 17:00"),
        (seven, Reset, "2025-04-21", vec![], "2025-04-29 17:00"),
        (seven, Pause, "2025-04-21", vec![asked], "2025-05-13 17:00"),
        (seven, Reset, "2025-04-21", vec![asked], "2025-05-15 17:00"),
        // a second pause: 07, 08 spent of the five left, three follow
        (
            seven,
            Pause,
            "2025-04-21",
            vec![asked, ["2025-05-08", "2025-05-13"]],
            "2025-05-16 17:00",
        ),
        // 08:00–10:00 spent, six hours left from 14:00: three today, three tomorrow
        (
            hours,
            Pause,
            "2025-05-06 08:00",
            vec![asked_in_hours],
            "2025-05-09 10:00",
        ),
        (
            hours,
            Reset,
            "2025-05-06 08:00",
            vec![asked_in_hours],
            "2025-05-09 14:00",
        ),
        // asked with 20 of 30 days left
        (
            Limit::CalendarDays(30),
            Pause,
            "2025-06-02",
            vec![["2025-06-12", "2025-06-20"]],
            "2025-07-10 17:00",
        ),
        (
            Limit::SameDay,
            Pause,
            "2025-05-06",
            vec![["2025-05-06 10:00", "2025-05-08 15:30"]],
            "2025-05-09 17:00",
        ),
    ];
    for (limit, model, received, pauses, expected) in vectors {
        let renewed = renewed_due(limit, model, received, &pauses);
        assert_eq!(
            renewed,
            at(expected),
            "{limit:?} {model:?} from {received}, {pauses:?}"
        );
    }
}

#[test]
fn a_supplement_asked_after_the_due_moment_buys_no_time_under_pause() {
    let pauses = [["2025-05-05", "2025-05-12"]];
    let late = renewed_due(
        Limit::WorkingDays(7),
        SupplementClock::Pause,
        "2025-04-21",
        &pauses,
    );
    assert_eq!(late, at("2025-04-29 17:00"));
}

#[test]
fn a_supplement_asked_on_the_due_day_leaves_the_answering_day() {
    let answered = |to: &'static str| {
        let pauses = [["2025-04-29", to]];
        renewed_due(
            Limit::WorkingDays(7),
            SupplementClock::Pause,
            "2025-04-21",
            &pauses,
        )
    };
    assert_eq!(answered("2025-05-06 09:00"), at("2025-05-06 17:00"));
    assert_eq!(answered("2025-05-06 18:00"), at("2025-05-07 17:00"));
    assert_eq!(answered("2025-05-10 09:00"), at("2025-05-12 17:00"));
}

#[test]
fn a_pause_before_the_clock_began_gives_the_whole_limit_and_no_more() {
    let pauses = [["2025-05-10 10:00", "2025-05-11 10:00"]];
    let due = renewed_due(
        Limit::WorkingDays(3),
        SupplementClock::Pause,
        "2025-05-10",
        &pauses,
    );
    assert_eq!(due, at("2025-05-15 17:00"));
}

#[test]
fn a_notice_after_acceptance_moves_the_due_date_when_it_is_counted_again() {
    let mut calendar = calendar();
    let (hours, policy) = (OfficeHours::default(), policy());
    let due = |calendar: &Calendar| {
        let received = at("2026-11-20");
        let made = promise(Limit::WorkingDays(2), received, calendar, &hours, &policy);
        made.expect("a declared year").due_at
    };
    assert_eq!(due(&calendar), at("2026-11-25 17:00"));
    let mut year: CalendarYear = calendar.year(2026).expect("declared").clone();
    year.days_off.push(date(2026, 11, 23));
    year.working_saturdays.push(date(2026, 11, 28));
    calendar.declare(year);
    assert_eq!(due(&calendar), at("2026-11-26 17:00"));
    assert_eq!(calendar.is_working(date(2026, 11, 28)), Ok(true));
}

#[test]
fn a_promise_is_provisional_exactly_when_a_counted_day_is() {
    let certainty = |limit, received: &str| {
        let (hours, policy) = (OfficeHours::default(), policy());
        promise(limit, at(received), &calendar(), &hours, &policy).map(|made| made.certainty)
    };
    let days = Limit::WorkingDays;
    assert_eq!(
        certainty(days(25), "2026-11-27"),
        Ok(Certainty::Provisional)
    );
    assert_eq!(certainty(days(23), "2026-11-27"), Ok(Certainty::Verified)); // Thu 31/12/2026
    assert_eq!(
        certainty(Limit::CalendarDays(35), "2026-11-27"),
        Ok(Certainty::Provisional)
    );
    let unknown = Err(CalendarError::YearUnknown { year: 2028 });
    assert_eq!(certainty(days(300), "2026-11-27"), unknown);
    assert_eq!(certainty(Limit::Months(13), "2026-12-01"), unknown);
    let far = Err(CalendarError::YearUnknown { year: 9990 });
    assert_eq!(certainty(Limit::Months(u16::MAX), "9990-01-04"), far);
}

#[test]
fn a_pause_in_a_provisional_year_makes_the_renewed_promise_provisional() {
    let (calendar, hours, policy) = (calendar(), OfficeHours::default(), policy());
    let pauses = [Pause {
        from: at("2026-12-29"),
        to: at("2027-01-05"),
    }];
    let limit = Limit::WorkingDays(4);
    for model in [SupplementClock::Pause, SupplementClock::Reset] {
        let made = renewed(
            limit,
            model,
            at("2026-12-28"),
            &pauses,
            &[],
            &calendar,
            &hours,
            &policy,
        );
        let made = made.expect("a declared year");
        assert_eq!(made.certainty, Certainty::Provisional, "{model:?}");
    }
}

#[test]
fn an_end_is_early_on_time_or_late_by_date_and_by_the_minute() {
    use Comparison::{Date, Timestamp};
    use Timeliness::{Early, Late, OnTime};
    let due = "2026-11-25 17:00";
    let vectors = [
        ("2026-11-24 23:59:59", Early, Early),
        ("2026-11-25 00:00", OnTime, Early),
        ("2026-11-25 16:59:59", OnTime, Early),
        ("2026-11-25 17:00:59.999999", OnTime, OnTime),
        ("2026-11-25 17:01", OnTime, Late),
        ("2026-11-26 00:00", Late, Late),
    ];
    for (ended, by_date, by_minute) in vectors {
        assert_eq!(
            classify(at(ended), at(due), Date),
            by_date,
            "{ended} by date"
        );
        assert_eq!(
            classify(at(ended), at(due), Timestamp),
            by_minute,
            "{ended} by minute"
        );
    }
}

#[test]
fn slack_is_office_time_and_ranks_the_worst_first() {
    let slack_at = |now: &str| {
        let due = at("2026-11-25 17:00");
        slack(at(now), due, &calendar(), &OfficeHours::default()).expect("a declared year")
    };
    let vectors = [
        ("2026-11-20 17:00", 2, 0), // Mon 23 and Wed 25; 24/11 is off
        ("2026-11-21 10:00", 2, 0),
        ("2026-11-23 08:00", 1, 420),
        ("2026-11-25 12:00", 0, 210),
        ("2026-11-25 17:00", 0, 0),
        ("2026-11-26 07:30", 0, -30),
        ("2026-11-27 08:00", -1, -60),
    ];
    for (now, days, minutes) in vectors {
        assert_eq!(slack_at(now), Slack { days, minutes }, "{now}");
    }
    for pair in vectors.windows(2) {
        assert!(
            slack_at(pair[0].0) >= slack_at(pair[1].0),
            "{} then {}",
            pair[0].0,
            pair[1].0
        );
    }
}

#[test]
fn a_single_span_office_counts_through_the_day() {
    let hours: OfficeHours =
        serde_json::from_str(r#"[{"from":"08:00","to":"14:00"}]"#).expect("hours");
    let limit = Limit::WorkingHours(7);
    let made = promise(
        limit,
        at("2025-05-06 08:00"),
        &calendar(),
        &hours,
        &policy(),
    );
    assert_eq!(
        made.expect("a declared year").due_at,
        at("2025-05-07 09:00")
    );
    let day: Date = date(2025, 5, 6);
    assert_eq!(hours.end_of_day(day), at("2025-05-06 14:00"));
}

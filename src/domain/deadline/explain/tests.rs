use super::*;
use crate::domain::calendar::OfficeHours;

/// Local time in Hanoi; a bare date means nine in the morning.
#[track_caller]
fn at(text: &str) -> Moment {
    let text = if text.contains(' ') {
        text.to_owned()
    } else {
        format!("{text} 09:00")
    };
    Moment::from_local(text.parse().expect("a local time"))
}

/// A promise as it was made on the shipped calendar, to be changed before it is told.
struct Case {
    calendar: Calendar,
    policy: Policy,
    limit: Limit,
    clock: SupplementClock,
    received_at: Moment,
    waits: Vec<Wait>,
    moves: Vec<Move>,
}

fn case(limit: Limit, received: &str) -> Case {
    Case {
        calendar: Calendar::shipped().into_iter().collect(),
        policy: Policy::shipped().pop().expect("the newest policy"),
        limit,
        clock: SupplementClock::Pause,
        received_at: at(received),
        waits: Vec::new(),
        moves: Vec::new(),
    }
}

impl Case {
    /// The promise as it is counted, or as the last move left it.
    #[track_caller]
    fn told(&self, due: &str) -> Explanation {
        let hours = OfficeHours::default();
        let mut account = Account {
            limit: self.limit,
            supplement_clock: self.clock,
            received_at: self.received_at,
            due_at: at(due),
            certainty: Certainty::Verified,
            waits: &self.waits,
            moves: &self.moves,
            calendar: &self.calendar,
            hours: &hours,
            policy: &self.policy,
        };
        let counted = count(&account).expect("a declared year").promise;
        account.certainty = counted.certainty;
        let left = self.moves.last().map_or(counted.due_at, |step| step.new);
        assert_eq!(left, at(due), "the date itself");
        explain(&account)
    }
}

/// Each told sentence, in Vietnamese and English, one a line; an empty line between two.
#[track_caller]
fn then_told(told: &[Explanation], expected: &str) {
    let lines: Vec<String> = told
        .iter()
        .map(|one| format!("{}\n{}\n", one.vi, one.en))
        .collect();
    let text = lines.join("\n");
    for (told, expected) in text.lines().zip(expected.lines()) {
        assert_eq!(told, expected);
    }
    assert_eq!(text, expected, "all of them");
}

#[test]
fn every_vector_is_told_in_both_languages() {
    use Limit::{CalendarDays, Months, SameDay, WorkingDays, WorkingHours};
    let vectors = [
        (WorkingDays(5), "2023-10-27 09:32", "2023-11-03 17:00"),
        (WorkingDays(1), "2023-04-28", "2023-05-04 17:00"),
        (WorkingDays(1), "2024-05-03", "2024-05-04 17:00"),
        (WorkingDays(10), "2025-01-24", "2025-02-14 17:00"),
        (WorkingDays(3), "2025-04-25", "2025-04-29 17:00"),
        (WorkingDays(3), "2025-04-29", "2025-05-07 17:00"),
        (WorkingDays(2), "2026-01-09", "2026-01-12 17:00"),
        (WorkingDays(5), "2026-02-13", "2026-02-27 17:00"),
        (WorkingDays(3), "2026-04-24", "2026-05-04 17:00"),
        (WorkingDays(7), "2026-08-21", "2026-09-03 17:00"),
        (WorkingDays(3), "2026-11-20", "2026-11-26 17:00"),
        (WorkingDays(1), "2026-11-23", "2026-11-25 17:00"),
        (WorkingDays(2), "2026-11-23", "2026-11-26 17:00"),
        (SameDay, "2024-05-03 14:59", "2024-05-03 17:00"),
        (SameDay, "2024-05-03 15:00:01", "2024-05-04 17:00"),
        (SameDay, "2025-08-29 15:01", "2025-09-03 17:00"),
        (SameDay, "2025-05-10 16:00", "2025-05-12 17:00"),
        (CalendarDays(30), "2026-07-31", "2026-09-03 17:00"),
        (CalendarDays(30), "2026-10-25", "2026-11-25 17:00"),
        (CalendarDays(30), "2026-01-17", "2026-02-23 17:00"),
        (WorkingHours(4), "2025-04-25 16:00", "2025-04-26 10:00"),
        (WorkingHours(8), "2025-04-29 11:45", "2025-05-05 11:30"),
        (WorkingHours(16), "2026-02-13 15:00", "2026-02-24 15:00"),
        (WorkingDays(7), "2025-04-21", "2025-04-29 17:00"),
        (WorkingDays(3), "2025-05-10", "2025-05-15 17:00"),
        (Months(1), "2025-10-08", "2025-11-10 17:00"),
        (WorkingDays(25), "2026-11-27", "2027-01-04 17:00"),
    ];
    let told = vectors.map(|(limit, received, due)| case(limit, received).told(due));
    then_told(&told, include_str!("vectors.txt"));
}

fn step(recorded: &str, old: &str, new: &str, cause: MoveCause) -> Move {
    Move {
        at: at(recorded),
        old: at(old),
        new: at(new),
        cause,
    }
}

/// Seven working days from Monday 21 April 2025, with papers asked for on the 23rd.
fn supplemented(clock: SupplementClock, answered: Option<&str>) -> Case {
    let mut case = case(Limit::WorkingDays(7), "2025-04-21");
    case.clock = clock;
    case.waits.push(Wait::Supplement {
        from: at("2025-04-23"),
        to: answered.map(at),
    });
    case
}

#[test]
fn waiting_is_told_by_what_it_does_to_the_clock() {
    let due = "2025-04-29 17:00";
    let mut paused = supplemented(SupplementClock::Pause, Some("2025-05-06"));
    let moved = "2025-05-13 17:00";
    let renewed = step("2025-05-07", due, moved, MoveCause::Supplement);
    paused.moves.push(renewed);
    let mut reset = supplemented(SupplementClock::Reset, Some("2025-05-06"));
    let again = "2025-05-15 17:00";
    let renewed = step("2025-05-07", due, again, MoveCause::Supplement);
    reset.moves.push(renewed);
    let mut paid = case(Limit::WorkingDays(7), "2025-04-21");
    paid.waits.push(Wait::Payment {
        from: at("2025-04-23"),
        to: Some(at("2025-05-06")),
    });
    let after = step("2025-05-06", due, moved, MoveCause::Payment);
    paid.moves.push(after);
    let mut down = case(Limit::WorkingHours(8), "2025-05-06 08:00");
    down.waits.push(Wait::Outage {
        from: at("2025-05-06 10:00"),
        to: Some(at("2025-05-07 09:00")),
        notice: "12/TB-TTCNTT".to_owned(),
    });
    let told = [
        paused.told(moved),
        reset.told(again),
        supplemented(SupplementClock::Pause, None).told(due),
        paid.told(moved),
        down.told("2025-05-07 17:00"),
    ];
    then_told(&told, include_str!("waits.txt"));
}

#[test]
fn moves_are_told_with_their_cause() {
    let (old, new) = ("2026-11-25 17:00", "2026-11-26 17:00");
    let swap = |case: &mut Case| {
        let days = ["2026-11-23", "2026-11-28"].map(|day| day.parse().expect("a day"));
        let (off, worked) = days.split_at(1);
        let calendar = &mut case.calendar;
        calendar.change(off, worked, "9999/TB-BNV", Certainty::Verified);
    };
    let mut noticed = case(Limit::WorkingDays(2), "2026-11-20");
    swap(&mut noticed);
    let number = || Some("9999/TB-BNV".to_owned());
    let by_notice = step("2026-11-21", old, new, MoveCause::Notice(number()));
    noticed.moves.push(by_notice);
    let mut unrecorded = case(Limit::WorkingDays(2), "2026-11-20");
    swap(&mut unrecorded);
    let stands = step("2026-11-20", old, old, MoveCause::UnlawfulApology);
    unrecorded.moves.push(stands);
    let mut apologised = case(Limit::WorkingDays(2), "2026-11-20");
    let apology = step("2026-11-23", old, "2026-11-30 17:00", MoveCause::Apology);
    apologised.moves.push(apology);
    let mut confirmed = case(Limit::WorkingDays(2), "2026-11-20");
    let same = step("2026-11-21", old, old, MoveCause::Notice(number()));
    confirmed.moves.push(same);
    let told = [
        noticed.told(new),
        unrecorded.told(old),
        apologised.told("2026-11-30 17:00"),
        confirmed.told(old),
    ];
    then_told(&told, include_str!("moves.txt"));
}

#[test]
fn a_promise_is_kept_when_a_notice_shortens_the_count() {
    let mut case = case(Limit::WorkingDays(2), "2026-11-20");
    let worked = ["2026-11-21".parse().expect("a day")];
    let calendar = &mut case.calendar;
    calendar.change(&[], &worked, "9999/TB-BNV", Certainty::Verified);
    let old = "2026-11-25 17:00";
    case.moves
        .push(step("2026-11-20", old, old, MoveCause::Supplement));
    let told = case.told(old);
    assert!(told.vi.contains("không bị rút ngắn"), "{}", told.vi);
    assert!(
        told.en.contains("no promise is brought forward"),
        "{}",
        told.en
    );
}

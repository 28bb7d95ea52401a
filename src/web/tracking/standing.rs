//! How a dossier stands against what was promised, in words.

use crate::domain::calendar::{Calendar, Timetable};
use crate::domain::deadline::{Comparison, Timeliness, classify};
use crate::domain::dossier::{Dossier, EndKind, Phase, Turn};
use crate::domain::time::Moment;
use crate::web::dates::{self, When};
use crate::web::lang::{Lang, Pair};

/// The colour of a message; its words always say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Info,
    Good,
    Warn,
    Bad,
}

impl Tone {
    /// The class in the stylesheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// A sign that does not need the colour.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Info => "●",
            Self::Good => "✓",
            Self::Warn => "!",
            Self::Bad => "✕",
        }
    }
}

/// One promised date and how the dossier stands against it.
#[derive(Debug, Clone)]
pub struct Promise {
    /// What the date is called.
    pub label: Pair,
    pub due: When,
    pub tone: Tone,
    /// `còn 3 ngày làm việc`; empty when lateness is no question any more.
    pub standing: String,
}

/// What days are counted with.
pub struct Clock<'a> {
    pub now: Moment,
    pub calendar: &'a Calendar,
    pub hours: &'a dyn Timetable,
    pub lang: Lang,
}

/// Whether the promise in force has passed unkept.
pub fn is_overdue(dossier: &Dossier, now: Moment) -> bool {
    dossier.turn().is_some_and(|turn| {
        turn.ending.is_none() && turn.paused_since.is_none() && now > turn.due_at
    })
}

/// The promise in force.
pub fn current(dossier: &Dossier, clock: &Clock<'_>) -> Option<Promise> {
    let turn = dossier.turn()?;
    let mut promise = promise(turn, turn.due_at, clock);
    if turn.ending.is_none() && turn.paused_since.is_some() {
        promise.label = (
            "Đã hẹn trước khi tạm dừng",
            "Promised before the clock stopped",
        );
        if dossier.phase == Phase::AwaitingPayment {
            let waits = (
                "đang tạm dừng chờ nộp tiền; ngày hẹn sẽ được báo lại",
                "on hold until it is paid; the date will be told anew",
            );
            clock.lang.pick(waits).clone_into(&mut promise.standing);
        }
    }
    Some(promise)
}

/// The first promise, when it is not the one in force any more.
pub fn original(dossier: &Dossier, clock: &Clock<'_>) -> Option<Promise> {
    let turn = dossier.turn()?;
    (turn.original_due_at != turn.due_at).then(|| promise(turn, turn.original_due_at, clock))
}

fn promise(turn: &Turn, due_at: Moment, clock: &Clock<'_>) -> Promise {
    let (tone, standing) = match turn.ending {
        Some(end) => match end.kind {
            EndKind::Completed | EndKind::Refused => ended(end.at, due_at, clock),
            EndKind::Withdrawn | EndKind::Stopped | EndKind::Redirected => {
                (Tone::Info, String::new())
            }
        },
        None if turn.paused_since.is_some() => (
            Tone::Warn,
            clock
                .lang
                .of(
                    "đang tạm dừng chờ bổ sung; ngày hẹn sẽ được báo lại",
                    "on hold for the supplement; the date will be told anew",
                )
                .to_owned(),
        ),
        None => until(due_at, clock),
    };
    Promise {
        label: match turn.ending.map(|end| end.kind) {
            None => ("Hẹn trả kết quả", "Result promised for"),
            Some(EndKind::Completed | EndKind::Refused) => ("Đã hẹn trả", "Had been promised for"),
            Some(EndKind::Withdrawn | EndKind::Stopped | EndKind::Redirected) => (
                "Đã hẹn trước đó, nay không còn hiệu lực",
                "Promised earlier; no longer applies",
            ),
        },
        due: dates::promise(due_at, clock.lang),
        tone,
        standing,
    }
}

/// How far a moment is, or how long ago.
pub fn until(due_at: Moment, clock: &Clock<'_>) -> (Tone, String) {
    let time = time_between(clock.now, due_at, clock);
    if clock.now > due_at {
        let text = clock.lang.of("đã quá hẹn", "overdue by");
        return (Tone::Bad, format!("{text} {time}"));
    }
    match clock.lang {
        Lang::Vi => (Tone::Info, format!("còn {time}")),
        Lang::En => (Tone::Info, format!("{time} left")),
    }
}

/// By calendar date, as offices publish it.
fn ended(at: Moment, due_at: Moment, clock: &Clock<'_>) -> (Tone, String) {
    let time = time_between(at, due_at, clock);
    match classify(at, due_at, Comparison::Date) {
        Timeliness::Early => (
            Tone::Good,
            match clock.lang {
                Lang::Vi => format!("xong sớm {time}"),
                Lang::En => format!("done {time} early"),
            },
        ),
        Timeliness::OnTime => (
            Tone::Good,
            clock.lang.of("xong đúng hẹn", "done on time").to_owned(),
        ),
        Timeliness::Late => (
            Tone::Bad,
            match clock.lang {
                Lang::Vi => format!("xong trễ {time}"),
                Lang::En => format!("done {time} late"),
            },
        ),
    }
}

pub fn time_between(from: Moment, to: Moment, clock: &Clock<'_>) -> String {
    dates::office_time(from, to, clock.calendar, clock.hours, clock.lang)
}

/// The label under the headline.
pub fn tag(dossier: &Dossier, promise: Option<&Promise>, lang: Lang) -> (Tone, String) {
    let (tone, text) = match dossier.phase {
        Phase::WithAgencies if dossier.a_leg_waits() => {
            (Tone::Warn, lang.of("Đang chờ ông/bà", "Waiting for you"))
        }
        Phase::AwaitingSupplement(_) | Phase::AwaitingPayment => {
            (Tone::Warn, lang.of("Đang chờ ông/bà", "Waiting for you"))
        }
        Phase::Completed => (Tone::Good, lang.of("Mời nhận kết quả", "Ready to collect")),
        Phase::Returned => (Tone::Good, lang.of("Hoàn tất", "Complete")),
        Phase::NotAccepted | Phase::Refused => (Tone::Bad, lang.of("Từ chối", "Refused")),
        Phase::Stopped | Phase::Withdrawn => (Tone::Warn, lang.of("Đã khép lại", "Closed")),
        Phase::Absent | Phase::Draft | Phase::Submitted | Phase::Redirected => (
            Tone::Info,
            lang.of("Chưa tính thời hạn", "Clock not started"),
        ),
        Phase::Supplemented
        | Phase::Accepted
        | Phase::InProcessing
        | Phase::WithAgencies
        | Phase::AwaitingCorrection
        | Phase::ResultDrafted
        | Phase::ResultApproved
        | Phase::WithdrawalRequested => match promise.map(|promise| promise.tone) {
            Some(Tone::Bad) => (Tone::Bad, lang.of("Quá hẹn", "Overdue")),
            Some(Tone::Info | Tone::Good | Tone::Warn) | None => {
                (Tone::Info, lang.of("Trong hạn", "Within the promised time"))
            }
        },
    };
    (tone, text.to_owned())
}

//! The clock on the office's wall.

use std::time::Instant;

use crate::domain::reference::{ClockKind, Opened, Reference};
use crate::domain::time::Moment;
use crate::journal::clock::system;
use jiff::civil::{Date, time};

/// The machine's clock, or the story's: set to the morning after the story, running on at real speed.
pub struct OfficeClock {
    story: Option<(Moment, Instant)>,
}

impl OfficeClock {
    /// `newest`: the newest `recorded_at`, so that a restart never sets a story's clock back.
    pub fn new(opened: &Opened, newest: Option<Moment>, reference: &Reference) -> Self {
        let story = match opened.clock {
            ClockKind::Database => None,
            ClockKind::Story => {
                let morning = opened
                    .story
                    .as_ref()
                    .map(|story| morning_after(story.ends_on, reference));
                let start = morning.max(newest).unwrap_or_else(system);
                Some((start, Instant::now()))
            }
        };
        Self { story }
    }

    pub fn now(&self) -> Moment {
        self.story.map_or_else(system, |(start, since)| {
            start.plus(i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX))
        })
    }
}

/// 08:00 of the next working day; of the next day when the calendar does not reach so far.
fn morning_after(day: Date, reference: &Reference) -> Moment {
    let next = reference
        .calendar
        .next_working_day(day)
        .unwrap_or_else(|_| day.tomorrow().unwrap_or(day));
    Moment::from_local(next.to_datetime(time(8, 0, 0, 0)))
}

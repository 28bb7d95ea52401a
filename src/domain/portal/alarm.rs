//! The limits within which systems must have told each other (Decree 301/2026/NĐ-CP), as records; and what is beyond them.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::Standing;
use crate::domain::deadline::office_minutes;
use crate::domain::law::Certainty;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

const MINUTE: i64 = 60 * Moment::SECOND;

/// What must be done in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// The end of a procedure is known to the portal.
    EndNotSynchronised,
    /// The next agency has acknowledged what it was given.
    NextAgencySilent,
    /// A leg of a linked dossier has begun once the results that it needs are there.
    NextLegNotOpened,
    /// A disturbance is put right.
    OutageNotFixed,
}

impl Alarm {
    /// In one line for people: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::EndNotSynchronised => (
                "Kết thúc thủ tục mà Cổng quốc gia chưa xác nhận trong hạn",
                "The procedure ended, and the portal has not acknowledged it in time",
            ),
            Self::NextAgencySilent => (
                "Cơ quan tiếp theo chưa xác nhận đã nhận hồ sơ trong hạn",
                "The next agency has not acknowledged the dossier in time",
            ),
            Self::NextLegNotOpened => (
                "Thủ tục thành phần tiếp theo chưa được chuyển tới cơ quan giải quyết trong hạn",
                "The next leg was not given to its agency in time",
            ),
            Self::OutageNotFixed => (
                "Gián đoạn đồng bộ chưa khắc phục trong hạn",
                "The disturbance of synchronisation was not put right in time",
            ),
        }
    }
}

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "unit", content = "value")]
pub enum Allowed {
    /// Of the clock on the wall.
    Minutes(u32),
    /// Within the hours of the office that is waited for.
    WorkingMinutes(u32),
}

/// One limit, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmLimit {
    pub alarm: Alarm,
    pub allowed: Allowed,
    pub legal_basis: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// The limits that come with the program, in the order of the file.
#[must_use]
pub fn limits() -> &'static [AlarmLimit] {
    static LIMITS: LazyLock<Vec<AlarmLimit>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../../data/portal.json"))
            .expect("a test reads the same bytes")
    });
    &LIMITS
}

/// The limit behind an alarm.
#[must_use]
pub fn limit(alarm: Alarm) -> Option<&'static AlarmLimit> {
    limits().iter().find(|limit| limit.alarm == alarm)
}

/// What of a dossier is beyond its limit now. What the portal is owed counts only where it is told at all: `told` says that
/// this office's portal is.
#[must_use]
pub fn alarms(
    standing: &Standing,
    now: Moment,
    reference: &Reference,
    told: bool,
) -> Vec<&'static AlarmLimit> {
    let beyond = |limit: &&AlarmLimit| {
        let (since, office) = match limit.alarm {
            Alarm::EndNotSynchronised if told => (standing.end_owed_since, ""),
            Alarm::OutageNotFixed if told => (standing.unanswered_since, ""),
            Alarm::EndNotSynchronised | Alarm::OutageNotFixed => (None, ""),
            Alarm::NextLegNotOpened => (standing.leg_ready_since, ""),
            Alarm::NextAgencySilent => match &standing.next_agency {
                Some((since, office)) => (Some(*since), office.as_str()),
                None => (None, ""),
            },
        };
        since.is_some_and(|since| is_over(limit.allowed, since, now, (reference, office)))
    };
    limits().iter().filter(beyond).collect()
}

/// Over a year without a calendar nothing is said.
fn is_over(
    allowed: Allowed,
    since: Moment,
    now: Moment,
    (reference, office): (&Reference, &str),
) -> bool {
    match allowed {
        Allowed::Minutes(minutes) => now.0 - since.0 > i64::from(minutes) * MINUTE,
        Allowed::WorkingMinutes(minutes) => {
            let hours = reference.hours(office);
            let passed = office_minutes(since, now, &reference.calendar, &hours);
            passed.is_ok_and(|passed| passed > i64::from(minutes))
        }
    }
}

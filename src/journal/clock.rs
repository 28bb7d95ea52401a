//! The one place that reads the machine's clock.

use crate::domain::time::Moment;

/// The system clock, cut to the microsecond. A clock set before 1970 reads as 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the embedded journal stamps its batches with this machine's clock"
)]
pub fn system() -> Moment {
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Moment(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

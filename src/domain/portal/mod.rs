//! The national public-service portal (Cổng Dịch vụ công quốc gia): what it is told of a dossier, and how far it knows.

mod alarm;
mod news;
mod standing;
mod status;
#[cfg(test)]
mod tests;

pub use alarm::{Alarm, AlarmLimit, Allowed, alarms, limit, limits};
pub use news::{News, Untold, ends_procedure, news};
pub use standing::Standing;
pub use status::PortalStatus;

/// The portal's code in `dossier.sync_recorded`; other systems have other codes.
pub const SYSTEM: &str = "national-portal";

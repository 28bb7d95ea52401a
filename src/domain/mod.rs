//! THE RULES: pure. No I/O, no clock, no randomness; time, identity, calendars and ids come in as values.

pub mod calendar;
pub mod code;
pub mod deadline;
pub mod law;
pub mod part;
pub mod policy;
pub mod time;

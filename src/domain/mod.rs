//! THE RULES: pure. No I/O, no clock, no randomness; time, identity, calendars and ids come in as values.

pub mod catalogue;
pub mod law;
pub mod office;
pub mod text;
pub mod time;

//! THE RULES: pure. No I/O, no clock, no randomness; time, identity, calendars and ids come in as values.

pub mod actor;
pub mod calendar;
pub mod campaign;
pub mod catalogue;
pub mod code;
pub mod deadline;
pub mod detector;
pub mod dossier;
pub mod event;
pub mod fact;
pub mod law;
pub mod office;
pub mod paper;
pub mod part;
pub mod period;
pub mod policy;
pub mod portal;
pub mod reason;
pub mod reference;
pub mod register;
pub mod reorganisation;
pub mod score;
pub mod supervision;
pub mod target;
pub mod text;
pub mod time;

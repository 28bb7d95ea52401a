//! The auditor's kit, as an auditor meets it: the program itself, run on a journal.

mod as_of;
mod drill;
mod program;
mod sealed;
mod statistics;
mod verify;

pub use self::program::{Said, motcua};

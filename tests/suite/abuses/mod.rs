//! The sixteen rows of what users complain about: each is tried by an officer through GraphQL over HTTP, and read back by
//! the citizen, an officer and an auditor. What an immutable log must show of it is shown, or the test fails.

mod clock;
mod counter;
mod ground;
mod people;
mod played;
mod public;

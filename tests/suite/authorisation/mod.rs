//! Who may see what: readers × fields × doors, as tables in `tests/authorisation`, held against every door there is.
//!
//! A table is written anew by `MOTCUA_BLESS=1`; what changes in it is a decision, and shows in the diff.

mod doors;
mod fields;
mod ground;
mod looks;
mod subset;
mod table;

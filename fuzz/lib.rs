//! The same readers as in the tests.

#[path = "../tests/suite/fuzz/parsers.rs"]
pub mod parsers;

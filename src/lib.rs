//! motcua: an open, verifiable one-stop-shop core.
#![forbid(unsafe_code)]

pub mod domain;
pub mod tlog;

pub mod journal;

//! Every integration test, in one binary: it links once.

mod grounds;
mod journal;
mod tidy;
mod vault;

//! Every integration test, in one binary: it links once.

mod acts;
mod grounds;
mod journal;
mod office;
mod tidy;
mod vault;

//! The one integration binary.

mod grounds;
mod journal;

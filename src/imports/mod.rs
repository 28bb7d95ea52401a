//! THE ARCHIVE VAN: what another system tells, read from its files by a mapping, and taken in as claims. It sends ordinary
//! commands and can append nothing itself; told again, nothing is done twice.

mod error;
mod mapping;
mod plan;
mod rows;
mod run;
#[cfg(test)]
mod tests;
mod times;

pub use self::error::{ImportError, Unread};
pub use self::mapping::Mapping;
pub use self::plan::Plan;
pub use self::run::{Report, Taker, follow};

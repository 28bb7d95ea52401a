//! Witnesses: the one this program is for the logs of others, and the ones it asks about its own
//! (c2sp.org/tlog-witness).
//!
//! `keeper` is the witness itself, with its key and its memory; `client` asks the witnesses of a policy, `submission` one
//! of them.

mod client;
mod error;
mod keeper;
mod key;
mod memory;
mod recall;
mod report;
mod submission;

pub use self::client::Witnesses;
pub use self::error::{Denial, WitnessError};
pub use self::keeper::{Known, Witness};
pub use self::recall::{contradiction, words};
pub use self::report::{Report, WitnessReport};

//! THE STORY: a real office's period played again with invented dossiers, through the ordinary commands.
//!
//! A scenario file has two parts that never meet. [`Plan`] is all that [`script`] and [`player`] see; [`Expected`]
//! is read by the comparison afterwards. The types are separate and so are the functions that load them.

mod dice;
pub mod expected;
pub mod expected_catalogue;
pub mod live;
mod office_time;
pub mod outcome;
mod plan;
pub mod player;
mod records;
pub mod script;
pub mod scripted;
mod simulated;
mod source;

pub use self::expected::Expected;
pub use self::outcome::Outcomes;
pub use self::plan::{Counts, Load, Plan, Trouble, Unit};
pub use self::player::{PlayError, Played, play};
pub use self::scripted::Scripts;
pub use self::source::{ScenarioError, Source};

//! How the witnesses of a log do, for those who watch a node.

use crate::domain::time::Moment;

/// How long the quorum may be missing before it is an alarm.
pub const ALARM_AFTER: i64 = 5 * 60 * Moment::SECOND;

/// How the witnesses of the policy do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub witnesses: Vec<WitnessReport>,
    /// Since when signed checkpoints wait for the quorum; none while they do not.
    pub waiting_since: Option<Moment>,
    /// They have waited for more than five minutes.
    pub alarm: bool,
}

/// How one witness does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessReport {
    /// Its name in the policy.
    pub name: String,
    /// Its submission prefix; without one it is never asked.
    pub url: Option<String>,
    /// Size of the tree it cosigned last, and when by its own clock (seconds since 1970), as this process has seen it.
    pub cosigned: Option<(u64, u64)>,
    /// What went wrong the last time; none after a good answer.
    pub problem: Option<String>,
}

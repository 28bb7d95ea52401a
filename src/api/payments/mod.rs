//! Money through others: what a payer is shown, and the door at which gateways say what has come.

mod door;
mod problem;
mod ways;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::door::router;
pub use self::problem::PaymentProblem;
pub use self::ways::{WayToPay, ways};
use crate::ports::payment::{References, Till};

/// The gateways of this node; clones share them.
#[derive(Clone)]
pub struct Payments {
    tills: Arc<Vec<Till>>,
    references: References,
    stray: Arc<AtomicU64>,
}

impl Payments {
    /// None yet; references under this secret.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        Self {
            tills: Arc::default(),
            references: References::new(secret),
            stray: Arc::default(),
        }
    }

    /// Through these.
    #[must_use]
    pub fn through(mut self, tills: Vec<Till>) -> Self {
        self.tills = Arc::new(tills);
        self
    }

    fn till(&self, name: &str) -> Option<&Till> {
        self.tills.iter().find(|till| till.name == name)
    }

    /// Notifications of money that could not be recorded, since this node was started.
    #[must_use]
    pub fn stray(&self) -> u64 {
        self.stray.load(Ordering::Relaxed)
    }
}

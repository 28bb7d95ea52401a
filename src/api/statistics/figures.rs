//! Counts as they are told: of an office, of a journal, or added up over many.

use async_graphql::{Object, SimpleObject};

use super::Ratio;
use crate::projections::statistics::record::{DEFINITION, DEFINITION_VERSION};
use crate::projections::statistics::{self, Counts};

/// What came in, or was there.
#[derive(Debug, SimpleObject)]
pub struct ReceivedCounts {
    /// New in the period, on-line.
    online: u64,
    /// New in the period, at the counter or by post.
    direct: u64,
    /// Received before the period and not ended when it began.
    carried_over: u64,
    /// All of these.
    total: u64,
}

/// Settled in the period.
#[derive(Debug, SimpleObject)]
pub struct SettledCounts {
    /// Before the promised day or minute.
    early: u64,
    /// On it.
    on_time: u64,
    /// After it.
    late: u64,
    /// Without a promised date: left out of every rate.
    undated: u64,
    /// All of these.
    total: u64,
}

/// Closed without settlement in the period.
#[derive(Debug, SimpleObject)]
pub struct ClosedCounts {
    /// Withdrawn by the applicant.
    withdrawn: u64,
    /// Stopped.
    stopped: u64,
    /// Passed on to another office, which counts it as received.
    redirected: u64,
    /// All of these.
    total: u64,
}

/// Given from office to office because one had ended.
#[derive(Debug, SimpleObject)]
pub struct TransferredCounts {
    /// Taken over from an office that had ended: never new here.
    transferred_in: u64,
    /// Given to the office that took over: neither settled nor closed.
    transferred_out: u64,
}

/// Not ended when the period ended.
#[derive(Debug, SimpleObject)]
pub struct PendingCounts {
    /// The promised moment had not passed.
    in_time: u64,
    /// It had.
    overdue: u64,
    /// Without a promised date.
    undated: u64,
    /// All of these.
    total: u64,
}

/// What the figures mean; another way of counting has another version.
#[derive(Debug, SimpleObject)]
pub struct StatisticsDefinition {
    /// From 1.
    version: u32,
    /// In words.
    text: &'static str,
}

/// Counts, and what they make.
pub struct Figures(pub Counts);

/// Counts, and what they make.
#[Object]
impl Figures {
    /// What came in, or was there.
    async fn received(&self) -> ReceivedCounts {
        let counts = self.0.received;
        ReceivedCounts {
            online: counts.online,
            direct: counts.direct,
            carried_over: counts.carried_over,
            total: counts.total(),
        }
    }

    /// Settled in the period, against the promise as it stood: the headline that offices publish.
    async fn settled(&self) -> SettledCounts {
        self.0.settled.into()
    }

    /// The same dossiers against the first promise.
    async fn settled_by_original(&self) -> SettledCounts {
        self.0.settled_by_original.into()
    }

    /// Closed without settlement in the period.
    async fn closed(&self) -> ClosedCounts {
        let counts = self.0.closed;
        ClosedCounts {
            withdrawn: counts.withdrawn,
            stopped: counts.stopped,
            redirected: counts.redirected,
            total: counts.total(),
        }
    }

    /// Given from office to office in the period because one had ended. Over all offices as many in as out.
    async fn transferred(&self) -> TransferredCounts {
        let counts = self.0.transferred;
        TransferredCounts {
            transferred_in: counts.r#in,
            transferred_out: counts.out,
        }
    }

    /// Not ended when the period ended, against the promise as it stood.
    async fn pending(&self) -> PendingCounts {
        self.0.pending.into()
    }

    /// The same dossiers against the first promise.
    async fn pending_by_original(&self) -> PendingCounts {
        self.0.pending_by_original.into()
    }

    /// (Early + on time) of all settled with a promised date.
    async fn early_and_on_time_rate(&self) -> Ratio {
        Ratio::on_time_of_settled(&self.0)
    }

    /// The same against the first promise.
    async fn early_and_on_time_rate_by_original(&self) -> Ratio {
        Ratio::on_time_of_settled_by_original(&self.0)
    }

    /// (Early + on time) of all received, as offices are judged within (Circular 01/2018 art. 30.2c): lower, because what
    /// is pending or was closed without settlement is no success.
    async fn on_time_of_received_rate(&self) -> Ratio {
        Ratio::on_time_of_received(&self.0)
    }

    /// On-line of all that came in new.
    async fn online_rate(&self) -> Ratio {
        Ratio::online_of_new(&self.0)
    }

    /// Settled dossiers left out of the rates because nothing was promised.
    async fn excluded_from_rate(&self) -> u64 {
        self.0.settled.undated
    }

    /// Received + transferred in = settled + closed + pending + transferred out holds for these counts.
    async fn balanced(&self) -> bool {
        self.0.is_balanced()
    }

    /// What the figures mean.
    async fn definition(&self) -> StatisticsDefinition {
        StatisticsDefinition {
            version: DEFINITION_VERSION,
            text: DEFINITION,
        }
    }
}

impl From<statistics::Settled> for SettledCounts {
    fn from(counts: statistics::Settled) -> Self {
        Self {
            early: counts.early,
            on_time: counts.on_time,
            late: counts.late,
            undated: counts.undated,
            total: counts.total(),
        }
    }
}

impl From<statistics::Pending> for PendingCounts {
    fn from(counts: statistics::Pending) -> Self {
        Self {
            in_time: counts.in_time,
            overdue: counts.overdue,
            undated: counts.undated,
            total: counts.total(),
        }
    }
}

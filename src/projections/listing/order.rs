//! In which order a list stands, and where in it a dossier has its place.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::domain::dossier::EndKind;
use crate::domain::time::Moment;
use crate::projections::tracking::DossierRow;

/// What a list can be ordered by. Those without a value come last in either direction; equals stand as they were begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    DueAt,
    OriginalDueAt,
    ReceivedAt,
    AcceptedAt,
    LodgedAt,
    ChangedAt,
    EndedAt,
    DeliveredAt,
    Code,
    Procedure,
    Office,
    Status,
    Channel,
    Handler,
    Desk,
    Step,
    Slack,
    Lateness,
}

impl Field {
    pub const ALL: [Self; 18] = [
        Self::DueAt,
        Self::OriginalDueAt,
        Self::ReceivedAt,
        Self::AcceptedAt,
        Self::LodgedAt,
        Self::ChangedAt,
        Self::EndedAt,
        Self::DeliveredAt,
        Self::Code,
        Self::Procedure,
        Self::Office,
        Self::Status,
        Self::Channel,
        Self::Handler,
        Self::Desk,
        Self::Step,
        Self::Slack,
        Self::Lateness,
    ];

    /// The stable name, as in cursors.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DueAt => "due_at",
            Self::OriginalDueAt => "original_due_at",
            Self::ReceivedAt => "received_at",
            Self::AcceptedAt => "accepted_at",
            Self::LodgedAt => "lodged_at",
            Self::ChangedAt => "changed_at",
            Self::EndedAt => "ended_at",
            Self::DeliveredAt => "delivered_at",
            Self::Code => "code",
            Self::Procedure => "procedure",
            Self::Office => "office",
            Self::Status => "status",
            Self::Channel => "channel",
            Self::Handler => "handler",
            Self::Desk => "desk",
            Self::Step => "step",
            Self::Slack => "slack",
            Self::Lateness => "lateness",
        }
    }

    /// The index that has the dossiers of an office in this order, where there is one.
    pub(super) fn index(self) -> Option<&'static str> {
        match self {
            Self::DueAt => Some("listing_by_due"),
            Self::ReceivedAt => Some("listing_by_received"),
            Self::ChangedAt => Some("listing_by_changed"),
            Self::EndedAt => Some("listing_by_ended"),
            Self::Code => Some("listing_by_code"),
            Self::OriginalDueAt
            | Self::AcceptedAt
            | Self::LodgedAt
            | Self::DeliveredAt
            | Self::Procedure
            | Self::Office
            | Self::Status
            | Self::Channel
            | Self::Handler
            | Self::Desk
            | Self::Step
            | Self::Slack
            | Self::Lateness => None,
        }
    }

    /// What it is ordered by, in the words of the table; for lateness, which is as of a moment, the name it is selected under.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::DueAt
            | Self::OriginalDueAt
            | Self::ReceivedAt
            | Self::AcceptedAt
            | Self::LodgedAt
            | Self::ChangedAt
            | Self::EndedAt
            | Self::DeliveredAt
            | Self::Procedure
            | Self::Office
            | Self::Channel
            | Self::Handler
            | Self::Desk
            | Self::Step => self.name(),
            Self::Code => "code_rank",
            Self::Status => "phase_rank",
            Self::Slack => "case when ended_at is null then due_at end",
            Self::Lateness => "place",
        }
    }

    /// No dossier of a list is without it.
    pub(super) fn is_always_known(self) -> bool {
        matches!(
            self,
            Self::ChangedAt | Self::Code | Self::Procedure | Self::Office | Self::Status
        )
    }

    /// Ordered by words; by numbers otherwise.
    #[must_use]
    pub fn is_text(self) -> bool {
        match self {
            Self::Procedure | Self::Office | Self::Channel | Self::Handler | Self::Desk => true,
            Self::DueAt
            | Self::OriginalDueAt
            | Self::ReceivedAt
            | Self::AcceptedAt
            | Self::LodgedAt
            | Self::ChangedAt
            | Self::EndedAt
            | Self::DeliveredAt
            | Self::Code
            | Self::Status
            | Self::Step
            | Self::Slack
            | Self::Lateness => false,
        }
    }
}

/// How late a dossier is, around the moment for those whose clock runs: [`lateness`] in SQL.
pub(super) const LATE: (&str, &str) = (
    "case when ended_at is null and not paused then ",
    " - due_at when end_kind in ('completed', 'refused') then ended_at - due_at end",
);

/// By what a dossier is or was later than promised, in microseconds; negative when earlier. `None` where nothing is promised, where
/// the clock stands, and for what was closed without settlement.
#[must_use]
pub fn lateness(row: &DossierRow, now: Moment) -> Option<i64> {
    let due_at = row.due_at?;
    match (
        row.ended_at,
        row.end_kind.is_some_and(EndKind::is_settlement),
    ) {
        (Some(ended_at), true) => Some(ended_at.0 - due_at.0),
        (Some(_), false) => None,
        (None, _) => (!row.paused).then_some(now.0 - due_at.0),
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub field: Field,
    /// The greatest first.
    pub descending: bool,
}

/// Which way a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To its end.
    Forward,
    /// To its beginning.
    Backward,
}

/// What a dossier has its place by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// It has no value.
    Empty,
    Number(i64),
    Text(String),
}

/// The place of a dossier in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub key: Key,
    /// The dossier's own, which decides between equals.
    pub number: i64,
}

impl Place {
    pub(super) fn read(row: &SqliteRow, field: Field) -> sqlx::Result<Self> {
        let key = if field.is_text() {
            row.try_get::<Option<String>, _>("place")?.map(Key::Text)
        } else {
            row.try_get::<Option<i64>, _>("place")?.map(Key::Number)
        };
        Ok(Self {
            key: key.unwrap_or(Key::Empty),
            number: row.try_get("number")?,
        })
    }
}

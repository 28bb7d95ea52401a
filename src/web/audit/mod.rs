//! The auditor's desk: the journal searched, one fact, one dossier then and now, what looks like gaming. Read without a
//! script, every view at an address of its own.

mod fact;
mod findings;
pub mod question;
mod search;
mod start;
mod timeline;

pub use self::fact::FactPage;
pub use self::findings::{FindingsPage, Wanted};
pub use self::question::{Question, Raw};
pub use self::search::SearchPage;
pub use self::start::StartPage;
pub use self::timeline::{Instant, TimelinePage};

use super::dates::{self, When};
use super::history::gap;
use super::lang::Lang;
use super::words;
use crate::api::words::act_label;
use crate::domain::actor::NO_OFFICE;
use crate::projections::audit::AuditRow;

/// One fact in a list.
pub struct Line {
    pub position: u64,
    pub what: &'static str,
    pub kind: String,
    pub recorded: When,
    /// A claimed time, and how far it lies from the recorded one.
    pub claimed: Option<(When, String)>,
    pub role: &'static str,
    pub office: Option<String>,
    pub actor: String,
    /// What it is about, and whether that is a dossier.
    pub code: Option<String>,
    pub of_dossier: bool,
    pub reason: Option<&'static str>,
    pub breach: Option<&'static str>,
    pub sealed: bool,
}

impl Line {
    /// `sealed`: how many facts the newest checkpoint covers.
    #[must_use]
    pub fn of(row: &AuditRow, sealed: u64, lang: Lang) -> Self {
        let claimed = row.claimed_at.or(row.received_at);
        Self {
            position: row.position,
            what: lang.pick(act_label(&row.kind)),
            kind: row.kind.clone(),
            recorded: dates::short(row.recorded_at, lang),
            claimed: claimed.map(|at| (dates::short(at, lang), gap(at, row.recorded_at, lang))),
            role: lang.pick(words::office_role(row.actor_role)),
            office: (row.actor_office != NO_OFFICE).then(|| row.actor_office.clone()),
            actor: row.actor_id.clone(),
            code: row.code.clone(),
            of_dossier: row.dossier.is_some(),
            reason: row.reason.map(|reason| lang.pick(reason.label())),
            breach: row.breach.map(|breach| lang.pick(breach.label())),
            sealed: row.position < sealed,
        }
    }
}

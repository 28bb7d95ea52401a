//! The auditor's desk: the journal searched, every fact with its proof, every dossier as it was, findings, exports.
//!
//! Reading only. Every view is an address of its own, so that a report can point at what was seen.

pub mod dossier;
pub mod export;
pub mod fact;
pub mod findings;
pub mod lateness;
pub mod question;
pub mod saved;
pub mod search;
pub mod start;

use super::dates::{self, When};
use super::frame::{Door, Frame};
use super::history;
use super::lang::Lang;
use super::words;
use crate::api::log::PublicLog;
use crate::api::words::act_label;
use crate::domain::actor::NO_OFFICE;
use crate::integrity::{IntegrityError, Seal};
use crate::projections::audit::AuditRow;

/// The page's frame, as every page of the desk has it.
#[must_use]
pub fn framed(frame: Frame, title: String) -> Frame {
    frame
        .titled(title, Some(Door::Audit))
        .wide()
        .styled("audit.css")
}

/// Where a fact stands in the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Under the first published checkpoint that covers it, of this size.
    Sealed(u64),
    Waiting,
    /// This node keeps no log.
    NoLog,
}

impl Proof {
    #[must_use]
    pub fn says(&self, lang: &Lang) -> String {
        match self {
            Self::Sealed(size) => format!(
                "{} {}",
                lang.of("✓ trong điểm niêm phong", "✓ in checkpoint"),
                lang.count(size)
            ),
            Self::Waiting => lang
                .of("… chờ niêm phong", "… waiting to be sealed")
                .to_owned(),
            Self::NoLog => lang
                .of("– không giữ sổ ở đây", "– no log is kept here")
                .to_owned(),
        }
    }

    #[must_use]
    pub fn is_sealed(&self) -> bool {
        match self {
            Self::Sealed(_) => true,
            Self::Waiting | Self::NoLog => false,
        }
    }
}

/// The proof of each of these positions, which may come in any order; a checkpoint is looked up once.
pub async fn proofs(
    log: Option<&PublicLog>,
    positions: &[u64],
) -> Result<Vec<(u64, Proof)>, IntegrityError> {
    let mut positions = positions.to_vec();
    positions.sort_unstable();
    let mut last: Option<Seal> = None;
    let mut found = Vec::with_capacity(positions.len());
    for position in positions {
        let Some(log) = log else {
            found.push((position, Proof::NoLog));
            continue;
        };
        if last.as_ref().is_none_or(|seal| seal.size <= position) {
            last = log.integrity.seals().published_covering(position).await?;
        }
        let proof = last
            .as_ref()
            .map_or(Proof::Waiting, |seal| Proof::Sealed(seal.size));
        found.push((position, proof));
    }
    Ok(found)
}

/// One fact in a list.
pub struct Line {
    pub position: u64,
    pub what: &'static str,
    pub kind: String,
    pub recorded: When,
    /// What is claimed, and how far it lies from the recorded time.
    pub claims: Vec<(&'static str, When, String)>,
    pub role: &'static str,
    /// The pseudonym, and on whose behalf.
    pub person: String,
    pub behalf: Option<String>,
    pub office: Option<String>,
    /// A dossier's code, which leads to its page, or another subject.
    pub code: Option<String>,
    pub is_dossier: bool,
    pub reason: Option<&'static str>,
    pub basis: Option<String>,
    pub breach: Option<&'static str>,
    pub proof: Proof,
}

impl Line {
    #[must_use]
    pub fn of(row: &AuditRow, proofs: &[(u64, Proof)], lang: Lang) -> Self {
        let mut claims = Vec::new();
        let named = [
            (row.claimed_at, lang.of("khai là lúc", "claimed")),
            (
                row.received_at,
                lang.of("giờ trên giấy", "hour on the slip"),
            ),
        ];
        for (at, name) in named {
            if let Some(at) = at {
                let gap = history::gap(at, row.recorded_at, lang);
                claims.push((name, dates::seconds(at, lang), gap));
            }
        }
        let known = proofs
            .iter()
            .find(|(position, _)| *position == row.position);
        Self {
            position: row.position,
            what: lang.pick(act_label(&row.kind)),
            kind: row.kind.clone(),
            recorded: dates::seconds(row.recorded_at, lang),
            claims,
            role: lang.pick(words::office_role(row.actor_role)),
            person: row.actor_id.clone(),
            behalf: row.on_behalf_of.clone(),
            office: (row.actor_office != NO_OFFICE).then(|| row.actor_office.clone()),
            code: row.code.clone(),
            is_dossier: row.dossier.is_some(),
            reason: row.reason.map(|reason| lang.pick(reason.label())),
            basis: row.basis.clone(),
            breach: row.breach.map(|rule| lang.pick(rule.label())),
            proof: known.map_or(Proof::Waiting, |(_, proof)| *proof),
        }
    }

    /// The dossier's page, for those that have a number.
    fn dossier(&self) -> Option<String> {
        let code = self.code.as_ref().filter(|_| self.is_dossier)?;
        Some(format!("/audit/d/{code}"))
    }
}

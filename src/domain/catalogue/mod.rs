//! The procedure catalogue: what an office offers, within what time, and how sure each part of that is.

mod check;
mod leg;
mod life;
mod load;
mod process;
pub mod publication;
mod record;
pub mod rehearsal;
pub mod rules;

pub use check::check;
pub use leg::{Leg, LinkageManner};
pub use life::{Abolished, ReviewKind, ReviewProposed};
pub use load::{CatalogueError, Record, load, load_changed};
pub use process::{InternalProcess, ProcessError, ProcessStep};
pub use record::*;

use super::dossier::Channel;
use super::law::{Certainty, Limit, SupplementClock};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The level of government that settles a procedure or runs an office; ordered from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ministry,
    Province,
    /// Abolished on 2025-07-01; kept for what happened before.
    District,
    Commune,
    /// A vertical agency (police, tax, social insurance) at the same counter.
    Vertical,
}

/// How much of a procedure can be done online (Decree 42/2022: formerly levels 4, 3 and 1–2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnlineLevel {
    /// `toàn trình`: everything online, the result online or by public post.
    Full,
    /// `một phần`: not all of that.
    Partial,
    /// Only described online.
    InformationOnly,
}

/// One step of the internal process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub name_vi: String,
    pub name_en: String,
    /// The role that does it: `receiver`, `handler`, `division_head`, `signer`, `clerk`, `vertical_agency`…
    pub role: String,
    /// Working hours (8 are a day); 0 for a step in which the clock does not run.
    pub hours: u16,
}

/// One paper of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    pub name_vi: String,
    /// How many originals; absent when not known or when the paper is only shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originals: Option<u16>,
    /// How many copies; absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies: Option<u16>,
    /// Number or name of the form to fill in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Absent when no decision is known that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_digitise: Option<DigitisationOrder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reusable_from: Option<ReuseSource>,
}

/// What it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Đồng for one unit (copy, page, case: see the note), at most 2^53 − 1; absent when a province sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vnd: Option<u64>,
    pub note_vi: String,
    pub certainty: Certainty,
}

/// How other agencies are asked for their opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionRule {
    pub reply_working_days: u16,
    /// No answer by then is consent.
    pub silence_consents: bool,
    pub legal_basis: String,
    pub certainty: Certainty,
}

/// One version of one procedure. Dossiers pin `code` and `version` at acceptance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// `1.001193`, with a suffix `.H19` when local.
    pub code: String,
    pub version: u32,
    pub name_vi: String,
    pub name_en: String,
    pub field_vi: String,
    pub field_en: String,
    pub level: Level,
    /// The base limit; extensions and limits of single legs are in the notes.
    pub limit: Limit,
    pub limit_certainty: Certainty,
    /// The law or listing the limit was read in, or the words that it was not.
    pub limit_basis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_note_vi: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_note_en: Option<String>,
    /// First day this version applies; absent for "as long as known".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day this version applies; absent while it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Absent when the policy in force decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement_clock: Option<SupplementClock>,
    pub steps: Vec<Step>,
    pub steps_certainty: Certainty,
    pub components: Vec<Component>,
    pub components_certainty: Certainty,
    pub fee: Fee,
    pub online_level: OnlineLevel,
    pub online_certainty: Certainty,
    pub result_vi: String,
    /// The public view leaves the name out (civil-status correction, recognition of a parent, adoption,
    /// disability, criminal record, land disputes).
    pub sensitive: bool,
    /// The officer who handled it may sign it.
    pub same_signer_allowed: bool,
    /// Supplement requests without a special legal basis; the policy's number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_supplement_requests: Option<u8>,
    /// Absent when the policy decides, and silence means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<OpinionRule>,
    /// Of the record as a whole: the weaker of limit and components.
    pub certainty: Certainty,
    /// The steps the applicant goes through (`trình tự thực hiện`), in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_vi: Option<Marked<Vec<String>>>,
    /// The ways to apply, each at most once; empty when not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelTerms>,
    /// The cases that need different papers; empty when all need the same, or not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_sets: Option<Marked<u16>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_kinds: Option<Marked<Vec<ApplicantKind>>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<Agency>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal_basis: Vec<LegalBasis>,
    /// Requirements and conditions (`yêu cầu, điều kiện`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions_vi: Option<Marked<String>>,
    /// The documents behind `result_vi`, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<OutcomeDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<PublicationDecision>,
    /// The online level as it was counted before Decree 42/2022: 1 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub historical_level: Option<Marked<u8>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linkage: Option<Linkage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical: Option<VerticalSector>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Delegation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_territorial: Option<Marked<Territory>>,
    /// The levels whose one-stops take it in; absent for its own level only, empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Marked<Vec<Level>>>,
    /// Whether the offices here need an approved internal process for it; absent when nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_process: Option<Marked<bool>>,
}

impl Procedure {
    /// Whether this version applies on `date`; both ends count.
    pub fn valid_on(&self, date: Date) -> bool {
        valid_between(self.valid_from, self.valid_to, date)
    }

    /// The levels whose one-stops take it in: its own unless the record says otherwise.
    pub fn reception_levels(&self) -> &[Level] {
        match &self.received_at {
            Some(levels) => &levels.value,
            None => std::slice::from_ref(&self.level),
        }
    }

    /// How long an office has for a dossier that came this way, and how sure that is.
    pub fn limit_for(&self, channel: Channel) -> (Limit, Certainty) {
        let terms = self.channels.iter().find(|terms| terms.channel == channel);
        let own = terms.and_then(|terms| Some((terms.limit?, terms.certainty)));
        own.unwrap_or((self.limit, self.limit_certainty))
    }

    /// What is settled behind one counter, in order; none unless the procedure is linked and its legs are known.
    pub fn legs(&self) -> &[Leg] {
        self.linkage.as_ref().map_or(&[], |linkage| &linkage.legs)
    }

    /// The leg at this place, from 1.
    pub fn leg(&self, place: u32) -> Option<&Leg> {
        self.legs()
            .get(usize::try_from(place).ok()?.checked_sub(1)?)
    }

    /// [`LinkageKind::None`] also when nothing is known.
    pub fn linkage_kind(&self) -> LinkageKind {
        let linkage = self.linkage.as_ref();
        linkage.map_or(LinkageKind::None, |linkage| linkage.kind)
    }
}

/// The newest version of `code` that applies on `date`.
pub fn in_force<'a>(procedures: &'a [Procedure], code: &str, date: Date) -> Option<&'a Procedure> {
    procedures
        .iter()
        .filter(|procedure| procedure.code == code && procedure.valid_on(date))
        .max_by_key(|procedure| procedure.version)
}

/// Whether `date` lies between two days that both count; an absent end is open.
pub(super) fn valid_between(from: Option<Date>, to: Option<Date>, date: Date) -> bool {
    from.is_none_or(|from| from <= date) && to.is_none_or(|to| date <= to)
}

#[cfg(test)]
mod tests;

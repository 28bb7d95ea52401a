//! What looks odd in a journal, as records: a measure with its thresholds, what it suggests, and what else it may be.
//!
//! A rule never says that somebody did wrong. It finds facts that an auditor should read, and names the innocent
//! explanation beside the other one. Rules are data (`data/detector.json`); a changed threshold is a new version.

use std::sync::LazyLock;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::law::Certainty;

/// One version of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable name, `snake_case`: `completion_claimed_early`.
    pub code: String,
    /// From 1; findings name it, so that they can be found again after a threshold has changed.
    pub version: u32,
    pub name_vi: String,
    pub name_en: String,
    /// What it may point to.
    pub suggests_vi: String,
    pub suggests_en: String,
    /// What else it may be; never left out.
    pub innocent_vi: String,
    pub innocent_en: String,
    /// The text that the thresholds or the duty behind them are taken from.
    pub legal_basis: String,
    /// How sure the legal basis is. The thresholds themselves are always a choice.
    pub certainty: Certainty,
    pub measure: Measure,
}

/// What is computed, with its thresholds. Days and hours are those of the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// A decision is claimed to have been taken this many minutes before it was recorded, or more.
    ClaimedBeforeRecorded { minutes_min: u32 },
    /// An apology or a recomputation wanted to move a promise whose day had passed or was too near.
    PromiseMovedAfterExpiry {},
    /// Of an office's decisions of a month, so large a share falls on its last working days.
    MonthEndBurst {
        last_working_days: u16,
        percent_min: u8,
        decisions_min: u32,
    },
    /// A decision on a day off, or this many minutes outside office hours, or more.
    OutOfHours { minutes_min: u32 },
    /// Whoever took the papers in also decided on them.
    OnePersonTakesInAndDecides {},
    /// The clock was stopped by a request without a written text or a list of papers.
    SuspendedWithoutDocument {},
    /// The clock was stopped this many working days before the promise, or fewer.
    SuspendedBeforeExpiry { working_days_max: u16 },
    /// The same applicant filed for the same procedure within so many working days after a withdrawal.
    RefiledAfterWithdrawal { working_days_max: u16 },
    /// Numbers of an office's day that no fact accounts for.
    MissingNumbers {},
    /// So many numbers of an office's day were voided, or more.
    VoidedNumbers { in_a_day_min: u32 },
    /// The hour on the slip lies so many working days before the recording, or more.
    EnteredLate { working_days_min: u16 },
    /// The second supplement request on one dossier, or a later one.
    RepeatedSupplement { number_min: u32 },
    /// The dossier was passed on after its clock had started, so often or more: every office begins anew.
    ClockRestartedByTransfer { transfers_min: u32 },
    /// Passed on to an office that had passed it on before.
    PassedBack {},
    /// A leg of a linked dossier was sent back for correction so often or more: its agency's clock stands, the next one's too.
    SentBackRepeatedly { times_min: u32 },
    /// One applicant filed so many dossiers of one procedure at one office on one day, or more.
    SplitDossiers { in_a_day_min: u32 },
    /// Filed online or by post, and accepted more than so many office hours later.
    AcceptedLate { working_hours_max: u32 },
    /// A result replaced or revoked after it had been handed over.
    ReplacedAfterDelivery {},
    /// The promised moment passed, and nobody apologised, before or after.
    MissedWithoutApology {},
    /// Of an office's ratings of a month, so large a share came from devices of the office.
    RatedAtOffice { percent_min: u8, ratings_min: u32 },
    /// Of an office's online filings of a month, so large a share was made with an officer's help.
    AssistedFiling { percent_min: u8, filings_min: u32 },
    /// The last word on telling another system was no acknowledgement.
    SyncUnanswered {},
    /// Another system acknowledged more than so many minutes after it was told.
    SyncSlow { minutes_max: u32 },
    /// Paid, and no receipt within so many working days.
    PaidWithoutReceipt { working_days_max: u16 },
    /// Two dossiers that are one request.
    FiledTwice {},
    /// Given to the next desk, and not signed for within so many working days.
    UnsignedHandOver { working_days_max: u16 },
    /// Settled after the promised day, and nobody had apologised before.
    LateWithoutApology {},
    /// Forwarded after the working day of acceptance; accepted after the hour, after the morning of the next one.
    ForwardedLate { after: Time, next_day_until: Time },
    /// Of an office's withdrawals of a month, so large a share was asked for this near to the promise or after it.
    WithdrawnNearDue {
        working_days_max: u16,
        percent_min: u8,
        withdrawals_min: u32,
    },
}

impl Measure {
    /// What a finding's amount counts.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self {
            Self::ClaimedBeforeRecorded { .. }
            | Self::OutOfHours { .. }
            | Self::SyncSlow { .. } => Unit::Minutes,
            Self::PromiseMovedAfterExpiry {}
            | Self::SuspendedBeforeExpiry { .. }
            | Self::RefiledAfterWithdrawal { .. }
            | Self::MissedWithoutApology {}
            | Self::PaidWithoutReceipt { .. }
            | Self::UnsignedHandOver { .. }
            | Self::EnteredLate { .. }
            | Self::LateWithoutApology {}
            | Self::ForwardedLate { .. } => Unit::WorkingDays,
            Self::AcceptedLate { .. } => Unit::WorkingHours,
            Self::MonthEndBurst { .. }
            | Self::WithdrawnNearDue { .. }
            | Self::RatedAtOffice { .. }
            | Self::SplitDossiers { .. }
            | Self::AssistedFiling { .. } => Unit::Dossiers,
            Self::MissingNumbers {} | Self::VoidedNumbers { .. } => Unit::Numbers,
            Self::OnePersonTakesInAndDecides {}
            | Self::SuspendedWithoutDocument {}
            | Self::ReplacedAfterDelivery {}
            | Self::SyncUnanswered {}
            | Self::FiledTwice {}
            | Self::RepeatedSupplement { .. }
            | Self::PassedBack {}
            | Self::SentBackRepeatedly { .. }
            | Self::ClockRestartedByTransfer { .. } => Unit::Times,
        }
    }
}

/// What an amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    Minutes,
    WorkingHours,
    WorkingDays,
    Dossiers,
    /// Numbers of a register.
    Numbers,
    Times,
}

/// The rules that come with the program, in the order of the file.
#[must_use]
pub fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../../data/detector.json"))
            .expect("a test reads the same bytes")
    });
    &RULES
}

/// The rule with this code.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_rule_says_what_else_it_may_be_and_stands_once() {
        let mut codes = HashSet::new();
        for rule in rules() {
            assert!(codes.insert(&rule.code), "{} stands twice", rule.code);
            assert!(rule.version >= 1);
            let told = [
                &rule.name_vi,
                &rule.name_en,
                &rule.suggests_vi,
                &rule.suggests_en,
                &rule.innocent_vi,
                &rule.innocent_en,
                &rule.legal_basis,
            ];
            assert!(
                told.iter().all(|text| !text.trim().is_empty()),
                "{}",
                rule.code
            );
        }
    }

    #[test]
    fn every_rule_stands_in_the_document_for_auditors() {
        let document = include_str!("../../../docs/detector.md");
        let told = |rule: &&Rule| !document.contains(&format!("| `{}` |", rule.code));
        let missing: Vec<_> = rules().iter().filter(told).map(|rule| &rule.code).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn no_rule_calls_anybody_guilty() {
        let accusing = [
            "guilt",
            "fraud",
            "cheat",
            "crime",
            "gian lận",
            "vi phạm hình sự",
            "có tội",
        ];
        for rule in rules() {
            let text = serde_json::to_string(rule)
                .expect("a record")
                .to_lowercase();
            assert!(
                accusing.iter().all(|word| !text.contains(word)),
                "{}",
                rule.code
            );
        }
    }
}

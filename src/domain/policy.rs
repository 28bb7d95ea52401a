//! The office's rules as dated records: what one pins to a dossier when it is accepted.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::law::{Certainty, SupplementClock};

/// One version of the rules. The limits follow `legal_basis`; the late-entry window and the treatment
/// of receipts on days off are the office's choice and no claim about the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub code: String,
    pub version: u32,
    /// The first day it is in force.
    pub effective_from: Date,
    /// The last day it is in force; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<Date>,
    pub legal_basis: String,
    pub certainty: Certainty,
    /// Same-day procedures received after this hour are due on the next working day
    /// (Law 60/2014/QH13 art. 5.3; Decree 23/2015 art. 7).
    pub same_day_cutoff: Time,
    /// How many working days before its recording `received_at` may lie.
    pub late_entry_working_days: u16,
    /// Supplement requests without a special legal basis (Decree 61/2018 art. 19.4).
    pub max_supplement_requests: u8,
    /// What a supplement request does to the clock unless the procedure says otherwise.
    pub supplement_clock: SupplementClock,
    /// Working days before the due date by which an apology must be out (Decree 61/2018 art. 19.9).
    pub apology_working_days_before: u16,
    /// Re-appointments after an apology (Decree 61/2018 art. 19.9).
    pub max_apologies: u8,
    /// Working hours within which what was lodged is accepted or answered; no intake clock when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intake_working_hours: Option<u16>,
    /// Working days from receipt within which a supplement found necessary at appraisal is asked for
    /// (Decree 61/2018 art. 19.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement_notice_working_days: Option<u16>,
    /// Working days the applicant has to answer a supplement request; no such date when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement_answer_working_days: Option<u16>,
    /// Working days another agency has to answer, unless the procedure says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion_reply_working_days: Option<u16>,
    /// Working days within which feedback is answered (Decision 766, element 5.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback_answer_working_days: Option<u16>,
    /// The further days of feedback, with their own basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackLimits>,
    /// A receipt on a day off counts as one on the next working day (limits in working days).
    pub day_off_receipt_counts_next_working_day: bool,
}

/// Working days within which each step of a feedback is to be done; the answer's own stand beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackLimits {
    /// To refuse it, from when it came.
    pub refuse_working_days: u16,
    /// To ask its sender for more, from when it came.
    pub clarify_working_days: u16,
    /// To pass it on to the competent office, from when it came (Decree 20/2008).
    pub forward_working_days: u16,
    /// To publish the answer, from when it was given.
    pub publish_working_days: u16,
    pub legal_basis: String,
    pub certainty: Certainty,
}

impl Policy {
    /// The policies that come with the program: the regime of Decree 61/2018 and that of Decree 118/2025.
    pub fn shipped() -> Vec<Self> {
        serde_json::from_str(include_str!("../../data/policies.json"))
            .expect("a test reads the same bytes")
    }

    /// How facts name it: `code/version`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.code, self.version)
    }

    /// Whether it is in force on a day.
    pub fn covers(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|to| day <= to)
    }

    /// The policy in force on a day: the one that began last; of one beginning, the highest version.
    pub fn in_force(policies: &[Self], day: Date) -> Option<&Self> {
        let newest = |policy: &&Self| (policy.effective_from, policy.version);
        policies
            .iter()
            .filter(|policy| policy.covers(day))
            .max_by_key(newest)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn in_force(day: Date) -> Option<String> {
        Policy::in_force(&Policy::shipped(), day).map(|policy| policy.code.clone())
    }

    #[test]
    fn the_regimes_meet_in_the_night_to_july_2025() {
        assert_eq!(
            in_force(date(2025, 6, 30)).as_deref(),
            Some("one-stop-2018")
        );
        assert_eq!(in_force(date(2025, 7, 1)).as_deref(), Some("one-stop-2025"));
        assert_eq!(in_force(date(2018, 6, 20)), None);
    }

    #[test]
    fn what_the_successor_says_is_never_shown_as_verified() {
        let policies = Policy::shipped();
        let new = Policy::in_force(&policies, date(2026, 11, 22)).expect("in force");
        assert_eq!(new.certainty, Certainty::Uncertain);
        assert_eq!(new.supplement_clock, SupplementClock::Pause);
        let old = Policy::in_force(&policies, date(2023, 5, 1)).expect("in force");
        assert_eq!(old.supplement_clock, SupplementClock::Reset);
    }

    #[test]
    fn of_two_versions_from_the_same_day_the_higher_holds() {
        let mut policies = Policy::shipped();
        policies.insert(
            0,
            Policy {
                version: 2,
                ..policies[1].clone()
            },
        );
        let held = Policy::in_force(&policies, date(2026, 1, 5)).expect("in force");
        assert_eq!(held.version, 2);
    }
}

//! Was a procedure published as it must be: in time before it takes effect, soon after the decision, with full content
//! (Decision 766/QĐ-TTg 1.1–1.3; Decree 63/2010 arts. 8.2, 15).

use super::{AgencyRole, Level, Procedure};
use crate::domain::calendar::Calendar;
use jiff::civil::Date;

/// A part without which a procedure is not fully published (Decree 63/2010 art. 8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentPart {
    /// `trình tự thực hiện`.
    Sequence,
    /// `cách thức thực hiện`.
    Manner,
    /// `thành phần hồ sơ`.
    Components,
    /// `số lượng hồ sơ`.
    NumberOfSets,
    /// `đối tượng thực hiện`.
    Subjects,
    /// `cơ quan thực hiện`.
    Agency,
}

/// The three checks of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationCheck {
    /// 1.1: decided at least [`Terms::before_effect`] working days before it takes effect. `None` when nothing is known
    /// of the decision, or no calendar covers the days.
    pub decided_in_time: Option<bool>,
    /// 1.2: published at most [`Terms::after_decision`] working days after the decision. `None` likewise.
    pub published_in_time: Option<bool>,
    /// 1.3: parts that are not in the record. Name and deadline always are.
    pub missing: Vec<ContentPart>,
}

impl PublicationCheck {
    /// 1.3: nothing is missing.
    #[must_use]
    pub fn content_full(&self) -> bool {
        self.missing.is_empty()
    }
}

/// How long an authority has, in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub before_effect: i32,
    pub after_decision: i32,
}

impl Terms {
    /// A ministry decides 20 working days before effect and publishes within 10; everybody else 5 and 5.
    #[must_use]
    pub fn of(level: Level) -> Self {
        match level {
            Level::Ministry => Self {
                before_effect: 20,
                after_decision: 10,
            },
            Level::Province | Level::District | Level::Commune | Level::Vertical => Self {
                before_effect: 5,
                after_decision: 5,
            },
        }
    }
}

/// Checks a version that was recorded here on `published_on`.
#[must_use]
pub fn check(procedure: &Procedure, published_on: Date, calendar: &Calendar) -> PublicationCheck {
    let decision = procedure.publication.as_ref();
    let days = |from, to| calendar.working_days_between(from, to).ok();
    let terms = |level: Option<Level>| Terms::of(level.unwrap_or(procedure.level));
    PublicationCheck {
        decided_in_time: decision.and_then(|decision| {
            let ahead = days(decision.date, decision.effective)?;
            Some(ahead >= terms(decision.level).before_effect)
        }),
        published_in_time: decision.and_then(|decision| {
            let later = days(decision.date, published_on)?;
            Some(later <= terms(decision.level).after_decision)
        }),
        missing: missing(procedure),
    }
}

/// The required parts that the record does not hold.
#[must_use]
pub fn missing(procedure: &Procedure) -> Vec<ContentPart> {
    let settles = |role| match role {
        AgencyRole::Responsible | AgencyRole::Competent => true,
        AgencyRole::Coordinating | AgencyRole::Delegated => false,
    };
    let has_agency = procedure.agencies.iter().any(|agency| settles(agency.role));
    let has_subjects = procedure
        .applicant_kinds
        .as_ref()
        .is_some_and(|kinds| !kinds.value.is_empty());
    let held = [
        (ContentPart::Sequence, procedure.sequence_vi.is_some()),
        (ContentPart::Manner, !procedure.channels.is_empty()),
        (ContentPart::Components, !procedure.components.is_empty()),
        (
            ContentPart::NumberOfSets,
            procedure.number_of_sets.is_some(),
        ),
        (ContentPart::Subjects, has_subjects),
        (ContentPart::Agency, has_agency),
    ];
    let missing = held.into_iter().filter(|(_, held)| !held);
    missing.map(|(part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::{self, PublicationDecision};
    use crate::domain::law::Certainty;
    use jiff::civil::date;

    fn published(decided: Date, effective: Date, level: Option<Level>) -> Procedure {
        let shipped = catalogue::load(include_str!("../../../data/catalogue.json"));
        let mut procedure = shipped.expect("the shipped catalogue").remove(0);
        procedure.publication = Some(PublicationDecision {
            number: "12/QĐ-UBND".into(),
            date: decided,
            effective,
            level,
            certainty: Certainty::Illustrative,
        });
        procedure
    }

    fn calendar() -> Calendar {
        Calendar::shipped().into_iter().collect()
    }

    #[track_caller]
    fn checked(procedure: &Procedure, published_on: Date, told: (Option<bool>, Option<bool>)) {
        let check = check(procedure, published_on, &calendar());
        assert_eq!((check.decided_in_time, check.published_in_time), told);
    }

    #[test]
    fn decided_and_published_in_time_are_counted_in_working_days() {
        // Monday 2 to Monday 9 November 2026: five working days.
        let (monday, next) = (date(2026, 11, 2), date(2026, 11, 9));
        let procedure = published(monday, next, None);
        checked(&procedure, next, (Some(true), Some(true)));
        checked(&procedure, date(2026, 11, 10), (Some(true), Some(false)));
        let hasty = published(monday, date(2026, 11, 8), None);
        checked(&hasty, monday, (Some(false), Some(true)));
    }

    #[test]
    fn a_ministry_has_longer_terms() {
        // Twenty working days after Monday 2 November is Tuesday 1 December: 24 November is a day off.
        let (decided, effective) = (date(2026, 11, 2), date(2026, 11, 30));
        let procedure = published(decided, effective, Some(Level::Ministry));
        checked(&procedure, date(2026, 11, 16), (Some(false), Some(true)));
        let later = published(decided, date(2026, 12, 1), Some(Level::Ministry));
        checked(&later, date(2026, 11, 17), (Some(true), Some(false)));
    }

    #[test]
    fn what_cannot_be_counted_is_not_called_late() {
        let ancient = published(date(2001, 1, 1), date(2001, 2, 1), None);
        checked(&ancient, date(2026, 11, 2), (None, None));
        let unknown = Procedure {
            publication: None,
            ..ancient
        };
        checked(&unknown, date(2026, 11, 2), (None, None));
    }

    #[test]
    fn every_required_part_that_is_missing_is_named() {
        let full = published(date(2026, 11, 2), date(2026, 11, 9), None);
        assert_eq!(missing(&full), []);
        let bare = Procedure {
            sequence_vi: None,
            channels: Vec::new(),
            components: Vec::new(),
            number_of_sets: None,
            applicant_kinds: None,
            agencies: Vec::new(),
            ..full
        };
        let all = [
            ContentPart::Sequence,
            ContentPart::Manner,
            ContentPart::Components,
            ContentPart::NumberOfSets,
            ContentPart::Subjects,
            ContentPart::Agency,
        ];
        assert_eq!(missing(&bare), all);
    }

    #[test]
    fn every_shipped_record_holds_every_required_part() {
        let shipped = catalogue::load(include_str!("../../../data/catalogue.json"));
        for procedure in shipped.expect("the shipped catalogue") {
            assert_eq!(missing(&procedure), [], "{}", procedure.code);
        }
    }
}

//! How service is scored, as data: the index of Decision 766 and the nine indicators of Circular 01/2018.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::law::Certainty;

/// One version of the index: its groups, the formula of each element and the rules by which dossiers are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    pub code: String,
    pub version: u32,
    pub effective_from: Date,
    pub legal_basis: String,
    /// Of the record as a whole: maxima and thresholds may be outdated.
    pub certainty: Certainty,
    pub note_vi: String,
    pub note_en: String,
    pub groups: Vec<Group>,
    pub rules: Vec<Rule>,
}

/// A group of elements; its points are theirs together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
    /// Points.
    pub max: u32,
    pub elements: Vec<Element>,
}

/// One ratio that gives points: `max × ratio / threshold`, at most `max`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    pub code: String,
    pub measure: Measure,
    pub name_vi: String,
    pub name_en: String,
    /// Points.
    pub max: u32,
    /// The ratio, in per cent, from which all points are given.
    pub threshold_percent: u32,
    pub without_denominator: WithoutDenominator,
    /// As the document writes it.
    pub formula: String,
    pub certainty: Certainty,
}

/// What an element measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    PublishedOnTime,
    UpdatedOnTime,
    ContentFull,
    Synchronised,
    Progress,
    OnlineProcedures,
    OnlineServicesUsed,
    OnlineDossiers,
    PayableProcedures,
    PaidProcedures,
    PaidDossiers,
    EResults,
    DigitisedComponents,
    CertifiedCopies,
    Reused,
    PersonalStore,
    CitizenDataDossiers,
    CitizenDataProcedures,
    ReceptionSatisfaction,
    FeedbackOnTime,
    FeedbackSatisfaction,
}

/// What an element gives when there is nothing to divide by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutDenominator {
    /// Nothing, and its points are not among those that could be had.
    NotCounted,
    /// No points of those that could be had.
    Zero,
    /// All points.
    Full,
}

/// How dossiers are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u32>,
    pub text_vi: String,
    pub text_en: String,
    pub certainty: Certainty,
}

impl Index {
    /// The index that comes with the program.
    #[must_use]
    pub fn shipped() -> Self {
        serde_json::from_str(include_str!("../../data/score766.json"))
            .expect("a test reads the same bytes")
    }

    /// Supplement requests that are no delay of the office.
    #[must_use]
    pub fn supplements_max(&self) -> u32 {
        let mut rules = self.rules.iter();
        let rule = rules.find(|rule| rule.code == "supplements_max");
        rule.and_then(|rule| rule.value).unwrap_or(1)
    }
}

impl Element {
    /// Hundredths of a point for a ratio: `max × ratio / threshold`, at most `max`, a half upwards. None when there is
    /// nothing to divide by and the element is then not counted.
    #[must_use]
    pub fn hundredths(&self, numerator: u64, denominator: u64) -> Option<u64> {
        let max = u64::from(self.max) * 100;
        if denominator == 0 {
            return match self.without_denominator {
                WithoutDenominator::NotCounted => None,
                WithoutDenominator::Zero => Some(0),
                WithoutDenominator::Full => Some(max),
            };
        }
        let over = u128::from(max) * u128::from(numerator) * 100;
        let under = u128::from(denominator) * u128::from(self.threshold_percent.max(1));
        let points = (over * 2 + under) / (under * 2);
        Some(u64::try_from(points).unwrap_or(max).min(max))
    }
}

/// The nine indicators of Circular 01/2018, arts 13–15.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    pub code: String,
    pub version: u32,
    pub legal_basis: String,
    pub certainty: Certainty,
    pub note_vi: String,
    pub note_en: String,
    /// Points of one dossier in one indicator.
    pub points_max: u32,
    /// Indicators that judge an officer.
    pub officer_indicators: Vec<u8>,
    pub officer_points_max: u32,
    pub agency_points_max: u32,
    /// Best first.
    pub officer_classes: Vec<Class>,
    /// Best first.
    pub agency_classes: Vec<Class>,
    pub indicators: Vec<QualityIndicator>,
}

/// What is reached from so many points on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// A decimal number with at most one digit after the point.
    pub from_points: String,
    pub name_vi: String,
    pub name_en: String,
}

/// One of the nine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityIndicator {
    pub number: u8,
    pub name_vi: String,
    pub name_en: String,
}

impl Quality {
    /// The indicators that come with the program.
    #[must_use]
    pub fn shipped() -> Self {
        serde_json::from_str(include_str!("../../data/quality2018.json"))
            .expect("a test reads the same bytes")
    }
}

impl Class {
    /// Tenths of a point from which it is reached.
    #[must_use]
    pub fn tenths(&self) -> u64 {
        let (whole, part) = self
            .from_points
            .split_once('.')
            .unwrap_or((&self.from_points, "0"));
        let digits = |text: &str| text.parse::<u64>().unwrap_or_default();
        digits(whole) * 10 + digits(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_a_hundred_points_of_distinct_elements() {
        let index = Index::shipped();
        assert_eq!(index.groups.iter().map(|group| group.max).sum::<u32>(), 100);
        let mut measures = std::collections::HashSet::new();
        for group in &index.groups {
            let sum: u32 = group.elements.iter().map(|element| element.max).sum();
            assert_eq!(sum, group.max, "group {}", group.code);
            assert!(
                group
                    .elements
                    .iter()
                    .all(|one| measures.insert(one.measure))
            );
        }
        assert_eq!(measures.len(), 21);
        assert_eq!(index.supplements_max(), 1);
    }

    #[test]
    fn points_are_a_ratio_of_the_maximum_up_to_the_threshold() {
        let index = Index::shipped();
        let element = |code: &str| {
            let mut all = index.groups.iter().flat_map(|group| &group.elements);
            all.find(|one| one.code == code)
                .expect("an element")
                .clone()
        };
        let progress = element("2.1");
        assert_eq!(progress.hundredths(2, 3), Some(1_333));
        assert_eq!(progress.hundredths(0, 0), None);
        let online = element("3.3");
        assert_eq!(online.hundredths(1, 4), Some(300));
        assert_eq!(online.hundredths(1, 2), Some(600));
        assert_eq!(online.hundredths(1, 1), Some(600));
        assert_eq!(element("5.1").hundredths(0, 0), Some(0));
        assert_eq!(element("5.2").hundredths(0, 0), Some(600));
    }

    #[test]
    fn the_nine_indicators_read_and_their_classes_fall() {
        let quality = Quality::shipped();
        assert_eq!(quality.indicators.len(), 9);
        for classes in [&quality.officer_classes, &quality.agency_classes] {
            assert!(
                classes
                    .windows(2)
                    .all(|pair| pair[0].tenths() > pair[1].tenths())
            );
        }
        assert_eq!(quality.officer_classes[1].tenths(), 35);
    }
}

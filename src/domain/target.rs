//! What an authority sets itself to reach: an indicator, whose, by when, and how much. Whether it is met is never recorded.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::catalogue::Level;
use super::code::OfficeCode;
use super::law::Certainty;
use super::text;

const BASIS_CHARS_MAX: usize = 200;

/// A ratio that is counted from the record, or that only somebody outside can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// (Early + on time) of the settled with a promised date, against the promise in force.
    OnTimeOfSettled,
    /// The same against the first promise.
    OnTimeOfSettledByOriginal,
    /// (Early + on time) of all received (Circular 01/2018 art. 30.2c).
    OnTimeOfReceived,
    /// Early of the settled with a promised date.
    EarlyOfSettled,
    /// Settled of all received.
    SettledOfReceived,
    /// New online of all new.
    OnlineOfNew,
    /// Overdue of the pending with a promised date.
    OverdueOfPending,
    /// Procedures offered online, fully or in part, of all in force.
    OnlineProcedures,
    /// Procedures offered fully online of all in force.
    FullOnlineProcedures,
    /// Procedures whose public record is complete of all in force.
    PublishedProcedures,
    /// Dossiers with an electronic result of those with a result.
    DigitisedResults,
    /// Dossiers with a digitised or reused paper of those with papers entered.
    DigitisedComponents,
    /// Dossiers with a reused paper of those with papers entered.
    ReusedComponents,
    /// Certifications with an electronic result of all certifications.
    ElectronicCertification,
    /// Dossiers paid online of those with something to pay.
    OnlinePayment,
    /// Satisfied of those who rated.
    Satisfaction,
    /// The same for land, construction and investment.
    SatisfactionLandConstructionInvestment,
    /// Satisfied with an agency's service in general: asked by a survey.
    SatisfactionWithAgencies,
    /// Feedback answered on time of all due.
    FeedbackOnTime,
    /// Procedures reviewed of all.
    ReviewedProcedures,
}

impl Indicator {
    pub const ALL: [Self; 20] = [
        Self::OnTimeOfSettled,
        Self::OnTimeOfSettledByOriginal,
        Self::OnTimeOfReceived,
        Self::EarlyOfSettled,
        Self::SettledOfReceived,
        Self::OnlineOfNew,
        Self::OverdueOfPending,
        Self::OnlineProcedures,
        Self::FullOnlineProcedures,
        Self::PublishedProcedures,
        Self::DigitisedResults,
        Self::DigitisedComponents,
        Self::ReusedComponents,
        Self::ElectronicCertification,
        Self::OnlinePayment,
        Self::Satisfaction,
        Self::SatisfactionLandConstructionInvestment,
        Self::SatisfactionWithAgencies,
        Self::FeedbackOnTime,
        Self::ReviewedProcedures,
    ];

    /// What people call it: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::OnTimeOfSettled => (
                "Tỷ lệ giải quyết trước và đúng hạn (trên số đã giải quyết)",
                "Early and on time, of settled",
            ),
            Self::OnTimeOfSettledByOriginal => (
                "Tỷ lệ trước và đúng hạn so với ngày hẹn đầu tiên",
                "Early and on time against the first promise, of settled",
            ),
            Self::OnTimeOfReceived => (
                "Tỷ lệ trước và đúng hạn (trên số tiếp nhận)",
                "Early and on time, of received",
            ),
            Self::EarlyOfSettled => ("Tỷ lệ trước hạn", "Early, of settled"),
            Self::SettledOfReceived => ("Tỷ lệ đã giải quyết", "Settled, of received"),
            Self::OnlineOfNew => ("Tỷ lệ hồ sơ trực tuyến", "Online, of new dossiers"),
            Self::OverdueOfPending => (
                "Tỷ lệ quá hạn trong số đang giải quyết",
                "Overdue, of pending",
            ),
            Self::OnlineProcedures => (
                "Tỷ lệ thủ tục cung cấp trực tuyến",
                "Procedures offered online",
            ),
            Self::FullOnlineProcedures => ("Tỷ lệ thủ tục toàn trình", "Procedures fully online"),
            Self::PublishedProcedures => (
                "Tỷ lệ thủ tục công khai đầy đủ",
                "Procedures published in full",
            ),
            Self::DigitisedResults => ("Tỷ lệ số hóa kết quả", "Results digitised"),
            Self::DigitisedComponents => (
                "Tỷ lệ số hóa thành phần hồ sơ",
                "Dossiers with digitised papers",
            ),
            Self::ReusedComponents => (
                "Tỷ lệ tái sử dụng dữ liệu đã số hóa",
                "Dossiers with reused papers",
            ),
            Self::ElectronicCertification => {
                ("Tỷ lệ chứng thực điện tử", "Electronic certification")
            }
            Self::OnlinePayment => ("Tỷ lệ thanh toán trực tuyến", "Paid online"),
            Self::Satisfaction => (
                "Mức độ hài lòng về giải quyết thủ tục",
                "Satisfaction with the settlement of procedures",
            ),
            Self::SatisfactionLandConstructionInvestment => (
                "Mức độ hài lòng về đất đai, xây dựng, đầu tư",
                "Satisfaction in land, construction and investment",
            ),
            Self::SatisfactionWithAgencies => (
                "Mức độ hài lòng về sự phục vụ của cơ quan",
                "Satisfaction with the service of agencies",
            ),
            Self::FeedbackOnTime => (
                "Tỷ lệ phản ánh, kiến nghị xử lý đúng hạn",
                "Feedback handled on time",
            ),
            Self::ReviewedProcedures => (
                "Tỷ lệ thủ tục được rà soát, đánh giá",
                "Procedures reviewed",
            ),
        }
    }

    /// Whether less of it is better.
    #[must_use]
    pub fn is_lower_better(self) -> bool {
        match self {
            Self::OverdueOfPending => true,
            Self::OnTimeOfSettled
            | Self::OnTimeOfSettledByOriginal
            | Self::OnTimeOfReceived
            | Self::EarlyOfSettled
            | Self::SettledOfReceived
            | Self::OnlineOfNew
            | Self::OnlineProcedures
            | Self::FullOnlineProcedures
            | Self::PublishedProcedures
            | Self::DigitisedResults
            | Self::DigitisedComponents
            | Self::ReusedComponents
            | Self::ElectronicCertification
            | Self::OnlinePayment
            | Self::Satisfaction
            | Self::SatisfactionLandConstructionInvestment
            | Self::SatisfactionWithAgencies
            | Self::FeedbackOnTime
            | Self::ReviewedProcedures => false,
        }
    }
}

/// How much: a ratio, never a rounded percentage. 40 % is 40 of 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    pub numerator: u32,
    pub denominator: u32,
}

/// What is to be reached. A later one for the same indicator, unit and days takes the place of the earlier, which stays on
/// record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub indicator: Indicator,
    /// Code of one office; absent for all, or all of a level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// All offices of a level; never together with `office`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    pub value: Goal,
    /// Number of the plan or decision that sets it.
    pub basis: String,
    pub certainty: Certainty,
}

/// Why a target cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("it ends before it begins")]
    Days,
    #[error("its value is no share: the denominator must not be 0, the numerator not larger")]
    Value,
    #[error("office and level exclude each other")]
    Scope,
    #[error("{0:?} is not an office code")]
    Office(String),
    #[error("basis: {0}")]
    Basis(text::TextError),
}

impl Target {
    /// The same target with its text cleaned.
    ///
    /// # Errors
    /// The first [`TargetError`] met.
    pub fn checked(mut self) -> Result<Self, TargetError> {
        if self.to < self.from {
            return Err(TargetError::Days);
        }
        if self.value.denominator == 0 || self.value.numerator > self.value.denominator {
            return Err(TargetError::Value);
        }
        if self.office.is_some() && self.level.is_some() {
            return Err(TargetError::Scope);
        }
        if let Some(office) = &self.office
            && office.parse::<OfficeCode>().is_err()
        {
            return Err(TargetError::Office(office.clone()));
        }
        self.basis = text::required(&self.basis, BASIS_CHARS_MAX).map_err(TargetError::Basis)?;
        Ok(self)
    }

    /// Whether both set the same thing for the same unit and days.
    #[must_use]
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.indicator == other.indicator
            && self.office == other.office
            && self.level == other.level
            && (self.from, self.to) == (other.from, other.to)
    }

    /// Whether a share reaches it; nothing divided by nothing reaches nothing.
    #[must_use]
    pub fn is_reached_by(&self, numerator: u64, denominator: u64) -> bool {
        let have = u128::from(numerator) * u128::from(self.value.denominator);
        let want = u128::from(denominator) * u128::from(self.value.numerator);
        let reached = if self.indicator.is_lower_better() {
            have <= want
        } else {
            have >= want
        };
        denominator > 0 && reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        serde_json::from_str(
            r#"{"indicator": "digitised_results", "level": "district", "from": "2023-01-01", "to": "2023-12-31",
                "value": {"numerator": 40, "denominator": 100}, "basis": "Kế hoạch 01/KH-UBND", "certainty": "illustrative"}"#,
        )
        .expect("a target")
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Target), error: &TargetError) {
        let mut target = target();
        change(&mut target);
        assert_eq!(target.checked().as_ref(), Err(error));
    }

    #[test]
    fn a_target_that_cannot_be_is_refused() {
        assert!(target().checked().is_ok());
        refused(
            |one| one.to = jiff::civil::date(2022, 1, 1),
            &TargetError::Days,
        );
        refused(|one| one.value.denominator = 0, &TargetError::Value);
        refused(|one| one.value.numerator = 101, &TargetError::Value);
        refused(
            |one| one.office = Some("H63.40".into()),
            &TargetError::Scope,
        );
        refused(
            |one| one.basis = " ".into(),
            &TargetError::Basis(text::TextError::Empty),
        );
    }

    #[test]
    fn a_share_reaches_a_target_exactly_and_never_by_rounding() {
        let target = target();
        assert!(target.is_reached_by(2, 5));
        assert!(!target.is_reached_by(39_999, 100_000));
        assert!(!target.is_reached_by(0, 0));
        let overdue = Target {
            indicator: Indicator::OverdueOfPending,
            ..target
        };
        assert!(overdue.is_reached_by(2, 5) && !overdue.is_reached_by(41, 100));
    }
}

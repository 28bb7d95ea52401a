//! How targets stand: computed from what is recorded whenever somebody asks, never stored.

use std::sync::Arc;

use jiff::civil::Date;

use super::measure::{Outcome, Share, measure};
use super::{Query, Scope};
use crate::domain::deadline::Comparison;
use crate::domain::target::Target;
use crate::projections::{ReadModels, Result};

/// How a target stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its days are over, and it was reached.
    Met,
    /// Its days are over, and it was not.
    Missed,
    /// Its days are not over.
    OnTheWay,
    /// Nothing to count, or only somebody outside can.
    NotMeasurable,
}

/// A target with what was counted for it.
#[derive(Debug, Clone)]
pub struct Judged {
    pub target: Arc<Target>,
    /// A later one took its place.
    pub superseded: bool,
    /// None before its first day and when it cannot be counted here.
    pub share: Option<Share>,
    /// Last day counted.
    pub counted_to: Option<Date>,
    pub standing: Standing,
    /// Reached by what was counted, whether or not its days are over.
    pub reached: Option<bool>,
    /// Why it stands so: (Vietnamese, English).
    pub why: (&'static str, &'static str),
}

/// The targets wanted, in the order in which they were set.
pub async fn targets(
    models: &ReadModels,
    today: Date,
    is_wanted: impl Fn(&Target) -> bool,
) -> Result<Vec<Judged>> {
    let reference = models.reference();
    let mut judged = Vec::with_capacity(reference.targets.len());
    for target in reference.targets.iter().filter(|one| is_wanted(one)) {
        let newest = reference.target_in_force(target);
        let superseded = newest.is_some_and(|newest| !Arc::ptr_eq(newest, target));
        judged.push(judge(models, target, superseded, today).await?);
    }
    Ok(judged)
}

/// The question that a target asks; none before its first day.
fn question(target: &Target, today: Date) -> Option<Query> {
    let scope = match (&target.office, target.level) {
        (Some(code), _) => Scope::Office(code.clone()),
        (None, Some(level)) => Scope::Level(level),
        (None, None) => Scope::All,
    };
    (target.from <= today).then(|| Query {
        scope,
        channel: None,
        procedure: None,
        from: target.from,
        to: target.to.min(today),
        comparison: Comparison::Date,
    })
}

async fn judge(
    models: &ReadModels,
    target: &Arc<Target>,
    superseded: bool,
    today: Date,
) -> Result<Judged> {
    let query = question(target, today);
    let outcome = match &query {
        Some(query) => Some(measure(models, query, target.indicator).await?),
        None => None,
    };
    let (standing, why) = stands(target, outcome, today);
    let share = match outcome {
        Some(Outcome::Counted(share)) => Some(share),
        Some(Outcome::Outside(_)) | None => None,
    };
    let counted = share.filter(|share| share.denominator > 0);
    Ok(Judged {
        target: Arc::clone(target),
        superseded,
        share,
        counted_to: query.map(|query| query.to),
        standing,
        reached: counted.map(|share| target.is_reached_by(share.numerator, share.denominator)),
        why,
    })
}

fn stands(
    target: &Target,
    outcome: Option<Outcome>,
    today: Date,
) -> (Standing, (&'static str, &'static str)) {
    let share = match outcome {
        None => {
            let why = ("Kỳ của chỉ tiêu chưa bắt đầu.", "Its days have not begun.");
            return (Standing::OnTheWay, why);
        }
        Some(Outcome::Outside(why)) => return (Standing::NotMeasurable, why),
        Some(Outcome::Counted(share)) => share,
    };
    let is_over = target.to < today;
    let reached = target.is_reached_by(share.numerator, share.denominator);
    match (is_over, share.denominator > 0, reached) {
        (false, false, _) => (
            Standing::OnTheWay,
            (
                "Đang trong kỳ; chưa có gì để tính.",
                "Its days go on; nothing to count yet.",
            ),
        ),
        (false, true, true) => (
            Standing::OnTheWay,
            (
                "Đang trong kỳ; số liệu đến nay đạt chỉ tiêu.",
                "Its days go on; what was counted so far reaches it.",
            ),
        ),
        (false, true, false) => (
            Standing::OnTheWay,
            (
                "Đang trong kỳ; số liệu đến nay chưa đạt chỉ tiêu.",
                "Its days go on; what was counted so far does not reach it.",
            ),
        ),
        (true, false, _) => (
            Standing::NotMeasurable,
            (
                "Trong kỳ không có gì để tính (mẫu số bằng 0).",
                "There was nothing to count in its days (the denominator is 0).",
            ),
        ),
        (true, true, true) => (
            Standing::Met,
            (
                "Hết kỳ, đạt chỉ tiêu.",
                "Its days are over; it was reached.",
            ),
        ),
        (true, true, false) => (
            Standing::Missed,
            (
                "Hết kỳ, không đạt chỉ tiêu.",
                "Its days are over; it was not reached.",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::law::Certainty;
    use crate::domain::target::{Goal, Indicator};

    #[track_caller]
    fn then_stands(counted: Option<(u64, u64)>, today: Date, expected: Standing) {
        let target = Target {
            indicator: Indicator::DigitisedResults,
            office: None,
            level: None,
            from: date(2023, 1, 1),
            to: date(2023, 12, 31),
            value: Goal {
                numerator: 40,
                denominator: 100,
            },
            basis: "01/KH-UBND".to_owned(),
            certainty: Certainty::Illustrative,
        };
        let outcome = counted.map(|(numerator, denominator)| {
            Outcome::Counted(Share {
                numerator,
                denominator,
                excluded: 0,
            })
        });
        assert_eq!(stands(&target, outcome, today).0, expected);
    }

    #[test]
    fn a_target_is_met_or_missed_only_when_its_days_are_over() {
        let (last, after) = (date(2023, 12, 31), date(2024, 1, 1));
        then_stands(Some((40, 100)), last, Standing::OnTheWay);
        then_stands(Some((40, 100)), after, Standing::Met);
        then_stands(Some((39, 100)), after, Standing::Missed);
        then_stands(Some((0, 0)), after, Standing::NotMeasurable);
        then_stands(None, date(2022, 12, 31), Standing::OnTheWay);
    }

    #[test]
    fn what_only_others_can_count_is_neither_met_nor_missed() {
        let why = ("khảo sát", "a survey");
        let target = Target {
            indicator: Indicator::SatisfactionWithAgencies,
            office: None,
            level: None,
            from: date(2023, 1, 1),
            to: date(2023, 12, 31),
            value: Goal {
                numerator: 85,
                denominator: 100,
            },
            basis: "01/KH-UBND".to_owned(),
            certainty: Certainty::Illustrative,
        };
        let outcome = Some(Outcome::Outside(why));
        let stands = stands(&target, outcome, date(2024, 1, 1));
        assert_eq!(stands, (Standing::NotMeasurable, why));
    }
}

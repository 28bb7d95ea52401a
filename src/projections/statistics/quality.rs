//! The nine indicators of Circular 01/2018: points of every settled dossier, divided by the dossiers; what the journal
//! cannot tell is dropped and never counts as nothing.

use sqlx::Row;

use super::experience::FEEDBACK;
use super::groups::{self, Dimension};
use super::measure::{NO_FIELDS, OFFICE, Share, asked, is_online, procedures_of, shares_by};
use super::sql::restrict;
use super::{Counts, Query};
use crate::domain::score::{Class, Quality};
use crate::projections::{ReadModels, Result};

/// One indicator as it came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    /// 1 to 9.
    pub number: u8,
    /// Sum of points, and of how many dossiers; of an indicator of the agency as a whole, its points of one.
    pub points: Option<(u64, u64)>,
    /// What was judged, or why nothing was: (Vietnamese, English).
    pub why: (&'static str, &'static str),
}

/// The indicators of an agency, or of one of its officers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    pub quality: Quality,
    pub indicators: Vec<Rated>,
    /// It judges an officer: fewer indicators, other classes.
    pub of_officer: bool,
}

impl Rated {
    /// Tenths of a point, a half upwards.
    #[must_use]
    pub fn tenths(&self) -> Option<u64> {
        let (points, dossiers) = self.points?;
        (points * 20 + dossiers).checked_div(dossiers * 2)
    }
}

impl Rating {
    /// Tenths reached, and tenths that could be had of what was not dropped.
    #[must_use]
    pub fn total(&self) -> (u64, u64) {
        let counted = self.indicators.iter().filter_map(Rated::tenths);
        let of = u64::from(self.quality.points_max) * 10;
        counted.fold((0, 0), |(sum, max), tenths| (sum + tenths, max + of))
    }

    /// The class reached: points in proportion when indicators were dropped; none when all were.
    #[must_use]
    pub fn class(&self) -> Option<&Class> {
        let (reached, of) = self.total();
        let (classes, max) = if self.of_officer {
            (
                &self.quality.officer_classes,
                self.quality.officer_points_max,
            )
        } else {
            (&self.quality.agency_classes, self.quality.agency_points_max)
        };
        let scaled = (reached * u64::from(max) * 10).checked_div(of)?;
        classes.iter().find(|class| class.tenths() <= scaled)
    }
}

/// Rates the offices asked about, or one handler of theirs.
pub async fn rate(models: &ReadModels, query: &Query, officer: Option<&str>) -> Result<Rating> {
    let quality = Quality::shipped();
    let counts = match officer {
        None => super::count(models, query).await?,
        Some(officer) => {
            let groups = groups::by(models, query, Dimension::Handler).await?;
            let own = groups.get(&Some(officer.to_owned()));
            own.map_or_else(Counts::default, |own| own.counts)
        }
    };
    let contacts = contacts(models, query, officer).await?;
    let wanted = |number: &u8| officer.is_none() || quality.officer_indicators.contains(number);
    let mut indicators = Vec::new();
    for number in (1..=9).filter(wanted) {
        indicators.push(indicator(models, query, number, &counts, &contacts).await?);
    }
    Ok(Rating {
        quality,
        indicators,
        of_officer: officer.is_some(),
    })
}

/// Points for contacts, over the dossiers settled in the period.
struct Contacts {
    dossiers: u64,
    /// None, one, more supplement requests: 2, 1, 0.
    supplements: u64,
    /// None, one, more offices that passed it on: 2, 1, 0.
    agencies: u64,
}

async fn contacts(models: &ReadModels, query: &Query, officer: Option<&str>) -> Result<Contacts> {
    let mut sql = asked(query);
    sql.push(
        " judged as (select (select count(*) - 1 from turn as one where one.number = turn.number and one.turn <= turn.turn
                and one.first = one.turn) as passed_on,
            (select count(*) from supplement where supplement.number = turn.number
                and (supplement.turn = 0 or supplement.turn between turn.first and turn.turn) and supplement.deed = 'asked'
                and supplement.recorded_at < until) as requests
          from asked cross join turn
          where turn.end_kind in ('completed', 'refused') and turn.ended_at >= since and turn.ended_at < until",
    );
    restrict(&mut sql, query);
    if let Some(officer) = officer {
        sql.push(
            " and (select officer from handling where handling.number = turn.number
                and handling.turn = turn.turn and deed = 'handler' and recorded_at < until
              order by position desc limit 1) = ",
        )
        .push_bind(officer.to_owned());
    }
    sql.push(
        ") select count(*) as dossiers, coalesce(sum(max(0, 2 - requests)), 0) as supplements,
            coalesce(sum(max(0, 2 - passed_on)), 0) as agencies from judged",
    );
    let row = sql.build().fetch_one(models.pool()).await?;
    let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
    Ok(Contacts {
        dossiers: number("dossiers")?,
        supplements: number("supplements")?,
        agencies: number("agencies")?,
    })
}

async fn indicator(
    models: &ReadModels,
    query: &Query,
    number: u8,
    counts: &Counts,
    contacts: &Contacts,
) -> Result<Rated> {
    let over = |points, dossiers: u64| (dossiers > 0).then_some((points, dossiers));
    let (points, why) = match number {
        1 => {
            let settled = counts.settled;
            let dated = settled.total() - settled.undated;
            let why = (
                "Mỗi hồ sơ đã giải quyết: trước hạn 2, đúng hạn 1, trễ hạn 0; so với ngày hẹn hiện hành.",
                "Each settled dossier: early 2, on time 1, late 0, against the promise in force.",
            );
            (over(settled.early * 2 + settled.on_time, dated), why)
        }
        3 => {
            let why = (
                "Mỗi hồ sơ đã giải quyết: không phải bổ sung 2, một lần 1, nhiều hơn 0.",
                "Each settled dossier: no supplement 2, one 1, more 0.",
            );
            (over(contacts.supplements, contacts.dossiers), why)
        }
        4 => {
            let why = (
                "Mỗi hồ sơ đã giải quyết: không bị chuyển cơ quan khác 2, một lần 1, nhiều hơn 0.",
                "Each settled dossier: never passed on to another office 2, once 1, more often 0.",
            );
            (over(contacts.agencies, contacts.dossiers), why)
        }
        8 => {
            let mut share = Share::default();
            let shares = shares_by(models, query, &FEEDBACK, NO_FIELDS, OFFICE).await?;
            for one in shares.into_values() {
                share.add(one);
            }
            let why = (
                "Phản ánh, kiến nghị trả lời đúng hạn: 100 % được 2 điểm, từ 90 % được 1 điểm; không có phản ánh thì bỏ chỉ số.",
                "Feedback answered on time: 100 % gives 2, from 90 % on 1; without feedback the indicator is dropped.",
            );
            (feedback_points(share).map(|points| (points, 1)), why)
        }
        9 => {
            let why = (
                "Từ 20 % thủ tục trực tuyến và 30 % hồ sơ trực tuyến, không hồ sơ nào quá hạn: 2 điểm; từ 15 % thủ tục và hồ sơ: 1 điểm.",
                "From 20 % of procedures and 30 % of dossiers online with none overdue: 2; from 15 % of both: 1.",
            );
            (
                online_points(models, query, counts).map(|points| (points, 1)),
                why,
            )
        }
        2 => (
            None,
            (
                "Giờ của từng bước trong dữ liệu thủ tục chỉ là minh họa, không ràng buộc cơ quan nào.",
                "The step hours of the catalogue are illustrative and bind no agency.",
            ),
        ),
        5 => (
            None,
            (
                "Cần danh mục thủ tục được giải quyết ngay tại bộ phận một cửa.",
                "The list of procedures settled within the one-stop unit is needed.",
            ),
        ),
        6 => (
            None,
            (
                "Thời điểm công khai thủ tục không có trong sổ nhật ký.",
                "When procedures were made public is not in the journal.",
            ),
        ),
        // foreign: the number of an indicator; 7 and none other is left
        _ => (
            None,
            (
                "Phản ánh về thái độ có căn cứ hay không do cơ quan khác kết luận.",
                "Whether a complaint about attitude is substantiated is found outside.",
            ),
        ),
    };
    Ok(Rated {
        number,
        points,
        why,
    })
}

fn feedback_points(share: Share) -> Option<u64> {
    let Share {
        numerator,
        denominator,
        ..
    } = share;
    (denominator > 0).then(|| {
        if numerator == denominator {
            2
        } else {
            u64::from(numerator * 10 >= denominator * 9)
        }
    })
}

fn online_points(models: &ReadModels, query: &Query, counts: &Counts) -> Option<u64> {
    let reference = models.reference();
    let (mut online, mut all) = (0_u64, 0_u64);
    for procedure in procedures_of(query, &reference) {
        all += 1;
        online += u64::from(is_online(procedure));
    }
    let received = counts.received;
    if all == 0 || received.fresh() == 0 {
        return None;
    }
    let reaches = |procedures: u64, dossiers: u64| {
        online * 100 >= all * procedures && received.online * 100 >= received.fresh() * dossiers
    };
    let none_overdue = counts.settled.late == 0 && counts.pending.overdue == 0;
    Some(if reaches(20, 30) && none_overdue {
        2
    } else {
        u64::from(reaches(15, 15))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(points: &[Option<(u64, u64)>], of_officer: bool) -> Rating {
        let indicators = points.iter().zip(1..).map(|(points, number)| Rated {
            number,
            points: *points,
            why: ("", ""),
        });
        Rating {
            quality: Quality::shipped(),
            indicators: indicators.collect(),
            of_officer,
        }
    }

    #[test]
    fn what_is_missing_is_dropped_and_never_nothing() {
        let whole = rating(&[Some((2, 1)), Some((3, 2)), None], false);
        assert_eq!(whole.total(), (35, 40));
        // 3.5 of 4 is 15.75 of 18.
        assert_eq!(
            whole.class().map(|class| class.name_en.as_str()),
            Some("Excellent")
        );
        let with_nothing = rating(&[Some((2, 1)), Some((3, 2)), Some((0, 5))], false);
        assert_eq!(with_nothing.total(), (35, 60));
        assert_eq!(rating(&[None, None], false).class(), None);
    }

    #[test]
    fn a_score_has_one_decimal_rounded_half_up() {
        let tenths = |points| rating(&[Some(points)], true).indicators[0].tenths();
        assert_eq!(tenths((1, 20)), Some(1));
        assert_eq!(tenths((1, 21)), Some(0));
        assert_eq!(tenths((40, 20)), Some(20));
    }

    #[test]
    fn feedback_must_all_be_answered_for_full_points() {
        let points = |numerator, denominator| {
            feedback_points(Share {
                numerator,
                denominator,
                excluded: 0,
            })
        };
        assert_eq!(points(10, 10), Some(2));
        assert_eq!(points(9, 10), Some(1));
        assert_eq!(points(89, 100), Some(0));
        assert_eq!(points(0, 0), None);
    }
}

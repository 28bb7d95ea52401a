//! A period beside the one before and the same one a year ago.

use super::figures::{Figures, Share};
use super::table::{Cell, Column, Label, Row, Table};
use crate::projections::statistics::Counts;
use crate::web::lang::Pair;

/// The period beside two earlier ones.
#[must_use]
pub fn comparison(now: &Counts, before: &Counts, last_year: &Counts) -> Table {
    let column = |key, name, means| Column { key, name, means };
    let all = [
        Figures::from(now),
        Figures::from(before),
        Figures::from(last_year),
    ];
    let there = |one: &Figures| one.received > 0;
    // A period in which the journal knows of nothing is a period without data.
    let told = |count: u64, one: &Figures| {
        if there(one) {
            Cell::Count(count)
        } else {
            Cell::Nothing
        }
    };
    let counted = |key: &str, name: Pair, of: &dyn Fn(&Figures) -> u64| {
        let [now, before, last_year] = [of(&all[0]), of(&all[1]), of(&all[2])];
        let change = |then: u64, one: &Figures| {
            if there(one) {
                Cell::Change(now.cast_signed() - then.cast_signed())
            } else {
                Cell::Nothing
            }
        };
        Row {
            label: Label::new(key, name),
            link: None,
            class: "",
            cells: vec![
                Cell::Count(now),
                told(before, &all[1]),
                change(before, &all[1]),
                told(last_year, &all[2]),
                change(last_year, &all[2]),
            ],
        }
    };
    let shared = |key: &str, name: Pair, of: &dyn Fn(&Figures) -> Share| {
        let [now, before, last_year] = [of(&all[0]), of(&all[1]), of(&all[2])];
        let points = |then: Share| points(now, then).map_or(Cell::Nothing, Cell::Points);
        Row {
            label: Label::new(key, name),
            link: None,
            class: "",
            cells: vec![
                Cell::Share(now),
                Cell::Share(before),
                points(before),
                Cell::Share(last_year),
                points(last_year),
            ],
        }
    };
    let means = (
        "Số hồ sơ, hoặc tử số và mẫu số",
        "Dossiers, or numerator and denominator",
    );
    let change = (
        "Kỳ này trừ kỳ so sánh: số hồ sơ, hoặc phần mười điểm phần trăm",
        "This period less that one: dossiers, or tenths of a percentage point",
    );
    Table {
        name: "comparison",
        title: ("So với kỳ trước và năm trước", "Beside earlier periods"),
        head: column(
            "figure",
            ("Chỉ tiêu", "Figure"),
            ("Tên chỉ tiêu", "Name of the figure"),
        ),
        columns: vec![
            column("now", ("Kỳ này", "This period"), means),
            column("before", ("Kỳ trước", "The period before"), means),
            column("change_before", ("So kỳ trước", "Change"), change),
            column("last_year", ("Cùng kỳ năm trước", "A year before"), means),
            column(
                "change_last_year",
                ("So năm trước", "Change in a year"),
                change,
            ),
        ],
        rows: vec![
            counted("received", ("Tiếp nhận", "Received"), &|one| {
                one.received
            }),
            counted("settled", ("Đã giải quyết", "Settled"), &|one| {
                one.settled
            }),
            shared(
                "in_time",
                ("Trước và đúng hẹn", "Early and on time"),
                &|one| one.in_time,
            ),
            shared(
                "in_time_by_original",
                ("Theo ngày hẹn ban đầu", "Against the first date"),
                &|one| one.in_time_by_original,
            ),
            counted("late", ("Trễ hẹn", "Late"), &|one| one.late),
            counted(
                "closed",
                ("Đóng, không giải quyết", "Closed unsettled"),
                &|one| one.closed,
            ),
            counted("pending", ("Đang giải quyết", "Pending"), &|one| {
                one.pending
            }),
            counted("overdue", ("Quá hẹn", "Overdue"), &|one| one.overdue),
        ],
        notes: vec![(
            "Nơi kỳ so sánh không có hồ sơ nào thì không tính chênh lệch.",
            "Where an earlier period has no dossier at all, no difference is given.",
        )],
    }
}

/// Tenths of a percentage point that one share is above another, a half away from zero.
fn points(now: Share, then: Share) -> Option<i64> {
    if now.whole == 0 || then.whole == 0 {
        return None;
    }
    let of = |part: u64, whole: u64| i128::from(part) * i128::from(whole) * 1_000;
    let above = of(now.part, then.whole) - of(then.part, now.whole);
    let by = i128::from(now.whole) * i128::from(then.whole);
    let rounded = (2 * above + above.signum() * by) / (2 * by);
    i64::try_from(rounded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_shares_are_in_points_and_of_nothing_there_is_none() {
        let share = |part, whole| Share { part, whole };
        assert_eq!(points(share(99, 100), share(98, 100)), Some(10));
        assert_eq!(points(share(1, 3), share(2, 3)), Some(-333));
        assert_eq!(points(share(2, 3), share(1, 3)), Some(333));
        assert_eq!(points(share(1, 2), share(0, 0)), None);
    }
}

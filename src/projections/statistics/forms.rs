//! Form II.06a: our counts put into the columns of the statutory form, with the rule by which the extra ones went where.

use std::collections::BTreeMap;

use serde::Serialize;

use super::groups::{self, Dimension, Tally, field_of};
use super::{Counts, Query};
use crate::projections::{ReadModels, Result};

/// The columns of the form that have numbers, in order: its own numbers.
pub const COLUMNS: [u8; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

/// Where what the form has no column for was put: (Vietnamese, English).
pub const RULE: (&str, &str) = (
    "Biểu không có cột cho hồ sơ đóng mà không giải quyết (rút, dừng, chuyển cơ quan khác) và hồ sơ không có ngày hẹn. \
Không hồ sơ nào như vậy được tính trước hạn hay đúng hạn: hồ sơ đóng mà không giải quyết nằm ở cột 12 nếu đóng trước khi quá \
ngày hẹn, ở cột 13 nếu đóng sau đó hoặc không có ngày hẹn; hồ sơ đã giải quyết không có ngày hẹn nằm ở cột 10; hồ sơ đang giải \
quyết không có ngày hẹn nằm ở cột 13. Hồ sơ chuyển cơ quan khác được cơ quan nhận tính là mới tiếp nhận. Hồ sơ nhận chuyển giao từ cơ quan kết thúc hoạt \
động nằm ở cột 6, không tính là mới; hồ sơ đã chuyển giao nằm ở cột 12 nếu chuyển trước khi quá ngày hẹn, ở cột 13 nếu sau đó; \
được nhận và được giao trong cùng phạm vi thì chỉ tính một lần. Số đã xếp theo quy tắc \
này ghi ở phần \"moved\" của từng dòng.",
    "The form has no column for dossiers closed without settlement (withdrawn, stopped, passed on) and for those without a \
promised date. None of them is counted early or on time: closed without settlement stands in column 12 when closed before the \
promise had passed, in column 13 when closed after it or without a promise; settled without a promise stands in column 10; \
pending without a promise stands in column 13. What was passed on is counted as new by the office that receives it. What was taken over from an \
office that has ended stands in column 6, never as new; what was given away so stands in column 12 when the promise had not \
passed, in column 13 when it had; what was both given and taken within the scope is counted once. How many were \
put so stands in `moved` of every line.",
);

/// One line of the form. Its numbers keep the form's four identities, for every history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Line {
    /// Columns (3) to (13).
    pub cells: [u64; COLUMNS.len()],
    pub moved: Moved,
}

/// Of the numbers of a line: those that the form has no column for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Moved {
    /// In column 12: closed without settlement before the promise had passed.
    pub closed_in_12: u64,
    /// In column 13: closed without settlement after it, or without a promise.
    pub closed_in_13: u64,
    /// In column 10: settled, nothing promised.
    pub undated_in_10: u64,
    /// In column 13: pending, nothing promised.
    pub undated_in_13: u64,
    /// In column 6: taken over from an office that has ended.
    pub transferred_in_6: u64,
    /// In column 12: given to the office that took over, before the promise had passed.
    pub transferred_in_12: u64,
    /// In column 13: the same after it.
    pub transferred_in_13: u64,
}

/// A line with its field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldLine {
    /// Column (1), from 1.
    pub place: usize,
    /// Column (2), Vietnamese.
    pub field_vi: String,
    /// The same in English.
    pub field_en: String,
    pub line: Line,
}

/// The filled form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form {
    /// Fields with anything to tell, in alphabetical order.
    pub lines: Vec<FieldLine>,
    pub total: Line,
    /// Our own counts, of which it was made.
    #[serde(skip)]
    pub counts: Counts,
}

impl Line {
    #[must_use]
    pub fn of(tally: &Tally) -> Self {
        let Counts {
            received,
            settled,
            closed,
            transferred,
            pending,
            ..
        } = &tally.counts;
        // Given and taken within the scope: it never left.
        let within = transferred.r#in.min(transferred.out);
        let out_in_time = tally.out_in_time.saturating_sub(within);
        let moved = Moved {
            closed_in_12: tally.closed_in_time,
            closed_in_13: closed.total() - tally.closed_in_time,
            undated_in_10: settled.undated,
            undated_in_13: pending.undated,
            transferred_in_6: transferred.r#in - within,
            transferred_in_12: out_in_time,
            transferred_in_13: transferred.out - within - out_in_time,
        };
        let late = settled.late + moved.undated_in_10;
        let carried = received.carried_over + moved.transferred_in_6;
        let in_time = pending.in_time + moved.closed_in_12 + moved.transferred_in_12;
        let overdue =
            pending.overdue + moved.undated_in_13 + moved.closed_in_13 + moved.transferred_in_13;
        let cells = [
            received.fresh() + carried,
            received.online,
            received.direct,
            carried,
            settled.early + settled.on_time + late,
            settled.early,
            settled.on_time,
            late,
            in_time + overdue,
            in_time,
            overdue,
        ];
        Self { cells, moved }
    }

    /// A column by the form's own number, 3 to 13.
    #[must_use]
    pub fn column(&self, number: u8) -> Option<u64> {
        let place = COLUMNS.iter().position(|column| *column == number)?;
        self.cells.get(place).copied()
    }

    /// (3) = (4)+(5)+(6); (7) = (8)+(9)+(10); (11) = (12)+(13); (3) = (7)+(11).
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let [
            all,
            online,
            direct,
            carried,
            settled,
            early,
            on_time,
            late,
            pending,
            in_time,
            overdue,
        ] = self.cells;
        all == online + direct + carried
            && settled == early + on_time + late
            && pending == in_time + overdue
            && all == settled + pending
    }
}

/// Fills form II.06a, one line a field.
pub async fn form_06a(models: &ReadModels, query: &Query) -> Result<Form> {
    let groups = groups::by(models, query, Dimension::Field).await?;
    let reference = models.reference();
    let english: BTreeMap<String, String> = reference
        .procedures
        .keys()
        .filter_map(|code| field_of(code, &reference))
        .collect();
    let lines = groups.iter().zip(1..).map(|((field, tally), place)| {
        let field_vi = field.clone().unwrap_or_default();
        FieldLine {
            place,
            field_en: english.get(&field_vi).unwrap_or(&field_vi).clone(),
            field_vi,
            line: Line::of(tally),
        }
    });
    let total = groups::total(&groups);
    Ok(Form {
        lines: lines.collect(),
        total: Line::of(&total),
        counts: total.counts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::statistics::{Closed, Pending, Received, Settled, Transferred};

    #[test]
    fn what_the_form_has_no_column_for_is_never_in_time() {
        let tally = Tally {
            counts: Counts {
                received: Received {
                    online: 4,
                    direct: 5,
                    carried_over: 6,
                },
                settled: Settled {
                    early: 1,
                    on_time: 2,
                    late: 3,
                    undated: 1,
                },
                closed: Closed {
                    withdrawn: 2,
                    stopped: 1,
                    redirected: 1,
                },
                pending: Pending {
                    in_time: 2,
                    overdue: 1,
                    undated: 1,
                },
                ..Counts::default()
            },
            closed_in_time: 3,
            closed_overdue: 1,
            out_in_time: 0,
        };
        let line = Line::of(&tally);
        assert!(line.is_balanced(), "{line:?}");
        assert_eq!(line.cells, [15, 4, 5, 6, 7, 1, 2, 4, 8, 5, 3]);
        assert_eq!(line.column(10), Some(4));
        assert_eq!(line.column(2), None);
    }

    #[test]
    fn what_went_from_office_to_office_is_in_the_form_once() {
        let tally = |r#in: u64, out: u64, out_in_time: u64, pending: u64| {
            let mut tally = Tally::default();
            tally.counts.received.direct = out;
            tally.counts.transferred = Transferred { r#in, out };
            tally.counts.pending.in_time = pending;
            tally.out_in_time = out_in_time;
            tally
        };
        let (old, new) = (tally(0, 5, 3, 0), tally(5, 0, 0, 5));
        let mut both = old;
        both += new;
        let lines = [old, new, both].map(|tally| Line::of(&tally));
        assert!(lines.iter().all(Line::is_balanced), "{lines:?}");
        assert_eq!(lines[0].cells, [5, 0, 5, 0, 0, 0, 0, 0, 5, 3, 2]);
        assert_eq!(lines[1].cells, [5, 0, 0, 5, 0, 0, 0, 0, 5, 5, 0]);
        assert_eq!(lines[2].cells, [5, 0, 5, 0, 0, 0, 0, 0, 5, 5, 0]);
        assert_eq!(lines[2].moved, Moved::default());
    }
}

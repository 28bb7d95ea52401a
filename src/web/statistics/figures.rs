//! The figures of one scope as rows to print, and the rates with what they are made of.

use crate::projections::statistics::{Counts, Settled};
use crate::web::lang::{Lang, Pair};

/// A part of a whole; shown with both numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub part: u64,
    pub whole: u64,
}

impl Share {
    /// A dash when there is nothing to divide.
    #[must_use]
    pub fn percent(&self, lang: &Lang) -> String {
        lang.percent(self.part, self.whole)
            .unwrap_or_else(|| "–".to_owned())
    }

    /// Early and on time, of all settled with a promised date.
    #[must_use]
    pub fn in_time(settled: &Settled) -> Self {
        Self {
            part: settled.early + settled.on_time,
            whole: settled.total() - settled.undated,
        }
    }
}

/// How much a row weighs on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Sum,
    Part,
}

#[derive(Debug, Clone, Copy)]
pub struct FigureRow {
    pub name: Pair,
    pub weight: Weight,
    /// Against the date in force, and against the first one.
    pub current: u64,
    pub original: u64,
}

impl FigureRow {
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.weight {
            Weight::Sum => "sum",
            Weight::Part => "sub",
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Figures {
    counts: Counts,
    pub received: u64,
    pub settled: u64,
    pub late: u64,
    pub closed: u64,
    pub pending: u64,
    pub overdue: u64,
    pub in_time: Share,
    pub in_time_by_original: Share,
    /// Settled without a date: in no rate.
    pub excluded: u64,
}

impl From<&Counts> for Figures {
    fn from(counts: &Counts) -> Self {
        Self {
            counts: *counts,
            received: counts.received.total(),
            settled: counts.settled.total(),
            late: counts.settled.late,
            closed: counts.closed.total(),
            pending: counts.pending.total(),
            overdue: counts.pending.overdue,
            in_time: Share::in_time(&counts.settled),
            in_time_by_original: Share::in_time(&counts.settled_by_original),
            excluded: counts.settled.undated,
        }
    }
}

impl Figures {
    /// The class of the headline: no praise in a colour, only a warning when something was late.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        if self.late > 0 || self.overdue > 0 {
            "warn"
        } else {
            "good"
        }
    }

    #[must_use]
    pub fn rows(&self) -> Vec<FigureRow> {
        let now = &self.counts;
        let (first, left) = (&now.settled_by_original, &now.pending_by_original);
        let sum = |name, current, original| FigureRow {
            name,
            weight: Weight::Sum,
            current,
            original,
        };
        let part = |name, current, original| FigureRow {
            name,
            weight: Weight::Part,
            current,
            original,
        };
        let alike = |name, count| part(name, count, count);
        // Few offices ever end: the lines stand where there is something to tell.
        let moved = |name, count: u64| (count > 0).then(|| alike(name, count));
        let came = moved(
            (
                "Nhận chuyển giao từ cơ quan kết thúc",
                "Taken over from an office that ended",
            ),
            now.transferred.r#in,
        );
        let went = moved(
            (
                "Chuyển giao khi cơ quan kết thúc",
                "Given over as the office ended",
            ),
            now.transferred.out,
        );
        let first_rows = vec![
            sum(("Tiếp nhận", "Received"), self.received, self.received),
            alike(("Mới, trực tuyến", "New, online"), now.received.online),
            alike(
                ("Mới, trực tiếp hoặc bưu chính", "New, direct or by post"),
                now.received.direct,
            ),
            alike(
                ("Kỳ trước chuyển sang", "Carried over"),
                now.received.carried_over,
            ),
        ];
        let settled_rows = vec![
            sum(("Đã giải quyết", "Settled"), self.settled, first.total()),
            part(("Trước hẹn", "Early"), now.settled.early, first.early),
            part(("Đúng hẹn", "On time"), now.settled.on_time, first.on_time),
            part(("Trễ hẹn", "Late"), now.settled.late, first.late),
            part(
                ("Không có ngày hẹn", "Undated"),
                now.settled.undated,
                first.undated,
            ),
            sum(
                ("Đóng, không giải quyết", "Closed without settlement"),
                self.closed,
                self.closed,
            ),
            alike(("Đã rút", "Withdrawn"), now.closed.withdrawn),
            alike(("Dừng giải quyết", "Stopped"), now.closed.stopped),
            alike(("Chuyển cơ quan khác", "Passed on"), now.closed.redirected),
        ];
        let pending_rows = vec![
            sum(("Đang giải quyết", "Pending"), self.pending, left.total()),
            part(("Trong hạn", "In time"), now.pending.in_time, left.in_time),
            part(("Quá hẹn", "Overdue"), now.pending.overdue, left.overdue),
            part(
                ("Không có ngày hẹn", "Undated"),
                now.pending.undated,
                left.undated,
            ),
        ];
        let rows = first_rows.into_iter().chain(came).chain(settled_rows);
        rows.chain(went).chain(pending_rows).collect()
    }
}

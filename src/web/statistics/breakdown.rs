//! The counts of a period, split: as tables, and as the drawings that go with them.

use super::chart::{BarRow, Chart, Naming, Paint, Series};
use super::figures::Figures;
use super::table::{Cell, Column, Label, Row, Table};
use crate::projections::statistics::Counts;
use crate::projections::statistics::suppress::FEWEST;
use crate::web::dates;
use crate::web::lang::{Lang, Pair};
use jiff::civil::Date;

/// Bars that one drawing has; the table has all rows.
const BARS_MAX: usize = 15;

const COLUMNS: [Column; 8] = [
    Column {
        key: "received",
        name: ("Tiếp nhận", "Received"),
        means: (
            "Mới trong kỳ và kỳ trước chuyển sang",
            "New in the period, and carried over",
        ),
    },
    Column {
        key: "settled",
        name: ("Giải quyết", "Settled"),
        means: (
            "Đã ký kết quả hoặc từ chối giải quyết trong kỳ",
            "A result signed, or refused after appraisal, in the period",
        ),
    },
    Column {
        key: "in_time",
        name: ("Trước, đúng hẹn", "In time"),
        means: (
            "Trước và đúng hẹn / đã giải quyết có ngày hẹn, theo ngày hẹn hiện hành",
            "Early and on time / settled with a date, against the date in force",
        ),
    },
    Column {
        key: "in_time_by_original",
        name: ("Theo hẹn đầu", "By first date"),
        means: (
            "Như trên, theo ngày hẹn ban đầu",
            "The same against the first promised date",
        ),
    },
    Column {
        key: "late",
        name: ("Trễ", "Late"),
        means: (
            "Giải quyết sau ngày hẹn hiện hành",
            "Settled after the date in force",
        ),
    },
    Column {
        key: "closed",
        name: ("Đóng, không giải quyết", "Closed unsettled"),
        means: (
            "Rút, dừng hoặc chuyển cơ quan khác trong kỳ",
            "Withdrawn, stopped or passed on in the period",
        ),
    },
    Column {
        key: "pending",
        name: ("Đang giải quyết", "Pending"),
        means: (
            "Chưa kết thúc lúc hết kỳ",
            "Not ended when the period ended",
        ),
    },
    Column {
        key: "overdue",
        name: ("Quá hẹn", "Overdue"),
        means: (
            "Đang giải quyết và đã qua ngày hẹn lúc hết kỳ",
            "Pending, with the date passed when the period ended",
        ),
    },
];

fn cells(counts: &Counts) -> Vec<Cell> {
    let figures = Figures::from(counts);
    vec![
        Cell::Count(figures.received),
        Cell::Count(figures.settled),
        Cell::Share(figures.in_time),
        Cell::Share(figures.in_time_by_original),
        Cell::Count(figures.late),
        Cell::Count(figures.closed),
        Cell::Count(figures.pending),
        Cell::Count(figures.overdue),
    ]
}

/// One month, or what of it lies in the period.
pub struct Month {
    pub from: Date,
    pub to: Date,
    pub counts: Counts,
}

impl Month {
    fn label(&self) -> Label {
        let (from, to) = (self.from, self.to);
        let key = format!("{}-{:02}", from.year(), from.month());
        let is_whole = from.day() == 1 && to == to.last_of_month();
        let of = |lang: Lang| {
            let name = match lang {
                Lang::Vi => format!("Tháng {}/{}", from.month(), from.year()),
                Lang::En => dates::day(from, lang)
                    .split_once(' ')
                    .map_or_else(|| key.clone(), |(_, month)| month.to_owned()),
            };
            if is_whole {
                return name;
            }
            format!("{name} ({}–{})", from.day(), to.day())
        };
        Label::new(key.clone(), (&of(Lang::Vi), &of(Lang::En)))
    }
}

/// The months of a period one by one: each is counted as a period of its own.
#[must_use]
pub fn months(months: &[Month]) -> Table {
    let rows = months.iter().map(|month| Row {
        label: month.label(),
        link: None,
        class: "",
        cells: cells(&month.counts),
    });
    Table {
        name: "months",
        title: ("Theo tháng", "By month"),
        head: Column {
            key: "month",
            name: ("Tháng", "Month"),
            means: ("Tháng dương lịch", "Calendar month"),
        },
        columns: COLUMNS.to_vec(),
        rows: rows.collect(),
        notes: vec![(
            "Mỗi tháng được đếm như một kỳ riêng, nên hồ sơ chuyển tiếp được tính là tiếp nhận ở mỗi tháng.",
            "Each month is counted as a period of its own: what is carried over is received in every month.",
        )],
    }
}

/// The same months as drawings: the two rates as lines; what came, was settled and was left as columns.
#[must_use]
pub fn months_drawn(months: &[Month], lang: Lang) -> [Chart; 2] {
    let labels: Vec<String> = months
        .iter()
        .map(|month| month.from.month().to_string())
        .collect();
    let figures: Vec<Figures> = months.iter().map(|month| (&month.counts).into()).collect();
    let span = match (months.first(), months.last()) {
        (Some(first), Some(last)) => {
            let (first, last) = (first.label(), last.label());
            format!("{} – {}", first.text(lang), last.text(lang))
        }
        _ => String::new(),
    };
    let desc = |vi: &str, en: &str| {
        format!(
            "{}: {span}. {}",
            lang.of(vi, en),
            lang.of(
                "Cùng số liệu trong bảng “Theo tháng”.",
                "The same numbers stand in the table “By month”.",
            )
        )
    };
    let rates = [
        Series {
            name: lang.of("ngày hẹn hiện hành", "date in force").to_owned(),
            paint: Paint::Solid,
            values: figures.iter().map(|one| one.in_time).collect(),
        },
        Series {
            name: lang
                .of("ngày hẹn ban đầu", "first promised date")
                .to_owned(),
            paint: Paint::Dashed,
            values: figures.iter().map(|one| one.in_time_by_original).collect(),
        },
    ];
    let flow = [
        Series {
            name: lang.of("mới tiếp nhận", "newly received").to_owned(),
            paint: Paint::Solid,
            values: months
                .iter()
                .map(|one| one.counts.received.fresh())
                .collect(),
        },
        Series {
            name: lang.of("giải quyết", "settled").to_owned(),
            paint: Paint::Light,
            values: figures.iter().map(|one| one.settled).collect(),
        },
        Series {
            name: lang
                .of("còn lại cuối tháng", "pending at its end")
                .to_owned(),
            paint: Paint::Dashed,
            values: figures.iter().map(|one| one.pending).collect(),
        },
    ];
    let named = |id, vi: &str, en: &str, desc: String| Naming {
        id,
        title: lang.of(vi, en).to_owned(),
        desc,
    };
    [
        Chart::lines(
            named(
                "c-rate",
                "Tỷ lệ trước và đúng hẹn",
                "Early and on time",
                desc(
                    "Tỷ lệ phần trăm theo tháng, theo hai ngày hẹn",
                    "Per cent by month, against both dates",
                ),
            ),
            &labels,
            &rates,
        ),
        Chart::columns(
            named(
                "c-flow",
                "Tiếp nhận, giải quyết, còn lại",
                "Received, settled, pending",
                desc("Số hồ sơ theo tháng", "Dossiers by month"),
            ),
            &labels,
            &flow,
            lang,
        ),
    ]
}

/// One part of the whole with its counts.
pub struct Part {
    pub label: Label,
    pub link: Option<String>,
    pub class: &'static str,
    pub counts: Counts,
}

/// What the whole is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Office,
    Field,
    Procedure,
}

impl By {
    fn name(self) -> (&'static str, Pair, Column) {
        let head = |key, name, means| Column { key, name, means };
        match self {
            Self::Office => (
                "offices",
                ("Theo cơ quan", "By office"),
                head(
                    "office",
                    ("Cơ quan", "Office"),
                    (
                        "Mã cơ quan nơi tiếp nhận và giải quyết",
                        "Code of the office whose clock ran",
                    ),
                ),
            ),
            Self::Field => (
                "fields",
                ("Theo lĩnh vực", "By field"),
                head(
                    "field",
                    ("Lĩnh vực", "Field"),
                    ("Lĩnh vực của thủ tục", "Field of the procedure"),
                ),
            ),
            Self::Procedure => (
                "procedures",
                ("Theo thủ tục", "By procedure"),
                head(
                    "procedure",
                    ("Thủ tục", "Procedure"),
                    ("Mã thủ tục hành chính", "Code of the procedure"),
                ),
            ),
        }
    }
}

/// The parts as a table. `pooled`: procedures that are told together.
#[must_use]
pub fn parts(by: By, parts: &[Part], pooled: usize) -> Table {
    let (name, title, head) = by.name();
    let rows = parts.iter().map(|part| Row {
        label: part.label.clone(),
        link: part.link.clone(),
        class: part.class,
        cells: cells(&part.counts),
    });
    let mut notes = Vec::new();
    if pooled > 0 {
        notes.push((
            "Thủ tục nhạy cảm có số nhỏ hơn 5 được gộp vào một dòng, cùng ít nhất một thủ tục khác, để không ai tính ngược được; tổng vẫn đủ.",
            "Sensitive procedures with a number below 5 are told in one line, with at least one other procedure, so that nobody can subtract them; the sums are still whole.",
        ));
    }
    Table {
        name,
        title,
        head,
        columns: COLUMNS.to_vec(),
        rows: rows.collect(),
        notes,
    }
}

/// What is told together.
#[must_use]
pub fn pool_label(pooled: usize) -> Label {
    let vi = format!("Gộp {pooled} thủ tục (có số nhỏ hơn {FEWEST})");
    let en = format!("{pooled} procedures together (numbers below {FEWEST})");
    Label::new("*", (&vi, &en))
}

/// The largest parts as bars: settled in time, and late.
#[must_use]
pub fn parts_drawn(by: By, parts: &[Part], lang: Lang) -> Chart {
    let mut largest: Vec<&Part> = parts.iter().filter(|part| part.class != "sum").collect();
    largest.sort_by_key(|part| std::cmp::Reverse(part.counts.settled.total()));
    largest.truncate(BARS_MAX);
    let rows: Vec<BarRow> = largest
        .iter()
        .map(|part| {
            let settled = &part.counts.settled;
            let share = Figures::from(&part.counts).in_time;
            let of = format!("{}/{}", lang.count(share.part), lang.count(share.whole));
            BarRow {
                name: part.label.text(lang).to_owned(),
                parts: vec![
                    (settled.early + settled.on_time, Paint::Solid),
                    (settled.late, Paint::Dashed),
                ],
                says: format!("{} · {of}", share.percent(&lang)),
            }
        })
        .collect();
    let (_, title, _) = by.name();
    let id = match by {
        By::Office => "c-offices",
        By::Field => "c-fields",
        By::Procedure => "c-procedures",
    };
    let naming = Naming {
        id,
        title: format!(
            "{}: {}",
            lang.pick(title),
            lang.of("đã giải quyết, nhiều nhất trước", "settled, the most first")
        ),
        desc: lang
            .of(
                "Mỗi thanh là số hồ sơ đã giải quyết có ngày hẹn: phần trước và đúng hẹn, rồi phần trễ. Cùng số liệu trong bảng.",
                "Each bar is what was settled with a date: in time, then late. The same numbers stand in the table.",
            )
            .to_owned(),
    };
    let legend = vec![
        (
            Paint::Solid,
            lang.of("trước và đúng hẹn", "in time").to_owned(),
        ),
        (Paint::Dashed, lang.of("trễ hẹn", "late").to_owned()),
    ];
    Chart::bars(naming, &rows, legend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_months_that_are_drawn_are_the_months_of_the_table() {
        let month = |number: i8, settled: u64| {
            let from = jiff::civil::date(2023, number, 1);
            let mut counts = Counts::default();
            counts.settled.on_time = settled;
            counts.settled_by_original.late = settled;
            Month {
                from,
                to: from.last_of_month(),
                counts,
            }
        };
        let given = [month(1, 5), month(2, 0), month(3, 9)];
        let table = months(&given);
        assert_eq!(table.rows.len(), 3);
        assert_eq!(table.rows[0].label.en, "Jan 2023");
        assert_eq!(table.rows[2].cells[1], Cell::Count(9));
        let [rates, _] = months_drawn(&given, Lang::En);
        let dots = rates.shapes.iter();
        let dots = dots.filter(|shape| matches!(shape, super::super::chart::Shape::Dot { .. }));
        assert_eq!(dots.count(), 4, "two months with a rate, two dates");
    }
}

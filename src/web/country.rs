//! The first page over many journals: each one's figures of a period and their sum, and a search by code.

use askama::Template;
use jiff::civil::Date;

use super::frame::STYLE;
use super::lang::Lang;
use super::statistics::figures::Share;
use crate::domain::reference::JournalKind;
use crate::projections::statistics::Counts;

/// What is told of one journal.
pub struct Place {
    pub name: String,
    /// None while nothing of it is known for the period.
    pub counts: Option<Counts>,
    /// What it records, once something of it is known: a simulation says so beside its figures.
    pub kind: Option<JournalKind>,
    /// Code of what keeps it from being followed now.
    pub failure: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "country.html")]
pub struct CountryPage {
    style: &'static str,
    lang: Lang,
    from: Date,
    to: Date,
    columns: [&'static str; 6],
    rows: Vec<Row>,
    complete: bool,
}

struct Row {
    name: String,
    says: String,
    is_sum: bool,
    cells: [String; 6],
}

impl CountryPage {
    #[must_use]
    pub fn new(lang: Lang, from: Date, to: Date, places: &[Place]) -> Self {
        let mut total = Counts::default();
        for counts in places.iter().filter_map(|place| place.counts) {
            total += counts;
        }
        let mut rows: Vec<Row> = places.iter().map(|place| Row::of(lang, place)).collect();
        rows.push(Row {
            name: lang.of("Tất cả", "All").to_owned(),
            says: String::new(),
            is_sum: true,
            cells: cells(lang, Some(&total)),
        });
        Self {
            style: STYLE,
            lang,
            from,
            to,
            columns: columns(lang),
            rows,
            complete: places.iter().all(|place| place.counts.is_some()),
        }
    }
}

/// What the columns are called.
fn columns(lang: Lang) -> [&'static str; 6] {
    [
        lang.of("Tiếp nhận", "Received"),
        lang.of("Đã giải quyết", "Settled"),
        lang.of("Trễ hạn", "Late"),
        lang.of("Đúng hạn", "In time"),
        lang.of("Đang giải quyết", "Pending"),
        lang.of("Quá hạn", "Overdue"),
    ]
}

impl Row {
    fn of(lang: Lang, place: &Place) -> Self {
        let kind = match place.kind {
            Some(JournalKind::Simulated) => lang.of("mô phỏng", "simulation"),
            Some(JournalKind::Imported) => lang.of("nhập từ hệ thống khác", "imported"),
            Some(JournalKind::Live) | None => "",
        };
        let failure = place.failure.map(|code| {
            let words = lang.of("không theo dõi được:", "cannot be followed:");
            format!("{words} {code}")
        });
        Self {
            name: place.name.clone(),
            says: format!("{kind} {}", failure.unwrap_or_default())
                .trim()
                .to_owned(),
            is_sum: false,
            cells: cells(lang, place.counts.as_ref()),
        }
    }
}

fn cells(lang: Lang, counts: Option<&Counts>) -> [String; 6] {
    let Some(counts) = counts else {
        return std::array::from_fn(|_| "–".to_owned());
    };
    let settled = &counts.settled;
    [
        lang.count(counts.received.total()),
        lang.count(settled.total()),
        lang.count(settled.late),
        Share::in_time(settled).percent(&lang),
        lang.count(counts.pending.total()),
        lang.count(counts.pending.overdue),
    ]
}

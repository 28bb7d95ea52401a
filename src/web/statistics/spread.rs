//! How the counts are spread: over days early and late, and over desks.

use super::chart::{BarRow, Chart, Naming, Paint};
use super::table::{Cell, Column, Label, Row, Table};
use crate::domain::actor::Role;
use crate::projections::statistics::spread::{BANDS, Band, DeskTime};
use crate::web::lang::Lang;

fn band_label((from, to): (i64, i64)) -> Label {
    let key = match (from, to) {
        (i64::MIN, to) => format!("<={to}"),
        (from, i64::MAX) => format!(">={from}"),
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}..{to}"),
    };
    let (vi, en) = match (from, to) {
        (i64::MIN, to) => (
            format!("Sớm trên {} ngày", -to - 1),
            format!("More than {} days early", -to - 1),
        ),
        (from, i64::MAX) => (
            format!("Trễ trên {} ngày", from - 1),
            format!("More than {} days late", from - 1),
        ),
        (0, 0) => ("Đúng ngày hẹn".to_owned(), "On the day".to_owned()),
        (1, 1) => ("Trễ 1 ngày".to_owned(), "1 day late".to_owned()),
        (from, to) if to < 0 => (
            format!("Sớm {}–{} ngày", -to, -from),
            format!("{}–{} days early", -to, -from),
        ),
        (from, to) => (
            format!("Trễ {from}–{to} ngày"),
            format!("{from}–{to} days late"),
        ),
    };
    Label::new(key, (&vi, &en))
}

/// By how many days dossiers were early or late.
#[must_use]
pub fn lateness(bands: &[Band; BANDS.len()]) -> Table {
    let column = |key, name, means| Column { key, name, means };
    let rows = BANDS.iter().zip(bands).map(|(band, counts)| Row {
        label: band_label(*band),
        link: None,
        class: "",
        cells: vec![Cell::Count(counts.settled), Cell::Count(counts.pending)],
    });
    Table {
        name: "lateness",
        title: ("Sớm hay trễ bao nhiêu ngày", "How many days early or late"),
        head: column(
            "days",
            ("So với ngày hẹn", "Against the date"),
            (
                "Số ngày lịch sau ngày hẹn hiện hành",
                "Calendar days after the date in force",
            ),
        ),
        columns: vec![
            column(
                "settled",
                ("Đã giải quyết", "Settled"),
                ("Lúc kết thúc", "When they ended"),
            ),
            column(
                "pending",
                ("Đang giải quyết", "Pending"),
                ("Lúc hết kỳ", "When the period ended"),
            ),
        ],
        rows: rows.collect(),
        notes: vec![(
            "Đếm theo ngày lịch, kể cả khi chọn so sánh theo phút; hồ sơ không có ngày hẹn không có ở đây.",
            "By calendar days, also when minutes are compared; dossiers without a date are not here.",
        )],
    }
}

#[must_use]
pub fn lateness_drawn(bands: &[Band; BANDS.len()], lang: Lang) -> Chart {
    let rows: Vec<BarRow> = BANDS
        .iter()
        .zip(bands)
        .map(|(band, counts)| BarRow {
            name: band_label(*band).text(lang).to_owned(),
            parts: vec![
                (counts.settled, Paint::Solid),
                (counts.pending, Paint::Dashed),
            ],
            says: format!(
                "{} + {}",
                lang.count(counts.settled),
                lang.count(counts.pending)
            ),
        })
        .collect();
    let naming = Naming {
        id: "c-lateness",
        title: lang
            .of("Sớm hay trễ bao nhiêu ngày", "How many days early or late")
            .to_owned(),
        desc: lang
            .of(
                "Số hồ sơ theo số ngày sớm hay trễ so với ngày hẹn hiện hành. Cùng số liệu trong bảng.",
                "Dossiers by days early or late against the date in force. The same numbers stand in the table.",
            )
            .to_owned(),
    };
    let legend = vec![
        (Paint::Solid, lang.of("đã giải quyết", "settled").to_owned()),
        (
            Paint::Dashed,
            lang.of("đang giải quyết", "pending").to_owned(),
        ),
    ];
    Chart::bars(naming, &rows, legend)
}

fn desk_label(desk: &str) -> Label {
    let name = match (Role::from_name(desk), desk) {
        (Some(role), _) => role.label(),
        (None, "awaiting_applicant") => ("Chờ người nộp bổ sung", "Waits for the applicant"),
        (None, "awaiting_payment") => ("Chờ nộp tiền", "Waits for payment"),
        (None, other) => (other, other),
    };
    Label::new(desk, name)
}

/// Tenths of a day.
fn tenths(micros: u64, dossiers: u64) -> u64 {
    const TENTH: u64 = 86_400_000_000 / 10;
    micros.checked_div(dossiers * TENTH).unwrap_or_default()
}

/// Where the time went.
#[must_use]
pub fn desks(desks: &[DeskTime]) -> Table {
    let column = |key, name, means| Column { key, name, means };
    let rows = desks.iter().map(|desk| Row {
        label: desk_label(&desk.desk),
        link: None,
        class: "",
        cells: vec![
            Cell::Days(tenths(desk.micros, desk.dossiers)),
            Cell::Days(tenths(desk.micros, 1)),
            Cell::Count(desk.dossiers),
        ],
    });
    Table {
        name: "desks",
        title: ("Thời gian ở từng khâu", "Time on each desk"),
        head: column(
            "desk",
            ("Khâu", "Desk"),
            (
                "Vai trò giữ hồ sơ, hoặc ai được chờ",
                "The role that had the dossier, or who was waited for",
            ),
        ),
        columns: vec![
            column(
                "days_mean_tenths",
                ("Ngày lịch, trung bình", "Calendar days, mean"),
                (
                    "Phần mười ngày, mỗi hồ sơ đi qua",
                    "Tenths of a day, for each dossier that came by",
                ),
            ),
            column(
                "days_tenths",
                ("Ngày lịch, cộng lại", "Calendar days in all"),
                ("Phần mười ngày, mọi hồ sơ", "Tenths of a day, all dossiers"),
            ),
            column(
                "dossiers",
                ("Số hồ sơ đi qua", "Dossiers that came by"),
                (
                    "Hồ sơ giải quyết trong kỳ đã qua khâu này",
                    "Settled in the period, and once on this desk",
                ),
            ),
        ],
        rows: rows.collect(),
        notes: vec![(
            "Hồ sơ giải quyết trong kỳ, từ lúc tiếp nhận đến lúc kết thúc, kể cả đêm và ngày nghỉ.",
            "Dossiers settled in the period, from receipt to the end, nights and days off included.",
        )],
    }
}

#[must_use]
pub fn desks_drawn(desks: &[DeskTime], lang: Lang) -> Chart {
    let rows: Vec<BarRow> = desks
        .iter()
        .map(|desk| {
            let mean = tenths(desk.micros, desk.dossiers);
            let point = lang.of(',', '.');
            BarRow {
                name: desk_label(&desk.desk).text(lang).to_owned(),
                parts: vec![(mean, Paint::Solid)],
                says: format!(
                    "{}{point}{} · {}",
                    mean / 10,
                    mean % 10,
                    lang.count(desk.dossiers)
                ),
            }
        })
        .collect();
    let naming = Naming {
        id: "c-desks",
        title: lang
            .of(
                "Ngày lịch trung bình · số hồ sơ",
                "Mean calendar days · dossiers",
            )
            .to_owned(),
        desc: lang
            .of(
                "Số ngày trung bình một hồ sơ nằm ở từng khâu. Cùng số liệu trong bảng.",
                "How many days a dossier lay on each desk. The same numbers stand in the table.",
            )
            .to_owned(),
    };
    Chart::bars(naming, &rows, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_has_a_name_of_its_own_and_they_leave_no_day_out() {
        let labels: Vec<Label> = BANDS.into_iter().map(band_label).collect();
        for pair in BANDS.windows(2) {
            assert_eq!(pair[0].1 + 1, pair[1].0);
        }
        let names: std::collections::BTreeSet<&str> = labels.iter().map(|one| &*one.en).collect();
        assert_eq!(names.len(), BANDS.len());
        assert_eq!(labels[1].en, "6–10 days early");
        assert_eq!(labels[7].vi, "Trễ trên 10 ngày");
    }
}

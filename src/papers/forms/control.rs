//! Form 06: from desk to desk, signed for by giver and receiver.

use super::{content, hour_and_date, short, title};
use crate::domain::dossier::{Stay, WaitsFor};
use crate::papers::Matter;
use crate::papers::sheet::{Align, Column, Sheet};

const LINES: [Column; 5] = [
    Column {
        head: "TT",
        share: 0.6,
        align: Align::Centre,
    },
    Column {
        head: "Bên giao",
        share: 2.4,
        align: Align::Left,
    },
    Column {
        head: "Bên nhận",
        share: 2.8,
        align: Align::Left,
    },
    Column {
        head: "Giao lúc; ký nhận lúc",
        share: 2.4,
        align: Align::Left,
    },
    Column {
        head: "Đủ hồ sơ; hạn",
        share: 2.0,
        align: Align::Left,
    },
];

pub(super) fn write(sheet: &mut Sheet, matter: &Matter<'_>) {
    let (width, below) = title(
        sheet,
        matter,
        "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
        None,
    );
    sheet.field("Nội dung giải quyết", &content(matter), width);
    if let Some(turn) = matter.dossier.turn() {
        sheet.field("Nhận hồ sơ", &hour_and_date(turn.received_at), width);
        sheet.field("Hẹn trả kết quả", &hour_and_date(turn.due_at), width);
    }
    sheet.go_to(sheet.y().max(below) + 4.0);
    let stays = matter
        .dossier
        .stays
        .iter()
        .filter(|stay| stay.waits_for == WaitsFor::Officer && stay.giver.is_some());
    let rows: Vec<Vec<String>> = stays
        .zip(1..)
        .map(|(stay, number)| line(matter, stay, number))
        .collect();
    sheet.table(&LINES, &rows);
    sheet.paragraph(
        "Mỗi dòng do hai bên ghi nhận trên hệ thống; giờ giao, giờ nhận không sửa được.",
    );
}

fn line(matter: &Matter<'_>, stay: &Stay, number: usize) -> Vec<String> {
    let officer = stay.officer.as_deref().unwrap_or_default();
    let office = (matter.offices)(&stay.office);
    let received = match (stay.received_at, stay.recalled) {
        (Some(at), _) => short(at),
        (None, true) => "đã thu hồi".into(),
        (None, false) => "chưa ký nhận".into(),
    };
    let complete = match stay.complete {
        Some(true) => "đủ",
        Some(false) => "thiếu",
        None => "–",
    };
    let due = matter.dossier.turn().map(|turn| turn.due_at);
    let standing = match (stay.until, due) {
        (Some(until), Some(due)) if until.date() < due.date() => "trước hạn",
        (Some(until), Some(due)) if until.date() == due.date() => "đúng hạn",
        (Some(_), Some(_)) => "quá hạn",
        (None, _) | (_, None) => "đang giữ",
    };
    vec![
        number.to_string(),
        stay.giver.clone().unwrap_or_default(),
        format!("{} {officer}, {office}", stay.role.label().0),
        format!("{}; {received}", short(stay.since)),
        format!("{complete}; {standing}"),
    ]
}

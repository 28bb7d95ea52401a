//! Form 07: every dossier of an office and some days, in the order of its codes, without a gap.

use jiff::civil::Date;

use super::{head, short, simulated};
use crate::domain::time::Moment;
use crate::papers::face::Face;
use crate::papers::sheet::{A4_LYING, Align, Column, Sheet};
use crate::papers::{Form, Letterhead, Written};

const TEXT: f32 = 8.5;

const COLUMNS: [Column; 10] = [
    Column {
        head: "TT",
        share: 0.6,
        align: Align::Centre,
    },
    Column {
        head: "Mã hồ sơ",
        share: 2.6,
        align: Align::Left,
    },
    Column {
        head: "Thủ tục",
        share: 3.8,
        align: Align::Left,
    },
    Column {
        head: "Người nộp, địa chỉ, điện thoại",
        share: 3.4,
        align: Align::Left,
    },
    Column {
        head: "Nhận hồ sơ",
        share: 1.5,
        align: Align::Centre,
    },
    Column {
        head: "Hẹn trả",
        share: 1.5,
        align: Align::Centre,
    },
    Column {
        head: "Chuyển xử lý",
        share: 1.5,
        align: Align::Centre,
    },
    Column {
        head: "Có kết quả",
        share: 1.5,
        align: Align::Centre,
    },
    Column {
        head: "Trả kết quả",
        share: 1.7,
        align: Align::Centre,
    },
    Column {
        head: "Ghi chú",
        share: 1.8,
        align: Align::Left,
    },
];

/// One line: a dossier, or a number that was voided and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegisterLine {
    pub code: String,
    pub procedure: String,
    pub person: String,
    pub received_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub forwarded_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub returned_at: Option<Moment>,
    /// How it was returned, or why the number was voided.
    pub note: String,
}

/// The register of an office from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    pub letterhead: Letterhead,
    pub office_code: String,
    pub from: Date,
    pub to: Date,
    /// The newest fact it tells of.
    pub at: Moment,
    pub lines: Vec<RegisterLine>,
}

impl Register {
    pub(in crate::papers) fn written(&self) -> Written {
        let mut sheet = Sheet::new(A4_LYING, TEXT);
        head(&mut sheet, &self.letterhead, self.at);
        sheet.centred("SỔ THEO DÕI HỒ SƠ", Face::Bold, 14.0);
        let day = |date: Date| format!("{:02}/{:02}/{}", date.day(), date.month(), date.year());
        let days = format!(
            "{} · từ ngày {} đến ngày {}",
            self.office_code,
            day(self.from),
            day(self.to)
        );
        sheet.centred(&days, Face::Regular, 9.5);
        sheet.gap(6.0);
        let rows: Vec<Vec<String>> = self
            .lines
            .iter()
            .zip(1..)
            .map(|(line, number)| line.row(number))
            .collect();
        if rows.is_empty() {
            sheet.paragraph("Không có hồ sơ nào trong những ngày này.");
        } else {
            sheet.table(&COLUMNS, &rows);
        }
        let count = self.lines.len();
        sheet.paragraph(&format!(
            "Cộng: {count} dòng. Số liên tục trong ngày; số không dùng có ghi lý do."
        ));
        let mut foot = vec![format!(
            "Mẫu số {} (Thông tư 03/2025/TT-VPCP). Các cột theo sổ đang dùng; chưa đối chiếu với phụ lục của Thông tư.",
            Form::DossierRegister.number()
        )];
        foot.extend(self.letterhead.simulation.as_ref().map(simulated));
        (A4_LYING, sheet.finish(&foot))
    }
}

impl RegisterLine {
    fn row(&self, number: usize) -> Vec<String> {
        let at = |at: Option<Moment>| at.map_or_else(String::new, short);
        vec![
            number.to_string(),
            self.code.clone(),
            self.procedure.clone(),
            self.person.clone(),
            at(self.received_at),
            at(self.due_at),
            at(self.forwarded_at),
            at(self.ended_at),
            at(self.returned_at),
            self.note.clone(),
        ]
    }
}

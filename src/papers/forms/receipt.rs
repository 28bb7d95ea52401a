//! Form 01: what was taken in, when, and for when the result is promised.

use super::{component, content, date_in_words, doubt, hour_and_date, limit, person, short, title};
use crate::domain::catalogue::Component;
use crate::domain::dossier::{Channel, ComponentForm};
use crate::domain::time::Moment;
use crate::papers::Matter;
use crate::papers::sheet::{Align, Column, Sheet};

const PAPERS: [Column; 4] = [
    Column {
        head: "TT",
        share: 0.8,
        align: Align::Centre,
    },
    Column {
        head: "Thành phần hồ sơ",
        share: 6.0,
        align: Align::Left,
    },
    Column {
        head: "Bản chính",
        share: 1.3,
        align: Align::Centre,
    },
    Column {
        head: "Bản sao",
        share: 1.3,
        align: Align::Centre,
    },
];

pub(super) fn write(sheet: &mut Sheet, matter: &Matter<'_>) {
    let (width, below) = title(
        sheet,
        matter,
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        None,
    );
    person(sheet, matter, "Tiếp nhận hồ sơ của", width);
    sheet.go_to(sheet.y().max(below));
    let whole = sheet.width();
    sheet.field("Nội dung yêu cầu giải quyết", &content(matter), whole);
    sheet.paragraph("Thành phần hồ sơ nộp gồm:");
    let rows = papers(matter);
    sheet.table(&PAPERS, &rows);
    if let Some(sets) = matter
        .procedure
        .and_then(|procedure| procedure.number_of_sets.as_ref())
    {
        sheet.field(
            "Số lượng hồ sơ",
            &format!("{} bộ{}", sets.value, doubt(sets.certainty)),
            whole,
        );
    }
    if let Some(turn) = matter.dossier.turn() {
        let words = format!("{}{}", limit(turn.limit), doubt(turn.limit_certainty));
        sheet.field("Thời gian giải quyết theo quy định", &words, whole);
        sheet.field(
            "Thời gian nhận hồ sơ",
            &hour_and_date(turn.received_at),
            whole,
        );
        let due = format!(
            "{}{}",
            hour_and_date(turn.due_at),
            doubt(turn.due_certainty)
        );
        sheet.field("Thời gian hẹn trả kết quả", &due, whole);
        if turn.due_at != turn.original_due_at {
            sheet.field(
                "Ngày hẹn ban đầu",
                &format!("ngày {}", date_in_words(turn.original_due_at)),
                whole,
            );
        }
        entered_late(sheet, matter, turn.received_at);
    }
    if let Some(fee) = matter.procedure.map(|procedure| &procedure.fee) {
        let amount = fee.vnd.map(|vnd| {
            if vnd == 0 {
                "không thu".to_owned()
            } else {
                format!("{} đồng", grouped(vnd))
            }
        });
        let words = [amount.unwrap_or_default(), fee.note_vi.clone()]
            .into_iter()
            .filter(|part| !part.is_empty());
        let words = format!(
            "{}{}",
            words.collect::<Vec<_>>().join("; "),
            doubt(fee.certainty)
        );
        sheet.field("Phí, lệ phí", &words, whole);
    }
    sheet.field(
        "Hình thức nộp; nơi trả kết quả",
        &format!("{}; {}", channel(matter), matter.letterhead.office),
        whole,
    );
    sheet.paragraph("Khi đến nhận kết quả, đề nghị mang theo giấy này; người nhận thay mang thêm giấy ủy quyền.");
    let name = matter.person.name.clone().unwrap_or_default();
    sheet.signatures(&[
        ("NGƯỜI NỘP HỒ SƠ", name.as_str()),
        ("NGƯỜI TIẾP NHẬN HỒ SƠ", matter.fact.actor.id.as_str()),
    ]);
}

/// Taken in before it was entered: the paper says when each was.
fn entered_late(sheet: &mut Sheet, matter: &Matter<'_>, received: Moment) {
    let recorded = matter.fact.recorded_at;
    if received.date() != recorded.date() {
        sheet.paragraph(&format!(
            "Hồ sơ nhận lúc {} và được nhập vào hệ thống lúc {}.",
            short(received),
            short(recorded)
        ));
    }
}

fn channel(matter: &Matter<'_>) -> &'static str {
    match matter.dossier.channel {
        Some(Channel::Online) => "Trực tuyến",
        Some(Channel::Post) => "Qua bưu chính công ích",
        Some(Channel::Counter) | None => "Trực tiếp",
    }
}

/// What came in where it was noted paper by paper, else what the procedure asks for.
fn papers(matter: &Matter<'_>) -> Vec<Vec<String>> {
    let noted = &matter.dossier.components;
    let numbered = |number: usize, name: String, originals: String, copies: String| {
        vec![number.to_string(), name, originals, copies]
    };
    if !noted.is_empty() {
        return noted
            .iter()
            .zip(1..)
            .map(|(paper, number)| {
                let (original, copy) = match paper.form {
                    ComponentForm::Original => ("x", ""),
                    ComponentForm::Copy => ("", "x"),
                    ComponentForm::CertifiedCopy => ("", "chứng thực"),
                    ComponentForm::EDocument => ("", "điện tử"),
                };
                numbered(
                    number,
                    component(matter, paper.item),
                    original.into(),
                    copy.into(),
                )
            })
            .collect();
    }
    let wanted: &[Component] = matter
        .procedure
        .map_or(&[], |procedure| &procedure.components);
    let count = |count: Option<u16>| {
        count
            .filter(|count| *count > 0)
            .map_or_else(String::new, |count| count.to_string())
    };
    wanted
        .iter()
        .zip(1..)
        .map(|(paper, number)| {
            numbered(
                number,
                paper.name_vi.clone(),
                count(paper.originals),
                count(paper.copies),
            )
        })
        .collect()
}

/// `1250000` as `1.250.000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn money_is_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 8_000, 1_250_000].map(grouped),
            ["0", "999", "8.000", "1.250.000"]
        );
    }
}

//! What stands on each form, and the head and foot they share.

mod control;
mod letters;
mod receipt;
pub mod register;

use super::face::Face;
use super::sheet::{A5, Align, Sheet};
use super::{Form, Letterhead, Matter, PaperError, Written};
use crate::domain::law::{Certainty, Limit};
use crate::domain::time::Moment;

/// Letters of the text on a slip.
const TEXT: f32 = 9.5;
const QR_SIDE: f32 = 62.0;

pub(super) fn written(form: Form, matter: &Matter<'_>) -> Result<Written, PaperError> {
    let mut sheet = Sheet::new(A5, TEXT);
    head(&mut sheet, &matter.letterhead, matter.fact.recorded_at);
    match form {
        Form::ReceiptSlip => receipt::write(&mut sheet, matter),
        Form::SupplementRequest => letters::supplement(&mut sheet, matter)?,
        Form::RefusalSlip => letters::refusal(&mut sheet, matter),
        Form::ApologyAndExtension => letters::apology(&mut sheet, matter)?,
        Form::StopNotice => letters::stop(&mut sheet, matter),
        Form::ControlSlip => control::write(&mut sheet, matter),
        Form::DossierRegister => return Err(PaperError::NoSuchPaper),
    }
    let foot = foot(form, &matter.letterhead);
    Ok((A5, sheet.finish(&foot)))
}

/// Agency on the left, the name of the state on the right (Decree 30/2020/NĐ-CP, annex I).
pub(super) fn head(sheet: &mut Sheet, letterhead: &Letterhead, at: Moment) {
    let (left, width, top) = (sheet.left(), sheet.width(), sheet.y());
    let size = 8.5;
    let (ours, gap) = (width * 0.42, width * 0.03);
    if let Some(above) = &letterhead.above {
        sheet.write(
            left,
            ours,
            &above.to_uppercase(),
            Face::Regular,
            size,
            Align::Centre,
        );
    }
    sheet.write(
        left,
        ours,
        &letterhead.office.to_uppercase(),
        Face::Bold,
        size,
        Align::Centre,
    );
    sheet.gap(2.0);
    sheet.rule(left + ours * 0.35, ours * 0.3);
    let ours_end = sheet.y();
    sheet.go_to(top);
    let (x, theirs) = (left + ours + gap, width - ours - gap);
    sheet.write(
        x,
        theirs,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        Face::Bold,
        size,
        Align::Centre,
    );
    sheet.write(
        x,
        theirs,
        "Độc lập - Tự do - Hạnh phúc",
        Face::Bold,
        size + 0.5,
        Align::Centre,
    );
    sheet.gap(2.0);
    sheet.rule(x + theirs * 0.25, theirs * 0.5);
    sheet.gap(3.0);
    sheet.write(
        x,
        theirs,
        &format!("Ngày {}", date_in_words(at)),
        Face::Regular,
        size,
        Align::Centre,
    );
    let lowest = sheet.y().max(ours_end);
    sheet.go_to(lowest + 8.0);
}

fn foot(form: Form, letterhead: &Letterhead) -> Vec<String> {
    let mut foot = vec![format!(
        "Mẫu số {} (Thông tư 03/2025/TT-VPCP). Bố cục theo mẫu đang dùng ở các hệ thống một cửa; chưa đối chiếu với phụ lục của Thông tư.",
        form.number()
    )];
    foot.extend(letterhead.simulation.as_ref().map(simulated));
    foot
}

fn simulated(name: &String) -> String {
    format!(
        "DỮ LIỆU MÔ PHỎNG ({name}): người, giấy tờ và ngày tháng là hư cấu. Giấy này không có giá trị pháp lý."
    )
}

/// Title, the code, and the QR code beside the first fields. Gives the width left of the QR code, and the y below it.
fn title(sheet: &mut Sheet, matter: &Matter<'_>, title: &str, number: Option<&str>) -> (f32, f32) {
    sheet.centred(title, Face::Bold, 12.5);
    if let Some(number) = number {
        sheet.centred(&format!("Số: {number}"), Face::Regular, TEXT);
    }
    sheet.gap(2.0);
    sheet.centred(&format!("Mã hồ sơ: {}", matter.code), Face::Bold, 12.0);
    sheet.gap(6.0);
    let x = sheet.left() + sheet.width() - QR_SIDE;
    let top = sheet.y();
    sheet.qr(x, top + 2.0, QR_SIDE, matter.address);
    sheet.go_to(top + QR_SIDE + 3.0);
    sheet.write(
        x - 8.0,
        QR_SIDE + 16.0,
        "Quét để theo dõi hồ sơ",
        Face::Regular,
        7.0,
        Align::Centre,
    );
    let below = sheet.y();
    sheet.go_to(top);
    (sheet.width() - QR_SIDE - 12.0, below)
}

/// Who the dossier is of.
fn person(sheet: &mut Sheet, matter: &Matter<'_>, label: &str, width: f32) {
    let person = &matter.person;
    if person.erased {
        sheet.field(
            label,
            "đã xóa theo quy định về bảo vệ dữ liệu cá nhân",
            width,
        );
        return;
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    sheet.field(label, &text(&person.name), width);
    sheet.field("Số định danh cá nhân", &text(&person.number), width);
    sheet.field("Điện thoại", &text(&person.phone), width);
    if person.email.is_some() {
        sheet.field("Thư điện tử", &text(&person.email), width);
    }
    sheet.field("Địa chỉ", &text(&person.address), width);
}

/// The name of the procedure and its code.
fn content(matter: &Matter<'_>) -> String {
    let named = matter
        .procedure
        .map(|procedure| format!("{} (mã {})", procedure.name_vi, procedure.code));
    named
        .or_else(|| matter.dossier.procedure.as_ref().map(ToString::to_string))
        .unwrap_or_default()
}

/// Component number `item`, by its name where the catalogue has it.
fn component(matter: &Matter<'_>, item: u32) -> String {
    let place = usize::try_from(item)
        .ok()
        .and_then(|item| item.checked_sub(1));
    let known = matter
        .procedure
        .zip(place)
        .and_then(|(procedure, place)| procedure.components.get(place));
    known.map_or_else(
        || format!("Thành phần số {item}"),
        |component| component.name_vi.clone(),
    )
}

fn reason(matter: &Matter<'_>) -> String {
    let reason = matter.fact.circumstances.reason;
    let label = reason.map_or("", |reason| reason.label().0);
    match &matter.note {
        Some(note) if label.is_empty() => note.clone(),
        Some(note) => format!("{label}. {note}"),
        None => label.to_owned(),
    }
}

fn contact(sheet: &mut Sheet, letterhead: &Letterhead) {
    let mut ways: Vec<&str> = vec![&letterhead.office];
    ways.extend(
        [letterhead.address.as_str(), letterhead.phone.as_str()]
            .into_iter()
            .filter(|way| !way.is_empty()),
    );
    sheet.paragraph(&format!("Liên hệ khi cần hướng dẫn: {}.", ways.join("; ")));
}

/// `28 tháng 11 năm 2026`.
fn date_in_words(at: Moment) -> String {
    let date = at.date();
    format!(
        "{:02} tháng {:02} năm {}",
        date.day(),
        date.month(),
        date.year()
    )
}

/// `09 giờ 32 phút, ngày 27 tháng 10 năm 2023`.
fn hour_and_date(at: Moment) -> String {
    let local = at.local();
    format!(
        "{:02} giờ {:02} phút, ngày {}",
        local.hour(),
        local.minute(),
        date_in_words(at)
    )
}

/// `27/10/2023 09:32`.
fn short(at: Moment) -> String {
    let local = at.local();
    format!(
        "{:02}/{:02}/{} {:02}:{:02}",
        local.day(),
        local.month(),
        local.year(),
        local.hour(),
        local.minute()
    )
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::SameDay => "trong ngày; nhận sau 15 giờ thì ngày làm việc tiếp theo".into(),
        Limit::WorkingDays(days) => format!("{days} ngày làm việc"),
        Limit::CalendarDays(days) => format!("{days} ngày, tính cả ngày nghỉ"),
        Limit::WorkingHours(hours) => format!("{hours} giờ làm việc"),
        Limit::Months(months) => format!("{months} tháng"),
    }
}

/// What must be said beside a value that is not verified law.
fn doubt(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Verified => "",
        Certainty::Stated => " (chưa đối chiếu văn bản)",
        Certainty::Uncertain => " (chưa chắc chắn)",
        Certainty::Illustrative => " (minh họa, không phải quy định)",
        Certainty::Provisional => " (tạm tính)",
    }
}

//! Forms 02 to 05: what the office tells the applicant.

use super::{component, contact, content, date_in_words, hour_and_date, person, reason, title};
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::papers::sheet::Sheet;
use crate::papers::{Matter, PaperError};

/// Form 02.
pub(super) fn supplement(sheet: &mut Sheet, matter: &Matter<'_>) -> Result<(), PaperError> {
    let Event::Dossier(DossierEvent::SupplementRequested(asked)) = &matter.fact.event else {
        return Err(PaperError::NoSuchPaper);
    };
    let number = format!("{}/HDHS", asked.number);
    let (width, below) = title(
        sheet,
        matter,
        "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        Some(&number),
    );
    person(sheet, matter, "Hồ sơ của", width);
    sheet.go_to(sheet.y().max(below));
    let whole = sheet.width();
    sheet.field("Nội dung yêu cầu giải quyết", &content(matter), whole);
    sheet
        .paragraph("Đề nghị ông/bà bổ sung, hoàn thiện các giấy tờ sau (yêu cầu một lần, đầy đủ):");
    for (item, place) in asked.items.iter().zip(1..) {
        sheet.paragraph(&format!("{place}. {}", component(matter, *item)));
    }
    sheet.field("Lý do", &reason(matter), whole);
    if let Some(due) = asked.answer_due_at {
        sheet.field("Đề nghị nộp trước", &hour_and_date(due), whole);
    }
    sheet.paragraph("Trong thời gian chờ bổ sung, thời hạn giải quyết được tính theo quy định của thủ tục; ngày hẹn mới được ghi nhận khi hồ sơ đã đủ.");
    contact(sheet, &matter.letterhead);
    let name = matter.person.name.clone().unwrap_or_default();
    sheet.signatures(&[
        ("NGƯỜI NỘP HỒ SƠ", name.as_str()),
        ("NGƯỜI HƯỚNG DẪN", matter.fact.actor.id.as_str()),
    ]);
    Ok(())
}

/// Form 03: at intake, or after appraisal.
pub(super) fn refusal(sheet: &mut Sheet, matter: &Matter<'_>) {
    let after = matter.dossier.turn().is_some();
    let heading = if after {
        "PHIẾU TỪ CHỐI GIẢI QUYẾT HỒ SƠ"
    } else {
        "PHIẾU TỪ CHỐI TIẾP NHẬN HỒ SƠ"
    };
    let (width, below) = title(sheet, matter, heading, None);
    person(sheet, matter, "Hồ sơ của", width);
    sheet.go_to(sheet.y().max(below));
    let whole = sheet.width();
    sheet.field("Nội dung đề nghị giải quyết", &content(matter), whole);
    let what = if after {
        "không giải quyết hồ sơ"
    } else {
        "không tiếp nhận hồ sơ"
    };
    sheet.field(&format!("Lý do {what}"), &reason(matter), whole);
    if let Some(basis) = &matter.fact.circumstances.basis {
        sheet.field("Căn cứ", basis, whole);
    }
    sheet.paragraph(
        "Ông/bà có quyền phản ánh, kiến nghị hoặc khiếu nại theo quy định của pháp luật.",
    );
    contact(sheet, &matter.letterhead);
    let name = matter.person.name.clone().unwrap_or_default();
    sheet.signatures(&[
        ("NGƯỜI NỘP HỒ SƠ", name.as_str()),
        ("ĐẠI DIỆN CƠ QUAN", matter.fact.actor.id.as_str()),
    ]);
}

/// Form 04: the first promise stays on it.
pub(super) fn apology(sheet: &mut Sheet, matter: &Matter<'_>) -> Result<(), PaperError> {
    let Event::Dossier(DossierEvent::ApologyIssued(apology)) = &matter.fact.event else {
        return Err(PaperError::NoSuchPaper);
    };
    let number = format!("{}/XL", matter.dossier.apologies);
    let (width, below) = title(
        sheet,
        matter,
        "THƯ XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT HỒ SƠ",
        Some(&number),
    );
    person(sheet, matter, "Kính gửi", width);
    sheet.go_to(sheet.y().max(below));
    let whole = sheet.width();
    sheet.field("Nội dung yêu cầu giải quyết", &content(matter), whole);
    if let Some(turn) = matter.dossier.turn() {
        sheet.field("Ngày nhận hồ sơ", &hour_and_date(turn.received_at), whole);
        sheet.field(
            "Hẹn trả kết quả ban đầu",
            &hour_and_date(turn.original_due_at),
            whole,
        );
    }
    sheet.field(
        "Hẹn trả trước thư này",
        &hour_and_date(apology.old_due_at),
        whole,
    );
    sheet.paragraph("Đến nay chúng tôi chưa giải quyết xong hồ sơ của ông/bà. Chúng tôi xin lỗi về sự chậm trễ này.");
    let responsible = apology
        .responsible
        .as_ref()
        .map(|office| (matter.offices)(office.as_str()));
    sheet.field(
        "Đơn vị chậm giải quyết",
        &responsible.unwrap_or_else(|| matter.letterhead.office.clone()),
        whole,
    );
    sheet.field("Lý do", &reason(matter), whole);
    sheet.field(
        "Thời gian trả kết quả đề nghị",
        &hour_and_date(apology.new_due_at),
        whole,
    );
    if !apology.moves_promise {
        sheet.paragraph("Thư này được lập khi đã quá thời điểm được phép hẹn lại: ngày hẹn cũ vẫn là căn cứ tính chậm hẹn.");
    }
    contact(sheet, &matter.letterhead);
    sheet.signatures(&[
        ("", ""),
        ("THỦ TRƯỞNG CƠ QUAN", matter.fact.actor.id.as_str()),
    ]);
    Ok(())
}

/// Form 05: stopped by the office, or withdrawn by the applicant.
pub(super) fn stop(sheet: &mut Sheet, matter: &Matter<'_>) {
    let withdrawn = matches!(
        &matter.fact.event,
        Event::Dossier(DossierEvent::WithdrawalGranted(_))
    );
    let (width, below) = title(sheet, matter, "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", None);
    person(sheet, matter, "Kính gửi", width);
    sheet.go_to(sheet.y().max(below));
    let whole = sheet.width();
    sheet.field("Nội dung yêu cầu giải quyết", &content(matter), whole);
    if let Some(turn) = matter.dossier.turn() {
        sheet.field("Ngày nhận hồ sơ", &hour_and_date(turn.received_at), whole);
    }
    let why = if withdrawn {
        "Người nộp hồ sơ đề nghị rút hồ sơ"
    } else {
        "Cơ quan dừng giải quyết"
    };
    sheet.field("Trường hợp", why, whole);
    sheet.field("Lý do", &reason(matter), whole);
    sheet.field(
        "Dừng giải quyết từ",
        &hour_and_date(matter.fact.recorded_at),
        whole,
    );
    let owed = matter
        .dossier
        .obligations
        .iter()
        .filter(|one| one.state == crate::domain::dossier::ObligationState::Paid)
        .count();
    let money = match owed {
        0 => "Hồ sơ chưa phát sinh khoản đã nộp.".to_owned(),
        count => format!(
            "Hồ sơ có {count} khoản đã nộp; việc hoàn trả được thực hiện và ghi nhận theo quy định."
        ),
    };
    sheet.paragraph(&format!("Chưa có kết quả giải quyết được ký. {money}"));
    sheet.paragraph(&format!(
        "Thông báo được lập ngày {}.",
        date_in_words(matter.fact.recorded_at)
    ));
    contact(sheet, &matter.letterhead);
    sheet.signatures(&[
        ("", ""),
        ("ĐẠI DIỆN CƠ QUAN", matter.fact.actor.id.as_str()),
    ]);
}

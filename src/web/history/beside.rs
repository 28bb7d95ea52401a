//! What an auditor compares beside the main line: desk, opinions, money, papers, voices, other systems.

use crate::domain::dossier::{
    Dossier, FeedbackKind, LinkKind, Obligation, ObligationState, Opinion, OpinionState, Sync,
    SyncOutcome, WaitsFor,
};
use crate::domain::time::Moment;
use crate::web::dates;
use crate::web::lang::{Lang, Pair};

/// In a fixed order. Who has it, what was said and how much is owed are for those who may open the dossier.
pub fn values(dossier: &Dossier, sees_people: bool, lang: Lang) -> Vec<(Pair, Option<String>)> {
    let time = |at: Option<Moment>| at.map(|at| dates::short(at, lang).words().to_owned());
    let missed = dossier.turns.iter().flat_map(|turn| &turn.missed);
    let missed = missed.map(|at| dates::short(*at, lang).words().to_owned());
    vec![
        (("Bàn giữ hồ sơ", "Desk"), desk(dossier, sees_people, lang)),
        (("Ký nhận", "Signed for"), signed_for(dossier, lang)),
        (
            ("Hẹn trả lời tiếp nhận", "Answer on acceptance due"),
            time(dossier.intake_due_at),
        ),
        (
            ("Hạn người nộp bổ sung", "Supplement due"),
            time(dossier.answer_due_at),
        ),
        (
            ("Đề nghị bổ sung", "Supplement proposed"),
            (!dossier.proposed_items.is_empty()).then(|| numbers(&dossier.proposed_items)),
        ),
        (("Trễ hẹn đã ghi nhận", "Misses recorded"), list(missed)),
        (
            ("Ý kiến cơ quan khác", "Other agencies' opinions"),
            list(
                dossier
                    .opinions
                    .iter()
                    .map(|one| opinion(one, sees_people, lang)),
            ),
        ),
        (
            ("Xác minh thực địa", "On-site check"),
            dossier.verification_on.map(|day| dates::day(day, lang)),
        ),
        (
            ("Khoản phải nộp", "Obligations"),
            list(
                dossier
                    .obligations
                    .iter()
                    .map(|one| owed(one, sees_people, lang)),
            ),
        ),
        (
            ("Giấy tờ đã nhận", "Papers received"),
            (!dossier.components.is_empty()).then(|| dossier.components.len().to_string()),
        ),
        (
            ("Bản chính", "Originals"),
            dossier
                .originals_returned
                .then(|| lang.of("đã trả lại", "returned").to_owned()),
        ),
        (
            ("Hồ sơ liên quan", "Linked dossiers"),
            list(
                dossier
                    .links
                    .iter()
                    .map(|link| lang.pick(linked(link.kind)).to_owned()),
            ),
        ),
        (
            ("Mức độ hài lòng", "Rating"),
            dossier.rating.map(|rating| {
                if sees_people {
                    format!("{}/{}", rating.score, rating.scale)
                } else {
                    lang.of("đã đánh giá", "given").to_owned()
                }
            }),
        ),
        (
            ("Phản ánh, kiến nghị", "Feedback"),
            list(dossier.feedback.iter().map(|one| {
                let answered = if one.answered_at.is_some() {
                    lang.of("đã trả lời", "answered")
                } else {
                    lang.of("chưa trả lời", "not answered")
                };
                let kind = match one.kind {
                    FeedbackKind::Report => lang.of("phản ánh", "report"),
                    FeedbackKind::Recommendation => lang.of("kiến nghị", "recommendation"),
                };
                format!("{kind}: {answered}")
            })),
        ),
        (
            ("Hệ thống khác", "Other systems"),
            list(dossier.syncs.iter().map(|one| synced(one, lang))),
        ),
    ]
}

/// Nothing when there are none.
fn list(words: impl Iterator<Item = String>) -> Option<String> {
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join("; "))
}

fn numbers(items: &[u32]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}

fn desk(dossier: &Dossier, sees_people: bool, lang: Lang) -> Option<String> {
    let stay = dossier.desk()?;
    let mut words = format!("{} · {}", lang.pick(stay.role.label()), stay.office);
    if let Some(officer) = stay.officer.as_ref().filter(|_| sees_people) {
        words += " · ";
        words += officer;
    }
    match stay.waits_for {
        WaitsFor::Officer => {}
        WaitsFor::Applicant => words += lang.of(" (chờ người nộp)", " (waits for the applicant)"),
        WaitsFor::Payment => words += lang.of(" (chờ nộp tiền)", " (waits for a payment)"),
        WaitsFor::Correction => {
            words += lang.of(
                " (chờ cơ quan trước sửa kết quả)",
                " (waits for another agency's correction)",
            );
        }
    }
    Some(words)
}

fn signed_for(dossier: &Dossier, lang: Lang) -> Option<String> {
    let stay = dossier.desk()?;
    let Some(at) = stay.received_at else {
        let open = lang.of("chưa", "not yet").to_owned();
        return stay.awaits_receipt().then_some(open);
    };
    let complete = match stay.complete {
        Some(true) => lang.of("đủ giấy tờ", "complete"),
        Some(false) => lang.of("thiếu giấy tờ", "incomplete"),
        None => "",
    };
    let words = format!("{} {complete}", dates::short(at, lang).words());
    Some(words.trim_end().to_owned())
}

fn opinion(opinion: &Opinion, sees_people: bool, lang: Lang) -> String {
    let state = match opinion.state {
        OpinionState::Awaited => lang.of("đang chờ", "awaited"),
        OpinionState::Overdue => lang.of("quá hạn trả lời", "overdue"),
        _ if !sees_people => lang.of("đã có", "given"),
        OpinionState::Agreed => lang.of("đồng ý", "agrees"),
        OpinionState::Disagreed => lang.of("không đồng ý", "does not agree"),
        OpinionState::DeemedAgreed => lang.of("coi như đồng ý", "deemed to agree"),
    };
    format!("{}: {state}", opinion.agency)
}

fn owed(obligation: &Obligation, sees_people: bool, lang: Lang) -> String {
    let state = match obligation.state {
        ObligationState::Requested => lang.of("phải nộp", "to be paid"),
        ObligationState::Paid => lang.of("đã nộp", "paid"),
        ObligationState::Cancelled => lang.of("đã hủy", "cancelled"),
        ObligationState::Refunded => lang.of("đã hoàn trả", "refunded"),
    };
    if !sees_people {
        return state.to_owned();
    }
    let receipt = obligation.receipt.as_deref().unwrap_or_default();
    let words = format!("{} đ: {state} {receipt}", lang.count(obligation.amount_vnd));
    words.trim_end().to_owned()
}

fn linked(kind: LinkKind) -> Pair {
    match kind {
        LinkKind::Duplicate => ("trùng", "duplicate"),
        LinkKind::Continuation => ("nộp lại", "continuation"),
        LinkKind::Leg => ("liên thông", "leg of a linked procedure"),
    }
}

fn synced(sync: &Sync, lang: Lang) -> String {
    let outcome = match sync.outcome {
        SyncOutcome::Requested => lang.of("đã gửi", "told"),
        SyncOutcome::Acknowledged => lang.of("đã xác nhận", "confirmed"),
        SyncOutcome::Failed => lang.of("không gửi được", "failed"),
    };
    let status = sync.remote_status.map(|status| format!(" ({status})"));
    format!(
        "{}: {outcome}{}, {} {}",
        sync.system,
        status.unwrap_or_default(),
        lang.of("lần", "attempt"),
        sync.attempt
    )
}

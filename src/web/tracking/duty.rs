//! What the applicant has to do, until when, and where.

use super::Story;
use super::next::By;
use super::standing::Clock;
use crate::domain::catalogue::Procedure;
use crate::domain::dossier::{Dossier, Obligation, ObligationKind, ObligationState, Phase};
use crate::domain::time::Moment;
use crate::web::dates;
use crate::web::lang::{Lang, Pair};
use crate::web::opening::{self, NOT_POSTED};

/// One thing to do; nothing is said by an absent text.
#[derive(Debug, Default)]
pub struct Duty {
    pub text: Option<&'static str>,
    /// What is said when there is nothing to do.
    pub nothing: &'static str,
    pub by: Option<By>,
    /// Said when nothing says by when.
    pub undated: Option<&'static str>,
    /// Papers still missing; with the receipt only.
    pub wanted: Vec<String>,
    /// Sums with their days; with the receipt only.
    pub sums: Vec<String>,
    /// Something more is to be seen with the receipt.
    pub more_with_receipt: bool,
    /// Where to go and when it is open.
    pub place: Vec<(&'static str, String)>,
}

pub fn of(dossier: &Dossier, story: &Story<'_>, clock: &Clock<'_>, text: Option<Pair>) -> Duty {
    let lang = clock.lang;
    let mut duty = Duty {
        text: text.map(|pair| lang.pick(pair)),
        nothing: if dossier.phase.is_closed() {
            lang.of(
                "Ông/bà không phải làm gì nữa.",
                "There is nothing left for you to do.",
            )
        } else if dossier.turn().is_some() {
            lang.of(
                "Ông/bà chưa phải làm gì: chờ đến ngày hẹn trả kết quả ghi dưới đây.",
                "Nothing for now: wait for the promised day below.",
            )
        } else {
            lang.of(
                "Ông/bà chưa phải làm gì.",
                "Nothing for now: you need to do nothing.",
            )
        },
        ..Duty::default()
    };
    match dossier.phase {
        Phase::AwaitingSupplement(_) => {
            let label = ("Chậm nhất", "By");
            duty.by = dossier.answer_due_at.map(|due| By::new(label, due, clock));
            duty.undated = duty.by.is_none().then(|| {
                lang.of(
                    "Không có hạn ghi sẵn: nộp sớm thì hồ sơ được giải quyết tiếp sớm.",
                    "No day is set: the sooner they come, the sooner the office goes on.",
                )
            });
            if story.holder.is_some() {
                duty.wanted = wanted(dossier, story);
            } else {
                duty.more_with_receipt = true;
            }
            duty.place = place(story, clock);
        }
        Phase::WithAgencies if dossier.a_leg_waits() => {
            duty.text = Some(lang.of(
                "Nộp giấy tờ hoặc khoản tiền mà một cơ quan đang chờ, tại bộ phận một cửa nơi đã nộp hồ sơ: xem mục “Từng thủ tục, từng cơ quan”.",
                "Bring the papers, or pay the sum, that one of the agencies waits for, at the one-stop unit where you filed: see “Each part and its agency”.",
            ));
            duty.place = place(story, clock);
        }
        Phase::Completed => duty.place = place(story, clock),
        Phase::WithAgencies
        | Phase::AwaitingPayment
        | Phase::Absent
        | Phase::Draft
        | Phase::Submitted
        | Phase::NotAccepted
        | Phase::Redirected
        | Phase::Accepted
        | Phase::InProcessing
        | Phase::AwaitingCorrection
        | Phase::Supplemented
        | Phase::ResultDrafted
        | Phase::ResultApproved
        | Phase::Returned
        | Phase::Refused
        | Phase::Stopped
        | Phase::WithdrawalRequested
        | Phase::Withdrawn => {}
    }
    pay(dossier, story, clock, &mut duty);
    duty
}

/// What is owed, in whatever state.
fn pay(dossier: &Dossier, story: &Story<'_>, clock: &Clock<'_>, duty: &mut Duty) {
    let lang = clock.lang;
    let owed = |one: &&Obligation| one.state == ObligationState::Requested;
    let owed: Vec<&Obligation> = dossier.obligations.iter().filter(owed).collect();
    if owed.is_empty() {
        return;
    }
    duty.text.get_or_insert(lang.of(
        "Nộp khoản tiền theo thông báo.",
        "Pay the sum named in the notice.",
    ));
    let day = owed.iter().filter_map(|one| one.due_on).min();
    if duty.by.is_none() {
        let end = |day| Moment(clock.hours.on(day).end_of_day(day).0);
        let label = ("Nộp tiền chậm nhất", "Pay by");
        duty.by = day.map(|day| By::new(label, end(day), clock));
    }
    if story.holder.is_some() {
        duty.sums = owed.iter().map(|one| sum(one, lang)).collect();
    } else {
        duty.more_with_receipt = true;
    }
    if duty.place.is_empty() {
        duty.place = place(story, clock);
    }
}

fn sum(one: &Obligation, lang: Lang) -> String {
    let kind = lang.pick(kind(one.kind));
    let mut text = format!("{kind}: {} đ", lang.count(one.amount_vnd));
    if let Some(day) = one.due_on {
        text += lang.of(", hạn nộp ", ", due on ");
        text += &dates::day(day, lang);
    }
    text
}

pub(super) fn kind(kind: ObligationKind) -> Pair {
    match kind {
        ObligationKind::Fee => ("Phí", "Fee"),
        ObligationKind::Charge => ("Lệ phí", "Charge"),
        ObligationKind::Obligation => ("Nghĩa vụ tài chính", "Financial obligation"),
    }
}

/// The papers asked for, by the procedure's list.
fn wanted(dossier: &Dossier, story: &Story<'_>) -> Vec<String> {
    let named = |procedure: &Procedure| {
        let items = dossier.supplement_items.iter();
        let place = |item: &u32| usize::try_from(*item).ok()?.checked_sub(1);
        let papers = items.filter_map(|item| procedure.components.get(place(item)?));
        papers.map(|paper| paper.name_vi.clone()).collect()
    };
    story.procedure.map_or_else(Vec::new, named)
}

/// The office's counter: where, whether it is open, when on a usual day.
fn place(story: &Story<'_>, clock: &Clock<'_>) -> Vec<(&'static str, String)> {
    let lang = clock.lang;
    let Some(office) = story.office else {
        return Vec::new();
    };
    let name = lang.of(&office.name_vi, &office.name_en).clone();
    let address = if office.address_vi.is_empty() {
        format!(
            "{} ({})",
            name,
            lang.pick((
                "địa chỉ ghi trên giấy tiếp nhận",
                "the address is on your receipt"
            ))
        )
    } else {
        format!("{name}, {}", office.address_vi)
    };
    let mut lines = vec![(lang.of("Ở đâu", "Where"), address)];
    let today = opening::hours(clock.hours.on(clock.now.date()));
    let open = opening::now(clock.now, clock.calendar, clock.hours, lang);
    let open = open.map_or_else(|| lang.pick(NOT_POSTED).to_owned(), |open| open.text());
    lines.push((
        lang.of("Giờ mở cửa", "Opening hours"),
        format!("{open} ({today})"),
    ));
    lines
}

//! The sentences after the first: for whom or what the clock stood still, and how the promise moved.

use super::say::{Text, clock, day, long};
use super::{Account, Move, MoveCause, Wait};
use crate::domain::law::SupplementClock;
use crate::domain::time::Moment;

pub(super) fn waited(wait: &Wait, account: &Account<'_>, text: &mut Text) {
    match wait {
        Wait::Supplement { from, to: Some(to) } => {
            let (asked, answered) = (long(from.date()), long(to.date()));
            match account.supplement_clock {
                SupplementClock::Pause => text.sentence(
                    format!(
                        "Không tính thời gian chờ bổ sung giấy tờ, từ {} đến {}.",
                        asked.0, answered.0
                    ),
                    format!(
                        "The wait for supplementary papers, from {} to {}, is not counted.",
                        asked.1, answered.1
                    ),
                ),
                SupplementClock::Reset => text.sentence(
                    format!(
                        "Giấy tờ bổ sung nộp ngày {}, nên thời hạn tính lại từ đầu.",
                        answered.0
                    ),
                    format!(
                        "Supplementary papers came on {}, so the limit is counted anew.",
                        answered.1
                    ),
                ),
            }
        }
        Wait::Supplement { from, to: None } => {
            let asked = long(from.date());
            text.sentence(
                format!("Đang chờ bổ sung giấy tờ từ {}; ngày hẹn sẽ được tính lại khi giấy tờ đủ.", asked.0),
                format!("Supplementary papers have been awaited since {}; the date is counted anew once they are complete.", asked.1),
            );
        }
        Wait::Payment { from, to: Some(to) } => {
            let (from, to) = (long(from.date()), long(to.date()));
            text.sentence(
                format!(
                    "Không tính thời gian chờ nộp tiền, từ {} đến {}.",
                    from.0, to.0
                ),
                format!(
                    "The wait for payment, from {} to {}, is not counted.",
                    from.1, to.1
                ),
            );
        }
        Wait::Payment { from, to: None } => {
            let from = long(from.date());
            text.sentence(
                format!(
                    "Đang chờ nộp tiền từ {}; ngày hẹn sẽ được tính lại khi đã nộp.",
                    from.0
                ),
                format!(
                    "Payment has been awaited since {}; the date is counted anew once it is made.",
                    from.1
                ),
            );
        }
        Wait::Linked { from, to: Some(to) } => {
            let (from, to) = (clock(*from), clock(*to));
            text.sentence(
                format!(
                    "Không tính thời gian một thủ tục thành phần chờ người nộp hoặc chờ cơ quan khác sửa kết quả, từ {} đến {}.",
                    from.0, to.0
                ),
                format!(
                    "The wait of one part for the applicant, or for another agency's correction, from {} to {}, is not counted.",
                    from.1, to.1
                ),
            );
        }
        Wait::Linked { from, to: None } => {
            let from = clock(*from);
            text.sentence(
                format!("Một thủ tục thành phần đang chờ người nộp hoặc chờ cơ quan khác sửa kết quả từ {}; ngày hẹn được tính lại sau đó.", from.0),
                format!("One part has waited for the applicant, or for another agency's correction, since {}; the date is counted anew then.", from.1),
            );
        }
        Wait::Outage {
            from,
            to: Some(to),
            notice,
        } => {
            let (from, to) = (clock(*from), clock(*to));
            text.sentence(
                format!(
                    "Không tính thời gian hệ thống ngừng, từ {} đến {} (thông báo {notice}).",
                    from.0, to.0
                ),
                format!(
                    "The system's outage, from {} to {}, is not counted (notice {notice}).",
                    from.1, to.1
                ),
            );
        }
        Wait::Outage {
            from,
            to: None,
            notice,
        } => {
            let from = clock(*from);
            text.sentence(
                format!("Hệ thống đang ngừng từ {} (thông báo {notice}); thời hạn tính tiếp khi khắc phục xong.", from.0),
                format!("The system has been down since {} (notice {notice}); the clock continues from recovery.", from.1),
            );
        }
    }
}

pub(super) fn moved(step: &Move, text: &mut Text) {
    let (old, new) = if step.old.date() == step.new.date() {
        (clock(step.old), clock(step.new))
    } else {
        (day(step.old.date()), day(step.new.date()))
    };
    let on = long(step.at.date());
    let by = |number: &Option<String>| match number {
        Some(number) => (format!("Thông báo {number}"), format!("Notice {number}")),
        None => ("Một thông báo".to_owned(), "A notice".to_owned()),
    };
    let (who_vi, who_en) = match &step.cause {
        MoveCause::Supplement => (
            "Sau khi bổ sung giấy tờ, ngày hẹn dời".to_owned(),
            "After the supplement the date moved".to_owned(),
        ),
        MoveCause::Payment => (
            "Sau khi nộp tiền, ngày hẹn dời".to_owned(),
            "After the payment the date moved".to_owned(),
        ),
        MoveCause::Correction => (
            "Sau khi cơ quan khác sửa kết quả, ngày hẹn dời".to_owned(),
            "After another agency's correction the date moved".to_owned(),
        ),
        MoveCause::Notice(number) => {
            let by = by(number);
            if step.old == step.new {
                return text.sentence(
                    format!("{} xác nhận ngày hẹn này.", by.0),
                    format!("{} confirmed this date.", by.1),
                );
            }
            (
                format!("{} dời ngày hẹn", by.0),
                format!("{} moved the date", by.1),
            )
        }
        MoveCause::Outage(number) => {
            let by = by(number);
            (
                format!("{} về sự cố hệ thống dời ngày hẹn", by.0),
                format!("{} of an outage moved the date", by.1),
            )
        }
        MoveCause::Apology => (
            format!("Cơ quan xin lỗi ngày {} và hẹn lại", on.0),
            format!("The office apologised on {} and put the date off", on.1),
        ),
        MoveCause::Source => (
            format!(
                "Lần nhập ngày {}, hệ thống nguồn khai ngày hẹn khác trước",
                on.0
            ),
            format!(
                "By the import of {} the source tells another date than before",
                on.1
            ),
        ),
        MoveCause::UnlawfulApology => {
            return text.sentence(
                format!(
                    "Cơ quan xin lỗi ngày {} nhưng không đúng quy định, nên ngày hẹn giữ nguyên.",
                    on.0
                ),
                format!(
                    "The office apologised on {} against the rules, so the date stood.",
                    on.1
                ),
            );
        }
    };
    text.sentence(
        format!("{who_vi} từ {} sang {}.", old.0, new.0),
        format!("{who_en} from {} to {}.", old.1, new.1),
    );
}

/// Where the count of today arrives elsewhere than at the promise: what was promised later stands, what is longer by now is
/// promised once the office has confirmed the papers.
pub(super) fn difference(account: &Account<'_>, counted: Moment, text: &mut Text) {
    let apologised = |step: &Move| step.cause == MoveCause::Apology;
    let at = clock(counted);
    if counted < account.due_at && !account.moves.iter().any(apologised) {
        text.sentence(
            format!("Nay tính ra là {}, nhưng lời hẹn không bị rút ngắn.", at.0),
            format!(
                "Counted today it would be {}, but no promise is brought forward.",
                at.1
            ),
        );
    }
    if counted > account.due_at {
        text.sentence(
            format!(
                "Nay tính ra là {}; ngày hẹn mới có khi cơ quan ghi nhận.",
                at.0
            ),
            format!(
                "Counted today it would be {}; the new date holds once the office records it.",
                at.1
            ),
        );
    }
}

//! Where an auditor begins: the state of the proof, and questions worth asking.

use askama::Template;

use crate::web::frame::{Door, Frame};
use crate::web::lang::Pair;
use crate::web::proof::LogLine;

/// Questions that are asked of every office: (what, its parameters).
const SAVED: [(Pair, &str); 8] = [
    (
        ("Mọi vi phạm được ghi nhận", "Every breach on record"),
        "breach=any",
    ),
    (
        ("Kết quả ký sau hạn", "Results signed after the due date"),
        "breach=late_result",
    ),
    (
        ("Nhập hồ sơ muộn", "Papers entered late"),
        "breach=entered_late",
    ),
    (
        ("Xin lỗi quá muộn", "Apologies that came too late"),
        "breach=late_apology",
    ),
    (
        (
            "Yêu cầu bổ sung quá số lần",
            "Supplements asked for too often",
        ),
        "breach=repeated_supplement",
    ),
    (
        (
            "Ghi sau khi xảy ra từ 24 giờ trở lên",
            "Recorded 24 hours or more after it happened",
        ),
        "late=24",
    ),
    (
        ("Ngày hẹn được tính lại", "Promised dates counted anew"),
        "kind=dossier.due_date_recomputed",
    ),
    (
        (
            "Quá hạn do hệ thống tự ghi",
            "Missed deadlines, recorded by the program",
        ),
        "kind=dossier.deadline_missed",
    ),
];

#[derive(Template)]
#[template(path = "audit/start.html")]
pub struct StartPage {
    frame: Frame,
    size: String,
    log: Option<LogLine>,
    waiting: String,
    saved: Vec<(&'static str, String)>,
    findings: bool,
}

impl StartPage {
    /// `size`: facts shown; `sealed`: facts under the newest checkpoint; `findings`: whether they are shown here.
    #[must_use]
    pub fn new(frame: Frame, size: u64, sealed: u64, log: Option<LogLine>, findings: bool) -> Self {
        let lang = frame.lang;
        let saved = SAVED
            .iter()
            .map(|(what, query)| (lang.pick(*what), format!("/audit/search?{query}")));
        Self {
            size: lang.count(size),
            waiting: lang.count(size.saturating_sub(sealed)),
            log,
            saved: saved.collect(),
            findings,
            frame: frame
                .titled(lang.of("Bàn kiểm tra", "Auditor's desk"), Some(Door::Audit))
                .wide(),
        }
    }
}

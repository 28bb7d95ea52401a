//! Limits, levels and how sure they are. What is not known for sure is never worded as law.

use crate::domain::catalogue::{Level, OnlineLevel};
use crate::domain::law::{Certainty, Limit};
use crate::web::dates::plural;
use crate::web::lang::{Lang, Pair};

pub fn limit(limit: Limit, lang: Lang) -> String {
    match limit {
        Limit::SameDay => lang
            .of(
                "Trong ngày; nhận sau 15 giờ thì ngày làm việc tiếp theo",
                "The same day; the next working day when received after 15:00",
            )
            .to_owned(),
        Limit::WorkingDays(days) => plural(days.into(), ("ngày làm việc", "working day"), lang),
        Limit::CalendarDays(days) => plural(
            days.into(),
            ("ngày, tính cả ngày nghỉ", "calendar day"),
            lang,
        ),
        Limit::WorkingHours(hours) => plural(hours.into(), ("giờ làm việc", "working hour"), lang),
        Limit::Months(months) => plural(months.into(), ("tháng", "month"), lang),
    }
}

/// The short mark beside a value: verified needs none.
pub fn basis_mark(certainty: Certainty) -> Option<Pair> {
    match certainty {
        Certainty::Verified => None,
        Certainty::Stated => Some(("chưa đối chiếu văn bản", "not checked against the text")),
        Certainty::Uncertain => Some(("chưa chắc chắn", "not certain")),
        Certainty::Illustrative => Some(("minh họa", "illustrative")),
        Certainty::Provisional => Some(("tạm tính", "provisional")),
    }
}

/// Why a promised date, or the limit behind it, is to be read with care; verified needs nothing.
pub fn doubt(due: Certainty, limit: Certainty) -> Vec<Pair> {
    let due = match due {
        Certainty::Verified | Certainty::Stated => None,
        Certainty::Uncertain | Certainty::Illustrative => Some((
            "Lịch làm việc dùng để tính ngày hẹn chưa được xác nhận.",
            "The calendar this date was counted on is not confirmed.",
        )),
        Certainty::Provisional => Some((
            "Ngày hẹn tạm tính: lịch nghỉ của năm đó chưa được thông báo chính thức và ngày hẹn có thể được tính lại.",
            "Provisional date: the days off of that year have not been officially announced, and it may be counted again.",
        )),
    };
    let limit = match limit {
        Certainty::Verified => None,
        Certainty::Stated => Some((
            "Thời hạn được biết chung, chưa đối chiếu với văn bản pháp luật.",
            "The limit is generally known but was not checked against the legal text.",
        )),
        Certainty::Uncertain => Some((
            "Thời hạn chưa chắc chắn: đây là ngày cơ quan hẹn, không phải thời hạn luật định đã kiểm chứng.",
            "The limit is not certain: this is what the office promised, not a confirmed legal limit.",
        )),
        Certainty::Illustrative => Some((
            "Thời hạn chỉ để minh họa, không phải quy định pháp luật.",
            "The limit is illustrative and no claim about the law.",
        )),
        Certainty::Provisional => Some((
            "Thời hạn tạm thời, sẽ được thay khi có văn bản chính thức.",
            "The limit is provisional until the official text replaces it.",
        )),
    };
    due.into_iter().chain(limit).collect()
}

pub fn level(level: Level) -> Pair {
    match level {
        Level::Ministry => ("Cấp bộ", "Ministry"),
        Level::Province => ("Cấp tỉnh", "Province"),
        Level::District => (
            "Cấp huyện (trước 01/7/2025)",
            "District (until 30 June 2025)",
        ),
        Level::Commune => ("Cấp xã", "Commune"),
        Level::Vertical => ("Ngành dọc", "Vertical agency"),
    }
}

pub fn online_level(level: OnlineLevel) -> Pair {
    match level {
        OnlineLevel::Full => ("Toàn trình", "Fully online"),
        OnlineLevel::Partial => ("Một phần", "Partly online"),
        OnlineLevel::InformationOnly => ("Chỉ cung cấp thông tin", "Information only"),
    }
}

/// The role of a step in a catalogue record; an unknown one reads as the agency.
pub fn step_role(role: &str) -> Pair {
    match role {
        "receiver" => ("Bộ phận một cửa", "One-stop unit"),
        "handler" => ("Người thụ lý", "Handler"),
        "division_head" => ("Lãnh đạo phòng", "Head of division"),
        "signer" => ("Người ký", "Signer"),
        "clerk" => ("Văn thư", "Clerk"),
        "vertical_agency" => ("Cơ quan ngành dọc", "Vertical agency"),
        "applicant" => ("Người nộp", "Applicant"),
        _ => ("Cơ quan giải quyết", "Competent agency"),
    }
}

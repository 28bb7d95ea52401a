//! Questions that auditors ask again and again, as links to the search, and what each answer can and cannot tell.

use crate::web::lang::Pair;

/// One question.
pub struct Saved {
    pub name: Pair,
    /// What the answer means, and what it leaves open.
    pub says: Pair,
    pub place: &'static str,
}

pub const SAVED: [Saved; 9] = [
    Saved {
        name: (
            "Hồ sơ quá hạn, theo những gì biết lúc đó",
            "Dossiers overdue, as known then",
        ),
        says: (
            "Theo từng cơ quan, tại một thời điểm; ghi nhận về sau không làm đổi câu trả lời.",
            "By office, at an instant; what was recorded later changes nothing.",
        ),
        place: "/audit/lateness",
    },
    Saved {
        name: (
            "Trái quy định, vẫn được ghi",
            "Against the rules, and recorded all the same",
        ),
        says: (
            "Việc không ngăn được nhưng không được che: mỗi ghi nhận nêu quy tắc và căn cứ.",
            "What could not be prevented is not hidden: each fact names the rule and its basis.",
        ),
        place: "/audit/search?breach=any",
    },
    Saved {
        name: (
            "Ghi muộn so với lúc khai",
            "Recorded long after it is said to have happened",
        ),
        says: (
            "Từ một giờ trở lên. Thời điểm khai không làm đẹp số liệu; có thể chỉ là nhập bù.",
            "An hour or more. A claim never improves a figure; it may be honest catching-up.",
        ),
        place: "/audit/search?later=1",
    },
    Saved {
        name: ("Thao tác ngoài giờ", "Acts out of hours"),
        says: (
            "Trước 7 giờ, từ 18 giờ, hoặc cuối tuần theo đồng hồ treo tường; lịch riêng của cơ quan nằm ở phần phát hiện.",
            "Before 7:00, from 18:00, or at a weekend by the wall clock; findings use each office's own hours.",
        ),
        place: "/audit/search?off=1",
    },
    Saved {
        name: ("Yêu cầu bổ sung quá số lần", "A second supplement request"),
        says: (
            "Bộ đếm tính từ ghi nhận, không phải từ một ô nhập.",
            "Counted from the facts, not from a field that somebody keeps.",
        ),
        place: "/audit/search?breach=repeated_supplement",
    },
    Saved {
        name: (
            "Quá hẹn, do hệ thống tự ghi",
            "Promises missed, as the system recorded them",
        ),
        says: (
            "Đồng hồ tự ghi khi đến hẹn mà chưa xong; không ai xóa được.",
            "The watch records by itself that a promise passed unsettled; nobody can take it back.",
        ),
        place: "/audit/search?kind=dossier.deadline_missed",
    },
    Saved {
        name: ("Trễ mà không xin lỗi", "Late without apology"),
        says: (
            "Phát hiện của bộ quy tắc, kèm cách giải thích vô hại.",
            "Findings of the detector, each with its innocent explanation.",
        ),
        place: "/audit/findings?rule=late_without_apology",
    },
    Saved {
        name: ("Ngày hẹn đã bị dời", "Promised dates that moved"),
        says: (
            "Xin lỗi và hẹn lại; ngày hẹn đầu vẫn giữ nguyên để tính.",
            "Apologies with a new date; the first promise is kept and counted.",
        ),
        place: "/audit/search?kind=dossier.apology_issued",
    },
    Saved {
        name: ("Kết quả bị thu hồi hoặc thay thế", "Results revoked"),
        says: (
            "Kết quả cũ vẫn đọc được; thu hồi là một ghi nhận mới.",
            "The old one stays readable; a revocation is a new fact.",
        ),
        place: "/audit/search?kind=dossier.result_revoked",
    },
];

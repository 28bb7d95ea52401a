//! The first page: what this is, a search by code, and every door.

use askama::Template;

use super::frame::{Door, Frame};
use super::lang::Pair;
use super::proof::LogLine;

/// A code like those on receipts, for those who have none at hand.
const EXAMPLE: &str = "H38.40-261122-0001";

#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage {
    frame: Frame,
    /// A code to try: a real one where there is one and the journal is a simulation.
    example: String,
    doors: Vec<&'static Doorplate>,
    size: String,
    log: Option<LogLine>,
}

struct Doorplate {
    path: &'static str,
    name: Pair,
    says: Pair,
}

const DOORS: [Doorplate; 6] = [
    Doorplate {
        path: "/t",
        name: ("Người dân: tra cứu hồ sơ", "Citizens: track a dossier"),
        says: (
            "Đang ở bước nào, hẹn ngày nào, cần làm gì.",
            "Where it stands, what was promised, what to do.",
        ),
    },
    Doorplate {
        path: "/p",
        name: ("Thủ tục hành chính", "Procedures"),
        says: (
            "Giấy tờ, thời hạn, phí, các bước.",
            "Papers, time limits, fees, steps.",
        ),
    },
    Doorplate {
        path: "/statistics",
        name: ("Thống kê công khai", "Public statistics"),
        says: (
            "Bao nhiêu hồ sơ sớm, đúng, trễ hẹn; có tử số và mẫu số.",
            "How many early, on time, late; with numerators and denominators.",
        ),
    },
    Doorplate {
        path: "/history",
        name: ("Kiểm tra: lịch sử hồ sơ", "Auditors: a dossier's history"),
        says: (
            "Từng ghi nhận: ai, lúc nào, trước và sau, mã băm.",
            "Every record: who, when, before and after, hash.",
        ),
    },
    Doorplate {
        path: "/desk",
        name: ("Cán bộ: bàn làm việc", "Officers: the desk"),
        says: (
            "Hồ sơ đang mở, gấp nhất trước (cần đăng nhập).",
            "Open dossiers, most urgent first (sign-in needed).",
        ),
    },
    Doorplate {
        path: "/graphiql",
        name: ("Lập trình viên: GraphQL", "Developers: GraphQL"),
        says: (
            "Thử giao diện lập trình với mười truy vấn sẵn.",
            "Try the API with ten ready queries.",
        ),
    },
];

impl HomePage {
    #[must_use]
    pub fn new(frame: Frame, example: Option<String>, size: u64) -> Self {
        let title = frame.lang.of("Trang đầu", "First page");
        Self {
            size: frame.lang.count(size),
            doors: doors(&frame),
            frame: frame.titled(title, None),
            example: example.unwrap_or_else(|| EXAMPLE.to_owned()),
            log: None,
        }
    }

    /// Shows how far the log is sealed.
    #[must_use]
    pub fn with_log(mut self, log: Option<LogLine>) -> Self {
        self.log = log;
        self
    }
}

/// All, but no worklist to those who are signed in and have none.
fn doors(frame: &Frame) -> Vec<&'static Doorplate> {
    let without_work = frame.who.as_ref().is_some_and(|who| !who.has_work);
    let open = |door: &&Doorplate| !(without_work && door.path == Door::Desk.path());
    DOORS.iter().filter(open).collect()
}

/// A search by code alone.
#[derive(Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    pub frame: Frame,
    /// Where the code is sent: `/t` or `/history`.
    pub action: &'static str,
}

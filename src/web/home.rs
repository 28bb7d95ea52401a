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
    is_real: bool,
    doors: &'static [Doorplate],
    work: Vec<&'static Doorplate>,
    size: String,
    log: Option<LogLine>,
}

struct Doorplate {
    path: &'static str,
    name: Pair,
    says: Pair,
}

/// What citizens come for, the commonest first.
const DOORS: [Doorplate; 4] = [
    Doorplate {
        path: "/p",
        name: ("Biết cần giấy tờ gì", "Know which papers you need"),
        says: (
            "Giấy tờ, thời hạn, phí và các bước của từng thủ tục.",
            "Papers, time limit, fees and steps of each procedure.",
        ),
    },
    Doorplate {
        path: "/o",
        name: ("Đến hoặc gọi cơ quan", "Go to an office, or call it"),
        says: (
            "Địa chỉ, giờ mở cửa, điện thoại, ai phụ trách việc gì.",
            "Address, hours, phone, who is in charge of what.",
        ),
    },
    Doorplate {
        path: "/feedback",
        name: ("Phản ánh, đánh giá", "Say what you think"),
        says: (
            "Người dân đã phản ánh gì, cơ quan trả lời có đúng hạn không.",
            "What was said, and whether offices answered in time.",
        ),
    },
    Doorplate {
        path: "/statistics",
        name: ("Xem cơ quan có đúng hẹn không", "See who keeps promises"),
        says: (
            "Bao nhiêu hồ sơ sớm, đúng, trễ hẹn; có tử số và mẫu số.",
            "How many early, on time, late; with numerators and denominators.",
        ),
    },
];

/// What officers, auditors and developers come for.
const WORK: [Doorplate; 3] = [
    Doorplate {
        path: "/desk",
        name: ("Cán bộ: bàn làm việc", "Officers: the desk"),
        says: (
            "Hồ sơ đang mở, gấp nhất trước (cần đăng nhập).",
            "Open dossiers, most urgent first (sign-in needed).",
        ),
    },
    Doorplate {
        path: "/audit",
        name: ("Kiểm tra: bàn kiểm tra", "Auditors: the desk"),
        says: (
            "Tra cứu toàn bộ sổ, xem lại hồ sơ ở bất kỳ thời điểm nào (cần đăng nhập).",
            "The whole journal searched, a dossier as of any instant (sign-in needed).",
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
            doors: &DOORS,
            work: work(&frame),
            frame: frame.titled(title, None),
            is_real: example.is_some(),
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
fn work(frame: &Frame) -> Vec<&'static Doorplate> {
    let without_work = frame.who.as_ref().is_some_and(|who| !who.has_work);
    let open = |door: &&Doorplate| !(without_work && door.path == Door::Desk.path());
    WORK.iter().filter(open).collect()
}

/// A search by code alone.
#[derive(Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    pub frame: Frame,
    /// Where the code is sent: `/t` or `/history`.
    pub action: &'static str,
}

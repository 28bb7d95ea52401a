//! Offices for people: the list, one office with its doors, and what was said of it.

use askama::Template;
use serde::Deserialize;

use super::dates::{self, When};
use super::frame::Frame;
use super::lang::{Lang, Pair};
use super::whom::Whom;
use super::words;
use crate::domain::office::Office;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::statistics::Counts;

/// Feedback on one page of the list.
pub const PAGE: u32 = 20;

#[derive(Template)]
#[template(path = "offices.html")]
pub struct OfficesPage {
    frame: Frame,
    working: Vec<OfficeLine>,
    ended: Vec<OfficeLine>,
}

struct OfficeLine {
    code: String,
    name: String,
    level: &'static str,
    until: Option<String>,
}

impl OfficesPage {
    #[must_use]
    pub fn new(frame: Frame, reference: &Reference, now: Moment) -> Self {
        let lang = frame.lang;
        let line = |office: &Office| OfficeLine {
            code: office.code.clone(),
            name: lang.of(&office.name_vi, &office.name_en).clone(),
            level: lang.pick(words::level(office.level)),
            until: office.valid_to.map(|day| dates::day(day, lang)),
        };
        let today = now.date();
        let ended = |office: &Office| office.valid_to.is_some_and(|to| to < today);
        let (ended, working): (Vec<_>, Vec<_>) =
            reference.offices.values().partition(|office| ended(office));
        Self {
            working: working.into_iter().map(|office| line(office)).collect(),
            ended: ended.into_iter().map(|office| line(office)).collect(),
            frame: frame.titled(lang.of("Cơ quan", "Offices"), None),
        }
    }
}

#[derive(Template)]
#[template(path = "office.html")]
pub struct OfficePage {
    frame: Frame,
    whom: Whom,
    level: &'static str,
    parent: Option<(String, String)>,
    open: String,
    overdue: String,
    has_overdue: bool,
    received: String,
    doors: Vec<(String, &'static str, &'static str)>,
    staff: Vec<OfficerLine>,
    /// Where feedback on paper goes; empty when no address is posted.
    address: String,
    /// Inspections on record: visits, findings, to be put right, put right in time; none when there was no visit.
    inspected: Option<[String; 4]>,
    /// Written reminders that it has not answered by their day.
    unanswered: String,
}

impl OfficePage {
    /// `counts`: of the running year.
    #[must_use]
    pub fn new(
        frame: Frame,
        office: &Office,
        reference: &Reference,
        now: Moment,
        counts: &Counts,
        staff: Vec<Colleague>,
    ) -> Self {
        let lang = frame.lang;
        let whom = Whom::of(office, reference, now, None, lang);
        let parent = office.parent.as_ref().and_then(|code| {
            let parent = reference.offices.get(code)?;
            Some((
                code.clone(),
                lang.of(&parent.name_vi, &parent.name_en).clone(),
            ))
        });
        let pending = counts.pending;
        let doors = doors(&office.code)
            .map(|(place, name, says)| (frame.to(&place), lang.pick(name), lang.pick(says)));
        Self {
            level: lang.pick(words::level(office.level)),
            parent,
            open: lang.count(pending.in_time + pending.overdue + pending.undated),
            overdue: lang.count(pending.overdue),
            has_overdue: pending.overdue > 0,
            received: lang.count(counts.received.total()),
            doors: doors.to_vec(),
            staff: staff
                .into_iter()
                .map(|one| OfficerLine::new(one, lang))
                .collect(),
            address: whom.address.clone(),
            inspected: inspected(&office.code, reference, now)
                .map(|all| all.map(|one| lang.count(one))),
            unanswered: unanswered(&office.code, reference, now).to_string(),
            frame: frame.titled(whom.name.clone(), None),
            whom,
        }
    }
}

/// The staff of an office as the api gives it.
#[derive(Debug, Default, Deserialize)]
pub struct Unit {
    pub staff: Vec<Colleague>,
}

/// An officer as the api gives them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Colleague {
    full_name: Option<String>,
    title: String,
    fields: Vec<String>,
    phone: Option<String>,
    seconded_by: Option<Lender>,
    substitute: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Lender {
    name: Words,
}

struct OfficerLine {
    name: String,
    title: String,
    fields: String,
    phone: String,
    seconded_by: Option<String>,
    substitute: String,
}

impl OfficerLine {
    fn new(one: Colleague, lang: Lang) -> Self {
        let dash = || "–".to_owned();
        Self {
            name: one.full_name.unwrap_or_else(dash),
            title: one.title,
            fields: if one.fields.is_empty() {
                lang.of("mọi lĩnh vực", "all").to_owned()
            } else {
                one.fields.join(", ")
            },
            phone: one.phone.unwrap_or_default(),
            seconded_by: one.seconded_by.map(|by| lang.of(by.name.vi, by.name.en)),
            substitute: one.substitute.unwrap_or_else(dash),
        }
    }
}

/// Visits, findings, those to be put right, and those that were by their day.
fn inspected(code: &str, reference: &Reference, now: Moment) -> Option<[u64; 4]> {
    let all = reference.supervision.inspections.iter();
    let visits: Vec<_> = all.filter(|one| one.opened.office == code).collect();
    let findings = || visits.iter().flat_map(|one| &one.findings);
    let ordered = || findings().filter(|one| one.due_on.is_some());
    let in_time = ordered().filter(|one| one.done_on.is_some() && !one.is_late(now.date()));
    let counted = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let told = [
        visits.len(),
        findings().count(),
        ordered().count(),
        in_time.count(),
    ];
    (!visits.is_empty()).then(|| told.map(counted))
}

fn unanswered(code: &str, reference: &Reference, now: Moment) -> usize {
    let all = reference.supervision.reminders.iter();
    let open = all.filter(|one| one.sent.to == code && one.answered_on.is_none());
    open.filter(|one| one.is_late(now.date())).count()
}

fn doors(code: &str) -> [(String, Pair, Pair); 5] {
    [
        (
            format!("/statistics?office={code}"),
            ("Số liệu của cơ quan", "The office’s figures"),
            (
                "Nhận, giải quyết, đúng hẹn, trễ hẹn.",
                "Received, settled, on time, late.",
            ),
        ),
        (
            format!("/feedback?office={code}"),
            ("Phản ánh và trả lời", "Feedback and answers"),
            (
                "Mỗi phản ánh có hạn trả lời.",
                "Each has a day to be answered by.",
            ),
        ),
        (
            format!("/board/{code}"),
            ("Bảng tại phòng chờ", "The board in the lobby"),
            (
                "Hồ sơ mời nhận kết quả, hồ sơ đến hẹn hôm nay.",
                "To collect, due today.",
            ),
        ),
        (
            "/p".to_owned(),
            ("Thủ tục", "Procedures"),
            ("Giấy tờ, phí, thời hạn.", "Papers, fees, limits."),
        ),
        (
            format!("/o/{code}/sheet"),
            ("Tờ dán tường", "The wall sheet"),
            (
                "Mã QR của các thủ tục, để in.",
                "QR codes of the procedures, to print.",
            ),
        ),
    ]
}

/// The list of feedback as the api gives it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    edges: Vec<Edge>,
    page_info: PageInfo,
}

#[derive(Debug, Deserialize)]
struct Edge {
    node: Node,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    position: serde_json::Value,
    kind: String,
    step: Words,
    submitted_at: Moment,
    due_at: Option<Moment>,
    answered_at: Option<Moment>,
    late: bool,
    slack_days: Option<i64>,
    published: bool,
    answer: Option<String>,
    state: String,
    satisfied: Option<bool>,
    office: Option<Place>,
    forwarded_to: Option<Place>,
}

#[derive(Debug, Deserialize)]
struct Words {
    vi: String,
    en: String,
}

#[derive(Debug, Deserialize)]
struct Place {
    code: String,
    name: Words,
}

#[derive(Template)]
#[template(path = "voices.html")]
pub struct VoicesPage {
    frame: Frame,
    /// The office asked about.
    office: Option<(String, String)>,
    offices: Vec<(String, String, bool)>,
    lines: Vec<VoiceLine>,
    more: Option<String>,
}

#[expect(clippy::struct_excessive_bools, reason = "what the page asks")]
struct VoiceLine {
    position: String,
    kind: &'static str,
    step: String,
    office: Option<(String, String)>,
    at: When,
    due: Option<When>,
    answered: Option<When>,
    late: bool,
    left: Option<String>,
    published: bool,
    answer: Option<String>,
    refused: bool,
    waits_for_sender: bool,
    passed_to: Option<(String, String)>,
    judged: Option<&'static str>,
}

impl VoicesPage {
    #[must_use]
    pub fn new(frame: Frame, said: Said, office: Option<&Office>, reference: &Reference) -> Self {
        let lang = frame.lang;
        let name = |office: &Office| lang.of(&office.name_vi, &office.name_en).clone();
        let more = said
            .page_info
            .end_cursor
            .filter(|_| said.page_info.has_next_page);
        let more = more.map(|cursor| {
            let of = office.map(|office| format!("office={}&", office.code));
            frame.to(&format!(
                "/feedback?{}after={cursor}",
                of.unwrap_or_default()
            ))
        });
        let offices = reference.offices.values().map(|one| {
            let chosen = office.is_some_and(|office| office.code == one.code);
            (one.code.clone(), name(one), chosen)
        });
        Self {
            office: office.map(|office| (office.code.clone(), name(office))),
            offices: offices.collect(),
            lines: said
                .edges
                .into_iter()
                .map(|edge| line(edge.node, lang))
                .collect(),
            more,
            frame: frame.titled(lang.of("Phản ánh, kiến nghị", "Feedback"), None),
        }
    }
}

fn line(node: Node, lang: Lang) -> VoiceLine {
    let left = node.slack_days.map(|days| {
        let words = dates::plural(days.unsigned_abs(), ("ngày làm việc", "working day"), lang);
        match (lang, node.late) {
            (Lang::Vi, false) => format!("còn {words}"),
            (Lang::En, false) => format!("{words} left"),
            (Lang::Vi, true) => format!("quá hạn {words}"),
            (Lang::En, true) => format!("{words} late"),
        }
    });
    VoiceLine {
        position: node
            .position
            .as_str()
            .map_or_else(|| node.position.to_string(), str::to_owned),
        kind: match node.kind.as_str() {
            "RECOMMENDATION" => lang.of("Kiến nghị", "Recommendation"),
            _ => lang.of("Phản ánh", "Report"),
        },
        step: lang.of(node.step.vi, node.step.en),
        office: node
            .office
            .map(|office| (office.code, lang.of(office.name.vi, office.name.en))),
        at: dates::short(node.submitted_at, lang),
        due: node.due_at.map(|due| dates::promise(due, lang)),
        answered: node.answered_at.map(|at| dates::short(at, lang)),
        late: node.late,
        left,
        published: node.published,
        answer: node.answer,
        refused: node.state == "REFUSED",
        waits_for_sender: node.state == "AWAITING_SENDER",
        passed_to: node
            .forwarded_to
            .map(|office| (office.code, lang.of(office.name.vi, office.name.en))),
        judged: node.satisfied.map(|satisfied| {
            let words = if satisfied {
                (
                    "Người gửi hài lòng với câu trả lời",
                    "Its sender is satisfied with the answer",
                )
            } else {
                (
                    "Người gửi chưa hài lòng với câu trả lời",
                    "Its sender is not satisfied with the answer",
                )
            };
            lang.pick(words)
        }),
    }
}

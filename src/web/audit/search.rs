//! The journal, searched: a form that is an address, and the facts it finds.

use askama::Template;

use super::question::{BREACHES, Doubt, Params, Question, breach_name, reason_name};
use super::{Line, framed};
use crate::api::words::act_label;
use crate::domain::actor::Role;
use crate::domain::reason::Reason;
use crate::domain::reference::Reference;
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::words;

/// Facts on a page.
pub const PAGE: u32 = 50;

/// One choice of a list.
pub struct Choice {
    pub value: String,
    pub name: String,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "audit_search.html")]
pub struct SearchPage {
    frame: Frame,
    typed: Params,
    /// Name of the field, its place in the form, and what to do.
    doubts: Vec<(&'static str, &'static str, &'static str)>,
    kinds: Vec<Choice>,
    roles: Vec<Choice>,
    reasons: Vec<Choice>,
    breaches: Vec<Choice>,
    offices: Vec<(String, String)>,
    /// The one office that the reader supervises.
    own: Option<String>,
    lines: Vec<Line>,
    more: Option<String>,
    /// Query of the exports; none when nothing was understood.
    query: Option<String>,
    reads_bytes: bool,
    newest_first: bool,
    everything: bool,
    size: u64,
}

/// What the page is made from.
pub struct Found<'a> {
    pub typed: Params,
    pub asked: Result<&'a Question, &'a [Doubt]>,
    pub lines: Vec<Line>,
    /// Position of the last one, when there are more.
    pub next: Option<u64>,
    pub kinds: Vec<String>,
    pub own: Option<String>,
    pub reads_bytes: bool,
    pub size: u64,
}

impl SearchPage {
    #[must_use]
    pub fn new(frame: Frame, found: Found<'_>, reference: &Reference) -> Self {
        let lang = frame.lang;
        let title = lang.of("Tìm trong sổ", "Search the journal").to_owned();
        let typed = found.typed;
        let kinds = found.kinds.into_iter().map(|kind| Choice {
            name: lang.pick(act_label(&kind)).to_owned(),
            chosen: kind == typed.kind.trim(),
            value: kind,
        });
        let mut kinds: Vec<Choice> = kinds.collect();
        kinds.sort_by(|left, right| left.name.cmp(&right.name));
        let asked = found.asked.ok();
        let doubts = found.asked.err().unwrap_or_default();
        let told = |(field, says): &Doubt| (*field, label(field, lang), lang.pick(*says));
        let office = |(code, office): (&String, &std::sync::Arc<crate::domain::office::Office>)| {
            (
                code.clone(),
                lang.of(&office.name_vi, &office.name_en).clone(),
            )
        };
        let mut offices: Vec<_> = reference.offices.iter().map(office).collect();
        offices.sort();
        Self {
            doubts: doubts.iter().map(told).collect(),
            kinds,
            roles: choices(&Role::ALL, &typed.role, Role::name, |role| {
                lang.pick(words::office_role(role))
            }),
            reasons: choices(&Reason::ALL, &typed.reason, reason_name, |one| {
                lang.pick(one.label())
            }),
            breaches: choices(&BREACHES, &typed.breach, breach_name, |one| {
                lang.pick(one.label())
            }),
            offices,
            own: found.own,
            more: asked
                .zip(found.next)
                .map(|(asked, next)| format!("/audit/search{}", asked.query_after(next))),
            query: asked.map(Question::query),
            newest_first: asked.is_none_or(|asked| asked.newest_first),
            everything: asked.is_some_and(Question::is_everything),
            lines: found.lines,
            reads_bytes: found.reads_bytes,
            size: found.size,
            typed,
            frame: framed(frame, title),
        }
    }

    fn any_breach(&self) -> bool {
        self.typed.breach.trim() == "any"
    }

    fn is_off(&self) -> bool {
        self.typed.off.trim() == "1"
    }
}

fn choices<T: Copy>(
    all: &[T],
    typed: &str,
    value: impl Fn(T) -> &'static str,
    name: impl Fn(T) -> &'static str,
) -> Vec<Choice> {
    let choice = |one: &T| Choice {
        value: value(*one).to_owned(),
        name: name(*one).to_owned(),
        chosen: value(*one) == typed.trim(),
    };
    all.iter().map(choice).collect()
}

/// What a field is called.
fn label(field: &str, lang: Lang) -> &'static str {
    match field {
        "kind" => lang.of("Loại ghi nhận", "Kind"),
        "actor" => lang.of("Mã người thao tác", "Person's code"),
        "role" => lang.of("Vai trò", "Role"),
        "office" => lang.of("Cơ quan", "Office"),
        "procedure" => lang.of("Thủ tục", "Procedure"),
        "code" => lang.of("Mã hồ sơ", "Dossier code"),
        "reason" => lang.of("Lý do", "Reason"),
        "breach" => lang.of("Trái quy định", "Breach"),
        "from" => lang.of("Ghi từ ngày", "Recorded from"),
        "to" => lang.of("Đến ngày", "Up to"),
        "later" => lang.of("Ghi muộn ít nhất (giờ)", "Later by at least (hours)"),
        "off" => lang.of("Ngoài giờ", "Out of hours"),
        "order" => lang.of("Thứ tự", "Order"),
        "after" => lang.of("Tiếp sau vị trí", "After position"),
        _ => lang.of("Địa chỉ", "Address"), // foreign: an address that is no query
    }
}

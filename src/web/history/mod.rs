//! The auditor's page of one dossier: every fact with who, when, what it changed, and its place in the proof.

mod beside;

use askama::Template;

use super::dates::{self, When};
use super::frame::{Door, Frame};
use super::lang::{Lang, Pair};
use super::words;
use crate::api::scalar::hex;
use crate::domain::actor::{Actor, NO_OFFICE};
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::projections::history::Change;
use crate::tlog::leaf_hash;

#[derive(Template)]
#[template(path = "history.html")]
pub struct HistoryPage {
    frame: Frame,
    code: String,
    sees_people: bool,
    /// What recomputing the hashes has shown.
    chain: String,
    items: Vec<Item>,
    /// How many records are under the newest published checkpoint; none where no log is kept.
    sealed: Option<u64>,
}

struct Item {
    position: u64,
    version: u32,
    what: String,
    kind: &'static str,
    recorded: When,
    /// A claimed time and how far it lies from the recorded one.
    claimed: Option<(When, String)>,
    received: Option<(When, String)>,
    role: &'static str,
    office: Option<String>,
    person: Option<String>,
    reason: Option<&'static str>,
    basis: Option<String>,
    policy: Option<String>,
    breach: Option<String>,
    /// Its slip was written by hand while the line was down.
    on_paper: bool,
    differences: Vec<Difference>,
    parts: usize,
    leaf: String,
    prev: Option<String>,
}

/// One value of the state that a fact changed.
pub struct Difference {
    pub name: &'static str,
    /// Nothing when there was nothing.
    pub before: Option<String>,
    /// A dash when nothing is left.
    pub after: String,
}

impl HistoryPage {
    /// `sees_people`: the reader may open the dossier and learns who acted.
    #[must_use]
    pub fn new(frame: Frame, code: &str, changes: &[Change], sees_people: bool) -> Self {
        let lang = frame.lang;
        let items = changes
            .iter()
            .filter_map(|change| item(change, sees_people, lang));
        let title = lang.of("Ghi nhận của hồ sơ", "Records of dossier");
        Self {
            items: items.collect(),
            chain: chain(changes, lang),
            code: code.to_owned(),
            sees_people,
            sealed: None,
            frame: frame.titled(format!("{title} {code}"), Some(Door::Tracking)),
        }
    }

    /// Leads from each record below this size to its proof.
    #[must_use]
    pub fn sealed(mut self, size: Option<u64>) -> Self {
        self.sealed = size;
        self
    }
}

/// Recomputes every leaf hash from the exact bytes and follows the links.
#[must_use]
pub fn chain(changes: &[Change], lang: Lang) -> String {
    let mut before = None;
    for change in changes {
        let hash = change.entry.leaf_hash;
        if leaf_hash(&change.entry.body) != hash || change.fact.prev != before {
            let text = lang.of(
                "✕ Mã băm KHÔNG khớp từ ghi nhận số",
                "✕ The hashes do NOT agree from record",
            );
            return format!("{text} {}.", change.fact.version);
        }
        before = Some(hash);
    }
    let count = lang.count(changes.len() as u64);
    match lang {
        Lang::Vi => format!("✓ Vừa tính lại: {count} mã băm đều khớp và nối liền nhau."),
        Lang::En => format!("✓ Just recomputed: all {count} hashes agree and are linked."),
    }
}

fn item(change: &Change, sees_people: bool, lang: Lang) -> Option<Item> {
    let Event::Dossier(event) = &change.fact.event else {
        return None;
    };
    let (fact, around) = (&change.fact, &change.fact.circumstances);
    let claim =
        |at: Option<Moment>| at.map(|at| (dates::exact(at, lang), gap(at, fact.recorded_at, lang)));
    let actor = &fact.actor;
    Some(Item {
        position: change.entry.position,
        version: fact.version,
        what: words::told(event, lang),
        kind: event.kind(),
        recorded: dates::exact(fact.recorded_at, lang),
        claimed: claim(around.occurred_at),
        received: claim(around.received_at),
        role: lang.pick(words::office_role(actor.role)),
        office: (actor.office != NO_OFFICE).then(|| actor.office.clone()),
        person: sees_people.then(|| person(actor)),
        reason: around.reason.map(|reason| lang.pick(reason.label())),
        basis: around.basis.clone(),
        policy: around.policy.clone(),
        breach: around
            .breach
            .as_ref()
            .map(|breach| format!("{} – {}", lang.pick(breach.rule.label()), breach.basis)),
        on_paper: words::is_on_paper(event),
        differences: differences(&change.before, &change.after, sees_people, lang),
        parts: around.parts.len(),
        leaf: hex(&change.entry.leaf_hash),
        prev: fact.prev.as_ref().map(|hash| hex(hash)),
    })
}

fn person(actor: &Actor) -> String {
    match &actor.on_behalf_of {
        Some(other) => format!("{} → {other}", actor.id),
        None => actor.id.clone(),
    }
}

/// How long after (or before) the claimed time a fact was recorded.
#[must_use]
pub fn gap(claimed: Moment, recorded: Moment, lang: Lang) -> String {
    let micros = recorded.0.saturating_sub(claimed.0);
    if micros.unsigned_abs() < Moment::SECOND.unsigned_abs() {
        return lang.of("ghi ngay", "recorded at once").to_owned();
    }
    let time = dates::elapsed(micros, lang);
    match (lang, micros > 0) {
        (Lang::Vi, true) => format!("ghi sau {time}"),
        (Lang::En, true) => format!("recorded {time} later"),
        (Lang::Vi, false) => format!("ghi trước {time}"),
        (Lang::En, false) => format!("recorded {time} earlier"),
    }
}

/// What a fact changed, in the reader's language.
#[must_use]
pub fn differences(
    before: &Dossier,
    after: &Dossier,
    sees_people: bool,
    lang: Lang,
) -> Vec<Difference> {
    let pairs = values(before, sees_people, lang)
        .into_iter()
        .zip(values(after, sees_people, lang));
    pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| Difference {
            name: lang.pick(name),
            before,
            after: after.unwrap_or_else(|| "–".to_owned()),
        })
        .collect()
}

/// What an auditor compares, in a fixed order.
#[must_use]
pub fn values(dossier: &Dossier, sees_people: bool, lang: Lang) -> Vec<(Pair, Option<String>)> {
    let turn = dossier.turn();
    let time = |at: Option<Moment>| at.map(|at| dates::short(at, lang).words().to_owned());
    let handler = dossier.handler.as_ref();
    let mut values = vec![
        (
            ("Trạng thái", "State"),
            (dossier.version > 0).then(|| lang.pick(words::phase(dossier.phase)).to_owned()),
        ),
        (
            ("Mã hồ sơ", "Code"),
            dossier.code.as_ref().map(ToString::to_string),
        ),
        (
            ("Cơ quan", "Office"),
            dossier.office.as_ref().map(ToString::to_string),
        ),
        (
            ("Ngày hẹn", "Promised date"),
            time(turn.map(|turn| turn.due_at)),
        ),
        (
            ("Hẹn ban đầu", "First promise"),
            time(turn.map(|turn| turn.original_due_at)),
        ),
        (
            ("Đồng hồ", "Clock"),
            Some(lang.pick(clock(dossier)).to_owned()),
        ),
        (
            ("Người thụ lý", "Handler"),
            handler.map(|handler| {
                if sees_people {
                    handler.clone()
                } else {
                    lang.of("đã có", "assigned").to_owned()
                }
            }),
        ),
        (
            ("Số lần yêu cầu bổ sung", "Supplement requests"),
            Some(dossier.supplement_requests.to_string()),
        ),
        (
            ("Số lần xin lỗi", "Apologies"),
            Some(dossier.apologies.to_string()),
        ),
        (
            ("Kết thúc", "End"),
            turn.and_then(|turn| turn.ending).map(|end| {
                let kind = lang.pick(words::ending(end.kind));
                format!("{kind}, {}", dates::short(end.at, lang).words())
            }),
        ),
        (
            ("Trả kết quả", "Handed over"),
            dossier
                .delivered
                .map(|method| lang.pick(words::delivery(method)).to_owned()),
        ),
        (("Kết quả", "Result"), results(dossier, sees_people, lang)),
    ];
    values.extend(beside::values(dossier, sees_people, lang));
    values
}

/// What became of each document, in the order of the record; their numbers for those who may open the dossier.
fn results(dossier: &Dossier, numbered: bool, lang: Lang) -> Option<String> {
    let told = dossier.results.iter().map(|result| {
        let standing = lang.pick(result.standing.label());
        match result.number.as_ref().filter(|_| numbered) {
            Some(number) => format!("{number}: {standing}"),
            None => standing.to_owned(),
        }
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn clock(dossier: &Dossier) -> Pair {
    match dossier.turn() {
        None => ("chưa chạy", "not started"),
        Some(turn) if turn.ending.is_some() => ("đã dừng", "ended"),
        Some(turn) if turn.paused_since.is_some() => ("tạm dừng", "paused"),
        Some(_) => ("đang chạy", "running"),
    }
}

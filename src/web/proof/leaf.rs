//! What the sealed record says, field by field, in plain words.

use crate::domain::actor::NO_OFFICE;
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::projections::history::Change;
use crate::tlog::leaf_hash;
use crate::web::lang::{Lang, Pair};
use crate::web::{dates, words};

/// One field; `value` is plain text.
pub struct Field {
    pub name: &'static str,
    pub value: String,
    /// Set in the type of codes.
    pub is_code: bool,
}

pub fn fields(fact: &Change, changes: &[Change], lang: Lang) -> Vec<Field> {
    let Event::Dossier(event) = &fact.fact.event else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    let mut add = |name: Pair, value: String, is_code: bool| {
        let name = lang.pick(name);
        fields.push(Field {
            name,
            value,
            is_code,
        });
    };
    let (record, around) = (&fact.fact, &fact.fact.circumstances);
    add(
        ("Việc gì", "What"),
        lang.pick(words::happened(event)).to_owned(),
        false,
    );
    add(
        ("Vị trí trong sổ", "Position in the log"),
        fact.entry.position.to_string(),
        true,
    );
    let exact = |at| dates::exact(at, lang).words().to_owned();
    add(("Ghi lúc", "Recorded"), exact(record.recorded_at), false);
    if let Some(at) = around.occurred_at {
        add(("Khai là lúc", "Claimed"), exact(at), false);
    }
    if let Some(at) = around.received_at {
        add(
            ("Giờ trên giấy tiếp nhận", "Hour on the slip"),
            exact(at),
            false,
        );
    }
    let role = lang.pick(words::office_role(record.actor.role));
    let actor = match record.actor.office.as_str() {
        NO_OFFICE => role.to_owned(),
        office => format!("{role} · {office}"),
    };
    add(("Người thao tác", "Actor"), actor, false);
    for (name, value) in own(event, lang) {
        add(name, value, false);
    }
    if !around.parts.is_empty() {
        let count = around.parts.len();
        let says = lang.of(
            format!("{count} cam kết; nội dung nằm ngoài sổ"),
            format!("{count} commitments; the content lies outside the log"),
        );
        add(("Dữ liệu cá nhân", "Personal data"), says, false);
    }
    add(
        ("Số nội bộ của hồ sơ", "The dossier's own id"),
        record.stream.to_string(),
        true,
    );
    if let Some(says) = tie(fact, changes, lang) {
        add(("Nối với", "Tied to"), says, false);
    }
    fields
}

/// What the event itself carries.
fn own(event: &DossierEvent, lang: Lang) -> Vec<(Pair, String)> {
    let due = ("Hẹn trả kết quả", "Result promised for");
    let number = ("Số văn bản", "Number of the document");
    match event {
        DossierEvent::Submitted(lodged) | DossierEvent::Lodged(lodged) => vec![
            (("Mã hồ sơ", "Dossier code"), lodged.code.to_string()),
            (("Cơ quan", "Office"), lodged.office.to_string()),
            (
                ("Cách nộp", "Channel"),
                lang.pick(words::channel(lodged.channel)).to_owned(),
            ),
        ],
        DossierEvent::Accepted(accepted) => vec![
            (("Cơ quan", "Office"), accepted.office.to_string()),
            (("Thời hạn", "Limit"), words::limit(accepted.limit, lang)),
            (
                due,
                dates::promise(accepted.due_at, lang).words().to_owned(),
            ),
        ],
        DossierEvent::ResultIssued(issued) => vec![(number, issued.number.clone())],
        DossierEvent::ResultRevoked(revoked) => {
            let revoked = revoked.number.iter();
            revoked.map(|text| (number, text.clone())).collect()
        }
        DossierEvent::ResultReplaced(replaced) => {
            let earlier = replaced.replaces.iter();
            let earlier = earlier.map(|text| (("Thay cho", "In place of"), text.clone()));
            let mut told = vec![(number, replaced.number.clone())];
            told.extend(earlier);
            told
        }
        // Only acceptances, lodgings and results have receipts of their own.
        _ => Vec::new(),
    }
}

/// The record before, when this one carries its hash.
fn tie(fact: &Change, changes: &[Change], lang: Lang) -> Option<String> {
    let prev = fact.fact.prev?;
    let before = changes
        .iter()
        .find(|change| leaf_hash(&change.entry.body) == prev)?;
    let Event::Dossier(event) = &before.fact.event else {
        return None;
    };
    let what = lang.pick(words::happened(event));
    let position = before.entry.position;
    let code = super::code_of(&before.after).map_or_else(String::new, |code| {
        lang.of(format!(", hồ sơ {code}"), format!(", dossier {code}"))
    });
    Some(lang.of(
        format!("ghi nhận {position} ({what}{code}); mã băm khớp"),
        format!("record {position} ({what}{code}); the hash agrees"),
    ))
}

//! The documents a dossier came to, each with its number and whether it counts.

use super::Tone;
use crate::domain::dossier::{Dossier, DossierResult, Phase, ResultStanding};
use crate::web::dates::{self, When};
use crate::web::lang::{Lang, Pair};

/// One document.
pub struct ResultLine {
    /// None when it was never numbered, or nobody's business.
    pub number: Option<String>,
    pub tone: Tone,
    pub standing: &'static str,
    pub since: When,
    /// Number of the document that has taken its place.
    pub replaced_by: Option<String>,
}

/// Oldest first; without numbers unless `numbered`.
pub fn lines(dossier: &Dossier, numbered: bool, lang: Lang) -> Vec<ResultLine> {
    let line = |result: &DossierResult| ResultLine {
        number: result.number.clone().filter(|_| numbered),
        tone: match result.standing {
            ResultStanding::Valid => Tone::Good,
            ResultStanding::Superseded => Tone::Warn,
            ResultStanding::Revoked => Tone::Bad,
        },
        standing: lang.pick(result.standing.label()),
        since: dates::short(result.since, lang),
        replaced_by: result.replaced_by.clone().filter(|_| numbered),
    };
    dossier.results.iter().map(line).collect()
}

/// What the page says in place of its usual words when nothing is in force any more.
pub struct Void {
    pub headline: Pair,
    pub tag: Pair,
    pub next: Pair,
    pub to_do: Pair,
}

/// None while a document counts, or before there is one.
pub fn void(dossier: &Dossier) -> Option<Void> {
    let settled = matches!(dossier.phase, Phase::Completed | Phase::Returned);
    (settled && dossier.nothing_in_force()).then_some(Void {
        headline: ("Kết quả đã bị thu hồi", "The result has been revoked"),
        tag: ("Đã bị thu hồi", "Revoked"),
        next: (
            "Người có thẩm quyền ký văn bản thay thế, hoặc cơ quan thông báo cho ông/bà.",
            "The competent head signs another document, or the office writes to you.",
        ),
        to_do: (
            "Không dùng văn bản đã bị thu hồi; hỏi cơ quan theo địa chỉ bên dưới.",
            "Do not use the revoked document; ask the office at the address below.",
        ),
    })
}

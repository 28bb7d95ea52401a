//! Which version this is, which there were, and by what decision.

use jiff::civil::Date;

use super::{Mark, decided};
use crate::domain::catalogue::Procedure;
use crate::domain::reference::Reference;
use crate::web::dates;
use crate::web::lang::Lang;

/// One version of a procedure.
pub struct Version {
    pub number: u32,
    pub link: String,
    /// The days on which it applies.
    pub valid: String,
    /// The day on which it was recorded here.
    pub recorded: String,
    /// `Quyết định 12/QĐ-UBND ngày 01/02/2026`.
    pub decision: Option<String>,
    pub decision_mark: Option<Mark>,
    /// The one that applies today.
    pub in_force: bool,
    /// The one on the page.
    pub here: bool,
}

/// All versions, newest first. `recorded` answers when one was recorded here.
pub fn versions(
    reference: &Reference,
    shown: &Procedure,
    today: Date,
    recorded: &dyn Fn(u32) -> Option<Date>,
    lang: Lang,
) -> Vec<Version> {
    let in_force = reference.procedure(&shown.code, today);
    let in_force = in_force.map(|version| version.version);
    let all = reference.procedures.get(&shown.code);
    let version = |one: &Procedure| {
        let decision = one.publication.as_ref();
        let is_in_force = in_force == Some(one.version);
        Version {
            number: one.version,
            link: if is_in_force {
                format!("/p/{}", one.code)
            } else {
                format!("/p/{}?version={}", one.code, one.version)
            },
            valid: valid(one, lang),
            recorded: recorded(one.version).map_or_else(String::new, |day| dates::day(day, lang)),
            decision: decision.map(|decision| decided(&decision.number, decision.date, lang)),
            decision_mark: decision.map(|decision| Mark::new(decision.certainty, lang)),
            in_force: is_in_force,
            here: one.version == shown.version,
        }
    };
    let all = all.into_iter().flatten().rev();
    all.map(|one| version(one)).collect()
}

/// `áp dụng từ 30/12/2022`.
pub fn valid(one: &Procedure, lang: Lang) -> String {
    let from = one.valid_from.map(|from| dates::day(from, lang));
    let to = one.valid_to.map(|to| dates::day(to, lang));
    match (from, to) {
        (None, None) => String::new(),
        (Some(from), None) => format!("{} {from}", lang.of("áp dụng từ", "from")),
        (None, Some(to)) => format!("{} {to}", lang.of("áp dụng đến", "until")),
        (Some(from), Some(to)) => format!("{from} – {to}"),
    }
}

/// What a reader must know before trusting this version: that it is not the one in force, or ended.
pub fn warning(
    reference: &Reference,
    shown: &Procedure,
    today: Date,
    lang: Lang,
) -> Option<String> {
    let abolished = reference.abolition(&shown.code, shown.version);
    if let Some(end) = abolished {
        let (number, from) = (&end.decision, dates::day(end.from, lang));
        return Some(if end.ended(shown.version, today) {
            lang.of(
                format!("Thủ tục này đã bị bãi bỏ từ {from} (Quyết định {number})."),
                format!("This procedure was abolished from {from} (Decision {number})."),
            )
        } else {
            lang.of(
                format!("Thủ tục này sẽ bị bãi bỏ từ {from} (Quyết định {number})."),
                format!("This procedure will be abolished from {from} (Decision {number})."),
            )
        });
    }
    match reference.procedure(&shown.code, today) {
        Some(in_force) if in_force.version == shown.version => None,
        Some(in_force) => Some(lang.of(
            format!(
                "Đây là phiên bản {}, không phải phiên bản đang áp dụng ({}).",
                shown.version, in_force.version
            ),
            format!(
                "This is version {}, not the one in force ({}).",
                shown.version, in_force.version
            ),
        )),
        None => Some(
            lang.of(
                "Hiện không có phiên bản nào của thủ tục này đang áp dụng.",
                "No version of this procedure is in force today.",
            )
            .to_owned(),
        ),
    }
}

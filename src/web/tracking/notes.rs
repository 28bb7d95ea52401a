//! What went otherwise than promised, and what else is good to know.

use super::standing::{Clock, Tone};
use super::{Story, account};
use crate::domain::dossier::{Phase, Stage, Sync, SyncOutcome, Turn};
use crate::web::dates;
use crate::web::lang::Lang;

/// Supplements, many offices, other systems, breaches, and what the accounts tell.
pub fn of(story: &Story<'_>, clock: &Clock<'_>, lang: Lang) -> Vec<(Tone, String)> {
    let changes = story.changes;
    let Some(dossier) = changes.last().map(|change| &change.after) else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    if dossier.supplement_requests > 0 {
        let times = dossier.supplement_requests.into();
        let times = dates::plural(times, ("lần", "time"), lang);
        let text = lang.of("Cơ quan đã yêu cầu bổ sung", "Supplement requested");
        notes.push((Tone::Warn, format!("{text} {times}.")));
    }
    if dossier.turns.len() > 1 {
        let under = |turn: &Turn| u64::from(turn.working_days(clock.now, clock.calendar));
        let days = dossier.turns.iter().map(under).sum();
        let days = dates::plural(days, ("ngày làm việc", "working day"), lang);
        let text = lang.of(
            "Hồ sơ đã qua nhiều cơ quan, cộng thời gian ở tất cả các nơi là",
            "Several offices have had it in turn, under all their clocks for",
        );
        notes.push((Tone::Warn, format!("{text} {days}.")));
    }
    let is_open = |sync: &Sync| sync.outcome != SyncOutcome::Acknowledged;
    if dossier.syncs.iter().any(is_open) {
        let text = lang.of(
            "Cổng quốc gia hoặc hệ thống khác chưa xác nhận trạng thái mới nhất; trang này là đúng.",
            "The national portal or another system has not confirmed the newest state; this page is right.",
        );
        notes.push((Tone::Warn, text.to_owned()));
    }
    let mut told = Vec::new();
    for rule in &dossier.breaches {
        if !told.contains(rule) {
            told.push(*rule);
            let text = lang.of("Chưa đúng quy định", "Against the rules");
            notes.push((Tone::Bad, format!("{text}: {}.", lang.pick(rule.label()))));
        }
    }
    if dossier.phase == Phase::AwaitingSupplement(Stage::Appraisal) {
        let text = lang.of(
            "Trong lúc chờ bổ sung, thời hạn giải quyết không chạy.",
            "While the supplement is awaited, the clock does not run.",
        );
        notes.push((Tone::Info, text.to_owned()));
    }
    notes.extend(account::notes(dossier, story, lang));
    notes
}

//! The accounts of a dossier for everybody: how the promise moved, where the dossier was, what it waits for. No person.

use super::{Story, Tone};
use crate::domain::dossier::desk::{self, Cost, Worktime};
use crate::domain::dossier::ledger::{self, Cause, Entry, Placed, PromiseAct};
use crate::domain::dossier::{Dossier, ObligationState};
use crate::domain::portal::PortalStatus;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::web::dates::{self, When};
use crate::web::lang::Lang;
use crate::web::words;

/// What the page tells of promises and desks; empty parts are left out.
#[derive(Debug, Default)]
pub struct Accounts {
    pub moves: Vec<MoveLine>,
    pub desks: Vec<DeskLine>,
    /// How many days were lost, by cause, a sentence each.
    pub lost: Vec<String>,
}

/// A promise that moved, or an apology that moved none.
#[derive(Debug)]
pub struct MoveLine {
    pub when: When,
    pub by: &'static str,
    pub moved: Option<(When, When)>,
    /// The cause, and by how many days.
    pub why: String,
    pub reason: Option<&'static str>,
    pub breach: Option<&'static str>,
}

/// The time that an agency's role had.
#[derive(Debug)]
pub struct DeskLine {
    pub role: &'static str,
    pub office: String,
    pub used_for: &'static str,
    pub time: String,
    pub days: u32,
    pub late_days: u32,
}

impl Accounts {
    /// Nothing over a year without a calendar.
    pub fn new(story: &Story<'_>, lang: Lang) -> Self {
        let worktime = Worktime::new(story.reference);
        let facts = story.changes.iter().map(|change| Placed {
            position: change.entry.position,
            fact: &change.fact,
        });
        let entries = ledger::entries(facts, worktime).unwrap_or_default();
        let Some(dossier) = story.changes.last().map(|change| &change.after) else {
            return Self::default();
        };
        let costs = desk::costs(dossier, worktime, story.now).unwrap_or_default();
        let costs = desk::without_officers(costs).into_iter();
        Self {
            moves: entries
                .iter()
                .filter_map(|entry| move_line(entry, lang))
                .collect(),
            desks: costs
                .map(|cost| desk_line(&cost, story.reference, lang))
                .collect(),
            lost: lost(dossier, &entries, worktime, story.now, lang),
        }
    }
}

fn move_line(entry: &Entry, lang: Lang) -> Option<MoveLine> {
    let told = match entry.act {
        PromiseAct::Recomputed | PromiseAct::Extended | PromiseAct::ApologyWithoutEffect => true,
        PromiseAct::IntakePromised
        | PromiseAct::Promised
        | PromiseAct::Paused
        | PromiseAct::Resumed
        | PromiseAct::Missed
        | PromiseAct::OpinionAwaited
        | PromiseAct::OpinionOverdue
        | PromiseAct::OpinionAnswered
        | PromiseAct::Transferred
        | PromiseAct::Ended(_) => false,
    };
    if !told {
        return None;
    }
    let moved = entry.due_before.zip(entry.due_after);
    let moved = moved.filter(|(old, new)| old != new);
    let label = match entry.act {
        PromiseAct::Recomputed => entry.cause.unwrap_or(Cause::Office).label(),
        act => act.label(),
    };
    let days = entry.days.filter(|days| *days > 0);
    let days = days.map(|days| dates::plural(days.into(), ("ngày làm việc", "working day"), lang));
    let label = lang.pick(label);
    Some(MoveLine {
        when: dates::short(entry.recorded_at, lang),
        by: lang.pick(words::office_role(entry.author.role)),
        moved: moved.map(|(old, new)| (dates::short(old, lang), dates::short(new, lang))),
        why: days.map_or_else(
            || label.to_owned(),
            |days| format!("{label} ({} {days})", lang.of("lùi", "later by")),
        ),
        reason: entry.reason.map(|reason| lang.pick(reason.label())),
        breach: entry
            .breach
            .as_ref()
            .map(|breach| lang.pick(breach.rule.label())),
    })
}

fn desk_line(cost: &Cost, reference: &Reference, lang: Lang) -> DeskLine {
    DeskLine {
        role: lang.pick(cost.desk.role.label()),
        office: agency(&cost.desk.office, reference, lang),
        used_for: lang.pick(cost.held.label()),
        time: dates::office_minutes(cost.minutes, lang),
        days: cost.days,
        late_days: cost.late_days_by_original,
    }
}

fn agency(code: &str, reference: &Reference, lang: Lang) -> String {
    let office = reference.offices.get(code);
    office.map_or_else(
        || code.to_owned(),
        |office| lang.of(&office.name_vi, &office.name_en).clone(),
    )
}

/// Days lost under the newest clock.
fn lost(
    dossier: &Dossier,
    entries: &[Entry],
    worktime: Worktime<'_>,
    now: Moment,
    lang: Lang,
) -> Vec<String> {
    let Some(place) = dossier.turns.len().checked_sub(1) else {
        return Vec::new();
    };
    let lost = ledger::days_lost(dossier, place, entries, worktime, now).unwrap_or_default();
    let causes = Cause::ALL.into_iter().filter(|cause| lost.of(*cause) > 0);
    let told = causes.map(|cause| {
        let days = dates::plural(
            lost.of(cause).into(),
            ("ngày làm việc", "working day"),
            lang,
        );
        format!("{}: {days}.", lang.pick(cause.label()))
    });
    told.collect()
}

/// What the dossier waits for, what was missed, and what other systems know of it.
pub fn notes(dossier: &Dossier, story: &Story<'_>, lang: Lang) -> Vec<(Tone, String)> {
    let mut notes = Vec::new();
    let short = |at| dates::short(at, lang).words().to_owned();
    if dossier.intake_awaited().is_some_and(|due| due < story.now) {
        let text = lang.of(
            "Cơ quan chưa tiếp nhận cũng chưa trả lời trong thời gian quy định.",
            "The office has neither accepted nor answered in the time it has for that.",
        );
        notes.push((Tone::Bad, text.to_owned()));
    }
    if !dossier.obligations.is_empty()
        && !dossier
            .obligations
            .iter()
            .any(|one| one.state == ObligationState::Requested)
    {
        let text = lang.of(
            "Không còn khoản tiền nào phải nộp.",
            "Nothing is left to be paid.",
        );
        notes.push((Tone::Good, text.to_owned()));
    }
    for opinion in dossier.opinions.iter().filter(|one| one.is_open()) {
        let asked = lang.of("Đang chờ ý kiến của", "Waiting for the opinion of");
        let until = lang.of("hạn trả lời", "answer due");
        let agency = agency(&opinion.agency, story.reference, lang);
        let tone = if opinion.due_at < story.now {
            Tone::Bad
        } else {
            Tone::Info
        };
        let text = format!("{asked} {agency}, {until} {}.", short(opinion.due_at));
        notes.push((tone, text));
    }
    for missed in dossier.turns.iter().flat_map(|turn| &turn.missed) {
        let text = lang.of(
            "Hệ thống đã tự ghi nhận: chưa có kết quả khi đến hẹn",
            "Recorded by the system itself: not settled when it was due,",
        );
        notes.push((Tone::Bad, format!("{text} {}.", short(*missed))));
    }
    notes.extend(
        dossier
            .syncs
            .iter()
            .map(|sync| told(sync, dossier, story, lang)),
    );
    notes
}

/// What another system last acknowledged, and how old that is.
fn told(
    sync: &crate::domain::dossier::Sync,
    dossier: &Dossier,
    story: &Story<'_>,
    lang: Lang,
) -> (Tone, String) {
    let system = match sync.system.as_str() {
        "national-portal" => lang
            .of("Cổng Dịch vụ công quốc gia", "The national portal")
            .to_owned(),
        other => other.to_owned(),
    };
    let (Some(at), Some(status)) = (sync.acknowledged_at, sync.remote_status) else {
        let text = lang.of(
            "chưa xác nhận hồ sơ này",
            "has not confirmed this dossier yet",
        );
        return (Tone::Warn, format!("{system} {text}."));
    };
    let age = dates::elapsed(story.now.0.saturating_sub(at.0), lang);
    let same = PortalStatus::of(dossier).map(|here| u16::from(here.code())) == Some(status);
    let text = match lang {
        Lang::Vi => format!("{system} xác nhận trạng thái {status}, cách đây {age}"),
        Lang::En => format!("{system} confirmed status {status}, {age} ago"),
    };
    if same {
        return (Tone::Info, text + ".");
    }
    let differs = lang.of("; khác trạng thái ở đây.", "; not the status here.");
    (Tone::Warn, text + differs)
}

//! The citizen's page of one dossier: where it stands, what was promised, what comes next, what happened.

mod account;
mod history;
mod result;
mod standing;
mod steps;

use askama::Template;

pub use self::account::{Accounts, DeskLine, MoveLine};
pub use self::history::Line;
pub use self::result::ResultLine;
pub use self::standing::{Promise, Tone};
pub use self::steps::{Step, StepState};

use super::dates::{self, When};
use super::frame::{Door, Frame};
use super::lang::Lang;
use super::{qr, words};
use crate::api::dossier::explained;
use crate::domain::calendar::{OfficeHours, Timetable as _};
use crate::domain::catalogue::Procedure;
use crate::domain::dossier::{Dossier, Phase, Stage, Sync, SyncOutcome, Turn};
use crate::domain::office::Office;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::history::Change;

/// Everything the page is made of; nothing of it is personal.
pub struct Story<'a> {
    pub code: &'a str,
    /// The dossier's facts in order, each with the state before and after; at least one.
    pub changes: &'a [Change],
    /// Its version of the procedure, when known.
    pub procedure: Option<&'a Procedure>,
    /// Its procedure is not named in public.
    pub sensitive: bool,
    pub office: Option<&'a Office>,
    pub reference: &'a Reference,
    pub now: Moment,
    /// Scheme and host that the QR code leads to.
    pub base: &'a str,
}

#[derive(Template)]
#[template(path = "tracking.html")]
pub struct TrackingPage {
    pub frame: Frame,
    pub code: String,
    pub headline: &'static str,
    pub tone: Tone,
    pub tag: String,
    /// None when the procedure is sensitive: its name is nobody's business.
    pub procedure: Option<(String, String)>,
    pub office: String,
    pub promise: Option<Promise>,
    /// The first promise, when another one has taken its place.
    pub original: Option<Promise>,
    pub limit: Option<String>,
    /// Why the promised date is what it is.
    pub why: Option<String>,
    pub doubts: Vec<&'static str>,
    pub next: &'static str,
    pub to_do: Option<&'static str>,
    pub notes: Vec<(Tone, String)>,
    pub results: Vec<ResultLine>,
    pub accounts: Accounts,
    pub steps: Vec<Step>,
    pub history: Vec<Line>,
    pub contact: Option<Contact>,
    pub address: String,
    pub qr: String,
    pub updated: When,
    pub position: u64,
    /// Whether the page asks for itself again every minute; a closed dossier does not.
    pub refreshes: bool,
}

/// Whom to ask.
pub struct Contact {
    pub name: String,
    pub address: String,
    pub phone: String,
    pub hours: String,
}

impl TrackingPage {
    /// The page; `None` when there is no fact to tell of.
    #[must_use]
    pub fn new(frame: Frame, story: &Story<'_>) -> Option<Self> {
        let last = story.changes.last()?;
        let (dossier, lang) = (&last.after, frame.lang);
        let place = story.office.map_or("", |office| office.code.as_str());
        let hours = story.reference.hours(place);
        let clock = standing::Clock {
            now: story.now,
            calendar: &story.reference.calendar,
            hours: &hours,
            lang,
        };
        let promise = standing::current(dossier, &clock);
        let void = result::void(dossier);
        let (tone, tag) = match &void {
            Some(void) => (Tone::Bad, lang.pick(void.tag).to_owned()),
            None => standing::tag(dossier, promise.as_ref(), lang),
        };
        let address = format!("{}/t/{}", story.base, story.code);
        let phase = dossier.phase;
        let usual = (words::headline(phase), words::next(phase));
        let (headline, next) = void
            .as_ref()
            .map_or(usual, |void| (void.headline, void.next));
        let headline = lang.pick(headline);
        let to_do = void.map(|void| void.to_do).or_else(|| words::to_do(phase));
        Some(Self {
            frame: frame.titled(format!("{}: {headline}", story.code), Some(Door::Tracking)),
            code: story.code.to_owned(),
            headline,
            tone,
            tag,
            procedure: named_procedure(story, lang),
            office: office_name(dossier, story.office, lang),
            original: standing::original(dossier, &clock),
            promise,
            limit: dossier.turn().map(|turn| limit(turn, lang)),
            why: why(dossier, story, lang),
            doubts: doubts(dossier, lang),
            next: lang.pick(next),
            to_do: to_do.map(|pair| lang.pick(pair)),
            notes: notes(story, &clock, lang),
            accounts: Accounts::new(story, lang),
            results: result::lines(dossier, is_named(story), lang),
            steps: steps::of(story.changes, dossier, lang),
            history: history::lines(story.changes, lang),
            contact: story
                .office
                .map(|office| Contact::new(office, hours.on(story.now.date()), lang)),
            qr: qr::svg(
                &address,
                lang.of("Mã QR của trang này", "QR code of this page"),
            ),
            address,
            updated: dates::short(story.now, lang),
            position: last.entry.position,
            refreshes: !dossier.phase.is_closed(),
        })
    }
}

impl Contact {
    fn new(office: &Office, hours: &OfficeHours, lang: Lang) -> Self {
        let spans = hours.spans().iter().map(|span| {
            let from = span.from.strftime("%H:%M");
            format!("{from}–{}", span.to.strftime("%H:%M"))
        });
        Self {
            name: lang.of(&office.name_vi, &office.name_en).clone(),
            address: office.address_vi.clone(),
            phone: office.phone.clone(),
            hours: spans.collect::<Vec<_>>().join(", "),
        }
    }
}

/// The date explained, in the reader's language.
fn why(dossier: &Dossier, story: &Story<'_>, lang: Lang) -> Option<String> {
    let changes: Vec<&Change> = story.changes.iter().collect();
    let told = explained::tell(dossier, &changes, story.reference)?;
    Some(lang.of(told.vi, told.en))
}

/// What a sensitive dossier is about is nobody's business, and a document's number may tell it.
fn is_named(story: &Story<'_>) -> bool {
    !story.sensitive && story.procedure.is_none_or(|procedure| !procedure.sensitive)
}

fn named_procedure(story: &Story<'_>, lang: Lang) -> Option<(String, String)> {
    let procedure = story.procedure.filter(|_| is_named(story))?;
    let name = lang.of(&procedure.name_vi, &procedure.name_en);
    Some((name.clone(), format!("/p/{}", procedure.code)))
}

fn office_name(dossier: &Dossier, office: Option<&Office>, lang: Lang) -> String {
    match office {
        Some(office) => lang.of(&office.name_vi, &office.name_en).clone(),
        None => dossier
            .office
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
    }
}

/// Never without the mark of how sure it is.
fn limit(turn: &Turn, lang: Lang) -> String {
    let limit = words::limit(turn.limit, lang);
    match words::basis_mark(turn.limit_certainty) {
        None => limit,
        Some(mark) => format!("{limit} ({})", lang.pick(mark)),
    }
}

/// Said only where somebody still waits for the date.
fn doubts(dossier: &Dossier, lang: Lang) -> Vec<&'static str> {
    let waiting = dossier.turn().filter(|turn| turn.ending.is_none());
    let doubts = waiting.map(|turn| words::doubt(turn.due_certainty, turn.limit_certainty));
    let doubts = doubts.into_iter().flatten();
    doubts.map(|pair| lang.pick(pair)).collect()
}

/// What went otherwise than promised: supplements, apologies, breaches, and silence about lateness.
fn notes(story: &Story<'_>, clock: &standing::Clock<'_>, lang: Lang) -> Vec<(Tone, String)> {
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
    if let Some(apology) = history::last_apology(changes) {
        let text = lang.of("Cơ quan đã xin lỗi", "The office has apologised");
        let reason = apology.fact.circumstances.reason;
        let reason = reason.map(|reason| lang.pick(reason.label()));
        notes.push((
            Tone::Info,
            reason.map_or_else(|| format!("{text}."), |why| format!("{text}: {why}.")),
        ));
    } else if standing::is_overdue(dossier, clock.now) {
        let text = lang.of(
            "Hồ sơ đã quá hẹn mà chưa có thư xin lỗi.",
            "The promised date has passed and no apology has been issued.",
        );
        notes.push((Tone::Bad, text.to_owned()));
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

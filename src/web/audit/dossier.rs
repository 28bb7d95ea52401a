//! One dossier for auditors: everything with both times, and as it was at one instant or at two side by side.

use askama::Template;

use super::lateness::local;
use super::{Line, framed};
use crate::domain::dossier::Dossier;
use crate::domain::dossier::desk::Worktime;
use crate::domain::dossier::ledger::{self, Entry, Placed};
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::AsOf;
use crate::projections::history::Change;
use crate::web::dates::{self, When};
use crate::web::frame::Frame;
use crate::web::history::{self, Difference};
use crate::web::lang::{Lang, Pair};
use crate::web::words;

#[derive(Template)]
#[template(path = "audit_dossier.html")]
pub struct DossierPage {
    frame: Frame,
    code: String,
    doubts: Vec<&'static str>,
    view: View,
    chain: String,
    promises: Vec<PromiseLine>,
    stays: Vec<StayLine>,
    timeline: Vec<(Line, Vec<Difference>)>,
    /// What the forms hold.
    at: String,
    a: String,
    b: String,
    reads_bytes: bool,
}

/// What is shown of it.
pub enum View {
    /// Everything, as known now.
    Whole,
    /// As known at one instant.
    At(Instant),
    /// As known at two.
    Two(Box<(Instant, Instant)>),
}

/// The dossier as it was known.
pub struct Instant {
    /// As the reader wrote it, in words.
    name: String,
    /// Facts known then; none before it began.
    known: usize,
    values: Vec<(&'static str, Option<String>)>,
    /// Facts recorded later of what is claimed to have happened before.
    unknown: Vec<Unknown>,
}

struct Unknown {
    position: u64,
    what: &'static str,
    claimed: When,
    recorded: When,
    gap: String,
}

struct PromiseLine {
    position: u64,
    when: When,
    act: &'static str,
    old: Option<When>,
    new: Option<When>,
    cause: Option<&'static str>,
    days: Option<String>,
    by: String,
    reason: Option<&'static str>,
    breach: Option<String>,
}

struct StayLine {
    desk: String,
    waits: Option<&'static str>,
    giver: Option<String>,
    since: When,
    received: Option<When>,
    until: Option<When>,
    time: String,
    recalled: bool,
}

/// What the page is made from.
pub struct Told<'a> {
    pub code: &'a str,
    pub changes: &'a [Change],
    pub lines: Vec<Line>,
    pub at: Option<AsOf>,
    pub two: Option<(AsOf, AsOf)>,
    pub doubts: Vec<Pair>,
    pub reference: &'a Reference,
    pub now: Moment,
    pub reads_bytes: bool,
}

impl DossierPage {
    #[must_use]
    pub fn new(frame: Frame, told: Told<'_>) -> Self {
        let lang = frame.lang;
        let title = format!(
            "{} {}",
            lang.of("Kiểm tra hồ sơ", "Audit of dossier"),
            told.code
        );
        let instant = |as_of: AsOf| instant(as_of, told.changes, lang);
        let view = match (told.two, told.at) {
            (Some((a, b)), _) => View::Two(Box::new((instant(a), instant(b)))),
            (None, Some(at)) => View::At(instant(at)),
            (None, None) => View::Whole,
        };
        let first = told.changes.first().map(|change| change.fact.recorded_at);
        let last = told.changes.last().map(|change| change.fact.recorded_at);
        let written = |as_of: Option<AsOf>, other: Option<Moment>| match as_of {
            Some(AsOf::Moment(at)) => local(at),
            Some(AsOf::Size(_)) | None => other.map(local).unwrap_or_default(),
        };
        let newest = told.changes.last().map(|change| &change.after);
        let worktime = Worktime::new(told.reference);
        let facts = told.changes.iter().map(|change| Placed {
            position: change.entry.position,
            fact: &change.fact,
        });
        let promises = ledger::entries(facts, worktime).unwrap_or_default();
        let timeline = told.lines.into_iter().map(|mut line| {
            line.code = None;
            let change = told
                .changes
                .iter()
                .find(|one| one.entry.position == line.position);
            let differences = change.map_or_else(Vec::new, |change| {
                history::differences(&change.before, &change.after, true, lang)
            });
            (line, differences)
        });
        Self {
            chain: history::chain(told.changes, lang),
            promises: promises.iter().map(|entry| promise(entry, lang)).collect(),
            stays: newest.map_or_else(Vec::new, |dossier| stays(dossier, worktime, told.now, lang)),
            timeline: timeline.collect(),
            at: written(told.at, last),
            a: written(told.two.map(|two| two.0), first),
            b: written(told.two.map(|two| two.1), last),
            doubts: told.doubts.iter().map(|pair| lang.pick(*pair)).collect(),
            code: told.code.to_owned(),
            reads_bytes: told.reads_bytes,
            view,
            frame: framed(frame, title),
        }
    }

    /// The day that the form names.
    fn day(&self) -> &str {
        self.at.split('T').next().unwrap_or_default()
    }

    /// The two instants, name by name: both values, and whether they differ.
    fn rows(&self) -> Vec<(&'static str, Option<&str>, Option<&str>, bool)> {
        let View::Two(two) = &self.view else {
            return Vec::new();
        };
        let both = two.0.values.iter().zip(&two.1.values);
        both.map(|((name, a), (_, b))| (*name, a.as_deref(), b.as_deref(), a != b))
            .collect()
    }
}

/// The last fact that was known then.
#[must_use]
pub fn known(as_of: AsOf, changes: &[Change]) -> &[Change] {
    let count = changes.partition_point(|change| match as_of {
        AsOf::Moment(at) => change.fact.recorded_at <= at,
        AsOf::Size(size) => change.entry.position < size,
    });
    &changes[..count]
}

fn instant(as_of: AsOf, changes: &[Change], lang: Lang) -> Instant {
    let then = known(as_of, changes);
    let nothing = Dossier::default();
    let state = then.last().map_or(&nothing, |change| &change.after);
    let values = history::values(state, true, lang).into_iter();
    let later = changes[then.len()..].iter().filter_map(|change| {
        let AsOf::Moment(at) = as_of else { return None };
        let around = &change.fact.circumstances;
        let claimed = [around.occurred_at, around.received_at]
            .into_iter()
            .flatten()
            .min()?;
        (claimed <= at).then(|| Unknown {
            position: change.entry.position,
            what: lang.pick(crate::api::words::act_label(change.fact.event.kind())),
            claimed: dates::exact(claimed, lang),
            recorded: dates::exact(change.fact.recorded_at, lang),
            gap: history::gap(claimed, change.fact.recorded_at, lang),
        })
    });
    Instant {
        name: match as_of {
            AsOf::Moment(at) => dates::seconds(at, lang).words().to_owned(),
            AsOf::Size(size) => format!(
                "{} {size}",
                lang.of("sổ có số ghi nhận:", "journal of size")
            ),
        },
        known: then.len(),
        values: values
            .map(|(name, value)| (lang.pick(name), value))
            .collect(),
        unknown: later.collect(),
    }
}

fn promise(entry: &Entry, lang: Lang) -> PromiseLine {
    let short = |at: Moment| dates::short(at, lang);
    PromiseLine {
        position: entry.position,
        when: short(entry.recorded_at),
        act: lang.pick(entry.act.label()),
        old: entry.due_before.map(short),
        new: entry.due_after.map(short),
        cause: entry.cause.map(|cause| lang.pick(cause.label())),
        days: entry
            .days
            .filter(|days| *days > 0)
            .map(|days| dates::plural(days.into(), ("ngày làm việc", "working day"), lang)),
        by: format!(
            "{} · {}",
            lang.pick(words::office_role(entry.author.role)),
            entry.author.id
        ),
        reason: entry.reason.map(|reason| lang.pick(reason.label())),
        breach: entry
            .breach
            .as_ref()
            .map(|breach| format!("{} – {}", lang.pick(breach.rule.label()), breach.basis)),
    }
}

fn stays(dossier: &Dossier, worktime: Worktime<'_>, now: Moment, lang: Lang) -> Vec<StayLine> {
    use crate::domain::dossier::WaitsFor;
    let line = |stay: &crate::domain::dossier::Stay| {
        let until = stay.until.unwrap_or_else(|| now.max(stay.since));
        let minutes = worktime.minutes(&stay.office, stay.since, until);
        let officer = stay.officer.as_ref().map(|who| format!(" · {who}"));
        let role = lang.pick(words::office_role(stay.role));
        StayLine {
            desk: format!("{role} · {}{}", stay.office, officer.unwrap_or_default()),
            waits: match stay.waits_for {
                WaitsFor::Officer => None,
                WaitsFor::Applicant => Some(lang.of("chờ người nộp", "waits for the applicant")),
                WaitsFor::Payment => Some(lang.of("chờ nộp tiền", "waits for a payment")),
                WaitsFor::Correction => Some(lang.of(
                    "chờ cơ quan trước sửa kết quả",
                    "waits for another agency's correction",
                )),
            },
            giver: stay.giver.clone(),
            since: dates::short(stay.since, lang),
            received: stay.received_at.map(|at| dates::short(at, lang)),
            until: stay.until.map(|at| dates::short(at, lang)),
            time: minutes.map_or_else(
                |_| "–".to_owned(),
                |minutes| dates::office_minutes(minutes, lang),
            ),
            recalled: stay.recalled,
        }
    };
    dossier.stays.iter().map(line).collect()
}

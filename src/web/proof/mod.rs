//! "Check this yourself": a dossier's receipt, checked step by step before the reader's eyes, and what that proves.

mod leaf;
pub mod says;
mod steps;

use askama::Template;

pub use self::leaf::Field;
pub use self::steps::Step;
use super::dates::{self, When};
use super::frame::{Door, Frame};
use super::lang::{Lang, Pair};
use super::qr;
use super::tracking::Tone;
use crate::api::log::receipt::Of;
use crate::api::log::{LogProblem, PublicLog};
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::projections::history::Change;
use crate::tlog::{Policy, Receipt, Steps, text};

/// What the page is about.
pub struct Subject<'a> {
    pub code: &'a str,
    pub of: Of,
    /// The dossier's facts in order.
    pub changes: &'a [Change],
    /// Scheme and host, for commands and the QR code.
    pub base: &'a str,
}

/// A receipt with the policy it is checked by.
pub struct Proved {
    pub receipt: Receipt,
    pub policy: Policy,
}

#[derive(Template)]
#[template(path = "proof.html")]
pub struct ProofPage {
    frame: Frame,
    code: String,
    of: Of,
    /// Whether the dossier has a result whose receipt can be asked for.
    has_result: bool,
    headline: &'static str,
    tone: Tone,
    tag: &'static str,
    /// What there is to read when nothing can be checked, with its code.
    problem: Option<(String, &'static str)>,
    steps: Vec<Step>,
    proves: Vec<&'static str>,
    proves_not: Vec<&'static str>,
    fields: Vec<Field>,
    base: String,
    pub pending: bool,
}

impl ProofPage {
    #[must_use]
    pub fn new(frame: Frame, subject: &Subject<'_>, found: Result<&Proved, LogProblem>) -> Self {
        let lang = frame.lang;
        let title = lang.of("Tự kiểm tra hồ sơ", "Check dossier");
        let fact = subject.of.of(subject.changes);
        let checked = found.ok().zip(fact).and_then(|(proved, fact)| {
            let steps = Steps::of(&proved.receipt, &fact.entry.body, Some(&proved.policy)).ok();
            steps.map(|steps| (proved, fact, steps))
        });
        let verdict = match (&checked, found) {
            (Some((.., steps)), _) => says::verdict(steps),
            (None, Err(problem)) => says::without_proof(problem),
            (None, Ok(_)) => says::without_proof(LogProblem::NoSuchFact),
        };
        let holds = checked.as_ref().is_some_and(|(.., steps)| steps.holds());
        let witnessed = verdict.witnessed;
        let standing = fact.and_then(|fact| match &fact.fact.event {
            Event::Dossier(event) => says::standing(event),
            Event::Journal(_)
            | Event::Reference(_)
            | Event::Register(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_) => None,
        });
        let told = |own: Option<Pair>, pairs: Vec<Pair>| -> Vec<&'static str> {
            let pairs = own.into_iter().chain(pairs).filter(|_| holds);
            pairs.map(|pair| lang.pick(pair)).collect()
        };
        Self {
            code: subject.code.to_owned(),
            of: subject.of,
            has_result: Of::Result.of(subject.changes).is_some(),
            headline: lang.pick(verdict.headline),
            tone: verdict.tone,
            tag: lang.pick(verdict.tag),
            problem: problem(found, lang),
            steps: checked
                .as_ref()
                .map_or_else(Vec::new, |(proved, fact, taken)| {
                    steps::of(proved, fact, taken, lang)
                }),
            proves: told(standing.map(|pair| pair.0), says::proves(witnessed)),
            proves_not: told(standing.map(|pair| pair.1), says::proves_not(witnessed)),
            fields: fact.map_or_else(Vec::new, |fact| leaf::fields(fact, subject.changes, lang)),
            base: subject.base.to_owned(),
            pending: found.err() == Some(LogProblem::Pending),
            frame: frame.titled(format!("{title} {}", subject.code), Some(Door::Tracking)),
        }
    }

    fn is_result(&self) -> bool {
        self.of == Of::Result
    }

    /// The address of the receipt itself.
    fn receipt(&self) -> String {
        format!("/receipts/{}{}", self.code, query(self.of))
    }

    /// The name under which it is saved.
    fn file(&self) -> String {
        match self.of {
            Of::Acceptance => format!("{}.tlog-proof", self.code),
            Of::Result => format!("{}-result.tlog-proof", self.code),
        }
    }

    fn sheet(&self) -> String {
        let of = query(self.of);
        let mark = if of.is_empty() { "?" } else { "&" };
        format!("/t/{}/proof{of}{mark}print", self.code)
    }
}

fn query(of: Of) -> &'static str {
    match of {
        Of::Acceptance => "",
        Of::Result => "?of=result",
    }
}

fn problem(found: Result<&Proved, LogProblem>, lang: Lang) -> Option<(String, &'static str)> {
    let problem = found.err()?;
    let (vietnamese, english) = problem.message();
    Some((lang.of(vietnamese, english), problem.code()))
}

/// The receipt on paper, beside the sheet with the tracking address.
#[derive(Template)]
#[template(path = "proof_sheet.html")]
pub struct ProofSheet {
    frame: Frame,
    code: String,
    tag: &'static str,
    lines: Vec<String>,
    address: String,
    qr: String,
    printed: When,
}

impl ProofSheet {
    #[must_use]
    pub fn new(
        frame: Frame,
        subject: &Subject<'_>,
        proved: &Proved,
        now: crate::domain::time::Moment,
    ) -> Self {
        let lang = frame.lang;
        let entry = proved.receipt.extra.clone().unwrap_or_default();
        let steps = Steps::of(&proved.receipt, &entry, Some(&proved.policy));
        let tag = steps.map_or(says::BROKEN, |steps| says::verdict(&steps).tag);
        let address = format!("{}/t/{}", subject.base, subject.code);
        let title = lang.of("Bằng chứng in kèm hồ sơ", "Printed proof of dossier");
        Self {
            code: subject.code.to_owned(),
            tag: lang.pick(tag),
            lines: proved
                .receipt
                .to_string()
                .lines()
                .map(str::to_owned)
                .collect(),
            qr: qr::svg(
                &address,
                lang.of("Mã QR của trang theo dõi", "QR code of the tracking page"),
            ),
            address,
            printed: dates::short(now, lang),
            frame: frame.titled(format!("{title} {}", subject.code), Some(Door::Tracking)),
        }
    }
}

/// The log in a few lines, for the first page.
pub struct LogLine {
    pub size: String,
    pub root: String,
    pub vkey: String,
    pub tag: &'static str,
    pub published: When,
}

impl LogLine {
    /// None while nothing is published.
    #[must_use]
    pub fn of(log: &PublicLog, lang: Lang) -> Option<Self> {
        let published = log.integrity.published()?;
        let key = log.integrity.vkey()?;
        Some(Self {
            size: lang.count(published.checkpoint.size),
            root: text::encode(&published.checkpoint.root),
            vkey: key.to_string(),
            tag: lang.pick(says::sealed(published.standing.witnessed)),
            published: dates::short(published.published_at, lang),
        })
    }
}

/// What the dossier was called when it entered the register, for the leaf's words.
fn code_of(dossier: &Dossier) -> Option<String> {
    dossier.code.as_ref().map(ToString::to_string)
}

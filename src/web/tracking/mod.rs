//! The citizen's page of one dossier: where it stands, what was promised, what comes next, what happened.

mod account;
mod duty;
mod history;
mod holder;
mod lateness;
mod legs;
mod next;
mod notes;
mod pay;
mod result;
mod standing;
mod steps;
mod voice;

use askama::Template;

pub use self::account::{Accounts, DeskLine, MoveLine};
pub use self::duty::Duty;
pub use self::history::Line;
pub use self::holder::{Holder, Own};
pub use self::lateness::Lateness;
pub use self::legs::LegLine;
pub use self::next::Next;
pub use self::pay::PayLine;
pub use self::result::ResultLine;
pub use self::standing::{Promise, Tone};
pub use self::steps::{Step, StepState};
pub use self::voice::{RatingForm, SCALE, Said, Voice, asked_about, kind, may_rate, to_judge};

use uuid::Uuid;

use super::dates::{self, When};
use super::frame::{Door, Frame};
use super::lang::Lang;
use super::whom::Whom;
use super::{qr, words};
use crate::api::dossier::explained;
use crate::domain::catalogue::Procedure;
use crate::domain::dossier::{Dossier, Turn};
use crate::domain::office::Office;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::projections::history::Change;
use crate::projections::tracking::DossierRow;

/// Everything the page is made of; nothing of it is personal but what the holder's answer brings.
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
    /// The receipt was shown.
    pub holder: Option<&'a Holder>,
    /// Id for the command of the page's form.
    pub command: Uuid,
    /// The legs that agencies have, as they stand; none unless it is linked.
    pub legs: &'a [DossierRow],
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
    pub next: Next,
    pub duty: Duty,
    /// How to pay what is owed; with the receipt only.
    pub pay: Vec<PayLine>,
    pub lateness: Option<Lateness>,
    pub notes: Vec<(Tone, String)>,
    /// One sentence for those who listen.
    pub say: String,
    /// With the receipt only.
    pub own: Option<Own>,
    pub voice: Option<Voice>,
    /// There is a receipt with a capability, and it was not shown.
    pub more_with_receipt: bool,
    /// `?k=…` when the receipt was shown, else nothing: links to this dossier keep it.
    pub key: String,
    pub results: Vec<ResultLine>,
    pub accounts: Accounts,
    pub steps: Vec<Step>,
    /// The procedures of a linked dossier, each at its agency.
    pub legs: Vec<LegLine>,
    pub history: Vec<Line>,
    pub whom: Option<Whom>,
    pub address: String,
    pub qr: String,
    pub updated: When,
    pub position: u64,
    /// Whether the page asks for itself again every minute where no script runs; a closed dossier does not.
    pub refreshes: bool,
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
        let key = story
            .holder
            .map(|holder| format!("?k={}", holder.capability));
        let key = key.unwrap_or_default();
        let address = format!("{}/t/{}{key}", story.base, story.code);
        let phase = dossier.phase;
        let headline = lang.pick(
            void.as_ref()
                .map_or(words::headline(phase), |void| void.headline),
        );
        let mut next = next::of(dossier, story, &clock);
        if let Some(void) = &void {
            lang.pick(void.next).clone_into(&mut next.text);
        }
        let to_do = void.map(|void| void.to_do).or_else(|| words::to_do(phase));
        let duty = duty::of(dossier, story, &clock, to_do);
        let field = named_field(story);
        let frame = frame.titled(format!("{}: {headline}", story.code), Some(Door::Tracking));
        let action = frame.to(&format!("/t/{}/rating", story.code));
        Some(Self {
            frame,
            code: story.code.to_owned(),
            headline,
            tone,
            tag,
            procedure: named_procedure(story, lang),
            office: office_name(dossier, story.office, lang),
            say: say(headline, promise.as_ref(), &next, &duty, lang),
            lateness: lateness::of(dossier, story, &clock),
            original: standing::original(dossier, &clock),
            promise,
            limit: dossier.turn().map(|turn| limit(turn, lang)),
            why: why(dossier, story, lang),
            doubts: doubts(dossier, lang),
            next,
            duty,
            pay: pay::lines(dossier, story, lang),
            notes: notes::of(story, &clock, lang),
            accounts: Accounts::new(story, lang),
            results: result::lines(dossier, is_named(story), lang),
            steps: steps::of(story.changes, dossier, lang),
            legs: legs::lines(dossier, story, lang),
            history: history::lines(story.changes, lang),
            whom: story
                .office
                .map(|office| Whom::of(office, story.reference, story.now, field, lang)),
            own: story
                .holder
                .map(|holder| Own::new(holder, dossier, story, lang)),
            voice: story.holder.map(|holder| {
                let around = (story.reference, story.now);
                Voice::new(holder, dossier, action, story.command, around, lang)
            }),
            more_with_receipt: story.holder.is_none() && dossier.capability.is_some(),
            key,
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

impl TrackingPage {
    /// Where a report or recommendation is written.
    fn to_say(&self, wish: &str) -> String {
        let place = format!("/t/{}/{wish}{}", self.code, self.key);
        self.frame.to(&place)
    }

    /// The query of this page that does not ask for itself again.
    fn still(&self) -> String {
        match self.key.as_str() {
            "" => "?still=1".to_owned(),
            key => format!("{key}&still=1"),
        }
    }
}

/// The three answers in one breath: where it stands, when, and what to do.
fn say(headline: &str, promise: Option<&Promise>, next: &Next, duty: &Duty, lang: Lang) -> String {
    let mut text = format!("{headline}.");
    if let Some(by) = &next.by {
        text += lang.of(" Bước tiếp theo: ", " Next step: ");
        text += &by.said();
    }
    if let Some(promise) = promise {
        text += " ";
        text += lang.pick(promise.label);
        text += ": ";
        text += promise.due.words();
        text += ".";
    }
    text += " ";
    text += duty.text.unwrap_or(duty.nothing);
    text
}

/// The field that somebody of the office may be asked about; a sensitive one is nobody's business.
fn named_field<'a>(story: &Story<'a>) -> Option<&'a str> {
    let procedure = story.procedure.filter(|_| is_named(story))?;
    Some(&procedure.field_vi)
}

/// The date explained, in the reader's language.
fn why(dossier: &Dossier, story: &Story<'_>, lang: Lang) -> Option<String> {
    let changes: Vec<&Change> = story.changes.iter().collect();
    let told = explained::tell(dossier, &changes, story.reference)?;
    Some(lang.of(told.vi, told.en))
}

/// What a sensitive dossier is about is nobody's business but the holder's, and a document's number may tell it.
fn is_named(story: &Story<'_>) -> bool {
    story.holder.is_some()
        || !story.sensitive && story.procedure.is_none_or(|procedure| !procedure.sensitive)
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

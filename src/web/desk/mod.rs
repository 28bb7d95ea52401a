//! The officer's desk: what is to be done, one dossier with what can be done to it, and taking in a new one.
//!
//! The reference client: it reads by documents run in process and acts by the same documents over HTTP, named by their ids.

pub mod dossier;
mod fields;
pub mod intake;
mod linked;
pub mod list;
mod owed;
pub mod people;
mod portal;
mod told;

use async_graphql::resolver_utils::EnumType;
use serde_json::{Map, Value};

pub use self::told::{Dossier, Procedures, Worklist};
use super::dates::{self, When};
use super::frame::Frame;
use super::lang::Lang;
use super::tracking::Tone;
use crate::api::http::documents;
use crate::api::words::ReasonCode;
use crate::domain::actor::Actor;
use crate::domain::reason::Reason;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// Where the desk's documents lie among all.
const FOLDER: &str = "desk/";

/// What the desk's scripts need to know, as attributes of one element.
#[derive(Debug, Clone)]
pub struct Data {
    pub who: String,
    pub office: String,
    /// The office's "now" when the page was made, so that a device whose clock is wrong claims the right hour.
    pub now: String,
    /// Ids of the desk's documents by their names, as JSON.
    pub documents: String,
}

impl Data {
    #[must_use]
    pub fn new(who: &Actor, now: Moment) -> Self {
        Self {
            who: who.id.clone(),
            office: who.office.clone(),
            now: now.to_string(),
            documents: ids().to_string(),
        }
    }
}

fn ids() -> Value {
    let ours = documents::all().iter();
    let named = ours.filter_map(|one| {
        let name = one.name.strip_prefix(FOLDER)?;
        Some((name.to_owned(), Value::from(one.id.clone())))
    });
    Value::Object(named.collect::<Map<_, _>>())
}

/// A page of the desk, with its sheet and the scripts that every one of them has.
#[must_use]
pub fn dressed(frame: Frame) -> Frame {
    frame.styled("desk.css").script("desk/desk.js")
}

/// A choice in a list: (value as it is sent, words).
pub type Choice = (String, String);

/// The catalogue of reasons.
#[must_use]
pub fn reasons(lang: Lang) -> Vec<Choice> {
    let items = <ReasonCode as EnumType>::items().iter();
    let said = items.map(|item| {
        let label = lang.pick(Reason::from(item.value).label());
        (item.name.to_owned(), label.to_owned())
    });
    said.collect()
}

/// The value of an enum of the schema by its name there.
fn named<E: EnumType>(name: &str) -> Option<E> {
    let mut items = E::items().iter();
    items.find(|item| item.name == name).map(|item| item.value)
}

/// An instant as the API writes it.
fn moment(text: &str) -> Option<Moment> {
    text.parse().ok()
}

fn when(text: Option<&String>, lang: Lang) -> Option<When> {
    text.and_then(|text| moment(text))
        .map(|at| dates::short(at, lang))
}

/// What the time left is worked out with.
pub struct Ground<'a> {
    pub reference: &'a Reference,
    pub office: &'a str,
    pub now: Moment,
}

/// How much time is left, in words, and how bad that is.
fn left(
    due: Option<Moment>,
    ended: bool,
    paused: bool,
    ground: &Ground<'_>,
    lang: Lang,
) -> (Tone, String) {
    if ended {
        return (Tone::Good, lang.of("đã xong", "done").to_owned());
    }
    let Some(due) = due else {
        return (Tone::Info, lang.of("chưa tính", "not started").to_owned());
    };
    if paused {
        return (Tone::Warn, lang.of("chờ bổ sung", "on hold").to_owned());
    }
    let hours = ground.reference.hours(ground.office);
    let calendar = &ground.reference.calendar;
    let time = dates::office_time(ground.now, due, calendar, &hours, lang);
    if ground.now > due {
        return (Tone::Bad, format!("{} {time}", lang.of("quá", "over by")));
    }
    let tone = if due.date() == ground.now.date() {
        Tone::Warn
    } else {
        Tone::Info
    };
    (tone, time)
}

//! Whom to call: where an office is, when it is open, and its posted list of staff by post, never by name.

use super::lang::Lang;
use super::opening::{self, Opening};
use crate::domain::calendar::Timetable as _;
use crate::domain::office::{Office, Post};
use crate::domain::reference::Reference;
use crate::domain::time::Moment;

/// An office as somebody meets it who wants to go or to call there.
#[derive(Debug, Clone)]
pub struct Whom {
    pub code: String,
    pub name: String,
    /// Empty when nobody posted it.
    pub address: String,
    pub phone: Phone,
    pub hours: String,
    pub opening: Option<Opening>,
    pub posts: Vec<PostLine>,
    /// It is no more: since when, and who has its work.
    pub closed: Option<Closed>,
}

/// A phone as it is read and as it is dialled; both empty when nobody posted it.
#[derive(Debug, Clone, Default)]
pub struct Phone {
    pub said: String,
    pub dialled: String,
}

#[derive(Debug, Clone)]
pub struct PostLine {
    pub post: String,
    pub phone: Phone,
    /// Empty for one who is asked about everything.
    pub fields: String,
    /// For the field asked about.
    pub here: bool,
}

#[derive(Debug, Clone)]
pub struct Closed {
    pub since: String,
    /// Code and name.
    pub successors: Vec<(String, String)>,
}

impl Whom {
    /// `field`: the Vietnamese name of the field somebody asks about; its posts come first.
    #[must_use]
    pub fn of(
        office: &Office,
        reference: &Reference,
        now: Moment,
        field: Option<&str>,
        lang: Lang,
    ) -> Self {
        let timetable = reference.hours(&office.code);
        let mut posts: Vec<PostLine> = office
            .contacts
            .iter()
            .map(|post| line(post, field, lang))
            .collect();
        posts.sort_by_key(|post| !post.here);
        let closed = closed(office, reference, now, lang);
        let opening = opening::now(now, &reference.calendar, &timetable, lang);
        Self {
            code: office.code.clone(),
            name: lang.of(&office.name_vi, &office.name_en).clone(),
            address: office.address_vi.clone(),
            phone: Phone::of(&office.phone),
            hours: opening::hours(timetable.on(now.date())),
            opening: opening.filter(|_| closed.is_none()),
            posts,
            closed,
        }
    }
}

impl Phone {
    fn of(text: &str) -> Self {
        let dialled = text.chars().filter(|c| c.is_ascii_digit() || *c == '+');
        Self {
            said: text.to_owned(),
            dialled: dialled.collect(),
        }
    }
}

fn line(post: &Post, field: Option<&str>, lang: Lang) -> PostLine {
    let fields = post
        .fields
        .iter()
        .map(|field| lang.of(&*field.vi, &*field.en));
    PostLine {
        post: lang.of(&post.post_vi, &post.post_en).clone(),
        phone: Phone::of(&post.phone),
        fields: fields.collect::<Vec<_>>().join(", "),
        here: field.is_some_and(|asked| post.fields.iter().any(|one| one.vi == asked)),
    }
}

fn closed(office: &Office, reference: &Reference, now: Moment, lang: Lang) -> Option<Closed> {
    let to = office.valid_to.filter(|to| *to < now.date())?;
    let heirs = reference.offices.values();
    let successors = reference.successors(&office.code);
    let heirs = heirs.filter(|other| successors.contains(&other.code));
    Some(Closed {
        since: super::dates::day(to, lang),
        successors: heirs
            .map(|heir| {
                (
                    heir.code.clone(),
                    lang.of(&heir.name_vi, &heir.name_en).clone(),
                )
            })
            .collect(),
    })
}

//! Sheets to print: every procedure of an office for its wall, and one procedure for the hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use jiff::civil::Date;

use super::parts::{self, Papers};
use super::{Mark, encoded, name, past, terms};
use crate::domain::calendar::Timetable as _;
use crate::domain::catalogue::{Fee, Procedure};
use crate::domain::office::Office;
use crate::domain::reference::Reference;
use crate::projections::catalogue::sought;
use crate::web::frame::{Door, Frame};
use crate::web::lang::Lang;
use crate::web::{dates, qr, words};

/// The longest note on a card.
const NOTE_CHARS_MAX: usize = 60;

/// An office as the head of a sheet names it.
struct Head {
    code: String,
    name: String,
    address: String,
    phone: String,
    /// `07:00–11:30, 13:30–17:00`.
    hours: String,
    /// Where feedback is sent: the page of the office, written and as a code.
    say: String,
    say_qr: String,
}

impl Head {
    fn new(office: &Office, reference: &Reference, today: Date, base: &str, lang: Lang) -> Self {
        let say = format!("{base}/o/{}", office.code);
        let label = lang.of(
            "Mã QR của trang cơ quan, nơi gửi phản ánh, kiến nghị",
            "QR code of the office's page, where feedback is sent",
        );
        Self {
            code: office.code.clone(),
            name: lang.of(&office.name_vi, &office.name_en).clone(),
            address: office.address_vi.clone(),
            phone: office.phone.clone(),
            hours: hours(office, reference, today),
            say_qr: qr::svg(&say, label),
            say: without_scheme(&say).to_owned(),
        }
    }
}

/// The hours of the next day worked, as notices leave them.
fn hours(office: &Office, reference: &Reference, today: Date) -> String {
    let day = reference.calendar.on_or_after(today).unwrap_or(today);
    let dated = reference.hours(&office.code);
    let spans = dated.on(day).spans().iter().map(|span| {
        let hour = |at: jiff::civil::Time| format!("{:02}:{:02}", at.hour(), at.minute());
        format!("{}–{}", hour(span.from), hour(span.to))
    });
    spans.collect::<Vec<_>>().join(", ")
}

/// As it is typed by hand.
fn without_scheme(address: &str) -> &str {
    let rest = address.split_once("://").map(|(_, rest)| rest);
    rest.unwrap_or(address)
}

struct Card {
    link: String,
    code: String,
    name: String,
    limit: String,
    mark: Mark,
    fee: String,
    /// What the fee depends on: short enough for a card, or that there is more to read.
    fee_note: String,
    fee_mark: Mark,
    online: &'static str,
    qr: String,
}

struct Field {
    name: String,
    cards: Vec<Card>,
}

struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

/// What hangs on the wall.
pub struct Wall<'a> {
    pub office: &'a Office,
    pub reference: &'a Reference,
    pub today: Date,
    pub found: &'a sought::Found,
    /// The field asked for; empty for all.
    pub field: &'a str,
    pub base: &'a str,
}

#[derive(Template)]
#[template(path = "sheet.html")]
pub struct SheetPage {
    frame: Frame,
    head: Head,
    printed: String,
    count: String,
    choices: Vec<Choice>,
    list: String,
    fields: Vec<Field>,
}

impl SheetPage {
    #[must_use]
    pub fn new(frame: Frame, wall: &Wall<'_>) -> Self {
        let lang = frame.lang;
        let head = Head::new(wall.office, wall.reference, wall.today, wall.base, lang);
        let mut fields: BTreeMap<&str, Vec<&Arc<Procedure>>> = BTreeMap::new();
        for one in &wall.found.procedures {
            let field = lang.of(&one.field_vi, &one.field_en);
            fields.entry(field).or_default().push(one);
        }
        let cards = |all: Vec<&Arc<Procedure>>| {
            let cards = all.into_iter().map(|one| Card::new(one, wall.base, lang));
            cards.collect()
        };
        let choices = wall.found.fields.iter().map(|((vi, en), count)| Choice {
            value: vi.clone(),
            name: format!("{} ({})", lang.of(vi, en), lang.count(*count)),
            chosen: wall.field == vi || wall.field == en,
        });
        let title = lang.of("Thủ tục tại", "Procedures at");
        let title = format!("{title} {}", head.name);
        let count = wall.found.procedures.len() as u64;
        Self {
            printed: dates::day(wall.today, lang),
            count: dates::plural(count, ("thủ tục", "procedure"), lang),
            choices: choices.collect(),
            list: frame.to(&format!("/p?office={}", encoded(&head.code))),
            fields: fields
                .into_iter()
                .map(|(name, all)| Field {
                    name: name.to_owned(),
                    cards: cards(all),
                })
                .collect(),
            head,
            frame: frame
                .titled(title, Some(Door::Procedures))
                .wide()
                .styled("sheet.css"),
        }
    }
}

impl Card {
    fn new(one: &Procedure, base: &str, lang: Lang) -> Self {
        let label = lang.of("Mã QR của thủ tục", "QR code of the procedure");
        Self {
            link: format!("/p/{}", one.code),
            code: one.code.clone(),
            name: name(one, lang).to_owned(),
            limit: words::limit(one.limit, lang),
            mark: Mark::new(one.limit_certainty, lang),
            fee: terms::amount(one.fee.vnd, lang),
            fee_note: fee_note(&one.fee, lang),
            fee_mark: Mark::new(one.fee.certainty, lang),
            online: lang.pick(words::online_level(one.online_level)),
            qr: qr::svg(
                &format!("{base}/p/{}", one.code),
                &format!("{label} {}", one.code),
            ),
        }
    }
}

/// A card has room for a short note; of a longer one it says that the amount is not all there is to know.
fn fee_note(fee: &Fee, lang: Lang) -> String {
    match (fee.vnd, fee.note_vi.chars().count()) {
        (None, _) | (_, 0) => String::new(),
        (Some(_), 1..=NOTE_CHARS_MAX) if lang == Lang::Vi => format!(" – {}", fee.note_vi),
        (Some(_), _) => lang
            .of(
                " – có điều kiện, quét mã để xem",
                " – conditions apply: scan the code",
            )
            .to_owned(),
    }
}

/// One procedure on one sheet: what to bring, to be ticked off.
#[derive(Template)]
#[template(path = "leaflet.html")]
pub struct LeafletPage {
    frame: Frame,
    head: Option<Head>,
    code: String,
    name: String,
    field: String,
    limit: String,
    limit_mark: Mark,
    limit_note: Option<String>,
    limit_basis: String,
    papers: Vec<Papers>,
    papers_mark: Mark,
    fee: String,
    fee_note: String,
    fee_mark: Mark,
    ways: Vec<&'static str>,
    result: String,
    version: u32,
    valid: String,
    printed: String,
    address: String,
    qr: String,
    back: String,
}

impl LeafletPage {
    #[must_use]
    pub fn new(frame: Frame, one: &Procedure, place: &terms::Place<'_>, base: &str) -> Self {
        let lang = frame.lang;
        let head = place
            .office
            .map(|office| Head::new(office, place.reference, place.today, base, lang));
        let address = format!("{base}/p/{}", one.code);
        let label = lang.of("Mã QR của thủ tục này", "QR code of this procedure");
        let at = head
            .as_ref()
            .map_or_else(String::new, |head| format!("?office={}", head.code));
        let ways = one.channels.iter();
        Self {
            code: one.code.clone(),
            name: name(one, lang).to_owned(),
            field: lang.of(&one.field_vi, &one.field_en).clone(),
            limit: words::limit(one.limit, lang),
            limit_mark: Mark::new(one.limit_certainty, lang),
            limit_note: lang.of(&one.limit_note_vi, &one.limit_note_en).clone(),
            limit_basis: one.limit_basis.clone(),
            papers: parts::papers(one, lang),
            papers_mark: Mark::new(one.components_certainty, lang),
            fee: terms::amount(one.fee.vnd, lang),
            fee_note: one.fee.note_vi.clone(),
            fee_mark: Mark::new(one.fee.certainty, lang),
            ways: ways
                .map(|terms| lang.pick(words::channel(terms.channel)))
                .collect(),
            result: one.result_vi.clone(),
            version: one.version,
            valid: past::valid(one, lang),
            printed: dates::day(place.today, lang),
            qr: qr::svg(&address, label),
            address: without_scheme(&address).to_owned(),
            back: frame.to(&format!("/p/{}{at}", one.code)),
            head,
            frame: frame
                .titled(name(one, lang).to_owned(), Some(Door::Procedures))
                .styled("sheet.css"),
        }
    }
}

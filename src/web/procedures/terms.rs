//! How long and how much, per way to apply, with an example counted on the office's own calendar.

use super::{Mark, fee};
use crate::domain::catalogue::Procedure;
use crate::domain::deadline::{self, Promise};
use crate::domain::dossier::Channel;
use crate::domain::law::{Certainty, Limit};
use crate::domain::office::Office;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::web::dates::{self, When};
use crate::web::lang::Lang;
use crate::web::words;
use jiff::civil::{Date, Time, time};

/// When and where: the shelf, the day, and the office if one was chosen.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub reference: &'a Reference,
    pub today: Date,
    pub office: Option<&'a Office>,
}

/// Filed at an hour, and what would be promised.
pub struct Example {
    pub filed: String,
    pub due: When,
    /// The days off of a year that nobody announced yet.
    pub provisional: bool,
}

/// One way to apply.
pub struct Way {
    pub name: &'static str,
    pub limit: String,
    pub fee: String,
    /// What else is said of it, in Vietnamese.
    pub notes: Vec<String>,
    pub mark: Mark,
}

impl Place<'_> {
    fn promised(&self, limit: Limit, at: Moment) -> Option<Promise> {
        let hours = self.office.map_or("", |office| office.code.as_str());
        let hours = self.reference.hours(hours);
        let policy = self.reference.policy(at.date())?;
        deadline::promise(limit, at, &self.reference.calendar, &hours, policy).ok()
    }

    /// Today, or the next day worked; none where no calendar is declared.
    fn next_open_day(&self) -> Option<Date> {
        self.reference.calendar.on_or_after(self.today).ok()
    }
}

/// Filed at ten, and for the same day also after the hour at which receiving for the day ends.
pub fn examples(limit: Limit, place: &Place<'_>, lang: Lang) -> Vec<Example> {
    let Some(day) = place.next_open_day() else {
        return Vec::new();
    };
    let late = match limit {
        Limit::SameDay => Some(time(15, 30, 0, 0)),
        Limit::WorkingDays(_)
        | Limit::CalendarDays(_)
        | Limit::WorkingHours(_)
        | Limit::Months(_) => None,
    };
    let hours = std::iter::once(time(10, 0, 0, 0)).chain(late);
    let example = |hour: Time| {
        let promise = place.promised(limit, Moment::from_local(day.to_datetime(hour)))?;
        Some(Example {
            filed: filed(day, hour, place.today, lang),
            due: dates::promise(promise.due_at, lang),
            provisional: promise.certainty == Certainty::Provisional,
        })
    };
    hours.filter_map(example).collect()
}

fn filed(day: Date, hour: Time, today: Date, lang: Lang) -> String {
    let hour = format!("{:02}:{:02}", hour.hour(), hour.minute());
    match (lang, day == today) {
        (Lang::Vi, true) => format!("Nộp hôm nay lúc {hour}"),
        (Lang::En, true) => format!("Filed today at {hour}"),
        (Lang::Vi, false) => format!("Nộp lúc {hour}, {}", dates::day_in_words(day, lang)),
        (Lang::En, false) => format!("Filed on {} at {hour}", dates::day_in_words(day, lang)),
    }
}

/// Every way to apply that the record names.
pub fn ways(one: &Procedure, lang: Lang) -> Vec<Way> {
    let ways = one.channels.iter().map(|terms| {
        let (limit, limit_certainty) = one.limit_for(terms.channel);
        let own = terms.fee.as_ref();
        let paid = own.unwrap_or(&one.fee);
        let of_channel = own.map(|fee| fee.note_vi.clone());
        let notes = of_channel.into_iter().chain(terms.note_vi.clone());
        Way {
            name: lang.pick(words::channel(terms.channel)),
            limit: words::limit(limit, lang),
            fee: amount(paid.vnd, lang),
            notes: notes.filter(|note| !note.is_empty()).collect(),
            mark: Mark::new(
                terms.certainty.and(limit_certainty).and(paid.certainty),
                lang,
            ),
        }
    });
    ways.collect()
}

/// What it costs, or that the province says.
pub fn amount(vnd: Option<u64>, lang: Lang) -> String {
    let unknown = || lang.of("Theo quy định của tỉnh", "Set by the province");
    vnd.map_or_else(|| unknown().to_owned(), |vnd| fee(vnd, lang))
}

/// The ways whose limit is another than the procedure's own, with examples.
pub fn other_limits(one: &Procedure, lang: Lang) -> Vec<(&'static str, Limit)> {
    let named = one.channels.iter().map(|terms| terms.channel);
    let other = named.filter_map(|channel: Channel| {
        let (limit, _) = one.limit_for(channel);
        (limit != one.limit).then(|| (lang.pick(words::channel(channel)), limit))
    });
    other.collect()
}

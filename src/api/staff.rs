//! The staff of an office: published with name, title, field and telephone; per dossier told to its applicant and to staff.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_graphql::{Context, Object, SimpleObject};
use jiff::civil::Date;

use super::Api;
use super::access;
use super::error::Result;
use super::offices::Office;
use super::scalar::Day;
use super::words::{Label, Role};
use crate::domain::actor::{self, Actor, NO_OFFICE};
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::part::{FULL_NAME, PHONE};
use crate::domain::staff::{Held, Staff};
use crate::projections::history::{self, Change};

/// An officer of an office, as its head publishes it.
pub struct Officer {
    held: Held,
    /// Name and telephone; none where there is no vault, or they were erased.
    person: Option<Person>,
    substitute: Option<String>,
    at_work: bool,
}

#[derive(Debug, Clone, Default)]
struct Person {
    name: Option<String>,
    phone: Option<String>,
}

/// An officer of an office, as its head publishes it (Decree 61/2018/ND-CP art. 9.7).
#[Object]
impl Officer {
    /// Family name, middle names, given name; null where this node holds no personal data, and when it was erased. Of who does
    /// not work there today, for the office's own officers and for auditors and administrators only.
    async fn full_name(&self) -> Option<&str> {
        self.person.as_ref()?.name.as_deref()
    }

    /// Telephone number at work; null as `fullName` is.
    async fn phone(&self) -> Option<&str> {
        self.person.as_ref()?.phone.as_deref()
    }

    /// Of the post, in Vietnamese.
    async fn title(&self) -> &str {
        &self.held.officer.title
    }

    /// Fields of work, by their Vietnamese names; none for all.
    async fn fields(&self) -> &[String] {
        &self.held.officer.fields
    }

    /// First day at the office.
    async fn from(&self) -> Day {
        Day(self.held.officer.from)
    }

    /// Last day; null while they work there.
    async fn until(&self) -> Option<Day> {
        self.held.left.map(Day)
    }

    /// Works there today.
    async fn at_work(&self) -> bool {
        self.at_work
    }

    /// The agency that lends them.
    async fn seconded_by(&self, context: &Context<'_>) -> Option<Office> {
        let lent = self.held.officer.secondment.as_ref()?;
        Office::find(access::api(context), lent.by.as_str())
    }

    /// Last day of the secondment.
    async fn seconded_until(&self) -> Option<Day> {
        Some(Day(self.held.officer.secondment.as_ref()?.until))
    }

    /// The secondment is shorter than 6 or longer than 24 months (Decree 61/2018/ND-CP art. 11).
    async fn secondment_out_of_term(&self) -> bool {
        self.held.secondment_out_of_term()
    }

    /// Name of the colleague who stands in; their title where the name is not held here.
    async fn substitute(&self) -> Option<&str> {
        self.substitute.as_deref()
    }

    /// The pseudonym that acts are recorded under; for officers, auditors and administrators only.
    async fn actor(&self, context: &Context<'_>) -> Option<&str> {
        let reader = access::actor(context)?;
        knows_acts(reader).then_some(self.held.officer.officer.as_str())
    }
}

/// Who did what to a dossier, by name.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct DossierOfficer {
    /// What they did.
    pub part: Label,
    /// In which role.
    pub role: Role,
    /// Name; null when the office has registered none, or it was erased.
    pub full_name: Option<String>,
    /// Title; null when the office has registered none.
    pub title: Option<String>,
}

/// The register of one office, with what this node knows of the people in it.
struct Known {
    staff: Staff,
    people: BTreeMap<String, Person>,
}

impl Known {
    /// Name of the colleague who stands in, or their title where the name is not held here; none when they do not work there.
    fn stands_in(&self, held: &Held, today: Date) -> Option<String> {
        let id = held.officer.substitute.as_ref()?;
        let held = self
            .staff
            .officers
            .get(id)
            .filter(|held| held.works_on(today))?;
        let name = self.people.get(id).and_then(|person| person.name.clone());
        Some(name.unwrap_or_else(|| held.officer.title.clone()))
    }
}

fn knows_acts(reader: &Actor) -> bool {
    access::is_officer(reader.role)
        || matches!(reader.role, actor::Role::Auditor | actor::Role::Admin)
}

/// Whether somebody may know who worked at an office and has left: its own people, and those who supervise them.
fn knows_the_past(reader: &Actor, office: &str) -> bool {
    let inside = reader.office == office || reader.office == NO_OFFICE;
    inside && knows_acts(reader)
}

/// The staff of an office; those who have left too when told, by name only to those who may know.
pub async fn of_office(
    api: &Api,
    office: &str,
    (all, reader): (bool, Option<&Actor>),
) -> Result<Vec<Officer>> {
    let today = api.office.clock().date();
    // Nobody works at an office that has ended.
    let stands = api.models.reference().office(office, today).is_some();
    let past = reader.is_some_and(|reader| knows_the_past(reader, office));
    let known = known(api, office, |_, held| {
        past || (stands && held.works_on(today))
    })
    .await?;
    let held = known.staff.officers.iter();
    let shown = held.filter(|(_, held)| all || (stands && held.works_on(today)));
    let officers = shown.map(|(id, held)| Officer {
        held: held.clone(),
        person: known.people.get(id).cloned(),
        substitute: known.stands_in(held, today).filter(|_| stands),
        at_work: stands && held.works_on(today),
    });
    Ok(officers.collect())
}

/// Who took the dossier in, has it, and signed: for whoever learns who acted.
pub async fn of_dossier(api: &Api, changes: &[Change]) -> Result<Vec<DossierOfficer>> {
    let acts = changes.iter().filter_map(|change| {
        let Event::Dossier(event) = &change.fact.event else {
            return None;
        };
        Some((part(event)?, &change.fact.actor))
    });
    let acts: Vec<_> = acts.collect();
    let mut registers = BTreeMap::new();
    for (_, actor) in &acts {
        if let Entry::Vacant(unread) = registers.entry(actor.office.as_str()) {
            let acted = |id: &str, _: &Held| acts.iter().any(|(_, actor)| actor.id == id);
            unread.insert(known(api, &actor.office, acted).await?);
        }
    }
    let officers = acts.iter().map(|(part, actor)| {
        let known = &registers[actor.office.as_str()];
        let held = known.staff.officers.get(&actor.id);
        let person = known.people.get(&actor.id);
        DossierOfficer {
            part: (*part).into(),
            role: actor.role.into(),
            full_name: person.and_then(|person| person.name.clone()),
            title: held.map(|held| held.officer.title.clone()),
        }
    });
    Ok(officers.collect())
}

/// What an officer did whom the applicant is told of: (Vietnamese, English).
fn part(event: &DossierEvent) -> Option<(&'static str, &'static str)> {
    Some(match event {
        DossierEvent::Accepted(_) => ("Tiếp nhận", "Accepted it"),
        DossierEvent::HandOverReceived(_) => ("Nhận xử lý", "Took it over"),
        DossierEvent::ResultApproved(_) => ("Thẩm tra", "Approved the result"),
        DossierEvent::ResultSigned(_) => ("Ký kết quả", "Signed the result"),
        DossierEvent::ResultDelivered(_) => ("Trả kết quả", "Handed the result over"),
        _ => return None,
    })
}

/// An office has some dozens of officers and few changes: its stream is folded when it is asked for. Only the names of those
/// `wanted` are opened.
async fn known(api: &Api, office: &str, wanted: impl Fn(&str, &Held) -> bool) -> Result<Known> {
    let stream = stream::staff(office);
    let mut staff = Staff::default();
    for fact in history::facts(&api.models, stream).await? {
        if let Event::Staff(event) = &fact.event {
            staff.evolve(event, &fact);
        }
    }
    let mut people = BTreeMap::new();
    if let Ok(vault) = api.vault() {
        let named = staff.officers.iter().filter(|(id, held)| wanted(id, held));
        let named = named.filter_map(|(id, held)| Some((id, held.part.as_ref()?)));
        let (ids, parts): (Vec<_>, Vec<_>) = named
            .map(|(id, (part, command))| (id.clone(), (stream, *command, part.clone())))
            .unzip();
        for (id, opened) in ids.into_iter().zip(vault.open(&parts).await?) {
            if let Some(value) = opened.readable()? {
                people.insert(id, Person::of(&value));
            }
        }
    }
    Ok(Known { staff, people })
}

impl Person {
    fn of(value: &serde_json::Value) -> Self {
        let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
        Self {
            name: text(FULL_NAME),
            phone: text(PHONE),
        }
    }
}

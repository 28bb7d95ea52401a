//! The staff of an office: published with name, title, field and telephone; per dossier told to its applicant and to staff.

use async_graphql::{Context, Object, SimpleObject};

use super::Api;
use super::access;
use super::dossier::applicant::{FULL_NAME, PHONE};
use super::error::{Problem, Result};
use super::offices::Office;
use super::scalar::Day;
use super::words::{Label, Role};
use crate::domain::actor::{self, Actor};
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::staff::{Held, Staff};
use crate::journal::{Until, fact};
use crate::projections::history::Change;
use crate::vault::Opened;

/// An officer of an office, as its head publishes it.
pub struct Officer {
    held: Held,
    /// Name and telephone; none where there is no vault, or they were erased.
    person: Option<Person>,
    substitute: Option<String>,
    today: jiff::civil::Date,
}

#[derive(Debug, Clone, Default)]
struct Person {
    name: Option<String>,
    phone: Option<String>,
}

/// An officer of an office, as its head publishes it (Decree 61/2018/ND-CP art. 9.7).
#[Object]
impl Officer {
    /// Family name, middle names, given name; null where this node holds no personal data, and when it was erased.
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
        self.held.works_on(self.today)
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

    /// The pseudonym that acts are recorded under; for staff and auditors only.
    async fn actor(&self, context: &Context<'_>) -> Option<&str> {
        let reader = access::actor(context)?;
        (reader.role != actor::Role::Applicant).then_some(self.held.officer.officer.as_str())
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

/// The staff of an office; those who have left too when told.
pub async fn of_office(api: &Api, office: &str, all: bool) -> Result<Vec<Officer>> {
    let staff = staff(api, office).await?;
    let held: Vec<&Held> = staff.officers.values().collect();
    let people = people(api, office, &held).await?;
    let today = api.office.clock().date();
    let known = held.iter().zip(&people);
    let known: Vec<_> = known.collect();
    let named = |id: &String| {
        let (held, person) = known.iter().find(|(held, _)| held.officer.officer == *id)?;
        let name = person.as_ref().and_then(|person| person.name.clone());
        Some(name.unwrap_or_else(|| held.officer.title.clone()))
    };
    let officers = known.iter().map(|(held, person)| Officer {
        held: (**held).clone(),
        person: (*person).clone(),
        substitute: held.officer.substitute.as_ref().and_then(named),
        today,
    });
    Ok(officers
        .filter(|officer| all || officer.held.works_on(today))
        .collect())
}

/// Who took the dossier in, has it, and signed: for whoever learns who acted.
pub async fn of_dossier(api: &Api, changes: &[Change]) -> Result<Vec<DossierOfficer>> {
    let mut told: Vec<(&'static str, &'static str, Actor)> = Vec::new();
    for change in changes {
        let Event::Dossier(event) = &change.fact.event else {
            continue;
        };
        let part = match event {
            DossierEvent::Accepted(_) => ("Tiếp nhận", "Accepted it"),
            DossierEvent::HandOverReceived(_) => ("Nhận xử lý", "Took it over"),
            DossierEvent::ResultApproved(_) => ("Thẩm tra", "Approved the result"),
            DossierEvent::ResultSigned(_) => ("Ký kết quả", "Signed the result"),
            DossierEvent::ResultDelivered(_) => ("Trả kết quả", "Handed the result over"),
            _ => continue,
        };
        told.push((part.0, part.1, change.fact.actor.clone()));
    }
    let mut officers = Vec::new();
    for (vi, en, actor) in told {
        let staff = staff(api, &actor.office).await?;
        let held = staff.officers.get(&actor.id);
        let person = match held {
            Some(held) => people(api, &actor.office, &[held]).await?.pop().flatten(),
            None => None,
        };
        officers.push(DossierOfficer {
            part: (vi, en).into(),
            role: actor.role.into(),
            full_name: person.and_then(|person| person.name),
            title: held.map(|held| held.officer.title.clone()),
        });
    }
    Ok(officers)
}

/// An office has some dozens of officers and few changes: its stream is folded when it is asked for.
async fn staff(api: &Api, office: &str) -> Result<Staff> {
    let entries = api
        .journal
        .read_stream(stream::staff(office), 0, Until::End);
    let mut staff = Staff::default();
    for entry in entries.await? {
        let fact = fact::decode(&entry.body).map_err(Problem::internal)?;
        if let Event::Staff(event) = &fact.event {
            staff.evolve(event, &fact);
        }
    }
    Ok(staff)
}

/// Names and telephones of these, in order.
async fn people(api: &Api, office: &str, held: &[&Held]) -> Result<Vec<Option<Person>>> {
    let Ok(vault) = api.vault() else {
        return Ok(vec![None; held.len()]);
    };
    let stream = stream::staff(office);
    let parts = held.iter().map(|held| held.part.as_ref());
    let wanted: Vec<_> = parts
        .clone()
        .flatten()
        .map(|(part, command)| (stream, *command, part.clone()))
        .collect();
    let mut opened = vault.open(&wanted).await?.into_iter();
    let mut people = Vec::with_capacity(held.len());
    for part in parts {
        let opened = part.and_then(|_| opened.next());
        people.push(match opened {
            Some(Opened::Present(value)) => {
                let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
                Some(Person {
                    name: text(FULL_NAME),
                    phone: text(PHONE),
                })
            }
            Some(Opened::Erased) | None => None,
            Some(Opened::Unavailable(why)) => {
                return Err(Problem::internal(anyhow::anyhow!(
                    "an officer's name cannot be opened: {why}"
                )));
            }
        });
    }
    Ok(people)
}

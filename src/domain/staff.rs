//! The staff of an office: who works there as what, and who stands in. Published by the head of the one-stop unit with
//! title, field and telephone (Decree 61/2018/ND-CP art. 9.7, kept in 118/2025); the only place where an actor id meets a name.
//!
//! One stream for each office. Names and telephone numbers are personal parts: facts hold commitments.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::{Actor, NO_OFFICE, Role};
use super::code::OfficeCode;
use super::dossier::Rejection;
use super::fact::{Fact, stream};
use super::part::{Part, PartKind};
use super::reference::Reference;
use super::text;

/// Fields that one officer deals with, at most.
const FIELDS_MAX: usize = 20;
const TEXT_CHARS_MAX: usize = 200;

/// An officer at an office, without name and telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    pub office: OfficeCode,
    /// Actor id: the pseudonym that acts are recorded under.
    pub officer: String,
    /// Of the post, in Vietnamese.
    pub title: String,
    /// Fields of work, by their Vietnamese names; none for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// First day at the office.
    pub from: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondment: Option<Secondment>,
    /// Actor id of the colleague who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute: Option<String>,
}

/// Lent by an agency to the one-stop unit, for 6 to 24 months (Decree 61/2018/ND-CP art. 11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secondment {
    /// Code of the agency.
    pub by: OfficeCode,
    /// Last day.
    pub until: Date,
}

/// Works there no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    pub office: OfficeCode,
    pub officer: String,
    /// Last day.
    pub on: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum StaffEvent {
    Registered(Officer),
    Changed(Officer),
    Left(Left),
}

/// What is wanted of the register of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffAct {
    Register(Officer),
    Change(Officer),
    Leave(Left),
}

impl StaffEvent {
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Registered(_) => "staff.registered",
            Self::Changed(_) => "staff.changed",
            Self::Left(_) => "staff.left",
        }
    }

    /// Office and officer.
    #[must_use]
    pub fn of(&self) -> (&OfficeCode, &str) {
        match self {
            Self::Registered(one) | Self::Changed(one) => (&one.office, &one.officer),
            Self::Left(left) => (&left.office, &left.officer),
        }
    }

    /// Reads `data` as the event named `kind`; none when it is no event of staff.
    pub fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        match kind {
            "staff.registered" => Some(serde_json::from_str(data).map(Self::Registered)),
            "staff.changed" => Some(serde_json::from_str(data).map(Self::Changed)),
            "staff.left" => Some(serde_json::from_str(data).map(Self::Left)),
            _ => None, // foreign: a type name out of the journal
        }
    }
}

impl StaffAct {
    /// The stream of the office's staff.
    #[must_use]
    pub fn stream(&self) -> Uuid {
        stream::staff(self.of().0.as_str())
    }

    /// Office and officer.
    #[must_use]
    pub fn of(&self) -> (&OfficeCode, &str) {
        match self {
            Self::Register(one) | Self::Change(one) => (&one.office, &one.officer),
            Self::Leave(left) => (&left.office, &left.officer),
        }
    }

    /// What an officer's personal parts at an office are known by.
    #[must_use]
    pub fn whose(&self) -> Uuid {
        Uuid::new_v5(&self.stream(), self.of().1.as_bytes())
    }
}

/// An officer as the register has them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub officer: Officer,
    /// Last day; none while they work there.
    pub left: Option<Date>,
    /// Commitment to name and telephone, with the command that brought it.
    pub part: Option<(Part, Uuid)>,
}

impl Held {
    #[must_use]
    pub fn works_on(&self, day: Date) -> bool {
        self.officer.from <= day && self.left.is_none_or(|left| day <= left)
    }

    /// The secondment is shorter or longer than the law lets it be; false without one.
    #[must_use]
    pub fn secondment_out_of_term(&self) -> bool {
        let from = self.officer.from;
        self.officer.secondment.as_ref().is_some_and(|lent| {
            // The last day counts.
            let ends = |span: Span| from.checked_add(span).ok();
            let (shortest, longest) = (ends(6.months()), ends(24.months()));
            let end = lent.until.tomorrow().unwrap_or(lent.until);
            shortest.is_some_and(|day| end < day) || longest.is_some_and(|day| end > day)
        })
    }
}

/// The staff of one office, those who have left too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    /// By actor id.
    pub officers: BTreeMap<String, Held>,
}

impl Staff {
    pub fn evolve(&mut self, event: &StaffEvent, fact: &Fact) {
        let parts = fact.circumstances.parts.iter();
        let mut named = parts.filter(|part| part.kind == PartKind::Officer);
        let part = named.next().map(|part| (part.clone(), fact.command));
        match event {
            StaffEvent::Registered(officer) | StaffEvent::Changed(officer) => {
                let id = officer.officer.clone();
                let known = self.officers.remove(&id);
                let part = part.or_else(|| known.and_then(|known| known.part));
                let held = Held {
                    officer: officer.clone(),
                    left: None,
                    part,
                };
                self.officers.insert(id, held);
            }
            StaffEvent::Left(left) => {
                if let Some(known) = self.officers.get_mut(&left.officer) {
                    known.left = Some(left.on);
                }
            }
        }
    }

    /// Not gone yet: a last day that has not come can still be put right.
    fn at_work(&self, id: &str, today: Date) -> Option<&Held> {
        let here = |held: &&Held| held.left.is_none_or(|left| left >= today);
        self.officers.get(id).filter(here)
    }
}

/// What an act adds to the staff of an office. Who leaves and comes back is registered anew.
///
/// # Errors
/// [`Rejection::WrongRole`], [`Rejection::NotOwnOffice`], [`Rejection::UnknownOffice`]; [`Rejection::DuplicateRecord`] for
/// whoever is registered or as they are, [`Rejection::Unfit`] for texts, days and substitutes that cannot be.
pub fn decide(
    staff: &Staff,
    act: &StaffAct,
    (actor, named): (&Actor, bool),
    reference: &Reference,
    today: Date,
) -> Result<StaffEvent, Rejection> {
    let (office, id) = act.of();
    may(actor, office, reference)?;
    match act {
        StaffAct::Register(officer) => {
            if staff.at_work(id, today).is_some() {
                return Err(Rejection::DuplicateRecord);
            }
            if !named {
                return Err(invalid(
                    "ghi danh cán bộ phải có họ tên",
                    "an officer is registered with a name",
                ));
            }
            check(staff, officer, reference, today)?;
            Ok(StaffEvent::Registered(officer.clone()))
        }
        StaffAct::Change(officer) => {
            let known = staff.at_work(id, today).ok_or_else(unknown)?;
            if known.officer == *officer && !named {
                return Err(Rejection::DuplicateRecord);
            }
            check(staff, officer, reference, today)?;
            Ok(StaffEvent::Changed(officer.clone()))
        }
        StaffAct::Leave(left) => {
            let known = staff.at_work(id, today).ok_or_else(unknown)?;
            if known.left == Some(left.on) {
                return Err(Rejection::DuplicateRecord);
            }
            if left.on < known.officer.from {
                return Err(invalid(
                    "ngày thôi việc đứng trước ngày đến",
                    "nobody leaves before they came",
                ));
            }
            Ok(StaffEvent::Left(left.clone()))
        }
    }
}

fn unknown() -> Rejection {
    invalid(
        "không có cán bộ mang mã này đang làm việc tại cơ quan",
        "no officer of this id works at the office",
    )
}

/// The head of the unit keeps its own register; administrators keep any.
fn may(actor: &Actor, office: &OfficeCode, reference: &Reference) -> Result<(), Rejection> {
    let role = actor.role;
    match role {
        Role::Admin if actor.office == NO_OFFICE => {}
        Role::Admin | Role::CentreManager if actor.office == office.as_str() => {}
        Role::Admin | Role::CentreManager => {
            return Err(Rejection::NotOwnOffice {
                own: actor.office.clone(),
                office: office.to_string(),
            });
        }
        Role::Applicant
        | Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::ProcedureController
        | Role::Auditor
        | Role::System => return Err(Rejection::WrongRole { role }),
    }
    if !reference.offices.contains_key(office.as_str()) {
        return Err(Rejection::UnknownOffice(office.to_string()));
    }
    Ok(())
}

fn check(
    staff: &Staff,
    officer: &Officer,
    reference: &Reference,
    today: Date,
) -> Result<(), Rejection> {
    if reference.office(officer.office.as_str(), today).is_none() {
        return Err(Rejection::UnknownOffice(officer.office.to_string()));
    }
    let texts = std::iter::once(&officer.title).chain(&officer.fields);
    for said in texts {
        let clean = text::required(said, TEXT_CHARS_MAX);
        let clean = clean.map_err(|error| Rejection::InvalidRecord(error.to_string()))?;
        if clean != *said {
            return Err(invalid(
                "chức danh hoặc lĩnh vực có ký tự thừa",
                "a title or field is not in its clean form",
            ));
        }
    }
    if officer.fields.len() > FIELDS_MAX {
        return Err(invalid(
            "mỗi cán bộ tối đa 20 lĩnh vực",
            "an officer has at most 20 fields",
        ));
    }
    if let Some(lent) = &officer.secondment {
        if lent.by == officer.office {
            return Err(invalid(
                "cơ quan không tự biệt phái cho mình",
                "an office does not lend to itself",
            ));
        }
        if lent.until < officer.from {
            return Err(invalid(
                "thời hạn biệt phái phải kết thúc sau ngày bắt đầu",
                "a secondment ends after it begins",
            ));
        }
    }
    match &officer.substitute {
        Some(other) if *other == officer.officer => Err(invalid(
            "không ai tự thay thế mình",
            "nobody stands in for themselves",
        )),
        Some(other) if staff.at_work(other, today).is_none() => Err(invalid(
            "người thay thế chưa có trong danh sách của cơ quan: ghi danh trước",
            "the substitute is no officer of the office: register them first",
        )),
        Some(_) | None => Ok(()),
    }
}

fn invalid(vietnamese: &'static str, english: &'static str) -> Rejection {
    Rejection::Unfit(vietnamese, english)
}

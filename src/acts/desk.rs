//! The rules of an office's register: numbers voided, blocks reserved for a desk and released.

use jiff::civil::Date;

use super::request::Request;
use crate::domain::actor::Role;
use crate::domain::code::{DossierCode, OfficeCode};
use crate::domain::dossier::Rejection;
use crate::domain::event::Event;
use crate::domain::fact::{Circumstances, Draft, stream};
use crate::domain::reference::Reference;
use crate::domain::register::{BlockError, CodeVoided, Register, RegisterEvent};
use crate::domain::time::Moment;

/// The next number of the day, out of use with a reason.
pub fn void_code(
    request: &Request,
    office: &OfficeCode,
    (sequence, code): (u32, DossierCode),
    reference: &Reference,
    now: Moment,
    given: Circumstances,
) -> Result<Vec<Draft>, Rejection> {
    let role = request.actor.role;
    if !matches!(role, Role::Receiver | Role::CentreManager) {
        return Err(Rejection::WrongRole { role });
    }
    if request.actor.office != office.as_str() {
        return Err(Rejection::NotOwnOffice {
            own: request.actor.office.clone(),
            office: office.to_string(),
        });
    }
    if request.reason.is_none() {
        return Err(Rejection::ReasonRequired);
    }
    if reference.office(office.as_str(), now.date()).is_none() {
        return Err(Rejection::UnknownOffice(office.to_string()));
    }
    let voided = CodeVoided {
        office: office.clone(),
        sequence,
        code,
    };
    let event = RegisterEvent::CodeVoided(voided);
    Ok(vec![draft(office, now.date(), event, given)])
}

/// A block for the desk of who asks: a receiver, at the office where they sit.
pub fn reserve(
    request: &Request,
    count: u32,
    register: &Register,
    reference: &Reference,
    now: Moment,
    given: Circumstances,
) -> Result<Vec<Draft>, Rejection> {
    let actor = &request.actor;
    if actor.role != Role::Receiver {
        return Err(Rejection::WrongRole { role: actor.role });
    }
    if reference.office(&actor.office, now.date()).is_none() {
        return Err(Rejection::UnknownOffice(actor.office.clone()));
    }
    let office: OfficeCode = actor.office.parse()?;
    let reserved = register.reserve(&office, now.date(), &actor.id, count)??;
    let event = RegisterEvent::CodesReserved(reserved);
    Ok(vec![draft(&office, now.date(), event, given)])
}

/// What a desk has left of a day, voided with a reason: by who sits there, or by the head of the one-stop unit.
pub fn release(
    request: &Request,
    desk: Option<&str>,
    day: Date,
    register: &Register,
    given: &Circumstances,
) -> Result<Vec<Draft>, Rejection> {
    let actor = &request.actor;
    let desk = desk.unwrap_or(&actor.id);
    let may = match actor.role {
        Role::Receiver => desk == actor.id,
        Role::CentreManager => true,
        Role::Applicant
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
        | Role::Admin
        | Role::System => false,
    };
    if !may {
        return Err(Rejection::WrongRole { role: actor.role });
    }
    if request.reason.is_none() {
        return Err(Rejection::ReasonRequired);
    }
    let office: OfficeCode = actor.office.parse()?;
    let unused: Vec<u32> = register.unused_of(desk).collect();
    if unused.is_empty() {
        return Err(BlockError::NoneOpen(day).into());
    }
    let drafts = unused.into_iter().map(|sequence| {
        let voided = CodeVoided {
            office: office.clone(),
            sequence,
            code: DossierCode::new(&office, day, sequence)?,
        };
        let event = RegisterEvent::CodeVoided(voided);
        Ok(draft(&office, day, event, given.clone()))
    });
    drafts.collect()
}

fn draft(
    office: &OfficeCode,
    day: Date,
    event: RegisterEvent,
    circumstances: Circumstances,
) -> Draft {
    Draft {
        stream: stream::register(office.as_str(), day),
        event: Event::Register(event),
        circumstances,
    }
}

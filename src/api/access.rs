//! Who may see what: the public view is everybody's, a dossier its office's and its applicant's, the rest an auditor's.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_graphql::Context;

use super::Api;
use super::error::{Problem, Result, UserError};
use super::http::kept::Noted;
use super::rates::{Exceeded, Rates};
use super::sign_in::Caller;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::projections::tracking::DossierRow;

/// How much of an applicant a reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Nothing.
    None,
    /// That there is a name and what it begins with.
    Masked,
    /// The name; numbers and addresses when asked for.
    Open,
}

/// What resolvers share.
pub fn api<'a>(context: &Context<'a>) -> &'a Api {
    context.data_unchecked::<Api>()
}

/// Who is asking; `None` is the public.
pub fn actor<'a>(context: &Context<'a>) -> Option<&'a Actor> {
    context.data_opt::<Option<Actor>>().and_then(Option::as_ref)
}

/// By which token or key, for how long that is good, and what it may do; `None` is the public, and our own pages.
pub fn caller<'a>(context: &Context<'a>) -> Option<&'a Caller> {
    context
        .data_opt::<Option<Caller>>()
        .and_then(Option::as_ref)
}

/// Who is asking, when that must be somebody.
pub fn signed_in<'a>(context: &Context<'a>) -> Result<&'a Actor> {
    actor(context).ok_or(Problem::Unauthenticated)
}

/// Whether somebody other than an applicant is signed in where the request comes from.
#[derive(Debug, Clone, Copy)]
pub struct OfficeDevice(pub bool);

/// The address a request came from, as far as rates go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub Option<IpAddr>);

/// Whether an answer holds what the key on a receipt opens: then it is nobody else's, and no cache may keep it.
#[derive(Debug, Clone, Default)]
pub struct ReceiptShown(Arc<AtomicBool>);

impl ReceiptShown {
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Notes that the right key was shown.
pub fn receipt_shown(context: &Context<'_>) {
    if let Some(ReceiptShown(shown)) = context.data_opt() {
        shown.store(true, Ordering::Relaxed);
    }
}

/// Notes that the answer tells of what is not in the read models: it is nobody's the next moment.
pub fn passing(context: &Context<'_>) {
    if let Some(noted) = context.data_opt::<Noted>() {
        noted.passing();
    }
}

/// How many commands of a request were turned away as they were, each to be sent again.
#[derive(Debug, Clone, Default)]
pub struct TurnedAway(Arc<AtomicUsize>);

impl TurnedAway {
    #[must_use]
    pub fn commands(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Notes a command that brought these errors, if all say that it should be sent again.
pub fn answered_with<'a>(context: &Context<'_>, errors: impl IntoIterator<Item = &'a UserError>) {
    let mut errors = errors.into_iter().peekable();
    if errors.peek().is_some()
        && errors.all(UserError::is_passing)
        && let Some(TurnedAway(commands)) = context.data_opt()
    {
        commands.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts a dossier that is looked up by its code alone; whoever is signed in is not counted.
///
/// # Errors
/// [`Problem::RateLimited`] after too many from one address.
pub fn look_up(context: &Context<'_>) -> Result<()> {
    look_up_within(context, &api(context).rates)
}

/// As [`look_up`], counted by these rates.
pub fn look_up_within(context: &Context<'_>, rates: &Rates) -> Result<()> {
    if actor(context).is_some() {
        return Ok(());
    }
    if let Some(noted) = context.data_opt::<Noted>() {
        noted.look_up();
    }
    let address = context.data_opt::<Address>().and_then(|address| address.0);
    let exceeded = |exceeded: Exceeded| Problem::RateLimited(exceeded.retry_after);
    rates.look_up(address).map_err(exceeded)
}

/// Whether the request comes from a device of the office: with an officer's token, or beside an officer's session.
pub fn is_at_office(context: &Context<'_>) -> bool {
    let device = context.data_opt::<OfficeDevice>();
    let signed_in = || actor(context).is_some_and(|actor| actor.role != Role::Applicant);
    device.is_some_and(|OfficeDevice(office)| *office) || signed_in()
}

/// Works for an office.
#[must_use]
pub fn is_officer(role: Role) -> bool {
    match role {
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::CentreManager => true,
        Role::Applicant
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::ProcedureController
        | Role::VerticalAgency
        | Role::Auditor
        | Role::Admin
        | Role::System => false,
    }
}

/// The one office somebody supervises; none for those who supervise all: auditors and controllers where they are appointed, the
/// head of a one-stop unit at home.
///
/// # Errors
/// [`Problem::Forbidden`] for everybody else.
pub fn supervised(actor: &Actor) -> Result<Option<&str>> {
    match actor.role {
        Role::Auditor | Role::ProcedureController if actor.office == NO_OFFICE => Ok(None),
        Role::Auditor | Role::ProcedureController | Role::CentreManager => Ok(Some(&actor.office)),
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
        | Role::Admin
        | Role::System => Err(Problem::Forbidden),
    }
}

/// The one office whose lists somebody reads: officers their own; none for those who supervise all.
///
/// # Errors
/// [`Problem::Forbidden`] for whoever neither works for an office nor supervises.
pub fn lists_of(actor: &Actor) -> Result<Option<&str>> {
    if is_officer(actor.role) {
        return Ok(Some(&actor.office));
    }
    supervised(actor)
}

/// Whether somebody may open this dossier at all.
#[must_use]
pub fn may_open(actor: &Actor, row: &DossierRow) -> bool {
    let of_office = actor.office == row.office || actor.office == row.reception_office;
    match actor.role {
        Role::Applicant => row.applicant.as_deref() == Some(actor.id.as_str()),
        Role::Auditor | Role::ProcedureController => actor.office == NO_OFFICE || of_office,
        Role::System => true,
        // An agency that was asked answers by its number; it does not read the dossier.
        Role::Admin | Role::PaymentGateway | Role::VerticalAgency => false,
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::PostalAgent
        | Role::CentreManager => of_office,
    }
}

/// Whether a reader of a dossier's history learns who acted and what else is no part of the public one.
#[must_use]
pub fn sees_people(actor: Option<&Actor>, row: &DossierRow) -> bool {
    actor.is_some_and(|actor| may_open(actor, row))
}

/// Whether somebody may read figures by officer, of one office or (none given) of all: auditors, and the office's own
/// people.
///
/// # Errors
/// [`Problem::Forbidden`] for everybody else.
pub fn may_see_officers(actor: &Actor, office: Option<&str>) -> Result<()> {
    let own = office == Some(actor.office.as_str());
    let allowed = match actor.role {
        Role::Auditor | Role::ProcedureController => own || actor.office == NO_OFFICE,
        Role::System => true,
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::CentreManager => own,
        Role::Applicant
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::Admin => false,
    };
    if allowed {
        Ok(())
    } else {
        Err(Problem::Forbidden)
    }
}

/// How much of the applicant somebody needs to know who may open the dossier.
#[must_use]
pub fn sight(actor: &Actor, row: &DossierRow) -> Sight {
    if !may_open(actor, row) {
        return Sight::None;
    }
    match actor.role {
        Role::Applicant | Role::Receiver | Role::DivisionHead | Role::Signer | Role::Auditor => {
            Sight::Open
        }
        Role::Handler if row.handler.as_deref() == Some(actor.id.as_str()) => Sight::Open,
        Role::Handler | Role::Clerk | Role::CentreManager | Role::PostalAgent => Sight::Masked,
        Role::Admin
        | Role::System
        | Role::Cashier
        | Role::PaymentGateway
        | Role::ProcedureController
        | Role::VerticalAgency => Sight::None,
    }
}

//! Coming in: drafted, entered in a register, accepted at once, passed on, with its papers and the applicant's details.

use jiff::civil::Date;

use super::clock::{accept, intake_breach, intake_due_at};
use super::guard::{filed, need_applicant, office_on, procedure_on, slip};
use super::linked::{accept_leg, need_reason_to_go_alone};
use super::{Context, Decision, Dossier, Rejection, plain, with_reason};
use crate::domain::actor::Role;
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::dossier::event::{
    Channel, ComponentReceived, Digitisation, DossierEvent, Drafted, Lodged, Nothing, RedirectKind,
    Redirected, ReusedFrom,
};
use crate::domain::event::Event;
use crate::domain::fact::{Circumstances, Draft, stream};
use crate::domain::register::{BlockError, Entered, RegisterEvent};

/// Row 1. An officer's draft names the applicant, the only one who can submit it.
pub(super) fn draft(
    procedure: &ProcedureCode,
    office: &OfficeCode,
    context: &Context<'_>,
) -> Decision {
    office_on(office, context)?;
    procedure_on(procedure, context)?;
    if context.actor.role != Role::Applicant && context.actor.on_behalf_of.is_none() {
        return Err(Rejection::DetailsRequired);
    }
    plain(
        DossierEvent::Drafted(Drafted {
            procedure: procedure.clone(),
            office: office.clone(),
        }),
        context,
    )
}

/// Row 7. To the office that has it already would only set its clock back.
pub(super) fn redirect(
    dossier: &Dossier,
    to: &OfficeCode,
    kind: RedirectKind,
    context: &Context<'_>,
) -> Decision {
    office_on(to, context)?;
    let (from, _) = filed(dossier)?;
    if to == from {
        return Err(Rejection::AlreadyThere {
            office: from.to_string(),
        });
    }
    let redirected = Redirected {
        from: from.clone(),
        to: to.clone(),
        kind,
    };
    with_reason(DossierEvent::Redirected(redirected), context)
}

/// What is entered in an office's register, and how it came.
pub(super) struct Filing<'a> {
    pub procedure: &'a ProcedureCode,
    pub office: &'a OfficeCode,
    pub channel: Channel,
    pub capability: Option<&'a String>,
    pub assisted_by: Option<&'a String>,
    /// On a slip that was written by hand.
    pub code: Option<&'a DossierCode>,
}

pub(super) fn lodge(filing: &Filing<'_>, context: &Context<'_>) -> Decision {
    let Filing {
        procedure,
        office,
        channel,
        capability,
        assisted_by,
        code,
    } = *filing;
    let place = office_on(office, context)?;
    procedure_on(procedure, context)?;
    need_applicant(context)?;
    let (date, sequence, code) = if let Some(code) = code {
        on_paper(office, code, context)?
    } else {
        let date = context.now.date();
        let (sequence, code) = context.register.next(office, date)?;
        (date, sequence, code)
    };
    let lodged = Lodged {
        code: code.clone(),
        procedure: procedure.clone(),
        office: office.clone(),
        channel,
        capability: capability.cloned(),
        intake_due_at: intake_due_at(place, context)?,
        assisted_by: assisted_by.cloned(),
        leg_of: None,
        case: None,
    };
    let event = match channel {
        Channel::Online => DossierEvent::Submitted(lodged),
        Channel::Counter | Channel::Post => DossierEvent::Lodged(lodged),
    };
    let entered = Entered {
        office: office.clone(),
        sequence,
        code,
        dossier: context.dossier,
    };
    let mut drafts = plain(event, context)?;
    drafts[0].circumstances.received_at = None;
    drafts.push(Draft {
        stream: stream::register(office.as_str(), date),
        event: Event::Register(RegisterEvent::Entered(entered)),
        circumstances: Circumstances::default(),
    });
    Ok(drafts)
}

/// A paper code's day, number and code. Its day is that of the slip's hour: neither is true without the other.
fn on_paper(
    office: &OfficeCode,
    code: &DossierCode,
    context: &Context<'_>,
) -> Result<(Date, u32, DossierCode), Rejection> {
    let desk = &context.actor.id;
    let sequence = context.register.taken_from_block(office, code, desk)?;
    let slip = slip(context).date();
    let day = code.office_and_date().map_or(slip, |(_, day)| day);
    if day != slip {
        let code = code.clone();
        return Err(BlockError::OtherDay { code, day, slip }.into());
    }
    // Written again as the register writes it: one number has one code.
    Ok((day, sequence, DossierCode::new(office, day, sequence)?))
}

/// Row 6: what was submitted or lodged; an intake that took too long is recorded.
pub(super) fn accept_lodged(dossier: &Dossier, context: &Context<'_>) -> Decision {
    if let Some(leg_of) = &dossier.leg_of {
        return accept_leg(dossier, leg_of, context);
    }
    let (office, procedure) = filed(dossier)?;
    need_reason_to_go_alone(procedure, context)?;
    let channel = dossier.channel.unwrap_or(Channel::Counter);
    let mut drafts = accept(office, procedure, channel, false, context)?;
    let around = &mut drafts[0].circumstances;
    around.breach = around.breach.take().or(intake_breach(dossier, context)?);
    Ok(drafts)
}

pub(super) fn accept_at_counter(filing: &Filing<'_>, context: &Context<'_>) -> Decision {
    need_reason_to_go_alone(filing.procedure, context)?;
    let mut drafts = lodge(filing, context)?;
    drafts[0].circumstances.reason = None;
    let without_parts = Circumstances {
        parts: Vec::new(),
        ..context.given.clone()
    };
    drafts.extend(accept(
        filing.office,
        filing.procedure,
        filing.channel,
        filing.code.is_some(),
        &Context {
            given: &without_parts,
            ..*context
        },
    )?);
    Ok(drafts)
}

/// Only papers that the procedure lists: nobody may ask for others (Decree 63/2010 art. 21.2). Who digitised it is who says
/// so; what is reused is named by where it is.
pub(super) fn receive_component(
    dossier: &Dossier,
    mut received: ComponentReceived,
    context: &Context<'_>,
) -> Decision {
    let signed_at = received
        .signature
        .as_ref()
        .map(|signature| signature.signed_at);
    if signed_at.is_some_and(|signed| signed > context.now) {
        return Err(Rejection::FutureClaim { now: context.now });
    }
    let here = received.digitisation == Digitisation::Here;
    if here && context.actor.role != Role::Applicant {
        received.digitised_by = Some(context.actor.id.clone());
    }
    let own = |from: &ReusedFrom| from.dossier == context.dossier;
    if received.reused_from.as_ref().is_some_and(own) {
        return Err(Rejection::LinkInvalid);
    }
    let (_, code) = filed(dossier)?;
    let version = dossier.turn().map(|turn| turn.procedure_version);
    let procedure = match version {
        Some(version) => context.reference.procedure_version(code.as_str(), version),
        None => context
            .reference
            .procedure(code.as_str(), context.now.date()),
    };
    let listed = procedure.map_or(0, |procedure| procedure.components.len());
    let place = usize::try_from(received.item).unwrap_or(usize::MAX);
    if !(1..=listed).contains(&place) {
        return Err(Rejection::ComponentUnknown);
    }
    plain(DossierEvent::ComponentReceived(received), context)
}

pub(super) fn return_originals(dossier: &Dossier, context: &Context<'_>) -> Decision {
    if dossier.originals_returned {
        return Err(Rejection::AlreadyRecorded);
    }
    plain(DossierEvent::OriginalsReturned(Nothing {}), context)
}

pub(super) fn correct_details(context: &Context<'_>) -> Decision {
    need_applicant(context)?;
    with_reason(DossierEvent::ApplicantDetailsCorrected(Nothing {}), context)
}

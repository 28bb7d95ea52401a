//! What every command must meet before its own rules are asked, and where the rules look things up.

use std::sync::Arc;

use jiff::civil::Date;

use super::linked::is_for_the_counter;
use super::{Context, Dossier, DossierCommand, Phase, Rejection, Stage};
use crate::domain::actor::Role;
use crate::domain::catalogue::Procedure;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::dossier::Turn;
use crate::domain::fact::PartKind;
use crate::domain::office::Office;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

pub(super) fn guard_role(
    dossier: &Dossier,
    command: &DossierCommand,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let role = context.actor.role;
    let kept_out = role == Role::Handler && is_the_counters(dossier.phase, command);
    if command.roles().contains(&role) && !kept_out {
        Ok(())
    } else {
        Err(wrong_role(context))
    }
}

/// Before acceptance the one-stop unit alone deals with the applicant (row 12).
fn is_the_counters(phase: Phase, command: &DossierCommand) -> bool {
    matches!(
        (phase, command),
        (
            Phase::AwaitingSupplement(Stage::Intake),
            DossierCommand::StopProcessing
        )
    )
}

pub(super) fn wrong_role(context: &Context<'_>) -> Rejection {
    Rejection::WrongRole {
        role: context.actor.role,
    }
}

/// Officers act for the office that has the dossier, applicants on their own dossiers, the program everywhere.
pub(super) fn guard_office(
    dossier: &Dossier,
    command: &DossierCommand,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    if context.actor.role == Role::Applicant {
        let shown = command.capability_shown();
        return match (&dossier.applicant, dossier.phase) {
            (_, Phase::Absent) => Ok(()),
            // Whoever holds the receipt speaks for the applicant.
            (_, _) if shown.is_some() && shown == capability(dossier, context) => Ok(()),
            (Some(applicant), _) if *applicant == context.actor.id => Ok(()),
            (Some(_) | None, _) => Err(Rejection::NotTheApplicant),
        };
    }
    if acts_everywhere(context.actor.role)
        || is_answer_of_another(command)
        || is_passed_on_to(dossier, command, &context.actor.office)
        || is_for_the_counter(dossier, command, context)
    {
        return Ok(());
    }
    let foreign = |office: &OfficeCode| office.as_str() != context.actor.office;
    match (command.filed_at(), &dossier.office) {
        (Some(office), _) if foreign(office) => Err(Rejection::NotOwnOffice {
            own: context.actor.office.clone(),
            office: office.to_string(),
        }),
        (None, Some(office)) if foreign(office) => Err(Rejection::WrongOffice {
            office: office.to_string(),
        }),
        (Some(_) | None, _) => Ok(()),
    }
}

/// The key on the receipt: a leg has none of its own.
fn capability<'a>(dossier: &'a Dossier, context: &Context<'a>) -> Option<&'a str> {
    let whole = dossier.leg_of.as_ref();
    let holder = match whole {
        Some(leg_of) => context.kin(leg_of.whole)?,
        None => dossier,
    };
    holder.capability.as_deref()
}

/// The program, the gateways and procedure control belong to no office.
fn acts_everywhere(role: Role) -> bool {
    match role {
        Role::System | Role::Admin | Role::PaymentGateway | Role::ProcedureController => true,
        Role::Applicant
        | Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::CentreManager
        | Role::Cashier
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::Auditor => false,
    }
}

/// An agency that was asked, or that has the dossier handed over to it, answers from its own office.
fn is_answer_of_another(command: &DossierCommand) -> bool {
    matches!(
        command,
        DossierCommand::GiveOpinion { .. } | DossierCommand::ReceiveHandOver { .. }
    )
}

/// The feedback it is about was passed on to this office.
fn is_passed_on_to(dossier: &Dossier, command: &DossierCommand, office: &str) -> bool {
    let number = if let DossierCommand::AnswerFeedback { number, .. } = command {
        Some(*number)
    } else if let DossierCommand::Voice(command) = command {
        command.feedback()
    } else {
        None
    };
    let feedback = number.and_then(|number| dossier.feedback(number));
    let to = feedback.and_then(|feedback| feedback.forwarded_to.as_ref());
    to.is_some_and(|to| to.as_str() == office)
}

/// A claim about the future is refused: a time that can never be taken back must not be wrong.
pub(super) fn guard_claims(context: &Context<'_>) -> Result<(), Rejection> {
    let claims = [context.given.occurred_at, context.given.received_at];
    if claims
        .into_iter()
        .flatten()
        .any(|claim| claim > context.now)
    {
        return Err(Rejection::FutureClaim { now: context.now });
    }
    Ok(())
}

pub(super) fn filed(dossier: &Dossier) -> Result<(&OfficeCode, &ProcedureCode), Rejection> {
    dossier
        .office
        .as_ref()
        .zip(dossier.procedure.as_ref())
        .ok_or(Rejection::UnknownDossier)
}

/// A dossier stays under the policy it was received under; before acceptance that of the day holds.
pub(super) fn policy_for<'a>(
    dossier: &Dossier,
    context: &Context<'a>,
) -> Result<&'a Arc<Policy>, Rejection> {
    match dossier.turn().filter(|turn| turn.ending.is_none()) {
        Some(turn) => pinned_policy(turn, context),
        None => policy_on(context.now.date(), context),
    }
}

pub(super) fn pinned_policy<'a>(
    turn: &Turn,
    context: &Context<'a>,
) -> Result<&'a Arc<Policy>, Rejection> {
    turn.pinned_policy(context.reference)
        .ok_or(Rejection::NoPolicy)
}

pub(super) fn office_on<'a>(
    code: &OfficeCode,
    context: &Context<'a>,
) -> Result<&'a Arc<Office>, Rejection> {
    let found = context.reference.office(code.as_str(), context.now.date());
    found.ok_or_else(|| Rejection::UnknownOffice(code.to_string()))
}

/// The hour printed on the slip: what counts as received, and under which rules.
pub(super) fn slip(context: &Context<'_>) -> Moment {
    context.given.received_at.unwrap_or(context.now)
}

/// The version in force when the papers were received.
pub(super) fn procedure_on<'a>(
    code: &ProcedureCode,
    context: &Context<'a>,
) -> Result<&'a Arc<Procedure>, Rejection> {
    let day = slip(context).date();
    let found = context.reference.procedure(code.as_str(), day);
    found.ok_or_else(|| Rejection::UnknownProcedure(code.to_string()))
}

pub(super) fn policy_on<'a>(
    day: Date,
    context: &Context<'a>,
) -> Result<&'a Arc<Policy>, Rejection> {
    context.reference.policy(day).ok_or(Rejection::NoPolicy)
}

pub(super) fn need_applicant(context: &Context<'_>) -> Result<(), Rejection> {
    let given = context
        .given
        .parts
        .iter()
        .any(|part| part.kind == PartKind::Applicant);
    if given {
        Ok(())
    } else {
        Err(Rejection::DetailsRequired)
    }
}

pub(super) fn need_reason(context: &Context<'_>) -> Result<(), Rejection> {
    if context.given.reason.is_some() {
        Ok(())
    } else {
        Err(Rejection::ReasonRequired)
    }
}

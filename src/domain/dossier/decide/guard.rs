//! What every command must meet before its own rules are asked, and where the rules look things up.

use std::sync::Arc;

use super::{Context, Dossier, DossierCommand, Phase, Rejection};
use crate::domain::actor::Role;
use crate::domain::catalogue::Procedure;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::fact::PartKind;
use crate::domain::office::Office;
use crate::domain::policy::Policy;

pub(super) fn guard_role(command: &DossierCommand, context: &Context<'_>) -> Result<(), Rejection> {
    if command.roles().contains(&context.actor.role) {
        Ok(())
    } else {
        Err(Rejection::WrongRole {
            role: context.actor.role.name(),
        })
    }
}

/// Officers act for the office that has the dossier; applicants on their own dossiers.
pub(super) fn guard_office(
    dossier: &Dossier,
    command: &DossierCommand,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let target = command.filed_at().or(dossier.office.as_ref());
    if context.actor.role == Role::Applicant {
        return match (&dossier.applicant, dossier.phase) {
            (_, Phase::Absent) => Ok(()),
            (Some(applicant), _) if *applicant == context.actor.id => Ok(()),
            (Some(_) | None, _) => Err(Rejection::NotTheApplicant),
        };
    }
    match target {
        Some(office) if office.as_str() != context.actor.office => Err(Rejection::WrongOffice {
            office: office.to_string(),
        }),
        Some(_) | None => Ok(()),
    }
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

pub(super) fn office_on<'a>(
    code: &OfficeCode,
    context: &Context<'a>,
) -> Result<&'a Arc<Office>, Rejection> {
    let found = context.reference.office(code.as_str(), context.now.date());
    found.ok_or_else(|| Rejection::UnknownOffice(code.to_string()))
}

pub(super) fn procedure_on<'a>(
    code: &ProcedureCode,
    context: &Context<'a>,
) -> Result<&'a Arc<Procedure>, Rejection> {
    let found = context
        .reference
        .procedure(code.as_str(), context.now.date());
    found.ok_or_else(|| Rejection::UnknownProcedure(code.to_string()))
}

pub(super) fn policy_on<'a>(context: &Context<'a>) -> Result<&'a Arc<Policy>, Rejection> {
    context
        .reference
        .policy(context.now.date())
        .ok_or(Rejection::NoPolicy)
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

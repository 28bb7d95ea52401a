//! Which catalogue records the shelf takes: pure, on what stands there already.

use super::{
    Abolished, InternalProcess, Procedure, ReviewProposed, check::check, check::shortest_limit,
};
use crate::domain::code::ProcedureCode;
use crate::domain::dossier::Rejection;
use crate::domain::reference::{JournalKind, Reference, ReferenceEvent};
use jiff::civil::Date;

/// The first version of a procedure, or an amendment: a newer version that names its decision.
///
/// # Errors
/// [`Rejection::DuplicateRecord`] for a version that is there; [`Rejection::InvalidRecord`] for a record that cannot be,
/// an older version, an amendment without decision, or a simulated code in a live journal.
pub fn publish(
    reference: &Reference,
    procedure: &Procedure,
    journal: JournalKind,
) -> Result<ReferenceEvent, Rejection> {
    let invalid = |why: &str| Err(Rejection::InvalidRecord(why.into()));
    check(procedure).map_err(|error| Rejection::InvalidRecord(error.to_string()))?;
    let code: ProcedureCode = procedure.code.parse()?;
    match journal {
        JournalKind::Live if code.is_simulated() => {
            return invalid("a SIM code stands for an invented procedure; this journal is live");
        }
        JournalKind::Live | JournalKind::Simulated => {}
    }
    let versions = reference.procedures.get(&procedure.code);
    let versions = versions.into_iter().flatten();
    if let Some(newest) = versions.map(|known| known.version).max() {
        let known = reference.procedure_version(&procedure.code, procedure.version);
        if known.is_some() {
            return Err(Rejection::DuplicateRecord);
        }
        if procedure.version < newest {
            return invalid("a newer version of this procedure is published");
        }
        if procedure.publication.is_none() {
            return invalid("publication: an amendment names the decision that makes it");
        }
    }
    Ok(ReferenceEvent::ProcedurePublished(procedure.clone()))
}

/// The end of a procedure, with its decision.
///
/// # Errors
/// [`Rejection::UnknownProcedure`]; [`Rejection::DuplicateRecord`] when its newest version is abolished already;
/// [`Rejection::InvalidRecord`].
pub fn abolish(
    reference: &Reference,
    code: &str,
    decision: &str,
    decided_on: Option<Date>,
    from: Date,
) -> Result<ReferenceEvent, Rejection> {
    let versions = reference.procedures.get(code).into_iter().flatten();
    let newest = versions.map(|known| known.version).max();
    let newest = newest.ok_or_else(|| Rejection::UnknownProcedure(code.to_owned()))?;
    let abolished = Abolished {
        code: code.to_owned(),
        version: newest,
        decision: decision.to_owned(),
        decided_on,
        from,
    };
    abolished.check().map_err(Rejection::InvalidRecord)?;
    if reference.abolition(code, newest).is_some() {
        return Err(Rejection::DuplicateRecord);
    }
    Ok(ReferenceEvent::ProcedureAbolished(abolished))
}

/// A version of an internal process that fits the shortest limit of its procedure.
///
/// # Errors
/// [`Rejection::UnknownProcedure`]; [`Rejection::DuplicateRecord`]; [`Rejection::InvalidRecord`], also for more hours than
/// the limit gives.
pub fn approve(
    reference: &Reference,
    process: &InternalProcess,
) -> Result<ReferenceEvent, Rejection> {
    let code = &process.procedure;
    let newest = || reference.procedures.get(code)?.last();
    let procedure = reference
        .procedure(code, process.effective_from)
        .or_else(newest)
        .ok_or_else(|| Rejection::UnknownProcedure(code.clone()))?;
    process
        .check(shortest_limit(procedure))
        .map_err(|error| Rejection::InvalidRecord(error.to_string()))?;
    let approved = reference.processes.get(code).into_iter().flatten();
    match approved.map(|known| known.version).max() {
        Some(newest) if process.version == newest => Err(Rejection::DuplicateRecord),
        Some(newest) if process.version < newest => Err(Rejection::InvalidRecord(
            "a newer version of this process is approved".into(),
        )),
        Some(_) | None => Ok(ReferenceEvent::ProcessApproved(process.clone())),
    }
}

/// A proposal of a yearly review.
///
/// # Errors
/// [`Rejection::UnknownProcedure`]; [`Rejection::DuplicateRecord`]; [`Rejection::InvalidRecord`].
pub fn propose(
    reference: &Reference,
    proposal: &ReviewProposed,
) -> Result<ReferenceEvent, Rejection> {
    proposal.check().map_err(Rejection::InvalidRecord)?;
    if !reference.procedures.contains_key(&proposal.code) {
        return Err(Rejection::UnknownProcedure(proposal.code.clone()));
    }
    if reference.reviews.iter().any(|known| **known == *proposal) {
        return Err(Rejection::DuplicateRecord);
    }
    Ok(ReferenceEvent::ReviewProposed(proposal.clone()))
}

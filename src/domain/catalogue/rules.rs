//! Which catalogue records the shelf takes: pure, on what stands there already.

use super::check::{check, shortest_limit};
use super::{Abolished, InternalProcess, Procedure, ProcessError, ReviewProposed};
use crate::domain::code::ProcedureCode;
use crate::domain::dossier::Rejection;
use crate::domain::reference::{JournalKind, Reference, ReferenceEvent};
use jiff::civil::Date;

/// The first version of a procedure, or an amendment: a newer version that names its decision.
///
/// # Errors
/// [`Rejection::DuplicateRecord`] for a version that is there; [`Rejection::SimulatedCode`] in a live journal;
/// [`Rejection::InvalidRecord`] for a record that cannot be, an older version, or an amendment without decision.
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
            return Err(Rejection::SimulatedCode(code.into()));
        }
        JournalKind::Live | JournalKind::Simulated | JournalKind::Imported => {}
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
/// [`Rejection::UnknownProcedure`]; [`Rejection::DuplicateRecord`]; [`Rejection::ProcessTooLong`] for more hours than the
/// limit gives; [`Rejection::InvalidRecord`].
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
        .map_err(|error| match error {
            ProcessError::TooLong { hours, hours_max } => {
                Rejection::ProcessTooLong { hours, hours_max }
            }
            ProcessError::Procedure(_)
            | ProcessError::ApprovedBy(_)
            | ProcessError::Text { .. }
            | ProcessError::Version
            | ProcessError::EffectiveTooEarly { .. }
            | ProcessError::Order => Rejection::InvalidRecord(error.to_string()),
        })?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::{self, PublicationDecision, ReviewKind, record};
    use crate::domain::law::{Certainty, Limit};
    use jiff::civil::date;

    fn shipped() -> Procedure {
        let mut all = catalogue::load(include_str!("../../../data/catalogue.json"))
            .expect("the shipped catalogue")
            .into_iter();
        all.find(|known| known.code == "1.004873")
            .expect("a record")
    }

    fn amended() -> Procedure {
        Procedure {
            version: 2,
            limit: Limit::WorkingDays(2),
            publication: Some(PublicationDecision {
                number: "12/QĐ-UBND".into(),
                date: date(2026, 11, 2),
                effective: date(2026, 11, 16),
                level: None,
                certainty: Certainty::Illustrative,
            }),
            valid_from: Some(date(2026, 11, 16)),
            ..shipped()
        }
    }

    #[track_caller]
    fn taken(reference: &mut Reference, event: Result<ReferenceEvent, Rejection>) {
        reference.evolve(&event.expect("taken"));
    }

    #[track_caller]
    fn refused(event: Result<ReferenceEvent, Rejection>, code: &str) {
        assert_eq!(event.expect_err("refused").code(), code);
    }

    fn with_first() -> Reference {
        let mut reference = Reference::default();
        let first = publish(&reference, &shipped(), JournalKind::Live);
        taken(&mut reference, first);
        reference
    }

    #[test]
    fn an_amendment_is_a_newer_version_and_names_its_decision() {
        let mut reference = with_first();
        let live = JournalKind::Live;
        refused(publish(&reference, &shipped(), live), "DUPLICATE_RECORD");
        let silent = Procedure {
            publication: None,
            ..amended()
        };
        refused(publish(&reference, &silent, live), "INVALID_RECORD");
        let event = publish(&reference, &amended(), live);
        taken(&mut reference, event);
        let version = |day| {
            reference
                .procedure("1.004873", day)
                .map(|known| known.version)
        };
        assert_eq!(version(date(2026, 11, 15)), Some(1));
        assert_eq!(version(date(2026, 11, 16)), Some(2));
        let older = Procedure {
            version: 0,
            ..amended()
        };
        refused(publish(&reference, &older, live), "INVALID_RECORD");
    }

    #[test]
    fn a_record_that_cannot_be_is_refused_whichever_way_it_comes() {
        let nothing = Reference::default();
        let impossible = Procedure {
            limit: Limit::WorkingDays(0),
            ..shipped()
        };
        refused(
            publish(&nothing, &impossible, JournalKind::Live),
            "INVALID_RECORD",
        );
        let case = record::Case {
            name_vi: "Trường hợp".into(),
            name_en: "Case".into(),
            items: vec![1, 9],
            certainty: Certainty::Illustrative,
        };
        let unknown_paper = Procedure {
            cases: vec![case],
            ..shipped()
        };
        refused(
            publish(&nothing, &unknown_paper, JournalKind::Live),
            "INVALID_RECORD",
        );
    }

    #[test]
    fn an_invented_procedure_stands_on_the_shelf_of_a_simulation_only() {
        let nothing = Reference::default();
        let invented = Procedure {
            code: "SIM-0001".into(),
            ..shipped()
        };
        refused(
            publish(&nothing, &invented, JournalKind::Live),
            "SIMULATED_CODE",
        );
        publish(&nothing, &invented, JournalKind::Simulated).expect("taken");
    }

    #[test]
    fn an_abolished_procedure_ends_on_its_day_and_can_be_published_anew() {
        let mut reference = with_first();
        let end = date(2026, 12, 1);
        let decided = Some(date(2026, 11, 20));
        refused(
            abolish(&reference, "1.000656", "9/QĐ", decided, end),
            "UNKNOWN_PROCEDURE",
        );
        refused(
            abolish(&reference, "1.004873", " ", decided, end),
            "INVALID_RECORD",
        );
        let late = Some(date(2026, 12, 2));
        refused(
            abolish(&reference, "1.004873", "9/QĐ", late, end),
            "INVALID_RECORD",
        );
        let event = abolish(&reference, "1.004873", "9/QĐ-UBND", decided, end);
        taken(&mut reference, event);
        refused(
            abolish(&reference, "1.004873", "9/QĐ", decided, end),
            "DUPLICATE_RECORD",
        );
        let version = |reference: &Reference, day| {
            let found = reference.procedure("1.004873", day);
            found.map(|known| known.version)
        };
        assert_eq!(version(&reference, date(2026, 11, 30)), Some(1));
        assert_eq!(version(&reference, end), None);
        assert!(
            reference.procedure_version("1.004873", 1).is_some(),
            "what is pinned stays"
        );
        let anew = publish(&reference, &amended(), JournalKind::Live);
        taken(&mut reference, anew);
        assert_eq!(version(&reference, end), Some(2));
    }

    fn process(version: u32, hours: u16) -> InternalProcess {
        let text = format!(
            r#"{{"procedure":"1.004873","version":{version},"approved_by":"H38","decision":"7/QĐ-UBND",
                "decided_on":"2026-11-02","effective_from":"2026-11-09","certainty":"illustrative",
                "steps":[{{"order":1,"name_vi":"Giải quyết","name_en":"Settle","role":"handler","hours":{hours},
                "can_return":false,"can_supplement":true,"can_sign":true}}]}}"#
        );
        serde_json::from_str(&text).expect("a process")
    }

    #[test]
    fn a_process_fits_the_shortest_limit_and_is_followed_from_its_day() {
        let mut reference = with_first();
        refused(approve(&reference, &process(1, 25)), "PROCESS_TOO_LONG");
        let stranger = InternalProcess {
            procedure: "1.000656".into(),
            ..process(1, 8)
        };
        refused(approve(&reference, &stranger), "UNKNOWN_PROCEDURE");
        let event = approve(&reference, &process(1, 24));
        taken(&mut reference, event);
        refused(approve(&reference, &process(1, 24)), "DUPLICATE_RECORD");
        let event = approve(&reference, &process(3, 16));
        taken(&mut reference, event);
        refused(approve(&reference, &process(2, 16)), "INVALID_RECORD");
        assert!(reference.process("1.004873", date(2026, 11, 8)).is_none());
        let followed = reference
            .process("1.004873", date(2026, 11, 9))
            .expect("one");
        assert_eq!(followed.reference(), "1.004873/3");
        assert!(reference.process_version("1.004873/1").is_some());
        assert!(reference.process_version("1.004873/2").is_none());
    }

    #[test]
    fn a_channel_with_a_shorter_limit_binds_the_process_too() {
        let mut reference = Reference::default();
        let mut quick = shipped();
        quick.channels = serde_json::from_str(
            r#"[{"channel":"online","limit":{"unit":"working_days","value":1},"certainty":"stated"}]"#,
        )
        .expect("terms");
        let first = publish(&reference, &quick, JournalKind::Live);
        taken(&mut reference, first);
        refused(approve(&reference, &process(1, 9)), "PROCESS_TOO_LONG");
        approve(&reference, &process(1, 8)).expect("taken");
    }

    #[test]
    fn a_proposal_is_made_once_and_about_a_procedure_that_is_there() {
        let mut reference = with_first();
        let proposal = ReviewProposed {
            code: "1.004873".into(),
            kind: ReviewKind::Simplify,
            year: 2026,
            level: catalogue::Level::Commune,
        };
        let event = propose(&reference, &proposal);
        taken(&mut reference, event);
        refused(propose(&reference, &proposal), "DUPLICATE_RECORD");
        let stranger = ReviewProposed {
            code: "1.000656".into(),
            ..proposal.clone()
        };
        refused(propose(&reference, &stranger), "UNKNOWN_PROCEDURE");
        let undated = ReviewProposed {
            year: 26,
            ..proposal
        };
        refused(propose(&reference, &undated), "INVALID_RECORD");
    }
}

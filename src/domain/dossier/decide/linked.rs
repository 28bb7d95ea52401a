//! Linked dossiers: accepted as a whole, given leg by leg to the agencies, put right between them.

use uuid::Uuid;

use super::clock::{Bargain, answer_within, intake_breach, late_entry, starts};
use super::drafting::{plain, with_reason};
use super::guard::{filed, need_reason, office_on, policy_on, procedure_on, slip};
use super::{Context, Decision, Dossier, DossierCommand, Phase, Rejection};
use crate::domain::actor::Role;
use crate::domain::catalogue::{LinkageManner, Procedure};
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::dossier::event::{
    Accepted, Channel, CorrectionAnswered, CorrectionRequested, DossierEvent, LegOf, LegOpened,
    LegResult, Lodged, PlannedLeg, SentBack,
};
use crate::domain::dossier::{Leg, LegAt, LinkedRefusal};
use crate::domain::event::Event;
use crate::domain::fact::{Circumstances, Draft, stream};
use crate::domain::portal::{self, Alarm, Allowed};
use crate::domain::register::{Entered, RegisterEvent};

/// Row 6, linked: the longest of the whole's limit and those of its legs is promised.
pub(super) fn accept_linked(
    dossier: &Dossier,
    manner: LinkageManner,
    legs: &[LegAt],
    context: &Context<'_>,
) -> Decision {
    let (office, code) = filed(dossier)?;
    if let Some(leg_of) = &dossier.leg_of {
        return Err(LinkedRefusal::Leg(leg_of.code.to_string()).into());
    }
    let procedure = procedure_on(code, context)?;
    let planned = plan(procedure, code, manner, legs, context)?;
    let channel = dossier.channel.unwrap_or(Channel::Counter);
    let of_legs = planned.iter().filter_map(|leg| {
        let leg = procedure.leg(leg.place)?;
        Some((leg.limit?, leg.limit_certainty))
    });
    let received_at = slip(context);
    let bargain = Bargain {
        office,
        procedure,
        limits: std::iter::once(procedure.limit_for(channel))
            .chain(of_legs)
            .collect(),
        received_at,
    };
    let accepted = Accepted {
        legs: planned,
        ..bargain.struck(context)?
    };
    let policy = policy_on(received_at.date(), context)?;
    let entered_late = late_entry(received_at, policy, false, context)?;
    let broken = entered_late.or(intake_breach(dossier, context)?);
    Ok(vec![starts(accepted, received_at, broken, context)?])
}

/// A linked procedure accepted without its agencies (one of them takes no part yet) says why.
pub(super) fn need_reason_to_go_alone(
    code: &ProcedureCode,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    if procedure_on(code, context)?.legs().is_empty() {
        return Ok(());
    }
    need_reason(context)
}

/// Every leg that must be, each once, each with an agency that is there.
fn plan(
    procedure: &Procedure,
    code: &ProcedureCode,
    manner: LinkageManner,
    legs: &[LegAt],
    context: &Context<'_>,
) -> Result<Vec<PlannedLeg>, Rejection> {
    if procedure.legs().is_empty() {
        return Err(LinkedRefusal::NotLinked.into());
    }
    let mut planned: Vec<PlannedLeg> = Vec::new();
    for (leg, place) in procedure.legs().iter().zip(1_u32..) {
        let mut named = legs.iter().filter(|at| at.place == place);
        let (at, again) = (named.next(), named.next());
        let at = match (at, again) {
            (Some(at), None) => at,
            (None, None) if leg.optional => continue,
            (Some(_), Some(_)) | (None, _) => return Err(LinkedRefusal::Legs.into()),
        };
        office_on(&at.office, context)?;
        let own = leg.procedure.as_deref().filter(|own| {
            let day = context.now.date();
            context.reference.procedure(own, day).is_some()
        });
        let mut before = planned.iter().map(|leg| leg.place);
        planned.push(PlannedLeg {
            place,
            procedure: match own {
                Some(own) => own.parse()?,
                None => code.clone(),
            },
            office: at.office.clone(),
            after: match manner {
                LinkageManner::Electronic => {
                    before.filter(|place| leg.after.contains(place)).collect()
                }
                LinkageManner::Paper => before.next_back().into_iter().collect(),
            },
        });
    }
    if planned.len() == legs.len() {
        Ok(planned)
    } else {
        Err(LinkedRefusal::Legs.into())
    }
}

/// The leg comes into the register of its agency, with the results that it needs; the whole is told of it.
pub(super) fn open_leg(
    id: Uuid,
    place: u32,
    procedure: &ProcedureCode,
    office: &OfficeCode,
    context: &Context<'_>,
) -> Decision {
    let whole = context.kin(id).ok_or(Rejection::UnknownDossier)?;
    let leg = whole.leg(place).ok_or(LinkedRefusal::Legs)?;
    if leg.opened.is_some() {
        return Err(Rejection::AlreadyRecorded);
    }
    let today = context.now.date();
    let agency = context
        .reference
        .in_place_of(&leg.plan.office, &leg.plan.procedure, today);
    if (&leg.plan.procedure, agency) != (procedure, office) {
        return Err(LinkedRefusal::Legs.into());
    }
    let ready = whole.leg_ready_since(leg).is_some() && whole.phase != Phase::WithdrawalRequested;
    if !ready || whole.turn().is_none_or(|turn| turn.ending.is_some()) {
        return Err(Rejection::NotDueYet);
    }
    let agency = office_on(office, context)?;
    let (sequence, code) = context.register.next(office, today)?;
    let lodged = Lodged {
        code: code.clone(),
        procedure: procedure.clone(),
        office: office.clone(),
        channel: whole.channel.unwrap_or(Channel::Counter),
        capability: None,
        intake_due_at: Some(answer_within(acknowledged_within(), agency, context)?),
        assisted_by: None,
        leg_of: Some(leg_of(id, whole, leg, context)?),
        case: None,
    };
    let opened = LegOpened {
        place,
        leg: context.dossier,
        code: code.clone(),
        office: office.clone(),
    };
    let entered = Entered {
        office: office.clone(),
        sequence,
        code,
        dossier: context.dossier,
    };
    let mut drafts = plain(DossierEvent::Lodged(lodged), context)?;
    drafts.push(Draft {
        stream: stream::register(office.as_str(), today),
        event: Event::Register(RegisterEvent::Entered(entered)),
        circumstances: Circumstances::default(),
    });
    drafts.push(told(id, DossierEvent::LegOpened(opened)));
    Ok(drafts)
}

/// Working hours in which an agency acknowledges what it was given.
fn acknowledged_within() -> u16 {
    let limit = portal::limit(Alarm::NextAgencySilent).map(|limit| limit.allowed);
    let minutes = match limit {
        Some(Allowed::WorkingMinutes(minutes) | Allowed::Minutes(minutes)) => minutes,
        None => 0,
    };
    u16::try_from(minutes.div_ceil(60)).unwrap_or(u16::MAX)
}

fn leg_of(id: Uuid, whole: &Dossier, leg: &Leg, context: &Context<'_>) -> Result<LegOf, Rejection> {
    let (office, procedure) = filed(whole)?;
    let turn = whole.turn().ok_or(Rejection::NotDueYet)?;
    let results = leg.plan.after.iter().filter_map(|place| {
        let opened = whole.leg(*place)?.opened.as_ref()?;
        let settled = context.kin(opened.id).and_then(|leg| leg.result(None));
        Some(LegResult {
            place: *place,
            leg: opened.id,
            number: settled.and_then(|result| result.number.clone()),
        })
    });
    Ok(LegOf {
        whole: id,
        code: whole.code.clone().ok_or(Rejection::UnknownDossier)?,
        office: office.clone(),
        place: leg.plan.place,
        procedure: procedure.clone(),
        procedure_version: turn.procedure_version,
        applicant: whole.applicant.clone(),
        results: results.collect(),
    })
}

/// An agency takes its leg: the clock has run since it was given to it, by the leg's own limit, or by none.
pub(super) fn accept_leg(dossier: &Dossier, leg_of: &LegOf, context: &Context<'_>) -> Decision {
    let (office, code) = filed(dossier)?;
    // What the applicant had to bring first is complete since they brought it (Decree 309/2026 art. 17.3).
    let given = dossier.lodged_at.unwrap_or(context.now);
    let received_at = dossier
        .supplemented_at
        .map_or(given, |complete| complete.max(given));
    let (group, version) = (leg_of.procedure.as_str(), leg_of.procedure_version);
    let record = context.reference.procedure_version(group, version);
    let leg = record.and_then(|record| record.leg(leg_of.place));
    let whole = context.kin(leg_of.whole).and_then(Dossier::turn);
    let (leg, whole) = leg.zip(whole).ok_or(Rejection::UnknownDossier)?;
    let procedure = procedure_on(code, context)?;
    let struck = Bargain {
        office,
        procedure,
        limits: vec![match leg.limit {
            Some(limit) => (limit, leg.limit_certainty),
            None => (whole.limit, leg.limit_certainty),
        }],
        received_at,
    }
    .struck(context)?;
    let accepted = match leg.limit {
        Some(_) => struck,
        None => Accepted {
            due_at: whole.due_at,
            due_certainty: whole.due_certainty,
            undated: true,
            ..struck
        },
    };
    let broken = intake_breach(dossier, context)?;
    Ok(vec![starts(accepted, received_at, broken, context)?])
}

/// A leg found a mistake in a result that it got: the other agency is told, this one's clock stands, the whole's runs on.
pub(super) fn send_back(dossier: &Dossier, place: u32, context: &Context<'_>) -> Decision {
    let leg_of = dossier.leg_of.as_ref().ok_or(LinkedRefusal::NoResult)?;
    let mut results = leg_of.results.iter();
    let result = results.find(|result| result.place == place);
    let result = result.ok_or(LinkedRefusal::NoResult)?;
    let sent = SentBack {
        place,
        leg: result.leg,
    };
    let asked = CorrectionRequested {
        place: leg_of.place,
        leg: context.dossier,
    };
    let mut drafts = with_reason(DossierEvent::SentBack(sent), context)?;
    drafts.push(Draft {
        circumstances: Circumstances {
            reason: context.given.reason,
            ..Circumstances::default()
        },
        ..told(result.leg, DossierEvent::CorrectionRequested(asked))
    });
    Ok(drafts)
}

/// The result stands as it is, for the reason given: the leg that asked goes on.
pub(super) fn decline_correction(dossier: &Dossier, place: u32, context: &Context<'_>) -> Decision {
    let mut asked = dossier.corrections.iter();
    if !asked.any(|asked| asked.place == place) {
        return Err(LinkedRefusal::NoCorrection.into());
    }
    let answered = CorrectionAnswered {
        place,
        corrected: false,
    };
    with_reason(DossierEvent::CorrectionAnswered(answered), context)
}

/// What a command may not do because the dossier is a leg, or has legs.
pub(super) fn guard_linked(dossier: &Dossier, command: &DossierCommand) -> Result<(), Rejection> {
    use DossierCommand as C;
    if let Some(leg_of) = &dossier.leg_of
        && matches!(
            command,
            C::RequestWithdrawal
                | C::Rate { .. }
                | C::SubmitFeedback { .. }
                | C::Voice(_)
                | C::ReissueCapability { .. }
                | C::CorrectApplicantDetails
        )
    {
        return Err(LinkedRefusal::Leg(leg_of.code.to_string()).into());
    }
    let results = matches!(
        command,
        C::IssueResult { .. }
            | C::DeliverResult { .. }
            | C::CorrectResult { .. }
            | C::RevokeResult { .. }
            | C::ReplaceResult { .. }
            | C::IssueFinancialObligation { .. }
            | C::HandOver { .. }
            | C::ReceiveHandOver { .. }
            | C::RecallStep
    );
    if results && !dossier.legs.is_empty() {
        return Err(LinkedRefusal::Whole.into());
    }
    Ok(())
}

/// A fact for another stream than the one the command is on.
pub(super) fn told(stream: Uuid, event: DossierEvent) -> Draft {
    Draft {
        stream,
        event: Event::Dossier(event),
        circumstances: Circumstances::default(),
    }
}

/// The counter where the citizen filed speaks for all legs: it asks, takes papers in and hands results over.
pub(super) fn is_for_the_counter(
    dossier: &Dossier,
    command: &DossierCommand,
    context: &Context<'_>,
) -> bool {
    use DossierCommand as C;
    let at_counter = matches!(
        context.actor.role,
        Role::Receiver | Role::PostalAgent | Role::Cashier
    );
    // The office that has the whole by now, also where another one took it over.
    let leg_of = dossier.leg_of.as_ref();
    let home = leg_of.map(|leg_of| {
        let whole = context.kin(leg_of.whole);
        let office = whole.and_then(|whole| whole.office.as_ref());
        office.unwrap_or(&leg_of.office).as_str()
    });
    at_counter
        && home == Some(context.actor.office.as_str())
        && matches!(
            command,
            C::RequestSupplement { .. }
                | C::RetractSupplementRequest
                | C::SubmitSupplement
                | C::ReceiveComponent { .. }
                | C::ConfirmPayment { .. }
                | C::IssueFeeReceipt { .. }
                | C::RefundPayment { .. }
                | C::DeliverResult { .. }
                | C::ReturnOriginals
        )
}

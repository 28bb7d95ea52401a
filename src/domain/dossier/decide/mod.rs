//! May it happen? One table of state × command; refuse what cannot be, record and flag what must not be.

mod clock;
mod guard;
mod result;

use uuid::Uuid;

use super::event::{
    CapabilityReissued, Channel, DossierEvent, Drafted, Handed, Lodged, Nothing, RedirectKind,
    Redirected, Stage, SupplementRequested,
};
use super::{Dossier, DossierCommand, Phase, Rejection, Turn};
use crate::domain::actor::{Actor, Role};
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::event::Event;
use crate::domain::fact::{Breach, BreachRule, Circumstances, Draft, stream};
use crate::domain::reference::Reference;
use crate::domain::register::{Entered, Register, RegisterEvent};
use crate::domain::time::Moment;

use clock::{accept, accept_supplement, issue_apology};
use guard::{
    filed, guard_claims, guard_office, guard_role, need_applicant, need_reason, office_on,
    policy_for, procedure_on, wrong_role,
};
use result::{deliver_result, issue_result, replace_result, revoke_result, sign_result};

/// Everything a decision may look at besides the dossier itself. Values only.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The dossier's stream.
    pub dossier: Uuid,
    /// The batch's stamp.
    pub now: Moment,
    pub actor: &'a Actor,
    pub reference: &'a Reference,
    /// Today's register of the office named in a lodging command.
    pub register: Register,
    /// What the command brought: claims, reason, basis, parts.
    pub given: &'a Circumstances,
}

type Decision = Result<Vec<Draft>, Rejection>;

/// Decides one command on the newest state. Pure.
pub fn decide(dossier: &Dossier, command: &DossierCommand, context: &Context<'_>) -> Decision {
    use DossierCommand as C;
    use Phase as P;
    guard_role(dossier, command, context)?;
    guard_office(dossier, command, context)?;
    guard_claims(context)?;
    match (dossier.phase, command) {
        (P::Absent, C::Draft { procedure, office }) => draft(procedure, office, context),
        (
            P::Absent | P::Draft,
            C::Submit {
                procedure,
                office,
                capability,
            },
        ) => lodge(
            procedure,
            office,
            Channel::Online,
            capability.as_ref(),
            context,
        ),
        (
            P::Absent,
            C::Lodge {
                procedure,
                office,
                channel,
                capability,
            },
        ) => match channel {
            // Only the applicant files online: an officer cannot raise that share.
            Channel::Online => Err(wrong_role(context)),
            Channel::Counter | Channel::Post => {
                lodge(procedure, office, *channel, capability.as_ref(), context)
            }
        },
        (
            P::Absent,
            C::AcceptAtCounter {
                procedure,
                office,
                capability,
            },
        ) => accept_at_counter(procedure, office, capability.as_ref(), context),
        (P::Submitted | P::Redirected, C::Accept) => {
            let (office, procedure) = filed(dossier)?;
            accept(office, procedure, context)
        }
        (P::Submitted | P::Redirected, C::RefuseAcceptance) => {
            with_reason(DossierEvent::AcceptanceRefused(Nothing {}), context)
        }
        (P::Submitted | P::Redirected, C::RequestSupplement { items }) => {
            request_supplement(dossier, Stage::Intake, items, context)
        }
        (P::InProcessing, C::RequestSupplement { items }) => {
            request_supplement(dossier, Stage::Appraisal, items, context)
        }
        (P::AwaitingSupplement(_), C::SubmitSupplement) => {
            plain(DossierEvent::SupplementSubmitted(Nothing {}), context)
        }
        (P::Supplemented, C::AcceptSupplement) => accept_supplement(dossier, context),
        (P::Supplemented, C::FindStillDeficient) => {
            with_reason(DossierEvent::SupplementStillDeficient(Nothing {}), context)
        }
        (P::Submitted | P::Redirected | P::Accepted, C::Redirect { to, kind }) => {
            redirect(dossier, to, *kind, context)
        }
        (P::Accepted, C::Forward { to }) => {
            plain(DossierEvent::Forwarded(Handed { to: to.clone() }), context)
        }
        (P::Accepted | P::InProcessing, C::AssignHandler { to }) => plain(
            DossierEvent::HandlerAssigned(Handed { to: to.clone() }),
            context,
        ),
        (P::AwaitingSupplement(_), C::StopProcessing) => {
            with_reason(DossierEvent::ProcessingStopped(Nothing {}), context)
        }
        (P::InProcessing, C::DraftResult) => {
            plain(DossierEvent::ResultDrafted(Nothing {}), context)
        }
        (P::ResultDrafted, C::ReturnStep) => {
            with_reason(DossierEvent::StepReturned(Nothing {}), context)
        }
        (P::InProcessing | P::ResultDrafted, C::RefuseResolution) => {
            refuse_resolution(dossier, context)
        }
        (P::InProcessing | P::ResultDrafted, C::SignResult) => sign_result(dossier, context),
        (P::Completed, C::IssueResult { number }) => issue_result(dossier, number, context),
        (P::Completed, C::DeliverResult { method }) => deliver_result(dossier, *method, context),
        (P::Completed | P::Returned, C::RevokeResult { number }) => {
            revoke_result(dossier, number.as_deref(), context)
        }
        (P::Completed | P::Returned, C::ReplaceResult { number, replaces }) => {
            replace_result(dossier, number, replaces.as_deref(), context)
        }
        (
            P::Submitted
            | P::Redirected
            | P::AwaitingSupplement(_)
            | P::Supplemented
            | P::Accepted
            | P::InProcessing
            | P::ResultDrafted,
            C::RequestWithdrawal,
        ) => plain(DossierEvent::WithdrawalRequested(Nothing {}), context),
        (P::WithdrawalRequested, C::GrantWithdrawal) => {
            plain(DossierEvent::WithdrawalGranted(Nothing {}), context)
        }
        (P::WithdrawalRequested, C::DenyWithdrawal) => {
            with_reason(DossierEvent::WithdrawalDenied(Nothing {}), context)
        }
        (
            P::Accepted | P::InProcessing | P::ResultDrafted | P::Supplemented,
            C::IssueApology { new_due_on },
        ) => issue_apology(dossier, *new_due_on, context),
        (phase, C::CorrectApplicantDetails) if phase != P::Absent => correct_details(context),
        (phase, C::ReissueCapability { capability })
            if dossier.code.is_some() && phase != P::Draft =>
        {
            let reissued = CapabilityReissued {
                capability: capability.clone(),
            };
            with_reason(DossierEvent::CapabilityReissued(reissued), context)
        }
        (P::Absent, _) => Err(Rejection::UnknownDossier),
        (
            phase,
            C::Draft { .. } | C::Lodge { .. } | C::AcceptAtCounter { .. } | C::Submit { .. },
        ) => {
            debug_assert!(phase != P::Absent);
            Err(Rejection::AlreadyExists)
        }
        (phase, _) if phase.is_closed() => Err(Rejection::AlreadyClosed { state: phase }),
        (phase, _) => Err(Rejection::WrongState { state: phase }),
    }
}

/// Row 1. An officer's draft names the applicant, the only one who can submit it.
fn draft(procedure: &ProcedureCode, office: &OfficeCode, context: &Context<'_>) -> Decision {
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
fn redirect(
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

fn lodge(
    procedure: &ProcedureCode,
    office: &OfficeCode,
    channel: Channel,
    capability: Option<&String>,
    context: &Context<'_>,
) -> Decision {
    office_on(office, context)?;
    procedure_on(procedure, context)?;
    need_applicant(context)?;
    let date = context.now.date();
    let (sequence, code) = context.register.next(office, date)?;
    let lodged = Lodged {
        code: code.clone(),
        procedure: procedure.clone(),
        office: office.clone(),
        channel,
        capability: capability.cloned(),
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

fn accept_at_counter(
    procedure: &ProcedureCode,
    office: &OfficeCode,
    capability: Option<&String>,
    context: &Context<'_>,
) -> Decision {
    let mut drafts = lodge(procedure, office, Channel::Counter, capability, context)?;
    drafts[0].circumstances.reason = None;
    let without_parts = Circumstances {
        parts: Vec::new(),
        ..context.given.clone()
    };
    drafts.extend(accept(
        office,
        procedure,
        &Context {
            given: &without_parts,
            ..*context
        },
    )?);
    Ok(drafts)
}

fn request_supplement(
    dossier: &Dossier,
    stage: Stage,
    items: &[u32],
    context: &Context<'_>,
) -> Decision {
    need_reason(context)?;
    if items.is_empty() {
        return Err(Rejection::ItemsRequired);
    }
    let policy = policy_for(dossier, context)?;
    let number = dossier.supplement_requests + 1;
    let too_many = number > u32::from(policy.max_supplement_requests);
    if too_many && context.given.basis.is_none() {
        return Err(Rejection::BasisRequired);
    }
    let circumstances = Circumstances {
        breach: too_many.then(|| breach(BreachRule::RepeatedSupplement, &policy.legal_basis)),
        policy: Some(policy.reference()),
        ..context.given.clone()
    };
    let event = DossierEvent::SupplementRequested(SupplementRequested {
        stage,
        number,
        items: items.to_vec(),
    });
    Ok(vec![one(event, circumstances, context)])
}

fn refuse_resolution(dossier: &Dossier, context: &Context<'_>) -> Decision {
    need_reason(context)?;
    let circumstances = Circumstances {
        breach: late_decision(dossier, BreachRule::LateRefusal, context)?,
        ..context.given.clone()
    };
    Ok(vec![one(
        DossierEvent::ResolutionRefused(Nothing {}),
        circumstances,
        context,
    )])
}

/// A decision after the promised day is a real act that the law forbids: recorded and flagged, never refused.
fn late_decision(
    dossier: &Dossier,
    rule: BreachRule,
    context: &Context<'_>,
) -> Result<Option<Breach>, Rejection> {
    let in_time = |turn: &Turn| context.now.date() <= turn.due_at.date();
    if dossier.turn().is_none_or(in_time) {
        return Ok(None);
    }
    let policy = policy_for(dossier, context)?;
    Ok(Some(breach(rule, &policy.legal_basis)))
}

fn correct_details(context: &Context<'_>) -> Decision {
    need_applicant(context)?;
    with_reason(DossierEvent::ApplicantDetailsCorrected(Nothing {}), context)
}

fn breach(rule: BreachRule, basis: &str) -> Breach {
    Breach {
        rule,
        basis: basis.to_owned(),
    }
}

fn one(event: DossierEvent, circumstances: Circumstances, context: &Context<'_>) -> Draft {
    Draft {
        stream: context.dossier,
        event: Event::Dossier(event),
        circumstances,
    }
}

/// The event with the circumstances as given; a slip's hour belongs to acceptance alone.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one of the acts that the table's arms are made of"
)]
fn plain(event: DossierEvent, context: &Context<'_>) -> Decision {
    let circumstances = Circumstances {
        received_at: None,
        ..context.given.clone()
    };
    Ok(vec![one(event, circumstances, context)])
}

fn with_reason(event: DossierEvent, context: &Context<'_>) -> Decision {
    need_reason(context)?;
    plain(event, context)
}

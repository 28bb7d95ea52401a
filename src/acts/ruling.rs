//! Which rule answers a request: the dossier's, the register's or the reference shelf's.

use std::sync::Arc;

use jiff::civil::Date;
use uuid::Uuid;

use super::desk;
use super::kin;
use super::request::{Act, Request};
use super::states::State;
use crate::domain::access;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::archive::{self, Archived};
use crate::domain::calendar::Notice;
use crate::domain::campaign;
use crate::domain::catalogue::rules;
use crate::domain::claim::{self, Claim, Claimed};
use crate::domain::dossier::{self, Dossier, Rejection};
use crate::domain::erasure::{self, Erasures};
use crate::domain::event::Event;
use crate::domain::fact::{Circumstances, Draft, stream};
use crate::domain::part::{Part, PartKind};
use crate::domain::reference::{JournalKind, Reference, ReferenceEvent};
use crate::domain::register;
use crate::domain::staff::{self, Staff};
use crate::domain::supervision;
use crate::domain::target::Target;
use crate::domain::time::Moment;

/// Asks the rules about one request on the newest states, in a journal that `began` on a day. Pure.
pub fn rule<'a>(
    request: &Request,
    parts: &[Part],
    now: Moment,
    (journal, began): (JournalKind, Date),
    state: impl Fn(Uuid) -> Option<&'a State>,
) -> Result<Vec<Draft>, Rejection> {
    let nothing = Reference::default();
    let shelf = state(stream::reference()).and_then(State::reference);
    let reference = shelf.unwrap_or(&nothing);
    let register = of_the_day(request, now.date()).and_then(&state);
    let register = register.and_then(State::register);
    let register = register.unwrap_or(&register::EMPTY);
    let given = Circumstances {
        occurred_at: request.occurred_at,
        received_at: request.received_at,
        reason: request.reason,
        basis: request.basis.clone(),
        parts: parts.to_vec(),
        ..Circumstances::default()
    };
    may_stand(&request.act, journal)?;
    match &request.act {
        Act::Claim(claim) => {
            let absent = Dossier::default();
            let dossier = state(claim.case.dossier()).and_then(State::dossier);
            let claimed = Claimed {
                claim,
                actor: &request.actor,
                now,
                reference,
                register,
                parts,
            };
            claim::decide(dossier.unwrap_or(&absent), &claimed)
        }
        Act::Import(event) => {
            is_keeper(request.actor.role)?;
            Ok(vec![Draft {
                stream: stream::imports(),
                event: Event::Import(event.clone()),
                circumstances: given,
            }])
        }
        Act::Dossier {
            dossier: id,
            command,
        } => {
            let absent = Dossier::default();
            let dossier = match state(*id) {
                Some(state) => state.dossier().ok_or(Rejection::UnknownDossier)?,
                None => &absent,
            };
            if dossier.version == 0 && *id != stream::dossier(request.id) {
                return Err(Rejection::UnknownDossier);
            }
            // What other systems answered meanwhile changes nothing for whoever looks at the page.
            let current = dossier.acted..=dossier.version;
            if let Some(expected) = request
                .expected_version
                .filter(|expected| !current.contains(expected))
            {
                return Err(Rejection::Conflict {
                    expected,
                    current: dossier.version,
                });
            }
            let kin = kin::of(request, &state);
            let context = dossier::Context {
                dossier: *id,
                now,
                actor: &request.actor,
                reference,
                register,
                given: &given,
                kin: &kin,
            };
            dossier::decide(dossier, command, &context)
        }
        Act::Archive(act) => {
            let nothing = Archived::default();
            let archived = state(act.stream()).and_then(State::archived);
            let archived = archived.unwrap_or(&nothing);
            let by = (&request.actor, request.reason.is_some());
            let event = archive::decide(archived, act, by, reference, (began, now))?;
            Ok(vec![Draft {
                stream: act.stream(),
                event: Event::Archive(event),
                circumstances: given,
            }])
        }
        Act::Erase(act) => {
            let (nothing, absent) = (Erasures::default(), Dossier::default());
            let erasures = state(act.stream()).and_then(State::erasures);
            let dossier = act.dossier().and_then(&state).and_then(State::dossier);
            let (erasures, dossier) = (erasures.unwrap_or(&nothing), dossier.unwrap_or(&absent));
            let by = (&request.actor, given.reason.is_some());
            let event = erasure::decide(erasures, act, dossier, by)?;
            Ok(vec![Draft {
                stream: act.stream(),
                event: Event::Erasure(event),
                circumstances: given,
            }])
        }
        Act::Access(looked) => {
            let looked = access::decide(looked, &request.actor, given.reason.is_some())?;
            Ok(vec![Draft {
                stream: access::stream_of(&request.actor, now.date()),
                event: Event::Access(looked),
                circumstances: given,
            }])
        }
        Act::Staff(act) => {
            let nobody = Staff::default();
            let staff = state(act.stream()).and_then(State::staff);
            let staff = staff.unwrap_or(&nobody);
            let named = parts.iter().any(|part| part.kind == PartKind::Officer);
            let by = (&request.actor, named);
            let event = staff::decide(staff, act, by, reference, now.date())?;
            Ok(vec![Draft {
                stream: act.stream(),
                event: Event::Staff(event),
                circumstances: given,
            }])
        }
        Act::VoidCode { office } => {
            let number = register.next(office, now.date())?;
            desk::void_code(request, office, number, reference, now, given)
        }
        Act::ReserveCodes { count } => {
            desk::reserve(request, *count, register, reference, now, given)
        }
        Act::ReleaseCodes { desk, on } => {
            let day = on.unwrap_or_else(|| now.date());
            desk::release(request, desk.as_deref(), day, register, &given)
        }
        Act::Declare(year) => {
            year.check()?;
            let known = reference.calendar.year(year.year) == Some(year);
            record(
                request,
                ReferenceEvent::CalendarDeclared(year.clone()),
                known,
                given,
            )
        }
        Act::Adopt(policy) => {
            let known = reference
                .policies
                .iter()
                .any(|known| known.reference() == policy.reference());
            record(
                request,
                ReferenceEvent::PolicyAdopted(policy.clone()),
                known,
                given,
            )
        }
        Act::Publish(procedure) => {
            let event = rules::publish(reference, procedure, journal);
            shelve(request, event, given)
        }
        Act::Abolish {
            procedure,
            decision,
            decided_on,
            from,
        } => {
            let event = rules::abolish(reference, procedure, decision, *decided_on, *from);
            shelve(request, event, given)
        }
        Act::ApproveProcess(process) => shelve(request, rules::approve(reference, process), given),
        Act::ProposeReview(proposal) => shelve(request, rules::propose(reference, proposal), given),
        Act::OpenOffice(office) => {
            let office = office
                .clone()
                .checked()
                .map_err(|error| Rejection::InvalidRecord(error.to_string()))?;
            let office = reference.ended(office);
            let known = reference.offices.get(&office.code);
            let known = known.is_some_and(|known| !office.posts_anew(known));
            record(request, ReferenceEvent::OfficeOpened(office), known, given)
        }
        Act::SetTarget(target) => set_target(request, target, reference, given),
        Act::Supervise(act) => {
            let event = supervision::decide(reference, act, &request.actor, now.date())?;
            Ok(shelved(event, given))
        }
        Act::Campaign(act) => {
            let event = campaign::decide(reference, act, now.date(), given.reason.is_some());
            shelve(request, event, given)
        }
        Act::Reorganise(decided) => {
            let checked = if reference.reorganisation(&decided.decision).is_some() {
                Err(Rejection::DuplicateRecord)
            } else {
                decided.check(reference).map_err(Into::into)
            };
            let event = ReferenceEvent::OfficesReorganised(decided.as_ref().clone());
            shelve(request, checked.map(|()| event), given)
        }
        Act::Notify(notice) => {
            let known = |known: &Arc<Notice>| known.number == notice.number;
            let checked = if reference.notices.iter().any(known) {
                Err(Rejection::DuplicateRecord)
            } else {
                reference.check_notice(notice).map_err(Into::into)
            };
            let issued = ReferenceEvent::NoticeIssued(notice.as_ref().clone());
            shelve(request, checked.map(|()| issued), given)
        }
    }
}

/// What other systems tell is never mixed with what is done here: each has journals of its own.
fn may_stand(act: &Act, journal: JournalKind) -> Result<(), Rejection> {
    let told = match act {
        Act::Claim(_) | Act::Import(_) => true,
        Act::Dossier { .. }
        | Act::Archive(_)
        | Act::VoidCode { .. }
        | Act::ReserveCodes { .. }
        | Act::ReleaseCodes { .. } => false,
        Act::Staff(_)
        | Act::Access(_)
        | Act::Erase(_)
        | Act::Declare(_)
        | Act::Adopt(_)
        | Act::Publish(_)
        | Act::OpenOffice(_)
        | Act::Notify(_)
        | Act::Abolish { .. }
        | Act::ApproveProcess(_)
        | Act::ProposeReview(_)
        | Act::SetTarget(_)
        | Act::Campaign(_)
        | Act::Supervise(_)
        | Act::Reorganise(_) => return Ok(()),
    };
    if told == (journal == JournalKind::Imported) {
        Ok(())
    } else {
        Err(Rejection::WrongJournal { told })
    }
}

/// The stream of a day that a command writes: an office's register, today's or that of the day on a paper code; or what somebody
/// looked at.
pub fn of_the_day(request: &Request, today: Date) -> Option<Uuid> {
    let own = request.actor.office.as_str();
    let (office, day) = match &request.act {
        Act::Claim(claim) => return register_of(claim),
        Act::Dossier { command, .. } => {
            let code = command.code_on_paper();
            let day = code.and_then(|code| Some(code.office_and_date()?.1));
            (command.filed_at()?.as_str(), day.unwrap_or(today))
        }
        Act::Access(_) => return Some(access::stream_of(&request.actor, today)),
        Act::VoidCode { office } => (office.as_str(), today),
        Act::ReserveCodes { .. } => (own, today),
        Act::ReleaseCodes { on, .. } => (own, on.unwrap_or(today)),
        Act::Import(_)
        | Act::Archive(_)
        | Act::Staff(_)
        | Act::Erase(_)
        | Act::Declare(_)
        | Act::Adopt(_)
        | Act::Publish(_)
        | Act::OpenOffice(_)
        | Act::Notify(_)
        | Act::Abolish { .. }
        | Act::ApproveProcess(_)
        | Act::ProposeReview(_)
        | Act::SetTarget(_)
        | Act::Campaign(_)
        | Act::Supervise(_)
        | Act::Reorganise(_) => return None,
    };
    Some(stream::register(office, day))
}

/// Of the claimed day, where the dossier is numbered here.
fn register_of(claim: &Claim) -> Option<Uuid> {
    let at = claim.at.filter(|_| claim.code.is_none())?;
    Some(stream::register(claim.office.as_str(), at.date()))
}

/// A target for an office that exists; the same once more is refused, another value is another fact. Who
/// controls procedures sets them for anybody, the head of a one-stop unit for it alone.
fn set_target(
    request: &Request,
    target: &Target,
    reference: &Reference,
    given: Circumstances,
) -> Result<Vec<Draft>, Rejection> {
    let target = target
        .clone()
        .checked()
        .map_err(|error| Rejection::InvalidRecord(error.to_string()))?;
    if let Some(office) = &target.office
        && !reference.offices.contains_key(office)
    {
        return Err(Rejection::UnknownOffice(office.clone()));
    }
    let Actor { role, office, .. } = &request.actor;
    match role {
        Role::ProcedureController => {}
        Role::CentreManager if target.office.as_ref() == Some(office) => {}
        Role::CentreManager => {
            return Err(Rejection::NotOwnOffice {
                own: office.clone(),
                office: target.office.unwrap_or_else(|| NO_OFFICE.to_owned()),
            });
        }
        other => is_keeper(*other)?,
    }
    let in_force = reference.target_in_force(&target);
    if in_force.is_some_and(|known| **known == target) {
        return Err(Rejection::DuplicateRecord);
    }
    Ok(shelved(ReferenceEvent::TargetSet(target), given))
}

/// A record for the reference shelf, if the rules take it: for procedure control and administrators.
fn shelve(
    request: &Request,
    event: Result<ReferenceEvent, Rejection>,
    given: Circumstances,
) -> Result<Vec<Draft>, Rejection> {
    let role = request.actor.role;
    if !matches!(role, Role::Admin | Role::ProcedureController | Role::System) {
        return Err(Rejection::WrongRole { role });
    }
    Ok(vec![Draft {
        stream: stream::reference(),
        event: Event::Reference(event?),
        circumstances: given,
    }])
}

/// A record for the reference shelf: administrators and the control of procedures only, never the same twice.
fn record(
    request: &Request,
    event: ReferenceEvent,
    known: bool,
    given: Circumstances,
) -> Result<Vec<Draft>, Rejection> {
    is_keeper(request.actor.role)?;
    if known {
        return Err(Rejection::DuplicateRecord);
    }
    Ok(shelved(event, given))
}

/// Who keeps the reference shelf.
fn is_keeper(role: Role) -> Result<(), Rejection> {
    if matches!(role, Role::Admin | Role::ProcedureController | Role::System) {
        Ok(())
    } else {
        Err(Rejection::WrongRole { role })
    }
}

fn shelved(event: ReferenceEvent, circumstances: Circumstances) -> Vec<Draft> {
    vec![Draft {
        stream: stream::reference(),
        event: Event::Reference(event),
        circumstances,
    }]
}

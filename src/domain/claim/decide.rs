//! What comes of a claim: the same rules are asked as for an act done here, but what they refuse is recorded with a breach.

use uuid::Uuid;

use super::{Claim, ClaimedAct};
use crate::domain::actor::Actor;
use crate::domain::catalogue::Procedure;
use crate::domain::code::DossierCode;
use crate::domain::dossier::{
    self, Accepted, Channel, Context, Dossier, DossierEvent, DueDateCause, DueDateRecomputed,
    Lodged, Noted, Phase, Rejection,
};
use crate::domain::event::Event;
use crate::domain::fact::{Breach, BreachRule, Circumstances, Draft, stream};
use crate::domain::law::{Certainty, SupplementClock};
use crate::domain::part::Part;
use crate::domain::reason::Reason;
use crate::domain::reference::Reference;
use crate::domain::register::{Entered, Register, RegisterEvent};
use crate::domain::time::Moment;

/// A claim with all that is looked at beside the dossier. Values only.
#[derive(Debug, Clone, Copy)]
pub struct Claimed<'a> {
    pub claim: &'a Claim,
    /// Who is claimed to have done it.
    pub actor: &'a Actor,
    /// When the claim is recorded.
    pub now: Moment,
    pub reference: &'a Reference,
    /// The office's of the claimed day.
    pub register: &'a Register,
    /// Commitments to personal data that came with it.
    pub parts: &'a [Part],
}

type Decision = Result<Vec<Draft>, Rejection>;

/// Basis of the breach of an act that is claimed to have been done before its dossier was received.
const BEFORE_IT_BEGAN: &str = "BEFORE_IT_BEGAN";

/// Takes a claim in. Pure.
///
/// # Errors
/// What cannot be: an unknown office or procedure, a time that has not come, a promise that stands already.
pub fn decide(dossier: &Dossier, claimed: &Claimed<'_>) -> Decision {
    let Claimed { claim, now, .. } = *claimed;
    if let ClaimedAct::Promise(due_at) = claim.act {
        return claimed.promises(dossier, due_at);
    }
    let at = claim.at.unwrap_or(now);
    if at > now {
        return Err(Rejection::FutureClaim { now });
    }
    let procedure = claimed.procedure(at)?;
    if !claimed
        .reference
        .offices
        .contains_key(claim.office.as_str())
    {
        return Err(Rejection::UnknownOffice(claim.office.to_string()));
    }
    let (mut after, mut drafts) = (dossier.clone(), Vec::new());
    if dossier.phase == Phase::Absent {
        drafts = claimed.lodges(at)?;
        claimed.fold(&mut after, &drafts, at);
    }
    if claim.act != ClaimedAct::Lodge {
        drafts.extend(claimed.acts(&after, procedure, at));
    } else if drafts.is_empty() {
        return Err(Rejection::AlreadyExists);
    }
    Ok(drafts)
}

impl Claimed<'_> {
    /// A date other than the one that was told before: the source has changed its promise.
    fn promises(&self, dossier: &Dossier, due_at: Moment) -> Decision {
        let turn = dossier.turn().ok_or(Rejection::UnknownDossier)?;
        if turn.due_at == due_at {
            return Err(Rejection::AlreadyRecorded);
        }
        let moved = DossierEvent::DueDateRecomputed(DueDateRecomputed {
            old: turn.due_at,
            new: due_at,
            cause: DueDateCause::Source,
            due_certainty: Certainty::Stated,
            notice: None,
        });
        Ok(vec![self.draft(moved, None, Vec::new(), None)])
    }

    /// The version in force on the claimed day; the oldest known where the shelf does not reach back so far.
    fn procedure(&self, at: Moment) -> Result<&Procedure, Rejection> {
        let code = self.claim.procedure.as_str();
        let oldest = || self.reference.procedures.get(code)?.first();
        let found = self.reference.procedure(code, at.date()).or_else(oldest);
        let found = found.ok_or_else(|| Rejection::UnknownProcedure(code.to_owned()))?;
        Ok(found)
    }

    /// The dossier begins here with the first that is told of it.
    fn lodges(&self, at: Moment) -> Decision {
        let Claim {
            office, channel, ..
        } = self.claim;
        let (code, entered) = if let Some(code) = &self.claim.code {
            (code.clone(), None)
        } else {
            let (sequence, code) = self.register.next(office, at.date())?;
            (code.clone(), Some((sequence, code)))
        };
        let lodged = Lodged {
            code,
            procedure: self.claim.procedure.clone(),
            office: office.clone(),
            channel: *channel,
            capability: None,
            intake_due_at: None,
            assisted_by: None,
            leg_of: None,
            case: Some(self.claim.case.clone()),
        };
        let event = match channel {
            Channel::Online => DossierEvent::Submitted(lodged),
            Channel::Counter | Channel::Post => DossierEvent::Lodged(lodged),
        };
        let mut drafts = vec![self.draft(event, Some(at), self.parts.to_vec(), None)];
        drafts.extend(entered.map(|entered| self.enters(entered, at)));
        Ok(drafts)
    }

    fn enters(&self, (sequence, code): (u32, DossierCode), at: Moment) -> Draft {
        let office = &self.claim.office;
        let entered = Entered {
            office: office.clone(),
            sequence,
            code,
            dossier: self.claim.case.dossier(),
        };
        Draft {
            stream: stream::register(office.as_str(), at.date()),
            event: Event::Register(RegisterEvent::Entered(entered)),
            circumstances: self.circumstances(Some(at)),
        }
    }

    /// The act itself: as the rules would have it, or as it is told where they refuse it.
    fn acts(&self, dossier: &Dossier, procedure: &Procedure, at: Moment) -> Vec<Draft> {
        let breach = match self.ruled(dossier, at) {
            Ok(Some(_)) if is_before(dossier, at) => Some(Breach {
                rule: BreachRule::NotByTheRules,
                basis: BEFORE_IT_BEGAN.to_owned(),
            }),
            Ok(Some(drafts)) => return self.claims(drafts, at),
            Ok(None) => None,
            Err(rejection) if is_silence(&rejection) => None,
            Err(rejection) => Some(Breach {
                rule: BreachRule::NotByTheRules,
                basis: rejection.code().to_owned(),
            }),
        };
        let told = self.claim.event(dossier);
        let told = told.unwrap_or_else(|| DossierEvent::Accepted(self.accepted(procedure, at)));
        let event = if breach.is_some() && self.is_done(dossier) {
            DossierEvent::Noted(Noted {
                activity: self.claim.act.name().to_owned(),
            })
        } else {
            told
        };
        vec![self.draft(event, Some(at), Vec::new(), breach)]
    }

    /// Accepted a second time, or settled already: it is on record that the source tells it, and what was told first stays.
    fn is_done(&self, dossier: &Dossier) -> bool {
        let accepts = self.claim.act == ClaimedAct::Accept;
        dossier
            .turn()
            .is_some_and(|turn| accepts || turn.ending.is_some())
    }

    /// What the rules make of it, in the state that the source leaves to be supposed. A reason that the source does not tell
    /// is no ground to refuse.
    fn ruled(&self, dossier: &Dossier, at: Moment) -> Result<Option<Vec<Draft>>, Rejection> {
        let mut supposed = dossier.clone();
        supposed.phase = self.claim.supposed(dossier.phase);
        let Some(command) = self.claim.command(&supposed) else {
            return Ok(None);
        };
        let given = Circumstances {
            reason: command.needs_reason().then_some(Reason::Other),
            ..Circumstances::default()
        };
        let excused = Circumstances {
            reason: Some(Reason::Other),
            ..Circumstances::default()
        };
        let decide = |given: &Circumstances| {
            let context = Context {
                dossier: self.claim.case.dossier(),
                now: at,
                actor: self.actor,
                reference: self.reference,
                register: self.register,
                given,
                kin: &[],
            };
            dossier::decide(&supposed, &command, &context)
        };
        match decide(&given) {
            Err(Rejection::ReasonRequired) => decide(&excused).map(Some),
            other => other.map(Some), // foreign: the rules have spoken
        }
    }

    /// The drafts of the rules, as claims; what the source promised takes the place of what the rules would have.
    fn claims(&self, drafts: Vec<Draft>, at: Moment) -> Vec<Draft> {
        let claims = drafts.into_iter().map(|mut draft| {
            match &mut draft.event {
                Event::Dossier(DossierEvent::Accepted(accepted)) => self.promise(accepted),
                Event::Dossier(DossierEvent::SupplementRequested(asked)) => asked.items.clear(),
                _ => {} // foreign: as the rules have it
            }
            let around = draft.circumstances;
            draft.circumstances = Circumstances {
                breach: around.breach,
                policy: around.policy,
                received_at: around.received_at,
                ..self.circumstances(Some(at))
            };
            draft
        });
        claims.collect()
    }

    fn promise(&self, accepted: &mut Accepted) {
        if let Some(due_at) = self.claim.told.due_at {
            accepted.due_at = due_at;
            accepted.due_certainty = Certainty::Stated;
        }
    }

    /// Without the rules' own count: nothing is promised unless the source tells a date.
    fn accepted(&self, procedure: &Procedure, at: Moment) -> Accepted {
        let due_at = self.claim.told.due_at;
        Accepted {
            office: self.claim.office.clone(),
            procedure_version: procedure.version,
            limit: procedure.limit,
            limit_certainty: procedure.limit_certainty,
            supplement_clock: procedure.supplement_clock.unwrap_or(SupplementClock::Pause),
            due_at: due_at.unwrap_or(at),
            due_certainty: Certainty::Stated,
            process: None,
            on_paper: false,
            legs: Vec::new(),
            undated: due_at.is_none(),
        }
    }

    fn draft(
        &self,
        event: DossierEvent,
        at: Option<Moment>,
        parts: Vec<Part>,
        breach: Option<Breach>,
    ) -> Draft {
        Draft {
            stream: self.claim.case.dossier(),
            event: Event::Dossier(event),
            circumstances: Circumstances {
                breach,
                parts,
                ..self.circumstances(at)
            },
        }
    }

    fn circumstances(&self, at: Option<Moment>) -> Circumstances {
        Circumstances {
            occurred_at: at,
            source: Some(format!("import:{}", self.claim.told.file)),
            ..Circumstances::default()
        }
    }

    fn fold(&self, dossier: &mut Dossier, drafts: &[Draft], at: Moment) {
        for draft in drafts {
            if let Event::Dossier(event) = &draft.event {
                dossier.evolve(event, self.actor, Uuid::nil(), at, &draft.circumstances);
            }
        }
    }
}

/// Claimed to have been done before its dossier was received.
fn is_before(dossier: &Dossier, at: Moment) -> bool {
    dossier.turn().is_some_and(|turn| at < turn.received_at)
}

/// What a source leaves out is no breach of anybody: reasons, names of papers, a policy or a year from before the shelf's.
fn is_silence(rejection: &Rejection) -> bool {
    matches!(
        rejection,
        Rejection::ReasonRequired
            | Rejection::DetailsRequired
            | Rejection::ItemsRequired
            | Rejection::BasisRequired
            | Rejection::ApproverRequired
            | Rejection::NoPolicy
            | Rejection::CalendarYearUnknown(_)
            | Rejection::UnknownOffice(_)
            | Rejection::UnknownProcedure(_)
    )
}

//! The deadline watch of a story: what the program would record by itself, at the hour, between the acts of people.
//!
//! A story is played in minutes, so no watch sits beside it. The player folds its own requests by the same pure rules and
//! gives the program's commands itself, with the ids that the watch gives them: a watch that looks later finds them done.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::acts::{Act, Request};
use crate::domain::actor::Actor;
use crate::domain::campaign::{CampaignAct, CampaignEvent};
use crate::domain::dossier::{Context, Dossier, DossierCommand, ToDo, decide};
use crate::domain::event::Event;
use crate::domain::fact::{Circumstances, Part};
use crate::domain::reference::{Reference, ReferenceEvent};
use crate::domain::register;
use crate::domain::time::Moment;

/// Dossiers as the journal will have them, as far as their clocks are concerned.
pub struct Shadow {
    reference: Reference,
    open: HashMap<Uuid, Dossier>,
    /// By the hour; what is here may have been overtaken.
    hours: BTreeSet<(Moment, Uuid)>,
}

impl Shadow {
    /// `records`: what the journal is furnished with.
    pub fn new(records: &[Act]) -> Self {
        let mut reference = Reference::default();
        records
            .iter()
            .filter_map(on_the_shelf)
            .for_each(|event| reference.evolve(&event));
        Self {
            reference,
            open: HashMap::new(),
            hours: BTreeSet::new(),
        }
    }

    /// Takes a request of the story into account. One that the rules refuse changes nothing; the counter will say so.
    pub fn see(&mut self, request: &Request) {
        let (Act::Dossier { dossier, command }, Some(at)) = (&request.act, request.at) else {
            return;
        };
        self.act(*dossier, command, request, at);
    }

    /// What the program records before `hour`, in order.
    pub fn until(&mut self, hour: Moment) -> Vec<Request> {
        let mut requests = Vec::new();
        while let Some((due_at, dossier)) = self.hours.first().copied()
            && at_the_hour(due_at) <= hour
        {
            self.hours.pop_first();
            let known = self.open.get(&dossier);
            let to_do = known.map(|known| known.to_do(dossier)).unwrap_or_default();
            for one in to_do.into_iter().filter(|one| one.due_at == due_at) {
                requests.extend(self.record(dossier, &one));
            }
        }
        requests
    }

    fn record(&mut self, dossier: Uuid, to_do: &ToDo) -> Option<Request> {
        let (id, at) = (to_do.command_id(dossier), at_the_hour(to_do.due_at));
        let command = to_do.command.clone();
        let act = Act::Dossier { dossier, command };
        let request = Request {
            at: Some(at),
            ..Request::new(id, Actor::system(), act)
        };
        self.act(dossier, &to_do.command, &request, at)
            .then_some(request)
    }

    /// Whether the rules take it.
    fn act(&mut self, id: Uuid, command: &DossierCommand, request: &Request, at: Moment) -> bool {
        let mut dossier = self.open.remove(&id).unwrap_or_default();
        let part = |personal: &crate::acts::Personal| Part {
            c: String::new(),
            kind: personal.kind,
            s: Uuid::nil(),
        };
        let given = Circumstances {
            occurred_at: request.occurred_at,
            received_at: request.received_at,
            reason: request.reason,
            basis: request.basis.clone(),
            parts: request.personal.iter().map(part).collect(),
            ..Circumstances::default()
        };
        let context = Context {
            dossier: id,
            now: at,
            actor: &request.actor,
            reference: &self.reference,
            register: &register::EMPTY,
            given: &given,
            kin: &[],
        };
        let decided = decide(&dossier, command, &context);
        let taken = decided.is_ok();
        for draft in decided.into_iter().flatten() {
            if let Event::Dossier(event) = &draft.event {
                let around = &draft.circumstances;
                dossier.evolve(event, &request.actor, request.id, at, around);
            }
        }
        let hours = dossier.to_do(id).into_iter().map(|one| (one.due_at, id));
        self.hours.extend(hours.filter(|(due_at, _)| *due_at >= at));
        // What happens to a closed dossier later moves no clock: it is refused here, and here alone.
        if dossier.version > 0 && !dossier.phase.is_closed() {
            self.open.insert(id, dossier);
        }
        taken
    }
}

/// The first second after it.
fn at_the_hour(due_at: Moment) -> Moment {
    due_at.plus(Moment::SECOND)
}

/// The records that clocks are counted by.
fn on_the_shelf(act: &Act) -> Option<ReferenceEvent> {
    Some(match act.clone() {
        Act::Declare(year) => ReferenceEvent::CalendarDeclared(year),
        Act::Adopt(policy) => ReferenceEvent::PolicyAdopted(policy),
        Act::Publish(procedure) => ReferenceEvent::ProcedurePublished(*procedure),
        Act::OpenOffice(office) => ReferenceEvent::OfficeOpened(office),
        Act::Notify(notice) => ReferenceEvent::NoticeIssued(*notice),
        Act::Reorganise(decided) => ReferenceEvent::OfficesReorganised(*decided),
        Act::Dossier { .. }
        | Act::Claim(_)
        | Act::Import(_)
        | Act::Archive(_)
        | Act::Staff(_)
        | Act::Access(_)
        | Act::Erase(_)
        | Act::VoidCode { .. }
        | Act::ReserveCodes { .. }
        | Act::ReleaseCodes { .. }
        | Act::Abolish { .. }
        | Act::ApproveProcess(_)
        | Act::ProposeReview(_)
        | Act::SetTarget(_)
        | Act::Campaign(CampaignAct::Close { .. })
        | Act::Supervise(_) => return None,
        Act::Campaign(CampaignAct::Open(campaign)) => {
            ReferenceEvent::Campaign(CampaignEvent::Opened(campaign))
        }
    })
}

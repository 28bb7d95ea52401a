//! A linked dossier and its legs as values: acted upon only through `decide` and `evolve`, every stream by its own facts.

use std::collections::BTreeMap;

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::catalogue::LinkageManner;
use motcua::domain::dossier::{
    Channel, Context, Dossier, DossierCommand as C, LegAt, Phase, Rejection, decide,
};
use motcua::domain::event::Event;
use motcua::domain::fact::{Circumstances, Draft, stream};
use motcua::domain::reference::Reference;
use motcua::domain::register;
use motcua::domain::time::Moment;
use uuid::Uuid;

use crate::life_cycle::town::{OFFICES, everything, office};
use crate::reactions::ground::at;

/// Where the citizen files.
pub const COUNTER: &str = OFFICES[0];
/// Where the second leg and those after it are settled.
pub const AGENCY: &str = OFFICES[1];

#[derive(Clone)]
pub struct Group<'a> {
    pub whole: Uuid,
    pub now: Moment,
    reference: &'a Reference,
    streams: BTreeMap<Uuid, Dossier>,
    acts: u128,
}

impl<'a> Group<'a> {
    /// Lodged at the counter on Monday, 2 November 2026, at nine.
    pub fn lodged(reference: &'a Reference, procedure: &str) -> Self {
        let mut group = Self {
            whole: Uuid::from_u128(1),
            now: at("2026-11-02 09:00"),
            reference,
            streams: BTreeMap::new(),
            acts: 0,
        };
        let lodge = C::Lodge {
            procedure: procedure.parse().expect("a procedure"),
            office: office(COUNTER),
            channel: Channel::Counter,
            capability: Some("00".repeat(32)),
        };
        group.does(group.whole, Role::Receiver, COUNTER, &lodge);
        group
    }

    /// The same, accepted with the first leg at home and these others at the agency.
    pub fn accepted(
        reference: &'a Reference,
        procedure: &str,
        manner: LinkageManner,
        others: &[u32],
    ) -> Self {
        let mut group = Self::lodged(reference, procedure);
        let accept = C::AcceptLinked {
            manner,
            legs: legs(others),
        };
        group.does(group.whole, Role::Receiver, COUNTER, &accept);
        group.program();
        group
    }

    pub fn whole(&self) -> &Dossier {
        &self.streams[&self.whole]
    }

    /// The stream of a leg that its agency has.
    #[track_caller]
    pub fn leg(&self, place: u32) -> Uuid {
        let leg = self.whole().leg(place).and_then(|leg| leg.opened.as_ref());
        leg.expect("an open leg").id
    }

    pub fn dossier(&self, id: Uuid) -> &Dossier {
        &self.streams[&id]
    }

    pub fn opened(&self) -> Vec<u32> {
        let legs = self.whole().legs.iter();
        legs.filter(|leg| leg.opened.is_some())
            .map(|leg| leg.plan.place)
            .collect()
    }

    pub fn at(&mut self, when: &str) {
        self.now = at(when);
    }

    pub fn tries(
        &mut self,
        id: Uuid,
        actor: &Actor,
        command: &C,
        given: &Circumstances,
    ) -> Result<Vec<Draft>, Rejection> {
        let absent = Dossier::default();
        let dossier = self.streams.get(&id).unwrap_or(&absent);
        let kin: Vec<(Uuid, &Dossier)> = self
            .streams
            .iter()
            .filter(|(other, _)| **other != id)
            .map(|(id, dossier)| (*id, dossier))
            .collect();
        let context = Context {
            dossier: id,
            now: self.now,
            actor,
            reference: self.reference,
            register: &register::EMPTY,
            given,
            kin: &kin,
        };
        let drafts = decide(dossier, command, &context)?;
        self.acts += 1;
        for draft in &drafts {
            if let Event::Dossier(event) = &draft.event {
                let state = self.streams.entry(draft.stream).or_default();
                let command = Uuid::from_u128(self.acts);
                state.evolve(event, actor, command, self.now, &draft.circumstances);
            }
        }
        Ok(drafts)
    }

    #[track_caller]
    pub fn does(&mut self, id: Uuid, role: Role, place: &str, command: &C) -> Vec<Draft> {
        let actor = person(role, place);
        let done = self.tries(id, &actor, command, &everything());
        done.unwrap_or_else(|no| panic!("{}: {}", command.name(), no.code()))
    }

    /// It is this applicant's, by the pseudonym that they sign in with.
    pub fn belongs_to_applicant(&mut self) {
        let id = person(Role::Applicant, COUNTER).id;
        let whole = self.whole;
        let state = self.streams.get_mut(&whole).expect("the whole");
        state.applicant = Some(id);
    }

    #[track_caller]
    pub fn refuses(&mut self, id: Uuid, role: Role, place: &str, command: &C, code: &str) {
        let actor = person(role, place);
        let refused = self.tries(id, &actor, command, &everything());
        assert_eq!(refused.map(|_| ()).expect_err("refused").code(), code);
    }

    /// What the program does by itself as soon as it can.
    pub fn program(&mut self) {
        loop {
            let whole = self.whole();
            let ready = whole.to_do(self.whole).into_iter();
            let mut ready = ready.filter(|one| matches!(one.command, C::OpenLeg { .. }));
            let Some(one) = ready.next() else {
                return;
            };
            let leg = one.stream(self.whole);
            assert_eq!(leg, stream::dossier(one.command_id(self.whole)));
            self.does(leg, Role::System, NO_OFFICE, &one.command);
        }
    }

    /// Accepted, forwarded and signed at its office, within the minute.
    pub fn settles(&mut self, place: u32) {
        let leg = self.leg(place);
        self.works_on(place);
        let home = home(place);
        self.does(leg, Role::Signer, home, &C::SignResult { signature: None });
        self.program();
    }

    pub fn works_on(&mut self, place: u32) {
        let (leg, home) = (self.leg(place), home(place));
        self.does(leg, Role::Receiver, home, &C::Accept);
        let to = "handler-01".to_owned();
        self.does(leg, Role::Receiver, home, &C::Forward { to });
    }

    /// What must hold whatever happened.
    pub fn check(&self) {
        let whole = self.whole();
        let ended = |leg: &motcua::domain::dossier::Leg| leg.ended.is_some();
        let running = whole.turn().is_some_and(|turn| turn.ending.is_none());
        let withdrawn = whole.phase == Phase::Withdrawn;
        assert!(
            running || withdrawn || whole.legs.iter().all(ended),
            "nothing ends it but its legs"
        );
        assert!(
            !running || !whole.legs.iter().all(ended),
            "it ends with its last leg"
        );
        for leg in &whole.legs {
            let Some(opened) = &leg.opened else {
                continue;
            };
            let dossier = self.dossier(opened.id);
            let closed = dossier.phase.is_closed() || dossier.phase == Phase::Completed;
            assert_eq!(ended(leg), closed, "{:?}", dossier.phase);
            let waits = dossier.waits_outside().is_some();
            assert_eq!(leg.waits_since.is_some(), waits && !ended(leg));
            let delivered = dossier.delivered.is_some();
            assert_eq!(leg.delivered.is_some(), delivered);
            for place in &leg.plan.after {
                let needed = whole.leg(*place).expect("a leg");
                assert!(needed.is_completed(), "its result is there");
            }
        }
        let stands = whole.turn().is_some_and(|turn| turn.paused_since.is_some());
        let waits = whole.legs.iter().any(|leg| leg.waits_since.is_some());
        assert!(!running || stands == waits, "it stands while a leg waits");
        if let Some(turn) = whole.turn() {
            assert!(turn.due_at >= turn.original_due_at);
        }
    }
}

pub fn legs(others: &[u32]) -> Vec<LegAt> {
    let first = LegAt {
        place: 1,
        office: office(COUNTER),
    };
    let others = others.iter().map(|place| LegAt {
        place: *place,
        office: office(AGENCY),
    });
    std::iter::once(first).chain(others).collect()
}

/// Where a leg is settled.
pub fn home(place: u32) -> &'static str {
    if place == 1 { COUNTER } else { AGENCY }
}

pub fn person(role: Role, place: &str) -> Actor {
    let place = match role {
        Role::Applicant | Role::System | Role::Admin | Role::ProcedureController => NO_OFFICE,
        _ => place,
    };
    Actor::new(format!("{}-01", role.name()), place, role)
}

//! given(events).when(command).then(events or a refusal): the words the sentences are told in.

use uuid::Uuid;

use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::calendar::Calendar;
use crate::domain::catalogue::{self, Procedure};
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::dossier::{
    Accepted, Channel, Context, Dossier, DossierCommand, DossierEvent, Handed, Lodged, Nothing,
    Rejection, Stage, SupplementRequested, decide,
};
use crate::domain::event::Event;
use crate::domain::fact::{BreachRule, Circumstances, Draft, Fact, Part, PartKind};
use crate::domain::law::{Certainty, Limit, SupplementClock};
use crate::domain::policy::Policy;
use crate::domain::reason::Reason;
use crate::domain::reference::{Reference, ReferenceEvent};
use crate::domain::register::{CodesReserved, Register, RegisterEvent};
use crate::domain::time::Moment;

pub const HERE: &str = "H38.40";
pub const THERE: &str = "H38.41";
/// Worked until 30 June 2025.
pub const ABOLISHED: &str = "H38.42";
/// Three working days; the handler may sign.
pub const CERTIFICATE: &str = "1.004873";
/// Seven working days; the handler may not sign.
pub const PERMIT: &str = "1.004222";
pub const NOTHING: Nothing = Nothing {};

/// An hour on the office's wall.
pub fn at(text: &str) -> Moment {
    let local = text.parse::<jiff::civil::DateTime>();
    Moment::from_local(local.expect("a day and an hour"))
}

pub fn office(code: &str) -> OfficeCode {
    code.parse().expect("an office's code")
}

pub fn procedure(code: &str) -> ProcedureCode {
    code.parse().expect("a procedure's code")
}

pub fn officer(role: Role) -> Actor {
    Actor::new(role.name(), HERE, role)
}

pub fn applicant() -> Actor {
    Actor::new("applicant", NO_OFFICE, Role::Applicant)
}

pub fn details() -> Part {
    Part {
        c: "A".repeat(43) + "=",
        kind: PartKind::Applicant,
        s: Uuid::from_u128(1),
    }
}

/// What is shipped, and three offices.
pub fn reference() -> Reference {
    let mut reference = Reference::default();
    let calendars = Calendar::shipped().into_iter();
    calendars.for_each(|year| reference.evolve(&ReferenceEvent::CalendarDeclared(year)));
    let policies = Policy::shipped().into_iter();
    policies.for_each(|policy| reference.evolve(&ReferenceEvent::PolicyAdopted(policy)));
    for procedure in procedures() {
        reference.evolve(&ReferenceEvent::ProcedurePublished(procedure));
    }
    for (code, end) in [
        (HERE, "null"),
        (THERE, "null"),
        (ABOLISHED, r#""2025-06-30""#),
    ] {
        let office = format!(
            r#"{{"code":"{code}","name_vi":"Trung tâm","name_en":"Centre","level":"commune",
                "valid_from":"2021-01-01","valid_to":{end},"certainty":"illustrative"}}"#
        );
        let office = serde_json::from_str(&office).expect("an office");
        reference.evolve(&ReferenceEvent::OfficeOpened(office));
    }
    reference
}

fn procedures() -> Vec<Procedure> {
    let shipped = catalogue::load(include_str!("../../../../data/catalogue.json"));
    shipped.expect("the shipped catalogue")
}

/// The shipped record of a procedure, to be changed and published again.
pub fn record(code: &str) -> Procedure {
    let mut all = procedures().into_iter();
    let found = all.find(|procedure| procedure.code == code);
    found.expect("a shipped procedure")
}

/// Something that was recorded.
#[derive(Clone)]
pub struct Past {
    at: Moment,
    by: Actor,
    event: DossierEvent,
    around: Circumstances,
}

pub fn past(when: &str, event: DossierEvent) -> Past {
    Past {
        at: at(when),
        by: officer(Role::Receiver),
        event,
        around: Circumstances::default(),
    }
}

impl Past {
    pub fn by(mut self, role: Role) -> Self {
        self.by = officer(role);
        self
    }

    pub fn because(mut self, reason: Reason) -> Self {
        self.around.reason = Some(reason);
        self
    }

    /// Anything else that surrounded it.
    pub fn with(mut self, change: impl FnOnce(&mut Circumstances)) -> Self {
        change(&mut self.around);
        self
    }
}

/// What was recorded, as facts in order.
pub fn facts(events: impl IntoIterator<Item = Past>) -> Vec<Fact> {
    let fact = |(version, past): (u32, Past)| Fact {
        stream: Uuid::from_u128(7),
        version,
        command: Uuid::from_u128(u128::from(version)),
        actor: past.by,
        recorded_at: past.at,
        prev: None,
        event: Event::Dossier(past.event),
        circumstances: past.around,
    };
    (1..).zip(events).map(fact).collect()
}

/// Submitted online by the applicant.
pub fn submitted(when: &str, code: &str) -> Past {
    let lodged = Lodged {
        code: DossierCode::new(&office(HERE), at(when).date(), 1).expect("a code"),
        procedure: procedure(code),
        office: office(HERE),
        channel: Channel::Online,
        capability: None,
        intake_due_at: None,
        assisted_by: None,
        leg_of: None,
        case: None,
    };
    let mut past = past(when, DossierEvent::Submitted(lodged));
    past.by = applicant();
    past
}

/// Accepted under the newest policy: a limit in working days with a clock that pauses.
pub fn accepted(when: &str, days: u16, due: &str) -> Past {
    accepted_under("one-stop-2025/1", SupplementClock::Pause, when, days, due)
}

pub fn accepted_under(
    policy: &str,
    supplement_clock: SupplementClock,
    when: &str,
    days: u16,
    due: &str,
) -> Past {
    let accepted = Accepted {
        office: office(HERE),
        procedure_version: 1,
        limit: Limit::WorkingDays(days),
        limit_certainty: Certainty::Verified,
        supplement_clock,
        due_at: at(due),
        due_certainty: Certainty::Verified,
        process: None,
        on_paper: false,
        legs: Vec::new(),
        undated: false,
    };
    let mut past = past(when, DossierEvent::Accepted(accepted));
    past.around.received_at = Some(past.at);
    past.around.policy = Some(policy.to_owned());
    past
}

/// Handed to the handler.
pub fn forwarded(when: &str) -> Past {
    let to = Role::Handler.name().to_owned();
    past(when, DossierEvent::Forwarded(Handed { to, step: None }))
}

pub fn asked(when: &str, stage: Stage, number: u32) -> Past {
    let items = vec![1];
    let request = SupplementRequested {
        stage,
        number,
        items,
        approved_by: None,
        answer_due_at: None,
    };
    past(when, DossierEvent::SupplementRequested(request))
}

/// Asked at appraisal, with a day by which to answer.
pub fn asked_until(when: &str, until: &str) -> Past {
    let request = SupplementRequested {
        stage: Stage::Appraisal,
        number: 1,
        items: vec![1],
        approved_by: None,
        answer_due_at: Some(at(until)),
    };
    past(when, DossierEvent::SupplementRequested(request))
}

pub fn answered(when: &str) -> Past {
    past(when, DossierEvent::SupplementSubmitted(NOTHING))
}

/// In processing on Friday 20 November 2026: three working days, due on Thursday 26 at five.
pub fn in_processing() -> Vec<Past> {
    vec![
        submitted("2026-11-20 08:00", CERTIFICATE),
        accepted("2026-11-20 09:00", 3, "2026-11-26 17:00"),
        forwarded("2026-11-20 10:00"),
    ]
}

/// What stands, and who is about to do something with what in hand.
#[derive(Clone)]
pub struct Given {
    pub reference: Reference,
    pub dossier: Dossier,
    actor: Actor,
    now: Moment,
    around: Circumstances,
    register: Register,
}

pub fn given(events: impl IntoIterator<Item = Past>) -> Given {
    let mut dossier = Dossier::default();
    let mut now = at("2026-11-20 08:00");
    for past in events {
        let command = Uuid::from_u128(u128::from(dossier.version));
        dossier.evolve(&past.event, &past.by, command, past.at, &past.around);
        now = past.at;
    }
    Given {
        reference: reference(),
        dossier,
        actor: officer(Role::Receiver),
        now,
        around: Circumstances::default(),
        register: Register {
            last: 4,
            ..Register::default()
        },
    }
}

impl Given {
    pub fn at(mut self, when: &str) -> Self {
        self.now = at(when);
        self
    }

    /// An officer of the office that has it at first.
    pub fn by(self, role: Role) -> Self {
        self.by_actor(officer(role))
    }

    pub fn by_actor(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    pub fn because(mut self, reason: Reason) -> Self {
        self.around.reason = Some(reason);
        self
    }

    /// Anything else the command brings.
    pub fn with(mut self, change: impl FnOnce(&mut Circumstances)) -> Self {
        change(&mut self.around);
        self
    }

    pub fn knowing(mut self, event: &ReferenceEvent) -> Self {
        self.reference.evolve(event);
        self
    }

    /// Numbers were reserved in the register since.
    pub fn reserved(mut self, desk: &str, first: u32, last: u32) -> Self {
        let event = RegisterEvent::CodesReserved(CodesReserved {
            office: office(HERE),
            desk: desk.to_owned(),
            first,
            last,
        });
        self.register.evolve(&event);
        self
    }

    /// The state as it was told.
    pub fn dossier(&self) -> Dossier {
        self.dossier.clone()
    }

    pub fn when(self, command: &DossierCommand) -> Outcome {
        let context = Context {
            dossier: Uuid::from_u128(7),
            now: self.now,
            actor: &self.actor,
            reference: &self.reference,
            register: &self.register,
            given: &self.around,
            kin: &[],
        };
        let result = decide(&self.dossier, command, &context);
        Outcome {
            given: self,
            result,
        }
    }
}

/// What came of it.
pub struct Outcome {
    given: Given,
    pub result: Result<Vec<Draft>, Rejection>,
}

impl Outcome {
    #[track_caller]
    pub fn then(self, expected: &[DossierEvent]) -> After {
        let drafts = self.result.expect("the command is taken");
        let events: Vec<&DossierEvent> = drafts.iter().filter_map(dossiers_own).collect();
        assert_eq!(events, expected.iter().collect::<Vec<_>>());
        self.given.after(drafts)
    }

    /// Taken, whatever the events are.
    #[track_caller]
    pub fn then_taken(self) -> After {
        let drafts = self.result.expect("the command is taken");
        self.given.after(drafts)
    }

    #[track_caller]
    pub fn then_refused(self, code: &str) {
        let rejection = self.result.expect_err("the command is refused");
        assert_eq!(rejection.code(), code);
    }
}

fn dossiers_own(draft: &Draft) -> Option<&DossierEvent> {
    match &draft.event {
        Event::Dossier(event) => Some(event),
        Event::Journal(_)
        | Event::Reference(_)
        | Event::Register(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_) => None,
    }
}

impl Given {
    fn after(mut self, drafts: Vec<Draft>) -> After {
        for draft in &drafts {
            if let Some(event) = dossiers_own(draft) {
                let (command, around) = (Uuid::from_u128(99), &draft.circumstances);
                self.dossier
                    .evolve(event, &self.actor, command, self.now, around);
            }
        }
        self.around = Circumstances::default();
        After {
            dossier: self.dossier.clone(),
            drafts,
            given: self,
        }
    }
}

/// The dossier with the new events folded in.
pub struct After {
    pub dossier: Dossier,
    pub drafts: Vec<Draft>,
    given: Given,
}

impl After {
    #[track_caller]
    pub fn with_breach(self, expected: Option<BreachRule>) -> Self {
        let breach = self.drafts.last().and_then(|draft| {
            let breach = draft.circumstances.breach.as_ref();
            breach.map(|breach| breach.rule)
        });
        assert_eq!(breach, expected);
        self
    }

    /// The promise that stands, and the first one.
    #[track_caller]
    pub fn with_promise(self, due: &str, original: &str) -> Self {
        let turn = self.dossier.turn().expect("an accepted dossier");
        assert_eq!(turn.due_at, at(due), "the current promise");
        assert_eq!(turn.original_due_at, at(original), "the first promise");
        self
    }

    /// What stands now is given to the next command.
    pub fn and(self) -> Given {
        self.given
    }
}

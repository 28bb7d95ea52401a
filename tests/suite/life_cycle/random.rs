//! Lives nobody thought of: whatever is asked, in any order, by anybody, at any hour.

use std::cell::RefCell;
use std::collections::HashSet;

use motcua::domain::actor::{Actor, Role};
use motcua::domain::deadline;
use motcua::domain::dossier::{Dossier, DossierCommand, Phase, RedirectKind};
use motcua::domain::fact::Circumstances;
use motcua::domain::reference::Reference;
use motcua::domain::time::Moment;
use proptest::prelude::*;

use super::phases_alone;
use super::table::Table;
use super::town::{OFFICES, Story, command, commands_at, everything, office, reference};

const HOUR: i64 = Moment::HOUR;
/// Emitted by an accepted supplement only when the date moves.
const MOVED: &str = "dossier.due_date_recomputed";

/// One thing somebody tries.
#[derive(Debug, Clone)]
struct Attempt {
    /// Mostly something the table allows in the state reached, else anything by anybody.
    likely: bool,
    choice: usize,
    role: usize,
    hours: i64,
    given: Given,
}

#[derive(Debug, Clone)]
struct Given {
    everything: bool,
    /// Hours before the act (negative: in the future) that the slip is said to show.
    received: Option<i64>,
    other_office: bool,
    days: i64,
    items: u32,
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let given = (
        prop::bool::weighted(0.9),
        prop::option::weighted(0.1, -2..200_i64),
        prop::bool::weighted(0.1),
        0..40_i64,
        0..3_u32,
    );
    let attempt = (
        prop::bool::weighted(0.85),
        any::<usize>(),
        0..Role::ALL.len(),
        0..80_i64,
        given,
    );
    let attempt = attempt.prop_map(|(likely, choice, role, hours, given)| {
        let (everything, received, other_office, days, items) = given;
        Attempt {
            likely,
            choice,
            role,
            hours,
            given: Given {
                everything,
                received,
                other_office,
                days,
                items,
            },
        }
    });
    prop::collection::vec(attempt, 1..60)
}

impl Attempt {
    fn choose(&self, story: &Story<'_>, table: &Table) -> (DossierCommand, Role) {
        let commands = commands_at(story.place());
        let allowed = table.allowed_in(story.dossier.phase);
        if self.likely && !allowed.is_empty() {
            // Most acts leave the state as it is: three times in four one that does not is tried.
            let phase = story.dossier.phase;
            let moving: Vec<_> = allowed
                .iter()
                .copied()
                .filter(|(name, role)| {
                    table
                        .row(phase, name, *role)
                        .is_some_and(|row| row.to != phase)
                })
                .collect();
            let onwards = !self.choice.is_multiple_of(4) && !moving.is_empty();
            let among = if onwards { &moving } else { &allowed };
            let (name, role) = among[self.choice / 4 % among.len()];
            return (self.vary(command(name, story.place()), story), role);
        }
        let command = commands[self.choice % commands.len()].clone();
        (self.vary(command, story), Role::ALL[self.role])
    }

    fn vary(&self, command: DossierCommand, story: &Story<'_>) -> DossierCommand {
        match command {
            DossierCommand::Redirect { .. } => DossierCommand::Redirect {
                to: office(OFFICES[self.choice % 2]),
                kind: RedirectKind::WrongOffice,
            },
            DossierCommand::IssueApology { .. } => DossierCommand::IssueApology {
                new_due_on: story.now.plus(self.given.days * Moment::DAY).date(),
                responsible: None,
            },
            DossierCommand::RequestSupplement { .. } => DossierCommand::RequestSupplement {
                items: (0..self.given.items).collect(),
                approved_by: Some("somebody-2".to_owned()),
            },
            other => other,
        }
    }

    fn actor(&self, story: &Story<'_>, role: Role) -> Actor {
        let actor = story.actor(role);
        if self.given.other_office {
            return Actor::new(actor.id + "-elsewhere", OFFICES[1], role);
        }
        actor
    }

    fn circumstances(&self, now: Moment) -> Circumstances {
        let given = if self.given.everything {
            everything()
        } else {
            Circumstances::default()
        };
        let received = self.given.received;
        Circumstances {
            received_at: received.map(|hours| now.plus(-hours * HOUR)),
            ..given
        }
    }
}

/// Lives one life; the phases it went through.
fn live(
    attempts: &[Attempt],
    table: &Table,
    reference: &Reference,
) -> Result<Vec<Phase>, TestCaseError> {
    let mut story = Story::begin(reference);
    let (mut seen, mut asked_in) = (vec![Phase::Absent], Phase::Absent);
    for attempt in attempts {
        story.now = story.now.plus(attempt.hours * HOUR);
        let (command, role) = attempt.choose(&story, table);
        let actor = attempt.actor(&story, role);
        let given = attempt.circumstances(story.now);
        let Ok(drafts) = story.decide(&command, &actor, &given) else {
            continue;
        };
        let before = story.dossier.clone();
        let events = story.evolve(&drafts, &actor);
        let row = table.row(before.phase, command.name(), role);
        let cell = format!("{} {} {role:?}", before.phase.name(), command.name());
        let row = row.ok_or_else(|| TestCaseError::fail(format!("{cell}: outside the table")))?;
        let to = match &command {
            DossierCommand::DenyWithdrawal | DossierCommand::RetractWithdrawal => asked_in,
            // Another sum may still be owed.
            DossierCommand::ConfirmPayment { .. }
            | DossierCommand::CancelFinancialObligation { .. }
                if story.dossier.awaits_payment() =>
            {
                before.phase
            }
            // What was forwarded goes back to the counter, what was handed on to the handler.
            DossierCommand::RecallStep => story.dossier.phase,
            _ => row.to,
        };
        prop_assert_eq!(story.dossier.phase, to, "{}", cell);
        let expected = row.events.iter().map(String::as_str);
        let expected: Vec<&str> = expected.filter(|kind| *kind != MOVED).collect();
        let surely = events.iter().copied().filter(|kind| *kind != MOVED);
        prop_assert_eq!(surely.collect::<Vec<_>>(), expected, "{}", cell);
        if command == DossierCommand::RequestWithdrawal {
            asked_in = before.phase;
        }
        if asked_in == Phase::AwaitingPayment && !story.dossier.awaits_payment() {
            asked_in = Phase::InProcessing;
        }
        seen.push(to);
        then_the_past_stands(&before, &story.dossier, events.len())?;
        then_promises_are_measured(&story.dossier, reference)?;
    }
    Ok(seen)
}

/// Versions count events; a first promise and an ended turn are never touched again.
fn then_the_past_stands(
    before: &Dossier,
    after: &Dossier,
    events: usize,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(after.version as usize, before.version as usize + events);
    prop_assert!(after.turns.len() >= before.turns.len());
    for (old, new) in before.turns.iter().zip(&after.turns) {
        prop_assert_eq!(old.original_due_at, new.original_due_at);
        prop_assert!(new.due_at >= old.due_at, "a promise was brought forward");
        prop_assert_eq!(
            (old.received_at, &old.policy),
            (new.received_at, &new.policy)
        );
        if old.ending.is_some() {
            prop_assert_eq!(old, new);
        }
    }
    let open = after.turns.iter().filter(|turn| turn.ending.is_none());
    prop_assert!(open.count() <= 1, "two clocks run");
    Ok(())
}

/// The first promise of every turn is what its own pinned rules give.
fn then_promises_are_measured(
    dossier: &Dossier,
    reference: &Reference,
) -> Result<(), TestCaseError> {
    for turn in &dossier.turns {
        let mut policies = reference.policies.iter();
        let pinned = policies.find(|policy| policy.reference() == turn.policy);
        let pinned = pinned.ok_or_else(|| TestCaseError::fail("no pinned policy"))?;
        let hours = motcua::domain::calendar::OfficeHours::default();
        let calendar = &reference.calendar;
        let promise = deadline::promise(turn.limit, turn.received_at, calendar, &hours, pinned);
        let promise = promise.map_err(|why| TestCaseError::fail(why.to_string()))?;
        prop_assert_eq!(turn.original_due_at, promise.due_at);
        prop_assert!(turn.received_at <= turn.accepted_at);
    }
    Ok(())
}

#[test]
fn no_life_leaves_the_table_or_rewrites_its_past() {
    let (table, reference) = (Table::shipped(), reference());
    let config = ProptestConfig {
        cases: 1_536,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let seen = RefCell::new(HashSet::new());
    proptest!(config, |(attempts in attempts())| {
        seen.borrow_mut().extend(live(&attempts, &table, &reference)?);
    });
    assert_eq!(seen.borrow().len(), phases_alone().count(), "{seen:?}");
}

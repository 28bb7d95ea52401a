//! All states × commands × roles against the table; random lives never leave it.

mod random;
pub mod table;
pub mod town;
pub mod voices;

use std::collections::BTreeSet;

use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand, Phase, Stage};
use motcua::domain::time::Moment;

use self::table::Table;
use self::town::{
    Story, command, commands_at, every_command, everything, is_linked, phases_alone, reference,
};

/// The commands that lead to a state; each is given by the first role the table allows.
fn road(to: Phase) -> &'static [&'static str] {
    match to {
        Phase::Absent => &[],
        Phase::Draft => &["draft"],
        Phase::Submitted => &["draft", "submit"],
        Phase::AwaitingSupplement(Stage::Intake) => &["submit", "request_supplement"],
        Phase::NotAccepted => &["submit", "refuse_acceptance"],
        Phase::Redirected => &["submit", "redirect"],
        Phase::Accepted => &["submit", "accept"],
        Phase::InProcessing => &["submit", "accept", "forward"],
        Phase::AwaitingSupplement(Stage::Appraisal) => {
            &["submit", "accept", "forward", "request_supplement"]
        }
        Phase::Supplemented => &[
            "submit",
            "accept",
            "forward",
            "request_supplement",
            "submit_supplement",
        ],
        Phase::WithAgencies | Phase::AwaitingCorrection => panic!("a linked dossier's"),
        Phase::AwaitingPayment => &["submit", "accept", "forward", "issue_financial_obligation"],
        Phase::ResultDrafted => &["submit", "accept", "forward", "draft_result"],
        Phase::ResultApproved => &[
            "submit",
            "accept",
            "forward",
            "draft_result",
            "approve_result",
        ],
        Phase::Completed => &["submit", "accept", "forward", "sign_result"],
        Phase::Returned => &[
            "submit",
            "accept",
            "forward",
            "draft_result",
            "sign_result",
            "deliver_result",
        ],
        Phase::Refused => &["submit", "accept", "forward", "refuse_resolution"],
        Phase::Stopped => &["submit", "request_supplement", "stop_processing"],
        Phase::WithdrawalRequested => &["submit", "accept", "forward", "request_withdrawal"],
        Phase::Withdrawn => &["submit", "accept", "request_withdrawal", "grant_withdrawal"],
    }
}

/// Walks a road with two days between the acts.
fn walk<'a>(mut story: Story<'a>, table: &Table, road: &[&str]) -> Story<'a> {
    for name in road {
        let allowed = table.allowed_in(story.dossier.phase);
        let found = allowed.into_iter().find(|(known, _)| known == name);
        let (_, role) = found.unwrap_or_else(|| panic!("{name} in {:?}", story.dossier.phase));
        let command = command(name, story.place());
        then_follows(&mut story, table, &command, role).unwrap_or_else(|why| panic!("{why}"));
        story.now = story.now.plus(2 * Moment::DAY);
    }
    story
}

/// Gives a command that the table allows and compares everything that follows.
fn then_follows(
    story: &mut Story<'_>,
    table: &Table,
    command: &DossierCommand,
    role: Role,
) -> Result<(), String> {
    let actor = story.actor(role);
    story.prepare(command, &actor);
    let before = story.dossier.clone();
    let cell = format!("{} {} {}", before.phase.name(), command.name(), role.name());
    let row = table
        .row(before.phase, command.name(), role)
        .ok_or_else(|| format!("{cell}: not in the table"))?;
    let drafts = story
        .decide(command, &actor, &everything())
        .map_err(|rejection| format!("{cell}: refused with {}", rejection.code()))?;
    let events = story.evolve(&drafts, &actor);
    let found = (
        story.dossier.phase.name(),
        events.join("+"),
        story.clock_since(&before).to_owned(),
    );
    let expected = (row.to.name(), row.events.join("+"), row.clock.clone());
    if found == expected {
        Ok(())
    } else {
        Err(format!("{cell}: {found:?} instead of {expected:?}"))
    }
}

/// Gives a command that the table does not allow.
fn then_is_refused(
    story: &Story<'_>,
    table: &Table,
    command: &DossierCommand,
    role: Role,
) -> Result<(), String> {
    let state = story.dossier.phase;
    let expected = table.refusal(state, command, role);
    let (actor, mut story) = (story.actor(role), story.clone());
    story.prepare(command, &actor);
    let found = match story.decide(command, &actor, &everything()) {
        Ok(_) => "allowed",
        Err(rejection) => rejection.code(),
    };
    if found == expected {
        return Ok(());
    }
    let cell = format!("{} {} {}", state.name(), command.name(), role.name());
    Err(format!("{cell}: {found} instead of {expected}"))
}

#[test]
fn every_cell_of_states_commands_and_roles_is_as_the_table_says() {
    let (table, reference) = (Table::shipped(), reference());
    let (mut tried, mut succeeded, mut wrong) = (0, 0, Vec::new());
    for state in phases_alone() {
        let story = walk(Story::begin(&reference), &table, road(state));
        assert_eq!(story.dossier.phase, state, "the road leads there");
        let commands = commands_at(story.place()).into_iter();
        for command in commands.filter(|command| !is_linked(command)) {
            for role in Role::ALL {
                tried += 1;
                let result = if table.row(state, command.name(), role).is_some() {
                    succeeded += 1;
                    then_follows(&mut story.clone(), &table, &command, role)
                } else {
                    then_is_refused(&story, &table, &command, role)
                };
                wrong.extend(result.err());
            }
        }
    }
    println!("life cycle: {tried} cells tried, {succeeded} allowed");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    let alone = every_command();
    let alone = alone.iter().filter(|command| !is_linked(command));
    let names: BTreeSet<&str> = alone.map(DossierCommand::name).collect();
    assert_eq!(
        tried,
        phases_alone().count() * names.len() * Role::ALL.len()
    );
    assert_eq!(succeeded, table.len());
}

/// What a desk offers whenever the table allows it; hand-overs and payments depend on more than the state.
const OFFERED: [&str; 27] = [
    "accept",
    "refuse_acceptance",
    "request_supplement",
    "retract_supplement_request",
    "submit_supplement",
    "accept_supplement",
    "find_still_deficient",
    "redirect",
    "forward",
    "assign_handler",
    "propose_supplement",
    "draft_result",
    "approve_result",
    "sign_result",
    "return_step",
    "refuse_resolution",
    "issue_result",
    "deliver_result",
    "return_originals",
    "issue_financial_obligation",
    "issue_apology",
    "stop_processing",
    "request_withdrawal",
    "retract_withdrawal",
    "grant_withdrawal",
    "deny_withdrawal",
    "reissue_capability",
];

#[test]
fn a_desk_offers_what_the_table_allows_and_nothing_else() {
    let (table, reference) = (Table::shipped(), reference());
    let people = |role: &Role| !matches!(role, Role::System | Role::Admin);
    let (mut offers, mut wrong) = (0, Vec::new());
    for state in phases_alone() {
        let story = walk(Story::begin(&reference), &table, road(state));
        for role in Role::ALL.into_iter().filter(people) {
            let offered = story.offered(role);
            offers += offered.len();
            for name in &offered {
                if table.row(state, name, role).is_none() {
                    wrong.push(format!("{} {name} {}: offered", state.name(), role.name()));
                }
            }
            for name in OFFERED {
                if table.row(state, name, role).is_some() && !offered.contains(name) {
                    wrong.push(format!("{} {name} {}: missing", state.name(), role.name()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert!(offers > 100, "{offers}");
}

#[test]
fn every_phase_and_every_command_stands_in_the_table() {
    let table = Table::shipped();
    let phases: BTreeSet<&str> = Phase::ALL.iter().map(|phase| phase.name()).collect();
    assert_eq!(phases.len(), Phase::ALL.len());
    for phase in phases_alone() {
        assert!(table.names_phase(phase), "{}", phase.name());
    }
    let commands = every_command().into_iter();
    for command in commands.filter(|command| !is_linked(command)) {
        assert!(table.names_command(command.name()), "{}", command.name());
    }
}

#[test]
fn a_denied_withdrawal_leads_back_to_wherever_it_was_asked() {
    let (table, reference) = (Table::shipped(), reference());
    let mut asked_in = 0;
    for state in phases_alone() {
        let name = "request_withdrawal";
        if table.row(state, name, Role::Applicant).is_none() {
            continue;
        }
        asked_in += 1;
        let before = walk(Story::begin(&reference), &table, road(state));
        let mut story = walk(before.clone(), &table, &[name]);
        let signer = story.actor(Role::Signer);
        let denied = story.decide(
            &command("deny_withdrawal", story.place()),
            &signer,
            &everything(),
        );
        story.evolve(&denied.expect("a denial"), &signer);
        assert_eq!(story.dossier.phase, state);
        assert_eq!(story.dossier.turns, before.dossier.turns);
    }
    assert_eq!(asked_in, 10);
}

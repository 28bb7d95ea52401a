//! `docs/commands.md`, written from the terms of the commands, the table of the life cycle and the schema.

mod law;
mod refused;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use motcua::domain::dossier::{DossierCommand, Phase};

use self::law::{ROWS, SUB_STATES, place};
use self::refused::{FORBIDDEN, special};
use super::names::{mutation, mutations};
use crate::life_cycle::table::Table;
use crate::life_cycle::town::every_command;

const FILE: &str = "docs/commands.md";

const HEAD: &str = "# Commands

Generated from the code; a test keeps it current. Vietnamese and English texts of every refusal stand with its code in
[api/errors.md](api/errors.md); the inputs stand in [schema.graphql](../schema.graphql).

Every command is one mutation. What it records is a fact that stays for ever; what was wrong is put right by another fact.
Refused is what cannot be (wrong state, person, office, version) or would falsify; an act that was done although the law
forbids it is recorded with a breach, shown, and improves no figure.

**Every command may be refused with** `UNKNOWN_DOSSIER` (no such dossier), `WRONG_ROLE` (somebody else's duty),
`WRONG_OFFICE` (another office has the dossier), `NOT_THE_APPLICANT` (for applicants: not their own), `WRONG_STATE` or
`ALREADY_CLOSED` (not in this state), `CONFLICT` (another version than `expectedVersion`), `IDEMPOTENCY_CONFLICT` (the
`commandId` was used for something else), `FUTURE_CLAIM` (a claimed time that has not come). The last column names what else
may refuse it.
";

/// How a role is written in the table.
fn roles(command: &DossierCommand) -> String {
    let names = command.roles().iter().map(|role| role.name());
    names.collect::<Vec<_>>().join(", ")
}

/// The states it leads from and to: those it changes first.
fn ways(table: &Table, command: &str) -> String {
    let mut moves: Vec<(String, Vec<&str>)> = Vec::new();
    let mut stays = BTreeSet::new();
    for (from, row) in table.of_command(command) {
        let to = row.to.name();
        if to == from {
            stays.insert(from);
            continue;
        }
        match moves.iter_mut().find(|(known, _)| known == to) {
            Some((_, states)) if states.contains(&from) => {}
            Some((_, states)) => states.push(from),
            None => moves.push((to.to_owned(), vec![from])),
        }
    }
    if let Some(way) = special_way(command) {
        return way.to_owned();
    }
    let mut told: Vec<String> = moves
        .iter()
        .map(|(to, from)| format!("{} → {to}", from.join(", ")))
        .collect();
    let entered = |phase: &&Phase| !matches!(phase, Phase::Absent | Phase::Draft);
    let all: BTreeSet<&str> = Phase::ALL
        .iter()
        .filter(entered)
        .map(|phase| phase.name())
        .collect();
    if stays == all {
        told.push("stays, in every state once entered".to_owned());
    } else if !stays.is_empty() {
        let states = stays.into_iter().collect::<Vec<_>>().join(", ");
        told.push(format!("stays: {states}"));
    }
    told.join("; ")
}

/// Ways that depend on what was before, of which the table holds one.
fn special_way(command: &str) -> Option<&'static str> {
    match command {
        "deny_withdrawal" | "retract_withdrawal" => {
            Some("withdrawal_requested → the state it was asked in")
        }
        "recall_step" => Some(
            "in_processing → accepted when it was forwarded by the counter, else it stays: \
             in_processing, result_drafted, result_approved, completed",
        ),
        "confirm_payment" | "cancel_financial_obligation" => Some(
            "awaiting_payment → in_processing when nothing else is owed; else it stays, in every \
             state once entered",
        ),
        _ => None,
    }
}

/// What it may record, in order; the due date moves only when it has to.
fn events(table: &Table, command: &str) -> String {
    let mut told = Vec::new();
    for (_, row) in table.of_command(command) {
        for event in &row.events {
            let name = format!("`{}`", event.trim_start_matches("dossier."));
            if !told.contains(&name) {
                told.push(name);
            }
        }
    }
    told.join(", ")
}

fn commands(table: &Table) -> String {
    let mut text = String::from(
        "\n## Every command\n\nForms are those of Circular 03/2025/TT-VPCP. “Reason” means that it is refused with \
         `REASON_REQUIRED` unless a code of a reason is given. A `due_date_recomputed` is recorded only when the date moves.\n\n\
         | mutation | what the law calls it | who | from → to | records | form | reason | may also be refused with |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for command in every_command() {
        let (name, terms) = (command.name(), command.terms());
        let by = mutation(name).map_or_else(
            || format!("none: the program itself (`{name}`)"),
            |mutation| format!("`{mutation}`"),
        );
        let law: Vec<&str> = terms.rows.split(", ").map(place).collect();
        let reason = if terms.needs_reason { "yes" } else { "" };
        let special = special(&command).iter().map(|code| format!("`{code}`"));
        writeln!(
            text,
            "| {by} | {} | {} | {} | {} | {} | {reason} | {} |",
            law.join("; "),
            roles(&command),
            ways(table, name),
            events(table, name),
            terms.form.unwrap_or(""),
            special.collect::<Vec<_>>().join(", "),
        )
        .expect("text");
    }
    text
}

/// Mutations that are no command on one dossier.
fn others() -> String {
    let mut text = String::from("\n## Beside them\n\n| mutation | what it does |\n|---|---|\n");
    let known: BTreeSet<String> = every_command()
        .iter()
        .filter_map(|one| mutation(one.name()))
        .collect();
    for (name, description) in mutations() {
        if !known.contains(&name) {
            let description = description.replace('\n', " ");
            writeln!(text, "| `{name}` | {description} |").expect("text");
        }
    }
    text + "\nA `bulk` is refused dossier by dossier, each with the code it would get alone.\n"
}

fn rows() -> String {
    let mut text = String::from(
        "\n## The transitions of the law, one by one\n\n| | what happens | by | what is refused |\n|---|---|---|---|\n",
    );
    for (number, what, refusal) in ROWS {
        let by: Vec<String> = every_command()
            .iter()
            .filter(|command| command.terms().rows.split(", ").any(|row| row == number))
            .filter_map(|command| mutation(command.name()))
            .map(|mutation| format!("`{mutation}`"))
            .collect();
        writeln!(
            text,
            "| {number} | {what} | {} | {refusal} |",
            by.join(", ")
        )
        .expect("text");
    }
    text
}

fn sub_states() -> String {
    let mut text =
        String::from("\n## What goes on within a state\n\n| of | state | by |\n|---|---|---|\n");
    for (of, state, by) in SUB_STATES {
        writeln!(text, "| {of} | {state} | {by} |").expect("text");
    }
    text
}

fn forbidden() -> String {
    let mut text = String::from(
        "\n## What cannot be asked\n\nThese exist in other systems. Here there is no such mutation: a request that names one \
         fails with `GRAPHQL_VALIDATION_FAILED` and leaves no trace.\n\n\
         | asked for | why there is none | what can be done |\n|---|---|---|\n",
    );
    for (name, why, instead) in FORBIDDEN {
        writeln!(text, "| `{name}` | {why} | {instead} |").expect("text");
    }
    text
}

#[test]
fn the_page_of_commands_is_current() {
    let table = Table::shipped();
    let text = [
        HEAD.to_owned(),
        commands(&table),
        others(),
        rows(),
        sub_states(),
        forbidden(),
    ];
    let text = text.concat();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("MOTCUA_BLESS").is_some() {
        std::fs::write(&path, &text).expect("the file is writable");
    }
    let committed = std::fs::read_to_string(&path).expect("the file is there");
    assert!(
        committed == text,
        "{FILE} is old: run the test with MOTCUA_BLESS=1"
    );
}

#[test]
fn every_transition_and_every_state_within_one_has_its_command_or_its_refusal() {
    let schema: BTreeSet<String> = mutations().into_iter().map(|(name, _)| name).collect();
    let numbers: Vec<String> = ROWS
        .iter()
        .map(|(number, _, _)| (*number).to_owned())
        .collect();
    let expected: Vec<String> = (1..=22).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
    for (number, _, refusal) in ROWS {
        let has = every_command()
            .iter()
            .any(|command| command.terms().rows.split(", ").any(|row| row == number));
        assert!(has && !refusal.is_empty(), "{number}");
    }
    let cited = SUB_STATES
        .iter()
        .map(|(_, _, by)| *by)
        .chain(FORBIDDEN.iter().map(|(_, _, instead)| *instead));
    for text in cited {
        for word in text.split('`').skip(1).step_by(2) {
            let name = word.split([' ', '(']).next().unwrap_or_default();
            let known = schema.contains(name) || Phase::from_name(name).is_some();
            assert!(known, "{name} is neither a mutation nor a state");
        }
    }
}

#[test]
fn every_code_of_a_refusal_stands_in_the_table_of_errors() {
    let table = include_str!("../../../../docs/api/errors.md");
    for command in every_command() {
        for code in special(&command) {
            assert!(table.contains(&format!("| `{code}` |")), "{code}");
        }
    }
}

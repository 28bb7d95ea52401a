//! Which mutation gives which command.

use std::collections::BTreeSet;

use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use motcua::api::schema::sdl;

use super::ground::camel;
use crate::life_cycle::town::is_linked;

/// Commands whose mutation says more than their name.
const LONGER: [(&str, &str); 13] = [
    ("draft", "draftDossier"),
    ("submit", "submitDossier"),
    ("lodge", "lodgeDossier"),
    ("accept_at_counter", "acceptDossierAtCounter"),
    ("accept", "acceptDossier"),
    ("accept_linked", "acceptLinkedDossier"),
    ("find_still_deficient", "findSupplementDeficient"),
    ("redirect", "redirectDossier"),
    ("forward", "forwardDossier"),
    ("link_dossier", "linkDossiers"),
    ("remark", "addRemark"),
    ("rate", "rateService"),
    ("pass_on", "transferDossier"),
];

/// Given by the program itself, at the hour; nobody can sign in as it.
const OF_THE_PROGRAM: [&str; 5] = [
    "record_miss",
    "recompute_due_date",
    "open_leg",
    "transfer",
    "record_feedback_miss",
];

/// Mutations tried here that are no command on one dossier.
const OTHERS: [&str; 6] = [
    "reorganiseOffices",
    "bulk",
    "voidCode",
    "openOffice",
    "declareCalendarYear",
    "adoptPolicy",
];

/// The mutation of a command; none where the program itself gives it.
pub fn mutation(command: &str) -> Option<String> {
    if OF_THE_PROGRAM.contains(&command) {
        return None;
    }
    let longer = LONGER.iter().find(|(name, _)| *name == command);
    Some(longer.map_or_else(|| camel(command), |(_, mutation)| (*mutation).to_owned()))
}

/// Every mutation of the schema with its description.
pub fn mutations() -> Vec<(String, String)> {
    let document = async_graphql::parser::parse_schema(sdl()).expect("the schema is GraphQL");
    let mut found = Vec::new();
    for one in document.definitions {
        let TypeSystemDefinition::Type(definition) = one else {
            continue;
        };
        if definition.node.name.node != "Mutation" {
            continue;
        }
        let TypeKind::Object(object) = definition.node.kind else {
            continue;
        };
        found.extend(object.fields.into_iter().map(|field| {
            let description = field.node.description.map(|text| text.node);
            let name = field.node.name.node.to_string();
            (name, description.unwrap_or_default())
        }));
    }
    found
}

/// Mutations that the story calls: of every command on a dossier that stands by itself, and some that are none.
pub fn told_here() -> BTreeSet<String> {
    let commands = crate::life_cycle::town::every_command();
    let alone = commands.iter().filter(|command| !is_linked(command));
    let names = alone.filter_map(|command| mutation(command.name()));
    names.chain(OTHERS.map(str::to_owned)).collect()
}

#[test]
fn every_command_has_its_mutation_and_every_other_one_its_own_tests() {
    let schema: BTreeSet<String> = mutations().into_iter().map(|(name, _)| name).collect();
    let ours = told_here();
    let missing: Vec<_> = ours.difference(&schema).collect();
    assert!(missing.is_empty(), "no such mutation: {missing:?}");
    let tests = texts(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite"));
    for name in schema.difference(&ours) {
        let called = |text: &String| {
            text.contains(&format!("\"{name}\"")) || text.contains(&format!("{name}("))
        };
        assert!(tests.iter().any(called), "{name} is called by no test");
    }
}

/// The source of every test outside this folder.
fn texts(folder: &std::path::Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("commands") {
            texts.extend(self::texts(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            texts.push(std::fs::read_to_string(&path).expect("text"));
        }
    }
    texts
}

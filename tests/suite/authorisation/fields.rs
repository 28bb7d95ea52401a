//! Every field of what is told of a dossier: who sees a value there, by whichever door it is reached.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::{BaseType, FieldDefinition, TypeKind, TypeSystemDefinition};
use serde_json::Value;

use super::ground::{Ground, READERS, given};
use super::table::{Table, is_as_committed};

/// Fields asked for at once: a question may cost so much.
const TOGETHER: usize = 8;

/// Doors to one type: `SELECTION` stands for its fields; the way leads to the object.
struct Doors {
    name: &'static str,
    asked: &'static [(&'static str, &'static str)],
    followed: &'static [(&'static str, &'static str)],
}

const ALL: [Doors; 4] = [
    Doors {
        name: "Dossier",
        asked: &[
            ("{ dossier(by: {code: $code}) SELECTION }", "/data/dossier"),
            (
                "{ node(id: $id) { ... on Dossier SELECTION } }",
                "/data/node",
            ),
            (
                "{ nodes(ids: [$id]) { ... on Dossier SELECTION } }",
                "/data/nodes/0",
            ),
        ],
        followed: &[(
            "dossierChanged(by: {code: $code}) { position dossier SELECTION }",
            "/data/told/dossier",
        )],
    },
    Doors {
        name: "Applicant",
        asked: &[
            (
                "{ dossier(by: {code: $code}) { applicant SELECTION } }",
                "/data/dossier/applicant",
            ),
            (
                "{ dossier(by: {code: $code}) { applicant(reveal: true) SELECTION } }",
                "/data/dossier/applicant",
            ),
            (
                "{ tracking(code: $code, capability: $capability) { applicant SELECTION } }",
                "/data/tracking/applicant",
            ),
        ],
        followed: &[],
    },
    Doors {
        name: "Tracking",
        asked: &[(
            "{ tracking(code: $code, capability: $capability) SELECTION }",
            "/data/tracking",
        )],
        followed: &[(
            "trackingChanged(code: $code, capability: $capability) { position tracking SELECTION }",
            "/data/told/tracking",
        )],
    },
    Doors {
        name: "AuditEntry",
        asked: &[
            (
                "{ dossierHistory(code: $code, first: 1) { nodes SELECTION } }",
                "/data/dossierHistory/nodes/0",
            ),
            (
                "{ dossier(by: {code: $code}) { history(first: 1) { nodes SELECTION } } }",
                "/data/dossier/history/nodes/0",
            ),
            (
                "{ auditTrail(filter: {code: $code}, first: 1) { nodes SELECTION } }",
                "/data/auditTrail/nodes/0",
            ),
        ],
        followed: &[(
            "factRecorded(filter: {code: $code}) { position entry SELECTION }",
            "/data/told/entry",
        )],
    },
];

/// The schema's objects: their fields, and how each is selected with the plain fields below it.
struct Schema(BTreeMap<String, Vec<FieldDefinition>>);

impl Schema {
    fn read() -> Self {
        let schema =
            async_graphql::parser::parse_schema(motcua::api::schema::sdl()).expect("a schema");
        let objects = schema.definitions.into_iter().filter_map(|one| match one {
            TypeSystemDefinition::Type(one) => match one.node.kind {
                TypeKind::Object(object) => {
                    let fields = object.fields.into_iter().map(|field| field.node);
                    Some((one.node.name.node.to_string(), fields.collect()))
                }
                _ => None,
            },
            _ => None,
        });
        Self(objects.collect())
    }

    /// How a field is selected; none when it wants an argument, or has nothing plain below it.
    fn selected(&self, field: &FieldDefinition, depth: usize) -> Option<String> {
        let name = &field.name.node;
        let wants = |argument: &async_graphql::Positioned<
            async_graphql::parser::types::InputValueDefinition,
        >| {
            !argument.node.ty.node.nullable && argument.node.default_value.is_none()
        };
        if field.arguments.iter().any(wants) {
            return None;
        }
        let mut base = &field.ty.node.base;
        let kind = loop {
            match base {
                BaseType::Named(kind) => break kind,
                BaseType::List(inner) => base = &inner.base,
            }
        };
        match self.0.get(kind.as_str()) {
            None => Some(name.to_string()),
            Some(_) if depth == 0 => None,
            Some(below) => {
                let below: Vec<String> = below
                    .iter()
                    .filter_map(|field| self.selected(field, depth - 1))
                    .take(3)
                    .collect();
                (!below.is_empty()).then(|| format!("{name} {{ {} }}", below.join(" ")))
            }
        }
    }
}

/// The fields that have a value for a reader by one door; none when the object is not told at all.
async fn seen(
    ground: &Ground,
    reader: &str,
    schema: &Schema,
    doors: &Doors,
    door: &str,
    way: &str,
    followed: bool,
) -> Option<BTreeSet<String>> {
    let fields = &schema.0[doors.name];
    let selections: Vec<(String, String)> = fields
        .iter()
        .filter_map(|field| Some((field.name.node.to_string(), schema.selected(field, 2)?)))
        .collect();
    let mut seen = BTreeSet::new();
    for together in selections.chunks(TOGETHER) {
        let selection: Vec<&str> = together.iter().map(|(_, text)| text.as_str()).collect();
        let document = door.replace("SELECTION", &format!("{{ {} }}", selection.join(" ")));
        let answer = if followed {
            ground.follow(reader, &document).await
        } else {
            ground.ask(reader, &document).await
        };
        let refused = answer
            .pointer("/errors/0/extensions/code")
            .and_then(Value::as_str);
        assert!(
            !matches!(
                refused,
                Some("GRAPHQL_VALIDATION_FAILED" | "INTERNAL_SERVER_ERROR" | "BAD_USER_INPUT")
            ),
            "{document}: {answer}"
        );
        let object = answer.pointer(way)?;
        if object.is_null() {
            return None;
        }
        let told = together.iter().map(|(name, _)| name);
        seen.extend(
            told.filter(|name| !object[name.as_str()].is_null())
                .cloned(),
        );
    }
    Some(seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_has_a_value_for_whom_the_table_says_by_every_door() {
    let ground = given().await;
    let schema = Schema::read();
    for doors in &ALL {
        let mut table = Table::new();
        for field in &schema.0[doors.name] {
            table.insert(field.name.node.to_string(), Vec::new());
        }
        for reader in READERS {
            let asked = doors.asked.iter().map(|door| (door, false));
            let followed = doors.followed.iter().map(|door| (door, true));
            let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
            for ((door, way), followed) in asked.chain(followed) {
                if let Some(seen) = seen(&ground, reader, &schema, doors, door, way, followed).await
                {
                    all.insert(*door, seen);
                }
            }
            // Whoever is told of it at all is told the same of it by every door.
            let union: BTreeSet<String> = all.values().flatten().cloned().collect();
            for (field, cells) in &mut table {
                cells.push(if union.contains(field) { "x" } else { "" }.to_owned());
            }
            if doors.name != "AuditEntry" && doors.name != "Applicant" {
                for (door, seen) in &all {
                    let missing: Vec<_> = union.difference(seen).collect();
                    assert!(
                        missing.is_empty(),
                        "{reader} by {door} is not told {missing:?}"
                    );
                }
            }
        }
        is_as_committed(&format!("{}.csv", doors.name), "field", &table);
    }
}

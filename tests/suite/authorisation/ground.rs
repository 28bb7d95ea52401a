//! One dossier, and everybody who might want to read it.

use std::time::Duration;

use motcua::acts::{Act, Personal, Request};
use motcua::api::capability::fingerprint;
use motcua::api::paging::global_id;
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::dossier::DossierCommand;
use motcua::domain::fact::stream;
use motcua::domain::part::PartKind;
use serde_json::{Value, json};

use crate::client::client;
use crate::door::ground::{Door, given_an_office};
use crate::office::{self, OFFICE};

/// The key on the receipt of the dossier.
pub const KEY: &str = "MZXW6YTBGEZDGNBV";
/// Of the applicant.
pub const NAME: &str = "Nguyễn Thị Ánh";
/// Whose dossier it is.
const CITIZEN: &str = "citizen-1";
const ELSEWHERE: &str = "H38.40.02";

/// Those who ask. `receipt` is the public with the receipt's key; `own` the applicant; `handler` has the dossier on the desk.
pub const READERS: [&str; 20] = [
    "public",
    "receipt",
    "own",
    "stranger",
    "receiver",
    "handler",
    "colleague",
    "division_head",
    "signer",
    "clerk",
    "cashier",
    "centre_manager",
    "postal_agent",
    "receiver_elsewhere",
    "auditor",
    "auditor_here",
    "auditor_elsewhere",
    "controller",
    "admin",
    "gateway",
];

/// None for those who are not signed in.
pub fn actor(reader: &str) -> Option<Actor> {
    let here = |role| Some(office::actor(role));
    let of = |id: &str, office: &str, role| Some(Actor::new(id, office, role));
    match reader {
        "public" | "receipt" => None,
        "own" => of(CITIZEN, NO_OFFICE, Role::Applicant),
        "stranger" => of("citizen-2", NO_OFFICE, Role::Applicant),
        "receiver" => here(Role::Receiver),
        "handler" => here(Role::Handler),
        "colleague" => of("handler-02", OFFICE, Role::Handler),
        "division_head" => here(Role::DivisionHead),
        "signer" => here(Role::Signer),
        "clerk" => here(Role::Clerk),
        "cashier" => here(Role::Cashier),
        "centre_manager" => here(Role::CentreManager),
        "postal_agent" => here(Role::PostalAgent),
        "receiver_elsewhere" => of("receiver-09", ELSEWHERE, Role::Receiver),
        "auditor" => of("auditor-01", NO_OFFICE, Role::Auditor),
        "auditor_here" => of("auditor-02", OFFICE, Role::Auditor),
        "auditor_elsewhere" => of("auditor-03", ELSEWHERE, Role::Auditor),
        "controller" => of("controller-01", NO_OFFICE, Role::ProcedureController),
        "admin" => of("admin-01", NO_OFFICE, Role::Admin),
        "gateway" => of("gateway-01", NO_OFFICE, Role::PaymentGateway),
        other => panic!("{other} is nobody"),
    }
}

/// The office with the dossier: accepted for a citizen, handed to a handler who has signed for it.
pub struct Ground {
    pub door: Door,
    pub code: String,
    pub id: String,
    pub dossier: uuid::Uuid,
}

pub async fn given() -> Ground {
    let door = given_an_office().await;
    let command = office::id();
    let dossier = stream::dossier(command);
    let submit = DossierCommand::Submit {
        procedure: office::PROCEDURE.parse().expect("a procedure code"),
        office: OFFICE.parse().expect("an office code"),
        capability: Some(fingerprint(KEY)),
        assisted_by: None,
    };
    let citizen = actor("own").expect("somebody");
    let act = Act::Dossier {
        dossier,
        command: submit,
    };
    let request = Request {
        personal: vec![Personal {
            file: None,
            kind: PartKind::Applicant,
            value: json!({
                "full_name": NAME,
                "citizen_number": "001099000123",
                "birth_date": "1999-05-01",
                "phone": "0912000123",
                "email": "nguoi-nop@example.org",
                "address": "Số 1, đường Thử",
            }),
        }],
        ..Request::new(command, citizen, act)
    };
    let counter = door.api.counter().expect("a counter").clone();
    counter.submit(request).await.expect("submitted");
    let forward = DossierCommand::Forward {
        to: "handler-01".into(),
    };
    let signed = DossierCommand::ReceiveHandOver { complete: true };
    let acts = [
        (Role::Receiver, DossierCommand::Accept),
        (Role::Receiver, forward),
        (Role::Handler, signed),
    ];
    for (role, command) in acts {
        let done = counter.submit(office::on(dossier, role, command)).await;
        let size = done.expect("done").size();
        assert!(
            door.api
                .models
                .reach(size - 1, Duration::from_secs(10))
                .await
        );
    }
    let row = motcua::projections::tracking::by_id(&door.api.models, dossier).await;
    let code = row
        .expect("a row")
        .expect("a dossier")
        .code
        .expect("a code");
    Ground {
        door,
        code,
        id: global_id("Dossier", &dossier.to_string()).to_string(),
        dossier,
    }
}

impl Ground {
    pub fn token(&self, reader: &str) -> Option<String> {
        let valid_for = Duration::from_mins(10);
        actor(reader).map(|actor| self.door.api.sign_in.issue(&actor, valid_for))
    }

    /// What documents may use.
    pub fn variables(&self, reader: &str) -> Value {
        json!({
            "code": self.code,
            "id": self.id,
            "office": OFFICE,
            "capability": (reader == "receipt").then_some(KEY),
            "from": "2020-01-01",
            "to": "2099-12-31",
            "procedure": office::PROCEDURE,
        })
    }

    /// The answer to a document that declares what it uses.
    pub async fn ask(&self, reader: &str, document: &str) -> Value {
        let declared = [
            ("code", "String!"),
            ("id", "ID!"),
            ("office", "String!"),
            ("capability", "String"),
            ("from", "Date!"),
            ("to", "Date!"),
            ("procedure", "String!"),
        ];
        let used: Vec<String> = declared
            .iter()
            .filter(|(name, _)| document.contains(&format!("${name}")))
            .map(|(name, kind)| format!("${name}: {kind}"))
            .collect();
        let query = if used.is_empty() {
            format!("query {document}")
        } else {
            format!("query Asked({}) {document}", used.join(", "))
        };
        let mut asked = client()
            .post(format!("{}/graphql", self.door.base))
            .json(&json!({"query": query, "variables": self.variables(reader)}));
        if let Some(token) = self.token(reader) {
            asked = asked.bearer_auth(token);
        }
        asked
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON")
    }

    /// The first message about the dossier, to whoever follows from its beginning.
    pub async fn follow(&self, reader: &str, field: &str) -> Value {
        let journal = self.door.api.office.opened().id.simple();
        let query = format!("subscription {{ told: {field} }}");
        let query = query
            .replace("$code", &json!(self.code).to_string())
            .replace("$office", &json!(OFFICE).to_string())
            .replace(
                "$capability",
                &json!(self.variables(reader)["capability"]).to_string(),
            );
        let after = format!("{journal}.0");
        let token = self.token(reader);
        let line = crate::live::wire::Events::open(
            &self.door.base,
            token.as_deref(),
            &query,
            Some(&after),
        );
        let mut line = line.await;
        loop {
            // There is something to tell at once, or nothing for this reader.
            let heard = tokio::time::timeout(Duration::from_secs(3), line.next()).await;
            let Ok(heard) = heard else {
                return Value::Null;
            };
            match heard {
                Some(crate::live::wire::Heard::Next(value)) => return value,
                Some(crate::live::wire::Heard::Place(_)) => {}
                Some(crate::live::wire::Heard::Complete) | None => return Value::Null,
            }
        }
    }
}

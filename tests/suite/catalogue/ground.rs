//! A served office whose catalogue changes, asked over HTTP.

use std::time::Duration;

use motcua::acts::{Act, Counter, found, shelf};
use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::event::Event;
use motcua::domain::journal::FORMAT;
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::journal::{Journal, Location, fact};
use motcua::projections::ReadModels;
use motcua::vault::{self, Keys, Vault};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::client::client;
use crate::office::{OFFICE, id, office};

pub struct Served {
    url: String,
    api: Api,
    journal: Journal,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A furnished office on a journal of this kind.
pub async fn served(kind: JournalKind) -> Served {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let opened = Opened {
        id: id(),
        origin: "localhost/test".into(),
        kind,
        clock: ClockKind::Database,
        format: FORMAT,
        story: None,
        teller: None,
    };
    found(&journal, opened, id(), None).await.expect("begun");
    let keys = Keys::load_or_create(&folder.path().join("keys")).expect("keys");
    let safe = vault::Location::Sqlite(folder.path().join("vault.db"));
    let vault = Vault::create_or_open(&safe, &keys).await.expect("a vault");
    let counter = Counter::open(journal.clone(), vault.clone(), &keys).await;
    let counter = counter.expect("a counter");
    let mut acts = shelf::shipped(None).expect("the shipped shelf");
    acts.push(Act::OpenOffice(office(OFFICE)));
    counter.furnish(acts, None).await.expect("furnished");
    let read = folder.path().join("read");
    let opened = ReadModels::open(&read, journal.clone()).await;
    let (models, projector) = opened.expect("read models");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let size = journal.head().await.expect("a head").size;
    assert!(models.reach(size - 1, Duration::from_mins(1)).await);
    let api = Api::new(counter, models, journal.clone(), vault, &keys);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = api::router(api.clone());
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(stopped)
            .await
    });
    Served {
        url,
        api,
        journal,
        stop,
        _folder: folder,
    }
}

impl Served {
    async fn send(&self, role: Option<Role>, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let mut request = client().post(format!("{}/graphql", self.url)).json(&body);
        if let Some(role) = role {
            let office = match role {
                Role::Admin | Role::ProcedureController | Role::Auditor => NO_OFFICE,
                _ => OFFICE,
            };
            let actor = Actor::new(format!("{}-01", role.name()), office, role);
            let token = self.api.sign_in.issue(&actor, Duration::from_mins(10));
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    /// The data of a query that must succeed.
    pub async fn ask(&self, role: Option<Role>, query: &str, variables: Value) -> Value {
        let mut answer = self.send(role, query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }

    /// The code of a query that must fail.
    pub async fn refused(&self, role: Option<Role>, query: &str, variables: Value) -> String {
        let answer = self.send(role, query, variables).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        code.as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    }

    /// The payload of a command.
    pub async fn act(&self, role: Role, mutation: &str, mut input: Value) -> Value {
        input["commandId"] = json!(id());
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{
                code position visible errors {{ field code messageVi messageEn }} }} }}"
        );
        let mut data = self
            .ask(Some(role), &query, json!({ "input": input }))
            .await;
        data[mutation].take()
    }

    /// A command that must be done; where its first fact stands.
    pub async fn done(&self, role: Role, mutation: &str, input: Value) -> Value {
        let payload = self.act(role, mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{payload}");
        assert_eq!(payload["visible"], true, "{payload}");
        payload
    }

    /// The code with which a command is refused.
    pub async fn denied(&self, role: Role, mutation: &str, input: Value) -> String {
        let payload = self.act(role, mutation, input).await;
        let error = &payload["errors"][0];
        assert!(!error["messageVi"].as_str().expect("words").is_empty());
        error["code"]
            .as_str()
            .unwrap_or_else(|| panic!("{payload}"))
            .to_owned()
    }

    /// Complete papers accepted at the counter; the dossier's code.
    pub async fn accepted(&self, procedure: &str) -> String {
        let input = json!({
            "procedure": procedure, "office": OFFICE, "applicant": { "fullName": "Công dân 000123" }
        });
        let payload = self
            .done(Role::Receiver, "acceptDossierAtCounter", input)
            .await;
        payload["code"].as_str().expect("a code").to_owned()
    }

    pub async fn size(&self) -> u64 {
        self.journal.head().await.expect("a head").size
    }

    /// The newest fact of a type, its data alone.
    pub async fn newest(&self, kind: &str) -> Value {
        let entries = self.journal.read(0, 5_000).await.expect("entries");
        let facts = entries
            .iter()
            .rev()
            .map(|entry| fact::decode(&entry.body).expect("a fact"));
        let found = facts
            .map(|fact| fact.event)
            .find(|event: &Event| event.kind() == kind);
        serde_json::to_value(found.expect("a fact of this type")).expect("JSON")
    }
}

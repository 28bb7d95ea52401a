//! A served office on a story's clock, and people who hold nothing but a token.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use motcua::acts::{Act, Counter, Request, found, shelf};
use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::campaign::CampaignAct;
use motcua::domain::catalogue::OpinionRule;
use motcua::domain::dossier::DossierCommand;
use motcua::domain::fact::stream;
use motcua::domain::journal::FORMAT;
use motcua::domain::law::Certainty;
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location};
use motcua::projections::ReadModels;
use motcua::vault::{self, Folder, Keys, Vault};
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::client;
use crate::life_cycle::voices;
use crate::office;

/// The office whose dossiers these are, and the one that is asked or gets what is passed on.
pub const OFFICES: [&str; 2] = ["H38.40.01", "H38.40.02"];
/// Seven working days; signer and handler must be two people.
pub const PROCEDURE: &str = "1.004222";
/// The same, but another agency's silence is consent.
pub const SILENT: &str = "1.990001";
/// The person whose dossiers these are.
pub const CITIZEN: &str = "citizen-1";

/// Monday, 2 November 2026, 08:00.
pub fn morning() -> Moment {
    Moment::from_local(jiff::civil::date(2026, 11, 2).at(8, 0, 0, 0))
}

/// A journal that tells a story, furnished, with its counter.
pub struct Premises {
    pub folder: tempfile::TempDir,
    pub journal: Journal,
    pub vault: Vault,
    pub keys: Keys,
    pub counter: Counter,
}

pub async fn premises() -> Premises {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let keys = Keys::load_or_create(&folder.path().join("keys")).expect("keys");
    let safe = vault::Location::Sqlite(folder.path().join("vault.db"));
    let vault = Vault::create_or_open(&safe, &keys).await.expect("a vault");
    let id = office::id();
    let files = Folder::open(folder.path().join("files"), id).await;
    let vault = vault.with_files(files.expect("a folder"));
    let opened = Opened {
        id,
        origin: "localhost/commands".into(),
        kind: JournalKind::Simulated,
        clock: ClockKind::Story,
        format: FORMAT,
        story: None,
        teller: None,
    };
    let begun = found(&journal, opened, office::id(), Some(morning())).await;
    begun.expect("the journal opens");
    let counter = Counter::open(journal.clone(), vault.clone(), &keys).await;
    let counter = counter.expect("a counter");
    let mut acts = shelf::shipped(None).expect("the shipped shelf loads");
    acts.extend(silent(&acts));
    acts.extend(OFFICES.map(|code| Act::OpenOffice(office::office(code))));
    acts.push(Act::Campaign(CampaignAct::Open(voices::campaign())));
    let furnished = counter.furnish(acts, Some(morning())).await;
    furnished.expect("the shelf is furnished");
    Premises {
        folder,
        journal,
        vault,
        keys,
        counter,
    }
}

/// A procedure whose opinions are deemed given, made of a shipped one.
fn silent(shelf: &[Act]) -> Option<Act> {
    shelf.iter().find_map(|act| match act {
        Act::Publish(procedure) if procedure.code == PROCEDURE => {
            let mut procedure = procedure.clone();
            SILENT.clone_into(&mut procedure.code);
            procedure.opinion = Some(OpinionRule {
                reply_working_days: 2,
                silence_consents: true,
                legal_basis: "217/2026/ND-CP:54.2c".to_owned(),
                certainty: Certainty::Illustrative,
            });
            Some(Act::Publish(procedure))
        }
        _ => None,
    })
}

/// The premises with their doors open.
pub struct Office {
    url: String,
    pub api: Api,
    called: Mutex<BTreeSet<String>>,
    stop: CancellationToken,
    pub keys: Keys,
    folder: tempfile::TempDir,
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn served() -> Office {
    let premises = premises().await;
    let read = premises.folder.path().join("read");
    let opened = ReadModels::open(&read, premises.journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let Premises {
        folder,
        journal,
        vault,
        keys,
        counter,
    } = premises;
    let api = Api::new(counter, models, journal, vault, &keys);
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
    Office {
        url,
        api,
        called: Mutex::default(),
        stop,
        keys,
        folder,
    }
}

/// How somebody comes to the door.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    pub bearer: Option<String>,
    /// A session in the browser that is used.
    pub session: Option<String>,
}

/// Where somebody of a role works when it is at the first office.
pub fn place_of(role: Role) -> &'static str {
    match role {
        Role::Applicant
        | Role::PaymentGateway
        | Role::ProcedureController
        | Role::Auditor
        | Role::Admin
        | Role::System => NO_OFFICE,
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::CentreManager
        | Role::Cashier
        | Role::PostalAgent => OFFICES[0],
        Role::VerticalAgency => OFFICES[1],
    }
}

/// Somebody of this role: `handler-01`; the applicant is the one whose dossiers these are.
pub fn person(role: Role) -> Actor {
    let id = if role == Role::Applicant {
        CITIZEN.to_owned()
    } else {
        format!("{}-01", role.name())
    };
    Actor::new(id, place_of(role), role)
}

/// `receiveComponent` for `receive_component`.
pub fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        text + &word[..1].to_uppercase() + &word[1..]
    })
}

const PAYLOAD: &str = "code capability position visible repeated dossier { id version status }
    errors { field code messageVi messageEn currentVersion }";
const BULK: &str = "done refused visible
    outcomes { dossier commandId position repeated errors { field code messageVi messageEn } }";

impl Office {
    pub fn token(&self, actor: &Actor) -> String {
        self.api.sign_in.issue(actor, Duration::from_mins(30))
    }

    pub fn signed_in(&self, actor: &Actor) -> Caller {
        Caller {
            bearer: Some(self.token(actor)),
            session: None,
        }
    }

    /// Mutations that were called so far.
    pub fn called(&self) -> BTreeSet<String> {
        self.called.lock().expect("a list").clone()
    }

    pub async fn post(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let mut request = client()
            .post(format!("{}/graphql", self.url))
            .header("accept", "application/graphql-response+json")
            .json(&json!({"query": query, "variables": variables}));
        if let Some(token) = &caller.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(token) = &caller.session {
            let cookie = format!("{}={token}", api::sign_in::COOKIE);
            request = request.header("cookie", cookie);
        }
        let response = request.send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    /// What a plain GET answers.
    pub async fn fetch(&self, path: &str, token: Option<&str>) -> (u16, Vec<u8>) {
        let mut request = client().get(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.bytes().await.expect("a body").to_vec())
    }

    /// Brings a file for a command.
    pub async fn bring(
        &self,
        token: Option<&str>,
        (command, name, media_type): (&str, &str, &str),
        file: Vec<u8>,
    ) -> (u16, Value) {
        let address = format!("{}/files?commandId={command}&name={name}", self.url);
        let mut request = client().post(address).header("content-type", media_type);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.body(file).send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    /// Where everything of it lies.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A copy of the vault's database as it is now.
    pub async fn copy_vault(&self, to: &std::path::Path) {
        let vault = self.folder.path().join("vault.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(vault);
        let mut line = options.connect().await.expect("the vault's file");
        let copied = sqlx::query("vacuum into ?1").bind(to.display().to_string());
        copied.execute(&mut line).await.expect("copied");
    }

    /// What is answered to the head of a request, without its body.
    pub async fn said_to(&self, head: &str) -> (u16, Value) {
        let address = self.url.strip_prefix("http://").expect("an address");
        let mut line = TcpStream::connect(address).await.expect("a line");
        line.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        let read = line.read_to_string(&mut answer);
        let read = tokio::time::timeout(Duration::from_secs(20), read).await;
        read.expect("an answer in time").expect("a text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).expect("a status");
        let body = serde_json::from_str(body).expect("JSON");
        (status.parse().expect("a number"), body)
    }

    /// The payload of a command; the request itself must not fail.
    pub async fn call(&self, caller: &Caller, mutation: &str, input: Value) -> Value {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let payload = if mutation == "bulk" { BULK } else { PAYLOAD };
        let query =
            format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {payload} }} }}");
        self.called.lock().expect("a list").insert(mutation.into());
        let mut body = self.post(caller, &query, json!({ "input": input })).await;
        assert_eq!(body.get("errors"), None, "{mutation} {input}: {body}");
        body["data"][mutation].take()
    }

    pub async fn call_as(&self, actor: &Actor, mutation: &str, input: Value) -> Value {
        self.call(&self.signed_in(actor), mutation, input).await
    }

    /// The facts of a dossier as an auditor reads them, oldest first.
    pub async fn history(&self, code: &str) -> Vec<Value> {
        let query = "query($code: String!) { dossierHistory(code: $code, first: 100) { nodes {
            position kind actor role breach version after { status dueAt endedAt } } } }";
        let auditor = self.signed_in(&person(Role::Auditor));
        let body = self.post(&auditor, query, json!({ "code": code })).await;
        assert_eq!(body.get("errors"), None, "{body}");
        let nodes = body["data"]["dossierHistory"]["nodes"].as_array();
        nodes.expect("facts").clone()
    }

    /// Lets the story's clock jump: the next act is stamped no earlier.
    pub async fn wait_until(&self, at: Moment) {
        let command = office::id();
        let act = Act::Dossier {
            dossier: stream::dossier(command),
            command: DossierCommand::Draft {
                procedure: PROCEDURE.parse().expect("a code"),
                office: OFFICES[1].parse().expect("a code"),
            },
        };
        let somebody = Actor::new("citizen-2", NO_OFFICE, Role::Applicant);
        let request = Request {
            at: Some(at),
            ..Request::new(command, somebody, act)
        };
        let counter = self.api.counter().expect("a counter");
        counter.submit(request).await.expect("time passes");
    }
}

/// A payload that says it was done.
#[track_caller]
pub fn done(payload: &Value) {
    assert_eq!(payload["errors"], json!([]), "{payload}");
    assert!(payload["position"].is_string(), "{payload}");
    assert_eq!(payload["visible"], true, "{payload}");
}

/// A payload that says why not, to people in both languages and to machines.
#[track_caller]
pub fn refused(payload: &Value, code: &str, what: &str) {
    let error = &payload["errors"][0];
    assert_eq!(error["code"], code, "{what}: {payload}");
    assert_eq!(payload["position"], Value::Null, "{what}: {payload}");
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    let (vi, en) = (text("messageVi"), text("messageEn"));
    assert!(
        vi.len() > 10 && en.len() > 10 && vi != en,
        "{what}: {payload}"
    );
    assert!(!vi.is_ascii(), "Vietnamese is written with its marks: {vi}");
    assert_eq!(error["field"][0], "input", "{what}: {payload}");
}

/// A new input on a dossier.
pub fn on(dossier: &str) -> Value {
    json!({ "commandId": office::id(), "dossier": dossier })
}

/// The one with the fields of the other.
pub fn with(mut input: Value, fields: &Value) -> Value {
    for (key, value) in fields.as_object().expect("an object") {
        input[key.as_str()] = value.clone();
    }
    input
}

/// The stream of a dossier that nobody began.
pub fn nowhere() -> String {
    Uuid::from_u128(0x0dd0).to_string()
}

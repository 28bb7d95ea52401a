//! An office whose document management numbers its results: a small server in the test stands for it, with real signatures.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use motcua::domain::actor::Role;
use motcua::ports::documents::{Entry, Registry, Settings, SettingsError};
use motcua::reactions::documents::Documents;
use motcua::reactions::work::Work;
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};
use zeroize::Zeroizing;

use crate::client::client;
use crate::office::{OFFICE, id};
use crate::payments::{now, signed};
use crate::web::{Served, given_a_served_office_with};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NAME: &str = "qlvb-01";

/// How the system answers now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Numbers,
    Later,
    Down,
    Refuses,
}

/// The office's document management, and all it was told.
#[derive(Clone)]
struct Registrar {
    mood: Arc<Mutex<Mood>>,
    told: Arc<Mutex<Vec<Value>>>,
    url: String,
}

impl Registrar {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let registrar = Self {
            mood: Arc::new(Mutex::new(Mood::Numbers)),
            told: Arc::default(),
            url: format!("http://{address}/in"),
        };
        let router = Router::new()
            .route("/in", post(hear))
            .with_state(registrar.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        registrar
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().expect("a mood") = mood;
    }

    fn told(&self, kind: &str) -> Vec<Value> {
        let told = self.told.lock().expect("a list");
        told.iter()
            .filter(|one| one["type"] == kind)
            .cloned()
            .collect()
    }

    fn registry(&self) -> Registry {
        let settings = json!({"systems": [
            {"name": NAME, "url": self.url, "secretEnv": "-", "offices": [OFFICE]}]});
        let settings: Settings = serde_json::from_value(settings).expect("settings");
        let secret = |_: &Entry| Ok::<_, SettingsError>(Zeroizing::new(SECRET.to_owned()));
        let mut found = settings.registries(secret).expect("registries");
        found.remove(0)
    }
}

async fn hear(State(registrar): State<Registrar>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let (id, second) = (header("webhook-id"), header("webhook-timestamp"));
    let second: u64 = second.parse().expect("a second");
    assert_eq!(
        header("webhook-signature"),
        signed(SECRET, &id, second, &body)
    );
    assert_eq!(header("idempotency-key"), id);
    assert!(second.abs_diff(now()) < 60);
    let told: Value = serde_json::from_slice(&body).expect("JSON");
    let count = {
        let mut all = registrar.told.lock().expect("a list");
        all.push(told);
        all.len()
    };
    let mood = *registrar.mood.lock().expect("a mood");
    match mood {
        Mood::Numbers => json!({"number": format!("{count}/QĐ-UBND")})
            .to_string()
            .into_response(),
        Mood::Later => StatusCode::ACCEPTED.into_response(),
        Mood::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Refuses => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

struct Town {
    served: Served,
    registrar: Registrar,
    folder: tempfile::TempDir,
    _stop: DropGuard,
}

impl Town {
    async fn given() -> Self {
        let registrar = Registrar::open().await;
        let registry = registrar.registry();
        let set_up = |api: motcua::api::Api| api.with_registries(vec![registry.clone()]);
        let served = given_a_served_office_with(set_up).await;
        let folder = tempfile::tempdir().expect("a folder");
        let stop = CancellationToken::new();
        let town = Self {
            served,
            registrar,
            folder,
            _stop: stop.clone().drop_guard(),
        };
        town.node(stop).await;
        town
    }

    /// One more node that tells; both share the work.
    async fn node(&self, stop: CancellationToken) {
        let api = &self.served.api;
        let location = motcua::journal::Location::Sqlite(self.folder.path().join("work.db"));
        let work = Work::create_or_open(&location).await.expect("the work");
        let row = format!("documents:{NAME}");
        let head = api.models.size();
        work.begin(&row, head).await.expect("a row");
        let documents = Documents::new(
            vec![self.registrar.registry()],
            work,
            (api.office.opened().id, api.journal.clone()),
            api.models.clone(),
            api.desk.as_ref().expect("a desk").counter.clone(),
            id(),
        );
        tokio::spawn(documents.run(stop));
    }

    async fn ask(&self, role: Role, query: &str, variables: Value) -> Value {
        let request = client()
            .post(format!("{}/graphql", self.served.base))
            .bearer_auth(self.served.token(role))
            .json(&json!({"query": query, "variables": variables}));
        let answer = request.send().await.expect("an answer");
        let mut answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }

    async fn act(&self, role: Role, mutation: &str, fields: Value) -> Value {
        let mut input = json!({"commandId": id(), "dossier": self.served.code});
        for (key, value) in fields.as_object().expect("fields") {
            input[key] = value.clone();
        }
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ position errors {{ code }} }} }}"
        );
        let told = self.ask(role, &query, json!({ "input": input })).await;
        assert_eq!(told[mutation]["errors"], json!([]), "{mutation}: {told}");
        told[mutation].clone()
    }

    /// Signs the result of the dossier.
    async fn sign(&self) {
        self.act(
            Role::Receiver,
            "forwardDossier",
            json!({"to": "handler-01"}),
        )
        .await;
        self.act(Role::Signer, "signResult", json!({})).await;
    }

    async fn results(&self) -> Value {
        let query =
            "query($code: String!) { tracking(code: $code) { results { number standing } } }";
        let variables = json!({"code": self.served.code});
        let told = self.ask(Role::Receiver, query, variables).await;
        told["tracking"]["results"].clone()
    }

    async fn results_become(&self, wanted: &Value) {
        for _ in 0..200 {
            if self.results().await == *wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} and not {wanted}", self.results().await);
    }

    async fn becomes_told(&self, kind: &str, times: usize) -> Vec<Value> {
        for _ in 0..200 {
            let told = self.registrar.told(kind);
            if told.len() >= times {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{kind} was told {} times", self.registrar.told(kind).len());
    }

    /// What the system says by itself.
    async fn says(&self, told: &Value, secret: &str, second: u64) -> (u16, Value) {
        let body = told.to_string();
        let request = client()
            .post(format!("{}/documents/{NAME}", self.served.base))
            .header("webhook-id", "n-1")
            .header("webhook-timestamp", second)
            .header(
                "webhook-signature",
                signed(secret, "n-1", second, body.as_bytes()),
            )
            .body(body);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

fn issued(reference: &Value, number: &str) -> Value {
    json!({"type": "document.issued", "data": {"reference": reference, "number": number}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_result_is_registered_and_bears_the_number_it_was_given() {
    let town = Town::given().await;
    town.sign().await;
    let numbered = json!([{"number": "1/QĐ-UBND", "standing": "VALID"}]);
    town.results_become(&numbered).await;
    let told = town.registrar.told("document.register");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["dossier"], town.served.code);
    assert!(!told[0].to_string().contains("000123"), "nobody's name");
    let query = "query($code: String) { auditTrail(first: 50, filter: {code: $code, kind: \"dossier.result_issued\"}) \
                 { nodes { actor role } } }";
    let trail = town
        .ask(Role::Auditor, query, json!({"code": town.served.code}))
        .await;
    let actor = &trail["auditTrail"]["nodes"][0];
    assert_eq!(actor, &json!({"actor": NAME, "role": "SYSTEM"}));

    town.act(
        Role::Signer,
        "revokeResult",
        json!({"reason": "AGENCY_ERROR"}),
    )
    .await;
    let told = town.becomes_told("document.standing", 1).await;
    assert_eq!(told[0]["data"]["number"], "1/QĐ-UBND");
    assert_eq!(told[0]["data"]["standing"], "revoked");
    let replaced = json!({"reason": "AGENCY_ERROR", "number": "77/QĐ-UBND"});
    town.act(Role::Signer, "replaceResult", replaced).await;
    let told = town.becomes_told("document.standing", 2).await;
    assert_eq!(told[1]["data"]["standing"], "superseded");
    assert_eq!(told[1]["data"]["replacedBy"], "77/QĐ-UBND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_is_down_is_told_again_and_the_number_is_recorded_once_by_two_nodes() {
    let town = Town::given().await;
    let stop = CancellationToken::new();
    let _other = stop.clone().drop_guard();
    town.node(stop).await;
    town.registrar.is(Mood::Down);
    town.sign().await;
    let told = town.becomes_told("document.register", 3).await;
    let references: HashSet<_> = told
        .iter()
        .map(|one| one["data"]["reference"].to_string())
        .collect();
    assert_eq!(references.len(), 1, "the same however often it is told");
    let unnumbered = json!([{"number": null, "standing": "VALID"}]);
    assert_eq!(town.results().await, unnumbered);
    town.registrar.is(Mood::Numbers);
    for _ in 0..300 {
        if town.results().await != unnumbered {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let results = town.results().await;
    assert_eq!(results.as_array().map(Vec::len), Some(1), "{results}");
    assert!(results[0]["number"].is_string(), "{results}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_comes_later_is_recorded_once_and_only_under_the_systems_signature() {
    let town = Town::given().await;
    town.registrar.is(Mood::Later);
    town.sign().await;
    let told = town.becomes_told("document.register", 1).await;
    let reference = &told[0]["data"]["reference"];
    let number = issued(reference, "12/QĐ-UBND");
    let at = now();
    let stranger = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let elsewhere = issued(&json!(format!("{}.0", id())), "12/QĐ-UBND");
    let beside = reference.as_str().expect("text").split('.').next();
    let beside = issued(&json!(format!("{}.0", beside.expect("a journal"))), "1/A");
    let unnumbered = issued(reference, "của ông A");
    for (told, secret, second, status, code) in [
        (&number, stranger, at, 401, "DOCUMENT_SIGNATURE_WRONG"),
        (&number, SECRET, at - 400, 401, "DOCUMENT_NOTICE_STALE"),
        (&elsewhere, SECRET, at, 422, "DOCUMENT_REFERENCE_UNKNOWN"),
        (&beside, SECRET, at, 422, "DOCUMENT_REFERENCE_UNKNOWN"),
        (&unnumbered, SECRET, at, 400, "DOCUMENT_NOTICE_MALFORMED"),
    ] {
        let (answered, body) = town.says(told, secret, second).await;
        assert_eq!((answered, body["code"].as_str()), (status, Some(code)));
        assert!(body["messageVi"].is_string());
    }
    let first = town.says(&number, SECRET, at).await;
    assert_eq!((first.0, &first.1["code"]), (200, &json!("RECORDED")));
    assert_eq!(town.says(&number, SECRET, at).await, first);
    let (status, body) = town
        .says(&issued(reference, "13/QĐ-UBND"), SECRET, at)
        .await;
    assert_eq!(
        (status, &body["code"]),
        (409, &json!("IDEMPOTENCY_CONFLICT"))
    );
    town.results_become(&json!([{"number": "12/QĐ-UBND", "standing": "VALID"}]))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_system_refuses_or_the_clerk_has_numbered_is_left_to_the_clerk() {
    let town = Town::given().await;
    town.registrar.is(Mood::Refuses);
    town.sign().await;
    let told = town.becomes_told("document.register", 1).await;
    let by_hand = json!({"number": "5/QĐ-UBND"});
    town.act(Role::Clerk, "issueResult", by_hand).await;
    let number = issued(&told[0]["data"]["reference"], "6/QĐ-UBND");
    let (status, body) = town.says(&number, SECRET, now()).await;
    assert_eq!((status, &body["code"]), (409, &json!("ALREADY_RECORDED")));
    let numbered = json!([{"number": "5/QĐ-UBND", "standing": "VALID"}]);
    assert_eq!(town.results().await, numbered);
}

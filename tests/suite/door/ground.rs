//! A served office with one accepted dossier and a log that is sealed when the test says so.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use motcua::api::log::Readers;
use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::dossier::DossierCommand;
use motcua::integrity::{Integrity, Place, Role as Signing, Sealer};
use motcua::journal::Location;
use motcua::projections::ReadModels;
use motcua::projections::tracking;
use motcua::tlog::{Hash, KeyKind, Policy, SigningKey, VerifierKey, cosignature};
use motcua::web::{self, Web};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client;
use crate::integrity::ground::by_hand_in;
use crate::office::{self, OFFICE};

/// When the tests' witness speaks: 14 November 2023, 22:13:20 UTC.
const WITNESSED_AT: u64 = 1_700_000_000;

pub struct Door {
    pub base: String,
    pub code: String,
    pub dossier: Uuid,
    pub api: Api,
    pub integrity: Integrity,
    sealer: Sealer,
    journal_file: PathBuf,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Nothing is sealed yet; entries are for auditors.
pub async fn given_an_office() -> Door {
    given_an_office_with(Readers::Auditors, None).await
}

/// With a witness whose word its policy asks for.
pub async fn given_a_witnessed_office() -> Door {
    let seed = [9; 32];
    let witness = SigningKey::from_seed("witness.example.org/w1", &seed, KeyKind::Witness);
    given_an_office_with(Readers::Auditors, Some(witness.expect("a key"))).await
}

pub async fn given_an_office_with(readers: Readers, witness: Option<SigningKey>) -> Door {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (data, keys) = (folder.path().join("data"), folder.path().join("keys"));
    let journal_file = data.join("journal.db");
    let location = Location::Sqlite(journal_file.clone());
    let node = office::node(&location, &keys).await;
    let place = Place {
        data: data.clone(),
        keys,
        journal: location,
        policy: witness.as_ref().map(|_| folder.path().join("policy")),
    };
    let (integrity, sealer) = proof(&place, &node.journal, witness).await;
    let opened = ReadModels::open(&data, node.journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let api = Api::new(node.counter, models, node.journal, node.vault, &node.keys)
        .with_log(integrity.clone(), readers);
    let base = serve(&api).await;
    let mut door = Door {
        base,
        code: String::new(),
        dossier: Uuid::nil(),
        api,
        integrity,
        sealer,
        journal_file,
        stop,
        _folder: folder,
    };
    (door.dossier, door.code) = door.accept().await;
    door
}

/// The proof of a node. A policy needs the log's key, which the first opening makes.
async fn proof(
    place: &Place,
    journal: &motcua::journal::Journal,
    witness: Option<SigningKey>,
) -> (Integrity, Sealer) {
    let Some(witness) = witness else {
        let opened = Integrity::open(place, journal.clone(), Signing::Signer).await;
        return opened.expect("the proof opens");
    };
    let unwitnessed = Place {
        policy: None,
        ..place.clone()
    };
    let opened = Integrity::open(&unwitnessed, journal.clone(), Signing::Signer).await;
    let (integrity, sealer) = opened.expect("the proof opens");
    let key = integrity.vkey().expect("a key");
    drop((integrity, sealer));
    let policy = format!("log {key}\nwitness w1 {}\nquorum w1\n", witness.verifier());
    let path = place.policy.as_ref().expect("a path");
    std::fs::write(path, policy).expect("written");
    let opened = Integrity::open(place, journal.clone(), Signing::Signer).await;
    let (integrity, sealer) = opened.expect("the proof opens");
    let ask: motcua::integrity::Ask = std::sync::Arc::new(move |question| {
        let body = question.signed.note().text.clone();
        let line = cosignature::cosign(&body, &witness, WITNESSED_AT).expect("cosigned");
        Box::pin(async move { vec![line] })
    });
    (integrity, sealer.with_witnesses(ask))
}

/// All doors of a node on a port of its own: the address.
pub async fn serve(api: &Api) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let pages = Web::new(api.clone(), [7; 32], None);
    let router = api::router(api.clone()).merge(web::router(pages));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    base
}

impl Door {
    /// Takes in another dossier: its id and code.
    pub async fn accept(&self) -> (Uuid, String) {
        let (dossier, request) = office::acceptance(office::id(), "Công dân 000123");
        let receipt = self
            .api
            .counter()
            .expect("a counter")
            .submit(request)
            .await
            .expect("accepted");
        self.then_shown(receipt.size()).await;
        let row = tracking::by_id(&self.api.models, dossier).await;
        let row = row.expect("a row").expect("a dossier");
        (dossier, row.code.expect("a code"))
    }

    pub async fn act(&self, role: Role, command: DossierCommand) {
        let request = office::on(self.dossier, role, command);
        let receipt = self
            .api
            .counter()
            .expect("a counter")
            .submit(request)
            .await
            .expect("done");
        self.then_shown(receipt.size()).await;
    }

    async fn then_shown(&self, size: u64) {
        let wait = Duration::from_secs(10);
        assert!(self.api.models.reach(size - 1, wait).await, "not shown");
    }

    /// Seals and publishes everything that is recorded; its size.
    pub async fn seal(&mut self) -> u64 {
        self.sealer.step().await.expect("sealed");
        let published = self.integrity.published().expect("published");
        published.checkpoint.size
    }

    pub fn vkey(&self) -> VerifierKey {
        self.integrity.vkey().expect("a key")
    }

    pub fn policy(&self) -> Policy {
        self.integrity.policy().expect("a policy")
    }

    /// Position of the dossier's acceptance.
    pub async fn accepted_at(&self) -> u64 {
        let changes = motcua::projections::history::of_dossier(&self.api.models, self.dossier);
        let changes = changes.await.expect("a history");
        let accepted = changes
            .iter()
            .find(|change| change.fact.event.kind() == "dossier.accepted");
        accepted.expect("accepted").entry.position
    }

    /// What a superuser may do to a body, past every guard.
    pub async fn edit(&self, position: u64, from: &str, to: &str) {
        let sql = format!(
            "drop trigger entry_is_never_updated;
             update entry set body = cast(replace(cast(body as text), '{from}', '{to}') as blob)
             where position = {position}"
        );
        by_hand_in(&self.journal_file, &sql).await;
    }

    /// The vault takes nothing any more.
    pub async fn without_a_vault(&self) {
        let file = self.journal_file.with_file_name("vault.db");
        by_hand_in(&file, "alter table part rename to gone").await;
    }

    pub fn token(&self, role: Role, office: &str) -> String {
        let actor = Actor::new(format!("{}-01", role.name()), office, role);
        self.api.sign_in.issue(&actor, Duration::from_mins(1))
    }

    /// A request that is answered as it was sent: nothing is unpacked, no redirection followed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let client = client::builder()
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none());
        let client = client.build().expect("a client");
        client.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Response {
        let sent = self.request(Method::GET, path).send();
        sent.await.expect("an answer")
    }

    pub async fn text(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.text().await.expect("a text")
    }

    /// The data of a query that must succeed.
    pub async fn ask(&self, role: Option<Role>, query: &str) -> Value {
        self.ask_with(role, query, &Value::Null).await
    }

    /// The same of a document with variables.
    pub async fn ask_with(&self, role: Option<Role>, query: &str, variables: &Value) -> Value {
        let mut request = self.request(Method::POST, "/graphql");
        if let Some(role) = role {
            let office = match role {
                Role::Auditor | Role::Admin | Role::ProcedureController => NO_OFFICE,
                _ => OFFICE,
            };
            request = request.bearer_auth(self.token(role, office));
        }
        let body = serde_json::json!({ "query": query, "variables": variables });
        let answer = request.json(&body).send().await.expect("an answer");
        let mut answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }
}

/// A header as text.
#[track_caller]
pub fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    let value = value.unwrap_or_else(|| panic!("no {name}"));
    value.to_str().expect("plain text")
}

/// Refused with this status and code, in both languages, and not to be kept.
#[track_caller]
pub fn then_refused(response: Response, status: u16, code: &str) -> impl Future<Output = ()> {
    let path = response.url().path().to_owned();
    assert_eq!(response.status().as_u16(), status, "{path}");
    assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
    let code = code.to_owned();
    async move {
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body["code"], code, "{path}");
        for language in ["messageVi", "messageEn"] {
            assert!(body[language].as_str().is_some_and(|text| !text.is_empty()));
        }
    }
}

/// Hashes out of the bytes of a tile.
pub fn hashes(tile: &[u8]) -> Vec<Hash> {
    tile.as_chunks().0.to_vec()
}

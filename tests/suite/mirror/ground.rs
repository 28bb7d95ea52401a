//! An office that is served, and copies of it that are served beside it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use motcua::acts::Premises;
use motcua::api::log::Readers;
use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role as Person};
use motcua::integrity::{Integrity, Place, Role, Sealer};
use motcua::journal::{Journal, Location};
use motcua::projections::ReadModels;
use motcua::vault::Keys;
use motcua::web::{self, Web};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::client::client;
use crate::office::{self, OFFICE};

/// Doors on a loopback port, closed when dropped.
pub struct Doors {
    pub api: Api,
    pub url: String,
    sealer: Sealer,
    stop: CancellationToken,
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn place(folder: &Path) -> Place {
    Place {
        data: folder.to_owned(),
        keys: folder.with_extension("keys"),
        journal: Location::Sqlite(folder.join("journal.db")),
        policy: None,
    }
}

/// The office's own node in `folder`, which signs its log.
pub async fn own(folder: &Path) -> Doors {
    let place = place(folder);
    let node = office::node(&place.journal, &place.keys).await;
    let stop = CancellationToken::new();
    let models = follow(folder, &node.journal, &stop).await;
    let journal = node.journal.clone();
    let api = Api::new(node.counter, models, node.journal, node.vault, &node.keys);
    open(api, &place, journal, Role::Signer, stop).await
}

/// A node on the copy in `folder`, with read models and keys of its own.
pub async fn copy(folder: &Path) -> Doors {
    let place = place(folder);
    let journal = Journal::open_read_only(&place.journal).await;
    let journal = journal.expect("a copy");
    let office = Premises::enter(&journal).await.expect("an office");
    let keys = Keys::load_or_create(&place.keys).expect("keys");
    let stop = CancellationToken::new();
    let models = follow(folder, &journal, &stop).await;
    let api = Api::read_only(office, models, journal.clone(), &keys);
    open(api, &place, journal, Role::Reader, stop).await
}

async fn follow(folder: &Path, journal: &Journal, stop: &CancellationToken) -> ReadModels {
    let opened = ReadModels::open(folder, journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    tokio::spawn(projector.run(stop.clone()));
    models
}

async fn open(
    api: Api,
    place: &Place,
    journal: Journal,
    role: Role,
    stop: CancellationToken,
) -> Doors {
    let opened = Integrity::open(place, journal, role).await;
    let (integrity, sealer) = opened.expect("the proof opens");
    let api = api.with_log(integrity, Readers::Everybody);
    let pages = Web::new(api.clone(), [7; 32], Some("https://office.example".into()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = api::router(api.clone()).merge(web::router(pages));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let until = stop.clone().cancelled_owned();
    tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(until)
            .await
    });
    Doors {
        api,
        url,
        sealer,
        stop,
    }
}

impl Doors {
    /// Signs and publishes what is there.
    pub async fn seal(&mut self) {
        self.sealer.step().await.expect("it is sealed");
    }

    pub fn token(&self, role: Person) -> String {
        let office = match role {
            Person::Auditor | Person::Applicant | Person::Admin => NO_OFFICE,
            _ => OFFICE,
        };
        let actor = Actor::new(format!("{}-01", role.name()), office, role);
        self.api.sign_in.issue(&actor, Duration::from_mins(10))
    }

    /// Waits until these doors show a journal of this size.
    pub async fn shows(&self, size: u64) {
        let last = size.saturating_sub(1);
        assert!(self.api.models.reach(last, Duration::from_secs(20)).await);
    }

    /// The exact text of the answer to a document.
    pub async fn answer(&self, role: Option<Person>, document: &str, variables: &Value) -> String {
        let mut request = client()
            .post(format!("{}/graphql", self.url))
            .header("accept", "application/graphql-response+json")
            .json(&json!({"query": document, "variables": variables}));
        if let Some(role) = role {
            request = request.bearer_auth(self.token(role));
        }
        let response = request.send().await.expect("an answer");
        response.text().await.expect("a text")
    }

    /// The exact text of a page.
    pub async fn page(&self, role: Option<Person>, path: &str) -> (StatusCode, String) {
        let mut request = client().get(format!("{}{path}", self.url));
        if let Some(role) = role {
            request = request.bearer_auth(self.token(role));
        }
        let response = request.send().await.expect("an answer");
        let status = response.status();
        (status, response.text().await.expect("a text"))
    }
}

//! Bearer tokens of an identity provider and keys of machines at the GraphQL door: what opens it, and what does not.

mod following;
mod issuer;
mod machines;
mod rotation;
mod tokens;

use std::time::Duration;

use motcua::api::sign_in::oidc::{Provider, Settings};
use motcua::api::sign_in::service::ServiceKeys;
use motcua::api::{self, Api};
use motcua::domain::actor::Role;
use motcua::journal::Location;
use motcua::projections::ReadModels;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::client;
use crate::office;

/// What tokens for the office's API are for.
const AUDIENCE: &str = "https://motcua.example.vn/api";
/// Answered to a receiver, and to nobody who is nobody.
const WORKLIST: &str = "{ worklist { edges { node { code } } } }";

/// An office that takes tokens of a provider, and keys of machines.
struct Office {
    url: String,
    api: Api,
    client: reqwest::Client,
    stop: CancellationToken,
    folder: tempfile::TempDir,
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn given_an_office(issuer: &str) -> Office {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let node = office::node(&location, &folder.path().join("keys")).await;
    let read = folder.path().join("read");
    let opened = ReadModels::open(&read, node.journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let settings = Settings {
        issuer: issuer.into(),
        client_id: "motcua".into(),
        audience: AUDIENCE.into(),
        client_secret: None,
        id_claim: "sub".into(),
        role_claim: "duty".into(),
        office_claim: "unit".into(),
        roles: vec![
            ("tiep-nhan".into(), Role::Receiver),
            ("van-thu".into(), Role::Clerk),
            ("cong-dan".into(), Role::Applicant),
        ],
        citizen_key: node.keys.derive(Settings::CITIZEN_KEY),
    };
    let mut api = Api::new(node.counter, models, node.journal, node.vault, &node.keys);
    // A client makes its choice of cryptography before the first is built.
    let client = client::client();
    let provider = Provider::new(settings).expect("settings that can work");
    let keys = ServiceKeys::new(folder.path().join("service"));
    api.sign_in = api.sign_in.with_provider(provider).with_service_keys(keys);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = api::router(api.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Office {
        url,
        api,
        client,
        stop,
        folder,
    }
}

impl Office {
    async fn ask(&self, token: &str, query: &str) -> (StatusCode, Value) {
        self.ask_with(token, query, json!({})).await
    }

    async fn ask_with(&self, token: &str, query: &str, variables: Value) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}/graphql", self.url));
        let request = request
            .header("accept", "application/graphql-response+json")
            .bearer_auth(token)
            .timeout(Duration::from_secs(20));
        let body = json!({"query": query, "variables": variables});
        let answer = request.json(&body).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    #[track_caller]
    fn opens(&self, token: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let (status, body) = self.ask(token, WORKLIST).await;
            assert_eq!(status, StatusCode::OK, "{place}: {body}");
            assert_eq!(body.get("errors"), None, "{place}: {body}");
        }
    }
}

/// Status, code and message of a request that was refused.
fn refusal((status, body): (StatusCode, Value)) -> (StatusCode, String, String) {
    assert_eq!(body.get("data"), None, "{body}");
    let error = &body["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        status,
        text(&error["extensions"]["code"]),
        text(&error["message"]),
    )
}

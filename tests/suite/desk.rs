//! The officer's desk over HTTP: trusted documents, pages by role, and what is offered to whom.

use motcua::api::{self, http::Documents, http::documents};
use motcua::domain::actor::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client;
use crate::office;
use crate::web::{Served, given_a_served_office};

/// What somebody finds at an address: status and text.
async fn page(served: &Served, role: Role, path: &str) -> (StatusCode, String) {
    let cookie = format!("{}={}", api::sign_in::COOKIE, served.token(role));
    let client = client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let request = client.get(format!("{}{path}", served.base));
    let answer = request.header("cookie", cookie).send().await;
    let answer = answer.expect("an answer");
    (answer.status(), answer.text().await.expect("a text"))
}

async fn post(served: &Served, base: &str, role: Option<Role>, body: Value) -> Value {
    let mut request = client::client().post(format!("{base}/graphql")).json(&body);
    if let Some(role) = role {
        request = request.bearer_auth(served.token(role));
    }
    let answer = request.send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or("none")
}

fn id(name: &str) -> &'static str {
    &documents::by_name(name).expect("a document").id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_answered_by_its_name_and_an_unknown_name_is_told() {
    let served = given_a_served_office().await;
    let (base, variables) = (served.base.as_str(), json!({ "code": served.code }));
    let asked = json!({ "documentId": id("tracking"), "variables": variables });
    let answer = post(&served, base, None, asked).await;
    assert_eq!(answer["data"]["tracking"]["code"], served.code, "{answer}");
    let parameters = [
        ("documentId", id("tracking").to_owned()),
        ("variables", variables.to_string()),
    ];
    let got = client::client()
        .get(format!("{base}/graphql"))
        .query(&parameters);
    let got: Value = got
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(got, answer);

    let unknown = json!({ "documentId": "sha256:00", "variables": {} });
    let unknown = post(&served, base, None, unknown).await;
    assert_eq!(code(&unknown), "PERSISTED_QUERY_NOT_FOUND");
    let vietnamese = unknown["errors"][0]["extensions"]["messageVi"].as_str();
    assert!(vietnamese.expect("a message").contains("documentId"));
    let both = json!({ "documentId": id("tracking"), "query": "{ journal { size } }" });
    assert_eq!(code(&post(&served, base, None, both).await), "BAD_REQUEST");
    let parameters = [("documentId", id("accept"))];
    let written = client::client()
        .get(format!("{base}/graphql"))
        .query(&parameters);
    let written = written.send().await.expect("an answer");
    assert_eq!(written.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_trusts_its_own_documents_answers_no_other() {
    let served = given_a_served_office().await;
    let trusting = served.api.clone().with_documents(Documents::Trusted);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, api::router(trusting)).await });
    let text = documents::by_name("tracking")
        .expect("a document")
        .text
        .as_str();
    let variables = json!({ "code": served.code });
    let free = json!({ "query": text, "variables": variables });
    let refused = post(&served, &base, None, free.clone()).await;
    assert_eq!(code(&refused), "UNTRUSTED_DOCUMENT");
    let named = json!({ "documentId": id("tracking"), "variables": variables });
    let answer = post(&served, &base, None, named).await;
    assert_eq!(answer["data"]["tracking"]["code"], served.code);
    let open = post(&served, &served.base, None, free).await;
    assert_eq!(open["data"]["tracking"]["code"], served.code);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_names_every_document_and_each_fits_the_schema() {
    let served = given_a_served_office().await;
    let manifest = served.get("/graphql/documents.json").await;
    let manifest: Value = manifest.json().await.expect("JSON");
    let named = manifest.as_object().expect("names");
    assert_eq!(
        named.len(),
        documents::files(),
        "a file that does not parse"
    );
    assert_eq!(named["desk/worklist"]["id"], id("desk/worklist"));
    let misfit = json!({ "query": "query($code: String!) { tracking(code: $code) { nothing } }" });
    let misfit = post(&served, &served.base, None, misfit).await;
    assert_eq!(code(&misfit), "GRAPHQL_VALIDATION_FAILED");
    for (name, entry) in named {
        let asked = json!({ "documentId": entry["id"], "variables": { "code": served.code } });
        let answer = post(&served, &served.base, Some(Role::Receiver), asked).await;
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        for error in errors {
            let message = error["message"].as_str().unwrap_or_default();
            // Variables are not given here; everything else about a document must be right.
            let of_variables = message.contains("ariable")
                || message.starts_with("Invalid value")
                // A subscription is asked for in another way.
                || message.contains("text/event-stream");
            let code = &error["extensions"]["code"];
            assert!(
                code != "GRAPHQL_VALIDATION_FAILED" || of_variables,
                "{name}: {message}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_at_the_desk_what_is_theirs_and_nothing_else() {
    let served = given_a_served_office().await;
    let dossier = format!("/desk/d/{}?lang=en", served.code);
    let offered = |text: &str, command: &str| text.contains(&format!("id=\"act-{command}\""));

    let (status, list) = page(&served, Role::Receiver, "/desk?lang=en").await;
    assert_eq!(status, StatusCode::OK);
    assert!(list.contains(&format!("data-code=\"{}\"", served.code)));
    assert!(list.contains("value=\"forward\"") && !list.contains("plain:SIGN_RESULT"));
    let (_, signers) = page(&served, Role::Signer, "/desk").await;
    assert!(signers.contains("plain:SIGN_RESULT") && !signers.contains("id=\"to-new\""));
    let (_, mine) = page(&served, Role::Signer, "/desk?who=mine").await;
    assert!(!mine.contains(&format!("data-code=\"{}\"", served.code)));

    let (status, text) = page(&served, Role::Receiver, &dossier).await;
    assert_eq!(status, StatusCode::OK);
    assert!(offered(&text, "forwardDossier") && offered(&text, "redirectDossier"));
    assert!(!offered(&text, "signResult") && !offered(&text, "acceptDossier"));
    assert!(
        text.contains("Công dân 000123"),
        "the counter knows whom it serves"
    );
    let (_, text) = page(&served, Role::DivisionHead, &dossier).await;
    assert!(offered(&text, "assignHandler") && !offered(&text, "forwardDossier"));
    let (_, text) = page(&served, Role::Clerk, &dossier).await;
    assert!(!text.contains("Công dân 000123") && text.contains("id=\"applicant\""));
    let (_, text) = page(&served, Role::Auditor, &dossier).await;
    assert!(!text.contains("id=\"act-"), "an auditor acts on nothing");
    assert_eq!(
        page(&served, Role::Applicant, &dossier).await.0,
        StatusCode::FORBIDDEN
    );

    let (status, text) = page(&served, Role::Receiver, "/desk/new").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains(&format!("<option value=\"{}\"", office::PROCEDURE)));
    assert_eq!(
        page(&served, Role::Signer, "/desk/new").await.0,
        StatusCode::FORBIDDEN
    );
    let found = format!("/desk/find?code=%20{}", served.code.to_lowercase());
    assert_eq!(
        page(&served, Role::Receiver, &found).await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        page(&served, Role::Receiver, "/worklist").await.0,
        StatusCode::SEE_OTHER
    );
    let picture = format!("/desk/qr.svg?code={}&k=ABC", served.code);
    let (status, svg) = page(&served, Role::Receiver, &picture).await;
    assert_eq!(status, StatusCode::OK);
    assert!(svg.starts_with("<svg xmlns="), "{svg}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_desk_offers_is_taken_and_then_offered_no_more() {
    let served = given_a_served_office().await;
    let actions = async || {
        let query = "query($code: String!) { dossier(by: {code: $code}) {
            version actions { command needsReason needsBasis needsApprover form label { vi en } } } }";
        let asked = json!({ "query": query, "variables": { "code": served.code } });
        let answer = post(&served, &served.base, Some(Role::Receiver), asked).await;
        answer["data"]["dossier"].clone()
    };
    let before = actions().await;
    let named = |dossier: &Value, command: &str| {
        let mut all = dossier["actions"].as_array().expect("actions").iter();
        all.find(|one| one["command"] == command).cloned()
    };
    let forward = named(&before, "forwardDossier").expect("it can be forwarded");
    assert_eq!(forward["form"], "06");
    assert_eq!(forward["needsReason"], false);
    let redirect = named(&before, "redirectDossier");
    assert!(redirect.is_none_or(|redirect| redirect["needsReason"] == true));
    let input = json!({
        "commandId": office::id(), "dossier": served.code,
        "expectedVersion": before["version"], "to": "handler-01",
    });
    let asked = json!({ "documentId": id("desk/forwardDossier"), "variables": { "input": input } });
    let answer = post(&served, &served.base, Some(Role::Receiver), asked.clone()).await;
    assert_eq!(
        answer["data"]["forwardDossier"]["errors"],
        json!([]),
        "{answer}"
    );
    let after = actions().await;
    assert!(named(&after, "forwardDossier").is_none(), "{after}");
    assert!(named(&after, "requestSupplement").is_some_and(|one| one["needsReason"] == true));

    let mut stale = asked;
    stale["variables"]["input"]["commandId"] = json!(office::id());
    let answer = post(&served, &served.base, Some(Role::Receiver), stale).await;
    let error = &answer["data"]["forwardDossier"]["errors"][0];
    assert_eq!(
        (&error["code"], &error["currentVersion"]),
        (&json!("CONFLICT"), &after["version"])
    );
    let moved = json!({ "documentId": id("desk/moved"), "variables": { "code": served.code } });
    let moved = post(&served, &served.base, Some(Role::Receiver), moved).await;
    let facts = moved["data"]["dossier"]["history"]["nodes"]
        .as_array()
        .expect("facts")
        .len();
    assert_eq!(json!(facts), after["version"]);
}

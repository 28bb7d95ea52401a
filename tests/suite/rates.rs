//! How much one caller may ask for, and what is said to who asks for more.

use std::net::SocketAddr;

use motcua::api::http::limits::Limits;
use motcua::api::rates::Settings;
use motcua::api::{self, Api};
use motcua::web::{self, Web};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::client;
use crate::door::ground::{Door, given_an_office};

/// The same office behind one proxy, with little to spend.
async fn given_a_thrifty_door() -> (Door, String) {
    let door = given_an_office().await;
    let settings = Settings {
        rate_address: 10,
        rate_token: 0,
        rate_look_ups: 5,
        rate_files: 2,
        trusted_proxies: 1,
    };
    let limits = Limits {
        tokens: 200,
        origins: vec!["https://tra-cuu.example.org".to_owned()],
        ..Limits::default()
    };
    let api: Api = door.api.clone().with_limits(limits, &settings);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let pages = Web::new(api.clone(), [7; 32], None);
    let router = api::router(api).merge(web::router(pages));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    (door, base)
}

async fn ask(base: &str, from: &str, query: &str) -> (reqwest::Response, StatusCode) {
    let asked = client()
        .post(format!("{base}/graphql"))
        .header("x-forwarded-for", from)
        .json(&json!({"query": query}));
    let response = asked.send().await.expect("an answer");
    let status = response.status();
    (response, status)
}

async fn body(response: reqwest::Response) -> Value {
    response.json().await.expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_what_it_cost_and_who_has_spent_all_is_told_when_to_come_back() {
    let (_door, base) = given_a_thrifty_door().await;
    let dear = "{ procedures(first: 90) { nodes { code } } }";
    let (first, _) = ask(&base, "192.0.2.1", dear).await;
    let first = body(first).await;
    let cost = &first["extensions"]["cost"];
    assert!(
        cost["requested"].as_u64().is_some_and(|points| points > 90),
        "{first}"
    );
    assert_eq!(
        cost["throttle"],
        json!({"maximum": 200, "restoredPerSecond": 10})
    );
    let mut refused = None;
    for _ in 0..3 {
        let (response, status) = ask(&base, "192.0.2.1", dear).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait = response.headers()["retry-after"]
                .to_str()
                .expect("text")
                .to_owned();
            refused = Some((wait, body(response).await));
        }
    }
    let (wait, told) = refused.expect("it is too much some time");
    let error = &told["errors"][0];
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED", "{told}");
    assert_eq!(error["extensions"]["retryAfter"].to_string(), wait);
    assert!(
        error["extensions"]["messageVi"]
            .as_str()
            .is_some_and(|text| text.contains("quá nhiều"))
    );
    assert_eq!(told["data"], Value::Null, "nothing was answered");
    let (_, other) = ask(&base, "192.0.2.2", dear).await;
    assert_eq!(other, StatusCode::OK, "another address has its own");
    let (_, local) = ask(&base, "127.0.0.1", dear).await;
    assert_eq!(local, StatusCode::OK, "the machine itself is not counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_not_tried_one_after_another_and_the_key_on_the_receipt_is_not_counted() {
    let (door, base) = given_a_thrifty_door().await;
    let track = |number: usize| {
        format!("{{ tracking(code: \"H38.40.01-260101-{number:04}\") {{ code }} }}")
    };
    for number in 1..=5 {
        let (response, _) = ask(&base, "192.0.2.9", &track(number)).await;
        assert_eq!(body(response).await["data"], json!({"tracking": null}));
    }
    let (response, _) = ask(&base, "192.0.2.9", &track(6)).await;
    assert!(response.headers().contains_key("retry-after"));
    let refused = body(response).await;
    assert_eq!(refused["errors"][0]["extensions"]["reason"], "LOOK_UPS");
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "RATE_LIMITED",
        "{refused}"
    );
    let page = |path: String| {
        let asked = client()
            .get(format!("{base}{path}"))
            .header("x-forwarded-for", "192.0.2.9");
        async { asked.send().await.expect("an answer") }
    };
    for (path, of) in [("t", ""), ("history", ""), ("t", "/proof")] {
        let refused = page(format!("/{path}/{}{of}", door.code)).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(refused.headers().contains_key("retry-after"));
        let text = refused.text().await.expect("a page");
        assert!(
            text.contains("RATE_LIMITED") && text.contains("QR"),
            "{text}"
        );
    }
    let wrong = page(format!("/t/{}?k=AAAAAAAAAAAAAAAA", door.code)).await;
    assert_eq!(
        wrong.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "a wrong key is no key"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_longer_than_the_setting_is_refused_before_it_is_parsed() {
    let (_door, base) = given_a_thrifty_door().await;
    let (response, _) = ask(
        &base,
        "127.0.0.1",
        &format!("{{ {} }}", "journal { id } ".repeat(60)),
    )
    .await;
    let refused = body(response).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED",
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_answer_by_get_may_be_kept_and_asked_for_again_by_its_tag() {
    let (door, base) = given_a_thrifty_door().await;
    let url = reqwest::Url::parse_with_params(
        &format!("{base}/graphql"),
        [("query", "{ journal { id size } }")],
    );
    let url = url.expect("an address");
    let get = |tag: Option<String>, token: Option<String>| {
        let mut asked = client().get(url.clone());
        if let Some(tag) = tag {
            asked = asked.header("if-none-match", tag);
        }
        if let Some(token) = token {
            asked = asked.bearer_auth(token);
        }
        async { asked.send().await.expect("an answer") }
    };
    let first = get(None, None).await;
    assert_eq!(first.headers()["cache-control"], "public, max-age=5");
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    let again = get(Some(tag.clone()), None).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.text().await.expect("a body"), "");
    door.accept().await;
    assert_eq!(
        get(Some(tag.clone()), None).await.status(),
        StatusCode::OK,
        "it is another answer now"
    );
    let receiver = crate::office::actor(motcua::domain::actor::Role::Receiver);
    let token = door
        .api
        .sign_in
        .issue(&receiver, std::time::Duration::from_mins(1));
    let own = get(None, Some(token)).await;
    assert_eq!(own.headers()["cache-control"], "no-store");
    assert!(!own.headers().contains_key("etag"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_origins_named_may_ask_and_others_may_not() {
    let (_door, base) = given_a_thrifty_door().await;
    let preflight = |origin: &'static str| {
        let asked = client()
            .request(reqwest::Method::OPTIONS, format!("{base}/graphql"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        async { asked.send().await.expect("an answer") }
    };
    let named = preflight("https://tra-cuu.example.org").await;
    assert_eq!(
        named.headers()["access-control-allow-origin"],
        "https://tra-cuu.example.org"
    );
    assert!(
        !named
            .headers()
            .contains_key("access-control-allow-credentials")
    );
    let other = preflight("https://evil.example.org").await;
    assert!(!other.headers().contains_key("access-control-allow-origin"));
}

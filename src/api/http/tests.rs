use async_graphql::{EmptySubscription, Object, Schema};
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::*;
use crate::api::error::{Answered, Problem};
use crate::domain::actor::{Actor, Role};

struct Query;

#[Object]
impl Query {
    async fn greeting(&self, name: Option<String>) -> String {
        format!("hello {}", name.unwrap_or_default())
    }

    async fn who(&self, context: &async_graphql::Context<'_>) -> Option<String> {
        let actor = context.data_unchecked::<Option<Actor>>();
        actor.as_ref().map(|actor| actor.id.clone())
    }

    async fn broken(&self) -> Answered<bool> {
        Some(Err(Problem::internal(anyhow::anyhow!("password=s3cret"))))
    }

    async fn on(&self, day: crate::api::scalar::Day) -> Option<crate::api::scalar::Day> {
        Some(day)
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn act(&self) -> bool {
        true
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn code(&self) -> &str {
        let code = self.body.pointer("/errors/0/extensions/code");
        code.and_then(Value::as_str).unwrap_or_default()
    }
}

const NEW: &str = "application/graphql-response+json";

fn sign_in() -> SignIn {
    SignIn::new(&[7; 32])
}

/// A door to a schema.
pub fn endpoint<E>(schema: E) -> Endpoint<E> {
    Endpoint {
        schema,
        sign_in: sign_in(),
        documents: Documents::Open,
        streams: Streams::new(1, CancellationToken::new()),
        limits: Arc::default(),
        rates: Rates::new(&crate::api::rates::Settings::unlimited()),
        here: None,
        kept: Kept::default(),
    }
}

async fn send(request: Request<Body>) -> Answer {
    let endpoint = endpoint(Schema::new(Query, Mutation, EmptySubscription));
    let response = graphql(State(endpoint), request).await;
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).expect("JSON"),
    }
}

fn post(body: impl Into<Body>) -> axum::http::request::Builder {
    let _ = body.into();
    Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, NEW)
}

async fn asked(body: Value) -> Answer {
    send(
        post(())
            .body(Body::from(body.to_string()))
            .expect("a request"),
    )
    .await
}

async fn got(parameters: &str) -> Answer {
    let uri = format!("/graphql?{parameters}");
    send(Request::get(uri).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_query_is_answered_in_the_type_the_client_wants_and_its_id_comes_back() {
    let request = post(()).header(REQUEST_ID, "abc-1");
    let body =
        json!({"query": "query($n: String) { greeting(name: $n) }", "variables": {"n": "you"}});
    let answer = send(
        request
            .body(Body::from(body.to_string()))
            .expect("a request"),
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body, json!({"data": {"greeting": "hello you"}}));
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        format!("{NEW}; charset=utf-8")
    );
    assert_eq!(answer.headers[REQUEST_ID], "abc-1");
    assert!(
        asked(json!({"query": "{greeting}"}))
            .await
            .headers
            .contains_key(REQUEST_ID)
    );
}

#[tokio::test]
async fn get_serves_queries_by_name_and_never_mutations() {
    let answer = got("query=query+a{greeting}query+b{who}&operationName=b").await;
    assert_eq!(answer.body, json!({"data": {"who": null}}));
    let answer = got("query=mutation{act}").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers[header::ALLOW], "POST");
    let answer = got("query=query+q{greeting}mutation+m{act}&operationName=m").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        got("query={greeting}&variables=[]").await.code(),
        "BAD_REQUEST"
    );
}

#[tokio::test]
async fn what_is_no_graphql_request_is_refused_with_its_own_code() {
    for body in [
        json!([{"query": "{greeting}"}]),
        json!("x"),
        json!({}),
        json!({"query": 1}),
    ] {
        let answer = asked(body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, "BAD_REQUEST")
        );
    }
    let large =
        json!({"query": "{greeting}", "variables": {"n": "x".repeat(Limits::default().body)}});
    let answer = asked(large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let text = Request::post("/graphql").header(header::CONTENT_TYPE, "text/plain");
    let answer = send(text.body(Body::from("{}")).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let put = Request::put("/graphql")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(send(put).await.headers[header::ALLOW], "GET, POST");
    let html = Request::get("/graphql?query={greeting}").header(header::ACCEPT, "text/html");
    let answer = send(html.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn request_errors_have_codes_and_no_data() {
    let told = [
        (json!({"query": "{"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{nothing}"}), "GRAPHQL_VALIDATION_FAILED"),
        (
            json!({"query": "{greeting}", "operationName": "x"}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({"query": "query a{greeting} query b{who}"}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ];
    for (body, code) in told {
        let answer = asked(body.clone()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, code),
            "{body}"
        );
        assert_eq!(answer.body.get("data"), None);
        let old = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        let answer = send(old.body(Body::from(body.to_string())).expect("a request")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, code));
    }
}

#[tokio::test]
async fn an_internal_fault_says_nothing_but_the_request_id() {
    let request = post(()).header(REQUEST_ID, "r-7");
    let body = json!({"query": "{broken greeting}"}).to_string();
    let answer = send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.code(), "INTERNAL_SERVER_ERROR");
    assert_eq!(answer.body["errors"][0]["extensions"]["requestId"], "r-7");
    assert_eq!(
        answer.body["data"],
        json!({"broken": null, "greeting": "hello "})
    );
    assert!(!answer.body.to_string().contains("s3cret"));
}

#[tokio::test]
async fn a_field_whose_argument_cannot_be_read_is_null_beside_the_others() {
    let answer = asked(json!({"query": "{greeting on(day: \"x\")}"})).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    assert_eq!(
        answer.body["data"],
        json!({"greeting": "hello ", "on": null})
    );
}

#[tokio::test]
async fn a_bad_token_is_refused_and_a_good_one_says_who() {
    let actor = Actor::new("signer-1", "H38.40", Role::Signer);
    let token = sign_in().issue(&actor, Duration::from_mins(1));
    let with = |token: &str| post(()).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let body = json!({"query": "{who}"}).to_string();
    let answer = send(
        with(&token)
            .body(Body::from(body.clone()))
            .expect("a request"),
    )
    .await;
    assert_eq!(answer.body["data"]["who"], "signer-1");
    let answer = send(with("x").body(Body::from(body)).expect("a request")).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
    );
}

#[tokio::test]
async fn a_page_does_not_act_as_whoever_signed_in_after_it_was_opened() {
    let actor = Actor::new("signer-1", "H38.40", Role::Signer);
    let token = sign_in().issue(&actor, Duration::from_mins(1));
    let of = |page: &str, signed_in: bool| {
        let request = post(()).header(ACTOR, page);
        let request = if signed_in {
            request.header(header::AUTHORIZATION, format!("Bearer {token}"))
        } else {
            request
        };
        let body = json!({"query": "mutation {act}"}).to_string();
        request.body(Body::from(body)).expect("a request")
    };
    let own = send(of("H38.40/signer-1", true)).await;
    assert_eq!(own.body["data"]["act"], true);
    for other in ["H38.40/signer-2", "H38.41/signer-1", "signer-1", ""] {
        let answer = send(of(other, true)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{other}");
        assert_eq!(answer.code(), "ANOTHER_ACTOR", "{other}");
    }
    let nobody = send(of("H38.40/signer-1", false)).await;
    assert_eq!(nobody.code(), "UNAUTHENTICATED");
}

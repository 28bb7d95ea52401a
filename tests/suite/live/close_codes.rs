//! The protocol `graphql-transport-ws` to the letter: every close code, and what is no reason to close.

use motcua::domain::actor::Role;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::wire::Socket;
use crate::door::ground::given_an_office;
use crate::office;

const PROTOCOL: Option<&str> = Some("graphql-transport-ws");

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_step_closes_with_its_code() {
    let door = given_an_office().await;
    let url = door.base.as_str();
    let init = || Message::text(json!({"type": "connection_init"}).to_string());
    let subscribe = |id: &str| {
        let payload =
            json!({"query": "subscription { boardChanged(office: \"H38.40.01\") { position } }"});
        Message::text(json!({"type": "subscribe", "id": id, "payload": payload}).to_string())
    };
    let stranger =
        json!({"type": "connection_init", "payload": {"Authorization": "Bearer nobody"}});
    let told: [(&str, Vec<Message>, u16); 9] = [
        ("no JSON", vec![Message::text("{")], 4400),
        (
            "an unknown type",
            vec![Message::text(json!({"type": "start"}).to_string())],
            4400,
        ),
        ("bytes", vec![Message::binary(vec![1, 2])], 4400),
        (
            "an operation without an id",
            vec![init(), subscribe("")],
            4400,
        ),
        (
            "an operation before the acknowledgement",
            vec![subscribe("1")],
            4401,
        ),
        (
            "a token that is none",
            vec![Message::text(stranger.to_string())],
            4403,
        ),
        (
            "the same id twice",
            vec![init(), subscribe("1"), subscribe("1")],
            4409,
        ),
        ("a second beginning", vec![init(), init()], 4429),
        (
            "a message of 300 kB",
            vec![Message::text("x".repeat(300_000))],
            1009,
        ),
    ];
    for (what, said, code) in told {
        let mut socket = Socket::connect(url, PROTOCOL).await;
        for message in said {
            socket.say_raw(message).await;
        }
        let mut heard = socket.hear().await;
        while heard.is_ok() {
            heard = socket.hear().await;
        }
        assert_eq!(heard, Err(code), "{what}");
    }
    let mut old = Socket::connect(url, None).await;
    assert_eq!(old.hear().await, Err(4406), "no subprotocol");
    let mut many = Socket::open(url, None).await;
    for number in 0..=10 {
        many.say_raw(subscribe(&number.to_string())).await;
    }
    let mut heard = many.hear().await;
    while heard.is_ok() {
        heard = many.hear().await;
    }
    assert_eq!(heard, Err(4429), "an eleventh operation");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_for_ten_seconds_is_not_waited_for() {
    let door = given_an_office().await;
    let mut silent = Socket::connect(&door.base, PROTOCOL).await;
    assert_eq!(silent.hear().await, Err(4408));
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_commands_and_mistakes_are_answered_and_the_line_stays_open() {
    let door = given_an_office().await;
    let token = door.api.sign_in.issue(
        &office::actor(Role::Receiver),
        std::time::Duration::from_mins(1),
    );
    let mut socket = Socket::open(&door.base, Some(&token)).await;
    socket
        .say(&json!({"type": "ping", "payload": {"a": 1}}))
        .await;
    assert_eq!(
        socket.hear().await,
        Ok(json!({"type": "pong", "payload": {"a": 1}}))
    );
    socket.say(&json!({"type": "pong"})).await;
    socket.subscribe("q", "{ journal { kind } }", None).await;
    let answered = socket.hear().await.expect("open");
    assert_eq!(
        answered,
        json!({"id": "q", "type": "next", "payload": {"data": {"journal": {"kind": "LIVE"}}}})
    );
    assert_eq!(
        socket.hear().await,
        Ok(json!({"id": "q", "type": "complete"}))
    );
    for (query, code) in [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { a: boardChanged(office: \"H38.40.01\") { position } b: boardChanged(office: \"H38.40.01\") { position } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        socket.subscribe("q", query, None).await;
        let refused = socket.hear().await.expect("open");
        assert_eq!(
            (&refused["type"], &refused["id"]),
            (&json!("error"), &json!("q")),
            "{refused}"
        );
        assert_eq!(
            refused["payload"][0]["extensions"]["code"], code,
            "{refused}"
        );
    }
    // An id may be used again as soon as its operation has ended.
    socket.subscribe("q", "{ journal { kind } }", None).await;
    assert_eq!(socket.hear().await.expect("open")["type"], "next");
    assert_eq!(socket.hear().await.expect("open")["type"], "complete");
    socket
        .subscribe(
            "s",
            "subscription { boardChanged(office: \"H38.40.01\") { position } }",
            None,
        )
        .await;
    assert_eq!(socket.hear().await.expect("its place")["type"], "ping");
    socket.say(&json!({"type": "complete", "id": "s"})).await;
    door.accept().await;
    socket.say(&json!({"type": "ping"})).await;
    assert_eq!(
        socket.hear().await,
        Ok(json!({"type": "pong"})),
        "nothing after it was ended"
    );
}

//! Followers on the wire: they read messages, remember the newest token, and are cut off without a word.

use std::collections::VecDeque;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::client::client;

/// What a follower hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A message, as GraphQL gives it.
    Next(Value),
    /// How far it is, with nothing to tell.
    Place(String),
    Complete,
}

/// One subscription by server-sent events.
pub struct Events {
    response: reqwest::Response,
    text: String,
    waiting: VecDeque<Heard>,
}

impl Events {
    /// Begins behind a token, which is sent as a browser sends it.
    pub async fn open(url: &str, token: Option<&str>, query: &str, after: Option<&str>) -> Self {
        let mut request = client()
            .post(format!("{url}/graphql"))
            .header(ACCEPT, "text/event-stream")
            .json(&json!({"query": query}));
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(after) = after {
            request = request.header(HeaderName::from_static("last-event-id"), after);
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
            waiting: VecDeque::new(),
        }
    }

    /// The next thing heard, with its id; none at the end.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some(heard) = self.waiting.pop_front() {
                return Some(heard);
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text
                .push_str(std::str::from_utf8(&chunk).expect("text"));
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                self.waiting.extend(read(&block));
            }
        }
    }
}

/// One block of a stream of events.
fn read(block: &str) -> Option<Heard> {
    let field = |name: &str| {
        let found = block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        found.map(str::trim)
    };
    match (field("event"), field("data"), field("id")) {
        (Some("next"), Some(data), id) => {
            let value: Value = serde_json::from_str(data).expect("JSON");
            if let Some(resume) = value.pointer("/data/told/resume") {
                assert_eq!(resume.as_str(), id, "the id of an event is its token");
            }
            Some(Heard::Next(value))
        }
        (Some("complete"), _, _) => Some(Heard::Complete),
        (None, None, Some(id)) => Some(Heard::Place(id.to_owned())),
        _ => None,
    }
}

type Line = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A connection that speaks `graphql-transport-ws`.
pub struct Socket {
    line: Line,
}

impl Socket {
    pub async fn connect(url: &str, protocol: Option<&str>) -> Self {
        let address = format!("{}/graphql/ws", url.replacen("http", "ws", 1));
        let mut request = address.into_client_request().expect("an address");
        if let Some(protocol) = protocol {
            let protocol = protocol.parse().expect("a header");
            request
                .headers_mut()
                .insert("sec-websocket-protocol", protocol);
        }
        let connected = tokio_tungstenite::connect_async(request).await;
        let (line, _) = connected.expect("a connection");
        Self { line }
    }

    /// Connected and acknowledged.
    pub async fn open(url: &str, token: Option<&str>) -> Self {
        let mut socket = Self::connect(url, Some("graphql-transport-ws")).await;
        let payload = match token {
            Some(token) => json!({"Authorization": format!("Bearer {token}")}),
            None => json!({}),
        };
        socket
            .say(&json!({"type": "connection_init", "payload": payload}))
            .await;
        assert_eq!(socket.hear().await, Ok(json!({"type": "connection_ack"})));
        socket
    }

    pub async fn say(&mut self, message: &Value) {
        self.say_raw(Message::text(message.to_string())).await;
    }

    pub async fn say_raw(&mut self, message: Message) {
        self.line.send(message).await.expect("sent");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, after: Option<&str>) {
        let payload = json!({"query": query, "variables": {"after": after}});
        self.say(&json!({"type": "subscribe", "id": id, "payload": payload}))
            .await;
    }

    /// The next message, or how the other side closed.
    pub async fn hear(&mut self) -> Result<Value, u16> {
        loop {
            match self.line.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(Some(CloseFrame { code, .. })))) => return Err(code.into()),
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Err(1006),
                Some(Ok(_)) => {}
            }
        }
    }

    /// What the one follower of this connection hears.
    pub async fn next(&mut self) -> Option<Heard> {
        let said = self.hear().await.ok()?;
        Some(match said["type"].as_str().expect("a type") {
            "next" => Heard::Next(said["payload"].clone()),
            "ping" => {
                let resume = said["payload"]["resume"].as_object().expect("places");
                let token = resume.values().next().and_then(Value::as_str);
                Heard::Place(token.expect("a token").to_owned())
            }
            "complete" => Heard::Complete,
            other => panic!("{other}: {said}"),
        })
    }
}

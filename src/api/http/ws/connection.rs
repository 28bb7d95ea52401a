//! One connection: what was said, and the operations that go on. Each is a task of its own; their messages meet here.

use std::collections::HashMap;
use std::time::Duration;

use async_graphql::Executor;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;
use futures_util::future::pending;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::message::{self, Closing, Said};
use crate::api::access::Address;
use crate::api::http::answer::{Outcome, Refused};
use crate::api::http::asked::{Asked, Ready, Takes, prepare};
use crate::api::http::{Endpoint, Who, who};
use crate::api::live::{LastSeen, Place};
use crate::api::sign_in::SignIn;

/// A connection that says nothing for so long is closed.
const INIT_MAX: Duration = Duration::from_secs(10);
/// How long the other side may take to close.
const FAREWELL_MAX: Duration = Duration::from_secs(3);
/// Messages that wait for a slow client; then its operations wait.
const WAITING_MAX: usize = 16;

/// Of one operation, to the client.
struct Sent {
    id: String,
    /// Which operation of this id: an id may be used again.
    number: u64,
    text: String,
    last: bool,
}

/// An operation that goes on.
struct Running {
    number: u64,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub struct Connection<E> {
    endpoint: Endpoint<E>,
    headers: HeaderMap,
    address: Address,
    request_id: String,
    /// Who is asking, once that is said.
    who: Option<Who>,
    running: HashMap<String, Running>,
    /// Of the next operation.
    number: u64,
    to: mpsc::Sender<Sent>,
    sent: mpsc::Receiver<Sent>,
}

impl<E: Executor> Connection<E> {
    pub fn new(
        endpoint: Endpoint<E>,
        headers: HeaderMap,
        address: Address,
        request_id: String,
    ) -> Self {
        let (to, sent) = mpsc::channel(WAITING_MAX);
        Self {
            endpoint,
            headers,
            address,
            request_id,
            who: None,
            running: HashMap::new(),
            number: 0,
            to,
            sent,
        }
    }

    /// Until either side closes.
    pub async fn serve(mut self, mut socket: WebSocket) {
        let closing = self.talk(&mut socket).await;
        self.running.clear();
        let cut_off = closing
            .as_ref()
            .is_some_and(|one| one.code == message::TOO_BIG);
        if let Some(Closing { code, reason }) = closing {
            let reason = reason.into();
            let frame = CloseFrame { code, reason };
            // Whoever has gone needs no reason.
            let _ = socket.send(Message::Close(Some(frame))).await;
        }
        // The other side's Close is answered while more is read (RFC 6455 §5.5.1); what is still on its way must not cut the line
        // before our own Close has arrived. Of a message that is too big nothing more can be read: the line is held.
        let rest = async {
            while let Some(Ok(_)) = socket.recv().await {}
            if cut_off {
                pending::<()>().await;
            }
        };
        let _ = tokio::time::timeout(FAREWELL_MAX, rest).await;
    }

    /// Why this side closes; none when the other one has.
    async fn talk(&mut self, socket: &mut WebSocket) -> Option<Closing> {
        let stop = self.endpoint.streams.stop.clone();
        let init_until = Instant::now() + INIT_MAX;
        loop {
            let heard = tokio::select! {
                () = stop.cancelled() => {
                    return Some(Closing::new(message::GOING_AWAY, "Going away"));
                }
                () = sleep_until(init_until), if self.who.is_none() => {
                    return Some(Closing::new(message::INIT_TIMEOUT, "Connection initialisation timeout"));
                }
                () = gone(&self.endpoint.sign_in, self.who.as_ref()) => {
                    return Some(Closing::new(message::FORBIDDEN, "Forbidden"));
                }
                said = socket.recv() => match said {
                    Some(Ok(Message::Text(text))) => self.hear(text.as_str()).await,
                    Some(Ok(Message::Binary(_))) => {
                        Err(Closing::new(message::BAD_REQUEST, "Invalid message received"))
                    }
                    // Pings of RFC 6455 are answered below us.
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
                    Some(Ok(Message::Close(_))) | None => return None,
                    Some(Err(error)) => return too_big(&error),
                },
                Some(sent) = self.sent.recv() => Ok(self.pass_on(sent)),
            };
            match heard {
                Ok(None) => {}
                Ok(Some(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        return None;
                    }
                }
                Err(closing) => return Some(closing),
            }
        }
    }

    /// What is answered at once, if anything.
    async fn hear(&mut self, text: &str) -> Result<Option<String>, Closing> {
        match Said::read(text)? {
            Said::ConnectionInit { payload } => self.begin(payload).await.map(Some),
            Said::Ping { payload } => Ok(Some(message::pong(payload))),
            Said::Pong {} => Ok(None),
            Said::Subscribe { id, payload } => self.subscribe(id, payload),
            Said::Complete { id } => {
                self.running.remove(&id);
                Ok(None)
            }
        }
    }

    async fn begin(&mut self, payload: Option<Map<String, Value>>) -> Result<String, Closing> {
        if self.who.is_some() {
            let reason = "Too many initialisation requests";
            return Err(Closing::new(message::TOO_MANY, reason));
        }
        let forbidden = || Closing::new(message::FORBIDDEN, "Forbidden");
        let payload = payload.unwrap_or_default();
        let named = payload
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(header::AUTHORIZATION.as_str()));
        if let Some((_, value)) = named {
            let value = value.as_str().and_then(|text| text.parse().ok());
            let value = value.ok_or_else(forbidden)?;
            self.headers.insert(header::AUTHORIZATION, value);
        }
        let who = who(&self.endpoint, &self.headers, self.address).await;
        self.who = Some(who.map_err(|_| forbidden())?);
        Ok(message::acknowledged())
    }

    fn subscribe(&mut self, id: String, asked: Asked) -> Result<Option<String>, Closing> {
        let Some(who) = &self.who else {
            return Err(Closing::new(message::UNAUTHORIZED, "Unauthorized"));
        };
        if self.running.contains_key(&id) {
            let named: String = id.chars().take(20).collect();
            let reason = format!("Subscriber for {named} already exists");
            return Err(Closing::new(message::SUBSCRIBER_EXISTS, &reason));
        }
        if self.running.len() >= self.endpoint.limits.operations {
            let reason = "Too many operations on one connection";
            return Err(Closing::new(message::TOO_MANY, reason));
        }
        let takes = Takes {
            mutations: true,
            subscriptions: true,
        };
        let Endpoint {
            documents, limits, ..
        } = &self.endpoint;
        let prepared = prepare(asked, takes, *documents, limits);
        let ready = match prepared.and_then(|prepared| prepared.of(who, &self.endpoint)) {
            Ok(ready) => ready,
            Err(refused) => return Ok(Some(message::error(&id, &[Refused::error(&refused)]))),
        };
        self.number += 1;
        let number = self.number;
        let task = self.run(id.clone(), number, ready);
        self.running.insert(id, Running { number, task });
        Ok(None)
    }

    fn run(&self, id: String, number: u64, ready: Ready) -> JoinHandle<()> {
        let Ready { request, order, .. } = ready;
        let place = Place::default();
        let mut quiet = place.quiet();
        let request = request.data(LastSeen::default()).data(place);
        let mut responses = self.endpoint.schema.execute_stream(request, None);
        let (to, request_id) = (self.to.clone(), self.request_id.clone());
        tokio::spawn(async move {
            loop {
                let (text, last) = tokio::select! {
                    biased;
                    response = responses.next() => match response {
                        Some(mut response) => {
                            // A place that was set before this message lies before it.
                            quiet.mark_unchanged();
                            order.put(&mut response);
                            let outcome = Outcome::of(response, &request_id);
                            if outcome.failed_before {
                                (message::error(&id, outcome.errors()), true)
                            } else {
                                (message::next(&id, outcome.body()), false)
                            }
                        }
                        None => (message::complete(&id), true),
                    },
                    Ok(()) = quiet.changed() => {
                        let token = *quiet.borrow_and_update();
                        let token = token.map(|token| token.to_string()).unwrap_or_default();
                        (message::ping(&id, &token), false)
                    }
                };
                let sent = Sent {
                    id: id.clone(),
                    number,
                    text,
                    last,
                };
                if to.send(sent).await.is_err() || last {
                    return;
                }
            }
        })
    }

    /// The message, if its operation was not ended by the client meanwhile.
    fn pass_on(&mut self, sent: Sent) -> Option<String> {
        let running = self.running.get(&sent.id)?;
        if running.number != sent.number {
            return None;
        }
        if sent.last {
            self.running.remove(&sent.id);
        }
        Some(sent.text)
    }
}

/// Until whoever asks is not let in any more; the public always is.
async fn gone(sign_in: &SignIn, who: Option<&Who>) {
    match who.and_then(|who| who.caller.as_ref()) {
        Some(caller) => sign_in.ended(caller).await,
        None => pending().await,
    }
}

/// A message larger than what is read is told so; any other fault is the line's.
fn too_big(error: &axum::Error) -> Option<Closing> {
    let text = error.to_string();
    text.contains("too long")
        .then(|| Closing::new(message::TOO_BIG, "Message too big"))
}

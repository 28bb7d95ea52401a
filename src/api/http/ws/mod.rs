//! GraphQL over WebSocket: the protocol `graphql-transport-ws`, with its close codes, and nothing older.
//!
//! Several operations share a connection. Who is asking is said once, by the request's own headers or by `Authorization` in
//! `connection_init`. A quiet follower's place comes as the payload of a `ping`: `{"resume": {"ID": "TOKEN"}}`.

mod connection;
mod message;

use async_graphql::Executor;
use axum::body::Body;
use axum::extract::ws::{CloseFrame, Message, WebSocketUpgrade};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Response, Uri, header};
use axum::response::IntoResponse as _;

use self::connection::Connection;
use super::media::Media;
use super::{Endpoint, request_id};
use crate::api::access::Address;

/// The one subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";

/// The handler of `/graphql/ws`.
pub async fn graphql<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    request: Request,
) -> Response<Body> {
    let (mut parts, _) = request.into_parts();
    let request_id = request_id(&parts.headers);
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(refused) => return refused.into_response(),
    };
    let room = match endpoint.streams.enter() {
        Ok(room) => room,
        Err(refused) => return refused.respond(Media::Json, &request_id),
    };
    let address = Address(endpoint.rates.address(&parts.headers, &parts.extensions));
    let mut headers = parts.headers;
    if !is_same_origin(&headers) {
        // A page from elsewhere must not use the session of whoever looks at it.
        headers.remove(header::COOKIE);
    }
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(endpoint.limits.body)
        .max_frame_size(endpoint.limits.body);
    upgrade.on_upgrade(move |mut socket| async move {
        let _room = room;
        if socket.protocol().is_none() {
            let frame = CloseFrame {
                code: message::SUBPROTOCOL_NOT_ACCEPTABLE,
                reason: "Subprotocol not acceptable".into(),
            };
            // Whoever has gone needs no reason.
            let _ = socket.send(Message::Close(Some(frame))).await;
            return;
        }
        Connection::new(endpoint, headers, address, request_id)
            .serve(socket)
            .await;
    })
}

/// Whether the page that opens the connection was served here; programs send no origin.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin = origin
        .to_str()
        .ok()
        .and_then(|text| text.parse::<Uri>().ok());
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let named = origin.as_ref().and_then(Uri::authority);
    named.map(Authority::as_str) == host
}

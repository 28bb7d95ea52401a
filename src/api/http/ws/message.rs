//! Messages and close codes of `graphql-transport-ws`, as its PROTOCOL.md names them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::asked::Asked;

/// A message that is none, or of an unknown type.
pub const BAD_REQUEST: u16 = 4400;
/// An operation before the connection was acknowledged.
pub const UNAUTHORIZED: u16 = 4401;
/// Whoever says who they are, and is not.
pub const FORBIDDEN: u16 = 4403;
/// None of the subprotocols offered is spoken here.
pub const SUBPROTOCOL_NOT_ACCEPTABLE: u16 = 4406;
/// Nothing was said in time.
pub const INIT_TIMEOUT: u16 = 4408;
/// The id names an operation that goes on.
pub const SUBSCRIBER_EXISTS: u16 = 4409;
/// The connection was acknowledged already; or it carries as many operations as it may.
pub const TOO_MANY: u16 = 4429;
/// RFC 6455 §7.4.1: the node stops. Clients come back.
pub const GOING_AWAY: u16 = 1001;
/// RFC 6455 §7.4.1: the message is larger than what is read.
pub const TOO_BIG: u16 = 1009;

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub code: u16,
    /// At most 123 bytes (RFC 6455 §5.5).
    pub reason: String,
}

impl Closing {
    pub fn new(code: u16, reason: &str) -> Self {
        let reason = reason.to_owned();
        Self { code, reason }
    }
}

/// What a client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Said {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Asked,
    },
    Complete {
        id: String,
    },
}

impl Said {
    /// # Errors
    /// 4400 for what is no message.
    pub fn read(text: &str) -> Result<Self, Closing> {
        let message = "Invalid message received";
        let said: Self =
            serde_json::from_str(text).map_err(|_| Closing::new(BAD_REQUEST, message))?;
        match &said {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() => {
                Err(Closing::new(BAD_REQUEST, message))
            }
            Self::ConnectionInit { .. }
            | Self::Ping { .. }
            | Self::Pong {}
            | Self::Subscribe { .. }
            | Self::Complete { .. } => Ok(said),
        }
    }
}

pub fn acknowledged() -> String {
    json!({"type": "connection_ack"}).to_string()
}

pub fn pong(payload: Option<Map<String, Value>>) -> String {
    match payload {
        Some(payload) => json!({"type": "pong", "payload": payload}).to_string(),
        None => json!({"type": "pong"}).to_string(),
    }
}

pub fn ping(id: &str, token: &str) -> String {
    json!({"type": "ping", "payload": {"resume": {id: token}}}).to_string()
}

pub fn next(id: &str, payload: &impl serde::Serialize) -> String {
    json!({"id": id, "type": "next", "payload": payload}).to_string()
}

pub fn error(id: &str, errors: &[Value]) -> String {
    json!({"id": id, "type": "error", "payload": errors}).to_string()
}

pub fn complete(id: &str) -> String {
    json!({"id": id, "type": "complete"}).to_string()
}

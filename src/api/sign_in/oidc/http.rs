//! Asking a provider: briefly, without redirects, and for no more than an answer can be.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

use super::Refused;
use crate::outside;

const CONNECT_MAX: Duration = Duration::from_secs(5);
/// For a whole answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
const BYTES_MAX: usize = 256 * 1024;

pub fn client() -> Client {
    outside::client(CONNECT_MAX)
}

/// Status and bytes of an answer.
pub async fn ask(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Refused> {
    let failed = |error: reqwest::Error| Refused::Unreachable(outside::cause(&error));
    let asked = async {
        let mut answer = request.send().await.map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > BYTES_MAX {
                return Err(Refused::Unreachable("an answer without end".into()));
            }
        }
        Ok((answer.status(), bytes))
    };
    match tokio::time::timeout(ANSWER_MAX, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(Refused::Unreachable("too late".into())),
    }
}

/// A document that must be there.
pub async fn document<T: DeserializeOwned>(client: &Client, address: &str) -> Result<T, Refused> {
    let (status, bytes) = ask(client.get(address)).await?;
    if status != StatusCode::OK {
        return Err(Refused::Unreachable(format!("{address} answers {status}")));
    }
    serde_json::from_slice(&bytes)
        .map_err(|error| Refused::Unreachable(format!("{address}: {error}")))
}

//! One checkpoint, one witness: send it, follow the size that the witness names, check its word.

use std::time::Duration;

use reqwest::{Client, StatusCode};

use crate::integrity::publish::Question;
use crate::outside;
use crate::tlog::policy::Witness;
use crate::tlog::witness::{parse_cosignatures, parse_size_body};
use crate::tlog::{AddCheckpoint, SignatureLine, cosignature};

/// For one request.
pub const ANSWER_MAX: Duration = Duration::from_secs(2);
/// Of an answer, in bytes: some signature lines, or a checkpoint.
const BODY_MAX: usize = 1 << 16;
/// Somebody else may move the witness between two of ours.
const TRIES_MAX: u32 = 3;

/// Why a witness did not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    #[error("no answer: {0}")]
    Unreachable(String),
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("its answer is no cosignature of this checkpoint by its key")]
    Answer,
    #[error("it cosigned size {0}, which is larger")]
    Ahead(u64),
    /// A fork, if what it cosigned is signed by the log's key.
    #[error("it does not accept that this tree continues the one it cosigned")]
    Inconsistent,
    #[error("it knows of a conflict again and again")]
    Conflict,
    #[error("the proof from size {0} cannot be made")]
    Proof(u64),
}

/// A good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    pub line: SignatureLine,
    /// By the witness's clock, in seconds since 1970.
    pub time: u64,
}

/// Submits a checkpoint to a witness that is believed to have cosigned size `old` last.
pub async fn submit(
    http: &Client,
    url: &str,
    witness: &Witness,
    question: &Question,
    old: u64,
) -> Result<Cosigned, SubmitError> {
    let size = question.signed.checkpoint().size;
    let address = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let mut old = old.min(size);
    for _ in 0..TRIES_MAX {
        let body = request(question, old)?;
        let request = http.post(&address).timeout(ANSWER_MAX).body(body);
        let (status, body) = answer(request).await?;
        match status {
            StatusCode::OK => return cosigned(&body, witness, question),
            StatusCode::CONFLICT => {
                old = parse_size_body(&body).ok_or(SubmitError::Answer)?;
                if old > size {
                    return Err(SubmitError::Ahead(old));
                }
            }
            StatusCode::UNPROCESSABLE_ENTITY => return Err(SubmitError::Inconsistent),
            other => return Err(SubmitError::Status(other)),
        }
    }
    Err(SubmitError::Conflict)
}

fn request(question: &Question, old: u64) -> Result<String, SubmitError> {
    let size = question.signed.checkpoint().size;
    let proof = question.tree.consistency(old, size);
    let request = AddCheckpoint {
        old,
        proof: proof.map_err(|_| SubmitError::Proof(old))?,
        checkpoint: question.signed.to_string(),
    };
    Ok(request.to_string())
}

/// The line by this witness's key; a witness may send several, of other keys.
fn cosigned(body: &str, witness: &Witness, question: &Question) -> Result<Cosigned, SubmitError> {
    let lines = parse_cosignatures(body).ok_or(SubmitError::Answer)?;
    let text = &question.signed.note().text;
    let verified = lines.into_iter().find_map(|line| {
        let time = cosignature::verify(&line, &witness.key, text).ok()?;
        Some(Cosigned { line, time })
    });
    verified.ok_or(SubmitError::Answer)
}

/// Status and text of an answer that is not longer than it should be.
pub async fn answer(request: reqwest::RequestBuilder) -> Result<(StatusCode, String), SubmitError> {
    let unreachable = |error: reqwest::Error| SubmitError::Unreachable(outside::cause(&error));
    let mut response = request.send().await.map_err(unreachable)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > BODY_MAX {
            return Err(SubmitError::Answer);
        }
        body.extend_from_slice(&chunk);
    }
    let body = String::from_utf8(body).map_err(|_| SubmitError::Answer)?;
    Ok((response.status(), body))
}

/// A client for witnesses.
pub fn http() -> Client {
    outside::client(ANSWER_MAX)
}

//! What witnesses hold of this log: read from them before anything is signed (rule R4), and again when one of them does
//! not accept what was.

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};

use super::submission::{self, ANSWER_MAX, SubmitError, answer};
use crate::integrity::error::Result;
use crate::integrity::tree::Tree;
use crate::integrity::{Log, Said, Trust, halt, start};
use crate::tlog::policy::Witness;
use crate::tlog::witness::origin_hash;
use crate::tlog::{Checkpoint, Note};

/// What the policy's witnesses hold of this log, of those that answer within two seconds.
pub async fn words(trust: &Trust) -> Vec<Said> {
    all(&submission::http(), trust).await
}

pub async fn all(http: &Client, trust: &Trust) -> Vec<Said> {
    let witnesses = trust.policy.witnesses().iter();
    let asked = witnesses.map(|witness| word(http, witness, trust));
    join_all(asked).await.into_iter().flatten().collect()
}

/// What one witness holds; none when it does not answer, holds nothing, or nothing that the log's keys have signed.
pub async fn word(http: &Client, witness: &Witness, trust: &Trust) -> Option<Said> {
    let url = witness.url.as_deref()?.trim_end_matches('/');
    let address = format!("{url}/{}/checkpoint", origin_hash(&trust.key().name));
    let request = http.get(address).timeout(ANSWER_MAX);
    let problem = match answer(request).await {
        Ok((StatusCode::OK, note)) => match signed(note, witness, trust) {
            Some(said) => return Some(said),
            None => SubmitError::Answer,
        },
        Ok((StatusCode::NOT_FOUND, _)) => return None,
        Ok((status, _)) => SubmitError::Status(status),
        Err(error) => error,
    };
    tracing::warn!(witness = witness.name, %problem, "a witness does not say what it cosigned last");
    None
}

fn signed(text: String, witness: &Witness, trust: &Trust) -> Option<Said> {
    let note: Note = text.parse().ok()?;
    let Checkpoint { size, root, .. } = note.text.parse().ok()?;
    trust.open(&text, size).ok()?;
    Some(Said {
        by: format!("the witness {}", witness.name),
        size,
        root,
        note: Some(text),
    })
}

/// Holds a witness's word against the journal.
///
/// # Errors
/// A halt, with evidence, when the log's key has signed another tree or one that the journal does not hold any more.
pub async fn contradiction(log: &Log, tree: &Tree, said: Said) -> Result<()> {
    let head = log.journal.head().await?.size;
    let (code, what) = if said.size > head {
        let what = format!(
            "the journal holds {head} entries, {} were cosigned by {}",
            said.size, said.by
        );
        (halt::ROLLED_BACK, what)
    } else if said.size > tree.size() || tree.root(said.size)? == said.root {
        return Ok(());
    } else {
        let what = format!(
            "another tree of size {} was signed, known from {}",
            said.size, said.by
        );
        (halt::FORKED, what)
    };
    let halted = start::halt(log, code, what, &[said], Some(tree)).await?;
    Err(halted.into())
}

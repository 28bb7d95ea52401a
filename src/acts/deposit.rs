//! Vault first: the parts of a batch are durable before a fact names them.

use std::collections::HashSet;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::time::timeout;
use uuid::Uuid;

use super::request::{Refusal, Request, Submission};
use super::writer::CONFIRM_MAX;
use crate::domain::part::Part;
use crate::domain::time::Moment;
use crate::vault::{Deposit, Personal, Vault, VaultError};

/// A command of the batch with the commitments of its parts.
pub struct Item {
    pub submission: Submission,
    pub parts: Vec<Part>,
    /// It brought data of somebody whose data has been destroyed.
    pub erased: bool,
}

/// By whom personal data is kept: one subject per person and dossier, random-looking, so that the log links no dossiers.
#[derive(Clone, Copy)]
pub struct Subjects([u8; 32]);

impl Subjects {
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The subject of a dossier.
    fn of(self, dossier: Uuid) -> Uuid {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0) else {
            return dossier;
        };
        mac.update(dossier.as_bytes());
        let bytes = mac.finalize().into_bytes();
        let mut id = [0; 16];
        id.copy_from_slice(&bytes[..16]);
        uuid::Builder::from_custom_bytes(id).into_uuid()
    }
}

impl Item {
    /// Its command's.
    pub fn id(&self) -> Uuid {
        self.submission.request.id
    }
}

/// Keeps the parts of these commands. Commands whose parts cannot be kept are refused.
pub async fn deposit(
    vault: &Vault,
    subjects: Subjects,
    batch: Vec<Submission>,
    now: Moment,
) -> Vec<Item> {
    let mut erased: HashSet<Uuid> = HashSet::new();
    let mut put = loop {
        let brought = batch
            .iter()
            .filter_map(|submission| brought(&submission.request, subjects));
        let kept = brought.filter(|(subject, _)| !erased.contains(subject));
        let deposits: Vec<Deposit> = kept.map(|(_, deposit)| deposit).collect();
        if deposits.is_empty() {
            break Vec::new().into_iter();
        }
        let put = timeout(CONFIRM_MAX, vault.put(&deposits, now)).await;
        match put.unwrap_or(Err(VaultError::Unavailable(sqlx::Error::PoolTimedOut))) {
            Ok(parts) => break parts.into_iter(),
            Err(VaultError::SubjectErased { subject }) if erased.insert(subject) => {}
            Err(error) => {
                tracing::error!(%error, "the vault did not take the parts");
                return without_parts(batch);
            }
        }
    };
    let items = batch.into_iter().map(|submission| {
        let place = submission.request.place_of_parts();
        let subject = place.map(|place| subjects.of(place.whose));
        let erased = subject.is_some_and(|subject| erased.contains(&subject));
        let kept = subject.filter(|_| !erased).and_then(|_| put.next());
        Item {
            submission,
            parts: kept.unwrap_or_default(),
            erased,
        }
    });
    items.collect()
}

/// Those that bring no parts go on; the others are refused.
fn without_parts(batch: Vec<Submission>) -> Vec<Item> {
    let (with, without): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .partition(|submission| !submission.request.personal.is_empty());
    for submission in with {
        submission.answer(Err(Refusal::Unavailable));
    }
    let items = without.into_iter().map(|submission| Item {
        submission,
        parts: Vec::new(),
        erased: false,
    });
    items.collect()
}

/// Whose parts a command brings, and the parts.
fn brought(request: &Request, subjects: Subjects) -> Option<(Uuid, Deposit)> {
    let place = request.place_of_parts()?;
    let subject = subjects.of(place.whose);
    let parts = request.personal.iter().map(|personal| Personal {
        kind: personal.kind,
        subject,
        value: personal.value.clone(),
        file: personal.file.clone(),
    });
    let deposit = Deposit {
        command: request.id,
        stream: place.stream,
        parts: parts.collect(),
    };
    Some((subject, deposit))
}

//! What was ordered to be destroyed is destroyed, and then it is on record that it was.

use uuid::Uuid;

use super::{Act, Counter, Refusal, Request};
use crate::domain::actor::Actor;
use crate::domain::dossier::Rejection;
use crate::domain::erasure::{Erased, ErasureAct, ErasureRequested, KeyDestroyed};
use crate::domain::fact::stream;
use crate::vault::{Vault, VaultError};

/// Why it is not done yet. It is done the next time.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The counter does not take what is to be recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Destroys what the fact at `position` asks for, then has it on record. Done twice it changes nothing. Gives the size of the journal that shows it.
///
/// # Errors
/// When vault or counter does not answer; what is left is done the next time.
pub async fn carry_out(
    counter: &Counter,
    vault: &Vault,
    position: u64,
    asked: &ErasureRequested,
) -> Result<Option<u64>, Unfinished> {
    let (subject, purposes) = (asked.subject, &asked.purposes);
    let destroyed = vault.erase(subject, purposes, counter.clock()).await?;
    let act = ErasureAct::Finish(Erased {
        request: position,
        subject,
        dossier: asked.dossier,
        purposes: purposes.clone(),
        keys: destroyed.keys,
        parts: destroyed.parts,
        files: destroyed.files,
    });
    let id = stream::reaction(&format!("erased:{position}"));
    let request = Request::new(id, Actor::system(), Act::Erase(act));
    match counter.submit(request).await {
        Ok(receipt) => Ok(Some(receipt.size())),
        // By another node, or before a crash.
        Err(Refusal::Rejected(Rejection::AlreadyRecorded | Rejection::IdempotencyConflict)) => {
            Ok(None)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Destroys a wrapping key that the vault has condemned, has it on record, and notes in the vault that it is. Cut off and called
/// again it goes on.
///
/// # Errors
/// When somebody else has to take the key away, or vault or counter does not answer.
pub async fn destroy_key(
    counter: &Counter,
    vault: &Vault,
    by: Actor,
    destroyed: KeyDestroyed,
) -> Result<(), Unfinished> {
    let key = destroyed.key.clone();
    vault.destroy_wrapping_key(&key)?;
    let id = key_command(&key);
    let act = ErasureAct::DestroyKey(destroyed);
    match counter.submit(Request::new(id, by, Act::Erase(act))).await {
        Ok(_)
        | Err(Refusal::Rejected(Rejection::AlreadyRecorded | Rejection::IdempotencyConflict)) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    vault.wrapping_key_destroyed(&key, counter.clock()).await?;
    Ok(())
}

/// The command by which the destruction of a wrapping key comes on record: once.
fn key_command(key: &str) -> Uuid {
    stream::reaction(&format!("key-destroyed:{key}"))
}

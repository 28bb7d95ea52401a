//! What was to be destroyed is destroyed: at once, again after a crash, and again where a copy of the vault was brought back.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Interrupted;
use crate::acts::Counter;
use crate::acts::erasing::carry_out;
use crate::domain::part::Purpose;
use crate::projections::ReadModels;
use crate::projections::erasures;
use crate::vault::{Vault, VaultError};

/// Erasures looked at in one step.
const PAGE: u32 = 500;
/// How often what another node began is looked for.
const AGAIN: Duration = Duration::from_mins(1);

/// Finishes what is pending, and destroys again what was destroyed before and is readable all the same: of a vault, or of keys,
/// that came back from a backup. To be called before anything is shown. Gives how much was destroyed again.
///
/// # Errors
/// When something does not answer.
pub async fn at_start(
    counter: &Counter,
    models: &ReadModels,
    vault: &Vault,
) -> Result<u64, Interrupted> {
    let again = data_again(counter, models, vault).await?;
    Ok(again + keys_again(counter, models, vault).await?)
}

/// Wrapping keys that are on record as destroyed and are here: what lives under them is wrapped anew first.
async fn keys_again(
    counter: &Counter,
    models: &ReadModels,
    vault: &Vault,
) -> Result<u64, Interrupted> {
    let destroyed = erasures::destroyed_keys(models).await?;
    // Looked at every minute: keys are counted only where there is something to do.
    let left = vault.undestroyed(&destroyed).await?;
    if left.is_empty() {
        return Ok(0);
    }
    let mut again = 0;
    let now = counter.clock();
    for state in vault.wrapping_keys().await? {
        if !left.contains(&state.id) {
            continue;
        }
        if state.retired_at.is_none() {
            // The office went on with the next one: another of the same name would take its place in every backup.
            let (next, is_here) = vault.next_wrapping_key_is_here().await?;
            if !is_here {
                return Err(VaultError::KeyMissing { key: next }.into());
            }
            vault.begin_wrapping_key(now).await?;
        }
        if state.data_keys > 0 && vault.has_wrapping_key(&state.id) {
            vault.rewrap(|_| {}).await?;
        }
        again += u64::from(vault.has_wrapping_key(&state.id));
        match vault.destroy_wrapping_key(&state.id) {
            Err(error @ VaultError::KeyStillGiven { .. }) => {
                tracing::error!(%error, "a destroyed wrapping key is here");
            }
            done => {
                done?;
                vault.wrapping_key_destroyed(&state.id, now).await?;
            }
        }
    }
    Ok(again)
}

async fn data_again(
    counter: &Counter,
    models: &ReadModels,
    vault: &Vault,
) -> Result<u64, Interrupted> {
    let mut again = 0;
    let mut after = None;
    loop {
        let page = erasures::after(models, after, false, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(again);
        };
        after = Some(last.position);
        let subjects: Vec<Uuid> = page.iter().map(|row| row.asked.subject).collect();
        let living = vault.living(&subjects).await?;
        for row in &page {
            if row.done.is_none() {
                carry_out(counter, vault, row.position, &row.asked).await?;
                continue;
            }
            let lives = |purpose: &Purpose| {
                living.contains(&(row.asked.subject, purpose.name().to_owned()))
            };
            if row.asked.purposes.iter().any(lives) {
                vault
                    .erase(row.asked.subject, &row.asked.purposes, counter.clock())
                    .await?;
                again += 1;
            }
        }
    }
}

/// Finishes what was begun and not finished, by this node or another, until `stop`.
pub async fn run(counter: Counter, models: ReadModels, vault: Vault, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(AGAIN) => {}
        }
        if let Err(error) = finish(&counter, &models, &vault).await {
            tracing::warn!(%error, "data that is to be destroyed is not yet");
        }
    }
}

async fn finish(counter: &Counter, models: &ReadModels, vault: &Vault) -> Result<(), Interrupted> {
    for row in erasures::after(models, None, true, PAGE).await? {
        carry_out(counter, vault, row.position, &row.asked).await?;
    }
    // Another node may have destroyed a key that this one has a copy of.
    keys_again(counter, models, vault).await?;
    Ok(())
}

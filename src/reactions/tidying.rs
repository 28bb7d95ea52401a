//! Once a day: what a crash left in the vault without a fact, and files whose command never came, are deleted.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Interrupted;
use crate::acts::Counter;
use crate::domain::time::Moment;
use crate::journal::{Journal, JournalError, fact};
use crate::vault::{TICKET_HOURS, Vault};

/// A start has enough to do without it.
const FIRST: Duration = Duration::from_mins(10);
const AGAIN: Duration = Duration::from_hours(24);

/// Parts without a fact are left alone for a day, while a command may still be on its way, and after thirty.
const PART_DAYS: (i64, i64) = (1, 30);

/// Files without a part, some hours longer than their tickets are good.
const FILE_AGE: Duration = Duration::from_hours(TICKET_HOURS.unsigned_abs() + 6);

/// What was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tidied {
    pub parts: u64,
    pub files: u64,
}

/// Tidies ten minutes after the start and once a day until `stop`. Any number of nodes may do it; one that has halted does
/// not.
pub async fn run(counter: Counter, journal: Journal, vault: Vault, stop: CancellationToken) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(wait) => wait = AGAIN,
        }
        match tidy(&counter, &journal, &vault, counter.clock()).await {
            Ok(Tidied { parts: 0, files: 0 }) => {}
            Ok(Tidied { parts, files }) => tracing::info!(parts, files, "left over, and deleted"),
            Err(error) => tracing::warn!(%error, "the vault is not tidied yet"),
        }
    }
}

/// Deletes what no fact names, as it is `now` on the office's clock. A counter that has halted is asked before each page: its
/// journal may be one that was set back, where what lost facts name would look like what nobody named.
///
/// # Errors
/// [`Interrupted::Halted`], and when journal or vault does not answer; what is left is deleted the next time.
pub async fn tidy(
    counter: &Counter,
    journal: &Journal,
    vault: &Vault,
    now: Moment,
) -> Result<Tidied, Interrupted> {
    let (newest, oldest) = PART_DAYS;
    let ago = |days: i64| now.plus(-days * Moment::DAY);
    let named = |asked| named(counter.clone(), journal.clone(), asked);
    let parts = vault.sweep(ago(newest), ago(oldest), named).await?;
    let files = vault.sweep_files(FILE_AGE, || going(counter)).await?;
    Ok(Tidied { parts, files })
}

fn going(counter: &Counter) -> Result<(), Interrupted> {
    counter
        .halted()
        .map_or(Ok(()), |why| Err(Interrupted::Halted(why)))
}

/// Whether a fact of that command names that commitment.
async fn named(
    counter: Counter,
    journal: Journal,
    asked: Vec<(Uuid, String)>,
) -> Result<Vec<bool>, Interrupted> {
    let mut answers = Vec::with_capacity(asked.len());
    for (command, commitment) in asked {
        let Some(known) = journal.command(command).await? else {
            answers.push(false);
            continue;
        };
        let entries = journal.read(known.position, known.entries).await?;
        let mut named = false;
        for entry in &entries {
            let fact = fact::decode(&entry.body).map_err(|_| JournalError::Damaged {
                position: entry.position,
                why: "an entry cannot be read",
            })?;
            let parts = fact.circumstances.parts;
            named |= parts.iter().any(|part| part.c == commitment);
        }
        answers.push(named);
    }
    going(&counter)?;
    Ok(answers)
}

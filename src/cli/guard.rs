//! What a node looks at before it shows anything, and from then on.

use std::time::Duration;

use anyhow::Context as _;

use crate::acts::Counter;
use crate::api::Api;
use crate::integrity::{Integrity, Signing, Status};
use crate::projections::{Progress, ReadModels};
use crate::reactions;

/// The signer's memory is not in its folder.
const STATE_MISSING: &str = "SIGNER_STATE_MISSING";

/// How long the read models may take to show the newest fact at a start.
const CATCHING_UP: Duration = Duration::from_mins(10);

/// Destroys what was to be destroyed and is readable all the same, before anything is shown: after a crash, and of a vault that
/// came back from a backup.
pub async fn destroy_first(api: &Api) -> anyhow::Result<()> {
    let Some(desk) = &api.desk else { return Ok(()) };
    let size = api.journal.head().await?.size;
    if let Some(newest) = size.checked_sub(1)
        && !api.models.reach(newest, CATCHING_UP).await
    {
        // What is shown stands still: the node has halted, and says so.
        return Ok(());
    }
    let again = reactions::erasing::at_start(&desk.counter, &api.models, &desk.vault).await;
    let again = again.context(
        "what was destroyed must be destroyed again in this vault first. Where a wrapping key is missing bring it back from the \
         backup of the keys; if it is lost for good, `motcua vault rotate` begins another one",
    )?;
    if again > 0 {
        println!(
            "{again} erasure(s) carried out again: the vault or its keys were older than the journal."
        );
    }
    Ok(())
}

/// What to say where witnesses have signed what is served, and are not asked any more.
pub async fn witnesses_told(integrity: &Integrity) -> anyhow::Result<Option<String>> {
    Ok(forgets_its_witnesses(integrity).await?.then(|| {
        "WARNING: the newest checkpoint was witnessed, and no policy asks for witnesses now. Give --policy FILE again, or lay the file \
         as `policy` beside the log's key."
            .to_owned()
    }))
}

async fn forgets_its_witnesses(integrity: &Integrity) -> anyhow::Result<bool> {
    let asks = integrity
        .policy()
        .is_some_and(|policy| policy.asks_for_witnesses());
    Ok(match integrity.seals().published().await? {
        Some(seal) if !asks => !integrity.seals().cosignatures(seal.size).await?.is_empty(),
        Some(_) | None => false,
    })
}

/// The code, where this node is to sign a log that was signed before and does not remember how far: the journal may be an older
/// one, and what was promised since would be promised anew to others.
fn forgets(sealed: &Status) -> Option<&'static str> {
    match sealed.signing {
        Signing::Refused(code) if code == STATE_MISSING => Some(code),
        Signing::Refused(_) | Signing::Here | Signing::Elsewhere => None,
    }
}

/// What to do about it.
pub fn forgetting_told(status: &Status) -> Option<String> {
    let code = forgets(status)?;
    Some(format!(
        "HALTED {code}: this log was signed before, and its signer's memory is not in --keys. No command is taken: the journal may be \
         older than what was signed.\n`motcua recover --from-mirror URL|DIR` brings back what a mirror has; then `motcua signer adopt` \
         on the machine that signs, and start it again."
    ))
}

/// Closes the counter as soon as the record is found not to be the one that was shown or sealed.
pub fn watch_over(counter: &Counter, models: &ReadModels, integrity: &Integrity) {
    let (mut shown, mut sealed) = (models.watch(), integrity.watch());
    let counter = counter.clone();
    let look = move |shown: Progress, sealed: &Status| {
        let halted = sealed.halted.as_ref().map(|halted| halted.code);
        if let Some(why) = halted.or(shown.stopped).or(forgets(sealed)) {
            counter.halt(why);
        }
    };
    look(*shown.borrow_and_update(), &sealed.borrow_and_update());
    tokio::spawn(async move {
        loop {
            // When both have ended, so has the node.
            tokio::select! {
                Ok(()) = shown.changed() => {}
                Ok(()) = sealed.changed() => {}
                else => return,
            }
            look(*shown.borrow_and_update(), &sealed.borrow_and_update());
        }
    });
}

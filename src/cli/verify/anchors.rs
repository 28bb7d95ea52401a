//! What an auditor brings along: a policy, checkpoints saved earlier, a statistic's checkpoint.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::{Arguments, Unchecked};
use crate::domain::reference::{JournalKind, Opened};
use crate::integrity::audit::{Believed, Beside, Saved};
use crate::projections::statistics::Record;
use crate::tlog::SignedCheckpoint;

/// What the journal is held against.
pub struct Anchors {
    pub beside: Beside,
    pub saved: Vec<Saved>,
    pub since: Option<Saved>,
    kind: JournalKind,
}

impl Anchors {
    pub async fn load(
        arguments: &Arguments,
        opened: &Opened,
        record: Option<&Record>,
    ) -> Result<Self, Unchecked> {
        let place = arguments.place.proof(arguments.policy.clone())?;
        let beside = Beside::open(&place, opened).await?;
        let mut saved = Vec::new();
        for path in &arguments.old {
            saved.push(read(path, &beside)?);
        }
        let since = arguments.since.as_deref().map(|path| read(path, &beside));
        let since = since.transpose()?;
        if let Some(record) = record {
            saved.extend(of_record(record, &beside)?);
        }
        Ok(Self {
            beside,
            saved,
            since,
            kind: opened.kind,
        })
    }

    /// What cannot be looked at, before anything is.
    pub fn tell(&self) {
        if self.beside.keys.is_empty() {
            println!(
                "Not sealed: no key of this log is known here, so only the journal itself is checked. A policy file (--policy) names the key."
            );
        } else {
            match self.beside.believed {
                Believed::Auditor => {}
                Believed::Mirror => println!(
                    "The log's key and policy are the ones this mirror was told, or saw first."
                ),
                Believed::Office => println!(
                    "The log's keys are those found beside the journal. Bring your own copy of /log/policy with --policy to depend on nobody here."
                ),
            }
        }
        if self.beside.tree.is_none() && !self.beside.keys.is_empty() {
            println!(
                "No tree is kept in this folder: checkpoints can be checked, but an altered fact cannot be told from the ones beside it."
            );
        }
        if self.kind == JournalKind::Simulated {
            println!(
                "Simulated: the facts bear the hours of a story, which no witness's clock can confirm."
            );
        }
    }
}

fn read(path: &Path, beside: &Beside) -> Result<Saved, Unchecked> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.display().to_string();
    saved(name, &text, beside)
}

fn saved(name: String, note: &str, beside: &Beside) -> Result<Saved, Unchecked> {
    if beside.keys.is_empty() {
        bail!("{name}: no key of this log is known here; name it with a policy file (--policy)");
    }
    let signed = SignedCheckpoint::open_with(note, &beside.keys).with_context(|| name.clone())?;
    Ok(Saved { name, signed })
}

/// The checkpoint that a published statistic brings along.
fn of_record(record: &Record, beside: &Beside) -> Result<Option<Saved>, Unchecked> {
    let Some(note) = &record.checkpoint else {
        println!(
            "The record brings no checkpoint along: it was published before the facts it counts were sealed."
        );
        return Ok(None);
    };
    if beside.keys.is_empty() {
        println!("The record's checkpoint cannot be checked here: no key of this log is known.");
        return Ok(None);
    }
    let saved = saved("the record's checkpoint".to_owned(), note, beside)?;
    let size = saved.signed.checkpoint().size;
    if size < record.size {
        println!(
            "The record's checkpoint covers only {size} of the {} facts it counts.",
            record.size
        );
    }
    Ok(Some(saved))
}

//! What a node that does not sign remembers: the newest published checkpoint it ever served, beside its tree. A database
//! that is set back cannot take it away.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::desk::held;
use super::error::{IntegrityError, Result};
use super::start::Said;
use super::tree::TreeWriter;
use super::{Log, Published, Trust, durable};
use crate::tlog::{Checkpoint, Note};

fn path(log: &Log) -> PathBuf {
    log.tree_folder().join("checkpoint")
}

/// Keeps the note, after the tree up to it is durable; the one that is kept already costs a comparison.
pub async fn keep(
    log: &Log,
    tree: Arc<Mutex<TreeWriter>>,
    published: Option<&Published>,
) -> Result<()> {
    let Some(published) = published else {
        return Ok(());
    };
    let (path, note) = (path(log), published.note.clone());
    let keeping = tokio::task::spawn_blocking(move || {
        if durable::read(&path)?.as_deref() == Some(note.as_bytes()) {
            return Ok(());
        }
        held(&tree).sync()?;
        durable::replace(&path, note.as_bytes(), 0o644)
    });
    keeping.await.map_err(|_| IntegrityError::Cut)?
}

/// The checkpoint that was kept. One that the log's keys did not sign counts as none: the folder is disposable.
pub fn recall(log: &Log, trust: &Trust) -> Result<Option<Said>> {
    let Some(bytes) = durable::read(&path(log))? else {
        return Ok(None);
    };
    let read = || {
        let text = String::from_utf8(bytes).ok()?;
        let note: Note = text.parse().ok()?;
        let Checkpoint { size, root, .. } = note.text.parse().ok()?;
        trust.open(&text, size).ok()?;
        Some(Said {
            by: "this node's own memory".into(),
            size,
            root,
            note: Some(text),
        })
    };
    Ok(read())
}

//! A copy of a data folder that may be in use: never ahead of its journal, and without the vault.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, query};

use super::{parts, refuse_postgres};
use crate::cli::place::Place;
use crate::journal::Location;

/// Copies tree, seals and journal, in this order: the journal may only be ahead of what was made from it.
pub async fn data(place: &Place, into: &Path) -> anyhow::Result<Place> {
    refuse_postgres(place)?;
    let [tree, seals, _] = parts(&place.data);
    let Location::Sqlite(journal) = place.journal_location()? else {
        anyhow::bail!("the journal is not in a file");
    };
    let [tree_copy, seals_copy, journal_copy] = parts(into);
    if tree.is_dir() {
        fs::create_dir(&tree_copy)?;
        for file in fs::read_dir(&tree)? {
            let file = file?;
            fs::copy(file.path(), tree_copy.join(file.file_name()))?;
        }
    }
    if seals.exists() {
        database(&seals, &seals_copy).await?;
    }
    database(&journal, &journal_copy).await?;
    Ok(Place {
        data: into.to_owned(),
        journal: None,
        keys: place.keys.clone(),
        files: None,
    })
}

/// One consistent state of a database, whoever writes meanwhile.
async fn database(from: &Path, to: &Path) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(from).read_only(true);
    let mut open = options
        .connect()
        .await
        .with_context(|| format!("cannot read {}", from.display()))?;
    query("vacuum into ?1")
        .bind(to.to_string_lossy().into_owned())
        .execute(&mut open)
        .await
        .with_context(|| format!("cannot copy {}", from.display()))?;
    open.close().await?;
    Ok(())
}

//! A folder for what is needed for a while, seen by nobody else, and gone afterwards however it ends.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::place::Place;
use super::serve::{is_in_use, open_models};
use crate::journal::Journal;
use crate::projections::{Projector, ReadModels};

/// Deleted with all that is in it when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// In the system's folder for such things (`$TMPDIR`).
    pub fn make() -> io::Result<Self> {
        let parent = std::env::temp_dir();
        let mut number = 0;
        loop {
            let name = format!("motcua-{}-{number}", std::process::id());
            let path = parent.join(name);
            match DirBuilder::new().mode(0o700).create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                made => return made.map(|()| Self(path)),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a folder that is not needed any more stays");
        }
    }
}

/// The folder's read models; while another process has them, others beside them that are gone with what is given last.
pub async fn models_of(
    place: &Place,
    journal: &Journal,
) -> anyhow::Result<(ReadModels, Projector, Option<Scratch>)> {
    match open_models(place, journal).await {
        Err(error) if is_in_use(&error) => {
            let scratch = Scratch::make().context("no folder for read models")?;
            let aside = Place {
                data: scratch.path().to_owned(),
                ..place.clone()
            };
            let (models, projector) = open_models(&aside, journal).await?;
            Ok((models, projector, Some(scratch)))
        }
        opened => opened.map(|(models, projector)| (models, projector, None)),
    }
}

//! A folder for what is needed for a while, seen by nobody else, and gone afterwards however it ends.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

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

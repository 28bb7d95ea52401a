//! Keys, carried apart from the data: those that open it, the log's own, its policy, and hashes of machines' keys. Never what a signer or a witness remembers: a
//! memory that is set back signs twice.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::{CarryError, Result};

/// What is carried of the folder, and of the folders of logs in it.
const KEYS: [&str; 4] = ["master.key", "log.key", "policy", "service-keys.json"];
const WRAPPING: (&str, &str) = ("wrapping-", ".key");

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeysCarried {
    /// Keys that are there now.
    pub kept: usize,
    /// Wrapping keys that were destroyed here and so were taken away there.
    pub destroyed: usize,
}

/// Carries the keys of `from` to `to`, for its owner alone. A wrapping key that is no more here is taken away there.
pub fn carry(from: &Path, to: &Path) -> Result<KeysCarried> {
    let mut carried = KeysCarried::default();
    folder(from, to, &mut carried).map_err(|source| CarryError::File {
        path: to.to_owned(),
        source,
    })?;
    Ok(carried)
}

fn folder(from: &Path, to: &Path, carried: &mut KeysCarried) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let name = name.to_string_lossy();
        let is_log = entry.is_dir() && entry.join("log.key").exists();
        if is_log {
            folder(&entry, &to.join(&*name), carried)?;
        } else if entry.is_file() && (KEYS.contains(&&*name) || is_wrapping(&name)) {
            write(&to.join(&*name), &fs::read(&entry)?)?;
            carried.kept += 1;
        }
    }
    for entry in fs::read_dir(to)? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if is_wrapping(&name.to_string_lossy()) && !from.join(&name).exists() {
            let length = usize::try_from(entry.metadata()?.len()).unwrap_or(0);
            let mut file = fs::OpenOptions::new().write(true).open(&entry)?;
            io::Write::write_all(&mut file, &vec![0; length])?;
            file.sync_all()?;
            fs::remove_file(&entry)?;
            carried.destroyed += 1;
        }
    }
    fs::File::open(to)?.sync_all()
}

fn is_wrapping(name: &str) -> bool {
    name.strip_prefix(WRAPPING.0)
        .and_then(|rest| rest.strip_suffix(WRAPPING.1))
        .is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    fs::rename(draft, path)
}

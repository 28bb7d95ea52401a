//! Keys, carried apart from the data: those that open it, the log's own, its policy, and hashes of machines' keys. Never what a
//! signer or a witness remembers: a memory that is set back signs twice.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{CarryError, Result};
use crate::integrity::durable;

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
    folder(from, to, &mut carried)?;
    Ok(carried)
}

fn folder(from: &Path, to: &Path, carried: &mut KeysCarried) -> Result<()> {
    durable::private_folder(to)?;
    for (entry, name) in listed(from)? {
        if entry.is_dir() && entry.join("log.key").exists() {
            folder(&entry, &to.join(&name), carried)?;
        } else if (KEYS.contains(&&*name) || is_wrapping(&name))
            && entry.is_file()
            && let Some(key) = durable::read(&entry)?
        {
            durable::replace(&to.join(&name), &key, 0o600)?;
            carried.kept += 1;
        }
    }
    for (entry, name) in listed(to)? {
        if is_wrapping(&name) && !from.join(&name).exists() {
            destroy(&entry).map_err(at(&entry))?;
            carried.destroyed += 1;
        }
    }
    fs::File::open(to)
        .and_then(|folder| folder.sync_all())
        .map_err(at(to))
}

/// What lies in a folder, with its name.
fn listed(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let named = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (entry.path(), name)
    };
    let listed = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(named))
            .collect::<io::Result<_>>()
    });
    listed.map_err(at(folder))
}

/// Written over first.
fn destroy(key: &Path) -> io::Result<()> {
    let length = usize::try_from(key.metadata()?.len()).unwrap_or(0);
    let mut file = fs::OpenOptions::new().write(true).open(key)?;
    file.write_all(&vec![0; length])?;
    file.sync_all()?;
    fs::remove_file(key)
}

/// Says which file an error is about.
fn at(path: &Path) -> impl FnOnce(io::Error) -> CarryError + use<> {
    let path = path.to_owned();
    move |source| CarryError::File { path, source }
}

fn is_wrapping(name: &str) -> bool {
    name.strip_prefix(WRAPPING.0)
        .and_then(|rest| rest.strip_suffix(WRAPPING.1))
        .is_some_and(|number| number.parse::<u32>().is_ok())
}

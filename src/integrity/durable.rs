//! Small files that are whole or not there, also when the power goes.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::error::{IntegrityError, Result, at};

/// Makes a folder and those above it, for its owner only.
pub fn private_folder(folder: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(at(folder))
}

/// Writes a file that must not exist yet; `false` when it does, and then it is left alone.
pub fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<bool> {
    let draft = draft(path, bytes, mode)?;
    // A name that exists is never taken over, which a rename would do.
    let named = fs::hard_link(&draft, path);
    let removed = fs::remove_file(&draft);
    let is_new = match named {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) => return Err(at(path)(error)),
    };
    removed.map_err(at(&draft))?;
    sync_folder(path)?;
    Ok(is_new)
}

/// Puts new content in the place of a file: whoever reads it sees the old or the new one.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let draft = draft(path, bytes, mode)?;
    fs::rename(&draft, path).map_err(at(path))?;
    sync_folder(path)
}

/// The content of a file; none when there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

fn draft(path: &Path, bytes: &[u8], mode: u32) -> Result<PathBuf> {
    let mut suffix = [0; 8];
    getrandom::fill(&mut suffix).map_err(IntegrityError::Random)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let suffix = u64::from_le_bytes(suffix);
    let draft = path.with_file_name(format!(".{name}.{suffix:016x}"));
    let written = write_new(&draft, bytes, mode);
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map_err(at(&draft))?;
    Ok(draft)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the names in a file's folder durable.
fn sync_folder(path: &Path) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(at(folder))
}

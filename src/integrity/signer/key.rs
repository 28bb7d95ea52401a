//! The log's key: 32 bytes in a file that only its owner reads, made by the program for a log without checkpoints.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use crate::integrity::durable;
use crate::integrity::error::{IntegrityError, Result, at};
use crate::tlog::{KeyKind, SigningKey};

const FILE: &str = "log.key";
const BYTES: usize = 32;

/// The key in `folder`, if there is one. A file that others than its owner may read is refused.
pub fn load(folder: &Path, origin: &str) -> Result<Option<SigningKey>> {
    let path = folder.join(FILE);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(&path)(error)),
    };
    let metadata = file.metadata().map_err(at(&path))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(IntegrityError::LogKeyExposed { path, mode });
    }
    let mut seed = Zeroizing::new([0; BYTES]);
    if metadata.len() != BYTES as u64 || file.read_exact(seed.as_mut_slice()).is_err() {
        return Err(IntegrityError::LogKeyDamaged(path));
    }
    let key = SigningKey::from_seed(origin, &seed, KeyKind::Log);
    key.map(Some)
        .map_err(|_| IntegrityError::LogKeyDamaged(path))
}

/// Makes the key; one that is there already is left alone.
pub fn make(folder: &Path) -> Result<()> {
    let mut seed = Zeroizing::new([0; BYTES]);
    getrandom::fill(seed.as_mut_slice()).map_err(IntegrityError::Random)?;
    durable::create(&folder.join(FILE), seed.as_slice(), 0o600)?;
    Ok(())
}

/// Whether there is a key.
pub fn exists(folder: &Path) -> bool {
    fs::exists(folder.join(FILE)).unwrap_or(true)
}

/// Where the key of a log lies.
pub fn missing(folder: &Path) -> IntegrityError {
    IntegrityError::LogKeyMissing(folder.join(FILE))
}

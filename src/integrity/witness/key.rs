//! The witness's key: one line that only its owner reads, in the form that Go's note package uses.
//!
//! Name and seed stand in the same file because the name is part of the key's id.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::error::WitnessError;
use crate::integrity::durable;
use crate::integrity::error::{IntegrityError, at};
use crate::tlog::{KeyKind, SigningKey, text};

const FILE: &str = "witness.key";
const PREFIX: &str = "PRIVATE+KEY+";
/// A name, an id and 33 bytes in base64 are far below it.
const LENGTH_MAX: u64 = 1024;

/// The key in `folder`, if there is one. A file that others than its owner may read is refused.
pub fn load(folder: &Path) -> Result<Option<SigningKey>, WitnessError> {
    let path = folder.join(FILE);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(&path)(error).into()),
    };
    let mode = file.metadata().map_err(at(&path))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(WitnessError::KeyExposed { path, mode });
    }
    let mut line = Zeroizing::new(String::new());
    let read = file.take(LENGTH_MAX).read_to_string(&mut line);
    let key = read.ok().and_then(|_| parse(&line));
    key.map(Some).ok_or(WitnessError::KeyDamaged(path))
}

/// Makes the key; one that is there already is left alone.
pub fn make(folder: &Path, name: &str) -> Result<(), WitnessError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(IntegrityError::Random)?;
    let line = line(name, &seed).ok_or(WitnessError::Name)?;
    durable::create(&folder.join(FILE), line.as_bytes(), 0o600)?;
    Ok(())
}

/// A name for a witness that was given none.
pub fn random_name() -> Result<String, WitnessError> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(IntegrityError::Random)?;
    Ok(format!("witness-{:08x}", u32::from_le_bytes(bytes)))
}

/// Where the key is expected.
pub fn missing(folder: &Path) -> WitnessError {
    WitnessError::KeyMissing(folder.join(FILE))
}

/// `PRIVATE+KEY+<name>+<id>+<base64 of kind and seed>`.
fn line(name: &str, seed: &[u8; 32]) -> Option<Zeroizing<String>> {
    let key = SigningKey::from_seed(name, seed, KeyKind::Witness).ok()?;
    let id = key.verifier().id;
    let bytes = Zeroizing::new([&[KeyKind::Witness.byte()], seed.as_slice()].concat());
    let bytes = Zeroizing::new(text::encode(&bytes));
    Some(Zeroizing::new(format!(
        "{PREFIX}{name}+{id:08x}+{}\n",
        bytes.as_str()
    )))
}

fn parse(written: &str) -> Option<SigningKey> {
    let mut parts = written
        .strip_prefix(PREFIX)?
        .strip_suffix('\n')?
        .splitn(3, '+');
    let (name, _id, bytes) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = Zeroizing::new(text::decode(bytes)?);
    let seed = bytes.strip_prefix(&[KeyKind::Witness.byte()])?;
    let seed = Zeroizing::new(<[u8; 32]>::try_from(seed).ok()?);
    // The id is computed; what is written must be the same.
    (line(name, &seed)?.as_str() == written)
        .then(|| SigningKey::from_seed(name, &seed, KeyKind::Witness).ok())?
}

//! Where wrapping keys are held: files beside the master key, or wherever else the program was given them from.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::{
    Result, VaultError,
    keys::{load, load_or_create, sync, unusable},
    random,
    seal::Secret,
};

/// Holds wrapping keys by number, counted from 1; a number is never used again.
pub trait Holder: Send + Sync {
    /// The key; none when it is not here.
    ///
    /// # Errors
    /// When what is there cannot be read, or is no key.
    fn get(&self, number: u32) -> Result<Option<Secret>>;

    /// The key, made when there is none, and durable when this returns.
    ///
    /// # Errors
    /// [`VaultError::KeyNotGiven`] where keys are not made; when it cannot be kept.
    fn make(&self, number: u32) -> Result<Secret>;

    /// Gone for good when this returns, also when it was not here.
    ///
    /// # Errors
    /// [`VaultError::KeyStillGiven`] where somebody else has to take it away; when it cannot be removed.
    fn destroy(&self, number: u32) -> Result<()>;
}

/// Files `wrapping-N.key` of 32 random bytes each, for their owner alone.
pub struct InFolder(pub PathBuf);

impl InFolder {
    fn path(&self, number: u32) -> PathBuf {
        self.0.join(format!("wrapping-{number}.key"))
    }
}

impl Holder for InFolder {
    fn get(&self, number: u32) -> Result<Option<Secret>> {
        load(&self.path(number))
    }

    fn make(&self, number: u32) -> Result<Secret> {
        load_or_create(self.path(number))
    }

    /// Overwritten before it is removed; what a disk keeps of old blocks is beyond reach.
    fn destroy(&self, number: u32) -> Result<()> {
        let path = self.path(number);
        match overwrite(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            done => done.map_err(unusable(&path))?,
        }
        fs::remove_file(&path).map_err(unusable(&path))?;
        sync(&self.0)
    }
}

fn overwrite(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let noise: [u8; 32] = random().unwrap_or_default();
    file.write_all(&noise)?;
    file.sync_all()
}

/// Keys the program was started with; it makes none and takes none away.
pub struct Given(pub BTreeMap<u32, Secret>);

impl Holder for Given {
    fn get(&self, number: u32) -> Result<Option<Secret>> {
        Ok(self.0.get(&number).cloned())
    }

    fn make(&self, number: u32) -> Result<Secret> {
        let given = self.0.get(&number).cloned();
        given.ok_or(VaultError::KeyNotGiven { number })
    }

    fn destroy(&self, number: u32) -> Result<()> {
        if self.0.contains_key(&number) {
            return Err(VaultError::KeyStillGiven { number });
        }
        Ok(())
    }
}

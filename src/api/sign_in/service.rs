//! Keys of machines: a secret that is shown once and kept as its hash, in one small file beside the log's key. The file is
//! looked at again while the node runs, so that a key is given and taken back without a restart.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::caller::Caller;
use super::scope::Scope;
use crate::api::scalar::hex;
use crate::domain::actor::{Actor, Role};
use crate::integrity::{IntegrityError, durable};

/// What every secret begins with, so that one that went astray is recognised.
pub const PREFIX: &str = "motcua_sk_";

const FILE: &str = "service-keys.json";
const LOCK: &str = "service-keys.lock";
/// Whose callers these are.
const ISSUER: &str = "motcua/service";
/// Between two looks at the file.
const LOOK: Duration = Duration::from_secs(1);

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceKey {
    /// The pseudonym that facts will hold.
    pub name: String,
    pub role: Role,
    pub office: String,
    pub scopes: Vec<Scope>,
    /// When it ends, in seconds since 1970.
    pub until: u64,
    /// SHA-256 of the secret, in hexadecimal digits. The secret is 256 random bits: nothing slower is needed.
    sha256: String,
}

/// Why keys could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceKeyError {
    #[error(transparent)]
    File(#[from] IntegrityError),
    #[error("{}: {source}", path.display())]
    Unusable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} holds no service keys: {source}", path.display())]
    Damaged {
        path: PathBuf,
        source: serde_json::Error,
    },
    /// Who may write it may make keys.
    #[error("{} may be used by others (mode {mode:o}): chmod 600", path.display())]
    Exposed { path: PathBuf, mode: u32 },
    #[error("there is a key of this name; revoke it first, or give another name")]
    Taken,
    #[error("there is no key of this name")]
    Unknown,
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
}

type Result<T, E = ServiceKeyError> = std::result::Result<T, E>;

/// Makes a key in the folder of a journal's keys and gives its secret, which nobody can be shown again.
///
/// # Errors
/// [`ServiceKeyError::Taken`] while a key of this name is good, and what the file does.
pub fn add(folder: &Path, actor: &Actor, scopes: Vec<Scope>, until: u64) -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(ServiceKeyError::Random)?;
    let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let key = ServiceKey {
        name: actor.id.clone(),
        role: actor.role,
        office: actor.office.clone(),
        scopes,
        until,
        sha256: hash(&secret),
    };
    change(folder, |keys| {
        keys.retain(|known| known.name != key.name || known.is_good());
        if keys.iter().any(|known| known.name == key.name) {
            return Err(ServiceKeyError::Taken);
        }
        keys.push(key);
        Ok(())
    })?;
    Ok(secret)
}

/// Takes a key back: nodes that use this folder refuse it from the next second on.
///
/// # Errors
/// [`ServiceKeyError::Unknown`], and what the file does.
pub fn revoke(folder: &Path, name: &str) -> Result<()> {
    change(folder, |keys| {
        let before = keys.len();
        keys.retain(|known| known.name != name);
        (keys.len() < before)
            .then_some(())
            .ok_or(ServiceKeyError::Unknown)
    })
}

/// All keys of a journal, also those that have ended.
///
/// # Errors
/// What the file does; none of no file.
pub fn list(folder: &Path) -> Result<Vec<ServiceKey>> {
    let path = folder.join(FILE);
    let mode = match fs::metadata(&path) {
        Ok(about) => about.mode() & 0o777,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(ServiceKeyError::Unusable { path, source }),
    };
    if mode & 0o077 != 0 {
        return Err(ServiceKeyError::Exposed { path, mode });
    }
    let bytes = durable::read(&path)?.unwrap_or_else(|| b"[]".to_vec());
    serde_json::from_slice(&bytes).map_err(|source| ServiceKeyError::Damaged { path, source })
}

/// One at a time, whole or not at all.
fn change(folder: &Path, with: impl FnOnce(&mut Vec<ServiceKey>) -> Result<()>) -> Result<()> {
    durable::private_folder(folder)?;
    let path = folder.join(LOCK);
    let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
    let _locked = locked.map_err(|source| ServiceKeyError::Unusable { path, source })?;
    let mut keys = list(folder)?;
    with(&mut keys)?;
    let bytes = serde_json::to_vec_pretty(&keys).expect("keys are plain JSON");
    Ok(durable::replace(&folder.join(FILE), &bytes, 0o600)?)
}

fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

impl ServiceKey {
    /// Whether it has not ended.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.until > jsonwebtoken::get_current_timestamp()
    }

    fn caller(&self) -> Caller {
        let actor = Actor::new(&self.name, &self.office, self.role);
        Caller {
            scopes: Some(self.scopes.clone()),
            ..Caller::new(ISSUER, actor, self.until)
        }
    }
}

/// The keys of one folder as a running node knows them.
pub struct ServiceKeys {
    folder: PathBuf,
    held: Mutex<Held>,
}

/// By hash.
type ByHash = Arc<HashMap<String, ServiceKey>>;

#[derive(Default)]
struct Held {
    looked: Option<Instant>,
    /// Of the file that was read last.
    seen: Option<Stamp>,
    keys: ByHash,
}

/// What changes whenever the file or who may use it does: its number and the time of its last change.
type Stamp = (u64, i64, i64);

impl ServiceKeys {
    /// Of the folder of a journal's keys. Nothing is read yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            held: Mutex::default(),
        }
    }

    /// Whose secret this is; none when it is no key's, or the key has ended.
    #[must_use]
    pub fn caller(&self, secret: &str) -> Option<Caller> {
        let keys = self.current();
        let key = keys.get(&hash(secret))?;
        key.is_good().then(|| key.caller())
    }

    /// Whether the key by which somebody came is still there.
    #[must_use]
    pub fn holds(&self, caller: &Caller) -> bool {
        let keys = self.current();
        keys.values()
            .any(|key| key.is_good() && key.caller() == *caller)
    }

    /// A file that cannot be read opens nothing to anybody.
    fn current(&self) -> ByHash {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            held.looked = Some(Instant::now());
            let seen = stamp(&self.folder.join(FILE));
            if seen != held.seen {
                held.keys = Arc::new(self.read());
                held.seen = seen;
            }
        }
        Arc::clone(&held.keys)
    }

    fn read(&self) -> HashMap<String, ServiceKey> {
        let keys = list(&self.folder).unwrap_or_else(|error| {
            tracing::error!(%error, "no service key is taken");
            Vec::new()
        });
        let keys = keys.into_iter();
        keys.map(|key| (key.sha256.clone(), key)).collect()
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let about = fs::metadata(file).ok()?;
    Some((about.ino(), about.ctime(), about.ctime_nsec()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn machine() -> Actor {
        Actor::new("roll-up-01", "*", Role::Auditor)
    }

    fn soon() -> u64 {
        jsonwebtoken::get_current_timestamp() + 60
    }

    #[tokio::test]
    async fn a_secret_is_shown_once_and_only_its_hash_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = add(folder.path(), &machine(), vec![Scope::Read], soon()).expect("a key");
        assert!(secret.starts_with(PREFIX) && secret.len() == PREFIX.len() + 43);
        let kept = fs::read_to_string(folder.path().join(FILE)).expect("the file");
        assert!(!kept.contains(&secret) && kept.contains(&hash(&secret)));
        let keys = ServiceKeys::new(folder.path().to_owned());
        let caller = keys.caller(&secret).expect("known");
        assert_eq!(caller.actor, machine());
        assert!(caller.may(&Scope::Read) && !caller.may(&Scope::Subscribe));
        assert_eq!(keys.caller(&format!("{secret}x")), None);
        assert_eq!(keys.caller(PREFIX), None);
    }

    #[tokio::test]
    async fn a_key_that_was_revoked_is_refused_from_the_next_look_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = ServiceKeys::new(folder.path().to_owned());
        assert_eq!(keys.caller("motcua_sk_x"), None);
        let secret = add(folder.path(), &machine(), vec![Scope::Read], soon()).expect("a key");
        tokio::time::sleep(LOOK).await;
        let caller = keys.caller(&secret).expect("known");
        assert!(keys.holds(&caller));
        revoke(folder.path(), "roll-up-01").expect("revoked");
        tokio::time::sleep(LOOK).await;
        assert_eq!(keys.caller(&secret), None);
        assert!(!keys.holds(&caller));
        let again = revoke(folder.path(), "roll-up-01");
        assert!(matches!(again, Err(ServiceKeyError::Unknown)));
    }

    #[tokio::test]
    async fn a_name_is_given_once_at_a_time_and_a_key_that_has_ended_opens_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let give = |until| add(folder.path(), &machine(), vec![Scope::Read], until);
        let ended = give(jsonwebtoken::get_current_timestamp()).expect("a key");
        let keys = ServiceKeys::new(folder.path().to_owned());
        assert_eq!(keys.caller(&ended), None);
        give(soon()).expect("its name is free again");
        assert!(matches!(give(soon()), Err(ServiceKeyError::Taken)));
        assert_eq!(list(folder.path()).expect("keys").len(), 1);
    }

    #[tokio::test]
    async fn a_file_that_others_may_write_or_that_is_damaged_opens_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret = add(folder.path(), &machine(), vec![Scope::Read], soon()).expect("a key");
        let (file, keys) = (folder.path().join(FILE), || {
            ServiceKeys::new(folder.path().to_owned())
        });
        fs::set_permissions(&file, fs::Permissions::from_mode(0o660)).expect("a mode");
        assert_eq!(keys().caller(&secret), None);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
        assert!(keys().caller(&secret).is_some());
        fs::write(&file, "[{}]").expect("written");
        assert_eq!(keys().caller(&secret), None);
    }
}

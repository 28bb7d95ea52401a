//! The master key: one small file, made by the program, and every other secret derived from it.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Result, VaultError, random};

const FILE: &str = "master.key";
const BYTES: usize = 32;

/// The master key in memory; overwritten when dropped, never printed.
pub struct Keys {
    master: Zeroizing<[u8; BYTES]>,
}

impl Keys {
    /// Reads `master.key` in `folder`, or makes it (and the folder) when there is none.
    ///
    /// Of several processes that make it at once one wins and all use its key. A file that others than its owner may
    /// read is refused. The folder does not belong inside the data folder: a copy of the data would carry its key.
    pub fn load_or_create(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        if let Some(keys) = Self::load(&path)? {
            return Ok(keys);
        }
        create(folder, &path)?;
        Self::load(&path)?.ok_or_else(|| VaultError::KeyDamaged { path })
    }

    /// From a key held elsewhere.
    #[must_use]
    pub fn from_master(master: [u8; BYTES]) -> Self {
        Self {
            master: Zeroizing::new(master),
        }
    }

    /// A secret for one use: HKDF-SHA-256 without salt, `info` names the use and its version
    /// (`motcua/command-mac/v1`). Whoever keeps it should keep it in [`Zeroizing`].
    #[must_use]
    pub fn derive(&self, info: &str) -> [u8; BYTES] {
        let mut secret = [0; BYTES];
        Hkdf::<Sha256>::new(None, self.master.as_slice())
            .expand(info.as_bytes(), &mut secret)
            .expect("32 bytes are within what HKDF can give");
        secret
    }

    fn load(path: &Path) -> Result<Option<Self>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(path)(error)),
        };
        let mode = file
            .metadata()
            .map_err(unusable(path))?
            .permissions()
            .mode()
            & 0o777;
        if mode & 0o077 != 0 {
            let path = path.to_owned();
            return Err(VaultError::KeyExposed { path, mode });
        }
        let mut master = Zeroizing::new([0; BYTES]);
        let damaged = |_| VaultError::KeyDamaged {
            path: path.to_owned(),
        };
        file.read_exact(master.as_mut_slice()).map_err(damaged)?;
        if file.read(&mut [0]).map_err(unusable(path))? != 0 {
            return Err(VaultError::KeyDamaged {
                path: path.to_owned(),
            });
        }
        Ok(Some(Self { master }))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Whole or not at all, also when the power goes: the bytes are on disk before the name is, and a name that exists is
/// never taken over (`rename` would replace the key another process has just made and begun to use).
fn create(folder: &Path, path: &Path) -> Result<()> {
    let new: Vec<&Path> = folder
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .collect();
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(unusable(folder))?;
    let master = Zeroizing::new(random::<BYTES>()?);
    let suffix = u64::from_le_bytes(random()?);
    let draft = folder.join(format!(".{FILE}.{suffix:016x}"));
    let named = write_new(&draft, master.as_slice()).and_then(|()| fs::hard_link(&draft, path));
    let removed = fs::remove_file(&draft);
    match named {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(unusable(path)(error));
        }
        Ok(()) | Err(_) => removed.map_err(unusable(&draft))?,
    }
    sync(folder)?;
    new.into_iter().filter_map(Path::parent).try_for_each(sync)
}

/// Makes the names in a folder durable.
pub(super) fn sync(folder: &Path) -> Result<()> {
    let here = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(here)
        .and_then(|folder| folder.sync_all())
        .map_err(unusable(here))
}

pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Says which file an error is about.
pub(super) fn unusable(path: &Path) -> impl Fn(io::Error) -> VaultError + use<> {
    let path: PathBuf = path.to_owned();
    move |source| VaultError::File {
        path: path.clone(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_makes_a_key_that_later_calls_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = folder.path().join("state/motcua");
        let first = Keys::load_or_create(&keys).expect("a new key");
        let second = Keys::load_or_create(&keys).expect("the same key");
        assert_eq!(first.derive("use"), second.derive("use"));
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode(&keys.join(FILE)), 0o600);
        assert_eq!(mode(&keys), 0o700);
        assert_eq!(
            fs::read_dir(&keys).expect("the folder").count(),
            1,
            "no draft stays"
        );
    }

    #[test]
    fn processes_that_make_the_key_at_once_end_with_one_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let folder = folder.path().to_owned();
                std::thread::spawn(move || {
                    Keys::load_or_create(&folder).expect("a key").derive("use")
                })
            })
            .collect();
        let secrets: Vec<_> = threads
            .into_iter()
            .map(|thread| thread.join().expect("a secret"))
            .collect();
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        Keys::load_or_create(folder.path()).expect("a new key");
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(folder.path().join(FILE), fs::Permissions::from_mode(mode))
                .expect("a mode");
            let refused = Keys::load_or_create(folder.path()).expect_err("exposed");
            assert_eq!(refused.code(), "VAULT_KEY_EXPOSED");
        }
    }

    #[test]
    fn a_key_of_another_length_is_refused_and_left_alone() {
        for length in [0, 31, 33] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join(FILE);
            write_new(&path, &vec![7; length]).expect("a file");
            let refused = Keys::load_or_create(folder.path()).expect_err("damaged");
            assert_eq!(refused.code(), "VAULT_KEY_DAMAGED");
            assert_eq!(fs::read(&path).expect("the file"), vec![7; length]);
        }
    }

    #[test]
    fn derived_secrets_are_those_of_hkdf_sha_256_and_differ_by_use() {
        let keys = Keys::from_master(std::array::from_fn(|place| {
            u8::try_from(place).expect("small")
        }));
        let hex = |info| {
            keys.derive(info)
                .iter()
                .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
        };
        assert_eq!(
            hex("motcua/command-mac/v1"),
            "136afc473101165fe4f5051932a0035adcc2ffccab647045b73c693b8ee6b1ac"
        );
        assert_eq!(
            hex("motcua/kek/v1/m1"),
            "c6380a1df59ddb4f019c7621b3f6d6abd5ad69c49511a5911b009cf4f76f96b4"
        );
    }

    #[test]
    fn printing_the_keys_shows_none() {
        assert_eq!(format!("{:?}", Keys::from_master([7; 32])), "Keys(…)");
    }
}

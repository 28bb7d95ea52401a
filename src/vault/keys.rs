//! The master key: one small file, made by the program, and every secret derived from it; and who holds the wrapping keys.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{
    Result, VaultError,
    holder::{Given, Holder, InFolder},
    random,
    seal::Secret,
};

/// Name of the master key's file in the folder of keys.
pub const FILE: &str = "master.key";
/// The master key in base64, instead of a file.
pub const MASTER_VARIABLE: &str = "MOTCUA_MASTER_KEY";
/// Wrapping keys beside [`MASTER_VARIABLE`]: `1=BASE64,2=BASE64`.
pub const WRAPPING_VARIABLE: &str = "MOTCUA_WRAPPING_KEYS";
const BYTES: usize = 32;

/// The master key in memory, overwritten when dropped and never printed, and where the wrapping keys are.
pub struct Keys {
    master: Secret,
    wrapping: Arc<dyn Holder>,
}

impl Keys {
    /// Reads `master.key` in `folder`, or makes it (and the folder) when there is none; wrapping keys lie beside it.
    ///
    /// Of several processes that make it at once one wins and all use its key. A file that others than its owner may
    /// read is refused. The folder does not belong inside the data folder: a copy of the data would carry its key.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn load_or_create(folder: &Path) -> Result<Self> {
        Ok(Self {
            master: load_or_create(folder.join(FILE))?,
            wrapping: Arc::new(InFolder(folder.to_owned())),
        })
    }

    /// From keys held elsewhere: the master key, and wrapping keys by their numbers.
    #[must_use]
    pub fn given(
        master: [u8; BYTES],
        wrapping: impl IntoIterator<Item = (u32, [u8; BYTES])>,
    ) -> Self {
        let wrapping = wrapping.into_iter();
        let wrapping = wrapping.map(|(number, key)| (number, Zeroizing::new(key)));
        Self {
            master: Zeroizing::new(master),
            wrapping: Arc::new(Given(wrapping.collect())),
        }
    }

    /// From the texts of [`MASTER_VARIABLE`] and [`WRAPPING_VARIABLE`].
    ///
    /// # Errors
    /// [`VaultError::KeyDamaged`] with the variable's name.
    pub fn from_texts(master: &str, wrapping: &str) -> Result<Self> {
        let key = |text: &str, variable: &str| -> Result<Secret> {
            let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new);
            let key = bytes
                .ok()
                .and_then(|bytes| bytes.as_slice().try_into().ok());
            key.map(Zeroizing::new)
                .ok_or_else(|| VaultError::KeyDamaged {
                    path: variable.into(),
                })
        };
        let mut keys = BTreeMap::new();
        for entry in wrapping.split(',').filter(|entry| !entry.trim().is_empty()) {
            let (number, text) = entry.split_once('=').unwrap_or_default();
            let number = number.trim().parse().unwrap_or(0);
            if number == 0 || keys.insert(number, key(text, WRAPPING_VARIABLE)?).is_some() {
                return Err(VaultError::KeyDamaged {
                    path: WRAPPING_VARIABLE.into(),
                });
            }
        }
        Ok(Self {
            master: key(master, MASTER_VARIABLE)?,
            wrapping: Arc::new(Given(keys)),
        })
    }

    /// A secret for one use: HKDF-SHA-256 without salt, `info` names the use and its version
    /// (`motcua/command-mac/v1`). Whoever keeps it should keep it in [`Zeroizing`].
    #[must_use]
    pub fn derive(&self, info: &str) -> [u8; BYTES] {
        derive(&self.master, info)
    }

    /// Who holds the wrapping keys.
    pub(super) fn wrapping(&self) -> Arc<dyn Holder> {
        self.wrapping.clone()
    }
}

/// HKDF-SHA-256 without salt.
pub(super) fn derive(from: &Secret, info: &str) -> [u8; BYTES] {
    let mut secret = [0; BYTES];
    Hkdf::<Sha256>::new(None, from.as_slice())
        .expand(info.as_bytes(), &mut secret)
        .expect("32 bytes are within what HKDF can give");
    secret
}

/// The key in this file, made when there is none.
pub(super) fn load_or_create(path: PathBuf) -> Result<Secret> {
    if let Some(key) = load(&path)? {
        return Ok(key);
    }
    create(&path)?;
    load(&path)?.ok_or(VaultError::KeyDamaged { path })
}

/// The key in this file; none when there is no such file.
pub(super) fn load(path: &Path) -> Result<Option<Secret>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path)(error)),
    };
    let metadata = file.metadata().map_err(unusable(path))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(VaultError::KeyExposed { path, mode });
    }
    let mut key = Zeroizing::new([0; BYTES]);
    let damaged = || VaultError::KeyDamaged {
        path: path.to_owned(),
    };
    file.read_exact(key.as_mut_slice()).map_err(|_| damaged())?;
    if file.read(&mut [0]).map_err(unusable(path))? != 0 {
        return Err(damaged());
    }
    Ok(Some(key))
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Whole or not at all, also when the power goes: the bytes are on disk before the name is, and a name that exists is
/// never taken over (`rename` would replace the key another process has just made and begun to use).
fn create(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
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
    let draft = folder.join(format!(".{name}.{suffix:016x}"));
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
        let keys = Keys::given(
            std::array::from_fn(|place| u8::try_from(place).expect("small")),
            [],
        );
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
        assert_eq!(format!("{:?}", Keys::given([7; 32], [])), "Keys(…)");
    }
}

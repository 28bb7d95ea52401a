//! The store of enciphered files: a folder. Its five methods are all that another kind of store would need.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use uuid::{Builder, Uuid};

use super::keys::{sync, unusable, write_new};
use super::{Result, VaultError, random};

/// No file is taken when less is left on the disk, in bytes.
const FREE_MIN: u64 = 512 * 1024 * 1024;

/// Extension of a file that is not whole yet.
const DRAFT: &str = "new";

/// Says in the folder whose files they are.
const OWNER: &str = "journal";

/// A folder of enciphered files, each named by its random id, two hexadecimal digits to a subfolder. Nodes that share a
/// PostgreSQL vault share the folder too.
#[derive(Clone)]
pub struct Folder(Arc<Path>);

impl Folder {
    /// The folder of this journal's files, made when there is none. It is marked as that journal's: two that shared one
    /// would sweep each other's files away.
    ///
    /// # Errors
    /// [`VaultError::FolderOfAnother`], or [`VaultError::File`] where nothing can be written.
    pub async fn open(path: PathBuf, journal: Uuid) -> Result<Self> {
        let root: Arc<Path> = path.into();
        let folder = Self(Arc::clone(&root));
        blocking(move || mark(&root, journal)).await?;
        Ok(folder)
    }

    /// Whole and on disk when it returns; nothing of it stays under its name when it fails.
    pub async fn put(&self, id: Uuid, bytes: Vec<u8>) -> Result<()> {
        let path = self.path(id);
        blocking(move || {
            let folder = path.parent().expect("a file lies in a folder");
            let made = !folder.exists();
            make(folder)?;
            if free(folder)? < FREE_MIN + bytes.len() as u64 {
                return Err(VaultError::FolderFull { path });
            }
            let draft = path.with_extension(DRAFT);
            let named = write_new(&draft, &bytes).and_then(|()| fs::rename(&draft, &path));
            if let Err(error) = named {
                let _ = fs::remove_file(&draft);
                return Err(unusable(&path)(error));
            }
            sync(folder)?;
            if made {
                folder.ancestors().skip(1).take(2).try_for_each(sync)?;
            }
            Ok(())
        })
        .await
    }

    /// None when there is no such file.
    pub async fn get(&self, id: Uuid) -> Result<Option<Vec<u8>>> {
        let path = self.path(id);
        blocking(move || match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&path)(error)),
        })
        .await
    }

    /// Passes over those that are not there; gives how many there were.
    pub async fn delete(&self, ids: Vec<Uuid>) -> Result<u64> {
        let paths: Vec<_> = ids.into_iter().map(|id| self.path(id)).collect();
        blocking(move || {
            let mut deleted = 0;
            for path in paths {
                deleted += u64::from(remove(&path)?);
            }
            Ok(deleted)
        })
        .await
    }

    /// Those of these that are not there.
    pub async fn missing(&self, ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
        let folder = self.clone();
        blocking(move || {
            let mut missing = Vec::new();
            for id in ids {
                let path = folder.path(id);
                if !path.try_exists().map_err(unusable(&path))? {
                    missing.push(id);
                }
            }
            Ok(missing)
        })
        .await
    }

    /// Ids of the files of more than this age; what a crash left half written is deleted.
    pub async fn older(&self, age: Duration) -> Result<Vec<Uuid>> {
        let folder = self.clone();
        blocking(move || {
            let mut found = Vec::new();
            for path in shelved(&folder.0)? {
                let put = path.metadata().and_then(|about| about.modified());
                let old = |put: SystemTime| put.elapsed().is_ok_and(|since| since > age);
                if !put.is_ok_and(old) {
                    continue;
                }
                let id = path.file_stem().and_then(|name| name.to_str());
                let Some(id) = id.and_then(|id| id.parse().ok()) else {
                    continue;
                };
                if path == folder.path(id) {
                    found.push(id);
                } else if path == folder.path(id).with_extension(DRAFT) {
                    remove(&path)?;
                }
            }
            Ok(found)
        })
        .await
    }

    /// Takes over what is in another folder, byte for byte, and gives up what is not: how many came, how many went.
    pub async fn follow(&self, other: &Self) -> Result<(u64, u64)> {
        let (ours, theirs) = (self.ids().await?, other.ids().await?);
        let mut came = 0;
        for id in theirs.difference(&ours) {
            // One that was destroyed just now is none to take over.
            if let Some(bytes) = other.get(*id).await? {
                self.put(*id, bytes).await?;
                came += 1;
            }
        }
        let gone = ours.difference(&theirs).copied().collect();
        Ok((came, self.delete(gone).await?))
    }

    /// Ids of the files that are whole.
    async fn ids(&self) -> Result<BTreeSet<Uuid>> {
        let folder = self.clone();
        blocking(move || {
            let whole = shelved(&folder.0)?.into_iter().filter_map(|path| {
                let id = path.file_name()?.to_str()?.parse().ok()?;
                (path == folder.path(id)).then_some(id)
            });
            Ok(whole.collect())
        })
        .await
    }

    fn path(&self, id: Uuid) -> PathBuf {
        let name = id.simple().to_string();
        self.0.join(&name[..2]).join(name)
    }
}

/// Notes whose folder it is, if nobody has; refuses another's.
fn mark(root: &Path, journal: Uuid) -> Result<()> {
    make(root)?;
    let (marker, own) = (root.join(OWNER), format!("{journal}\n"));
    let draft = root.join(format!(
        "{OWNER}.{}",
        Builder::from_random_bytes(random()?).into_uuid()
    ));
    write_new(&draft, own.as_bytes()).map_err(unusable(&draft))?;
    // Of several nodes that come first at once, one marks it.
    let linked = fs::hard_link(&draft, &marker);
    remove(&draft)?;
    match linked {
        Ok(()) => sync(root),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let found = fs::read_to_string(&marker).map_err(unusable(&marker))?;
            let path = root.to_owned();
            (found == own)
                .then_some(())
                .ok_or(VaultError::FolderOfAnother { path })
        }
        Err(error) => Err(unusable(&marker)(error)),
    }
}

/// Bytes that are free on its disk for this user.
fn free(folder: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(folder).map_err(|error| unusable(folder)(error.into()))?;
    Ok(disk.f_bavail * disk.f_frsize)
}

/// For its owner alone.
fn make(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(folder);
    made.map_err(unusable(folder))
}

/// Whether it was there.
fn remove(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unusable(path)(error)),
    }
}

/// What lies in the folders of a folder.
fn shelved(root: &Path) -> Result<Vec<PathBuf>> {
    let shelves = entries(root)?.into_iter().map(|shelf| entries(&shelf));
    Ok(shelves.collect::<Result<Vec<_>>>()?.concat())
}

/// What lies in a folder; nothing when there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(unusable(folder)(error)),
    };
    let paths = listed.map(|entry| entry.map(|entry| entry.path()));
    let paths: io::Result<Vec<_>> = paths.collect();
    paths.map_err(unusable(folder))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or(Err(VaultError::Misuse("the work on a file was cut off")))
}

//! The store of enciphered files: a folder. Its four methods are all that another kind of store would need.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use uuid::Uuid;

use super::keys::{sync, unusable, write_new};
use super::{Result, VaultError};

/// A folder of enciphered files, each named by its random id, two hexadecimal digits to a subfolder. Nodes that share a
/// PostgreSQL vault share the folder too.
#[derive(Clone)]
pub struct Folder(Arc<Path>);

impl Folder {
    /// Made when the first file comes.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path.into())
    }

    /// Whole and on disk when it returns; nothing of it stays under its name when it fails.
    pub async fn put(&self, id: Uuid, bytes: Vec<u8>) -> Result<()> {
        let path = self.path(id);
        blocking(move || {
            let folder = path.parent().expect("a file lies in a folder");
            let made = !folder.exists();
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(unusable(folder))?;
            let draft = path.with_extension("new");
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
                match fs::remove_file(&path) {
                    Ok(()) => deleted += 1,
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(unusable(&path)(error)),
                }
            }
            Ok(deleted)
        })
        .await
    }

    /// Ids of the files of more than this age; what a crash left half written is deleted.
    pub async fn older(&self, age: Duration) -> Result<Vec<Uuid>> {
        let root = self.0.clone();
        blocking(move || {
            let mut found = Vec::new();
            for shelf in entries(&root)? {
                for path in entries(&shelf)? {
                    let put = path.metadata().and_then(|about| about.modified());
                    let old = |put: SystemTime| put.elapsed().is_ok_and(|since| since > age);
                    if !put.is_ok_and(old) {
                        continue;
                    }
                    let id = path.file_stem().and_then(|name| name.to_str());
                    match id.and_then(|id| id.parse().ok()) {
                        Some(id) if path.extension().is_none() => found.push(id),
                        Some(_) => fs::remove_file(&path).map_err(unusable(&path))?,
                        None => {}
                    }
                }
            }
            Ok(found)
        })
        .await
    }

    fn path(&self, id: Uuid) -> PathBuf {
        let name = id.simple().to_string();
        self.0.join(&name[..2]).join(name)
    }
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

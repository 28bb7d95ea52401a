//! The tree in flat local files: file L holds the hashes of tile level L one after another. A read model of the journal
//! that its database's administrator cannot reach; disposable, and filled again when it is lost.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::{IntegrityError, Result, at};
use crate::tlog::tile::hashes_at;
use crate::tlog::{Edge, Hash, Hashes, Tile, node_hash, proof};

/// Enough for 256^6 leaves.
const LEVELS: u8 = 6;
const HASH_BYTES: u64 = 32;
/// Leaves appended in one piece when a tree is filled from another level.
const TILE: u64 = 256;

/// The reading side; clones share it. Everything it gives belongs to the tree of [`Tree::size`] leaves or a smaller one.
#[derive(Clone)]
pub struct Tree {
    files: Arc<Files>,
}

struct Files {
    folder: PathBuf,
    /// By level; none where a tree that is only read has no file.
    levels: Vec<Option<File>>,
    size: AtomicU64,
}

impl Tree {
    /// Opens the tree that lies in `folder`, or an empty one, to grow it. What a crash left half-written is cut off, and
    /// upper levels are made again from the lower ones.
    ///
    /// # Errors
    /// [`IntegrityError::TreeInUse`] when another process grows it.
    pub fn open(folder: &Path) -> Result<TreeWriter> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(IntegrityError::TreeInUse(folder.to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(at(&path)(error)),
        }
        TreeWriter::start(folder, lock)
    }

    /// Opens the tree that lies in `folder` to read what stands now.
    pub fn open_read_only(folder: &Path) -> Result<Self> {
        let open = |level: u8| File::open(folder.join(level.to_string()));
        let levels: Vec<Option<File>> = (0..LEVELS).map(|level| open(level).ok()).collect();
        let path = folder.join("0");
        let size = fs::metadata(&path).map_err(at(&path))?.len() / HASH_BYTES;
        Ok(Self::over(folder, levels, size))
    }

    fn over(folder: &Path, levels: Vec<Option<File>>, size: u64) -> Self {
        let files = Files {
            folder: folder.to_owned(),
            levels,
            size: AtomicU64::new(size),
        };
        Self {
            files: Arc::new(files),
        }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.files.size.load(Ordering::Acquire)
    }

    /// The `index`-th hash of a tile level; none beyond the tree.
    #[must_use]
    pub fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        let mut hash = [0; 32];
        self.read(level, index, &mut hash)?;
        Some(hash)
    }

    /// The bytes of a tile; none when the tree does not reach so far.
    #[must_use]
    pub fn tile(&self, tile: &Tile) -> Option<Vec<u8>> {
        let mut bytes = vec![0; usize::from(tile.width) * 32];
        self.read(tile.level, tile.index.checked_mul(TILE)?, &mut bytes)?;
        Some(bytes)
    }

    /// Up to `max` leaf hashes from position `from` on.
    #[must_use]
    pub fn leaves(&self, from: u64, max: u32) -> Vec<Hash> {
        let count = self.size().saturating_sub(from).min(u64::from(max));
        let mut bytes = vec![0; usize::try_from(count * HASH_BYTES).unwrap_or(0)];
        match self.read(0, from, &mut bytes) {
            Some(()) => bytes.as_chunks().0.to_vec(),
            None => Vec::new(),
        }
    }

    fn read(&self, level: u8, index: u64, into: &mut [u8]) -> Option<()> {
        let count = into.len() as u64 / HASH_BYTES;
        if index.checked_add(count)? > hashes_at(level, self.size()) {
            return None;
        }
        let file = self.files.levels.get(usize::from(level))?.as_ref()?;
        let read = file.read_exact_at(into, index * HASH_BYTES);
        if let Err(error) = &read {
            let folder = self.files.folder.display();
            tracing::error!(%error, level, index, %folder, "the tree cannot be read");
        }
        read.ok()
    }

    /// The root of the tree when it had `size` leaves.
    pub fn root(&self, size: u64) -> Result<Hash> {
        proof::root(self, size).ok_or_else(|| self.too_small(size))
    }

    /// The audit path of the leaf at `position` in the tree of `size` leaves.
    pub fn inclusion(&self, position: u64, size: u64) -> Result<Vec<Hash>> {
        proof::inclusion(self, position, size).ok_or_else(|| self.too_small(size))
    }

    /// The proof that the tree of `new` leaves continues the one of `old` leaves; empty for `old` = 0.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>> {
        if old == 0 {
            return Ok(Vec::new());
        }
        proof::consistency(self, old, new).ok_or_else(|| self.too_small(new))
    }

    fn too_small(&self, needed: u64) -> IntegrityError {
        IntegrityError::TreeTooSmall {
            size: self.size(),
            needed,
        }
    }
}

impl Hashes for Tree {
    fn hash(&self, level: u8, index: u64) -> Option<Hash> {
        Tree::hash(self, level, index)
    }
}

/// The one that grows the tree.
pub struct TreeWriter {
    tree: Tree,
    edge: Edge,
    /// Levels written since the last [`TreeWriter::sync`].
    unsynced: [bool; LEVELS as usize],
    lock: File,
}

impl TreeWriter {
    fn start(folder: &Path, lock: File) -> Result<Self> {
        let mut levels = Vec::new();
        for level in 0..LEVELS {
            let path = folder.join(level.to_string());
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            levels.push(Some(options.open(&path).map_err(at(&path))?));
        }
        let tree = Tree::over(folder, levels, u64::MAX);
        let size = tree.length(0)?;
        let mut writer = Self {
            tree,
            edge: Edge::new(),
            unsynced: [false; LEVELS as usize],
            lock,
        };
        writer.truncate(size)?;
        Ok(writer)
    }

    /// A reader of this tree.
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.tree.clone()
    }

    #[must_use]
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root of what stands now.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// Appends leaf hashes; readers see them together.
    pub fn append(&mut self, leaves: &[Hash]) -> Result<()> {
        let mut edge = self.edge.clone();
        let mut made = Vec::with_capacity(leaves.len() + leaves.len() / 128);
        for leaf in leaves {
            edge.push(*leaf, &mut made);
        }
        for level in 0..LEVELS {
            let new = made.iter().filter(|(found, _)| *found == level);
            let bytes: Vec<u8> = new.flat_map(|(_, hash)| *hash).collect();
            if !bytes.is_empty() {
                self.write(level, hashes_at(level, self.edge.size()), &bytes)?;
            }
        }
        self.edge = edge;
        self.show();
        Ok(())
    }

    /// Cuts the tree back to its first `size` leaves; a larger size than it has leaves it as it is.
    pub fn truncate(&mut self, size: u64) -> Result<()> {
        let size = size.min(self.tree.length(0)?);
        self.tree.files.size.store(size, Ordering::Release);
        for level in 0..LEVELS {
            self.tree
                .resize(level, hashes_at(level, size))
                .map_err(at(&self.tree.files.folder))?;
            if level > 0 {
                self.derive(level, size)?;
            }
        }
        self.edge = proof::edge(&self.tree, size).ok_or_else(|| self.tree.too_small(size))?;
        Ok(())
    }

    /// Makes what is missing of an upper level from the one below it.
    fn derive(&mut self, level: u8, size: u64) -> Result<()> {
        for index in self.tree.length(level)?..hashes_at(level, size) {
            let below = Tile {
                level: level - 1,
                index,
                width: 256,
            };
            let bytes = self.tree.tile(&below);
            let bytes = bytes.ok_or_else(|| self.tree.too_small(size))?;
            self.write(level, index, &perfect_root(&bytes))?;
        }
        Ok(())
    }

    fn write(&mut self, level: u8, index: u64, bytes: &[u8]) -> Result<()> {
        let file = self.tree.files.levels[usize::from(level)].as_ref();
        let file = file.expect("a writer has a file for each level");
        file.write_all_at(bytes, index * HASH_BYTES)
            .map_err(at(&self.tree.files.folder))?;
        self.unsynced[usize::from(level)] = true;
        Ok(())
    }

    fn show(&self) {
        let size = self.edge.size();
        self.tree.files.size.store(size, Ordering::Release);
    }

    /// Makes durable what was appended.
    pub fn sync(&mut self) -> Result<()> {
        for (file, unsynced) in self.tree.files.levels.iter().zip(&mut self.unsynced) {
            if let Some(file) = file.as_ref().filter(|_| *unsynced) {
                file.sync_data().map_err(at(&self.tree.files.folder))?;
                *unsynced = false;
            }
        }
        Ok(())
    }

    /// Takes the place of another tree with the files of this one, which was grown in a folder of its own.
    pub fn replace(mut self, other: Self) -> Result<Self> {
        self.sync()?;
        let (from, to) = (&self.tree.files.folder, &other.tree.files.folder);
        for level in 0..LEVELS {
            let name = level.to_string();
            fs::rename(from.join(&name), to.join(&name)).map_err(at(to))?;
        }
        fs::remove_dir_all(from).map_err(at(from))?;
        Self::start(to, other.lock)
    }
}

impl Tree {
    /// Whole hashes in a level's file.
    fn length(&self, level: u8) -> Result<u64> {
        let Some(file) = &self.files.levels[usize::from(level)] else {
            return Ok(0);
        };
        let metadata = file.metadata().map_err(at(&self.files.folder))?;
        Ok(metadata.len() / HASH_BYTES)
    }

    /// Cuts a level's file to at most so many whole hashes.
    fn resize(&self, level: u8, hashes_max: u64) -> std::io::Result<()> {
        let Some(file) = &self.files.levels[usize::from(level)] else {
            return Ok(());
        };
        let length = file.metadata()?.len();
        let wanted = (length / HASH_BYTES).min(hashes_max) * HASH_BYTES;
        if length == wanted {
            return Ok(());
        }
        file.set_len(wanted)
    }
}

/// The root over a full tile.
fn perfect_root(tile: &[u8]) -> Hash {
    let mut hashes: Vec<Hash> = tile.as_chunks().0.to_vec();
    while hashes.len() > 1 {
        let pairs = hashes.as_chunks().0.iter();
        hashes = pairs
            .map(|[left, right]: &[Hash; 2]| node_hash(left, right))
            .collect();
    }
    hashes[0]
}

//! The tree behind a signed checkpoint, read tile by tile from somebody whom nobody has to trust: every hash that is given
//! was proved to belong to the signed root.

use std::collections::HashMap;

use futures_util::future::BoxFuture;

use super::error::{MirrorError, Result};
use super::source::Source;
use crate::tlog::tile::{WIDTH, hashes_at};
use crate::tlog::{Checkpoint, Hash, Tile, node_hash, proof};

/// Full tiles kept at hand; they are read in order, so few are enough.
const KEPT_MAX: usize = 64;

pub struct Remote {
    source: Source,
    size: u64,
    /// The last tile of each level that is not full: together they make the root.
    edge: HashMap<u8, Vec<Hash>>,
    full: HashMap<(u8, u64), Vec<Hash>>,
}

impl Remote {
    /// Reads the right edge of the tree and proves it by the root.
    pub async fn open(source: Source, checkpoint: &Checkpoint) -> Result<Self> {
        let mut edge = HashMap::new();
        for tile in proof::needed_for_root(checkpoint.size) {
            edge.insert(tile.level, source.tile(&tile).await?);
        }
        let remote = Self {
            source,
            size: checkpoint.size,
            edge,
            full: HashMap::new(),
        };
        let at_edge = |level: u8, index: u64| remote.at_edge(level, index).copied();
        if proof::root(&at_edge, checkpoint.size) != Some(checkpoint.root) {
            return Err(MirrorError::Proof {
                what: format!("the right edge shown for size {}", checkpoint.size),
            });
        }
        Ok(remote)
    }

    /// Proves leaf hashes to be the log's, from leaf `256 * run` on: a full run, or the whole last one.
    pub async fn check(&mut self, run: u64, leaves: &[Hash]) -> Result<()> {
        let proved = if leaves.len() == usize::from(WIDTH) {
            perfect_root(leaves) == self.hash(1, run).await?
        } else {
            let last = hashes_at(0, self.size) / u64::from(WIDTH);
            run == last && self.edge.get(&0).is_some_and(|edge| edge == leaves)
        };
        let first = run * u64::from(WIDTH);
        proved.then_some(()).ok_or_else(|| MirrorError::Proof {
            what: format!("what is shown from position {first} on"),
        })
    }

    /// The `index`-th hash of a tile level.
    pub async fn hash(&mut self, level: u8, index: u64) -> Result<Hash> {
        if let Some(hash) = self.at_edge(level, index) {
            return Ok(*hash);
        }
        let tile = self.full_tile(level, index / u64::from(WIDTH)).await?;
        Ok(tile[place(index)])
    }

    /// The root that this tree had when it was of a smaller size.
    pub async fn root(&mut self, size: u64) -> Result<Hash> {
        let found = self.hashes(&proof::needed_for_root(size)).await?;
        let known = |level: u8, index: u64| found.get(&(level, index)).copied();
        proof::root(&known, size).ok_or_else(|| self.beyond(size))
    }

    /// The proof that this tree continues its first `size` leaves.
    pub async fn consistency(&mut self, size: u64) -> Result<Vec<Hash>> {
        let needed = proof::needed_for_consistency(size, self.size);
        let found = self.hashes(&needed).await?;
        let known = |level: u8, index: u64| found.get(&(level, index)).copied();
        proof::consistency(&known, size, self.size).ok_or_else(|| self.beyond(size))
    }

    fn beyond(&self, size: u64) -> MirrorError {
        MirrorError::Proof {
            what: format!("a tree of {size} leaves, more than {}", self.size),
        }
    }

    async fn hashes(&mut self, tiles: &[Tile]) -> Result<HashMap<(u8, u64), Hash>> {
        let mut found = HashMap::new();
        for tile in tiles {
            let first = tile.index * u64::from(WIDTH);
            for index in first..first + u64::from(tile.width) {
                found.insert((tile.level, index), self.hash(tile.level, index).await?);
            }
        }
        Ok(found)
    }

    fn at_edge(&self, level: u8, index: u64) -> Option<&Hash> {
        let last = hashes_at(level, self.size) / u64::from(WIDTH);
        let of_last = index / u64::from(WIDTH) == last;
        self.edge.get(&level).filter(|_| of_last)?.get(place(index))
    }

    /// Proved by the hash above it, which is proved in its turn.
    fn full_tile(&mut self, level: u8, index: u64) -> BoxFuture<'_, Result<&Vec<Hash>>> {
        Box::pin(async move {
            if !self.full.contains_key(&(level, index)) {
                if (index + 1) * u64::from(WIDTH) > hashes_at(level, self.size) {
                    return Err(MirrorError::Proof {
                        what: format!("a tile beyond size {}", self.size),
                    });
                }
                let tile = Tile {
                    level,
                    index,
                    width: WIDTH,
                };
                let hashes = self.source.tile(&tile).await?;
                if perfect_root(&hashes) != self.hash(level + 1, index).await? {
                    return Err(MirrorError::Proof {
                        what: format!("tile {tile}"),
                    });
                }
                if self.full.len() >= KEPT_MAX {
                    self.full.clear();
                }
                self.full.insert((level, index), hashes);
            }
            Ok(&self.full[&(level, index)])
        })
    }
}

fn place(index: u64) -> usize {
    usize::try_from(index % u64::from(WIDTH)).expect("below 256")
}

/// The root over a full run of hashes.
pub(super) fn perfect_root(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        let pairs = row.chunks_exact(2);
        row = pairs.map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    row[0]
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::extract::State;
    use axum::http::{StatusCode, Uri};

    use super::*;
    use crate::integrity::Tree;
    use crate::tlog::{leaf_hash, proof::verify_consistency};

    /// A tree on a loopback port, and a tile that is not shown as it is.
    #[derive(Clone)]
    struct Shown {
        tree: Tree,
        bent: Arc<Mutex<Option<String>>>,
    }

    async fn show(State(shown): State<Shown>, uri: Uri) -> Result<Vec<u8>, StatusCode> {
        let path = uri.path().strip_prefix("/log/tile/").unwrap_or_default();
        let tile = path.parse().ok().and_then(|tile| shown.tree.tile(&tile));
        let mut bytes = tile.ok_or(StatusCode::NOT_FOUND)?;
        if shown.bent.lock().expect("free").as_deref() == Some(path) {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        Ok(bytes)
    }

    fn leaves(range: std::ops::Range<u64>) -> Vec<Hash> {
        range.map(|at| leaf_hash(&at.to_be_bytes())).collect()
    }

    /// Of so many leaves; where it is shown, and its checkpoint.
    async fn given(size: u64, folder: &tempfile::TempDir) -> (Shown, Source, Checkpoint) {
        let mut writer = Tree::open(folder.path()).expect("a tree");
        writer.append(&leaves(0..size)).expect("grown");
        let shown = Shown {
            tree: writer.tree(),
            bent: Arc::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(show).with_state(shown.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let source = Source::over_http(&format!("http://{address}"), None).expect("an address");
        let checkpoint = Checkpoint {
            origin: "o".into(),
            size,
            root: writer.root(),
        };
        (shown, source, checkpoint)
    }

    #[tokio::test]
    async fn every_run_of_a_tree_of_three_levels_is_proved_and_nothing_else_is() {
        for size in [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000] {
            let folder = tempfile::tempdir().expect("a folder");
            let (_, source, checkpoint) = given(size, &folder).await;
            let mut remote = Remote::open(source, &checkpoint).await.expect("proved");
            let last = (size - 1) / 256;
            for run in [0, 1, 254, 255, 256, 272, last] {
                let end = size.min((run + 1) * 256);
                if run * 256 >= end {
                    continue;
                }
                let mut run_leaves = leaves(run * 256..end);
                remote.check(run, &run_leaves).await.expect("proved");
                run_leaves[0][0] ^= 1;
                let refused = remote.check(run, &run_leaves).await;
                assert!(matches!(refused, Err(MirrorError::Proof { .. })));
                let refused = remote.check(run, &run_leaves[1..]).await;
                assert!(matches!(refused, Err(MirrorError::Proof { .. })));
            }
            for old in [1, 2, 200, 256, 300, 65_536, 69_999] {
                if old > size {
                    assert!(remote.root(old).await.is_err());
                    continue;
                }
                let root = remote.root(old).await.expect("a root");
                let path = remote.consistency(old).await.expect("a proof");
                verify_consistency(old, &root, size, &checkpoint.root, &path)
                    .expect("it continues");
            }
        }
    }

    #[tokio::test]
    async fn a_bent_tile_at_any_level_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let (shown, source, checkpoint) = given(70_000, &folder).await;
        for (path, run) in [("1/000", 3), ("1/001.p/17", 260), ("2/000.p/1", 3)] {
            *shown.bent.lock().expect("free") = Some(path.into());
            let outcome = match Remote::open(source.clone(), &checkpoint).await {
                Ok(mut remote) => remote.check(run, &leaves(run * 256..run * 256 + 256)).await,
                Err(error) => Err(error),
            };
            assert!(matches!(outcome, Err(MirrorError::Proof { .. })), "{path}");
        }
    }
}

//! Before `tlog_tiles`, a port of Go's `sumdb/tlog`: it reads our tiles and proves the same from them.

use std::collections::BTreeMap;

use motcua::tlog::{Hash, leaf_hash, proof, tiles_of};
use tlog_tiles::{
    Error, Hash as TheirHash, HashReader, Tile, TileHashReader, TileReader, check_record,
    check_tree, prove_record, prove_tree, stored_hash_index, tree_hash,
};

use super::{LOG, Log, SIZES, entry, leaves_of, sizes_up_to, turned};

/// Tiles by their paths, as a web server holds them.
struct Served(BTreeMap<String, Vec<u8>>);

impl Served {
    fn of(log: &Log, size: u64) -> Self {
        let tiles = tiles_of(size).map(|tile| {
            let start = usize::try_from(tile.index).expect("a small log") * 256;
            let level = &log.levels[usize::from(tile.level)];
            let hashes = &level[start..start + usize::from(tile.width)];
            (tile.to_string(), hashes.concat())
        });
        Self(tiles.collect())
    }
}

impl TileReader for Served {
    fn height(&self) -> u8 {
        8
    }

    /// Their paths name the tile's height as well: `tile/8/0/000`.
    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &Tile| {
            let path = tile.path();
            let ours = path.strip_prefix("tile/8/").ok_or(Error::InvalidTile)?;
            self.0.get(ours).cloned().ok_or(Error::InvalidTile)
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _tiles: &[Tile], _data: &[Vec<u8>]) {}
}

#[test]
fn tlog_tiles_reads_our_tiles_and_agrees_with_our_proofs() {
    for size in SIZES {
        let served = Served::of(&LOG, size);
        let root = theirs(&LOG.root(size));
        let reader = TileHashReader::new(size, root, &served);
        assert!(
            tree_hash(size, &reader).expect("tiles") == root,
            "at {size}"
        );

        for index in leaves_of(size) {
            let ours = LOG.inclusion(index, size);
            let proof = prove_record(size, index, &reader).expect("tiles");
            assert!(proof == all(&ours), "leaf {index} of {size}");
            let leaf = theirs(&leaf_hash(&entry(index)));
            let includes =
                |proof: &[Hash]| check_record(&all(proof), size, root, index, leaf).is_ok();
            assert!(includes(&ours), "leaf {index} of {size}");
            assert!(turned(&ours).is_none_or(|turned| !includes(&turned)));
        }
        for old in sizes_up_to(size) {
            let ours = LOG.consistency(old, size);
            let before = theirs(&LOG.root(old));
            let proof = prove_tree(size, old, &reader).expect("tiles");
            assert!(proof == all(&ours), "{old} to {size}");
            let continues =
                |proof: &[Hash]| check_tree(&all(proof), size, root, old, before).is_ok();
            assert!(continues(&ours), "{old} to {size}");
            assert!(turned(&ours).is_none_or(|turned| !continues(&turned)));
        }
    }
}

#[test]
fn tlog_tiles_refuses_a_tile_with_one_turned_bit() {
    for size in SIZES {
        let root = theirs(&LOG.root(size));
        for index in leaves_of(size) {
            let mut served = Served::of(&LOG, size);
            let tiles = proof::needed_for_inclusion(index, size);
            let Some(tile) = tiles.first() else {
                assert_eq!(size, 1, "only a lone leaf needs no tile");
                continue;
            };
            let bytes = served
                .0
                .get_mut(&tile.to_string())
                .expect("a tile of the log");
            *bytes.last_mut().expect("no tile is empty") ^= 1;
            let reader = TileHashReader::new(size, root, &served);
            // Reading does not compare every full tile with the one above it; then the proof made from it fails.
            let proves = || {
                let leaf = reader.read_hashes(&[stored_hash_index(0, index)]).ok()?[0];
                let proof = prove_record(size, index, &reader).ok()?;
                check_record(&proof, size, root, index, leaf).ok()
            };
            assert!(proves().is_none(), "leaf {index} of {size}, tile {tile}");
        }
    }
}

#[test]
fn tlog_tiles_reads_our_checkpoints() {
    for size in SIZES {
        let signed = LOG.checkpoint(size);
        let body = signed.note().text.as_bytes();
        let read = tlog_tiles::Checkpoint::from_bytes(body).expect("a checkpoint");
        assert_eq!(read.origin(), signed.checkpoint().origin);
        assert_eq!(read.size(), size);
        assert!(*read.hash() == theirs(&signed.checkpoint().root));
        assert_eq!(read.to_bytes(), body);
    }
}

fn theirs(hash: &Hash) -> TheirHash {
    TheirHash(*hash)
}

fn all(hashes: &[Hash]) -> Vec<TheirHash> {
    hashes.iter().map(theirs).collect()
}

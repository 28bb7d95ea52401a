//! Tiles: the tree cut into runs of at most 256 hashes, and their canonical paths (c2sp.org/tlog-tiles).

use std::fmt;
use std::str::FromStr;

/// Levels of the tree in one tile.
pub const HEIGHT: u8 = 8;
/// Hashes in a full tile.
pub const WIDTH: u16 = 256;
/// The highest level that a path may name.
const LEVEL_MAX: u8 = 63;
/// The highest position that a path may name: no byte offset within a level overflows.
const INDEX_MAX: u64 = u64::MAX / 32 / WIDTH as u64 - 1;

/// Hashes `256 * index ..` of a tile level. Hash i of level L is the root over leaves `i * 256^L .. (i + 1) * 256^L`.
///
/// As text, its path below `tile/`: `0/x001/x234/067`, and `0/000.p/5` while it holds fewer than 256 hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// 0 holds leaf hashes, level L + 1 one hash for each full tile of level L.
    pub level: u8,
    /// Position within the level.
    pub index: u64,
    /// Hashes in it, 1 to 256.
    pub width: u16,
}

impl Tile {
    /// The tile that holds hash `index` of `level` in a tree of `size` leaves, as wide as that tree allows.
    #[must_use]
    pub fn covering(level: u8, index: u64, size: u64) -> Option<Self> {
        let (index, width) = run_covering(index, hashes_at(level, size))?;
        Some(Self {
            level,
            index,
            width,
        })
    }

    /// Whether it holds all its 256 hashes and will never change.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == WIDTH
    }
}

/// Number of hashes at a tile level of a tree of `size` leaves.
#[must_use]
pub fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(HEIGHT))
        .unwrap_or(0)
}

/// Every tile of a tree of `size` leaves, level by level; the last of a level may be partial.
pub fn tiles_of(size: u64) -> impl Iterator<Item = Tile> {
    let levels = (0..=LEVEL_MAX).take_while(move |level| hashes_at(*level, size) > 0);
    levels.flat_map(move |level| {
        runs_of(hashes_at(level, size)).map(move |(index, width)| Tile {
            level,
            index,
            width,
        })
    })
}

/// The run of 256 that holds item `index` of `count`: its number and width.
pub(super) fn run_covering(index: u64, count: u64) -> Option<(u64, u16)> {
    (index < count).then(|| {
        let run = index / u64::from(WIDTH);
        let rest = count - run * u64::from(WIDTH);
        (run, u16::try_from(rest).unwrap_or(WIDTH).min(WIDTH))
    })
}

/// All runs of 256 over `count` items.
pub(super) fn runs_of(count: u64) -> impl Iterator<Item = (u64, u16)> {
    let runs = 0..count.div_ceil(u64::from(WIDTH));
    runs.filter_map(move |run| run_covering(run * u64::from(WIDTH), count))
}

impl fmt::Display for Tile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/", self.level)?;
        write_run(out, self.index, self.width)
    }
}

impl FromStr for Tile {
    type Err = PathError;

    /// Refuses every spelling but the canonical one.
    fn from_str(path: &str) -> Result<Self, PathError> {
        let read = || {
            let (level, run) = path.split_once('/')?;
            let level = level.parse().ok().filter(|level| *level <= LEVEL_MAX)?;
            let (index, width) = read_run(run)?;
            Some(Self {
                level,
                index,
                width,
            })
        };
        canonical(read(), path)
    }
}

/// A path that names no tile or bundle, or names one in another than the canonical way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical path of a tile")]
pub struct PathError;

impl PathError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "TILE_PATH"
    }
}

/// `x001/x234/067` and `x001/x234/067.p/5`: groups of three digits, all but the last marked.
pub(super) fn write_run(out: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let digits = format!("{index:03}");
    let padded = format!("{digits:0>length$}", length = digits.len().div_ceil(3) * 3);
    for start in (0..padded.len()).step_by(3) {
        let group = &padded[start..start + 3];
        if start + 3 < padded.len() {
            write!(out, "x{group}/")?;
        } else {
            write!(out, "{group}")?;
        }
    }
    if width < WIDTH {
        write!(out, ".p/{width}")?;
    }
    Ok(())
}

/// Reads generously what [`write_run`] writes: [`canonical`] does the refusing.
pub(super) fn read_run(path: &str) -> Option<(u64, u16)> {
    let (groups, width) = match path.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().ok()?),
        None => (path, WIDTH),
    };
    let digits: String = groups.replace(['x', '/'], "");
    let index = digits.parse().ok().filter(|index| *index <= INDEX_MAX)?;
    (1..=WIDTH).contains(&width).then_some((index, width))
}

/// What was read, if it is written as it was read.
pub(super) fn canonical<T: fmt::Display>(read: Option<T>, path: &str) -> Result<T, PathError> {
    read.filter(|read| read.to_string() == path)
        .ok_or(PathError)
}

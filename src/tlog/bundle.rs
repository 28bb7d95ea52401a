//! Entry bundles: up to 256 entries, each after its 16-bit length, and their paths (c2sp.org/tlog-tiles).

use std::fmt;
use std::str::FromStr;

use super::tile::{PathError, WIDTH, canonical, read_run, run_covering, runs_of, write_run};

/// The longest entry that a bundle can hold, in bytes.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// Entries `256 * index ..` of a log. As text, its path below `tile/entries/`: `x001/x234/067`, `000.p/5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bundle {
    /// Position among the bundles; the same as that of the level-0 tile with its leaf hashes.
    pub index: u64,
    /// Entries in it, 1 to 256.
    pub width: u16,
}

impl Bundle {
    /// The bundle with entry `index` of a log of `size` entries.
    #[must_use]
    pub fn covering(index: u64, size: u64) -> Option<Self> {
        let (index, width) = run_covering(index, size)?;
        Some(Self { index, width })
    }

    /// The bytes of a bundle of these entries, at most 256 of at most 65,535 bytes.
    pub fn encode<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
        if entries.len() > usize::from(WIDTH) {
            return Err(BundleError::Count);
        }
        let mut bytes = Vec::new();
        for entry in entries {
            let entry = entry.as_ref();
            let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong)?;
            bytes.extend(length.to_be_bytes());
            bytes.extend(entry);
        }
        Ok(bytes)
    }

    /// The entries in the bytes of this bundle: exactly as many as its width, and nothing after them.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, BundleError> {
        let mut entries = Vec::with_capacity(usize::from(self.width));
        let mut rest = bytes;
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk().ok_or(BundleError::CutShort)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, after) = after
                .split_at_checked(length)
                .ok_or(BundleError::CutShort)?;
            entries.push(entry);
            rest = after;
        }
        if entries.len() == usize::from(self.width) {
            Ok(entries)
        } else {
            Err(BundleError::Count)
        }
    }
}

/// Every bundle of a log of `size` entries; the last may be partial.
pub fn bundles_of(size: u64) -> impl Iterator<Item = Bundle> {
    runs_of(size).map(|(index, width)| Bundle { index, width })
}

impl fmt::Display for Bundle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_run(out, self.index, self.width)
    }
}

impl FromStr for Bundle {
    type Err = PathError;

    /// Refuses every spelling but the canonical one.
    fn from_str(path: &str) -> Result<Self, PathError> {
        let read = read_run(path).map(|(index, width)| Self { index, width });
        canonical(read, path)
    }
}

/// Why entries make no bundle, or bytes are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    #[error("an entry is longer than {ENTRY_BYTES_MAX} bytes")]
    TooLong,
    #[error("the bundle ends within an entry")]
    CutShort,
    #[error("the bundle holds another number of entries than it should")]
    Count,
}

impl BundleError {
    /// A stable code for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "BUNDLE_ENTRY_TOO_LONG",
            Self::CutShort => "BUNDLE_CUT_SHORT",
            Self::Count => "BUNDLE_COUNT",
        }
    }
}

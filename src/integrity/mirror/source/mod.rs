//! Where somebody's published log is read: over HTTP, or on NATS. Nothing it says is believed here.

mod http;
mod nats;

use bytes::Bytes;

use self::http::Log;
use self::nats::Streams;
use super::error::Result;
use crate::integrity::fanout::Address;
use crate::journal::Journal;
use crate::tlog::{Bundle, Hash, Tile, VerifierKey};

/// A log at an address; clones share connections.
#[derive(Clone)]
pub enum Source {
    Http(Log),
    Nats(Streams),
}

impl Source {
    /// `address`: where the office's pages are, with or without `/log`, or a place on NATS. `token`: an auditor's, where entries
    /// are not for everybody. `own`: what is copied of it already, by which NATS, which knows no tiles, is proved.
    pub fn new(address: &str, token: Option<String>, own: &Journal) -> Result<Self> {
        if Address::is_one(address) {
            return Ok(Self::Nats(Streams::new(address, own.clone())?));
        }
        Self::over_http(address, token)
    }

    /// One that keeps tiles of its own, so that nothing of it has to be here.
    pub fn over_http(address: &str, token: Option<String>) -> Result<Self> {
        Ok(Self::Http(Log::new(address, token)?))
    }

    /// Whether a log can be at this address; nobody is asked.
    ///
    /// # Errors
    /// `MIRROR_ADDRESS`.
    pub fn check(address: &str) -> Result<()> {
        if Address::is_one(address) {
            nats::parse(address).map(drop)
        } else {
            Log::new(address, None).map(drop)
        }
    }

    /// The newest published checkpoint, as text.
    pub async fn checkpoint(&self) -> Result<String> {
        match self {
            Self::Http(log) => log.checkpoint().await,
            Self::Nats(streams) => streams.checkpoint().await,
        }
    }

    /// On a bus anybody who may write to it can show an old checkpoint again, so that accuses nobody: a newer one will come.
    ///
    /// # Errors
    /// `MIRROR_UNREACHABLE`, which passes.
    pub fn is_not_older(&self, size: u64, seen: u64) -> Result<()> {
        match self {
            Self::Nats(streams) if size < seen => Err(streams.shows_an_older(size, seen)),
            Self::Nats(_) | Self::Http(_) => Ok(()),
        }
    }

    /// The key that the log shows of itself: proves nothing of who shows it.
    pub async fn vkey(&self) -> Result<VerifierKey> {
        match self {
            Self::Http(log) => log.vkey().await,
            Self::Nats(streams) => streams.vkey().await,
        }
    }

    /// The hashes of a tile.
    pub async fn tile(&self, tile: &Tile) -> Result<Vec<Hash>> {
        match self {
            Self::Http(log) => log.tile(tile).await,
            Self::Nats(streams) => streams.tile(tile).await,
        }
    }

    /// The entries of a bundle.
    pub async fn bundle(&self, bundle: Bundle) -> Result<Vec<Bytes>> {
        match self {
            Self::Http(log) => log.bundle(bundle).await,
            Self::Nats(streams) => streams.bundle(bundle).await,
        }
    }
}

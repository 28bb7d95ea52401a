//! The log on NATS JetStream. There are no tiles there: they are made here, of what is copied already and of every fact that comes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use tokio::sync::{Mutex, OnceCell};

use crate::integrity::fanout::{Address, VKEY, cause};
use crate::integrity::mirror::error::{MirrorError, Result};
use crate::integrity::mirror::remote::perfect_root;
use crate::journal::Journal;
use crate::outside;
use crate::tlog::tile::WIDTH;
use crate::tlog::{Bundle, Hash, Tile, VerifierKey, leaf_hash};

/// Facts asked for at a time.
const BATCH: u64 = 4_096;
/// How long NATS may take for one message of a batch.
const SILENCE_MAX: Duration = Duration::from_secs(5);
/// Bytes of the newest facts that are not asked for again when they are copied.
const KEPT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The two streams of a log; clones share connection and tree.
#[derive(Clone)]
pub struct Streams {
    address: Address,
    nats: Arc<OnceCell<Context>>,
    hashed: Arc<Mutex<Hashed>>,
    own: Journal,
}

/// The tree over all that was read, without its leaves: 32 bytes for 256 of them.
#[derive(Default)]
struct Hashed {
    size: u64,
    /// Leaf hashes of the last run, which is not full.
    run: Vec<Hash>,
    /// From tile level 1 on: one hash for each full tile below.
    levels: Vec<Vec<Hash>>,
    kept: BTreeMap<u64, Bytes>,
    kept_bytes: usize,
}

/// The place on NATS that a text names.
pub fn parse(address: &str) -> Result<Address> {
    let parsed = address.parse();
    parsed.map_err(|_| MirrorError::Address(outside::without_secrets(address)))
}

impl Streams {
    pub fn new(address: &str, own: Journal) -> Result<Self> {
        Ok(Self {
            address: parse(address)?,
            nats: Arc::default(),
            hashed: Arc::default(),
            own,
        })
    }

    pub async fn checkpoint(&self) -> Result<String> {
        let newest = self.newest_checkpoint().await?;
        let text = String::from_utf8(newest.payload.into());
        text.map_err(|error| self.malformed(&error))
    }

    pub async fn vkey(&self) -> Result<VerifierKey> {
        let newest = self.newest_checkpoint().await?;
        let shown = newest.headers.get(VKEY).map(ToString::to_string);
        let shown = shown.ok_or_else(|| {
            self.malformed(&"a checkpoint without the log's key: say it with --vkey")
        })?;
        shown.parse().map_err(|error| self.malformed(&error))
    }

    pub async fn tile(&self, tile: &Tile) -> Result<Vec<Hash>> {
        let width = u64::from(WIDTH);
        let (first, wide) = (tile.index * width, usize::from(tile.width));
        let below = width.pow(tile.level.into());
        let mut hashed = self.hashed.lock().await;
        self.reach(&mut hashed, (first + u64::from(tile.width)) * below)
            .await?;
        let start = usize::try_from(first).unwrap_or(usize::MAX);
        let found = match tile.level.checked_sub(1) {
            Some(level) => hashed
                .levels
                .get(usize::from(level))
                .and_then(|row| row.get(start..start + wide)),
            None if hashed.size / width == tile.index => hashed.run.get(..wide),
            None => None,
        };
        if let Some(found) = found {
            return Ok(found.to_vec());
        }
        let bundle = Bundle {
            index: tile.index,
            width: tile.width,
        };
        let entries = self.entries(&hashed, bundle).await?;
        Ok(entries.iter().map(|entry| leaf_hash(entry)).collect())
    }

    pub async fn bundle(&self, bundle: Bundle) -> Result<Vec<Bytes>> {
        let hashed = self.hashed.lock().await;
        self.entries(&hashed, bundle).await
    }

    async fn entries(&self, hashed: &Hashed, bundle: Bundle) -> Result<Vec<Bytes>> {
        let first = bundle.index * u64::from(WIDTH);
        let positions = first..first + u64::from(bundle.width);
        let kept: Option<Vec<Bytes>> = positions
            .map(|position| hashed.kept.get(&position).cloned())
            .collect();
        match kept {
            Some(kept) => Ok(kept),
            None => self.read(first, bundle.width.into()).await,
        }
    }

    /// Reads and hashes on until the tree has this size.
    async fn reach(&self, hashed: &mut Hashed, size: u64) -> Result<()> {
        while hashed.size < size {
            let most = u32::try_from(BATCH.min(size - hashed.size)).unwrap_or(u32::MAX);
            let own = self.own.read(hashed.size, most).await?;
            let copied = !own.is_empty();
            let read = if copied {
                own.into_iter().map(|entry| entry.body).collect()
            } else {
                self.read(hashed.size, most).await?
            };
            for body in read {
                hashed.add(body, !copied);
            }
        }
        Ok(())
    }

    /// So many facts from a position on, as the stream holds them.
    async fn read(&self, from: u64, most: u32) -> Result<Vec<Bytes>> {
        let stream = self
            .nats()
            .await?
            .get_stream_no_info(self.address.facts())
            .await;
        let stream = stream.map_err(|error| self.unreachable(&error))?;
        let reading = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: from + 1,
            },
            ack_policy: AckPolicy::None,
            inactive_threshold: SILENCE_MAX,
            memory_storage: true,
            ..pull::Config::default()
        };
        let consumer = stream.create_consumer(reading).await;
        let consumer = consumer.map_err(|error| self.unreachable(&error))?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut read = Vec::with_capacity(most);
        while read.len() < most {
            let asked = consumer
                .fetch()
                .max_messages(most - read.len())
                .messages()
                .await;
            let mut messages = asked.map_err(|error| self.unreachable(&error))?;
            let before = read.len();
            while let Some(message) = messages
                .try_next()
                .await
                .map_err(|error| self.unreachable(&*error))?
            {
                let sequence = message
                    .info()
                    .map_err(|error| self.malformed(&error))?
                    .stream_sequence;
                if sequence != from + 1 + read.len() as u64 {
                    return Err(self.malformed(&format!(
                        "sequence {sequence} where {} follows",
                        from + 1 + read.len() as u64
                    )));
                }
                read.push(message.payload.clone());
            }
            if read.len() == before {
                return Err(MirrorError::Unreachable {
                    address: self.address.to_string(),
                    why: format!(
                        "the stream holds {} facts, and more were signed",
                        from + read.len() as u64
                    ),
                });
            }
        }
        // It would end by itself; whether it was told to makes no difference.
        let _ = stream.delete_consumer(&consumer.cached_info().name).await;
        Ok(read)
    }

    async fn newest_checkpoint(&self) -> Result<StreamMessage> {
        let stream = self
            .nats()
            .await?
            .get_stream_no_info(self.address.checkpoints())
            .await;
        let stream = stream.map_err(|error| self.unreachable(&error))?;
        let subject = self.address.checkpoints_subject();
        let newest = stream.get_last_raw_message_by_subject(&subject).await;
        newest.map_err(|error| self.unreachable(&error))
    }

    async fn nats(&self) -> Result<&Context> {
        let connected = self.nats.get_or_try_init(|| self.address.connect()).await;
        connected.map_err(|error| self.unreachable(&error))
    }

    pub fn shows_an_older(&self, size: u64, seen: u64) -> MirrorError {
        MirrorError::Unreachable {
            address: self.address.to_string(),
            why: format!("the newest checkpoint there is of {size} facts, and {seen} were seen"),
        }
    }

    fn unreachable(&self, error: &dyn std::error::Error) -> MirrorError {
        MirrorError::Unreachable {
            address: self.address.to_string(),
            why: cause(error),
        }
    }

    fn malformed(&self, why: &dyn std::fmt::Display) -> MirrorError {
        MirrorError::Malformed {
            address: self.address.to_string(),
            why: why.to_string(),
        }
    }
}

impl Hashed {
    fn add(&mut self, body: Bytes, keep: bool) {
        self.run.push(leaf_hash(&body));
        if keep {
            self.kept_bytes += body.len();
            self.kept.insert(self.size, body);
            while self.kept_bytes > KEPT_BYTES_MAX
                && let Some((_, oldest)) = self.kept.pop_first()
            {
                self.kept_bytes -= oldest.len();
            }
        }
        self.size += 1;
        if self.run.len() == usize::from(WIDTH) {
            let full = perfect_root(&self.run);
            self.run.clear();
            self.climb(full);
        }
    }

    /// Adds the hash of a full tile to the level above, and so on.
    fn climb(&mut self, full: Hash) {
        let mut hash = full;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            let Some(last) = row
                .len()
                .checked_sub(usize::from(WIDTH))
                .filter(|_| row.len().is_multiple_of(usize::from(WIDTH)))
            else {
                return;
            };
            hash = perfect_root(&row[last..]);
        }
    }
}

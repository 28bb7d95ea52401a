//! Giving a journal back what it lost (rule R6): entries that were signed, from a mirror, with their exact bytes.
//!
//! Personal data of that time comes back only from the vault's own backup; until then its parts cannot be opened.

use std::path::Path;

use bytes::Bytes;

use super::error::IntegrityError;
use super::mirror::{MirrorError, Source};
use super::seals::Seals;
use super::signer::State;
use super::start::{BATCH_MAX, Said};
use super::{Log, Trust, memory, signer};
use crate::journal::{Journal, Location};
use crate::tlog::{Bundle, Checkpoint, Edge, Hash, Note, leaf_hash};

/// Where the lost entries are.
pub enum Spare {
    /// A published log: another node's, or a mirror's that is served.
    Published(Source),
    /// The folder of a mirror.
    Folder { journal: Journal, seals: Seals },
}

/// What was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Size of the journal before and after.
    pub from: u64,
    pub to: u64,
    /// Everybody who was asked, and the tree each vouches for.
    pub said: Vec<Said>,
}

impl Spare {
    /// An address of a log, or a folder.
    pub async fn open(place: &str, token: Option<String>) -> Result<Self, MirrorError> {
        if place.starts_with("http://") || place.starts_with("https://") {
            return Ok(Self::Published(Source::over_http(place, token)?));
        }
        let folder = Path::new(place);
        let location = Location::Sqlite(folder.join("journal.db"));
        Ok(Self::Folder {
            journal: Journal::open_read_only(&location).await?,
            seals: Seals::open_read_only(&Seals::location(folder, &location)).await?,
        })
    }

    /// The newest checkpoint it holds, if the log's key has signed it.
    async fn word(&self, place: &str, trust: &Trust) -> Result<Said, MirrorError> {
        let note = match self {
            Self::Published(source) => source.checkpoint().await?,
            Self::Folder { seals, .. } => match seals.latest().await? {
                Some(seal) => seal.note,
                None => return Err(IntegrityError::SealsMissing(place.to_owned()).into()),
            },
        };
        let body: Note = note
            .parse()
            .map_err(crate::tlog::checkpoint::CheckpointError::from)?;
        let Checkpoint { size, root, .. } = body.text.parse()?;
        let signed = trust.open(&note, size);
        signed.map_err(|error| MirrorError::Malformed {
            address: place.to_owned(),
            why: error.to_string(),
        })?;
        Ok(Said {
            by: place.to_owned(),
            size,
            root,
            note: Some(note),
        })
    }

    /// Some entries from position `from` on, below `size`; at least one.
    async fn read(&self, from: u64, size: u64) -> Result<Vec<Bytes>, MirrorError> {
        let missing = || MirrorError::Proof {
            what: format!("a log that ends before position {from}"),
        };
        let bodies: Vec<Bytes> = match self {
            Self::Published(source) => {
                let bundle = Bundle::covering(from, size).ok_or_else(missing)?;
                let entries = source.bundle(bundle).await?;
                let held = from - bundle.index * 256;
                let held = usize::try_from(held).unwrap_or(usize::MAX);
                entries.into_iter().skip(held).collect()
            }
            Self::Folder { journal, .. } => {
                let wanted = (size - from).min(u64::from(BATCH_MAX));
                let wanted = u32::try_from(wanted).unwrap_or(BATCH_MAX);
                let entries = journal.read(from, wanted).await?;
                entries.into_iter().map(|entry| entry.body).collect()
            }
        };
        if bodies.is_empty() {
            Err(missing())
        } else {
            Ok(bodies)
        }
    }
}

/// Fetches what the journal lacks of the largest tree that anybody vouches for. Everything is proved first, on the hashes
/// of all entries here and there; then it is read once more and appended. `tell` hears (done, of all).
///
/// No node may run on this journal.
pub async fn recover(
    log: &Log,
    spare: &Spare,
    place: &str,
    mut tell: impl FnMut(u64, u64),
) -> Result<Recovered, MirrorError> {
    let _claim = log.seals.claim().await?;
    let trust = trust(log).await?;
    let held = spare.word(place, &trust).await?;
    let mut said = words(log, &trust).await?;
    said.push(held.clone());
    said.retain(|said| said.size > 0);
    said.sort_by_key(|said| said.size);
    let Some(wanted) = said.last() else {
        return Err(MirrorError::JournalDiffers(
            "nothing was ever signed".into(),
        ));
    };
    if wanted.size > held.size {
        return Err(MirrorError::TooShort {
            held: held.size,
            signed: wanted.size,
            by: wanted.by.clone(),
        });
    }
    let (from, to) = (log.journal.head().await?.size, wanted.size);
    let mut proof = Proof {
        edge: Edge::new(),
        said: &said,
        here: from,
    };
    let total = to.max(from) + to.saturating_sub(from);
    while proof.edge.size() < from {
        let entries = log.journal.read(proof.edge.size(), BATCH_MAX).await?;
        let bodies: Vec<Bytes> = entries.into_iter().map(|entry| entry.body).collect();
        proof.take(&bodies)?;
        tell(proof.edge.size(), total);
    }
    let mut lost: Vec<Hash> = Vec::new();
    while proof.edge.size() < to {
        let bodies = spare.read(proof.edge.size(), to).await?;
        lost.extend(proof.take(&bodies)?);
        tell(proof.edge.size(), total);
    }
    if to > from {
        append(log, spare, from, &lost, |done| tell(to + done, total)).await?;
    }
    Ok(Recovered {
        from,
        to: to.max(from),
        said,
    })
}

/// Grows a tree from bytes and holds it against every word given, in order of size.
struct Proof<'a> {
    edge: Edge,
    said: &'a [Said],
    /// Entries that are here; the rest comes from the mirror.
    here: u64,
}

impl Proof<'_> {
    fn take(&mut self, bodies: &[Bytes]) -> Result<Vec<Hash>, MirrorError> {
        let mut made = Vec::new();
        let mut leaves = Vec::with_capacity(bodies.len());
        for body in bodies {
            let leaf = leaf_hash(body);
            leaves.push(leaf);
            self.edge.push(leaf, &mut made);
            made.clear();
            while let Some((said, rest)) = self.said.split_first()
                && said.size == self.edge.size()
            {
                if said.root != self.edge.root() {
                    return Err(self.differs(said));
                }
                self.said = rest;
            }
        }
        Ok(leaves)
    }

    fn differs(&self, said: &Said) -> MirrorError {
        let what = format!("the tree of size {} known from {}", said.size, said.by);
        if said.size <= self.here {
            MirrorError::JournalDiffers(what)
        } else {
            MirrorError::Proof {
                what: format!("what continues this journal there; or the journal here: {what}"),
            }
        }
    }
}

async fn append(
    log: &Log,
    spare: &Spare,
    from: u64,
    lost: &[Hash],
    mut tell: impl FnMut(u64),
) -> Result<(), MirrorError> {
    let mut copier = log.journal.copier().await?;
    let (mut at, mut lost) = (from, lost);
    let to = from + lost.len() as u64;
    while at < to {
        let bodies = spare.read(at, to).await?;
        let (proved, rest) = lost.split_at(bodies.len().min(lost.len()));
        if !bodies
            .iter()
            .map(|body| leaf_hash(body))
            .eq(proved.iter().copied())
        {
            return Err(MirrorError::Proof {
                what: format!("what is shown now from position {at} on"),
            });
        }
        copier.append(at, &bodies).await?;
        (at, lost) = (at + bodies.len() as u64, rest);
        tell(at - from);
    }
    Ok(())
}

/// Keys and policy; from the key itself where a restored folder knows none.
async fn trust(log: &Log) -> Result<Trust, MirrorError> {
    if let Some(trust) = Trust::load(&log.seals, &log.policy_file).await? {
        return Ok(trust);
    }
    let folder = log.signer_folder();
    let key = signer::verifier(&folder, &log.origin)?;
    let key = key.ok_or_else(|| IntegrityError::LogKeyMissing(folder.join("log.key")))?;
    Ok(Trust::of(key))
}

/// Every tree that somebody here vouches for.
async fn words(log: &Log, trust: &Trust) -> Result<Vec<Said>, MirrorError> {
    let mut said = Vec::new();
    let path = State::path_in(&log.signer_folder());
    if let Some(state) = State::read(&path, &log.origin)? {
        said.push(Said {
            by: "the signer's memory".into(),
            size: state.size,
            root: state.root,
            note: None,
        });
    }
    if let Some(seal) = log.seals.latest().await? {
        trust.open(&seal.note, seal.size)?;
        said.push(Said::of(&seal));
    }
    said.extend(memory::recall(log, trust)?);
    Ok(said)
}

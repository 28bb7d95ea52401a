//! The journal by itself: each entry against the ones before it.

use std::collections::{HashMap, HashSet};
use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use jiff::civil::Date;
use uuid::Uuid;

use super::{Check, FINDINGS_MAX, Pace, Report, damage};
use crate::domain::event::Event;
use crate::domain::fact::{Fact, stream};
use crate::domain::journal::JournalEvent;
use crate::domain::register::{CodeVoided, CodesReserved, Entered, Register, RegisterEvent};
use crate::domain::time::Moment;
use crate::journal::{Entry, Hash, Journal, Result as JournalResult, Until, fact};
use crate::projections::error::{ProjectionError, Result};

/// Streams per reading of the index of tails.
const TAILS_MAX: u32 = 4_096;

/// What the entries so far have come to.
#[derive(Default)]
struct Chain {
    report: Report,
    /// Position of the first entry that is checked.
    first: u64,
    tails: HashMap<Uuid, (u32, Hash)>,
    /// Registers in which a block was reserved: in all others the number is the version.
    blocks: HashMap<Uuid, Register>,
    recorded_at: Option<Moment>,
    /// Positions of the newest entries whose stored hash is not that of the bytes.
    altered: Vec<u64>,
}

/// Entries that were checked, for whoever checks something else of them.
pub struct Checked {
    pub entries: Vec<Entry>,
    /// Positions among them whose stored hash is not that of the bytes.
    pub altered: Vec<u64>,
    /// Entries from before the beginning of the walk that the ones checked are linked to.
    pub earlier: Vec<Entry>,
}

/// Goes through the journal and checks each entry against the ones before it.
pub struct Walk {
    journal: Journal,
    chunks: Pin<Box<dyn Stream<Item = JournalResult<Vec<Entry>>> + Send>>,
    chain: Chain,
    total: u64,
}

impl Walk {
    /// From position `first` on. From 0 the index of tails is checked too; later only what the entries say.
    pub async fn begin(journal: &Journal, first: u64) -> Result<Self> {
        let total = journal.head().await?.size;
        let mut chain = Chain {
            first,
            ..Chain::default()
        };
        if let Some(before) = first.checked_sub(1) {
            let before = journal.read(before, 1).await?;
            chain.recorded_at = before.first().map(|entry| entry.recorded_at);
        }
        Ok(Self {
            journal: journal.clone(),
            chunks: Box::pin(journal.chunks(first)),
            chain,
            total,
        })
    }

    /// Checks the next few thousand entries; none at the end, at a hole, or when so much was found that it is enough.
    pub async fn next(&mut self) -> Result<Option<Checked>> {
        if self.chain.report.findings.len() >= FINDINGS_MAX {
            return Ok(None);
        }
        let entries = match self.chunks.next().await {
            None => return Ok(None),
            Some(Ok(entries)) => entries,
            Some(Err(error)) => {
                damage(error, &mut self.chain.report)?;
                return Ok(None);
            }
        };
        let earlier = self.earlier(&entries).await?;
        let chain = std::mem::take(&mut self.chain);
        let (chain, entries) = aside(chain, entries).await?;
        self.chain = chain;
        let altered = std::mem::take(&mut self.chain.altered);
        Ok(Some(Checked {
            entries,
            altered,
            earlier,
        }))
    }

    /// How far it is.
    pub fn pace(&self) -> Pace {
        let done = self.chain.report.entries;
        let total = self.total.saturating_sub(self.chain.first).max(done);
        Pace { done, total }
    }

    /// What was found; after the end.
    pub async fn finish(mut self) -> Result<Report> {
        if self.chain.report.holds() && self.chain.first == 0 {
            self.chain.check_index(&self.journal).await?;
        }
        self.chain.report.streams = self.chain.tails.len() as u64;
        Ok(self.chain.report)
    }

    /// The entries before the walk's beginning that these are linked to: each stream's last one.
    async fn earlier(&mut self, entries: &[Entry]) -> Result<Vec<Entry>> {
        let mut earlier = Vec::new();
        if self.chain.first == 0 {
            return Ok(earlier);
        }
        let mut met = HashSet::new();
        for entry in entries {
            let is_known = self.chain.tails.contains_key(&entry.stream);
            if is_known || !met.insert(entry.stream) || entry.version < 2 {
                continue;
            }
            let until = Until::Size(self.chain.first);
            let before = entry.version - 2;
            let found = self.journal.read_stream(entry.stream, before, until);
            match found.await {
                Ok(found) => earlier.extend(found.into_iter().take(1)),
                Err(error) => damage(error, &mut self.chain.report)?,
            }
        }
        for entry in &earlier {
            let tail = (entry.version, entry.leaf_hash);
            self.chain.tails.insert(entry.stream, tail);
        }
        Ok(earlier)
    }
}

/// Hashing and decoding take their time on a thread that may.
async fn aside(mut chain: Chain, entries: Vec<Entry>) -> Result<(Chain, Vec<Entry>)> {
    let checking = tokio::task::spawn_blocking(move || {
        for entry in &entries {
            chain.take(entry);
        }
        (chain, entries)
    });
    let failed = |error| ProjectionError::Folder(std::io::Error::other(error));
    checking.await.map_err(failed)
}

impl Chain {
    fn take(&mut self, entry: &Entry) {
        let expected = self.first + self.report.entries;
        if entry.position != expected {
            let what = format!("position {expected} was to follow");
            self.find(Check::Position, entry, what);
        }
        if !entry.is_intact() {
            self.altered.push(entry.position);
            self.find(
                Check::LeafHash,
                entry,
                "the stored hash is not that of the bytes",
            );
        }
        if self
            .recorded_at
            .is_some_and(|last| entry.recorded_at < last)
        {
            self.find(Check::Clock, entry, "recorded before the entry before it");
        }
        let before = self
            .tails
            .insert(entry.stream, (entry.version, entry.leaf_hash));
        let version = before.map_or(0, |(version, _)| version) + 1;
        if entry.version != version {
            let what = format!("version {} where {version} was to follow", entry.version);
            self.find(Check::Version, entry, what);
        }
        match fact::decode(&entry.body) {
            Ok(fact) => self.take_fact(entry, &fact, before.map(|(_, hash)| hash)),
            Err(error) => self.find(Check::Body, entry, error.to_string()),
        }
        self.recorded_at = Some(entry.recorded_at);
        self.report.entries += 1;
    }

    fn take_fact(&mut self, entry: &Entry, fact: &Fact, before: Option<Hash>) {
        if fact.prev != before {
            let what = "prev is not the hash of the stream's fact before it";
            self.find(Check::Prev, entry, what);
        }
        let said = (fact.stream, fact.version, fact.recorded_at);
        if said != (entry.stream, entry.version, entry.recorded_at) {
            let what = "stream, version or recorded_at differ from what the bytes say";
            self.find(Check::Body, entry, what);
        }
        let is_opening = matches!(fact.event, Event::Journal(JournalEvent::Opened(_)));
        if is_opening != (entry.position == 0) {
            let what = "journal.opened stands at position 0, and nowhere else";
            self.find(Check::Position, entry, what);
        }
        if let Event::Register(event) = &fact.event {
            self.take_number(entry, fact.at().date(), event);
        }
    }

    /// A register without gaps: each number follows the last one, or is taken from a block that was reserved before.
    fn take_number(&mut self, entry: &Entry, today: Date, event: &RegisterEvent) {
        let (office, sequence) = match event {
            RegisterEvent::Entered(Entered {
                office, sequence, ..
            })
            | RegisterEvent::CodeVoided(CodeVoided {
                office, sequence, ..
            }) => (office, *sequence),
            RegisterEvent::CodesReserved(CodesReserved { office, first, .. }) => (office, *first),
        };
        let known = self.blocks.get(&entry.stream);
        let from_block = known.is_some_and(|register| register.is_unused(sequence));
        let next = known.map_or(entry.version, |register| register.last + 1);
        // A walk that begins in the middle has not seen the blocks before it.
        let is_seen = self.first == 0 || known.is_some();
        if is_seen && sequence != next && !from_block {
            let what =
                format!("number {sequence} of {office} on {today} where {next} was to follow");
            self.find(Check::Register, entry, what);
        }
        let day = match event {
            RegisterEvent::Entered(Entered { code, .. })
            | RegisterEvent::CodeVoided(CodeVoided { code, .. })
                if from_block || !is_seen =>
            {
                code.office_and_date().map_or(today, |(_, day)| day)
            }
            RegisterEvent::Entered(_)
            | RegisterEvent::CodeVoided(_)
            | RegisterEvent::CodesReserved(_) => today,
        };
        if entry.stream != stream::register(office.as_str(), day) {
            let what = format!("not in the register of {office} on {day}");
            self.find(Check::Register, entry, what);
        }
        let is_block = matches!(event, RegisterEvent::CodesReserved(_));
        if let Some(register) = self.blocks.get_mut(&entry.stream) {
            register.evolve(event);
        } else if is_block {
            let register = self.blocks.entry(entry.stream).or_default();
            register.evolve(event);
        }
    }

    /// The index may have moved on with entries that came while these were checked, and only then.
    async fn check_index(&mut self, journal: &Journal) -> Result<()> {
        let (mut after, mut met) = (Uuid::nil(), 0);
        loop {
            let tails = journal.tails(after, TAILS_MAX).await?;
            let Some((last, _)) = tails.last() else {
                break;
            };
            after = *last;
            let moved_on = journal.head().await?.size > self.report.entries;
            for (stream, tail) in tails {
                let found = self.tails.get(&stream);
                let agrees = found == Some(&(tail.version, tail.leaf_hash));
                met += usize::from(found.is_some());
                let is_newer = found.map_or(0, |(version, _)| *version) < tail.version;
                if !(agrees || moved_on && is_newer) {
                    let what = format!("the index of tails differs from the entries of {stream}");
                    self.report.find(Check::StateIndex, None, what);
                }
            }
        }
        if met != self.tails.len() {
            let what = format!(
                "{} streams are not in the index of tails",
                self.tails.len() - met
            );
            self.report.find(Check::StateIndex, None, what);
        }
        Ok(())
    }

    fn find(&mut self, check: Check, entry: &Entry, what: impl Into<String>) {
        self.report.find(check, Some(entry.position), what);
    }
}

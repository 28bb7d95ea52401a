//! The journal by itself: each entry against the ones before it.

use std::collections::HashMap;

use futures_util::StreamExt;
use uuid::Uuid;

use super::{Check, FINDINGS_MAX, Pace, Report, damage};
use crate::domain::event::Event;
use crate::domain::fact::{Fact, stream};
use crate::domain::register::{CodeVoided, Entered, RegisterEvent};
use crate::domain::time::Moment;
use crate::journal::{Entry, Hash, Journal, fact};
use crate::projections::error::{ProjectionError, Result};

/// Streams per reading of the index of tails.
const TAILS_MAX: u32 = 4_096;

/// What the entries so far have come to.
#[derive(Default)]
struct Chain {
    report: Report,
    tails: HashMap<Uuid, (u32, Hash)>,
    recorded_at: Option<Moment>,
}

pub async fn check(
    journal: &Journal,
    report: &mut Report,
    mut tell: impl FnMut(Pace) + Send,
) -> Result<()> {
    let total = journal.head().await?.size;
    let mut chain = Chain::default();
    let mut chunks = Box::pin(journal.chunks(0));
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(entries) => chain = aside(chain, entries).await?,
            Err(error) => {
                damage(error, &mut chain.report)?;
                break;
            }
        }
        let done = chain.report.entries;
        tell(Pace {
            done,
            total: total.max(done),
        });
        if chain.report.findings.len() >= FINDINGS_MAX {
            break;
        }
    }
    if chain.report.holds() {
        chain.check_index(journal).await?;
    }
    chain.report.streams = chain.tails.len() as u64;
    *report = chain.report;
    Ok(())
}

/// Hashing and decoding take their time on a thread that may.
async fn aside(mut chain: Chain, entries: Vec<Entry>) -> Result<Chain> {
    let checking = tokio::task::spawn_blocking(move || {
        for entry in &entries {
            chain.take(entry);
        }
        chain
    });
    let failed = |error| ProjectionError::Folder(std::io::Error::other(error));
    checking.await.map_err(failed)
}

impl Chain {
    fn take(&mut self, entry: &Entry) {
        let expected = self.report.entries;
        if entry.position != expected {
            let what = format!("position {expected} was to follow");
            self.find(Check::Position, entry, what);
        }
        if !entry.is_intact() {
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
        let is_opening = matches!(fact.event, Event::JournalOpened(_));
        if is_opening != (entry.position == 0) {
            let what = "journal.opened stands at position 0, and nowhere else";
            self.find(Check::Position, entry, what);
        }
        if let Event::Register(event) = &fact.event {
            self.take_number(entry, event);
        }
    }

    /// One number per version: a register without gaps.
    fn take_number(&mut self, entry: &Entry, event: &RegisterEvent) {
        let (office, sequence) = match event {
            RegisterEvent::Entered(Entered {
                office, sequence, ..
            })
            | RegisterEvent::CodeVoided(CodeVoided {
                office, sequence, ..
            }) => (office, *sequence),
        };
        let day = entry.recorded_at.date();
        if sequence != entry.version {
            let what = format!(
                "number {sequence} of {office} on {day} where {} was to follow",
                entry.version
            );
            self.find(Check::Register, entry, what);
        }
        if entry.stream != stream::register(office.as_str(), day) {
            let what = format!("not in the register of {office} on {day}");
            self.find(Check::Register, entry, what);
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

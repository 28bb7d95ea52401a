//! Append and follow against a small model: a list. Any interleaving of writers that append, hold the lock, give up while they
//! wait, or are cut off in the middle of a commit; of followers; of nodes that go and come back.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use motcua::domain::time::Moment;
use motcua::journal::{
    Assumed, Entry, Follower, Head, Journal, KnownCommand, Look, Looked, NewCommand, Tail, Writer,
};
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::time::timeout;
use uuid::Uuid;

use super::{entries, read_all, stream};
use crate::grounds::{Ground, grounds};

const WRITERS: usize = 3;
const FOLLOWERS: usize = 2;
/// A lock that is held is not given within this time.
const WAIT: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
enum Step {
    /// Append to these streams under a command, which may have been answered before.
    Append(usize, Vec<u8>, u8),
    /// The same, decided on the journal as the writer saw it last.
    Ahead(usize, Vec<u8>, u8),
    /// Take the lock, look, and keep it until the writer's next step.
    Hold(usize),
    /// The writer's process ends, holding what it holds.
    Fall(usize),
    /// A commit is cut off after some microseconds: done or not, but never in part.
    CutOff(usize, Vec<u8>, u8, u16),
    Follow(usize, u8),
    /// The node goes and comes back.
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let streams = || vec(0..5_u8, 1..6);
    let step = prop_oneof![
        8 => (0..WRITERS, streams(), 0..60_u8).prop_map(|(who, to, id)| Step::Append(who, to, id)),
        8 => (0..WRITERS, streams(), 0..60_u8).prop_map(|(who, to, id)| Step::Ahead(who, to, id)),
        2 => (0..WRITERS).prop_map(Step::Hold),
        1 => (0..WRITERS).prop_map(Step::Fall),
        3 => (0..WRITERS, streams(), 0..60_u8, 0..3_000_u16)
            .prop_map(|(who, to, id, us)| Step::CutOff(who, to, id, us)),
        5 => (0..FOLLOWERS, 1..20_u8).prop_map(|(who, max)| Step::Follow(who, max)),
        1 => Just(Step::Reopen),
    ];
    vec(step, 1..40)
}

/// What should be: a list, and what each command was answered.
#[derive(Default)]
struct Model {
    entries: Vec<Entry>,
    known: HashMap<Uuid, KnownCommand>,
}

impl Model {
    fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    fn tail(&self, stream: Uuid, size: u64) -> Option<Tail> {
        let until = self
            .entries
            .iter()
            .take_while(|entry| entry.position < size);
        let last = until.filter(|entry| entry.stream == stream).last()?;
        let (version, leaf_hash) = (last.version, last.leaf_hash);
        Some(Tail { version, leaf_hash })
    }

    /// What is seen under the lock is what is, for somebody who was up to date at the size of `since`. Tails that were not told,
    /// because they are held, are put in.
    fn agrees(&self, looked: &mut Looked, asked: &[Uuid], command: Uuid, since: Option<Head>) {
        let others = since.filter(|head| head.size > 0).map(|head| {
            let others = self
                .entries
                .iter()
                .skip_while(|entry| entry.position < head.size);
            others.map(|entry| entry.stream).collect::<Vec<_>>()
        });
        assert_eq!(looked.since, others);
        let is_held = |stream| since.and_then(|head| self.tail(stream, head.size));
        for stream in asked {
            let is_told = others.as_ref().is_none_or(|others| others.contains(stream));
            if !is_told && !looked.tails.contains_key(stream) {
                looked
                    .tails
                    .extend(is_held(*stream).map(|tail| (*stream, tail)));
            }
        }
        assert_eq!(looked.head.size, self.size());
        assert_eq!(
            looked.head.leaf_hash,
            self.entries.last().map(|last| last.leaf_hash)
        );
        for stream in asked {
            let tail = self.tail(*stream, self.size());
            assert_eq!(looked.tails.get(stream), tail.as_ref());
        }
        assert_eq!(looked.known.get(&command), self.known.get(&command));
        assert!(
            self.entries
                .last()
                .is_none_or(|last| last.recorded_at <= looked.now)
        );
    }

    fn take(&mut self, new: Vec<Entry>, command: &NewCommand) {
        self.entries.extend(new);
        let known = KnownCommand {
            mac: command.mac,
            position: command.position,
            entries: command.entries,
        };
        self.known.insert(command.id, known);
    }
}

struct World {
    ground: Ground,
    journal: Journal,
    writers: BTreeMap<usize, Writer>,
    holder: Option<usize>,
    /// Up to where each writer's own states are current.
    current: BTreeMap<usize, Head>,
    followers: BTreeMap<usize, Follower>,
    model: Model,
}

/// What one command would write, seen under the lock.
fn written(looked: &Looked, streams: &[Uuid], id: Uuid) -> (Vec<Entry>, NewCommand) {
    let entries = entries(looked, streams);
    let command = NewCommand {
        id,
        mac: [id.as_bytes()[15]; 32],
        position: looked.head.size,
        entries: u32::try_from(entries.len()).expect("a few"),
    };
    (entries, command)
}

impl World {
    async fn new(ground: Ground) -> Self {
        Self {
            journal: ground.journal().await,
            ground,
            writers: BTreeMap::new(),
            holder: None,
            current: BTreeMap::new(),
            followers: BTreeMap::new(),
            model: Model::default(),
        }
    }

    async fn writer(&mut self, who: usize) -> Writer {
        match self.writers.remove(&who) {
            Some(writer) => writer,
            None => self.journal.writer().await.expect("a writer connects"),
        }
    }

    /// The lock, with what is seen under it; None where another holds it, and then nothing was done.
    async fn look(
        &mut self,
        writer: &mut Writer,
        who: usize,
        to: &[Uuid],
        id: Uuid,
    ) -> Option<Looked> {
        if self.holder == Some(who) {
            writer.release().await.expect("released");
            self.holder = None;
        }
        let since = self.current.get(&who).copied();
        let held = |stream: Uuid| {
            let tail = since.and_then(|head| self.model.tail(stream, head.size));
            (stream, tail.map_or(0, |tail| tail.version))
        };
        let streams: Vec<(Uuid, u32)> = to.iter().map(|stream| held(*stream)).collect();
        let look = Look {
            streams: &streams,
            commands: &[id],
            since,
        };
        if self.holder.is_some() {
            let waited = timeout(WAIT, writer.lock(look)).await;
            assert!(waited.is_err(), "two hold the lock");
            return None;
        }
        let looked = timeout(PATIENCE, writer.lock(look))
            .await
            .expect("the lock is free");
        let mut looked = looked.expect("the lock is given");
        self.model.agrees(&mut looked, to, id, since);
        self.current.insert(who, looked.head);
        Some(looked)
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Append(who, to, id) => self.append(*who, to, *id, None).await,
            Step::CutOff(who, to, id, us) => {
                let after = Duration::from_micros((*us).into());
                self.append(*who, to, *id, Some(after)).await;
            }
            Step::Ahead(who, to, id) => self.ahead(*who, to, *id).await,
            Step::Hold(who) => {
                let mut writer = self.writer(*who).await;
                let looked = self
                    .look(&mut writer, *who, &[stream(0)], Uuid::nil())
                    .await;
                // Whoever was given up while waiting is gone with its connection.
                if looked.is_some() {
                    self.holder = Some(*who);
                    self.writers.insert(*who, writer);
                }
            }
            Step::Fall(who) => {
                self.writers.remove(who);
                if self.holder == Some(*who) {
                    self.holder = None;
                }
            }
            Step::Follow(who, max) => self.follow(*who, *max).await,
            Step::Reopen => {
                self.writers.clear();
                self.holder = None;
                self.followers.clear();
                self.journal = self.ground.journal().await;
            }
        }
    }

    async fn append(&mut self, who: usize, to: &[u8], id: u8, cut_off: Option<Duration>) {
        let to: Vec<Uuid> = to
            .iter()
            .map(|number| stream(u128::from(*number)))
            .collect();
        let id = Uuid::from_u128(0x0c00 + u128::from(id));
        let mut writer = self.writer(who).await;
        let Some(looked) = self.look(&mut writer, who, &to, id).await else {
            return;
        };
        if looked.known.contains_key(&id) {
            writer.release().await.expect("released");
            self.writers.insert(who, writer);
            return;
        }
        let (new, command) = written(&looked, &to, id);
        let commands = [command];
        let Some(after) = cut_off else {
            writer.commit(&new, &commands).await.expect("written");
            self.current
                .extend(new.last().map(|last| (who, Head::of(last))));
            self.model.take(new, &command);
            self.writers.insert(who, writer);
            return;
        };
        // Whether it was done is unknown to whoever was cut off: the next one looks.
        let heard = timeout(after, writer.commit(&new, &commands)).await;
        let heard = heard.is_ok_and(|done| done.is_ok());
        drop(writer);
        let mut done = false;
        self.settle(id, |model| {
            model.take(new, &command);
            done = true;
        })
        .await;
        assert!(done || !heard, "what was acknowledged is lost");
    }

    /// Looks a command up whose outcome is unknown, and takes it into the model if it is there.
    async fn settle(&mut self, id: Uuid, take: impl FnOnce(&mut Model)) {
        let mut next = self.journal.writer().await.expect("a writer connects");
        let look = Look {
            streams: &[],
            commands: &[id],
            ..Look::default()
        };
        let looked = timeout(PATIENCE, next.lock(look))
            .await
            .expect("the lock is free");
        let mut looked = looked.expect("the lock is given");
        if looked.known.contains_key(&id) {
            take(&mut self.model);
        }
        self.model.agrees(&mut looked, &[], id, None);
        next.release().await.expect("released");
    }

    /// Written exactly if nobody wrote since; a command that was answered before fails the batch.
    async fn ahead(&mut self, who: usize, to: &[u8], id: u8) {
        let to: Vec<Uuid> = to
            .iter()
            .map(|number| stream(u128::from(*number)))
            .collect();
        let id = Uuid::from_u128(0x0c00 + u128::from(id));
        let head = self.current.get(&who).copied().unwrap_or_default();
        let tail = |stream: &Uuid| Some((*stream, self.model.tail(*stream, head.size)?));
        let seen = Looked {
            head,
            now: head.recorded_at.unwrap_or(Moment(1)),
            tails: to.iter().filter_map(tail).collect(),
            known: HashMap::new(),
            missing: Vec::new(),
            since: None,
        };
        let (new, command) = written(&seen, &to, id);
        let (commands, assumed) = (
            [command],
            Assumed {
                head,
                refused: &[],
                stamps: None,
            },
        );
        let mut writer = self.writer(who).await;
        if let Some(holder) = self.holder.filter(|holder| *holder != who) {
            let waited = timeout(WAIT, writer.append(assumed, &new, &commands)).await;
            assert!(waited.is_err(), "two hold the lock");
            drop(writer);
            // Whoever gave up waiting may be given the lock all the same, before those who ask later.
            let holding = self.writers.get_mut(&holder).expect("it holds the lock");
            holding.release().await.expect("released");
            self.holder = None;
            let was_known = self.model.known.contains_key(&id);
            return self
                .settle(id, |model| {
                    if !was_known {
                        model.take(new, &command);
                    }
                })
                .await;
        }
        self.holder = None;
        let answer = timeout(PATIENCE, writer.append(assumed, &new, &commands))
            .await
            .expect("the lock is free");
        let is_newest = self.model.entries.last().map(Head::of).unwrap_or_default() == head;
        let is_known = self.model.known.contains_key(&id);
        match answer {
            Ok(Some(_)) => {
                assert!(is_newest && !is_known);
                self.current
                    .extend(new.last().map(|last| (who, Head::of(last))));
                self.model.take(new, &command);
                self.writers.insert(who, writer);
            }
            Ok(None) => {
                assert!(!is_newest);
                self.writers.insert(who, writer);
            }
            Err(error) => assert!(is_newest && is_known, "{error}"),
        }
    }

    async fn follow(&mut self, who: usize, max: u8) {
        let from = self.model.size() / 2;
        let journal = &self.journal;
        let follower = self
            .followers
            .entry(who)
            .or_insert_with(|| journal.follow(from));
        let at = usize::try_from(follower.position()).expect("a small journal");
        let behind = &self.model.entries[at..];
        if behind.is_empty() {
            let waited = timeout(Duration::from_millis(2), follower.next(max.into())).await;
            assert!(waited.is_err(), "something came from nowhere");
            return;
        }
        let read = timeout(PATIENCE, follower.next(max.into()))
            .await
            .expect("it comes");
        // At least one; what this handle wrote last comes from memory, and what others wrote after it with the next.
        let read = read.expect("read");
        assert!((1..=max.into()).contains(&read.len()), "{}", read.len());
        assert_eq!(read[..], behind[..read.len().min(behind.len())]);
    }

    async fn is_as_the_model(&self) {
        assert_eq!(read_all(&self.journal).await, self.model.entries);
        for (id, known) in &self.model.known {
            let found = self.journal.command(*id).await.expect("looked up");
            assert_eq!(found.as_ref(), Some(known));
        }
    }
}

#[test]
fn any_interleaving_of_writers_and_followers_is_a_list() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build();
    let runtime = runtime.expect("a runtime");
    let config = ProptestConfig {
        cases: 48,
        failure_persistence: None,
        max_shrink_iters: 64,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in steps())| {
        runtime.block_on(async {
            for ground in grounds().await {
                let mut world = World::new(ground).await;
                for step in &steps {
                    world.step(step).await;
                }
                world.is_as_the_model().await;
            }
        });
    });
}

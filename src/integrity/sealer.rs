//! Follows the journal: every new entry becomes a leaf, and at most once a second the tree is signed and published.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::desk::{Desk, held};
use super::error::{IntegrityError, Result};
use super::publish::{self, Ask};
use super::seals::Seal;
use super::start::{self, BATCH_MAX, Said};
use super::tree::{Tree, TreeWriter};
use super::witness::{self, Witnesses};
use super::{Log, Role, Signing, Status, Trust, halt, memory, opening};
use crate::journal::{Entry, Follower, clock};

/// Between two checkpoints, while there is something new; after a quiet second the next comes at once. With the signing
/// itself it stays within a second.
const SEAL_EVERY: Duration = Duration::from_millis(900);
/// How soon witnesses are asked again while the quorum is not reached.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// How often witnesses are asked while nothing happens, so that a quiet log can be told from a stale one.
const HEARTBEAT: Duration = Duration::from_mins(10);
/// How often a node that does not sign looks for new checkpoints.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long nothing may come before the journal is asked whether it is still the same.
const QUIET_MAX: Duration = Duration::from_secs(10);
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// The task behind an [`super::Integrity`].
pub struct Sealer {
    log: Arc<Log>,
    tree: Arc<Mutex<TreeWriter>>,
    reader: Tree,
    desk: Option<Desk>,
    ask: Ask,
    witnesses: Witnesses,
    status: watch::Sender<Status>,
    /// The newest checkpoint in the seals.
    newest: Option<Seal>,
    /// When the tree was last signed.
    signed_at: Option<Instant>,
    /// When witnesses were last asked, or the seals looked at.
    asked_at: Option<Instant>,
}

impl Sealer {
    /// The task, a reader of its tree, and where it tells how far it is.
    pub(super) async fn open(
        log: Arc<Log>,
        role: Role,
        witnesses: Witnesses,
    ) -> Result<(Self, Tree, watch::Receiver<Status>)> {
        let opened = opening::open(&log, role, &witnesses).await?;
        let reader = opened.tree.tree();
        let (status, told) = watch::channel(Status {
            size: reader.size(),
            signed: opened.newest.as_ref().map(|seal| seal.size),
            published: None,
            trust: opened.trust.map(Arc::new),
            signing: opened.signing,
            halted: opened.halted,
            stopped: None,
        });
        let mut sealer = Self {
            log,
            tree: Arc::new(Mutex::new(opened.tree)),
            reader: reader.clone(),
            desk: opened.desk,
            ask: witnesses.ask(),
            witnesses,
            status,
            newest: opened.newest,
            signed_at: None,
            asked_at: None,
        };
        if sealer.status.borrow().halted.is_none() {
            // What was signed before a crash, and perhaps not kept: the same bytes again.
            sealer.sign_and_keep().await?;
            sealer.show_published().await?;
        }
        Ok((sealer, reader, told))
    }

    /// Asks these from now on, instead of the policy's witnesses at their addresses.
    #[must_use]
    pub fn with_witnesses(mut self, ask: Ask) -> Self {
        self.ask = ask;
        self
    }

    /// Follows the journal until `stop`. What may pass (a lost server, a full disk) is waited for.
    ///
    /// # Errors
    /// What does not pass. The status then says so, with the evidence of a halt; nothing is signed any more.
    pub async fn run(mut self, stop: CancellationToken) -> Result<()> {
        if self.status.borrow().halted.is_some() {
            stop.cancelled().await;
            return Ok(());
        }
        let mut follower = self.log.journal.follow(self.reader.size());
        let mut pause = PAUSE_FIRST;
        loop {
            let outcome = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                outcome = self.turn(&mut follower) => outcome,
            };
            let Err(error) = outcome else {
                pause = PAUSE_FIRST;
                continue;
            };
            if !error.is_passing() {
                return Err(self.give_up(error).await);
            }
            tracing::warn!(%error, code = error.code(), "sealing is interrupted");
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(pause) => pause = PAUSE_MAX.min(pause * 2),
            }
            self.take_desk_again().await;
            follower = self.log.journal.follow(self.reader.size());
        }
    }

    /// Waits for entries or for the next thing to do, and does it.
    async fn turn(&mut self, follower: &mut Follower) -> Result<()> {
        let now = Instant::now();
        let due = self.due(now).min(now + QUIET_MAX);
        tokio::select! {
            entries = follower.next(BATCH_MAX) => self.grow(entries?).await?,
            // A read that is slower than this was given up; here it may take its time.
            () = sleep_until(due) => {
                self.check_beside().await?;
                self.grow_to_end().await?;
                *follower = self.log.journal.follow(self.reader.size());
            }
        }
        let now = Instant::now();
        if now < self.due(now) {
            return Ok(());
        }
        self.sign_and_keep().await?;
        self.publish().await
    }

    /// When there is something to do: now, if it never was done.
    fn due(&self, now: Instant) -> Instant {
        let after = |last: Option<Instant>, pause| last.map_or(now, |at| at + pause);
        let Some(_) = &self.desk else {
            return after(self.asked_at, LOOK_EVERY);
        };
        match &self.newest {
            Some(seal) if seal.size >= self.reader.size() => {
                let pause = seal.published_at.map_or(ASK_AGAIN, |_| HEARTBEAT);
                after(self.asked_at, pause)
            }
            None if self.reader.size() == 0 => now + QUIET_MAX,
            Some(_) | None => after(self.signed_at, SEAL_EVERY),
        }
    }

    /// Takes everything that is there, signs and publishes it; for those who drive it by hand. `false` when nothing is
    /// new. After an error the sealer is to be dropped.
    pub async fn step(&mut self) -> Result<bool> {
        if let Some(halted) = self.status.borrow().halted.clone() {
            return Err(halted.into());
        }
        match self.step_once().await {
            Err(error) if !error.is_passing() => Err(self.give_up(error).await),
            outcome => outcome,
        }
    }

    async fn step_once(&mut self) -> Result<bool> {
        let before = self.reader.size();
        self.check_beside().await?;
        self.grow_to_end().await?;
        self.sign_and_keep().await?;
        self.publish().await?;
        Ok(self.reader.size() > before)
    }

    /// Takes everything that is there into the tree, and nothing more.
    pub async fn grow_to_end(&mut self) -> Result<()> {
        loop {
            let entries = self.log.journal.read(self.reader.size(), BATCH_MAX).await?;
            if entries.is_empty() {
                return Ok(());
            }
            self.grow(entries).await?;
        }
    }

    async fn grow(&mut self, entries: Vec<Entry>) -> Result<()> {
        // A journal that was set back and grew again would otherwise be sealed without a word.
        self.check_beside().await?;
        let leaves = start::leaves(&entries)?;
        held(&self.tree).append(&leaves)?;
        let size = self.reader.size();
        self.status.send_modify(|status| status.size = size);
        Ok(())
    }

    /// Signs the tree as it stands, unless it is signed; `None` when there is nothing to sign or this node does not.
    pub async fn sign(&mut self) -> Result<Option<Seal>> {
        let size = self.reader.size();
        let signed = self.newest.as_ref().map_or(0, |seal| seal.size);
        match &self.desk {
            Some(desk) if size > signed => {
                let seal = desk.sign(&self.log.origin, &self.tree).await?;
                self.signed_at = Some(Instant::now());
                Ok(Some(seal))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Keeps a signed checkpoint where every node finds it.
    pub async fn keep(&mut self, seal: Seal) -> Result<()> {
        let Some(desk) = &mut self.desk else {
            return Ok(());
        };
        match desk.keep(&self.log, &seal).await {
            Err(IntegrityError::SealTaken { .. }) => return self.give_way().await,
            outcome => outcome?,
        }
        let size = seal.size;
        self.newest = Some(seal);
        self.asked_at = None;
        self.status.send_modify(|status| status.signed = Some(size));
        Ok(())
    }

    async fn sign_and_keep(&mut self) -> Result<()> {
        match self.sign().await? {
            Some(seal) => self.keep(seal).await,
            None => Ok(()),
        }
    }

    /// Somebody else has signed: with the same tree this node only reads from now on; with another it is a fork.
    async fn give_way(&mut self) -> Result<()> {
        tracing::error!("another process has signed this log: this node does not sign any more");
        self.desk = None;
        let signing = Signing::Refused("SIGNER_BEHIND");
        self.status.send_modify(|status| status.signing = signing);
        self.look().await
    }

    /// Asks witnesses and serves the newest checkpoint once their quorum holds; a node that does not sign looks for what
    /// others published.
    pub async fn publish(&mut self) -> Result<()> {
        if self.desk.is_none() {
            return self.look().await;
        }
        self.asked_at = Some(Instant::now());
        let trust = self.status.borrow().trust.clone();
        let (Some(trust), Some(seal)) = (trust, &mut self.newest) else {
            return Ok(());
        };
        let reader = self.reader.clone();
        publish::ask_witnesses(&self.log, &self.ask, &trust, seal, reader).await?;
        let published = publish::publish(&self.log, &trust, seal).await?;
        self.witnesses
            .note_published(published.is_some(), clock::system());
        self.show(published);
        if let Some(said) = self.witnesses.take_word() {
            witness::contradiction(&self.log, &self.reader, said).await?;
        }
        Ok(())
    }

    /// Compares what others signed with this node's tree, and shows what they published.
    async fn look(&mut self) -> Result<()> {
        self.asked_at = Some(Instant::now());
        if self.status.borrow().trust.is_none() {
            let trust = Trust::load(&self.log.seals, &self.log.policy_file).await?;
            let trust = trust.map(Arc::new);
            self.status.send_modify(|status| status.trust = trust);
        }
        let newest = self.log.seals.latest().await?;
        if let Some(seal) = &newest {
            self.check_root(seal).await?;
        }
        self.status
            .send_modify(|status| status.signed = newest.as_ref().map(|seal| seal.size));
        self.newest = newest;
        self.show_published().await
    }

    async fn show_published(&mut self) -> Result<()> {
        let trust = self.status.borrow().trust.clone();
        let (Some(trust), Some(seal)) = (trust, self.log.seals.published().await?) else {
            return Ok(());
        };
        if seal.size > self.reader.size() {
            return Ok(());
        }
        self.check_root(&seal).await?;
        let published = publish::shown(&self.log, &trust, &seal).await?;
        if self.desk.is_none() {
            let tree = Arc::clone(&self.tree);
            memory::keep(&self.log, tree, published.as_ref()).await?;
        }
        self.show(published);
        Ok(())
    }

    fn show(&self, published: Option<super::Published>) {
        self.status.send_if_modified(|status| {
            let changed = published.is_some() && published.as_ref() != status.published.as_deref();
            if changed {
                status.published = published.map(Arc::new);
            }
            changed
        });
    }

    async fn check_root(&self, seal: &Seal) -> Result<()> {
        if seal.size > self.reader.size() || self.reader.root(seal.size)? == seal.root {
            return Ok(());
        }
        let what = format!("another tree of size {} was signed", seal.size);
        let said = [self.own_word()?, Said::of(seal)];
        let reader = Some(&self.reader);
        let halted = start::halt(&self.log, halt::FORKED, what, &said, reader).await?;
        Err(halted.into())
    }

    /// The journal must still hold what this node has seen of it.
    async fn check_beside(&self) -> Result<()> {
        if start::ends_alike(&self.log.journal, &self.reader).await? {
            return Ok(());
        }
        let said = [self.own_word()?];
        let (size, seen) = (self.log.journal.head().await?.size, self.reader.size());
        let (code, what) = if size < seen {
            let what = format!("the journal holds {size} entries, {seen} were seen");
            (halt::ROLLED_BACK, what)
        } else {
            let what = "the journal is not the one that was seen".to_owned();
            (halt::FORKED, what)
        };
        let halted = start::halt(&self.log, code, what, &said, Some(&self.reader)).await?;
        Err(halted.into())
    }

    fn own_word(&self) -> Result<Said> {
        let size = self.reader.size();
        Ok(Said {
            by: "the tree this node keeps".into(),
            size,
            root: self.reader.root(size)?,
            note: None,
        })
    }

    async fn take_desk_again(&mut self) {
        let Some(desk) = &mut self.desk else {
            return;
        };
        match desk.take_again(&self.log).await {
            Ok(()) => {}
            Err(error @ IntegrityError::SignerBehind { .. }) => {
                tracing::error!(%error, "this node does not sign any more");
                self.desk = None;
                let signing = Signing::Refused(error.code());
                self.status.send_modify(|status| status.signing = signing);
            }
            // The old session may linger at the server; the next try comes soon.
            Err(error) => tracing::warn!(%error, "the signer's place cannot be taken again yet"),
        }
    }

    async fn give_up(&mut self, error: IntegrityError) -> IntegrityError {
        let said = self.own_word().into_iter().collect::<Vec<_>>();
        let error = start::alarmed(&self.log, error, &said, &self.reader).await;
        self.desk = None;
        self.status.send_modify(|status| match &error {
            IntegrityError::Halted(halted) => status.halted = Some(halted.clone()),
            other => status.stopped = Some(other.code()),
        });
        tracing::error!(%error, code = error.code(), "sealing ends");
        error
    }
}

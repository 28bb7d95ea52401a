//! Following: first what was missed, then what happens; every change once, in the order of positions.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::resume::{Place, Start, Token};
use crate::api::Api;
use crate::api::error::Result;
use crate::projections::change::{self, Change, Stretch, Subject};

/// A quiet follower looks by itself, and is told how far it has come, so often.
const QUIET: Duration = Duration::from_secs(15);
/// Changes read at a time.
const PAGE: u32 = 200;
/// Sums that change more often are told so often.
const PACE: Duration = Duration::from_millis(250);

/// What a follower hears, with its position.
#[derive(Debug)]
pub struct Heard<T> {
    pub position: u64,
    /// None: what came before cannot be told one by one, and whatever is there now stands for it.
    pub what: Option<T>,
}

/// Reads at most a page of a stretch.
type Reading<T> = dyn Fn(Stretch) -> BoxFuture<'static, Result<Page<T>>> + Send + Sync;

/// What was read.
pub struct Page<T> {
    rows: VecDeque<(u64, T)>,
    /// There may be more in the stretch.
    full: bool,
}

impl<T> Page<T> {
    pub fn new(rows: impl IntoIterator<Item = (u64, T)>, full: bool) -> Self {
        let rows = rows.into_iter().collect();
        Self { rows, full }
    }
}

/// Where a stream of changes begins, for whom, and how it is told about.
pub struct Following {
    pub api: Api,
    pub subject: Subject,
    pub start: Start,
    pub place: Place,
}

impl Following {
    /// Every change of the subject.
    pub fn changes(self) -> impl Stream<Item = Result<Heard<Change>>> + Send {
        let models = self.api.models.clone();
        let read = move |stretch: Stretch| -> BoxFuture<'static, _> {
            let models = models.clone();
            Box::pin(async move {
                let found = change::of(&models, &stretch, PAGE).await?;
                let full = found.len() == PAGE as usize;
                let rows = found.into_iter().map(|change| (change.position, change));
                Ok(Page::new(rows, full))
            })
        };
        self.with(Duration::ZERO, Box::new(read))
    }

    /// The newest change of the subject, when there were some: for sums, which tell no more of the others.
    pub fn newest(self) -> impl Stream<Item = Result<Heard<Change>>> + Send {
        let models = self.api.models.clone();
        let read = move |stretch: Stretch| -> BoxFuture<'static, _> {
            let models = models.clone();
            Box::pin(async move {
                let found = change::newest(&models, stretch).await?;
                let rows = found.into_iter().map(|change| (change.position, change));
                Ok(Page::new(rows, false))
            })
        };
        self.with(PACE, Box::new(read))
    }

    /// What `read` finds, at least `pace` after what it found before.
    pub fn with<T: Send + 'static>(
        self,
        pace: Duration,
        read: Box<Reading<T>>,
    ) -> impl Stream<Item = Result<Heard<T>>> + Send {
        let bell = self.api.models.listen(self.subject.clone());
        let follower = Follower {
            next: self.start.next,
            resync: self.start.resync,
            following: self,
            bell,
            read,
            pace,
            waiting: VecDeque::new(),
            quiet_until: None,
        };
        follower.is_quiet();
        stream::unfold(Some(follower), |follower| async move {
            let mut follower = follower?;
            match follower.next().await {
                Ok(heard) => Some((Ok(heard), Some(follower))),
                Err(problem) => Some((Err(problem), None)),
            }
        })
    }
}

struct Follower<T> {
    following: Following,
    bell: watch::Receiver<u64>,
    read: Box<Reading<T>>,
    pace: Duration,
    /// The first position that was not read.
    next: u64,
    /// It is still to be told that the follower begins anew.
    resync: bool,
    waiting: VecDeque<(u64, T)>,
    /// Until then nobody need be told how far the follower is; none while it is busy.
    quiet_until: Option<Instant>,
}

impl<T> Follower<T> {
    async fn next(&mut self) -> Result<Heard<T>> {
        if std::mem::take(&mut self.resync) {
            let position = self.next.saturating_sub(1);
            self.tells(position);
            return Ok(Heard {
                position,
                what: None,
            });
        }
        loop {
            if let Some((position, what)) = self.waiting.pop_front() {
                self.quiet_until = None;
                self.tells(position);
                let what = Some(what);
                return Ok(Heard { position, what });
            }
            let rung = *self.bell.borrow_and_update();
            let size = self.following.api.models.size().max(rung);
            if self.next < size {
                let page = (self.read)(Stretch {
                    subject: self.following.subject.clone(),
                    from: self.next,
                    until: size,
                })
                .await?;
                self.next = match page.rows.back() {
                    Some((position, _)) if page.full => position + 1,
                    Some(_) | None => size,
                };
                self.waiting = page.rows;
                if !self.waiting.is_empty() {
                    continue;
                }
            }
            self.wait().await;
        }
    }

    /// Until there may be something new.
    async fn wait(&mut self) {
        let now = Instant::now();
        let until = *self.quiet_until.get_or_insert(now + QUIET);
        if until <= now {
            self.quiet_until = Some(now + QUIET);
            self.is_quiet();
        }
        tokio::select! {
            rung = self.bell.changed() => {
                if rung.is_err() {
                    sleep_until(until).await;
                }
                sleep(self.pace).await;
            }
            () = sleep_until(until.max(now + Duration::from_millis(1))) => {}
        }
    }

    fn tells(&self, position: u64) {
        let token = Token::of(&self.following.api, position + 1);
        self.following.place.of_message(token);
    }

    fn is_quiet(&self) {
        let token = Token::of(&self.following.api, self.next);
        self.following.place.while_quiet(token);
    }
}

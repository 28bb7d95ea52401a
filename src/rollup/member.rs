//! One journal among those that are followed: pulled, proved, folded and shown, again and again.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::acts::Premises;
use crate::api::http::limits::Limits;
use crate::api::rates::Rates;
use crate::api::{self, Api};
use crate::domain::time::Moment;
use crate::integrity::mirror::{Mirror, MirrorError, Wanted};
use crate::journal::clock;
use crate::projections::ReadModels;
use crate::vault::Keys;
use crate::web::{self, Web};

/// Between two attempts to reach a journal, at most.
const PAUSE_MAX: Duration = Duration::from_secs(15);

/// A journal by the name it is called here.
#[derive(Clone)]
pub struct Member {
    pub name: String,
    state: watch::Receiver<Followed>,
}

/// How far one journal is.
#[derive(Clone, Default)]
pub struct Followed {
    /// None before anything of it was proved.
    pub shown: Option<Shown>,
    /// Size of the newest checkpoint that everything here was proved by.
    pub proved: u64,
    /// When the newest fact of the copy was recorded.
    pub recorded_at: Option<Moment>,
    /// When that was last compared with what is published.
    pub compared_at: Option<Moment>,
    /// Why the last attempt failed, if it did: code and words.
    pub failure: Option<(&'static str, String)>,
    /// Nothing more is followed: what was shown is no continuation of what was seen.
    pub ended: bool,
}

/// What is answered of a journal.
#[derive(Clone)]
pub struct Shown {
    pub api: Api,
    /// Its own doors, as a node on its copy would have them.
    pub router: Router,
}

/// Whom to follow, and how.
pub struct Following {
    pub name: String,
    pub wanted: Wanted,
    pub keys: Arc<Keys>,
    /// Shared by all, so that nobody is answered as often as there are journals.
    pub limits: Arc<Limits>,
    pub rates: Rates,
    pub public_url: Option<String>,
    /// Between two looks for something new.
    pub every: Duration,
}

impl Member {
    /// What is known of it now.
    #[must_use]
    pub fn followed(&self) -> Followed {
        self.state.borrow().clone()
    }

    /// Begins to follow. A journal that cannot be reached is asked for again and again; one that contradicts itself is not
    /// followed any more, and what was proved of it stays.
    #[must_use]
    pub fn follow(
        following: Following,
        stop: CancellationToken,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (tell, state) = watch::channel(Followed::default());
        let member = Self {
            name: following.name.clone(),
            state,
        };
        let task = tokio::spawn(following.run(tell, stop));
        (member, task)
    }
}

impl Following {
    async fn run(self, tell: watch::Sender<Followed>, stop: CancellationToken) {
        let mut pause = self.every;
        loop {
            let began = Instant::now();
            let error = tokio::select! {
                () = stop.cancelled() => return,
                Err(error) = self.follow(&tell, &stop) => error,
            };
            tracing::warn!(member = %self.name, %error, code = error.code(), "a journal cannot be followed now");
            let ended = matches!(
                error,
                MirrorError::RolledBack { .. } | MirrorError::Forked { .. }
            );
            tell.send_modify(|followed| {
                followed.failure = Some((error.code(), error.to_string()));
                followed.ended = ended;
            });
            if ended {
                return;
            }
            let went_on = began.elapsed() > PAUSE_MAX;
            pause = if went_on {
                self.every
            } else {
                PAUSE_MAX.min(pause * 2)
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
        }
    }

    async fn follow(
        &self,
        tell: &watch::Sender<Followed>,
        stop: &CancellationToken,
    ) -> Result<Infallible, MirrorError> {
        let mut mirror = opened(self.wanted.clone()).await?;
        // What was proved before is shown before anybody is asked for more.
        self.show_if_any(&mirror, tell, stop).await?;
        loop {
            let pulled = mirror.pull(|_, _| {}).await?;
            self.show_if_any(&mirror, tell, stop).await?;
            tell.send_modify(|followed| {
                followed.proved = pulled.size();
                followed.compared_at = Some(clock::system());
                followed.failure = None;
            });
            sleep(self.every).await;
        }
    }

    async fn show_if_any(
        &self,
        mirror: &Mirror,
        tell: &watch::Sender<Followed>,
        stop: &CancellationToken,
    ) -> Result<(), MirrorError> {
        let head = mirror.journal().head().await?;
        tell.send_modify(|followed| followed.recorded_at = head.recorded_at);
        if head.size > 0 && tell.borrow().shown.is_none() {
            let shown = self.show(mirror, stop).await?;
            tell.send_modify(|followed| {
                followed.shown = Some(shown);
                followed.proved = head.size;
            });
        }
        Ok(())
    }

    /// Opens what answers of a copy, and keeps it current.
    async fn show(&self, mirror: &Mirror, stop: &CancellationToken) -> Result<Shown, MirrorError> {
        let folder = |why: String| MirrorError::Folder {
            path: self.wanted.data.clone(),
            why,
        };
        let journal = mirror.journal().clone();
        let office = Premises::enter(&journal).await;
        let office = office.map_err(|error| folder(error.to_string()))?;
        let opened = ReadModels::open(&self.wanted.data, journal.clone()).await;
        let (models, projector) = opened.map_err(|error| folder(error.to_string()))?;
        let (stopped, name) = (stop.clone(), self.name.clone());
        tokio::spawn(async move {
            if let Err(error) = projector.run(stopped).await {
                tracing::error!(member = %name, %error, "its read models do not follow any more");
            }
        });
        let mut api = Api::read_only(office, models, journal, &self.keys).until(stop.clone());
        api.limits = Arc::clone(&self.limits);
        api.rates = self.rates.clone();
        if let Some(url) = &self.public_url {
            api = api.with_public_url(url);
        }
        let link_key = self.keys.derive(Web::KEY);
        let pages = Web::new(api.clone(), link_key, self.public_url.clone()).until(stop.clone());
        let router = api::router(api.clone()).merge(web::router(pages));
        Ok(Shown { api, router })
    }
}

/// On a thread of its own: making tables is no future that may change threads.
async fn opened(wanted: Wanted) -> Result<Mirror, MirrorError> {
    let data = wanted.data.clone();
    let runtime = tokio::runtime::Handle::current();
    let opening = tokio::task::spawn_blocking(move || runtime.block_on(Mirror::open(wanted)));
    let (mirror, _) = opening.await.map_err(|error| MirrorError::Folder {
        path: data,
        why: error.to_string(),
    })??;
    Ok(mirror)
}

/// The folder of a journal's copy.
#[must_use]
pub fn folder(data: &std::path::Path, name: &str) -> PathBuf {
    data.join(name)
}

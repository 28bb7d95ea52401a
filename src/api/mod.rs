//! FOR MACHINES: GraphQL over HTTP, the log and its receipts, sign-in, health.

pub mod access;
pub mod board;
pub mod calendar;
pub mod campaigns;
pub mod capability;
pub mod catalogue;
pub mod command;
pub mod documents;
pub mod dossier;
pub mod error;
pub mod feedback;
mod files;
pub mod findings;
pub mod health;
pub mod http;
pub mod lateness;
pub mod listing;
pub mod live;
pub mod log;
pub mod looks;
mod metrics;
pub mod mine;
pub mod node;
pub mod offices;
pub mod paging;
pub mod papers;
pub mod payments;
pub mod rates;
pub mod reorganisation;
mod repository;
pub mod scalar;
pub mod schema;
pub mod search;
pub mod sign_in;
pub mod staff;
pub mod statistics;
pub mod supervision;
pub mod witness;
pub mod words;
pub mod worklist;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};
use tokio_util::sync::CancellationToken;

use self::capability::Capabilities;
use self::error::{Problem, Result};
use self::http::kept::Kept;
use self::http::limits::Limits;
use self::http::{Documents, Endpoint, Streams};
use self::live::Here;
use self::log::{PublicLog, Readers};
use self::payments::Payments;
use self::rates::Rates;
use self::scalar::Long;
use self::schema::GraphqlSchema;
use self::sign_in::SignIn;
use crate::acts::{Counter, Premises, Refusal};
use crate::integrity::Integrity;
use crate::journal::Journal;
use crate::ports::documents::Registry;
use crate::ports::payment::{References, Till};
use crate::projections::ReadModels;
use crate::vault::{Keys, Vault};

/// How long an answer waits until this node shows what was asked for.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Where commands are taken and names are kept.
#[derive(Clone)]
pub struct Desk {
    pub counter: Counter,
    pub vault: Vault,
}

/// What resolvers work on. Clones share everything.
#[derive(Clone)]
pub struct Api {
    pub office: Premises,
    /// None on a node that only follows: it takes no command and knows no name.
    pub desk: Option<Desk>,
    pub models: ReadModels,
    pub journal: Journal,
    pub sign_in: SignIn,
    pub capabilities: Capabilities,
    /// None on a node that keeps no tree.
    pub log: Option<PublicLog>,
    /// Whose documents are answered.
    pub documents: Documents,
    /// Scheme and host under which people reach this node, for what is printed; no slash at the end.
    pub public_url: String,
    /// When the node stops: answers that go on end.
    pub stop: CancellationToken,
    pub limits: Arc<Limits>,
    pub rates: Rates,
    /// Through whom people pay.
    pub payments: Payments,
    /// Who numbers the offices' documents.
    pub registries: Arc<Vec<Registry>>,
}

impl Api {
    /// The doors of the office's own node.
    #[must_use]
    pub fn new(
        counter: Counter,
        models: ReadModels,
        journal: Journal,
        vault: Vault,
        keys: &Keys,
    ) -> Self {
        let office = counter.office().clone();
        let desk = Some(Desk { counter, vault });
        Self {
            desk,
            ..Self::read_only(office, models, journal, keys)
        }
    }

    /// The doors of a node that follows somebody's journal: everything is answered but what only the vault knows, and
    /// nothing is accepted. `keys` are its own, for its own tokens.
    #[must_use]
    pub fn read_only(office: Premises, models: ReadModels, journal: Journal, keys: &Keys) -> Self {
        let (shown, premises) = (models.clone(), office.clone());
        let is_open = move |code: &str| {
            let today = premises.clock().date();
            shown.reference().office(code, today).is_some()
        };
        Self {
            office,
            desk: None,
            models,
            journal,
            sign_in: SignIn::new(&keys.derive(SignIn::KEY)).with_offices(is_open),
            capabilities: Capabilities::new(keys.derive(Capabilities::KEY)),
            log: None,
            documents: Documents::Open,
            public_url: "http://localhost".to_owned(),
            stop: CancellationToken::new(),
            limits: Arc::default(),
            rates: Rates::new(&rates::Settings::unlimited()),
            payments: Payments::new(keys.derive(References::KEY)),
            registries: Arc::default(),
        }
    }

    /// Where commands are handed in.
    ///
    /// # Errors
    /// [`Refusal::ReadOnlyNode`] where none are taken.
    pub fn counter(&self) -> Result<&Counter, Refusal> {
        let desk = self.desk.as_ref().ok_or(Refusal::ReadOnlyNode)?;
        Ok(&desk.counter)
    }

    /// Why no command is taken, if none is by fault, or why a copy is not the one that was sealed.
    #[must_use]
    pub fn halted(&self) -> Option<&'static str> {
        let refusing = self.desk.as_ref().and_then(|desk| desk.counter.halted());
        let sealed = || self.log.as_ref()?.integrity.halted();
        refusing.or_else(|| sealed().map(|halted| halted.code))
    }

    /// Where names are kept.
    ///
    /// # Errors
    /// [`Problem::Withheld`] where there are none.
    pub fn vault(&self) -> Result<&Vault> {
        let desk = self.desk.as_ref().ok_or(Problem::Withheld)?;
        Ok(&desk.vault)
    }

    /// Answers any document, or this program's own only.
    #[must_use]
    pub fn with_documents(mut self, documents: Documents) -> Self {
        self.documents = documents;
        self
    }

    /// The address for what is printed.
    #[must_use]
    pub fn with_public_url(mut self, url: &str) -> Self {
        url.trim_end_matches('/').clone_into(&mut self.public_url);
        self
    }

    /// Answers so much, and so much of it to one caller.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits, rates: &rates::Settings) -> Self {
        self.limits = Arc::new(limits);
        self.rates = Rates::new(rates);
        self
    }

    /// Lets people pay through these.
    #[must_use]
    pub fn with_tills(mut self, tills: Vec<Till>) -> Self {
        self.payments = self.payments.through(tills);
        self
    }

    /// Hears these say which number a document was given.
    #[must_use]
    pub fn with_registries(mut self, registries: Vec<Registry>) -> Self {
        self.registries = Arc::new(registries);
        self
    }

    /// Ends answers that go on when the node stops.
    #[must_use]
    pub fn until(mut self, stop: CancellationToken) -> Self {
        self.stop = stop;
        self
    }

    /// Shows the log under `/log/`, and whole entries to these readers.
    #[must_use]
    pub fn with_log(mut self, integrity: Integrity, entries: Readers) -> Self {
        self.log = Some(PublicLog { integrity, entries });
        self
    }
}

/// `/graphql`, the log with its receipts, and the health of this node.
pub fn router(api: Api) -> Router {
    let endpoint: Endpoint<GraphqlSchema> = Endpoint {
        schema: schema::schema(api.clone()),
        sign_in: api.sign_in.clone(),
        documents: api.documents,
        streams: Streams::new(api.limits.streams, api.stop.clone()),
        limits: api.limits.clone(),
        rates: api.rates.clone(),
        here: Some(Arc::new({
            let api = api.clone();
            move || Here(live::here(&api))
        })),
        kept: Kept::default(),
    };
    Router::new()
        .route("/graphql", any(http::graphql::<GraphqlSchema>))
        .route("/graphql/ws", any(http::ws::graphql::<GraphqlSchema>))
        .with_state(endpoint)
        .layer(http::cors(&api.limits.origins))
        .route("/graphql/documents.json", get(http::documents::manifest))
        .merge(
            Router::new()
                .route("/livez", get(health::livez))
                .route("/readyz", get(health::readyz))
                .route("/metrics", get(metrics::metrics))
                .with_state(api.clone()),
        )
        .merge(papers::router(api.clone()))
        .merge(files::router(api.clone()))
        .merge(payments::router(api.clone()))
        .merge(documents::router(api.clone()))
        .merge(catalogue::open::router(api.clone()))
        .merge(log::router(api))
        .layer(tower_http::catch_panic::CatchPanicLayer::new())
}

/// Waits until this node shows a position, so that one reads one's own writes on any node.
pub async fn wait_for(api: &Api, position: Option<Long>) -> Result<()> {
    match position {
        Some(Long(wanted)) if !api.models.reach(wanted, WAIT_MAX).await => Err(Problem::NotYet {
            wanted,
            size: api.models.size(),
        }),
        Some(_) | None => Ok(()),
    }
}

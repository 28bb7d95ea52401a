//! FOR MACHINES: GraphQL over HTTP, sign-in, health.

pub mod access;
pub mod capability;
pub mod catalogue;
pub mod command;
pub mod dossier;
pub mod error;
pub mod health;
pub mod http;
pub mod node;
pub mod offices;
pub mod paging;
pub mod scalar;
pub mod schema;
pub mod sign_in;
pub mod statistics;
pub mod words;
pub mod worklist;

use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};

use self::capability::Capabilities;
use self::error::{Problem, Result};
use self::http::Endpoint;
use self::scalar::Long;
use self::schema::GraphqlSchema;
use self::sign_in::SignIn;
use crate::acts::Counter;
use crate::journal::Journal;
use crate::projections::ReadModels;
use crate::vault::{Keys, Vault};

/// How long an answer waits until this node shows what was asked for.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// What resolvers work on. Clones share everything.
#[derive(Clone)]
pub struct Api {
    pub counter: Counter,
    pub models: ReadModels,
    pub journal: Journal,
    pub vault: Vault,
    pub sign_in: SignIn,
    pub capabilities: Capabilities,
}

impl Api {
    #[must_use]
    pub fn new(
        counter: Counter,
        models: ReadModels,
        journal: Journal,
        vault: Vault,
        keys: &Keys,
    ) -> Self {
        Self {
            counter,
            models,
            journal,
            vault,
            sign_in: SignIn::new(&keys.derive(SignIn::KEY)),
            capabilities: Capabilities::new(keys.derive(Capabilities::KEY)),
        }
    }
}

/// `/graphql` and the health of this node.
pub fn router(api: Api) -> Router {
    let endpoint: Endpoint<GraphqlSchema> = Endpoint {
        schema: schema::schema(api.clone()),
        sign_in: api.sign_in.clone(),
    };
    Router::new()
        .route("/graphql", any(http::graphql::<GraphqlSchema>))
        .with_state(endpoint)
        .merge(
            Router::new()
                .route("/livez", get(health::livez))
                .route("/readyz", get(health::readyz))
                .route("/metrics", get(health::metrics))
                .with_state(api),
        )
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

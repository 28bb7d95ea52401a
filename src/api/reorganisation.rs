//! Decisions that ended offices, and the dossiers they moved.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::access::api;
use super::scalar::Day;
use super::words::{Certainty, ReasonCode};
use crate::domain::dossier;
use crate::domain::reorganisation;
use crate::domain::time::Moment;

/// A decision that closes offices.
pub struct Reorganisation(Arc<reorganisation::Reorganisation>);

/// Where what an office had goes.
#[derive(Debug, SimpleObject)]
pub struct Route {
    /// Code of the office that ends.
    from: String,
    /// Codes of procedures; with no fields either: whatever is left.
    procedures: Vec<String>,
    /// Fields of procedures, by their Vietnamese names.
    fields: Vec<String>,
    /// Code of the office that takes over.
    to: String,
}

/// A dossier went to another office because its own had ended.
#[derive(Debug, SimpleObject)]
#[graphql(name = "DossierTransfer")]
pub struct Transfer {
    /// When.
    at: Moment,
    /// Code of the office that had it.
    from: String,
    /// Code of the office that has it since.
    to: String,
    /// Number of the decision.
    decision: String,
    /// Why an officer passed it on; null when the decision's route brought it there.
    reason: Option<ReasonCode>,
}

impl From<&dossier::Transfer> for Transfer {
    fn from(moved: &dossier::Transfer) -> Self {
        Self {
            at: moved.at,
            from: moved.from.to_string(),
            to: moved.to.to_string(),
            decision: moved.decision.clone(),
            reason: moved.reason.map(Into::into),
        }
    }
}

/// A decision that closes offices.
#[Object]
impl Reorganisation {
    /// Its number.
    async fn decision(&self) -> &str {
        &self.0.decision
    }

    /// The day it bears.
    async fn decided_on(&self) -> Day {
        Day(self.0.decided_on)
    }

    /// First day without the offices it closes.
    async fn effective_from(&self) -> Day {
        Day(self.0.effective_from)
    }

    /// Codes of the offices that end.
    async fn closes(&self) -> Vec<String> {
        self.0.closes.iter().map(ToString::to_string).collect()
    }

    /// Where what they had goes: of each office the first that fits.
    async fn routes(&self) -> Vec<Route> {
        let routes = self.0.routes.iter().map(|route| Route {
            from: route.from.to_string(),
            procedures: route.procedures.iter().map(ToString::to_string).collect(),
            fields: route.fields.clone(),
            to: route.to.to_string(),
        });
        routes.collect()
    }

    /// What empowers the one who decided.
    async fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// How sure the record is.
    async fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }
}

/// How offices were reorganised.
#[derive(Default)]
pub struct ReorganisationQuery;

#[Object]
impl ReorganisationQuery {
    /// Decisions that closed offices, in the order in which they were recorded.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn reorganisations(&self, context: &Context<'_>) -> Vec<Reorganisation> {
        let reference = api(context).models.reference();
        let all = reference.reorganisations.iter().cloned();
        all.map(Reorganisation).collect()
    }
}

//! Relay's `node` and `nodes`: anything with a global id, by that id.

use async_graphql::{Context, ID, Interface, Object};

use super::access::api;
use super::catalogue::Procedure;
use super::dossier::Dossier;
use super::dossier::query::{DossierBy, dossier};
use super::error::{Answered, Problem, Result};
use super::offices::Office;
use super::paging::read_global_id;
use crate::projections::catalogue;

const NODES_MAX: usize = 100;

/// Anything with an id that is good everywhere.
#[expect(clippy::large_enum_variant, reason = "it is moved once")]
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque; good for `node`."))]
pub enum Node {
    Dossier(Dossier),
    Procedure(Procedure),
    Office(Office),
}

/// Anything by its global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// One of them; null when the id is unknown or not for the reader.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Answered<Node> {
        find(context, &id).await.transpose()
    }

    /// Several, in the order asked for; null where an id is unknown or not for the reader.
    #[graphql(complexity = "1 + ids.len().min(NODES_MAX) * (1 + child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Their global ids, at most 100.")] ids: Vec<ID>,
    ) -> Answered<Vec<Answered<Node>>> {
        if ids.len() > NODES_MAX {
            let message = format!("at most {NODES_MAX} ids are answered");
            return Some(Err(Problem::bad_input(message)));
        }
        let mut nodes = Vec::with_capacity(ids.len());
        for id in &ids {
            nodes.push(find(context, id).await.transpose());
        }
        Some(Ok(nodes))
    }
}

async fn find(context: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let Some((kind, key)) = read_global_id(id) else {
        return Ok(None);
    };
    let api = api(context);
    Ok(match kind.as_str() {
        "Dossier" => match dossier(context, DossierBy::Id(id.clone()), None, None).await {
            Ok(found) => found.map(Node::Dossier),
            Err(Problem::Unauthenticated) => None,
            Err(problem) => return Err(problem),
        },
        "Procedure" => catalogue::procedure(&api.models, &key, None)
            .map(Procedure)
            .map(Node::Procedure),
        "Office" => Office::find(api, &key).map(Node::Office),
        _ => None,
    })
}

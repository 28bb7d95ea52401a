//! Furnishing a new journal: the calendars, policies and procedures that come with the program.

use uuid::Uuid;

use super::{Act, Counter, Refusal, Request};
use crate::domain::actor::Actor;
use crate::domain::calendar::Calendar;
use crate::domain::catalogue::{self, CatalogueError};
use crate::domain::dossier::Rejection;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// The catalogue that comes with the program.
pub const CATALOGUE: &str = include_str!("../../data/catalogue.json");

/// Every record that comes with the program; another catalogue (a JSON list) may take the shipped one's place.
pub fn shipped(catalogue: Option<&str>) -> Result<Vec<Act>, CatalogueError> {
    let calendars = Calendar::shipped().into_iter().map(Act::Declare);
    let policies = Policy::shipped().into_iter().map(Act::Adopt);
    let procedures = catalogue::load(catalogue.unwrap_or(CATALOGUE))?;
    let procedures = procedures
        .into_iter()
        .map(|procedure| Act::Publish(Box::new(procedure)));
    Ok(calendars.chain(policies).chain(procedures).collect())
}

impl Counter {
    /// Records reference acts in order. Ids follow from the content, so that doing it twice does nothing twice.
    ///
    /// # Errors
    /// The first [`Refusal`] that does not say that a record is there already.
    pub async fn furnish(&self, acts: Vec<Act>, at: Option<Moment>) -> Result<(), Refusal> {
        for act in acts {
            let content = serde_json_canonicalizer::to_vec(&act).map_err(|_| Refusal::Fault)?;
            let id = Uuid::new_v5(&self.opened().id, &content);
            let request = Request {
                at,
                ..Request::new(id, Actor::system(), act)
            };
            match self.submit(request).await {
                Ok(_)
                | Err(Refusal::Rejected(
                    Rejection::DuplicateRecord
                    // The id follows from the content; in a copied journal nobody can tell that it is the same.
                    | Rejection::IdempotencyConflict,
                )) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }
}

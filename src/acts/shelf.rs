//! Furnishing a new journal: the calendars, policies and procedures that come with the program.

use std::collections::VecDeque;

use futures_util::FutureExt;
use uuid::Uuid;

use super::{Act, Counter, Receipt, Refusal, Request};
use crate::domain::actor::Actor;
use crate::domain::calendar::Calendar;
use crate::domain::catalogue::{self, CatalogueError};
use crate::domain::dossier::Rejection;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// The catalogue that comes with the program.
pub const CATALOGUE: &str = include_str!("../../data/catalogue.json");

/// Records on their way at one time; the writer takes them in the order they were sent.
const OUTSTANDING_MAX: usize = 100;

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
        let mut waiting = VecDeque::with_capacity(OUTSTANDING_MAX);
        for act in acts {
            let content = serde_json_canonicalizer::to_vec(&act).map_err(|_| Refusal::Fault)?;
            let id = Uuid::new_v5(&self.opened().id, &content);
            let request = Request {
                at,
                ..Request::new(id, Actor::system(), act)
            };
            let mut answer = Box::pin(self.submit(request));
            // The first poll sends it: the records are decided in their order.
            match answer.as_mut().now_or_never() {
                Some(answered) => settled(answered)?,
                None => waiting.push_back(answer),
            }
            if waiting.len() >= OUTSTANDING_MAX
                && let Some(first) = waiting.pop_front()
            {
                settled(first.await)?;
            }
        }
        for answer in waiting {
            settled(answer.await)?;
        }
        Ok(())
    }
}

fn settled(answer: Result<Receipt, Refusal>) -> Result<(), Refusal> {
    match answer {
        Ok(_)
        | Err(Refusal::Rejected(
            Rejection::DuplicateRecord
            // The id follows from the content; in a copied journal nobody can tell that it is the same.
            | Rejection::IdempotencyConflict,
        )) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

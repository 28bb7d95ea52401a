//! What a question costs: known when it has been checked and before it is answered, taken out of the caller's bucket then.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::{ErrorExtensions as _, Pos, ServerError, ValidationResult, Value, value};

use super::limits::Limits;
use crate::api::error::FailureCode;
use crate::api::rates::{Bucket, Exceeded, Key, Rates};

/// The bucket that a request draws on, and what was drawn.
#[derive(Clone)]
pub struct Purse {
    rates: Rates,
    key: Option<Key>,
    drawn: Arc<Mutex<Option<Drawn>>>,
}

/// What a request cost.
#[derive(Debug, Clone, Copy)]
pub struct Drawn {
    pub points: u32,
    pub bucket: Option<Bucket>,
    pub exceeded: Option<Exceeded>,
}

impl Purse {
    #[must_use]
    pub fn of(rates: &Rates, key: Option<Key>) -> Self {
        Self {
            rates: rates.clone(),
            key,
            drawn: Arc::default(),
        }
    }

    /// What was drawn; none when the request was refused before.
    #[must_use]
    pub fn drawn(&self) -> Option<Drawn> {
        *self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, points: usize) -> Result<(), Exceeded> {
        let points = u32::try_from(points).unwrap_or(u32::MAX);
        let taken = match &self.key {
            Some(key) => self.rates.spend(key, points),
            None => Ok(None),
        };
        let drawn = Drawn {
            points,
            bucket: taken.ok().flatten(),
            exceeded: taken.err(),
        };
        *self.drawn.lock().unwrap_or_else(PoisonError::into_inner) = Some(drawn);
        taken.map(drop)
    }
}

impl Drawn {
    /// As it stands in `extensions.cost`.
    #[must_use]
    pub fn told(&self, limits: &Limits) -> Value {
        let throttle = match self.bucket {
            Some(bucket) => value!({
                "maximum": bucket.maximum,
                "restoredPerSecond": bucket.restored_per_second,
            }),
            None => Value::Null,
        };
        value!({
            "requested": self.points,
            "limit": limits.complexity,
            "throttle": throttle,
        })
    }
}

/// Draws on the purse of every request that has one.
pub struct Costs;

impl ExtensionFactory for Costs {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Costs {
    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let checked = next.run(context).await?;
        if let Some(purse) = context.data_opt::<Purse>()
            && let Err(exceeded) = purse.draw(checked.complexity)
        {
            return Err(vec![too_many(exceeded)]);
        }
        Ok(checked)
    }
}

fn too_many(exceeded: Exceeded) -> ServerError {
    let seconds = exceeded.retry_after.as_secs();
    let message = format!("too much was asked for in a short time; ask again in {seconds} s");
    let error = async_graphql::Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", FailureCode::RateLimited.name());
        extensions.set("reason", "COST");
        extensions.set("retryAfter", seconds);
    });
    error.into_server_error(Pos::default())
}

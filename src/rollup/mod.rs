//! THE CAPITAL'S DESK: many journals followed in one process, each with a copy and read models of its own, answered together.
//!
//! One number stays one per journal: nothing is ever put into one order, and a sum names no position. What is not proved by a
//! journal's own checkpoints is not in its copy, so it is in no sum either.

mod doors;
mod member;
mod schema;

use std::sync::Arc;

use jiff::civil::Date;

pub use self::doors::router;
pub use self::member::{Followed, Following, Member, Shown, folder};
pub use self::schema::{RollupSchema, schema, sdl};
use crate::api::http::limits::Limits;
use crate::api::rates::Rates;
use crate::domain::time::Moment;
use crate::journal::clock;

/// The journals that are followed, by their names; clones share them.
#[derive(Clone)]
pub struct Rollup {
    members: Arc<Vec<Member>>,
    /// How much is answered, and how much of it to one caller.
    pub limits: Arc<Limits>,
    pub rates: Rates,
}

impl Rollup {
    #[must_use]
    pub fn new(members: Vec<Member>, limits: Arc<Limits>, rates: Rates) -> Self {
        Self {
            members: Arc::new(members),
            limits,
            rates,
        }
    }

    /// In the order in which they were named.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Whether something of every journal is shown: only then is it known that nobody has a dossier.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.members
            .iter()
            .all(|member| member.followed().shown.is_some())
    }

    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Today, where nobody's journal says otherwise: a simulation has its own.
    #[must_use]
    pub fn today() -> Date {
        let now: Moment = clock::system();
        now.date()
    }
}

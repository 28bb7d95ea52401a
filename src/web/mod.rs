//! FOR PEOPLE: pages rendered on the server from the read models; no script is needed to read any of them.

mod ask;
pub mod assets;
pub mod audit;
pub mod board;
mod brought;
pub mod campaigns;
pub mod country;
pub mod dates;
pub mod desk;
mod doors;
pub mod frame;
pub mod graphiql;
pub mod history;
pub mod home;
pub mod lang;
mod live;
pub mod offices;
mod opening;
pub mod problem;
pub mod procedures;
pub mod proof;
pub mod qr;
pub mod respond;
pub mod say;
pub mod session;
pub mod sign_in;
pub mod statistics;
#[cfg(test)]
mod tests;
pub mod tracking;
mod typed;
mod visit;
mod whom;
pub mod words;

pub use self::doors::router;
pub use self::visit::Visit;

use tokio_util::sync::CancellationToken;

use crate::api::Api;
use crate::api::live::Token;
use crate::api::schema::{self, GraphqlSchema};
use crate::domain::reference::{JournalKind, Opened};
use crate::domain::time::Moment;
use crate::projections::ReadModels;

/// What the pages are made from; clones share it.
#[derive(Clone)]
pub struct Web {
    api: Api,
    /// For pages that ask as any client does.
    schema: GraphqlSchema,
    link_key: [u8; 32],
    base: Option<String>,
    /// Ends the open streams when the node stops.
    stop: CancellationToken,
}

impl Web {
    /// What the vault's keys are asked for.
    pub const KEY: &str = "motcua/sign-in-link/v1";

    /// `link_key` makes the sign-in links of a simulated journal. `base` is the scheme and host under which people reach the
    /// pages, for QR codes; without it each request's host counts.
    #[must_use]
    pub fn new(api: Api, link_key: [u8; 32], base: Option<String>) -> Self {
        let base = base.map(|base| base.trim_end_matches('/').to_owned());
        Self {
            schema: schema::schema(api.clone()),
            api,
            link_key,
            base,
            stop: CancellationToken::new(),
        }
    }

    /// Ends every open stream with the node's own token.
    #[must_use]
    pub fn until(mut self, stop: CancellationToken) -> Self {
        self.stop = stop;
        self
    }

    /// One link per role, to be printed: (name, address). None on a live journal. The links work from this machine only.
    #[must_use]
    pub fn sign_in_links(&self, base: &str) -> Vec<(&'static str, String)> {
        match self.opened().kind {
            JournalKind::Simulated => session::links(base, &self.link_key),
            JournalKind::Live | JournalKind::Imported => Vec::new(),
        }
    }

    /// The code of the dossier accepted last: something to look at.
    pub async fn example(&self) -> Option<String> {
        let newest = session::newest(self.models()).await;
        newest.ok().flatten().and_then(|row| row.code)
    }

    /// Whoever follows from here is told of the fact at `position` first.
    fn resume(&self, position: u64) -> String {
        Token::of(&self.api, position).to_string()
    }

    fn models(&self) -> &ReadModels {
        &self.api.models
    }

    /// Whether the journal is a simulation, and of what.
    fn opened(&self) -> &Opened {
        self.api.office.opened()
    }

    /// The office's "now": the database's or the story's clock.
    fn now(&self) -> Moment {
        self.api.office.clock()
    }
}

//! The proof as people and machines meet it: over HTTP, on pages, through GraphQL and by the program.

mod audit;
mod entries;
mod graphql;
pub mod ground;
mod later;
mod log;
mod page;
mod program;
mod proofs;
mod receipts;
mod results;
mod say;
mod voices;

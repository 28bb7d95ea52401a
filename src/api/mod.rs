//! FOR MACHINES: GraphQL over HTTP, sign-in, health.

pub mod capability;
pub mod error;
pub mod http;
pub mod scalar;
pub mod sign_in;

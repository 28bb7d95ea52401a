//! HTTP clients for the servers that the tests start on loopback ports.

use reqwest::{Client, ClientBuilder};

/// The program links reqwest without a choice of cryptography: whoever builds a client chooses first.
pub fn builder() -> ClientBuilder {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok(); // another test was first
    Client::builder()
}

pub fn client() -> Client {
    builder().build().expect("a client")
}

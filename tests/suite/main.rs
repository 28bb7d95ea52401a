//! Every integration test, in one binary: it links once.

mod abuses;
mod accounts;
mod acts;
mod api;
mod catalogue;
mod client;
mod clients;
mod commands;
mod desk;
mod door;
#[cfg(target_os = "linux")]
mod faults;
mod golden;
mod grounds;
mod integrity;
mod journal;
mod kit;
mod life_cycle;
mod listing;
mod live;
mod mirror;
mod office;
mod paper_codes;
mod program;
mod projections;
mod reactions;
mod scenario;
mod sign_in;
mod story;
mod tidy;
mod tlog;
mod vault;
mod web;
mod web_catalogue;
mod witness;

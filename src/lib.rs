//! motcua: an open, verifiable one-stop-shop core. The rooms, in reading order.
#![forbid(unsafe_code)]

pub mod domain;
pub mod tlog;

pub mod outside;

pub mod databases;

pub mod vault;

pub mod journal;

pub mod acts;

pub mod imports;
pub mod integrity;

pub mod projections;

pub mod reactions;

pub mod copies;

pub mod papers;

pub mod ports;

pub mod api;

pub mod scenario;

pub mod web;

pub mod rollup;

pub mod cli;

//! Receivers of webhooks: told of each fact in order, at least once, by nodes that are killed, over lines that are lost.

mod lossy;
mod place;
mod receiver;
mod told;
mod work;

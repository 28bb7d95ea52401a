//! Every command through the door: each called once, each refused once, all of them at random, and the page that lists them.

mod bulk;
mod document;
pub mod ground;
mod names;
mod origins;
mod papers;
mod refusals;
mod reorganised;
mod shelf;
mod storm;
pub mod story;
mod voices;

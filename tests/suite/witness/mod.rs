//! Witnesses: the standard's known answers over HTTP, and offices whose checkpoints real witnesses cosign.

mod ground;
mod known_answers;
mod offices;
mod trouble;

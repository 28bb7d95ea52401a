//! The proof's promises, tried on every back end: one root for a size, no signature on a rollback, every change named.

pub mod ground;
mod halted;
#[cfg(target_os = "linux")]
mod killed;
mod sealing;
mod seals;
mod setbacks;
mod signer;
mod tree;

pub use self::sealing::copy_folder;

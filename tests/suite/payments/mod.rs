//! Paying through a bank and through a wallet, over HTTP, with real signatures: recorded once, or refused and seen.

mod bank;
mod emv;
mod ground;
mod wallet;

pub use self::ground::{now, signed};

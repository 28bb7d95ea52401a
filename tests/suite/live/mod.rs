//! Subscriptions: nothing is lost between a change and the one who waits for it, nobody hears what they may not read, and the
//! protocols are spoken to the letter.

mod close_codes;
mod cuts;
mod heard;
pub mod wire;

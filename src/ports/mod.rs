//! THE SOCKETS ○: what other systems are told and what they say, as values: bytes, amounts and signatures in, answers out.
//! Nothing is sent here and no hour is read.

pub mod documents;
pub mod payment;
pub mod signature;

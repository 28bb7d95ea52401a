//! The national portal, as a small server that speaks its protocol and has its moods.

mod ground;
mod lossy;
mod refused;
mod shown;
mod theirs;
mod told;

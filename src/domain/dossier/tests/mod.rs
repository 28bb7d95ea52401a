//! The guards of the life cycle, sentence by sentence.

mod beside;
mod clock;
mod desk;
mod given;
mod intake;
mod people;
mod result;
mod watch;

//! The guards of the life cycle, sentence by sentence.

mod beside;
mod clock;
mod desk;
mod desk_time;
mod given;
mod intake;
mod ledger;
mod paper;
mod people;
mod result;
mod transfer;
mod voice;
mod watch;

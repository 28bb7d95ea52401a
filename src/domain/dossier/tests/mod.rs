//! The guards of the life cycle, sentence by sentence.

mod clock;
mod given;
mod intake;
mod people;
mod result;

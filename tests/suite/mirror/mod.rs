//! A node that holds a copy of somebody's journal: proved as it is copied, the same answers, no names, no commands.

mod answers;
mod follow;
mod ground;
mod published;
mod recover;

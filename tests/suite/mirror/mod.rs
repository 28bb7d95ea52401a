//! A node that holds a copy of somebody's journal: the same answers, no names, no commands.

mod answers;
mod ground;

//! The standard against published answers, its strictness, and itself.

mod known_answers;

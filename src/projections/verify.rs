//! Auditing.

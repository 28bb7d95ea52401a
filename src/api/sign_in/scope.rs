//! What a service key may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// All acts, where a mutation's name would stand.
const ALL: &str = "*";
const ACT: &str = "act:";

/// One thing that a service key may do, or that an operation needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// Queries, and the doors that only show.
    Read,
    /// Subscriptions.
    Subscribe,
    /// The mutation of this name; `*` for all.
    Act(String),
}

impl Scope {
    /// Whether whoever holds this may do what `wanted` says.
    #[must_use]
    pub fn covers(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Act(held), Self::Act(wanted)) => held == ALL || held == wanted,
            (Self::Read | Self::Subscribe | Self::Act(_), _) => self == wanted,
        }
    }

    /// The mutation that is named; none for `act:*` and for what is no act.
    #[must_use]
    pub fn mutation(&self) -> Option<&str> {
        match self {
            Self::Act(name) if name != ALL => Some(name),
            Self::Act(_) | Self::Read | Self::Subscribe => None,
        }
    }
}

/// A text that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no scope: read, subscribe, act:MUTATION or act:*")]
pub struct ScopeError(String);

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let name = |name: &str| {
            let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (plain || name == ALL).then(|| name.to_owned())
        };
        match text {
            "read" => Ok(Self::Read),
            "subscribe" => Ok(Self::Subscribe),
            act => act
                .strip_prefix(ACT)
                .and_then(name)
                .map(Self::Act)
                .ok_or_else(|| ScopeError(act.to_owned())),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("read"),
            Self::Subscribe => f.write_str("subscribe"),
            Self::Act(name) => write!(f, "{ACT}{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_as_they_are_written_and_nothing_else_is_one() {
        for text in ["read", "subscribe", "act:*", "act:rateService"] {
            let scope: Scope = text.parse().expect("a scope");
            assert_eq!(scope.to_string(), text);
        }
        for text in ["", "Read", "act", "act:", "act:a b", "act:**", "write"] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_scope_covers_itself_and_all_acts_every_act() {
        let scope = |text: &str| text.parse::<Scope>().expect("a scope");
        let covers = |held: &str, wanted: &str| scope(held).covers(&scope(wanted));
        assert!(covers("read", "read") && covers("act:*", "act:bulk") && covers("act:a", "act:a"));
        assert!(!covers("act:*", "read") && !covers("read", "act:a") && !covers("act:a", "act:b"));
        assert!(!covers("act:a", "act:*") && !covers("subscribe", "read"));
    }
}

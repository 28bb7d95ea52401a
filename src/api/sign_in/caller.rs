//! Who sent a request, by what, and for how long that is good.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::scope::Scope;
use crate::domain::actor::Actor;

/// Somebody who is signed in, with what a token or a key says beside who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub actor: Actor,
    /// When the token or the key ends, in seconds since 1970 (`exp` of RFC 7519, 4.1.4): an answer that goes on for longer ends
    /// then.
    pub until: u64,
    /// The same for every token of one caller from one issuer, and nobody's name: what limits are counted by.
    pub id: u64,
    /// What a service key may do; `None` for people, who may do what their role may.
    pub scopes: Option<Vec<Scope>>,
}

impl Caller {
    /// Somebody whom `issuer` names; good until then.
    pub(super) fn new(issuer: &str, actor: Actor, until: u64) -> Self {
        let digest = Sha256::new()
            .chain_update(issuer)
            .chain_update([0])
            .chain_update(&actor.id)
            .finalize();
        let id = digest.iter().take(8);
        Self {
            id: id.fold(0, |id, byte| id << 8 | u64::from(*byte)),
            actor,
            until,
            scopes: None,
        }
    }

    /// How long the token or the key is still good; nothing once it has ended.
    #[must_use]
    pub fn left(&self) -> Duration {
        let now = jsonwebtoken::get_current_timestamp();
        Duration::from_secs(self.until.saturating_sub(now))
    }

    /// Whether a scope is held. People hold all.
    #[must_use]
    pub fn may(&self, wanted: &Scope) -> bool {
        let held = self.scopes.as_ref();
        held.is_none_or(|held| held.iter().any(|held| held.covers(wanted)))
    }

    /// Whether this is no machine.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.scopes.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Role;

    #[test]
    fn a_caller_is_counted_by_issuer_and_pseudonym_whatever_the_token() {
        let caller = |issuer: &str, id: &str, until| {
            Caller::new(issuer, Actor::new(id, "H38.40", Role::Receiver), until).id
        };
        assert_eq!(caller("a", "r-1", 1), caller("a", "r-1", 2));
        assert_ne!(caller("a", "r-1", 1), caller("b", "r-1", 1));
        assert_ne!(caller("a", "r-1", 1), caller("a", "r-2", 1));
    }

    #[test]
    fn a_token_that_has_ended_has_nothing_left() {
        let now = jsonwebtoken::get_current_timestamp();
        let actor = Actor::new("r-1", "H38.40", Role::Receiver);
        let left = |until| Caller::new("a", actor.clone(), until).left();
        assert_eq!(left(now - 1), Duration::ZERO);
        assert!(left(now + 60) > Duration::from_secs(50));
    }
}

//! Where a follower goes on: a token that names the journal and the next position, so that another journal's is never misread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use crate::api::Api;
use crate::api::error::{Problem, Result};
use crate::projections::change::KEPT;

/// How long a follower waits for a position that this node does not show yet: another node answered its last question.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// The journal, and the position of the first fact that was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub journal: Uuid,
    pub next: u64,
}

impl Token {
    /// Of this node's journal.
    #[must_use]
    pub fn of(api: &Api, next: u64) -> Self {
        let journal = api.office.opened().id;
        Self { journal, next }
    }

    fn read(text: &str) -> Option<Self> {
        let (journal, next) = text.split_once('.')?;
        let digits = !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            journal: Uuid::try_parse(journal).ok()?,
            next: next.parse().ok().filter(|_| digits)?,
        })
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}.{}", self.journal.simple(), self.next)
    }
}

/// From where a follower is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// Position of the first fact that may be told.
    pub next: u64,
    /// What lies between cannot be told fact by fact: it begins with what is there now.
    pub resync: bool,
}

/// Finds the start for a token; now when there is none.
///
/// # Errors
/// [`Problem::BadInput`] for what is no token; [`Problem::NotYet`] for a position this node does not show within 5 s.
pub async fn start(api: &Api, after: Option<&str>) -> Result<Start> {
    let size = api.models.size();
    let Some(text) = after else {
        let (next, resync) = (size, false);
        return Ok(Start { next, resync });
    };
    let message = "after is not a resume token";
    let token = Token::read(text.trim()).ok_or_else(|| Problem::bad_input(message))?;
    let foreign = token.journal != api.office.opened().id;
    if foreign || size.saturating_sub(token.next) > KEPT {
        let (next, resync) = (size, true);
        return Ok(Start { next, resync });
    }
    if let Some(wanted) = token.next.checked_sub(1)
        && !api.models.reach(wanted, WAIT_MAX).await
    {
        let size = api.models.size();
        return Err(Problem::NotYet { wanted, size });
    }
    let (next, resync) = (token.next, false);
    Ok(Start { next, resync })
}

/// The token that came beside the request, as browsers send it when they come back (`Last-Event-ID`). It counts before `after`.
#[derive(Debug, Clone, Default)]
pub struct LastSeen(pub Option<String>);

/// Where a follower has come to, for the one who carries its messages. Two places: a message may still be made when its own place
/// is known, and that place must not be told before the message is.
#[derive(Debug, Clone)]
pub struct Place {
    /// Behind the message that is being made, or was made last.
    message: Arc<Mutex<Option<Token>>>,
    /// While there is nothing to tell.
    quiet: watch::Sender<Option<Token>>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            message: Arc::default(),
            quiet: watch::channel(None).0,
        }
    }
}

impl Place {
    pub(super) fn of_message(&self, token: Token) {
        *self.message.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }

    pub(super) fn while_quiet(&self, token: Token) {
        self.quiet.send_replace(Some(token));
    }

    /// Behind the newest message; none before the first.
    #[must_use]
    pub fn told(&self) -> Option<Token> {
        *self.message.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the place when there was nothing to tell for a while, and where the follower begins.
    #[must_use]
    pub fn quiet(&self) -> watch::Receiver<Option<Token>> {
        self.quiet.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_nothing_else_is_one() {
        let token = Token {
            journal: Uuid::from_u128(7),
            next: 42,
        };
        assert_eq!(Token::read(&token.to_string()), Some(token));
        let other = format!("{}.", Uuid::nil().simple());
        for bad in [
            "",
            "42",
            ".42",
            &other,
            &format!("{other}-1"),
            &format!("{other}+1"),
            "é.1",
        ] {
            assert_eq!(Token::read(bad), None, "{bad}");
        }
    }
}

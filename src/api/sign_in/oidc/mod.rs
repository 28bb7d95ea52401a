//! Signing in at the office's identity provider: OpenID Connect Core 1.0, authorisation code with PKCE (RFC 7636, S256), state and
//! nonce. Nothing is kept between the two visits but what the browser brings back in a cookie. Its bearer tokens are taken too.

mod http;
mod keys;
mod people;
mod provider;
mod source;
#[cfg(test)]
mod tests;
mod token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::people::{Settings, SettingsError};
pub use self::provider::{Answered, Provider};
use crate::domain::actor::Role;

/// How long somebody may take to sign in at the provider.
pub const FLOW_SECONDS: u64 = 600;

/// One visit to the provider, as the browser keeps it until it is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    pub state: String,
    nonce: String,
    /// Proves to the provider that whoever brings the code is whoever asked for it.
    verifier: String,
    /// Where the provider sends the browser back to.
    redirect: String,
    /// The page that was wanted.
    pub to: String,
    /// As whom, of several roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The language of the pages.
    pub lang: String,
}

impl Flow {
    /// # Errors
    /// [`Refused::Random`] when the machine has no randomness to give.
    pub fn new(redirect: &str, to: &str, role: Option<Role>, lang: &str) -> Result<Self, Refused> {
        let secret = || {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map_err(|_| Refused::Random)?;
            Ok(URL_SAFE_NO_PAD.encode(bytes))
        };
        Ok(Self {
            state: secret()?,
            nonce: secret()?,
            verifier: secret()?,
            redirect: redirect.to_owned(),
            to: to.to_owned(),
            role,
            lang: lang.to_owned(),
        })
    }

    /// What the provider is shown of the verifier.
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }
}

/// Why nobody was signed in. The words after a colon are for the log alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No provider is set.
    #[error("no identity provider is set")]
    NotSetUp,
    #[error("no randomness")]
    Random,
    /// It cannot be reached, or does not speak the protocol.
    #[error("the provider cannot be asked: {0}")]
    Unreachable(String),
    /// It sent the browser back with an error of its own.
    #[error("the provider refused: {0}")]
    Provider(String),
    /// The cookie is missing, too old, or of another visit.
    #[error("this is not the answer to a question of this browser")]
    FlowLost,
    /// A code that was used, has expired, or is another client's.
    #[error("the code was not taken: {0}")]
    Code(String),
    /// The token is not what it should be.
    #[error("the token is not valid: {0}")]
    Token(&'static str),
    /// No claim says what this person does here.
    #[error("no role here")]
    RoleUnknown,
    /// More than one, and none was chosen.
    #[error("several roles")]
    RoleAmbiguous(Vec<Role>),
    /// No office, or one that is none.
    #[error("no office here")]
    OfficeUnknown,
    /// What names the person cannot stand in a fact.
    #[error("no pseudonym")]
    IdUnfit,
}

impl Refused {
    /// The stable code that pages show.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSetUp => "SIGN_IN_NOT_SET_UP",
            Self::Random => "SIGN_IN_UNAVAILABLE",
            Self::Unreachable(_) => "SIGN_IN_PROVIDER_UNREACHABLE",
            Self::Provider(_) => "SIGN_IN_PROVIDER_REFUSED",
            Self::FlowLost => "SIGN_IN_FLOW_LOST",
            Self::Code(_) => "SIGN_IN_CODE_REFUSED",
            Self::Token(_) => "SIGN_IN_TOKEN_REFUSED",
            Self::RoleUnknown => "SIGN_IN_ROLE_UNKNOWN",
            Self::RoleAmbiguous(_) => "SIGN_IN_ROLE_AMBIGUOUS",
            Self::OfficeUnknown => "SIGN_IN_OFFICE_UNKNOWN",
            Self::IdUnfit => "SIGN_IN_ID_UNFIT",
        }
    }
}

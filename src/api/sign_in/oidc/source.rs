//! What the provider says of itself (OpenID Connect Discovery 1.0), and its keys.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::people::is_safe;
use super::{Refused, http};

/// What a provider says of itself is asked for again after so long.
const KEPT: Duration = Duration::from_hours(1);
/// One that did not answer is left alone for so long.
const PAUSE: Duration = Duration::from_secs(5);
/// Characters of what a provider says that are logged.
const SAID_MAX: usize = 200;

/// Where a provider is asked.
pub struct Source {
    issuer: String,
    pub http: Client,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    about: Option<(Arc<About>, Instant)>,
    failed: Option<(Refused, Instant)>,
}

/// What a provider says of itself.
#[derive(Debug, Deserialize)]
pub struct About {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    jwks_uri: String,
    pub end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl Source {
    /// Of the provider of this name. Nobody is asked yet.
    #[must_use]
    pub fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            http: http::client(),
            known: Mutex::default(),
        }
    }

    /// The keys it signs with now.
    ///
    /// # Errors
    /// [`Refused::Unreachable`].
    pub async fn keys(&self) -> Result<JwkSet, Refused> {
        let about = self.about().await?;
        http::document(&self.http, &about.jwks_uri).await
    }

    /// What it says of itself, or said within the hour.
    ///
    /// # Errors
    /// [`Refused::Unreachable`].
    pub async fn about(&self) -> Result<Arc<About>, Refused> {
        let mut known = self.known.lock().await;
        if let Some((about, asked)) = &known.about
            && asked.elapsed() < KEPT
        {
            return Ok(Arc::clone(about));
        }
        if let Some((refused, asked)) = &known.failed
            && asked.elapsed() < PAUSE
        {
            return Err(refused.clone());
        }
        match self.ask().await {
            Ok(about) => {
                let about = Arc::new(about);
                known.about = Some((Arc::clone(&about), Instant::now()));
                Ok(about)
            }
            Err(refused) => {
                known.failed = Some((refused.clone(), Instant::now()));
                Err(refused)
            }
        }
    }

    async fn ask(&self) -> Result<About, Refused> {
        let issuer = &self.issuer;
        let place = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let about: About = http::document(&self.http, &place).await?;
        if about.issuer != *issuer {
            return Err(Refused::Unreachable(format!(
                "it calls itself {}",
                said(&about.issuer)
            )));
        }
        let addresses = [
            &about.authorization_endpoint,
            &about.token_endpoint,
            &about.jwks_uri,
        ];
        if !addresses.into_iter().all(|address| is_safe(address)) {
            return Err(Refused::Unreachable(
                "it names an address that can be overheard".into(),
            ));
        }
        Ok(about)
    }
}

impl About {
    /// Unless it says otherwise it does (Discovery 1.0, section 3).
    #[must_use]
    pub fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

/// What a stranger said, fit for a log.
#[must_use]
pub fn said(text: &str) -> String {
    let fit = |c: &char| c.is_ascii_graphic() || *c == ' ';
    text.chars().filter(fit).take(SAID_MAX).collect()
}

//! The provider: what it says of itself, the way to it, and the exchange of a code for somebody.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::keys::Keys;
use super::people::{Settings, SettingsError};
use super::source::{About, Source, said};
use super::{Flow, Refused, http, token};
use crate::api::sign_in::Caller;
use crate::domain::actor::Actor;

/// Where people sign in; one per node, so that its keys are fetched once.
pub struct Provider {
    settings: Settings,
    source: Arc<Source>,
    keys: Keys,
}

/// What the browser brings back from the provider.
#[derive(Debug, Default, Deserialize)]
pub struct Answered {
    pub state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Default, Deserialize)]
struct TokenError {
    #[serde(default)]
    error: String,
}

impl Provider {
    /// # Errors
    /// [`SettingsError`] for settings that cannot work. Nobody is asked yet: a provider that is down must not keep an office
    /// from opening.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self {
            source: Arc::new(Source::new(&settings.issuer)),
            settings,
            keys: Keys::default(),
        })
    }

    /// Its host, as people know it.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(&self.settings.issuer).ok();
        let host = url.as_ref().and_then(Url::host_str);
        host.unwrap_or_default().to_owned()
    }

    /// Where a browser is sent to sign in.
    ///
    /// # Errors
    /// [`Refused::Unreachable`].
    pub async fn address(&self, flow: &Flow) -> Result<String, Refused> {
        let about = self.source.about().await?;
        let mut url = parsed(&about.authorization_endpoint)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &flow.redirect)
            .append_pair("scope", "openid")
            .append_pair("state", &flow.state)
            .append_pair("nonce", &flow.nonce)
            .append_pair("code_challenge", &flow.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Who came back, if the answer is one to this flow.
    ///
    /// # Errors
    /// Every [`Refused`] but those of the settings.
    pub async fn finish(&self, flow: &Flow, answered: &Answered) -> Result<Actor, Refused> {
        if answered.state.as_deref() != Some(&*flow.state) {
            return Err(Refused::FlowLost);
        }
        let about = self.source.about().await?;
        match &answered.iss {
            Some(issuer) if *issuer != about.issuer => return Err(Refused::FlowLost),
            None if about.authorization_response_iss_parameter_supported => {
                return Err(Refused::FlowLost);
            }
            Some(_) | None => {}
        }
        if let Some(error) = &answered.error {
            return Err(Refused::Provider(said(error)));
        }
        let code = answered.code.as_deref().ok_or(Refused::FlowLost)?;
        let token = self.exchange(&about, flow, code).await?;
        let claims = self.claims(&token, &self.settings.client_id).await?;
        token::is_for(&claims, &self.settings.client_id)?;
        if claims.get("nonce").and_then(Value::as_str) != Some(&*flow.nonce) {
            return Err(Refused::Token("another nonce"));
        }
        self.settings.actor(&claims, flow.role)
    }

    /// The name that its tokens bear.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Who sends a bearer token that this provider signed for this API.
    ///
    /// # Errors
    /// [`Refused::Token`], [`Refused::Unreachable`] while its keys cannot be had, and what its claims do not say.
    pub async fn bearer(&self, token: &str) -> Result<Caller, Refused> {
        let claims = self.claims(token, &self.settings.audience).await?;
        let actor = self.settings.actor(&claims, None)?;
        Ok(Caller::new(self.issuer(), actor, token::until(&claims)?))
    }

    async fn claims(&self, token: &str, audience: &str) -> Result<Map<String, Value>, Refused> {
        let (algorithm, name) = token::head(token)?;
        let source = Arc::clone(&self.source);
        let fetch = move || async move { source.keys().await };
        let key = self.keys.find(name.as_deref(), algorithm, fetch).await?;
        token::claims(token, (algorithm, &key.decoding), self.issuer(), audience)
    }

    /// Where a browser ends its session at the provider too, and comes back to `after`; none where that is not offered.
    pub async fn farewell(&self, after: &str) -> Option<String> {
        let about = self.source.about().await.ok()?;
        let mut url = parsed(about.end_session_endpoint.as_deref()?).ok()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", after);
        Some(url.into())
    }

    async fn exchange(&self, about: &About, flow: &Flow, code: &str) -> Result<String, Refused> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &flow.redirect),
            ("client_id", &self.settings.client_id),
            ("code_verifier", &flow.verifier),
        ];
        let mut request = self
            .source
            .http
            .post(parsed(&about.token_endpoint)?)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(secret) = &self.settings.client_secret {
            if about.takes_basic() {
                let who = [&self.settings.client_id, secret].map(|part| urlencoded(part));
                let who = STANDARD.encode(who.join(":"));
                request = request.header(AUTHORIZATION, format!("Basic {who}"));
            } else {
                form.push(("client_secret", secret));
            }
        }
        let pairs = form.iter().map(|(name, value)| {
            let value = urlencoded(value);
            format!("{name}={value}")
        });
        let body = pairs.collect::<Vec<_>>().join("&");
        let (status, bytes) = http::ask(request.body(body)).await?;
        if status == StatusCode::OK {
            let tokens: Result<Tokens, _> = serde_json::from_slice(&bytes);
            return tokens
                .map(|tokens| tokens.id_token)
                .map_err(|_| Refused::Token("none was given"));
        }
        if status.is_server_error() {
            return Err(Refused::Unreachable(format!("it answers {status}")));
        }
        let error: TokenError = serde_json::from_slice(&bytes).unwrap_or_default();
        Err(match error.error.as_str() {
            "invalid_grant" => Refused::Code(said(&error.error)),
            other => Refused::Provider(said(other)),
        })
    }
}

fn parsed(address: &str) -> Result<Url, Refused> {
    Url::parse(address).map_err(|error| Refused::Unreachable(error.to_string()))
}

/// As a value of a form.
fn urlencoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

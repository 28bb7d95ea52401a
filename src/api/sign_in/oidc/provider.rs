//! The provider: what it says of itself, the way to it, and the exchange of a code for somebody.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::keys::Keys;
use super::people::{Settings, SettingsError, is_safe};
use super::{Flow, Refused, http, token};
use crate::domain::actor::Actor;

/// What a provider says of itself is asked for again after so long.
const KEPT: Duration = Duration::from_hours(1);
/// One that did not answer is left alone for so long.
const PAUSE: Duration = Duration::from_secs(5);
/// Characters of what a provider says that are logged.
const SAID_MAX: usize = 200;

/// Where people sign in; one per node, so that its keys are fetched once.
pub struct Provider {
    settings: Settings,
    http: Client,
    about: Mutex<Known>,
    keys: Keys,
}

#[derive(Default)]
struct Known {
    about: Option<(Arc<About>, Instant)>,
    failed: Option<(Refused, Instant)>,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0).
#[derive(Debug, Deserialize)]
struct About {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
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
            settings,
            http: http::client(),
            about: Mutex::default(),
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
        let about = self.about().await?;
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
        let about = self.about().await?;
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
        let claims = self.claims(&token).await?;
        if claims.get("nonce").and_then(Value::as_str) != Some(&*flow.nonce) {
            return Err(Refused::Token("another nonce"));
        }
        self.settings.actor(&claims, flow.role)
    }

    /// The claims of a token that this provider signed for this client.
    ///
    /// # Errors
    /// [`Refused::Token`] and [`Refused::Unreachable`].
    pub async fn claims(&self, token: &str) -> Result<Map<String, Value>, Refused> {
        let (algorithm, name) = token::head(token)?;
        let fetch = || async {
            let about = self.about().await?;
            http::document(&self.http, &about.jwks_uri).await
        };
        let key = self.keys.find(name.as_deref(), algorithm, fetch).await?;
        let Settings {
            issuer, client_id, ..
        } = &self.settings;
        token::claims(token, (algorithm, &key), issuer, client_id)
    }

    /// Where a browser ends its session at the provider too, and comes back to `after`; none where that is not offered.
    pub async fn farewell(&self, after: &str) -> Option<String> {
        let about = self.about().await.ok()?;
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

    async fn about(&self) -> Result<Arc<About>, Refused> {
        let mut known = self.about.lock().await;
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
        match self.ask_about().await {
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

    async fn ask_about(&self) -> Result<About, Refused> {
        let issuer = &self.settings.issuer;
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
    fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
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

/// What a stranger said, fit for a log.
fn said(text: &str) -> String {
    let fit = |c: &char| c.is_ascii_graphic() || *c == ' ';
    text.chars().filter(fit).take(SAID_MAX).collect()
}

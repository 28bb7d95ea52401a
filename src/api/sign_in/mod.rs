//! Who is asking: bearer tokens of this node's own issuer (or the session cookie that holds one) and of the office's identity
//! provider, and service keys. Whom the node's own are issued to is told by printed links, by the command line, or by the provider.

mod caller;
pub mod oidc;
mod scope;
pub mod service;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

pub use self::caller::Caller;
use self::oidc::{Flow, Provider};
pub use self::scope::Scope;
use self::service::ServiceKeys;
use crate::domain::actor::{Actor, NO_OFFICE, Role, is_id};
use crate::domain::code::OfficeCode;

/// The cookie of the web pages: HttpOnly, SameSite=Strict.
pub const COOKIE: &str = "motcua_session";

const ISSUER: &str = "motcua/local";
/// Of what a browser keeps between being sent to the provider and coming back: no session, and never taken for one.
const FLOW_ISSUER: &str = "motcua/flow";
/// A token may be this many seconds too old: clocks differ.
const LEEWAY: u64 = 5;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    role: Role,
    office: String,
    #[serde(rename = "for", default, skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<String>,
    iss: String,
    iat: u64,
    exp: u64,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(flatten)]
    flow: Flow,
    iss: String,
    exp: u64,
}

fn validation(issuer: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = LEEWAY;
    validation.validate_aud = false;
    validation.set_issuer(&[issuer]);
    validation
}

/// Why a token or a key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Not ours, not whole or not valid any more. Says no more than that.
    #[error("the token is not valid; sign in again")]
    Invalid,
    /// The keys to check it with cannot be had now.
    #[error("the token cannot be checked now; send the same again later")]
    Unchecked,
    /// It is valid, and its claims make nobody here; with the code that the pages show.
    #[error("the token is valid, but makes nobody here")]
    Nobody(&'static str),
}

impl From<oidc::Refused> for TokenRefused {
    fn from(refused: oidc::Refused) -> Self {
        use oidc::Refused;
        match refused {
            Refused::Unreachable(_) => Self::Unchecked,
            Refused::RoleUnknown
            | Refused::RoleAmbiguous(_)
            | Refused::OfficeUnknown
            | Refused::IdUnfit => Self::Nobody(refused.code()),
            Refused::NotSetUp
            | Refused::Random
            | Refused::Provider(_)
            | Refused::FlowLost
            | Refused::Code(_)
            | Refused::Token(_) => Self::Invalid,
        }
    }
}

/// The one claim that tells whose token it is, before anything of it is believed.
#[derive(Deserialize)]
struct Named {
    iss: String,
}

/// Issues and checks tokens.
#[derive(Clone)]
pub struct SignIn {
    own: Arc<Own>,
    provider: Option<Arc<Provider>>,
    services: Option<Arc<ServiceKeys>>,
    offices: Offices,
}

/// By what this node's own tokens are made and checked.
struct Own {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

/// Whether the office of this code is open today.
type Offices = Arc<dyn Fn(&str) -> bool + Send + Sync>;

impl SignIn {
    /// What the vault's keys are asked for.
    pub const KEY: &str = "motcua/token/v1";

    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut validation = validation(ISSUER);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        Self {
            own: Arc::new(Own {
                encoding: EncodingKey::from_secret(secret),
                decoding: DecodingKey::from_secret(secret),
                validation,
            }),
            provider: None,
            services: None,
            offices: Arc::new(|_| true),
        }
    }

    /// Lets the provider speak for people of offices that are open only.
    #[must_use]
    pub fn with_offices(mut self, is_open: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.offices = Arc::new(is_open);
        self
    }

    /// Whether somebody whom the provider named is of an office that is open today, or of none.
    ///
    /// # Errors
    /// [`oidc::Refused::OfficeUnknown`].
    pub fn at_work(&self, actor: &Actor) -> Result<(), oidc::Refused> {
        let open = actor.office == NO_OFFICE || (self.offices)(&actor.office);
        open.then_some(()).ok_or(oidc::Refused::OfficeUnknown)
    }

    /// Takes the keys of machines.
    #[must_use]
    pub fn with_service_keys(mut self, keys: ServiceKeys) -> Self {
        self.services = Some(Arc::new(keys));
        self
    }

    /// Lets people sign in at an identity provider, and takes its bearer tokens.
    #[must_use]
    pub fn with_provider(mut self, provider: Provider) -> Self {
        self.provider = Some(Arc::new(provider));
        self
    }

    /// Where people sign in, if the office said where.
    #[must_use]
    pub fn provider(&self) -> Option<&Provider> {
        self.provider.as_deref()
    }

    /// A flow as its cookie: so that it comes back as it was given, and not for ever.
    #[must_use]
    pub fn seal_flow(&self, flow: &Flow) -> String {
        let sealed = Sealed {
            flow: flow.clone(),
            iss: FLOW_ISSUER.to_owned(),
            exp: jsonwebtoken::get_current_timestamp() + oidc::FLOW_SECONDS,
        };
        self.sign(&sealed)
    }

    /// The flow in a cookie; none when it is not ours or too old.
    #[must_use]
    pub fn open_flow(&self, cookie: &str) -> Option<Flow> {
        let mut validation = validation(FLOW_ISSUER);
        validation.set_required_spec_claims(&["exp", "iss"]);
        let opened = jsonwebtoken::decode::<Sealed>(cookie, &self.own.decoding, &validation);
        opened.ok().map(|opened| opened.claims.flow)
    }

    fn sign(&self, claims: &impl Serialize) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.own.encoding)
            .expect("claims are plain JSON and the key is a secret")
    }

    /// A token for `actor`, good from now for so long.
    #[must_use]
    pub fn issue(&self, actor: &Actor, valid_for: Duration) -> String {
        let now = jsonwebtoken::get_current_timestamp();
        self.signed(actor, ISSUER, now, now + valid_for.as_secs())
    }

    fn signed(&self, actor: &Actor, issuer: &str, iat: u64, exp: u64) -> String {
        let claims = Claims {
            sub: actor.id.clone(),
            role: actor.role,
            office: actor.office.clone(),
            on_behalf_of: actor.on_behalf_of.clone(),
            iss: issuer.to_owned(),
            iat,
            exp,
        };
        self.sign(&claims)
    }

    /// Whose token of this node's own issuer this is. The program's own role cannot be signed in as.
    ///
    /// # Errors
    /// [`TokenRefused::Invalid`].
    pub fn read(&self, token: &str) -> Result<Actor, TokenRefused> {
        self.own(token).map(|caller| caller.actor)
    }

    fn own(&self, token: &str) -> Result<Caller, TokenRefused> {
        let claims =
            jsonwebtoken::decode::<Claims>(token, &self.own.decoding, &self.own.validation)
                .map_err(|_| TokenRefused::Invalid)?
                .claims;
        let known_office =
            claims.office == NO_OFFICE || claims.office.parse::<OfficeCode>().is_ok();
        if claims.role == Role::System || !known_office || !is_id(&claims.sub) {
            return Err(TokenRefused::Invalid);
        }
        let actor = Actor {
            id: claims.sub,
            office: claims.office,
            role: claims.role,
            on_behalf_of: claims.on_behalf_of,
        };
        Ok(Caller::new(ISSUER, actor, claims.exp))
    }

    /// Whose bearer token or service key this is. The token's `iss` says which rules it must meet: HS256 with this node's own
    /// secret, or a key of the provider's; neither is ever tried on a token of the other.
    ///
    /// # Errors
    /// [`TokenRefused`]; why a token of the provider is not valid stands in the log alone.
    pub async fn bearer(&self, token: &str) -> Result<Caller, TokenRefused> {
        if token.starts_with(service::PREFIX) {
            let caller = self.services.as_ref().and_then(|keys| keys.caller(token));
            return caller.ok_or(TokenRefused::Invalid);
        }
        let named = jsonwebtoken::dangerous::insecure_decode_claims::<Named>(token);
        let named = named.map_err(|_| TokenRefused::Invalid)?;
        match &self.provider {
            Some(provider) if provider.issuer() == named.iss => {
                let caller = provider.bearer(token).await;
                let caller = caller.and_then(|caller| self.at_work(&caller.actor).map(|()| caller));
                caller.map_err(|refused| {
                    tracing::info!(code = refused.code(), why = %refused, "a bearer token was refused");
                    refused.into()
                })
            }
            Some(_) | None => self.own(token),
        }
    }

    /// Who sent a request; `None` is the public. A header counts before the cookie, which holds a token of this node alone.
    ///
    /// # Errors
    /// As [`SignIn::bearer`].
    pub async fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Caller>, TokenRefused> {
        if let Some(header) = headers.get(header::AUTHORIZATION) {
            let text = header.to_str().map_err(|_| TokenRefused::Invalid)?;
            let (scheme, token) = text.split_once(' ').ok_or(TokenRefused::Invalid)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(TokenRefused::Invalid);
            }
            return self.bearer(token.trim()).await.map(Some);
        }
        match cookie(headers, COOKIE) {
            Some(token) => self.own(token).map(Some),
            None => Ok(None),
        }
    }

    /// Who reads at a door that only shows; nobody who was refused, and no machine without the scope `read`.
    pub async fn reader(&self, headers: &HeaderMap) -> Option<Actor> {
        let caller = self.authenticate(headers).await.ok()??;
        caller.may(&Scope::Read).then_some(caller.actor)
    }

    /// Who looks at a page; a machine is nobody there.
    pub async fn visitor(&self, headers: &HeaderMap) -> Option<Actor> {
        let caller = self.authenticate(headers).await.ok()??;
        caller.is_person().then_some(caller.actor)
    }

    /// Whether somebody who was let in is so still: for answers that go on. A token is good until its end, a service key until
    /// it ends or is revoked.
    #[must_use]
    pub fn still(&self, caller: &Caller) -> bool {
        let revoked = || {
            self.services
                .as_ref()
                .is_none_or(|keys| !keys.holds(caller))
        };
        !caller.left().is_zero() && (caller.is_person() || !revoked())
    }

    /// Ends when a caller is not let in any more.
    pub async fn ended(&self, caller: &Caller) {
        // A person's token ends at its hour; a machine's key may be revoked before.
        let look = if caller.is_person() {
            Duration::from_mins(1)
        } else {
            Duration::from_secs(1)
        };
        while self.still(caller) {
            tokio::time::sleep(caller.left().min(look)).await;
        }
    }

    /// Whether somebody other than an applicant sends a request, or is signed in beside whoever does: the mark of a device of
    /// the office.
    #[must_use]
    pub fn is_office_device(&self, headers: &HeaderMap, sender: Option<&Actor>) -> bool {
        let beside = cookie(headers, COOKIE).and_then(|token| self.read(token).ok());
        let shown = sender.into_iter().chain(&beside);
        shown.into_iter().any(|actor| actor.role != Role::Applicant)
    }
}

/// The value of a cookie that came with a request.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn sign_in() -> SignIn {
        SignIn::new(&[7; 32])
    }

    fn receiver() -> Actor {
        Actor::new("receiver-1", "H38.40", Role::Receiver)
    }

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header"))])
    }

    async fn who(headers: &HeaderMap) -> Result<Option<Actor>, TokenRefused> {
        let caller = sign_in().authenticate(headers).await;
        caller.map(|caller| caller.map(|caller| caller.actor))
    }

    #[tokio::test]
    async fn a_token_tells_who_by_header_or_by_cookie() {
        let token = sign_in().issue(&receiver(), Duration::from_mins(1));
        for headers in [
            headers(header::AUTHORIZATION, &format!("Bearer {token}")),
            headers(header::COOKIE, &format!("a=b; {COOKIE}={token}")),
        ] {
            assert_eq!(who(&headers).await, Ok(Some(receiver())));
        }
        assert_eq!(who(&HeaderMap::new()).await, Ok(None));
    }

    #[test]
    fn a_flow_comes_back_as_it_was_and_is_no_session() {
        let flow = Flow::new("https://a/cb", "/desk", None, "en").expect("randomness");
        let sealed = sign_in().seal_flow(&flow);
        assert_eq!(sign_in().open_flow(&sealed), Some(flow));
        assert_eq!(sign_in().read(&sealed), Err(TokenRefused::Invalid));
        assert_eq!(SignIn::new(&[8; 32]).open_flow(&sealed), None);
        let session = sign_in().issue(&receiver(), Duration::from_mins(1));
        assert_eq!(sign_in().open_flow(&session), None);
    }

    #[test]
    fn a_device_is_the_offices_where_an_officer_is_signed_in_by_whatever_way() {
        let citizen = Actor::new("citizen-1", NO_OFFICE, Role::Applicant);
        let officer = sign_in().issue(&self::receiver(), Duration::from_mins(1));
        let (none, receiver) = (HeaderMap::new(), receiver());
        let beside = headers(header::COOKIE, &format!("{COOKIE}={officer}"));
        let device = |headers, sender| sign_in().is_office_device(headers, sender);
        assert!(!device(&none, None) && !device(&none, Some(&citizen)));
        assert!(device(&none, Some(&receiver)));
        assert!(device(&beside, None) && device(&beside, Some(&citizen)));
    }

    #[tokio::test]
    async fn a_token_says_until_when_it_is_good() {
        let token = sign_in().issue(&receiver(), Duration::from_mins(1));
        let caller = sign_in().bearer(&token).await.expect("ours");
        let left = caller.left().as_secs();
        assert!((55..=60).contains(&left) && caller.is_person(), "{left}");
        assert!(sign_in().still(&caller));
        let ended = Caller { until: 1, ..caller };
        assert!(!sign_in().still(&ended));
    }

    #[tokio::test]
    async fn a_service_key_is_somebody_for_machines_and_nobody_on_a_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let machine = Actor::new("notice-01", NO_OFFICE, Role::Auditor);
        let until = jsonwebtoken::get_current_timestamp() + 60;
        let give = |scope| service::add(folder.path(), &machine, vec![scope], until);
        let secret = give(Scope::Read).expect("a key");
        let keys = || ServiceKeys::new(folder.path().to_owned());
        let sign_in = sign_in().with_service_keys(keys());
        let headers = headers(header::AUTHORIZATION, &format!("Bearer {secret}"));
        assert_eq!(sign_in.reader(&headers).await, Some(machine.clone()));
        assert_eq!(sign_in.visitor(&headers).await, None);
        let caller = sign_in.authenticate(&headers).await.expect("good");
        assert!(sign_in.still(&caller.expect("somebody")));
        service::revoke(folder.path(), "notice-01").expect("revoked");
        let secret = give(Scope::Subscribe).expect("a key");
        let bearer = self::headers(header::AUTHORIZATION, &format!("Bearer {secret}"));
        let sign_in = self::sign_in().with_service_keys(keys());
        assert_eq!(sign_in.reader(&bearer).await, None);
        let refused = sign_in.authenticate(&headers).await;
        assert_eq!(refused, Err(TokenRefused::Invalid));
    }

    #[tokio::test]
    async fn a_token_that_is_old_foreign_changed_or_unsigned_is_refused() {
        let now = jsonwebtoken::get_current_timestamp();
        let unsigned = {
            let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
            let claims = format!(
                r#"{{"sub":"a","role":"signer","office":"H38","iss":"{ISSUER}","iat":{now},"exp":{}}}"#,
                now + 60
            );
            format!(
                "{}.{}.",
                part(r#"{"alg":"none","typ":"JWT"}"#),
                part(&claims)
            )
        };
        let system = Actor::system();
        let nowhere = Actor::new("a-1", "nowhere", Role::Receiver);
        let named = Actor::new("Nguyễn Văn A 1", "H38.40", Role::Receiver);
        let refused = [
            sign_in().signed(&receiver(), ISSUER, now - 90, now - 30),
            sign_in().signed(&receiver(), "another", now, now + 60),
            SignIn::new(&[8; 32]).issue(&receiver(), Duration::from_mins(1)),
            sign_in().issue(&system, Duration::from_mins(1)),
            sign_in().issue(&nowhere, Duration::from_mins(1)),
            sign_in().issue(&named, Duration::from_mins(1)),
            unsigned,
            "x".into(),
            String::new(),
        ];
        for token in refused {
            let headers = headers(header::AUTHORIZATION, &format!("Bearer {token}"));
            assert_eq!(who(&headers).await, Err(TokenRefused::Invalid), "{token}");
        }
        let basic = headers(header::AUTHORIZATION, "Basic YTpi");
        assert_eq!(who(&basic).await, Err(TokenRefused::Invalid));
    }
}

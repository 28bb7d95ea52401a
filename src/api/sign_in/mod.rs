//! Who is asking: bearer tokens (or the session cookie that holds one) of this node's own issuer; whom it issues them to is told
//! by printed links, by the command line, or by the office's identity provider.

pub mod oidc;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use self::oidc::{Flow, Provider};
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

/// A token that is not ours, not whole or not valid any more. Says no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid; sign in again")]
pub struct TokenRefused;

/// Issues and checks tokens.
#[derive(Clone)]
pub struct SignIn {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    provider: Option<Arc<Provider>>,
}

impl SignIn {
    /// What the vault's keys are asked for.
    pub const KEY: &str = "motcua/token/v1";

    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut validation = validation(ISSUER);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
            provider: None,
        }
    }

    /// Lets people sign in at an identity provider.
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
        let opened = jsonwebtoken::decode::<Sealed>(cookie, &self.decoding, &validation);
        opened.ok().map(|opened| opened.claims.flow)
    }

    fn sign(&self, claims: &impl Serialize) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
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

    /// Whose token this is. The program's own role cannot be signed in as.
    pub fn read(&self, token: &str) -> Result<Actor, TokenRefused> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| TokenRefused)?
            .claims;
        let known_office =
            claims.office == NO_OFFICE || claims.office.parse::<OfficeCode>().is_ok();
        if claims.role == Role::System || !known_office || !is_id(&claims.sub) {
            return Err(TokenRefused);
        }
        Ok(Actor {
            id: claims.sub,
            office: claims.office,
            role: claims.role,
            on_behalf_of: claims.on_behalf_of,
        })
    }

    /// Who sent a request; `None` is the public. A header counts before the cookie.
    pub fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Actor>, TokenRefused> {
        if let Some(header) = headers.get(header::AUTHORIZATION) {
            let text = header.to_str().map_err(|_| TokenRefused)?;
            let (scheme, token) = text.split_once(' ').ok_or(TokenRefused)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(TokenRefused);
            }
            return self.read(token.trim()).map(Some);
        }
        match cookie(headers, COOKIE) {
            Some(token) => self.read(token).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a token or a session of somebody other than an applicant comes with a request, whoever sent it: the mark of
    /// a device of the office.
    #[must_use]
    pub fn is_office_device(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(header::AUTHORIZATION);
        let header = header.and_then(|header| header.to_str().ok()?.split_once(' '));
        let token = header.map(|(_, token)| token.trim());
        let shown = token.into_iter().chain(cookie(headers, COOKIE));
        shown
            .filter_map(|token| self.read(token).ok())
            .any(|actor| actor.role != Role::Applicant)
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

    #[test]
    fn a_token_tells_who_by_header_or_by_cookie() {
        let token = sign_in().issue(&receiver(), Duration::from_mins(1));
        for headers in [
            headers(header::AUTHORIZATION, &format!("Bearer {token}")),
            headers(header::COOKIE, &format!("a=b; {COOKIE}={token}")),
        ] {
            assert_eq!(sign_in().authenticate(&headers), Ok(Some(receiver())));
        }
        assert_eq!(sign_in().authenticate(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn a_flow_comes_back_as_it_was_and_is_no_session() {
        let flow = Flow::new("https://a/cb", "/desk", None, "en").expect("randomness");
        let sealed = sign_in().seal_flow(&flow);
        assert_eq!(sign_in().open_flow(&sealed), Some(flow));
        assert_eq!(sign_in().read(&sealed), Err(TokenRefused));
        assert_eq!(SignIn::new(&[8; 32]).open_flow(&sealed), None);
        let session = sign_in().issue(&receiver(), Duration::from_mins(1));
        assert_eq!(sign_in().open_flow(&session), None);
    }

    #[test]
    fn a_device_is_the_offices_where_an_officer_is_signed_in_by_whatever_way() {
        let issue = |actor: &Actor| sign_in().issue(actor, Duration::from_mins(1));
        let (officer, citizen) = (
            issue(&receiver()),
            issue(&Actor::new("citizen-1", NO_OFFICE, Role::Applicant)),
        );
        let mut both = headers(header::AUTHORIZATION, &format!("Bearer {citizen}"));
        assert!(!sign_in().is_office_device(&both));
        let session = format!("{COOKIE}={officer}").parse().expect("a header");
        both.insert(header::COOKIE, session);
        assert!(sign_in().is_office_device(&both));
        let bearer = headers(header::AUTHORIZATION, &format!("Bearer {officer}"));
        assert!(sign_in().is_office_device(&bearer));
        assert!(!sign_in().is_office_device(&HeaderMap::new()));
    }

    #[test]
    fn a_token_that_is_old_foreign_changed_or_unsigned_is_refused() {
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
            assert_eq!(
                sign_in().authenticate(&headers),
                Err(TokenRefused),
                "{token}"
            );
        }
        let basic = headers(header::AUTHORIZATION, "Basic YTpi");
        assert_eq!(sign_in().authenticate(&basic), Err(TokenRefused));
    }
}

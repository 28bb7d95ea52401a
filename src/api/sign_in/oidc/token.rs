//! What an id token must be before a word of it is believed (OpenID Connect Core 1.0, 3.1.3.7).

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};

use super::Refused;

/// Clocks differ by so many seconds.
const LEEWAY: u64 = 30;

/// Algorithm and name of the key a token says it is signed with; neither `none` nor a shared secret.
pub fn head(token: &str) -> Result<(Algorithm, Option<String>), Refused> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::Token("no header"))?;
    match header.alg {
        Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA => Ok((header.alg, header.kid)),
        _ => Err(Refused::Token("an algorithm that is not taken")),
    }
}

/// The claims of a token of this issuer for this client, signed with this key.
pub fn claims(
    token: &str,
    (algorithm, key): (Algorithm, &Jwk),
    issuer: &str,
    client: &str,
) -> Result<Map<String, Value>, Refused> {
    use jsonwebtoken::errors::ErrorKind;
    let key = DecodingKey::from_jwk(key).map_err(|_| Refused::Token("a key that is none"))?;
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[client]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation);
    let claims = claims.map_err(|error| {
        Refused::Token(match error.kind() {
            ErrorKind::ExpiredSignature => "expired",
            ErrorKind::ImmatureSignature => "not valid yet",
            ErrorKind::InvalidIssuer => "another issuer",
            ErrorKind::InvalidAudience => "for another client",
            ErrorKind::InvalidSignature => "the signature",
            _ => "its form",
        })
    })?;
    let claims = claims.claims;
    let several = claims.get("aud").and_then(Value::as_array);
    let several = several.is_some_and(|audience| audience.len() > 1);
    match claims.get("azp") {
        Some(party) if party != client => Err(Refused::Token("for another client")),
        None if several => Err(Refused::Token("for several clients")),
        Some(_) | None => Ok(claims),
    }
}

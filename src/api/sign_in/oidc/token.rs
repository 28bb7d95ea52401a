//! What a token of the provider must be before a word of it is believed: id tokens (OpenID Connect Core 1.0, 3.1.3.7) and bearer
//! tokens (RFC 7519, RFC 8725, RFC 9068 where the provider keeps to it).

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};

use super::Refused;

/// Clocks differ by so many seconds.
const LEEWAY: u64 = 30;
/// Longer ones are not read.
const BYTES_MAX: usize = 16 * 1024;

/// Algorithm and name of the key a token says it is signed with.
///
/// # Errors
/// [`Refused::Token`] for `none` and shared secrets, for a token of another kind (a logout token, say), and for one that may
/// only be read by those who know what it calls critical (RFC 7515, 4.1.11).
pub fn head(token: &str) -> Result<(Algorithm, Option<String>), Refused> {
    if token.len() > BYTES_MAX {
        return Err(Refused::Token("its length"));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::Token("no header"))?;
    let kind = header.typ.as_deref().unwrap_or("JWT");
    let kinds = ["JWT", "at+jwt", "application/at+jwt"];
    if !kinds.iter().any(|known| known.eq_ignore_ascii_case(kind)) || header.crit.is_some() {
        return Err(Refused::Token("a token of another kind"));
    }
    match header.alg {
        Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA => Ok((header.alg, header.kid)),
        _ => Err(Refused::Token("an algorithm that is not taken")),
    }
}

/// The claims of a token of this issuer for this audience, signed with this key and good now.
///
/// # Errors
/// [`Refused::Token`] with what is wrong.
pub fn claims(
    token: &str,
    (algorithm, key): (Algorithm, &DecodingKey),
    issuer: &str,
    audience: &str,
) -> Result<Map<String, Value>, Refused> {
    use jsonwebtoken::errors::ErrorKind;
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims = jsonwebtoken::decode::<Map<String, Value>>(token, key, &validation);
    let claims = claims.map_err(|error| {
        Refused::Token(match error.kind() {
            ErrorKind::ExpiredSignature => "expired",
            ErrorKind::ImmatureSignature => "not valid yet",
            ErrorKind::InvalidIssuer => "another issuer",
            ErrorKind::InvalidAudience => "for another audience",
            ErrorKind::InvalidSignature => "the signature",
            _ => "its form",
        })
    })?;
    Ok(claims.claims)
}

/// Whether an id token is for this client and no other (OpenID Connect Core 1.0, 3.1.3.7, 3 to 5).
///
/// # Errors
/// [`Refused::Token`] with what is wrong.
pub fn is_for(claims: &Map<String, Value>, client: &str) -> Result<(), Refused> {
    let several = claims.get("aud").and_then(Value::as_array);
    let several = several.is_some_and(|audience| audience.len() > 1);
    match claims.get("azp") {
        Some(party) if party != client => Err(Refused::Token("for another client")),
        None if several => Err(Refused::Token("for several clients")),
        Some(_) | None => Ok(()),
    }
}

/// When a token ends, in seconds since 1970; `exp` may have a fraction (RFC 7519, 2: NumericDate).
///
/// # Errors
/// [`Refused::Token`] when it is no number.
pub fn until(claims: &Map<String, Value>) -> Result<u64, Refused> {
    let end = claims.get("exp").and_then(Value::as_f64);
    let end = end.and_then(|end| Duration::try_from_secs_f64(end).ok());
    end.map(|end| end.as_secs())
        .ok_or(Refused::Token("its form"))
}

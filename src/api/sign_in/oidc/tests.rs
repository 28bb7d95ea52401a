//! Tokens, keys and claims as no provider of good faith would make them; a real one is met in the integration tests.

use std::sync::atomic::{AtomicUsize, Ordering};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};

use super::keys::Keys;
use super::people::{Settings, SettingsError};
use super::{Flow, Refused, token};
use crate::domain::actor::{Actor, NO_OFFICE, Role};

const ISSUER: &str = "https://id.example.org";
const CLIENT: &str = "motcua";

/// An Ed25519 key from a seed, in PKCS #8.
fn key(seed: u8) -> EncodingKey {
    let prefix = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    let der: Vec<u8> = prefix.into_iter().chain([seed; 32]).collect();
    EncodingKey::from_ed_der(&der)
}

fn public(seed: u8, name: &str) -> Jwk {
    let mut jwk = Jwk::from_encoding_key(&key(seed), Algorithm::EdDSA).expect("a public key");
    jwk.common.key_id = Some(name.into());
    jwk
}

fn now() -> u64 {
    jsonwebtoken::get_current_timestamp()
}

/// A token as it should be, but for these claims.
fn signed(seed: u8, changed: &Value) -> String {
    let mut claims = json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "receiver-07", "nonce": "n", "iat": now(), "exp": now() + 300,
    });
    for (name, value) in changed.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some("one".into());
    jsonwebtoken::encode(&header, &claims, &key(seed)).expect("a token")
}

fn read(token: &str) -> Result<Map<String, Value>, Refused> {
    let (algorithm, _) = token::head(token)?;
    token::claims(token, (algorithm, &public(1, "one")), ISSUER, CLIENT)
}

#[test]
fn a_token_of_the_provider_for_this_client_is_read() {
    let claims = read(&signed(1, &json!({}))).expect("good");
    assert_eq!(claims["sub"], "receiver-07");
    let several = json!({"aud": [CLIENT, "another"], "azp": CLIENT});
    assert!(read(&signed(1, &several)).is_ok());
}

#[test]
fn a_token_that_is_old_foreign_or_for_somebody_else_is_refused() {
    for (changed, why) in [
        (json!({"exp": now() - 60}), "expired"),
        (json!({"nbf": now() + 600}), "not valid yet"),
        (json!({"iss": "https://id.example.com"}), "another issuer"),
        (json!({"aud": "another"}), "for another client"),
        (json!({"aud": [CLIENT, "another"]}), "for several clients"),
        (json!({"azp": "another"}), "for another client"),
    ] {
        let refused = read(&signed(1, &changed)).expect_err(why);
        assert_eq!(refused, Refused::Token(why), "{changed}");
    }
    let forged = read(&signed(2, &json!({}))).expect_err("forged");
    assert_eq!(forged, Refused::Token("the signature"));
}

#[test]
fn an_unsigned_token_and_one_signed_with_a_shared_secret_are_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let good = signed(1, &json!({}));
    let claims = good.split('.').nth(1).expect("claims");
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let unsigned = format!("{unsigned}.{claims}.");
    assert_eq!(token::head(&unsigned), Err(Refused::Token("no header")));
    let secret = EncodingKey::from_secret(b"the public key, as a secret");
    let shared = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &json!({}), &secret);
    let refused = token::head(&shared.expect("a token"));
    assert_eq!(
        refused,
        Err(Refused::Token("an algorithm that is not taken"))
    );
}

#[tokio::test]
async fn a_key_that_is_not_known_is_asked_for_once_a_minute_and_no_more() {
    let (keys, asked) = (Keys::default(), AtomicUsize::new(0));
    let fetch = || async {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok(JwkSet {
            keys: vec![public(1, "one"), public(2, "two")],
        })
    };
    for name in ["one", "two", "one"] {
        let found = keys.find(Some(name), Algorithm::EdDSA, fetch).await;
        assert_eq!(found.expect("known").common.key_id.as_deref(), Some(name));
    }
    for _ in 0..3 {
        let found = keys.find(Some("three"), Algorithm::EdDSA, fetch).await;
        assert_eq!(found, Err(Refused::Token("no such key")));
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // Two keys and no name: nobody guesses.
    assert!(keys.find(None, Algorithm::EdDSA, fetch).await.is_err());
}

#[tokio::test]
async fn a_key_for_something_else_signs_nothing() {
    let keys = Keys::default();
    let fetch = || async {
        Ok(JwkSet {
            keys: vec![public(1, "one")],
        })
    };
    for algorithm in [Algorithm::RS256, Algorithm::ES256] {
        let found = keys.find(Some("one"), algorithm, fetch).await;
        assert_eq!(found, Err(Refused::Token("no such key")), "{algorithm:?}");
    }
    let encrypting = || async {
        let mut key = public(1, "one");
        key.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Encryption);
        Ok(JwkSet { keys: vec![key] })
    };
    let found = Keys::default();
    let found = found.find(Some("one"), Algorithm::EdDSA, encrypting).await;
    assert_eq!(found, Err(Refused::Token("no such key")));
}

fn settings() -> Settings {
    Settings {
        issuer: ISSUER.into(),
        client_id: CLIENT.into(),
        client_secret: None,
        id_claim: "sub".into(),
        role_claim: "realm_access.roles".into(),
        office_claim: "https://example.org/office".into(),
        roles: vec![
            ("tiep-nhan".into(), Role::Receiver),
            ("thanh-tra".into(), Role::Auditor),
            ("van-thu".into(), Role::Clerk),
        ],
    }
}

#[track_caller]
fn actor(roles: &Value, office: &Value, wanted: Option<Role>) -> Result<Actor, Refused> {
    let claims = json!({
        "sub": "a-1", "realm_access": {"roles": roles}, "https://example.org/office": office,
    });
    settings().actor(claims.as_object().expect("claims"), wanted)
}

#[test]
fn claims_become_a_role_and_an_office_by_the_offices_own_mapping() {
    let office = json!("H38.40");
    let receiver = actor(&json!(["offline", "tiep-nhan"]), &office, None);
    assert_eq!(receiver, Ok(Actor::new("a-1", "H38.40", Role::Receiver)));
    let auditor = actor(&json!("thanh-tra"), &json!("*"), None);
    assert_eq!(auditor, Ok(Actor::new("a-1", NO_OFFICE, Role::Auditor)));
}

#[test]
fn of_several_roles_one_is_chosen_and_none_is_guessed() {
    let (roles, office) = (json!(["van-thu", "tiep-nhan"]), json!("H38.40"));
    let several = Refused::RoleAmbiguous(vec![Role::Receiver, Role::Clerk]);
    assert_eq!(actor(&roles, &office, None), Err(several.clone()));
    let clerk = actor(&roles, &office, Some(Role::Clerk));
    assert_eq!(clerk.expect("chosen").role, Role::Clerk);
    assert_eq!(actor(&roles, &office, Some(Role::Signer)), Err(several));
}

#[test]
fn what_claims_do_not_say_gives_nothing() {
    let (roles, office) = (json!("tiep-nhan"), json!("H38.40"));
    for (roles, office, refused) in [
        (&json!("receiver"), &office, Refused::RoleUnknown),
        (&json!("system"), &office, Refused::RoleUnknown),
        (&json!(7), &office, Refused::RoleUnknown),
        (&roles, &json!("*"), Refused::OfficeUnknown),
        (&roles, &json!(null), Refused::OfficeUnknown),
        (&json!("thanh-tra"), &json!(null), Refused::OfficeUnknown),
    ] {
        assert_eq!(actor(roles, office, None), Err(refused), "{roles} {office}");
    }
    let named = json!({"sub": "Nguyễn Văn A 1", "role": "receiver", "office": "H38.40"});
    let settings = Settings {
        role_claim: "role".into(),
        office_claim: "office".into(),
        roles: Vec::new(),
        ..settings()
    };
    let claims = named.as_object().expect("claims");
    assert_eq!(settings.actor(claims, None), Err(Refused::IdUnfit));
    let system = json!({"sub": "a-1", "role": "system", "office": "*"});
    let claims = system.as_object().expect("claims");
    assert_eq!(settings.actor(claims, None), Err(Refused::RoleUnknown));
}

#[test]
fn a_provider_that_could_be_overheard_and_a_mapping_to_the_program_are_refused() {
    for (issuer, fits) in [
        ("https://id.example.org/realms/xa", true),
        ("http://127.0.0.1:3000", true),
        ("http://localhost:3000", true),
        ("http://id.example.org", false),
        ("http://localhost.example.org", false),
        ("https://user:secret@id.example.org", false),
        ("id.example.org", false),
    ] {
        let settings = Settings {
            issuer: issuer.into(),
            ..settings()
        };
        assert_eq!(settings.check().is_ok(), fits, "{issuer}");
    }
    let mut system = settings();
    system.roles.push(("x".into(), Role::System));
    assert_eq!(system.check(), Err(SettingsError::Role("system")));
}

#[test]
fn a_challenge_is_the_one_of_the_standard() {
    // RFC 7636, appendix B.
    let mut flow = Flow::new("https://a/cb", "/", None, "vi").expect("randomness");
    flow.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();
    assert_eq!(
        flow.challenge(),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
    let other = Flow::new("https://a/cb", "/", None, "vi").expect("randomness");
    assert!(other.verifier.len() == 43 && other.verifier != other.state);
}

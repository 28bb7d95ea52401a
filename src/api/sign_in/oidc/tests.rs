//! Tokens, keys and claims as no provider of good faith would make them; a real one is met in the integration tests.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde_json::{Map, Value, json};

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

pub fn public(seed: u8, name: &str) -> Jwk {
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
    let key = DecodingKey::from_jwk(&public(1, "one")).expect("a key");
    let claims = token::claims(token, (algorithm, &key), ISSUER, CLIENT)?;
    token::is_for(&claims, CLIENT).map(|()| claims)
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
        (json!({"aud": "another"}), "for another audience"),
        (json!({"exp": null}), "its form"),
        (json!({"sub": null}), "its form"),
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

#[test]
fn a_token_of_another_kind_or_with_something_critical_is_refused() {
    let with = |change: fn(&mut Header)| {
        let mut header = Header::new(Algorithm::EdDSA);
        change(&mut header);
        let token = jsonwebtoken::encode(&header, &json!({}), &key(1)).expect("a token");
        token::head(&token).map(|(algorithm, _)| algorithm)
    };
    let other = Err(Refused::Token("a token of another kind"));
    let access = with(|header| header.typ = Some("at+jwt".into()));
    assert_eq!(access, Ok(Algorithm::EdDSA));
    assert_eq!(with(|header| header.typ = None), Ok(Algorithm::EdDSA));
    let logout = with(|header| header.typ = Some("logout+jwt".into()));
    assert_eq!(logout, other);
    let critical = with(|header| header.crit = Some(vec!["b64".into()]));
    assert_eq!(critical, other);
    let long = token::head(&"a".repeat(20_000));
    assert_eq!(long, Err(Refused::Token("its length")));
}

#[test]
fn a_token_ends_when_it_says_so_with_or_without_a_fraction() {
    let until = |exp: Value| token::until(json!({ "exp": exp }).as_object().expect("claims"));
    assert_eq!(until(json!(1_700_000_000)), Ok(1_700_000_000));
    assert_eq!(until(json!(1_700_000_000.75)), Ok(1_700_000_000));
    assert!(until(json!("soon")).is_err() && until(json!(-1)).is_err());
}

fn settings() -> Settings {
    Settings {
        issuer: ISSUER.into(),
        client_id: CLIENT.into(),
        audience: CLIENT.into(),
        client_secret: None,
        id_claim: "sub".into(),
        role_claim: "realm_access.roles".into(),
        office_claim: "https://example.org/office".into(),
        roles: vec![
            ("tiep-nhan".into(), Role::Receiver),
            ("thanh-tra".into(), Role::Auditor),
            ("van-thu".into(), Role::Clerk),
            ("cong-dan".into(), Role::Applicant),
        ],
        citizen_key: [7; 32],
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
fn a_citizen_is_a_pseudonym_that_says_nothing_of_the_subject_and_is_always_the_same() {
    let citizen = |settings: &Settings, subject: &str| {
        let claims = json!({"sub": subject, "realm_access": {"roles": "cong-dan"}});
        settings.actor(claims.as_object().expect("claims"), None)
    };
    let number = "001099012345";
    let actor = citizen(&settings(), number).expect("somebody");
    assert_eq!(
        (actor.office.as_str(), actor.role),
        (NO_OFFICE, Role::Applicant)
    );
    let hex = actor.id.strip_prefix("citizen-").expect("a citizen");
    assert!(hex.len() == 24 && !actor.id.contains(number), "{hex}");
    assert_eq!(citizen(&settings(), number), Ok(actor.clone()));
    let (mut key, mut issuer) = (settings(), settings());
    key.citizen_key = [8; 32];
    issuer.issuer = "https://id.example.com".into();
    for (settings, subject) in [
        (&settings(), "001099012346"),
        (&key, number),
        (&issuer, number),
    ] {
        assert_ne!(citizen(settings, subject).expect("somebody").id, actor.id);
    }
    assert_eq!(citizen(&settings(), ""), Err(Refused::IdUnfit));
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

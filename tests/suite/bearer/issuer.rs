//! A provider of tokens on a loopback port: its word about itself, and keys that are exchanged while it serves. Keys and
//! signatures are real.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use serde_json::{Value, json};

use super::AUDIENCE;

/// How long it takes to say which keys it has.
const SLOW: Duration = Duration::from_millis(150);

#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    published: Arc<RwLock<Vec<Jwk>>>,
    asked: Arc<AtomicUsize>,
    down: Arc<AtomicBool>,
}

/// A key with its two halves.
#[derive(Clone)]
pub struct Signing {
    pub algorithm: Algorithm,
    pub name: String,
    pub secret: EncodingKey,
    pub public: Jwk,
}

impl Issuer {
    pub async fn serve(keys: &[&Signing]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let issuer = Self {
            url: format!("http://{address}"),
            published: Arc::default(),
            asked: Arc::default(),
            down: Arc::default(),
        };
        issuer.publish(keys);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(about))
            .route("/keys", get(keys_of))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub fn publish(&self, keys: &[&Signing]) {
        let public = keys.iter().map(|key| key.public.clone()).collect();
        *self.published.write().expect("nobody panicked") = public;
    }

    pub fn falls(&self) {
        self.down.store(true, Ordering::Relaxed);
    }

    /// How often it was asked for its keys.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// What a token for a receiver says, but for these claims; null takes one out.
    pub fn claims(&self, changed: &Value) -> Value {
        let now = jsonwebtoken::get_current_timestamp();
        let mut claims = json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "receiver-07", "iat": now, "exp": now + 300,
            "duty": "tiep-nhan", "unit": crate::office::OFFICE,
        });
        let fields = claims.as_object_mut().expect("claims");
        for (name, value) in changed.as_object().expect("claims") {
            match value {
                Value::Null => drop(fields.remove(name)),
                value => drop(fields.insert(name.clone(), value.clone())),
            }
        }
        claims
    }
}

async fn about(State(issuer): State<Issuer>) -> Result<Json<Value>, StatusCode> {
    let url = &issuer.url;
    if issuer.down.load(Ordering::Relaxed) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorise"),
        "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/keys"),
    })))
}

async fn keys_of(State(issuer): State<Issuer>) -> Result<Json<Value>, StatusCode> {
    issuer.asked.fetch_add(1, Ordering::Relaxed);
    let keys = issuer.published.read().expect("nobody panicked").clone();
    tokio::time::sleep(SLOW).await;
    if issuer.down.load(Ordering::Relaxed) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(json!({ "keys": keys })))
}

impl Signing {
    fn new(algorithm: Algorithm, name: &str, secret: EncodingKey) -> Self {
        let mut public = Jwk::from_encoding_key(&secret, algorithm).expect("a public key");
        public.common.key_id = Some(name.into());
        let name = name.to_owned();
        Self {
            algorithm,
            name,
            secret,
            public,
        }
    }

    pub fn rsa(name: &str, bits: usize) -> Self {
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits).expect("a key");
        let der = key.to_pkcs1_der().expect("a key in DER");
        let secret = EncodingKey::from_rsa_der(der.as_bytes());
        Self::new(Algorithm::RS256, name, secret)
    }

    pub fn p256(name: &str) -> Self {
        // PKCS #8 around an ECPrivateKey of RFC 5915 without its public half.
        let prefix = [
            0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
            0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27,
            0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20,
        ];
        let secret = EncodingKey::from_ec_der(&[&prefix[..], &random()].concat());
        Self::new(Algorithm::ES256, name, secret)
    }

    pub fn ed25519(name: &str) -> Self {
        let prefix = [
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22,
            0x04, 0x20,
        ];
        let secret = EncodingKey::from_ed_der(&[&prefix[..], &random()].concat());
        Self::new(Algorithm::EdDSA, name, secret)
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&self.name, claims)
    }

    /// With a name that need not be its own.
    pub fn sign_as(&self, name: &str, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(name.into());
        jsonwebtoken::encode(&header, claims, &self.secret).expect("a token")
    }
}

/// A number below the order of the curve.
fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("randomness");
    bytes[0] &= 0x7f;
    bytes
}

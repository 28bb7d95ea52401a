//! The portal over HTTP: sign in for a session, then name a service and hand it the data.

mod answer;
mod payload;

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use url::Url;

use self::answer::Reply;
pub use self::payload::ObjectKinds;
use super::{Answer, Case, Portal, Unanswered};
use crate::outside;

const CONNECT_MAX: Duration = Duration::from_secs(3);
/// For a whole answer.
const ANSWER_MAX: Duration = Duration::from_secs(4);
const BYTES_MAX: usize = 256 * 1024;

/// Makes or changes a dossier.
const PUT: &str = "DongBoHoSoMC";
/// Adds to its progress.
const PROGRESS: &str = "CapNhatTienDoHoSoMC";

/// Where the portal is, and how it is spoken to.
pub struct Settings {
    /// Below it lie the two addresses.
    pub url: Url,
    /// Where a session is given.
    pub sign_in_path: String,
    /// Where services are called.
    pub service_path: String,
    pub user: String,
    pub password: String,
    /// What the office is called there (`madonvi`), when the portal asks for it.
    pub unit: Option<String>,
    /// Which system the exchange hands it to (`dstcode`), when there is an exchange in between.
    pub destination: Option<String>,
    pub object_kinds: ObjectKinds,
}

/// A portal that speaks the protocol.
pub struct HttpPortal {
    client: Client,
    sign_in: Url,
    service: Url,
    settings: Settings,
    session: Mutex<Option<String>>,
}

/// Why the answer to one call does not count yet.
enum Failed {
    /// The session is no more, by this status; a new one may do.
    Session(StatusCode),
    Unanswered(Unanswered),
}

impl HttpPortal {
    /// # Errors
    /// When the paths are no addresses below the portal's.
    pub fn new(settings: Settings) -> Result<Self, url::ParseError> {
        let mut base = settings.url.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(Self {
            client: outside::client(CONNECT_MAX),
            sign_in: base.join(settings.sign_in_path.trim_start_matches('/'))?,
            service: base.join(settings.service_path.trim_start_matches('/'))?,
            settings,
            session: Mutex::default(),
        })
    }

    /// Calls a service under a session, under a new one when the old one is no more.
    async fn call(
        &self,
        service: &str,
        is_known: bool,
        data: &Value,
    ) -> Result<Answer, Unanswered> {
        let mut over = StatusCode::UNAUTHORIZED;
        for fresh in [false, true] {
            let session = self.session(fresh).await?;
            match self.call_in(&session, service, is_known, data).await {
                Ok(answer) => return Ok(answer),
                Err(Failed::Session(status)) => over = status,
                Err(Failed::Unanswered(why)) => return Err(why),
            }
        }
        Err(Unanswered::by(over, "under the session it gave"))
    }

    async fn call_in(
        &self,
        session: &str,
        service: &str,
        is_known: bool,
        data: &Value,
    ) -> Result<Answer, Failed> {
        let mut body = Map::new();
        body.insert("session".into(), session.into());
        body.insert("service".into(), service.into());
        body.insert(
            "isUpdating".into(),
            if is_known { "True" } else { "False" }.into(),
        );
        if let Some(unit) = &self.settings.unit {
            body.insert("madonvi".into(), unit.as_str().into());
        }
        body.insert("data".into(), json!([data]));
        let (status, bytes) = self
            .post(&self.service, &Value::Object(body))
            .await
            .map_err(Failed::Unanswered)?;
        if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
            return Err(Failed::Session(status));
        }
        match answer::read(status, &bytes) {
            Ok(Reply::Answer(answer)) => Ok(answer),
            Ok(Reply::SessionOver) => Err(Failed::Session(StatusCode::UNAUTHORIZED)),
            Err(why) => Err(Failed::Unanswered(why)),
        }
    }

    /// The session there is; a new one when there is none, or that one is no more.
    async fn session(&self, fresh: bool) -> Result<String, Unanswered> {
        let mut held = self.session.lock().await;
        if fresh {
            *held = None;
        }
        if let Some(session) = held.as_ref() {
            return Ok(session.clone());
        }
        let Settings { user, password, .. } = &self.settings;
        let body = json!({ "username": user, "password": password });
        let (status, bytes) = self.post(&self.sign_in, &body).await?;
        // Of the office, and never of one dossier.
        let session = answer::session(status, &bytes)
            .map_err(|why| Unanswered::silent(format!("signing in: {}", why.why)))?;
        *held = Some(session.clone());
        Ok(session)
    }

    async fn post(&self, url: &Url, body: &Value) -> Result<(StatusCode, Vec<u8>), Unanswered> {
        let failed = |error: reqwest::Error| Unanswered::silent(outside::cause(&error));
        let mut request = self.client.post(url.clone()).timeout(ANSWER_MAX);
        if let Some(destination) = &self.settings.destination {
            request = request.header("dstcode", destination);
        }
        let request = request
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(body.to_string());
        let mut answer = request.send().await.map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > BYTES_MAX {
                return Err(Unanswered::by(answer.status(), "without end"));
            }
        }
        Ok((answer.status(), bytes))
    }
}

impl Portal for HttpPortal {
    async fn put(&self, case: &Case, is_known: bool) -> Result<Answer, Unanswered> {
        let Some(data) = payload::dossier(case, self.settings.object_kinds) else {
            return Ok(Answer::Acknowledged(None));
        };
        self.call(PUT, is_known, &data).await
    }

    async fn progress(&self, case: &Case) -> Result<Answer, Unanswered> {
        let Some(data) = payload::progress(case) else {
            return Ok(Answer::Acknowledged(None));
        };
        self.call(PROGRESS, case.is_known, &data).await
    }
}

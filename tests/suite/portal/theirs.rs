//! The other side: it keeps what it is told by code, gives sessions that end, refuses, loses answers, and is down.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};

pub const USER: &str = "phuong-test";
pub const PASSWORD: &str = "bí mật 1";

/// What it knows and how it behaves.
#[derive(Default)]
pub struct Moods {
    /// Answers 503 to everything.
    pub down: bool,
    /// Codes of dossiers that it refuses for ever.
    pub refused: HashSet<String>,
    /// Refuses everything with this code, whatever it is.
    pub refuses_all: Option<String>,
    /// Services that refuse everything.
    pub closed: HashSet<&'static str>,
    /// Codes of dossiers over which it stumbles: nothing but this status.
    pub stumbles: HashMap<String, u16>,
    /// Refuses to make what it has, and to change what it has not.
    pub strict: bool,
    /// So many calls are done next, and their answers lost.
    pub loses: usize,
    /// Of so many calls one is done, and its answer lost.
    pub loses_every: Option<usize>,
    /// So many calls end a session.
    pub session_calls: Option<usize>,
    /// Tells this status of its own in its answers.
    pub own_status: Option<u16>,
    pub session: usize,
    pub left: usize,
    pub calls: usize,
    /// Every call that was done, in order: service and data.
    pub done: Vec<(String, Value)>,
    /// Signed in so often.
    pub sign_ins: usize,
}

impl Moods {
    /// The code with which a call is refused.
    fn refuses(&self, service: &str, data: &Value, updating: bool) -> Option<String> {
        let code = text(data, "MaHoSo");
        let mut done = self.done.iter();
        let has = done.any(|(_, data)| text(data, "MaHoSo") == code);
        let wrong = self.strict && service == "DongBoHoSoMC" && updating != has;
        if self.refuses_all.is_some() {
            return self.refuses_all.clone();
        }
        if self.refused.contains(&code) || self.closed.contains(service) {
            return Some("07".to_owned());
        }
        wrong.then(|| "09".to_owned())
    }
}

/// A portal that listens.
#[derive(Clone)]
pub struct Theirs {
    pub url: String,
    moods: Arc<Mutex<Moods>>,
}

impl Theirs {
    pub async fn listen(moods: Moods) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let url = format!("http://{}/cong", listener.local_addr().expect("an address"));
        let theirs = Self {
            url,
            moods: Arc::new(Mutex::new(moods)),
        };
        let router = Router::new()
            .route("/cong/mapi/login", post(sign_in))
            .route("/cong/mapi/g", post(serve))
            .with_state(theirs.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        theirs
    }

    pub fn moods(&self) -> MutexGuard<'_, Moods> {
        self.moods.lock().expect("no test has failed in it")
    }

    /// The statuses of each dossier in the order in which they were told, repeats left out.
    pub fn statuses(&self) -> BTreeMap<String, Vec<String>> {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (service, data) in &self.moods().done {
            let (code, status) = (text(data, "MaHoSo"), status_of(service, data));
            let told = all.entry(code).or_default();
            if told.last() != Some(&status) {
                told.push(status);
            }
        }
        all
    }

    /// The newest `DongBoHoSoMC` of a dossier.
    pub fn newest(&self, code: &str) -> Value {
        let moods = self.moods();
        let mut newest = moods.done.iter().rev();
        let found = newest
            .find(|(service, data)| service == "DongBoHoSoMC" && text(data, "MaHoSo") == code);
        found.expect("it was told").1.clone()
    }
}

fn text(data: &Value, name: &str) -> String {
    data[name].as_str().unwrap_or_default().to_owned()
}

fn status_of(service: &str, data: &Value) -> String {
    match service {
        "DongBoHoSoMC" => text(data, "TrangThaiHoSo"),
        _ => text(data, "TrangThai"),
    }
}

async fn sign_in(State(theirs): State<Theirs>, body: Bytes) -> (StatusCode, String) {
    let mut moods = theirs.moods();
    if moods.down {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    if body["username"] != USER || body["password"] != PASSWORD {
        return (StatusCode::OK, json!({ "error_code": "05" }).to_string());
    }
    moods.sign_ins += 1;
    moods.session += 1;
    moods.left = moods.session_calls.unwrap_or(usize::MAX);
    let session = format!("s{}", moods.session);
    (
        StatusCode::OK,
        json!({ "error_code": 0, "session": session }).to_string(),
    )
}

async fn serve(State(theirs): State<Theirs>, body: Bytes) -> (StatusCode, String) {
    let mut moods = theirs.moods();
    if moods.down {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    if body["session"] != format!("s{}", moods.session) || moods.left == 0 {
        return (StatusCode::UNAUTHORIZED, String::new());
    }
    moods.left -= 1;
    let (service, data) = (text(&body, "service"), body["data"][0].clone());
    assert!(
        matches!(service.as_str(), "DongBoHoSoMC" | "CapNhatTienDoHoSoMC"),
        "{service}"
    );
    if let Some(status) = moods.stumbles.get(&text(&data, "MaHoSo")) {
        let status = StatusCode::from_u16(*status).expect("a status");
        return (status, String::new());
    }
    if let Some(code) = moods.refuses(&service, &data, body["isUpdating"] == "True") {
        let refused = json!({ "error_code": code, "message": "Hồ sơ của ông A không hợp lệ" });
        return (StatusCode::OK, refused.to_string());
    }
    moods.done.push((service, data));
    moods.calls += 1;
    if moods.loses > 0 {
        moods.loses -= 1;
        return (StatusCode::BAD_GATEWAY, "lost".to_owned());
    }
    if moods
        .loses_every
        .is_some_and(|every| moods.calls.is_multiple_of(every))
    {
        return (StatusCode::BAD_GATEWAY, "lost".to_owned());
    }
    let mut answer = json!({ "error_code": "00", "message": "OK" });
    if let Some(status) = moods.own_status {
        answer["result"] = json!([{ "TrangThaiHoSo": status }]);
    }
    (StatusCode::OK, answer.to_string())
}

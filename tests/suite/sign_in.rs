//! Signing in at a real OpenID provider (panva's oidc-provider), as a browser does: with cookies, and one redirect at a time.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use motcua::api::sign_in::oidc::{Provider, Settings};
use motcua::api::{self, Api};
use motcua::domain::actor::{NO_OFFICE, Role};
use motcua::journal::Location;
use motcua::projections::ReadModels;
use motcua::web::{self, Web};
use reqwest::header::{COOKIE, LOCATION, REFRESH, SET_COOKIE};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::office::{self, OFFICE};
use crate::{client, clients};

/// A provider that ends with the test.
struct Running {
    child: Child,
    issuer: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// With a clock that is so slow; none where there is no Node.
fn provider(redirect: &str, slow: Duration) -> Option<Running> {
    let Some(folder) = clients::folder("oidc-provider") else {
        eprintln!("skipped: no Node, or its packages cannot be fetched");
        return None;
    };
    let child = Command::new("node")
        .args(["provider.js", redirect, &slow.as_secs().to_string()])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.expect("node runs");
    let mut line = String::new();
    let output = child.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("a line");
    let said: Value = serde_json::from_str(&line).expect("what it says");
    let issuer = said["issuer"].as_str().expect("an issuer").to_owned();
    Some(Running { child, issuer })
}

/// An office whose people sign in at the provider.
struct Office {
    base: String,
    api: Api,
    stop: CancellationToken,
    provider: Running,
    _folders: [tempfile::TempDir; 2],
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// As the client of this name; with its secret if it has one.
async fn given_an_office(client_id: &str, secret: Option<&str>) -> Option<Office> {
    given_an_office_whose_provider_is(Duration::ZERO, client_id, secret).await
}

async fn given_an_office_whose_provider_is(
    slow: Duration,
    client_id: &str,
    secret: Option<&str>,
) -> Option<Office> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let provider = provider(&format!("{base}/sign-in/callback"), slow)?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (keys_folder, keys) = office::keys_folder();
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let node = office::node(&location, &keys).await;
    let opened = ReadModels::open(folder.path(), node.journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let mut api = Api::new(node.counter, models, node.journal, node.vault, &node.keys);
    let settings = Settings {
        issuer: provider.issuer.clone(),
        client_id: client_id.into(),
        audience: client_id.into(),
        client_secret: secret.map(str::to_owned),
        id_claim: "sub".into(),
        role_claim: "duty".into(),
        office_claim: "unit".into(),
        roles: vec![
            ("tiep-nhan".into(), Role::Receiver),
            ("van-thu".into(), Role::Clerk),
            ("thanh-tra".into(), Role::Auditor),
        ],
        citizen_key: [7; 32],
    };
    // A client makes its choice of cryptography before the first is built.
    drop(client::client());
    let made = Provider::new(settings).expect("settings that can work");
    api.sign_in = api.sign_in.with_provider(made);
    let pages = Web::new(api.clone(), [7; 32], None);
    let router = api::router(api.clone()).merge(web::router(pages));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Some(Office {
        base,
        api,
        stop,
        provider,
        _folders: [folder, keys_folder],
    })
}

/// A browser that shows every redirect before it is followed.
fn browser() -> Client {
    let builder = client::builder().cookie_store(true);
    let built = builder.redirect(redirect::Policy::none()).build();
    built.expect("a client")
}

fn location(response: &Response) -> Url {
    assert!(response.status().is_redirection(), "{}", response.status());
    let place = response.headers()[LOCATION].to_str().expect("a place");
    response.url().join(place).expect("an address")
}

/// A value in the query of an address.
fn value(address: &Url, wanted: &str) -> String {
    let mut pairs = address.query_pairs();
    let found = pairs.find(|(name, _)| name == wanted);
    found.expect(wanted).1.into_owned()
}

/// The same address with another value in it.
fn other(address: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let changed = pairs.iter().map(|(known, old)| {
        let value = if known == name { value } else { old };
        (known.as_str(), value)
    });
    let mut address = address.clone();
    address.query_pairs_mut().clear().extend_pairs(changed);
    address
}

async fn get(browser: &Client, address: impl AsRef<str>) -> Response {
    let sent = browser.get(address.as_ref()).send().await;
    sent.expect("an answer")
}

/// Types a name at the provider and agrees; answers the way back, not yet gone.
async fn typed(browser: &Client, office: &Office, mut next: Url, login: &str) -> Url {
    for _ in 0..12 {
        if next.as_str().starts_with(&office.base) {
            return next;
        }
        let page = get(browser, &next).await;
        if page.status().is_redirection() {
            next = location(&page);
            continue;
        }
        let place = page.url().clone();
        let text = page.text().await.expect("a page");
        let body = if text.contains("name=\"login\"") {
            format!("prompt=login&login={login}&password=x")
        } else {
            "prompt=consent".to_owned()
        };
        let kind = "application/x-www-form-urlencoded";
        let answer = browser.post(place).header("content-type", kind).body(body);
        next = location(&answer.send().await.expect("an answer"));
    }
    panic!("the provider leads nowhere");
}

async fn left(browser: &Client, office: &Office, query: &str) -> Url {
    let sent = get(browser, format!("{}/sign-in/oidc{query}", office.base)).await;
    location(&sent)
}

/// The cookies of a response by name.
fn cookies(response: &Response) -> Vec<String> {
    let all = response.headers().get_all(SET_COOKIE).iter();
    all.map(|cookie| cookie.to_str().expect("text").to_owned())
        .collect()
}

fn session(response: &Response) -> Option<String> {
    let cookies = cookies(response).into_iter();
    let mut sessions = cookies.filter(|cookie| cookie.starts_with("motcua_session="));
    sessions.next()
}

/// Signs in to the end: the last answer.
async fn signed_in(browser: &Client, office: &Office, query: &str, login: &str) -> Response {
    let there = left(browser, office, query).await;
    let back = typed(browser, office, there, login).await;
    get(browser, back).await
}

#[track_caller]
fn token(session: &str) -> &str {
    let value = session.strip_prefix("motcua_session=").expect("a session");
    value.split(';').next().expect("a value")
}

async fn refused(response: Response, status: StatusCode, code: &str) {
    assert_eq!(session(&response), None, "{code}");
    let cleared = cookies(&response);
    assert!(
        cleared
            .iter()
            .all(|cookie| cookie.starts_with("motcua_flow=;")),
        "{cleared:?}"
    );
    assert_eq!(response.status(), status, "{code}");
    let text = response.text().await.expect("a page");
    assert!(
        text.contains(code) && text.contains("</html>"),
        "{code}: {text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_signs_in_and_out_and_the_way_is_guarded_by_pkce_state_and_nonce() {
    let Some(office) = given_an_office("office", Some("office-secret")).await else {
        return;
    };
    let browser = browser();
    let door = get(
        &browser,
        format!("{}/sign-in?to=/desk&lang=en", office.base),
    )
    .await;
    let text = door.text().await.expect("a page");
    let text = text.replace("&#38;", "&").replace("&amp;", "&");
    assert!(text.contains("href=\"/sign-in/oidc?to=/desk&lang=en\""));
    let sent = get(
        &browser,
        format!("{}/sign-in/oidc?to=/desk&lang=en", office.base),
    )
    .await;
    let flow = cookies(&sent).remove(0);
    for part in ["HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/"] {
        assert!(flow.contains(part), "{flow}");
    }
    let there = location(&sent);
    assert_eq!(value(&there, "code_challenge_method"), "S256");
    assert_eq!(value(&there, "code_challenge").len(), 43);
    assert_eq!(value(&there, "scope"), "openid");
    assert!(value(&there, "state").len() == 43 && value(&there, "nonce").len() == 43);
    let back = typed(&browser, &office, there, "receiver-07").await;
    let done = get(&browser, back).await;
    assert_eq!(done.status(), StatusCode::OK);
    assert_eq!(done.headers()[REFRESH], "0; url=/desk?lang=en");
    let begun = session(&done).expect("a session");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(begun.contains(part), "{begun}");
    }
    let actor = office.api.sign_in.read(token(&begun)).expect("ours");
    assert_eq!(actor.id, "receiver-07");
    assert_eq!(
        (actor.office.as_str(), actor.role),
        (OFFICE, Role::Receiver)
    );
    let work = get(&browser, format!("{}/desk?lang=en", office.base)).await;
    assert_eq!(work.status(), StatusCode::OK);
    let out = browser
        .post(format!("{}/sign-out", office.base))
        .send()
        .await;
    let out = location(&out.expect("an answer"));
    let bye = get(&browser, out).await.text().await.expect("a page");
    assert!(bye.contains("/session/end?client_id=office"), "{bye}");
    let work = get(&browser, format!("{}/desk", office.base)).await;
    assert_eq!(work.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_algorithm_that_is_taken_is_taken_and_a_public_client_needs_no_secret() {
    for client in ["public", "es256", "eddsa"] {
        let Some(office) = given_an_office(client, None).await else {
            return;
        };
        let done = signed_in(&browser(), &office, "", "auditor-3").await;
        assert_eq!(done.status(), StatusCode::OK, "{client}");
        let begun = session(&done).expect("a session");
        let actor = office.api.sign_in.read(token(&begun)).expect("ours");
        assert_eq!(
            (actor.office.as_str(), actor.role),
            (NO_OFFICE, Role::Auditor)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_be_somebody_here_is_told_why() {
    let Some(office) = given_an_office("public", None).await else {
        return;
    };
    for (login, code) in [
        ("nobody-1", "SIGN_IN_ROLE_UNKNOWN"),
        ("system-1", "SIGN_IN_ROLE_UNKNOWN"),
        ("elsewhere-1", "SIGN_IN_OFFICE_UNKNOWN"),
        ("officeless-1", "SIGN_IN_OFFICE_UNKNOWN"),
        ("nguyenvana", "SIGN_IN_ID_UNFIT"),
        ("two-duties-1", "SIGN_IN_ROLE_AMBIGUOUS"),
    ] {
        let answer = signed_in(&browser(), &office, "?lang=en", login).await;
        refused(answer, StatusCode::FORBIDDEN, code).await;
    }
    let chosen = signed_in(&browser(), &office, "?role=clerk", "two-duties-1").await;
    let begun = session(&chosen).expect("a session");
    let actor = office.api.sign_in.read(token(&begun)).expect("ours");
    assert_eq!(actor.role, Role::Clerk);
    let more = signed_in(&browser(), &office, "?role=auditor", "receiver-07").await;
    let begun = session(&more).expect("a session");
    let actor = office.api.sign_in.read(token(&begun)).expect("ours");
    assert_eq!(actor.role, Role::Receiver, "nobody is what they ask to be");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_state_a_lost_cookie_and_a_foreign_issuer_begin_no_session() {
    let Some(office) = given_an_office("public", None).await else {
        return;
    };
    let browser = browser();
    let there = left(&browser, &office, "").await;
    let back = typed(&browser, &office, there, "receiver-07").await;
    let lost = StatusCode::BAD_REQUEST;
    // A browser that has not asked.
    let answer = get(&self::browser(), &back).await;
    refused(answer, lost, "SIGN_IN_FLOW_LOST").await;
    // A state of another visit.
    let answer = get(&browser, other(&back, "state", "x")).await;
    refused(answer, lost, "SIGN_IN_FLOW_LOST").await;
    // What another provider might answer: all is right but who says it.
    let (browser, issuer) = (self::browser(), "https://id.example.org");
    let there = left(&browser, &office, "").await;
    let back = typed(&browser, &office, there, "receiver-07").await;
    let answer = get(&browser, other(&back, "iss", issuer)).await;
    refused(answer, lost, "SIGN_IN_FLOW_LOST").await;
    // Somebody who does not agree.
    let browser = self::browser();
    let there = left(&browser, &office, "").await;
    let state = value(&there, "state");
    let (base, issuer) = (&office.base, &office.provider.issuer);
    let no = format!("{base}/sign-in/callback?error=access_denied&state={state}&iss={issuer}");
    let answer = get(&browser, no).await;
    refused(answer, StatusCode::FORBIDDEN, "SIGN_IN_PROVIDER_REFUSED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once() {
    let Some(office) = given_an_office("public", None).await else {
        return;
    };
    let browser = browser();
    let sent = get(&browser, format!("{}/sign-in/oidc", office.base)).await;
    let flow = cookies(&sent).remove(0);
    let flow = flow.split(';').next().expect("a pair").to_owned();
    let back = typed(&browser, &office, location(&sent), "receiver-07").await;
    let first = get(&browser, &back).await;
    assert!(session(&first).is_some());
    // The cookie is gone; somebody who copied both has nothing.
    refused(
        get(&browser, &back).await,
        StatusCode::BAD_REQUEST,
        "SIGN_IN_FLOW_LOST",
    )
    .await;
    let thief = self::browser().get(back.as_str()).header(COOKIE, flow);
    let again = thief.send().await.expect("an answer");
    refused(again, StatusCode::BAD_REQUEST, "SIGN_IN_CODE_REFUSED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_asked_for_with_another_nonce_or_by_another_browser_is_worth_nothing() {
    let Some(office) = given_an_office("public", None).await else {
        return;
    };
    // The same question, but for the nonce: the provider signs what it was asked.
    let browser = browser();
    let there = left(&browser, &office, "").await;
    let back = typed(
        &browser,
        &office,
        other(&there, "nonce", "another"),
        "receiver-07",
    )
    .await;
    let answer = get(&browser, back).await;
    refused(answer, StatusCode::FORBIDDEN, "SIGN_IN_TOKEN_REFUSED").await;
    // A code that was intercepted: its verifier is in another browser's cookie.
    let (victim, thief) = (self::browser(), self::browser());
    let there = left(&victim, &office, "").await;
    let back = typed(&victim, &office, there, "receiver-07").await;
    let own = left(&thief, &office, "").await;
    let state = value(&own, "state");
    let answer = get(&thief, other(&back, "state", &state)).await;
    refused(answer, StatusCode::BAD_REQUEST, "SIGN_IN_CODE_REFUSED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_too_old_when_it_came_signs_nobody_in() {
    let slow = Duration::from_hours(2);
    let Some(office) = given_an_office_whose_provider_is(slow, "public", None).await else {
        return;
    };
    let answer = signed_in(&browser(), &office, "", "receiver-07").await;
    refused(answer, StatusCode::FORBIDDEN, "SIGN_IN_TOKEN_REFUSED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_or_not_set_is_said_on_a_page() {
    let served = crate::web::given_a_served_office().await;
    let page = served.get("/sign-in/oidc").await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert!(
        page.text()
            .await
            .expect("a page")
            .contains("SIGN_IN_NOT_SET_UP")
    );
    let door = served.get("/sign-in").await;
    assert_eq!(door.status(), StatusCode::OK);
    let Some(mut office) = given_an_office("public", None).await else {
        return;
    };
    office.provider.child.kill().expect("it ends");
    office.provider.child.wait().expect("it ended");
    tokio::time::sleep(Duration::from_millis(50)).await;
    let page = get(&browser(), format!("{}/sign-in/oidc?lang=en", office.base)).await;
    assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
    let text = page.text().await.expect("a page");
    assert!(text.contains("SIGN_IN_PROVIDER_UNREACHABLE") && text.contains("Nothing is lost"));
    // The page before the door does not need it.
    assert_eq!(
        get(&browser(), format!("{}/sign-in", office.base))
            .await
            .status(),
        StatusCode::OK
    );
}

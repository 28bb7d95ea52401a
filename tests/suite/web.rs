//! The pages over HTTP, as a browser meets them.

use std::net::SocketAddr;
use std::time::Duration;

use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::journal::Location;
use motcua::projections::ReadModels;
use motcua::web::graphiql::{self, Example};
use motcua::web::{self, Web};
use reqwest::header::{CONTENT_SECURITY_POLICY, REFRESH};
use reqwest::{Response, StatusCode, redirect};
use tokio_util::sync::CancellationToken;

use crate::client;
use crate::office::{self, OFFICE, PROCEDURE};

/// A served office with one accepted dossier.
pub struct Served {
    pub base: String,
    pub code: String,
    pub api: Api,
    stop: CancellationToken,
    _folders: [tempfile::TempDir; 2],
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn given_a_served_office() -> Served {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (keys_folder, keys) = office::keys_folder();
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let node = office::node(&location, &keys).await;
    let (dossier, request) = office::acceptance(office::id(), "Công dân 000123");
    let receipt = node.counter.submit(request).await.expect("accepted");
    let opened = ReadModels::open(folder.path(), node.journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let reached = models.reach(
        receipt.position + u64::from(receipt.entries) - 1,
        Duration::from_secs(10),
    );
    assert!(reached.await, "the acceptance is shown");
    let row = motcua::projections::tracking::by_id(&models, dossier).await;
    let code = row.expect("a row").expect("a dossier").code;
    let api = Api::new(node.counter, models, node.journal, node.vault, &node.keys);
    let pages = Web::new(api.clone(), [7; 32], None);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let router = api::router(api.clone()).merge(web::router(pages));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Served {
        base,
        code: code.expect("a code"),
        api,
        stop,
        _folders: [folder, keys_folder],
    }
}

impl Served {
    pub async fn get(&self, path: &str) -> Response {
        let client = client::builder().redirect(redirect::Policy::none());
        let client = client.build().expect("a client");
        let address = format!("{}{path}", self.base);
        client.get(address).send().await.expect("an answer")
    }

    pub fn token(&self, role: Role) -> String {
        let office = match role {
            Role::Auditor => NO_OFFICE,
            _ => OFFICE,
        };
        let actor = Actor::new(format!("{}-01", role.name()), office, role);
        self.api.sign_in.issue(&actor, Duration::from_mins(1))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_finds_the_dossier_by_its_code_however_it_is_typed() {
    let served = given_a_served_office().await;
    let typed = served.code.to_lowercase();
    let found = served.get(&format!("/t?code=%20{typed}&lang=en")).await;
    assert_eq!(found.status(), StatusCode::SEE_OTHER);
    let place = found.headers()["location"].to_str().expect("a place");
    assert_eq!(place, format!("/t/{}?lang=en", served.code));
    let page = served.get(place).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers().get(REFRESH), None, "scripts keep it current");
    let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str();
    assert!(policy.expect("a policy").starts_with("default-src 'none'"));
    let text = page.text().await.expect("a text");
    assert!(text.contains("The dossier has been accepted"));
    assert!(text.contains("<noscript><meta http-equiv=\"refresh\" content=\"60\">"));
    assert!(!text.contains("000123"), "personal data");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_answers_and_a_wrong_address_is_told_what_to_do() {
    let served = given_a_served_office().await;
    let history = format!("/history/{}", served.code);
    let procedure = format!("/p/{PROCEDURE}");
    let good = [
        "/",
        "/t",
        "/o",
        "/o/H38.40.01",
        "/feedback",
        "/feedback?office=H38.40.01",
        "/p?q=ket+hon",
        "/statistics",
        "/statistics.csv",
        "/graphiql",
    ];
    for path in good.into_iter().chain([&*history, &*procedure]) {
        assert_eq!(served.get(path).await.status(), StatusCode::OK, "{path}");
    }
    for (path, status, code) in [
        ("/t/XYZ", 404, "DOSSIER_CODE_MALFORMED"),
        ("/t/a%FF", 404, "DOSSIER_CODE_MALFORMED"),
        ("/t?code=%3Cb%3E", 404, "DOSSIER_CODE_MALFORMED"),
        ("/t/H38.40.01-200101-0001", 404, "DOSSIER_UNKNOWN"),
        ("/history/H38.40.01-200101-0001", 404, "DOSSIER_UNKNOWN"),
        ("/p/9.999999", 404, "PROCEDURE_UNKNOWN"),
        ("/o/H99", 404, "OFFICE_UNKNOWN"),
        ("/feedback?office=H99", 404, "OFFICE_UNKNOWN"),
        ("/feedback?after=x", 404, "PAGE_UNKNOWN"),
        ("/nowhere", 404, "PAGE_UNKNOWN"),
        ("/desk", 401, "UNAUTHENTICATED"),
        ("/desk/new", 401, "UNAUTHENTICATED"),
        ("/desk/find?code=x", 404, "DOSSIER_CODE_MALFORMED"),
        ("/sign-in/receiver?k=0", 403, "SIGN_IN_LINK_REFUSED"),
    ] {
        let page = served.get(path).await;
        assert_eq!(page.status().as_u16(), status, "{path}");
        let text = page.text().await.expect("a text");
        assert!(text.contains(code) && text.contains("</html>"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_sent_to_says_in_its_frame_that_it_is_for_reading() {
    let served = given_a_served_office().await;
    for (path, lang) in [("/statistics", "vi"), ("/t?lang=en", "en")] {
        let client = client::client().post(format!("{}{path}", served.base));
        let page = client.send().await.expect("an answer");
        assert_eq!(page.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(page.headers()["allow"], "GET,HEAD");
        let text = page.text().await.expect("a text");
        assert!(text.contains("METHOD_NOT_ALLOWED") && text.contains("</html>"));
        assert!(text.contains(&format!("<html lang=\"{lang}\">")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_taken_away_as_csv_and_json_and_a_question_not_understood_is_refused() {
    let served = given_a_served_office().await;
    let today = served.api.office.clock().date();
    let period = format!("from={today}&to={today}");
    let csv = served.get(&format!("/forms/II.06a.csv?{period}")).await;
    assert_eq!(csv.status(), StatusCode::OK);
    let kind = csv.headers()["content-type"]
        .to_str()
        .expect("a type")
        .to_owned();
    assert!(kind.starts_with("text/csv"), "{kind}");
    let csv = csv.text().await.expect("a text");
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 3, "{csv}");
    assert!(rows[0].contains("3_received") && rows[2].contains("Tổng số"));
    let cells: Vec<&str> = rows[2].split(',').collect();
    assert_eq!(
        (cells[8], cells[16]),
        ("1", "1"),
        "received and pending: {csv}"
    );

    let json = format!("/forms/II.06a.json?{period}&office={OFFICE}");
    let json = served.get(&json).await;
    let json: serde_json::Value = json.json().await.expect("JSON");
    assert_eq!(
        (&json["form"], &json["total"]["c3"]),
        (&"II.06a".into(), &1.into())
    );
    assert_eq!(json["total"]["moved"]["closed_in_12"], 0);
    let unclear = served.get("/forms/II.06a.csv?office=H99").await;
    assert_eq!(unclear.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_goes_on_is_counted_up_to_today_and_says_so() {
    let served = given_a_served_office().await;
    let today = served.api.office.clock().date();
    let text = served.get("/statistics?from=2026-01-01&to=9000-01-01&lang=en");
    let text = text.await.text().await.expect("a text");
    assert!(text.contains("it is counted up to today"));
    assert!(text.contains(&format!("value=\"{today}\"")));
    let ended = format!("/statistics?from=2026-01-01&to={today}&lang=en");
    let ended = served.get(&ended).await.text().await.expect("a text");
    assert!(!ended.contains("it is counted up to today"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_journal_has_no_sign_in_links() {
    let served = given_a_served_office().await;
    let pages = Web::new(served.api.clone(), [7; 32], None);
    assert!(pages.sign_in_links(&served.base).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ready_query_of_the_playground_is_answered_without_an_error() {
    let served = given_a_served_office().await;
    let example = Example {
        dossier: served.code.clone(),
        position: served.api.models.size() - 1,
        resume: format!("{}.0", served.api.office.opened().id),
        office: OFFICE.into(),
        procedure: PROCEDURE.into(),
        handler: "handler-01".into(),
        to_forward: served.code.clone(),
        to_sign: served.code.clone(),
        to_deliver: served.code.clone(),
        from: "2026-01-01".into(),
        to: "2026-12-31".into(),
    };
    let roles = [
        None,
        None,
        Some(Role::Receiver),
        None,
        None,
        Some(Role::Receiver),
        Some(Role::Receiver),
        Some(Role::Signer),
        Some(Role::Receiver),
        Some(Role::Receiver),
        Some(Role::Receiver),
        None,
    ];
    let queries = graphiql::DOCUMENTS
        .iter()
        .zip(graphiql::variables(&example));
    for ((query, variables), role) in queries.zip(roles) {
        let id = office::id().to_string();
        let variables = variables.to_string().replace("NEW_UUID", &id);
        let variables: serde_json::Value = variables.parse().expect("variables");
        let body = serde_json::json!({ "query": query, "variables": variables });
        let mut request = client::client()
            .post(format!("{}/graphql", served.base))
            .json(&body);
        if let Some(role) = role {
            request = request.bearer_auth(served.token(role));
        }
        if query.contains("subscription") {
            // As `start.js` asks.
            let request = request.header("accept", "text/event-stream");
            let mut events = request.send().await.expect("an answer");
            assert_eq!(events.headers()["content-type"], "text/event-stream");
            let mut told = String::new();
            while !told.contains("event: next") {
                let piece = events.chunk().await.expect("a line").expect("it goes on");
                told.push_str(&String::from_utf8_lossy(&piece));
            }
            assert!(!told.contains("errors"), "{told}");
            continue;
        }
        let answer = request.send().await.expect("an answer");
        let answer: serde_json::Value = answer.json().await.expect("JSON");
        assert!(answer.get("errors").is_none(), "{query}\n{answer}");
        let data = answer["data"].as_object().expect("data");
        for found in data.values() {
            assert!(!found.is_null(), "{query}\n{answer}");
            let refused = found.get("errors").and_then(|errors| errors.as_array());
            assert!(refused.is_none_or(Vec::is_empty), "{query}\n{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_playground_is_filled_with_the_dossier_that_waits_for_each_step() {
    let served = given_a_served_office().await;
    let offered = async |role: Role, tab: usize| {
        let cookie = format!("{}={}", api::sign_in::COOKIE, served.token(role));
        let address = format!("{}/graphiql", served.base);
        let page = client::client()
            .get(address)
            .header("cookie", cookie)
            .send();
        let text = page.await.expect("an answer").text().await.expect("a text");
        let (_, json) = text.split_once("id=\"queries\">").expect("the queries");
        let (json, _) = json.split_once("</script>").expect("an end");
        let tabs: serde_json::Value = json.parse().expect("JSON");
        let variables = tabs[tab]["variables"].as_str().expect("variables");
        let variables = variables.replace("NEW_UUID", &office::id().to_string());
        let variables: serde_json::Value = variables.parse().expect("JSON");
        (tabs[tab]["query"].clone(), variables)
    };
    for (role, tab) in [
        (Role::Receiver, 5),
        (Role::Receiver, 6),
        (Role::Signer, 7),
        (Role::Receiver, 8),
    ] {
        let (query, variables) = offered(role, tab).await;
        let body = serde_json::json!({ "query": query, "variables": variables });
        let request = client::client().post(format!("{}/graphql", served.base));
        let request = request.bearer_auth(served.token(role)).json(&body);
        let answer = request.send().await.expect("an answer");
        let answer: serde_json::Value = answer.json().await.expect("JSON");
        let payload = answer["data"]
            .as_object()
            .and_then(|data| data.values().next());
        let payload = payload.unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(payload["errors"], serde_json::json!([]), "{query}");
        if tab > 5 {
            assert_eq!(payload["code"], variables["input"]["dossier"]);
            assert_ne!(payload["code"], served.code, "the newest is meant");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_have_a_worklist_are_led_to_it() {
    let served = given_a_served_office().await;
    let page = async |role: Option<Role>, path: &str| {
        let mut request = client::client().get(format!("{}{path}", served.base));
        if let Some(role) = role {
            let cookie = format!("{}={}", api::sign_in::COOKIE, served.token(role));
            request = request.header("cookie", cookie);
        }
        let page = request.send().await.expect("an answer");
        (page.status().as_u16(), page.text().await.expect("a text"))
    };
    let leads = |text: &str| text.matches("href=\"/desk\"").count();
    let (_, home) = page(Some(Role::Receiver), "/").await;
    assert_eq!(leads(&home), 2, "a door above and one on the page");
    assert_eq!(page(Some(Role::Receiver), "/desk").await.0, 200);
    let (_, home) = page(Some(Role::Auditor), "/").await;
    assert_eq!(leads(&home), 0);
    let (status, text) = page(Some(Role::Auditor), "/desk").await;
    assert_eq!(status, 403);
    assert!(text.contains("FORBIDDEN") && text.contains("/desk?office="));
    let named = format!("/desk?office={OFFICE}");
    assert_eq!(page(Some(Role::Auditor), &named).await.0, 200);
    assert_eq!(leads(&page(None, "/").await.1), 1, "the public may sign in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statistic_is_downloaded_with_all_that_is_needed_to_count_it_again() {
    let served = given_a_served_office().await;
    let page = served.get("/statistics?level=commune&lang=en").await;
    let text = page.text().await.expect("a text");
    let link = "/statistics.json?from=";
    let (_, rest) = text.split_once(link).expect("a link to the record");
    let (rest, _) = rest.split_once('"').expect("the link's end");
    let place = format!("{link}{}", rest.replace("&#38;", "&").replace("&amp;", "&"));
    let answer = served.get(&place).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let bytes = answer.bytes().await.expect("bytes");
    let record = motcua::projections::statistics::Record::parse(&bytes).expect("a record");
    assert_eq!(record.to_bytes().expect("canonical"), bytes);
    assert_eq!(record.counts.received.direct, 1);
    assert_eq!(record.position + 1, record.size);

    let unclear = served.get("/statistics.json?office=H99&from=x").await;
    assert_eq!(unclear.status(), StatusCode::BAD_REQUEST);
    let told = unclear.text().await.expect("a text");
    assert!(
        told.contains("BAD_INPUT") && told.contains("No office has this code"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_hangs_for_every_office_and_names_codes_alone() {
    let served = given_a_served_office().await;
    let page = served
        .get(&format!("/board/{OFFICE}?lang=vi,en&rows=99"))
        .await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()["x-robots-tag"], "noindex");
    let text = page.text().await.expect("a text");
    let suffix = served.code.strip_prefix(&format!("{OFFICE}-"));
    assert!(
        text.contains(suffix.expect("a code of this office")),
        "{text}"
    );
    assert!(text.contains("Đang giải quyết") && text.contains("In progress"));
    assert!(text.contains("data-rows=\"8\""), "no more than can be read");
    assert!(!text.contains(PROCEDURE) && !text.contains("000123"));
    let one = served
        .get(&format!("/board/{}", OFFICE.to_lowercase()))
        .await;
    let one = one.text().await.expect("a text");
    assert!(one.contains("<html lang=\"vi\"") && !one.contains("In progress"));
    for path in ["/board/H99", "/board/H99/events"] {
        assert_eq!(served.get(path).await.status(), StatusCode::NOT_FOUND);
    }
    let stream = served.get(&format!("/board/{OFFICE}/events")).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
}

//! Lists of dossiers over HTTP: who is told what, pages both ways, and what is refused.

use std::time::Duration;

use motcua::acts::Premises;
use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::journal::{Journal, Location};
use motcua::projections::ReadModels;
use motcua::vault::Keys;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::client::client;
use crate::story::{OFFICES, PROCEDURES, Story};

const LIST: &str = "query($filter: DossierFilter, $order: DossierOrder, $first: Int, $after: String, $last: Int, $before: String) {
    dossiers(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        nodes { id code office { code } procedureCode status deskRole step overdue lateMinutes } } }";

/// A served copy of a story's journal.
struct Server {
    url: String,
    api: Api,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn served() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let mut story = Story::begin_live(journal.clone()).await;
    story.live(21, 700);
    story.write().await;
    let read = folder.path().join("read");
    let (models, projector) = ReadModels::open(&read, journal.clone())
        .await
        .expect("read models");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let newest = journal.head().await.expect("a head").size - 1;
    assert!(
        models.reach(newest, Duration::from_mins(1)).await,
        "followed"
    );
    let keys = Keys::load_or_create(&folder.path().join("keys")).expect("keys");
    let premises = Premises::enter(&journal).await.expect("premises");
    let api = Api::read_only(premises, models, journal, &keys);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = api::router(api.clone());
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(stopped)
            .await
    });
    Server {
        url,
        api,
        stop,
        _folder: folder,
    }
}

impl Server {
    async fn ask(&self, actor: Option<&Actor>, query: &str, variables: Value) -> Value {
        let mut request = client()
            .post(format!("{}/graphql", self.url))
            .header("accept", "application/graphql-response+json")
            .json(&json!({"query": query, "variables": variables}));
        if let Some(actor) = actor {
            request = request.bearer_auth(self.api.sign_in.issue(actor, Duration::from_mins(10)));
        }
        let response = request.send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    /// A list that must be answered.
    async fn list(&self, actor: &Actor, variables: Value) -> Value {
        let body = self.ask(Some(actor), LIST, variables).await;
        assert_eq!(body.get("errors"), None, "{body}");
        body["data"]["dossiers"].clone()
    }

    /// The code of a list's refusal.
    async fn refused(&self, actor: Option<&Actor>, variables: Value) -> String {
        let body = self.ask(actor, LIST, variables).await;
        assert_eq!(body["data"]["dossiers"], Value::Null, "{body}");
        let code = &body["errors"][0]["extensions"]["code"];
        code.as_str().expect("a code").to_owned()
    }

    /// The ids of all pages, and how many there are told to be.
    async fn all(&self, actor: &Actor, asked: &Value, backwards: bool) -> (Vec<Value>, u64) {
        let (mut ids, mut total, mut place) = (Vec::new(), 0, Value::Null);
        loop {
            let mut variables = asked.clone();
            let (size, beyond) = if backwards {
                ("last", "before")
            } else {
                ("first", "after")
            };
            variables[size] = 7.into();
            variables[beyond] = place;
            let page = self.list(actor, variables).await;
            total = page["totalCount"].as_u64().unwrap_or(total);
            let nodes = page["nodes"].as_array().expect("nodes");
            let next = nodes.iter().map(|node| node["id"].clone());
            let info = &page["pageInfo"];
            let more = if backwards {
                ids.splice(0..0, next);
                place = info["startCursor"].clone();
                &info["hasPreviousPage"]
            } else {
                ids.extend(next);
                place = info["endCursor"].clone();
                &info["hasNextPage"]
            };
            if more == false {
                return (ids, total);
            }
        }
    }
}

fn auditor() -> Actor {
    Actor::new("auditor-01", NO_OFFICE, Role::Auditor)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_shown_in_a_list_what_cannot_be_opened() {
    let server = served().await;
    let filters = [
        json!({}),
        json!({"open": true}),
        json!({"overdue": true, "sensitive": false}),
        json!({"offices": [OFFICES[2].0]}),
        json!({"search": "khai sinh"}),
    ];
    let open = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let (mut shown, mut forbidden) = (0, 0);
    // Nobody signs in as the program itself.
    for role in Role::ALL.into_iter().filter(|role| *role != Role::System) {
        for office in [OFFICES[1].0, OFFICES[2].0, NO_OFFICE] {
            let actor = Actor::new(format!("{}-01", role.name()), office, role);
            for filter in &filters {
                let variables = json!({"filter": filter, "first": 100});
                let body = server.ask(Some(&actor), LIST, variables).await;
                let list = &body["data"]["dossiers"];
                if list.is_null() {
                    assert_eq!(
                        body["errors"][0]["extensions"]["code"], "FORBIDDEN",
                        "{body}"
                    );
                    forbidden += 1;
                    continue;
                }
                let nodes = list["nodes"].as_array().expect("nodes");
                let ids: Vec<&Value> = nodes.iter().map(|node| &node["id"]).collect();
                shown += ids.len();
                let opened = server.ask(Some(&actor), open, json!({ "ids": ids })).await;
                let opened = opened["data"]["nodes"].as_array().expect("nodes");
                let opened: Vec<&Value> = opened.iter().map(|node| &node["id"]).collect();
                assert_eq!(opened, ids, "{actor:?} {filter}");
            }
        }
    }
    assert!(
        shown > 500 && forbidden > 50,
        "{shown} shown, {forbidden} forbidden"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_forbidden_to_all_but_officers_and_those_who_supervise() {
    let server = served().await;
    assert_eq!(server.refused(None, json!({})).await, "UNAUTHENTICATED");
    for role in [
        Role::Applicant,
        Role::Admin,
        Role::PaymentGateway,
        Role::VerticalAgency,
        Role::PostalAgent,
    ] {
        let actor = Actor::new(format!("{}-01", role.name()), OFFICES[1].0, role);
        assert_eq!(
            server.refused(Some(&actor), json!({})).await,
            "FORBIDDEN",
            "{role:?}"
        );
    }
    let handler = Actor::new("handler-01", OFFICES[1].0, Role::Handler);
    let elsewhere = json!({"filter": {"offices": [OFFICES[1].0, OFFICES[2].0]}});
    assert_eq!(
        server.refused(Some(&handler), elsewhere.clone()).await,
        "FORBIDDEN"
    );
    let own = server.list(&handler, json!({})).await;
    for node in own["nodes"].as_array().expect("nodes") {
        assert_eq!(node["office"]["code"], OFFICES[1].0);
    }
    let both = server.list(&auditor(), elsewhere).await;
    let all = server.list(&auditor(), json!({})).await;
    let count = |list: &Value| list["totalCount"].as_u64().expect("a count");
    assert!(count(&own) < count(&both) && count(&both) < count(&all));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_in_any_order_are_the_same_from_either_end() {
    let server = served().await;
    for field in ["DUE_AT", "ENDED_AT", "CODE", "STATUS", "DESK", "LATENESS"] {
        for direction in ["ASC", "DESC"] {
            let asked = json!({"order": {"field": field, "direction": direction}});
            let (forward, total) = server.all(&auditor(), &asked, false).await;
            let (backward, _) = server.all(&auditor(), &asked, true).await;
            assert_eq!(forward, backward, "{field} {direction}");
            assert_eq!(forward.len() as u64, total, "{field} {direction}");
            assert!(total > 40, "{total}");
        }
    }
    let late =
        json!({"filter": {"overdue": true}, "order": {"field": "LATENESS", "direction": "DESC"}});
    let late = server.list(&auditor(), late).await;
    let nodes = late["nodes"].as_array().expect("nodes");
    let minutes: Vec<i64> = nodes
        .iter()
        .filter_map(|node| node["lateMinutes"].as_i64())
        .collect();
    assert!(
        minutes.len() > 1 && minutes.is_sorted_by(|a, b| a >= b),
        "{minutes:?}"
    );
    assert!(nodes.iter().all(|node| node["overdue"] == true));
}

#[tokio::test(flavor = "multi_thread")]
async fn procedures_are_found_by_their_words_with_and_without_marks() {
    let server = served().await;
    let found = async |words: &str| {
        let list = server
            .list(
                &auditor(),
                json!({"filter": {"search": words}, "first": 100}),
            )
            .await;
        let nodes = list["nodes"].as_array().expect("nodes").clone();
        let codes = nodes.iter().map(|node| node["procedureCode"].clone());
        codes.collect::<Vec<Value>>()
    };
    let marked = found("Đăng ký KHAI SINH").await;
    assert!(
        marked.len() > 5 && marked.iter().all(|code| code == PROCEDURES[0]),
        "{marked:?}"
    );
    assert_eq!(found("sinh khai dang ky").await, marked);
    assert_eq!(found(PROCEDURES[0]).await, marked);
    assert_eq!(found("khai sinh nowhere").await, Vec::<Value>::new());
    let all = server.list(&auditor(), json!({})).await["totalCount"].clone();
    let any = server
        .list(&auditor(), json!({"filter": {"search": " , "}}))
        .await;
    assert_eq!(any["totalCount"], all, "no word, no filter");
    let prefix = json!({"filter": {"codePrefix": "h63.40.01-"}});
    let list = server.list(&auditor(), prefix).await;
    let nodes = list["nodes"].as_array().expect("nodes");
    let fits = |node: &Value| {
        node["code"]
            .as_str()
            .is_some_and(|code| code.starts_with("H63.40.01-"))
    };
    assert!(!nodes.is_empty() && nodes.iter().all(fits));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_page_is_refused() {
    let server = served().await;
    let auditor = auditor();
    let first = server.list(&auditor, json!({"first": 3})).await;
    let cursor = &first["pageInfo"]["endCursor"];
    let worklist = "query($filter: WorklistFilter) { worklist(filter: $filter, first: 1) { totalCount edges { cursor } } }";
    let office = json!({"filter": {"office": OFFICES[1].0}});
    let worklist = server.ask(Some(&auditor), worklist, office).await;
    let worklist = &worklist["data"]["worklist"];
    assert!(
        worklist["totalCount"]
            .as_u64()
            .is_some_and(|total| total > 0),
        "{worklist}"
    );
    let received = json!({"field": "RECEIVED_AT", "direction": "ASC"});
    let turned = json!({"field": "DUE_AT", "direction": "DESC"});
    for asked in [
        json!({"first": 1, "last": 1}),
        json!({"after": cursor, "before": cursor}),
        json!({"first": 1, "before": cursor}),
        json!({"last": 1, "after": cursor}),
        json!({"first": 101}),
        json!({"first": -1}),
        json!({"last": 101}),
        json!({"last": -1}),
        json!({"after": "x"}),
        json!({"after": worklist["edges"][0]["cursor"]}),
        json!({"before": "", "last": 1}),
        json!({"after": cursor, "order": received}),
        json!({"after": cursor, "order": turned}),
        json!({"filter": {"handlers": vec!["h"; 101]}}),
        json!({"filter": {"search": "x".repeat(201)}}),
        json!({"filter": {"codePrefix": "H".repeat(65)}}),
    ] {
        assert_eq!(
            server.refused(Some(&auditor), asked.clone()).await,
            "BAD_USER_INPUT",
            "{asked}"
        );
    }
    let next = server
        .list(&auditor, json!({"first": 3, "after": cursor}))
        .await;
    assert_eq!(next["pageInfo"]["hasPreviousPage"], true);
    let back = json!({"last": 3, "before": next["pageInfo"]["startCursor"]});
    assert_eq!(server.list(&auditor, back).await["nodes"], first["nodes"]);
    assert_eq!(
        server.list(&auditor, json!({"first": 0})).await["nodes"],
        json!([])
    );
}

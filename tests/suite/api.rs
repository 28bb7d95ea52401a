//! GraphQL from outside: a server on a loopback port, and clients that hold nothing but a token.

use std::time::Duration;

use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::journal::Location;
use motcua::projections::ReadModels;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::client;
use crate::clients;
use crate::office::{OFFICE, PROCEDURE, id, node};

const NAME: &str = "Công dân 000123";

/// A served office.
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
    let node = node(&location, &folder.path().join("keys")).await;
    let read = folder.path().join("read");
    let (models, projector) = ReadModels::open(&read, node.journal.clone())
        .await
        .expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    let api = Api::new(node.counter, models, node.journal, node.vault, &node.keys);
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
    fn token(&self, role: Role, office: &str) -> String {
        let actor = Actor::new(format!("{}-01", role.name()), office, role);
        self.api.sign_in.issue(&actor, Duration::from_mins(10))
    }

    async fn send(
        &self,
        token: Option<&str>,
        query: &str,
        variables: Value,
    ) -> (StatusCode, Value) {
        let client = client();
        let mut request = client
            .post(format!("{}/graphql", self.url))
            .header("accept", "application/graphql-response+json")
            .json(&json!({"query": query, "variables": variables}));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status();
        (status, response.json().await.expect("JSON"))
    }

    /// The data of a query that must succeed.
    #[track_caller]
    fn ask(
        &self,
        role: Option<Role>,
        query: &str,
        variables: Value,
    ) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        let office = match role {
            Some(Role::Auditor | Role::Applicant | Role::Admin) | None => NO_OFFICE,
            Some(_) => OFFICE,
        };
        let token = role.map(|role| self.token(role, office));
        async move {
            let (_, body) = self.send(token.as_deref(), query, variables).await;
            assert_eq!(body.get("errors"), None, "{place}: {body}");
            body["data"].clone()
        }
    }

    /// The payload of a command.
    async fn act(&self, role: Role, mutation: &str, input: Value) -> Value {
        self.act_with(&self.token(role, OFFICE), mutation, input)
            .await
    }

    async fn act_with(&self, token: &str, mutation: &str, input: Value) -> Value {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{
                code capability position visible repeated dossier {{ id version status }}
                errors {{ field code messageVi messageEn currentVersion }} }} }}"
        );
        let (_, body) = self
            .send(Some(token), &query, json!({ "input": input }))
            .await;
        assert_eq!(body.get("errors"), None, "{body}");
        body["data"][mutation].clone()
    }

    async fn accepted(&self, command: Uuid) -> Value {
        let payload = self
            .act(
                Role::Receiver,
                "acceptDossierAtCounter",
                acceptance(command),
            )
            .await;
        assert_eq!(payload["errors"], json!([]), "{payload}");
        payload
    }
}

fn acceptance(command: Uuid) -> Value {
    json!({
        "commandId": command, "procedure": PROCEDURE, "office": OFFICE,
        "applicant": {"fullName": NAME, "citizenNumber": "003000000123", "phone": "0000 000 123"},
    })
}

fn on(payload: &Value) -> Value {
    json!({"commandId": id(), "dossier": payload["code"]})
}

#[track_caller]
fn with(mut input: Value, field: &str, value: impl Into<Value>) -> Value {
    input[field] = value.into();
    input
}

#[track_caller]
fn refused(payload: &Value, code: &str) {
    assert_eq!(payload["errors"][0]["code"], code, "{payload}");
    assert_eq!(payload["position"], Value::Null, "{payload}");
}

const TRACKING: &str = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
    code status statusLabel { vi en } timeliness slackDays dueAt originalDueAt progressPercent withReceipt handler
    procedureName { vi } office { code } steps { state at } nextStep { vi }
    history { label { vi } correction dueAfter reason { vi } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_goes_its_whole_way_and_the_public_follows_it() {
    let server = served().await;
    let accepted = server.accepted(id()).await;
    assert_eq!(accepted["visible"], true);
    assert_eq!(accepted["dossier"]["status"], "ACCEPTED");
    let code = accepted["code"].as_str().expect("a code");
    let track = |key: Option<String>| {
        let variables = json!({"code": code.to_lowercase(), "key": key});
        server.ask(None, TRACKING, variables)
    };
    let seen = track(None).await;
    assert_eq!(seen["tracking"]["status"], "ACCEPTED");
    assert_eq!(seen["tracking"]["timeliness"], "IN_TIME");
    assert!(!seen.to_string().contains(NAME), "the public sees no name");

    let steps = [
        (
            Role::Receiver,
            "forwardDossier",
            with(on(&accepted), "to", "handler-01"),
            "IN_PROCESSING",
        ),
        (
            Role::Handler,
            "draftResult",
            on(&accepted),
            "RESULT_DRAFTED",
        ),
        (Role::Signer, "signResult", on(&accepted), "COMPLETED"),
        (
            Role::Receiver,
            "deliverResult",
            with(on(&accepted), "method", "COUNTER"),
            "RETURNED",
        ),
    ];
    for (role, mutation, input, status) in steps {
        let payload = server.act(role, mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}: {payload}");
        assert_eq!(payload["dossier"]["status"], status);
        assert_eq!(track(None).await["tracking"]["status"], status);
    }
    let key = accepted["capability"].as_str().map(str::to_lowercase);
    let seen = &track(key).await["tracking"];
    assert_eq!(seen["progressPercent"], 100);
    assert_eq!(seen["timeliness"], "EARLY");
    assert_eq!(seen["withReceipt"], true);
    assert_eq!(seen["handler"], "handler-01");
    let wrong = &track(Some("AAAAAAAAAAAAAAAA".into())).await["tracking"];
    assert_eq!(
        (&wrong["withReceipt"], &wrong["handler"]),
        (&json!(false), &Value::Null)
    );

    let today = server.api.office.clock().date().to_string();
    let counts = "query($from: Date!, $to: Date!, $office: String) { statistics(from: $from, to: $to, office: $office) {
        received { direct total } settled { early total } balanced size
        earlyAndOnTimeRate { numerator denominator percent } } }";
    let period = json!({"from": today, "to": today, "office": OFFICE});
    let counted = &server.ask(None, counts, period).await["statistics"];
    assert_eq!(counted["received"], json!({"direct": 1, "total": 1}));
    assert_eq!(counted["settled"], json!({"early": 1, "total": 1}));
    assert_eq!(
        counted["earlyAndOnTimeRate"],
        json!({"numerator": 1, "denominator": 1, "percent": "100.00"})
    );
    assert_eq!(counted["balanced"], true);
    let going_on = "query($from: Date!) { statistics(from: $from, to: \"9000-01-01\") { to running pending { total } } }";
    let counted = server.ask(None, going_on, json!({"from": today})).await;
    assert_eq!(
        counted["statistics"],
        json!({"to": today, "running": true, "pending": {"total": 0}})
    );
    let never = json!({"from": "2001-01-01", "to": "2001-01-31"});
    let nothing = &server.ask(None, counts, never).await["statistics"];
    assert_eq!(nothing["earlyAndOnTimeRate"]["percent"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_sent_again_is_answered_again_and_other_content_is_refused() {
    let server = served().await;
    let command = id();
    let first = server.accepted(command).await;
    let forward = with(on(&first), "to", "handler-01");
    server.act(Role::Receiver, "forwardDossier", forward).await;
    let again = server.accepted(command).await;
    assert_eq!(again["repeated"], true);
    for field in ["position", "capability", "code"] {
        assert_eq!(again[field], first[field], "{field}");
    }
    assert_eq!(again["dossier"]["status"], "IN_PROCESSING");
    let mut other = acceptance(command);
    other["applicant"]["fullName"] = "Công dân 000124".into();
    let payload = server
        .act(Role::Receiver, "acceptDossierAtCounter", other)
        .await;
    refused(&payload, "IDEMPOTENCY_CONFLICT");
    assert_eq!(payload["capability"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_is_refused_with_its_code_and_leaves_no_trace() {
    let server = served().await;
    let accepted = server.accepted(id()).await;
    let size = server.api.journal.head().await.expect("a head").size;
    let forward = || with(on(&accepted), "to", "handler-01");
    let act = async |role, input| server.act(role, "forwardDossier", input).await;

    let stale = act(Role::Receiver, with(forward(), "expectedVersion", 1)).await;
    refused(&stale, "CONFLICT");
    assert_eq!(
        stale["errors"][0]["currentVersion"],
        accepted["dossier"]["version"]
    );
    assert_eq!(
        stale["errors"][0]["field"],
        json!(["input", "expectedVersion"])
    );
    refused(&act(Role::Signer, forward()).await, "WRONG_ROLE");
    let elsewhere = server.token(Role::Receiver, "H38.40.02");
    let payload = server
        .act_with(&elsewhere, "forwardDossier", forward())
        .await;
    refused(&payload, "WRONG_OFFICE");
    let payload = server
        .act_with(&elsewhere, "acceptDossierAtCounter", acceptance(id()))
        .await;
    refused(&payload, "WRONG_OFFICE");
    assert_eq!(payload["errors"][0]["field"], json!(["input", "office"]));
    let words = payload["errors"][0]["messageEn"]
        .as_str()
        .unwrap_or_default();
    assert!(words.starts_with("You act for office H38.40.02"), "{words}");
    let future = with(forward(), "occurredAt", "2099-01-01T00:00:00Z");
    refused(&act(Role::Receiver, future).await, "FUTURE_CLAIM");
    refused(
        &act(
            Role::Receiver,
            with(forward(), "dossier", "H38.40.01-200101-0001"),
        )
        .await,
        "UNKNOWN_DOSSIER",
    );
    refused(
        &act(Role::Receiver, with(forward(), "note", "a\u{0}b")).await,
        "TEXT_CONTROL_CHARACTER",
    );
    let mut turned = acceptance(id());
    turned["applicant"]["fullName"] = "Lê \u{202e}B ịhT".into();
    let payload = server
        .act(Role::Receiver, "acceptDossierAtCounter", turned)
        .await;
    refused(&payload, "TEXT_INVISIBLE_CHARACTER");
    let message = payload["errors"][0]["messageVi"].as_str();
    assert!(message.is_some_and(|text| text.contains("U+202E")));
    refused(
        &act(Role::Receiver, with(forward(), "basis", "vì tôi muốn")).await,
        "VALUE_MALFORMED",
    );
    refused(
        &server.act(Role::Signer, "signResult", on(&accepted)).await,
        "WRONG_STATE",
    );
    let mut nul = acceptance(id());
    nul["applicant"]["fullName"] = "a\u{0}b".into();
    nul["procedure"] = "1.1".into();
    let payload = server
        .act(Role::Receiver, "acceptDossierAtCounter", nul)
        .await;
    refused(&payload, "PROCEDURE_CODE_MALFORMED");
    assert_eq!(
        payload["errors"][1]["field"],
        json!(["input", "applicant", "fullName"])
    );

    let mutation =
        "mutation($input: ForwardDossierInput!) { forwardDossier(input: $input) { position } }";
    let (_, body) = server
        .send(None, mutation, json!({"input": forward()}))
        .await;
    assert_eq!(
        body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{body}"
    );
    let large = json!({"input": with(forward(), "note", "x".repeat(300_000))});
    let (status, body) = server.send(None, mutation, large).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{body}");
    assert_eq!(server.api.journal.head().await.expect("a head").size, size);
}

const DOSSIER: &str = "query($code: String!, $reveal: Boolean) { dossier(by: {code: $code}) {
    status procedure { name { vi } } office { code } slackDays
    applicant(reveal: $reveal) { fullName citizenNumber phone masked } } }";

#[tokio::test(flavor = "multi_thread")]
async fn who_needs_to_know_sees_the_name_and_others_do_not() {
    let server = served().await;
    let accepted = server.accepted(id()).await;
    let ask = |role, reveal| {
        let variables = json!({"code": accepted["code"], "reveal": reveal});
        server.ask(Some(role), DOSSIER, variables)
    };
    let seen = ask(Role::Receiver, false).await;
    let applicant = &seen["dossier"]["applicant"];
    assert_eq!(applicant["fullName"], NAME);
    assert_eq!(applicant["citizenNumber"], "•••123");
    let seen = ask(Role::Auditor, true).await;
    assert_eq!(
        seen["dossier"]["applicant"]["citizenNumber"],
        "003000000123"
    );
    assert_eq!(seen["dossier"]["applicant"]["phone"], "0000000123");
    for role in [Role::Clerk, Role::Handler, Role::CentreManager] {
        let seen = ask(role, true).await;
        assert_eq!(seen["dossier"]["applicant"]["masked"], true, "{role:?}");
        assert!(!seen.to_string().contains(NAME), "{role:?}");
    }
    for role in [Role::Admin, Role::Applicant] {
        assert_eq!(ask(role, true).await["dossier"], Value::Null, "{role:?}");
    }
    let foreign = server.token(Role::Receiver, "H38.40.02");
    let variables = json!({"code": accepted["code"], "reveal": true});
    let (_, body) = server
        .send(Some(&foreign), DOSSIER, variables.clone())
        .await;
    assert_eq!(body["data"]["dossier"], Value::Null, "{body}");
    let (_, body) = server.send(None, DOSSIER, variables).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(
        body["data"],
        json!({"dossier": null}),
        "a failed field is null"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_reads_who_did_what_when_and_why_page_by_page_and_as_of_any_moment() {
    let server = served().await;
    let accepted = server.accepted(id()).await;
    let forward = with(with(on(&accepted), "to", "handler-01"), "note", "gấp");
    let forwarded = server.act(Role::Receiver, "forwardDossier", forward).await;
    let history = "query($code: String!, $after: String) { dossierHistory(code: $code, first: 2, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { position kind actor role office recordedAt version leafHash
            before { status } after { status handler } changes { field before after } } } }";
    let ask = |after: Value| {
        let variables = json!({"code": accepted["code"], "after": after});
        server.ask(Some(Role::Auditor), history, variables)
    };
    let first = &ask(Value::Null).await["dossierHistory"];
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    assert_eq!(first["nodes"][0]["kind"], "dossier.lodged");
    let second = &ask(first["pageInfo"]["endCursor"].clone()).await["dossierHistory"];
    let last = &second["nodes"][0];
    assert_eq!(last["kind"], "dossier.forwarded");
    assert_eq!(last["actor"], "receiver-01");
    assert_eq!(last["before"]["status"], "ACCEPTED");
    assert_eq!(
        last["after"],
        json!({"status": "IN_PROCESSING", "handler": "handler-01"})
    );
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    assert!(
        !second.to_string().contains("gấp"),
        "typed text is in the vault"
    );

    let as_of =
        "query($code: String!, $at: Long!) { dossier(by: {code: $code}, asOf: {position: $at}) {
        status version handler applicant { fullName } } }";
    let before = json!({"code": accepted["code"], "at": accepted["position"]});
    let then = server.ask(Some(Role::Auditor), as_of, before).await;
    assert_eq!(then["dossier"]["status"], "SUBMITTED");
    assert_eq!(then["dossier"]["version"], 1);
    assert_eq!(then["dossier"]["applicant"]["fullName"], NAME);
    let now = json!({"code": accepted["code"], "at": forwarded["position"]});
    let now = server.ask(Some(Role::Auditor), as_of, now).await;
    assert_eq!(now["dossier"]["handler"], "handler-01");

    let trail = "{ auditTrail(filter: {kind: \"dossier.forwarded\", newestFirst: true}) {
        edges { cursor node { code position } } } }";
    let seen = server.ask(Some(Role::Auditor), trail, json!({})).await;
    assert_eq!(
        seen["auditTrail"]["edges"][0]["node"]["code"],
        accepted["code"]
    );
    let handler = server.token(Role::Handler, OFFICE);
    let (_, body) = server.send(Some(&handler), trail, json!({})).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(body["data"], json!({"auditTrail": null}));
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_what_happened_to_a_dossier_and_only_its_people_who_did_it() {
    let server = served().await;
    let accepted = server.accepted(id()).await;
    let forward = with(on(&accepted), "to", "handler-01");
    server.act(Role::Receiver, "forwardDossier", forward).await;
    let history = "query($code: String!) { dossierHistory(code: $code) { nodes {
        position version kind label { vi } recordedAt claimedAt receivedAt role office reasonLabel { vi } basis breach
        policy leafHash previousHash commitments actor onBehalfOf command
        before { status } after { status handler } changes { field before after } } } }";
    let variables = json!({"code": accepted["code"]});
    let public = server.ask(None, history, variables.clone()).await;
    let facts = public["dossierHistory"]["nodes"].as_array().expect("facts");
    assert_eq!(facts.len(), 3);
    for (fact, before) in facts.iter().skip(1).zip(facts) {
        assert_eq!(fact["previousHash"], before["leafHash"]);
    }
    assert_eq!(facts[0]["commitments"], 2);
    assert_eq!(facts[1]["policy"], "one-stop-2025/1");
    assert_eq!(facts[2]["role"], "RECEIVER");
    assert_eq!(facts[2]["after"]["handler"], "•••");
    for fact in facts {
        for hidden in ["actor", "onBehalfOf", "command"] {
            assert_eq!(fact[hidden], Value::Null, "{fact}");
        }
    }
    for hidden in ["receiver-01", "handler-01", PROCEDURE, "personalData"] {
        assert!(!public.to_string().contains(hidden), "{hidden}");
    }
    let elsewhere = server.token(Role::Receiver, "H38.40.02");
    let (_, body) = server
        .send(Some(&elsewhere), history, variables.clone())
        .await;
    assert_eq!(body["data"], public);
    for role in [Role::Handler, Role::Auditor] {
        let seen = server.ask(Some(role), history, variables.clone()).await;
        let last = &seen["dossierHistory"]["nodes"][2];
        assert_eq!(last["actor"], "receiver-01", "{role:?}");
        assert_eq!(last["after"]["handler"], "handler-01", "{role:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_sees_its_worklist_by_urgency_and_nodes_by_their_ids() {
    let server = served().await;
    for _ in 0..3 {
        server.accepted(id()).await;
    }
    let list = "query($after: String) { worklist(first: 2, after: $after, filter: {statuses: [ACCEPTED]}) {
        pageInfo { hasNextPage endCursor } nodes { id code slackDays slackMinutes dueAt paused overdue } } }";
    let first = server.ask(Some(Role::Handler), list, json!({})).await;
    let first = &first["worklist"];
    assert_eq!(first["nodes"].as_array().map(Vec::len), Some(2));
    let after = json!({"after": first["pageInfo"]["endCursor"]});
    let second = &server.ask(Some(Role::Handler), list, after).await["worklist"];
    assert_eq!(second["nodes"].as_array().map(Vec::len), Some(1));
    assert_eq!(second["pageInfo"]["hasNextPage"], false);

    let found =
        "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Dossier { code } } }";
    let ids = json!({"ids": [first["nodes"][0]["id"], "nonsense"]});
    let seen = server.ask(Some(Role::Handler), found, ids.clone()).await;
    assert_eq!(seen["nodes"][0]["code"], first["nodes"][0]["code"]);
    assert_eq!(seen["nodes"][1], Value::Null);
    let public = server.ask(None, found, ids).await;
    assert_eq!(public["nodes"], json!([null, null]));
    let (_, body) = server.send(None, list, json!({})).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_the_offices_and_the_journal_are_everybodys() {
    let server = served().await;
    let query = "{ procedures(search: \"khai sinh\", first: 3) { nodes { id code name { vi } limit { unit value } } }
        procedure(code: \"1.004873\") { components { item nameVi } } offices { code name { en } hours { from } }
        journal { id kind size visibleSize clock notice { vi } story { scenario } } }";
    let seen = server.ask(None, query, json!({})).await;
    assert!(seen["procedures"]["nodes"][0]["code"].is_string(), "{seen}");
    assert!(seen["procedure"]["components"][0]["item"] == 1);
    assert_eq!(seen["journal"]["kind"], "LIVE");
    let codes = seen["offices"].as_array().expect("offices").iter();
    assert!(codes.clone().any(|office| office["code"] == OFFICE));
    for path in ["/livez", "/readyz", "/metrics"] {
        let response = client().get(format!("{}{path}", server.url)).send().await;
        assert_eq!(
            response.expect("an answer").status(),
            StatusCode::OK,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_program_is_told_to_those_who_ask_wrongly() {
    let server = served().await;
    let token = server.token(Role::Receiver, OFFICE);
    let forward = "mutation($i: ForwardDossierInput!) { forwardDossier(input: $i) { position } }";
    let accept = "mutation($i: AcceptDossierAtCounterInput!) { acceptDossierAtCounter(input: $i) { position } }";
    let given = |field: &str, value: Value| {
        let input = json!({"commandId": id(), "dossier": "x", "to": "handler-01"});
        json!({"i": with(input, field, value)})
    };
    let filed = json!({"i": {"commandId": "x", "procedure": "x", "office": "x", "applicant": {"fullName": "x"}}});
    let none = || json!({});
    let told = [
        (
            forward,
            given("commandId", "x".into()),
            "BAD_USER_INPUT",
            "a UUID is wanted",
        ),
        (
            forward,
            given("occurredAt", "yesterday".into()),
            "BAD_USER_INPUT",
            "instant is wanted",
        ),
        (
            forward,
            given("expectedVersion", json!(-1)),
            "BAD_USER_INPUT",
            "whole number",
        ),
        (accept, filed, "BAD_USER_INPUT", "a UUID is wanted"),
        (
            "{ procedures(first: 99999999999) { nodes { code } } }",
            none(),
            "BAD_USER_INPUT",
            "whole number",
        ),
        (
            "{ statistics(from: 3",
            none(),
            "GRAPHQL_PARSE_FAILED",
            "line 1, column 21",
        ),
        ("", none(), "GRAPHQL_PARSE_FAILED", "line 1, column 1"),
        ("{ nope }", none(), "GRAPHQL_VALIDATION_FAILED", "nope"),
        (
            "{ tracking(code: \"x\") { code } }",
            none(),
            "BAD_USER_INPUT",
            "not the code of a dossier",
        ),
    ];
    for (query, variables, code, words) in told {
        let (_, body) = server.send(Some(&token), query, variables).await;
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], code, "{body}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{body}");
        let vietnamese = error["extensions"]["messageVi"].as_str();
        assert!(vietnamese.is_some_and(|text| !text.is_ascii()), "{body}");
        for inside in [
            "Around",
            "Filing",
            "OnDossier",
            "invalid ",
            "occurred while",
            "executable",
            "-->",
        ] {
            assert!(!body.to_string().contains(inside), "{inside}: {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_cannot_be_answered_are_told_apart() {
    let server = served().await;
    let told = [
        ("{ tracking(code: \"x\") { code } }", "BAD_USER_INPUT"),
        (
            "{ tracking(code: \"H1\", minPosition: \"x\") { code } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ procedures(first: 101) { nodes { code } } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ procedures(first: -1) { nodes { code } } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ procedures(after: \"x\") { nodes { code } } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ statistics(from: \"2026-02-01\", to: \"2026-01-01\") { size } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ statistics(from: \"9000-01-01\", to: \"9000-12-31\") { size } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ tracking(code: \"H38.40.01-261122-0001\", minPosition: 999999) { code } }",
            "NOT_YET",
        ),
    ];
    for (query, code) in told {
        let (_, body) = server.send(None, query, json!({})).await;
        assert_eq!(
            body["errors"][0]["extensions"]["code"], code,
            "{query}: {body}"
        );
    }
    let (_, body) = server
        .send(
            None,
            "{ tracking(code: \"H38.40.01-200101-0001\") { code } }",
            json!({}),
        )
        .await;
    assert_eq!(body["data"], json!({"tracking": null}));
    let deep = "{ procedures(first: 100) { nodes { steps { name { vi } } components { nameVi } fee { vnd } limit { unit }
        name { vi en } field { vi en } a: name { vi en } b: field { vi en } c: name { vi en } d: field { vi en }
        e: name { vi en } f: field { vi en } g: name { vi en } h: name { vi en } i: name { vi en } j: name { vi en }
        k: name { vi en } l: name { vi en } m: name { vi en } } } }";
    let (status, body) = server.send(None, deep, json!({})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        body["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_audit_of_graphql_http_is_passed() {
    let Some(folder) = clients::folder("graphql-http") else {
        eprintln!("skipped: no Node, or its packages cannot be fetched");
        return;
    };
    let server = served().await;
    let url = format!("{}/graphql", server.url);
    let audit = tokio::task::spawn_blocking(move || {
        std::process::Command::new("node")
            .args(["audit.js", &url])
            .current_dir(folder)
            .output()
    });
    let output = audit.await.expect("no panic").expect("node runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    println!("{told}");
}

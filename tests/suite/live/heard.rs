//! What followers hear: the row as it is, nothing that is not theirs, and where a token leads.

use std::time::Duration;

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use serde_json::{Value, json};

use super::wire::{Events, Heard};
use crate::door::ground::{Door, given_an_office};
use crate::office::{self, OFFICE};

async fn follow(door: &Door, actor: Option<&Actor>, query: &str, after: Option<&str>) -> Events {
    let token = actor.map(|actor| door.api.sign_in.issue(actor, Duration::from_mins(1)));
    let query = format!("subscription {{ told: {query} }}");
    Events::open(&door.base, token.as_deref(), &query, after).await
}

/// The next message.
async fn next(events: &mut Events) -> Value {
    loop {
        let heard = tokio::time::timeout(Duration::from_secs(10), events.next()).await;
        match heard.expect("in time").expect("open") {
            Heard::Next(value) => return value,
            Heard::Place(_) => {}
            Heard::Complete => panic!("it goes on"),
        }
    }
}

#[track_caller]
fn code(value: &Value) -> &str {
    value["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

fn officer(role: Role, office: &str) -> Actor {
    Actor::new("officer-77", office, role)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_follower_hears_of_a_change_with_the_row_as_it_is() {
    let door = given_an_office().await;
    let receiver = office::actor(Role::Receiver);
    let auditor = officer(Role::Auditor, NO_OFFICE);
    let code = door.code.clone();
    let (office, year) = (OFFICE, "from: \"2020-01-01\", to: \"2099-12-31\"");
    let following = [
        (
            Some(&receiver),
            format!(
                "dossierChanged(by: {{code: \"{code}\"}}) {{ position resume kind dossier {{ status }} }}"
            ),
            "/dossier/status",
        ),
        (
            None,
            format!(
                "trackingChanged(code: \"{code}\") {{ position resume kind tracking {{ status }} }}"
            ),
            "/tracking/status",
        ),
        (
            Some(&receiver),
            "worklistChanged { position resume kind listed dossier { status } }".into(),
            "/dossier/status",
        ),
        (
            None,
            format!(
                "boardChanged(office: \"{office}\") {{ position resume kind board {{ processing {{ total }} dueToday {{ total }} }} }}"
            ),
            "/board/processing/total",
        ),
        (
            None,
            format!(
                "statisticsChanged({year}) {{ position resume kind statistics {{ received {{ total }} }} }}"
            ),
            "/statistics/received/total",
        ),
        (
            Some(&auditor),
            "factRecorded { position resume kind entry { kind actor } }".into(),
            "/entry/kind",
        ),
    ];
    let mut lines = Vec::new();
    for (actor, query, _) in &following {
        let mut events = follow(&door, *actor, query, None).await;
        let place = tokio::time::timeout(Duration::from_secs(5), events.next()).await;
        assert!(
            matches!(place, Ok(Some(Heard::Place(_)))),
            "its place comes first: {place:?}"
        );
        lines.push(events);
    }
    let size = door.api.models.size();
    let forward = motcua::domain::dossier::DossierCommand::Forward {
        to: "handler-01".into(),
    };
    door.act(Role::Receiver, forward).await;
    for ((_, query, path), events) in following.iter().zip(&mut lines) {
        let told = next(events).await;
        let message = &told["data"]["told"];
        assert_eq!(message["position"], size.to_string(), "{query}: {told}");
        assert_eq!(message["kind"], "dossier.forwarded", "{query}: {told}");
        assert!(
            !message.pointer(path).unwrap_or(&Value::Null).is_null(),
            "{query}: {told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_what_they_may_not_read() {
    let door = given_an_office().await;
    let by = format!("by: {{code: \"{}\"}}", door.code);
    let dossier = format!("dossierChanged({by}) {{ position }}");
    let worklist = format!("worklistChanged(filter: {{office: \"{OFFICE}\"}}) {{ position }}");
    let facts = "factRecorded { position }".to_owned();
    let elsewhere = officer(Role::Receiver, "H38.40.02");
    let citizen = Actor::new("citizen-2", NO_OFFICE, Role::Applicant);
    let told = [
        (None, &dossier, "UNAUTHENTICATED"),
        (None, &worklist, "UNAUTHENTICATED"),
        (None, &facts, "UNAUTHENTICATED"),
        (Some(&elsewhere), &dossier, "FORBIDDEN"),
        (Some(&elsewhere), &worklist, "FORBIDDEN"),
        (Some(&elsewhere), &facts, "FORBIDDEN"),
        (Some(&citizen), &dossier, "FORBIDDEN"),
        (Some(&citizen), &worklist, "FORBIDDEN"),
        (Some(&citizen), &facts, "FORBIDDEN"),
    ];
    for (actor, query, expected) in told {
        let mut events = follow(&door, actor, query, None).await;
        let refused = next(&mut events).await;
        assert_eq!(code(&refused), expected, "{query}: {refused}");
        assert_eq!(events.next().await, Some(Heard::Complete), "{query}");
    }
    // What happens inside the office is no part of the public history: that something happened is told, not what.
    let tracked = format!(
        "trackingChanged(code: \"{}\") {{ kind tracking {{ version: position }} }}",
        door.code
    );
    let mut events = follow(&door, None, &tracked, None).await;
    let forward = motcua::domain::dossier::DossierCommand::Forward {
        to: "handler-01".into(),
    };
    door.act(Role::Receiver, forward).await;
    assert_eq!(
        next(&mut events).await["data"]["told"]["kind"],
        "dossier.forwarded"
    );
    let inside = motcua::domain::dossier::DossierCommand::ReceiveHandOver { complete: true };
    door.act(Role::Handler, inside).await;
    assert_eq!(next(&mut events).await["data"]["told"]["kind"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_leads_on_or_says_why_it_does_not() {
    let door = given_an_office().await;
    let board =
        format!("boardChanged(office: \"{OFFICE}\") {{ position resume kind board {{ now }} }}");
    let size = door.api.models.size();
    let journal = door.api.office.opened().id.simple().to_string();

    let mut missed = follow(&door, None, &board, Some(&format!("{journal}.0"))).await;
    let told = next(&mut missed).await;
    assert_eq!(
        told["data"]["told"]["position"],
        (size - 1).to_string(),
        "{told}"
    );

    let elsewhere = format!("{}.5", uuid::Uuid::nil().simple());
    let mut foreign = follow(&door, None, &board, Some(&elsewhere)).await;
    let told = next(&mut foreign).await;
    let message = &told["data"]["told"];
    assert_eq!(message["kind"], "RESYNC", "{told}");
    assert_eq!(message["resume"], format!("{journal}.{size}"), "{told}");
    assert!(
        message["board"]["now"].is_string(),
        "begins with the row as it is: {told}"
    );

    let mut rubbish = follow(&door, None, &board, Some("rubbish")).await;
    assert_eq!(code(&next(&mut rubbish).await), "BAD_USER_INPUT");

    let ahead = format!("{journal}.{}", size + 1);
    let waiting = follow(&door, None, &board, Some(&ahead)).await;
    door.accept().await;
    let mut waiting = waiting;
    let told = next(&mut waiting).await;
    assert!(
        told["data"]["told"]["position"].is_string(),
        "it came within the time: {told}"
    );

    let size = door.api.models.size();
    let never = format!("{journal}.{}", size + 1_000);
    let mut never = follow(&door, None, &board, Some(&never)).await;
    let refused = next(&mut never).await;
    assert_eq!(code(&refused), "NOT_YET", "{refused}");
    assert_eq!(never.next().await, Some(Heard::Complete));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_follower_is_told_every_fifteen_seconds_how_far_it_is() {
    let door = given_an_office().await;
    let query = "boardChanged(office: \"H38.40.02\") { position }";
    let mut events = follow(&door, None, query, None).await;
    let first = events.next().await;
    door.accept().await;
    let heard = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
    let (Some(Heard::Place(first)), Ok(Some(Heard::Place(second)))) = (first, heard) else {
        panic!("two places");
    };
    let place = |token: &str| {
        token
            .rsplit('.')
            .next()
            .and_then(|place| place.parse::<u64>().ok())
    };
    assert!(place(&second) > place(&first), "{first} {second}");
    assert_eq!(place(&second), Some(door.api.models.size()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_may_follow_by_get_and_nobody_commands_by_it() {
    let door = given_an_office().await;
    let get = |query: &str| {
        let url =
            reqwest::Url::parse_with_params(&format!("{}/graphql", door.base), [("query", query)]);
        crate::client::client()
            .get(url.expect("an address"))
            .header("accept", "text/event-stream")
    };
    let followed = get(&format!(
        "subscription {{ boardChanged(office: \"{OFFICE}\") {{ position }} }}"
    ));
    let followed = followed.send().await.expect("an answer");
    assert_eq!(followed.status(), 200);
    assert_eq!(followed.headers()["content-type"], "text/event-stream");
    assert_eq!(followed.headers()["cache-control"], "no-store");
    let command = get("mutation { releaseCodes(input: {}) { position } }")
        .send()
        .await;
    let command = command.expect("an answer");
    assert_eq!(command.status(), 405);
    let refused: Value = command.json().await.expect("JSON");
    assert_eq!(code(&refused), "METHOD_NOT_ALLOWED");
    let plain = crate::client::client().post(format!("{}/graphql", door.base));
    let plain = plain.json(&json!({"query": "subscription { factRecorded { position } }"}));
    let plain: Value = plain
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(code(&plain), "GRAPHQL_VALIDATION_FAILED", "{plain}");
}

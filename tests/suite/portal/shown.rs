//! What is seen of it: by machines, on the officer's page, in lists; and what is beyond a limit.

use std::time::Duration;

use motcua::api;
use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand as C;
use motcua::journal::Location;
use motcua::projections::detector::{self, Window};
use motcua::reactions::work::Work;
use serde_json::{Value, json};

use super::ground::{Telling, tell};
use super::theirs::{Moods, Theirs};
use crate::client;
use crate::door::ground::{Door, given_an_office};
use crate::grounds::grounds;
use crate::office::OFFICE;
use crate::reactions::ground::Place;

const PORTAL: &str =
    "{ portal { status statusLabel { vi } remoteStatus acknowledgedAt behind behindSince differs
    lastOutcome refusal attempts alarms { code certainty legalBasis label { vi } } } }";

async fn shown(door: &Door) -> Value {
    let query = format!("{{ dossier(by: {{code: \"{}\"}}) {PORTAL} }}", door.code);
    door.ask(Some(Role::Receiver), &query).await["dossier"]["portal"].take()
}

async fn behind(door: &Door, behind: bool) -> Value {
    let query = format!("{{ dossiers(filter: {{ portalBehind: {behind} }}) {{ totalCount }} }}");
    door.ask(Some(Role::Receiver), &query).await["dossiers"]["totalCount"].take()
}

async fn page(door: &Door) -> String {
    let cookie = format!(
        "{}={}",
        api::sign_in::COOKIE,
        door.token(Role::Receiver, OFFICE)
    );
    let request = client::client().get(format!("{}/desk/d/{}", door.base, door.code));
    let answer = request.header("cookie", cookie).send().await;
    answer.expect("an answer").text().await.expect("a text")
}

async fn telling(door: &Door, folder: &std::path::Path, theirs: &Theirs) -> Telling {
    let work = Location::Sqlite(folder.join("work.db"));
    let work = Work::create_or_open(&work);
    let desk = door.api.desk.as_ref().expect("a desk");
    tell(
        theirs,
        work.await.expect("the work"),
        (desk.counter.clone(), door.api.models.clone()),
        (door.api.journal.clone(), desk.vault.clone()),
    )
}

async fn until(door: &Door, told: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let shown = shown(door).await;
        if told(&shown) {
            return shown;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{}", shown(door).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_there_its_age_and_what_is_owed_are_shown() {
    let door = given_an_office().await;
    let never = shown(&door).await;
    assert_eq!(never["status"], 2);
    assert_eq!(never["statusLabel"]["vi"], "Được tiếp nhận");
    assert_eq!(never["behind"], Value::Null, "no portal is told here");
    assert_eq!(behind(&door, true).await, 0);
    assert!(!page(&door).await.contains("id=\"portal\""));

    let folder = tempfile::tempdir().expect("a folder");
    let theirs = Theirs::listen(Moods::default()).await;
    theirs.moods().down = true;
    let telling = telling(&door, folder.path(), &theirs).await;
    let late = until(&door, |shown| shown["behind"] == true).await;
    assert_eq!(
        (&late["lastOutcome"], &late["attempts"]),
        (&json!("FAILED"), &json!(1))
    );
    assert_eq!(late["remoteStatus"], Value::Null);
    assert_ne!(late["behindSince"], Value::Null);
    assert_eq!(
        (behind(&door, true).await, behind(&door, false).await),
        (json!(1), json!(0))
    );
    let line = page(&door).await;
    assert!(
        line.contains("id=\"portal\"") && line.contains("Cổng chưa xác nhận lần nào"),
        "{line}"
    );

    theirs.moods().down = false;
    let known = until(&door, |shown| shown["behind"] == false).await;
    assert_eq!(
        (&known["remoteStatus"], &known["differs"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(known["lastOutcome"], "ACKNOWLEDGED");
    assert_ne!(known["acknowledgedAt"], Value::Null);
    assert_eq!(behind(&door, true).await, 0);
    assert!(
        page(&door)
            .await
            .contains("Cổng xác nhận 2 – Được tiếp nhận")
    );

    theirs.moods().refused.insert(door.code.clone());
    let to = "handler-01".to_owned();
    door.act(Role::Receiver, C::Forward { to }).await;
    let refused = until(&door, |shown| shown["refusal"] == "07").await;
    assert_eq!(
        (&refused["behind"], &refused["status"]),
        (&json!(true), &json!(4))
    );
    assert_eq!(
        (&refused["remoteStatus"], &refused["differs"]),
        (&json!(2), &json!(true))
    );
    assert!(page(&door).await.contains("mã lỗi 07"));
    telling.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_beyond_the_limits_of_decree_301_raises_alarms_and_findings() {
    let mut grounds = grounds().await;
    let place = Place::begin(grounds.swap_remove(0), "2026-11-25", 3).await;
    let node = place.node("first").await;
    let dossier = node.in_processing("2026-11-24 09:00").await;
    let when = "2026-11-24 10:00";
    node.act(
        when,
        dossier,
        Role::Signer,
        C::SignResult { signature: None },
    )
    .await;
    drop(node);
    // Opened two days later: nothing was told of what ended then.
    let node = place.node("first").await;
    let doors = place.api(&node).await;
    let folder = tempfile::tempdir().expect("a folder");
    let theirs = Theirs::listen(Moods::default()).await;
    theirs.moods().down = true;
    let work = Work::create_or_open(&Location::Sqlite(folder.path().join("work.db"))).await;
    let desk = doors.desk.as_ref().expect("a desk");
    let telling = tell(
        &theirs,
        work.expect("the work"),
        (desk.counter.clone(), node.models.clone()),
        (node.journal.clone(), desk.vault.clone()),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let base = format!(
        "http://{}/graphql",
        listener.local_addr().expect("an address")
    );
    let token = doors.sign_in.issue(
        &crate::office::actor(Role::Receiver),
        Duration::from_mins(5),
    );
    tokio::spawn(async move { axum::serve(listener, api::router(doors)).await });
    let ask = async |query: &str| -> Value {
        let request = client::client().post(&base).bearer_auth(&token);
        let answer = request.json(&json!({ "query": query })).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    };
    let list = format!("{{ dossiers(filter: {{ statuses: [COMPLETED] }}) {{ nodes {PORTAL} }} }}");
    let portal = async || -> Value {
        let mut answer = ask(&list).await;
        answer["data"]["dossiers"]["nodes"][0]["portal"].take()
    };
    let until = async |told: fn(&Value) -> bool| -> Value {
        for _ in 0..100 {
            let shown = portal().await;
            if told(&shown) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}", portal().await);
    };
    let late = until(|shown| shown["behind"] == true).await;
    let alarms = late["alarms"].as_array().expect("alarms");
    let codes: Vec<_> = alarms.iter().map(|alarm| &alarm["code"]).collect();
    assert_eq!(
        codes,
        ["END_NOT_SYNCHRONISED", "OUTAGE_NOT_FIXED"],
        "{late}"
    );
    assert_eq!(alarms[0]["certainty"], "VERIFIED");
    assert!(
        alarms[0]["legalBasis"]
            .as_str()
            .expect("a text")
            .contains("301/2026")
    );
    let found = async |code: &str| -> usize {
        let window = Window {
            from: "2026-11-01".parse().expect("a day"),
            to: "2026-11-30".parse().expect("a day"),
        };
        let counts = detector::counts(&node.models, window, None).await;
        let mut counts = counts.expect("findings").into_iter();
        counts
            .find(|(rule, _)| rule.code == code)
            .map_or(0, |(_, count)| count)
    };
    assert_eq!(found("sync_unanswered").await, 1);

    theirs.moods().down = false;
    let known = until(|shown| shown["behind"] == false).await;
    assert_eq!(known["alarms"], json!([]));
    telling.end().await;
    assert!(found("sync_slow").await > 0);
    assert_eq!(found("sync_unanswered").await, 0);
}

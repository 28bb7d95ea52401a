//! What receivers are told, and how the operator deals with them.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand;
use serde_json::Value;

use super::place::Place;
use super::receiver::{Receiver, free_port, once};
use crate::client::client;
use crate::clients;
use crate::grounds::{Ground, grounds};
use crate::office;

/// On a file: what differs between the back ends is asked elsewhere.
async fn given_an_office() -> Option<(Place, Receiver)> {
    let receiver = Receiver::new(free_port())?;
    let ground: Ground = grounds().await.remove(0);
    Some((Place::new(ground).await, receiver))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_holds_what_the_public_view_holds_and_no_person() {
    let Some((place, mut receiver)) = given_an_office().await else {
        return;
    };
    let (dossier, request) = office::acceptance(office::id(), "Nguyễn Văn 000123");
    place.node.counter.submit(request).await.expect("accepted");
    let secret = place.add("gateway-1", &receiver.url("/"), &["--from", "0"]);
    assert_eq!(place.did(&["secret", "gateway-1"]).trim(), secret);
    receiver.start_with(&secret);
    let _serving = place.serve("a");
    receiver.has(2).await;
    let told = receiver.told();
    let kinds: Vec<&str> = told.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["dossier.lodged", "dossier.accepted"]);
    let event: Value = serde_json::from_str(&told[1].body).expect("JSON");
    let data = &event["data"];
    assert_eq!(data["dossier"], dossier.to_string());
    assert_eq!(data["version"], 2);
    assert_eq!(data["status"], "ACCEPTED");
    assert_eq!(data["office"], office::OFFICE);
    assert_eq!(data["procedureCode"], office::PROCEDURE);
    assert_eq!(data["dueAt"], data["originalDueAt"]);
    assert_eq!(event["subject"], data["code"]);
    assert!(
        event["source"]
            .as_str()
            .expect("a source")
            .starts_with("urn:uuid:")
    );
    for one in &told {
        assert!(!one.body.contains("000123"), "{}", one.body);
        assert!(!one.body.contains("receiver-01"), "{}", one.body);
    }
    let log = place.did(&["log", "gateway-1"]);
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(
        log.lines()
            .all(|line| line.contains(" 204 ") && line.ends_with("accepted")),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_is_told_of_the_kinds_and_the_office_it_asked_for() {
    let Some((place, mut receiver)) = given_an_office().await else {
        return;
    };
    place.accept(3).await;
    let (dossier, request) = office::acceptance(office::id(), "Công dân 000123");
    place.node.counter.submit(request).await.expect("accepted");
    let forwarded = DossierCommand::Forward {
        to: "handler-01".into(),
    };
    let forwarded = office::on(dossier, Role::Receiver, forwarded);
    place
        .node
        .counter
        .submit(forwarded)
        .await
        .expect("forwarded");
    let kinds = "dossier.forwarded,dossier.handler_assigned";
    let from = ["--kind", kinds, "--from", "0"];
    let here = [&from[..], &["--office", office::OFFICE]].concat();
    let elsewhere = ["--office", "H38.40.02", "--from", "0"];
    let secret = place.add("here-1", &receiver.url("/"), &here);
    place.add("elsewhere-1", &receiver.url("/"), &elsewhere);
    receiver.start_with(&secret);
    let _serving = place.serve("a");
    receiver.has(1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let told = receiver.told();
    let kinds: Vec<&str> = told.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["dossier.forwarded"]);
    let listed = place.did(&["list"]);
    assert_eq!(listed.matches(", 0 behind").count(), 2, "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_to_the_end_is_laid_aside_and_can_be_sent_again() {
    let Some((place, mut receiver)) = given_an_office().await else {
        return;
    };
    place.accept(3).await;
    let expected = place.of_dossiers().await;
    // Each is lodged, and then accepted.
    let taken: Vec<u64> = expected.iter().copied().step_by(2).collect();
    let refused: Vec<u64> = expected.iter().copied().skip(1).step_by(2).collect();
    let secret = place.add("strict-1", &receiver.url("/never"), &["--from", "0"]);
    receiver.start_with(&secret);
    let serving = place.serve("a");
    receiver.has(taken.len()).await;
    let heard: Vec<u64> = receiver.told().iter().map(|one| one.position).collect();
    assert_eq!(heard, taken);
    for _ in 0..400 {
        if place.did(&["dead", "strict-1"]).lines().count() == refused.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let dead = place.did(&["dead", "strict-1"]);
    for position in &refused {
        assert!(dead.contains(&format!("position {position} ")), "{dead}");
    }
    assert!(dead.contains("4 attempts  it answered 422"), "{dead}");
    drop(serving);
    place.did(&["remove", "strict-1"]);
    let secret = place.add("strict-1", &receiver.url("/"), &["--from", "0"]);
    receiver.kill();
    receiver.start_with(&secret);
    let _serving = place.serve("a");
    receiver.has(taken.len() + expected.len()).await;
    place.did(&["replay", "strict-1", "--from", &expected[2].to_string()]);
    receiver
        .has(taken.len() + expected.len() + expected.len() - 2)
        .await;
    assert_eq!(once(receiver.told()).len(), expected.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_waits_says_so_and_one_that_is_gone_is_left_alone() {
    let Some((place, mut receiver)) = given_an_office().await else {
        return;
    };
    place.accept(1).await;
    let slow = place.add("slow-1", &receiver.url("/slow"), &["--from", "0"]);
    receiver.start_with(&slow);
    let serving = place.serve("a");
    receiver.has(2).await;
    let log = place.did(&["log", "slow-1"]);
    assert_eq!(log.matches("it answered 503").count(), 4, "{log}");
    place.did(&["pause", "slow-1"]);
    place.accept(1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(receiver.told().len(), 2, "paused");
    place.did(&["resume", "slow-1"]);
    receiver.has(4).await;
    place.did(&["remove", "slow-1"]);
    drop(serving);
    receiver.kill();
    let gone = place.add("gone-1", &receiver.url("/gone"), &["--from", "0"]);
    receiver.start_with(&gone);
    let _serving = place.serve("a");
    for _ in 0..400 {
        if place
            .did(&["list"])
            .contains("gone-1                   gone")
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let listed = place.did(&["list"]);
    assert!(listed.contains("wants nothing more"), "{listed}");
    assert_eq!(place.did(&["log", "gone-1"]).lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_behind_the_office_s_own_doors_is_not_added() {
    let Some((place, _)) = given_an_office().await else {
        return;
    };
    for (url, why) in [
        ("https://10.1.2.3/hook", "is not a public address"),
        ("https://169.254.169.254/latest", "is not a public address"),
        ("http://93.184.215.14/hook", "use https://"),
        ("ftp://example.org/", "not an address of the web"),
        ("nowhere", "not an address"),
        ("https://a:b@example.org/", "name or password"),
    ] {
        let refused = place.webhook(&["add", "--name", "hook-1", "--url", url]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{url}");
        assert!(told.contains(why), "{url}: {told}");
    }
    let unknown = ["add", "--name", "hook-1", "--url", "https://example.org/"];
    for (more, why) in [
        (["--kind", "dossier.sold"], "no fact of type dossier.sold"),
        (["--office", "H99.99"], "knows no office"),
        (["--from", "1000000"], "there is no position"),
    ] {
        let refused = place.webhook(&[&unknown[..], &more[..]].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(place.did(&["list"]), "");
}

/// The example checks with the library of PyPI, and refuses a message that nobody signed.
#[tokio::test(flavor = "multi_thread")]
async fn the_example_in_python_prints_each_fact_once_and_refuses_what_is_not_signed() {
    let installed = tokio::task::spawn_blocking(clients::python);
    let Some(python) = installed.await.expect("no panic") else {
        eprintln!("skipped: Python's packages cannot be fetched");
        return;
    };
    let place = Place::new(grounds().await.remove(0)).await;
    place.accept(2).await;
    let url = format!("http://127.0.0.1:{}/", free_port());
    let secret = place.add("gateway-1", &url, &["--from", "0"]);
    let folder = tempfile::tempdir().expect("a folder");
    let mut example = Command::new(python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/examples/python/receiver.py"
        ))
        .arg(secret)
        .arg(
            url.trim_end_matches('/')
                .rsplit(':')
                .next()
                .expect("a port"),
        )
        .arg(folder.path().join("told.db"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut lines = BufReader::new(example.stdout.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("text");
    assert!(first.starts_with("listening"), "{first}");
    let forged = client().post(&url).body("{\"id\": \"1\"}").send().await;
    assert_eq!(forged.expect("an answer").status(), 401);
    let _serving = place.serve("a");
    let expected = place.of_dossiers().await;
    let told: Vec<String> = lines.by_ref().take(4).map_while(Result::ok).collect();
    for (line, position) in told.iter().zip(&expected) {
        assert!(line.starts_with(&format!("[\"{position}\", ")), "{line}");
    }
    assert!(told[1].ends_with("\"ACCEPTED\"]"), "{}", told[1]);
    place.did(&["replay", "gateway-1", "--from", "0"]);
    place.accept(1).await;
    let next = lines.next().expect("a line").expect("text");
    assert!(next.contains("dossier.lodged"), "nothing twice: {next}");
    example.kill().expect("it is stopped");
    example.wait().expect("it ends");
}

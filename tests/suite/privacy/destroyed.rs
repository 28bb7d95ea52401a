//! What was destroyed is in no answer, no file and no export, and in no backup either once its wrapping key is destroyed; what lives
//! goes on, and every proof holds.

use std::path::Path;
use std::process::{Command, Output};

use motcua::acts::Counter;
use motcua::api::Api;
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::projections::erasures;
use motcua::reactions::erasing::at_start;
use motcua::vault::{Keys, Location, Opened, Vault};
use serde_json::{Value, json};

use super::planted::{
    ADDRESS, CITIZEN, EMAIL, NAME, NOTE, PAPER, PHONE, TEXT, opened, plant,
    then_nothing_is_answered,
};
use super::{closed, dossier_of, finish, held, order, parts};
use crate::commands::ground::{Caller, Office, done, person, served};
use crate::integrity::copy_folder;

/// All that is the person's; the holder of an older result is somebody else.
const PERSONAL: [&str; 8] = [NAME, CITIZEN, PHONE, EMAIL, ADDRESS, NOTE, TEXT, PAPER];

/// Runs `motcua WORDS… --data FOLDER --keys FOLDER` beside the office that is served.
fn motcua(office: &Office, keys: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command
        .args(words)
        .arg("--data")
        .arg(office.folder())
        .arg("--keys")
        .arg(keys);
    command
        .env_remove("MOTCUA_JOURNAL")
        .output()
        .expect("the program runs")
}

#[track_caller]
fn did(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn failed(output: &Output, why: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains(why), "{told}");
}

/// The vault of a backup, with the keys that are there now.
async fn restored(backup: &Path, keys: &Path) -> (Vault, Keys) {
    let keys = Keys::load_or_create(keys).expect("keys");
    let vault = Vault::create_or_open(&Location::Sqlite(backup.join("vault.db")), &keys).await;
    (vault.expect("a vault"), keys)
}

/// What a node with the backup's vault answers to the holder of the receipt.
async fn answered(office: &Office, backup: &Path, keys: &Path, code: &str, key: &str) -> Value {
    let (vault, keys) = restored(backup, keys).await;
    let (models, journal) = (office.api.models.clone(), office.api.journal.clone());
    let counter = Counter::open(journal.clone(), vault.clone(), &keys).await;
    let node = Api::new(counter.expect("a counter"), models, journal, vault, &keys);
    let url = opened(office, node).await;
    let query = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) { applicant { fullName } } }";
    let body = json!({ "query": query, "variables": { "code": code, "key": key } });
    let answer = crate::client::client()
        .post(format!("{url}/graphql"))
        .json(&body)
        .send()
        .await;
    answer.expect("an answer").json().await.expect("JSON")
}

async fn readable(
    vault: &Vault,
    wanted: &[(uuid::Uuid, uuid::Uuid, motcua::domain::part::Part)],
) -> usize {
    let opened = vault.open(wanted).await.expect("read");
    opened
        .iter()
        .filter(|one| matches!(one, Opened::Present(_)))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_destroyed_is_in_no_answer_and_in_no_backup_once_its_key_is_gone() {
    let office = served().await;
    let (code, key) = plant(&office).await;
    finish(&office, &code).await;
    let (living, living_key) = closed(&office).await;
    let dossier = dossier_of(&office, &code).await;
    let wanted = parts(&office, dossier).await;

    // The backup of a night, and the keys where a node has them.
    let folder = tempfile::tempdir().expect("a folder");
    let (backup, keys) = (folder.path().join("backup"), folder.path().join("keys"));
    std::fs::create_dir(&backup).expect("a folder");
    office.copy_vault(&backup.join("vault.db")).await;
    let own_keys = office.folder().join("keys");
    copy_folder(&own_keys, &keys);
    let second = tempfile::tempdir().expect("a folder");
    copy_folder(&own_keys, &second.path().join("keys"));

    let all = ["IDENTITY", "CONTACT", "CONTENT", "ATTACHMENT"];
    let head = person(Role::CentreManager);
    done(
        &office
            .call_as(&head, "erasePersonalData", order(&code, &all))
            .await,
    );
    let url = opened(&office, office.api.clone()).await;
    let asked = then_nothing_is_answered(&office, &url, (&code, &key), &PERSONAL).await;
    println!("{asked} answers of the office's own node without a trace");
    let exported = did(&motcua(&office, &keys, &["export"]));
    let history = did(&motcua(&office, &keys, &["history", &code]));
    assert_eq!(
        super::planted::found((exported + &history).as_bytes(), &PERSONAL),
        [""; 0]
    );

    // The backup still tells it.
    let (before, _) = restored(&backup, &keys).await;
    assert!(readable(&before, &wanted).await > 5);
    drop(before);

    // The wrapping key is made, brought to the other node, and used.
    let made = did(&motcua(&office, &keys, &["vault", "rotate", "--prepare"]));
    assert!(made.contains("w2"), "{made}");
    std::fs::copy(keys.join("wrapping-2.key"), own_keys.join("wrapping-2.key")).expect("copied");
    let rotated = did(&motcua(&office, &keys, &["vault", "rotate"]));
    assert!(rotated.contains("wrapped anew"), "{rotated}");
    let read = held(&office, &living, &living_key).await;
    assert!(read["applicant"]["fullName"].is_string(), "{read}");

    let destroy = |days: &'static str, custodians: &[&'static str]| {
        let mut words = vec!["vault", "destroy-key", "w1", "--kept-days", days];
        words.extend(custodians.iter().flat_map(|id| ["--custodian", id]));
        motcua(&office, &keys, &words)
    };
    failed(
        &destroy("30", &["keeper-1", "keeper-2"]),
        "backups that are kept",
    );
    failed(&destroy("0", &["keeper-1"]), "by two");
    failed(&destroy("0", &["keeper-1", "keeper-1"]), "by two");
    failed(
        &destroy("0", &["keeper-1", "Nguyễn Văn A"]),
        "not an actor id",
    );
    assert_eq!(
        certificate(&office, &code, &key).await["backupsUnreadableAt"],
        Value::Null
    );
    let told = did(&destroy("0", &["keeper-1", "keeper-2"]));
    assert!(told.contains("is destroyed"), "{told}");
    assert!(!keys.join("wrapping-1.key").exists());
    failed(&destroy("0", &["keeper-1", "keeper-2"]), "destroyed");
    let certificate = certificate(&office, &code, &key).await;
    assert!(
        certificate["backupsUnreadableAt"].is_string(),
        "{certificate}"
    );
    let auditor = office.signed_in(&Actor::new("auditor-01", NO_OFFICE, Role::Auditor));
    let trail =
        "{ auditTrail(first: 1, filter: { kind: \"key.destroyed\" }) { nodes { kind actor } } }";
    let trail = office.post(&auditor, trail, Value::Null).await;
    assert_eq!(
        trail["data"]["auditTrail"]["nodes"][0]["kind"], "key.destroyed",
        "{trail}"
    );

    // The other node takes its copy away as well.
    let desk = office.api.desk.clone().expect("a desk");
    assert!(own_keys.join("wrapping-1.key").exists());
    let again = at_start(&desk.counter, &office.api.models, &desk.vault).await;
    assert_eq!(again.expect("carried out"), 1);
    assert!(!own_keys.join("wrapping-1.key").exists());

    // The backup tells nothing, whoever has it with the keys there are; and says so in a way of its own.
    let (after, _) = restored(&backup, &keys).await;
    assert_eq!(readable(&after, &wanted).await, 0);
    drop(after);
    for (code, key) in [(&code, &key), (&living, &living_key)] {
        let answer = answered(&office, &backup, &keys, code, key).await;
        let why = answer.pointer("/errors/0/extensions/code");
        assert_eq!(why, Some(&json!("UNAVAILABLE")), "{answer}");
        assert_eq!(
            super::planted::found(answer.to_string().as_bytes(), &PERSONAL),
            [""; 0]
        );
    }
    // Keys that came back from a backup too are destroyed again before anything is shown.
    let (came_back, _) = restored(&backup, &second.path().join("keys")).await;
    assert!(readable(&came_back, &wanted).await > 5);
    // The one that followed is not made anew: another of its name would take its place in backups.
    let early = at_start(&desk.counter, &office.api.models, &came_back).await;
    let early = early.expect_err("w2 is missing").to_string();
    assert!(early.contains("w2 is missing"), "{early}");
    assert!(second.path().join("keys/wrapping-1.key").exists());
    let next = second.path().join("keys/wrapping-2.key");
    std::fs::copy(keys.join("wrapping-2.key"), next).expect("copied");
    let again = at_start(&desk.counter, &office.api.models, &came_back).await;
    let again = again.expect("carried out");
    assert_eq!(again, 1, "the key; the data went before it was missed");
    assert_eq!(readable(&came_back, &wanted).await, 0);
    assert!(!second.path().join("keys/wrapping-1.key").exists());
    let living_parts = parts(&office, dossier_of(&office, &living).await).await;
    assert!(
        readable(&came_back, &living_parts).await > 0,
        "what lives was wrapped anew first"
    );

    // Every fact and proof is what it was.
    did(&motcua(&office, &keys, &["rebuild"]));
    let verified = motcua(&office, &keys, &["verify", "--replay"]);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    let looked = did(&motcua(&office, &keys, &["vault", "keys"]));
    assert!(looked.contains("w2"), "{looked}");
    let page = crate::client::client().get(format!("{url}/t/{code}?k={key}"));
    let page = page
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("a page");
    assert!(
        page.contains("id=\"destroyed\"") && page.contains("12/QĐ-UBND"),
        "{page}"
    );
    let row = &erasures::of_dossier(&office.api.models, dossier)
        .await
        .expect("rows")[0];
    assert!(
        row.done
            .is_some_and(|done| done.backups_unreadable_at.is_some())
    );
}

async fn certificate(office: &Office, code: &str, key: &str) -> Value {
    let size = office.api.journal.head().await.expect("a head").size;
    let reached = office
        .api
        .models
        .reach(size - 1, std::time::Duration::from_secs(20));
    assert!(reached.await);
    let query = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
        erasures { doneAt backupsUnreadableAt } } }";
    let mut body = office
        .post(
            &Caller::default(),
            query,
            json!({ "code": code, "key": key }),
        )
        .await;
    body["data"]["tracking"]["erasures"][0].take()
}

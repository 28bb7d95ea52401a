//! What a process writes about itself holds no personal data: neither what it is told, nor what it refuses.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use motcua::domain::actor::Role;
use serde_json::{Value, json};

use super::planted::{CITIZEN, EMAIL, NAME, NOTE, PHONE, found};
use crate::client::client;
use crate::commands::ground::{OFFICES, PROCEDURE, person, served};
use crate::integrity::copy_folder;
use crate::office::id;

/// Typed where it does not belong, too.
const MISPLACED: &str = "Trồngnhầm";
const WORDS: [&str; 6] = [NAME, CITIZEN, EMAIL, PHONE, NOTE, MISPLACED];

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_log_nor_metrics_hold_what_was_typed() {
    let office = served().await;
    let token = office.token(&person(Role::Receiver));
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    copy_folder(&office.folder().join("keys"), &keys);
    let log = folder.path().join("log");
    let started = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .arg("--data")
        .arg(office.folder())
        .arg("--keys")
        .arg(&keys)
        .env_remove("MOTCUA_JOURNAL")
        .env("MOTCUA_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(File::create(&log).expect("a file"))
        .spawn();
    let mut served = Serving(started.expect("the program runs"));
    let printed = BufReader::new(served.0.stdout.take().expect("a pipe"));
    let mut lines = printed.lines().map_while(Result::ok);
    let url = lines.find_map(|line| {
        let at = line.find("http://127.0.0.1:")?;
        let rest = &line[at + "http://".len()..];
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ':')));
        Some(format!("http://{}", &rest[..end.unwrap_or(rest.len())]))
    });
    let url = url.expect("it says where it serves");
    std::thread::spawn(move || lines.for_each(drop));

    let ask = async |query: &str, variables: Value| -> Value {
        let request = client().post(format!("{url}/graphql")).bearer_auth(&token);
        let answer = request
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await;
        answer.expect("an answer").json().await.expect("JSON")
    };
    let accept = "mutation($input: AcceptDossierAtCounterInput!) { acceptDossierAtCounter(input: $input) { code errors { code } } }";
    let filing = |phone: &str, office: &str| {
        json!({ "input": { "commandId": id(), "office": office, "procedure": PROCEDURE, "note": NOTE, "applicant": {
            "fullName": format!("Nguyễn {NAME}"), "citizenNumber": CITIZEN, "phone": phone, "email": format!("{EMAIL}@example.org") } } })
    };
    let accepted = ask(accept, filing(PHONE, OFFICES[0])).await;
    let code = accepted["data"]["acceptDossierAtCounter"]["code"].as_str();
    let code = code.unwrap_or_else(|| panic!("{accepted}")).to_owned();
    // Refused in each of the ways there are: by the form, by the rules, by the schema, by the parser, by the door.
    let refused = ask(accept, filing(MISPLACED, OFFICES[0])).await;
    assert!(refused.to_string().contains("VALUE_MALFORMED"), "{refused}");
    let refused = ask(accept, filing(PHONE, OFFICES[1])).await;
    assert!(refused.to_string().contains("WRONG_OFFICE"), "{refused}");
    let misplaced = json!({ "input": { MISPLACED: NAME } });
    assert!(ask(accept, misplaced).await["errors"].is_array());
    let typed = format!("{{ findDossiers(by: {{ name: \"{NAME}\" }}) {{ dossiers {{ code }} }} }}");
    let told = ask(&typed, Value::Null).await;
    assert_eq!(
        told["data"]["findDossiers"]["dossiers"][0]["code"], code,
        "{told}"
    );
    ask(&format!("{{ {MISPLACED}({NAME} "), Value::Null).await;
    let found_by = "query($by: PersonBy!) { findDossiers(by: $by) { dossiers { applicant(reveal: true) { fullName } } } }";
    let told = ask(found_by, json!({ "by": { "phone": PHONE } })).await;
    assert!(told.to_string().contains(NAME), "{told}");
    let get = async |path: String, token: &str| {
        let request = client().get(format!("{url}{path}")).bearer_auth(token);
        request
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("a text")
    };
    for path in [
        format!("/t/{NAME}"),
        format!("/t/{code}?k={NAME}"),
        format!("/graphql?query={{{MISPLACED}}}"),
        format!("/desk/d/{code}?reveal=1"),
        format!("/{MISPLACED}"),
    ] {
        get(path, &token).await;
    }
    get("/desk".to_owned(), NAME).await;

    let metrics = get("/metrics".to_owned(), &token).await;
    assert!(metrics.contains("# TYPE"), "{metrics}");
    assert_eq!(found(metrics.as_bytes(), &WORDS), [""; 0]);
    drop(served);
    let log = std::fs::read(&log).expect("a log");
    assert!(log.len() > 10_000, "it is talkative: {}", log.len());
    let words: Vec<String> = WORDS
        .iter()
        .map(|word| word.escape_unicode().to_string())
        .collect();
    let text = String::from_utf8_lossy(&log);
    let told = text.lines().find(|line| {
        !found(line.as_bytes(), &WORDS).is_empty()
            || words.iter().any(|word| line.contains(word.as_str()))
    });
    assert_eq!(told, None);
}

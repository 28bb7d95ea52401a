//! A node whose journal was set back: it takes no command, and says so at every door.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use crate::client::client;
use crate::integrity::sealing::copy_folder;
use crate::office::{OFFICE, PROCEDURE, id};

/// The program, serving; it ends with the test.
struct Serving {
    child: Child,
    base: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    command
        .args(arguments)
        .env("MOTCUA_DATA", folder.join("data"))
        .env("MOTCUA_KEYS", folder.join("keys"))
        .stdin(Stdio::null());
    command
}

fn serve(folder: &Path) -> Serving {
    let mut child = command(folder, &["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    let mut lines = out.lines().map_while(Result::ok);
    let start = lines.find(|line| line.trim_start().starts_with("start "));
    let start = start.expect("an address");
    let base = start.split_whitespace().nth(1).expect("an address");
    let base = base.trim_end_matches('/').to_owned();
    // It goes on printing; nobody reads it.
    std::thread::spawn(move || lines.count());
    Serving { child, base }
}

impl Serving {
    async fn get(&self, path: &str) -> Response {
        let sent = client().get(format!("{}{path}", self.base)).send().await;
        sent.expect("an answer")
    }

    /// Accepts a dossier at the counter; the payload.
    async fn accept(&self, token: &str) -> Value {
        let query = "mutation($input: AcceptDossierAtCounterInput!) {
            acceptDossierAtCounter(input: $input) { position errors { code } } }";
        let input = json!({
            "commandId": id(), "procedure": PROCEDURE, "office": OFFICE,
            "applicant": {"fullName": "Công dân 000123", "phone": "0000000123"},
        });
        let asked = json!({"query": query, "variables": {"input": input}});
        let mut answer = self.ask(Some(token), &asked).await;
        answer["data"]["acceptDossierAtCounter"].take()
    }

    async fn ask(&self, token: Option<&str>, asked: &Value) -> Value {
        let mut request = client().post(format!("{}/graphql", self.base)).json(asked);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Waits for a checkpoint over this position.
    async fn until_sealed(&self, position: u64) {
        for _ in 0..100 {
            let proof = self.get(&format!("/log/proof/inclusion/{position}")).await;
            if proof.status().as_u16() == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it was not sealed in ten seconds");
    }
}

fn token(folder: &Path) -> String {
    let arguments = [
        "token",
        "--role",
        "receiver",
        "--actor",
        "receiver-01",
        "--office",
        OFFICE,
    ];
    let output = command(folder, &arguments)
        .output()
        .expect("the program runs");
    let token = String::from_utf8(output.stdout).expect("a token");
    token.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_older_data_folder_is_told_at_every_door_and_takes_no_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, data) = (folder.path(), folder.path().join("data"));
    let opened = command(folder, &["init", "--office", OFFICE, "--name", "X"]).output();
    assert!(opened.expect("the program runs").status.success());
    let (backup, token) = (folder.join("backup"), token(folder));
    copy_folder(&data, &backup);

    let serving = serve(folder);
    let accepted = serving.accept(&token).await;
    let position = accepted["position"].as_str().expect("a position");
    serving
        .until_sealed(position.parse().expect("a number"))
        .await;
    assert_eq!(serving.get("/readyz").await.status().as_u16(), 200);
    drop(serving);
    fs::remove_dir_all(&data).expect("lost");
    copy_folder(&backup, &data);

    let serving = serve(folder);
    let ready = serving.get("/readyz").await;
    assert_eq!(ready.status().as_u16(), 503);
    let why = ready.text().await.expect("a text");
    assert!(why.contains("LOG_ROLLED_BACK"), "{why}");
    let home = serving.get("/?lang=en").await.text().await.expect("a page");
    assert!(home.contains("not the one that was sealed") && home.contains("LOG_ROLLED_BACK"));
    let checkpoint = serving.get("/log/checkpoint").await;
    assert_eq!(checkpoint.status().as_u16(), 503);
    let body: Value = checkpoint.json().await.expect("JSON");
    assert_eq!(body["code"], "LOG_ROLLED_BACK");
    let refused = serving.accept(&token).await;
    assert_eq!(refused["errors"][0]["code"], "NODE_HALTED", "{refused}");
    let log = serving
        .ask(None, &json!({"query": "{ log { halted size } }"}))
        .await;
    assert_eq!(log["data"]["log"]["halted"], "LOG_ROLLED_BACK", "{log}");
}

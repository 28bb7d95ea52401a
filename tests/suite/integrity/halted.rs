//! The program on a journal that was set back: it shows what it holds, takes no command, and says so everywhere.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use motcua::integrity::{Integrity, Place, Role};
use motcua::journal::{Journal, Location};
use serde_json::{Value, json};

use super::ground::by_hand_in;
use crate::client::client;
use crate::office::{self, OFFICE, PROCEDURE};

struct Folders {
    _kept: tempfile::TempDir,
    place: Place,
}

impl Folders {
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(arguments)
            .env("MOTCUA_DATA", &self.place.data)
            .env("MOTCUA_KEYS", &self.place.keys)
            .env_remove("MOTCUA_LOG")
            .stdin(Stdio::null());
        command
    }

    fn token(&self) -> String {
        let arguments = [
            "token",
            "--role",
            "receiver",
            "--actor",
            "receiver-01",
            "--office",
            OFFICE,
        ];
        let printed = self.program(&arguments).output().expect("the program runs");
        let text = String::from_utf8(printed.stdout).expect("text");
        let token = text.split_whitespace().find(|word| word.len() > 80);
        token.expect("a token").to_owned()
    }

    async fn size(&self) -> u64 {
        let journal = Journal::open_read_only(&self.place.journal).await;
        let head = journal.expect("a journal").head().await;
        head.expect("a head").size
    }
}

/// A served program, stopped when it is dropped.
struct Served {
    process: Child,
    url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn served(folders: &Folders) -> Served {
    let mut process = folders
        .program(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let start = lines.find_map(|line| {
        let line = line.expect("a line");
        let url = line.trim().strip_prefix("start")?.trim().to_owned();
        Some(url.trim_end_matches('/').to_owned())
    });
    Served {
        process,
        url: start.expect("the address of its first page"),
    }
}

async fn given_a_sealed_office() -> Folders {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let place = Place {
        journal: Location::Sqlite(data.join("journal.db")),
        data,
        keys: folder.path().join("keys"),
        policy: None,
    };
    let node = office::node(&place.journal, &place.keys).await;
    let (_, request) = office::acceptance(office::id(), "Công dân 000001");
    node.counter.submit(request).await.expect("accepted");
    let opened = Integrity::open(&place, node.journal.clone(), Role::Signer).await;
    let (_integrity, mut sealer) = opened.expect("the proof opens");
    sealer.step().await.expect("sealed");
    Folders {
        _kept: folder,
        place,
    }
}

async fn accept(served: &Served, token: &str) -> Value {
    let query = "mutation($input: AcceptDossierAtCounterInput!) {
        acceptDossierAtCounter(input: $input) { position errors { code messageVi messageEn } } }";
    let input = json!({
        "commandId": office::id(), "procedure": PROCEDURE, "office": OFFICE,
        "applicant": {"fullName": "Công dân 000002"},
    });
    let answer = client()
        .post(format!("{}/graphql", served.url))
        .bearer_auth(token)
        .json(&json!({"query": query, "variables": {"input": input}}))
        .send()
        .await
        .expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["acceptDossierAtCounter"].clone()
}

async fn page(served: &Served, path: &str) -> (u16, String) {
    let address = format!("{}{path}", served.url);
    let answer = client().get(address).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("a text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_on_a_journal_that_was_set_back_takes_no_command_and_says_so_on_every_page() {
    let folders = given_a_sealed_office().await;
    let token = folders.token();
    let size = folders.size().await;
    {
        let served = served(&folders);
        let payload = accept(&served, &token).await;
        assert_eq!(payload["errors"], json!([]), "{payload}");
        assert_eq!(page(&served, "/readyz").await.0, 200);
        assert!(
            !page(&served, "/?lang=en")
                .await
                .1
                .contains("was sealed</strong>")
        );
    }
    let Location::Sqlite(file) = &folders.place.journal else {
        panic!("an embedded journal");
    };
    let back = size - 2;
    by_hand_in(
        file,
        &format!("drop trigger entry_is_never_deleted; delete from entry where position >= {back}"),
    )
    .await;
    // The read models are gone with the rest of an old machine; only the keys' folder remembers.
    for file in std::fs::read_dir(&folders.place.data).expect("the folder") {
        let file = file.expect("a file").path();
        let name = file
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if name.starts_with("read-") || name.starts_with("seals.db") {
            std::fs::remove_file(file).expect("removed");
        }
    }
    let served = served(&folders);
    let payload = accept(&served, &token).await;
    assert_eq!(payload["errors"][0]["code"], "NODE_HALTED", "{payload}");
    for language in ["messageVi", "messageEn"] {
        let message = payload["errors"][0][language].as_str().expect("a text");
        assert!(message.contains("LOG_ROLLED_BACK"), "{message}");
    }
    for path in ["/", "/t", "/statistics", "/p"] {
        let (status, text) = page(&served, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(text.contains("LOG_ROLLED_BACK"), "{path}");
    }
    for path in ["/readyz", "/log/checkpoint", "/log/proof/inclusion/0"] {
        let (status, text) = page(&served, path).await;
        assert_eq!(status, 503, "{path}");
        assert!(text.contains("LOG_ROLLED_BACK"), "{path}: {text}");
    }
    assert_eq!(folders.size().await, back, "nothing was recorded");
    let evidence = std::fs::read_dir(folders.place.data.join("evidence")).expect("evidence");
    assert!(evidence.count() > 0);
}

//! A live journal of one office, served by the real program, and a line to it.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Options;
use crate::ground::{fresh_database, id};

pub const OFFICE: &str = "H38.40.01";
const PROCEDURE: &str = "1.004873";
const ACCEPT: &str = "mutation($input: AcceptDossierAtCounterInput!) { acceptDossierAtCounter(input: $input) \
    { position visible code errors { code } } }";

/// A live journal of one office, served by one node or several.
pub struct Office {
    nodes: Vec<Node>,
    pub token: String,
}

impl Office {
    pub async fn open(options: &Options, folder: &Path) -> Self {
        let mut common = vec![
            "--keys".to_owned(),
            folder.join("keys").display().to_string(),
        ];
        if let Some(server) = &options.postgres {
            common.extend(["--journal".to_owned(), fresh_database(server).await]);
        }
        let place = |number: usize| {
            let data = folder.join(format!("data-{number}")).display().to_string();
            [common.clone(), vec!["--data".to_owned(), data]].concat()
        };
        let run = |words: &[&str]| {
            let done = Command::new(&options.program)
                .args(words)
                .args(place(0))
                .output();
            let done = done.expect("the program runs: cargo build --release");
            assert!(
                done.status.success(),
                "{}",
                String::from_utf8_lossy(&done.stderr)
            );
            String::from_utf8(done.stdout).expect("text")
        };
        run(&["init", "--office", OFFICE, "--name", "Đo tốc độ"]);
        let token = run(&[
            "token",
            "--role",
            "receiver",
            "--actor",
            "receiver-01",
            "--office",
            OFFICE,
        ]);
        let token = token.split_whitespace().last().expect("a token").to_owned();
        let nodes = (0..options.nodes).map(|number| Node::serve(&options.program, &place(number)));
        let nodes = nodes.collect();
        Self { nodes, token }
    }

    /// Where the node of this line serves: a line keeps to its node.
    pub fn address(&self, line: usize) -> &str {
        &self.nodes[line % self.nodes.len()].address
    }

    /// One line to its node.
    pub async fn line(&self, number: usize) -> Line {
        Line::open(self.address(number)).await
    }

    /// Bytes of the nodes that are in memory.
    pub fn resident(&self) -> u64 {
        self.nodes.iter().map(Node::resident).sum()
    }
}

struct Node {
    process: Child,
    address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Node {
    fn serve(program: &Path, place: &[String]) -> Self {
        let mut serve = Command::new(program);
        serve.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--rate-token",
            "0",
            "--rate-address",
            "0",
            "--graphql-streams",
            "20000",
        ]);
        serve
            .args(place)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = serve.spawn().expect("it serves");
        let address = address(&mut process);
        Self { process, address }
    }

    fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.expect("it runs, under Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.and_then(|kib| kib.parse::<u64>().ok()).expect("VmRSS") * 1_024
    }
}

/// Where it serves: its welcome says it.
fn address(node: &mut Child) -> String {
    let mut out = node.stdout.take().expect("its words");
    let (mut said, mut piece) = (String::new(), [0; 1_024]);
    loop {
        let read = out.read(&mut piece).expect("its words");
        assert!(read > 0, "it ended: {said}");
        said.push_str(&String::from_utf8_lossy(&piece[..read]));
        if let Some((_, rest)) = said.split_once("http://")
            && let Some((address, _)) = rest.split_once('/')
        {
            // It goes on talking; nobody may make it wait.
            let address = address.to_owned();
            std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
            return address;
        }
    }
}

/// A line that stays open: HTTP/1.1 with nothing in it that is not needed, so that most of the cores is the program's.
pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self {
            stream,
            buffer: Vec::with_capacity(64 * 1_024),
        }
    }

    /// Accepts a dossier at the counter; its code, once it is shown.
    pub async fn accept(&mut self, token: &str) -> String {
        let input = json!({
            "commandId": id(), "office": OFFICE, "procedure": PROCEDURE,
            "applicant": {"fullName": "Công dân 000001", "citizenNumber": "038090000001", "phone": "0900000001"},
        });
        let asking = json!({"query": ACCEPT, "variables": {"input": input}});
        let told = self.ask(&asking, token).await;
        let told = &told["data"]["acceptDossierAtCounter"];
        assert_eq!(told["visible"], true, "{told}");
        told["code"].as_str().expect("a code").to_owned()
    }

    pub async fn ask(&mut self, body: &Value, token: &str) -> Value {
        let body = body.to_string();
        let who = if token.is_empty() {
            String::new()
        } else {
            format!("authorization: Bearer {token}\r\n")
        };
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\n{who}content-type: application/json\r\ncache-control: no-cache\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream
            .write_all(request.as_bytes())
            .await
            .expect("sent");
        self.buffer.clear();
        loop {
            let read = self
                .stream
                .read_buf(&mut self.buffer)
                .await
                .expect("an answer");
            assert!(read > 0, "the line was closed");
            if let Some(told) = whole(&self.buffer) {
                return told;
            }
        }
    }
}

/// The answer's body, once all of it is there.
fn whole(answer: &[u8]) -> Option<Value> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).expect("a head");
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length: ")
            .map(str::to_owned)
    });
    let length: usize = length.expect("a length").parse().expect("a number");
    let body = answer.get(end + 4..end + 4 + length)?;
    assert!(
        head.starts_with("HTTP/1.1 200"),
        "{head} {}",
        String::from_utf8_lossy(body)
    );
    Some(serde_json::from_slice(body).expect("JSON"))
}

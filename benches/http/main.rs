//! P4 and P5 from outside: the real program as a process of its own, asked over lines that stay open.
//!
//! `cargo bench --bench http -- [--program FILE] [--postgres URL] [--connections N] [--seconds S]`
//! `accept`: each line sends one acceptance after the other (GraphQL mutation, token, rules, durable) and waits until the answer shows
//! it in the read models. `track`: then each line asks for the public view of those dossiers by code, with one document
//! of the program's own, made anew each time. Both print answers a second and the times in milliseconds. The asking itself takes part of the same cores.

#[path = "../ground.rs"]
mod ground;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use self::ground::{fresh_database, id};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const OFFICE: &str = "H38.40.01";
const PROCEDURE: &str = "1.004873";
const ACCEPT: &str = "mutation($input: AcceptDossierAtCounterInput!) { acceptDossierAtCounter(input: $input) \
    { position visible code errors { code } } }";
const TRACK: &str = include_str!("../../src/web/queries/public/tracking.graphql");

struct Options {
    program: PathBuf,
    postgres: Option<String>,
    connections: usize,
    seconds: u64,
}

fn options() -> Options {
    let mut options = Options {
        program: "target/release/motcua".into(),
        postgres: None,
        connections: 64,
        seconds: 5,
    };
    let mut words = std::env::args().skip(1);
    let number = |word: Option<String>| word.and_then(|word| word.parse().ok());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--program" => options.program = words.next().expect("a file").into(),
            "--postgres" => options.postgres = words.next(),
            "--connections" => options.connections = number(words.next()).unwrap_or(64),
            "--seconds" => {
                options.seconds = number(words.next())
                    .and_then(|n| n.try_into().ok())
                    .unwrap_or(5);
            }
            _ => {}
        }
    }
    options
}

#[tokio::main]
async fn main() {
    let options = options();
    let folder = tempfile::tempdir_in(".").expect("a folder on the disk that is measured");
    let office = Office::open(&options, folder.path()).await;
    let kind = if options.postgres.is_some() {
        "postgres"
    } else {
        "sqlite"
    };
    let time = Duration::from_secs(options.seconds);

    let lines = (0..options.connections).map(|_| office.accepting(time));
    let accepted: Vec<_> = join_all(lines).await;
    let times = accepted
        .iter()
        .flat_map(|(times, _)| times.iter().copied())
        .collect();
    report(&format!("accept-{kind}"), times, time);

    let codes: Arc<[String]> = accepted.into_iter().flat_map(|(_, codes)| codes).collect();
    let lines =
        (0..options.connections).map(|line| office.tracking(time, Arc::clone(&codes), line));
    let times = join_all(lines).await.into_iter().flatten().collect();
    report(&format!("track-{kind}"), times, time);
}

/// Answers a second, and how long they took.
fn report(what: &str, mut times: Vec<Duration>, time: Duration) {
    times.sort_unstable();
    let at = |share: usize| {
        times[(times.len() * share / 1_000).min(times.len() - 1)].as_secs_f64() * 1e3
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = times.len() as f64 / time.as_secs_f64();
    println!(
        "{what} answers_per_second={rate:.0} p50_ms={:.2} p99_ms={:.2} longest_ms={:.1}",
        at(500),
        at(990),
        at(1_000)
    );
}

/// A live journal of one office, served.
struct Office {
    node: Child,
    address: String,
    token: String,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

impl Office {
    async fn open(options: &Options, folder: &Path) -> Self {
        let mut place = vec![
            "--data".to_owned(),
            folder.join("data").display().to_string(),
            "--keys".to_owned(),
            folder.join("keys").display().to_string(),
        ];
        if let Some(server) = &options.postgres {
            place.extend(["--journal".to_owned(), fresh_database(server).await]);
        }
        let run = |words: &[&str]| {
            let done = Command::new(&options.program)
                .args(words)
                .args(&place)
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
        let mut serve = Command::new(&options.program);
        serve.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--rate-token",
            "0",
            "--rate-address",
            "0",
        ]);
        serve
            .args(&place)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut node = serve.spawn().expect("it serves");
        let address = address(&mut node);
        Self {
            node,
            address,
            token,
        }
    }

    /// One line: acceptances one after the other; how long each took, and the codes.
    async fn accepting(&self, time: Duration) -> (Vec<Duration>, Vec<String>) {
        let mut line = Line::open(&self.address).await;
        let (mut times, mut codes, begin) = (Vec::new(), Vec::new(), Instant::now());
        while begin.elapsed() < time {
            let input = json!({
                "commandId": id(), "office": OFFICE, "procedure": PROCEDURE,
                "applicant": {"fullName": "Công dân 000001", "citizenNumber": "038090000001", "phone": "0900000001"},
            });
            let asked = Instant::now();
            let told = line
                .ask(
                    &json!({"query": ACCEPT, "variables": {"input": input}}),
                    &self.token,
                )
                .await;
            times.push(asked.elapsed());
            let told = &told["data"]["acceptDossierAtCounter"];
            assert_eq!(told["visible"], true, "{told}");
            codes.push(told["code"].as_str().expect("a code").to_owned());
        }
        (times, codes)
    }

    /// One line: the public view of one dossier after the other.
    async fn tracking(&self, time: Duration, codes: Arc<[String]>, first: usize) -> Vec<Duration> {
        let mut line = Line::open(&self.address).await;
        let (mut times, mut next, begin) = (Vec::new(), first * 7, Instant::now());
        while begin.elapsed() < time {
            let code = &codes[next % codes.len()];
            next += 97;
            let asked = Instant::now();
            let told = line
                .ask(&json!({"query": TRACK, "variables": {"code": code}}), "")
                .await;
            times.push(asked.elapsed());
            assert_eq!(
                told["data"]["tracking"]["code"].as_str(),
                Some(&**code),
                "{told}"
            );
        }
        times
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
struct Line {
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

    async fn ask(&mut self, body: &Value, token: &str) -> Value {
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

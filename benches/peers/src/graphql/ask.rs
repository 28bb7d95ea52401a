//! Asks a GraphQL server for the public view of one dossier after the other, over lines that stay open.
//!
//! `ask URL --codes FILE (--document FILE | --id ID) [--get] [--anew] [--first N] [--lines N] [--seconds S]`
//! `--first` asks for so many of the codes only. Every answer must be of the dossier that was asked for and tell of six steps. One thread, so that most of the cores is the
//! server's.

use std::fmt::Write as _;
use std::fs::read_to_string;
use std::sync::Arc;
use std::time::{Duration, Instant};

use memchr::memmem;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const STEPS: usize = 6;
/// Stands in a request for the code.
const CODE: &str = "{CODE}";

struct Options {
    url: String,
    codes: String,
    /// The document, or its id.
    asked: (&'static str, String),
    by_get: bool,
    /// No answer will do that others were given.
    anew: bool,
    lines: usize,
    time: Duration,
}

fn options() -> Options {
    let mut words = std::env::args().skip(1);
    let mut word = || words.next().expect("one more word");
    let mut options = Options {
        url: word(),
        codes: String::new(),
        asked: ("query", String::new()),
        by_get: false,
        anew: false,
        lines: 64,
        time: Duration::from_secs(5),
    };
    let text = |file: String| read_to_string(&file).unwrap_or_else(|why| panic!("{file}: {why}"));
    let mut first = usize::MAX;
    while let Some(name) = words.next() {
        let mut word = || words.next().expect("one more word");
        match name.as_str() {
            "--codes" => options.codes = text(word()),
            "--document" => options.asked = ("query", text(word())),
            "--id" => options.asked = ("documentId", word()),
            "--get" => options.by_get = true,
            "--anew" => options.anew = true,
            "--first" => first = word().parse().expect("a number"),
            "--lines" => options.lines = word().parse().expect("a number"),
            "--seconds" => options.time = Duration::from_secs(word().parse().expect("a number")),
            _ => panic!("what is {name}?"),
        }
    }
    let codes: Vec<&str> = options.codes.lines().take(first).collect();
    options.codes = codes.join("\n");
    options
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = options();
    let (host, path) = options
        .url
        .strip_prefix("http://")
        .and_then(|url| url.split_once('/'))
        .expect("http://HOST/PATH");
    let codes: Arc<[String]> = options.codes.lines().map(str::to_owned).collect();
    let request: Arc<str> = request(&options, host, path).into();
    let lines: Vec<_> = (0..options.lines)
        .map(|line| {
            tokio::spawn(asking(
                host.to_owned(),
                request.clone(),
                codes.clone(),
                line * 7,
                options.time,
            ))
        })
        .collect();
    let mut times = Vec::new();
    for line in lines {
        times.extend(line.await.expect("every answer is right"));
    }
    times.sort_unstable();
    let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = times.len() as f64 / options.time.as_secs_f64();
    println!(
        "answers_per_second={rate:.0} p50_ms={:.2} p99_ms={:.2}",
        at(50),
        at(99)
    );
}

/// A request with nothing in it that is not needed.
fn request(options: &Options, host: &str, path: &str) -> String {
    let (name, asked) = &options.asked;
    let variables = json!({ "code": CODE });
    let wish = if options.anew {
        "cache-control: no-cache\r\n"
    } else {
        ""
    };
    if options.by_get {
        let (asked, variables) = (
            encoded(asked),
            encoded(&variables.to_string()).replace(&encoded(CODE), CODE),
        );
        return format!(
            "GET /{path}?{name}={asked}&variables={variables} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n{wish}\r\n"
        );
    }
    let body = json!({ *name: asked, "variables": variables }).to_string();
    format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\ncontent-type: application/json\r\n{wish}\
         content-length: {{LENGTH}}\r\n\r\n{body}"
    )
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte.into());
            }
            _ => write!(encoded, "%{byte:02X}").expect("room"),
        }
        encoded
    })
}

/// The request for one dossier.
fn filled(request: &str, code: &str) -> String {
    let filled = request.replace(CODE, code);
    match filled.split_once("\r\n\r\n") {
        Some((head, body)) => format!(
            "{}\r\n\r\n{body}",
            head.replace("{LENGTH}", &body.len().to_string())
        ),
        None => filled,
    }
}

/// One line: one dossier after the other; how long each took.
async fn asking(
    host: String,
    request: Arc<str>,
    codes: Arc<[String]>,
    first: usize,
    time: Duration,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut buffer = Vec::with_capacity(64 * 1_024);
    let (mut times, mut next, begin) = (Vec::new(), first, Instant::now());
    while begin.elapsed() < time {
        let code = &codes[next % codes.len()];
        next += 97;
        let request = filled(&request, code);
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("sent");
        buffer.clear();
        let body = loop {
            let read = stream.read_buf(&mut buffer).await.expect("an answer");
            assert!(
                read > 0,
                "the line was closed: {}",
                String::from_utf8_lossy(&buffer)
            );
            if let Some(body) = whole(&buffer) {
                break body;
            }
        };
        times.push(asked.elapsed());
        let is_its = memmem::find(body, format!("\"code\":\"{code}\"").as_bytes()).is_some();
        assert!(
            is_its && steps(body) == STEPS,
            "{code}: {}",
            String::from_utf8_lossy(body)
        );
    }
    times
}

/// How many steps the history tells of; there is no other list in it.
fn steps(body: &[u8]) -> usize {
    let history = memmem::find(body, b"\"history\":[").map_or(&[][..], |from| &body[from..]);
    let history = memchr::memchr(b']', history).map_or(&[][..], |until| &history[..until]);
    memmem::find_iter(history, b"\"position\":").count()
}

/// The answer's body, once all of it is there.
fn whole(answer: &[u8]) -> Option<&[u8]> {
    let end = memmem::find(answer, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.expect("a length").parse().expect("a number");
    let body = answer.get(end + 4..end + 4 + length)?;
    assert!(
        head.starts_with("http/1.1 200"),
        "{head}: {}",
        String::from_utf8_lossy(body)
    );
    Some(body)
}

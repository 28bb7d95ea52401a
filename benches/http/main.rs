//! P4, P5 and P10 from outside: the real program as a process of its own, asked over lines that stay open.
//!
//! `cargo bench --bench http -- [--program FILE] [--postgres URL [--nodes N]] [--connections N] [--seconds S] [--followers N]`
//! `accept`: each line sends one acceptance after the other (GraphQL mutation, token, rules, durable) and waits until the answer shows
//! it in the read models. `track`: then each line asks for the public view of those dossiers by code, with one document
//! of the program's own, made anew each time. Both print answers a second and the times in milliseconds. With `--followers`: see
//! [`follow`]. The asking itself takes part of the same cores.

mod follow;
#[path = "../ground.rs"]
mod ground;
mod office;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use self::office::Office;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TRACK: &str = include_str!("../../src/web/queries/public/tracking.graphql");

struct Options {
    program: PathBuf,
    postgres: Option<String>,
    nodes: usize,
    connections: usize,
    seconds: u64,
    followers: usize,
}

fn options() -> Options {
    let mut options = Options {
        program: "target/release/motcua".into(),
        postgres: None,
        nodes: 1,
        connections: 64,
        seconds: 5,
        followers: 0,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = |otherwise| {
            let number = words.next().and_then(|word| word.parse().ok());
            number.unwrap_or(otherwise)
        };
        match word.as_str() {
            "--connections" => options.connections = number(64),
            "--nodes" => options.nodes = number(1),
            "--seconds" => options.seconds = number(5) as u64,
            "--followers" => options.followers = number(10_000),
            "--program" => options.program = words.next().expect("a file").into(),
            "--postgres" => options.postgres = words.next(),
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
    if options.followers > 0 {
        return follow::measure(&office, &options).await;
    }
    let kind = match options {
        Options { postgres: None, .. } => "sqlite".to_owned(),
        Options { nodes, .. } => format!("postgres nodes={nodes}"),
    };
    let time = Duration::from_secs(options.seconds);

    let lines = (0..options.connections).map(|line| accepting(&office, time, line));
    let accepted: Vec<_> = join_all(lines).await;
    let times = accepted
        .iter()
        .flat_map(|(times, _)| times.iter().copied())
        .collect();
    report(&format!("accept-{kind}"), times, time);

    let codes: Arc<[String]> = accepted.into_iter().flat_map(|(_, codes)| codes).collect();
    let lines =
        (0..options.connections).map(|line| tracking(&office, time, Arc::clone(&codes), line));
    let times = join_all(lines).await.into_iter().flatten().collect();
    report(&format!("track-{kind}"), times, time);
}

/// Answers a second, and how long they took.
fn report(what: &str, times: Vec<Duration>, time: Duration) {
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = times.len() as f64 / time.as_secs_f64();
    println!("{what} answers_per_second={rate:.0} {}", spread(times));
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| {
        times[(times.len() * share / 1_000).min(times.len() - 1)].as_secs_f64() * 1e3
    };
    format!(
        "p50_ms={:.2} p99_ms={:.2} longest_ms={:.1}",
        at(500),
        at(990),
        at(1_000)
    )
}

/// One line: acceptances one after the other; how long each took, and the codes.
async fn accepting(office: &Office, time: Duration, number: usize) -> (Vec<Duration>, Vec<String>) {
    let mut line = office.line(number).await;
    let (mut times, mut codes, begin) = (Vec::new(), Vec::new(), Instant::now());
    while begin.elapsed() < time {
        let asked = Instant::now();
        codes.push(line.accept(&office.token).await);
        times.push(asked.elapsed());
    }
    (times, codes)
}

/// One line: the public view of one dossier after the other.
async fn tracking(
    office: &Office,
    time: Duration,
    codes: Arc<[String]>,
    number: usize,
) -> Vec<Duration> {
    let mut line = office.line(number).await;
    let (mut times, mut next, begin) = (Vec::new(), number * 7, Instant::now());
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

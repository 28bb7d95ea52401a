//! P10: ten thousand who follow by server-sent events, each over a connection of its own.
//!
//! `board`: all follow the board of one office, and one dossier is accepted after the other. `own`: each follows the public view of a
//! dossier of its own, and 200 of these are forwarded each second. Printed is how long it took from the moment that the act was *sent*,
//! earlier than its commit, until each follower had its whole message, and what one follower takes of the node's memory.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{sleep, sleep_until, timeout};

use crate::ground::id;
use crate::office::{OFFICE, Office};
use crate::{Options, spread};

const BOARD: &str = "subscription($office: String!) { boardChanged(office: $office, first: 8) { position resume board \
    { toCollect { total } processing { total lines { code at paused } } dueToday { total lines { code at paused } } } } }";
const TRACKING: &str = "subscription($code: String!) { trackingChanged(code: $code) { position resume kind tracking \
    { code status dueAt } } }";
const FORWARD: &str = "mutation($input: ForwardDossierInput!) { forwardDossier(input: $input) { position errors { code } } }";

const BOARD_ROUNDS: u32 = 10;
const BOARD_PAUSE: Duration = Duration::from_secs(3);
const ACTS_PER_SECOND: u32 = 200;
/// Begun at once.
const ARRIVALS: usize = 64;

/// Both kinds, one after the other.
pub async fn measure(office: &Office, options: &Options) {
    let crowd = options.followers;
    let codes = accepted(office, crowd).await;

    let before = settled(office).await;
    let asking = json!({"query": BOARD, "variables": {"office": OFFICE}}).to_string();
    let mut board = Followers::gather(office, (0..crowd).map(|_| asking.clone()).collect()).await;
    println!(
        "followers-board {}",
        memory(settled(office).await, before, crowd)
    );
    let mut line = office.line(0).await;
    let mut times = Vec::new();
    for _ in 0..BOARD_ROUNDS {
        let sent = Instant::now();
        line.accept(&office.token).await;
        let heard = board.hear(crowd).await;
        times.extend(heard.into_iter().map(|(_, at)| at - sent));
        sleep(BOARD_PAUSE).await;
    }
    println!(
        "followers-board updates={BOARD_ROUNDS} messages={} {}",
        times.len(),
        spread(times)
    );
    drop(board);

    let asking = |code| json!({"query": TRACKING, "variables": {"code": code}}).to_string();
    let mut own = Followers::gather(office, codes.iter().map(asking).collect()).await;
    println!(
        "followers-own {}",
        memory(settled(office).await, before, crowd)
    );
    let acts =
        crowd.min(usize::try_from(options.seconds).expect("seconds") * ACTS_PER_SECOND as usize);
    let (sent, heard) = tokio::join!(forward(office, &codes[..acts]), own.hear(acts));
    let times: Vec<_> = heard.into_iter().map(|(who, at)| at - sent[who]).collect();
    println!(
        "followers-own acts_per_second={ACTS_PER_SECOND} messages={} {}",
        times.len(),
        spread(times)
    );
}

/// So many dossiers; their codes.
async fn accepted(office: &Office, count: usize) -> Vec<String> {
    let lines = (0..ARRIVALS).map(|number| async move {
        let mut line = office.line(number).await;
        let share = (number..count).step_by(ARRIVALS);
        let mut codes = Vec::with_capacity(share.len());
        for _ in share {
            codes.push(line.accept(&office.token).await);
        }
        codes
    });
    join_all(lines).await.into_iter().flatten().collect()
}

/// Forwards each, so many a second, none waiting for another; when each was sent.
async fn forward(office: &Office, codes: &[String]) -> Vec<Instant> {
    let mut lines = Vec::new();
    for number in 0..ARRIVALS {
        lines.push(Mutex::new(office.line(number).await));
    }
    let begin = tokio::time::Instant::now();
    let acts = codes.iter().zip(0_u32..).zip(lines.iter().cycle());
    let sent = stream::iter(acts).map(|((code, number), line)| async move {
        sleep_until(begin + Duration::from_secs(1) / ACTS_PER_SECOND * number).await;
        let mut line = line.lock().await;
        let sent = Instant::now();
        let input = json!({"commandId": id(), "dossier": code, "to": "handler-01"});
        let asking = json!({"query": FORWARD, "variables": {"input": input}});
        let told = line.ask(&asking, &office.token).await;
        let errors = &told["data"]["forwardDossier"]["errors"];
        assert_eq!(errors, &json!([]), "{told}");
        sent
    });
    sent.buffered(ARRIVALS).collect().await
}

/// The node's memory once it has come to rest.
async fn settled(office: &Office) -> u64 {
    sleep(Duration::from_secs(3)).await;
    office.resident()
}

fn memory(after: u64, before: u64, crowd: usize) -> String {
    let each = after.saturating_sub(before) / u64::try_from(crowd).expect("a number");
    format!(
        "resident_mb={} bytes_per_follower={each}",
        after / 1_000_000
    )
}

/// All who follow; what they hear comes here, with who and when.
struct Followers {
    heard: mpsc::UnboundedReceiver<(usize, Instant)>,
    tasks: tokio::task::JoinSet<()>,
}

impl Followers {
    async fn gather(office: &Office, askings: Vec<String>) -> Self {
        let (tell, heard) = mpsc::unbounded_channel();
        let crowd = askings.len();
        let mut tasks = tokio::task::JoinSet::new();
        let streams = stream::iter(askings).enumerate();
        let streams = streams.map(|(who, asking)| arrive(office.address(who), asking));
        let mut streams = streams.buffered(ARRIVALS).enumerate();
        while let Some((who, stream)) = streams.next().await {
            tasks.spawn(follow(who, stream, tell.clone()));
        }
        assert_eq!(tasks.len(), crowd);
        Self { heard, tasks }
    }

    /// The next so many messages.
    async fn hear(&mut self, count: usize) -> Vec<(usize, Instant)> {
        let mut heard = Vec::with_capacity(count);
        while heard.len() < count {
            let next = timeout(Duration::from_mins(1), self.heard.recv()).await;
            let next = next.unwrap_or_else(|_| panic!("{} of {count} heard", heard.len()));
            heard.push(next.expect("followers go on"));
        }
        assert!(self.tasks.try_join_next().is_none(), "a stream was closed");
        heard
    }
}

/// Begins one stream, up to the first word of it.
async fn arrive(address: &str, asking: String) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{asking}",
        asking.len()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut told = Vec::with_capacity(1_024);
    while !told.windows(3).any(|piece| piece == b"id:") {
        assert!(
            stream.read_buf(&mut told).await.expect("a stream") > 0,
            "closed"
        );
        assert!(
            told.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&told)
        );
    }
    stream
}

/// Tells of each whole message.
async fn follow(who: usize, mut stream: TcpStream, tell: mpsc::UnboundedSender<(usize, Instant)>) {
    let mut told = Vec::new();
    loop {
        match stream.read_buf(&mut told).await {
            Ok(read) if read > 0 => {}
            Ok(_) | Err(_) => return,
        }
        while let Some(end) = told.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = told.drain(..end + 2).collect();
            if event.windows(11).any(|piece| piece == b"event: next") {
                assert!(
                    !event.windows(8).any(|piece| piece == b"\"errors\""),
                    "{}",
                    String::from_utf8_lossy(&event)
                );
                let _ = tell.send((who, Instant::now()));
            }
        }
    }
}

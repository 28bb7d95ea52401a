//! Followers that are cut off a hundred times while ten thousand changes happen.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use motcua::api::Api;
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use serde_json::Value;

use super::wire::{Events, Heard, Socket};
use crate::door::ground::{Door, given_an_office};
use crate::office;

/// Each is three facts, two of them about a dossier.
const ACCEPTANCES: usize = 5_000;
/// Sent at once.
const TOGETHER: usize = 50;
/// How far the writers run ahead of the slowest follower.
const AHEAD_MAX: u64 = 1_000;
/// Messages until a connection is cut, by turns.
const CUT_AFTER: [usize; 5] = [97, 1, 130, 60, 180];

const FACTS: &str = "subscription Follow($after: String) { told: factRecorded(after: $after) { position resume kind } }";
const WORKLIST: &str = "subscription Follow($after: String) {
    told: worklistChanged(after: $after) { position resume kind listed dossier { code version position } } }";

#[derive(Clone, Copy)]
enum Way {
    Socket,
    Events,
}

enum Line {
    Socket(Socket),
    Events(Events),
}

impl Line {
    async fn open(way: Way, url: &str, token: &str, query: &str, after: &str) -> Self {
        match way {
            Way::Socket => {
                let mut socket = Socket::open(url, Some(token)).await;
                socket.subscribe("1", query, Some(after)).await;
                Self::Socket(socket)
            }
            Way::Events => Self::Events(Events::open(url, Some(token), query, Some(after)).await),
        }
    }

    async fn next(&mut self) -> Option<Heard> {
        match self {
            Self::Socket(socket) => socket.next().await,
            Self::Events(events) => events.next().await,
        }
    }
}

/// What a follower has seen.
struct Seen {
    positions: Vec<u64>,
    cuts: usize,
}

/// Follows until the position is told, however often the line is cut.
async fn follow(
    door: (String, String),
    way: Way,
    query: &'static str,
    start: String,
    told: Arc<AtomicU64>,
    until: Arc<AtomicU64>,
) -> Seen {
    let (url, token) = door;
    let (mut positions, mut cuts, mut resume) = (Vec::new(), 0, start);
    loop {
        let mut line = Line::open(way, &url, &token, query, &resume).await;
        let cut_after = CUT_AFTER[cuts % CUT_AFTER.len()];
        let mut heard = 0;
        while heard < cut_after {
            let waited = tokio::time::timeout(Duration::from_secs(30), line.next()).await;
            match waited
                .expect("something within half a minute")
                .expect("the line stands")
            {
                Heard::Next(value) => {
                    let message = &value["data"]["told"];
                    assert!(message.is_object(), "{value}");
                    let position = number(&message["position"]);
                    let row = &message["dossier"];
                    if row.is_object() {
                        assert!(number(&row["position"]) >= position, "as of now: {message}");
                    }
                    message["resume"]
                        .as_str()
                        .expect("a token")
                        .clone_into(&mut resume);
                    positions.push(position);
                    heard += 1;
                }
                Heard::Place(token) => resume = token,
                Heard::Complete => panic!("it goes on"),
            }
            let before = told.load(Ordering::Relaxed);
            let place: u64 = resume
                .rsplit('.')
                .next()
                .expect("a place")
                .parse()
                .expect("a number");
            assert!(place >= before, "a place never goes back: {before} {place}");
            told.store(place, Ordering::Relaxed);
            if place > until.load(Ordering::Relaxed) {
                return Seen { positions, cuts };
            }
        }
        cuts += 1;
    }
}

fn number(value: &Value) -> u64 {
    value
        .as_str()
        .expect("a 64-bit number is text")
        .parse()
        .expect("a number")
}

async fn write(api: &Api, followers: &[Arc<AtomicU64>]) -> u64 {
    let counter = api.counter().expect("a counter");
    for _ in 0..ACCEPTANCES / TOGETHER {
        let requests = (0..TOGETHER).map(|_| {
            let (_, request) = office::acceptance(office::id(), "Công dân 000123");
            counter.submit(request)
        });
        for receipt in futures_util::future::join_all(requests).await {
            receipt.expect("accepted");
        }
        let slowest = || {
            followers
                .iter()
                .map(|told| told.load(Ordering::Relaxed))
                .min()
        };
        while slowest().unwrap_or_default() + AHEAD_MAX < api.models.size() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    api.journal.head().await.expect("a head").size - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_that_are_cut_off_a_hundred_times_hear_each_of_ten_thousand_changes_once() {
    let door = given_an_office().await;
    let api = &door.api;
    let first = api.models.size();
    let start = token_of(&door).await;
    let until = Arc::new(AtomicU64::new(u64::MAX));
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    let ways = [
        (Way::Socket, FACTS, &auditor),
        (Way::Events, FACTS, &auditor),
        (Way::Socket, WORKLIST, &office::actor(Role::Receiver)),
        (Way::Events, WORKLIST, &office::actor(Role::Receiver)),
    ];
    let mut places = Vec::new();
    let mut following = Vec::new();
    for (way, query, actor) in ways {
        let token = api.sign_in.issue(actor, Duration::from_mins(10));
        let told = Arc::new(AtomicU64::new(first));
        places.push(told.clone());
        let reached = (door.base.clone(), token);
        let task = follow(reached, way, query, start.clone(), told, until.clone());
        following.push((query, tokio::spawn(task)));
    }
    let last = write(api, &places).await;
    until.store(last, Ordering::Relaxed);
    // One more, so that whoever waits hears that the end has been reached.
    let (_, request) = office::acceptance(office::id(), "Công dân 000123");
    api.counter()
        .expect("a counter")
        .submit(request)
        .await
        .expect("accepted");

    let journal = api.journal.read(first, 50_000).await.expect("the journal");
    let journal = journal
        .into_iter()
        .take_while(|entry| entry.position <= last);
    let kinds: Vec<(u64, String)> = journal
        .map(|entry| {
            let body: Value = serde_json::from_slice(&entry.body).expect("JSON");
            (
                entry.position,
                body["type"].as_str().expect("a type").to_owned(),
            )
        })
        .collect();
    for (query, task) in following {
        let Seen {
            mut positions,
            cuts,
        } = task.await.expect("no panic");
        positions.retain(|position| *position <= last);
        let all: Vec<u64> = kinds
            .iter()
            .filter(|(_, kind)| query == FACTS || kind.starts_with("dossier."))
            .map(|(position, _)| *position)
            .collect();
        assert!(all.len() >= 10_000, "{}", all.len());
        assert_eq!(
            positions.iter().collect::<HashSet<_>>().len(),
            positions.len(),
            "no repeat"
        );
        let first = positions
            .iter()
            .zip(&all)
            .find(|(heard, happened)| heard != happened);
        assert_eq!(first, None, "no gap, and in order");
        assert_eq!(positions.len(), all.len(), "to the end");
        assert!(cuts >= 100, "{cuts} cuts");
        println!("{} changes, {cuts} cuts", positions.len());
    }
}

/// The token that a question gives, for what it read.
async fn token_of(door: &Door) -> String {
    let asked = serde_json::json!({"query": "{ journal { resume visibleSize } }"});
    let asked = crate::client::client()
        .post(format!("{}/graphql", door.base))
        .json(&asked);
    let answer: Value = asked
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let journal = &answer["data"]["journal"];
    let token = journal["resume"].as_str().expect("a token").to_owned();
    assert!(token.ends_with(&format!(
        ".{}",
        journal["visibleSize"].as_str().expect("a size")
    )));
    token
}

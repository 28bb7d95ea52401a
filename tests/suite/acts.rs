//! The counter's promises, tried on every back end: order, exactly once, nothing acknowledged is lost.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use motcua::acts::{Refusal, Request};
use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::{DossierCommand, Rejection};
use motcua::domain::event::Event;
use motcua::domain::register::RegisterEvent;
use motcua::journal::{Entry, Journal, Location, fact};
use motcua::vault::Opened;
use uuid::Uuid;

use crate::grounds::{grounds, postgres};
use crate::office::{Node, acceptance, actor, id, keys_folder, node, on};

async fn everything(journal: &Journal) -> Vec<Entry> {
    let mut entries = Vec::new();
    loop {
        let more = journal
            .read(entries.len() as u64, 5_000)
            .await
            .expect("entries");
        if more.is_empty() {
            return entries;
        }
        entries.extend(more);
    }
}

/// Positions, versions and prev links of a whole journal, and every part can be opened.
pub async fn check_everything(node: &Node) -> Vec<Entry> {
    let entries = everything(&node.journal).await;
    let mut tails: HashMap<Uuid, (u32, [u8; 32])> = HashMap::new();
    let mut wanted = Vec::new();
    let mut codes: BTreeSet<String> = BTreeSet::new();
    for (position, entry) in entries.iter().enumerate() {
        assert_eq!(entry.position, position as u64, "positions are gap-free");
        let fact = fact::decode(&entry.body).expect("a fact");
        let before = tails.insert(entry.stream, (entry.version, entry.leaf_hash));
        assert_eq!(
            entry.version,
            before.map_or(1, |(version, _)| version + 1),
            "versions are dense"
        );
        assert_eq!(
            fact.prev,
            before.map(|(_, hash)| hash),
            "prev names the fact before"
        );
        assert_eq!(fact.recorded_at, entry.recorded_at);
        for part in fact.circumstances.parts {
            wanted.push((fact.stream, fact.command, part));
        }
        if let Event::Register(RegisterEvent::Entered(entered)) = fact.event {
            assert!(
                codes.insert(entered.code.to_string()),
                "code {} given twice",
                entered.code
            );
        }
    }
    for opened in node.vault.open(&wanted).await.expect("the vault answers") {
        assert!(
            matches!(opened, Opened::Present(_)),
            "a fact names a part that cannot be opened: {opened:?}"
        );
    }
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_sent_twice_answers_twice_with_the_same_position() {
    for ground in grounds().await {
        let (_folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let (dossier, request) = acceptance(id(), "Công dân 000001");
        let first = node
            .counter
            .submit(request.clone())
            .await
            .expect("accepted");
        let second = node.counter.submit(request.clone()).await.expect("known");
        assert_eq!(
            (first.position, first.entries),
            (second.position, second.entries)
        );
        assert!(!first.repeated && second.repeated);
        // Also after the state moved on.
        let forward = on(
            dossier,
            Role::Receiver,
            DossierCommand::Forward {
                to: "handler-01".into(),
            },
        );
        node.counter.submit(forward).await.expect("forwarded");
        assert_eq!(
            node.counter
                .submit(request.clone())
                .await
                .expect("known")
                .position,
            first.position
        );
        // Other content, or another person: refused.
        let (_, other) = acceptance(request.id, "Công dân 000002");
        let conflict = Err(Refusal::Rejected(Rejection::IdempotencyConflict));
        assert_eq!(node.counter.submit(other).await, conflict);
        let stranger = Actor {
            id: "receiver-02".into(),
            ..actor(Role::Receiver)
        };
        assert_eq!(
            node.counter
                .submit(Request {
                    actor: stranger,
                    ..request
                })
                .await,
            conflict
        );
        check_everything(&node).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_given_the_same_acceptance_at_once_record_it_once() {
    let Some(ground) = postgres().await else {
        return;
    };
    let (_folder, keys) = keys_folder();
    let (one, two) = (
        node(&ground.location, &keys).await,
        node(&ground.location, &keys).await,
    );
    for number in 0..20 {
        let (_, request) = acceptance(id(), &format!("Công dân {number:06}"));
        let (a, b) = tokio::join!(
            one.counter.submit(request.clone()),
            two.counter.submit(request)
        );
        let (a, b) = (a.expect("a receipt"), b.expect("a receipt"));
        assert_eq!(a.position, b.position);
        assert!(a.repeated ^ b.repeated);
    }
    check_everything(&one).await;
}

/// 64 clients accept at one office on one day; the clients take turns on the nodes given.
async fn rush(nodes: &[Node], each: usize) {
    let started = everything(&nodes[0].journal).await.len();
    let clients = (0..64).map(|client| {
        let counter = nodes[client % nodes.len()].counter.clone();
        async move {
            for number in 0..each {
                let (_, request) = acceptance(id(), &format!("Công dân {client:03}{number:03}"));
                counter.submit(request).await.expect("no refusal");
            }
        }
    });
    join_all(clients).await;
    let entries = check_everything(&nodes[0]).await;
    let mut sequences: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for entry in &entries[started..] {
        if let Event::Register(RegisterEvent::Entered(entered)) =
            fact::decode(&entry.body).expect("a fact").event
        {
            sequences
                .entry(entry.stream.to_string())
                .or_default()
                .push(entered.sequence);
        }
    }
    let total: usize = sequences.values().map(Vec::len).sum();
    assert_eq!(total, 64 * each);
    for day in sequences.values() {
        let expected: Vec<u32> = (1..).take(day.len()).collect();
        assert_eq!(*day, expected, "codes run 1…n without gap, in order");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_clients_at_one_office_get_codes_without_gap() {
    for ground in grounds().await {
        let (_folder, keys) = keys_folder();
        rush(&[node(&ground.location, &keys).await], 8).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_at_one_office_get_codes_without_gap() {
    let Some(ground) = postgres().await else {
        return;
    };
    let (_folder, keys) = keys_folder();
    rush(
        &[
            node(&ground.location, &keys).await,
            node(&ground.location, &keys).await,
        ],
        8,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_expected_version_inside_a_batch_fails_alone() {
    for ground in grounds().await {
        let (_folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let (dossier, request) = acceptance(id(), "Công dân 000001");
        node.counter.submit(request).await.expect("accepted");
        let forward = |expected| Request {
            expected_version: Some(expected),
            ..on(
                dossier,
                Role::Receiver,
                DossierCommand::Forward {
                    to: "handler-01".into(),
                },
            )
        };
        let neighbours: Vec<Request> = (0..40)
            .map(|n| acceptance(id(), &format!("Công dân {n:06}")).1)
            .collect();
        let stale = node.counter.submit(forward(1));
        let (stale, others) = tokio::join!(
            stale,
            join_all(
                neighbours
                    .into_iter()
                    .map(|request| node.counter.submit(request))
            )
        );
        assert_eq!(
            stale,
            Err(Refusal::Rejected(Rejection::Conflict {
                expected: 1,
                current: 2
            }))
        );
        assert!(others.iter().all(Result::is_ok), "neighbours are untouched");
        node.counter
            .submit(forward(2))
            .await
            .expect("the right version passes");
        check_everything(&node).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_leaves_no_trace_and_may_be_sent_again_with_the_same_id() {
    for ground in grounds().await {
        let (_folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let before = node.journal.head().await.expect("a head").size;
        let (dossier, good) = acceptance(id(), "Công dân 000001");
        let bad = Request {
            personal: Vec::new(),
            ..good.clone()
        };
        assert_eq!(
            node.counter.submit(bad).await,
            Err(Refusal::Rejected(Rejection::DetailsRequired))
        );
        assert_eq!(node.journal.head().await.expect("a head").size, before);
        let receipt = node.counter.submit(good).await.expect("accepted");
        assert_eq!(receipt.position, before);
        let foreign = Request {
            act: motcua::acts::Act::Dossier {
                dossier: id(),
                command: DossierCommand::Accept,
            },
            ..on(dossier, Role::Receiver, DossierCommand::Accept)
        };
        assert_eq!(
            node.counter.submit(foreign).await,
            Err(Refusal::Rejected(Rejection::UnknownDossier))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn corrected_details_replace_the_old_ones_which_are_deleted() {
    for ground in grounds().await {
        let (_folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let (dossier, request) = acceptance(id(), "Nguyễn Văn Saii");
        node.counter.submit(request).await.expect("accepted");
        let correct = Request {
            reason: Some(motcua::domain::reason::Reason::TypingError),
            personal: acceptance(id(), "Nguyễn Văn Sai").1.personal,
            ..on(
                dossier,
                Role::Receiver,
                DossierCommand::CorrectApplicantDetails,
            )
        };
        node.counter
            .submit(correct.clone())
            .await
            .expect("corrected");
        // The answer comes before the deletion: a command behind it waits for both.
        node.counter.submit(correct).await.expect("known");
        let mut parts = Vec::new();
        for entry in everything(&node.journal).await {
            let fact = fact::decode(&entry.body).expect("a fact");
            parts.extend(
                fact.circumstances
                    .parts
                    .into_iter()
                    .map(|part| (fact.stream, fact.command, part)),
            );
        }
        let opened = node.vault.open(&parts).await.expect("the vault answers");
        assert!(
            matches!(opened[0], Opened::Erased),
            "the old ciphertext is gone: {:?}",
            opened[0]
        );
        assert!(
            matches!(&opened[1], Opened::Present(value) if value["full_name"] == "Nguyễn Văn Sai")
        );
    }
}

/// Environment of a child process that accepts dossiers: where the journal lies.
pub const CHILD: &str = "MOTCUA_TEST_CHILD";
/// The same: the folder of the keys.
pub const CHILD_KEYS: &str = "MOTCUA_TEST_CHILD_KEYS";

/// Not a test of its own: the body of the child process (returns at once without the environment).
#[tokio::test(flavor = "multi_thread")]
async fn child_accepts_until_killed() {
    let (Ok(location), Ok(keys)) = (std::env::var(CHILD), std::env::var(CHILD_KEYS)) else {
        return;
    };
    let node = node(&location.parse().expect("a location"), keys.as_ref()).await;
    println!("ready");
    let clients = (0..16).map(|client| {
        let counter = node.counter.clone();
        async move {
            for number in 0.. {
                let (_, request) = acceptance(id(), &format!("Công dân {client:03}{number:03}"));
                let command = request.id;
                if let Ok(receipt) = counter.submit(request).await {
                    println!("ack {command} {} {}", receipt.position, receipt.entries);
                }
            }
        }
    });
    join_all(clients).await;
}

/// A location as a child's environment holds it.
pub fn address(location: &Location) -> String {
    match location {
        Location::Sqlite(path) => path.display().to_string(),
        Location::Postgres(address) => address.clone(),
    }
}

/// Reads `ack` lines: command, position, number of facts.
pub fn acknowledgements<'a>(
    lines: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = (Uuid, u64, u32)> {
    lines.filter_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let ["ack", command, position, entries] = words[..] else {
            return None;
        };
        // The last line may be torn: an acknowledgement that nobody read.
        Some((
            command.parse().ok()?,
            position.parse().ok()?,
            entries.parse().ok()?,
        ))
    })
}

struct Busy {
    process: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Busy {
    fn start(location: &Location, keys: &std::path::Path) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "acts::child_accepts_until_killed", "--nocapture"])
            .env(CHILD, address(location))
            .env(CHILD_KEYS, keys)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a child");
        let mut lines = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        while !line.contains("ready") {
            line.clear();
            assert!(
                lines.read_line(&mut line).expect("a line") > 0,
                "the child ended early"
            );
        }
        Self { process, lines }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([name, &self.process.id().to_string()])
            .status();
        assert!(sent.expect("kill runs").success());
    }

    /// Kills it and gives what it acknowledged: command → position and number of facts.
    fn kill(mut self) -> Vec<(Uuid, u64, u32)> {
        self.signal("-KILL");
        self.process.wait().expect("it ends");
        let mut output = String::new();
        self.lines.read_to_string(&mut output).expect("its lines");
        acknowledgements(output.lines()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_rounds_of_kill_nine_lose_nothing_acknowledged_and_duplicate_nothing() {
    for ground in grounds().await {
        let (_folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let mut acknowledged = Vec::new();
        for round in 0..20_u64 {
            let busy = Busy::start(&ground.location, &keys);
            tokio::time::sleep(Duration::from_millis(20 + round * 37 % 190)).await;
            acknowledged.extend(busy.kill());
        }
        let entries = check_everything(&node).await;
        let mut at: HashMap<Uuid, Vec<u64>> = HashMap::new();
        for entry in &entries {
            at.entry(fact::decode(&entry.body).expect("a fact").command)
                .or_default()
                .push(entry.position);
        }
        for (command, position, count) in &acknowledged {
            let expected: Vec<u64> = (*position..).take(*count as usize).collect();
            assert_eq!(
                at.get(command),
                Some(&expected),
                "an acknowledged command is there, once and whole"
            );
        }
        assert!(
            at.values()
                .all(|positions| positions.windows(2).all(|pair| pair[1] == pair[0] + 1))
        );
        assert!(
            acknowledged.len() > 100,
            "only {} commands were acknowledged",
            acknowledged.len()
        );
        println!(
            "{} acknowledged commands over 20 kills, {} entries",
            acknowledged.len(),
            entries.len()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_stopped_while_it_holds_the_lock_delays_the_other_at_most_three_seconds() {
    let Some(ground) = postgres().await else {
        return;
    };
    let (_folder, keys) = keys_folder();
    let node = node(&ground.location, &keys).await;
    let mut longest = Duration::ZERO;
    let busy = Busy::start(&ground.location, &keys);
    for round in 0..6_u64 {
        tokio::time::sleep(Duration::from_millis(60 + round * 13)).await;
        busy.signal("-STOP");
        let started = Instant::now();
        node.counter
            .submit(acceptance(id(), "Công dân 000001").1)
            .await
            .expect("accepted");
        longest = longest.max(started.elapsed());
        busy.signal("-CONT");
        assert!(longest <= Duration::from_secs(3), "waited {longest:?}");
    }
    println!("longest wait behind a stopped node: {longest:?}");
    let acknowledged = busy.kill();
    assert!(!acknowledged.is_empty());
    check_everything(&node).await;
}

//! Copying a journal by its exact bytes.

use bytes::Bytes;
use futures_util::TryStreamExt;
use motcua::acts::{Counter, Refusal, Request};
use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand, Rejection};
use motcua::domain::fact::Fact;
use motcua::domain::time::Moment;
use motcua::journal::{CopyError, Entry, Journal, KnownCommand, Location, NO_MAC, fact};
use motcua::projections::verify;
use motcua::vault::{self, Vault};
use uuid::Uuid;

use crate::grounds::grounds;
use crate::office::{self, Node, id, keys_folder};

/// An office with a few dossiers, what it wrote, and the first request.
struct Source {
    node: Node,
    entries: Vec<Entry>,
    request: Request,
    folder: tempfile::TempDir,
}

async fn given() -> Source {
    let (folder, keys) = keys_folder();
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let node = office::node(&location, &keys).await;
    let mut first = None;
    for at in 0..3 {
        let (dossier, request) = office::acceptance(id(), &format!("Công dân {at}"));
        node.counter
            .submit(request.clone())
            .await
            .expect("accepted");
        let forward = DossierCommand::Forward {
            to: "handler-01".into(),
        };
        let forward = office::on(dossier, Role::Receiver, forward);
        node.counter.submit(forward).await.expect("forwarded");
        first.get_or_insert(request);
    }
    let entries = node.journal.stream_all(0).try_collect().await;
    Source {
        entries: entries.expect("the journal is read"),
        request: first.expect("a request"),
        node,
        folder,
    }
}

impl Source {
    fn bodies(&self) -> Vec<Bytes> {
        self.entries
            .iter()
            .map(|entry| entry.body.clone())
            .collect()
    }

    async fn known(&self, command: Uuid) -> KnownCommand {
        let known = self.node.journal.command(command).await;
        known.expect("an answer").expect("a known command")
    }
}

/// Copies in pieces of this many facts.
async fn copy(journal: &Journal, bodies: &[Bytes], piece: usize) {
    let mut copier = journal.copier().await.expect("a copier connects");
    let mut from = 0;
    for bodies in bodies.chunks(piece) {
        copier.append(from, bodies).await.expect("it continues");
        from += bodies.len() as u64;
    }
}

async fn entries(journal: &Journal) -> Vec<Entry> {
    let read = journal.stream_all(0).try_collect().await;
    read.expect("the journal is read")
}

#[tokio::test]
async fn a_copy_is_the_journal_byte_by_byte_however_it_is_cut() {
    let source = given().await;
    for piece in [1, 2, 7, usize::MAX] {
        for ground in grounds().await {
            let journal = ground.journal().await;
            copy(&journal, &source.bodies(), piece).await;
            assert_eq!(entries(&journal).await, source.entries);
            let report = verify::journal(&journal, |_| {}).await.expect("checked");
            assert!(report.holds(), "{:?}", report.findings);
            for entry in &source.entries {
                let command = fact::decode(&entry.body).expect("a fact").command;
                let known = journal.command(command).await.expect("an answer");
                let there = source.known(command).await;
                assert_eq!(
                    known,
                    Some(KnownCommand {
                        mac: NO_MAC,
                        ..there
                    }),
                    "{piece}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_command_of_the_copied_time_is_never_done_twice() {
    let source = given().await;
    for ground in grounds().await {
        let journal = ground.journal().await;
        copy(&journal, &source.bodies(), 5).await;
        let place = source.folder.path().join(id().to_string());
        let place = vault::Location::Sqlite(place);
        let vault = Vault::create_or_open(&place, &source.node.keys).await;
        let vault = vault.expect("a vault opens");
        let counter = Counter::open(journal.clone(), vault, &source.node.keys).await;
        let counter = counter.expect("a counter opens");
        let refused = counter.submit(source.request.clone()).await;
        assert!(
            matches!(
                refused,
                Err(Refusal::Rejected(Rejection::IdempotencyConflict))
            ),
            "{refused:?}"
        );
        let (_, request) = office::acceptance(id(), "Công dân mới");
        let receipt = counter.submit(request).await.expect("life goes on");
        assert_eq!(receipt.position, source.entries.len() as u64);
    }
}

/// The facts of a source with one of them changed.
fn changed(source: &Source, at: usize, change: impl Fn(&mut Fact)) -> Vec<Bytes> {
    let mut bodies = source.bodies();
    let mut fact = fact::decode(&bodies[at]).expect("a fact");
    change(&mut fact);
    bodies[at] = fact::encode(&fact).expect("bytes").into();
    bodies
}

#[tokio::test]
async fn facts_that_do_not_continue_the_journal_leave_nothing() {
    let source = given().await;
    let last = source.entries.len() - 1;
    let earlier = fact::decode(&source.entries[3].body)
        .expect("a fact")
        .command;
    let mut hole = source.bodies();
    hole.remove(last - 1);
    let mut noise = source.bodies();
    noise[last] = Bytes::from_static(b"{}");
    let mut twice = source.bodies();
    twice[last] = twice[0].clone();
    let wrong = [
        (
            changed(&source, last, |fact| fact.prev = Some([1; 32])),
            "COPY_PREV",
        ),
        (changed(&source, last, |fact| fact.prev = None), "COPY_PREV"),
        (
            changed(&source, last, |fact| fact.version += 1),
            "COPY_VERSION",
        ),
        (
            changed(&source, last, |fact| fact.version = 0),
            "COPY_VERSION",
        ),
        (
            changed(&source, last, |fact| fact.stream = Uuid::from_u128(1)),
            "COPY_VERSION",
        ),
        (
            changed(&source, last, |fact| fact.recorded_at = Moment(0)),
            "COPY_BACKWARDS",
        ),
        (
            changed(&source, last, |fact| fact.command = earlier),
            "COPY_COMMAND_AGAIN",
        ),
        (hole, "COPY_VERSION"),
        (noise, "COPY_NOT_A_FACT"),
        (twice, "COPY_OPENING"),
    ];
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut copier = journal.copier().await.expect("a copier connects");
        copier
            .append(0, &source.bodies()[..5])
            .await
            .expect("the beginning");
        let before = journal.head().await.expect("a head");
        for (bodies, code) in &wrong {
            let refused = copier.append(5, &bodies[5..]).await.expect_err("refused");
            assert_eq!(refused.code(), *code, "{refused}");
            assert_eq!(journal.head().await.expect("a head"), before);
        }
        for (from, piece) in [(4, &source.bodies()[4..]), (6, &source.bodies()[6..])] {
            let refused = copier.append(from, piece).await;
            let Err(CopyError::NotNext { size: 5, .. } | CopyError::Version { .. }) = refused
            else {
                panic!("{refused:?}");
            };
        }
        copier
            .append(5, &source.bodies()[5..])
            .await
            .expect("the rest");
        assert_eq!(entries(&journal).await, source.entries);
    }
}

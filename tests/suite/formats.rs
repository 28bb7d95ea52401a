//! Read first, write later: what is new is written once every node reads it, on every back end.

use std::process::Command;

use motcua::acts::format::{RaiseError, of, raised};
use motcua::acts::{Counter, OpenError, Refusal, Request, found};
use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand as C;
use motcua::domain::journal::{FORMAT, RaiseRefusal};
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::journal::fact::FactError;
use motcua::journal::{Journal, JournalError, Location};
use motcua::projections::{ProjectionError, ReadModels};
use motcua::vault::{Keys, Vault};

use crate::acts::check_everything;
use crate::grounds::grounds;
use crate::office::{Node, acceptance, id, keys_folder, node, on, vault_location};

/// Opens a journal as a program of the first release did.
async fn begun(location: &Location) -> Journal {
    let journal = Journal::create_or_open(location).await.expect("a journal");
    let opened = Opened {
        id: id(),
        origin: "localhost/test".into(),
        kind: JournalKind::Live,
        clock: ClockKind::Database,
        format: 1,
        story: None,
        teller: None,
    };
    found(&journal, opened, id(), None).await.expect("opened");
    journal
}

/// A dossier at a node, and the command on it that needs the second format.
async fn remark(node: &Node) -> Request {
    let (dossier, request) = acceptance(id(), "Công dân 000001");
    node.counter.submit(request).await.expect("accepted");
    on(dossier, Role::Handler, C::Remark)
}

const NOT_YET: Refusal = Refusal::NotYetEnabled { needs: 2, has: 1 };

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_refused_until_every_node_reads_it_and_then_taken() {
    for ground in grounds().await {
        let journal = begun(&ground.location).await;
        let (_folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let remark = remark(&node).await;
        let before = journal.head().await.expect("a head").size;
        assert_eq!(node.counter.submit(remark.clone()).await, Err(NOT_YET));
        assert_eq!(
            journal.head().await.expect("a head").size,
            before,
            "nothing was recorded"
        );

        let refused = raised(&journal, id()).await.expect_err("nobody told");
        assert!(
            matches!(refused, RaiseError::Refused(RaiseRefusal::NobodySeen)),
            "{refused}"
        );
        journal
            .tell("one:/data", "0.2.0", FORMAT)
            .await
            .expect("told");
        journal.tell("two:/data", "0.1.0", 1).await.expect("told");
        let refused = raised(&journal, id()).await.expect_err("one is behind");
        assert!(
            refused
                .to_string()
                .contains("two:/data (motcua 0.1.0) reads up to format 1"),
            "{refused}"
        );
        assert_eq!(node.counter.submit(remark.clone()).await, Err(NOT_YET));

        // The other node is upgraded: the same name, and it reads more.
        journal
            .tell("two:/data", "0.2.0", FORMAT)
            .await
            .expect("told");
        assert_eq!(raised(&journal, id()).await.expect("raised"), FORMAT);
        assert_eq!(of(&journal).await.expect("a format").1, FORMAT);
        let receipt = node
            .counter
            .submit(remark)
            .await
            .expect("taken, by a node that ran all the while");
        assert_eq!(
            receipt.position,
            before + 1,
            "behind the fact that raised it"
        );
        let again = raised(&journal, id()).await.expect_err("nothing to raise");
        assert!(
            matches!(again, RaiseError::Refused(RaiseRefusal::Newest(FORMAT))),
            "{again}"
        );
        check_everything(&node).await;
    }
}

/// Stands in the journal as a later release would write it.
async fn raised_by_a_later_release(journal: &Journal) {
    use motcua::domain::actor::Actor;
    use motcua::domain::event::Event;
    use motcua::domain::fact::{Circumstances, Fact, stream};
    use motcua::domain::journal::{FormatRaised, JournalEvent};
    use motcua::journal::{Entry, Look, NewCommand, fact};

    let (stream, command) = (stream::journal(), id());
    let mut writer = journal.writer().await.expect("a writer");
    let look = Look {
        streams: &[(stream, 0)],
        commands: &[],
        ..Look::default()
    };
    let looked = writer.lock(look).await.expect("looked");
    let tail = looked.tails[&stream];
    let event = JournalEvent::FormatRaised(FormatRaised {
        format: FORMAT + 1,
        program: "9.0.0".to_owned(),
    });
    let fact = Fact {
        stream,
        version: tail.version + 1,
        command,
        actor: Actor::system(),
        recorded_at: looked.now,
        prev: Some(tail.leaf_hash),
        event: Event::Journal(event),
        circumstances: Circumstances::default(),
    };
    let body = fact::encode(&fact).expect("encoded");
    let position = looked.head.size;
    let entry = Entry {
        position,
        stream,
        version: fact.version,
        recorded_at: fact.recorded_at,
        leaf_hash: motcua::tlog::leaf_hash(&body),
        body: body.into(),
    };
    let command = NewCommand {
        id: command,
        mac: [0; 32],
        position,
        entries: 1,
    };
    writer
        .commit(&[entry], &[command])
        .await
        .expect("committed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_meets_a_format_above_its_own_takes_nothing_and_says_what_it_needs() {
    for ground in grounds().await {
        let (folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let (models, mut projector) =
            ReadModels::open(&folder.path().join("read"), node.journal.clone())
                .await
                .expect("read models");
        raised_by_a_later_release(&node.journal).await;

        // The node that runs.
        let (_, request) = acceptance(id(), "Công dân 000002");
        let refused = node.counter.submit(request).await;
        assert_eq!(refused, Err(Refusal::Halted("JOURNAL_NEWER_THAN_PROGRAM")));
        let stopped = async {
            while projector.step(1_000).await? {}
            Ok::<_, ProjectionError>(())
        };
        let error = stopped.await.expect_err("the read models stand still");
        assert_eq!(error.code(), "JOURNAL_NEWER_THAN_PROGRAM");
        assert!(
            error.to_string().contains("use motcua 9.0.0 or newer"),
            "{error}"
        );
        drop(models);

        // One that is started.
        let keys = Keys::load_or_create(&keys).expect("keys");
        let vault = Vault::create_or_open(&vault_location(&ground.location), &keys)
            .await
            .expect("a vault");
        let opened = Counter::open(node.journal.clone(), vault, &keys)
            .await
            .map(drop);
        let newer = |error: &OpenError| matches!(error, OpenError::Fact(FactError::NewerFormat { found, .. }) if *found == FORMAT + 1);
        assert!(opened.as_ref().is_err_and(newer), "{opened:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_that_is_connected_is_seen_although_it_does_not_tell()
-> Result<(), JournalError> {
    let Some(ground) = crate::grounds::postgres().await else {
        return Ok(());
    };
    let Location::Postgres(address) = &ground.location else {
        unreachable!("a PostgreSQL ground");
    };
    let journal = begun(&ground.location).await;
    journal.tell("one:/data", "0.2.0", FORMAT).await?;
    let options: sqlx::postgres::PgConnectOptions = address.parse().expect("an address");
    let older = sqlx::ConnectOptions::connect(&options.application_name("motcua writer")).await;
    let older: sqlx::PgConnection = older.expect("connected");
    let raise = || {
        let program = Command::new(env!("CARGO_BIN_EXE_motcua"))
            .args(["migrate", "--raise", "--journal", address])
            .output();
        let said = program.expect("it runs");
        (
            said.status.success(),
            String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned(),
        )
    };
    let (done, said) = raise();
    assert!(
        !done && said.contains("of PostgreSQL") && said.contains("reads up to format 1"),
        "{said}"
    );
    sqlx::Connection::close(older).await.expect("closed");
    let (done, said) = raise();
    assert!(done && said.contains("format 2 from here on"), "{said}");
    let (done, said) = raise();
    assert!(done && said.contains("format 2 already"), "{said}");
    Ok(())
}

//! What a writer that keeps states is told of what others wrote meanwhile.

use motcua::journal::{Entry, Head, JournalError, Location, Look, Looked, Writer};
use motcua::tlog::leaf_hash;
use uuid::Uuid;

use super::{append, by_hand, entries, stream, writer};
use crate::grounds::grounds;

/// Asks for streams, each with the version held, as somebody who was up to date at `since`.
async fn look(writer: &mut Writer, streams: &[(Uuid, u32)], since: Head) -> Looked {
    let look = Look {
        streams,
        commands: &[],
        since: Some(since),
    };
    writer.lock(look).await.expect("the lock is given")
}

fn head(entries: &[Entry]) -> Head {
    entries.last().map(Head::of).expect("an entry")
}

/// One entry more on a stream, by somebody who holds its version and was told nothing of its tail.
fn next(looked: &Looked, stream: Uuid, version: u32) -> Vec<Entry> {
    let mut entry = entries(looked, &[stream]).remove(0);
    entry.version = version;
    vec![entry]
}

#[tokio::test]
async fn what_is_held_is_not_asked_for_while_nobody_else_writes() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut one = writer(&journal).await;
        let mut newest = head(&append(&mut one, &[stream(1), stream(2)]).await);
        for version in 1..4 {
            let looked = look(&mut one, &[(stream(1), version)], newest).await;
            assert_eq!(looked.since, Some(vec![]));
            assert!(looked.missing.is_empty() && looked.tails.is_empty());
            let entries = next(&looked, stream(1), version + 1);
            one.commit(&entries, &[]).await.expect("written");
            newest = head(&entries);
        }
        let looked = look(&mut one, &[(stream(1), 4), (stream(3), 0)], newest).await;
        assert!(looked.tails.is_empty(), "nothing stands on a new stream");
        let refused = one.commit(&next(&looked, stream(1), 4), &[]).await;
        assert!(matches!(refused, Err(JournalError::Misuse(_))));
        let read = journal.read_stream(stream(1), 0, motcua::journal::Until::End);
        assert_eq!(read.await.expect("read").len(), 4);
    }
}

#[tokio::test]
async fn what_others_wrote_is_told_and_what_was_asked_for_is_brought() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let (mut one, mut other) = (writer(&journal).await, writer(&journal).await);
        let mut newest = head(&append(&mut one, &[stream(1), stream(2)]).await);
        for round in 1..3 {
            let foreign = append(&mut other, &[stream(2), stream(1), stream(9)]).await;
            let held = [(stream(1), round), (stream(4), 0)];
            let looked = look(&mut one, &held, newest).await;
            assert_eq!(
                looked.since,
                Some(vec![stream(2), stream(1), stream(9)]),
                "in their order, of whatever stream"
            );
            assert_eq!(looked.head, head(&foreign));
            assert_eq!(looked.missing, foreign[1..2]);
            assert_eq!(looked.tails[&stream(1)].version, round + 1);
            one.release().await.expect("released");
            newest = looked.head;
        }
    }
}

#[tokio::test]
async fn a_head_of_another_record_is_not_believed() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut one = writer(&journal).await;
        let newest = head(&append(&mut one, &[stream(1), stream(2)]).await);
        let forged = Head {
            leaf_hash: Some([7; 32]),
            ..newest
        };
        let ahead = Head {
            size: newest.size + 1,
            ..newest
        };
        for unknown in [forged, ahead, Head::default()] {
            look(&mut one, &[(stream(1), 1)], newest).await;
            let looked = look(&mut one, &[(stream(1), 1), (stream(2), 0)], unknown).await;
            assert_eq!(looked.since, None);
            assert_eq!(looked.tails.len(), 2);
            let looked = look(&mut one, &[(stream(1), 1)], unknown).await;
            assert_eq!((looked.since, looked.tails.len()), (None, 1));
        }
        one.release().await.expect("released");
        // Set back: the tail that is held is gone, and so is the newest entry.
        look(&mut one, &[(stream(2), 1)], newest).await;
        one.release().await.expect("released");
        let off = match &ground.location {
            Location::Sqlite(_) => "drop trigger entry_is_never_deleted",
            Location::Postgres(_) => "alter table journal.entry disable trigger all",
        };
        let tail = "delete from journal.stream where id not in (select stream from journal.entry)";
        for sql in [off, "delete from journal.entry where position = 1", tail] {
            by_hand(&ground.location, sql).await.expect("by hand");
        }
        let set_back = one
            .lock(Look {
                streams: &[(stream(2), 1)],
                commands: &[],
                since: Some(newest),
            })
            .await;
        assert!(matches!(set_back, Err(JournalError::SetBack { .. })));
    }
}

#[tokio::test]
async fn under_the_lock_only_what_is_not_held_at_this_head_is_looked_for() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let (mut one, mut other) = (writer(&journal).await, writer(&journal).await);
        let newest = head(&append(&mut one, &[stream(1), stream(2), stream(3)]).await);
        let foreign = append(&mut other, &[stream(1), stream(3), stream(1)]).await;
        let looked = look(&mut one, &[(stream(3), 1), (stream(1), 1)], newest).await;
        assert_eq!(looked.missing, foreign, "in the order of the record");
        let held = [(stream(2), 1)];
        let more = |since| Look {
            streams: &held,
            commands: &[],
            since: Some(since),
        };
        let told = one.look_more(more(looked.head)).await.expect("a look");
        assert_eq!(told.tails[&stream(2)].version, 1, "held at another head");
        let told = one.look_more(more(newest)).await.expect("a look");
        assert!(told.tails.is_empty(), "nobody wrote there since");
        one.commit(&next(&looked, stream(2), 2), &[])
            .await
            .expect("held, and written on");
    }
}

#[tokio::test]
async fn more_entries_than_are_told_count_as_unknown() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let (mut one, mut other) = (writer(&journal).await, writer(&journal).await);
        let newest = head(&append(&mut one, &[stream(1)]).await);
        append(&mut other, &vec![stream(2); 4_096]).await;
        let looked = look(&mut one, &[(stream(1), 1)], newest).await;
        assert_eq!(looked.since.map(|streams| streams.len()), Some(4_096));
        one.release().await.expect("released");
        append(&mut other, &[stream(2)]).await;
        let looked = look(&mut one, &[(stream(1), 1)], newest).await;
        assert_eq!(looked.since, None);
        assert_eq!(looked.tails[&stream(1)].version, 1);
        one.release().await.expect("released");
    }
}

#[tokio::test]
async fn a_large_batch_is_cut_apart_in_time() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut one = writer(&journal).await;
        let looked = look(&mut one, &[(stream(1), 0)], Head::default()).await;
        let mut large = entries(&looked, &vec![stream(1); 2_000]);
        for entry in &mut large {
            // Longer altogether than what the database keeps in memory for one step.
            entry.body =
                vec![b'x'; 8_000 - usize::try_from(entry.version % 7).expect("small")].into();
            entry.leaf_hash = leaf_hash(&entry.body);
        }
        one.commit(&large, &[])
            .await
            .expect("within the statement's time");
        let read = journal.read(0, 2_000).await.expect("read");
        assert_eq!(read, large);
    }
}

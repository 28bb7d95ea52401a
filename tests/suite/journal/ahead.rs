//! A batch that was decided before the lock is written if it still continues the journal, and otherwise leaves nothing.

use motcua::domain::time::Moment;
use motcua::journal::{Assumed, Entry, Head, JournalError, Looked, NewCommand, Until, Writer};
use uuid::Uuid;

use super::{append, entries, look, read_all, stream, writer};
use crate::grounds::grounds;

/// The next entries on streams that were looked at, and where they continue.
fn decided<'a>(looked: &Looked, to: &[Uuid]) -> (Assumed<'a>, Vec<Entry>) {
    let assumed = Assumed {
        head: looked.head,
        refused: &[],
        stamps: Some((looked.now, looked.now)),
    };
    (assumed, entries(looked, to))
}

/// What is seen without staying at the lock.
async fn seen(writer: &mut Writer, streams: &[Uuid]) -> Looked {
    let looked = look(writer, streams).await;
    writer.release().await.expect("released");
    looked
}

fn command(number: u128, position: u64) -> NewCommand {
    NewCommand {
        id: Uuid::from_u128(number),
        mac: [7; 32],
        position,
        entries: 1,
    }
}

#[tokio::test]
async fn what_still_continues_the_journal_is_written_and_the_clock_is_told() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut one = writer(&journal).await;
        let mut all = Vec::new();
        for round in 0..3 {
            let looked = seen(&mut one, &[stream(1), stream(2)]).await;
            let (assumed, new) = decided(&looked, &[stream(1), stream(2), stream(1)]);
            let commands = [command(round, looked.head.size)];
            let told = one.append(assumed, &new, &commands).await.expect("asked");
            assert!(told.expect("written") >= looked.now);
            all.extend(new);
        }
        assert_eq!(read_all(&journal).await, all);
        let known = journal.command(Uuid::from_u128(2)).await.expect("asked");
        assert_eq!(
            known.map(|known| (known.position, known.entries)),
            Some((6, 1))
        );
        let (_, tail) = journal.tails(Uuid::nil(), 1).await.expect("read")[0];
        assert_eq!((tail.version, tail.leaf_hash), (6, all[8].leaf_hash));
    }
}

#[tokio::test]
async fn what_does_not_hold_leaves_nothing_and_the_writer_goes_on() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let (mut one, mut other) = (writer(&journal).await, writer(&journal).await);
        let before = append(&mut other, &[stream(2)]).await;
        let looked = seen(&mut one, &[stream(1)]).await;
        let (assumed, new) = decided(&looked, &[stream(1)]);
        let head = looked.head;
        let known = [command(1, 1)];
        let forged = Head {
            leaf_hash: Some([7; 32]),
            ..head
        };
        for head in [forged, Head::default()] {
            let mut new = new.clone();
            new[0].position = head.size;
            let written = one.append(Assumed { head, ..assumed }, &new, &known).await;
            assert_eq!(written.expect("asked"), None, "{head:?}");
        }
        // Stamps that the database's clock has not reached, or left behind long ago.
        for (oldest, newest) in [(0, 5_000_000), (-3_000_000, 0), (-3_000_000, -3_000_000)] {
            let off = |off| Moment(looked.now.0 + off);
            let stamps = Some((off(oldest), off(newest)));
            let written = one
                .append(Assumed { stamps, ..assumed }, &new, &known)
                .await;
            assert_eq!(written.expect("asked"), None, "{oldest} {newest}");
        }
        let without = Assumed {
            stamps: None,
            ..assumed
        };
        let written = one.append(without, &new, &known).await.expect("asked");
        assert!(written.is_some(), "a story has a clock of its own");
        // Another one wrote meanwhile.
        let looked = seen(&mut one, &[stream(1)]).await;
        let (assumed, late) = decided(&looked, &[stream(1)]);
        let between = append(&mut other, &[stream(2)]).await;
        let written = one.append(assumed, &late, &[]).await.expect("asked");
        assert_eq!(written, None);
        // A refused command turns out to have been answered.
        let looked = seen(&mut one, &[stream(1)]).await;
        let (assumed, last) = decided(&looked, &[stream(1)]);
        let refused = [known[0].id];
        let answered = Assumed {
            refused: &refused,
            ..assumed
        };
        let written = one.append(answered, &last, &[]).await.expect("asked");
        assert_eq!(written, None);
        let unknown = [Uuid::from_u128(99)];
        let refused = Assumed {
            refused: &unknown,
            ..assumed
        };
        let written = one.append(refused, &last, &[]).await.expect("asked");
        assert!(written.is_some());
        let all = [before, new, between, last].concat();
        assert_eq!(read_all(&journal).await, all);
    }
}

#[tokio::test]
async fn a_command_or_a_version_that_is_there_already_fails_the_whole_batch() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut one = writer(&journal).await;
        let looked = seen(&mut one, &[stream(1)]).await;
        let (assumed, first) = decided(&looked, &[stream(1)]);
        let known = [command(1, 0)];
        one.append(assumed, &first, &known)
            .await
            .expect("asked")
            .expect("written");
        let looked = seen(&mut one, &[stream(1), stream(2)]).await;
        let (assumed, new) = decided(&looked, &[stream(2), stream(1)]);
        let again = one.append(assumed, &new, &known).await;
        assert!(matches!(again, Err(JournalError::Sql(_))), "{again:?}");
        // Decided on a state without the first entry.
        let (assumed, mut beside) = decided(&looked, &[stream(2), stream(1)]);
        beside[1].version = 1;
        let beside = one.append(assumed, &beside, &[]).await;
        assert!(matches!(beside, Err(JournalError::Sql(_))), "{beside:?}");
        let read = journal.read_stream(stream(2), 0, Until::End).await;
        assert!(read.expect("read").is_empty());
        let (assumed, new) = decided(&looked, &[stream(2), stream(1)]);
        let written = one.append(assumed, &new, &[]).await.expect("asked");
        assert!(written.is_some(), "the writer goes on");
        assert_eq!(read_all(&journal).await, [first, new].concat());
    }
}

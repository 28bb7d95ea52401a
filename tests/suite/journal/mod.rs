//! The record's promises, tried on every back end.

mod ahead;
mod canonical;
mod copy;
mod model;
mod since;

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::TryStreamExt;
use motcua::{
    domain::time::Moment,
    journal::{
        Entry, Head, Journal, JournalError, KnownCommand, Location, Look, Looked, NewCommand,
        Until, Writer,
    },
    tlog::leaf_hash,
};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions,
};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::grounds::{grounds, postgres};

const PATIENCE: Duration = Duration::from_secs(30);

fn stream(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Entries for these streams, in order, continuing what was seen under the lock.
fn entries(looked: &Looked, streams: &[Uuid]) -> Vec<Entry> {
    let mut versions: HashMap<Uuid, u32> = looked
        .tails
        .iter()
        .map(|(id, tail)| (*id, tail.version))
        .collect();
    let place = |(position, stream): (u64, &Uuid)| {
        let version = versions.entry(*stream).or_default();
        *version += 1;
        let body = Bytes::from(format!("{{\"stream\":\"{stream}\",\"version\":{version}}}"));
        let leaf_hash = leaf_hash(&body);
        Entry {
            position,
            stream: *stream,
            version: *version,
            recorded_at: looked.now,
            body,
            leaf_hash,
        }
    };
    (looked.head.size..).zip(streams).map(place).collect()
}

async fn look(writer: &mut Writer, streams: &[Uuid]) -> Looked {
    let streams: Vec<(Uuid, u32)> = streams.iter().map(|stream| (*stream, 0)).collect();
    writer
        .lock(Look {
            streams: &streams,
            commands: &[],
            ..Look::default()
        })
        .await
        .expect("the lock is given")
}

/// Appends one entry per named stream in one batch.
async fn append(writer: &mut Writer, streams: &[Uuid]) -> Vec<Entry> {
    let looked = look(writer, streams).await;
    let entries = entries(&looked, streams);
    writer
        .commit(&entries, &[])
        .await
        .expect("the batch is written");
    entries
}

async fn writer(journal: &Journal) -> Writer {
    journal.writer().await.expect("a writer connects")
}

async fn read_all(journal: &Journal) -> Vec<Entry> {
    journal
        .stream_all(0)
        .try_collect()
        .await
        .expect("the whole journal is read")
}

/// Runs one statement past the journal's own interface.
async fn by_hand(location: &Location, sql: &str) -> Result<(), sqlx::Error> {
    match location {
        Location::Sqlite(file) => {
            let mut connection =
                SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await?;
            let sql = sql
                .replace("journal.", "")
                .replace("decode(", "unhex(")
                .replace(", 'hex')", ")");
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await?;
        }
        Location::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                .execute(&mut connection)
                .await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_new_journal_is_empty() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        assert_eq!(journal.head().await.expect("a head"), Head::default());
        assert!(journal.read(0, 10).await.expect("a page").is_empty());
        assert!(read_all(&journal).await.is_empty());
        assert_eq!(journal.size_at(Moment(i64::MAX)).await.expect("a size"), 0);
        assert_eq!(journal.command(stream(1)).await.expect("an answer"), None);
        let looked = look(&mut writer(&journal).await, &[stream(1)]).await;
        assert!(looked.tails.is_empty() && looked.missing.is_empty() && looked.now > Moment(0));
    }
}

#[tokio::test]
async fn exact_bytes_come_back_also_after_opening_again() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let looked = look(&mut pen, &[stream(1)]).await;
        let mut written = entries(&looked, &[stream(1)]);
        written[0].body = Bytes::from_static(b"\x00{\"t\xc3\xaan\": \"\xff\"}\r\n");
        written[0].leaf_hash = leaf_hash(&written[0].body);
        pen.commit(&written, &[])
            .await
            .expect("the batch is written");
        drop((journal, pen));

        let journal = Journal::open_read_only(&ground.location)
            .await
            .expect("the journal opens");
        assert_eq!(journal.read(0, 10).await.expect("a page"), written);
        let head = journal.head().await.expect("a head");
        assert_eq!((head.size, head.leaf_hash), (1, Some(written[0].leaf_hash)));
        assert_eq!(head.recorded_at, Some(looked.now));
    }
}

#[tokio::test]
async fn a_journal_that_is_not_there_is_not_made_by_reading() {
    for ground in grounds().await {
        let error = Journal::open_read_only(&ground.location)
            .await
            .err()
            .expect("nothing to open");
        assert_eq!(error.code(), "JOURNAL_MISSING");
    }
}

#[tokio::test]
async fn a_journal_of_a_newer_program_is_refused() {
    for ground in grounds().await {
        drop(ground.journal().await);
        let newer = "insert into journal.migration (version, description, success, checksum, execution_time)
             values (9999, 'from the future', true, decode('00', 'hex'), 0)";
        by_hand(&ground.location, newer)
            .await
            .expect("a newer migration");
        for opened in [
            Journal::create_or_open(&ground.location).await,
            Journal::open_read_only(&ground.location).await,
        ] {
            assert!(matches!(
                opened.err(),
                Some(JournalError::NewerThanProgram { format: 9999 })
            ));
        }
    }
}

#[tokio::test]
async fn one_batch_spans_streams_and_the_next_look_finds_what_the_cache_lacks() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let (dossier, register) = (stream(1), stream(2));
        let first = append(&mut pen, &[dossier, register, dossier]).await;
        let second = append(&mut pen, &[register]).await;

        let held = [(dossier, 1), (register, 2), (stream(3), 0)];
        let looked = pen
            .lock(Look {
                streams: &held,
                commands: &[],
                ..Look::default()
            })
            .await
            .expect("the lock is given");
        assert_eq!(looked.missing, [first[2].clone()]);
        assert_eq!(looked.tails[&dossier].version, 2);
        assert_eq!(looked.tails[&register].leaf_hash, second[0].leaf_hash);
        assert_eq!(looked.head.size, 4);
        assert!(Some(looked.now) >= looked.head.recorded_at);
        let more = pen
            .look_more(Look {
                streams: &[(register, 0)],
                commands: &[],
                ..Look::default()
            })
            .await
            .expect("more");
        assert_eq!(more.missing, [first[1].clone(), second[0].clone()]);
    }
}

#[tokio::test]
async fn batches_of_any_size_are_written_whole() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let mut written = Vec::new();
        for size in [1_u128, 7, 8, 33, 127, 128, 500, 4_000] {
            let streams: Vec<Uuid> = (0..size).map(|number| stream(number % 300)).collect();
            written.extend(append(&mut pen, &streams).await);
        }
        assert_eq!(read_all(&journal).await, written);
        let tail: Vec<Entry> = journal
            .stream_all(700)
            .try_collect()
            .await
            .expect("the rest is read");
        assert_eq!(tail, written[700..]);
    }
}

#[tokio::test]
async fn a_command_is_known_with_its_first_position_once_it_is_committed() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let looked = look(&mut pen, &[stream(1)]).await;
        let new = NewCommand {
            id: stream(77),
            mac: [7; 32],
            position: 0,
            entries: 2,
        };
        pen.commit(&entries(&looked, &[stream(1), stream(1)]), &[new])
            .await
            .expect("the batch is written");

        let known = KnownCommand {
            mac: [7; 32],
            position: 0,
            entries: 2,
        };
        let asked = [stream(78), stream(77), stream(77)];
        let looked = pen
            .lock(Look {
                streams: &[],
                commands: &asked,
                ..Look::default()
            })
            .await
            .expect("the lock is given");
        assert_eq!(looked.known, HashMap::from([(stream(77), known)]));
        assert_eq!(
            journal.command(stream(77)).await.expect("an answer"),
            Some(known)
        );
    }
}

#[tokio::test]
async fn the_database_refuses_to_change_or_delete_an_entry() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let before = append(&mut writer(&journal).await, &[stream(1), stream(1)]).await;
        let mut attempts = vec![
            "update journal.entry set version = 9 where position = 0",
            "update journal.entry set recorded_at = 0",
            "delete from journal.entry where position = 1",
            "delete from journal.entry",
        ];
        match &ground.location {
            Location::Postgres(_) => attempts.push("truncate journal.entry"),
            Location::Sqlite(_) => attempts.push(
                "insert or replace into entry (position, stream, version, recorded_at, body, leaf_hash)
                 select 2, stream, version, recorded_at, body, leaf_hash from entry where position = 0",
            ),
        }
        for attempt in attempts {
            let error = by_hand(&ground.location, attempt).await.expect_err(attempt);
            assert!(
                error.to_string().contains("append-only"),
                "{attempt}: {error}"
            );
        }
        assert_eq!(read_all(&journal).await, before);
    }
}

#[tokio::test]
async fn the_database_refuses_an_entry_that_repeats_a_version() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let before = append(&mut writer(&journal).await, &[stream(1)]).await;
        let repeat =
            "insert into journal.entry (position, stream, version, recorded_at, body, leaf_hash)
             select position + 1, stream, version, recorded_at, body, leaf_hash from journal.entry";
        by_hand(&ground.location, repeat)
            .await
            .expect_err("a repeated version");
        assert_eq!(read_all(&journal).await, before);
    }
}

#[tokio::test]
async fn a_batch_that_does_not_continue_the_journal_leaves_nothing() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let before = append(&mut pen, &[stream(1), stream(2)]).await;
        let spoils: [fn(&mut Entry); 5] = [
            |entry| entry.version -= 1,
            |entry| entry.version += 1,
            |entry| entry.position += 1,
            |entry| entry.recorded_at = Moment(1),
            |entry| entry.leaf_hash = [9; 32],
        ];
        for spoil in spoils {
            let looked = look(&mut pen, &[stream(1), stream(2)]).await;
            let mut batch = entries(&looked, &[stream(1), stream(2)]);
            spoil(&mut batch[1]);
            let error = pen.commit(&batch, &[]).await.expect_err("a spoilt batch");
            assert!(!error.is_retryable(), "{error}");
            assert_eq!(read_all(&journal).await, before);
        }
        append(&mut pen, &[stream(1), stream(2)]).await;
        assert_eq!(journal.head().await.expect("a head").size, 4);
    }
}

#[tokio::test]
async fn a_command_written_twice_fails_the_whole_batch_in_the_database() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let command = |position| NewCommand {
            id: stream(77),
            mac: [7; 32],
            position,
            entries: 1,
        };
        let looked = look(&mut pen, &[stream(1)]).await;
        pen.commit(&entries(&looked, &[stream(1)]), &[command(0)])
            .await
            .expect("the batch is written");

        let looked = look(&mut pen, &[stream(1)]).await;
        let error = pen
            .commit(&entries(&looked, &[stream(1)]), &[command(1)])
            .await
            .expect_err("a repeat");
        assert_eq!(error.code(), "JOURNAL_SQL");
        assert_eq!(journal.head().await.expect("a head").size, 1);
        let looked = look(&mut pen, &[stream(1)]).await;
        assert_eq!((looked.tails[&stream(1)].version, looked.head.size), (1, 1));
    }
}

#[tokio::test]
async fn a_released_lock_leaves_nothing_and_lets_others_in() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let (mut first, mut second) = (writer(&journal).await, writer(&journal).await);
        look(&mut first, &[stream(1)]).await;
        first.release().await.expect("the lock is released");
        first.release().await.expect("releasing twice does nothing");
        append(&mut second, &[stream(1)]).await;
        look(&mut first, &[stream(1)]).await;
        drop(first);
        append(&mut second, &[stream(1)]).await;
        assert_eq!(journal.head().await.expect("a head").size, 2);
    }
}

#[tokio::test]
async fn a_lock_given_up_while_waiting_harms_nobody() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let (mut holder, mut waiter) = (writer(&journal).await, writer(&journal).await);
        let looked = look(&mut holder, &[stream(1)]).await;
        let waiting = waiter.lock(Look::default());
        timeout(Duration::from_millis(100), waiting)
            .await
            .expect_err("the lock is held");
        holder
            .commit(&entries(&looked, &[stream(1)]), &[])
            .await
            .expect("the holder is not disturbed");
        append(&mut waiter, &[stream(1)]).await;
        append(&mut holder, &[stream(1)]).await;
    }
}

#[tokio::test]
async fn a_cache_that_knows_more_than_the_journal_is_told_so() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        append(&mut pen, &[stream(1)]).await;
        let looked = pen
            .lock(Look {
                streams: &[(stream(1), 2)],
                commands: &[],
                ..Look::default()
            })
            .await;
        assert!(matches!(looked, Err(JournalError::SetBack { .. })));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_on_four_writers_leave_no_gap_and_no_repeat() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pens = Vec::new();
        for _ in 0..4 {
            pens.push(Arc::new(tokio::sync::Mutex::new(writer(&journal).await)));
        }
        let tasks: Vec<_> = (0..64_u128)
            .map(|number| {
                let pen = pens[usize::try_from(number).expect("small") % 4].clone();
                tokio::spawn(async move {
                    for round in 0..4 {
                        // A stream of its own, and one that everybody writes to.
                        append(
                            &mut *pen.lock().await,
                            &[stream(1_000 + number), stream(round % 2)],
                        )
                        .await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("every append succeeds");
        }
        let all = read_all(&journal).await;
        assert_eq!(all.len(), 64 * 4 * 2);
        assert!(
            all.windows(2)
                .all(|pair| pair[0].recorded_at <= pair[1].recorded_at)
        );
        let mut versions: HashMap<Uuid, u32> = HashMap::new();
        for entry in &all {
            let version = versions.entry(entry.stream).or_default();
            *version += 1;
            assert_eq!(entry.version, *version, "position {}", entry.position);
        }
        assert_eq!((versions[&stream(0)], versions[&stream(1)]), (128, 128));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_tail_reader_sees_every_entry_once_and_in_order_while_four_writers_append() {
    const ROUNDS: u64 = 60;
    const EACH: u64 = 5;
    for ground in grounds().await {
        let journal = ground.journal().await;
        let reader = ground.journal().await;
        let oracle = tokio::spawn(async move {
            let mut seen: Vec<Entry> = Vec::new();
            while (seen.len() as u64) < 4 * ROUNDS * EACH {
                // Nothing but `position > last`: what is skipped once is never seen again.
                let next = seen.last().map_or(0, |last| last.position + 1);
                seen.extend(reader.read(next, 7).await.expect("a page without a hole"));
                tokio::task::yield_now().await;
            }
            seen
        });
        let tasks: Vec<_> = (0..4_u128)
            .map(|number| {
                let journal = journal.clone();
                tokio::spawn(async move {
                    let mut pen = writer(&journal).await;
                    for _ in 0..ROUNDS {
                        append(&mut pen, &[stream(number); 5]).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("every append succeeds");
        }
        let seen = timeout(PATIENCE, oracle)
            .await
            .expect("nothing was skipped")
            .expect("the reader lives");
        assert_eq!(seen, read_all(&journal).await);
        assert!(
            (0..)
                .zip(&seen)
                .all(|(position, entry)| entry.position == position)
        );
    }
}

#[tokio::test]
async fn a_follower_is_woken_in_process_and_may_be_dropped_while_it_waits() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let mut follower = journal.follow(0);
        timeout(Duration::from_millis(50), follower.next(10))
            .await
            .expect_err("there is nothing yet");
        let mut follower_waits = 0;
        for round in 0..20_u64 {
            let (waited, written) = tokio::join!(
                async {
                    let start = Instant::now();
                    let entries = follower.next(10).await.expect("the next entries");
                    (start.elapsed(), entries)
                },
                async {
                    sleep(Duration::from_millis(5)).await;
                    append(&mut pen, &[stream(1)]).await
                },
            );
            assert_eq!(waited.1, written, "round {round}");
            follower_waits += u32::from(waited.0 > Duration::from_millis(200));
        }
        assert!(
            follower_waits < 10,
            "the poll, not the wake-up, brought {follower_waits} of 20"
        );
        assert_eq!(follower.position(), 20);
    }
}

#[tokio::test]
async fn a_follower_in_another_process_misses_nothing() {
    for ground in grounds().await {
        let (here, there) = (ground.journal().await, ground.journal().await);
        let mut follower = there.follow(1);
        let mut pen = writer(&here).await;
        let written = append(&mut pen, &[stream(1); 3]).await;
        let seen = timeout(PATIENCE, follower.next(10))
            .await
            .expect("woken or polled")
            .expect("entries");
        assert_eq!(seen, written[1..]);
    }
}

#[tokio::test]
async fn a_notification_wakes_a_follower_on_another_node_before_the_poll_does() {
    let Some(ground) = postgres().await else {
        return;
    };
    let (here, there) = (ground.journal().await, ground.journal().await);
    let mut follower = there.follow(0);
    let mut pen = writer(&here).await;
    let mut prompt = 0;
    for _ in 0..10 {
        // Long enough for the poll to have slowed down to one second.
        let reading = async {
            let entries = follower.next(10).await.expect("entries");
            (Instant::now(), entries)
        };
        let writing = async {
            sleep(Duration::from_millis(800)).await;
            append(&mut pen, &[stream(1)]).await;
            Instant::now()
        };
        let ((seen, _), written) = tokio::join!(reading, writing);
        prompt += u32::from(seen.saturating_duration_since(written) < Duration::from_millis(100));
    }
    assert!(
        prompt >= 8,
        "only {prompt} of 10 wake-ups came by notification"
    );
}

#[tokio::test]
async fn a_stream_is_read_from_a_version_until_a_size_or_a_moment() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let (ours, other) = (stream(1), stream(2));
        let mut all = Vec::new();
        for _ in 0..3 {
            all.extend(append(&mut pen, &[ours, other]).await);
            sleep(Duration::from_millis(2)).await;
        }
        let of = |stream: Uuid, found: &[Entry]| -> Vec<Entry> {
            found
                .iter()
                .filter(|entry| entry.stream == stream)
                .cloned()
                .collect()
        };
        let read = async |after, until| {
            journal
                .read_stream(ours, after, until)
                .await
                .expect("a stream")
        };
        assert_eq!(read(0, Until::End).await, of(ours, &all));
        assert_eq!(read(1, Until::End).await, of(ours, &all[2..]));
        assert_eq!(read(0, Until::Size(3)).await, of(ours, &all[..3]));
        assert_eq!(read(0, Until::Size(0)).await, []);
        assert_eq!(
            read(0, Until::Moment(all[2].recorded_at)).await,
            of(ours, &all[..4])
        );
        assert_eq!(
            read(0, Until::Moment(all[0].recorded_at.plus(-1))).await,
            []
        );

        let both = [other, ours, ours, stream(3)];
        let streams = async |until| journal.read_streams(&both, until).await.expect("streams");
        assert_eq!(streams(Until::End).await, all);
        assert_eq!(streams(Until::Size(5)).await, all[..5]);
        assert_eq!(streams(Until::Moment(all[2].recorded_at)).await, all[..4]);
        assert_eq!(
            journal
                .read_streams(&[], Until::End)
                .await
                .expect("nothing"),
            []
        );
    }
}

#[tokio::test]
async fn the_size_at_a_moment_counts_what_was_recorded_by_then() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        let mut pen = writer(&journal).await;
        let mut all = Vec::new();
        for size in [1, 3, 2] {
            all.extend(append(&mut pen, &vec![stream(1); size]).await);
            sleep(Duration::from_millis(2)).await;
        }
        let moments = all
            .iter()
            .flat_map(|entry| [-1, 0, 1].map(|micros| entry.recorded_at.plus(micros)));
        for moment in moments.chain([Moment(0), Moment(i64::MAX)]) {
            let expected = all
                .iter()
                .filter(|entry| entry.recorded_at <= moment)
                .count() as u64;
            assert_eq!(
                journal.size_at(moment).await.expect("a size"),
                expected,
                "{}",
                moment.0
            );
        }
    }
}

#[tokio::test]
async fn a_writer_that_stops_while_it_holds_the_lock_delays_the_others_at_most_three_seconds() {
    let Some(ground) = postgres().await else {
        return;
    };
    let journal = ground.journal().await;
    let (mut stopped, mut other) = (writer(&journal).await, writer(&journal).await);
    let looked = look(&mut stopped, &[stream(1)]).await;
    let start = Instant::now();
    append(&mut other, &[stream(1)]).await;
    let waited = start.elapsed();
    assert!(
        waited > Duration::from_secs(1) && waited < Duration::from_secs(3),
        "{waited:?}"
    );

    let error = stopped
        .commit(&entries(&looked, &[stream(1)]), &[])
        .await
        .expect_err("it was cut off");
    assert_eq!(error.code(), "JOURNAL_UNAVAILABLE");
    append(&mut stopped, &[stream(1)]).await;
    assert_eq!(journal.head().await.expect("a head").size, 2);
}

#[tokio::test]
async fn a_writer_whose_connection_was_ended_while_idle_opens_another_by_itself() {
    let Some(ground) = postgres().await else {
        return;
    };
    let journal = ground.journal().await;
    let mut pen = writer(&journal).await;
    append(&mut pen, &[stream(1)]).await;
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'motcua writer %'";
    by_hand(&ground.location, end)
        .await
        .expect("the writer's session is ended");
    append(&mut pen, &[stream(1)]).await;
    assert_eq!(journal.head().await.expect("a head").size, 2);
}

#[tokio::test]
async fn a_hole_or_a_lost_version_is_never_read_over() {
    for ground in grounds().await {
        let journal = ground.journal().await;
        append(&mut writer(&journal).await, &[stream(1); 4]).await;
        let damage = match &ground.location {
            Location::Sqlite(_) => {
                "drop trigger entry_is_never_deleted; delete from entry where position = 2"
            }
            Location::Postgres(_) => {
                "alter table journal.entry disable trigger all; delete from journal.entry where position = 2"
            }
        };
        by_hand(&ground.location, damage)
            .await
            .expect("somebody with the right to do so breaks it");
        assert!(matches!(
            journal.read(0, 10).await,
            Err(JournalError::Gap { position: 2 })
        ));
        assert!(matches!(
            journal.read(2, 10).await,
            Err(JournalError::Gap { position: 2 })
        ));
        let all: Result<Vec<Entry>, _> = journal.stream_all(0).try_collect().await;
        assert!(matches!(all, Err(JournalError::Gap { position: 2 })));
        let read = journal.read_stream(stream(1), 0, Until::End).await;
        assert!(matches!(
            read,
            Err(JournalError::Damaged { position: 3, .. })
        ));
        let looked = writer(&journal)
            .await
            .lock(Look {
                streams: &[(stream(1), 0)],
                commands: &[],
                ..Look::default()
            })
            .await;
        assert!(matches!(
            looked,
            Err(JournalError::Damaged { position: 3, .. })
        ));
    }
}

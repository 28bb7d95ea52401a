//! What somebody changed is named.

use std::path::Path;

use motcua::journal::Journal;
use motcua::projections::{rebuild, verify};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, raw_sql};

use super::{connect, folder, open, read_models, story_in};
use crate::grounds::grounds;
use crate::story::Story;

async fn replayed(home: &Path, journal: &Journal) -> verify::Report {
    verify::replay(home, journal, |_| {})
        .await
        .expect("it can be checked")
}

#[tokio::test]
async fn a_replay_holds_while_others_follow_and_append() {
    for ground in grounds().await {
        let home = folder();
        let mut story = Story::begin(ground.journal().await).await;
        story.live(31, 500);
        story.write().await;
        let (models, mut projector) = open(home.path(), &story.journal).await;
        story.live(32, 300);
        story.write().await;
        projector.step(100).await.expect("a step");
        let report = replayed(home.path(), &story.journal).await;
        assert!(report.holds(), "{:?}", report.findings);
        assert_eq!(report.size, models.size());
        assert_eq!(
            report.entries,
            story.journal.head().await.expect("a head").size
        );
        assert!(report.size < report.entries);
        let audited = report.tables.iter().find(|one| one.table == "audit");
        assert_eq!(audited.map(|one| one.rows), Some(report.size));
        let left = std::fs::read_dir(home.path()).expect("a folder");
        let names = left.map(|entry| entry.expect("an entry").file_name());
        assert!(
            !names
                .into_iter()
                .any(|name| name.to_string_lossy().contains("replay"))
        );
    }
}

#[tokio::test]
async fn a_replay_names_the_row_that_somebody_changed() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    story.live(41, 300);
    story.write().await;
    drop(read_models(home.path(), &story.journal).await);
    for (change, table, column) in [
        (
            "update audit set actor = 'somebody' where position = 60",
            "audit (position 60)",
            "actor",
        ),
        (
            "delete from due_change where position = (select min(position) from due_change)",
            "due_change (",
            "cause",
        ),
        (
            "update turn set ended_at = ended_at - 1 where number = (select min(number) from turn where ended_at > 0)",
            "turn (",
            "ended_at",
        ),
        (
            "update office set level = 'ministry' where code = 'H63.40'",
            "office (code H63.40)",
            "level",
        ),
        (
            "insert into procedure select 2, 'x', 1, null, null, '2026-03-02', null, 'x', 'x'",
            "procedure (position 2)",
            "code",
        ),
    ] {
        let changed = sqlx::query(change)
            .execute(&mut connect(home.path()).await)
            .await;
        assert_eq!(changed.expect(change).rows_affected(), 1, "{change}");
        let report = replayed(home.path(), &story.journal).await;
        let [finding] = report.findings.as_slice() else {
            panic!("{change}: {:?}", report.findings);
        };
        assert_eq!(finding.check, verify::Check::Row);
        assert!(
            finding.what.starts_with(table) && finding.what.contains(column),
            "{finding:?}"
        );
        assert!(finding.position.is_some());
        rebuild(home.path(), &story.journal, |_| {})
            .await
            .expect("a rebuild");
    }
    assert!(replayed(home.path(), &story.journal).await.holds());
}

#[tokio::test]
async fn a_changed_entry_is_named_with_its_position() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    story.live(51, 200);
    story.write().await;
    drop(read_models(home.path(), &story.journal).await);
    let file = SqliteConnectOptions::new().filename(ground.path().join("journal.db"));
    let mut journal = file.connect().await.expect("the journal's file");
    raw_sql("drop trigger entry_is_never_updated; drop trigger entry_is_never_deleted; drop trigger entry_is_only_appended;")
        .execute(&mut journal)
        .await
        .expect("a guard taken away");
    for (change, undo, check, position) in [
        (
            "update entry set body = cast(body || ' ' as blob) where position = 70",
            "update entry set body = cast(rtrim(body) as blob) where position = 70",
            verify::Check::LeafHash,
            Some(70),
        ),
        (
            "update entry set recorded_at = recorded_at - 90000000000 where position = 80",
            "update entry set recorded_at = recorded_at + 90000000000 where position = 80",
            verify::Check::Clock,
            Some(80),
        ),
        (
            "update entry set leaf_hash = zeroblob(32) where position = 60",
            "",
            verify::Check::LeafHash,
            Some(60),
        ),
    ] {
        raw_sql(change).execute(&mut journal).await.expect(change);
        let report = replayed(home.path(), &story.journal).await;
        let found = report
            .findings
            .iter()
            .find(|finding| finding.check == check);
        assert_eq!(
            found.and_then(|finding| finding.position),
            position,
            "{:?}",
            report.findings
        );
        raw_sql(undo).execute(&mut journal).await.expect(undo);
    }
}

//! The read models' promises: exactly once, a pure function of the journal, and counts that add up.

mod board;
mod golden;
mod listing;
mod statistics;
mod transfers;
mod verify;

use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use motcua::domain::dossier::{DeliveryMethod, Dossier, DossierCommand, Phase};
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location, Until};
use motcua::projections::{
    Pace, Projector, ReadModels, audit, catalogue, history, offices, rebuild, tracking, worklist,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqliteConnection};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::grounds::grounds;
use crate::story::{OFFICES, PROCEDURES, Story};

const PATIENCE: Duration = Duration::from_secs(20);

async fn story_in(folder: &TempDir) -> Story {
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    Story::begin(journal).await
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

async fn open(folder: &Path, journal: &Journal) -> (ReadModels, Projector) {
    ReadModels::open(folder, journal.clone())
        .await
        .expect("the read models open")
}

/// Opens the read models of all that is written, and lets go of the file.
async fn read_models(folder: &Path, journal: &Journal) -> ReadModels {
    let (models, mut projector) = open(folder, journal).await;
    catch_up(&mut projector, 5_000).await;
    models
}

async fn catch_up(projector: &mut Projector, entries_max: u32) {
    while projector.step(entries_max).await.expect("a step") {}
}

fn file_in(folder: &Path) -> std::path::PathBuf {
    let mut found = std::fs::read_dir(folder).expect("a folder");
    found
        .find_map(|entry| {
            let path = entry.expect("an entry").path();
            path.extension()
                .is_some_and(|end| end == "db")
                .then_some(path)
        })
        .expect("a read-model file")
}

/// Every row of every table, as text.
pub async fn dump(folder: &Path) -> Vec<String> {
    dump_file(&file_in(folder)).await
}

/// As [`dump`], of a file that may be called anything.
pub async fn dump_file(path: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(path);
    let mut file = options.connect().await.expect("the file opens");
    let tables: Vec<(String,)> = sqlx::query_as(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
    )
    .fetch_all(&mut file)
    .await
    .expect("tables");
    let mut lines = Vec::new();
    for (table,) in tables {
        let columns: Vec<(String,)> =
            sqlx::query_as("select name from pragma_table_info(?1) order by cid")
                .bind(&table)
                .fetch_all(&mut file)
                .await
                .expect("columns");
        let quoted: Vec<String> = columns
            .iter()
            .map(|(name,)| format!("quote({name})"))
            .collect();
        let sql = format!("select {} from {table} order by 1", quoted.join("||'|'||"));
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut file).await;
        for row in rows.expect("rows") {
            lines.push(format!("{table}: {}", row.get::<String, _>(0)));
        }
    }
    lines
}

async fn connect(folder: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(file_in(folder))
        .connect()
        .await
        .expect("the file opens")
}

#[track_caller]
pub fn the_same(left: &[String], right: &[String]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
    assert_eq!(left.len(), right.len());
}

#[tokio::test]
async fn a_tracking_row_follows_every_act_while_the_journal_grows() {
    for ground in grounds().await {
        let (home, stop) = (folder(), CancellationToken::new());
        let mut story = Story::begin(ground.journal().await).await;
        let (models, projector) = open(home.path(), &story.journal).await;
        let following = tokio::spawn(projector.run(stop.clone()));
        let id = story.accept("H63.40.01", "1.004873");
        let code = story.dossiers[&id]
            .code
            .clone()
            .expect("a code")
            .to_string();
        let steps = [
            DossierCommand::Forward {
                to: "handler-7".into(),
            },
            DossierCommand::SignResult { signature: None },
            DossierCommand::DeliverResult {
                method: DeliveryMethod::Counter,
            },
        ];
        let mut phases = Vec::new();
        for step in [None, Some(&steps[0]), Some(&steps[1]), Some(&steps[2])] {
            if let Some(step) = step {
                story.wait(Moment::HOUR);
                story.act(id, step).expect("an act");
            }
            story.write().await;
            let position = story.journal.head().await.expect("a head").size - 1;
            assert!(models.reach(position, PATIENCE).await, "followed in time");
            let row = tracking::by_code(&models, &code).await.expect("an answer");
            let row = row.expect("a row");
            phases.push(row.phase);
            then_the_row_is_the_fold(&row, &story.dossiers[&id], id);
        }
        let expected = [
            Phase::Accepted,
            Phase::InProcessing,
            Phase::Completed,
            Phase::Returned,
        ];
        assert_eq!(phases, expected);
        stop.cancel();
        following.await.expect("no panic").expect("no error");
    }
}

#[track_caller]
fn then_the_row_is_the_fold(row: &tracking::DossierRow, dossier: &Dossier, id: Uuid) {
    let turn = dossier.turn();
    assert_eq!(row.id, id);
    assert_eq!(row.version, dossier.version);
    assert_eq!(row.phase, dossier.phase);
    assert_eq!(row.code, dossier.code.as_ref().map(ToString::to_string));
    assert_eq!(
        Some(row.office.clone()),
        dossier.office.as_ref().map(ToString::to_string)
    );
    assert_eq!(row.channel, dossier.channel);
    assert_eq!(row.due_at, turn.map(|turn| turn.due_at));
    assert_eq!(row.original_due_at, turn.map(|turn| turn.original_due_at));
    assert_eq!(row.due_certainty, turn.map(|turn| turn.due_certainty));
    assert_eq!(
        row.end_kind,
        turn.and_then(|turn| turn.ending).map(|ending| ending.kind)
    );
    assert_eq!(row.delivery_method, dossier.delivered);
    assert_eq!(row.breaches, dossier.breaches);
    assert_eq!(row.handler, dossier.handler);
    assert_eq!(row.applicant, dossier.applicant);
    assert_eq!(row.capability, dossier.capability);
    assert_eq!(row.changed_at, dossier.changed_at);
    assert_eq!(row.supplement_items, dossier.supplement_items);
}

#[tokio::test]
async fn a_stop_after_any_batch_changes_no_row() {
    let (ground, whole, torn) = (folder(), folder(), folder());
    let mut story = story_in(&ground).await;
    open(torn.path(), &story.journal).await;
    story.live(7, 400);
    story.write().await;
    drop(read_models(whole.path(), &story.journal).await);

    let mut batches = 0;
    loop {
        let (_, mut projector) = open(torn.path(), &story.journal).await;
        let sizes = [1, 2, 3, 50];
        if !projector
            .step(sizes[batches % sizes.len()])
            .await
            .expect("a step")
        {
            break;
        }
        batches += 1;
    }
    assert!(batches > 20, "{batches} batches");
    the_same(&dump(torn.path()).await, &dump(whole.path()).await);
}

#[tokio::test]
async fn followed_and_filled_files_are_the_same_and_a_deleted_one_comes_back() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    let (models, mut projector) = open(home.path(), &story.journal).await;
    for seed in 0..20 {
        story.live(seed, 60);
        story.write().await;
        catch_up(&mut projector, 37).await;
    }
    drop((models, projector));
    let followed = dump(home.path()).await;
    assert!(followed.len() > 1_000, "{} rows", followed.len());

    std::fs::remove_file(file_in(home.path())).expect("the file goes");
    let mut told = Vec::new();
    let tell = |pace: Pace| told.push(pace);
    let opened = ReadModels::open_telling(home.path(), story.journal.clone(), tell).await;
    drop(opened.expect("the read models open"));
    the_same(&dump(home.path()).await, &followed);
    let last = told.last().expect("progress was told");
    assert_eq!(last.done, last.total);

    rebuild(home.path(), &story.journal, |_| {})
        .await
        .expect("a rebuild");
    the_same(&dump(home.path()).await, &followed);
}

#[tokio::test]
async fn every_row_is_the_fold_of_its_stream() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    story.live(3, 600);
    story.write().await;
    let models = read_models(home.path(), &story.journal).await;
    for (id, dossier) in &story.dossiers {
        let row = tracking::by_id(&models, *id).await.expect("an answer");
        then_the_row_is_the_fold(&row.expect("a row"), dossier, *id);
        let folded = history::fold(&story.journal, *id, Until::End).await;
        assert_eq!(folded.expect("a fold").as_ref(), Some(dossier));
    }
    let rows = tracking::by_ids(&models, &story.ids).await.expect("rows");
    assert_eq!(rows.len(), story.ids.len());
}

#[tokio::test]
async fn a_journal_set_back_is_never_followed() {
    let (ground, other, home) = (folder(), folder(), folder());
    let mut story = story_in(&ground).await;
    story.live(1, 50);
    story.write().await;
    drop(read_models(home.path(), &story.journal).await);
    let before = dump(home.path()).await;

    let mut another = story_in(&other).await;
    for acts in [0, 200] {
        another.live(2, acts);
        another.write().await;
        let refused = ReadModels::open(home.path(), another.journal.clone()).await;
        let error = refused.err().expect("refused");
        assert_eq!(error.code(), "BESIDE_JOURNAL");
    }
    the_same(&dump(home.path()).await, &before);
    rebuild(home.path(), &another.journal, |_| {})
        .await
        .expect("rebuilt when told");
    read_models(home.path(), &another.journal).await;
}

#[tokio::test]
async fn who_follows_a_journal_that_is_set_back_stops_and_says_so() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    let (models, mut projector) = open(home.path(), &story.journal).await;
    catch_up(&mut projector, 5_000).await;
    let seen = models.size();
    let file = SqliteConnectOptions::new().filename(ground.path().join("journal.db"));
    let mut journal = file.connect().await.expect("the journal's file");
    let sql = "drop trigger entry_is_never_updated;
        update entry set leaf_hash = zeroblob(32) where position = (select max(position) from entry);";
    sqlx::raw_sql(sql)
        .execute(&mut journal)
        .await
        .expect("another last entry");
    story.accept("H63.40.01", "1.004873");
    story.write().await;

    let error = projector.run(CancellationToken::new()).await;
    assert_eq!(error.expect_err("stopped").code(), "BESIDE_JOURNAL");
    assert_eq!(models.progress().stopped, Some("BESIDE_JOURNAL"));
    let waited = std::time::Instant::now();
    assert!(!models.reach(seen, PATIENCE).await);
    assert!(waited.elapsed() < PATIENCE / 2, "nobody is waited for");
    assert_eq!(models.size(), seen);
}

#[tokio::test]
async fn a_second_process_is_refused_the_file() {
    let (ground, home) = (folder(), folder());
    let story = story_in(&ground).await;
    let held = open(home.path(), &story.journal).await;
    for refused in [
        ReadModels::open(home.path(), story.journal.clone())
            .await
            .err(),
        rebuild(home.path(), &story.journal, |_| {}).await.err(),
    ] {
        assert_eq!(refused.expect("refused").code(), "READ_MODELS_IN_USE");
    }
    drop(held);
    open(home.path(), &story.journal).await;
}

#[tokio::test]
async fn a_damaged_or_foreign_file_is_moved_aside_and_filled_anew() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    story.live(5, 100);
    story.write().await;
    drop(read_models(home.path(), &story.journal).await);
    let sound = dump(home.path()).await;
    let file = file_in(home.path());

    std::fs::write(
        &file,
        b"this is no database at all, and long enough to be asked",
    )
    .expect("spoilt");
    drop(read_models(home.path(), &story.journal).await);
    the_same(&dump(home.path()).await, &sound);
    assert!(file.with_extension("db.aside").exists());

    let sql = "update progress set fingerprint = 'older'";
    sqlx::query(sql)
        .execute(&mut connect(home.path()).await)
        .await
        .expect("a foreign mark");
    drop(read_models(home.path(), &story.journal).await);
    the_same(&dump(home.path()).await, &sound);
}

#[tokio::test]
async fn only_the_newest_two_files_are_kept() {
    let (ground, home) = (folder(), folder());
    let story = story_in(&ground).await;
    for (age, name) in ["read-aaaaaaaaaaaa.db", "read-bbbbbbbbbbbb.db"]
        .iter()
        .enumerate()
    {
        let file = std::fs::File::create(home.path().join(name)).expect("a file");
        let then = std::time::UNIX_EPOCH + Duration::from_secs(1_000 * age as u64);
        file.set_modified(then).expect("an age");
    }
    open(home.path(), &story.journal).await;
    assert!(!home.path().join("read-aaaaaaaaaaaa.db").exists());
    assert!(home.path().join("read-bbbbbbbbbbbb.db").exists());
}

#[tokio::test]
async fn the_worklist_runs_by_due_moment_page_by_page() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    story.live(11, 900);
    story.write().await;
    let models = read_models(home.path(), &story.journal).await;
    let office = OFFICES[1].0;
    let filter = worklist::Filter {
        office: office.into(),
        ..worklist::Filter::default()
    };
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = worklist::page(&models, &filter, after, 3)
            .await
            .expect("a page");
        assert!(page.rows.len() <= 3);
        after = page.rows.last().map(|(cursor, _)| *cursor);
        rows.extend(page.rows.into_iter().map(|(_, row)| row));
        if !page.has_next {
            break;
        }
    }
    let running = |dossier: &Dossier| {
        let turn = dossier.turn().filter(|turn| turn.ending.is_none());
        turn.map_or(i64::MAX, |turn| turn.due_at.0)
    };
    let mut expected: Vec<(i64, Uuid)> = story
        .dossiers
        .iter()
        .filter(|(_, dossier)| !dossier.phase.is_closed() && dossier.version > 0)
        .filter(|(_, dossier)| {
            dossier
                .office
                .as_ref()
                .is_some_and(|one| one.as_str() == office)
        })
        .map(|(id, dossier)| (running(dossier), *id))
        .collect();
    expected.sort_unstable();
    assert!(expected.len() > 5, "{} rows", expected.len());
    let found: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let expected_ids: Vec<Uuid> = expected.iter().map(|(_, id)| *id).collect();
    assert_eq!(found, expected_ids);

    let overdue = worklist::Filter {
        overdue_at: Some(story.now),
        ..filter.clone()
    };
    let page = worklist::page(&models, &overdue, None, 1_000).await;
    let late = expected
        .iter()
        .filter(|(due, _)| *due < story.now.0)
        .count();
    assert!(late > 0);
    assert_eq!(page.expect("a page").rows.len(), late);

    let narrow = worklist::Filter {
        phases: vec![Phase::InProcessing],
        procedure: Some(PROCEDURES[1].into()),
        handler: Some("handler-7".into()),
        channel: rows[0].channel,
        ..filter
    };
    for (_, row) in worklist::page(&models, &narrow, None, 100)
        .await
        .expect("a page")
        .rows
    {
        assert_eq!(
            (row.phase, row.channel),
            (Phase::InProcessing, rows[0].channel)
        );
    }
}

#[tokio::test]
async fn the_worklist_and_its_filters_are_read_from_one_index_in_order() {
    let (ground, home) = (folder(), folder());
    let story = story_in(&ground).await;
    drop(read_models(home.path(), &story.journal).await);
    let mut file = connect(home.path()).await;
    for (sql, index) in [
        (
            "select id from dossier where open and office = 'a' and phase = 'b' and (due_rank, id) > (1, x'00')
             order by due_rank, id limit 20",
            "dossier_worklist",
        ),
        ("select id from dossier where code = 'a' order by number limit 1", "dossier_code"),
        (
            "select * from dossier where applicant = ?1 and number < 7 order by number desc limit 21",
            "dossier_applicant",
        ),
        (
            "select position from audit where position >= 0 and audit.dossier = 7 order by position limit 5",
            "audit_dossier",
        ),
    ] {
        let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}")))
            .fetch_all(&mut file)
            .await
            .expect("a plan");
        let plan: Vec<String> = plan.iter().map(|row| row.get(3)).collect();
        assert!(plan[0].contains(index), "{plan:?}");
        assert!(plan.iter().all(|line| !line.contains("TEMP B-TREE")), "{plan:?}");
    }
}

#[tokio::test]
async fn the_audit_trail_names_every_fact_once_and_finds_it_again() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    let id = story.accept("H63.40.01", "1.004873");
    story.wait(Moment::HOUR);
    let forwarded_at = story.now;
    let forward = DossierCommand::Forward {
        to: "handler-7".into(),
    };
    story.act(id, &forward).expect("forwarded");
    story.wait(Moment::HOUR);
    story
        .act(id, &DossierCommand::SignResult { signature: None })
        .expect("signed");
    story.write().await;
    let models = read_models(home.path(), &story.journal).await;

    let rows = audit::of_dossier(&models, id, None, 100)
        .await
        .expect("rows");
    let kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    let expected = [
        "dossier.lodged",
        "dossier.accepted",
        "dossier.forwarded",
        "dossier.result_signed",
        "dossier.processing_completed",
    ];
    assert_eq!(kinds, expected);
    let code = story.dossiers[&id]
        .code
        .clone()
        .expect("a code")
        .to_string();
    assert!(rows.iter().all(|row| row.code.as_ref() == Some(&code)));
    let after = audit::of_dossier(&models, id, Some(rows[1].position), 1).await;
    assert_eq!(after.expect("rows"), rows[2..3]);

    let then = audit::Filter {
        from: Some(forwarded_at),
        to: Some(forwarded_at),
        ..audit::Filter::default()
    };
    let page = audit::search(&models, &then, audit::Order::NewestFirst, None, 10).await;
    let page = page.expect("a page");
    assert_eq!((page.rows.len(), page.has_next), (1, false));
    assert_eq!(page.rows[0].1, rows[2]);

    let size = usize::try_from(models.size()).expect("small");
    let all = audit::Filter::default();
    let mut positions = Vec::new();
    while positions.len() < size {
        let after = positions.last().copied();
        let page = audit::search(&models, &all, audit::Order::OldestFirst, after, 7).await;
        positions.extend(
            page.expect("a page")
                .rows
                .iter()
                .map(|(position, _)| *position),
        );
    }
    assert!(positions.iter().copied().eq(0..models.size()));

    let changes = history::changes(&story.journal, id).await.expect("changes");
    assert_eq!(changes.len(), rows.len());
    assert_eq!(changes[2].before.phase, Phase::Accepted);
    assert_eq!(changes[2].after.phase, Phase::InProcessing);
}

#[tokio::test]
async fn procedures_are_found_with_and_without_diacritics() {
    let (ground, home) = (folder(), folder());
    let story = story_in(&ground).await;
    let models = read_models(home.path(), &story.journal).await;
    let codes = async |words: &str| {
        let found = catalogue::search(&models, words, Some(date(2026, 3, 2)), None, 50).await;
        let found = found.expect("an answer");
        found
            .into_iter()
            .map(|procedure| procedure.code)
            .collect::<Vec<_>>()
    };
    let with = codes("Đăng ký KHAI SINH").await;
    assert!(with.contains(&"1.001193".to_owned()), "{with:?}");
    assert_eq!(codes("dang ky khai sinh").await, with);
    assert_eq!(codes("sinh khai birth").await.first(), with.first());
    assert_eq!(codes("1.004873").await, ["1.004873"]);
    assert!(codes("không có thủ tục này").await.is_empty());

    let reference = models.reference();
    let now = date(2026, 3, 2);
    let in_force: Vec<String> = reference
        .procedures
        .keys()
        .filter(|code| reference.procedure(code, now).is_some())
        .cloned()
        .collect();
    assert!(in_force.len() < reference.procedures.len());
    assert_eq!(codes("").await, in_force);
    let all: Vec<String> = reference.procedures.keys().cloned().collect();
    let rest = catalogue::search(&models, "", None, Some(&all[4]), 2).await;
    let rest: Vec<String> = rest
        .expect("an answer")
        .into_iter()
        .map(|one| one.code)
        .collect();
    assert_eq!(rest, all[5..7]);
    assert!(catalogue::procedure(&models, "1.001193", None).is_some());
    assert_eq!(offices::list(&models).len(), OFFICES.len());
    assert!(offices::by_code(&models, "H63.40").is_some());
}

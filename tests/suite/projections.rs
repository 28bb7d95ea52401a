//! The read models' promises: exactly once, a pure function of the journal, and counts that add up.

use std::path::Path;
use std::time::Duration;

use jiff::civil::{Date, date};
use motcua::domain::catalogue::Level;
use motcua::domain::deadline::{Comparison, Timeliness, classify};
use motcua::domain::dossier::{
    DeliveryMethod, Dossier, DossierCommand, DossierEvent, EndKind, Phase, Turn,
};
use motcua::domain::event::Event;
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location, Until};
use motcua::projections::statistics::{Counts, Query, Scope};
use motcua::projections::{
    Pace, Projector, ReadModels, audit, catalogue, history, offices, rebuild, statistics, tracking,
    worklist,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqliteConnection};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::grounds::grounds;
use crate::story::{OFFICES, PROCEDURES, Story, is_online};

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
async fn dump(folder: &Path) -> Vec<String> {
    let mut file = connect(folder).await;
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
fn the_same(left: &[String], right: &[String]) {
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
        let code = story.dossiers[&id].code.clone().expect("a code").to_string();
        let steps = [
            DossierCommand::Forward {
                to: "handler-7".into(),
            },
            DossierCommand::SignResult,
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
        if !projector.step(sizes[batches % sizes.len()]).await.expect("a step") {
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

    std::fs::write(&file, b"this is no database at all, and long enough to be asked").expect("spoilt");
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
    for (age, name) in ["read-aaaaaaaaaaaa.db", "read-bbbbbbbbbbbb.db"].iter().enumerate() {
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
        .filter(|(_, dossier)| dossier.office.as_ref().is_some_and(|one| one.as_str() == office))
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
    let late = expected.iter().filter(|(due, _)| *due < story.now.0).count();
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
    story.act(id, &DossierCommand::SignResult).expect("signed");
    story.write().await;
    let models = read_models(home.path(), &story.journal).await;

    let rows = audit::of_dossier(&models, id, None, 100).await.expect("rows");
    let kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    let expected = [
        "dossier.lodged",
        "dossier.accepted",
        "dossier.forwarded",
        "dossier.result_signed",
        "dossier.processing_completed",
    ];
    assert_eq!(kinds, expected);
    let code = story.dossiers[&id].code.clone().expect("a code").to_string();
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
        positions.extend(page.expect("a page").rows.iter().map(|(position, _)| *position));
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

/// One acceptance as somebody sees it who reads all facts and knows no table.
struct Seen {
    dossier: Dossier,
    turn: Turn,
    /// When the due date moved, and where to.
    moves: Vec<(Moment, Moment)>,
}

async fn seen(story: &Story) -> Vec<Seen> {
    let mut all = Vec::new();
    for id in &story.ids {
        let mut moves: Vec<Vec<(Moment, Moment)>> = Vec::new();
        let changes = history::changes(&story.journal, *id).await.expect("changes");
        for change in &changes {
            moves.resize(change.after.turns.len(), Vec::new());
            let Event::Dossier(event) = &change.fact.event else {
                continue;
            };
            let moved = match event {
                DossierEvent::DueDateRecomputed(moved) => moved.new,
                DossierEvent::ApologyIssued(apology) if apology.moves_promise => apology.new_due_at,
                _ => continue,
            };
            let last = moves.last_mut().expect("a turn");
            last.push((change.fact.recorded_at, moved));
        }
        let dossier = &story.dossiers[id];
        for (turn, moves) in dossier.turns.iter().zip(moves) {
            all.push(Seen {
                dossier: dossier.clone(),
                turn: turn.clone(),
                moves,
            });
        }
    }
    all
}

fn recount(all: &[Seen], query: &Query) -> Counts {
    let mut counts = Counts::default();
    let level = |code: &str| OFFICES.iter().find(|(office, _)| *office == code).map(|(_, level)| *level);
    for Seen {
        dossier,
        turn,
        moves,
    } in all
    {
        let office = turn.office.as_str();
        let in_scope = match &query.scope {
            Scope::All => true,
            Scope::Office(code) => code == office,
            Scope::Level(wanted) => level(office) == Some(*wanted),
        };
        let ended = turn.ending.filter(|ending| ending.at.date() <= query.to);
        if !in_scope
            || query.channel.is_some_and(|channel| dossier.channel != Some(channel))
            || turn.received_at.date() > query.to
            || ended.is_some_and(|ending| ending.at.date() < query.from)
        {
            continue;
        }
        match (turn.received_at.date() < query.from, is_online(dossier)) {
            (true, _) => counts.received.carried_over += 1,
            (false, true) => counts.received.online += 1,
            (false, false) => counts.received.direct += 1,
        }
        let end = Moment::from_local(query.to.at(23, 59, 59, 999_999_999));
        let known = moves.iter().rev().find(|(at, _)| *at <= end);
        let due = known.map_or(turn.original_due_at, |(_, new)| *new);
        let at = ended.map_or(end, |ending| ending.at);
        let standing = classify(at, due, query.comparison);
        let by_original = classify(at, turn.original_due_at, query.comparison);
        match ended.map(|ending| ending.kind) {
            None => {
                add_pending(&mut counts.pending, standing);
                add_pending(&mut counts.pending_by_original, by_original);
            }
            Some(EndKind::Completed | EndKind::Refused) => {
                add_settled(&mut counts.settled, standing);
                add_settled(&mut counts.settled_by_original, by_original);
            }
            Some(EndKind::Withdrawn) => counts.closed.withdrawn += 1,
            Some(EndKind::Stopped) => counts.closed.stopped += 1,
            Some(EndKind::Redirected) => counts.closed.redirected += 1,
        }
    }
    counts
}

fn add_pending(pending: &mut statistics::Pending, standing: Timeliness) {
    match standing {
        Timeliness::Early | Timeliness::OnTime => pending.in_time += 1,
        Timeliness::Late => pending.overdue += 1,
    }
}

fn add_settled(settled: &mut statistics::Settled, standing: Timeliness) {
    match standing {
        Timeliness::Early => settled.early += 1,
        Timeliness::OnTime => settled.on_time += 1,
        Timeliness::Late => settled.late += 1,
    }
}

#[tokio::test]
async fn the_statistics_of_any_history_are_those_of_a_recount_and_add_up() {
    let periods: [(Date, Date); 4] = [
        (date(2026, 3, 1), date(2026, 3, 7)),
        (date(2026, 3, 8), date(2026, 3, 31)),
        (date(2026, 3, 4), date(2026, 3, 4)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ];
    let mut scopes = vec![Scope::All, Scope::Level(Level::Commune)];
    scopes.extend(OFFICES.map(|(code, _)| Scope::Office(code.into())));
    let mut most = Counts::default();
    for seed in [21, 22, 23] {
        let (ground, home) = (folder(), folder());
        let mut story = story_in(&ground).await;
        story.live(seed, 1_200);
        story.write().await;
        let models = read_models(home.path(), &story.journal).await;
        let all = seen(&story).await;
        for ((from, to), scope) in periods.iter().flat_map(|days| {
            scopes.iter().map(move |scope| (*days, scope.clone()))
        }) {
            for comparison in [Comparison::Date, Comparison::Timestamp] {
                let query = Query {
                    scope: scope.clone(),
                    channel: None,
                    procedure: None,
                    from,
                    to,
                    comparison,
                };
                let counts = statistics::count(&models, &query).await.expect("counts");
                let expected = Counts {
                    size: models.size(),
                    ..recount(&all, &query)
                };
                assert_eq!(counts, expected, "{query:?}");
                then_it_adds_up(&counts);
                let again = statistics::count(&models, &query).await.expect("counts");
                assert_eq!(again, counts);
                most.settled.late = most.settled.late.max(counts.settled.late);
                most.pending.overdue = most.pending.overdue.max(counts.pending.overdue);
                most.closed.withdrawn = most.closed.withdrawn.max(counts.closed.withdrawn);
                most.received.carried_over =
                    most.received.carried_over.max(counts.received.carried_over);
                most.settled.early = most.settled.early.max(counts.settled.early);
            }
        }
        then_periods_meet(&models).await;
    }
    assert!(
        most.settled.late > 0
            && most.settled.early > 0
            && most.pending.overdue > 0
            && most.closed.withdrawn > 0
            && most.received.carried_over > 0,
        "the histories try everything: {most:?}"
    );
}

#[track_caller]
fn then_it_adds_up(counts: &Counts) {
    assert_eq!(
        counts.received.total(),
        counts.settled.total() + counts.closed.total() + counts.pending.total()
    );
    assert_eq!(counts.settled.total(), counts.settled_by_original.total());
    assert_eq!(counts.pending.total(), counts.pending_by_original.total());
}

/// What is pending at the end of one period is carried over into the next.
async fn then_periods_meet(models: &ReadModels) {
    let query = |from, to| Query {
        scope: Scope::All,
        channel: None,
        procedure: None,
        from,
        to,
        comparison: Comparison::Date,
    };
    let before = query(date(2026, 3, 1), date(2026, 3, 9));
    let after = query(date(2026, 3, 10), date(2026, 3, 20));
    let before = statistics::count(models, &before).await.expect("counts");
    let after = statistics::count(models, &after).await.expect("counts");
    assert_eq!(before.pending.total(), after.received.carried_over);
}

#[tokio::test]
async fn an_apology_after_the_period_changes_nothing_in_it() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    let id = story.accept("H63.40.01", "1.004222");
    let forward = DossierCommand::Forward {
        to: "handler-7".into(),
    };
    story.act(id, &forward).expect("forwarded");
    story.go_to(3, 10, 9);
    let apology = DossierCommand::IssueApology {
        new_due_on: date(2026, 4, 1),
    };
    story.act(id, &apology).expect("an apology in time");
    story.go_to(3, 20, 9);
    story.act(id, &DossierCommand::SignResult).expect("signed");
    story.write().await;
    let models = read_models(home.path(), &story.journal).await;
    let count = async |from: Date, to: Date| {
        let query = Query {
            scope: Scope::Office("H63.40.01".into()),
            channel: None,
            procedure: Some("1.004222".into()),
            from,
            to,
            comparison: Comparison::Date,
        };
        statistics::count(&models, &query).await.expect("counts")
    };
    let first = count(date(2026, 3, 1), date(2026, 3, 9)).await;
    assert_eq!((first.received.direct, first.pending.in_time), (1, 1));
    let second = count(date(2026, 3, 10), date(2026, 3, 19)).await;
    assert_eq!((second.received.carried_over, second.pending.in_time), (1, 1));
    assert_eq!(second.pending_by_original.overdue, 1);
    let third = count(date(2026, 3, 20), date(2026, 3, 31)).await;
    assert_eq!((third.settled.early, third.settled_by_original.late), (1, 1));
}

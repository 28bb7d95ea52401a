//! A file of read models as four years of fifty offices would leave it.

use std::path::Path;
use std::time::Instant;

use motcua::acts::{Counter, found, shelf};
use motcua::api::Api;
use motcua::domain::dossier::Phase;
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location};
use motcua::projections::ReadModels;
use motcua::vault::{self, Keys, Vault};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqliteConnection};
use uuid::Uuid;

/// The office that asks: every fiftieth dossier is there.
pub const OFFICE: &str = "H38.40.07";
/// 2026-11-28, in the morning.
pub const END: Moment = Moment(1_795_831_200_000_000);
pub const DAY: i64 = Moment::DAY;
const YEARS: i64 = 4 * 365 * DAY;

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is a client: it chooses command ids"
)]
fn id() -> Uuid {
    Uuid::new_v4()
}

/// A furnished node, its read models filled with this many dossiers; and the codes of procedures.
pub async fn filled(folder: &Path, dossiers: i64) -> (Api, Vec<String>) {
    let location = Location::Sqlite(folder.join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let keys = Keys::load_or_create(&folder.join("keys")).expect("keys");
    let safe = vault::Location::Sqlite(folder.join("vault.db"));
    let vault = Vault::create_or_open(&safe, &keys).await.expect("a vault");
    let opened = Opened {
        id: id(),
        origin: "localhost/bench".into(),
        kind: JournalKind::Live,
        clock: ClockKind::Database,
        format: 1,
        story: None,
        teller: None,
    };
    found(&journal, opened, id(), None).await.expect("opened");
    let counter = Counter::open(journal.clone(), vault.clone(), &keys)
        .await
        .expect("a counter");
    counter
        .furnish(shelf::shipped(None).expect("the shelf"), None)
        .await
        .expect("furnished");
    let read = folder.join("read");
    let (models, projector) = ReadModels::open(&read, journal.clone())
        .await
        .expect("read models");
    drop(projector);
    let procedures: Vec<String> = models.reference().procedures.keys().cloned().collect();
    write(&read, dossiers, &procedures).await;
    (Api::new(counter, models, journal, vault, &keys), procedures)
}

async fn write(folder: &Path, dossiers: i64, procedures: &[String]) {
    let mut files = std::fs::read_dir(folder).expect("a folder");
    let path = files.find_map(|file| {
        let path = file.expect("a file").path();
        path.extension()
            .is_some_and(|end| end == "db")
            .then_some(path)
    });
    let options = SqliteConnectOptions::new().filename(path.expect("the read models"));
    let options = options
        .pragma("cache_size", "-131072")
        .pragma("synchronous", "off");
    let mut file = options.connect().await.expect("the file opens");
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "select name, sql from sqlite_schema where type = 'index' and tbl_name = 'dossier' and sql is not null",
    )
    .fetch_all(&mut file)
    .await
    .expect("indexes");
    for (name, _) in &indexes {
        run(&mut file, &format!("drop index {name}")).await;
    }
    let begin = Instant::now();
    run(
        &mut file,
        "create temp table word (list text, place integer, word text, primary key (list, place))",
    )
    .await;
    for (place, code) in (0_i64..).zip(procedures) {
        word(&mut file, "procedure", place, code).await;
    }
    for phase in Phase::ALL {
        word(&mut file, "phase", phase.rank(), phase.name()).await;
    }
    run(&mut file, &rows(dossiers, procedures.len())).await;
    println!(
        "{dossiers} dossiers written in {:.1} s",
        begin.elapsed().as_secs_f64()
    );
    for (name, sql) in &indexes {
        let begin = Instant::now();
        run(&mut file, sql).await;
        let size = "select coalesce(sum(pgsize), 0) from dbstat where name = ?";
        let size: Result<i64, _> = sqlx::query_scalar(size)
            .bind(name)
            .fetch_one(&mut file)
            .await;
        let size = size.map_or_else(|_| "?".into(), |bytes| (bytes / 1_000_000).to_string());
        println!(
            "index {name}: {:.1} s, {size} MB",
            begin.elapsed().as_secs_f64()
        );
    }
    run(&mut file, "pragma wal_checkpoint(truncate)").await;
}

async fn word(file: &mut SqliteConnection, list: &str, place: i64, word: &str) {
    sqlx::query("insert into word values (?, ?, ?)")
        .bind(list)
        .bind(place)
        .bind(word)
        .execute(file)
        .await
        .expect("a word");
}

async fn run(file: &mut SqliteConnection, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(file).await.expect("done");
}

/// One statement for all rows. Dice are products of the dossier's number: the same on every machine.
fn rows(dossiers: i64, procedures: usize) -> String {
    let (end, step, day) = (END.0, YEARS / dossiers, DAY);
    let rank = Phase::rank;
    let (returned, refused, withdrawn) = (
        rank(Phase::Returned),
        rank(Phase::Refused),
        rank(Phase::Withdrawn),
    );
    let (processing, completed, payment) = (
        rank(Phase::InProcessing),
        rank(Phase::Completed),
        rank(Phase::AwaitingPayment),
    );
    let submitted = rank(Phase::Submitted);
    format!(
        "insert into dossier (
            number, id, version, code, code_rank, procedure, procedure_version, office, reception_office, phase, phase_rank, open,
            channel, lodged_at, received_at, accepted_at, original_due_at, due_at, due_rank, due_certainty, limit_certainty, paused,
            ended_at, end_kind, delivered_at, supplement_requests, supplement_items, apologies, breaches, handler, desk, step,
            missed, changed_at, position)
        with recursive
        counted (i) as (select 0 union all select i + 1 from counted where i + 1 < {dossiers}),
        thrown as materialized (
            select i, printf('H38.40.%02d', i % 50) as office,
                (i * 2654435761 >> 7) % 1000 as a, (i * 1103515245 >> 9) % 1000 as b, (i * 69069 >> 5) % 1000 as c,
                {end} - {dossiers} * {step} + i * {step} + (i * 40503 % 997) * 60000000 as at
            from counted),
        going as (
            select *, i * 20 >= {dossiers} * 19 or a = 7 as is_open, 1 + c % 20 as days, 2 + b % 15 as allowed from thrown),
        gone as (
            select *,
                case when is_open then
                        case when b < 100 then {submitted} when b < 250 then {completed} when b < 300 then {payment}
                             else {processing} end
                     when b < 930 then {returned} when b < 965 then {refused} else {withdrawn} end as rank,
                not is_open or (b >= 100 and b < 250) as ended
            from going)
        select i * 8, randomblob(16), 8,
            printf('%s-%s-%04d', office, substr(strftime('%Y%m%d', at / 1000000, 'unixepoch'), 3), i % 9000 + 1),
            strftime('%Y%m%d', at / 1000000, 'unixepoch') * 100000000 + i % 9000 + 1,
            (select word from word where list = 'procedure' and place = (a * 31 + b) % {procedures}), 1, office, office,
            (select word from word where list = 'phase' and place = rank), rank, is_open,
            case when c < 450 then 'counter' when c < 970 then 'online' else 'post' end,
            at, at + 60000000, at + 90000000, at + allowed * {day}, at + allowed * {day} + (a % 10 = 0) * {day},
            case when ended then 9223372036854775807 else at + allowed * {day} end, 'stated', 'stated',
            not ended and c % 9 = 0,
            case when ended then at + days * {day} end,
            case when not ended then null when rank = {refused} then 'refused' when rank = {withdrawn} then 'withdrawn'
                 else 'completed' end,
            case when not is_open then at + (days + 1) * {day} end, 0, '[]', 0, '[]',
            case when b >= 100 then printf('handler-%02d', a % 30) end,
            case when not is_open then null when b < 250 then 'receiver' when c < 700 then 'handler' else 'signer' end,
            case when is_open and b >= 100 then 1 + c % 5 end,
            ended and days > allowed, at + (days + 1) * {day} + (b % 60) * 1000000, i * 8 + 7
        from gone"
    )
}

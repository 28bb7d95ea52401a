//! P1, P2, P3 and P7: durable commands per second through the counter, all guarantees on, and a dossier folded as it was.
//!
//! `cargo bench --bench append -- [--postgres URL [--nodes N [--wander]] [--copy]] [--clients N] [--seconds S] [--bare] [--as-of]`
//! Each command brings one event (a handler is assigned) to a dossier's stream of twelve such events; it is decided by
//! the rules on the newest state and committed with order, idempotency, prev hash and leaf hash. `--bare` measures, on
//! SQLite, one client in a hand-written loop that makes the same three inserts and commits. `--copy` puts the rows that were made into
//! fresh tables of the same schema by `COPY`, in one transaction: what the database could do at best.

#[path = "../ground.rs"]
mod ground;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use motcua::acts::{Act, Counter, Personal, Request, found, shelf};
use motcua::domain::actor::{Actor, Role};
use motcua::domain::catalogue::Level;
use motcua::domain::dossier::DossierCommand;
use motcua::domain::fact::stream;
use motcua::domain::law::Certainty;
use motcua::domain::office::Office;
use motcua::domain::part::PartKind;
use motcua::domain::reference::{ClockKind, JournalKind, Opened};
use motcua::journal::{Journal, Location, Until};
use motcua::projections::history;
use motcua::vault::{self, Keys, Vault};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use self::ground::{fresh_database, id};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const OFFICE: &str = "H38.40.01";
/// One-event commands on each stream.
const EVENTS: usize = 12;
/// Accepted before the clock starts: enough for 96,000 commands a second.
const DOSSIERS_PER_SECOND: usize = 8_000;

struct Options {
    postgres: Option<String>,
    /// Writers on one journal. A client keeps to one of them, as a line does that stays open.
    nodes: usize,
    /// Every command goes to the next node instead: whatever one node knows, another has just changed.
    wander: bool,
    clients: usize,
    seconds: u64,
    what: What,
}

/// What is measured.
#[derive(PartialEq, Eq)]
enum What {
    Commands,
    /// Then what `COPY` makes of the same rows.
    Copy,
    Bare,
    AsOf,
}

fn options() -> Options {
    let mut options = Options {
        postgres: None,
        nodes: 1,
        wander: false,
        clients: 64,
        seconds: 5,
        what: What::Commands,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--postgres" => options.postgres = words.next(),
            "--nodes" => options.nodes = words.next().and_then(|n| n.parse().ok()).unwrap_or(1),
            "--clients" => {
                options.clients = words.next().and_then(|n| n.parse().ok()).unwrap_or(64);
            }
            "--seconds" => options.seconds = words.next().and_then(|n| n.parse().ok()).unwrap_or(5),
            "--wander" => options.wander = true,
            "--bare" => options.what = What::Bare,
            "--copy" => options.what = What::Copy,
            "--as-of" => options.what = What::AsOf,
            _ => {}
        }
    }
    options
}

#[tokio::main]
async fn main() {
    let options = options();
    let folder = tempfile::tempdir_in(".").expect("a folder on the disk that is measured");
    if options.what == What::Bare {
        let rate = bare(
            &folder.path().join("bare.db"),
            Duration::from_secs(options.seconds),
        )
        .await;
        println!("bare-sqlite-loop commands_per_second={rate:.0}");
        return;
    }
    let location = location(&options, folder.path()).await;
    let counters = counters(&options, &location, folder.path()).await;
    if options.what == What::AsOf {
        return as_of(&counters[0], &location).await;
    }
    let rate = measure(&counters, &options).await;
    let place = if options.postgres.is_some() {
        "postgres"
    } else {
        "sqlite"
    };
    println!(
        "motcua-{place} nodes={} wander={} clients={} commands_per_second={rate:.0}",
        options.nodes, options.wander, options.clients
    );
    if let (true, Location::Postgres(from), Some(server)) =
        (options.what == What::Copy, &location, &options.postgres)
    {
        drop(counters);
        let ceiling = copy(from, &fresh_database(server).await).await;
        println!(
            "copy rows_per_second={ceiling:.0} share={:.2}",
            rate / ceiling
        );
    }
}

async fn location(options: &Options, folder: &std::path::Path) -> Location {
    match &options.postgres {
        Some(server) => Location::Postgres(fresh_database(server).await),
        None => Location::Sqlite(folder.join("journal.db")),
    }
}

/// One for each node, on one journal.
async fn counters(
    options: &Options,
    location: &Location,
    folder: &std::path::Path,
) -> Vec<Arc<Counter>> {
    let safe = match location {
        Location::Postgres(address) => vault::Location::Postgres(address.clone()),
        Location::Sqlite(_) => vault::Location::Sqlite(folder.join("vault.db")),
    };
    let journal = Journal::create_or_open(location).await.expect("a journal");
    let keys = Keys::load_or_create(&folder.join("keys")).expect("keys");
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
    let counter = Counter::open(journal, vault, &keys)
        .await
        .expect("a counter");
    let mut acts = shelf::shipped(None).expect("the shelf");
    acts.push(Act::OpenOffice(Office {
        code: OFFICE.into(),
        name_vi: "Bench".into(),
        name_en: "Bench".into(),
        level: Level::Commune,
        parent: None,
        valid_from: jiff::civil::date(2020, 1, 1),
        valid_to: None,
        predecessors: Vec::new(),
        hours: None,
        address_vi: String::new(),
        phone: String::new(),
        contacts: Vec::new(),
        certainty: Certainty::Illustrative,
    }));
    counter.furnish(acts, None).await.expect("furnished");
    let mut counters = vec![Arc::new(counter)];
    while counters.len() < options.nodes {
        let journal = Journal::create_or_open(location).await.expect("a journal");
        let vault = Vault::create_or_open(&safe, &keys).await.expect("a vault");
        let counter = Counter::open(journal, vault, &keys).await;
        counters.push(Arc::new(counter.expect("another counter")));
    }
    counters
}

/// Each client takes a dossier accepted beforehand, gives it twelve commands one after another, and takes the next.
async fn measure(counters: &[Arc<Counter>], options: &Options) -> f64 {
    let (clients, wander) = (options.clients, options.wander);
    let time = Duration::from_secs(options.seconds);
    let mut pools: Vec<Vec<Uuid>> = vec![Vec::new(); clients];
    let wanted = usize::try_from(time.as_secs()).unwrap_or(1) * DOSSIERS_PER_SECOND;
    for (n, dossier) in accept(counters, wanted.max(clients), clients)
        .await
        .into_iter()
        .enumerate()
    {
        pools[n % clients].push(dossier);
    }
    let done = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let runs = pools.into_iter().enumerate().map(|(client, pool)| {
        let (counters, done) = (counters.to_vec(), Arc::clone(&done));
        tokio::spawn(async move {
            for (dossier, event) in pool
                .into_iter()
                .flat_map(|dossier| (0..EVENTS).map(move |event| (dossier, event)))
            {
                if begin.elapsed() > time {
                    return;
                }
                let request = assignment(dossier, event);
                let step = if wander { event } else { 0 };
                let counter = &counters[(client + step) % counters.len()];
                counter.submit(request).await.expect("a receipt");
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    join_all(runs).await;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let count = done.load(Ordering::Relaxed) as f64;
    count / begin.elapsed().as_secs_f64()
}

/// P7: how long a dossier of a hundred facts takes to be folded from the journal, as it was at each of its hundred sizes.
async fn as_of(counter: &Arc<Counter>, location: &Location) {
    let dossier = accept(std::slice::from_ref(counter), 1, 1).await[0];
    let journal = Journal::open_read_only(location).await.expect("a journal");
    let first = journal.head().await.expect("a head").size;
    let facts = journal.read_stream(dossier, 0, Until::End).await;
    for event in facts.expect("facts").len()..100 {
        let request = assignment(dossier, event);
        counter.submit(request).await.expect("a receipt");
    }
    let mut times = Vec::new();
    for size in first..=journal.head().await.expect("a head").size {
        let begin = Instant::now();
        let state = history::fold(&journal, dossier, Until::Size(size)).await;
        times.push(begin.elapsed());
        assert!(state.expect("folded").is_some());
    }
    println!(
        "as-of folds={} longest_ms={:.3} whole_ms={:.3}",
        times.len(),
        times
            .iter()
            .max()
            .map_or(0.0, |longest| longest.as_secs_f64() * 1e3),
        times.last().map_or(0.0, |last| last.as_secs_f64() * 1e3)
    );
}

/// Each by the node of the client that it will be given to.
async fn accept(counters: &[Arc<Counter>], count: usize, clients: usize) -> Vec<Uuid> {
    let mut accepted = Vec::with_capacity(count);
    while accepted.len() < count {
        let next = (accepted.len()..count).take(5_000);
        let accepting = next.map(|number| {
            let counter = Arc::clone(&counters[number % clients % counters.len()]);
            async move {
                let (dossier, request) = acceptance(number);
                counter.submit(request).await.expect("accepted");
                dossier
            }
        });
        accepted.extend(join_all(accepting).await);
    }
    accepted
}

fn assignment(dossier: Uuid, event: usize) -> Request {
    let head = Actor::new("head-01", OFFICE, Role::DivisionHead);
    let command = DossierCommand::AssignHandler {
        to: format!("handler-{event:02}"),
    };
    Request::new(id(), head, Act::Dossier { dossier, command })
}

fn acceptance(number: usize) -> (Uuid, Request) {
    let command = id();
    let dossier = stream::dossier(command);
    let accept = DossierCommand::AcceptAtCounter {
        procedure: "1.004873".parse().expect("a code"),
        office: OFFICE.parse().expect("a code"),
        capability: None,
        code: None,
    };
    let name = serde_json::json!({ "full_name": format!("Công dân {number:06}") });
    let personal = vec![Personal {
        file: None,
        kind: PartKind::Applicant,
        value: name,
    }];
    let receiver = Actor::new("receiver-01", OFFICE, Role::Receiver);
    (
        dossier,
        Request {
            personal,
            ..Request::new(
                command,
                receiver,
                Act::Dossier {
                    dossier,
                    command: accept,
                },
            )
        },
    )
}

/// Entries a second when the rows of one database are copied into the tables of another at once.
async fn copy(from: &str, to: &str) -> f64 {
    let place = Location::Postgres(to.to_owned());
    drop(
        Journal::create_or_open(&place)
            .await
            .expect("the same tables"),
    );
    let mut from = PgConnection::connect(from).await.expect("a connection");
    let mut to = PgConnection::connect(to).await.expect("a connection");
    let mut tables = Vec::new();
    for table in ["journal.entry", "journal.stream", "journal.command"] {
        let out = format!("copy {table} to stdout (format binary)");
        let rows = from.copy_out_raw(&out).await.expect("copied out");
        let rows: Vec<_> = rows.try_collect().await.expect("rows");
        tables.push((table, rows));
    }
    let begin = Instant::now();
    sqlx::raw_sql("begin")
        .execute(&mut to)
        .await
        .expect("begun");
    let mut entries = 0;
    for (table, rows) in tables {
        let into = format!("copy {table} from stdin (format binary)");
        let mut copying = to.copy_in_raw(&into).await.expect("copying");
        for piece in rows {
            copying.send(piece).await.expect("sent");
        }
        let copied = copying.finish().await.expect("copied");
        entries = entries.max(copied);
    }
    sqlx::raw_sql("commit")
        .execute(&mut to)
        .await
        .expect("committed");
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let count = entries as f64;
    count / begin.elapsed().as_secs_f64()
}

/// What one writer alone could do at best: the same rows, one durable commit each, nothing else.
async fn bare(path: &std::path::Path, time: Duration) -> f64 {
    let journal = Journal::create_or_open(&Location::Sqlite(path.to_owned()))
        .await
        .expect("the same tables");
    drop(journal);
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .expect("a connection");
    let body = vec![b'x'; 330];
    let leaf_hash = motcua::tlog::leaf_hash(&body).to_vec();
    let stream = id();
    let begin = Instant::now();
    let mut position = 0_i64;
    while begin.elapsed() < time {
        sqlx::query("begin immediate")
            .execute(&mut connection)
            .await
            .expect("begun");
        sqlx::query("insert into entry (position, stream, version, recorded_at, body, leaf_hash) values (?, ?, ?, ?, ?, ?)")
            .bind(position)
            .bind(stream)
            .bind(position + 1)
            .bind(position)
            .bind(&body)
            .bind(&leaf_hash)
            .execute(&mut connection)
            .await
            .expect("an entry");
        sqlx::query("insert into stream (id, version, leaf_hash) values (?, ?, ?) on conflict (id) do update set version = excluded.version, leaf_hash = excluded.leaf_hash")
            .bind(stream)
            .bind(position + 1)
            .bind(&leaf_hash)
            .execute(&mut connection)
            .await
            .expect("a tail");
        sqlx::query("insert into command (id, mac, position, entries) values (?, ?, ?, 1)")
            .bind(id())
            .bind(&leaf_hash)
            .bind(position)
            .execute(&mut connection)
            .await
            .expect("a command");
        sqlx::query("commit")
            .execute(&mut connection)
            .await
            .expect("committed");
        position += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let count = position as f64;
    count / begin.elapsed().as_secs_f64()
}

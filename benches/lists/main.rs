//! How long a page of a list takes among a million dossiers, of which 20,000 are in the office.
//!
//! `cargo bench --bench lists -- --measure [--dossiers N] [--pairs]`; `--pairs`: pairs of filters and the whole answer alone
//! The file of the read models is filled by SQL with four years of fifty offices: nineteen in twenty dossiers are closed, as they
//! would be. Every figure is the server's time for 20 rows, read model to rows: median and 99th percentile of many rounds.

#![recursion_limit = "256"]

mod fill;

use std::time::{Duration, Instant};

use motcua::api::{Api, schema};
use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::{Channel, EndKind, Phase};
use motcua::domain::time::Moment;
use motcua::projections::ReadModels;
use motcua::projections::listing::{self, Field, Filter, Order, Place, Span, Way};

use self::fill::{DAY, END, OFFICE, filled};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 200;
const ROUNDS_ALL: usize = 15;
const SIZE: u32 = 20;
/// The page after this row is compared with the first.
const DEEP: u32 = 200_000;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().collect();
    if !words.iter().any(|word| word == "--measure") {
        // As a test of `cargo test --benches` nothing is measured.
        return;
    }
    let asked = words.iter().skip_while(|word| *word != "--dossiers").nth(1);
    let dossiers = asked.and_then(|word| word.parse().ok());
    let folder = tempfile::tempdir().expect("a folder");
    let (api, procedures) = filled(folder.path(), dossiers.unwrap_or(1_000_000)).await;
    let models = &api.models;
    let all = listing::count(models, &of_all(&of_office()))
        .await
        .expect("a count");
    let here = listing::count(models, &of_office()).await.expect("a count");
    println!("{all} dossiers, {here} of them in the office");
    let filters = filters(&procedures);
    if !words.iter().any(|word| word == "--pairs") {
        orders(models).await;
        alone(models, &filters).await;
    }
    pairs(models, &filters).await;
    whole_answer(api.clone()).await;
}

fn of_office() -> Filter {
    Filter {
        offices: Some(vec![OFFICE.into()]),
        now: END,
        ..Filter::default()
    }
}

fn of_all(filter: &Filter) -> Filter {
    Filter {
        offices: None,
        ..filter.clone()
    }
}

/// Median and 99th percentile, in milliseconds.
#[derive(Clone, Copy)]
struct Spread(f64, f64);

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} | {:.2}", self.0, self.1)
    }
}

fn spread(mut times: Vec<Duration>) -> Spread {
    times.sort_unstable();
    let at =
        |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    Spread(at(50), at(99))
}

async fn page(
    models: &ReadModels,
    filter: &Filter,
    order: Order,
    from: Option<&Place>,
    rounds: usize,
) -> Spread {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let begin = Instant::now();
        let found = listing::page(models, filter, order, from, Way::Forward, SIZE).await;
        times.push(begin.elapsed());
        found.expect("a page");
    }
    spread(times)
}

async fn orders(models: &ReadModels) {
    println!(
        "\n| order | office p50, ms | p99 | all p50 | p99 | all, after row {DEEP}: p50 | p99 |"
    );
    println!("|---|---|---|---|---|---|---|");
    for field in Field::ALL {
        let order = Order {
            field,
            descending: true,
        };
        let office = page(models, &of_office(), order, None, ROUNDS).await;
        let everywhere = of_all(&of_office());
        let deep = listing::page(models, &everywhere, order, None, Way::Forward, DEEP).await;
        let place = deep.expect("a page").rows.pop().map(|(place, _)| place);
        let all = page(models, &everywhere, order, None, ROUNDS_ALL).await;
        let beyond = page(models, &everywhere, order, place.as_ref(), ROUNDS_ALL).await;
        println!("| {} | {office} | {all} | {beyond} |", field.name());
    }
}

fn filters(procedures: &[String]) -> Vec<(&'static str, Filter)> {
    let year = |from: i64, to: i64| Span {
        from: Some(END.plus(-from * DAY).0),
        to: Some(END.plus(-to * DAY).0),
    };
    let filter = |change: &dyn Fn(&mut Filter)| {
        let mut filter = of_office();
        change(&mut filter);
        filter
    };
    vec![
        (
            "statuses: returned",
            filter(&|f| f.phases = vec![Phase::Returned]),
        ),
        (
            "statuses: awaiting payment",
            filter(&|f| f.phases = vec![Phase::AwaitingPayment]),
        ),
        ("open", filter(&|f| f.open = Some(true))),
        (
            "procedures: one",
            filter(&|f| f.procedures = vec![procedures[3].clone()]),
        ),
        (
            "search",
            filter(&|f| f.words = Some("dang ky khai sinh".into())),
        ),
        ("sensitive", filter(&|f| f.sensitive = Some(true))),
        (
            "channels: post",
            filter(&|f| f.channels = vec![Channel::Post]),
        ),
        (
            "handlers: one",
            filter(&|f| f.handlers = vec!["handler-07".into()]),
        ),
        (
            "handlers: nobody of the name",
            filter(&|f| f.handlers = vec!["handler-99".into()]),
        ),
        ("hasHandler: false", filter(&|f| f.handled = Some(false))),
        (
            "deskRoles: signer",
            filter(&|f| f.desks = vec![Role::Signer]),
        ),
        ("steps: 3", filter(&|f| f.steps = vec![3])),
        (
            "endKinds: refused",
            filter(&|f| f.end_kinds = vec![EndKind::Refused]),
        ),
        (
            "codePrefix",
            filter(&|f| f.code_prefix = Some(format!("{OFFICE}-2503"))),
        ),
        ("paused", filter(&|f| f.paused = Some(true))),
        ("overdue", filter(&|f| f.overdue = Some(true))),
        ("intakeOverdue", filter(&|f| f.intake_overdue = Some(true))),
        ("missed", filter(&|f| f.missed = Some(true))),
        (
            "lateMinutes from 1",
            filter(&|f| f.late.from = Some(60 * Moment::SECOND)),
        ),
        (
            "receivedAt: a year",
            filter(&|f| f.spans = vec![(Field::ReceivedAt, year(800, 435))]),
        ),
        (
            "endedAt: a day",
            filter(&|f| f.spans = vec![(Field::EndedAt, year(501, 500))]),
        ),
    ]
}

async fn alone(models: &ReadModels, filters: &[(&'static str, Filter)]) {
    println!(
        "\n| filter, by receivedAt | rows | p50, ms | p99 | totalCount p50 | p99 | all offices p50 | p99 |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let order = Order {
        field: Field::ReceivedAt,
        descending: false,
    };
    for (name, filter) in filters {
        let rows = listing::count(models, filter).await.expect("a count");
        let office = page(models, filter, order, None, ROUNDS).await;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            listing::count(models, filter).await.expect("a count");
            times.push(begin.elapsed());
        }
        let all = page(models, &of_all(filter), order, None, ROUNDS_ALL).await;
        println!("| {name} | {rows} | {office} | {} | {all} |", spread(times));
    }
}

fn both(one: &Filter, other: &Filter) -> Filter {
    fn any<T: Clone>(one: &[T], other: &[T]) -> Vec<T> {
        if one.is_empty() { other } else { one }.to_vec()
    }
    Filter {
        offices: one.offices.clone(),
        phases: any(&one.phases, &other.phases),
        open: one.open.or(other.open),
        procedures: any(&one.procedures, &other.procedures),
        words: one.words.clone().or_else(|| other.words.clone()),
        sensitive: one.sensitive.or(other.sensitive),
        channels: any(&one.channels, &other.channels),
        handlers: any(&one.handlers, &other.handlers),
        handled: one.handled.or(other.handled),
        desks: any(&one.desks, &other.desks),
        steps: any(&one.steps, &other.steps),
        end_kinds: any(&one.end_kinds, &other.end_kinds),
        code_prefix: one
            .code_prefix
            .clone()
            .or_else(|| other.code_prefix.clone()),
        spans: [one.spans.clone(), other.spans.clone()].concat(),
        paused: one.paused.or(other.paused),
        overdue: one.overdue.or(other.overdue),
        intake_overdue: one.intake_overdue.or(other.intake_overdue),
        missed: one.missed.or(other.missed),
        portal_behind: one.portal_behind.or(other.portal_behind),
        late: if one.late == Span::default() {
            other.late
        } else {
            one.late
        },
        now: one.now,
    }
}

/// The slowest pair of filters by the median of five, in three orders that have no index of their own; measured again.
async fn pairs(models: &ReadModels, filters: &[(&'static str, Filter)]) {
    let mut worst: Option<(String, Filter, Order, Spread)> = None;
    for (name, filter) in filters {
        for (other, second) in filters.iter().filter(|(other, _)| other != name) {
            let both = both(filter, second);
            for field in [Field::Lateness, Field::Status, Field::Handler] {
                let order = Order {
                    field,
                    descending: false,
                };
                let took = page(models, &both, order, None, 5).await;
                if worst
                    .as_ref()
                    .is_none_or(|(_, _, _, slowest)| took.0 > slowest.0)
                {
                    let name = format!("{name} + {other}, by {}", field.name());
                    worst = Some((name, both.clone(), order, took));
                }
            }
        }
    }
    if let Some((name, filter, order, _)) = worst {
        let took = page(models, &filter, order, None, ROUNDS).await;
        println!("\nWorst pair: {name}: p50 | p99 {took} ms");
    }
}

/// From the text of the query to the answer.
async fn whole_answer(api: Api) {
    let schema = schema::schema(api);
    let query = "{ dossiers(first: 20, orderBy: {field: CHANGED_AT, direction: DESC}) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node { id code status procedureCode handler deskRole dueAt slackDays lateMinutes } } } }";
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let receiver = Actor::new("receiver-01", OFFICE, Role::Receiver);
        let request = async_graphql::Request::new(query).data(Some(receiver));
        let begin = Instant::now();
        let response = schema.execute(request).await;
        times.push(begin.elapsed());
        assert!(response.is_ok(), "{:?}", response.errors);
    }
    println!(
        "\nGraphQL, 20 rows with totalCount: p50 | p99 {} ms",
        spread(times)
    );
}

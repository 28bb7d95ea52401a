//! Lists against the same rows filtered and sorted here: every filter, every order, both ways.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;

use motcua::domain::actor::Role;
use motcua::domain::code::DossierCode;
use motcua::domain::dossier::{Channel, EndKind};
use motcua::projections::listing::{self, Field, Filter, Key, Order, Place, Span, Way};
use motcua::projections::tracking::DossierRow;
use proptest::prelude::*;

use super::*;

const NOW: Moment = Moment(50);
/// Few values, so that there are equals.
const MOMENTS: std::ops::Range<i64> = 0..100;
const ENDS: [EndKind; 5] = [
    EndKind::Completed,
    EndKind::Refused,
    EndKind::Withdrawn,
    EndKind::Stopped,
    EndKind::Redirected,
];
const CHANNELS: [Channel; 3] = [Channel::Counter, Channel::Online, Channel::Post];
const HANDLERS: [&str; 3] = ["handler-1", "handler-2", "handler-3"];
const DESKS: [Role; 3] = [Role::Receiver, Role::Handler, Role::Signer];
const DATES: [Field; 8] = [
    Field::DueAt,
    Field::OriginalDueAt,
    Field::ReceivedAt,
    Field::AcceptedAt,
    Field::LodgedAt,
    Field::ChangedAt,
    Field::EndedAt,
    Field::DeliveredAt,
];
/// Those that long lists are read in have an index of their own.
const WALKED: [Field; 5] = [
    Field::DueAt,
    Field::ReceivedAt,
    Field::ChangedAt,
    Field::EndedAt,
    Field::Code,
];

/// What a row is made of.
#[derive(Debug, Clone)]
struct Thrown {
    words: (usize, usize, usize, Option<usize>, Option<usize>),
    desk: (Option<usize>, Option<u16>),
    flags: (bool, u32, Option<usize>),
    code: Option<u32>,
    dates: Vec<Option<i64>>,
}

fn thrown() -> impl Strategy<Value = Thrown> {
    let maybe = |sides: usize| prop::option::weighted(0.8, 0..sides);
    let words = (
        0..OFFICES.len(),
        0..Phase::ALL.len(),
        0..PROCEDURES.len(),
        maybe(CHANNELS.len()),
        maybe(HANDLERS.len()),
    );
    let desk = (maybe(DESKS.len()), prop::option::weighted(0.5, 1..4_u16));
    let flags = (any::<bool>(), 0..3_u32, maybe(ENDS.len()));
    let code = prop::option::weighted(0.9, 1..20_000_u32);
    let dates = prop::collection::vec(prop::option::weighted(0.7, MOMENTS), DATES.len());
    (words, desk, flags, code, dates).prop_map(|(words, desk, flags, code, dates)| Thrown {
        words,
        desk,
        flags,
        code,
        dates,
    })
}

fn some<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> BoxedStrategy<Vec<T>> {
    let count = values.len();
    let few = prop::sample::subsequence(values, 1..=count);
    prop_oneof![4 => Just(Vec::new()), 1 => few].boxed()
}

fn flag() -> impl Strategy<Value = Option<bool>> {
    prop::option::weighted(0.15, any::<bool>())
}

fn span() -> impl Strategy<Value = Span> {
    let bound = || prop::option::weighted(0.5, -20..100_i64);
    (bound(), bound()).prop_map(|(from, to)| Span { from, to })
}

fn filters() -> impl Strategy<Value = Filter> {
    let offices: Vec<String> = OFFICES.iter().map(|(code, _)| (*code).into()).collect();
    let offices = prop_oneof![
        2 => Just(Some(vec![OFFICES[1].0.to_owned()])),
        1 => Just(None),
        1 => prop::sample::subsequence(offices, 0..=3).prop_map(Some),
    ];
    let texts = |texts: &[&str]| some(texts.iter().map(|text| (*text).to_owned()).collect());
    let words = (
        some(Phase::ALL.to_vec()),
        texts(&PROCEDURES),
        some(CHANNELS.to_vec()),
        texts(&HANDLERS),
        some(DESKS.to_vec()),
        some(vec![1_u16, 2, 3]),
        some(ENDS.to_vec()),
    );
    let flags = (flag(), flag(), flag(), flag(), flag());
    let dates = prop::option::weighted(0.2, (0..DATES.len(), span()));
    let late = prop_oneof![5 => Just(Span::default()), 1 => span()];
    let prefix =
        prop::option::weighted(0.1, prop::sample::select(vec!["H63.40.0", "H63.40-", "X"]));
    let whole = prop::bool::weighted(0.3);
    let all = (offices, words, flags, dates, late, prefix, whole);
    all.prop_map(|(offices, words, flags, dates, late, prefix, whole)| {
        let whole_filter = Filter {
            offices,
            now: NOW,
            ..Filter::default()
        };
        if whole {
            return whole_filter;
        }
        let (open, handled, paused, overdue, missed) = flags;
        Filter {
            phases: words.0,
            procedures: words.1,
            channels: words.2,
            handlers: words.3,
            desks: words.4,
            steps: words.5,
            end_kinds: words.6,
            open,
            handled,
            paused,
            overdue,
            missed,
            spans: dates
                .map(|(date, span)| (DATES[date], span))
                .into_iter()
                .collect(),
            late,
            code_prefix: prefix.map(Into::into),
            ..whole_filter
        }
    })
}

fn orders() -> impl Strategy<Value = Order> {
    let field = prop::sample::select(Field::ALL.to_vec());
    (field, any::<bool>()).prop_map(|(field, descending)| Order { field, descending })
}

async fn write(file: &mut SqliteConnection, rows: &[Thrown]) {
    let mut all = sqlx::query("begin").execute(&mut *file).await;
    all.expect("begun");
    all = sqlx::query("delete from dossier").execute(&mut *file).await;
    all.expect("empty");
    for (number, row) in (0_i64..).zip(rows) {
        let (office, phase, procedure, channel, handler) = row.words;
        let (office, phase) = (OFFICES[office].0, Phase::ALL[phase]);
        let code = row
            .code
            .map(|code| format!("{office}-2603{:02}-{code:04}", code % 28 + 1));
        let code: Option<DossierCode> = code.map(|code| code.parse().expect("a code"));
        let sql = "insert into dossier (
                number, id, version, procedure, office, reception_office, phase, phase_rank, open, due_rank, paused,
                supplement_requests, supplement_items, apologies, breaches, missed, position, code, code_rank, channel, handler,
                desk, step, end_kind, due_at, original_due_at, received_at, accepted_at, lodged_at, changed_at, ended_at,
                delivered_at)
            values (?, ?, 1, ?, ?, ?, ?, ?, 0, 0, ?, 0, '[]', 0, '[]', ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let mut insert = sqlx::query(sql)
            .bind(number)
            .bind(Uuid::from_u128(u128::try_from(number).expect("a number")))
            .bind(PROCEDURES[procedure])
            .bind(office)
            .bind(office)
            .bind(phase.name())
            .bind(phase.rank())
            .bind(row.flags.0)
            .bind(row.flags.1)
            .bind(code.as_ref().map(ToString::to_string))
            .bind(code.as_ref().and_then(DossierCode::rank))
            .bind(channel.map(|channel| CHANNELS[channel].name()))
            .bind(handler.map(|handler| HANDLERS[handler]))
            .bind(row.desk.0.map(|desk| DESKS[desk].name()))
            .bind(row.desk.1)
            .bind(row.flags.2.map(|kind| ENDS[kind].name()));
        for (field, date) in DATES.iter().zip(&row.dates) {
            let always = (*field == Field::ChangedAt).then_some(0);
            insert = insert.bind(date.or(always));
        }
        insert.execute(&mut *file).await.expect("a row");
    }
    let end = sqlx::query("commit").execute(file).await;
    end.expect("committed");
}

fn date(row: &DossierRow, field: Field) -> Option<i64> {
    let moment = match field {
        Field::DueAt => row.due_at,
        Field::OriginalDueAt => row.original_due_at,
        Field::ReceivedAt => row.received_at,
        Field::AcceptedAt => row.accepted_at,
        Field::LodgedAt => row.lodged_at,
        Field::ChangedAt => Some(row.changed_at),
        Field::EndedAt => row.ended_at,
        Field::DeliveredAt => row.delivered_at,
        _ => None,
    };
    moment.map(|moment| moment.0)
}

fn key(row: &DossierRow, field: Field) -> Key {
    let text = |text: Option<&str>| text.map_or(Key::Empty, |text| Key::Text(text.into()));
    let number = |number: Option<i64>| number.map_or(Key::Empty, Key::Number);
    let code = || row.code.as_ref()?.parse::<DossierCode>().ok()?.rank();
    match field {
        Field::Code => number(code()),
        Field::Procedure => text(Some(&row.procedure)),
        Field::Office => text(Some(&row.office)),
        Field::Status => number(Some(row.phase.rank())),
        Field::Channel => text(row.channel.map(Channel::name)),
        Field::Handler => text(row.handler.as_deref()),
        Field::Desk => text(row.desk.map(Role::name)),
        Field::Step => number(row.step.map(i64::from)),
        Field::Slack => number(
            row.due_at
                .filter(|_| row.ended_at.is_none())
                .map(|due| due.0),
        ),
        Field::Lateness => number(listing::lateness(row, NOW)),
        date_field => number(date(row, date_field)),
    }
}

fn within(value: Option<i64>, span: Span) -> bool {
    if span == Span::default() {
        return true;
    }
    value.is_some_and(|value| {
        span.from.is_none_or(|from| value >= from) && span.to.is_none_or(|to| value <= to)
    })
}

fn fits(row: &DossierRow, filter: &Filter) -> bool {
    fn among<T: PartialEq>(value: Option<T>, values: &[T]) -> bool {
        values.is_empty() || value.is_some_and(|value| values.contains(&value))
    }
    let is = |asked: Option<bool>, so: bool| asked.is_none_or(|asked| asked == so);
    let begun = !matches!(row.phase, Phase::Absent | Phase::Draft);
    let runs = row.ended_at.is_none() && !row.paused;
    let offices = filter.offices.as_ref();
    let prefix = filter.code_prefix.as_ref();
    row.code.is_some()
        && offices.is_none_or(|offices| offices.contains(&row.office))
        && prefix.is_none_or(|prefix| {
            row.code
                .as_ref()
                .is_some_and(|code| code.starts_with(prefix))
        })
        && among(Some(row.phase), &filter.phases)
        && among(Some(row.procedure.clone()), &filter.procedures)
        && among(row.channel, &filter.channels)
        && among(row.handler.clone(), &filter.handlers)
        && among(row.desk, &filter.desks)
        && among(row.step, &filter.steps)
        && among(row.end_kind, &filter.end_kinds)
        && is(filter.open, begun && !row.phase.is_closed())
        && is(filter.handled, row.handler.is_some())
        && is(filter.paused, row.paused)
        && is(
            filter.overdue,
            runs && row.due_at.is_some_and(|due| due < NOW),
        )
        && is(filter.missed, row.missed > 0)
        && within(listing::lateness(row, NOW), filter.late)
        && filter
            .spans
            .iter()
            .all(|(field, span)| within(date(row, *field), *span))
}

fn compare(left: &Place, right: &Place, descending: bool) -> Ordering {
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    let numbers = || turned(left.number.cmp(&right.number));
    match (&left.key, &right.key) {
        (Key::Empty, Key::Empty) => numbers(),
        (Key::Empty, _) => Ordering::Greater,
        (_, Key::Empty) => Ordering::Less,
        (Key::Number(a), Key::Number(b)) => turned(a.cmp(b)).then_with(numbers),
        (Key::Text(a), Key::Text(b)) => turned(a.cmp(b)).then_with(numbers),
        (left, right) => panic!("{left:?} beside {right:?}"),
    }
}

/// All places from one end to the other, page by page; the pages of the way back come last first.
async fn paged(
    models: &ReadModels,
    filter: &Filter,
    order: Order,
    way: Way,
    size: u32,
) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    loop {
        let from = match way {
            Way::Forward => places.last(),
            Way::Backward => places.first(),
        };
        let page = listing::page(models, filter, order, from, way, size).await;
        let page = page.expect("a page");
        assert!(page.rows.len() <= size as usize);
        let (next, more) = (page.rows.into_iter().map(|(place, _)| place), page.has_next);
        match way {
            Way::Forward => places.extend(next),
            Way::Backward => {
                places.splice(0..0, next);
            }
        }
        if !more {
            return places;
        }
    }
}

#[test]
fn pages_of_any_list_are_the_rows_filtered_and_sorted_from_either_end() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (ground, home) = (folder(), folder());
    let (models, file) = runtime.block_on(async {
        let story = story_in(&ground).await;
        let models = read_models(home.path(), &story.journal).await;
        (models, RefCell::new(connect(home.path()).await))
    });
    let rows = prop::collection::vec(thrown(), 0..40);
    let asked = prop::collection::vec((filters(), orders(), 1..12_u32), 12);
    let config = ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let listed = Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let run = runner.run(&(rows, asked), |(rows, asked)| {
        let mut file = file.borrow_mut();
        let found = runtime.block_on(async {
            write(&mut file, &rows).await;
            let ids: Vec<Uuid> = (0..rows.len() as u128).map(Uuid::from_u128).collect();
            let all = tracking::by_ids(&models, &ids).await.expect("rows");
            let mut found = Vec::new();
            for (filter, order, size) in &asked {
                let fitting = all.iter().filter(|row| fits(row, filter));
                let mut expected: Vec<Place> = fitting
                    .map(|row| Place {
                        key: key(row, order.field),
                        number: i64::try_from(row.id.as_u128()).expect("a number"),
                    })
                    .collect();
                expected.sort_by(|left, right| compare(left, right, order.descending));
                let forward = paged(&models, filter, *order, Way::Forward, *size).await;
                let backward = paged(&models, filter, *order, Way::Backward, *size).await;
                let counted = listing::count(&models, filter).await.expect("a count");
                found.push((expected, forward, backward, counted));
            }
            found
        });
        for ((expected, forward, backward, counted), asked) in found.into_iter().zip(&asked) {
            prop_assert_eq!(counted, expected.len() as u64, "{:?}", asked);
            prop_assert_eq!(&forward, &expected, "{:?}", asked);
            prop_assert_eq!(&backward, &expected, "{:?}", asked);
            listed.set(listed.get() + expected.len());
        }
        Ok(())
    });
    run.expect("the same lists");
    assert!(listed.get() > 1_000, "{} rows listed", listed.get());
}

#[tokio::test]
async fn every_order_of_an_office_is_read_from_an_index_alone() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    story.live(4, 200);
    story.write().await;
    let models = read_models(home.path(), &story.journal).await;
    let office = OFFICES[1].0.to_owned();
    for field in Field::ALL {
        for descending in [false, true] {
            let order = Order { field, descending };
            for offices in [Some(vec![office.clone()]), None] {
                let of_one = offices.is_some();
                let filter = Filter {
                    offices,
                    ..Filter::default()
                };
                let plan = listing::plan(&models, &filter, order)
                    .await
                    .expect("a plan");
                let told = format!("{field:?} {of_one}: {plan:#?}");
                let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
                let reads: Vec<_> = plan
                    .iter()
                    .filter(|step| step.contains(" dossier "))
                    .collect();
                assert!(!reads.is_empty(), "{told}");
                // Rows are found by their numbers afterwards; what is sorted has left its index only with its value.
                let own = if WALKED.contains(&field) {
                    "INDEX listing_by_"
                } else {
                    "COVERING INDEX listing "
                };
                for read in reads {
                    assert!(read.starts_with("SEARCH dossier USING "), "{told}");
                    assert!(read.contains(own) && read.contains("(office=?"), "{told}");
                }
                if WALKED.contains(&field) {
                    assert!(of_one != sorts, "{told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn any_filter_of_an_office_is_answered_by_the_narrow_index() {
    let (ground, home) = (folder(), folder());
    let story = story_in(&ground).await;
    let models = read_models(home.path(), &story.journal).await;
    let whole = Filter {
        offices: Some(vec![OFFICES[1].0.to_owned()]),
        ..Filter::default()
    };
    let strange = Filter {
        phases: vec![Phase::Accepted],
        open: Some(true),
        procedures: vec![PROCEDURES[0].into()],
        words: Some("khai sinh".into()),
        sensitive: Some(false),
        channels: vec![Channel::Post],
        handlers: vec!["handler-1".into()],
        handled: Some(true),
        desks: vec![Role::Handler],
        steps: vec![1],
        end_kinds: vec![EndKind::Completed],
        code_prefix: Some("H63".into()),
        spans: DATES
            .map(|field| {
                (
                    field,
                    Span {
                        from: Some(0),
                        to: Some(9),
                    },
                )
            })
            .to_vec(),
        paused: Some(false),
        overdue: Some(false),
        intake_overdue: Some(false),
        missed: Some(false),
        late: Span {
            from: Some(0),
            to: None,
        },
        ..whole
    };
    for field in Field::ALL {
        let order = Order {
            field,
            descending: true,
        };
        let plan = listing::plan(&models, &strange, order)
            .await
            .expect("a plan");
        let reads = plan.iter().filter(|step| step.contains(" dossier "));
        for read in reads {
            assert!(
                read.starts_with("SEARCH dossier USING COVERING INDEX listing (office=?"),
                "{plan:#?}"
            );
        }
    }
}

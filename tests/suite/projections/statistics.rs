//! Counts that somebody else finds too, by reading all facts.

use jiff::civil::{Date, date};
use motcua::domain::catalogue::Level;
use motcua::domain::deadline::{Comparison, Timeliness, classify};
use motcua::domain::dossier::{Dossier, DossierCommand, DossierEvent, EndKind, Turn};
use motcua::domain::event::Event;
use motcua::domain::time::Moment;
use motcua::projections::statistics::{Counts, Query, Scope};
use motcua::projections::{ReadModels, history, statistics};

use super::{folder, read_models, story_in};
use crate::story::{OFFICES, Story, is_online};

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
        let changes = history::changes(&story.journal, *id)
            .await
            .expect("changes");
        for change in &changes {
            moves.resize(change.after.turns.len(), Vec::new());
            let Event::Dossier(event) = &change.fact.event else {
                continue;
            };
            let new = match event {
                DossierEvent::DueDateRecomputed(change) => change.new,
                DossierEvent::ApologyIssued(apology) if apology.moves_promise => apology.new_due_at,
                _ => continue,
            };
            let last = moves.last_mut().expect("a turn");
            last.push((change.fact.recorded_at, new));
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
    let level = |code: &str| {
        OFFICES
            .iter()
            .find(|(office, _)| *office == code)
            .map(|(_, level)| *level)
    };
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
            || query
                .channel
                .is_some_and(|channel| dossier.channel != Some(channel))
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
        for ((from, to), scope) in periods
            .iter()
            .flat_map(|days| scopes.iter().map(move |scope| (*days, scope.clone())))
        {
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
        responsible: None,
    };
    story.act(id, &apology).expect("an apology in time");
    story.go_to(3, 20, 9);
    story
        .act(id, &DossierCommand::SignResult { signature: None })
        .expect("signed");
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
    assert_eq!(
        (second.received.carried_over, second.pending.in_time),
        (1, 1)
    );
    assert_eq!(second.pending_by_original.overdue, 1);
    let third = count(date(2026, 3, 20), date(2026, 3, 31)).await;
    assert_eq!(
        (third.settled.early, third.settled_by_original.late),
        (1, 1)
    );
}

//! Counts that somebody else finds too, by reading all facts.

use jiff::civil::{Date, date};
use motcua::domain::catalogue::Level;
use motcua::domain::deadline::{Comparison, Timeliness, classify};
use motcua::domain::dossier::{
    Dossier, DossierCommand, DossierEvent, DueDateCause, EndKind, Feedback, Rating, RatingDevice,
    Turn,
};
use motcua::domain::event::Event;
use motcua::domain::score::Measure;
use motcua::domain::target::Indicator;
use motcua::domain::time::Moment;
use motcua::projections::statistics::forms::form_06a;
use motcua::projections::statistics::groups::{self, Dimension};
use motcua::projections::statistics::measure::{Outcome, measure};
use motcua::projections::statistics::score;
use motcua::projections::statistics::{Counts, Query, Scope};
use motcua::projections::{ReadModels, history, statistics};

use super::{folder, read_models, story_in};
use crate::story::{OFFICES, Story, is_online};

/// One acceptance as somebody sees it who reads all facts and knows no table.
pub(super) struct Seen {
    dossier: Dossier,
    turn: Turn,
    /// When the due date moved, and where to.
    moves: Vec<(Moment, Moment)>,
    /// When it moved for a supplement, and by how much.
    for_supplements: Vec<(Moment, i64)>,
    /// When the applicant was asked, before this acceptance too.
    asked: Vec<Moment>,
    /// Since when the applicant was waited for, and until when.
    waits: Vec<(Moment, Option<Moment>)>,
    /// The same, when the request was taken back.
    taken_back: Vec<(Moment, Moment)>,
}

pub(super) async fn seen(story: &Story) -> Vec<Seen> {
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
        for (place, (turn, moves)) in dossier.turns.iter().zip(moves).enumerate() {
            let mut one = Seen {
                dossier: dossier.clone(),
                turn: turn.clone(),
                moves,
                for_supplements: Vec::new(),
                asked: Vec::new(),
                waits: Vec::new(),
                taken_back: Vec::new(),
            };
            for change in &changes {
                let turns = change.after.turns.len();
                if let Event::Dossier(event) = &change.fact.event
                    && (turns == 0 || turns == place + 1)
                {
                    one.note(event, change.fact.recorded_at, turns > 0);
                }
            }
            all.push(one);
        }
    }
    all
}

impl Seen {
    fn note(&mut self, event: &DossierEvent, at: Moment, is_of_turn: bool) {
        match event {
            DossierEvent::SupplementRequested(_) => {
                self.asked.push(at);
                if is_of_turn {
                    self.waits.push((at, None));
                }
            }
            DossierEvent::SupplementStillDeficient(_) if is_of_turn => self.waits.push((at, None)),
            DossierEvent::SupplementSubmitted(_) if is_of_turn => {
                let last = self.waits.last_mut().expect("it was waited for");
                last.1 = Some(at);
            }
            // What the office took back was its own time.
            DossierEvent::SupplementRetracted(_) if is_of_turn => {
                self.taken_back
                    .push((self.waits.pop().expect("a wait").0, at));
            }
            DossierEvent::DueDateRecomputed(moved) if moved.cause == DueDateCause::Supplement => {
                self.for_supplements.push((at, moved.new.0 - moved.old.0));
            }
            _ => {}
        }
    }

    /// In time by the rules of Decision 766 as of `end`; told in the words of the rules, not in those of the program.
    fn is_in_time(&self, end: Moment) -> bool {
        let asked = self.asked.iter().filter(|at| **at <= end).count();
        let waits = self.waits.iter().filter(|(since, _)| *since <= end);
        let waits = waits.map(|(since, until)| (*since, until.filter(|until| *until <= end)));
        let mut waits: Vec<(Moment, Option<Moment>)> = waits.collect();
        // Taken back after the period: as of its end the applicant was still waited for.
        let still = self
            .taken_back
            .iter()
            .filter(|(since, until)| *since <= end && *until > end);
        waits.extend(still.map(|(since, _)| (*since, None)));
        waits.sort_unstable();
        let waiting = waits.last().filter(|(_, until)| until.is_none());
        let ended = self.turn.ending.filter(|ending| ending.at <= end);
        let stop = match (ended, waiting) {
            (Some(ending), _) => ending.at,
            (None, Some((since, _))) if asked == 1 => *since,
            (None, _) => end,
        };
        let waited = waits
            .iter()
            .map(|(since, until)| until.unwrap_or(stop).0 - since.0);
        let known = self.moves.iter().rev().find(|(at, _)| *at <= end);
        let due = known.map_or(self.turn.original_due_at, |(_, new)| *new);
        let moved = self.for_supplements.iter().filter(|(at, _)| *at <= end);
        let moved: i64 = moved.map(|(_, by)| by).sum();
        asked <= 1 && stop.0 - waited.sum::<i64>() <= due.0 - moved
    }
}

/// Numerator, denominator and excluded of element 2.1.
fn progress(all: &[Seen], query: &Query) -> (u64, u64, u64) {
    // The last microsecond of the period, as moments are kept.
    let end = Moment::from_local(query.to.at(23, 59, 59, 999_999_000));
    let (mut numerator, mut denominator, mut excluded) = (0, 0, 0);
    for one in all {
        let ended = one.turn.ending.filter(|ending| ending.at <= end);
        if one.turn.received_at > end || ended.is_some_and(|ending| ending.at.date() < query.from) {
            continue;
        }
        match (ended.map(|ending| ending.kind), one.is_in_time(end)) {
            (Some(EndKind::Redirected), _) | (Some(EndKind::Withdrawn), true) => excluded += 1,
            (_, true) => {
                numerator += 1;
                denominator += 1;
            }
            (_, false) => denominator += 1,
        }
    }
    (numerator, denominator, excluded)
}

pub(super) fn recount(all: &[Seen], query: &Query) -> Counts {
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
        ..
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
    let (mut most, mut most_excluded, mut heard) = (Counts::default(), 0, [0_u64; 4]);
    for seed in [21, 22, 23] {
        let (ground, home) = (folder(), folder());
        let mut story = story_in(&ground).await;
        story.live(seed, 1_600);
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
                then_groups_and_forms_add_up(&models, &query, &counts).await;
                if scope == Scope::All && comparison == Comparison::Timestamp {
                    let found = score::score(&models, &query).await.expect("a score");
                    let mut elements = found.elements.iter();
                    let element = elements.find(|one| one.element.measure == Measure::Progress);
                    let share = element.and_then(|one| one.share).expect("a share");
                    let found = (share.numerator, share.denominator, share.excluded);
                    assert_eq!(found, progress(&all, &query), "{query:?}");
                    most_excluded = most_excluded.max(share.excluded);
                }
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
        let told = then_voices_and_money_are_those_of_the_dossiers(&models, &story).await;
        heard
            .iter_mut()
            .zip(told)
            .for_each(|(sum, told)| *sum += told);
    }
    assert!(
        !heard.contains(&0)
            && most_excluded > 0
            && most.settled.late > 0
            && most.settled.early > 0
            && most.pending.overdue > 0
            && most.closed.withdrawn > 0
            && most.received.carried_over > 0,
        "the histories try everything: {most:?} {most_excluded} {heard:?}"
    );
}

#[track_caller]
fn then_it_adds_up(counts: &Counts) {
    assert_eq!(
        counts.received.total(),
        counts.settled.total() + counts.closed.total() + counts.pending.total()
    );
    assert!(counts.is_balanced());
    assert_eq!(counts.settled.total(), counts.settled_by_original.total());
    assert_eq!(counts.pending.total(), counts.pending_by_original.total());
}

const DIMENSIONS: [Dimension; 8] = [
    Dimension::Office,
    Dimension::Field,
    Dimension::Procedure,
    Dimension::Channel,
    Dimension::Level,
    Dimension::Handler,
    Dimension::Signer,
    Dimension::Step,
];

/// However it is split, nothing is lost, counted twice or in time that was withdrawn or promised for no day.
async fn then_groups_and_forms_add_up(models: &ReadModels, query: &Query, counts: &Counts) {
    for dimension in DIMENSIONS {
        let groups = groups::by(models, query, dimension).await.expect("groups");
        let total = groups::total(&groups);
        // Nothing in the period is no group, and no group tells no size.
        let total_counts = Counts {
            size: counts.size,
            ..total.counts
        };
        assert_eq!(&total_counts, counts, "{dimension:?} {query:?}");
        for tally in groups.values() {
            then_it_adds_up(&tally.counts);
            assert!(tally.closed_in_time + tally.closed_overdue <= tally.counts.closed.total());
        }
    }
    let form = form_06a(models, query).await.expect("the form");
    let lines = form.lines.iter().map(|one| &one.line);
    for line in lines.clone().chain([&form.total]) {
        assert!(line.is_balanced(), "{line:?}");
    }
    for column in 3..=13 {
        let sum: u64 = lines.clone().filter_map(|line| line.column(column)).sum();
        assert_eq!(Some(sum), form.total.column(column), "column {column}");
    }
    assert_eq!(form.total.column(3), Some(counts.received.total()));
    assert_eq!(form.total.column(8), Some(counts.settled.early));
    assert_eq!(form.total.column(9), Some(counts.settled.on_time));
    let moved = form.total.moved;
    assert_eq!(
        moved.closed_in_12 + moved.closed_in_13,
        counts.closed.total()
    );
}

/// Ratings, reports, papers and payments of a whole year are those that the dossiers themselves hold.
/// Gives how many told something: rated, rated on an office's device, reported, owed.
async fn then_voices_and_money_are_those_of_the_dossiers(
    models: &ReadModels,
    story: &Story,
) -> [u64; 4] {
    let query = Query {
        scope: Scope::All,
        channel: None,
        procedure: None,
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        comparison: Comparison::Date,
    };
    let share = async |indicator: Indicator| match measure(models, &query, indicator)
        .await
        .expect("measured")
    {
        Outcome::Counted(share) => (share.numerator, share.denominator, share.excluded),
        Outcome::Outside(why) => panic!("{why:?}"),
    };
    let accepted = || story.dossiers.values().filter(|one| !one.turns.is_empty());
    let number = |found: usize| u64::try_from(found).expect("a number");
    let ratings = || accepted().filter_map(|one| one.rating);
    let own = |rating: &Rating| rating.device == RatingDevice::Own;
    let satisfied = ratings().filter(|one| own(one) && one.score >= 2).count();
    let rated = ratings().filter(own).count();
    let left_out = ratings().count() - rated;
    let expected = (number(satisfied), number(rated), number(left_out));
    assert_eq!(share(Indicator::Satisfaction).await, expected);

    let end = Moment::from_local(date(2026, 12, 31).at(23, 59, 59, 999_999_000));
    let reports = || accepted().flat_map(|one| &one.feedback);
    let judged = |one: &&Feedback| {
        let due = one.due_at;
        due.is_some_and(|due| one.answered_at.is_some() || due <= end)
    };
    let told = |one: &Feedback| one.published || one.publish_due_at.is_none_or(|due| due > end);
    let kept = |one: &&Feedback| {
        let answered = one.answered_at.is_some_and(|at| Some(at) <= one.due_at);
        answered && told(one)
    };
    let judged = reports().filter(judged);
    let (of, good) = (judged.clone().count(), judged.filter(kept).count());
    let expected = (number(good), number(of), number(reports().count() - of));
    assert_eq!(share(Indicator::FeedbackOnTime).await, expected);

    let papers = accepted().filter(|one| !one.components.is_empty());
    let (_, entered, _) = share(Indicator::DigitisedComponents).await;
    assert!(entered >= number(papers.count()), "one for each acceptance");
    let (online, owed, _) = share(Indicator::OnlinePayment).await;
    assert!(online <= owed);
    [
        number(rated),
        number(left_out),
        number(reports().count()),
        owed,
    ]
}

/// Who had a dossier at a period's end is counted there, whoever has it later.
#[tokio::test]
async fn a_dossier_counts_with_its_handler_at_the_period_s_end() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    let id = story.accept("H63.40.01", "1.004222");
    let to = |officer: &str| DossierCommand::Forward { to: officer.into() };
    story.act(id, &to("handler-1")).expect("forwarded");
    story.go_to(3, 4, 9);
    let assign = DossierCommand::AssignHandler {
        to: "handler-2".into(),
    };
    story.act(id, &assign).expect("assigned");
    story.go_to(3, 6, 9);
    let sign = DossierCommand::SignResult { signature: None };
    story.act(id, &sign).expect("signed");
    story.write().await;
    let models = read_models(home.path(), &story.journal).await;
    let keys = async |to: Date, dimension: Dimension| {
        let query = Query {
            scope: Scope::All,
            channel: None,
            procedure: None,
            from: date(2026, 3, 1),
            to,
            comparison: Comparison::Date,
        };
        let groups = groups::by(&models, &query, dimension)
            .await
            .expect("groups");
        let mut keys: Vec<Option<String>> = groups.into_keys().collect();
        assert_eq!(keys.len(), 1);
        keys.remove(0)
    };
    let handler = keys(date(2026, 3, 3), Dimension::Handler).await;
    assert_eq!(handler.as_deref(), Some("handler-1"));
    let handler = keys(date(2026, 3, 31), Dimension::Handler).await;
    assert_eq!(handler.as_deref(), Some("handler-2"));
    assert_eq!(keys(date(2026, 3, 3), Dimension::Signer).await, None);
    let signer = keys(date(2026, 3, 31), Dimension::Signer).await;
    assert_eq!(signer.as_deref(), Some("signer-H63.40.01"));
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

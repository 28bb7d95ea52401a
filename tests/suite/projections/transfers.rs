//! Any history in which an office ends: counted at both offices, and all together as if none had ended.

use jiff::civil::{Date, date};
use motcua::domain::catalogue::Level;
use motcua::domain::deadline::Comparison;
use motcua::domain::dossier::DossierEvent;
use motcua::domain::event::Event;
use motcua::domain::law::Certainty;
use motcua::domain::reference::ReferenceEvent;
use motcua::domain::reorganisation::{Reorganisation, Route};
use motcua::domain::time::Moment;
use motcua::projections::statistics::forms::form_06a;
use motcua::projections::statistics::groups::{self, Dimension};
use motcua::projections::statistics::{Counts, Query, Scope, Transferred};
use motcua::projections::{history, lateness, statistics};

use super::statistics::{recount, seen};
use super::{folder, read_models, story_in};
use crate::story::{OFFICES, PROCEDURES, Story};

const DECISION: &str = "1685/NQ-UBTVQH15";

/// The district ends today; one commune gets one procedure, the other the rest.
fn decided(today: Date) -> Reorganisation {
    let route = |procedures: &[&str], to: &str| Route {
        from: OFFICES[0].0.parse().expect("a code"),
        procedures: procedures
            .iter()
            .map(|code| code.parse().expect("a code"))
            .collect(),
        fields: Vec::new(),
        to: to.parse().expect("a code"),
    };
    Reorganisation {
        decision: DECISION.to_owned(),
        decided_on: date(2026, 3, 1),
        effective_from: today,
        closes: vec![OFFICES[0].0.parse().expect("a code")],
        routes: vec![
            route(&PROCEDURES[..1], OFFICES[1].0),
            route(&[], OFFICES[2].0),
        ],
        legal_basis: "Law 72/2025/QH15".to_owned(),
        certainty: Certainty::Illustrative,
    }
}

/// Clocks that went from office to office in these days, in the words of the facts.
async fn moved(story: &Story, from: Date, to: Date, scope: &Scope) -> Transferred {
    let mut sum = Transferred::default();
    let level = |code: &str| {
        OFFICES
            .iter()
            .find(|(office, _)| *office == code)
            .map(|one| one.1)
    };
    let here = |code: &str| match scope {
        Scope::All => true,
        Scope::Office(office) => office == code,
        Scope::Level(wanted) => level(code) == Some(*wanted),
    };
    for id in &story.ids {
        for change in history::changes(&story.journal, *id).await.expect("facts") {
            let ran = change
                .before
                .turn()
                .is_some_and(|turn| turn.ending.is_none());
            let day = change.fact.recorded_at.date();
            if let Event::Dossier(DossierEvent::Transferred(moved)) = &change.fact.event
                && ran
                && (from..=to).contains(&day)
            {
                sum.out += u64::from(here(moved.from.as_str()));
                sum.r#in += u64::from(here(moved.to.as_str()));
            }
        }
    }
    sum
}

#[tokio::test]
async fn the_statistics_of_both_offices_add_up_and_all_are_as_if_none_had_ended() {
    let periods: [(Date, Date); 4] = [
        (date(2026, 3, 1), date(2026, 3, 20)),
        (date(2026, 3, 21), date(2026, 12, 31)),
        (date(2026, 4, 10), date(2026, 4, 10)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ];
    let mut scopes = vec![Scope::All, Scope::Level(Level::Commune)];
    scopes.extend(OFFICES.map(|(code, _)| Scope::Office(code.into())));
    let mut most = Transferred::default();
    for seed in [31, 32, 33] {
        let (ground, home) = (folder(), folder());
        let mut story = story_in(&ground).await;
        story.live(seed, 900);
        story.wait(Moment::DAY);
        let today = story.now.date();
        story.shelve(ReferenceEvent::OfficesReorganised(decided(today)));
        assert!(story.transfer(DECISION) > 5);
        assert_eq!(story.transfer(DECISION), 0, "once");
        story.live(seed + 100, 700);
        // A voice about something done long ago wakes it.
        story.transfer(DECISION);
        story.write().await;
        let models = read_models(home.path(), &story.journal).await;
        let all = seen(&story).await;
        for (from, to) in periods.into_iter().chain([(today, today)]) {
            for comparison in [Comparison::Date, Comparison::Timestamp] {
                let mut sum = Counts::default();
                for scope in &scopes {
                    let query = Query {
                        scope: scope.clone(),
                        channel: None,
                        procedure: None,
                        from,
                        to,
                        comparison,
                    };
                    let counts = statistics::count(&models, &query).await.expect("counts");
                    assert!(counts.is_balanced(), "{query:?}: {counts:?}");
                    let expected = moved(&story, from, to, scope).await;
                    assert_eq!(counts.transferred, expected, "{query:?}");
                    let form = form_06a(&models, &query).await.expect("a form");
                    let lines = form.lines.iter().map(|one| &one.line).chain([&form.total]);
                    assert!(
                        lines
                            .into_iter()
                            .all(motcua::projections::statistics::forms::Line::is_balanced),
                        "{form:?}"
                    );
                    if *scope == Scope::All {
                        then_nothing_differs_from_a_world_without_it(
                            &counts,
                            &recount(&all, &query),
                        );
                        assert_eq!(form.total.column(3), Some(counts.received.total()));
                        most.out = most.out.max(counts.transferred.out);
                    }
                    if matches!(scope, Scope::Office(_)) {
                        sum += counts;
                    }
                    let groups = groups::by(&models, &query, Dimension::Procedure).await;
                    let total = groups::total(&groups.expect("groups")).counts;
                    assert_eq!(
                        Counts {
                            size: counts.size,
                            ..total
                        },
                        counts,
                        "{query:?}"
                    );
                }
                assert_eq!(sum.transferred.r#in, sum.transferred.out);
            }
        }
        let known = lateness::overdue(&models, OFFICES[0].0, story.now, None, 500).await;
        let left = known.expect("an answer").expect("a calendar").rows;
        assert!(
            left.is_empty(),
            "a closed office has nothing overdue: {left:?}"
        );
    }
    assert!(most.out > 5, "the histories move something: {most:?}");
}

#[track_caller]
fn then_nothing_differs_from_a_world_without_it(counts: &Counts, without: &Counts) {
    assert_eq!(counts.transferred.r#in, counts.transferred.out);
    let without = Counts {
        transferred: counts.transferred,
        size: counts.size,
        ..*without
    };
    // What went over in the period stood in both: once as received, once as transferred.
    assert_eq!(*counts, without);
}

//! The lobby board against the folds of the same facts.

use motcua::projections::board::{self, Asked, Board, Line};

use super::*;

fn line(dossier: &Dossier, at: Moment, paused: bool) -> Line {
    let code = dossier.code.as_ref().expect("a code").to_string();
    Line { code, at, paused }
}

/// What has to hang there, from the folds alone, each list in the order of its codes.
fn expected(story: &Story, office: &str) -> Board {
    let mut board = Board::default();
    let here = |dossier: &&Dossier| {
        let at = dossier
            .office
            .as_ref()
            .map(motcua::domain::code::OfficeCode::as_str);
        at == Some(office) && dossier.code.is_some() && !dossier.phase.is_closed()
    };
    for dossier in story.dossiers.values().filter(here) {
        let Some(turn) = dossier.turn() else {
            continue;
        };
        let paused = turn.paused_since.is_some();
        match turn.ending {
            Some(ending) if dossier.phase == Phase::Completed => {
                board.to_collect.push(line(dossier, ending.at, false));
            }
            Some(_) => {}
            None if !paused && turn.due_at.date() == story.now.date() => {
                board.due_today.push(line(dossier, turn.due_at, false));
            }
            None => board.processing.push(line(dossier, turn.due_at, paused)),
        }
    }
    for list in [
        &mut board.to_collect,
        &mut board.processing,
        &mut board.due_today,
    ] {
        list.sort_by(|left, right| left.code.cmp(&right.code));
    }
    board.counts = board::Counts {
        to_collect: board.to_collect.len() as u64,
        processing: board.processing.len() as u64,
        due_today: board.due_today.len() as u64,
    };
    board
}

async fn hung(models: &ReadModels, story: &Story, office: &str, first: u32) -> Board {
    let asked = Asked {
        office: office.to_owned(),
        now: story.now,
    };
    board::read(models, &asked, first).await.expect("a board")
}

#[tokio::test]
async fn every_dossier_hangs_where_its_facts_put_it_and_nowhere_else() {
    let (ground, home) = (folder(), folder());
    let mut story = story_in(&ground).await;
    let mut most = board::Counts::default();
    for seed in 1..6 {
        story.live(seed, 120);
        // Today's promises are due at the end of a working day.
        let ids = story.ids.clone();
        let next = ids.iter().filter_map(|id| {
            let turn = story.dossiers[id].turn()?;
            let runs = turn.ending.is_none() && turn.paused_since.is_none();
            (runs && turn.due_at > story.now).then_some(turn.due_at)
        });
        if let Some(due) = next.min() {
            story.now = due.plus(-60 * Moment::SECOND).max(story.now);
        }
        story.write().await;
        let models = read_models(home.path(), &story.journal).await;
        for (office, _) in OFFICES {
            let mut found = hung(&models, &story, office, 500).await;
            let dues: Vec<Moment> = found.processing.iter().map(|line| line.at).collect();
            assert!(dues.is_sorted(), "the earliest promise first");
            let ends: Vec<Moment> = found.to_collect.iter().map(|line| line.at).collect();
            assert!(ends.is_sorted_by(|a, b| a >= b), "the newest result first");
            for list in [
                &mut found.to_collect,
                &mut found.processing,
                &mut found.due_today,
            ] {
                list.sort_by(|left, right| left.code.cmp(&right.code));
            }
            assert_eq!(found, expected(&story, office), "{office} after {seed}");
            most.to_collect = most.to_collect.max(found.counts.to_collect);
            most.processing = most.processing.max(found.counts.processing);
            most.due_today = most.due_today.max(found.counts.due_today);

            let short = hung(&models, &story, office, 1).await;
            assert_eq!(short.counts, found.counts);
            assert!(short.processing.len() <= 1);
        }
    }
    let seen = [most.to_collect, most.processing, most.due_today];
    assert!(seen.iter().all(|count| *count > 0), "{most:?}");
}

#[tokio::test]
async fn each_list_is_read_from_one_index_in_order() {
    let (ground, home) = (folder(), folder());
    let story = story_in(&ground).await;
    drop(read_models(home.path(), &story.journal).await);
    let mut file = connect(home.path()).await;
    for (sql, index) in [
        (board::COUNTED, "dossier_worklist"),
        (board::TO_COLLECT, "dossier_to_collect"),
        (board::PROCESSING, "dossier_worklist"),
        (board::DUE_TODAY, "dossier_worklist"),
    ] {
        let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}")))
            .fetch_all(&mut file)
            .await
            .expect("a plan");
        let plan: Vec<String> = plan.iter().map(|row| row.get(3)).collect();
        assert!(
            plan[0].starts_with("SEARCH") && plan[0].contains(index),
            "{plan:?}"
        );
        assert!(
            plan.iter().all(|line| !line.contains("TEMP B-TREE")),
            "{plan:?}"
        );
    }
}

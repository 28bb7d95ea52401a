//! The journal as it was: replay, diff and history of an instant.

use std::path::Path;

use motcua::domain::dossier::DossierCommand;
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location};
use motcua::projections::{AsOf, Projector, ReadModels, difference, replay_until};
use serde_json::Value;
use tempfile::TempDir;

use super::program::motcua;
use crate::grounds::grounds;
use crate::projections::{dump, dump_file, the_same};
use crate::story::Story;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

async fn story_in(data: &Path) -> Story {
    let location = Location::Sqlite(data.join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    Story::begin(journal).await
}

async fn catch_up(projector: &mut Projector) {
    while projector.step(41).await.expect("a step") {}
}

#[tokio::test]
async fn a_replay_is_what_read_models_were_that_had_only_followed_so_far() {
    for ground in grounds().await {
        let home = folder();
        let mut story = Story::begin(ground.journal().await).await;
        let opened = ReadModels::open(home.path(), story.journal.clone()).await;
        let (models, mut projector) = opened.expect("read models");
        for seed in 0..6 {
            story.live(seed, 70);
            story.write().await;
            catch_up(&mut projector).await;
        }
        let (then, size) = (story.now, models.size());
        drop((models, projector));
        story.wait(1);
        story.live(7, 300);
        story.write().await;

        let out = home.path().join("then.sqlite");
        let as_of = AsOf::Moment(then).size(&story.journal).await;
        assert_eq!(as_of.expect("a size"), size);
        replay_until(&out, &story.journal, size, |_| {})
            .await
            .expect("replayed");
        the_same(&dump_file(&out).await, &dump(home.path()).await);

        let again = replay_until(&out, &story.journal, size, |_| {}).await;
        assert_eq!(again.expect_err("refused").code(), "FILE_EXISTS");
        let head = story.journal.head().await.expect("a head").size;
        let beyond = home.path().join("beyond.sqlite");
        let refused = replay_until(&beyond, &story.journal, head + 1, |_| {}).await;
        assert_eq!(refused.expect_err("refused").code(), "BEYOND_END");
        let left = std::fs::read_dir(home.path()).expect("a folder");
        let names = left.map(|entry| entry.expect("an entry").file_name());
        let names: Vec<_> = names.filter(|name| name != "then.sqlite").collect();
        assert!(
            names
                .iter()
                .all(|name| name.to_string_lossy().starts_with("read-")),
            "{names:?}"
        );
    }
}

#[tokio::test]
async fn the_program_replays_an_hour_of_the_office_and_overwrites_nothing() {
    let data = folder();
    let mut story = story_in(data.path()).await;
    story.accept("H63.40.01", "1.004873");
    story.go_to(3, 3, 8);
    story.accept("H63.40.01", "1.004873");
    story.write().await;
    let out = data.path().join("monday.sqlite");
    let out = out.to_str().expect("a path");
    let words = ["replay", "--until", "2026-03-02T17:00", "--out", out];
    let said = motcua(data.path(), &words).succeeded();
    let size = story.journal.head().await.expect("a head").size - 3;
    assert!(said.out.contains(&format!("{size} facts")), "{}", said.out);
    assert!(said.out.contains(&format!("position {}", size - 1)));
    let refused = motcua(data.path(), &words).failed_with(1);
    assert!(refused.error.contains("exists already"), "{refused:?}");
    let early = ["replay", "--until", "2020-01-01", "--out", "nowhere"];
    let refused = motcua(data.path(), &early).failed_with(1);
    assert!(refused.error.contains("no fact yet"), "{refused:?}");
}

#[tokio::test]
async fn a_difference_says_what_changed_and_which_facts_did_it() {
    let data = folder();
    let mut story = story_in(data.path()).await;
    let moved = story.accept("H63.40.01", "1.004873");
    let quiet = story.accept("H63.40.02", "1.004873");
    story.go_to(3, 3, 8);
    let forward = DossierCommand::Forward {
        to: "handler-7".into(),
    };
    story.act(moved, &forward).expect("forwarded");
    story.wait(Moment::HOUR);
    story
        .act(moved, &DossierCommand::SignResult { signature: None })
        .expect("signed");
    let begun = story.accept("H63.40.02", "1.004873");
    story.write().await;

    let words = ["diff", "--from", "2026-03-02", "--to", "2026-03-03"];
    let json = motcua(data.path(), &[&words[..], &["--json"]].concat()).succeeded();
    let told: Value = json.out.parse().expect("JSON");
    let changes = told["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 2, "{told}");
    let by_id = |id: uuid::Uuid| {
        let found = changes.iter().find(|one| one["dossier"] == id.to_string());
        found.unwrap_or_else(|| panic!("{id} in {told}"))
    };
    let first = by_id(moved);
    assert_eq!(first["before"]["phase"], "accepted");
    assert_eq!(first["after"]["phase"], "completed");
    assert_eq!(first["before"]["handler"], Value::Null);
    assert_eq!(first["after"]["handler"], "handler-7");
    let facts = first["facts"].as_array().expect("facts");
    assert_eq!(facts[0]["changed"], serde_json::json!(["phase", "handler"]));
    assert_eq!(facts[1]["kind"], "dossier.result_signed");
    assert_eq!(by_id(begun)["before"], Value::Null);
    assert_eq!(told["counts"]["begun"], 1);
    assert_eq!(told["counts"]["phase"], 1);
    assert_eq!(told["counts"]["handler"], 1);
    assert_eq!(told["counts"]["due_at"], 0);

    let text = motcua(data.path(), &words).succeeded().out;
    let code = story.dossiers[&moved].code.as_ref().expect("a code");
    assert!(text.contains(code.as_str()), "{text}");
    assert!(text.contains("accepted → completed"), "{text}");
    let still = story.dossiers[&quiet].code.as_ref().expect("a code");
    assert!(!text.contains(still.as_str()), "{text}");
    let office = [&words[..], &["--office", "H63.40.02"]].concat();
    let text = motcua(data.path(), &office).succeeded().out;
    assert!(!text.contains(code.as_str()), "{text}");
    let back = ["diff", "--from", "2026-03-03", "--to", "2026-03-02"];
    motcua(data.path(), &back).failed_with(1);
}

#[tokio::test]
async fn differences_add_up_over_any_instant_between() {
    let data = folder();
    let mut story = story_in(data.path()).await;
    let begin = story.journal.head().await.expect("a head").size;
    story.live(23, 900);
    story.write().await;
    let end = story.journal.head().await.expect("a head").size;
    let whole = difference::between(&story.journal, begin, end, None, |_| {}).await;
    let whole = whole.expect("compared");
    assert_eq!(whole.counts.begun, story.ids.len() as u64);
    for change in &whole.changes {
        let dossier = &story.dossiers[&change.dossier];
        assert_eq!(change.after.phase, dossier.phase.name());
        assert_eq!(change.after.handler, dossier.handler);
        assert_eq!(change.facts.len(), dossier.version as usize);
    }
    let middle = begin + (end - begin) / 2;
    let first = difference::between(&story.journal, begin, middle, None, |_| {}).await;
    let second = difference::between(&story.journal, middle, end, None, |_| {}).await;
    let (first, second) = (first.expect("compared"), second.expect("compared"));
    assert_eq!(first.counts.facts + second.counts.facts, end - begin);
    assert_eq!(first.counts.begun + second.counts.begun, whole.counts.begun);
    let met = second.changes.iter().filter(|one| one.before.is_some());
    let mut met = met.peekable();
    assert!(met.peek().is_some());
    for change in met {
        let earlier = first.changes.iter();
        let mut earlier = earlier.filter(|one| one.dossier == change.dossier);
        let earlier = earlier.next().map(|one| &one.after);
        assert_eq!(earlier, change.before.as_ref());
    }
}

#[tokio::test]
async fn a_history_stops_at_the_time_or_position_asked_for() {
    let data = folder();
    let mut story = story_in(data.path()).await;
    let id = story.accept("H63.40.01", "1.004873");
    story.write().await;
    let accepted = story.journal.head().await.expect("a head").size - 1;
    story.go_to(3, 3, 8);
    let forward = DossierCommand::Forward {
        to: "handler-7".into(),
    };
    story.act(id, &forward).expect("forwarded");
    story.write().await;
    let code = story.dossiers[&id].code.as_ref().expect("a code").as_str();
    let all = motcua(data.path(), &["history", code]).succeeded().out;
    assert!(all.contains("dossier.forwarded"), "{all}");
    let position = format!("position:{accepted}");
    for then in ["2026-03-02", "2026-03-02T17:00", &position] {
        let told = motcua(data.path(), &["history", code, "--as-of", then]);
        let told = told.succeeded().out;
        assert!(told.contains("dossier.accepted"), "{then}: {told}");
        assert!(!told.contains("dossier.forwarded"), "{then}: {told}");
    }
    let before = ["history", code, "--as-of", "2026-03-01"];
    let refused = motcua(data.path(), &before).failed_with(1);
    assert!(refused.error.contains("not recorded yet"), "{refused:?}");
    let beyond = ["history", code, "--as-of", "size:999999"];
    motcua(data.path(), &beyond).failed_with(1);
}

//! What a refusal is of: the dossier, or only the way it was told; everything alike; a dossier over which the portal stumbles.

use std::time::Duration;

use motcua::domain::dossier::{SyncOutcome, SyncRecorded};
use uuid::Uuid;

use super::ground::{Place, given};
use super::theirs::{Moods, Theirs};

const PATIENCE: Duration = Duration::from_mins(1);

fn refusals(answers: &[SyncRecorded]) -> Vec<&str> {
    let all = answers.iter();
    all.filter_map(|told| told.refusal.as_deref()).collect()
}

async fn code(place: &Place, dossier: Uuid) -> String {
    let code = place.dossier(dossier).await.code;
    code.expect("a code").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_that_was_made_though_the_answer_was_lost_is_changed_and_not_refused() {
    let place = given().await;
    let theirs = Theirs::listen(Moods {
        strict: true,
        loses: 1,
        ..Moods::default()
    })
    .await;
    let dossier = place.accept().await;
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    place.then_all_is_known(&theirs, dossier).await;
    let answers = place.answers(dossier).await;
    assert!(refusals(&answers).is_empty(), "{answers:?}");
    // The other way round: the portal has lost what it had.
    theirs.moods().done.clear();
    place.forward(dossier).await;
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    place.then_all_is_known(&theirs, dossier).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_that_was_taken_is_acknowledged_though_its_line_of_progress_was_not() {
    let place = given().await;
    let theirs = Theirs::listen(Moods::default()).await;
    theirs.moods().closed.insert("CapNhatTienDoHoSoMC");
    let dossier = place.accept().await;
    place.forward(dossier).await;
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    place.then_all_is_known(&theirs, dossier).await;
    let answers = place.answers(dossier).await;
    let last = answers.last().expect("an answer");
    assert_eq!(
        (last.outcome, last.remote_status, last.refusal.as_deref()),
        (SyncOutcome::Acknowledged, Some(4), None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_refuses_everything_alike_is_waited_for() {
    let place = given().await;
    let theirs = Theirs::listen(Moods {
        refuses_all: Some("99".to_owned()),
        ..Moods::default()
    })
    .await;
    let mut dossiers = Vec::new();
    for _ in 0..8 {
        dossiers.push(place.accept().await);
    }
    let telling = place.tells("first", &theirs).await;
    place.settled(&dossiers[..5], PATIENCE).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    for dossier in &dossiers[..5] {
        let answers = place.answers(*dossier).await;
        assert!(refusals(&answers).iter().all(|code| *code == "99"));
    }
    let held = place.answers(dossiers[5]).await;
    assert_eq!(held.len(), 1, "one fact of an outage: {held:?}");
    assert!(refusals(&held).is_empty());
    for dossier in &dossiers[6..] {
        assert!(place.answers(*dossier).await.is_empty());
    }
    theirs.moods().refuses_all = None;
    place.settled(&dossiers[5..], PATIENCE).await;
    for dossier in &dossiers[5..] {
        place.then_all_is_known(&theirs, *dossier).await;
    }
    // What was refused meanwhile follows with its next fact.
    place.forward(dossiers[0]).await;
    place.settled(&dossiers[..1], PATIENCE).await;
    telling.end().await;
    assert!(place.dossier(dossiers[0]).await.untold.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_over_which_the_portal_stumbles_does_not_hold_up_the_others_for_ever() {
    let place = given().await;
    let theirs = Theirs::listen(Moods::default()).await;
    let (heavy, other) = (place.accept().await, place.accept().await);
    let heavy_code = code(&place, heavy).await;
    theirs.moods().stumbles.insert(heavy_code, 500);
    let telling = place.tells("first", &theirs).await;
    let refused = async {
        while refusals(&place.answers(heavy).await).is_empty() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(90), refused).await;
    assert!(refused.is_ok(), "it is held up");
    theirs.moods().stumbles.clear();
    place.settled(&[heavy, other], PATIENCE).await;
    telling.end().await;
    let answers = place.answers(heavy).await;
    assert_eq!(refusals(&answers), ["HTTP_500"]);
    let last = answers.iter().find(|told| told.refusal.is_some());
    assert_eq!(last.expect("a refusal").attempt, 6);
    place.then_all_is_known(&theirs, other).await;
    assert!(place.dossier(heavy).await.untold.is_empty());
}

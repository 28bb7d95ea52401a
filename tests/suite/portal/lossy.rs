//! A portal that is down, loses answers, ends sessions and refuses one dossier for ever; nodes that stop and lose their work.

use std::time::Duration;

use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand as C, SyncOutcome};
use uuid::Uuid;

use super::ground::Place;
use super::theirs::{Moods, Theirs};
use crate::grounds::grounds;

const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn every_dossier_is_known_in_the_end_whatever_the_portal_does_meanwhile() {
    for ground in grounds().await {
        let place = Place::new(ground).await;
        let theirs = Theirs::listen(Moods {
            down: true,
            strict: true,
            loses_every: Some(11),
            session_calls: Some(9),
            ..Moods::default()
        })
        .await;
        let mut dossiers: Vec<Uuid> = Vec::new();
        for _ in 0..6 {
            dossiers.push(place.accept().await);
        }
        let refused = dossiers[2];
        let code = place
            .dossier(refused)
            .await
            .code
            .expect("a code")
            .to_string();
        theirs.moods().refused.insert(code.clone());
        let first = place.tells("first", &theirs).await;
        let second = place.tells("second", &theirs).await;
        for dossier in &dossiers {
            place.forward(*dossier).await;
        }
        // A while down: tried, and nothing but that is on record.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let told = place.answers(dossiers[0]).await;
        assert_eq!(told.len(), 1, "one fact of an outage: {told:?}");
        assert_eq!(
            (told[0].outcome, told[0].of),
            (SyncOutcome::Failed, Some(1))
        );
        theirs.moods().down = false;
        first.end().await;
        for dossier in &dossiers[..4] {
            place
                .act(*dossier, Role::Signer, C::SignResult { signature: None })
                .await;
        }
        second.end().await;
        let again = place.tells("first", &theirs).await;
        place.settled(&dossiers, PATIENCE).await;
        again.end().await;
        for dossier in dossiers.iter().filter(|dossier| **dossier != refused) {
            place.then_all_is_known(&theirs, *dossier).await;
        }
        let statuses = theirs.statuses();
        assert_eq!(statuses.len(), 5, "the refused one is not there");
        for (code, told) in &statuses {
            let signed = told.last().is_some_and(|last| last == "9");
            let expected: &[&str] = if signed {
                &["1", "2", "4", "9"]
            } else {
                &["1", "2", "4"]
            };
            assert_eq!(told, expected, "{code}: in order");
        }
        let answers = place.answers(refused).await;
        assert!(
            answers
                .iter()
                .all(|told| told.refusal.as_deref() == Some("07"))
        );
        assert_eq!(answers.len(), place.owed(refused).await.len(), "each once");
        assert!(theirs.moods().sign_ins > 2, "sessions ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_has_lost_its_work_tells_nothing_again() {
    for ground in grounds().await {
        let place = Place::new(ground).await;
        let theirs = Theirs::listen(Moods::default()).await;
        let dossier = place.accept().await;
        let telling = place.tells("first", &theirs).await;
        place.settled(&[dossier], PATIENCE).await;
        telling.end().await;
        let told = theirs.moods().done.len();
        let work = place.work().await;
        assert!(
            work.reset("portal:national-portal", 0)
                .await
                .expect("reset")
        );
        let telling = place.tells("other", &theirs).await;
        place.forward(dossier).await;
        place.settled(&[dossier], PATIENCE).await;
        telling.end().await;
        // Forwarding is told as the dossier and as its progress.
        assert_eq!(theirs.moods().done.len(), told + 2);
        place.then_all_is_known(&theirs, dossier).await;
    }
}

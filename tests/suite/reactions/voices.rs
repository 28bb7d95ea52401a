//! A feedback that nobody has answered by its day.

use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand as C, FeedbackKind};

use super::ground::{Place, at};
use crate::grounds::grounds;

#[tokio::test(flavor = "multi_thread")]
async fn a_feedback_without_an_answer_is_recorded_as_overdue_once_also_of_an_ended_dossier() {
    for ground in grounds().await {
        let place = Place::begin(ground, "2026-11-26", 3).await;
        let node = place.node("first").await;
        let dossier = node.in_processing("2026-11-02 09:00").await;
        let capability = "11".repeat(32);
        let reissue = C::ReissueCapability {
            capability: capability.clone(),
        };
        let when = "2026-11-02 10:00";
        node.act(when, dossier, Role::Receiver, reissue).await;
        let send = C::SubmitFeedback {
            kind: FeedbackKind::Report,
            capability: Some(capability),
        };
        node.act(when, dossier, Role::Applicant, send).await;
        let sign = C::SignResult { signature: None };
        node.act("2026-11-03 09:00", dossier, Role::Signer, sign)
            .await;
        drop(node);
        // Opened on Friday 27 November at eight: the day was Monday the 23rd.
        let nodes = [place.node("first").await, place.node("second").await];
        assert_eq!(nodes[0].pass().await, 1);
        assert_eq!(nodes[1].pass().await, 0, "two nodes, one fact");
        let overdue = nodes[1].facts("dossier.feedback_overdue").await;
        assert_eq!(overdue.len(), 1);
        assert_eq!(overdue[0].stream, dossier);
        let state = nodes[0].dossier(dossier).await;
        let feedback = state.feedback(1).expect("a feedback");
        assert!(feedback.overdue);
        assert_eq!(feedback.due_at, Some(at("2026-11-23 17:00")));
    }
}

//! Every command is refused to whoever may not give it and in every state it does not fit, over HTTP, as the table says.

use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand, Phase, VoiceCommand};
use serde_json::{Value, json};

use super::ground::{
    Caller, OFFICES, Office, PROCEDURE, done, nowhere, on, person, refused, served, with,
};
use super::names::mutation;
use super::story::{entered, filing};
use crate::life_cycle::table::Table;
use crate::life_cycle::town::{every_command, is_linked};

/// What a command needs beside its circumstances, all of it sound.
fn fields(command: &DossierCommand, other: &str) -> Value {
    use DossierCommand as C;
    let reason = || json!({"reason": "OTHER"});
    let number = || json!({"number": 1, "reason": "OTHER"});
    match command {
        C::Draft { .. } | C::AcceptAtCounter { .. } | C::Submit { .. } => json!({}),
        C::Lodge { .. } => json!({"channel": "POST"}),
        C::ReceiveComponent { .. } => {
            json!({"item": 1, "form": "COPY", "digitisation": "NONE"})
        }
        C::ProposeSupplement { .. } | C::RequestSupplement { .. } => {
            json!({"items": [1], "reason": "OTHER"})
        }
        C::Redirect { .. } => {
            json!({"to": OFFICES[1], "kind": "NON_TERRITORIAL", "reason": "OTHER"})
        }
        C::PassOn { .. } => json!({"to": OFFICES[1], "reason": "OTHER"}),
        C::Forward { .. } | C::AssignHandler { .. } => json!({"to": "handler-01"}),
        C::HandOver { .. } => json!({"to": "signer-09", "role": "SIGNER"}),
        C::ReceiveHandOver { .. } => json!({"complete": true}),
        C::RequestOpinion { .. } => json!({"agency": OFFICES[1]}),
        C::GiveOpinion { .. } => json!({"number": 1, "agrees": true}),
        C::NoteOpinionOverdue { .. }
        | C::DeemOpinionAgreed { .. }
        | C::CancelFinancialObligation { .. } => number(),
        C::ScheduleFieldVerification { .. } => {
            json!({"day": "2026-12-01", "place": "Thôn 1", "participants": "Cán bộ địa chính"})
        }
        C::IssueFinancialObligation { .. } => json!({"kind": "CHARGE", "amountVnd": 1000}),
        C::ExemptFee { .. } => json!({"kind": "FEE", "reason": "OTHER"}),
        C::ConfirmPayment { .. } => json!({"number": 1, "amountVnd": 1000, "method": "CASH"}),
        C::IssueFeeReceipt { .. } => {
            json!({"number": 1, "form": "01BLP", "series": "AA", "receiptNumber": "1"})
        }
        C::RefundPayment { .. } => json!({"number": 1, "amountVnd": 1000, "reason": "OTHER"}),
        C::IssueResult { .. } => json!({"number": "12/QĐ-UBND"}),
        C::ReplaceResult { .. } => json!({"number": "13/QĐ-UBND", "reason": "OTHER"}),
        C::DeliverResult { .. } => json!({"method": "POST"}),
        C::IssueApology { .. } => json!({"newDueOn": "2026-12-31", "reason": "OTHER"}),
        C::CorrectApplicantDetails => {
            json!({"applicant": {"fullName": "Công dân 000124"}, "reason": "OTHER"})
        }
        C::LinkDossier { .. } => json!({"other": other, "kind": "LEG"}),
        C::Rate { .. } => json!({"score": 5, "scale": 5}),
        C::SubmitFeedback { .. } => json!({"kind": "REPORT", "text": "Chậm."}),
        C::AnswerFeedback { .. } => json!({"number": 1, "text": "Đã rõ."}),
        C::Voice(command) => voice(command),
        C::Remark => json!({"text": "Đã gọi điện."}),
        C::PrintPaper { .. } => json!({"form": "RECEIPT_SLIP"}),
        C::AcceptLinked { .. } => json!({"legs": [{"place": 1, "office": OFFICES[0]}]}),
        C::SendBack { .. } | C::DeclineCorrection { .. } => json!({"place": 1, "reason": "OTHER"}),
        C::RecordSync { .. } => {
            json!({"system": "national-portal", "outcome": "FAILED", "attempt": 1})
        }
        C::Accept
        | C::RefuseAcceptance
        | C::RetractSupplementRequest
        | C::SubmitSupplement
        | C::AcceptSupplement
        | C::FindStillDeficient
        | C::RecallStep
        | C::RecordFieldVerification
        | C::StopProcessing
        | C::DraftResult
        | C::ApproveResult
        | C::ReturnStep
        | C::RefuseResolution
        | C::SignResult { .. }
        | C::CorrectResult { .. }
        | C::RevokeResult { .. }
        | C::ReturnOriginals
        | C::RequestWithdrawal
        | C::RetractWithdrawal
        | C::GrantWithdrawal
        | C::DenyWithdrawal
        | C::RecordMiss
        | C::OpenLeg { .. }
        | C::RecomputeDueDate { .. }
        | C::Transfer { .. }
        | C::ReissueCapability { .. } => reason(),
    }
}

fn voice(command: &VoiceCommand) -> Value {
    use VoiceCommand as V;
    match command {
        V::RefuseFeedback { .. } => json!({"number": 1, "text": "Không phải.", "reason": "OTHER"}),
        V::AskFeedbackSender { .. } | V::ClarifyFeedback { .. } => {
            json!({"number": 1, "text": "Ngày nào?"})
        }
        V::ForwardFeedback { .. } => json!({"number": 1, "to": OFFICES[1], "reason": "OTHER"}),
        V::PublishFeedback { .. } => json!({"number": 1, "published": "Đã rõ."}),
        V::JudgeFeedback { .. } => json!({"number": 1, "satisfied": true}),
        V::RecordFeedbackMiss { .. } => json!({}),
        V::AnswerSurvey { .. } => {
            json!({"campaign": "KS-1", "answers": [{"question": "result", "score": 5}]})
        }
    }
}

/// The input of a command on a dossier, or of one that begins one.
fn input(command: &DossierCommand, dossier: &str, other: &str) -> Value {
    let fields = fields(command, other);
    match command {
        DossierCommand::Submit { .. } => with(filing(PROCEDURE), &json!({"draft": dossier})),
        begins if begins.begins() => with(filing(PROCEDURE), &fields),
        _ => with(on(dossier), &fields),
    }
}

/// A dossier in each of these states, by code or id.
async fn states(office: &Office) -> Vec<(Phase, String)> {
    let begun = office
        .call_as(&person(Role::Applicant), "draftDossier", filing(PROCEDURE))
        .await;
    done(&begun);
    let draft = begun["dossier"]["id"].as_str().expect("an id").to_owned();
    let submitted = entered(office, "submitDossier", PROCEDURE, json!({})).await;
    let withdrawn = entered(office, "submitDossier", PROCEDURE, json!({})).await;
    let processed = entered(office, "submitDossier", PROCEDURE, json!({})).await;
    for (told, role, name, fields, to, kind) in [
        (
            &withdrawn,
            Role::Applicant,
            "requestWithdrawal",
            json!({}),
            "WITHDRAWAL_REQUESTED",
            "withdrawal_requested",
        ),
        (
            &withdrawn,
            Role::Signer,
            "grantWithdrawal",
            json!({}),
            "WITHDRAWN",
            "withdrawal_granted",
        ),
        (
            &processed,
            Role::Receiver,
            "acceptDossier",
            json!({}),
            "ACCEPTED",
            "accepted",
        ),
        (
            &processed,
            Role::Receiver,
            "forwardDossier",
            json!({"to": "handler-01"}),
            "IN_PROCESSING",
            "forwarded",
        ),
    ] {
        told.as_a(role, name, fields, to, &[kind]).await;
    }
    vec![
        (Phase::Absent, nowhere()),
        (Phase::Draft, draft),
        (Phase::Submitted, submitted.code),
        (Phase::InProcessing, processed.code),
        (Phase::Withdrawn, withdrawn.code),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_refused_to_the_wrong_role_and_in_the_wrong_state() {
    let office = served().await;
    let (table, states) = (Table::shipped(), states(&office).await);
    let (other, mut tried) = (&states[3].1, 0);
    for command in every_command() {
        let Some(mutation) = mutation(command.name()) else {
            continue;
        };
        let wrong = [Role::Auditor, Role::Receiver, Role::Signer];
        let wrong = wrong
            .into_iter()
            .filter(|role| !command.roles().contains(role));
        for role in wrong {
            let dossier = &states[2].1;
            let payload = office
                .call_as(&person(role), &mutation, input(&command, dossier, other))
                .await;
            refused(&payload, "WRONG_ROLE", &format!("{mutation} {role:?}"));
            tried += 1;
        }
        for (state, dossier) in states.iter().filter(|_| !is_linked(&command)) {
            let role = role_of(&command);
            // Filed anew it would be another dossier.
            let new = command.begins() && !matches!(command, DossierCommand::Submit { .. });
            if new || table.row(*state, command.name(), role).is_some() {
                continue;
            }
            let payload = office
                .call_as(&person(role), &mutation, input(&command, dossier, other))
                .await;
            let code = table.refusal(*state, &command, role);
            refused(&payload, code, &format!("{mutation} in {}", state.name()));
            tried += 1;
        }
    }
    println!("refusals over HTTP: {tried}");
    assert!(tried > 300, "{tried}");
}

/// Somebody at the office that has the dossiers who may give it.
fn role_of(command: &DossierCommand) -> Role {
    let can = |role: &&Role| !matches!(role, Role::System | Role::VerticalAgency);
    let roles = command.roles().iter();
    *roles.clone().find(can).expect("a role that can sign in")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_commands_nothing_and_another_office_only_its_own() {
    let office = served().await;
    let dossier = entered(&office, "submitDossier", PROCEDURE, json!({})).await;
    let query =
        "mutation($input: AcceptDossierInput!) { acceptDossier(input: $input) { position } }";
    let variables = json!({"input": on(&dossier.code)});
    let body = office.post(&Caller::default(), query, variables).await;
    let code = &body["errors"][0]["extensions"]["code"];
    assert_eq!(code, "UNAUTHENTICATED", "{body}");
    let other = motcua::domain::actor::Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    let payload = office
        .call_as(&other, "acceptDossier", on(&dossier.code))
        .await;
    refused(&payload, "WRONG_OFFICE", "another office");
}

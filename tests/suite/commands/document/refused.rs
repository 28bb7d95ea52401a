//! What else may refuse a command, and what nobody can ask for at all.

use motcua::domain::dossier::{DossierCommand, VoiceCommand};

/// Codes beside those that every command may get, `REASON_REQUIRED` aside.
pub fn special(command: &DossierCommand) -> &'static [&'static str] {
    use DossierCommand as C;
    match command {
        C::Draft { .. } => &["UNKNOWN_OFFICE", "UNKNOWN_PROCEDURE", "DETAILS_REQUIRED"],
        C::Submit { .. } => &[
            "ALREADY_EXISTS",
            "UNKNOWN_OFFICE",
            "UNKNOWN_PROCEDURE",
            "DETAILS_REQUIRED",
            "CONSENT_REQUIRED",
            "NO_POLICY",
            "CALENDAR_YEAR_UNKNOWN",
        ],
        C::Lodge { .. } => &[
            "UNKNOWN_OFFICE",
            "UNKNOWN_PROCEDURE",
            "DETAILS_REQUIRED",
            "NO_POLICY",
            "CALENDAR_YEAR_UNKNOWN",
        ],
        C::AcceptAtCounter { .. } => &[
            "UNKNOWN_OFFICE",
            "UNKNOWN_PROCEDURE",
            "DETAILS_REQUIRED",
            "REASON_REQUIRED",
            "NO_POLICY",
            "CALENDAR_YEAR_UNKNOWN",
            "CODE_NOT_RESERVED",
            "CODE_OF_ANOTHER_DESK",
            "CODE_OF_ANOTHER_DAY",
            "CODE_SPENT",
        ],
        C::Accept => &[
            "UNKNOWN_OFFICE",
            "UNKNOWN_PROCEDURE",
            "REASON_REQUIRED",
            "NO_POLICY",
            "CALENDAR_YEAR_UNKNOWN",
        ],
        C::ReceiveComponent { .. } => &["COMPONENT_UNKNOWN"],
        C::ProposeSupplement { .. } => &["ITEMS_REQUIRED"],
        C::RequestSupplement { .. } => &[
            "ITEMS_REQUIRED",
            "BASIS_REQUIRED",
            "APPROVER_REQUIRED",
            "SEPARATION_OF_DUTIES",
        ],
        C::Redirect { .. } => &["UNKNOWN_OFFICE"],
        C::HandOver { .. } => &["NOT_THE_HOLDER", "SEPARATION_OF_DUTIES", "VALUE_MALFORMED"],
        C::ReceiveHandOver { .. } => &["NO_HAND_OVER", "NOT_ADDRESSED"],
        C::RecallStep => &["NO_HAND_OVER", "NOT_THE_HOLDER"],
        C::RequestOpinion { .. } | C::IssueApology { .. } => {
            &["NEW_DATE_TOO_EARLY", "CALENDAR_YEAR_UNKNOWN"]
        }
        C::GiveOpinion { .. } => &["OPINION_NOT_OPEN", "NOT_ADDRESSED"],
        C::NoteOpinionOverdue { .. } => &["OPINION_NOT_OPEN", "NOT_DUE_YET", "ALREADY_RECORDED"],
        C::DeemOpinionAgreed { .. } => &["OPINION_NOT_OPEN", "NOT_DUE_YET"],
        C::ScheduleFieldVerification { .. } => &["NEW_DATE_TOO_EARLY", "TEXT_EMPTY"],
        C::RecordFieldVerification | C::StopProcessing => &["NOT_DUE_YET"],
        C::IssueFinancialObligation { .. } => &["AMOUNT_MISMATCH", "NEW_DATE_TOO_EARLY"],
        C::CancelFinancialObligation { .. } => &["OBLIGATION_NOT_OPEN"],
        C::ExemptFee { .. } | C::ReturnOriginals => &["ALREADY_RECORDED"],
        C::ConfirmPayment { .. } => &["OBLIGATION_NOT_OPEN", "AMOUNT_MISMATCH", "VALUE_MALFORMED"],
        C::IssueFeeReceipt { .. } => {
            &["OBLIGATION_NOT_OPEN", "ALREADY_RECORDED", "VALUE_MALFORMED"]
        }
        C::RefundPayment { .. } => &["OBLIGATION_NOT_OPEN", "AMOUNT_MISMATCH"],
        C::ApproveResult => &["SEPARATION_OF_DUTIES"],
        C::SignResult { .. } => &["SIGNER_IS_HANDLER", "VALUE_MALFORMED"],
        C::IssueResult { .. } => &[
            "RESULT_NUMBER_TAKEN",
            "RESULT_NOT_IN_FORCE",
            "VALUE_MALFORMED",
        ],
        C::CorrectResult { .. } | C::RevokeResult { .. } => {
            &["RESULT_NOT_IN_FORCE", "VALUE_MALFORMED"]
        }
        C::ReplaceResult { .. } => &[
            "SIGNER_IS_HANDLER",
            "RESULT_NUMBER_TAKEN",
            "RESULT_NOT_IN_FORCE",
            "VALUE_MALFORMED",
        ],
        C::DeliverResult { .. } => &["RESULT_NOT_IN_FORCE"],
        C::RecomputeDueDate { .. } => &["ALREADY_RECORDED", "CALENDAR_YEAR_UNKNOWN"],
        C::RecordMiss | C::Transfer { .. } => &["NOT_DUE_YET", "ALREADY_RECORDED"],
        C::PassOn { .. } => &["NOT_A_SUCCESSOR"],
        C::CorrectApplicantDetails => &["DETAILS_REQUIRED"],
        C::LinkDossier { .. } => &["LINK_INVALID"],
        C::PrintPaper { .. } => &["PAPER_UNKNOWN"],
        C::Remark => &["TEXT_EMPTY", "NOT_YET_ENABLED"],
        C::Rate { .. } => &["ALREADY_RATED", "RATING_OUT_OF_SCALE"],
        C::SubmitFeedback { .. } => &["FEEDBACK_OPEN", "TEXT_EMPTY"],
        C::AnswerFeedback { .. } => &["FEEDBACK_NOT_OPEN", "TEXT_EMPTY"],
        C::Voice(command) => voice(command),
        C::RecordSync { .. } | C::Forward { .. } | C::AssignHandler { .. } => &["VALUE_MALFORMED"],
        C::AcceptLinked { .. } => &[
            "NOT_A_LINKED_PROCEDURE",
            "LEGS_INVALID",
            "PART_OF_LINKED_DOSSIER",
            "UNKNOWN_OFFICE",
            "UNKNOWN_PROCEDURE",
            "REASON_REQUIRED",
            "NO_POLICY",
            "CALENDAR_YEAR_UNKNOWN",
        ],
        C::OpenLeg { .. } => &["NOT_DUE_YET", "ALREADY_RECORDED", "LEGS_INVALID"],
        C::SendBack { .. } => &["LEG_RESULT_UNKNOWN"],
        C::DeclineCorrection { .. } => &["CORRECTION_NOT_ASKED"],
        C::RefuseAcceptance
        | C::RetractSupplementRequest
        | C::SubmitSupplement
        | C::AcceptSupplement
        | C::FindStillDeficient
        | C::DraftResult
        | C::ReturnStep
        | C::RefuseResolution
        | C::RequestWithdrawal
        | C::RetractWithdrawal
        | C::GrantWithdrawal
        | C::DenyWithdrawal
        | C::ReissueCapability { .. } => &[],
    }
}

fn voice(command: &VoiceCommand) -> &'static [&'static str] {
    use VoiceCommand as V;
    match command {
        V::RefuseFeedback { .. } => &["FEEDBACK_NOT_OPEN", "TEXT_EMPTY"],
        V::AskFeedbackSender { .. } => &["FEEDBACK_NOT_OPEN", "ALREADY_RECORDED", "TEXT_EMPTY"],
        V::ClarifyFeedback { .. } => &["CLARIFICATION_NOT_ASKED", "TEXT_EMPTY"],
        V::ForwardFeedback { .. } => &["FEEDBACK_NOT_OPEN", "UNKNOWN_OFFICE"],
        V::PublishFeedback { .. } => &["FEEDBACK_NOT_ANSWERED", "ALREADY_RECORDED", "TEXT_EMPTY"],
        V::JudgeFeedback { .. } => &["FEEDBACK_NOT_ANSWERED", "ALREADY_RECORDED"],
        V::RecordFeedbackMiss { .. } => &["FEEDBACK_NOT_OPEN", "NOT_DUE_YET", "ALREADY_RECORDED"],
        V::AnswerSurvey { .. } => &[
            "CAMPAIGN_UNKNOWN",
            "CAMPAIGN_CLOSED",
            "CAMPAIGN_OUT_OF_SCOPE",
            "SURVEY_ANSWERED",
            "SURVEY_ANSWERS_INVALID",
            "CONSENT_REQUIRED",
        ],
    }
}

/// Asked for, why there is none, what can be done.
pub const FORBIDDEN: [(&str, &str, &str); 8] = [
    (
        "setDueDate",
        "a promise is never overwritten: old and new date, cause and author are facts",
        "`issueApology`, with a reason; it keeps the first date",
    ),
    (
        "setEndTime",
        "nobody types an end: it is the moment at which the signature was recorded",
        "`signResult`; a claimed earlier hour stands beside it and never counts",
    ),
    (
        "resetOverdue",
        "overdue is computed from the first promise and cannot be taken away",
        "`issueApology` to the applicant; the figure stays",
    ),
    (
        "setReceivedAt",
        "the hour on the slip is told once, at acceptance",
        "`acceptDossier`, with the hour on the slip and a reason when it is of an earlier day",
    ),
    (
        "deleteDossier",
        "nothing is deleted",
        "`grantWithdrawal`, or `correctApplicantDetails` for what was mistyped",
    ),
    (
        "restoreDossier",
        "nothing is deleted, so nothing is restored",
        "`linkDossiers` with the dossier that goes on",
    ),
    (
        "deleteRating",
        "a rating is the applicant's",
        "`answerFeedback` to what is said beside it",
    ),
    (
        "resetSupplementCount",
        "it is counted from the requests on record",
        "`retractSupplementRequest`; it still counts",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_may_ask_for_is_no_mutation_and_leaves_no_trace() {
    use super::super::ground::{person, served};
    use super::super::names::mutations;
    use motcua::domain::actor::Role;
    use serde_json::{Value, json};

    let office = served().await;
    let before = office.api.journal.head().await.expect("a head").size;
    for (name, _, _) in FORBIDDEN {
        for role in [Role::Admin, Role::Signer, Role::Receiver] {
            let query = format!("mutation {{ {name}(input: {{ dossier: \"x\" }}) {{ code }} }}");
            let caller = office.signed_in(&person(role));
            let body = office.post(&caller, &query, json!({})).await;
            let code = &body["errors"][0]["extensions"]["code"];
            assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{name}: {body}");
            assert_eq!(body.get("data"), None::<&Value>, "{name}: {body}");
        }
    }
    assert_eq!(
        office.api.journal.head().await.expect("a head").size,
        before
    );
    for (name, _) in mutations() {
        let lower = name.to_lowercase();
        for word in [
            "delete",
            "reset",
            "overwrite",
            "setdue",
            "settime",
            "restore",
            "backdate",
        ] {
            assert!(
                !lower.contains(word),
                "{name} sounds like a way to change the past"
            );
        }
    }
    let schema = motcua::api::schema::sdl();
    for input in schema.split("\ninput ").skip(1) {
        let text = input.split("\n}").next().unwrap_or_default();
        for field in [
            "  dueAt:",
            "  endedAt:",
            "  completedAt:",
            "  originalDueAt:",
            "  recordedAt:",
        ] {
            // A range is looked for, and never recorded.
            let typed = |line: &str| line.starts_with(field) && !line.ends_with(" MomentRange");
            assert!(!text.lines().any(typed), "{text} types {field}");
        }
    }
}

//! One dossier from an assisted filing to what is said of it in the end.

use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::{
    Digitisation, LinkKind, ObligationState, OpinionState, RatingDevice, ResultStanding,
    SyncOutcome,
};
use serde_json::{Value, json};

use super::super::ground::{Caller, OFFICES, Office, PROCEDURE, done, on, person, refused, with};
use super::{Told, at, entered, filing};
use crate::office::id;

const BASIS: &str = "61/2018/ND-CP:19.4";
const SHA256: &str = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

/// Filed online with an officer's help, through every desk, to what is said of it in the end.
pub async fn settled(office: &Office, other: &str) {
    let citizen = person(Role::Applicant);
    let draft = filing(PROCEDURE);
    let begun = office.call_as(&citizen, "draftDossier", draft).await;
    done(&begun);
    assert_eq!(begun["dossier"]["status"], "DRAFT");
    let helped = json!({
        "draft": begun["dossier"]["id"], "assistedBy": "receiver-01", "consent": true,
    });
    let dossier = entered(office, "submitDossier", PROCEDURE, helped).await;
    let key = taken_in(&dossier).await;
    appraised(&dossier).await;
    paid(&dossier).await;
    signed(&dossier).await;
    spoken_of(&dossier, &key, other).await;

    let state = dossier.state().await;
    assert_eq!(state.assisted_by.as_deref(), Some("receiver-01"));
    assert_eq!(state.components[0].digitisation, Digitisation::Here);
    assert_eq!(state.components[0].size_bytes, Some(120_000));
    assert_eq!(state.handler.as_deref(), Some("handler-01"));
    let opinions = state.opinions.iter().map(|opinion| opinion.state);
    let expected = [OpinionState::Agreed, OpinionState::Overdue];
    assert_eq!(opinions.collect::<Vec<_>>(), expected);
    let owed = state.obligations.iter().map(|one| one.state);
    let expected = [ObligationState::Cancelled, ObligationState::Refunded];
    assert_eq!(owed.collect::<Vec<_>>(), expected);
    let receipt = state.obligations[1].receipt.as_deref();
    assert_eq!(receipt, Some("01BLP3-001/AA-26E/0000123"));
    assert_eq!(state.exempted.len(), 1);
    let standings = state.results.iter().map(|result| result.standing);
    let expected = [ResultStanding::Superseded, ResultStanding::Revoked];
    assert_eq!(standings.collect::<Vec<_>>(), expected);
    assert_eq!(state.results[0].corrections, 1);
    assert!(state.originals_returned);
    assert_eq!(
        state.rating.map(|rating| rating.device),
        Some(RatingDevice::Own)
    );
    assert!(state.feedback[0].answered_at.is_some());
    assert_eq!(state.links[0].kind, LinkKind::Continuation);
    assert_eq!(state.syncs[0].outcome, SyncOutcome::Acknowledged);
    assert_eq!(state.syncs[0].remote_status, Some(10));
}

/// At the counter; gives the receipt's key.
async fn taken_in(dossier: &Told<'_>) -> String {
    use Role::{DivisionHead, Receiver};
    let (here, process) = ("SUBMITTED", "IN_PROCESSING");
    let paper = json!({
        "item": 1, "form": "ORIGINAL", "digitisation": "HERE",
        "sizeBytes": "120000", "fileSha256": SHA256,
    });
    let kinds = ["component_received"];
    dossier
        .as_a(Receiver, "receiveComponent", paper, here, &kinds)
        .await;
    let ask = json!({"items": [2], "reason": "MISSING_COMPONENT"});
    let (to, kinds) = ("AWAITING_SUPPLEMENT_AT_INTAKE", ["supplement_requested"]);
    dossier
        .as_a(Receiver, "requestSupplement", ask, to, &kinds)
        .await;
    let (name, because) = (
        "retractSupplementRequest",
        json!({"reason": "AGENCY_ERROR"}),
    );
    dossier
        .as_a(Receiver, name, because, here, &["supplement_retracted"])
        .await;
    let slip = dossier
        .as_a(
            Receiver,
            "acceptDossier",
            json!({}),
            "ACCEPTED",
            &["accepted"],
        )
        .await;
    assert_eq!(slip["dossier"]["status"], "ACCEPTED");
    let lost = json!({"reason": "LOST_BY_APPLICANT"});
    let kinds = ["capability_reissued"];
    let anew = dossier
        .as_a(Receiver, "reissueCapability", lost, "ACCEPTED", &kinds)
        .await;
    let details = json!({"reason": "TYPING_ERROR", "applicant": {"fullName": "Công dân 000124"}});
    let (name, kinds) = ("correctApplicantDetails", ["applicant_details_corrected"]);
    dossier
        .as_a(Receiver, name, details, "ACCEPTED", &kinds)
        .await;
    let to = |id: &str| json!({ "to": id });
    let forward = to("handler-01");
    dossier
        .as_a(Receiver, "forwardDossier", forward, process, &["forwarded"])
        .await;
    let (assigned, kinds) = (to("handler-02"), ["handler_assigned"]);
    dossier
        .as_a(DivisionHead, "assignHandler", assigned, process, &kinds)
        .await;
    anew["capability"]
        .as_str()
        .expect("a capability")
        .to_owned()
}

/// From desk to desk, to other agencies, to the applicant and to the place itself.
async fn appraised(dossier: &Told<'_>) {
    use Role::{Applicant, Handler, Receiver, VerticalAgency};
    let to = "IN_PROCESSING";
    let giver = Actor::new("handler-02", OFFICES[0], Handler);
    let handed = || json!({"to": "handler-01", "role": "HANDLER"});
    for (mutation, fields, kind) in [
        ("handOver", handed(), "handed_over"),
        (
            "recallStep",
            json!({"reason": "STAFF_CHANGE"}),
            "step_recalled",
        ),
        ("handOver", handed(), "handed_over"),
    ] {
        dossier.by(&giver, mutation, fields, to, &[kind]).await;
    }
    let (name, kinds) = ("receiveHandOver", ["hand_over_received"]);
    dossier
        .as_a(Handler, name, json!({"complete": true}), to, &kinds)
        .await;
    let kinds = ["opinion_requested"];
    for day in [json!(null), json!("2026-11-05")] {
        let asked = json!({"agency": OFFICES[1], "dueOn": day});
        dossier
            .as_a(Handler, "requestOpinion", asked, to, &kinds)
            .await;
    }
    let answer = json!({"number": 1, "agrees": true, "note": "Không có vướng mắc."});
    dossier
        .as_a(
            VerticalAgency,
            "giveOpinion",
            answer,
            to,
            &["opinion_received"],
        )
        .await;
    dossier.office.wait_until(at(11, 6, 9)).await;
    let number = json!({"number": 2});
    dossier
        .as_a(
            Handler,
            "noteOpinionOverdue",
            number,
            to,
            &["opinion_overdue"],
        )
        .await;

    let items = json!({"items": [1], "reason": "INCORRECT_COMPONENT"});
    let kinds = ["supplement_proposed"];
    dossier
        .as_a(Handler, "proposeSupplement", items, to, &kinds)
        .await;
    let further = json!({
        "items": [1], "reason": "INCORRECT_COMPONENT", "basis": BASIS,
        "approvedBy": "centre_manager-01",
    });
    let (waits, kinds) = ("AWAITING_SUPPLEMENT", ["supplement_requested"]);
    dossier
        .as_a(Receiver, "requestSupplement", further, waits, &kinds)
        .await;
    let facts = dossier.office.history(&dossier.code).await;
    assert_eq!(
        facts.last().expect("a fact")["breach"],
        "REPEATED_SUPPLEMENT"
    );
    let kinds = ["supplement_submitted"];
    let there = "SUPPLEMENTED";
    dossier
        .as_a(Applicant, "submitSupplement", json!({}), there, &kinds)
        .await;
    let (name, because) = (
        "findSupplementDeficient",
        json!({"reason": "MISSING_COMPONENT"}),
    );
    dossier
        .as_a(
            Receiver,
            name,
            because,
            waits,
            &["supplement_still_deficient"],
        )
        .await;
    dossier
        .as_a(Receiver, "submitSupplement", json!({}), there, &kinds)
        .await;
    let kinds = ["supplement_accepted"];
    dossier
        .as_a(Handler, "acceptSupplement", json!({}), to, &kinds)
        .await;

    let check = json!({
        "day": "2026-11-09", "place": "Thôn 1", "participants": "Công chức địa chính, trưởng thôn",
        "note": "Mang theo bản đồ.",
    });
    let (name, kinds) = (
        "scheduleFieldVerification",
        ["field_verification_scheduled"],
    );
    dossier.as_a(Handler, name, check, to, &kinds).await;
    dossier.office.wait_until(at(11, 9, 9)).await;
    let (name, kinds) = ("recordFieldVerification", ["field_verification_recorded"]);
    dossier.as_a(Handler, name, json!({}), to, &kinds).await;
    let facts = dossier.office.history(&dossier.code).await;
    assert_eq!(facts.last().expect("a fact")["breach"], Value::Null);
}

/// What is owed, and what is not.
async fn paid(dossier: &Told<'_>) {
    use Role::{Cashier, PaymentGateway, Receiver};
    let to = "IN_PROCESSING";
    let kinds = ["financial_obligation_issued"];
    let tax = json!({"kind": "OBLIGATION", "amountVnd": "150000", "dueOn": "2026-12-01"});
    let name = "issueFinancialObligation";
    dossier
        .as_a(Cashier, name, tax, "AWAITING_PAYMENT", &kinds)
        .await;
    let wrong = json!({"number": 1, "reason": "AGENCY_ERROR"});
    let cancelled = ["financial_obligation_cancelled"];
    dossier
        .as_a(Cashier, "cancelFinancialObligation", wrong, to, &cancelled)
        .await;
    let charge = json!({"kind": "CHARGE", "amountVnd": 20_000});
    dossier.as_a(Cashier, name, charge, to, &kinds).await;
    let money = json!({
        "number": 2, "amountVnd": "20000", "method": "NATIONAL_GATEWAY",
        "reference": "VCB-20261109-0001",
    });
    let kinds = ["payment_confirmed"];
    dossier
        .as_a(PaymentGateway, "confirmPayment", money, to, &kinds)
        .await;
    let receipt = json!({
        "number": 2, "form": "01BLP3-001", "series": "AA-26E", "receiptNumber": "0000123",
    });
    let kinds = ["fee_receipt_issued"];
    dossier
        .as_a(Cashier, "issueFeeReceipt", receipt, to, &kinds)
        .await;
    let back = json!({"number": 2, "amountVnd": "5000", "reason": "AGENCY_ERROR"});
    let kinds = ["payment_refunded"];
    dossier
        .as_a(Cashier, "refundPayment", back, to, &kinds)
        .await;
    let free = json!({"kind": "FEE", "reason": "OTHER", "basis": BASIS});
    dossier
        .as_a(Receiver, "exemptFee", free, to, &["fee_exempted"])
        .await;
}

/// Promised anew, drafted, sent back, approved, signed, issued, handed over, put right.
async fn signed(dossier: &Told<'_>) {
    use Role::{Clerk, DivisionHead, Handler, Receiver, Signer};
    let sorry = json!({
        "newDueOn": "2026-11-30", "reason": "WAITING_FOR_OTHER_AGENCY", "responsible": OFFICES[1],
    });
    let (process, drafted) = ("IN_PROCESSING", "RESULT_DRAFTED");
    dossier
        .as_a(Signer, "issueApology", sorry, process, &["apology_issued"])
        .await;
    for _ in 0..2 {
        dossier
            .as_a(
                Handler,
                "draftResult",
                json!({}),
                drafted,
                &["result_drafted"],
            )
            .await;
        let approved = "RESULT_APPROVED";
        dossier
            .as_a(
                DivisionHead,
                "approveResult",
                json!({}),
                approved,
                &["result_approved"],
            )
            .await;
        let because = json!({"reason": "SENT_BACK_FOR_CORRECTION"});
        dossier
            .as_a(Signer, "returnStep", because, process, &["step_returned"])
            .await;
    }
    let stamp = json!({
        "signature": {
            "certificateSerial": "5404FFFEB7033FB316D672201B", "signedAt": "2026-11-09T02:00:00Z",
            "validation": "VALID", "signatureBlock": "MIIB",
        },
        "documentSha256": SHA256,
    });
    let (done, back) = ("COMPLETED", "RETURNED");
    let kinds = ["result_signed", "processing_completed"];
    dossier
        .as_a(Signer, "signResult", stamp, done, &kinds)
        .await;
    let number = json!({"number": "12/QĐ-UBND", "documentSha256": SHA256});
    dossier
        .as_a(Clerk, "issueResult", number, done, &["result_issued"])
        .await;
    let counter = json!({"method": "COUNTER"});
    let kinds = ["result_delivered"];
    dossier
        .as_a(Receiver, "deliverResult", counter, back, &kinds)
        .await;
    let kinds = ["originals_returned"];
    dossier
        .as_a(Receiver, "returnOriginals", json!({}), back, &kinds)
        .await;
    let because = || json!({"reason": "AGENCY_ERROR"});
    let number = with(because(), &json!({"number": "13/QĐ-UBND"}));
    for (mutation, fields, kind) in [
        ("correctResult", because(), "result_corrected"),
        ("replaceResult", number, "result_replaced"),
        ("revokeResult", because(), "result_revoked"),
    ] {
        dossier.as_a(Signer, mutation, fields, back, &[kind]).await;
    }
}

/// Asked about, passed on, answered, published, judged; the next one refused.
async fn dealt_with(dossier: &Told<'_>, key: &str) {
    let (public, back) = (Caller::default(), "RETURNED");
    let (office, control) = (Role::CentreManager, Role::ProcedureController);
    let said = |text: &str| json!({"number": 1, "text": text});
    let kinds = ["feedback_clarification_asked"];
    let asked = said("Ông/bà đến vào những ngày nào?");
    dossier
        .as_a(office, "askFeedbackSender", asked, back, &kinds)
        .await;
    let clear = with(said("Ngày 3 và ngày 5."), &json!({"capability": key}));
    let kinds = ["feedback_clarified"];
    dossier
        .from(&public, "clarifyFeedback", clear, back, &kinds)
        .await;
    let to = json!({"number": 1, "to": OFFICES[1], "reason": "NOT_COMPETENT"});
    let kinds = ["feedback_forwarded"];
    dossier
        .as_a(office, "forwardFeedback", to, back, &kinds)
        .await;
    let answer = said("Đã nhắc bộ phận tiếp nhận.");
    let (name, kinds) = ("answerFeedback", ["feedback_answered"]);
    dossier.as_a(control, name, answer, back, &kinds).await;
    let words = json!({"number": 1, "published": "Bộ phận tiếp nhận đã được nhắc nhở."});
    let (name, kinds) = ("publishFeedback", ["feedback_published"]);
    dossier.as_a(control, name, words, back, &kinds).await;
    let judged = json!({"number": 1, "satisfied": true, "capability": key});
    let kinds = ["feedback_judged"];
    dossier
        .from(&public, "judgeFeedback", judged, back, &kinds)
        .await;
    let idea = json!({"capability": key, "kind": "RECOMMENDATION", "text": "Mở cửa cả tối."});
    let kinds = ["feedback_submitted"];
    dossier
        .from(&public, "submitFeedback", idea, back, &kinds)
        .await;
    let refused = json!({"number": 2, "text": "Ngoài thẩm quyền.", "reason": "NOT_COMPETENT"});
    let (name, kinds) = ("refuseFeedback", ["feedback_refused"]);
    dossier.as_a(office, name, refused, back, &kinds).await;
}

/// A campaign opened, answered by the holder of the receipt, and ended early.
async fn surveyed(dossier: &Told<'_>, key: &str) {
    let code = format!("KS-{}", dossier.code);
    let opened = json!({
        "commandId": id(), "code": code, "nameVi": "Khảo sát", "nameEn": "Survey", "decision": "01/KH-UBND",
        "from": "2026-01-01", "to": "2026-12-31", "scale": 5, "certainty": "ILLUSTRATIVE",
        "questions": [{"key": "result", "vi": "Kết quả?", "en": "The result?", "about": "SETTLEMENT"}],
    });
    let control = person(Role::ProcedureController);
    let office = dossier.office;
    done(&office.call_as(&control, "openCampaign", opened).await);
    let answers = json!({
        "campaign": code, "answers": [{"question": "result", "score": 5}], "capability": key,
    });
    let kinds = ["survey_answered"];
    dossier
        .from(
            &Caller::default(),
            "answerSurvey",
            answers,
            "RETURNED",
            &kinds,
        )
        .await;
    let closed = json!({"commandId": id(), "code": code, "reason": "OTHER"});
    done(&office.call_as(&control, "closeCampaign", closed).await);
}

/// By whoever holds the receipt and nothing else; answered; linked; told to another system.
async fn spoken_of(dossier: &Told<'_>, key: &str, other: &str) {
    let public = Caller::default();
    let back = "RETURNED";
    let rating = json!({"capability": key.to_lowercase(), "score": 4, "scale": 5});
    let payload = dossier
        .from(&public, "rateService", rating, back, &["rated"])
        .await;
    assert_eq!(payload["dossier"], Value::Null, "the receipt opens nothing");
    let report = json!({
        "capability": key, "kind": "REPORT", "text": "Phải đi lại hai lần vì thiếu giấy tờ.",
    });
    let kinds = ["feedback_submitted"];
    dossier
        .from(&public, "submitFeedback", report, back, &kinds)
        .await;
    dealt_with(dossier, key).await;
    surveyed(dossier, key).await;
    let paper = json!({"form": "RECEIPT_SLIP"});
    dossier
        .as_a(
            Role::Receiver,
            "printPaper",
            paper,
            back,
            &["paper_printed"],
        )
        .await;
    let remark = json!({"text": "Người nộp hẹn đến nhận ngày mai."});
    dossier
        .as_a(Role::Handler, "addRemark", remark, back, &["remarked"])
        .await;
    let link = json!({"other": other, "kind": "CONTINUATION"});
    dossier
        .as_a(Role::Receiver, "linkDossiers", link, back, &["linked"])
        .await;
    let told = json!({
        "system": "national-portal", "outcome": "ACKNOWLEDGED", "remoteStatus": 10, "attempt": 1,
    });
    dossier
        .as_a(Role::Admin, "recordSync", told, back, &["sync_recorded"])
        .await;
    let unknown = with(
        on(&dossier.code),
        &json!({"other": uuid::Uuid::nil(), "kind": "LEG"}),
    );
    let unknown = dossier
        .office
        .call_as(&person(Role::Receiver), "linkDossiers", unknown)
        .await;
    refused(&unknown, "UNKNOWN_DOSSIER", "a link to nothing");
    assert_eq!(unknown["errors"][0]["field"], json!(["input", "other"]));
}

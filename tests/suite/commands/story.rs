//! Every mutation once, by whoever may, in the order of office life; each is read back.

use jiff::civil::date;
use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::{
    Digitisation, Dossier, LinkKind, ObligationState, OpinionState, RatingDevice, ResultStanding,
    SyncOutcome,
};
use motcua::domain::time::Moment;
use motcua::journal::Until;
use motcua::projections::history;
use serde_json::{Value, json};
use uuid::Uuid;

use super::ground::{Caller, OFFICES, Office, PROCEDURE, SILENT, done, on, person, served, with};
use super::names::told_here;
use crate::office::id;

/// Comes with another fact only when the date moves.
const MOVED: &str = "dossier.due_date_recomputed";
const BASIS: &str = "61/2018/ND-CP:19.4";
const SHA256: &str = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

/// One dossier and what is done to it.
pub struct Told<'a> {
    pub office: &'a Office,
    pub code: String,
}

impl Told<'_> {
    /// Does it as this person; the newest facts must be these, and the dossier in this state.
    pub async fn by(
        &self,
        who: &Actor,
        mutation: &str,
        fields: Value,
        to: &str,
        kinds: &[&str],
    ) -> Value {
        let caller = self.office.signed_in(who);
        self.from(&caller, mutation, fields, to, kinds).await
    }

    pub async fn as_a(
        &self,
        role: Role,
        mutation: &str,
        fields: Value,
        to: &str,
        kinds: &[&str],
    ) -> Value {
        self.by(&person(role), mutation, fields, to, kinds).await
    }

    async fn from(
        &self,
        caller: &Caller,
        mutation: &str,
        fields: Value,
        to: &str,
        kinds: &[&str],
    ) -> Value {
        let before = self.office.history(&self.code).await.len();
        let input = with(on(&self.code), &fields);
        let payload = self.office.call(caller, mutation, input).await;
        done(&payload);
        let facts = self.office.history(&self.code).await;
        let new = facts[before..].iter();
        let new = new.map(|fact| fact["kind"].as_str().expect("a kind"));
        let new: Vec<&str> = new.filter(|kind| *kind != MOVED).collect();
        let expected: Vec<String> = kinds.iter().map(|kind| format!("dossier.{kind}")).collect();
        assert_eq!(new, expected, "{mutation}");
        let last = facts.last().expect("a fact");
        assert_eq!(last["after"]["status"], to, "{mutation}");
        payload
    }

    pub async fn state(&self) -> Dossier {
        let facts = &self.office.api.models;
        let row = motcua::projections::tracking::by_code(facts, &self.code).await;
        let row = row.expect("a row").expect("a dossier");
        let folded = history::fold(&self.office.api.journal, row.id, Until::End).await;
        folded.expect("facts").expect("a dossier")
    }
}

pub fn filing(procedure: &str) -> Value {
    json!({
        "commandId": id(), "procedure": procedure, "office": OFFICES[0],
        "applicant": {"fullName": "Công dân 000123", "phone": "0000 000 123"},
    })
}

/// A new dossier by a mutation that enters one.
pub async fn entered<'a>(
    office: &'a Office,
    mutation: &str,
    procedure: &str,
    fields: Value,
) -> Told<'a> {
    let role = if mutation == "submitDossier" {
        Role::Applicant
    } else {
        Role::Receiver
    };
    let input = with(filing(procedure), &fields);
    let payload = office.call_as(&person(role), mutation, input).await;
    done(&payload);
    let capability = payload["capability"].as_str().expect("a capability");
    assert_eq!(capability.len(), 16);
    let code = payload["code"].as_str().expect("a code").to_owned();
    Told { office, code }
}

fn at(month: i8, day: i8, hour: i8) -> Moment {
    Moment::from_local(date(2026, month, day).at(hour, 0, 0, 0))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_is_called_once_by_whoever_may_and_read_back() {
    let office = served().await;
    let passed_on = passed_on(&office).await;
    withdrawn(&office).await;
    stopped(&office).await;
    refused(&office).await;
    settled(&office, &passed_on).await;

    let input = json!({"commandId": id(), "office": OFFICES[0], "reason": "PAPER_SPOILED"});
    let receiver = person(Role::Receiver);
    done(&office.call_as(&receiver, "voidCode", input).await);

    super::bulk::forwarded(&office).await;
    super::shelf::furnished(&office).await;

    let missed: Vec<String> = told_here().difference(&office.called()).cloned().collect();
    assert!(missed.is_empty(), "not called: {missed:?}");
}

/// By post, to the wrong office, which passes it on; refused there.
async fn passed_on(office: &Office) -> String {
    let dossier = entered(
        office,
        "lodgeDossier",
        PROCEDURE,
        json!({"channel": "POST"}),
    )
    .await;
    let away = json!({"to": OFFICES[1], "kind": "WRONG_OFFICE", "reason": "NOT_COMPETENT"});
    let to = "REDIRECTED";
    dossier
        .as_a(Role::Receiver, "redirectDossier", away, to, &["redirected"])
        .await;
    let there = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    let because = json!({"reason": "NOT_ELIGIBLE"});
    let (to, kinds) = ("NOT_ACCEPTED", ["acceptance_refused"]);
    dossier
        .by(&there, "refuseAcceptance", because, to, &kinds)
        .await;
    dossier.code
}

async fn withdrawn(office: &Office) {
    let dossier = entered(office, "acceptDossierAtCounter", PROCEDURE, json!({})).await;
    let because = json!({"reason": "OTHER"});
    let asked = ("WITHDRAWAL_REQUESTED", ["withdrawal_requested"]);
    for (role, mutation, fields, to, kind) in [
        (
            Role::CentreManager,
            "denyWithdrawal",
            because,
            "ACCEPTED",
            "withdrawal_denied",
        ),
        (
            Role::Receiver,
            "retractWithdrawal",
            json!({}),
            "ACCEPTED",
            "withdrawal_retracted",
        ),
        (
            Role::Signer,
            "grantWithdrawal",
            json!({}),
            "WITHDRAWN",
            "withdrawal_granted",
        ),
    ] {
        dossier
            .as_a(
                Role::Receiver,
                "requestWithdrawal",
                json!({}),
                asked.0,
                &asked.1,
            )
            .await;
        dossier.as_a(role, mutation, fields, to, &[kind]).await;
    }
}

async fn stopped(office: &Office) {
    let dossier = entered(
        office,
        "lodgeDossier",
        PROCEDURE,
        json!({"channel": "COUNTER"}),
    )
    .await;
    let ask = json!({"items": [1, 2], "reason": "MISSING_COMPONENT"});
    let (to, kinds) = ("AWAITING_SUPPLEMENT_AT_INTAKE", ["supplement_requested"]);
    dossier
        .as_a(Role::Receiver, "requestSupplement", ask, to, &kinds)
        .await;
    let because = json!({"reason": "NOT_SUPPLEMENTED"});
    let (to, kinds) = ("STOPPED", ["processing_stopped"]);
    dossier
        .as_a(Role::Receiver, "stopProcessing", because, to, &kinds)
        .await;
}

/// Another agency says nothing, which is consent; refused all the same.
async fn refused(office: &Office) {
    let dossier = entered(office, "acceptDossierAtCounter", SILENT, json!({})).await;
    let to = "IN_PROCESSING";
    let handler = json!({"to": "handler-01"});
    dossier
        .as_a(
            Role::Receiver,
            "forwardDossier",
            handler,
            to,
            &["forwarded"],
        )
        .await;
    let asked = json!({"agency": OFFICES[1]});
    dossier
        .as_a(
            Role::Handler,
            "requestOpinion",
            asked,
            to,
            &["opinion_requested"],
        )
        .await;
    let number = json!({"number": 1});
    let early = with(on(&dossier.code), &number);
    let early = office
        .call_as(&person(Role::Handler), "deemOpinionAgreed", early)
        .await;
    super::ground::refused(&early, "NOT_DUE_YET", "before the date");
    office.wait_until(at(11, 5, 8)).await;
    let kinds = ["opinion_deemed_agreed"];
    dossier
        .as_a(Role::Handler, "deemOpinionAgreed", number, to, &kinds)
        .await;
    assert_eq!(
        dossier.state().await.opinions[0].state,
        OpinionState::DeemedAgreed
    );
    let because = json!({"reason": "NOT_ELIGIBLE", "note": "Thiếu điều kiện về diện tích."});
    dossier
        .as_a(
            Role::Signer,
            "refuseResolution",
            because,
            "REFUSED",
            &["resolution_refused"],
        )
        .await;
}

/// Filed online with an officer's help, through every desk, to what is said of it in the end.
async fn settled(office: &Office, other: &str) {
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
    let answer = json!({"number": 1, "text": "Đã nhắc bộ phận tiếp nhận."});
    let (name, kinds) = ("answerFeedback", ["feedback_answered"]);
    dossier
        .as_a(Role::ProcedureController, name, answer, back, &kinds)
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
        &json!({"other": Uuid::nil(), "kind": "LEG"}),
    );
    let unknown = dossier
        .office
        .call_as(&person(Role::Receiver), "linkDossiers", unknown)
        .await;
    super::ground::refused(&unknown, "UNKNOWN_DOSSIER", "a link to nothing");
    assert_eq!(unknown["errors"][0]["field"], json!(["input", "other"]));
}

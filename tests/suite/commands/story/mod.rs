//! Every mutation once, by whoever may, in the order of office life; each is read back.

mod settled;

use jiff::civil::date;
use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::{Dossier, OpinionState};
use motcua::domain::time::Moment;
use motcua::journal::Until;
use motcua::projections::history;
use serde_json::{Value, json};

use super::ground::{Caller, OFFICES, Office, PROCEDURE, SILENT, done, on, person, served, with};
use super::names::told_here;
use crate::office::id;

/// Comes with another fact only when the date moves.
const MOVED: &str = "dossier.due_date_recomputed";

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
    settled::settled(&office, &passed_on).await;

    let input = json!({"commandId": id(), "office": OFFICES[0], "reason": "PAPER_SPOILED"});
    let receiver = person(Role::Receiver);
    done(&office.call_as(&receiver, "voidCode", input).await);

    super::bulk::forwarded(&office).await;
    super::shelf::furnished(&office).await;
    super::reorganised::transferred(&office).await;

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

//! A dossier's accounts through the door: a story with an opinion, a payment, a miss, an apology too late and a signature
//! later still, read by a citizen, an officer and an auditor.

use std::time::Duration;

use jiff::civil::date;
use motcua::acts::{Act, Premises, Request};
use motcua::api;
use motcua::domain::actor::{Actor, Role};
use motcua::domain::dossier::DossierCommand;
use motcua::domain::time::Moment;
use serde_json::{Value, json};

use crate::client::client;
use crate::commands::ground::{
    CITIZEN, OFFICES, Office, PROCEDURE, done, on, person, served, with,
};
use crate::office::id;

fn at(day: i8, hour: i8, minute: i8) -> Moment {
    Moment::from_local(date(2026, 11, day).at(hour, minute, 0, 0))
}

struct Story {
    office: Office,
    /// A door whose clock was set when the story was over.
    url: String,
    /// Settled late, with an apology.
    late: String,
    /// Forgotten.
    forgotten: String,
    /// Submitted and never answered.
    unanswered: String,
}

/// Seven working days from Monday 2 November 2026: due on Wednesday 11, on Friday 13 after the payment.
async fn story() -> Story {
    let office = served().await;
    let filing = || {
        json!({ "commandId": id(), "procedure": PROCEDURE, "office": OFFICES[0],
            "applicant": { "fullName": "Công dân 000123" } })
    };
    let receiver = person(Role::Receiver);
    let mut codes = Vec::new();
    for _ in 0..2 {
        let payload = office
            .call_as(&receiver, "acceptDossierAtCounter", filing())
            .await;
        done(&payload);
        codes.push(payload["code"].as_str().expect("a code").to_owned());
    }
    let citizen = person(Role::Applicant);
    let submitted = office.call_as(&citizen, "submitDossier", filing()).await;
    done(&submitted);
    let [late, forgotten] = <[String; 2]>::try_from(codes).expect("two codes");
    let mut told = Story {
        unanswered: submitted["code"].as_str().expect("a code").to_owned(),
        url: String::new(),
        office,
        late,
        forgotten,
    };
    let to_handler = json!({ "to": "handler-01" });
    told.office.wait_until(at(2, 10, 0)).await;
    for code in [&told.late, &told.forgotten] {
        told.act(code, Role::Receiver, "forwardDossier", &to_handler)
            .await;
    }
    told.on(
        at(2, 14, 0),
        Role::Handler,
        "receiveHandOver",
        json!({ "complete": true }),
    )
    .await;
    let asked = json!({ "agency": OFFICES[1] });
    told.on(at(3, 9, 0), Role::Handler, "requestOpinion", asked)
        .await;
    let answer = json!({ "number": 1, "agrees": true });
    told.on(at(5, 9, 0), Role::VerticalAgency, "giveOpinion", answer)
        .await;
    let tax = json!({ "kind": "OBLIGATION", "amountVnd": "1234567" });
    told.on(at(6, 9, 0), Role::Cashier, "issueFinancialObligation", tax)
        .await;
    let paid = json!({ "number": 1, "amountVnd": "1234567", "method": "CASH" });
    told.on(at(10, 9, 0), Role::Cashier, "confirmPayment", paid)
        .await;
    told.miss(at(16, 8, 0)).await;
    let sorry = json!({ "newDueOn": "2026-11-20", "reason": "WORKLOAD" });
    told.on(at(16, 9, 0), Role::Signer, "issueApology", sorry)
        .await;
    told.on(at(18, 9, 0), Role::Handler, "draftResult", json!({}))
        .await;
    told.on(at(18, 10, 0), Role::Signer, "signResult", json!({}))
        .await;
    told.office.wait_until(at(18, 11, 0)).await;
    told.url = reopened(&told.office).await;
    told
}

/// A node that is opened later: its clock goes on from the newest fact.
async fn reopened(office: &Office) -> String {
    let mut api = office.api.clone();
    let premises = Premises::enter(&api.journal).await;
    api.office = premises.expect("the journal opens");
    let newest = api.journal.head().await.expect("a head").size - 1;
    assert!(api.models.reach(newest, Duration::from_secs(20)).await);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!(
        "http://{}/graphql",
        listener.local_addr().expect("an address")
    );
    tokio::spawn(async move { axum::serve(listener, api::router(api)).await });
    url
}

impl Story {
    async fn act(&self, code: &str, role: Role, mutation: &str, fields: &Value) {
        let (who, input) = (person(role), with(on(code), fields));
        let payload = self.office.call_as(&who, mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}: {payload}");
    }

    /// At this hour, on the dossier that is settled in the end.
    async fn on(&self, when: Moment, role: Role, mutation: &str, fields: Value) {
        self.office.wait_until(when).await;
        self.act(&self.late, role, mutation, &fields).await;
    }

    /// As the watch does it.
    async fn miss(&self, when: Moment) {
        let query = "query($code: String!) { dossier(by: {code: $code}) { stream } }";
        let auditor = self.office.signed_in(&person(Role::Auditor));
        let code = json!({ "code": self.late });
        let seen = self.office.post(&auditor, query, code).await;
        let stream = seen["data"]["dossier"]["stream"].as_str();
        let stream = stream.expect("a stream");
        let act = Act::Dossier {
            dossier: stream.parse().expect("an id"),
            command: DossierCommand::RecordMiss,
        };
        let request = Request {
            at: Some(when),
            ..Request::new(id(), Actor::system(), act)
        };
        let counter = self.office.api.counter().expect("a counter");
        counter.submit(request).await.expect("recorded");
    }

    async fn ask(&self, role: Option<Role>, query: &str, variables: Value) -> Value {
        let token = role.map(|role| self.office.token(&person(role)));
        let mut body = self.try_ask(token, query, variables).await;
        assert_eq!(body.get("errors"), None, "{body}");
        body["data"].take()
    }

    async fn try_ask(&self, token: Option<String>, query: &str, variables: Value) -> Value {
        let request = client()
            .post(&self.url)
            .header("accept", "application/graphql-response+json")
            .json(&json!({ "query": query, "variables": variables }));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.expect("an answer");
        response.json().await.expect("JSON")
    }
}

const PROMISES: &str = "promises { moves apologies misses entries {
    act label { vi en } endKind role office actor reason breach dueBefore dueAfter cause agency days } }
    turns { office originalDueAt dueAt missedAt endKind
        lateness { late lateByOriginal days daysByOriginal apologised }
        daysLost { applicant payment otherAgency notice outage office } }
    deskTime { costs { desk { office role officer } usedFor giver minutes days lateDays lateDaysByOriginal }
        days { date desk { role officer } usedFor opinionOf late lateByOriginal }
        steps { number role hours state minutes overdue } process stepsCertainty }
    controlSlip { number giver { role officer } receiver { role officer } handedOverAt signedByGiver receivedAt complete
        step verdict }
    opinions { agency overdue state } links { kind code } syncs { system ageMinutes }
    intakeDueAt intakeOverdue answerDueAt missedAt";

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_and_an_auditor_read_who_owes_which_day() {
    let told = story().await;
    let query = format!(
        "query($code: String!) {{ dossier(by: {{code: $code}}) {{ {PROMISES}
            obligations {{ amountVnd state method }} components {{ item }} }} }}"
    );
    for role in [Role::Handler, Role::Auditor] {
        let seen = told
            .ask(Some(role), &query, json!({ "code": told.late }))
            .await;
        let seen = &seen["dossier"];
        let acts: Vec<_> = seen["promises"]["entries"]
            .as_array()
            .expect("entries")
            .iter()
            .map(|entry| {
                (
                    entry["act"].as_str().unwrap_or_default(),
                    entry["days"].as_u64(),
                )
            })
            .collect();
        assert_eq!(
            acts,
            [
                ("INTAKE_PROMISED", None),
                ("PROMISED", None),
                ("OPINION_AWAITED", None),
                ("OPINION_ANSWERED", Some(2)),
                ("PAUSED", None),
                ("RESUMED", Some(2)),
                ("RECOMPUTED", Some(2)),
                ("MISSED", None),
                ("APOLOGY_WITHOUT_EFFECT", Some(0)),
                ("ENDED", Some(3)),
            ]
        );
        let sorry = &seen["promises"]["entries"][8];
        assert_eq!(sorry["actor"], "signer-01");
        assert_eq!(sorry["breach"], "LATE_APOLOGY");
        assert_eq!(sorry["reason"], "WORKLOAD");
        assert_eq!(sorry["dueBefore"], sorry["dueAfter"]);
        let turn = &seen["turns"][0];
        let late = json!({ "late": true, "lateByOriginal": true, "days": 3, "daysByOriginal": 5, "apologised": true });
        assert_eq!(turn["lateness"], late);
        let lost = json!({ "applicant": 0, "payment": 2, "otherAgency": 2, "notice": 0, "outage": 0, "office": 3 });
        assert_eq!(turn["daysLost"], lost);
        assert_eq!(turn["missedAt"].as_array().map(Vec::len), Some(1));
        assert_eq!(seen["obligations"][0]["amountVnd"], "1234567");
        assert_eq!(seen["opinions"][0]["state"], "AGREED");

        let costs = seen["deskTime"]["costs"].as_array().expect("costs");
        let late: Vec<_> = costs
            .iter()
            .filter(|cost| cost["lateDaysByOriginal"] != 0)
            .map(|cost| {
                let (late, original) = (&cost["lateDays"], &cost["lateDaysByOriginal"]);
                (&cost["desk"]["officer"], &cost["usedFor"], late, original)
            })
            .collect();
        let desk = json!("DESK");
        assert_eq!(
            late,
            [
                (&json!("handler-01"), &desk, &json!(2), &json!(4)),
                (&Value::Null, &desk, &json!(1), &json!(1)),
            ]
        );
        // From ten to half past eleven, and from half past one to two: on its way.
        let transit = costs.iter().find(|cost| cost["usedFor"] == "IN_TRANSIT");
        let transit = transit.expect("in transit");
        assert_eq!(
            (&transit["minutes"], &transit["giver"]),
            (&json!(120), &json!("receiver-01"))
        );
        let days = seen["deskTime"]["days"].as_array().expect("days");
        assert_eq!(days.len(), 12, "{days:?}");
        assert_eq!(days[0]["opinionOf"], OFFICES[1]);
        let line = &seen["controlSlip"][0];
        assert_eq!(line["receiver"]["officer"], "handler-01");
        assert_eq!(
            (&line["complete"], &line["verdict"]),
            (&json!(true), &json!("BEFORE"))
        );
        let steps = seen["deskTime"]["steps"].as_array().expect("steps");
        assert_eq!(steps.len(), 4);
        assert_eq!(
            (&steps[1]["hours"], &steps[1]["overdue"]),
            (&json!(32), &json!(true))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_reads_agencies_and_roles_and_never_a_person_or_an_amount() {
    let told = story().await;
    let query = format!(
        "query($code: String!) {{ tracking(code: $code) {{ {PROMISES}
            feesAsked feesSettled paymentAwaited assisted rating {{ score }} feedback {{ number }} }} }}"
    );
    let seen = told.ask(None, &query, json!({ "code": told.late })).await;
    let text = seen.to_string();
    for hidden in ["-01", CITIZEN, "1234567", "AGREED", "Công dân"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    let seen = &seen["tracking"];
    assert_eq!(seen["turns"][0]["daysLost"]["office"], 3);
    assert_eq!(seen["turns"][0]["lateness"]["apologised"], true);
    assert_eq!(seen["opinions"][0]["agency"], OFFICES[1]);
    assert_eq!(seen["opinions"][0]["state"], Value::Null);
    assert_eq!(
        (&seen["feesAsked"], &seen["feesSettled"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        (&seen["rating"], &seen["feedback"]),
        (&Value::Null, &Value::Null)
    );
    let costs = seen["deskTime"]["costs"].as_array().expect("costs");
    let late = costs.iter().find(|cost| cost["lateDays"] == 2);
    assert_eq!(late.expect("the handler's")["desk"]["role"], "HANDLER");

    let waiting = told
        .ask(None, &query, json!({ "code": told.unanswered }))
        .await;
    assert_eq!(waiting["tracking"]["intakeOverdue"], true);
    assert_eq!(waiting["tracking"]["turns"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_overdue_is_told_as_it_was_known_then() {
    let told = story().await;
    let query = "query($office: String!, $at: DateTime, $first: Int, $after: String) {
        overdue(office: $office, at: $at, first: $first, after: $after) {
            nodes { code dueAt days daysByOriginal apologised missRecorded desk { role officer } }
            pageInfo { hasNextPage endCursor } } }";
    let overdue = async |when: Moment| {
        let asked = json!({ "office": OFFICES[0], "at": when });
        let seen = told.ask(Some(Role::Auditor), query, asked).await;
        seen["overdue"]["nodes"].as_array().expect("nodes").clone()
    };
    let codes = |nodes: &[Value]| {
        let codes = nodes
            .iter()
            .map(|node| node["code"].as_str().map(str::to_owned));
        codes.collect::<Vec<_>>()
    };
    let (late, forgotten) = (Some(told.late.clone()), Some(told.forgotten.clone()));
    // On Thursday 12 the one had been moved to Friday 13 by the payment.
    assert_eq!(
        codes(&overdue(at(12, 9, 0)).await),
        std::slice::from_ref(&forgotten)
    );
    let then = overdue(at(16, 9, 30)).await;
    assert_eq!(codes(&then), [late, forgotten.clone()]);
    assert_eq!(
        then[0]["desk"],
        json!({ "role": "HANDLER", "officer": "handler-01" })
    );
    assert_eq!(
        (&then[0]["days"], &then[0]["daysByOriginal"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(
        (&then[0]["apologised"], &then[0]["missRecorded"]),
        (&json!(true), &json!(true))
    );
    // Before the apology nobody knew of one.
    assert_eq!(overdue(at(16, 8, 30)).await[0]["apologised"], false);
    assert_eq!(codes(&overdue(at(18, 10, 30)).await), [forgotten]);

    let first = json!({ "office": OFFICES[0], "at": at(16, 9, 30), "first": 1 });
    let page = told.ask(Some(Role::Auditor), query, first.clone()).await;
    let info = &page["overdue"]["pageInfo"];
    assert_eq!(info["hasNextPage"], true);
    let next = with(first, &json!({ "after": info["endCursor"] }));
    let page = told.ask(Some(Role::Auditor), query, next).await;
    assert_eq!(page["overdue"]["nodes"][0]["code"], told.forgotten);
    assert_eq!(page["overdue"]["pageInfo"]["hasNextPage"], false);

    let asked = json!({ "office": OFFICES[0] });
    let public = told.try_ask(None, query, asked.clone()).await;
    assert_eq!(public["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let elsewhere = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    let elsewhere = told.office.token(&elsewhere);
    let refused = told.try_ask(Some(elsewhere), query, asked).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn late_without_apology_is_counted_and_the_days_have_desks() {
    let told = story().await;
    let query = "query($from: Date!, $to: Date!, $office: String) { lateness(from: $from, to: $to, office: $office) {
        settled { count byOriginal withoutApology withoutApologyByOriginal }
        overdue { count byOriginal withoutApology withoutApologyByOriginal }
        daysLost { payment otherAgency office }
        desks { desk { role officer } usedFor days daysByOriginal } } }";
    let month = json!({ "from": "2026-11-01", "to": "2026-11-18", "office": OFFICES[0] });
    let public = told.ask(None, query, month.clone()).await;
    let counted = &public["lateness"];
    let apologised =
        json!({ "count": 1, "byOriginal": 1, "withoutApology": 0, "withoutApologyByOriginal": 0 });
    assert_eq!(counted["settled"], apologised);
    let silent =
        json!({ "count": 1, "byOriginal": 1, "withoutApology": 1, "withoutApologyByOriginal": 1 });
    assert_eq!(counted["overdue"], silent);
    // The forgotten one: five days after the eleventh.
    assert_eq!(
        counted["daysLost"],
        json!({ "payment": 2, "otherAgency": 2, "office": 3 + 5 })
    );
    assert!(!public.to_string().contains("-01"), "{public}");
    let auditor = told.ask(Some(Role::Auditor), query, month).await;
    let desks = auditor["lateness"]["desks"].as_array().expect("desks");
    let told_of = |used_for: &str, officer: &Value| {
        let mut desks = desks.iter();
        let found =
            desks.find(|row| row["usedFor"] == used_for && row["desk"]["officer"] == *officer);
        found.map(|row| (row["days"].as_u64(), row["daysByOriginal"].as_u64()))
    };
    let handler = json!("handler-01");
    assert_eq!(told_of("DESK", &handler), Some((Some(2), Some(4))));
    assert_eq!(told_of("IN_TRANSIT", &handler), Some((Some(5), Some(5))));

    let week = json!({ "from": "2026-11-12", "to": "2026-11-12", "office": OFFICES[0] });
    let week = told.ask(Some(Role::Auditor), query, week).await;
    // As known on Thursday night: the one was still in time, but for the first promise.
    let then =
        json!({ "count": 1, "byOriginal": 2, "withoutApology": 1, "withoutApologyByOriginal": 2 });
    assert_eq!(week["lateness"]["overdue"], then);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worklist_finds_what_nobody_answered_and_what_was_missed() {
    let told = story().await;
    let query = "query($filter: WorklistFilter) { worklist(filter: $filter) { nodes { code } } }";
    let codes = async |filter: Value| {
        let asked = json!({ "filter": filter });
        let seen = told.ask(Some(Role::Receiver), query, asked).await;
        seen["worklist"]["nodes"].clone()
    };
    let unanswered = codes(json!({ "intakeOverdue": true })).await;
    assert_eq!(unanswered, json!([{ "code": told.unanswered }]));
    assert_eq!(
        codes(json!({ "missed": true })).await,
        json!([{ "code": told.late }])
    );
    let applicant = "query($code: String!) { dossier(by: {code: $code}) { intakeDueAt intakeOverdue
        promises { entries { act actor } } } }";
    let own = told
        .ask(
            Some(Role::Applicant),
            applicant,
            json!({ "code": told.unanswered }),
        )
        .await;
    assert_eq!(own["dossier"]["intakeOverdue"], true);
    let entry = json!({ "act": "INTAKE_PROMISED", "actor": CITIZEN });
    assert_eq!(own["dossier"]["promises"]["entries"], json!([entry]));
}

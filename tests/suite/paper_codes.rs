//! Blocks of paper codes: reserved while the line stands, given by hand while it is down, entered late, or explained.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use jiff::civil::date;
use motcua::acts::{Act, Receipt, Refusal, Request};
use motcua::domain::actor::{Actor, Role};
use motcua::domain::code::DossierCode;
use motcua::domain::dossier::DossierCommand;
use motcua::domain::event::Event;
use motcua::domain::reason::Reason;
use motcua::domain::register::{Register, RegisterEvent};
use motcua::domain::time::Moment;
use motcua::journal::fact;
use motcua::projections::verify;
use serde_json::{Value, json};

use crate::acts::check_everything;
use crate::commands::ground::{OFFICES, Office, PROCEDURE, done, person, refused, served, with};
use crate::grounds::grounds;
use crate::office::{Node, OFFICE, acceptance, id, keys_folder, node};

async fn asked(office: &Office, who: &Actor, mutation: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ codes position visible repeated
            errors {{ field code messageVi messageEn }} }} }}"
    );
    let caller = office.signed_in(who);
    let mut body = office
        .post(&caller, &query, json!({ "input": input }))
        .await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"][mutation].take()
}

async fn block(office: &Office, who: &Actor, count: u32) -> Vec<String> {
    let input = json!({"commandId": id(), "count": count});
    let payload = asked(office, who, "reserveCodes", input).await;
    done(&payload);
    let codes = payload["codes"].as_array().expect("codes").iter();
    codes
        .map(|code| code.as_str().expect("a code").to_owned())
        .collect()
}

fn papers(fields: &Value) -> Value {
    let input = json!({
        "commandId": id(), "procedure": PROCEDURE, "office": OFFICES[0],
        "applicant": {"fullName": "Công dân 000125"},
    });
    with(input, fields)
}

async fn accepted(office: &Office, who: &Actor, fields: Value) -> Value {
    let input = papers(&fields);
    office.call_as(who, "acceptDossierAtCounter", input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_reserves_codes_once_and_others_are_given_the_numbers_behind_them() {
    let office = served().await;
    let receiver = person(Role::Receiver);
    let other = Actor::new("receiver-02", OFFICES[0], Role::Receiver);
    let input = json!({"commandId": id(), "count": 3});
    let payload = asked(&office, &receiver, "reserveCodes", input.clone()).await;
    done(&payload);
    let codes = ["0001", "0002", "0003"].map(|number| format!("H38.40.01-261102-{number}"));
    assert_eq!(payload["codes"], json!(codes));
    let again = asked(&office, &receiver, "reserveCodes", input).await;
    assert_eq!(
        (&again["codes"], &again["repeated"]),
        (&payload["codes"], &json!(true))
    );

    let next = accepted(&office, &other, json!({})).await;
    assert_eq!(next["code"], "H38.40.01-261102-0004", "{next}");
    let more = json!({"commandId": id(), "count": 3});
    let more = asked(&office, &receiver, "reserveCodes", more).await;
    refused(&more, "BLOCK_STILL_OPEN", "a second block");
    for count in [0, 51] {
        let input = json!({"commandId": id(), "count": count});
        let payload = asked(&office, &other, "reserveCodes", input).await;
        refused(&payload, "BLOCK_SIZE", "too few or too many");
    }
    let handler = json!({"commandId": id(), "count": 3});
    let handler = asked(&office, &person(Role::Handler), "reserveCodes", handler).await;
    refused(&handler, "WRONG_ROLE", "no receiver");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_code_becomes_one_dossiers_code_also_the_next_morning() {
    let office = served().await;
    let receiver = person(Role::Receiver);
    let other = Actor::new("receiver-02", OFFICES[0], Role::Receiver);
    let codes = block(&office, &receiver, 4).await;

    let foreign = accepted(&office, &other, json!({"code": codes[0]})).await;
    refused(&foreign, "CODE_OF_ANOTHER_DESK", "another desk's");
    for code in ["H38.40.02-261102-0001", "H38.40.01-261102-0009"] {
        let payload = accepted(&office, &receiver, json!({ "code": code })).await;
        refused(&payload, "CODE_NOT_RESERVED", code);
    }
    let input = papers(&json!({"code": codes[0]}));
    let send = || office.call_as(&receiver, "acceptDossierAtCounter", input.clone());
    let (first, again) = (send().await, send().await);
    done(&first);
    assert_eq!(first["code"], codes[0].as_str());
    assert_eq!(
        (&again["code"], &again["repeated"]),
        (&first["code"], &json!(true))
    );
    let used = accepted(&office, &receiver, json!({"code": codes[0]})).await;
    refused(&used, "CODE_SPENT", "used");

    // The line comes back the next morning.
    let morning = Moment::from_local(date(2026, 11, 3).at(8, 0, 0, 0));
    office.wait_until(morning).await;
    let wrong = accepted(&office, &receiver, json!({"code": codes[1]})).await;
    refused(&wrong, "CODE_OF_ANOTHER_DAY", "no hour on the slip");
    let slip = Moment::from_local(date(2026, 11, 2).at(16, 30, 0, 0));
    let fields = json!({"code": codes[1], "receivedAt": slip.to_string()});
    let late = accepted(&office, &receiver, fields).await;
    done(&late);
    assert_eq!(late["code"], codes[1].as_str());

    let release = json!({"commandId": id(), "on": "2026-11-02", "reason": "ENTERED_LATE"});
    let payload = asked(&office, &receiver, "releaseCodes", release).await;
    done(&payload);
    assert_eq!(payload["codes"], json!(&codes[2..]));
    let fields = json!({"code": codes[2], "receivedAt": slip.to_string()});
    let voided = accepted(&office, &receiver, fields).await;
    refused(&voided, "CODE_SPENT", "voided");
    let nothing = json!({"commandId": id(), "on": "2026-11-02", "reason": "OTHER"});
    let nothing = asked(&office, &receiver, "releaseCodes", nothing).await;
    refused(&nothing, "NO_OPEN_BLOCK", "nothing left");

    let query = "query { myCodeBlock(on: \"2026-11-02\") { office day codes { code used } } }";
    let body = office
        .post(&office.signed_in(&receiver), query, json!({}))
        .await;
    let told = body["data"]["myCodeBlock"]["codes"]
        .as_array()
        .expect("codes");
    assert_eq!(told.len(), 4, "{body}");
    assert!(told.iter().all(|one| one["used"] == true), "{body}");
}

fn receiver(number: usize) -> Actor {
    Actor::new(format!("receiver-{number:02}"), OFFICE, Role::Receiver)
}

async fn reserves(node: &Node, number: usize, count: u32) -> Result<Receipt, Refusal> {
    let act = Act::ReserveCodes { count };
    let request = Request::new(id(), receiver(number), act);
    node.counter.submit(request).await
}

fn under(code: Option<DossierCode>, number: usize) -> Request {
    let (_, mut request) = acceptance(id(), "Công dân 000126");
    request.actor = receiver(number);
    if let Act::Dossier {
        command: DossierCommand::AcceptAtCounter { code: on_paper, .. },
        ..
    } = &mut request.act
    {
        *on_paper = code;
    }
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn among_many_desks_at_once_no_code_is_given_twice_and_every_number_is_accounted_for() {
    for ground in grounds().await {
        let (_folder, keys) = keys_folder();
        let node = node(&ground.location, &keys).await;
        let desks = join_all((1..=4).map(|desk| reserves(&node, desk, 5)));
        let usual = join_all((0..20).map(|n| node.counter.submit(under(None, 5 + n))));
        let (reserved, given) = tokio::join!(desks, usual);
        assert!(reserved.iter().all(Result::is_ok) && given.iter().all(Result::is_ok));

        let mut blocks = Vec::new();
        for entry in check_everything(&node).await {
            let told = fact::decode(&entry.body).expect("a fact");
            if let Event::Register(RegisterEvent::CodesReserved(block)) = told.event {
                blocks.push((block, entry.recorded_at.date()));
            }
        }
        // Each desk sends three of its five, each twice under another command: one of the two is refused.
        let tries = blocks.iter().flat_map(|(block, day)| {
            let desk: usize = block.desk[9..].parse().expect("a number");
            (block.first..block.first + 3).flat_map(move |sequence| {
                let code = DossierCode::new(&block.office, *day, sequence).expect("a code");
                [under(Some(code.clone()), desk), under(Some(code), desk)]
            })
        });
        let tries = join_all(tries.map(|request| node.counter.submit(request))).await;
        let taken = tries.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!((tries.len(), taken), (24, 12));
        let release = Request {
            reason: Some(Reason::SystemOutage),
            ..Request::new(
                id(),
                receiver(1),
                Act::ReleaseCodes {
                    desk: None,
                    on: None,
                },
            )
        };
        let released = node.counter.submit(release).await.expect("released");
        assert_eq!(released.entries, 2);

        let (mut register, mut seen) = (Register::default(), BTreeSet::new());
        for entry in check_everything(&node).await {
            let told = fact::decode(&entry.body).expect("a fact");
            let Event::Register(event) = told.event else {
                continue;
            };
            match &event {
                RegisterEvent::Entered(entered) => assert!(seen.insert(entered.sequence)),
                RegisterEvent::CodeVoided(voided) => assert!(seen.insert(voided.sequence)),
                RegisterEvent::CodesReserved(_) => {}
            }
            register.evolve(&event);
        }
        let left: Vec<u32> = register
            .blocks
            .iter()
            .flat_map(|block| block.unused.clone())
            .collect();
        assert_eq!(left.len(), 6, "three desks have two each");
        let report = verify::journal(&node.journal, |_| ()).await;
        assert!(report.expect("it can be read").holds());
        seen.extend(left);
        let all: BTreeSet<u32> = (1..=register.last).collect();
        assert_eq!(seen, all);
    }
}

//! Files of papers and results: brought, named by a command, fetched by whoever may, and gone when they are erased.

mod archive;

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::part::Purpose;
use motcua::domain::time::Moment;
use motcua::journal::fact;
use motcua::reactions::tidying::tidy;
use serde_json::{Value, json};

use crate::commands::ground::{
    Caller, OFFICES, Office, PROCEDURE, done, on, person, refused, served, with,
};
use crate::commands::story::filing;
use crate::office::id;

pub const PDF: &[u8] = b"%PDF-1.7\nTo khai cua mot cong dan";
const KIND: &str = "application/pdf";
/// As it is said in an address, and as people read it.
const NAME: (&str, &str) = ("T%E1%BB%9D%20khai.pdf", "Tờ khai.pdf");
const FILES: &str = "files { position item name mediaType sizeBytes sha256 standing url }";

/// A ticket for a file of somebody's command.
async fn ticket(office: &Office, who: &Actor, command: &str, file: &[u8]) -> String {
    let token = office.token(who);
    let said = (command, NAME.0, KIND);
    let (status, answer) = office.bring(Some(&token), said, file.to_vec()).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["sizeBytes"], file.len());
    answer["ticket"].as_str().expect("a ticket").to_owned()
}

/// The command's input with a ticket for its file.
pub async fn with_file(office: &Office, who: &Actor, input: Value, file: &[u8]) -> Value {
    let command = input["commandId"].as_str().expect("an id").to_owned();
    let ticket = ticket(office, who, &command, file).await;
    with(input, &json!({ "file": ticket }))
}

async fn listed(office: &Office, who: &Actor, by: Value) -> Value {
    let query = format!("query($by: DossierBy!) {{ dossier(by: $by) {{ {FILES} }} }}");
    let caller = office.signed_in(who);
    let mut body = office.post(&caller, &query, json!({ "by": by })).await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["dossier"]["files"].take()
}

/// What whoever shows the receipt's key sees.
async fn held(office: &Office, code: &str, key: Option<&str>) -> Value {
    let query = format!(
        "query($code: String!, $key: String) {{ tracking(code: $code, capability: $key) {{ {FILES} }} }}"
    );
    let variables = json!({ "code": code, "key": key });
    let mut body = office.post(&Caller::default(), &query, variables).await;
    assert_eq!(body.get("errors"), None, "{body}");
    body["data"]["tracking"]["files"].take()
}

fn address(files: &Value) -> String {
    files[0]["url"].as_str().expect("a place").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_with_its_file_is_read_by_those_who_may_open_the_dossier_and_by_its_holder() {
    let office = served().await;
    let receiver = person(Role::Receiver);
    let entered = office
        .call_as(&receiver, "acceptDossierAtCounter", filing(PROCEDURE))
        .await;
    done(&entered);
    let text = |key: &str| entered[key].as_str().expect("a text").to_owned();
    let (code, key) = (text("code"), text("capability"));
    assert_eq!(held(&office, &code, Some(&key)).await, json!([]));

    let paper = json!({ "item": 1, "form": "COPY", "digitisation": "HERE", "sizeBytes": "1" });
    let input = with_file(&office, &receiver, with(on(&code), &paper), PDF).await;
    let first = office
        .call_as(&receiver, "receiveComponent", input.clone())
        .await;
    done(&first);
    let again = office.call_as(&receiver, "receiveComponent", input).await;
    assert_eq!(
        again["repeated"], true,
        "the ticket is good for the same command again"
    );

    let files = listed(&office, &receiver, json!({ "code": code })).await;
    assert_eq!(files.as_array().map(Vec::len), Some(1), "{files}");
    let expected = json!({ "position": first["position"], "item": 1, "name": NAME.1, "mediaType": KIND,
        "sizeBytes": PDF.len().to_string(), "standing": "PRESENT" });
    for (field, value) in expected.as_object().expect("fields") {
        assert_eq!(&files[0][field], value, "{field}");
    }
    assert_eq!(held(&office, &code, Some(&key)).await, files);
    assert_eq!(held(&office, &code, None).await, Value::Null);
    assert_eq!(
        held(&office, &code, Some("AAAAAAAAAAAAAAAA")).await,
        Value::Null
    );

    let url = address(&files);
    let fetched = office.fetch(&url, Some(&office.token(&receiver))).await;
    assert_eq!(fetched, (200, PDF.to_vec()));
    assert_eq!(
        office.fetch(&format!("{url}?k={key}"), None).await,
        (200, PDF.to_vec())
    );
    let clerk = person(Role::Clerk);
    assert_eq!(
        listed(&office, &clerk, json!({ "code": code })).await,
        Value::Null,
        "sees a masked applicant"
    );
    let stranger = Actor::new("receiver-02", OFFICES[1], Role::Receiver);
    for (url, token) in [
        (url.clone(), None),
        (format!("{url}?k=AAAAAAAAAAAAAAAA"), None),
        (url.clone(), Some(office.token(&clerk))),
        (url.clone(), Some(office.token(&stranger))),
        (
            format!("{}/0", url.rsplit_once('/').expect("a place").0),
            Some(office.token(&receiver)),
        ),
        (format!("/files/{}/1", id()), Some(office.token(&receiver))),
        ("/files/x/y".to_owned(), Some(office.token(&receiver))),
    ] {
        let (status, body) = office.fetch(&url, token.as_deref()).await;
        let told: Value = serde_json::from_slice(&body).expect("a problem");
        assert_eq!(
            (status, &told["code"]),
            (404, &json!("FILE_UNKNOWN")),
            "{url}"
        );
    }

    // Size in clear, hash committed to, name nowhere but in the vault.
    let position: u64 = first["position"]
        .as_str()
        .expect("a position")
        .parse()
        .expect("a number");
    let entry = office
        .api
        .journal
        .read(position, 1)
        .await
        .expect("an entry");
    let body = String::from_utf8(entry[0].body.to_vec()).expect("text");
    assert!(
        body.contains(&format!("\"size_bytes\":{}", PDF.len())),
        "{body}"
    );
    let sha256 = files[0]["sha256"].as_str().expect("a hash");
    assert!(!body.contains("khai") && !body.contains(sha256), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_this_command_is_refused_and_says_why() {
    let office = served().await;
    let receiver = person(Role::Receiver);
    let token = office.token(&receiver);
    let command = id().to_string();
    let here = |kind| (command.as_str(), NAME.0, kind);
    let long = "a".repeat(201);
    let auditor = office.token(&Actor::new("auditor-01", NO_OFFICE, Role::Auditor));
    let admin = office.token(&person(Role::Admin));
    for (token, said, file, status, code) in [
        (None, here(KIND), PDF.to_vec(), 401, "UNAUTHENTICATED"),
        (Some("x"), here(KIND), PDF.to_vec(), 401, "UNAUTHENTICATED"),
        (
            Some(token.as_str()),
            here("text/html"),
            PDF.to_vec(),
            415,
            "FILE_TYPE",
        ),
        (
            Some(&token),
            here("image/png"),
            PDF.to_vec(),
            415,
            "FILE_TYPE",
        ),
        (
            Some(&token),
            here(KIND),
            b"<html>".to_vec(),
            415,
            "FILE_TYPE",
        ),
        (Some(&token), here(KIND), Vec::new(), 400, "FILE_EMPTY"),
        (Some(&auditor), here(KIND), PDF.to_vec(), 403, "FORBIDDEN"),
        (Some(&admin), here(KIND), PDF.to_vec(), 403, "FORBIDDEN"),
        (
            Some(&token),
            ("x", NAME.0, KIND),
            PDF.to_vec(),
            400,
            "BAD_REQUEST",
        ),
        (
            Some(&token),
            (&command, "", KIND),
            PDF.to_vec(),
            400,
            "BAD_REQUEST",
        ),
        (
            Some(&token),
            (&command, "a%00b", KIND),
            PDF.to_vec(),
            400,
            "BAD_REQUEST",
        ),
        (
            Some(&token),
            (&command, &long, KIND),
            PDF.to_vec(),
            400,
            "BAD_REQUEST",
        ),
    ] {
        let (answered, told) = office.bring(token, said, file).await;
        assert_eq!(
            (answered, &told["code"]),
            (status, &json!(code)),
            "{said:?}: {told}"
        );
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        assert!(
            !text("messageVi").is_ascii() && text("messageEn").len() > 5,
            "{told}"
        );
    }

    let entered = office
        .call_as(&receiver, "acceptDossierAtCounter", filing(PROCEDURE))
        .await;
    let code = entered["code"].as_str().expect("a code");
    let paper = with(
        on(code),
        &json!({ "item": 1, "form": "COPY", "digitisation": "HERE" }),
    );
    let own = with_file(&office, &receiver, paper.clone(), PDF).await;
    let colleague = Actor::new("receiver-09", OFFICES[0], Role::Receiver);
    let hash = json!({ "fileSha256": "00".repeat(32) });
    for (who, input, what) in [
        (
            &receiver,
            with(paper.clone(), &json!({ "file": "AAAA" })),
            "no ticket",
        ),
        (
            &receiver,
            with(own.clone(), &json!({ "commandId": id() })),
            "another command's",
        ),
        (&colleague, own.clone(), "another person's"),
        (&receiver, with(own.clone(), &hash), "another hash"),
    ] {
        let payload = office.call_as(who, "receiveComponent", input).await;
        refused(&payload, "VALUE_MALFORMED", what);
        assert_eq!(
            payload["errors"][0]["field"],
            json!(["input", "file"]),
            "{what}"
        );
    }
    done(&office.call_as(&receiver, "receiveComponent", own).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_of_a_file_that_will_not_be_taken() {
    let office = served().await;
    let token = office.token(&person(Role::Receiver));
    let large = 20 * 1024 * 1024 + 1;
    let mine = format!("authorization: Bearer {token}");
    for (who, length, expected) in [
        ("x-nobody: 1", PDF.len(), (401, "UNAUTHENTICATED")),
        (&*mine, large, (413, "FILE_TOO_LARGE")),
    ] {
        let head = format!(
            "POST /files?commandId={}&name=a.pdf HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{who}\r\ncontent-type: {KIND}\r\n\
             content-length: {length}\r\n\r\n",
            id()
        );
        let (status, told) = office.said_to(&head).await;
        assert_eq!(
            (status, told["code"].as_str()),
            (expected.0, Some(expected.1))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applicant_attaches_files_to_a_draft_and_has_the_results_file_once_it_is_handed_over() {
    let office = served().await;
    let citizen = person(Role::Applicant);
    let begun = office
        .call_as(&citizen, "draftDossier", filing(PROCEDURE))
        .await;
    done(&begun);
    let draft = begun["dossier"]["id"].as_str().expect("an id");
    let paper = json!({ "item": 1, "form": "E_DOCUMENT", "digitisation": "HERE" });
    let input = with_file(&office, &citizen, with(on(draft), &paper), PDF).await;
    done(&office.call_as(&citizen, "receiveComponent", input).await);
    let submission = with(filing(PROCEDURE), &json!({ "draft": draft }));
    let submitted = office.call_as(&citizen, "submitDossier", submission).await;
    done(&submitted);
    let code = submitted["code"].as_str().expect("a code").to_owned();
    let by = json!({ "code": code });
    let files = listed(&office, &citizen, by.clone()).await;
    assert_eq!(files[0]["name"], NAME.1, "attached before it was submitted");
    let receiver = person(Role::Receiver);
    assert_eq!(listed(&office, &receiver, by.clone()).await, files);

    for (role, mutation, fields) in [
        (Role::Receiver, "acceptDossier", json!({})),
        (
            Role::Receiver,
            "forwardDossier",
            json!({ "to": "handler-01" }),
        ),
        (
            Role::Handler,
            "receiveHandOver",
            json!({ "complete": true }),
        ),
        (Role::Handler, "draftResult", json!({})),
        (Role::DivisionHead, "approveResult", json!({})),
    ] {
        let payload = office
            .call_as(&person(role), mutation, with(on(&code), &fields))
            .await;
        done(&payload);
    }
    let (signer, clerk) = (person(Role::Signer), person(Role::Clerk));
    done(&office.call_as(&signer, "signResult", on(&code)).await);
    let issue = with(on(&code), &json!({ "number": "12/GP-UBND" }));
    let issue = with_file(&office, &clerk, issue, b"%PDF-1.7 the result").await;
    done(&office.call_as(&clerk, "issueResult", issue).await);
    let count = async |who| {
        listed(&office, who, by.clone())
            .await
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(count(&receiver).await, Some(2));
    assert_eq!(count(&citizen).await, Some(1), "it was not handed over yet");
    let all = listed(&office, &receiver, by.clone()).await;
    let result = all[1]["url"].as_str().expect("a place").to_owned();
    let token = office.token(&citizen);
    assert_eq!(office.fetch(&result, Some(&token)).await.0, 404);
    let deliver = with(on(&code), &json!({ "method": "ONLINE" }));
    done(&office.call_as(&receiver, "deliverResult", deliver).await);
    assert_eq!(count(&citizen).await, Some(2));
    let fetched = office.fetch(&result, Some(&token)).await;
    assert_eq!(fetched, (200, b"%PDF-1.7 the result".to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_file_says_so_and_a_refused_command_leaves_its_file_to_the_sweep() {
    let office = served().await;
    let receiver = person(Role::Receiver);
    let entered = office
        .call_as(&receiver, "acceptDossierAtCounter", filing(PROCEDURE))
        .await;
    let code = entered["code"].as_str().expect("a code");
    let paper = json!({ "item": 1, "form": "COPY", "digitisation": "HERE" });
    let wrong = with(with(on(code), &paper), &json!({ "item": 99 }));
    let wrong = with_file(&office, &receiver, wrong, PDF).await;
    let refusal = office
        .call_as(&receiver, "receiveComponent", wrong.clone())
        .await;
    refused(&refusal, "COMPONENT_UNKNOWN", "no such paper");
    let right = with(wrong, &json!({ "item": 1 }));
    let noted = office.call_as(&receiver, "receiveComponent", right).await;
    done(&noted);

    let (journal, vault) = (&office.api.journal, office.api.vault().expect("a vault"));
    let position: u64 = noted["position"]
        .as_str()
        .expect("a position")
        .parse()
        .expect("a number");
    let entry = journal.read(position, 1).await.expect("an entry").remove(0);
    let part = fact::decode(&entry.body)
        .expect("a fact")
        .circumstances
        .parts
        .remove(0);
    let now = office.api.office.clock();
    let counter = office.api.counter().expect("a counter");
    let later = Moment(now.0 + 2 * 86_400_000_000);
    let tidied = tidy(counter, journal, vault, later).await.expect("tidied");
    assert_eq!((tidied.parts, tidied.files), (0, 0), "facts name all of it");
    let url = address(&listed(&office, &receiver, json!({ "code": code })).await);
    vault
        .erase(part.s, &[Purpose::Attachment], now)
        .await
        .expect("erased");
    let files = listed(&office, &receiver, json!({ "code": code })).await;
    assert_eq!(files[0]["standing"], "ERASED");
    assert_eq!(
        (&files[0]["name"], &files[0]["url"]),
        (&Value::Null, &Value::Null)
    );
    let (status, body) = office.fetch(&url, Some(&office.token(&receiver))).await;
    let told: Value = serde_json::from_slice(&body).expect("a problem");
    assert_eq!((status, &told["code"]), (410, &json!("FILE_ERASED")));
    assert_eq!(
        journal.read(position, 1).await.expect("an entry")[0].body,
        entry.body
    );
    counter.halt("LOG_SET_BACK");
    let halted = tidy(counter, journal, vault, later).await;
    assert!(halted.is_err(), "of a journal that was set back");
}

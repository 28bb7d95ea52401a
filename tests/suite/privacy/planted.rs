//! Names, numbers and texts planted wherever they can be typed are nowhere on a node without a vault, and in no file in clear.

use std::path::Path;

use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::web::{self, Web};
use serde_json::{Value, json};

use super::{closed, settle};
use crate::client::client;
use crate::commands::ground::{Caller, OFFICES, Office, PROCEDURE, done, on, person, served, with};
use crate::files::with_file;
use crate::office::id;

/// Each of them once; what is told in public on purpose (wordings of answers, staff) is not among them.
pub const NAME: &str = "Trồngtên";
pub const CITIZEN: &str = "003099887766";
pub const PHONE: &str = "0977665544";
pub const EMAIL: &str = "trongthu";
pub const ADDRESS: &str = "Trồngngõ";
pub const NOTE: &str = "Trồngchú";
pub const TEXT: &str = "Trồnglời";
pub const PAPER: &str = "Trồngtờ";
const HOLDER: &str = "Trồngchủ";
pub const PLANTED: [&str; 9] = [
    NAME, CITIZEN, PHONE, EMAIL, ADDRESS, NOTE, TEXT, PAPER, HOLDER,
];

/// What the vault keeps; a name in an address is written in percent signs.
pub fn found(text: &[u8], words: &[&'static str]) -> Vec<&'static str> {
    let holds = |wanted: &[u8]| text.windows(wanted.len()).any(|run| run == wanted);
    let planted = words.iter().copied();
    planted.filter(|word| holds(word.as_bytes())).collect()
}

pub async fn plant(office: &Office) -> (String, String) {
    let receiver = person(Role::Receiver);
    let applicant = json!({ "fullName": format!("Nguyễn {NAME}"), "citizenNumber": CITIZEN, "phone": PHONE,
        "email": format!("{EMAIL}@example.org"), "address": format!("Số 1 {ADDRESS}") });
    let filed = json!({ "commandId": id(), "office": OFFICES[0], "procedure": PROCEDURE, "applicant": applicant,
        "note": NOTE });
    let filed = office
        .call_as(&receiver, "acceptDossierAtCounter", filed)
        .await;
    done(&filed);
    let text = |key: &str| filed[key].as_str().expect("a text").to_owned();
    let (code, key) = (text("code"), text("capability"));
    let paper = json!({ "item": 1, "form": "COPY", "digitisation": "HERE", "note": NOTE });
    let file = format!("%PDF-1.7 {PAPER}");
    let paper = with_file(office, &receiver, with(on(&code), &paper), file.as_bytes()).await;
    done(&office.call_as(&receiver, "receiveComponent", paper).await);
    let handler = person(Role::Handler);
    for (who, mutation, fields) in [
        (
            &receiver,
            "forwardDossier",
            json!({ "to": "handler-01", "note": NOTE }),
        ),
        (
            &handler,
            "receiveHandOver",
            json!({ "complete": true, "note": NOTE }),
        ),
        (
            &receiver,
            "requestSupplement",
            json!({ "items": [1], "reason": "MISSING_COMPONENT", "note": NOTE }),
        ),
        (&receiver, "submitSupplement", json!({ "note": NOTE })),
        (&handler, "acceptSupplement", json!({ "note": NOTE })),
    ] {
        let input = with(on(&code), &fields);
        done(&office.call_as(who, mutation, input).await);
    }
    let details = json!({ "applicant": with(applicant, &json!({ "address": format!("Số 2 {ADDRESS}") })),
        "reason": "OTHER", "note": NOTE });
    let details = with(on(&code), &details);
    done(
        &office
            .call_as(&receiver, "correctApplicantDetails", details)
            .await,
    );
    let said = json!({ "commandId": id(), "dossier": code, "capability": key, "kind": "REPORT", "text": TEXT });
    let said = office
        .call(&Caller::default(), "submitFeedback", said)
        .await;
    done(&said);
    let held = json!({ "commandId": id(), "office": OFFICES[0], "procedure": PROCEDURE, "number": "7/2001",
        "issuedOn": "2001-02-03", "holder": { "fullName": format!("Lê {HOLDER}") }, "note": HOLDER });
    done(
        &office
            .call_as(&person(Role::Clerk), "enterArchivedResult", held)
            .await,
    );
    (code, key)
}

/// A node of the same journal that has no vault, with its pages.
async fn public_node(office: &Office) -> String {
    let api = &office.api;
    let (models, journal) = (api.models.clone(), api.journal.clone());
    let node = Api::read_only(api.office.clone(), models, journal, &office.keys);
    opened(office, node).await
}

/// Where a node answers, with its pages.
pub async fn opened(office: &Office, node: Api) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let pages = Web::new(node.clone(), office.keys.derive(Web::KEY), None);
    let router = api::router(node).merge(web::router(pages));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Asks a node for everything that the public, an auditor and an officer can ask for, and finds none of these words in it.
pub async fn then_nothing_is_answered(
    office: &Office,
    url: &str,
    (code, key): (&str, &str),
    words: &[&'static str],
) -> usize {
    let auditor = office.token(&Actor::new("auditor-01", NO_OFFICE, Role::Auditor));
    let receiver = office.token(&person(Role::Receiver));
    let mut asked = 0;
    for token in [None, Some(auditor), Some(receiver)] {
        for path in [
            "/".to_owned(),
            format!("/t/{code}"),
            format!("/t/{code}?k={key}&reveal=1"),
            format!("/t/{code}/proof"),
            format!("/history/{code}"),
            format!("/o/{}", OFFICES[0]),
            "/statistics".to_owned(),
            "/desk".to_owned(),
            format!("/desk/d/{code}"),
            "/audit".to_owned(),
            format!("/audit/d/{code}"),
            "/audit/search".to_owned(),
            "/audit/export.csv".to_owned(),
            "/audit/export.ndjson".to_owned(),
            format!("/papers/{code}/receipt.pdf?k={key}"),
            format!("/registers/{}?from=2026-11-01&to=2026-11-03", OFFICES[0]),
            format!("/board/{}", OFFICES[0]),
            format!("/receipts/{code}"),
            format!("/dossiers/{code}/facts"),
            "/metrics".to_owned(),
            "/livez".to_owned(),
            "/readyz".to_owned(),
        ] {
            let mut request = client().get(format!("{url}{path}"));
            if let Some(token) = &token {
                let cookie = format!("{}={token}", api::sign_in::COOKIE);
                request = request.bearer_auth(token).header("cookie", cookie);
            }
            let answer = request.send().await.expect("an answer");
            let bytes = answer.bytes().await.expect("a body");
            assert_eq!(found(&bytes, words), [""; 0], "{path}");
            asked += 1;
        }
        for query in [
            format!("{{ tracking(code: \"{code}\", capability: \"{key}\") {{ code applicant(reveal: true) {{ fullName phone }} written {{ text }} files {{ name }} officers {{ fullName }} looks {{ edges {{ node {{ role }} }} }} }} }}"),
            format!("{{ dossier(by: {{ code: \"{code}\" }}) {{ code applicant(reveal: true) {{ fullName }} files {{ name }} history {{ nodes {{ kind note changes {{ field before after }} }} }} }} }}"),
            "{ worklist(first: 20) { nodes { code applicant { fullName } } } }".to_owned(),
            "{ auditTrail(first: 100) { nodes { kind code note reason basis changes { field before after } } } }".to_owned(),
            format!("{{ findDossiers(by: {{ phone: \"{PHONE}\" }}) {{ dossiers {{ applicant(reveal: true) {{ fullName }} }} }} }}"),
            "{ findDossiers(by: { name: \"nguyen trong\" }) { dossiers { applicant { fullName } } } }".to_owned(),
            "{ repository(number: \"7/2001\") { edges { node { number holder { fullName } files { name } } } } }".to_owned(),
        ] {
            let mut request = client().post(format!("{url}/graphql"));
            if let Some(token) = &token {
                request = request.bearer_auth(token);
            }
            let answer = request.json(&json!({ "query": query })).send().await;
            let answer: Value = answer.expect("an answer").json().await.expect("JSON");
            assert_eq!(found(answer.to_string().as_bytes(), words), [""; 0], "{query}");
            asked += 1;
        }
    }
    asked
}

pub fn then_nothing_is_in_the_files(folder: &Path) -> usize {
    let mut looked = 0;
    let mut ahead = vec![folder.to_owned()];
    while let Some(path) = ahead.pop() {
        for entry in std::fs::read_dir(&path).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                ahead.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("bytes");
            assert_eq!(found(&bytes, &PLANTED), [""; 0], "{}", path.display());
            looked += 1;
        }
    }
    looked
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_planted_everywhere_is_found_nowhere_without_the_vault() {
    let office = served().await;
    let (code, key) = plant(&office).await;
    let (other, _) = closed(&office).await;
    settle(&office, &other).await;
    // The office's own node has it: the planting is no illusion.
    let own = "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
        applicant(reveal: true) { fullName citizenNumber phone email address } written { text } } }";
    let variables = json!({ "code": code, "key": key });
    let told = office
        .post(&Caller::default(), own, variables)
        .await
        .to_string();
    for word in [NAME, CITIZEN, PHONE, EMAIL, ADDRESS] {
        assert!(told.contains(word), "{word}: {told}");
    }

    let url = public_node(&office).await;
    let asked = then_nothing_is_answered(&office, &url, (&code, &key), &PLANTED).await;
    // Journal, read models, vault and files: nothing lies in any of them in clear.
    let looked = then_nothing_is_in_the_files(office.folder());
    println!("{asked} answers and {looked} files without a trace");
    assert!(looked > 4);
}

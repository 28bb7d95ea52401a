//! What a node without vault and writer answers.

use std::path::Path;

use motcua::acts::{Counter, Personal, Premises, found, shelf};
use motcua::domain::actor::Role;
use motcua::domain::dossier::DossierCommand;
use motcua::domain::journal::FORMAT;
use motcua::domain::part::PartKind;
use motcua::domain::reference::{ClockKind, JournalKind, Opened, Story};
use motcua::integrity::mirror::{Mirror, Wanted};
use motcua::journal::{Journal, Location};
use motcua::projections::tracking::by_id;
use motcua::vault::{self, Keys, Vault};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::ground::{Doors, copy, own};
use crate::office::{self, OFFICE, PROCEDURE, id};

const NAME: &str = "Công dân 000123";
const PHONE: &str = "0000000456";
/// Of a result's document.
const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// What everybody may ask: all of it follows from the journal.
const PUBLIC: [&str; 8] = [
    "{ log { size root checkpoint vkey witnessed halted } }",
    "query($code: String!) { dossierHistory(code: $code) { edges { cursor node { position leafHash kind label { vi }
        recordedAt before { status dueAt } after { status dueAt } changes { field before after } } } } }",
    "query($code: String!) { tracking(code: $code) { code status statusLabel { vi en } timeliness slackDays dueAt
        originalDueAt dueCertainty limitCertainty progressPercent withReceipt handler procedureName { vi en }
        office { code } steps { label { vi } state at } nextStep { vi en } results { number standing since }
        history { position at label { vi en } correction dueBefore dueAfter reason { vi } breach } } }",
    "{ offices { id code name { vi en } level } }",
    "{ procedures(first: 100) { edges { cursor node { id code name { vi en } version } } } }",
    "{ journal { id kind origin format size leafHash visibleSize notice { vi } } }",
    "query($from: Date!, $to: Date!, $office: String) { statistics(from: $from, to: $to, office: $office) {
        received { direct total } settled { early total } pending { total } balanced size
        earlyAndOnTimeRate { numerator denominator percent } } }",
    "query($node: ID!) { node(id: $node) { id } }",
];

/// What an auditor may ask, personal fields left out.
const AUDITORS: [&str; 3] = [
    "query($code: String!) { dossier(by: {code: $code}) { id version position status statusLabel { vi } portalCode
        procedureCode procedure { code version } sensitive office { code } receptionOffice { code } channel lodgedAt
        receivedAt acceptedAt originalDueAt dueAt dueCertainty limitCertainty paused timeliness overdue slackDays
        endedAt endKind deliveredAt deliveryMethod supplementRequests supplementItems apologies breaches handler
        changedAt history { edges { cursor node { position leafHash kind actor role office } } } } }",
    "query($code: String!) { dossierHistory(code: $code) { edges { cursor node { position leafHash kind label { vi }
        recordedAt claimedAt actor role reason basis breach command version before { status dueAt }
        after { status dueAt handler } changes { field before after } } } pageInfo { hasNextPage endCursor } } }",
    "{ auditTrail(first: 50, filter: {newestFirst: true}) { edges { cursor node { position leafHash kind code
        recordedAt } } pageInfo { hasNextPage endCursor } } }",
];

const APPLICANT: &str = "query($code: String!) { dossier(by: {code: $code}) { code status
    applicant(reveal: true) { fullName phone masked erased } } }";

const DOCUMENT: &str =
    "query($code: String!) { dossier(by: {code: $code}) { code resultDocument { sha256 salt } } }";

/// An office with one dossier accepted and one issued, its log published, and a copy made over HTTP from an empty folder.
async fn given(folder: &tempfile::TempDir) -> (Doors, Doors, String) {
    let own_folder = folder.path().join("own");
    let mut own = own(&own_folder).await;
    let counter = own.api.counter().expect("a counter");
    let mut dossiers = Vec::new();
    for name in [NAME, "Công dân 000124"] {
        let (dossier, mut request) = office::acceptance(id(), name);
        request.personal[0].value["phone"] = PHONE.into();
        counter.submit(request).await.expect("accepted");
        dossiers.push(dossier);
    }
    let steps = [
        (
            Role::Receiver,
            DossierCommand::Forward {
                to: "handler-01".into(),
            },
        ),
        (Role::Handler, DossierCommand::DraftResult),
        (Role::Signer, DossierCommand::SignResult { signature: None }),
    ];
    for (role, command) in steps {
        let receipt = counter.submit(office::on(dossiers[0], role, command)).await;
        receipt.expect("done");
    }
    let number = "12/GP-UBND".to_owned();
    let issue = DossierCommand::IssueResult { number };
    let mut issue = office::on(dossiers[0], Role::Clerk, issue);
    issue.personal = vec![Personal {
        file: None,
        kind: PartKind::Document,
        value: json!({ "sha256": HASH }),
    }];
    let size = counter.submit(issue).await.expect("issued").size();
    own.seal().await;
    let data = folder.path().join("copy");
    let wanted = Wanted {
        data: data.clone(),
        address: Some(own.url.clone()),
        ..Wanted::default()
    };
    let (mut mirror, _) = Mirror::open(wanted).await.expect("a mirror");
    mirror.pull(|_, _| {}).await.expect("a copy");
    let copy = copy(&data).await;
    for doors in [&own, &copy] {
        doors.shows(size).await;
    }
    let row = by_id(&own.api.models, dossiers[0]).await.expect("a row");
    let code = row.and_then(|row| row.code).expect("a code");
    (own, copy, code)
}

fn variables(own: &Doors, code: &str) -> Value {
    let today = own.api.office.clock().date().to_string();
    json!({"code": code, "from": today, "to": today, "office": OFFICE, "node": "T2ZmaWNlOkgzOC40MC4wMQ"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_gives_the_same_bytes_to_the_public_and_to_auditors() {
    let folder = tempfile::tempdir().expect("a folder");
    let (own, copy, code) = given(&folder).await;
    let variables = variables(&own, &code);
    let public = PUBLIC.map(|document| (None, document));
    let auditors = AUDITORS.map(|document| (Some(Role::Auditor), document));
    for (role, document) in public.into_iter().chain(auditors) {
        let told = own.answer(role, document, &variables).await;
        let parsed: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(parsed.get("errors"), None, "{document}: {told}");
        assert_eq!(
            copy.answer(role, document, &variables).await,
            told,
            "{document}"
        );
    }
    let pages = [
        (None, format!("/t/{code}")),
        (None, format!("/p/{PROCEDURE}")),
        (Some(Role::Auditor), format!("/history/{code}")),
    ];
    for (role, path) in pages {
        // A page says at which second it was made.
        for again in 0.. {
            let (copied, owned) = (copy.page(role, &path).await, own.page(role, &path).await);
            if copied == owned {
                break;
            }
            assert!(again < 3, "{path}: {copied:?} {owned:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_withholds_what_only_the_vault_knows() {
    let folder = tempfile::tempdir().expect("a folder");
    let (own, copy, code) = given(&folder).await;
    let variables = variables(&own, &code);
    let role = Some(Role::Auditor);
    assert!(own.answer(role, APPLICANT, &variables).await.contains(NAME));
    let told = copy.answer(role, APPLICANT, &variables).await;
    assert!(!told.contains("000123") && !told.contains(PHONE), "{told}");
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["data"]["dossier"]["code"], code, "{told}");
    assert_eq!(told["data"]["dossier"]["applicant"], Value::Null, "{told}");
    assert_eq!(told["errors"][0]["extensions"]["code"], "WITHHELD");
    assert_eq!(told["errors"][0]["path"], json!(["dossier", "applicant"]));
    assert!(own.answer(role, DOCUMENT, &variables).await.contains(HASH));
    let told = copy.answer(role, DOCUMENT, &variables).await;
    assert!(told.contains("WITHHELD") && !told.contains(HASH), "{told}");
    assert!(!folder.path().join("copy/vault.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_a_copy_holds_a_name_or_a_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_own, copy, code) = given(&folder).await;
    let path = format!("/t/{code}");
    assert_eq!(copy.page(None, &path).await.0, StatusCode::OK);
    let mut files = 0;
    for (below, plain) in [("own", true), ("copy", false)] {
        let bytes = contents(&folder.path().join(below));
        files += bytes.len();
        let holds = |planted: &str| {
            let has = |file: &Vec<u8>| stands_in(file, planted.as_bytes());
            bytes.iter().any(has)
        };
        for planted in [NAME, "Công dân 000124", PHONE] {
            assert!(!holds(planted), "{planted} stands in a file of {below}");
        }
        assert!(holds(&code), "the code, which is public, stands in {below}");
        assert_eq!(folder.path().join(below).join("vault.db").exists(), plain);
    }
    assert!(files > 10, "{files} files were searched");
}

fn contents(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push(std::fs::read(&path).expect("bytes"));
        }
    }
    found
}

fn stands_in(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|found| found == wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_takes_no_command_and_says_where_to_send_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (own, copy, code) = given(&folder).await;
    let mutation = "mutation($input: ForwardDossierInput!) { forwardDossier(input: $input) {
        position visible errors { field code messageVi messageEn } } }";
    let input = json!({"input": {"commandId": id(), "dossier": code, "to": "handler-02"}});
    let before = own.api.journal.head().await.expect("a head");
    let told = copy.answer(Some(Role::Receiver), mutation, &input).await;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let payload = &told["data"]["forwardDossier"];
    assert_eq!(payload["errors"][0]["code"], "READ_ONLY_NODE", "{told}");
    assert_eq!(payload["position"], Value::Null);
    let told = copy.answer(None, mutation, &input).await;
    assert!(told.contains("UNAUTHENTICATED"), "{told}");
    assert_eq!(own.api.journal.head().await.expect("a head"), before);
}

#[tokio::test]
async fn a_copy_of_a_story_shows_the_same_day_on_the_wall() {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::Sqlite(folder.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let opened = Opened {
        id: id(),
        origin: "localhost/story".into(),
        kind: JournalKind::Simulated,
        clock: ClockKind::Story,
        format: FORMAT,
        story: Some(Story {
            scenario: "a short one".into(),
            seed: "1".into(),
            ends_on: jiff::civil::date(2026, 4, 29),
            invented: false,
        }),
        teller: None,
    };
    let at = "2026-03-02T01:00:00Z".parse().expect("a moment");
    found(&journal, opened, id(), Some(at))
        .await
        .expect("it begins");
    let keys = Keys::load_or_create(&folder.path().join("keys")).expect("keys");
    let place = vault::Location::Sqlite(folder.path().join("vault.db"));
    let vault = Vault::create_or_open(&place, &keys).await.expect("a vault");
    let counter = Counter::open(journal, vault, &keys)
        .await
        .expect("it opens");
    let acts = shelf::shipped(None).expect("the shelf");
    counter.furnish(acts, Some(at)).await.expect("furnished");
    drop(counter);

    let copy = Journal::open_read_only(&location).await.expect("a copy");
    let office = Premises::enter(&copy).await.expect("an office");
    let shown = office.clock().local();
    assert_eq!(
        shown.date(),
        jiff::civil::date(2026, 5, 4),
        "after two holidays and a weekend"
    );
    assert_eq!(shown.hour(), 8);
}

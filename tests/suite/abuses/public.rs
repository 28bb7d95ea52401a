//! Rows about what everybody sees: no person in any public answer, and pages that anybody can read.

use motcua::domain::actor::Role;
use serde_json::{Value, json};

use super::ground::{
    FIRST, LONG, SHORT, Town, auditor, given_a_district_of_a_real_name, given_the_district, person,
};

/// What is planted and must not be found, in any spelling that a page or JSON may give it.
const NAME: &str = "Trần Thị Thử Nghiệm";
const NUMBER: &str = "003099123456";
const PHONE: &str = "0987999123";
const EMAIL: &str = "thu.nghiem@example.org";
const ADDRESS: &str = "Thôn Không Có Thật, xã Mẫu Một";
const NOTED: &str = "người nhà là ông Lê Văn Bịa Đặt";

/// The largest page a slow line should have to carry, in bytes.
const PAGE_BYTES_MAX: usize = 50_000;

#[tokio::test(flavor = "multi_thread")]
async fn abuse_12_no_public_answer_holds_a_name_a_number_or_a_word_that_somebody_typed() {
    let town = given_the_district().await;
    let receiver = person(Role::Receiver, FIRST);
    let input = json!({
        "procedure": SHORT, "office": FIRST, "note": NOTED,
        "applicant": { "fullName": NAME, "citizenNumber": NUMBER, "phone": PHONE, "email": EMAIL, "address": ADDRESS },
    });
    let filed = town.tries(&receiver, "acceptDossierAtCounter", input).await;
    filed.done();
    let known = town.known(&filed, FIRST).await;
    let code = known.code.clone();
    let to = person(Role::Handler, FIRST).id;
    let forward = json!({ "to": to, "note": NOTED });
    town.tries_on(&known, Role::Receiver, "forwardDossier", forward)
        .await
        .done();

    let mut answers = vec![town.citizen(&known).await.to_string()];
    for path in [
        format!("/t/{code}"),
        format!("/t/{code}?lang=en"),
        format!("/history/{code}"),
        format!("/history/{code}?lang=en"),
        "/statistics".to_owned(),
        "/statistics.csv".to_owned(),
        "/".to_owned(),
    ] {
        answers.push(town.page(&path).await);
    }
    let history = "query($code: String!) { dossierHistory(code: $code) { nodes {
        kind actor onBehalfOf command changes { field before after } } } }";
    answers.push(
        town.ask(None, history, json!({ "code": code }))
            .await
            .to_string(),
    );
    for answer in &answers {
        then_nobody_is_in(answer);
        let officer = format!("\"{}\"", receiver.id);
        assert!(
            !answer.contains(&officer),
            "an officer's pseudonym: {answer}"
        );
    }

    // The exact bytes of every fact, as the log publishes them.
    let entries = town.api.journal.read(0, 10_000).await.expect("entries");
    for entry in entries {
        then_nobody_is_in(&String::from_utf8_lossy(&entry.body));
    }

    // Who may know is told; who may not is refused, and everybody who asks is somebody.
    let applicant =
        "query($code: String!) { dossier(by: { code: $code }) { applicant { fullName } } }";
    let told = town
        .ask(Some(&receiver), applicant, json!({ "code": code }))
        .await;
    assert_eq!(told["dossier"]["applicant"]["fullName"], NAME);
    let stranger = super::counter::stranger(Role::Receiver);
    let stranger = motcua::domain::actor::Actor {
        office: "H99.40.02".into(),
        ..stranger
    };
    let refused = town
        .ask(Some(&stranger), applicant, json!({ "code": code }))
        .await;
    assert_eq!(refused["dossier"], Value::Null);
    let nobody = town.answer(None, applicant, json!({ "code": code })).await;
    assert_eq!(nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert!(!town.auditor(&known).await.is_empty());
    assert_eq!(town.officer(&known).await["handler"], to);
}

#[track_caller]
fn then_nobody_is_in(text: &str) {
    let ascii = |text: &str| {
        // How JSON may write letters beyond ASCII.
        let units: Vec<String> = text
            .encode_utf16()
            .map(|unit| match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                Ok(_) | Err(_) => format!("\\u{unit:04x}"),
            })
            .collect();
        units.concat()
    };
    for planted in [NAME, NUMBER, PHONE, EMAIL, ADDRESS, NOTED] {
        assert!(!text.contains(planted), "{planted} in {text}");
        assert!(!text.contains(&ascii(planted)), "{planted} in {text}");
        let tail = &planted[planted.len() - planted.len().min(4)..];
        if planted.bytes().all(|byte| byte.is_ascii_digit()) {
            let shown = format!("**{tail}");
            assert!(!text.contains(&shown), "the end of {planted} in {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_16_the_tracking_page_is_small_plain_and_needs_no_script() {
    let town = given_the_district().await;
    let late = super::clock::settled_late(&town, "2025-05-05T09:00", "2025-05-14T09:00").await;
    let running = town.lying("2025-05-16T09:00", FIRST, LONG).await;
    for known in [&running, &late] {
        for lang in ["vi", "en"] {
            let page = town.page(&format!("/t/{}?lang={lang}", known.code)).await;
            then_anybody_can_read(&page, lang);
        }
    }
    // The same, for a reader program: one answer without a page around it.
    let seen = town.citizen(&running).await;
    for text in [&seen["statusLabel"], &seen["nextStep"]] {
        assert!(text["vi"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(text["en"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert!(
        town.findings("late_without_apology").await.len() == 1,
        "and nothing else is hidden"
    );
    assert!(town.officer(&running).await["status"] == "IN_PROCESSING");
    assert!(!town.auditor(&running).await.is_empty());
}

/// Small enough for a slow line with all that it loads by itself; whole without a script; words, not codes.
#[track_caller]
fn then_anybody_can_read(page: &str, lang: &str) {
    // They follow what changes and print: the page is whole without them, which a browser sees to.
    let own = ["/assets/live.js?", "/assets/print.js?"];
    for script in page.split("<script").skip(1) {
        let tag = script.split_once('>').expect("a whole tag").0;
        assert!(own.iter().any(|file| tag.contains(file)), "{tag}");
    }
    let live = include_bytes!("../../../src/web/assets/live.js");
    let print = include_bytes!("../../../src/web/assets/print.js");
    let bytes = page.len() + live.len() + print.len();
    assert!(bytes < PAGE_BYTES_MAX, "{bytes} bytes");
    assert!(page.contains(&format!("<html lang=\"{lang}\">")));
    assert!(page.contains("name=\"viewport\""), "fits a telephone");
    let text = words(page);
    assert!(!text.contains('_'), "a name for machines: {text}");
    let sentences = text.split(['.', '!', '?', '\n', ';', ':', '·']);
    for sentence in sentences {
        let count = sentence.split_whitespace().count();
        assert!(count <= 45, "{count} words in one breath: {sentence}");
    }
    let jargon = ["TTHC", "SLA", "KSTT", "null", "undefined", "UTC"];
    for word in jargon {
        let found = text
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|one| one == word);
        assert!(!found, "{word} in {text}");
    }
}

/// What is read on a page, without its tags and styles.
fn words(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let mut text = String::new();
    let mut inside = false;
    for letter in body.chars() {
        match letter {
            '<' => {
                inside = true;
                text.push('\n');
            }
            '>' => inside = false,
            _ if inside => {}
            letter => text.push(letter),
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_are_for_those_who_supervise_and_never_about_an_office_that_there_is() {
    let query = "{ findings(from: \"2025-05-01\", to: \"2025-05-31\") { nodes { officeCode } } }";
    let code = async |town: &Town, who: Option<&motcua::domain::actor::Actor>| {
        let answer = town.answer(who, query, json!({})).await;
        answer["errors"][0]["extensions"]["code"]
            .as_str()
            .map(str::to_owned)
    };
    let town = given_the_district().await;
    super::clock::settled_late(&town, "2025-05-05T09:00", "2025-05-14T09:00").await;
    assert_eq!(code(&town, None).await.as_deref(), Some("UNAUTHENTICATED"));
    for role in [
        Role::Applicant,
        Role::Receiver,
        Role::Handler,
        Role::Signer,
        Role::Clerk,
        Role::Admin,
    ] {
        let who = person(role, FIRST);
        assert_eq!(
            code(&town, Some(&who)).await.as_deref(),
            Some("FORBIDDEN"),
            "{role:?}"
        );
    }
    let everything = town.ask(Some(&auditor()), query, json!({})).await;
    assert!(
        !everything["findings"]["nodes"]
            .as_array()
            .expect("nodes")
            .is_empty()
    );
    let head = person(Role::CentreManager, FIRST);
    let own = town.ask(Some(&head), query, json!({})).await;
    assert_eq!(
        own["findings"]["nodes"],
        json!([]),
        "another office's are not its head's"
    );
    let rules = "{ findingRules { code innocentExplanation { vi en } thresholds { name value } } }";
    let rules = town.ask(None, rules, json!({})).await;
    assert!(
        rules["findingRules"]
            .as_array()
            .is_some_and(|rules| rules.len() > 20)
    );

    let real = given_a_district_of_a_real_name().await;
    assert_eq!(
        code(&real, Some(&auditor())).await.as_deref(),
        Some("NO_FINDINGS_HERE")
    );
}

//! What a receipt opens over HTTP: the holder's part of the page, one rating, feedback with its clock and its answer.

use motcua::domain::actor::Role;
use motcua::journal::Until;
use motcua::projections::tracking;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::ground::{Door, given_an_office, header};
use crate::office::{OFFICE, PROCEDURE, id};

const NAME: &str = "Nguyễn Thị Mẫu";
const PHONE: &str = "0000000456";
/// A key of the right shape and nobody's.
const WRONG: &str = "AAAAAAAAAAAAAAAA";

/// A dossier with its receipt's capability.
pub struct Receipt {
    pub code: String,
    pub key: String,
}

impl Receipt {
    pub fn page(&self) -> String {
        format!("/t/{}?k={}", self.code, self.key)
    }
}

pub async fn act(door: &Door, role: Role, name: &str, input: &str, fields: Value) -> Value {
    let query = format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{ code capability errors {{ code }} }} }}"
    );
    let mut fields = fields;
    fields["commandId"] = json!(id());
    let data = door
        .ask_with(Some(role), &query, &json!({ "input": fields }))
        .await;
    assert_eq!(data[name]["errors"], json!([]), "{name}");
    data[name].clone()
}

async fn accepted(door: &Door) -> Receipt {
    let fields = json!({
        "procedure": PROCEDURE, "office": OFFICE,
        "applicant": { "fullName": NAME, "phone": PHONE, "address": "Thôn 3" },
    });
    let input = "AcceptDossierAtCounterInput";
    let done = act(
        door,
        Role::Receiver,
        "acceptDossierAtCounter",
        input,
        fields,
    )
    .await;
    let text = |key: &str| done[key].as_str().expect("a text").to_owned();
    Receipt {
        code: text("code"),
        key: text("capability"),
    }
}

pub async fn handed_over(door: &Door) -> Receipt {
    let receipt = accepted(door).await;
    let on = |more: Value| {
        let mut fields = json!({ "dossier": receipt.code });
        for (key, value) in more.as_object().expect("an object") {
            fields[key] = value.clone();
        }
        fields
    };
    let to = on(json!({ "to": "handler-01" }));
    act(
        door,
        Role::Receiver,
        "forwardDossier",
        "ForwardDossierInput",
        to,
    )
    .await;
    act(
        door,
        Role::Signer,
        "signResult",
        "SignResultInput",
        on(json!({})),
    )
    .await;
    let counter = on(json!({ "method": "COUNTER" }));
    act(
        door,
        Role::Receiver,
        "deliverResult",
        "DeliverResultInput",
        counter,
    )
    .await;
    receipt
}

/// Sends a form as a browser does.
pub async fn send(door: &Door, path: &str, fields: &[(&str, &str)]) -> Response {
    let byte = |byte: u8| format!("%{byte:02X}");
    let encoded = |text: &str| text.bytes().map(byte).collect::<String>();
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let request = door
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.join("&"));
    request.send().await.expect("an answer")
}

/// The exact bytes of a dossier's facts.
async fn facts(door: &Door, code: &str) -> String {
    let row = tracking::by_code(&door.api.models, code).await;
    let id = row.expect("a row").expect("a dossier").id;
    let entries = door.api.journal.read_stream(id, 0, Until::End).await;
    let entries = entries.expect("a stream");
    assert!(entries.len() > 4, "{}", entries.len());
    let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
    entries.iter().map(|entry| text(&entry.body)).collect()
}

/// The command id that a page's form carries.
fn command(text: &str) -> &str {
    let (_, rest) = text
        .split_once("name=\"command\" value=\"")
        .expect("a form");
    rest.split_once('"').expect("an id").0
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_opens_its_part_and_a_wrong_key_leaves_the_page_of_everybody() {
    let door = given_an_office().await;
    let receipt = accepted(&door).await;
    let public = format!("/t/{}", receipt.code);
    let response = door.get(&receipt.page()).await;
    assert_eq!(header(&response, "cache-control"), "private, no-store");
    assert_eq!(header(&response, "referrer-policy"), "no-referrer");
    assert_eq!(header(&response, "x-robots-tag"), "noindex");
    let own = response.text().await.expect("a text");
    assert!(own.contains(NAME) && own.contains("•••456") && !own.contains(PHONE));
    let english = format!("{}&#38;lang=en", receipt.page());
    assert!(own.contains(&english), "the other language keeps the key");
    let full = door.text(&format!("{}&full=1", receipt.page())).await;
    assert!(full.contains(PHONE) && full.contains("Thôn 3"));

    let everybody = door.text(&public).await;
    let lower = door
        .text(&format!("{public}?k={}", receipt.key.to_lowercase()))
        .await;
    assert!(lower.contains(NAME), "a key may be typed in lower case");
    for wrong in [WRONG, "", "x", "%C3%A9", &receipt.key[..15]] {
        let page = door.text(&format!("{public}?k={wrong}&full=1")).await;
        // The hour on a page may have moved on meanwhile.
        let since = door.text(&public).await;
        assert!(page == everybody || page == since, "{wrong}: {page}");
    }
    for personal in [NAME, "456", "Thôn 3", receipt.key.as_str(), "Mẫu"] {
        assert!(!everybody.contains(personal), "{personal}");
    }

    let fields = json!({ "dossier": receipt.code, "reason": "LOST_BY_APPLICANT" });
    let input = "ReissueCapabilityInput";
    let anew = act(&door, Role::Receiver, "reissueCapability", input, fields).await;
    let old = door.text(&receipt.page()).await;
    assert!(
        !old.contains(NAME),
        "the lost receipt opens nothing any more"
    );
    let anew = anew["capability"].as_str().expect("a capability");
    assert!(
        door.text(&format!("{public}?k={anew}"))
            .await
            .contains(NAME)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_sees_what_the_office_wrote_and_the_public_does_not() {
    let door = given_an_office().await;
    let receipt = accepted(&door).await;
    let fields = json!({ "dossier": receipt.code, "to": "handler-01" });
    act(
        &door,
        Role::Receiver,
        "forwardDossier",
        "ForwardDossierInput",
        fields,
    )
    .await;
    let wrote = "Tờ khai chưa ký, xin ông/bà ký lại.";
    let fields = json!({
        "dossier": receipt.code, "items": [1], "reason": "MISSING_COMPONENT", "note": wrote,
    });
    let input = "RequestSupplementInput";
    act(&door, Role::Receiver, "requestSupplement", input, fields).await;
    let own = door.text(&receipt.page()).await;
    assert!(own.contains(wrote), "the office's words");
    assert!(own.contains("Giấy tờ còn thiếu hoặc cần sửa"));
    let everybody = door.text(&format!("/t/{}", receipt.code)).await;
    assert!(!everybody.contains(wrote) && !everybody.contains("Giấy tờ còn thiếu hoặc cần sửa"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_taken_once_however_often_it_is_sent() {
    let door = given_an_office().await;
    let early = accepted(&door).await;
    let place = format!("/t/{}/rating", early.code);
    let page = door.text(&format!("{place}?k={}", early.key)).await;
    assert!(page.contains("Chưa đến lúc đánh giá") && !page.contains("<form class=\"card\""));
    let sent = send(&door, &place, &[("k", &early.key), ("score", "5")]).await;
    assert_eq!(sent.status().as_u16(), 409, "too early");

    let receipt = handed_over(&door).await;
    let place = format!("/t/{}/rating", receipt.code);
    let page = door.text(&receipt.page()).await;
    let command = command(&page);
    let fields = |score| [("k", &*receipt.key), ("command", command), ("score", score)];
    let none = send(&door, &format!("{place}?lang=en"), &fields("")).await;
    assert_eq!(none.status().as_u16(), 422);
    let text = none.text().await.expect("a text");
    assert!(text.contains("href=\"#score-5\"") && text.contains("id=\"score-5\""));
    assert!(
        text.contains("role=\"alert\"") && text.contains(command),
        "the same command again"
    );

    for again in 0..2 {
        let done = send(&door, &place, &fields("4")).await;
        assert_eq!(done.status().as_u16(), 303, "click {again}");
        assert_eq!(header(&done, "location"), format!("{}#say", receipt.page()));
    }
    let facts = format!(
        "{{ dossierHistory(code: \"{}\", first: 50) {{ nodes {{ kind }} }} }}",
        receipt.code
    );
    let facts = door.ask(None, &facts).await;
    let nodes = facts["dossierHistory"]["nodes"]
        .as_array()
        .expect("facts")
        .clone();
    let rated = nodes.iter().filter(|fact| fact["kind"] == "dossier.rated");
    assert_eq!(rated.count(), 1);
    assert!(
        door.text(&receipt.page())
            .await
            .contains("<strong>4/5</strong>")
    );

    let second = send(&door, &place, &[("k", &receipt.key), ("score", "1")]).await;
    assert_eq!(second.status().as_u16(), 409);
    let text = second.text().await.expect("a text");
    assert!(text.contains("Hồ sơ này đã được đánh giá") && !text.contains("name=\"score\""));
    for key in [WRONG, ""] {
        let foreign = send(&door, &place, &[("k", key), ("score", "5")]).await;
        assert_eq!(foreign.status().as_u16(), 403, "{key}");
        let text = foreign.text().await.expect("a text");
        assert!(text.contains("Cần mã trên giấy tiếp nhận") && !text.contains(&receipt.key));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_is_recorded_once_listed_without_its_words_and_its_answer_is_public_only_as_published()
 {
    let door = given_an_office().await;
    let receipt = accepted(&door).await;
    let place = format!("/t/{}/feedback", receipt.code);
    let page = door.text(&format!("{place}?k={}", receipt.key)).await;
    let command = command(&page);
    let said = "Tôi chờ hai tuần.\r\nKhông ai gọi.";
    let fields = |text| {
        [
            ("k", &*receipt.key),
            ("command", command),
            ("kind", "report"),
            ("text", text),
        ]
    };
    let empty = send(&door, &format!("{place}?lang=en"), &fields(" ")).await;
    assert_eq!(empty.status().as_u16(), 422);
    let text = empty.text().await.expect("a text");
    assert!(text.contains("href=\"#text\"") && text.contains("TEXT_EMPTY"));
    for again in 0..2 {
        let done = send(&door, &place, &fields(said)).await;
        assert_eq!(done.status().as_u16(), 303, "click {again}");
    }
    let other = send(
        &door,
        &place,
        &[("k", &receipt.key), ("kind", "report"), ("text", "a")],
    )
    .await;
    assert_eq!(
        other.status().as_u16(),
        409,
        "the first waits for its answer"
    );

    let words = "Tôi chờ hai tuần. Không ai gọi.";
    assert!(
        door.text(&receipt.page()).await.contains(words),
        "one's own words"
    );
    let list = door.text(&format!("/feedback?office={OFFICE}")).await;
    assert_eq!(list.matches("<li id=\"p").count(), 1);
    assert!(list.contains("Đang chờ trả lời") && !list.contains(words));
    assert!(!list.contains(&receipt.code), "which dossier is not public");
    let elsewhere = door.text("/feedback?office=H38.40.02").await;
    assert!(elsewhere.contains("Chưa có phản ánh nào"));

    let private = "Chị Nguyễn Thị Mẫu: hồ sơ bị thất lạc ở bàn 2, đã tìm thấy.";
    let public = "Hồ sơ đã được tìm thấy và sẽ xong trong ngày mai.";
    let fields = json!({
        "dossier": receipt.code, "number": 1, "text": private, "published": public,
    });
    let input = "AnswerFeedbackInput";
    act(&door, Role::CentreManager, "answerFeedback", input, fields).await;
    let own = door.text(&receipt.page()).await;
    assert!(own.contains(private), "the holder reads the answer");
    let list = door.text("/feedback").await;
    assert!(list.contains(public) && !list.contains(private) && !list.contains(NAME));
    assert!(list.contains("Đã trả lời đúng hạn"));

    // A second one is answered to the sender alone.
    let sent = [
        ("k", &*receipt.key),
        ("kind", "recommendation"),
        ("text", "Nên mở cửa thứ Bảy."),
    ];
    assert_eq!(send(&door, &place, &sent).await.status().as_u16(), 303);
    let fields = json!({ "dossier": receipt.code, "number": 2, "text": "Xin ghi nhận." });
    act(&door, Role::CentreManager, "answerFeedback", input, fields).await;
    let list = door.text("/feedback?lang=en").await;
    assert!(!list.contains("Xin ghi nhận") && list.contains("did not publish it"));
    let facts = facts(&door, &receipt.code).await;
    for typed in [words, private, public, "Xin ghi nhận", "thứ Bảy"] {
        assert!(!facts.contains(typed), "{typed} stands in a fact");
    }

    let query = "query($after: String) { feedback(first: 1, after: $after) {
        nodes { kind late published answer position } pageInfo { hasNextPage endCursor } } }";
    let first = door.ask_with(None, query, &json!({})).await;
    let page = &first["feedback"];
    assert_eq!(page["nodes"][0]["kind"], "RECOMMENDATION", "newest first");
    assert_eq!(page["nodes"][0]["answer"], Value::Null);
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let after = json!({ "after": page["pageInfo"]["endCursor"] });
    let second = door.ask_with(None, query, &after).await;
    let page = &second["feedback"];
    assert_eq!(page["nodes"][0]["answer"], public);
    assert_eq!(page["pageInfo"]["hasNextPage"], false);
    let cursor = after["after"].as_str().expect("a cursor");
    let older = door.text(&format!("/feedback?after={cursor}")).await;
    assert!(older.contains(public) && !older.contains("Kiến nghị <"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_posts_its_staff_and_changes_nothing_else_by_that() {
    let door = given_an_office().await;
    let page = door.text(&format!("/o/{OFFICE}")).await;
    assert!(page.contains("chưa niêm yết ở đây") && page.contains("id=\"pakn\""));
    let office = json!({
        "commandId": id(), "code": OFFICE, "nameVi": format!("Bộ phận Một cửa {OFFICE}"),
        "nameEn": format!("One-stop unit {OFFICE}"), "level": "COMMUNE", "validFrom": "2020-01-01",
        "certainty": "ILLUSTRATIVE", "phone": "0000 123 400",
        "contacts": [{ "postVi": "Quầy hộ tịch", "postEn": "Civil status counter", "phone": "0000 123 401",
                       "fields": [{ "vi": "Hộ tịch", "en": "Civil status" }] }],
    });
    let query =
        "mutation($input: OpenOfficeInput!) { openOffice(input: $input) { errors { code } } }";
    let done = door
        .ask_with(Some(Role::Admin), query, &json!({ "input": office }))
        .await;
    assert_eq!(done["openOffice"]["errors"], json!([]));
    let asked = format!(
        "{{ office(code: \"{OFFICE}\") {{ phone contacts {{ post {{ en }} phone fields {{ vi }} }} }} }}"
    );
    let told = door.ask(None, &asked).await;
    let posted = json!([{ "post": { "en": "Civil status counter" }, "phone": "0000 123 401", "fields": [{ "vi": "Hộ tịch" }] }]);
    assert_eq!(told["office"]["contacts"], posted);
    let page = door.text(&format!("/o/{OFFICE}")).await;
    assert!(page.contains("tel:0000123401") && page.contains("Quầy hộ tịch"));
    let mut other = office.clone();
    other["commandId"] = json!(id());
    other["level"] = json!("PROVINCE");
    let refused = door
        .ask_with(Some(Role::Admin), query, &json!({ "input": other }))
        .await;
    assert_eq!(
        refused["openOffice"]["errors"][0]["code"],
        "DUPLICATE_RECORD"
    );
}

//! Notices and explanations through GraphQL, as an administrator, a citizen and an officer meet them.

use motcua::domain::actor::Role;
use serde_json::{Value, json};

use crate::door::ground::{Door, given_an_office};

const NOTICE: &str = "mutation($input: IssueNoticeInput!) { issueNotice(input: $input) {
    position visible errors { code field messageVi messageEn } } }";

fn notice(number: &str, change: &Value) -> Value {
    json!({ "input": {
        "commandId": crate::office::id(),
        "number": number,
        "issuedOn": "2026-11-20",
        "legalBasis": "Labour Code 45/2019/QH14 art. 112.3",
        "certainty": "VERIFIED",
        "change": change,
    } })
}

async fn issue(door: &Door, role: Role, number: &str, change: Value) -> Value {
    let answer = door
        .ask_with(Some(role), NOTICE, &notice(number, &change))
        .await;
    answer["issueNotice"].clone()
}

#[track_caller]
fn then_refused(answer: &Value, code: &str) {
    assert_eq!(answer["errors"][0]["code"], code, "{answer}");
    assert_eq!(answer["position"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_recorded_shown_and_refused_when_it_cannot_be() {
    let door = given_an_office().await;
    let swap = || json!({ "days": { "off": ["2026-12-21"], "worked": ["2026-12-26"] } });
    then_refused(
        &issue(&door, Role::Signer, "9999/TB-BNV", swap()).await,
        "WRONG_ROLE",
    );
    let done = issue(&door, Role::Admin, "9999/TB-BNV", swap()).await;
    assert_eq!(done["errors"], json!([]), "{done}");
    assert_eq!(done["visible"], true);
    then_refused(
        &issue(&door, Role::ProcedureController, "9999/TB-BNV", swap()).await,
        "DUPLICATE_RECORD",
    );
    let sunday = json!({ "days": { "off": ["2026-12-20"] } });
    then_refused(
        &issue(&door, Role::Admin, "1/TB", sunday).await,
        "NOTICE_DAY_MISPLACED",
    );
    let unknown = json!({ "days": { "off": ["2031-12-22"] } });
    then_refused(
        &issue(&door, Role::Admin, "1/TB", unknown).await,
        "CALENDAR_YEAR_UNKNOWN",
    );
    let nothing = json!({ "days": {} });
    then_refused(
        &issue(&door, Role::Admin, "1/TB", nothing).await,
        "NOTICE_MALFORMED",
    );
    let hours = json!({ "hours": { "office": "H99", "from": "2026-12-01",
        "hours": [{ "from": "07:30", "to": "11:30" }] } });
    then_refused(
        &issue(&door, Role::Admin, "1/TB", hours).await,
        "UNKNOWN_OFFICE",
    );
    let shown = door
        .ask(
            None,
            "{ notices { number kind off worked certainty }
               calendar(from: \"2026-12-21\", to: \"2026-12-27\") { day working kind notice } }",
        )
        .await;
    assert_eq!(
        shown["notices"][0],
        json!({ "number": "9999/TB-BNV", "kind": "DAYS", "off": ["2026-12-21"],
                "worked": ["2026-12-26"], "certainty": "VERIFIED" })
    );
    let days = shown["calendar"].as_array().expect("days");
    assert_eq!(days[0]["kind"], "OFF");
    assert_eq!(days[0]["notice"], "9999/TB-BNV");
    assert_eq!(days[5]["kind"], "WORKED_SATURDAY");
    assert_eq!(days[6]["kind"], "WEEKEND");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_hours_of_a_day_follow_the_notice() {
    let door = given_an_office().await;
    let change = json!({ "hours": { "from": "2030-12-01", "to": "2030-12-31",
        "hours": [{ "from": "08:00", "to": "12:00" }] } });
    let done = issue(&door, Role::Admin, "7/TB-UBND", change).await;
    assert_eq!(done["errors"], json!([]), "{done}");
    let query = format!(
        "{{ office(code: \"{}\") {{ usual: hours(on: \"2030-11-30\") {{ from }} then: hours(on: \"2030-12-02\") {{ from to }} }} }}",
        crate::office::OFFICE
    );
    let shown = door.ask(None, &query).await;
    assert_eq!(shown["office"]["usual"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        shown["office"]["then"],
        json!([{ "from": "08:00", "to": "12:00" }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_why_the_date_is_what_it_is() {
    let door = given_an_office().await;
    let query = format!(
        "{{ tracking(code: \"{0}\") {{ explain {{ vi en }} }} dossier(by: {{ code: \"{0}\" }}) {{ explain {{ vi en }} }} }}",
        door.code
    );
    let shown = door.ask(Some(Role::Receiver), &query).await;
    let told = &shown["tracking"]["explain"];
    let vi = told["vi"].as_str().expect("Vietnamese");
    assert!(vi.starts_with("Hẹn trả lúc "), "{vi}");
    assert!(vi.contains("thời hạn 3 ngày làm việc"), "{vi}");
    let en = told["en"].as_str().expect("English");
    assert!(en.contains("limit 3 working days, counted from "), "{en}");
    assert_eq!(shown["dossier"]["explain"], *told);
}

//! A result's document and its later standing, proved like everything else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use motcua::domain::actor::Role;
use motcua::tlog::Receipt;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ground::*;
use crate::office::{OFFICE, PROCEDURE, id};

const FILE: &[u8] = b"%PDF-1.7 a permit";
const OTHER: &[u8] = b"%PDF-1.7 the permit, put right";

fn hash(file: &[u8]) -> String {
    let digits = |text: String, byte: &u8| text + &format!("{byte:02x}");
    Sha256::digest(file).iter().fold(String::new(), digits)
}

/// As anybody computes it who holds the file and was told the salt.
fn commitment(file: &[u8], salt: &Value) -> String {
    let salt = salt.as_str().expect("a salt");
    let plain = format!(
        r#"{{"salt":"{salt}","value":{{"sha256":"{}"}}}}"#,
        hash(file)
    );
    let mut digest = Sha256::new_with_prefix(b"dossier/pii-commit/v1\0");
    digest.update(plain);
    STANDARD.encode(digest.finalize())
}

/// The payload of a command.
async fn act(door: &Door, role: Role, mutation: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{
            code capability position errors {{ field code }} }} }}"
    );
    let request = door
        .request(Method::POST, "/graphql")
        .bearer_auth(door.token(role, OFFICE))
        .json(&json!({"query": query, "variables": {"input": input}}));
    let answer = request.send().await.expect("an answer");
    let mut answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"][mutation].take()
}

/// A signed dossier whose holder has a receipt: code and capability.
async fn signed(door: &Door) -> (String, String) {
    let accept = json!({
        "commandId": id(), "procedure": PROCEDURE, "office": OFFICE,
        "applicant": {"fullName": "Công dân 000124"},
    });
    let accepted = act(door, Role::Receiver, "acceptDossierAtCounter", accept).await;
    let text = |field: &str| accepted[field].as_str().expect("a text").to_owned();
    let (code, capability) = (text("code"), text("capability"));
    let steps = [
        (
            Role::Receiver,
            "forwardDossier",
            json!({"to": "handler-01"}),
        ),
        (Role::Signer, "signResult", json!({})),
    ];
    for (role, mutation, input) in steps {
        done(door, &code, role, mutation, input).await;
    }
    (code, capability)
}

fn on(code: &str, mut input: Value) -> Value {
    input["commandId"] = json!(id());
    input["dossier"] = code.into();
    input
}

/// Position of what a command recorded.
async fn done(door: &Door, code: &str, role: Role, mutation: &str, input: Value) -> Value {
    let payload = act(door, role, mutation, on(code, input)).await;
    assert_eq!(payload["errors"], json!([]), "{mutation}: {payload}");
    payload["position"].clone()
}

/// What the public page's question tells, to those who show a capability a little more.
async fn tracked(door: &Door, code: &str, capability: &str, number: &str) -> Value {
    let number = match number {
        "" => String::new(),
        number => format!("(number: \"{number}\")"),
    };
    let query = format!(
        "{{ tracking(code: \"{code}\", capability: \"{capability}\") {{ nextStep {{ en }}
            results {{ number standing replacedBy }}
            resultDocument{number} {{ sha256 salt commitment position }} }} }}"
    );
    door.ask(None, &query).await["tracking"].take()
}

/// The newest fact about the result, with its place, out of a receipt that holds.
async fn proved(door: &Door, code: &str) -> (Value, Value) {
    let path = format!("/receipts/{code}?of=result");
    let receipt: Receipt = door.text(&path).await.parse().expect("a receipt");
    let (entry, _) = receipt.verify_carried(&door.policy()).expect("holds");
    let fact = serde_json::from_slice(entry).expect("a fact");
    (fact, json!(receipt.index.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_the_file_finds_it_in_the_proved_record_and_everybody_sees_whether_it_counts()
{
    let mut door = given_an_office().await;
    let (code, key) = signed(&door).await;
    let issue = json!({"number": "12/GP-UBND", "documentSha256": hash(FILE).to_uppercase()});
    let issued_at = done(&door, &code, Role::Clerk, "issueResult", issue).await;
    let standing = |number: Option<&str>, standing: &str, other: Option<&str>| json!({"number": number, "standing": standing, "replacedBy": other});
    for wrong in ["", "AAAAAAAAAAAAAAAA"] {
        let seen = tracked(&door, &code, wrong, "").await;
        let valid = standing(Some("12/GP-UBND"), "VALID", None);
        assert_eq!(seen["results"], json!([valid]));
        assert_eq!(
            seen["resultDocument"],
            Value::Null,
            "not without the receipt"
        );
    }
    let document = tracked(&door, &code, &key, "").await["resultDocument"].take();
    assert_eq!(document["sha256"], hash(FILE));
    assert_eq!(document["position"], issued_at);
    assert_eq!(document["commitment"], commitment(FILE, &document["salt"]));
    door.seal().await;
    let (fact, position) = proved(&door, &code).await;
    assert_eq!(position, issued_at);
    assert_eq!(fact["type"], "dossier.result_issued");
    assert_eq!(fact["parts"][0]["kind"], "document");
    assert_eq!(fact["parts"][0]["c"], document["commitment"]);
    assert!(!fact.to_string().contains(&hash(FILE)), "never unsalted");

    let because = json!({"reason": "AGENCY_ERROR"});
    let mut replace = because.clone();
    replace["number"] = "13/GP-UBND".into();
    replace["documentSha256"] = hash(OTHER).into();
    done(&door, &code, Role::Signer, "replaceResult", replace).await;
    let seen = tracked(&door, &code, &key, "").await;
    let superseded = standing(Some("12/GP-UBND"), "SUPERSEDED", Some("13/GP-UBND"));
    let valid = standing(Some("13/GP-UBND"), "VALID", None);
    assert_eq!(seen["results"], json!([superseded, valid]));
    assert_eq!(seen["resultDocument"]["sha256"], hash(OTHER));
    let first = tracked(&door, &code, &key, "12/GP-UBND").await;
    assert_eq!(first["resultDocument"], document, "for ever the same");
    door.seal().await;
    let (fact, _) = proved(&door, &code).await;
    assert_eq!(fact["parts"][0]["c"], seen["resultDocument"]["commitment"]);

    done(&door, &code, Role::Signer, "revokeResult", because.clone()).await;
    let seen = tracked(&door, &code, "", "").await;
    assert_eq!(seen["results"][1]["standing"], "REVOKED");
    assert!(
        seen["nextStep"]["en"]
            .as_str()
            .expect("a text")
            .contains("revoked")
    );
    door.seal().await;
    let (fact, _) = proved(&door, &code).await;
    assert_eq!(fact["type"], "dossier.result_revoked");
    assert_eq!(fact["data"], json!({"number": "13/GP-UBND"}));
    let again = act(&door, Role::Signer, "revokeResult", on(&code, because)).await;
    assert_eq!(again["errors"][0]["code"], "RESULT_NOT_IN_FORCE", "{again}");

    let page = door.text(&format!("/t/{code}?lang=en")).await;
    assert!(page.contains("The result has been revoked") && page.contains("13/GP-UBND"));
    let page = door
        .text(&format!("/t/{code}/proof?of=result&lang=en"))
        .await;
    assert!(page.contains("was recorded as revoked"));
    assert!(page.contains("That nothing came later"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hash_that_is_none_is_refused() {
    let door = given_an_office().await;
    let query = "mutation($input: IssueResultInput!) { issueResult(input: $input) { position } }";
    let short = json!({"number": "12/GP-UBND", "documentSha256": "00ff"});
    let request = door
        .request(Method::POST, "/graphql")
        .bearer_auth(door.token(Role::Clerk, OFFICE))
        .json(&json!({"query": query, "variables": {"input": on(&door.code, short)}}));
    let answer = request.send().await.expect("an answer");
    let answer: Value = answer.json().await.expect("JSON");
    let code = &answer["errors"][0]["extensions"]["code"];
    assert_eq!(code, "BAD_USER_INPUT", "{answer}");
}

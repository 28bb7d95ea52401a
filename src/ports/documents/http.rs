//! Document management over HTTP, with JSON and the signatures of Standard Webhooks in both directions.

use serde_json::{Value, json};

use super::{
    Answered, Call, Change, DocumentSystem, Outgoing, Reference, Standing, Told, Unread, number,
};
use crate::ports::payment::Notice;
use crate::ports::signature::{ID, SIGNATURE, Secret, Signed, TIMESTAMP};

/// One address that is posted to, and the secrets that both sides know: the newest signs.
#[derive(Debug, Clone)]
pub struct Http {
    pub url: String,
    /// At least one.
    pub secrets: Vec<Secret>,
}

impl Http {
    fn call(&self, kind: &str, reference: Reference, data: &Value, now: u64) -> Call {
        let body = json!({"type": kind, "timestamp": now, "data": data}).to_string();
        let id = format!("{reference}.{kind}");
        let signature = self.secrets.first();
        let signature =
            signature.map_or_else(String::new, |secret| secret.sign(&id, now, body.as_bytes()));
        Call {
            url: self.url.clone(),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("idempotency-key", id.clone()),
                (ID, id),
                (TIMESTAMP, now.to_string()),
                (SIGNATURE, signature),
            ],
            body: body.into_bytes(),
        }
    }
}

impl DocumentSystem for Http {
    fn registration(&self, outgoing: &Outgoing<'_>, now: u64) -> Call {
        let data = json!({
            "reference": outgoing.reference.to_string(),
            "dossier": outgoing.dossier.as_str(),
            "office": outgoing.office.as_str(),
            "procedure": outgoing.procedure.as_str(),
            "signedAt": outgoing.signed_at.to_string(),
        });
        self.call("document.register", outgoing.reference, &data, now)
    }

    fn standing(&self, change: &Change<'_>, now: u64) -> Call {
        let (standing, replaced_by) = match change.standing {
            Standing::Revoked => ("revoked", None),
            Standing::Superseded(by) => ("superseded", Some(by)),
        };
        let data = json!({
            "reference": change.reference.to_string(),
            "dossier": change.dossier.as_str(),
            "number": change.number,
            "standing": standing,
            "replacedBy": replaced_by,
            "at": change.at.to_string(),
        });
        self.call("document.standing", change.reference, &data, now)
    }

    fn answered(&self, status: u16, body: &[u8]) -> Answered {
        match status {
            200..300 => {
                let body: Value = serde_json::from_slice(body).unwrap_or_default();
                let found = body.get("number").filter(|number| !number.is_null());
                found.map_or(Answered::Later, |found| {
                    number(found).map_or(Answered::Refused, Answered::Number)
                })
            }
            400 | 409 | 410 | 413 | 415 | 422 => Answered::Refused,
            _ => Answered::Failed,
        }
    }

    fn read(&self, notice: &Notice<'_>) -> Result<Told, Unread> {
        Signed::read(notice.header)?.check(notice.body, &self.secrets, notice.now)?;
        let told: Value = serde_json::from_slice(notice.body).map_err(|_| Unread::Malformed)?;
        match told["type"].as_str().ok_or(Unread::Malformed)? {
            "document.issued" => {
                let data = &told["data"];
                let reference = data["reference"].as_str().and_then(Reference::read);
                let issued = reference.zip(number(&data["number"]));
                let (reference, number) = issued.ok_or(Unread::Malformed)?;
                Ok(Told::Issued { reference, number })
            }
            _ => Ok(Told::Nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http() -> Http {
        Http {
            url: "https://documents.example/in".into(),
            secrets: vec![
                Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret"),
            ],
        }
    }

    #[test]
    fn an_answer_has_a_number_or_promises_one_or_refuses() {
        let answered = |status, body: &str| http().answered(status, body.as_bytes());
        let number = Answered::Number("12/QĐ-UBND".into());
        assert_eq!(answered(200, r#"{"number": "12/QĐ-UBND"}"#), number);
        assert_eq!(answered(202, r#"{"state": "queued"}"#), Answered::Later);
        assert_eq!(answered(200, ""), Answered::Later);
        for odd in [r#"{"number": "của ông A"}"#, r#"{"number": 12}"#] {
            assert_eq!(answered(200, odd), Answered::Refused, "{odd}");
        }
        assert_eq!(answered(422, "{}"), Answered::Refused);
        for later in [301, 401, 404, 429, 500, 503] {
            assert_eq!(answered(later, "{}"), Answered::Failed, "{later}");
        }
    }

    #[test]
    fn a_reference_is_read_as_it_was_written_and_no_other_way() {
        let reference = Reference {
            journal: uuid::Uuid::from_u128(7),
            position: 41,
        };
        let text = reference.to_string();
        assert_eq!(Reference::read(&text), Some(reference));
        for bad in [format!("{text} "), text.replace(".41", ".041"), "41".into()] {
            assert_eq!(Reference::read(&bad), None, "{bad}");
        }
    }
}

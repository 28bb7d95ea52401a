//! An office with a bank and a wallet, a dossier with its receipt, and somebody who signs as the bank does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use motcua::domain::actor::Role;
use motcua::ports::payment::{Settings, SettingsError, Till};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::client::client;
use crate::office::{OFFICE, PROCEDURE, id};
use crate::web::{Served, given_a_served_office_with};

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const OLD_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub const WALLET_SECRET: &str = "RAOEXHYVSDDIIENYWSLDIIZTANXUXZFJ";
pub const ACCOUNT: &str = "0011001932418";

fn tills() -> Vec<Till> {
    let settings = json!({"gateways": [
        {"name": "bank-01", "kind": "bank_qr", "bin": "970436", "bank": "Vietcombank", "account": ACCOUNT,
         "holder": "UBND XA MAU", "secretFile": "-"},
        {"name": "wallet-01", "kind": "vnpay", "terminal": "DEMO0001", "address": "https://pay.example/vpcpay.html",
         "secretEnv": "-", "offices": [OFFICE]},
        {"name": "elsewhere-01", "kind": "vnpay", "terminal": "DEMO0002", "address": "https://pay.example/vpcpay.html",
         "secretEnv": "-", "offices": ["H38.40.02"]},
    ]});
    let settings: Settings = serde_json::from_value(settings).expect("settings");
    let secret = |entry: &motcua::ports::payment::Entry| {
        Ok::<_, SettingsError>(Zeroizing::new(match entry.name() {
            "bank-01" => format!("{SECRET}\n{OLD_SECRET}\n"),
            _ => WALLET_SECRET.to_owned(),
        }))
    };
    settings.tills(secret).expect("tills")
}

pub struct Town {
    pub served: Served,
    pub code: String,
    /// The receipt's.
    pub key: String,
}

/// What a gateway was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn is(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.body["code"], code, "{self:?}");
        if status >= 400 {
            assert!(self.body["messageVi"].is_string() && self.body["messageEn"].is_string());
        }
    }
}

impl Town {
    pub async fn given() -> Self {
        let served = given_a_served_office_with(|api| api.with_tills(tills())).await;
        let mut town = Self {
            served,
            code: String::new(),
            key: String::new(),
        };
        let accepted = town
            .act(
                Role::Receiver,
                "acceptDossierAtCounter",
                json!({"commandId": id(), "procedure": PROCEDURE, "office": OFFICE,
                       "applicant": {"fullName": "Công dân 000124"}}),
            )
            .await;
        let text = |field: &str| accepted[field].as_str().map(str::to_owned);
        town.code = text("code").expect("a code");
        town.key = text("capability").expect("a key");
        town
    }

    pub async fn act(&self, role: Role, mutation: &str, input: Value) -> Value {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ code capability position errors {{ code }} }} }}"
        );
        let told = self
            .ask(Some(role), &query, json!({ "input": input }))
            .await;
        let payload = told[mutation].clone();
        assert_eq!(payload["errors"], json!([]), "{payload}");
        payload
    }

    pub async fn ask(&self, role: Option<Role>, query: &str, variables: Value) -> Value {
        let mut request = client()
            .post(format!("{}/graphql", self.served.base))
            .json(&json!({"query": query, "variables": variables}));
        if let Some(role) = role {
            request = request.bearer_auth(self.served.token(role));
        }
        let answer = request.send().await.expect("an answer");
        let mut answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }

    /// Asks the applicant for so much.
    pub async fn owe(&self, amount: u64) {
        let input = json!({"commandId": id(), "dossier": self.code, "kind": "FEE", "amountVnd": amount.to_string()});
        self.act(Role::Cashier, "issueFinancialObligation", input)
            .await;
    }

    /// The ways to pay as the holder of the receipt sees them.
    pub async fn ways(&self) -> Vec<Value> {
        let told = self
            .ask(
                None,
                "query($code: String!, $key: String) { tracking(code: $code, capability: $key) {
                   waysToPay { number gateway amountVnd reference qr link bank account holder } } }",
                json!({"code": self.code, "key": self.key}),
            )
            .await;
        let ways = told["tracking"]["waysToPay"].as_array();
        ways.expect("ways").clone()
    }

    pub async fn reference(&self) -> String {
        let ways = self.ways().await;
        ways[0]["reference"].as_str().expect("text").to_owned()
    }

    pub async fn obligations(&self) -> Value {
        let query = "query($code: String!) { dossier(by: {code: $code}) { version obligations { state method refundedVnd } } }";
        let told = self
            .ask(Some(Role::Cashier), query, json!({"code": self.code}))
            .await;
        told["dossier"].clone()
    }

    /// Waits until the page shows what was recorded.
    pub async fn shown(&self, position: &Value) {
        let position = position.as_u64().expect("a position");
        let reach = self
            .served
            .api
            .models
            .reach(position, std::time::Duration::from_secs(10));
        assert!(reach.await, "shown");
    }

    pub fn stray(&self) -> u64 {
        self.served.api.payments.stray()
    }

    /// As the bank sends it.
    pub async fn tell(&self, body: &Value) -> Answer {
        let body = body.to_string();
        let signature = signed(SECRET, "msg-1", now(), body.as_bytes());
        self.send("bank-01", body, &["msg-1", &now().to_string(), &signature])
            .await
    }

    /// With these headers of a signature: id, second, signature.
    pub async fn send(
        &self,
        gateway: &str,
        body: impl Into<reqwest::Body>,
        headers: &[&str],
    ) -> Answer {
        let mut request = client()
            .post(format!("{}/payments/{gateway}", self.served.base))
            .body(body);
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        for (name, value) in names.iter().zip(headers) {
            request = request.header(*name, *value);
        }
        answer(request.send().await.expect("an answer")).await
    }

    pub async fn call(&self, gateway: &str, query: &str) -> Answer {
        let address = format!("{}/payments/{gateway}?{query}", self.served.base);
        answer(client().get(address).send().await.expect("an answer")).await
    }
}

async fn answer(response: reqwest::Response) -> Answer {
    let status = response.status();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
    Answer {
        status: status.as_u16(),
        body: response.json().await.expect("JSON"),
    }
}

pub fn now() -> u64 {
    jsonwebtoken::get_current_timestamp()
}

/// The signature of the Standard Webhooks specification, made without the program's help.
pub fn signed(secret: &str, id: &str, second: u64, body: &[u8]) -> String {
    let key = secret.strip_prefix("whsec_").expect("a prefix");
    let key = STANDARD.decode(key).expect("base64");
    let mut mac = <Hmac<Sha256>>::new_from_slice(&key).expect("a key");
    mac.update(format!("{id}.{second}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// What the bank says of money that came.
pub fn received(transaction: &str, amount: u64, content: &str) -> Value {
    json!({"type": "payment.received", "timestamp": "2026-11-28T09:30:00+07:00", "data": {
        "transaction": transaction, "amount": amount, "currency": "VND", "account": ACCOUNT, "content": content}})
}

pub fn refunded(transaction: &str, amount: u64, content: &str) -> Value {
    let mut told = received(transaction, amount, content);
    told["type"] = "payment.refunded".into();
    told["data"]["reason"] = "agency_error".into();
    told
}

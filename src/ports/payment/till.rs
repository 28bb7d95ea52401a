//! Which gateways there are and whose money they take: the operator's file, checked.

use std::sync::Arc;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::emv::ACCOUNT_CHARS_MAX;
use super::{BankQr, Gateway, Vnpay};
use crate::domain::actor::{self, Actor, NO_OFFICE, Role};
use crate::domain::code::OfficeCode;
use crate::ports::signature::Secret;

/// A gateway with its name and the offices that take money through it.
#[derive(Clone)]
pub struct Till {
    /// In `/payments/{name}`, and in facts as who confirmed.
    pub name: String,
    /// Every office when empty.
    pub offices: Vec<OfficeCode>,
    pub gateway: Arc<dyn Gateway>,
}

impl Till {
    #[must_use]
    pub fn serves(&self, office: &str) -> bool {
        self.offices.is_empty() || self.offices.iter().any(|code| code.as_str() == office)
    }

    /// Who confirms what came through it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::new(&self.name, NO_OFFICE, Role::PaymentGateway)
    }
}

/// Of VNPAY's secret, which has 32; an empty one would let anybody sign.
const SECRET_CHARS_MIN: usize = 16;

/// The operator's file: `{"gateways": […]}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub gateways: Vec<Entry>,
}

/// One gateway in the file. What no kind of gateway knows is refused: a misspelt `offices` would take everybody's money.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    name: String,
    #[serde(default)]
    offices: Vec<OfficeCode>,
    /// File that holds the secret and nothing else.
    pub secret_file: Option<String>,
    /// Variable of the environment that holds it.
    pub secret_env: Option<String>,
    kind: Kind,
    bin: Option<String>,
    bank: Option<String>,
    account: Option<String>,
    holder: Option<String>,
    terminal: Option<String>,
    address: Option<String>,
}

/// What a gateway is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// An account that is paid by QR code: `bin`, `bank`, `account`, `holder`.
    BankQr,
    /// `terminal`, `address`.
    Vnpay,
}

/// What is wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{0}: a name has letters, digits and . _ - with a digit among them, and is given once")]
    Name(String),
    #[error("{0}: a bank's BIN has six digits, an account up to 19 letters and digits")]
    Account(String),
    #[error(
        "{0}: a bank_qr has bin, bank, account and holder, a vnpay terminal and address, none of them empty"
    )]
    Field(String),
    #[error(
        "{0}: a bank's secret is whsec_ and base64 of 24 to 64 bytes, one a line; VNPAY's has at least 16 characters"
    )]
    Secret(String),
    #[error("{0}: people pay at an address that begins with https://")]
    Address(String),
}

impl Settings {
    /// The tills, with the secret that `secret` finds for each entry.
    ///
    /// # Errors
    /// What `secret` says, and [`SettingsError`].
    pub fn tills<E: From<SettingsError>>(
        self,
        mut secret: impl FnMut(&Entry) -> Result<Zeroizing<String>, E>,
    ) -> Result<Vec<Till>, E> {
        let mut tills: Vec<Till> = Vec::new();
        for entry in self.gateways {
            let found = secret(&entry)?;
            let till = entry.till(&found)?;
            if tills.iter().any(|known| known.name == till.name) {
                return Err(SettingsError::Name(till.name).into());
            }
            tills.push(till);
        }
        Ok(tills)
    }
}

impl Entry {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn till(self, secret: &str) -> Result<Till, SettingsError> {
        let name = self.name;
        if !actor::is_id(&name) || name.contains(':') {
            return Err(SettingsError::Name(name));
        }
        let given = |field: Option<String>| {
            let field = field.filter(|text| !text.trim().is_empty());
            field.ok_or_else(|| SettingsError::Field(name.clone()))
        };
        let gateway: Arc<dyn Gateway> = match self.kind {
            Kind::BankQr => {
                let (bin, bank) = (given(self.bin)?, given(self.bank)?);
                let (account, holder) = (given(self.account)?, given(self.holder)?);
                let six = bin.len() == 6 && bin.bytes().all(|byte| byte.is_ascii_digit());
                let fits = (1..=ACCOUNT_CHARS_MAX).contains(&account.len());
                if !six || !fits || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return Err(SettingsError::Account(name));
                }
                let secrets: Option<Vec<Secret>> =
                    secret.split_ascii_whitespace().map(Secret::read).collect();
                let secrets = secrets.filter(|secrets| !secrets.is_empty());
                Arc::new(BankQr {
                    bin,
                    bank,
                    account,
                    holder,
                    secrets: secrets.ok_or_else(|| SettingsError::Secret(name.clone()))?,
                })
            }
            Kind::Vnpay => {
                let (terminal, address) = (given(self.terminal)?, given(self.address)?);
                let secret = secret.trim();
                if secret.len() < SECRET_CHARS_MIN {
                    return Err(SettingsError::Secret(name));
                }
                if !address.starts_with("https://") {
                    return Err(SettingsError::Address(name));
                }
                Arc::new(Vnpay {
                    terminal,
                    address,
                    secret: Zeroizing::new(secret.to_owned()),
                })
            }
        };
        Ok(Till {
            name,
            offices: self.offices,
            gateway,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn tills(gateways: &Value) -> Result<Vec<Till>, SettingsError> {
        let settings: Settings =
            serde_json::from_value(json!({ "gateways": gateways })).expect("settings");
        settings.tills(|entry| Ok(Zeroizing::new(entry.secret_env.clone().unwrap_or_default())))
    }

    fn bank(field: &str, value: &str) -> Value {
        let mut bank = json!({"name": "bank-01", "kind": "bank_qr", "bin": "970436", "bank": "VCB",
            "account": "001", "holder": "UBND", "secretEnv": SECRET});
        bank[field] = value.into();
        bank
    }

    #[test]
    fn a_gateway_is_for_the_offices_it_names_or_for_all() {
        let mut one = bank("name", "bank-02");
        one["offices"] = json!(["H38.40.01"]);
        let found = tills(&json!([bank("bank", "VCB"), one])).expect("tills");
        assert!(found[0].serves("H38.40.02") && found[1].serves("H38.40.01"));
        assert!(!found[1].serves("H38.40.02"));
        assert_eq!(found[0].actor().role, Role::PaymentGateway);
    }

    #[test]
    fn a_file_that_cannot_be_right_is_refused_with_the_name_of_the_gateway() {
        type Make = fn(String) -> SettingsError;
        let vnpay = |address: &str, secret: &str| json!({"name": "bank-01", "kind": "vnpay", "terminal": "T", "address": address, "secretEnv": secret});
        let wrong: [(Value, Make); 9] = [
            (bank("bin", "97043"), SettingsError::Account),
            (bank("account", "12 34"), SettingsError::Account),
            (bank("account", &"1".repeat(20)), SettingsError::Account),
            (bank("secretEnv", "secret"), SettingsError::Secret),
            (bank("secretEnv", ""), SettingsError::Secret),
            (
                vnpay("http://pay.example", "0123456789abcdef"),
                SettingsError::Address,
            ),
            (vnpay("https://pay.example", ""), SettingsError::Secret),
            (vnpay("https://pay.example", "x"), SettingsError::Secret),
            (bank("holder", " "), SettingsError::Field),
        ];
        for (gateway, error) in wrong {
            let found = tills(&json!([gateway])).err();
            assert_eq!(found, Some(error("bank-01".into())), "{gateway}");
        }
        for name in ["bank", "bank 1", "a/1", "a:1"] {
            let found = tills(&json!([bank("name", name)])).err();
            assert_eq!(found, Some(SettingsError::Name(name.into())));
        }
        let mut misspelt = bank("office", "H38.40.01");
        misspelt["offices"] = json!(["H38.40.01"]);
        let read = serde_json::from_value::<Settings>(json!({ "gateways": [misspelt] }));
        assert!(read.is_err(), "what nobody knows is not passed over");
        let twice = tills(&json!([bank("bank", "A"), bank("bank", "B")])).err();
        assert_eq!(twice, Some(SettingsError::Name("bank-01".into())));
    }
}

//! An account of the office at a bank: paid by transfer from any bank, told by the bank's signed notification.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Gateway, Intent, Movement, Notice, Outcome, Owed, Said, Unread, emv, is_transaction};
use crate::domain::dossier::PaymentMethod;
use crate::domain::reason::Reason;
use crate::ports::signature::{Secret, Signed};

/// The account, and the secrets under which its bank signs: the newest and, while it is being changed, the one before.
#[derive(Debug, Clone)]
pub struct BankQr {
    /// The bank's BIN at NAPAS: six digits.
    pub bin: String,
    /// The bank's name for people.
    pub bank: String,
    pub account: String,
    /// Whose account it is, as the bank writes it.
    pub holder: String,
    pub secrets: Vec<Secret>,
}

/// The body of a notification. Other kinds and other fields may come, and say nothing.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Moved {
    transaction: String,
    amount: u64,
    currency: String,
    /// The account of the office.
    account: String,
    content: String,
    #[serde(default)]
    reason: Option<Reason>,
}

impl BankQr {
    fn movement(&self, moved: Moved) -> Result<Movement, Unread> {
        let ours = moved.account == self.account && moved.currency == "VND";
        if !ours || !is_transaction(&moved.transaction) {
            return Err(Unread::Malformed);
        }
        Ok(Movement {
            transaction: moved.transaction,
            amount_vnd: moved.amount,
            text: moved.content,
        })
    }
}

impl Gateway for BankQr {
    fn method(&self) -> PaymentMethod {
        PaymentMethod::BankTransfer
    }

    fn intent(&self, owed: &Owed<'_>) -> Intent {
        Intent::Transfer {
            qr: emv::transfer(&self.bin, &self.account, owed.amount_vnd, owed.reference),
            bank: self.bank.clone(),
            account: self.account.clone(),
            holder: self.holder.clone(),
        }
    }

    fn read(&self, notice: &Notice<'_>) -> Result<Said, Unread> {
        Signed::read(notice.header)?.check(notice.body, &self.secrets, notice.now)?;
        let told: Told = serde_json::from_slice(notice.body).map_err(|_| Unread::Malformed)?;
        let moved = |data| serde_json::from_value::<Moved>(data).map_err(|_| Unread::Malformed);
        match told.kind.as_str() {
            "payment.received" => Ok(Said::Paid(self.movement(moved(told.data)?)?)),
            "payment.refunded" => {
                let moved = moved(told.data)?;
                let reason = moved.reason.unwrap_or(Reason::Other);
                Ok(Said::Refunded(self.movement(moved)?, reason))
            }
            _ => Ok(Said::Nothing),
        }
    }

    fn answer(&self, outcome: &Outcome<'_>) -> (u16, Value) {
        match outcome {
            Outcome::Recorded { position } => {
                (200, json!({"code": "RECORDED", "position": position}))
            }
            Outcome::Noted => (200, json!({"code": "NOTED"})),
            Outcome::Refused {
                status,
                code,
                vietnamese,
                english,
            } => (
                *status,
                json!({"code": code, "messageVi": vietnamese, "messageEn": english}),
            ),
        }
    }
}

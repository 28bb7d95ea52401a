//! Paying through somebody else: what a payer is shown, and what the gateway says has come.

mod bank_qr;
pub mod emv;
mod reference;
mod till;
mod vnpay;

pub use self::bank_qr::BankQr;
pub use self::reference::References;
pub use self::till::{Entry, Settings, SettingsError, Till};
pub use self::vnpay::Vnpay;

use serde_json::Value;

pub use super::signature::Unread;
use crate::domain::dossier::PaymentMethod;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;

/// Of a transaction's number: it stands in the fact.
const TRANSACTION_CHARS_MAX: usize = 64;

/// A bank, wallet or portal through which people pay.
pub trait Gateway: Send + Sync {
    /// As which method a payment through it is recorded.
    fn method(&self) -> PaymentMethod;

    /// What a payer needs to pay this.
    fn intent(&self, owed: &Owed<'_>) -> Intent;

    /// What it says has happened, once it is certain that it says so.
    ///
    /// # Errors
    /// [`Unread`]: nothing of it may be believed.
    fn read(&self, notice: &Notice<'_>) -> Result<Said, Unread>;

    /// What it wants to hear: status and JSON. A gateway asks again until it hears that it was understood.
    fn answer(&self, outcome: &Outcome<'_>) -> (u16, Value);
}

/// One sum that somebody owes.
#[derive(Debug, Clone, Copy)]
pub struct Owed<'a> {
    /// By which the payment is found again; no personal data.
    pub reference: &'a str,
    /// Đồng.
    pub amount_vnd: u64,
    pub now: Moment,
    /// Where the payer comes back to.
    pub return_to: &'a str,
}

/// What is shown to whoever wants to pay; any payer may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Scanned by a banking app, or typed by hand.
    Transfer {
        /// The text of the QR code.
        qr: String,
        bank: String,
        account: String,
        holder: String,
    },
    /// Followed.
    Link(String),
}

/// A notification as it came.
pub struct Notice<'a> {
    /// By name in lower case.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// As it stands in the address.
    pub query: &'a str,
    pub body: &'a [u8],
    /// Seconds since 1970.
    pub now: u64,
}

/// What a gateway has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Paid(Movement),
    /// Given back by the bank on the office's order.
    Refunded(Movement, Reason),
    /// Money that moved, and of which the gateway itself is not sure.
    Doubtful {
        transaction: String,
    },
    /// Something that moves no money: an attempt that failed.
    Nothing,
}

/// Money that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The gateway's own number of it.
    pub transaction: String,
    /// Đồng.
    pub amount_vnd: u64,
    /// What the payer or the office wrote on it: the reference stands in it somewhere.
    pub text: String,
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// On record at this position, now or before.
    Recorded { position: u64 },
    /// Understood; there is nothing to record.
    Noted,
    Refused {
        status: u16,
        code: &'a str,
        vietnamese: &'a str,
        english: &'a str,
    },
}

/// Whether a gateway's number may stand in a fact: letters, digits and `. _ - :`, a digit among them.
fn is_transaction(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
    (1..=TRANSACTION_CHARS_MAX).contains(&text.len())
        && text.bytes().all(good)
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

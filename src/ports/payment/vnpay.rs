//! VNPAY's gateway (its documents for version 2.1.0): a signed address to follow, and a signed call back.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha512;
use url::form_urlencoded::{byte_serialize, parse};
use zeroize::Zeroizing;

use super::{Gateway, Intent, Movement, Notice, Outcome, Owed, Said, Unread, is_transaction};
use crate::domain::dossier::PaymentMethod;
use crate::domain::text::hex;
use crate::domain::time::Moment;

/// Amounts are told in hundredths.
const HUNDREDTHS: u64 = 100;
/// How long an address may be followed.
const OPEN: i64 = 15 * 60 * Moment::SECOND;
const HASH: &str = "vnp_SecureHash";

/// The office's terminal there.
#[derive(Clone)]
pub struct Vnpay {
    /// `vnp_TmnCode`.
    pub terminal: String,
    /// Where people pay: `https://pay.vnpay.vn/vpcpay.html`.
    pub address: String,
    /// `vnp_HashSecret`.
    pub secret: Zeroizing<String>,
}

impl Vnpay {
    /// Sorted by name, written as a form, with the hash behind it.
    fn signed(&self, parameters: &[(&str, String)]) -> String {
        let text = form(
            parameters
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        let hash = hex(&self.mac(&text).finalize().into_bytes());
        format!("{text}&{HASH}={hash}")
    }

    fn mac(&self, text: &str) -> Hmac<Sha512> {
        let mut mac = <Hmac<Sha512>>::new_from_slice(self.secret.as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        mac
    }
}

fn form<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut sorted: Vec<(&str, &str)> = parameters.collect();
    sorted.sort_unstable();
    let written = sorted.into_iter().map(|(name, value)| {
        let value: String = byte_serialize(value.as_bytes()).collect();
        format!("{name}={value}")
    });
    written.collect::<Vec<_>>().join("&")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

/// `20261128093000`, in Hanoi.
fn stamp(at: Moment) -> String {
    at.local().strftime("%Y%m%d%H%M%S").to_string()
}

impl Gateway for Vnpay {
    fn method(&self) -> PaymentMethod {
        PaymentMethod::LocalGateway
    }

    /// A number of an order is taken once a day: the hour behind the reference lets whoever failed try again.
    fn intent(&self, owed: &Owed<'_>) -> Intent {
        let at = stamp(owed.now);
        let parameters = [
            ("vnp_Version", "2.1.0".to_owned()),
            ("vnp_Command", "pay".to_owned()),
            ("vnp_TmnCode", self.terminal.clone()),
            (
                "vnp_Amount",
                owed.amount_vnd.saturating_mul(HUNDREDTHS).to_string(),
            ),
            ("vnp_CurrCode", "VND".to_owned()),
            ("vnp_CreateDate", at.clone()),
            ("vnp_ExpireDate", stamp(owed.now.plus(OPEN))),
            ("vnp_IpAddr", "127.0.0.1".to_owned()), // the payer's is not passed on
            ("vnp_Locale", "vn".to_owned()),
            ("vnp_OrderInfo", owed.reference.to_owned()),
            ("vnp_OrderType", "other".to_owned()),
            ("vnp_ReturnUrl", owed.return_to.to_owned()),
            ("vnp_TxnRef", format!("{}{}", owed.reference, &at[8..])),
        ];
        Intent::Link(format!("{}?{}", self.address, self.signed(&parameters)))
    }

    fn read(&self, notice: &Notice<'_>) -> Result<Said, Unread> {
        let given: Vec<(String, String)> = parse(notice.query.as_bytes()).into_owned().collect();
        let value = |name: &str| {
            let mut found = given.iter().filter(|(known, _)| known == name);
            let one = found.next().map(|(_, value)| value.as_str());
            one.filter(|_| found.next().is_none())
        };
        let hash = value(HASH).and_then(unhex).ok_or(Unread::Unsigned)?;
        let others = given
            .iter()
            .filter(|(name, _)| name.starts_with("vnp_") && name != HASH)
            .filter(|(name, value)| name != "vnp_SecureHashType" && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()));
        self.mac(&form(others))
            .verify_slice(&hash)
            .map_err(|_| Unread::Unsigned)?;
        let known = |name| value(name).ok_or(Unread::Malformed);
        if known("vnp_TmnCode")? != self.terminal {
            return Err(Unread::Malformed);
        }
        // 07: the payer's money was taken, and is suspected of fraud.
        let doubtful = |name| known(name).map(|code| code == "07");
        if doubtful("vnp_ResponseCode")? || doubtful("vnp_TransactionStatus")? {
            let transaction = known("vnp_TransactionNo")?.to_owned();
            return Ok(Said::Doubtful { transaction });
        }
        if known("vnp_ResponseCode")? != "00" || known("vnp_TransactionStatus")? != "00" {
            return Ok(Said::Nothing);
        }
        let hundredths: u64 = known("vnp_Amount")?
            .parse()
            .map_err(|_| Unread::Malformed)?;
        let transaction = known("vnp_TransactionNo")?;
        if !hundredths.is_multiple_of(HUNDREDTHS) || !is_transaction(transaction) {
            return Err(Unread::Malformed);
        }
        Ok(Said::Paid(Movement {
            transaction: transaction.to_owned(),
            amount_vnd: hundredths / HUNDREDTHS,
            text: known("vnp_TxnRef")?.to_owned(),
        }))
    }

    /// Always 200: what became of it stands in the code.
    fn answer(&self, outcome: &Outcome<'_>) -> (u16, Value) {
        let (code, message) = match outcome {
            Outcome::Recorded { .. } | Outcome::Noted => ("00", "Confirm Success"),
            Outcome::Refused { code, .. } => match *code {
                "PAYMENT_REFERENCE_UNKNOWN" => ("01", "Order not found"),
                "OBLIGATION_NOT_OPEN" => ("02", "Order already confirmed"),
                "AMOUNT_MISMATCH" => ("04", "Invalid amount"),
                "PAYMENT_SIGNATURE_WRONG" => ("97", "Invalid signature"),
                other => ("99", other),
            },
        };
        (200, json!({"RspCode": code, "Message": message}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vnpay() -> Vnpay {
        Vnpay {
            terminal: "DEMO0001".into(),
            address: "https://pay.example/vpcpay.html".into(),
            secret: Zeroizing::new("SECRET".into()),
        }
    }

    fn read(query: &str) -> Result<Said, Unread> {
        vnpay().read(&Notice {
            header: &|_| None,
            query,
            body: b"",
            now: 0,
        })
    }

    fn told(code: &str) -> String {
        vnpay().signed(&[
            ("vnp_TmnCode", "DEMO0001".into()),
            ("vnp_Amount", "5000000".into()),
            ("vnp_OrderInfo", "Phí: hồ sơ".into()),
            ("vnp_ResponseCode", code.into()),
            ("vnp_TransactionStatus", code.into()),
            ("vnp_TransactionNo", "13423248".into()),
            ("vnp_TxnRef", "MCABC101112".into()),
        ])
    }

    #[test]
    fn a_payment_is_read_whatever_the_order_of_its_parameters() {
        let query = told("00");
        let (rest, hash) = query.split_once("&vnp_SecureHash=").expect("a hash");
        let mut parts: Vec<&str> = rest.split('&').collect();
        parts.reverse();
        let other = format!("vnp_SecureHash={}&{}", hash.to_uppercase(), parts.join("&"));
        for query in [query.clone(), other] {
            let Ok(Said::Paid(paid)) = read(&query) else {
                panic!("{query}");
            };
            assert_eq!(
                (paid.amount_vnd, paid.transaction.as_str()),
                (50_000, "13423248")
            );
        }
        assert_eq!(
            read(&told("24")),
            Ok(Said::Nothing),
            "given up by the payer"
        );
        let more = query.replace("5000000", "5000001");
        assert_eq!(read(&more), Err(Unread::Unsigned));
        assert_eq!(read(rest), Err(Unread::Unsigned));
    }

    #[test]
    fn the_address_to_pay_at_is_signed_over_its_sorted_parameters() {
        let owed = Owed {
            reference: "MCAAAA",
            amount_vnd: 18_060,
            now: Moment(0),
            return_to: "https://motcua.example/t/x",
        };
        let Intent::Link(link) = vnpay().intent(&owed) else {
            panic!("a link");
        };
        let (_, query) = link.split_once('?').expect("a query");
        assert!(
            query.starts_with("vnp_Amount=1806000&vnp_Command=pay&vnp_CreateDate=19700101070000&")
        );
        assert!(query.contains("&vnp_ReturnUrl=https%3A%2F%2Fmotcua.example%2Ft%2Fx&"));
        assert!(query.contains("&vnp_TxnRef=MCAAAA070000&"));
        let (text, hash) = query.split_once("&vnp_SecureHash=").expect("a hash");
        assert_eq!(hash, hex(&vnpay().mac(text).finalize().into_bytes()));
    }
}

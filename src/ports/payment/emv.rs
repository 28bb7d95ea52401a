//! QR codes for payment: EMVCo's merchant-presented mode as NAPAS uses it for transfers to an account (VietQR).

/// NAPAS's application identifier.
const NAPAS: &str = "A000000727";
/// A transfer to an account, not to a card.
const TO_ACCOUNT: &str = "QRIBFTTA";
/// Đồng (ISO 4217).
const CURRENCY: &str = "704";
/// What a value has room for: its length is two digits.
const CHARS_MAX: usize = 99;
/// Of the purpose, which banking apps fill in for the payer.
pub const PURPOSE_CHARS_MAX: usize = 25;
/// Of an account number.
pub const ACCOUNT_CHARS_MAX: usize = 19;

/// A transfer of one sum: the text of its QR code. Bank (BIN), account and purpose are ASCII within their lengths.
#[must_use]
pub fn transfer(bank: &str, account: &str, amount_vnd: u64, purpose: &str) -> String {
    let to = object("00", bank) + &object("01", account);
    let merchant = object("00", NAPAS) + &object("01", &to) + &object("02", TO_ACCOUNT);
    let mut text = object("00", "01"); // version of the format
    text += &object("01", "12"); // for one payment: the amount is fixed
    text += &object("38", &merchant);
    text += &object("53", CURRENCY);
    text += &object("54", &amount_vnd.to_string());
    text += &object("58", "VN");
    text += &object("62", &object("08", purpose));
    text += "6304";
    let sum = crc(text.as_bytes());
    format!("{text}{sum:04X}")
}

/// Identifier, length, value.
fn object(id: &str, value: &str) -> String {
    debug_assert!(value.len() <= CHARS_MAX, "a value of at most 99 characters");
    format!("{id}{:02}{value}", value.len())
}

/// CRC-16 of ISO/IEC 13239: polynomial 0x1021, begun with 0xFFFF.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| {
            if sum & 0x8000 == 0 {
                sum << 1
            } else {
                sum << 1 ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_the_string_that_others_publish_for_it() {
        assert_eq!(
            transfer("970436", "1023456789", 1_943_000, "TT000069"),
            "00020101021238540010A00000072701240006970436011010234567890208QRIBFTTA5303704540719430005802VN62120808TT0000696304A8E5"
        );
        assert_eq!(
            transfer("970415", "0011001932418", 120_000, "ung ho lu lut"),
            "00020101021238570010A0000007270127000697041501130011001932418\
             0208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C"
        );
    }

    #[test]
    fn the_checksum_is_that_of_published_codes() {
        for code in [
            "00020001021238570010A00000072701270006970436011308810004580860208QRIBFTTA53037045802VN6304CD60",
            "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203",
        ] {
            let (text, sum) = code.split_at(code.len() - 4);
            assert_eq!(format!("{:04X}", crc(text.as_bytes())), sum);
        }
        assert_eq!(
            crc(b"123456789"),
            0x29B1,
            "the check value of its catalogue"
        );
    }
}

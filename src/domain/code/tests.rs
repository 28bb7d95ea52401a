use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const DOSSIER: &str = r"([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4}-([0-9]{6}|[0-9]{8})-[0-9]{4,8}";
const PROCEDURE: &str = r"[1-3]\.[0-9]{6}(\.(000\.00\.00\.)?[GH][0-9]{2})?|SIM-[0-9]{4}";
const OFFICE: &str = r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4}";

#[test]
fn real_codes_are_read_and_written_in_upper_case() {
    let codes = [
        "000.00.06.H56-231027-0361",
        "H15.50.05.13-261008-0975",
        "H26.103.25.7-250908-0112",
        "G09.20-20260609-0092637",
        "H38-261122-0001",
        "H38.1.2.3.4-261122-12345678",
    ];
    for text in codes {
        let lower = text.to_ascii_lowercase();
        assert_eq!(lower.parse::<DossierCode>().expect(text).as_str(), text);
    }
    for text in [
        "1.001193",
        "1.012753.H19",
        "2.000815.000.00.00.H55",
        "3.000000.G01",
    ] {
        assert_eq!(
            text.to_ascii_lowercase()
                .parse::<ProcedureCode>()
                .expect(text)
                .as_str(),
            text
        );
    }
    for text in ["H38", "H38.40", "H26.103.25.7", "G09.1.22.333.4"] {
        assert_eq!(
            text.to_ascii_lowercase()
                .parse::<OfficeCode>()
                .expect(text)
                .as_str(),
            text
        );
    }
}

#[test]
fn what_lies_just_outside_the_language_is_refused() {
    let dossiers = [
        "",
        "-",
        "H38",
        "H38-261122",
        "H38-261122-",
        "H38-261122-001",
        "H38-261122-123456789",
        "H38-2611220-0001",
        "H38-26112-0001",
        "H3-261122-0001",
        "H388-261122-0001",
        "H38.-261122-0001",
        "H38.1234-261122-0001",
        "H38.1.2.3.4.5-261122-0001",
        "38-261122-0001",
        "00.00.06.H56-231027-0361",
        "000.00.06-231027-0361",
        "000.00.06.H56-231027-0361\n",
        " H38-261122-0001",
        "H38-261122-0001 ",
        "Đ38-261122-0001",
        "H38-261122-٠٠٠١",
        "H38-261122-0001\0",
        "H38.40-261122-0001-1",
    ];
    for text in dossiers {
        assert_eq!(
            text.parse::<DossierCode>(),
            Err(CodeError::Dossier),
            "{text:?}"
        );
    }
    let procedures = [
        "",
        "1",
        "1.",
        "4.001193",
        "0.001193",
        "1.00119",
        "1.0011930",
        "1.001193.",
        "1.001193.02",
        "1.001193.A01",
        "1.001193.H1",
        "1.001193.H123",
        "1.001193.000.00.01.H55",
        "1.001193.000.00.00.",
    ];
    for text in procedures {
        assert_eq!(
            text.parse::<ProcedureCode>(),
            Err(CodeError::Procedure),
            "{text:?}"
        );
    }
    for text in [
        "",
        "H",
        "H3",
        "H388",
        "38.40",
        "H38.",
        "H38.1234",
        "H38.1.2.3.4.5",
        "H38-1",
        "H38.4a",
    ] {
        assert_eq!(
            text.parse::<OfficeCode>(),
            Err(CodeError::Office),
            "{text:?}"
        );
    }
    let long = "H".repeat(LENGTH_MAX + 1);
    assert_eq!(long.parse::<DossierCode>(), Err(CodeError::TooLong));
    assert_eq!(long.parse::<ProcedureCode>(), Err(CodeError::TooLong));
    assert_eq!(long.parse::<OfficeCode>(), Err(CodeError::TooLong));
}

#[test]
fn a_sequence_has_four_digits_and_grows() {
    let office: OfficeCode = "h38.40".parse().expect("an office");
    let code = |sequence| DossierCode::new(&office, date(2026, 11, 2), sequence);
    assert_eq!(code(1).expect("a code").as_str(), "H38.40-261102-0001");
    assert_eq!(code(9_999).expect("a code").as_str(), "H38.40-261102-9999");
    assert_eq!(
        code(10_000).expect("a code").as_str(),
        "H38.40-261102-10000"
    );
    assert_eq!(code(0), Err(CodeError::Sequence));
    assert_eq!(code(100_000_000), Err(CodeError::Sequence));
}

#[test]
fn codes_are_plain_strings_in_json_and_checked_when_read() {
    let code: DossierCode = serde_json::from_str(r#""h38.40-261122-0001""#).expect("a code");
    assert_eq!(
        serde_json::to_string(&code).expect("json"),
        r#""H38.40-261122-0001""#
    );
    assert!(serde_json::from_str::<DossierCode>(r#""H38.40""#).is_err());
    assert!(serde_json::from_str::<OfficeCode>(r#""H38.40-""#).is_err());
    assert!(serde_json::from_str::<ProcedureCode>("1.001193").is_err());
}

proptest! {
    #[test]
    fn every_dossier_code_of_the_language_round_trips(text in DOSSIER) {
        prop_assert_eq!(text.parse::<DossierCode>().expect("in the language").to_string(), text);
    }

    #[test]
    fn every_procedure_code_of_the_language_round_trips(text in PROCEDURE) {
        prop_assert_eq!(text.parse::<ProcedureCode>().expect("in the language").to_string(), text);
    }

    #[test]
    fn every_office_code_of_the_language_round_trips(text in OFFICE) {
        prop_assert_eq!(text.parse::<OfficeCode>().expect("in the language").to_string(), text);
    }

    #[test]
    fn a_code_made_is_a_code_read(
        office in OFFICE,
        year in 2000i16..2100,
        day in 1i16..=365,
        sequence in 1u32..=99_999_999,
    ) {
        let office: OfficeCode = office.parse().expect("in the language");
        let date = date(year, 1, 1).with().day_of_year(day).build().expect("a day");
        let made = DossierCode::new(&office, date, sequence).expect("in range");
        prop_assert_eq!(made.as_str().parse::<DossierCode>(), Ok(made.clone()));
    }

    #[test]
    fn any_text_is_answered_without_panic(text in any::<String>()) {
        let dossier = text.parse::<DossierCode>();
        prop_assert!(dossier.is_err() || text.is_ascii());
        prop_assert!(text.parse::<ProcedureCode>().is_err() || text.is_ascii());
        prop_assert!(text.parse::<OfficeCode>().is_err() || text.is_ascii());
    }

    #[test]
    fn text_made_of_a_codes_letters_is_read_unchanged_or_refused(text in "[0-9GH.-]{0,30}") {
        if let Ok(code) = text.parse::<DossierCode>() {
            prop_assert_eq!(code.as_str(), text.as_str());
            let parts: Vec<&str> = text.split('-').collect();
            prop_assert_eq!(parts.len(), 3);
            prop_assert!(matches!(parts[1].len(), 6 | 8));
            prop_assert!((4..=8).contains(&parts[2].len()));
        }
    }
}

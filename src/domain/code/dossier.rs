//! The code of a dossier: on the slip, in the bar code, typed into the tracking page.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reader::Reader;
use super::{CodeError, OfficeCode, normalised, written_as_text};

/// Office, date of reception in Hanoi and sequence of that day (Decree 61/2018 art. 26; Circular
/// 01/2018 art. 19): `H38.40-261122-0001`. Foreign codes of older and ministry systems are read too.
/// Written in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DossierCode(String);

const SEQUENCE_MAX: u32 = 99_999_999;

impl DossierCode {
    /// The code of an office's dossier number `sequence` (from 1) of a day; four digits, more past 9999.
    pub fn new(office: &OfficeCode, date: Date, sequence: u32) -> Result<Self, CodeError> {
        if !(1..=SEQUENCE_MAX).contains(&sequence) {
            return Err(CodeError::Sequence);
        }
        let year = date.year().rem_euclid(100);
        let (month, day) = (date.month(), date.day());
        Ok(Self(format!(
            "{office}-{year:02}{month:02}{day:02}-{sequence:04}"
        )))
    }

    /// The office and the day in the code; none for codes of the older order, or for a day that never was.
    pub fn office_and_date(&self) -> Option<(OfficeCode, Date)> {
        let mut parts = self.0.rsplitn(3, '-');
        let (_sequence, day, office) = (parts.next()?, parts.next()?, parts.next()?);
        let (year, month_day) = day.split_at_checked(day.len() - 4)?;
        let year: i16 = year.parse().ok()?;
        let year = if year < 100 { 2000 + year } else { year };
        let (month, day) = (month_day[..2].parse().ok()?, month_day[2..].parse().ok()?);
        Some((office.parse().ok()?, Date::new(year, month, day).ok()?))
    }

    /// Its place in the order of numbers: the day in the code, then the number of that day, as one number.
    pub fn rank(&self) -> Option<i64> {
        let (office_and_day, sequence) = self.0.rsplit_once('-')?;
        let (_, day) = office_and_day.rsplit_once('-')?;
        let day: i64 = day.parse().ok()?;
        let day = if day < 1_000_000 {
            20_000_000 + day
        } else {
            day
        };
        Some(day * 100_000_000 + sequence.parse::<i64>().ok()?)
    }

    /// The number of the day in the code; none in a shape that no number can have.
    pub fn sequence(&self) -> Option<u32> {
        let (_, sequence) = self.0.rsplit_once('-')?;
        sequence.parse().ok()
    }
}

/// `(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,4}-(?:\d{6}|\d{8})-\d{4,8}`
fn matches(text: &str) -> bool {
    let mut reader = Reader::new(text);
    let old_order = text.starts_with(|first: char| first.is_ascii_digit());
    (!old_order || old_prefix(&mut reader))
        && reader.office()
        && reader.literal("-")
        && matches!(reader.all_digits(), 6 | 8)
        && reader.literal("-")
        && (4..=8).contains(&reader.all_digits())
        && reader.is_done()
}

/// Sub-units before the province, as codes had them until 2020: `000.00.06.`
fn old_prefix(reader: &mut Reader<'_>) -> bool {
    [3, 2, 2]
        .iter()
        .all(|count| reader.digits(*count) && reader.literal("."))
}

impl FromStr for DossierCode {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = normalised(text)?;
        if matches(&text) {
            Ok(Self(text))
        } else {
            Err(CodeError::Dossier)
        }
    }
}

written_as_text!(DossierCode);

//! Scalars of the schema: instants, dates, numbers above 2^53 and hashes, each with the text that specifies it.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::domain::time::Moment;
use crate::tlog::Hash;

/// An instant, RFC 3339; given back in UTC with six digits: `2026-11-22T03:00:00.000007Z`.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time"
)]
impl ScalarType for Moment {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)?
            .parse()
            .map_err(|_| InputValueError::custom("not an RFC 3339 instant"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A calendar date in Vietnam, RFC 3339 `full-date`: `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub jiff::civil::Date);

/// A calendar date in Vietnam, RFC 3339 `full-date`: `2026-11-22`.
#[Scalar(
    name = "Date",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
)]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = text(&value)?;
        // jiff would read a date-time's date as well.
        let date = (text.len() == 10).then(|| text.parse().ok()).flatten();
        date.map(Self)
            .ok_or_else(|| InputValueError::custom("not a date like 2026-11-22"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A number from 0 to 2^63 − 1, written as text because JavaScript loses digits above 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Long(pub u64);

/// A number from 0 to 2^63 − 1, written as text because JavaScript loses digits above 2^53; read as text or number.
#[Scalar(
    name = "Long",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6"
)]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        number
            .filter(|number| i64::try_from(*number).is_ok())
            .map(Self)
            .ok_or_else(|| InputValueError::custom("not a number from 0 to 2^63 - 1"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub Hash);

/// A SHA-256 digest in 64 lower-case hexadecimal digits.
#[Scalar(
    name = "Hash",
    specified_by_url = "https://csrc.nist.gov/pubs/fips/180-4/upd1/final"
)]
impl ScalarType for Digest {
    fn parse(value: Value) -> InputValueResult<Self> {
        let malformed = || InputValueError::custom("not 64 hexadecimal digits");
        let text = text(&value)?;
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        let mut hash = [0; 32];
        for (byte, place) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[place..place + 2], 16).map_err(|_| malformed())?;
        }
        Ok(Self(hash))
    }

    fn to_value(&self) -> Value {
        Value::String(hex(&self.0))
    }
}

pub use crate::domain::text::hex;

fn text<T: async_graphql::InputType>(value: &Value) -> Result<&str, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(InputValueError::custom("expected a string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_reads_back_what_it_writes() {
        let moment = Moment(1_700_000_000_000_007);
        assert_eq!(Moment::parse(moment.to_value()).ok(), Some(moment));
        let day = Day(jiff::civil::date(2026, 11, 22));
        assert_eq!(Day::parse(day.to_value()).ok(), Some(day));
        let digest = Digest([0xab; 32]);
        assert_eq!(Digest::parse(digest.to_value()).ok(), Some(digest));
        let long = Long(u64::MAX / 2);
        assert_eq!(long.to_value(), Value::String("9223372036854775807".into()));
        assert_eq!(Long::parse(long.to_value()).ok(), Some(long));
    }

    #[test]
    fn what_is_no_value_is_refused_without_a_panic() {
        for text in ["", "-1", "9223372036854775808", "1.5", "é"] {
            assert!(Long::parse(Value::String(text.into())).is_err(), "{text}");
            assert!(Day::parse(Value::String(text.into())).is_err(), "{text}");
            assert!(Moment::parse(Value::String(text.into())).is_err(), "{text}");
            assert!(Digest::parse(Value::String(text.into())).is_err(), "{text}");
        }
        assert!(Digest::parse(Value::String("é".repeat(32))).is_err());
        assert!(Digest::parse(Value::String("+a".repeat(32))).is_err());
        assert!(Day::parse(Value::String("2026-11-22T00:00".into())).is_err());
        assert!(Long::parse(Value::Boolean(true)).is_err());
    }
}

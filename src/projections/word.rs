//! Enums as the words they have in facts.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// `Certainty::Stated` → `stated`; lists and records as JSON.
pub fn to_word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// The reverse of [`to_word`] for enums; an unknown word is a damaged column.
pub fn from_word<T: DeserializeOwned>(word: String) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| decode(error.into()))
}

/// The reverse of [`to_word`] for lists and records.
pub fn from_json<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|error| decode(error.into()))
}

/// A column that does not hold what it must.
pub fn decode(why: Box<dyn std::error::Error + Send + Sync>) -> sqlx::Error {
    sqlx::Error::Decode(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::BreachRule;
    use crate::domain::law::Certainty;

    #[test]
    fn words_read_back() {
        assert_eq!(to_word(&Certainty::Stated), "stated");
        assert_eq!(
            from_word::<Certainty>("stated".into()).expect("known"),
            Certainty::Stated
        );
        let list = vec![BreachRule::EnteredLate];
        assert_eq!(
            from_json::<Vec<BreachRule>>(&to_word(&list)).expect("a list"),
            list
        );
        assert!(from_word::<Certainty>("sure".into()).is_err());
    }
}

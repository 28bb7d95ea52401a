//! Pages: Relay connections with keyset cursors that clients cannot read meaning into, and bounded sizes.

use async_graphql::connection::{Connection, CursorType, Edge, EmptyFields};
use async_graphql::{ID, ObjectType, OutputType};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::error::{Problem, Result};
use crate::projections::{detector, lateness, statistics, worklist};

const FIRST_DEFAULT: i32 = 20;
const FIRST_MAX: i32 = 100;

/// What a page costs: each row its own fields. Also for sizes that will be refused.
#[must_use]
pub fn cost(first: Option<i32>, child: usize) -> usize {
    let rows = first.unwrap_or(FIRST_DEFAULT).clamp(0, FIRST_MAX);
    1 + usize::try_from(rows).unwrap_or_default() * child
}

/// 20 unless told, 0 to 100.
pub fn first(first: Option<i32>) -> Result<u32> {
    size("first", first)
}

/// As [`first`], of an argument of another name.
pub fn size(argument: &str, wanted: Option<i32>) -> Result<u32> {
    let wanted = wanted.unwrap_or(FIRST_DEFAULT);
    u32::try_from(wanted)
        .ok()
        .filter(|_| wanted <= FIRST_MAX)
        .ok_or_else(|| Problem::bad_input(format!("{argument} must be from 0 to {FIRST_MAX}")))
}

/// A key as clients see it: its kind and version first, so that a foreign one is refused and never misread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    #[must_use]
    pub fn new(kind: &str, key: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(format!("{kind}1:{key}")))
    }

    /// The key in a cursor of this kind.
    pub fn read(kind: &str, text: &str) -> Result<String> {
        decoded(text)
            .as_deref()
            .and_then(|text| text.strip_prefix(kind)?.strip_prefix("1:"))
            .map(str::to_owned)
            .ok_or_else(foreign)
    }
}

impl CursorType for Cursor {
    type Error = std::convert::Infallible;

    fn decode_cursor(text: &str) -> std::result::Result<Self, Self::Error> {
        Ok(Self(text.to_owned()))
    }

    fn encode_cursor(&self) -> String {
        self.0.clone()
    }
}

fn foreign() -> Problem {
    Problem::bad_input("after is not a cursor of this list")
}

fn decoded(text: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    String::from_utf8(bytes).ok()
}

/// A connection of rows with their cursors.
pub fn connection<T: OutputType>(
    rows: impl IntoIterator<Item = (Cursor, T)>,
    has_previous: bool,
    has_next: bool,
) -> Connection<Cursor, T, EmptyFields, EmptyFields> {
    connection_with(rows, has_previous, has_next, EmptyFields)
}

/// As [`connection`], with fields of its own.
pub fn connection_with<T: OutputType, F: ObjectType>(
    rows: impl IntoIterator<Item = (Cursor, T)>,
    has_previous: bool,
    has_next: bool,
    fields: F,
) -> Connection<Cursor, T, F, EmptyFields> {
    let mut connection = Connection::with_additional_fields(has_previous, has_next, fields);
    let edges = rows
        .into_iter()
        .map(|(cursor, node)| Edge::new(cursor, node));
    connection.edges.extend(edges);
    connection
}

/// The place of a fact.
#[must_use]
pub fn position_cursor(position: u64) -> Cursor {
    Cursor::new("p", &position.to_string())
}

pub fn position(after: Option<&str>) -> Result<Option<u64>> {
    after
        .map(|text| Cursor::read("p", text)?.parse().map_err(|_| foreign()))
        .transpose()
}

/// The place of a dossier among an applicant's own: the position of its first fact.
#[must_use]
pub fn own_cursor(number: u64) -> Cursor {
    Cursor::new("o", &number.to_string())
}

pub fn own(after: Option<&str>) -> Result<Option<u64>> {
    after
        .map(|text| Cursor::read("o", text)?.parse().map_err(|_| foreign()))
        .transpose()
}

/// The place of a document in the repository.
#[must_use]
pub fn result_cursor((position, place): (u64, u32)) -> Cursor {
    Cursor::new("d", &format!("{position}:{place}"))
}

pub fn result(after: Option<&str>) -> Result<Option<(u64, u32)>> {
    let read = |text: &str| {
        let key = Cursor::read("d", text)?;
        let (position, place) = key.split_once(':').ok_or_else(foreign)?;
        let position = position.parse().map_err(|_| foreign())?;
        Ok((position, place.parse().map_err(|_| foreign())?))
    };
    after.map(read).transpose()
}

/// The place of a feedback.
#[must_use]
pub fn voice_cursor(place: statistics::Place) -> Cursor {
    Cursor::new("v", &format!("{}:{}", place.at, place.position))
}

pub fn voice(after: Option<&str>) -> Result<Option<statistics::Place>> {
    let read = |text: &str| {
        let key = Cursor::read("v", text)?;
        let (at, position) = key.split_once(':').ok_or_else(foreign)?;
        Ok(statistics::Place {
            at: at.parse().map_err(|_| foreign())?,
            position: position.parse().map_err(|_| foreign())?,
        })
    };
    after.map(read).transpose()
}

/// The place of a finding.
#[must_use]
pub fn finding_cursor(place: &detector::Place) -> Cursor {
    let detector::Place {
        position,
        rule,
        office,
    } = place;
    Cursor::new("f", &format!("{position}:{rule}:{office}"))
}

pub fn finding(after: Option<&str>) -> Result<Option<detector::Place>> {
    let read = |text: &str| {
        let key = Cursor::read("f", text)?;
        let mut parts = key.splitn(3, ':');
        let mut next = || parts.next().ok_or_else(foreign);
        Ok(detector::Place {
            position: next()?.parse().map_err(|_| foreign())?,
            rule: next()?.parse().map_err(|_| foreign())?,
            office: next()?.to_owned(),
        })
    };
    after.map(read).transpose()
}

/// The place of a dossier in a worklist.
#[must_use]
pub fn rank_cursor(cursor: worklist::Cursor) -> Cursor {
    Cursor::new("w", &format!("{}:{}", cursor.due_rank, cursor.id))
}

pub fn rank(after: Option<&str>) -> Result<Option<worklist::Cursor>> {
    let read = |text: &str| {
        let key = Cursor::read("w", text)?;
        let (due_rank, id) = key.split_once(':').ok_or_else(foreign)?;
        Ok(worklist::Cursor {
            due_rank: due_rank.parse().map_err(|_| foreign())?,
            id: id.parse().map_err(|_| foreign())?,
        })
    };
    after.map(read).transpose()
}

/// The place of a turn: its dossier's number, and which one.
#[must_use]
pub fn turn_cursor(place: lateness::Place) -> Cursor {
    Cursor::new("t", &format!("{}:{}", place.number, place.turn))
}

pub fn turn(after: Option<&str>) -> Result<Option<lateness::Place>> {
    let read = |text: &str| {
        let key = Cursor::read("t", text)?;
        let (number, turn) = key.split_once(':').ok_or_else(foreign)?;
        Ok(lateness::Place {
            number: number.parse().map_err(|_| foreign())?,
            turn: turn.parse().map_err(|_| foreign())?,
        })
    };
    after.map(read).transpose()
}

/// An id that is good for every type: `base64url("Dossier:…")`. Clients must not look inside.
#[must_use]
pub fn global_id(kind: &str, key: &str) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{key}")))
}

/// Kind and key of a global id; `None` when it is none.
#[must_use]
pub fn read_global_id(id: &str) -> Option<(String, String)> {
    let text = decoded(id)?;
    let (kind, key) = text.split_once(':')?;
    Some((kind.to_owned(), key.to_owned()))
}

/// A dossier's stream from its global id or from the bare UUID.
#[must_use]
pub fn dossier_id(text: &str) -> Option<Uuid> {
    let bare = || text.parse().ok();
    match read_global_id(text) {
        Some((kind, key)) if kind == "Dossier" => key.parse().ok(),
        Some(_) | None => bare(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_foreign_ones_are_refused() {
        let cursor = position_cursor(7).encode_cursor();
        assert_eq!(position(Some(&cursor)).ok(), Some(Some(7)));
        let place = worklist::Cursor {
            due_rank: -3,
            id: Uuid::from_u128(9),
        };
        let rank_text = rank_cursor(place).encode_cursor();
        assert_eq!(rank(Some(&rank_text)).ok(), Some(Some(place)));
        for foreign in ["", "x", "é", rank_text.as_str()] {
            assert!(position(Some(foreign)).is_err(), "{foreign}");
        }
        assert!(rank(Some(&cursor)).is_err());
    }

    #[test]
    fn a_page_of_any_size_has_a_cost_and_only_sensible_sizes_are_answered() {
        assert_eq!(cost(Some(-1), usize::MAX), 1);
        assert_eq!(cost(Some(i32::MAX), 3), 301);
        assert_eq!(cost(None, 2), 41);
        assert!(first(Some(-1)).is_err() && first(Some(101)).is_err());
        assert_eq!(first(None).ok(), Some(20));
    }
}

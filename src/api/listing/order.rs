//! In which order a list stands, and cursors that are good for that order alone.

use async_graphql::{Enum, InputObject};

use crate::api::error::{Problem, Result};
use crate::api::paging::Cursor;
use crate::domain::time::Moment;
use crate::projections::listing::{self, Key, Place};

/// What dossiers are ordered by. Those without a value come last in either direction; equals stand in the order in which they were
/// begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
#[graphql(remote = "crate::projections::listing::Field")]
pub enum DossierOrderField {
    /// The promise now.
    #[default]
    DueAt,
    /// The first promise.
    OriginalDueAt,
    /// The hour printed on the slip.
    ReceivedAt,
    /// When the acceptance was recorded.
    AcceptedAt,
    /// When it was entered.
    LodgedAt,
    /// When it changed last.
    ChangedAt,
    /// When its processing ended.
    EndedAt,
    /// When the result was handed over.
    DeliveredAt,
    /// The order of numbers: the day in its code, then the number of that day.
    Code,
    /// Code of its procedure.
    Procedure,
    /// Code of the office that has it now.
    Office,
    /// Its state, in the order of a dossier's life.
    Status,
    /// How it came in.
    Channel,
    /// Pseudonym of the one who has it.
    Handler,
    /// Role of the desk it lies on, by the role's name.
    Desk,
    /// Step of the internal process.
    Step,
    /// Office time left: by promised moment, those whose clock has ended last.
    Slack,
    /// How late it is, in the order of `lateMinutes`; as of the moment at which the first page was asked for.
    Lateness,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum OrderDirection {
    /// The least, the earliest, A.
    #[default]
    Asc,
    /// The greatest, the latest, Z.
    Desc,
}

/// The order of a list of dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, InputObject)]
pub struct DossierOrder {
    /// By what.
    pub field: DossierOrderField,
    /// Which end first.
    pub direction: OrderDirection,
}

impl From<DossierOrder> for listing::Order {
    fn from(order: DossierOrder) -> Self {
        Self {
            field: order.field.into(),
            descending: order.direction == OrderDirection::Desc,
        }
    }
}

impl DossierOrder {
    /// What its cursors begin with.
    fn kind(self) -> String {
        let order = listing::Order::from(self);
        let direction = if order.descending { "desc" } else { "asc" };
        format!("dossiers:{}:{direction}:", order.field.name())
    }

    /// The place of a dossier in a list that was begun at a moment.
    #[must_use]
    pub fn cursor(self, place: &Place, begun: Moment) -> Cursor {
        let value = match &place.key {
            Key::Empty => String::new(),
            Key::Number(value) => format!("={value}"),
            Key::Text(value) => format!("={value}"),
        };
        let key = format!("{}:{}:{value}", begun.0, place.number);
        Cursor::new(&self.kind(), &key)
    }

    /// The place in a cursor of this order, and when its list was begun, which was not after `now`.
    ///
    /// # Errors
    /// [`Problem::BadInput`] for any other cursor.
    pub fn read(self, text: &str, now: Moment) -> Result<(Place, Moment)> {
        let foreign = || Problem::bad_input("not a cursor of this list in this order");
        let key = Cursor::read(&self.kind(), text).map_err(|_| foreign())?;
        let mut parts = key.splitn(3, ':');
        let mut next = || parts.next().ok_or_else(foreign);
        let begun = Moment(next()?.parse().map_err(|_| foreign())?);
        if begun < Moment(0) || begun > now {
            return Err(foreign());
        }
        let number = next()?.parse().map_err(|_| foreign())?;
        let field = listing::Field::from(self.field);
        let key = match next()?.strip_prefix('=') {
            Some(value) if field.is_text() => Key::Text(value.to_owned()),
            Some(value) => Key::Number(value.parse().map_err(|_| foreign())?),
            None => Key::Empty,
        };
        Ok((Place { key, number }, begun))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::connection::CursorType as _;
    use async_graphql::resolver_utils::EnumType as _;

    use super::*;

    const NOW: Moment = Moment(1_000);

    fn orders() -> Vec<DossierOrder> {
        let fields = DossierOrderField::items().iter();
        let orders = fields.flat_map(|field| {
            [OrderDirection::Asc, OrderDirection::Desc].map(|direction| DossierOrder {
                field: field.value,
                direction,
            })
        });
        orders.collect()
    }

    #[test]
    fn a_cursor_is_good_for_its_own_order_alone() {
        for order in orders() {
            let field = listing::Field::from(order.field);
            let value = if field.is_text() {
                Key::Text("a:b=".into())
            } else {
                Key::Number(-7)
            };
            for key in [value, Key::Empty] {
                let place = Place { key, number: 9 };
                let text = order.cursor(&place, NOW).encode_cursor();
                for other in orders() {
                    let read = other.read(&text, NOW).ok();
                    let expected = (other == order).then(|| (place.clone(), NOW));
                    assert_eq!(read, expected, "{order:?} read as {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_cursor_from_elsewhere_or_from_tomorrow_is_refused() {
        let order = DossierOrder::default();
        let place = Place {
            key: Key::Empty,
            number: 9,
        };
        let tomorrow = order.cursor(&place, Moment(1_001)).encode_cursor();
        let worklist = Cursor::new("w", "3:4").encode_cursor();
        let numbers = Cursor::new(&order.kind(), "1:2:=x").encode_cursor();
        for text in ["", "é", &tomorrow, &worklist, &numbers] {
            assert!(order.read(text, NOW).is_err(), "{text}");
        }
    }

    #[test]
    fn the_schema_names_every_order_there_is() {
        let named: Vec<_> = DossierOrderField::items()
            .iter()
            .map(|item| listing::Field::from(item.value))
            .collect();
        assert_eq!(named, listing::Field::ALL);
    }
}

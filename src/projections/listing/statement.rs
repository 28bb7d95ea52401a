//! The statements. A list is two runs: the dossiers that have a value, by it, and then those that have none, by number.

use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use super::filter::{Narrowed, push_late};
use super::order::{Field, Key, Order, Place, Way};

/// A part of a list that is in one order.
pub enum Run<'a> {
    /// Those with a value, beyond a place.
    Valued(Option<(&'a Key, i64)>),
    /// Those without one, beyond a number.
    Empty(Option<i64>),
}

impl<'a> Run<'a> {
    /// What is still to be read from a place on, that way, in the order in which it comes.
    pub fn all(field: Field, from: Option<&'a Place>, way: Way) -> Vec<Self> {
        let (valued, empty) = match from {
            None => (Some(Self::Valued(None)), Some(Self::Empty(None))),
            Some(Place {
                key: Key::Empty,
                number,
            }) => {
                let before = (way == Way::Backward).then_some(Self::Valued(None));
                (before, Some(Self::Empty(Some(*number))))
            }
            Some(Place { key, number }) => {
                let after = (way == Way::Forward).then_some(Self::Empty(None));
                (Some(Self::Valued(Some((key, *number)))), after)
            }
        };
        let empty = empty.filter(|_| !field.is_always_known());
        let runs = match way {
            Way::Forward => [valued, empty],
            Way::Backward => [empty, valued],
        };
        runs.into_iter().flatten().collect()
    }
}

/// The next places of a run: `number` and `place`, the value.
pub fn places(
    narrowed: &Narrowed<'_>,
    order: Order,
    run: Run<'_>,
    way: Way,
    count: usize,
) -> QueryBuilder<Sqlite> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let reads = Reads {
        field: order.field,
        run,
        falling: order.descending != (way == Way::Backward),
        count,
    };
    match order.field.index().filter(|_| narrowed.is_whole()) {
        None => reads.examined(narrowed),
        Some(index) => match &narrowed.offices[..] {
            [office] => reads.walked(office, index),
            offices => reads.merged(offices, index),
        },
    }
}

/// Ids, the newest received first, as one JSON list: the driver is slow at many rows. Where some are told, of these alone.
pub fn ids(narrowed: &Narrowed<'_>, among: Option<&[Uuid]>, max: usize) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "select json_group_array(hex(found.id) order by place.received_at desc, place.number desc)
         from (select number, received_at from dossier indexed by listing",
    );
    narrowed.push(&mut sql);
    if let Some(among) = among {
        let among: Vec<String> = among.iter().map(|id| id.simple().to_string()).collect();
        sql.push(" and number in (select number from dossier where id in (select unhex(value) from json_each(")
            .push_bind(serde_json::json!(among).to_string())
            .push(")))");
    }
    sql.push(" order by received_at desc, number desc limit ")
        .push_bind(i64::try_from(max).unwrap_or(i64::MAX))
        .push(") as place cross join dossier as found on found.number = place.number");
    sql
}

/// How many dossiers a list has.
pub fn count(narrowed: &Narrowed<'_>) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new("select count(*) from dossier indexed by listing");
    narrowed.push(&mut sql);
    sql
}

struct Reads<'a> {
    field: Field,
    run: Run<'a>,
    /// From the greatest to the least.
    falling: bool,
    count: i64,
}

impl Reads<'_> {
    /// Along the index of the order.
    fn walked(&self, office: &str, index: &str) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::new("select number, ");
        sql.push(self.field.column())
            .push(" as place from dossier indexed by ")
            .push(index)
            .push(" where code_rank is not null and office = ")
            .push_bind(office.to_owned());
        self.push_beyond(&mut sql);
        self.push_order(&mut sql, "");
        sql
    }

    /// Along the index of the order in each office, and the first of all these.
    fn merged(&self, offices: &[String], index: &str) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::new("select found.number, found.");
        sql.push(self.field.column())
            .push(" as place from json_each(")
            .push_bind(serde_json::json!(offices).to_string())
            .push(
                ") as asked cross join dossier as found where found.number in (
                     select number from dossier indexed by ",
            )
            .push(index)
            .push(" where code_rank is not null and office = asked.value");
        self.push_beyond(&mut sql);
        self.push_order(&mut sql, "");
        sql.push(")");
        self.push_order(&mut sql, "found.");
        sql
    }

    /// From all entries of the offices.
    fn examined(&self, narrowed: &Narrowed<'_>) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::new("select number, ");
        match self.field {
            Field::Lateness => {
                push_late(&mut sql, narrowed.filter.now);
            }
            field => {
                sql.push(field.column());
            }
        }
        sql.push(" as place from dossier indexed by listing");
        narrowed.push(&mut sql);
        self.push_beyond(&mut sql);
        self.push_order(&mut sql, "");
        sql
    }

    fn push_beyond(&self, sql: &mut QueryBuilder<Sqlite>) {
        let sign = if self.falling { " < " } else { " > " };
        let column = self.field.column();
        match &self.run {
            Run::Valued(from) => {
                sql.push(" and ").push(column).push(" is not null");
                if let Some((key, number)) = from {
                    sql.push(" and (")
                        .push(column)
                        .push(", number)")
                        .push(sign)
                        .push("(");
                    match key {
                        Key::Number(key) => sql.push_bind(*key),
                        Key::Text(key) => sql.push_bind(key.clone()),
                        Key::Empty => sql.push("null"),
                    };
                    sql.push(", ").push_bind(*number).push(")");
                }
            }
            Run::Empty(from) => {
                sql.push(" and ").push(column).push(" is null");
                if let Some(number) = from {
                    sql.push(" and number").push(sign).push_bind(*number);
                }
            }
        }
    }

    fn push_order(&self, sql: &mut QueryBuilder<Sqlite>, table: &str) {
        let falls = if self.falling { " desc" } else { "" };
        sql.push(" order by ");
        if let Run::Valued(_) = self.run {
            sql.push(table)
                .push(self.field.column())
                .push(falls)
                .push(", ");
        }
        sql.push(table).push("number").push(falls);
        sql.push(" limit ").push_bind(self.count);
    }
}

//! The statistics table as CSV (RFC 4180, UTF-8): one row per unit, English column names, everything counted.

use super::level_name;
use crate::domain::deadline::Comparison;
use crate::domain::reference::Reference;
use crate::projections::statistics::{Counts, Query, Scope};

const COLUMNS: &str = "data,unit,kind,from,to,channel,procedure,comparison,received,new_online,new_direct_or_post,carried_over,transferred_in,settled,early,on_time,late,undated,early_by_original,on_time_by_original,late_by_original,closed,withdrawn,stopped,redirected,transferred_out,pending,in_time,overdue,pending_undated,in_time_by_original,overdue_by_original,rate_numerator,rate_denominator,excluded_from_rate,journal_size";

/// The whole table. `data` is `live` or `simulated:<story>`, on every row.
#[must_use]
pub fn table(data: &str, query: &Query, rows: &[(Scope, Counts)], reference: &Reference) -> String {
    let mut text = format!("{COLUMNS}\r\n");
    for (scope, counts) in rows {
        text.push_str(&row(data, query, scope, counts, reference));
        text.push_str("\r\n");
    }
    text
}

fn row(data: &str, query: &Query, scope: &Scope, counts: &Counts, reference: &Reference) -> String {
    let (unit, kind) = match scope {
        Scope::All => ("*", "all"),
        Scope::Level(level) => (level_name(*level), "level"),
        Scope::Office(code) => (code.as_str(), "office"),
    };
    let unit = match reference.offices.get(unit) {
        Some(office) => format!("{unit} {}", office.name_vi),
        None => unit.to_owned(),
    };
    let comparison = match query.comparison {
        Comparison::Date => "date",
        Comparison::Timestamp => "timestamp",
    };
    let texts = [
        quoted(data),
        quoted(&unit),
        kind.to_owned(),
        query.from.to_string(),
        query.to.to_string(),
        query
            .channel
            .map_or("*", |channel| channel.name())
            .to_owned(),
        query.procedure.as_deref().unwrap_or("*").to_owned(),
        comparison.to_owned(),
    ];
    let numbers = numbers(counts).map(|number| number.to_string());
    texts
        .into_iter()
        .chain(numbers)
        .collect::<Vec<_>>()
        .join(",")
}

fn numbers(counts: &Counts) -> [u64; 28] {
    let (received, settled) = (&counts.received, &counts.settled);
    let (first, closed) = (&counts.settled_by_original, &counts.closed);
    let (pending, left) = (&counts.pending, &counts.pending_by_original);
    [
        received.total(),
        received.online,
        received.direct,
        received.carried_over,
        counts.transferred.r#in,
        settled.total(),
        settled.early,
        settled.on_time,
        settled.late,
        settled.undated,
        first.early,
        first.on_time,
        first.late,
        closed.total(),
        closed.withdrawn,
        closed.stopped,
        closed.redirected,
        counts.transferred.out,
        pending.total(),
        pending.in_time,
        pending.overdue,
        pending.undated,
        left.in_time,
        left.overdue,
        settled.early + settled.on_time,
        settled.total() - settled.undated,
        settled.undated,
        counts.size,
    ]
}

/// In quotes, and never read as a formula by a spreadsheet.
pub(super) fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_value_for_every_column() {
        let columns = COLUMNS.split(',').count();
        assert_eq!(columns, 8 + numbers(&Counts::default()).len());
    }

    #[test]
    fn a_name_is_neither_a_formula_nor_the_end_of_its_field() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }
}

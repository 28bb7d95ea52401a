//! Form II.06a as CSV (RFC 4180, UTF-8) and JSON: the same lines, the columns by the form's own numbers.

use serde_json::{Value, json};

use super::csv::quoted;
use super::level_name;
use crate::projections::statistics::forms::{COLUMNS, Form, Line, RULE};
use crate::projections::statistics::{Query, Scope};

const NAMES: &str = "data,form,unit,from,to,comparison,1_no,2_field,3_received,4_online,5_direct_or_post,6_carried_over,7_settled,8_early,9_on_time,10_late,11_pending,12_in_time,13_overdue,closed_in_12,closed_in_13,undated_in_10,undated_in_13,transferred_in_6,transferred_in_12,transferred_in_13,journal_size";

/// The whole form, the total last. `data` is `live` or `simulated:<story>`, on every row.
#[must_use]
pub fn csv(data: &str, query: &Query, form: &Form) -> String {
    let mut text = format!("{NAMES}\r\n");
    let mut add = |place: String, field: &str, line: &Line| {
        let begin = [
            quoted(data),
            "II.06a".to_owned(),
            quoted(unit(&query.scope)),
            query.from.to_string(),
            query.to.to_string(),
            comparison(query).to_owned(),
            place,
            quoted(field),
        ];
        let moved = &line.moved;
        let end = [
            moved.closed_in_12,
            moved.closed_in_13,
            moved.undated_in_10,
            moved.undated_in_13,
            moved.transferred_in_6,
            moved.transferred_in_12,
            moved.transferred_in_13,
            form.counts.size,
        ];
        let numbers = line.cells.iter().chain(&end).map(ToString::to_string);
        let cells: Vec<String> = begin.into_iter().chain(numbers).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    for one in &form.lines {
        add(one.place.to_string(), &one.field_vi, &one.line);
    }
    add(String::new(), "Tổng số", &form.total);
    text
}

/// The whole form with its rule.
#[must_use]
pub fn json(data: &str, query: &Query, form: &Form) -> Value {
    let cells = |line: &Line| {
        let cells = COLUMNS.iter().zip(line.cells);
        let mut cells: serde_json::Map<String, Value> = cells
            .map(|(column, value)| (format!("c{column}"), value.into()))
            .collect();
        cells.insert("moved".to_owned(), json!(line.moved));
        cells
    };
    let lines = form.lines.iter().map(|one| {
        let mut line = cells(&one.line);
        line.insert("place".to_owned(), one.place.into());
        line.insert("field_vi".to_owned(), one.field_vi.clone().into());
        line.insert("field_en".to_owned(), one.field_en.clone().into());
        line
    });
    json!({
        "form": "II.06a",
        "data": data,
        "unit": unit(&query.scope),
        "from": query.from,
        "to": query.to,
        "comparison": comparison(query),
        "rule": { "vi": RULE.0, "en": RULE.1 },
        "lines": lines.collect::<Vec<_>>(),
        "total": cells(&form.total),
        "journal_size": form.counts.size,
    })
}

fn unit(scope: &Scope) -> &str {
    match scope {
        Scope::All => "*",
        Scope::Level(level) => level_name(*level),
        Scope::Office(code) => code,
    }
}

fn comparison(query: &Query) -> &'static str {
    use crate::domain::deadline::Comparison;
    match query.comparison {
        Comparison::Date => "date",
        Comparison::Timestamp => "timestamp",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deadline::Comparison;
    use crate::projections::statistics::Counts;
    use crate::projections::statistics::forms::FieldLine;

    #[test]
    fn every_row_of_the_form_has_a_value_for_every_column() {
        let line = FieldLine {
            place: 1,
            field_vi: "Đất đai, \"nhà ở\"".to_owned(),
            field_en: "Land".to_owned(),
            line: Line::default(),
        };
        let form = Form {
            lines: vec![line],
            total: Line::default(),
            counts: Counts::default(),
        };
        let query = Query {
            scope: Scope::All,
            channel: None,
            procedure: None,
            from: jiff::civil::date(2023, 1, 1),
            to: jiff::civil::date(2023, 12, 31),
            comparison: Comparison::Date,
        };
        let text = csv("live", &query, &form);
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows.len(), 3);
        let columns = rows[0].split(',').count();
        assert_eq!(rows[2].split(',').count(), columns);
        // One comma stands in the quoted field.
        assert_eq!(rows[1].split(',').count(), columns + 1);
        assert!(rows[1].contains("\"Đất đai, \"\"nhà ở\"\"\""));
        assert_eq!(json("live", &query, &form)["total"]["c13"], 0);
    }
}

//! Tables of figures for the terminal.

use std::fmt::Write as _;

use super::demo::tally;
use crate::domain::deadline::Comparison;
use crate::projections::ReadModels;
use crate::scenario::Plan;
use crate::scenario::expected::{Question, Row, Scope};
use crate::scenario::expected_catalogue::CatalogueRow;

/// The period's table: one line per level and one for all, counted by date.
pub async fn periods(plan: &Plan, models: &ReadModels) -> anyhow::Result<String> {
    let mut text = format!(
        "{} → {}: dossiers, lateness by date against the promise in force\n{:<12} {:>9} {:>8} {:>9} {:>8} {:>9} {:>7} {:>7} {:>8}\n",
        plan.period.from,
        plan.period.to,
        "level",
        "received",
        "online",
        "settled",
        "early",
        "on time",
        "late",
        "closed",
        "pending"
    );
    let levels = plan
        .levels()
        .into_iter()
        .map(|level| (format!("{level:?}").to_lowercase(), Scope::Level(level)));
    for (name, scope) in levels.chain(std::iter::once(("all".to_owned(), Scope::All))) {
        let question = Question {
            scope,
            channel: None,
            from: plan.period.from,
            to: plan.period.to,
            comparison: Comparison::Date,
        };
        let counted = tally(models, &question).await?;
        writeln!(
            text,
            "{name:<12} {:>9} {:>8} {:>9} {:>8} {:>9} {:>7} {:>7} {:>8}",
            counted.received,
            counted.online,
            counted.settled,
            counted.early,
            counted.on_time,
            counted.late,
            counted.closed,
            counted.pending
        )?;
    }
    Ok(text)
}

/// Published beside measured figures.
pub fn figures(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<3} {:<46} {:<24} {:>10}  measured\n",
        "", "figure", "period", "published"
    );
    for row in rows {
        let mark = if row.met { "ok" } else { "≠" };
        let period = format!("{}…{}", row.question.from, row.question.to);
        let by_date = row
            .by_date
            .as_ref()
            .map_or_else(String::new, |figure| format!("   (by DATE: {figure})"));
        let _ = writeln!(
            text,
            "{mark:<3} {:<46} {period:<24} {:>10}  {}{by_date}",
            row.figure, row.expected, row.measured
        );
    }
    text
}

/// Published beside measured figures of the catalogue; what is assumed says why.
pub fn catalogue_figures(rows: &[CatalogueRow]) -> String {
    let mut text = format!(
        "{:<3} {:<46} {:<24} {:>10}  measured\n",
        "", "figure of the catalogue", "day, level", "published"
    );
    for row in rows {
        let mark = if row.met { "ok" } else { "≠" };
        let level = row.question.level.map_or_else(
            || "all".to_owned(),
            |level| format!("{level:?}").to_lowercase(),
        );
        let day = format!("{}, {level}", row.question.on);
        let assumed = row
            .assumed
            .as_ref()
            .map_or_else(String::new, |why| format!("   (assumed: {why})"));
        let _ = writeln!(
            text,
            "{mark:<3} {:<46} {day:<24} {:>10}  {}{assumed}",
            row.figure, row.expected, row.measured
        );
    }
    text
}

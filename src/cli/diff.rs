//! `motcua diff`: what changed between two instants, dossier by dossier.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::{place::Place, progress};
use crate::domain::code::OfficeCode;
use crate::domain::time::Moment;
use crate::projections::AsOf;
use crate::projections::difference::{self, Change, Deed, Difference, Seen};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The earlier instant: 2023-06-30 (its end), 2023-06-30T17:00 (office time), position:N or size:N.
    #[arg(long, value_name = "T1")]
    from: AsOf,
    /// The later instant.
    #[arg(long, value_name = "T2")]
    to: AsOf,
    /// Only dossiers that this office had at either end.
    #[arg(long, value_name = "CODE")]
    office: Option<OfficeCode>,
    /// One JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let journal = arguments.place.journal_read_only().await?;
    let from = arguments.from.size(&journal).await?;
    let to = arguments.to.size(&journal).await?;
    if to < from {
        bail!(
            "--to ({}) lies before --from ({})",
            arguments.to,
            arguments.from
        );
    }
    let bar = progress::bar("Comparing");
    let office = arguments.office.as_ref();
    let difference = difference::between(&journal, from, to, office, |pace| {
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    })
    .await?;
    bar.finish_and_clear();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &difference)?;
        writeln!(out)?;
    } else {
        print(&mut out, &arguments, &difference)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn print(
    out: &mut impl std::io::Write,
    arguments: &Arguments,
    difference: &Difference,
) -> std::io::Result<()> {
    let Difference {
        from_size, to_size, ..
    } = difference;
    writeln!(out, "{}  (size {from_size})", arguments.from)?;
    writeln!(out, "→ {}  (size {to_size})", arguments.to)?;
    for change in &difference.changes {
        print_change(out, change)?;
    }
    let counts = &difference.counts;
    writeln!(
        out,
        "\n{} facts. {} dossiers touched: {} begun; of the others {} in another phase, {} with another due date, \
         {} with another handler, {} at another office.",
        counts.facts,
        counts.dossiers,
        counts.begun,
        counts.phase,
        counts.due_at,
        counts.handler,
        counts.office
    )
}

/// How one of the compared is said.
type Say = fn(&Seen) -> String;

fn print_change(out: &mut impl std::io::Write, change: &Change) -> std::io::Result<()> {
    let name = change
        .code
        .as_ref()
        .map_or_else(|| format!("draft {}", change.dossier), ToString::to_string);
    writeln!(out, "\n{name}")?;
    let lines: [(&str, &str, Say); 4] = [
        ("phase", "phase", |seen| seen.phase.to_owned()),
        ("due", "due_at", |seen| {
            seen.due_at.map_or_else(none, moment)
        }),
        ("handler", "handler", |seen| {
            seen.handler.clone().unwrap_or_else(none)
        }),
        ("office", "office", |seen| {
            seen.office.as_ref().map_or_else(none, ToString::to_string)
        }),
    ];
    for (label, field, say) in lines {
        let before = change.before.as_ref().map_or_else(none, say);
        let after = say(&change.after);
        if before == after {
            continue;
        }
        let by = change.facts.iter();
        let by = by.filter(|deed| deed.changed.contains(&field));
        let by: Vec<String> = by.map(|deed| format!("#{}", deed.position)).collect();
        writeln!(
            out,
            "    {label:<8} {before} → {after}   ({})",
            by.join(", ")
        )?;
    }
    let facts: Vec<String> = change.facts.iter().map(told).collect();
    writeln!(out, "    facts    {}", facts.join(", "))
}

fn told(deed: &Deed) -> String {
    format!("#{} {}", deed.position, deed.kind)
}

fn none() -> String {
    "–".to_owned()
}

fn moment(moment: Moment) -> String {
    moment.local().strftime("%d/%m/%Y %H:%M").to_string()
}

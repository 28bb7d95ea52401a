//! What was checked, what was found and what is not proved, in plain words.

use super::{DIFFERS, HALTED, Verified};
use crate::domain::time::Moment;
use crate::integrity::audit::{Audited, SKEW_SECONDS_MAX};
use crate::projections::verify::Report;
use crate::tlog::Standing;

/// Says what was found; the exit code.
pub fn tell(verified: &Verified) -> u8 {
    let Verified { report, audited } = verified;
    println!(
        "Checked {} facts in {} streams: positions, versions, prev links, leaf hashes, clock, bytes, registers{}.",
        report.entries,
        report.streams,
        match audited {
            Some(audited) if audited.first > 0 => "",
            Some(_) | None => ", tails",
        }
    );
    if let Some(audited) = audited {
        tell_seals(audited);
    }
    tell_findings(report);
    if let Some(audited) = audited {
        for one in &audited.findings {
            differs(one.check, one.position, &one.what);
        }
        if let Some(halted) = &audited.halted {
            println!("{}  {}", halted.code, halted.what);
            println!("EVIDENCE  {}", halted.evidence.display());
        }
    }
    verified.code()
}

/// Of the read models; the exit code.
pub fn tell_tables(report: &Report) -> u8 {
    if report.holds() {
        let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
        println!(
            "Folded again and compared {rows} rows of {} tables at size {}.",
            report.tables.len(),
            report.size
        );
        return 0;
    }
    tell_findings(report);
    DIFFERS
}

/// The last line.
pub fn conclude(code: u8) {
    match code {
        0 => println!("Good: nothing differs."),
        HALTED => println!(
            "This is not the history that was signed. Keep the evidence and the files as they are, and show them to the witnesses and to an auditor."
        ),
        _ => println!("Keep the files as they are and call an auditor."),
    }
}

fn tell_findings(report: &Report) {
    for one in &report.findings {
        differs(one.check.name(), one.position, &one.what);
    }
}

fn differs(check: &str, position: Option<u64>, what: &str) {
    let place = position.map_or_else(String::new, |position| format!(" at position {position}"));
    println!("DIFFERS  {check}{place}: {what}");
}

fn tell_seals(audited: &Audited) {
    if audited.first > 0 {
        println!(
            "Read from position {} on: the {} facts before it are covered by the saved checkpoint's root.",
            audited.first, audited.first
        );
    }
    if audited.read_all {
        println!(
            "The tree kept here does not give the saved checkpoint's root, so every fact was read."
        );
    }
    if audited.leaves > 0 {
        println!(
            "Compared {} facts with the leaves of the tree kept here.",
            audited.leaves
        );
    }
    if audited.checkpoints > 0 {
        println!(
            "Computed the root again at {} checkpoint(s) and checked the log's signature on each.",
            audited.checkpoints
        );
    }
    for (name, size) in &audited.continued {
        println!("Continues {name} (size {size}): nothing before it was changed since.");
    }
    let Some((checkpoint, standing)) = &audited.newest else {
        return;
    };
    println!(
        "{} Newest published checkpoint: size {}; {} fact(s) after it are not sealed yet.",
        witnessed(standing),
        checkpoint.size,
        audited.unsealed
    );
    if audited.bracketed > 0 {
        println!(
            "The hours of {} facts lie between the hours at which witnesses saw the log without and with them (± {SKEW_SECONDS_MAX} s).",
            audited.bracketed
        );
    }
    println!(
        "Not proved: that what was recorded is true, and that nothing was left out before it was sealed."
    );
}

fn witnessed(standing: &Standing) -> String {
    if !standing.witnessed {
        return "Sealed, not witnessed: whoever holds the log's key could sign another history for somebody else.".to_owned();
    }
    let seconds = |time: u64| Moment(i64::try_from(time).unwrap_or(0) * Moment::SECOND);
    let names = standing.witnesses.iter().map(|(name, time)| {
        let hour = seconds(*time).local().strftime("%d/%m/%Y %H:%M:%S");
        format!("{name} ({hour})")
    });
    let names: Vec<String> = names.collect();
    format!("Witnessed by {}.", names.join(", "))
}

//! The journal, its guards, its calendars and its proof.

use super::{Finding, bad, good};
use crate::acts;
use crate::cli::place::Place;
use crate::cli::verify;
use crate::domain::journal::{Node, raise};
use crate::domain::law::Certainty;
use crate::domain::reference::JournalKind;
use crate::integrity::signer::{self, State};
use crate::integrity::{IntegrityError, Seals};
use crate::journal::{Journal, Location, clock};

/// How far ahead promised dates may reach: calendars must be declared so far.
const CALENDAR_DAYS_AHEAD: i64 = 90;

pub async fn look_at_journal(journal: &Journal) -> Vec<Finding> {
    let mut findings = Vec::new();
    match (acts::format::of(journal).await, journal.head().await) {
        (Ok((opened, format)), Ok(head)) => {
            let kind = match opened.kind {
                JournalKind::Live => "live",
                JournalKind::Simulated => "simulated",
                JournalKind::Imported => "imported",
            };
            findings.push(good(format!(
                "journal {} ({kind}), {} facts, format {format}",
                opened.id, head.size
            )));
            findings.push(served_by(journal, format).await);
            let ahead = head
                .recorded_at
                .map_or(0, |newest| newest.0 - clock::system().0);
            if opened.kind != JournalKind::Simulated && ahead > 30_000_000 {
                findings.push(bad(
                    format!(
                        "the newest fact is {} s ahead of this machine's clock",
                        ahead / 1_000_000
                    ),
                    "set the clock right (chrony); recorded times wait until it has caught up",
                ));
            }
            findings.push(
                calendars(
                    journal,
                    head.recorded_at.unwrap_or_default().max(match opened.kind {
                        JournalKind::Live | JournalKind::Imported => clock::system(),
                        JournalKind::Simulated => head.recorded_at.unwrap_or_default(),
                    }),
                )
                .await,
            );
        }
        (Err(error), _) => findings.push(bad(
            format!("journal: {error}"),
            "restore it from a backup, or open a new one with `motcua init`",
        )),
        (_, Err(error)) => findings.push(bad(
            format!("journal: {error}"),
            "check that the database answers",
        )),
    }
    findings
}

/// Who serves it, and whether its format may be raised.
async fn served_by(journal: &Journal, format: u32) -> Finding {
    let nodes = match journal.nodes().await {
        Ok(nodes) => nodes,
        Err(error) => {
            return bad(
                format!("nodes: {error}"),
                "let the tables' owner run `motcua migrate` with the roles again",
            );
        }
    };
    let told = |node: &Node| {
        format!(
            "{} (motcua {}, reads up to format {})",
            node.name, node.program, node.reads
        )
    };
    let seen: Vec<String> = nodes
        .iter()
        .filter(|node| node.was_seen())
        .map(told)
        .collect();
    let mut what = match seen.len() {
        0 => "no node was seen within a day".to_owned(),
        1 => format!("served by {}", seen[0]),
        many => format!("served by {many} nodes: {}", seen.join("; ")),
    };
    if raise(format, &nodes).is_ok() {
        what.push_str("; `motcua migrate --raise` may enable what is new");
    }
    good(what)
}

/// Every fact, and what keeps the facts from being changed.
pub async fn record(place: &Place, journal: &Journal) -> Vec<Finding> {
    let guards = match journal.guards().await {
        Ok((standing, needed)) if standing >= needed => {
            good("the database refuses to change or delete facts")
        }
        Ok((standing, needed)) => bad(
            format!("{standing} of {needed} triggers that keep the journal append-only stand"),
            "find out who took them away; then restore the journal from a copy that verifies",
        ),
        Err(error) => bad(
            format!("triggers: {error}"),
            "check that the database answers",
        ),
    };
    let chain = match verify::quietly(place, journal).await {
        Ok(verified) => match verified.first() {
            None => good(format!(
                "{} facts hold together and are those that were sealed",
                verified.report.entries
            )),
            Some(what) => bad(
                what,
                "keep the files as they are, call an auditor, and see `motcua verify`",
            ),
        },
        Err(error) => bad(
            format!("the journal cannot be checked: {error:#}"),
            "motcua verify",
        ),
    };
    vec![guards, chain]
}

async fn calendars(journal: &Journal, now: crate::domain::time::Moment) -> Finding {
    let Ok(reference) = acts::reference(journal).await else {
        return bad("the reference shelf cannot be read", "motcua verify");
    };
    let until = now
        .plus(CALENDAR_DAYS_AHEAD * crate::domain::time::Moment::DAY)
        .date();
    match reference.calendar.certainty_of(until) {
        Ok(Certainty::Provisional) => good(format!(
            "calendars reach {until}; {} is provisional until its notice is declared",
            until.year()
        )),
        Ok(_) => good(format!("calendars reach {until}")),
        Err(error) => bad(
            format!("{error}: promised dates will soon reach into it"),
            "declare the calendar of that year, provisional if its notice is not out",
        ),
    }
}

/// Whether the journal is at least as long as what was signed of it. What it says there is `verify`'s to compare.
pub async fn proof(place: &Place, journal: &Journal) -> Finding {
    match sealed(place, journal).await {
        Ok((0, _)) => good("proof: nothing is sealed yet"),
        Ok((signed, size)) if signed > size => bad(
            format!(
                "proof: {signed} facts were signed, and the journal has {size}: it was set back"
            ),
            "keep the files; `motcua verify` says what differs, `motcua recover --from-mirror URL|DIR` brings back what was lost",
        ),
        Ok((signed, size)) => good(format!("proof: {signed} of {size} facts are signed")),
        Err(error) => bad(format!("proof: {error:#}"), "motcua signer status"),
    }
}

/// The most that this node's signer or a checkpoint says was signed, and how many facts there are.
async fn sealed(place: &Place, journal: &Journal) -> anyhow::Result<(u64, u64)> {
    let opened = acts::opened(journal).await?;
    let size = journal.head().await?.size;
    let folder = signer::folder(&place.keys_folder()?, opened.id);
    let remembered = State::read(&State::path_in(&folder), &opened.origin)?;
    Ok((
        place
            .sealed()
            .await?
            .max(remembered.map_or(0, |state| state.size)),
        size,
    ))
}

/// On a shared journal exactly one process signs: whether one does now.
pub async fn signer(place: &Place, journal: &Journal) -> Option<Finding> {
    let location = place.journal_location().ok()?;
    if matches!(location, Location::Sqlite(_)) || journal.head().await.ok()?.size == 0 {
        return None;
    }
    let seals = Seals::open_read_only(&Seals::location(&place.data, &location)).await;
    let claimed = match &seals {
        Ok(seals) => seals.claim().await.map(drop),
        Err(_) => Ok(()),
    };
    Some(match claimed {
        Err(IntegrityError::SignerElsewhere(_)) => good("signer: one is running"),
        Ok(()) => bad(
            "signer: none is running, so nothing new is sealed",
            "start one node of this journal, and no other, with --signer; its keys hold log.key and signer.json",
        ),
        Err(error) => bad(
            format!("signer: {error}"),
            "check that the database answers",
        ),
    })
}

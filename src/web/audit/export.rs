//! What is taken away: facts found by a question, as CSV or as lines of JSON that carry the exact bytes.
//!
//! Nothing personal: the journal holds none. A line of JSON can be checked without us: SHA-256 of a zero byte and the bytes
//! of `fact` is `leaf_hash` (RFC 6962).

use serde::Serialize;

use crate::api::scalar::hex;
use crate::domain::time::Moment;
use crate::projections::audit::AuditRow;
use crate::projections::history::Entry;
use crate::projections::word::to_word;

/// Facts of one export; whoever wants more goes on after the last position.
pub const FACTS_MAX: u64 = 100_000;
/// Facts read at a time.
pub const PIECE: u32 = 500;

/// The columns of the CSV.
pub const COLUMNS: &str = "position,recorded_at,claimed_at,received_at,recorded_later_seconds,kind,subject,actor,role,office,on_behalf_of,reason,basis,breach,command,version,leaf_hash";

/// The first line of an export in JSON: what it is.
#[derive(Serialize)]
pub struct Head<'a> {
    pub motcua_facts: u8,
    /// `live` or `simulated:<story>`.
    pub data: &'a str,
    /// The log's name in every signature; none where no log is kept.
    pub origin: Option<&'a str>,
    /// The address that was asked.
    pub question: &'a str,
    /// Of the journal when it was asked: facts beyond it are not here.
    pub size: u64,
    pub holds: &'static str,
    pub check: &'static str,
}

/// What an export says of itself.
pub const HOLDS: &str =
    "facts as recorded: pseudonyms, codes, hours and salted commitments; no personal data";
/// How a line is checked by anybody.
pub const CHECK: &str = "leaf_hash = SHA-256(0x00 || bytes of fact), RFC 6962; compare with `motcua mirror` + `motcua verify`, or with /log/proof/inclusion/{position}";

/// A fact in an export.
#[derive(Serialize)]
struct Exact<'a> {
    position: u64,
    leaf_hash: String,
    fact: &'a str,
}

/// The last line: whether there is more.
#[derive(Serialize)]
pub struct End {
    pub end: bool,
    pub facts: u64,
    /// Go on with `after=` this position; none when this was all.
    pub next_after: Option<u64>,
}

/// A line of JSON with its line end.
pub fn json(line: &impl Serialize) -> String {
    let mut text = serde_json::to_string(line).unwrap_or_default();
    text.push('\n');
    text
}

/// One fact with its exact bytes.
#[must_use]
pub fn exact(entry: &Entry) -> Option<String> {
    let fact = std::str::from_utf8(&entry.body).ok()?;
    Some(json(&Exact {
        position: entry.position,
        leaf_hash: hex(&entry.leaf_hash),
        fact,
    }))
}

/// One row of the CSV (RFC 4180).
#[must_use]
pub fn csv(row: &AuditRow) -> String {
    let time = |at: Option<Moment>| at.map_or_else(String::new, |at| at.to_string());
    let earliest = [row.claimed_at, row.received_at]
        .into_iter()
        .flatten()
        .min();
    let later = earliest.map(|at| (row.recorded_at.0 - at.0) / Moment::SECOND);
    let cells = [
        row.position.to_string(),
        row.recorded_at.to_string(),
        time(row.claimed_at),
        time(row.received_at),
        later.map_or_else(String::new, |seconds| seconds.to_string()),
        row.kind.clone(),
        quoted(row.code.as_deref().unwrap_or_default()),
        quoted(&row.actor_id),
        row.actor_role.name().to_owned(),
        row.actor_office.clone(),
        quoted(row.on_behalf_of.as_deref().unwrap_or_default()),
        row.reason.as_ref().map(to_word).unwrap_or_default(),
        quoted(row.basis.as_deref().unwrap_or_default()),
        row.breach.as_ref().map(to_word).unwrap_or_default(),
        row.command.to_string(),
        row.version.to_string(),
        hex(&row.leaf_hash),
    ];
    cells.join(",") + "\r\n"
}

/// A cell that no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if safe.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", safe.replace('"', "\"\""));
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_is_never_a_formula_and_never_two() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("H38.40"), "H38.40");
    }
}

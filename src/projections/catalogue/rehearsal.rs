//! The open dossiers of a procedure, folded from the journal: what a new version is rehearsed against.

use uuid::Uuid;

use crate::domain::catalogue::Procedure;
use crate::domain::catalogue::rehearsal::{Rehearsed, rehearse};
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::journal::Until;
use crate::projections::fold::decode;
use crate::projections::{ReadModels, Result};

/// Dossiers looked at in one rehearsal; of more, the oldest.
pub const EXAMINED_MAX: u32 = 20_000;
/// Dossiers folded at a time.
const CHUNK: usize = 200;

/// One dossier whose promise would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub code: String,
    pub office: String,
    pub rehearsed: Rehearsed,
}

/// What a rehearsal found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// Dossiers with a running promise.
    pub examined: u64,
    /// Of these, those that no declared calendar reaches.
    pub uncounted: u64,
    /// In code order.
    pub moved: Vec<Moved>,
    /// There were more than [`EXAMINED_MAX`].
    pub complete: bool,
}

/// Runs `version` against every open dossier of its procedure, at one office if told. Records nothing.
///
/// # Errors
/// When the read models or the journal do not answer.
pub async fn run(
    models: &ReadModels,
    version: &Procedure,
    office: Option<&str>,
) -> Result<Rehearsal> {
    let sql = "select id from dossier
               where open = 1 and procedure = ?1 and ended_at is null and due_at is not null
                   and (?2 is null or office = ?2)
               order by number limit ?3";
    let mut open: Vec<(Uuid,)> = sqlx::query_as(sql)
        .bind(version.code.clone())
        .bind(office.map(str::to_owned))
        .bind(i64::from(EXAMINED_MAX) + 1)
        .fetch_all(models.pool())
        .await?;
    let mut found = Rehearsal {
        complete: open.len() <= EXAMINED_MAX as usize,
        ..Rehearsal::default()
    };
    open.truncate(EXAMINED_MAX as usize);
    let ids: Vec<Uuid> = open.into_iter().map(|(id,)| id).collect();
    let (reference, until) = (models.reference(), Until::Size(models.size()));
    for chunk in ids.chunks(CHUNK) {
        let mut dossiers: std::collections::HashMap<Uuid, Dossier> =
            chunk.iter().map(|id| (*id, Dossier::default())).collect();
        for read in decode(models.journal().read_streams(chunk, until).await?)? {
            if let Event::Dossier(event) = &read.fact.event
                && let Some(dossier) = dossiers.get_mut(&read.entry.stream)
            {
                let fact = &read.fact;
                dossier.evolve(
                    event,
                    &fact.actor,
                    fact.command,
                    fact.at(),
                    &fact.circumstances,
                );
            }
        }
        for dossier in dossiers.into_values() {
            match rehearse(&dossier, version, &reference) {
                Ok(Some(rehearsed)) => found.take(&dossier, rehearsed),
                Ok(None) => {}
                Err(_) => {
                    found.examined += 1;
                    found.uncounted += 1;
                }
            }
        }
    }
    found
        .moved
        .sort_unstable_by(|one, other| one.code.cmp(&other.code));
    Ok(found)
}

impl Rehearsal {
    fn take(&mut self, dossier: &Dossier, rehearsed: Rehearsed) {
        self.examined += 1;
        if rehearsed.old == rehearsed.new {
            return;
        }
        if let (Some(code), Some(office)) = (&dossier.code, &dossier.office) {
            self.moved.push(Moved {
                code: code.to_string(),
                office: office.to_string(),
                rehearsed,
            });
        }
    }
}

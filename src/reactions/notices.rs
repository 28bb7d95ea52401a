//! Promises counted anew after a notice or a declared year: every dossier whose clock has not ended and that was accepted
//! before is asked once; the rules say whether its promise moves.

use super::desk::{AT_ONCE, Desk, Outcome};
use crate::domain::dossier::DossierCommand;
use crate::domain::fact::stream;
use crate::projections::Result;
use crate::projections::agenda::{self, Paper};

/// Which papers this process has dealt with. After a start that is none: the newest is then gone through again, which finds
/// whatever an interruption left undone, for the rules count on all papers at once and move nothing twice.
#[derive(Default)]
pub(super) struct Notices {
    done: Option<u64>,
}

impl Notices {
    /// Every paper that is new; how many promises moved.
    pub async fn pass(&mut self, desk: &Desk) -> Result<usize> {
        let papers = match self.done {
            Some(done) => agenda::papers_after(&desk.models, done).await?,
            None => agenda::newest_paper(&desk.models)
                .await?
                .into_iter()
                .collect(),
        };
        let mut moved = 0;
        for paper in papers {
            let Some(more) = count_anew(desk, &paper).await? else {
                return Ok(moved);
            };
            moved += more;
            self.done = Some(paper.position);
        }
        Ok(moved)
    }
}

/// How many promises moved; `None` when the store did not answer, and it is to be done again.
async fn count_anew(desk: &Desk, paper: &Paper) -> Result<Option<usize>> {
    let (mut moved, mut last) = (0, 0);
    loop {
        let page = agenda::promised_before(&desk.models, paper.recorded_at, last, AT_ONCE).await?;
        let Some((number, _)) = page.last() else {
            return Ok(Some(moved));
        };
        last = *number;
        let commands = page.into_iter().map(|(_, dossier)| {
            let id = stream::reaction(&format!("recompute:{dossier}:{}", paper.position));
            let command = DossierCommand::RecomputeDueDate {
                notice: paper.number.clone(),
                cause: paper.position,
            };
            (id, dossier, command)
        });
        for outcome in desk.give(commands.collect()).await {
            match outcome {
                Outcome::Taken => moved += 1,
                Outcome::Done | Outcome::Refused => {}
                Outcome::Unknown => return Ok(None),
            }
        }
    }
}

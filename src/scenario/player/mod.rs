//! The player: all scripts in one order of time, as ordinary requests at the counter. It can append nothing itself.

pub(super) mod request;
mod shadow;
mod told;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt;

use self::request::Clerk;
use self::shadow::Shadow;
use self::told::Told;
use super::plan::Plan;
use super::script::{self, Script};
use super::source::ScenarioError;
use crate::acts::{Counter, Receipt, Refusal, Request};
use crate::domain::time::Moment;

/// Commands on their way at one time; the writer takes them in the order they were sent.
const OUTSTANDING_MAX: usize = 2_000;
/// Down to which the receipts are collected before more is sent.
const OUTSTANDING_LOW: usize = 1_000;

/// Why a story stopped. Every refusal does: a script is written to be possible.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    #[error("furnishing the journal was refused: {0}")]
    Records(Refusal),
    #[error("dossier {dossier}, step {step} ({command}) was refused: {refusal}")]
    Refused {
        dossier: u32,
        step: usize,
        command: &'static str,
        refusal: Refusal,
    },
    #[error(
        "scripted dossier {dossier}, step {step} ({command}): {came} where {expected} was to come"
    )]
    Otherwise {
        dossier: String,
        step: usize,
        command: String,
        expected: String,
        came: String,
    },
}

/// What was played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Played {
    pub dossiers: u64,
    pub commands: u64,
    /// Attempts that were to be refused, and were.
    pub refused: u64,
    pub facts: u64,
    /// The size the read models must reach to show all of it.
    pub size: u64,
}

/// Which step of which script; in order of time, and of the script within a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub at: i64,
    pub script: u32,
    pub step: u32,
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Receipt, Refusal>> + Send + 'a>>;

/// A command on its way: the step it is, or none for what the program records by itself.
type Sent<'a> = (Option<Turn>, Answer<'a>);

/// Plays the whole story on a journal that has been opened for it. Ids follow from scenario, seed and dossier, so
/// that a story that was interrupted is taken up again by playing it once more. `progress` is told commands done and
/// commands in all.
///
/// # Errors
/// [`PlayError`], naming the dossier and the step.
pub async fn play(
    counter: &Counter,
    plan: &Plan,
    seed: &str,
    scale: u32,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<Played, PlayError> {
    let scripts = script::write(plan, seed, scale)?;
    let records = plan.records();
    let mut shadow = Shadow::new(&records);
    counter
        .furnish(records, Some(plan.opens_at()))
        .await
        .map_err(PlayError::Records)?;
    let mut told = Told::new(plan, seed, scripts.len());
    let mut turns = in_order(&scripts);
    turns.extend(told.turns());
    turns.sort_unstable();
    let clerk = Clerk::new(plan, seed);
    let mut played = Played {
        dossiers: scripts.len() as u64 + told.dossiers(),
        ..Played::default()
    };
    let total = turns.len() as u64;
    let mut waiting: VecDeque<Sent<'_>> = VecDeque::with_capacity(OUTSTANDING_MAX);
    progress(0, total);
    for turn in turns {
        if waiting.len() >= OUTSTANDING_MAX {
            collect(&mut waiting, OUTSTANDING_LOW, &scripts, &mut played).await?;
            progress(played.commands, total);
        }
        for request in shadow.until(Moment(turn.at)) {
            if let Some((turn, answered)) = send(counter, None, request, &mut waiting) {
                note(&scripts, turn, answered, &mut played)?;
            }
        }
        let Some(script) = scripts.get(turn.script as usize) else {
            shadow.see(&told.request(turn)?);
            told.attempt(counter, turn, &mut played).await?;
            continue;
        };
        let request = clerk.request(script, turn.step as usize);
        shadow.see(&request);
        if let Some((turn, answered)) = send(counter, Some(turn), request, &mut waiting) {
            note(&scripts, turn, answered, &mut played)?;
        }
    }
    for request in shadow.until(plan.closes_at()) {
        if let Some((turn, answered)) = send(counter, None, request, &mut waiting) {
            note(&scripts, turn, answered, &mut played)?;
        }
    }
    collect(&mut waiting, 0, &scripts, &mut played).await?;
    progress(played.commands, total);
    Ok(played)
}

/// Sends a command; gives back what was answered at once.
fn send<'a>(
    counter: &'a Counter,
    turn: Option<Turn>,
    request: Request,
    waiting: &mut VecDeque<Sent<'a>>,
) -> Option<(Option<Turn>, Result<Receipt, Refusal>)> {
    let mut answer: Answer<'a> = Box::pin(counter.submit(request));
    // The first poll sends it: commands go out in the order of the story.
    let answered = answer.as_mut().now_or_never();
    if answered.is_none() {
        waiting.push_back((turn, answer));
    }
    answered.map(|answered| (turn, answered))
}

/// Every step of every script in the order of the story.
pub(super) fn in_order(scripts: &[Script]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = (0_u32..)
        .zip(scripts)
        .flat_map(|(script, written)| {
            let steps = (0_u32..).zip(&written.steps);
            steps.map(move |(step, taken)| Turn {
                at: taken.at.0,
                script,
                step,
            })
        })
        .collect();
    turns.sort_unstable();
    turns
}

async fn collect(
    waiting: &mut VecDeque<Sent<'_>>,
    low: usize,
    scripts: &[Script],
    played: &mut Played,
) -> Result<(), PlayError> {
    while waiting.len() > low
        && let Some((turn, answer)) = waiting.pop_front()
    {
        note(scripts, turn, answer.await, played)?;
    }
    Ok(())
}

fn note(
    scripts: &[Script],
    turn: Option<Turn>,
    answer: Result<Receipt, Refusal>,
    played: &mut Played,
) -> Result<(), PlayError> {
    let receipt = answer.map_err(|refusal| {
        let script = turn.map(|turn| (&scripts[turn.script as usize], turn.step as usize));
        PlayError::Refused {
            dossier: script.map_or(0, |(script, _)| script.number),
            step: script.map_or(0, |(_, step)| step + 1),
            command: script.map_or("by itself", |(script, step)| script.steps[step].deed.name()),
            refusal,
        }
    })?;
    played.commands += 1;
    played.facts += u64::from(receipt.entries);
    played.size = played.size.max(receipt.size());
    Ok(())
}

//! Scripted steps among the others: tried one by one, each held against what the plan says will come of it.

use super::{PlayError, Played, Turn};
use crate::acts::{Counter, Request};
use crate::scenario::plan::Plan;
use crate::scenario::scripted::{ScriptedStep, Scripts};
use crate::scenario::source::ScenarioError;

/// The scripted dossiers.
pub struct Told<'a> {
    plan: &'a Plan,
    scripts: Scripts<'a>,
    /// The story is taken up again where it was done before: what was done stands, and what was refused then must not be
    /// tried in a later state.
    resumed: bool,
    /// Turns of scripted dossiers come after so many scripts.
    after: u32,
}

impl<'a> Told<'a> {
    pub fn new(plan: &'a Plan, seed: &str, after: usize) -> Self {
        let scripts = Scripts::of(plan, seed);
        Self {
            plan,
            scripts,
            resumed: false,
            after: u32::try_from(after).unwrap_or(u32::MAX),
        }
    }

    pub fn dossiers(&self) -> u64 {
        self.scripts.len() as u64
    }

    pub fn turns(&self) -> Vec<Turn> {
        let dossiers = (self.after..).zip(self.scripts.dossiers());
        let turns = dossiers.flat_map(|(script, dossier)| {
            let steps = (0_u32..).zip(&dossier.steps);
            steps.map(move |(step, taken)| Turn {
                at: taken.moment().0,
                script,
                step,
            })
        });
        turns.collect()
    }

    /// A step as a request at the counter.
    pub fn request(&self, turn: Turn) -> Result<Request, ScenarioError> {
        let (index, step) = self.place(turn);
        let request = self.scripts.request(index, step);
        request.map_err(|why| self.impossible(step, why))
    }

    fn place(&self, turn: Turn) -> (usize, usize) {
        ((turn.script - self.after) as usize, turn.step as usize)
    }

    /// Tries one step. A refusal leaves no trace but the code, which must be the plan's.
    pub async fn attempt(
        &mut self,
        counter: &Counter,
        turn: Turn,
        played: &mut Played,
    ) -> Result<(), PlayError> {
        let (index, step) = self.place(turn);
        let taken = self.scripts.step(index, step);
        if taken.refused.is_some() && self.resumed {
            played.refused += 1;
            return Ok(());
        }
        match (counter.submit(self.request(turn)?).await, &taken.refused) {
            (Ok(receipt), None) => {
                self.resumed = receipt.repeated;
                played.commands += 1;
                played.facts += u64::from(receipt.entries);
                played.size = played.size.max(receipt.size());
                Ok(())
            }
            (Err(refusal), Some(code)) if refusal.code() == code => {
                played.refused += 1;
                Ok(())
            }
            (Ok(_), Some(code)) => Err(self.otherwise(index, step, taken, code, "it was done")),
            (Err(refusal), expected) => {
                let expected = expected.as_deref().unwrap_or("success");
                let came = format!("{} ({refusal})", refusal.code());
                Err(self.otherwise(index, step, taken, expected, &came))
            }
        }
    }

    fn otherwise(
        &self,
        index: usize,
        step: usize,
        taken: &ScriptedStep,
        expected: &str,
        came: &str,
    ) -> PlayError {
        let dossier = self.scripts.dossiers().nth(index);
        PlayError::Otherwise {
            dossier: dossier.map_or_else(String::new, |dossier| dossier.name.clone()),
            step: step + 1,
            command: taken.name().to_owned(),
            expected: expected.to_owned(),
            came: came.to_owned(),
        }
    }

    fn impossible(&self, step: usize, why: String) -> ScenarioError {
        ScenarioError::Impossible {
            name: self.plan.name.clone(),
            place: format!("scripted steps[{step}]"),
            why,
        }
    }
}

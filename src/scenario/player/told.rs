//! Scripted steps among the others: tried one by one, each held against what the plan says will come of it.

use super::{PlayError, Played, Turn};
use crate::acts::{Counter, Refusal};
use crate::domain::dossier::Rejection;
use crate::scenario::plan::Plan;
use crate::scenario::scripted::{ScriptedStep, Scripts};
use crate::scenario::source::ScenarioError;

/// The scripted dossiers, and how many facts each has come to.
pub struct Told<'a> {
    plan: &'a Plan,
    scripts: Scripts<'a>,
    versions: Vec<u32>,
    /// The story is taken up again: what was done stands, and what was refused cannot be tried in its old state.
    resumed: bool,
    /// Turns of scripted dossiers come after so many scripts.
    after: u32,
}

impl<'a> Told<'a> {
    pub fn new(plan: &'a Plan, seed: &str, after: usize) -> Self {
        let scripts = Scripts::of(plan, seed);
        Self {
            plan,
            versions: vec![0; scripts.len()],
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

    /// Tries one step. A refusal leaves no trace but the code, which must be the plan's.
    pub async fn attempt(
        &mut self,
        counter: &Counter,
        turn: Turn,
        played: &mut Played,
    ) -> Result<(), PlayError> {
        let (index, step) = ((turn.script - self.after) as usize, turn.step as usize);
        let taken = self.scripts.step(index, step);
        let mut request = self
            .scripts
            .request(index, step)
            .map_err(|why| self.impossible(step, why))?;
        // Tried again later, an attempt must not meet another state than the one it is written for.
        let begins = self.versions[index] == 0;
        let on_dossier = taken.name() != "void_code";
        request.expected_version =
            (taken.refused.is_some() && on_dossier && !begins).then_some(self.versions[index]);
        match (counter.submit(request).await, &taken.refused) {
            (Ok(receipt), None) => {
                self.resumed |= receipt.repeated;
                let registered = u32::from(begins && on_dossier);
                if on_dossier {
                    self.versions[index] += receipt.entries - registered.min(receipt.entries);
                }
                played.commands += 1;
                played.facts += u64::from(receipt.entries);
                played.size = played.size.max(receipt.size());
                Ok(())
            }
            (Err(refusal), Some(code)) if refusal.code() == code || self.is_past(&refusal) => {
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

    fn is_past(&self, refusal: &Refusal) -> bool {
        self.resumed && matches!(refusal, Refusal::Rejected(Rejection::Conflict { .. }))
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

//! Arrivals go on: the same plan told once more from today's date, at the pace of the office's clock.

use std::collections::HashSet;
use std::time::Duration;

use super::plan::Plan;
use super::player::request::Clerk;
use super::player::{Turn, in_order};
use super::script;
use super::source::ScenarioError;
use crate::acts::Counter;
use crate::domain::calendar::Calendar;
use crate::domain::time::Moment;

/// How long to sleep at most before the office's clock is looked at again.
const NAP_MAX: Duration = Duration::from_secs(30);

/// Plays on until the node stops. The plan's days follow each other from the office's today; a dossier that the rules
/// refuse (its day has turned out to be a day off, for one) is left where it is.
///
/// # Errors
/// [`ScenarioError`] when the plan cannot be told.
pub async fn go_on(counter: &Counter, plan: &Plan, seed: &str) -> Result<(), ScenarioError> {
    let today = counter.clock().date();
    let seed = format!("{seed}/live/{today}");
    let scripts = script::write(plan, &seed, 1)?;
    let clerk = Clerk::new(plan, &seed);
    let turns = in_order(&scripts);
    // The plan's first working day is today: what came in online before it arrives at once.
    let calendar: Calendar = Calendar::shipped().into_iter().collect();
    let first_day = calendar
        .on_or_after(plan.period.from)
        .unwrap_or(plan.period.from);
    let shift = i64::from((today - first_day).get_days()) * Moment::DAY;
    let mut left = HashSet::new();
    for Turn { at, script, step } in turns {
        wait_until(counter, Moment(at + shift)).await;
        if left.contains(&script) {
            continue;
        }
        let mut request = clerk.request(&scripts[script as usize], step as usize);
        request.at = None;
        if let Err(refusal) = counter.submit(request).await {
            tracing::debug!(
                code = refusal.code(),
                dossier = script,
                "a live dossier stays where it is"
            );
            left.insert(script);
        }
    }
    Ok(())
}

async fn wait_until(counter: &Counter, at: Moment) {
    loop {
        let ahead = at.0 - counter.clock().0;
        let Ok(micros) = u64::try_from(ahead) else {
            return;
        };
        if micros == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_micros(micros).min(NAP_MAX)).await;
    }
}

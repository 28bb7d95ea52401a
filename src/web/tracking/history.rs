//! What happened to a dossier, newest first, with moved promises and corrections kept visible.

use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::projections::history::Change;
use crate::web::dates::{self, When};
use crate::web::lang::Lang;
use crate::web::words;

/// One act as the public may know it: the role, never the person.
pub struct Line {
    pub version: u32,
    pub when: When,
    pub what: String,
    pub by: &'static str,
    pub reason: Option<&'static str>,
    pub breach: Option<&'static str>,
    /// An old promise and the one that took its place.
    pub moved: Option<(When, When)>,
    /// When it is said to have happened, if that is another minute than that of its recording.
    pub claimed: Option<When>,
    /// The day on which it was imported: `when` is then what another system claims.
    pub imported: Option<When>,
    /// Its slip was written by hand while the line was down.
    pub on_paper: bool,
    /// Puts something earlier right.
    pub corrects: bool,
}

pub fn lines(changes: &[Change], lang: Lang) -> Vec<Line> {
    let told = changes.iter().rev();
    told.filter_map(|change| line(change, lang)).collect()
}

fn line(change: &Change, lang: Lang) -> Option<Line> {
    let Event::Dossier(event) = &change.fact.event else {
        return None;
    };
    let (fact, around) = (&change.fact, &change.fact.circumstances);
    let claim = around.received_at.or(around.occurred_at);
    let on_paper = words::is_on_paper(event);
    let far = |claim: &Moment| (fact.recorded_at.0 - claim.0).abs() > 60 * 1_000_000;
    let told = around.source.is_some();
    let claim = claim.filter(|claim| !told && (on_paper || far(claim)));
    Some(Line {
        version: fact.version,
        when: dates::short(fact.at(), lang),
        what: words::told(event, lang),
        by: lang.pick(words::office_role(fact.actor.role)),
        reason: around.reason.map(|reason| lang.pick(reason.label())),
        breach: around
            .breach
            .as_ref()
            .map(|breach| lang.pick(breach.rule.label())),
        moved: moved(change, lang),
        claimed: claim.map(|claim| dates::short(claim, lang)),
        imported: told.then(|| dates::short(fact.recorded_at, lang)),
        on_paper,
        corrects: corrects(event),
    })
}

fn moved(change: &Change, lang: Lang) -> Option<(When, When)> {
    let (old, new) = (change.before.turn()?, change.after.turn()?);
    let same_turn = change.before.turns.len() == change.after.turns.len();
    (same_turn && old.due_at != new.due_at).then(|| {
        (
            dates::short(old.due_at, lang),
            dates::short(new.due_at, lang),
        )
    })
}

/// It puts something earlier right, or takes it back.
fn corrects(event: &DossierEvent) -> bool {
    matches!(
        event,
        DossierEvent::ApplicantDetailsCorrected(_)
            | DossierEvent::CapabilityReissued(_)
            | DossierEvent::StepReturned(_)
            | DossierEvent::StepRecalled(_)
            | DossierEvent::SupplementRetracted(_)
            | DossierEvent::WithdrawalRetracted(_)
            | DossierEvent::FinancialObligationCancelled(_)
            | DossierEvent::PaymentRefunded(_)
            | DossierEvent::ResultCorrected(_)
            | DossierEvent::ResultRevoked(_)
            | DossierEvent::ResultReplaced(_)
            | DossierEvent::DueDateRecomputed(_)
    )
}

/// The newest apology.
pub fn last_apology(changes: &[Change]) -> Option<&Change> {
    changes.iter().rev().find(|change| {
        matches!(
            change.fact.event,
            Event::Dossier(DossierEvent::ApologyIssued(_))
        )
    })
}

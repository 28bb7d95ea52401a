//! The legs of a linked dossier: one code for the citizen, and each agency's part with its own time.

use async_graphql::{Context, Object, SimpleObject};

use super::{Account, Reader};
use crate::api::Api;
use crate::api::access::api;
use crate::api::dossier::Dossier;
use crate::api::dossier::standing::{Timeliness, timeliness};
use crate::api::error::Result;
use crate::api::offices::Office;
use crate::api::words::{Certainty, DossierStatus, Label, LegOutcome, LegWait, phase_label};
use crate::domain::dossier::{self, Leg};
use crate::domain::time::Moment;
use crate::projections::tracking::{self, DossierRow};

/// One of the procedures that are settled behind one counter.
pub struct DossierLeg {
    leg: Leg,
    name: Option<Label>,
    note: Option<Label>,
    /// What it waits for at its agency or for its agency.
    waits_for: Option<LegWait>,
    row: Option<DossierRow>,
    ready_since: Option<Moment>,
    reader: Reader,
    now: Moment,
}

/// One of the procedures that are settled behind one counter.
#[Object]
impl DossierLeg {
    /// Its place in the list, from 1.
    async fn place(&self) -> u32 {
        self.leg.plan.place
    }

    /// What it is called; null when its procedure is sensitive and no receipt is shown.
    async fn name(&self) -> Option<&Label> {
        self.name.as_ref()
    }

    /// The agency that settles it.
    async fn office(&self, context: &Context<'_>) -> Option<Office> {
        let planned = self.leg.plan.office.as_str();
        let office = self.row.as_ref().map_or(planned, |row| &row.office);
        Office::find(api(context), office)
    }

    /// Places of the legs whose results it waits for before it begins.
    async fn after(&self) -> &[u32] {
        &self.leg.plan.after
    }

    /// Its state at the agency; null before it was given to it.
    async fn status(&self) -> Option<DossierStatus> {
        self.row.as_ref().map(|row| row.phase.into())
    }

    /// How it stands, in words.
    async fn status_label(&self) -> Label {
        match &self.row {
            Some(row) => phase_label(row.phase).into(),
            None => self.leg.unopened(self.ready_since.is_some()).into(),
        }
    }

    /// When its agency got it.
    async fn opened_at(&self) -> Option<Moment> {
        self.leg.opened.as_ref().map(|opened| opened.at)
    }

    /// Since when it could be given to its agency and was not: at most ten minutes (Decree 301/2026).
    async fn ready_since(&self) -> Option<Moment> {
        self.ready_since
    }

    /// By when its agency is to acknowledge it, while it has not.
    async fn acknowledge_by(&self) -> Option<Moment> {
        self.row.as_ref().and_then(|row| row.intake_due_at)
    }

    /// When its agency acknowledged it.
    async fn accepted_at(&self) -> Option<Moment> {
        self.row.as_ref().and_then(|row| row.accepted_at)
    }

    /// By when its agency is to settle it; null before acceptance, and where no limit is sure enough to be promised.
    async fn due_at(&self) -> Option<Moment> {
        self.row.as_ref().and_then(|row| row.due_at)
    }

    /// How sure its limit is.
    async fn limit_certainty(&self) -> Option<Certainty> {
        let row = self.row.as_ref()?;
        row.limit_certainty.map(Into::into)
    }

    /// What the law says of its time beside the limit.
    async fn limit_note(&self) -> Option<&Label> {
        self.note.as_ref()
    }

    /// How it stands against its own promise; never early or late where there is none.
    async fn timeliness(&self) -> Timeliness {
        let row = self.row.as_ref();
        row.map_or(Timeliness::NotPromised, |row| timeliness(row, self.now))
    }

    /// It waits for the applicant: the promise of the whole does not count that time.
    async fn waits_for(&self) -> Option<LegWait> {
        self.waits_for
    }

    /// Components asked for, by their place in the list of the leg's procedure, from 1.
    async fn supplement_items(&self) -> &[u32] {
        self.row.as_ref().map_or(&[], |row| &row.supplement_items)
    }

    /// How it ended.
    async fn outcome(&self) -> Option<LegOutcome> {
        self.leg.ended.map(|(outcome, _)| outcome.into())
    }

    /// When it ended.
    async fn ended_at(&self) -> Option<Moment> {
        self.leg.ended.map(|(_, at)| at)
    }

    /// When its result was handed over: as soon as it was there.
    async fn delivered_at(&self) -> Option<Moment> {
        self.leg.delivered.map(|(_, at)| at)
    }

    /// The code in its agency's register, for officers.
    async fn code(&self) -> Option<&str> {
        let opened = self.leg.opened.as_ref();
        let opened = opened.filter(|_| self.reader == Reader::Staff)?;
        Some(opened.code.as_str())
    }

    /// The leg itself, for officers of the one-stop unit where the whole was filed, and auditors.
    async fn dossier(&self) -> Option<Dossier> {
        let row = self.row.clone().filter(|_| self.reader == Reader::Staff)?;
        Some(Dossier::current(row, self.now))
    }
}

/// What a leg belongs to.
#[derive(SimpleObject)]
pub struct DossierLegOf {
    /// The code that the citizen has.
    code: String,
    /// Its place in the list, from 1.
    place: u32,
    /// The one-stop unit that took the whole in.
    office: Option<Office>,
    /// Results of other legs that are papers of this one.
    results: Vec<DossierLegResult>,
    /// Place of the leg whose result is to be put right before this one goes on.
    awaits_correction_of: Option<u32>,
    /// Places of the legs that ask for a correction of this one's result.
    corrections_asked_by: Vec<u32>,
}

/// The result of another leg.
#[derive(SimpleObject)]
pub struct DossierLegResult {
    /// Place of that leg.
    place: u32,
    /// Its number; null where it had none when this leg began.
    number: Option<String>,
}

impl DossierLegOf {
    pub(super) fn of(api: &Api, dossier: &dossier::Dossier) -> Option<Self> {
        let leg_of = dossier.leg_of.as_ref()?;
        let results = leg_of.results.iter().map(|result| DossierLegResult {
            place: result.place,
            number: result.number.clone(),
        });
        Some(Self {
            code: leg_of.code.to_string(),
            place: leg_of.place,
            office: Office::find(api, leg_of.office.as_str()),
            results: results.collect(),
            awaits_correction_of: dossier.awaits_correction_of,
            corrections_asked_by: dossier.corrections.iter().map(|one| one.place).collect(),
        })
    }
}

/// Every leg, in the order of the places; empty when the dossier is not linked.
pub(super) async fn of(account: &Account<'_>, api: &Api) -> Result<Vec<DossierLeg>> {
    let books = account.books(api).await?;
    let Some(last) = books.changes.last() else {
        return Ok(Vec::new());
    };
    let whole = &last.after;
    let rows = tracking::legs(&api.models, whole).await?;
    let record = whole.pinned_procedure(&books.reference, books.today());
    let legs = whole.legs.iter().map(|leg| {
        let row = leg.opened.as_ref().and_then(|opened| {
            let mut rows = rows.iter();
            rows.find(|row| row.id == opened.id).cloned()
        });
        let known = record.and_then(|record| record.leg(leg.plan.place));
        let hidden =
            account.reader == Reader::Public && row.as_ref().is_some_and(|row| row.sensitive);
        let name = known.map(|leg| (leg.name_vi.as_str(), leg.name_en.as_str()));
        let note = known.and_then(|leg| {
            leg.limit_note_vi
                .as_deref()
                .zip(leg.limit_note_en.as_deref())
        });
        DossierLeg {
            name: name.filter(|_| !hidden).map(Into::into),
            note: note.map(Into::into),
            waits_for: row
                .as_ref()
                .and_then(|row| row.phase.waits_outside())
                .map(Into::into),
            ready_since: whole.leg_ready_since(leg),
            leg: leg.clone(),
            row,
            reader: account.reader,
            now: books.now,
        }
    });
    Ok(legs.collect())
}

//! The mutations about personal data itself: destroying it, and opening what could not wait.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::form::Form;
use super::input::OnDossier;
use super::perform::{Asked, CommandPayload, Target, known, perform};
use crate::acts::Act;
use crate::acts::erasing;
use crate::api::access::{self, Sight, api};
use crate::api::dossier::applicant::{self, Applicant};
use crate::api::error::{Answered, Problem, Result};
use crate::api::words::DataPurpose;
use crate::api::{Api, wait_for};
use crate::domain::access::{Looked, Purpose};
use crate::domain::erasure::{ErasureAct, ErasureRequested};
use crate::journal::Until;
use crate::projections::history;
use crate::projections::tracking::by_id;

/// Input of `erasePersonalData`.
#[derive(InputObject)]
pub struct ErasePersonalDataInput {
    #[graphql(flatten)]
    on: OnDossier,
    /// Which data of its person.
    #[graphql(validator(min_items = 1, max_items = 4))]
    purposes: Vec<DataPurpose>,
    /// Number of the decision, such as `123/QĐ-UBND`.
    decision: String,
}

/// Input of `breakGlass`.
#[derive(InputObject)]
pub struct BreakGlassInput {
    #[graphql(flatten)]
    on: OnDossier,
}

/// What came of breaking the glass.
#[derive(SimpleObject)]
pub struct BreakGlassPayload {
    #[graphql(flatten)]
    done: CommandPayload,
    /// The person in full, once it is on record that it was opened.
    applicant: Option<Applicant>,
}

/// What is done about personal data itself.
#[derive(Default)]
pub struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Destroy personal data of a closed dossier, by a decision and with a reason: keys, values and files, for good. Facts, codes,
    /// dates and proofs stay. It is answered once all of it is gone. For the head of the unit that has the dossier, and
    /// administrators.
    async fn erase_personal_data(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Of which dossier, what, by which decision.")]
        input: ErasePersonalDataInput,
    ) -> Answered<CommandPayload> {
        let erased = async {
            let api = api(context);
            let mut form = Form::default();
            let decision = form.document_number("input.decision", &input.decision);
            let order = match (known(api, &input.on.dossier).await?, decision) {
                (Some(dossier), Some(decision)) => ordered(api, dossier, &input, decision).await?,
                _ => None,
            };
            let mut asked = match &order {
                // Where there is nobody the rules say so.
                None => Asked::on(input.on, form, None),
                Some(order) => {
                    let mut asked = Asked::new(input.on.around, Target::New, form, None);
                    asked.other = Some(Act::Erase(ErasureAct::Request(order.clone())));
                    asked
                }
            };
            if order.is_none() && asked.form.errors.is_empty() {
                asked.form.nobody("input.dossier");
            }
            let done = match perform(context, asked).await {
                Some(done) => done?,
                None => return Ok(None),
            };
            if let (Some(order), Some(position)) = (order, done.first_position()) {
                carried_out(api, position, order).await?;
            }
            Ok(Some(done))
        };
        erased.await.transpose()
    }

    /// Open a dossier's person in full because it could not wait, with a reason: for officers of the dossier's office who see it
    /// masked. It is on record before it is shown, and the person reads of it.
    #[graphql(complexity = "20 + child_complexity")]
    async fn break_glass(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which dossier, and why.")] input: BreakGlassInput,
    ) -> Answered<BreakGlassPayload> {
        let broken = async {
            let (api, actor) = (api(context), access::signed_in(context)?);
            let dossier = known(api, &input.on.dossier).await?;
            let row = match dossier {
                Some(dossier) => by_id(&api.models, dossier).await?,
                None => None,
            };
            let row = row.ok_or(Problem::Forbidden)?;
            let is_officer = access::is_officer(actor.role);
            if !is_officer || access::sight(actor, &row) == Sight::None {
                return Err(Problem::Forbidden);
            }
            let mut asked = Asked::new(input.on.around, Target::New, Form::default(), None);
            let streams = row.leg_of.into_iter().chain([row.id]).collect();
            asked.other = Some(Act::Access(Looked::at(Purpose::BreakGlass, streams)));
            let Some(done) = perform(context, asked).await else {
                return Ok(None);
            };
            let done = done?;
            let applicant = if done.is_done() {
                applicant::open(api, row.id, Until::End, true, true).await?
            } else {
                None
            };
            Ok(Some(BreakGlassPayload { done, applicant }))
        };
        broken.await.transpose()
    }
}

/// What is to be destroyed; none where the dossier has no person.
async fn ordered(
    api: &Api,
    dossier: uuid::Uuid,
    input: &ErasePersonalDataInput,
    decision: String,
) -> Result<Option<ErasureRequested>> {
    let state = history::fold(&api.journal, dossier, Until::End).await?;
    let subject = state.and_then(|state| state.subject());
    Ok(subject.map(|subject| ErasureRequested {
        subject,
        dossier,
        purposes: input.purposes.iter().copied().map(Into::into).collect(),
        decision,
    }))
}

/// In a task of its own: whoever asked may be gone before it is done.
async fn carried_out(api: &Api, position: u64, order: ErasureRequested) -> Result<()> {
    let desk = api.desk.clone().ok_or(Problem::Withheld)?;
    let task = tokio::spawn(async move {
        erasing::carry_out(&desk.counter, &desk.vault, position, &order).await
    });
    let done = task.await.map_err(Problem::internal)?;
    let size = done.map_err(|error| Problem::Unavailable(std::sync::Arc::new(error.into())))?;
    // The certificate can be read when this is answered.
    let newest = size.map(|size| crate::api::scalar::Long(size.saturating_sub(1)));
    match wait_for(api, newest).await {
        Ok(()) | Err(Problem::NotYet { .. }) => Ok(()),
        Err(problem) => Err(problem),
    }
}

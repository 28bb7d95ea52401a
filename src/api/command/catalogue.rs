//! The mutations on the catalogue: published and amended, abolished, its processes approved, reviews proposed.

use async_graphql::{Context, Object};

use super::catalogue_input::{
    AbolishProcedureInput, ApproveProcessInput, ProposeProcedureReviewInput, PublishProcedureInput,
};
use super::form::Form;
use super::input::Around;
use super::perform::{Asked, CommandPayload, Target, perform};
use crate::acts::Act;
use crate::api::error::Answered;
use crate::domain::catalogue::{InternalProcess, ReviewProposed};
use crate::domain::code::{OfficeCode, ProcedureCode};

/// What can be done to the catalogue.
#[derive(Default)]
pub struct CatalogueMutation;

#[Object]
impl CatalogueMutation {
    /// Publish a procedure, or a newer version of one with the decision that amends it. Dossiers keep the version they
    /// were accepted under.
    async fn publish_procedure(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version, and the circumstances.")] input: PublishProcedureInput,
    ) -> Answered<CommandPayload> {
        let record = Box::new(input.procedure.into());
        let act = Some(Act::Publish(record));
        shelve(context, input.around, Form::default(), act).await
    }

    /// Abolish a procedure by a decision. Dossiers that were accepted before go on.
    async fn abolish_procedure(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, by what decision, and the circumstances.")]
        input: AbolishProcedureInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let procedure = form.code::<ProcedureCode>("input.procedure", &input.procedure);
        let decision = form.document_number("input.decision", &input.decision);
        let act = procedure
            .zip(decision)
            .map(|(procedure, decision)| Act::Abolish {
                procedure: procedure.into(),
                decision,
                decided_on: input.decided_on.map(|day| day.0),
                from: input.from.0,
            });
        shelve(context, input.around, form, act).await
    }

    /// Approve a version of a procedure's internal process. Refused when its hours are more than the limit gives.
    async fn approve_process(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The process, and the circumstances.")] input: ApproveProcessInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let path = |field: &str| format!("input.process.{field}");
        let given = &input.process;
        let procedure = form.code::<ProcedureCode>(&path("procedure"), &given.procedure);
        let agency = form.code::<OfficeCode>(&path("approvedBy"), &given.approved_by);
        let decision = form.document_number(&path("decision"), &given.decision);
        let checked = procedure.zip(agency).zip(decision);
        let act = checked.map(|((procedure, agency), decision)| {
            let process = InternalProcess {
                procedure: procedure.into(),
                approved_by: agency.into(),
                decision,
                ..input.process.into()
            };
            Act::ApproveProcess(Box::new(process))
        });
        shelve(context, input.around, form, act).await
    }

    /// Propose what a yearly review found: that a procedure be abolished, simplified or amended.
    async fn propose_procedure_review(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what for, and the circumstances.")]
        input: ProposeProcedureReviewInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let procedure = form.code::<ProcedureCode>("input.procedure", &input.procedure);
        let act = procedure.map(|procedure| {
            Act::ProposeReview(ReviewProposed {
                code: procedure.into(),
                kind: input.kind.into(),
                // A year beyond what fits is no year of a review either: the rules refuse it.
                year: i16::try_from(input.year).unwrap_or(i16::MAX),
                level: input.level.into(),
            })
        });
        shelve(context, input.around, form, act).await
    }
}

async fn shelve(
    context: &Context<'_>,
    around: Around,
    form: Form,
    act: Option<Act>,
) -> Answered<CommandPayload> {
    let mut asked = Asked::new(around, Target::New, form, None);
    asked.other = act;
    perform(context, asked).await
}

//! The mutations of supervision: inspections, reminders, plans of reviews.

use async_graphql::{Context, InputObject, Object};

use super::form::Form;
use super::input::Around;
use super::perform::{Asked, CommandPayload, Target, perform};
use crate::acts::Act;
use crate::api::access::api;
use crate::api::error::{Answered, UserError};
use crate::api::scalar::{Day, Long};
use crate::api::words::{BreachRule, InspectionFindingKind, InspectionSubject};
use crate::domain::supervision::{InspectionOpened, ReviewPlan, SupervisionAct};
use crate::projections::tracking;

/// Input of `openInspection`.
#[derive(InputObject)]
pub struct OpenInspectionInput {
    /// Letters, digits and `. _ - :`, a digit among them: `KT-2022-01`.
    code: String,
    /// Number of the decision, at most 200 characters. It stands in the journal for ever: no names.
    decision: String,
    /// Codes of the posts on the team, never names: `truong-doan-1`.
    #[graphql(validator(max_items = 20))]
    team: Vec<String>,
    /// Code of the inspected office.
    office: String,
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// What is looked at.
    subject: InspectionSubject,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `noteInspectionFinding`. What there is to say goes into `note`.
#[derive(InputObject)]
pub struct NoteInspectionFindingInput {
    /// Code of the inspection.
    inspection: String,
    /// What kind of shortcoming.
    kind: InspectionFindingKind,
    /// Positions of the facts that show it.
    #[graphql(default, validator(max_items = 100))]
    facts: Vec<Long>,
    /// The rule it offends against, when facts name it.
    breach: Option<BreachRule>,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `orderCorrection`.
#[derive(InputObject)]
pub struct OrderCorrectionInput {
    /// Code of the inspection.
    inspection: String,
    /// Which finding, from 1.
    finding: u32,
    /// Last day.
    due_on: Day,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `reportCorrection`.
#[derive(InputObject)]
pub struct ReportCorrectionInput {
    /// Code of the inspection.
    inspection: String,
    /// Which finding, from 1.
    finding: u32,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `closeInspection`.
#[derive(InputObject)]
pub struct CloseInspectionInput {
    /// Code of the inspection.
    inspection: String,
    #[graphql(flatten)]
    around: Around,
}

/// Days, both of which count.
#[derive(InputObject)]
pub struct DaysInput {
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
}

/// Input of `sendReminder`. What there is to say goes into `note`.
#[derive(InputObject)]
pub struct SendReminderInput {
    /// Code of the agency that is reminded.
    to: String,
    /// Codes of the dossiers it is about.
    #[graphql(default, validator(max_items = 100))]
    dossiers: Vec<String>,
    /// The days it is about, when it names no dossiers.
    period: Option<DaysInput>,
    /// Last day to reply.
    due_on: Day,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `answerReminder`. The reply goes into `note`.
#[derive(InputObject)]
pub struct AnswerReminderInput {
    /// Number of the reminder.
    number: u32,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `planReview`.
#[derive(InputObject)]
pub struct PlanReviewInput {
    /// Of the review.
    year: i16,
    /// Number of the plan, at most 200 characters.
    decision: String,
    /// Codes of the procedures to be reviewed.
    #[graphql(validator(max_items = 500))]
    procedures: Vec<String>,
    /// Percent of the time for settlement to be cut.
    time_cut_percent: Option<u8>,
    /// Percent of the cost of compliance to be cut.
    cost_cut_percent: Option<u8>,
    #[graphql(flatten)]
    around: Around,
}

/// Supervision.
#[derive(Default)]
pub struct SupervisionMutation;

#[Object]
impl SupervisionMutation {
    /// Open an inspection of an office: procedure control.
    async fn open_inspection(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "By which decision, of whom, when.")] input: OpenInspectionInput,
    ) -> Answered<CommandPayload> {
        let opened = InspectionOpened {
            code: input.code.trim().to_owned(),
            decision: input.decision,
            team: input.team,
            office: input.office.trim().to_owned(),
            from: input.from.0,
            to: input.to.0,
            subject: input.subject.into(),
        };
        given(
            context,
            input.around,
            SupervisionAct::OpenInspection(opened),
        )
        .await
    }

    /// Note a shortcoming, with the facts that show it: procedure control, while the inspection is open.
    async fn note_inspection_finding(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which inspection, what was found.")] input: NoteInspectionFindingInput,
    ) -> Answered<CommandPayload> {
        let size = api(context).models.size();
        let mut form = Form::default();
        if input.facts.iter().any(|position| position.0 >= size) {
            form.errors.push(UserError::malformed(
                "input.facts",
                "Sổ không có ghi nhận ở vị trí này. Kiểm tra lại vị trí.",
                "the journal has no fact at such a position",
            ));
        }
        let act = SupervisionAct::NoteFinding {
            inspection: input.inspection,
            kind: input.kind.into(),
            facts: input.facts.into_iter().map(|position| position.0).collect(),
            breach: input.breach.map(Into::into),
        };
        checked(context, input.around, form, act).await
    }

    /// Order that what was found be put right by a day: procedure control.
    async fn order_correction(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which finding, by when.")] input: OrderCorrectionInput,
    ) -> Answered<CommandPayload> {
        let act = SupervisionAct::OrderCorrection {
            inspection: input.inspection,
            finding: input.finding,
            due_on: input.due_on.0,
        };
        given(context, input.around, act).await
    }

    /// Report that it was put right: the head of the inspected unit. A late report is shown as late.
    async fn report_correction(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which finding.")] input: ReportCorrectionInput,
    ) -> Answered<CommandPayload> {
        let act = SupervisionAct::ReportCorrection {
            inspection: input.inspection,
            finding: input.finding,
        };
        given(context, input.around, act).await
    }

    /// Close an inspection: procedure control. Corrections are still ordered and reported.
    async fn close_inspection(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CloseInspectionInput,
    ) -> Answered<CommandPayload> {
        let inspection = input.inspection;
        let act = SupervisionAct::CloseInspection { inspection };
        given(context, input.around, act).await
    }

    /// Remind an agency in writing: the head of a one-stop unit (Decree 61/2018 arts. 8–12).
    async fn send_reminder(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whom, about what, by when.")] input: SendReminderInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        for code in &input.dossiers {
            match tracking::by_code(&api(context).models, code).await {
                Ok(Some(_)) => {}
                Ok(None) => form.errors.push(UserError::malformed(
                    "input.dossiers",
                    "Không có hồ sơ mang mã này. Kiểm tra lại mã hồ sơ.",
                    "no dossier has such a code",
                )),
                Err(error) => return Some(Err(error.into())),
            }
        }
        let act = SupervisionAct::Remind {
            to: input.to.trim().to_owned(),
            dossiers: input.dossiers,
            period: input.period.map(|days| (days.from.0, days.to.0)),
            due_on: input.due_on.0,
        };
        checked(context, input.around, form, act).await
    }

    /// Reply to a reminder: the agency that was reminded.
    async fn answer_reminder(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which reminder.")] input: AnswerReminderInput,
    ) -> Answered<CommandPayload> {
        let number = input.number;
        let act = SupervisionAct::AnswerReminder { number };
        given(context, input.around, act).await
    }

    /// Set a plan of reviews: which procedures, and how much is to be saved.
    async fn plan_review(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The plan.")] input: PlanReviewInput,
    ) -> Answered<CommandPayload> {
        let plan = ReviewPlan {
            year: input.year,
            decision: input.decision,
            procedures: input.procedures,
            time_cut_percent: input.time_cut_percent,
            cost_cut_percent: input.cost_cut_percent,
        };
        given(context, input.around, SupervisionAct::PlanReview(plan)).await
    }
}

async fn given(
    context: &Context<'_>,
    around: Around,
    act: SupervisionAct,
) -> Answered<CommandPayload> {
    checked(context, around, Form::default(), act).await
}

async fn checked(
    context: &Context<'_>,
    around: Around,
    form: Form,
    act: SupervisionAct,
) -> Answered<CommandPayload> {
    let mut asked = Asked::new(around, Target::New, form, None);
    asked.other = Some(Act::Supervise(act));
    perform(context, asked).await
}

//! Setting a target: a fact on the reference shelf, never a state.

use async_graphql::{Context, InputObject, Object};

use super::form::Form;
use super::input::Around;
use super::perform::{Asked, CommandPayload, Target as On, perform};
use crate::acts::Act;
use crate::api::error::Answered;
use crate::api::scalar::Day;
use crate::api::statistics::Indicator;
use crate::api::words::{Certainty, Level};
use crate::domain::code::OfficeCode;
use crate::domain::target::{Goal, Target};

/// How much is to be reached: a ratio, never a rounded percentage.
#[derive(InputObject)]
pub struct GoalInput {
    /// 40 of 40 in 100.
    numerator: u32,
    /// 100 of 40 in 100; not 0.
    denominator: u32,
}

/// Input of `setTarget`.
#[derive(InputObject)]
pub struct SetTargetInput {
    /// What is measured.
    indicator: Indicator,
    /// Code of one office; not together with level.
    office: Option<String>,
    /// All offices of a level.
    level: Option<Level>,
    /// First day.
    from: Day,
    /// Last day.
    to: Day,
    /// How much.
    value: GoalInput,
    /// Number of the plan or decision that sets it, at most 200 characters. It stands in the journal for ever: no names.
    plan: String,
    /// How sure it is.
    certainty: Certainty,
    #[graphql(flatten)]
    around: Around,
}

/// What authorities can set.
#[derive(Default)]
pub struct TargetMutation;

#[Object]
impl TargetMutation {
    /// Set what is to be reached: by an administrator, or by the head of a one-stop unit for it alone. A later target for
    /// the same indicator, unit and days takes the place of the earlier, which stays on record.
    async fn set_target(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What, whose, by when, how much.")] input: SetTargetInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let office = input.office.as_deref();
        let office = office.map(|code| form.code::<OfficeCode>("input.office", code));
        let target = Target {
            indicator: input.indicator.into(),
            office: office.flatten().map(Into::into),
            level: input.level.map(Into::into),
            from: input.from.0,
            to: input.to.0,
            value: Goal {
                numerator: input.value.numerator,
                denominator: input.value.denominator,
            },
            basis: input.plan,
            certainty: input.certainty.into(),
        };
        let mut asked = Asked::new(input.around, On::New, form, None);
        asked.other = Some(Act::SetTarget(target));
        perform(context, asked).await
    }
}

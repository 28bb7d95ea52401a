//! The mutations of an office's staff.

use async_graphql::{Context, InputObject, Object};

use super::form::{Form, optional};
use super::input::Around;
use super::perform::{Asked, CommandPayload, Target, perform};
use crate::acts::Act;
use crate::api::error::Answered;
use crate::api::scalar::Day;
use crate::domain::code::OfficeCode;
use crate::domain::staff::{Left, Officer, Secondment, StaffAct};

const TEXT_CHARS_MAX: usize = 200;

/// Input of `registerOfficer`.
#[derive(InputObject)]
pub struct RegisterOfficerInput {
    #[graphql(flatten)]
    record: OfficerInput,
}

/// Input of `changeOfficer`: the record as it is to be.
#[derive(InputObject)]
pub struct ChangeOfficerInput {
    #[graphql(flatten)]
    record: OfficerInput,
}

/// An officer as the register is to have them.
#[derive(InputObject)]
pub struct OfficerInput {
    /// Code of the office.
    office: String,
    /// The pseudonym that their acts are recorded under.
    officer: String,
    /// Family name, middle names, given name. Kept in the vault, and published with the list of the office; may be left out
    /// of a change that does not touch it.
    full_name: Option<String>,
    /// Telephone number at work; as `fullName`, and only together with it.
    phone: Option<String>,
    /// Of the post, in Vietnamese, at most 200 characters. It stands in the journal for ever: no names.
    title: String,
    /// Fields of work, by their Vietnamese names; none for all.
    #[graphql(default, validator(max_items = 20))]
    fields: Vec<String>,
    /// First day at the office.
    from: Day,
    /// Who lends them, and until when.
    secondment: Option<SecondmentInput>,
    /// Pseudonym of the colleague who stands in; registered at the same office.
    substitute: Option<String>,
    #[graphql(flatten)]
    around: Around,
}

/// An officer who is lent to the one-stop unit.
#[derive(InputObject)]
pub struct SecondmentInput {
    /// Code of the agency that lends.
    by: String,
    /// Last day.
    until: Day,
}

/// Input of `endOfficer`.
#[derive(InputObject)]
pub struct EndOfficerInput {
    /// Code of the office.
    office: String,
    /// The pseudonym.
    officer: String,
    /// Last day.
    on: Day,
    #[graphql(flatten)]
    around: Around,
}

/// What is done to the staff of an office.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Register an officer of an office. For the head of the one-stop unit, and administrators.
    async fn register_officer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whom, as what, since when.")] input: RegisterOfficerInput,
    ) -> Answered<CommandPayload> {
        recorded(context, input.record, StaffAct::Register).await
    }

    /// Put another record in the place of an officer's. A name that changes is destroyed in the vault once the new one is
    /// recorded.
    async fn change_officer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The record as it is to be.")] input: ChangeOfficerInput,
    ) -> Answered<CommandPayload> {
        recorded(context, input.record, StaffAct::Change).await
    }

    /// Say that an officer has left the office.
    async fn end_officer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who, and the last day.")] input: EndOfficerInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let office = form.code::<OfficeCode>("input.office", &input.office);
        let officer = form.person("input.officer", &input.officer);
        let act = office.zip(officer).map(|(office, officer)| {
            StaffAct::Leave(Left {
                office,
                officer,
                on: input.on.0,
            })
        });
        let mut asked = Asked::new(input.around, Target::New, form, None);
        asked.other = act.map(Act::Staff);
        perform(context, asked).await
    }
}

async fn recorded(
    context: &Context<'_>,
    input: OfficerInput,
    act: fn(Officer) -> StaffAct,
) -> Answered<CommandPayload> {
    let mut form = Form::default();
    let office = form.code::<OfficeCode>("input.office", &input.office);
    let officer = form.person("input.officer", &input.officer);
    let title = form.line("input.title", &input.title, TEXT_CHARS_MAX);
    let fields = input.fields.iter();
    let fields: Option<Vec<_>> = fields
        .map(|field| form.line("input.fields", field, TEXT_CHARS_MAX))
        .collect();
    let secondment = optional(input.secondment, |lent| {
        let by = form.code::<OfficeCode>("input.secondment.by", &lent.by)?;
        let until = lent.until.0;
        Some(Secondment { by, until })
    });
    let substitute = optional(input.substitute.as_deref(), |id| {
        form.person("input.substitute", id)
    });
    let person = form.officer(input.full_name.as_deref(), input.phone.as_deref());
    let read = || {
        Some(Officer {
            office: office?,
            officer: officer?,
            title: title?,
            fields: fields?,
            from: input.from.0,
            secondment: secondment?,
            substitute: substitute?,
        })
    };
    let read = read();
    let mut asked = Asked::new(input.around, Target::New, form, None);
    asked.other = read.map(act).map(Act::Staff);
    asked.personal.extend(person);
    perform(context, asked).await
}

//! The mutations for offices that end: the decision that closes them, and a dossier that its route brought to the wrong one.

use async_graphql::{Context, InputObject, Object};
use uuid::Uuid;

use super::form::Form;
use super::input::OnDossier;
use super::perform::{Asked, CommandPayload, perform};
use super::reference::{LINE_CHARS_MAX, record};
use crate::acts::Act;
use crate::api::error::Answered;
use crate::api::scalar::Day;
use crate::api::words::Certainty;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::dossier::DossierCommand as C;
use crate::domain::reorganisation::{Reorganisation, Route};

/// Input of `reorganiseOffices`.
#[derive(InputObject)]
pub struct ReorganiseOfficesInput {
    /// Chosen by the client, new for every act: the same id with the same content is answered once and for all.
    pub command_id: Uuid,
    /// Number of the decision, as printed: `1685/NQ-UBTVQH15`. No two have the same.
    pub decision: String,
    /// The day it bears.
    pub decided_on: Day,
    /// First day without the offices it closes.
    pub effective_from: Day,
    /// Codes of the offices that end; none of them ends by another decision.
    #[graphql(validator(max_items = 500))]
    pub closes: Vec<String>,
    /// Where what they have goes: of each office the first route that fits.
    #[graphql(validator(max_items = 500))]
    pub routes: Vec<RouteInput>,
    /// What empowers the one who decided, at most 120 characters.
    pub legal_basis: String,
    /// How sure the record is.
    pub certainty: Certainty,
}

/// Where what an office had goes. The last route of each office names neither procedures nor fields: it takes whatever is left.
#[derive(InputObject)]
pub struct RouteInput {
    /// Code of the office that ends.
    pub from: String,
    /// Codes of procedures.
    #[graphql(default, validator(max_items = 500))]
    pub procedures: Vec<String>,
    /// Fields of procedures, by their Vietnamese names in the catalogue.
    #[graphql(default, validator(max_items = 500))]
    pub fields: Vec<String>,
    /// Code of the office that takes over; it exists on the day and does not end.
    pub to: String,
}

/// Input of `transferDossier`.
#[derive(InputObject)]
pub struct TransferDossierInput {
    #[graphql(flatten)]
    pub on: OnDossier,
    /// Code of another office that took over by the same decision.
    pub to: String,
}

/// What can be done when offices end.
#[derive(Default)]
pub struct ReorganisationMutation;

#[Object]
impl ReorganisationMutation {
    /// Close offices by a decision, from its day on. What they have that is not done is then moved by the program itself, a
    /// fact for each dossier; codes, promises and clocks stay as they are. Open the offices that take over beforehand.
    async fn reorganise_offices(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The decision.")] input: ReorganiseOfficesInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let legal_basis = form.line("input.legalBasis", &input.legal_basis, LINE_CHARS_MAX);
        let closes = codes::<OfficeCode>(&mut form, "input.closes", &input.closes);
        let routes = input.routes.iter();
        let routes: Option<Vec<Route>> = routes.map(|one| route(&mut form, one)).collect();
        let parts = legal_basis.zip(closes).zip(routes);
        let act = parts.map(|((legal_basis, closes), routes)| {
            Act::Reorganise(Box::new(Reorganisation {
                decision: input.decision.trim().to_owned(),
                decided_on: input.decided_on.0,
                effective_from: input.effective_from.0,
                closes,
                routes,
                legal_basis,
                certainty: input.certainty.into(),
            }))
        });
        record(context, input.command_id, form, act).await
    }

    /// Pass a dossier on to another office that took over by the same decision, with a reason: its route was wrong. The clock
    /// is what it was.
    async fn transfer_dossier(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, where to, and the circumstances.")] input: TransferDossierInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let to = form.code::<OfficeCode>("input.to", &input.to);
        let command = to.map(|to| C::PassOn { to });
        perform(context, Asked::on(input.on, form, command)).await
    }
}

fn route(form: &mut Form, input: &RouteInput) -> Option<Route> {
    Some(Route {
        from: form.code::<OfficeCode>("input.routes.from", &input.from)?,
        procedures: codes::<ProcedureCode>(form, "input.routes.procedures", &input.procedures)?,
        fields: input.fields.clone(),
        to: form.code::<OfficeCode>("input.routes.to", &input.to)?,
    })
}

fn codes<T: std::str::FromStr<Err = crate::domain::code::CodeError>>(
    form: &mut Form,
    path: &str,
    input: &[String],
) -> Option<Vec<T>> {
    input.iter().map(|code| form.code(path, code)).collect()
}

//! One act on many dossiers: each is a command of its own, succeeds or fails by itself, and is answered in its place.

use async_graphql::{Context, ID, Object, SimpleObject};
use futures_util::future::join_all;
use uuid::Uuid;

use super::desk::handed_over;
use super::form::{Form, optional};
use super::input::{Around, BulkAct, BulkInput, PlainAct};
use super::perform::{Asked, Target, known, prepare};
use crate::acts::{Counter, Receipt, Refusal, Request};
use crate::api::access::{self, api};
use crate::api::error::{Answered, Problem, Result, UserError};
use crate::api::scalar::Long;
use crate::api::{Api, WAIT_MAX};
use crate::domain::actor::Actor;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::{DossierCommand as C, Rejection};

/// What came of one act on many dossiers.
#[derive(SimpleObject)]
pub struct BulkPayload {
    /// One for each dossier, in the order given.
    outcomes: Vec<BulkOutcome>,
    /// How many were done, now or before.
    done: u32,
    /// How many were refused; nothing was recorded of these.
    refused: u32,
    /// This node shows all of it already. False is still success: ask later with `minPosition`.
    visible: bool,
}

/// What came of it for one dossier.
#[derive(SimpleObject)]
pub struct BulkOutcome {
    /// As it was given.
    dossier: ID,
    /// Id of its own command; null when there is no such dossier.
    command_id: Option<Uuid>,
    /// Position of the command's first fact; null when it was refused.
    position: Option<Long>,
    /// The command was known: this is the first answer again.
    repeated: bool,
    /// Why it was refused; empty when it was done.
    errors: Vec<UserError>,
}

/// Acts on many dossiers.
#[derive(Default)]
pub struct BulkMutation;

#[Object]
impl BulkMutation {
    /// Do the same to many dossiers. Each succeeds or fails by itself; none waits for another.
    #[graphql(complexity = "1 + input.dossiers.len() * child_complexity")]
    async fn bulk(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, what, and the circumstances.")] input: BulkInput,
    ) -> Answered<BulkPayload> {
        let done = async {
            let actor = access::signed_in(context)?;
            done(api(context), actor, &input).await
        };
        let done = done.await;
        if let Ok(payload) = &done
            && payload.done == 0
        {
            let errors = payload.outcomes.iter().flat_map(|one| &one.errors);
            access::answered_with(context, errors);
        }
        Some(done)
    }
}

async fn done(api: &Api, actor: &Actor, input: &BulkInput) -> Result<BulkPayload> {
    let counter = api.counter();
    let mut prepared = Vec::with_capacity(input.dossiers.len());
    for dossier in &input.dossiers {
        prepared.push(one(api, actor, input, dossier).await?);
    }
    // All are handed in before the first is answered: they meet in one batch.
    let submitted = prepared
        .into_iter()
        .map(|(command, request)| submit(counter.as_ref().ok().copied(), command, request));
    let answers = join_all(submitted).await;
    let mut payload = BulkPayload {
        outcomes: Vec::with_capacity(answers.len()),
        done: 0,
        refused: 0,
        visible: true,
    };
    let mut size = 0;
    for (dossier, (command_id, answer)) in input.dossiers.iter().zip(answers) {
        let mut outcome = BulkOutcome {
            dossier: dossier.clone(),
            command_id,
            position: None,
            repeated: false,
            errors: Vec::new(),
        };
        match answer {
            Ok(receipt) => {
                size = size.max(receipt.size());
                payload.done += 1;
                outcome.position = Some(Long(receipt.position));
                outcome.repeated = receipt.repeated;
            }
            Err(Why::Errors(errors)) => {
                payload.refused += 1;
                outcome.errors = errors;
            }
            Err(Why::Fault(refusal)) => return Err(Problem::internal(refusal)),
        }
        payload.outcomes.push(outcome);
    }
    if size > 0 {
        payload.visible = api.models.reach(size - 1, WAIT_MAX).await;
    }
    Ok(payload)
}

/// Why one was not done.
enum Why {
    Errors(Vec<UserError>),
    Fault(Refusal),
}

impl From<Refusal> for Why {
    fn from(refusal: Refusal) -> Self {
        match UserError::refused(&refusal) {
            Some(error) => Self::Errors(vec![error]),
            None => Self::Fault(refusal),
        }
    }
}

type Answer = (Option<Uuid>, std::result::Result<Receipt, Why>);
type Prepared = (Option<Uuid>, std::result::Result<Request, Vec<UserError>>);

async fn submit(
    counter: Option<&Counter>,
    command: Option<Uuid>,
    request: std::result::Result<Request, Vec<UserError>>,
) -> Answer {
    let answer = match (request, counter) {
        (Err(errors), _) => Err(Why::Errors(errors)),
        (Ok(_), None) => Err(Refusal::ReadOnlyNode.into()),
        (Ok(request), Some(counter)) => counter.submit(request).await.map_err(Why::from),
    };
    (command, answer)
}

/// The request of one dossier under the id that follows from the bulk's and its own.
async fn one(api: &Api, actor: &Actor, input: &BulkInput, dossier: &ID) -> Result<Prepared> {
    let Some(id) = known(api, dossier).await? else {
        let error = UserError::rejected(&Rejection::UnknownDossier);
        return Ok((None, Err(vec![error])));
    };
    let command_id = Uuid::new_v5(&input.command_id, id.as_bytes());
    let around = Around {
        command_id,
        expected_version: None,
        occurred_at: input.occurred_at,
        received_at: None,
        reason: input.reason,
        basis: input.basis.clone(),
        note: input.note.clone(),
        on_behalf_of: None,
    };
    let mut form = Form::default();
    let command = command(&mut form, &input.act);
    let target = Target::Known(ID(id.to_string()));
    let asked = Asked::new(around, target, form, command);
    Ok((Some(command_id), prepare(api, actor, asked).await?))
}

fn command(form: &mut Form, act: &BulkAct) -> Option<C> {
    match act {
        BulkAct::Plain(act) => Some(plain(*act)),
        BulkAct::Forward(forward) => {
            let to = form.person("input.act.forward.to", &forward.to);
            to.map(|to| C::Forward { to })
        }
        BulkAct::AssignHandler(assigned) => {
            let to = form.person("input.act.assignHandler.to", &assigned.to);
            to.map(|to| C::AssignHandler { to })
        }
        BulkAct::HandOver(handed) => {
            let (to, office) = (handed.to.as_str(), handed.office.as_deref());
            let path = "input.act.handOver";
            handed_over(form, path, to, handed.role, office, handed.step)
        }
        BulkAct::ReceiveHandOver(received) => Some(C::ReceiveHandOver {
            complete: received.complete,
        }),
        BulkAct::DeliverResult(delivery) => Some(C::DeliverResult {
            method: delivery.method.into(),
        }),
        BulkAct::IssueApology(apology) => {
            let responsible = optional(apology.responsible.as_deref(), |code| {
                form.code::<OfficeCode>("input.act.issueApology.responsible", code)
            });
            let new_due_on = apology.new_due_on.0;
            responsible.map(|responsible| C::IssueApology {
                new_due_on,
                responsible,
            })
        }
    }
}

fn plain(act: PlainAct) -> C {
    match act {
        PlainAct::Accept => C::Accept,
        PlainAct::AcceptSupplement => C::AcceptSupplement,
        PlainAct::StopProcessing => C::StopProcessing,
        PlainAct::DraftResult => C::DraftResult,
        PlainAct::ApproveResult => C::ApproveResult,
        PlainAct::ReturnStep => C::ReturnStep,
        PlainAct::RecallStep => C::RecallStep,
        PlainAct::SignResult => C::SignResult { signature: None },
        PlainAct::ReturnOriginals => C::ReturnOriginals,
        PlainAct::GrantWithdrawal => C::GrantWithdrawal,
    }
}

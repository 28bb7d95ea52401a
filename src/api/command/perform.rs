//! From an input to its answer: checked, submitted, waited for, read back.

use async_graphql::{Context, ID, SimpleObject};
use uuid::Uuid;

use super::form::Form;
use super::input::{Around, OnDossier};
use crate::acts::{Act, Personal, Receipt, Refusal, Request};
use crate::api::access::{self, api, may_open};
use crate::api::dossier::Dossier;
use crate::api::error::{Answered, Problem, Result, UserError};
use crate::api::paging::dossier_id;
use crate::api::scalar::Long;
use crate::api::{Api, WAIT_MAX};
use crate::domain::actor::Actor;
use crate::domain::code::DossierCode;
use crate::domain::dossier::{DossierCommand, Rejection};
use crate::domain::fact::stream;
use crate::projections::tracking::{by_code, by_first_fact, by_id};

/// What came of a command. With `errors` nothing was recorded, and the same `commandId` may be sent again.
#[derive(Default, SimpleObject)]
pub struct CommandPayload {
    /// The dossier after it, for those who may open it; null while `visible` is false.
    dossier: Option<Dossier>,
    /// The dossier's code; null while `visible` is false.
    code: Option<String>,
    /// The 16 characters for the receipt, from commands that print one. Sent again, the command gives the same.
    capability: Option<String>,
    /// Position of its first fact: durable, whatever `visible` says.
    position: Option<Long>,
    /// This node shows it already. False is still success: ask later with `minPosition`.
    visible: bool,
    /// The command was known: this is the first answer again.
    repeated: bool,
    /// Why it was refused; empty when it was done.
    errors: Vec<UserError>,
}

impl CommandPayload {
    /// Of its first fact, when it was done.
    pub fn first_position(&self) -> Option<u64> {
        self.position.as_ref().map(|Long(position)| *position)
    }

    /// It was recorded, now or before.
    pub fn is_done(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Which dossier a command is about.
pub enum Target {
    /// One that begins with it: its id follows from the command's.
    New,
    /// By global id or code.
    Known(ID),
}

/// A command as far as its own fields are checked.
pub struct Asked {
    around: Around,
    target: Target,
    pub form: Form,
    /// None when a field was wrong.
    command: Option<DossierCommand>,
    /// An act that is none on a dossier.
    pub other: Option<Act>,
    pub personal: Vec<Personal>,
    pub capability: Option<String>,
    /// Who acts; whoever has signed in unless told.
    pub by: Option<Actor>,
}

impl Asked {
    pub fn new(
        around: Around,
        target: Target,
        form: Form,
        command: Option<DossierCommand>,
    ) -> Self {
        Self {
            around,
            target,
            form,
            command,
            other: None,
            personal: Vec::new(),
            capability: None,
            by: None,
        }
    }

    pub fn on(input: OnDossier, form: Form, command: Option<DossierCommand>) -> Self {
        Self::new(input.around, Target::Known(input.dossier), form, command)
    }

    /// The holder of a receipt acts for nobody else.
    pub fn refuse_proxy(&mut self) {
        if self.around.on_behalf_of.is_some() {
            self.form.errors.push(UserError::malformed(
                "input.onBehalfOf",
                "Người cầm giấy tiếp nhận không thể làm thay người khác. Bỏ trống ô này.",
                "the holder of a receipt acts for nobody else: leave this out",
            ));
        }
    }
}

/// A command that needs nothing but its circumstances, or whose own fields need no checking.
pub async fn on(
    context: &Context<'_>,
    input: OnDossier,
    command: DossierCommand,
) -> Answered<CommandPayload> {
    perform(context, Asked::on(input, Form::default(), Some(command))).await
}

pub async fn perform(context: &Context<'_>, mut asked: Asked) -> Answered<CommandPayload> {
    let performed = async {
        let by = asked.by.take();
        let actor = match &by {
            Some(actor) => actor,
            None => access::signed_in(context)?,
        };
        answer(api(context), actor, asked).await
    };
    let performed = performed.await;
    if let Ok(payload) = &performed {
        access::answered_with(context, &payload.errors);
    }
    Some(performed)
}

async fn answer(api: &Api, actor: &Actor, asked: Asked) -> Result<CommandPayload> {
    let counter = match api.counter() {
        Ok(counter) => counter,
        Err(refusal) => return turned_away(refusal),
    };
    let capability = asked.capability.clone();
    let request = match prepare(api, actor, asked).await? {
        Ok(request) => request,
        Err(errors) => return Ok(refused(errors)),
    };
    let dossier = request.act.dossier();
    match counter.submit(request).await {
        Ok(receipt) => {
            let done = shown(api, actor, dossier, receipt).await?;
            Ok(CommandPayload { capability, ..done })
        }
        Err(refusal) => turned_away(refusal),
    }
}

/// What the counter refused, as data; a fault of the program fails the request.
pub fn turned_away(refusal: Refusal) -> Result<CommandPayload> {
    match UserError::refused(&refusal) {
        Some(error) => Ok(refused(vec![error])),
        None => Err(Problem::internal(refusal)),
    }
}

pub fn refused(errors: Vec<UserError>) -> CommandPayload {
    CommandPayload {
        errors,
        ..CommandPayload::default()
    }
}

/// The request for the counter, or all that is wrong with the input.
pub async fn prepare(
    api: &Api,
    actor: &Actor,
    asked: Asked,
) -> Result<Result<Request, Vec<UserError>>> {
    let Asked {
        around,
        target,
        mut form,
        command,
        other,
        mut personal,
        ..
    } = asked;
    let basis = form.basis(around.basis.as_deref());
    form.note(around.note.as_deref(), &mut personal);
    let wordless = other.as_ref().is_some_and(Act::is_wordless);
    if wordless && around.note.is_some() {
        form.errors.push(UserError::malformed(
            "input.note",
            "Sổ số hồ sơ không giữ ghi chú: chọn lý do.",
            "the register keeps no notes: choose a reason",
        ));
    }
    let on_behalf_of = around.on_behalf_of.as_deref();
    let on_behalf_of = on_behalf_of.and_then(|id| form.person("input.onBehalfOf", id));
    let dossier = match target {
        Target::New => Some(stream::dossier(around.command_id)),
        Target::Known(id) => known(api, &id).await?,
    };
    if dossier.is_none() {
        let error = Rejection::UnknownDossier;
        form.errors.push(UserError::rejected(&error));
    }
    let on_dossier = command.zip(dossier);
    let act = on_dossier.map(|(command, dossier)| Act::Dossier { dossier, command });
    let Some(act) = act.or(other).filter(|_| form.errors.is_empty()) else {
        return Ok(Err(form.errors));
    };
    let actor = Actor {
        on_behalf_of: on_behalf_of.or_else(|| actor.on_behalf_of.clone()),
        ..actor.clone()
    };
    Ok(Ok(Request {
        expected_version: around.expected_version,
        occurred_at: around.occurred_at,
        received_at: around.received_at,
        reason: around.reason.map(Into::into),
        basis,
        personal,
        ..Request::new(around.command_id, actor, act)
    }))
}

/// The dossier with this global id, UUID or code, as far as this node shows it. Ids are not looked up: the counter knows.
pub async fn known(api: &Api, id: &ID) -> Result<Option<Uuid>> {
    if let Some(id) = dossier_id(id) {
        return Ok(Some(id));
    }
    match id.trim().parse::<DossierCode>() {
        Ok(code) => Ok(by_code(&api.models, code.as_str()).await?.map(|row| row.id)),
        Err(_) => Ok(None),
    }
}

/// The same, if this node shows a dossier of it.
pub async fn exists(api: &Api, id: &ID) -> Result<Option<Uuid>> {
    match known(api, id).await? {
        Some(id) => Ok(by_id(&api.models, id).await?.map(|row| row.id)),
        None => Ok(None),
    }
}

/// Waits until this node shows the command, and reads the dossier back. Too late is still success.
pub async fn shown(
    api: &Api,
    actor: &Actor,
    dossier: Option<Uuid>,
    receipt: Receipt,
) -> Result<CommandPayload> {
    let mut payload = CommandPayload {
        position: Some(Long(receipt.position)),
        repeated: receipt.repeated,
        ..CommandPayload::default()
    };
    let last = receipt.size().saturating_sub(1);
    payload.visible = api.models.reach(last, WAIT_MAX).await;
    let Some(id) = dossier.filter(|_| payload.visible) else {
        return Ok(payload);
    };
    let mut row = by_id(&api.models, id).await?;
    if row.is_none() && receipt.repeated {
        // A node of the release before began it, under another id.
        row = by_first_fact(&api.models, receipt.position).await?;
    }
    if let Some(row) = row {
        payload.code.clone_from(&row.code);
        payload.dossier = may_open(actor, &row).then(|| Dossier::current(row, api.office.clock()));
    }
    Ok(payload)
}

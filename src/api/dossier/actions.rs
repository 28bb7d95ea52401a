//! What the caller can do with a dossier now, so that a client offers nothing that would be refused.

use async_graphql::SimpleObject;
use uuid::Uuid;

use super::account::Folded;
use crate::api::Api;
use crate::api::error::Result;
use crate::api::words::{Label, command};
use crate::domain::actor::Actor;
use crate::domain::dossier::Context;
use crate::domain::fact::Circumstances;
use crate::domain::reference::JournalKind;
use crate::domain::register::Register;
use crate::journal::Until;
use crate::projections::history;

/// A command of an office's day that would be taken now.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct DossierAction {
    /// Name of its mutation.
    command: &'static str,
    /// What people call it.
    label: Label,
    /// It is refused without a code of a reason.
    needs_reason: bool,
    /// It is an exception, refused without its legal basis.
    needs_basis: bool,
    /// It is an exception, refused without who approved it.
    needs_approver: bool,
    /// Number of the statutory form it makes (Circular 03/2025/TT-VPCP).
    form: Option<&'static str>,
}

/// In the order of a dossier's life; none where another system tells what is done.
pub async fn of(
    api: &Api,
    dossier: Uuid,
    actor: &Actor,
    folded: &Folded,
) -> Result<Vec<DossierAction>> {
    if api.office.opened().kind == JournalKind::Imported {
        return Ok(Vec::new());
    }
    let folding = || async {
        let changes = history::changes_until(&api.journal, dossier, Until::End).await;
        changes.map(std::sync::Arc::new)
    };
    let changes = folded.get_or_try_init(folding).await?;
    let Some(last) = changes.last() else {
        return Ok(Vec::new());
    };
    let reference = api.models.reference();
    let kin = history::kin(&api.journal, &last.after).await?;
    let kin: Vec<_> = kin.iter().map(|(id, one)| (*id, one)).collect();
    let context = Context {
        dossier,
        now: api.office.clock(),
        actor,
        reference: &reference,
        register: &Register::default(),
        given: &Circumstances::default(),
        kin: &kin,
    };
    let possible = last.after.possible(&context).into_iter();
    let actions = possible.filter_map(|one| {
        let (mutation, label) = command::mutation(&one.command)?;
        Some(DossierAction {
            command: mutation,
            label: label.into(),
            needs_reason: one.needs_reason,
            needs_basis: one.needs_basis,
            needs_approver: one.needs_approver,
            form: one.command.terms().form,
        })
    });
    Ok(actions.collect())
}

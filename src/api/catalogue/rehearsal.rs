//! A new version tried on the dossiers that are open, before anybody decides on it.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Object, SimpleObject};

use crate::api::access::{api, signed_in};
use crate::api::command::catalogue_input::ProcedureInput;
use crate::api::error::{Answered, Problem, Result};
use crate::api::paging::{self, Cursor};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::catalogue::{Procedure, check};
use crate::domain::time::Moment;
use crate::projections::catalogue::rehearsal::{self, Rehearsal as Found};

/// A dossier whose promise a new version would have made otherwise. Nothing moves: it keeps the version it pinned.
#[derive(SimpleObject)]
pub struct RehearsedDossier {
    /// Its code.
    code: String,
    /// The office that has it.
    office: String,
    /// The promise as it stands.
    old_due_at: Moment,
    /// The promise under the new version.
    new_due_at: Moment,
}

pub type RehearsedDossierPage = Connection<Cursor, RehearsedDossier, EmptyFields, EmptyFields>;

/// What a new version would do to the promises of open dossiers. Nothing was recorded.
pub struct Rehearsal(Found);

/// What a new version would do to the promises of open dossiers. Nothing was recorded.
#[Object]
impl Rehearsal {
    /// Open dossiers whose promise runs.
    async fn examined(&self) -> u64 {
        self.0.examined
    }

    /// All of them were looked at; false when there were more than 20,000.
    async fn complete(&self) -> bool {
        self.0.complete
    }

    /// Of these, those that no declared calendar reaches.
    async fn uncounted(&self) -> u64 {
        self.0.uncounted
    }

    /// Dossiers whose promise would be an earlier one.
    async fn earlier(&self) -> u64 {
        self.count(|old, new| new < old)
    }

    /// Dossiers whose promise would be a later one.
    async fn later(&self) -> u64 {
        self.count(|old, new| new > old)
    }

    /// The dossiers whose promise would move, in code order.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn moved(
        &self,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Answered<RehearsedDossierPage> {
        Some(self.page(first, after.as_deref()))
    }
}

impl Rehearsal {
    fn count(&self, is_so: impl Fn(Moment, Moment) -> bool) -> u64 {
        let moved = self.0.moved.iter();
        let counted = moved.filter(|one| is_so(one.rehearsed.old, one.rehearsed.new));
        counted.count() as u64
    }

    fn page(&self, first: Option<i32>, after: Option<&str>) -> Result<RehearsedDossierPage> {
        let first = paging::first(first)? as usize;
        let after = after.map(|text| Cursor::read("h", text)).transpose()?;
        let begin = after.as_deref().map_or(0, |after| {
            self.0
                .moved
                .partition_point(|one| one.code.as_str() <= after)
        });
        let rest = &self.0.moved[begin..];
        let rows = rest.iter().take(first).map(|one| {
            let row = RehearsedDossier {
                code: one.code.clone(),
                office: one.office.clone(),
                old_due_at: one.rehearsed.old,
                new_due_at: one.rehearsed.new,
            };
            (Cursor::new("h", &one.code), row)
        });
        let has_next = rest.len() > first;
        Ok(paging::connection(rows, after.is_some(), has_next))
    }
}

/// Rehearsals.
#[derive(Default)]
pub struct RehearsalQuery;

#[Object]
impl RehearsalQuery {
    /// Run a new version of a procedure against all its open dossiers and see whose promise would move, before adopting
    /// it. Records nothing. For those who keep the catalogue, auditors, and heads of one-stop units (their own office).
    #[graphql(complexity = "100 + child_complexity")]
    async fn rehearse_procedure(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version as it would be published.")] input: ProcedureInput,
    ) -> Answered<Rehearsal> {
        let rehearsed = async {
            let office = scope(signed_in(context)?)?;
            let version = Procedure::from(input);
            check(&version).map_err(|error| Problem::bad_input(error.to_string()))?;
            let models = &api(context).models;
            if !models.reference().procedures.contains_key(&version.code) {
                return Err(Problem::bad_input("no procedure has this code"));
            }
            let found = rehearsal::run(models, &version, office.as_deref()).await?;
            Ok(Rehearsal(found))
        };
        Some(rehearsed.await)
    }
}

/// The office whose dossiers somebody may rehearse on; `None` for all.
fn scope(actor: &Actor) -> Result<Option<String>> {
    let own = Some(actor.office.clone()).filter(|office| office != NO_OFFICE);
    match actor.role {
        Role::Admin | Role::ProcedureController | Role::System => Ok(None),
        Role::Auditor | Role::CentreManager => Ok(own),
        Role::Applicant
        | Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency => Err(Problem::Forbidden),
    }
}

//! The repository of results: found by number, so that what an office gave once need not be brought again.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Object, SimpleObject};
use uuid::Uuid;

use super::Api;
use super::access::{self, api};
use super::catalogue::Procedure;
use super::dossier::applicant::{self, Applicant};
use super::error::{Answered, Problem, Result};
use super::files::{self, DossierFile};
use super::looks;
use super::offices::Office;
use super::paging::{self, Cursor, global_id};
use super::scalar::{Day, Long};
use super::wait_for;
use super::words::{Label, ResultKind, ResultStanding};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::archive::{self, ArchiveEvent};
use crate::domain::dossier;
use crate::domain::event::Event;
use crate::domain::fact::Fact;
use crate::domain::part::PartKind;
use crate::journal::{Entry, Until, fact};
use crate::projections::repository::{self, RepositoryRow, Wanted};
use crate::projections::tracking;

/// The kind of the global ids of results older than the system.
pub const ARCHIVED: &str = "Archived";

/// A document that an office gave: in a dossier, or before this system.
pub struct RepositoryEntry(RepositoryRow);

/// A page of the repository.
pub type RepositoryPage = Connection<Cursor, RepositoryEntry, EmptyFields, EmptyFields>;

/// The code of the dossier that it settled.
#[derive(SimpleObject)]
struct Settled {
    /// Its code.
    code: Option<String>,
}

/// A document that an office gave: in a dossier, or before this system.
#[Object]
impl RepositoryEntry {
    /// What `reusedFrom.archived` takes; null when it settled a dossier of this system.
    async fn archived_id(&self) -> Option<async_graphql::ID> {
        self.0
            .archived
            .then(|| global_id(ARCHIVED, &self.0.stream.to_string()))
    }

    /// Its number.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Who gave it.
    async fn office(&self, context: &Context<'_>) -> Option<Office> {
        Office::find(api(context), &self.0.office)
    }

    /// In which procedure.
    async fn procedure_code(&self) -> &str {
        &self.0.procedure
    }

    /// The newest version of that procedure.
    async fn procedure(&self, context: &Context<'_>) -> Option<Procedure> {
        let reference = api(context).models.reference();
        let newest = reference.procedures.get(&self.0.procedure)?.last()?;
        Some(Procedure(newest.clone()))
    }

    /// The day it bears, or on which it was numbered.
    async fn given_on(&self) -> Day {
        Day(self.0.given().date())
    }

    /// Older than this system, and entered into the repository.
    async fn older(&self) -> bool {
        self.0.archived
    }

    /// What it is.
    async fn kind(&self) -> ResultKind {
        if self.0.certified {
            ResultKind::CertifiedCopy
        } else {
            ResultKind::Document
        }
    }

    /// Whether it counts.
    async fn standing(&self) -> ResultStanding {
        self.standing_of().into()
    }

    /// Whether it counts, in words.
    async fn standing_label(&self) -> Label {
        self.standing_of().label().into()
    }

    /// The dossier that it settled, as far as the caller may open it: its code is what `reusedFrom.dossier` takes.
    async fn dossier(&self, context: &Context<'_>) -> Answered<Settled> {
        if self.0.archived {
            return None;
        }
        let actor = access::actor(context)?;
        match tracking::by_id(&api(context).models, self.0.stream).await {
            Ok(row) => {
                let row = row.filter(|row| access::may_open(actor, row))?;
                Some(Ok(Settled { code: row.code }))
            }
            Err(error) => Some(Err(error.into())),
        }
    }

    /// Whose it is, of one older than the system, for the offices that keep it.
    #[graphql(complexity = "20 + child_complexity")]
    async fn holder(&self, context: &Context<'_>) -> Answered<Applicant> {
        let told = async {
            if !self.may_look(context).await? {
                return Ok(None);
            }
            holder(api(context), self.0.stream).await
        };
        told.await.transpose()
    }

    /// The file of one older than the system, for the offices that keep it; empty when only its hash was given.
    #[graphql(complexity = "20 + child_complexity")]
    async fn files(&self, context: &Context<'_>) -> Answered<Vec<DossierFile>> {
        let told = async {
            if !self.may_look(context).await? {
                return Ok(None);
            }
            files::archived(api(context), self.0.stream).await.map(Some)
        };
        told.await.transpose()
    }
}

impl RepositoryEntry {
    /// Whether the caller keeps it; then it is on record that they look.
    async fn may_look(&self, context: &Context<'_>) -> Result<bool> {
        let keeps = |actor| keeps(api(context), actor, &self.0);
        if !access::actor(context).is_some_and(keeps) {
            return Ok(false);
        }
        looks::at_streams(context, [self.0.stream]).await?;
        Ok(true)
    }

    fn standing_of(&self) -> dossier::ResultStanding {
        let all = [
            dossier::ResultStanding::Valid,
            dossier::ResultStanding::Superseded,
        ];
        let found = all.into_iter().find(|one| one.name() == self.0.standing);
        found.unwrap_or(dossier::ResultStanding::Revoked)
    }
}

/// An office sees whose its own archived results are, auditors all; what its predecessors gave, whoever took over.
pub fn keeps(api: &Api, actor: &Actor, row: &RepositoryRow) -> bool {
    if !row.archived {
        return false;
    }
    match actor.role {
        Role::Auditor => actor.office == NO_OFFICE || actor.office == row.office,
        Role::Receiver | Role::Clerk | Role::CentreManager | Role::DivisionHead | Role::Signer => {
            let of = row.office.parse().ok().zip(row.procedure.parse().ok());
            let (reference, now) = (api.models.reference(), api.office.clock());
            of.is_some_and(|(office, procedure)| {
                archive::keeps(&actor.office, (&office, &procedure), &reference, now)
            })
        }
        Role::Handler
        | Role::Applicant
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::ProcedureController
        | Role::Admin
        | Role::System => false,
    }
}

async fn holder(api: &Api, stream: Uuid) -> Result<Option<Applicant>> {
    let Some((entry, fact)) = entered(api, stream).await? else {
        return Ok(None);
    };
    let parts = fact.circumstances.parts.into_iter();
    let theirs = parts.filter(|part| part.kind != PartKind::Document);
    let wanted: Vec<_> = theirs
        .map(|part| (entry.stream, fact.command, part))
        .collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let opened = api.vault()?.open(&wanted).await?;
    applicant::of(opened, true, true).map(Some)
}

/// The newest fact that entered a result older than the system.
pub async fn entered(api: &Api, stream: Uuid) -> Result<Option<(Entry, Fact)>> {
    let entries = api.journal.read_stream(stream, 0, Until::End).await?;
    for entry in entries.into_iter().rev() {
        let fact = fact::decode(&entry.body).map_err(Problem::internal)?;
        if let Event::Archive(ArchiveEvent::Entered(_)) = fact.event {
            return Ok(Some((entry, fact)));
        }
    }
    Ok(None)
}

/// What offices gave.
#[derive(Default)]
pub struct RepositoryQuery;

#[Object]
impl RepositoryQuery {
    /// Documents that offices gave, those of the newest dossiers first; of the caller's office, if it has one, unless a number
    /// or an office is told. For officers and auditors; everybody else is FORBIDDEN.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn repository(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number it bears, whole.")] number: Option<String>,
        #[graphql(desc = "Code of the office that gave it.")] office: Option<String>,
        #[graphql(desc = "Code of the procedure.")] procedure: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<RepositoryPage> {
        let found = async {
            let (api, actor) = (api(context), access::signed_in(context)?);
            if !may_search(actor.role) {
                return Err(Problem::Forbidden);
            }
            let first = paging::first(first)?;
            let after = paging::result(after.as_deref())?;
            wait_for(api, min_position).await?;
            let unasked = number.is_none() && office.is_none() && actor.office != NO_OFFICE;
            let own = unasked.then_some(actor.office.as_str());
            let wanted = Wanted {
                office: office.as_deref().or(own),
                number: number.as_deref().map(str::trim),
                procedure: procedure.as_deref(),
            };
            let mut rows = repository::find(&api.models, &wanted, after, first + 1).await?;
            let next = rows.len() > first as usize;
            rows.truncate(first as usize);
            let rows = rows.into_iter();
            let rows = rows.map(|row| {
                let cursor = paging::result_cursor(row.place_in_list());
                (cursor, RepositoryEntry(row))
            });
            Ok(paging::connection(rows, after.is_some(), next))
        };
        Some(found.await)
    }
}

/// Who may look into the repository.
pub fn may_search(role: Role) -> bool {
    match role {
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::CentreManager
        | Role::Auditor => true,
        Role::Applicant
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::ProcedureController
        | Role::Admin
        | Role::System => false,
    }
}

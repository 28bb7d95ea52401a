//! A dossier as those see it who may: its office, its applicant, an auditor.

pub mod account;
pub mod actions;
pub mod applicant;
pub mod audit;
pub mod erasure;
pub mod explained;
pub mod portal;
pub mod query;
pub mod result;
pub mod standing;
pub mod tracking;
mod way;
pub mod written;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

pub use self::account::Reader;

use self::account::{Account, DossierAccount, Folded};
use self::actions::DossierAction;
use self::applicant::Applicant;
use self::audit::AuditPage;
use self::portal::DossierPortal;
use self::result::{DossierResult, ResultDocument};
use self::standing::Timeliness;
use super::access::{self, Sight, api};
use super::catalogue::Procedure;
use super::error::{Answered, Result};
use super::looks;
use super::offices::Office;
use super::paging::{self, global_id};
use super::papers::Paper;
use super::scalar::Long;
use super::words::{
    BreachRule, Certainty, Channel, DeliveryMethod, DossierStatus, EndKind, Label, Role,
    phase_label,
};
use crate::domain::actor;
use crate::domain::dossier::Dossier as State;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::history;
use crate::projections::listing;
use crate::projections::tracking::DossierRow;

/// One application by one person for one procedure.
pub struct Dossier {
    pub row: DossierRow,
    /// The state asked for; the newest one otherwise.
    pub until: Until,
    /// The moment the clock fields are worked out for.
    pub now: Moment,
    folded: Folded,
}

/// One application by one person for one procedure.
#[expect(
    clippy::unused_async,
    reason = "a flattened field is told by an async function, like any other"
)]
#[Object]
impl Dossier {
    /// Good for `node` and for commands.
    pub async fn id(&self) -> ID {
        global_id("Dossier", &self.row.id.to_string())
    }

    /// The id of its stream in the journal.
    async fn stream(&self) -> Uuid {
        self.row.id
    }

    /// Its code, as on the slip; none before submission.
    async fn code(&self) -> Option<&str> {
        self.row.code.as_deref()
    }

    /// Rises by one with every fact; give it as `expectedVersion`.
    async fn version(&self) -> u32 {
        self.row.version
    }

    /// Position of its newest fact.
    async fn position(&self) -> Long {
        Long(self.row.position)
    }

    /// Its state.
    async fn status(&self) -> DossierStatus {
        self.row.phase.into()
    }

    /// Its state in words.
    async fn status_label(&self) -> Label {
        phase_label(self.row.phase).into()
    }

    /// Status code of the national portal (`TrangThaiHoSo`, 1–10); none before submission.
    async fn portal_code(&self) -> Option<u8> {
        self.row.phase.portal_code()
    }

    /// How it stands with the national portal; null before submission.
    #[graphql(complexity = "10 + child_complexity")]
    async fn portal(&self, context: &Context<'_>) -> Answered<DossierPortal> {
        let standing = portal::of(api(context), self.row.id, self.until, self.now);
        standing.await.transpose()
    }

    /// Code of its procedure.
    async fn procedure_code(&self) -> &str {
        &self.row.procedure
    }

    /// Its procedure: the version it was accepted under, the newest one before.
    async fn procedure(&self, context: &Context<'_>) -> Option<Procedure> {
        let reference = api(context).models.reference();
        let code = &self.row.procedure;
        let pinned = self
            .row
            .procedure_version
            .and_then(|version| reference.procedure_version(code, version));
        pinned
            .or_else(|| reference.procedures.get(code)?.last())
            .map(|procedure| Procedure(procedure.clone()))
    }

    /// The public view leaves the name of the procedure out.
    async fn sensitive(&self) -> bool {
        self.row.sensitive
    }

    /// The office that has it now.
    async fn office(&self, context: &Context<'_>) -> Option<Office> {
        Office::find(api(context), &self.row.office)
    }

    /// The office where it was lodged first.
    async fn reception_office(&self, context: &Context<'_>) -> Option<Office> {
        Office::find(api(context), &self.row.reception_office)
    }

    /// How it came in.
    async fn channel(&self) -> Option<Channel> {
        self.row.channel.map(Into::into)
    }

    /// When it was entered.
    async fn lodged_at(&self) -> Option<Moment> {
        self.row.lodged_at
    }

    /// The hour printed on the slip: the clock starts here.
    async fn received_at(&self) -> Option<Moment> {
        self.row.received_at
    }

    /// When the acceptance was recorded.
    async fn accepted_at(&self) -> Option<Moment> {
        self.row.accepted_at
    }

    /// The first promise, kept for ever.
    async fn original_due_at(&self) -> Option<Moment> {
        self.row.original_due_at
    }

    /// The promise now.
    async fn due_at(&self) -> Option<Moment> {
        self.row.due_at
    }

    /// How sure the calendar behind the promise is.
    async fn due_certainty(&self) -> Option<Certainty> {
        self.row.due_certainty.map(Into::into)
    }

    /// How sure the limit behind the promise is.
    async fn limit_certainty(&self) -> Option<Certainty> {
        self.row.limit_certainty.map(Into::into)
    }

    /// Why the promise is this date: receipt, limit, days not counted, waiting, moves, and how sure it is. Null where nothing
    /// is promised.
    #[graphql(complexity = "20 + child_complexity")]
    async fn explain(&self, context: &Context<'_>) -> Answered<Label> {
        let told = explained::explained(api(context), self.row.id, self.until);
        told.await.transpose()
    }

    /// The applicant's supplement is awaited.
    async fn paused(&self) -> bool {
        self.row.paused
    }

    /// How it stands against its promise.
    async fn timeliness(&self) -> Timeliness {
        standing::timeliness(&self.row, self.now)
    }

    /// The clock runs and the promised moment has passed.
    async fn overdue(&self) -> bool {
        standing::timeliness(&self.row, self.now) == Timeliness::Overdue
    }

    /// Whole office days left, negative when overdue; none when no clock runs.
    async fn slack_days(&self, context: &Context<'_>) -> Option<i64> {
        let reference = api(context).models.reference();
        standing::slack(&self.row, self.now, &reference).map(|slack| slack.days)
    }

    /// Office minutes left beside the whole days.
    async fn slack_minutes(&self, context: &Context<'_>) -> Option<i64> {
        let reference = api(context).models.reference();
        standing::slack(&self.row, self.now, &reference).map(|slack| slack.minutes)
    }

    /// When its processing ended.
    async fn ended_at(&self) -> Option<Moment> {
        self.row.ended_at
    }

    /// How its processing ended.
    async fn end_kind(&self) -> Option<EndKind> {
        self.row.end_kind.map(Into::into)
    }

    /// When the result was handed over.
    async fn delivered_at(&self) -> Option<Moment> {
        self.row.delivered_at
    }

    /// How the result was handed over.
    async fn delivery_method(&self) -> Option<DeliveryMethod> {
        self.row.delivery_method.map(Into::into)
    }

    /// How often a supplement was asked for.
    async fn supplement_requests(&self) -> u32 {
        self.row.supplement_requests
    }

    /// Components asked for last, by their place in the procedure's list, from 1.
    async fn supplement_items(&self) -> &[u32] {
        &self.row.supplement_items
    }

    /// How often the office has apologised.
    async fn apologies(&self) -> u32 {
        self.row.apologies
    }

    /// What was done against the law.
    async fn breaches(&self) -> Vec<BreachRule> {
        self.row
            .breaches
            .iter()
            .map(|rule| (*rule).into())
            .collect()
    }

    /// Pseudonym of the one who has it.
    async fn handler(&self) -> Option<&str> {
        self.row.handler.as_deref()
    }

    /// In which role somebody has it on the desk now; null when it lies on none.
    async fn desk_role(&self) -> Option<Role> {
        self.row.desk.map(Into::into)
    }

    /// Step of the internal process at that desk, from 1.
    async fn step(&self) -> Option<u16> {
        self.row.step
    }

    /// How late it is against the promise, in whole minutes of the clock on the wall: settled when it was, open ones by now;
    /// negative while there is time. Null where nothing is promised, the clock stands, or it closed without settlement.
    async fn late_minutes(&self) -> Option<i64> {
        let late = listing::lateness(&self.row, self.now)?;
        Some(late.div_euclid(60 * Moment::SECOND))
    }

    /// When it changed last.
    async fn changed_at(&self) -> Moment {
        self.row.changed_at
    }

    /// The person whose dossier it is, for those who need to know. Null when erased or not for the reader.
    #[graphql(complexity = "20 + child_complexity")]
    async fn applicant(
        &self,
        context: &Context<'_>,
        #[graphql(
            default = false,
            desc = "Numbers and addresses in full; masked otherwise."
        )]
        reveal: bool,
    ) -> Answered<Applicant> {
        let actor = access::actor(context)?;
        let named = match access::sight(actor, &self.row) {
            Sight::None => return None,
            Sight::Masked => false,
            // What is not on record as looked at is masked.
            Sight::Open => looks::at(context, &self.row).await.is_ok(),
        };
        let (id, until) = (self.row.id, self.until);
        applicant::open(api(context), id, until, named, reveal)
            .await
            .transpose()
    }

    /// What the caller can do with it now, in the order of a dossier's life, as the rules say of what is recorded; null of
    /// an earlier state.
    #[graphql(complexity = "20 + child_complexity")]
    async fn actions(&self, context: &Context<'_>) -> Answered<Vec<DossierAction>> {
        let actor = access::actor(context)?;
        match self.until {
            Until::Moment(_) | Until::Size(_) => None,
            Until::End => {
                let actions = actions::of(api(context), self.row.id, actor, &self.folded);
                Some(actions.await)
            }
        }
    }

    /// The documents that settled it, oldest first, with what has become of each.
    #[graphql(complexity = "20 + child_complexity")]
    async fn results(&self, context: &Context<'_>) -> Answered<Vec<DossierResult>> {
        let results = result::results(api(context), self.row.id, self.until, true);
        Some(results.await)
    }

    /// What the journal has committed to of a result's file; null when no hash was given.
    #[graphql(complexity = "20 + child_complexity")]
    async fn result_document(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Number of the result; the newest one unless told.")] number: Option<
            String,
        >,
    ) -> Answered<ResultDocument> {
        let (id, until) = (self.row.id, self.until);
        let document = result::document(api(context), id, until, number.as_deref());
        document.await.transpose()
    }

    /// The statutory papers that can be printed of it, oldest first.
    #[graphql(complexity = "20 + child_complexity")]
    async fn papers(&self, context: &Context<'_>) -> Answered<Vec<Paper>> {
        let code = self.row.code.clone()?;
        let changes = history::changes_until(&api(context).journal, self.row.id, self.until).await;
        Some(
            changes
                .map(|changes| Paper::all(&code, &changes))
                .map_err(Into::into),
        )
    }

    #[graphql(flatten)]
    async fn account(&self, context: &Context<'_>) -> DossierAccount<'_> {
        let own = access::actor(context).is_some_and(|actor| actor.role == actor::Role::Applicant);
        DossierAccount(Account {
            id: self.row.id,
            until: self.until,
            now: self.now,
            reader: if own {
                Reader::Applicant
            } else {
                Reader::Staff
            },
            folded: &self.folded,
            opens: access::actor(context)
                .is_some_and(|actor| access::sight(actor, &self.row) == Sight::Open),
        })
    }

    /// Its facts, oldest first.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Answered<AuditPage> {
        let page = audit::of_dossier(context, &self.row, first, after.as_deref());
        Some(page.await)
    }
}

impl Dossier {
    /// As the read model has it.
    #[must_use]
    pub fn current(row: DossierRow, now: Moment) -> Self {
        Self {
            row,
            until: Until::End,
            now,
            folded: Folded::default(),
        }
    }

    /// As the journal had it then, folded from its one stream.
    pub async fn as_of(
        api: &super::Api,
        newest: &DossierRow,
        until: Until,
    ) -> Result<Option<Self>> {
        let id = newest.id;
        let Some(state) = history::fold(&api.journal, id, until).await? else {
            return Ok(None);
        };
        let entries = api
            .journal
            .read_stream(id, state.version - 1, until)
            .await?;
        let position = entries.last().map_or(0, |entry| entry.position);
        let now = match until {
            Until::Moment(moment) => moment,
            Until::Size(_) | Until::End => state.changed_at,
        };
        let row = DossierRow {
            sensitive: newest.sensitive,
            ..row_of(id, position, &state)
        };
        Ok(Some(Self {
            row,
            until,
            now,
            folded: Folded::default(),
        }))
    }
}

/// A folded state in the shape of the read model's row.
fn row_of(id: Uuid, position: u64, state: &State) -> DossierRow {
    let turn = state.turn();
    let promised = state.promised();
    let text = |code: Option<&crate::domain::code::OfficeCode>| {
        code.map_or_else(String::new, ToString::to_string)
    };
    let at_home = state.leg_of.as_ref().map(|leg_of| &leg_of.office);
    let first_office = at_home.or(state.turns.first().map(|turn| &turn.office));
    DossierRow {
        id,
        version: state.version,
        code: state.code.as_ref().map(ToString::to_string),
        procedure: state
            .procedure
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        procedure_version: turn.map(|turn| turn.procedure_version),
        sensitive: true,
        office: text(state.office.as_ref()),
        reception_office: text(first_office.or(state.office.as_ref())),
        phase: state.phase,
        channel: state.channel,
        lodged_at: state.lodged_at,
        received_at: turn.map(|turn| turn.received_at),
        accepted_at: turn.map(|turn| turn.accepted_at),
        original_due_at: promised.map(|turn| turn.original_due_at),
        due_at: promised.map(|turn| turn.due_at),
        due_certainty: turn.map(|turn| turn.due_certainty),
        limit_certainty: turn.map(|turn| turn.limit_certainty),
        paused: turn.is_some_and(|turn| turn.paused_since.is_some() && turn.ending.is_none()),
        ended_at: turn.and_then(|turn| turn.ending).map(|ending| ending.at),
        end_kind: turn.and_then(|turn| turn.ending).map(|ending| ending.kind),
        delivered_at: state.delivered_at,
        delivery_method: state.delivered,
        supplement_requests: state.supplement_requests,
        supplement_items: state.supplement_items.clone(),
        apologies: state.apologies,
        breaches: state.breaches.clone(),
        handler: state.handler.clone(),
        desk: state.desk().map(|stay| stay.role),
        step: state.desk().and_then(|stay| stay.step),
        applicant: state.applicant.clone(),
        capability: state.capability.clone(),
        intake_due_at: state.intake_awaited(),
        missed: crate::projections::tracking::missed(state),
        changed_at: state.changed_at,
        leg_of: state.leg_of.as_ref().map(|leg_of| leg_of.whole),
        position,
    }
}

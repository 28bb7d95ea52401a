//! A dossier's accounts: what was promised, whose desk cost which day, what goes on beside the main line. Read from the
//! fold of its one stream, once per answer, and cut to what the reader may know.

mod beside;
mod desks;
mod legs;
mod promises;
mod public;
mod turns;

use std::sync::Arc;

use async_graphql::{Context, Object};
use jiff::civil::Date;
use tokio::sync::OnceCell;
use uuid::Uuid;

pub use self::beside::{
    DossierLink, Feedback, Obligation, Opinion, Rating, ReceivedComponent, RemoteSync,
};
pub use self::desks::{ControlSlipLine, DeskPlace, DeskTime, place};
pub use self::legs::{DossierLeg, DossierLegOf};
pub use self::promises::PromiseLedger;
pub use self::public::TrackingAccount;
pub use self::turns::{DaysLost, Turn};

use crate::api::Api;
use crate::api::access::{self, api};
use crate::api::dossier::erasure::{self, DossierErasure};
use crate::api::error::{Answered, Result};
use crate::api::files::{self, DossierFile};
use crate::api::looks::{self, LookPage};
use crate::api::paging;
use crate::api::payments::{self, WayToPay};
use crate::api::reorganisation::Transfer;
use crate::api::scalar::Day;
use crate::api::staff::{self, DossierOfficer};
use crate::api::words::ObligationKind;
use crate::domain::actor::Role;
use crate::domain::dossier::desk::{Plan, Worktime};
use crate::domain::dossier::ledger::{self, Placed};
use crate::domain::dossier::{self, DossierEvent, Phase};
use crate::domain::event::Event;
use crate::domain::reference::Reference;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::history::{self, Change};

/// The fold of one dossier, shared by the fields of an answer.
pub type Folded = Arc<OnceCell<Arc<Vec<Change>>>>;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Everybody: agencies and roles, no person, no content.
    Public,
    /// Whoever shows the receipt: what is the applicant's own, no person.
    Receipt,
    /// The applicant, signed in: also who acted.
    Applicant,
    /// Officers of its office, auditors.
    Staff,
}

impl Reader {
    /// Learns who acted.
    fn sees_people(self) -> bool {
        match self {
            Self::Applicant | Self::Staff => true,
            Self::Public | Self::Receipt => false,
        }
    }
}

/// Whose accounts, as of when, for whom.
pub struct Account<'a> {
    pub id: Uuid,
    pub until: Until,
    pub now: Moment,
    pub reader: Reader,
    pub folded: &'a Folded,
    /// Sees the applicant in full, and what the applicant handed in.
    pub opens: bool,
}

/// What the accounts are drawn up from.
struct Books {
    changes: Arc<Vec<Change>>,
    reference: Arc<Reference>,
    now: Moment,
    reader: Reader,
}

impl Account<'_> {
    /// Every fact of it until then, read once for an answer.
    pub(super) async fn changes(&self, api: &Api) -> Result<Arc<Vec<Change>>> {
        let folding = || async {
            let changes = history::changes_until(&api.journal, self.id, self.until).await;
            changes.map(Arc::new)
        };
        Ok(Arc::clone(self.folded.get_or_try_init(folding).await?))
    }

    async fn books(&self, api: &Api) -> Result<Books> {
        Ok(Books {
            changes: self.changes(api).await?,
            reference: api.models.reference(),
            now: self.now,
            reader: self.reader,
        })
    }

    /// The files that whoever sees the applicant in full may fetch.
    async fn files(&self, context: &Context<'_>) -> Answered<Vec<DossierFile>> {
        if !self.opens {
            return None;
        }
        let api = api(context);
        let listed = async {
            if self.reader == Reader::Staff {
                looks::at_streams(context, [self.id]).await?;
            }
            let books = self.books(api).await?;
            files::of(api, &books.changes, self.reader).await
        };
        Some(listed.await)
    }

    /// By name, who acted: for the applicant, staff and auditors.
    async fn officers(&self, context: &Context<'_>) -> Answered<Vec<DossierOfficer>> {
        match self.reader {
            Reader::Public => None,
            Reader::Receipt | Reader::Applicant | Reader::Staff => {
                let api = api(context);
                let told = async {
                    let books = self.books(api).await?;
                    staff::of_dossier(api, &books.changes).await
                };
                Some(told.await)
            }
        }
    }

    /// What was destroyed of it, for all but the public.
    async fn erasures(&self, context: &Context<'_>) -> Answered<Vec<DossierErasure>> {
        match self.reader {
            Reader::Public => None,
            Reader::Receipt | Reader::Applicant | Reader::Staff => {
                Some(erasure::of_dossier(api(context), self.id).await)
            }
        }
    }

    /// Who looked at it, for the person whose data it is and for auditors.
    async fn looks(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Answered<LookPage> {
        let audits = access::actor(context).is_some_and(|actor| actor.role == Role::Auditor);
        let theirs = matches!(self.reader, Reader::Receipt | Reader::Applicant);
        if !theirs && !audits {
            return None;
        }
        Some(looks::of_dossier(context, self.id, first, after).await)
    }

    /// What `tell` makes of the books; null before there is a fact, and over a year without a calendar.
    async fn told<T>(
        &self,
        context: &Context<'_>,
        tell: impl FnOnce(&Books, &dossier::Dossier) -> Option<T>,
    ) -> Answered<T> {
        match self.books(api(context)).await {
            Ok(books) => {
                let last = books.changes.last()?;
                tell(&books, &last.after).map(Ok)
            }
            Err(problem) => Some(Err(problem)),
        }
    }
}

impl Books {
    fn worktime(&self) -> Worktime<'_> {
        Worktime::new(&self.reference)
    }

    fn entries(&self) -> Option<Vec<ledger::Entry>> {
        let facts = self.changes.iter().map(|change| Placed {
            position: change.entry.position,
            fact: &change.fact,
        });
        ledger::entries(facts, self.worktime()).ok()
    }

    fn plan(&self, dossier: &dossier::Dossier) -> Option<Plan> {
        Plan::of(dossier, &self.reference, self.today())
    }

    fn today(&self) -> Date {
        self.now.date()
    }
}

/// The accounts of a dossier, for those who may open it.
pub struct DossierAccount<'a>(pub Account<'a>);

/// The accounts of a dossier, for those who may open it.
#[Object]
impl DossierAccount<'_> {
    /// Every promise made to the applicant and everything that touched it. Null over a year without a calendar.
    #[graphql(complexity = "20 + child_complexity")]
    async fn promises(&self, context: &Context<'_>) -> Answered<PromiseLedger> {
        self.0.told(context, promises::told).await
    }

    /// From office to office because one had ended, oldest first: promises and clocks went on as they were.
    #[graphql(complexity = "20 + child_complexity")]
    async fn transfers(&self, context: &Context<'_>) -> Answered<Vec<Transfer>> {
        let told = |_: &Books, dossier: &dossier::Dossier| {
            Some(dossier.transfers.iter().map(Into::into).collect())
        };
        self.0.told(context, told).await
    }

    /// The files that came with its papers and results, oldest first; for those who see the applicant in full. Of a result the
    /// applicant sees it once the result was handed over.
    #[graphql(complexity = "20 + child_complexity")]
    async fn files(&self, context: &Context<'_>) -> Answered<Vec<DossierFile>> {
        self.0.files(context).await
    }

    /// Who took it in, has it, and signed, by name as their offices have registered them, in the order of their acts.
    #[graphql(complexity = "20 + child_complexity")]
    async fn officers(&self, context: &Context<'_>) -> Answered<Vec<DossierOfficer>> {
        self.0.officers(context).await
    }

    /// What was destroyed of its personal data, in order, by which decision and when.
    #[graphql(complexity = "20 + child_complexity")]
    async fn erasures(&self, context: &Context<'_>) -> Answered<Vec<DossierErasure>> {
        self.0.erasures(context).await
    }

    /// Who looked at the personal data of the dossier, newest first: every request of an officer or auditor that opened some; for the
    /// applicant and for auditors.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn looks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Answered<LookPage> {
        self.0.looks(context, first, after.as_deref()).await
    }

    /// The clocks it ran under, oldest first: more than one only after it was passed on.
    #[graphql(complexity = "20 + child_complexity")]
    async fn turns(&self, context: &Context<'_>) -> Answered<Vec<Turn>> {
        self.0.told(context, turns::told).await
    }

    /// Whose desk cost how much time and which day. Null over a year without a calendar.
    #[graphql(complexity = "20 + child_complexity")]
    async fn desk_time(&self, context: &Context<'_>) -> Answered<DeskTime> {
        self.0.told(context, desks::told).await
    }

    /// The control slip (form 06): every hand-over, oldest first. Null over a year without a calendar.
    #[graphql(complexity = "20 + child_complexity")]
    async fn control_slip(&self, context: &Context<'_>) -> Answered<Vec<ControlSlipLine>> {
        self.0.told(context, desks::slip).await
    }

    /// Other agencies that were asked, oldest first.
    #[graphql(complexity = "20 + child_complexity")]
    async fn opinions(&self, context: &Context<'_>) -> Answered<Vec<Opinion>> {
        self.0.told(context, beside::opinions).await
    }

    /// What the applicant owes or owed, oldest first.
    #[graphql(complexity = "20 + child_complexity")]
    async fn obligations(&self, context: &Context<'_>) -> Answered<Vec<Obligation>> {
        self.0.told(context, beside::obligations).await
    }

    /// How what is owed now can be paid through a bank or gateway; empty where none is set up, null as of a time that is past.
    #[graphql(complexity = "20 + child_complexity")]
    async fn ways_to_pay(&self, context: &Context<'_>) -> Answered<Vec<WayToPay>> {
        if !matches!(self.0.until, Until::End) {
            return None;
        }
        let api = api(context);
        let told = |books: &Books, _: &dossier::Dossier| {
            Some(payments::ways(
                &api.payments,
                &books.changes,
                &api.public_url,
                books.now,
            ))
        };
        self.0.told(context, told).await
    }

    /// What the applicant need not pay.
    #[graphql(complexity = "20")]
    async fn exempted(&self, context: &Context<'_>) -> Answered<Vec<ObligationKind>> {
        let told = |_: &Books, dossier: &dossier::Dossier| {
            let kinds = dossier.exempted.iter().map(|kind| (*kind).into());
            Some(kinds.collect())
        };
        self.0.told(context, told).await
    }

    /// The papers that came in, the newest of each item.
    #[graphql(complexity = "20 + child_complexity")]
    async fn components(&self, context: &Context<'_>) -> Answered<Vec<ReceivedComponent>> {
        self.0.told(context, beside::components).await
    }

    /// The procedures it is settled in, each at its agency; empty when it is not linked.
    #[graphql(complexity = "30 + child_complexity")]
    async fn legs(&self, context: &Context<'_>) -> Answered<Vec<DossierLeg>> {
        Some(legs::of(&self.0, api(context)).await)
    }

    /// What it is one leg of; null when it stands by itself.
    #[graphql(complexity = "20 + child_complexity")]
    async fn leg_of(&self, context: &Context<'_>) -> Answered<DossierLegOf> {
        let api = api(context);
        let told = |_: &Books, dossier: &dossier::Dossier| DossierLegOf::of(api, dossier);
        self.0.told(context, told).await
    }

    /// Dossiers it belongs with.
    #[graphql(complexity = "20 + child_complexity")]
    async fn links(&self, context: &Context<'_>) -> Answered<Vec<DossierLink>> {
        let links = self.0.told(context, beside::links).await?;
        match links {
            Ok(links) => Some(beside::with_codes(api(context), links).await),
            Err(problem) => Some(Err(problem)),
        }
    }

    /// How satisfied the applicant was.
    #[graphql(complexity = "20 + child_complexity")]
    async fn rating(&self, context: &Context<'_>) -> Answered<Rating> {
        self.0.told(context, beside::rating).await
    }

    /// What the applicant said of the service, oldest first; the text lies in the vault.
    #[graphql(complexity = "20 + child_complexity")]
    async fn feedback(&self, context: &Context<'_>) -> Answered<Vec<Feedback>> {
        self.0.told(context, beside::feedback).await
    }

    /// What other systems last said of it.
    #[graphql(complexity = "20 + child_complexity")]
    async fn syncs(&self, context: &Context<'_>) -> Answered<Vec<RemoteSync>> {
        self.0.told(context, beside::syncs).await
    }

    /// By when the office was to accept or answer what was lodged; null when its policy names no such time.
    #[graphql(complexity = "20")]
    async fn intake_due_at(&self, context: &Context<'_>) -> Answered<Moment> {
        let told = |_: &Books, dossier: &dossier::Dossier| dossier.intake_due_at;
        self.0.told(context, told).await
    }

    /// The office has neither accepted nor answered, and the time for it has passed.
    #[graphql(complexity = "20")]
    async fn intake_overdue(&self, context: &Context<'_>) -> Answered<bool> {
        self.0.told(context, intake_overdue).await
    }

    /// Its slip was written by hand under a reserved code while the line was down: it was entered later than it was received.
    #[graphql(complexity = "20")]
    async fn entered_late(&self, context: &Context<'_>) -> Answered<bool> {
        self.0.told(context, entered_late).await
    }

    /// Pseudonym of the officer who helped to file it.
    #[graphql(complexity = "20")]
    async fn assisted_by(&self, context: &Context<'_>) -> Answered<String> {
        let told = |_: &Books, dossier: &dossier::Dossier| dossier.assisted_by.clone();
        self.0.told(context, told).await
    }

    /// Papers that the handler wants the applicant to be asked for, by their place in the procedure's list, from 1.
    #[graphql(complexity = "20")]
    async fn proposed_items(&self, context: &Context<'_>) -> Answered<Vec<u32>> {
        let told = |_: &Books, dossier: &dossier::Dossier| Some(dossier.proposed_items.clone());
        self.0.told(context, told).await
    }

    /// By when the applicant is to answer the request for a supplement, while one is awaited.
    #[graphql(complexity = "20")]
    async fn answer_due_at(&self, context: &Context<'_>) -> Answered<Moment> {
        self.0.told(context, answer_due_at).await
    }

    /// Promised moments that passed with the dossier unsettled, as they were recorded; over all turns.
    #[graphql(complexity = "20")]
    async fn missed_at(&self, context: &Context<'_>) -> Answered<Vec<Moment>> {
        self.0.told(context, missed_at).await
    }

    /// Day of an on-site check that is announced and not recorded yet.
    #[graphql(complexity = "20")]
    async fn verification_on(&self, context: &Context<'_>) -> Answered<Day> {
        let told = |_: &Books, dossier: &dossier::Dossier| dossier.verification_on.map(Day);
        self.0.told(context, told).await
    }

    /// The applicant has the original papers back.
    #[graphql(complexity = "20")]
    async fn originals_returned(&self, context: &Context<'_>) -> Answered<bool> {
        let told = |_: &Books, dossier: &dossier::Dossier| Some(dossier.originals_returned);
        self.0.told(context, told).await
    }
}

#[expect(clippy::unnecessary_wraps, reason = "told like what may not be there")]
fn intake_overdue(books: &Books, dossier: &dossier::Dossier) -> Option<bool> {
    Some(dossier.intake_awaited().is_some_and(|due| due < books.now))
}

#[expect(clippy::unnecessary_wraps, reason = "told like what may not be there")]
fn entered_late(books: &Books, _: &dossier::Dossier) -> Option<bool> {
    let mut events = books.changes.iter().map(|change| &change.fact.event);
    Some(events.any(|event| {
        matches!(event, Event::Dossier(DossierEvent::Accepted(accepted)) if accepted.on_paper)
    }))
}

fn answer_due_at(_: &Books, dossier: &dossier::Dossier) -> Option<Moment> {
    let waits = matches!(dossier.phase, Phase::AwaitingSupplement(_));
    dossier.answer_due_at.filter(|_| waits)
}

#[expect(clippy::unnecessary_wraps, reason = "told like what may not be there")]
fn missed_at(_: &Books, dossier: &dossier::Dossier) -> Option<Vec<Moment>> {
    let turns = dossier.turns.iter();
    Some(turns.flat_map(|turn| turn.missed.iter().copied()).collect())
}

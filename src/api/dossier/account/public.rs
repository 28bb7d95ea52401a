//! The accounts as everybody may read them: agencies and roles, money yes or no, no person, no content.

use async_graphql::{Context, Object};

use super::beside::{
    self, DossierLink, Feedback, Obligation, Opinion, Rating, ReceivedComponent, RemoteSync,
};
use super::desks::{self, ControlSlipLine, DeskTime};
use super::legs::{self, DossierLeg};
use super::promises::{self, PromiseLedger};
use super::turns::{self, Turn};
use super::{Account, Books, Reader, answer_due_at, intake_overdue, missed_at};
use crate::api::access::api;
use crate::api::dossier::erasure::DossierErasure;
use crate::api::error::Answered;
use crate::api::files::DossierFile;
use crate::api::looks::LookPage;
use crate::api::paging;
use crate::api::payments::{self, WayToPay};
use crate::api::reorganisation::Transfer;
use crate::api::staff::DossierOfficer;
use crate::domain::dossier::{self, ObligationState};
use crate::domain::time::Moment;

/// The accounts of a dossier, for everybody.
pub struct TrackingAccount<'a>(pub Account<'a>);

impl TrackingAccount<'_> {
    fn is_public(&self) -> bool {
        self.0.reader == Reader::Public
    }

    async fn says(
        &self,
        context: &Context<'_>,
        tell: impl FnOnce(&dossier::Dossier) -> bool,
    ) -> Answered<bool> {
        let told = |_: &Books, dossier: &dossier::Dossier| Some(tell(dossier));
        self.0.told(context, told).await
    }
}

/// The accounts of a dossier, for everybody.
#[Object]
impl TrackingAccount<'_> {
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

    /// The files of the applicant's papers, and of a result once it was handed over, oldest first; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn files(&self, context: &Context<'_>) -> Answered<Vec<DossierFile>> {
        self.0.files(context).await
    }

    /// Who took it in, has it, and signed, by name as their offices have registered them, in the order of their acts; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn officers(&self, context: &Context<'_>) -> Answered<Vec<DossierOfficer>> {
        self.0.officers(context).await
    }

    /// What was destroyed of its personal data, in order, by which decision and when; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn erasures(&self, context: &Context<'_>) -> Answered<Vec<DossierErasure>> {
        self.0.erasures(context).await
    }

    /// Who looked at the personal data of the dossier, newest first: every request of an officer or auditor that opened some; with the
    /// receipt only.
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

    /// Which agency and role cost how much time and which day. Null over a year without a calendar.
    #[graphql(complexity = "20 + child_complexity")]
    async fn desk_time(&self, context: &Context<'_>) -> Answered<DeskTime> {
        self.0.told(context, desks::told).await
    }

    /// Every hand-over, oldest first. Null over a year without a calendar.
    #[graphql(complexity = "20 + child_complexity")]
    async fn control_slip(&self, context: &Context<'_>) -> Answered<Vec<ControlSlipLine>> {
        self.0.told(context, desks::slip).await
    }

    /// Other agencies that were asked, and when; never what they said.
    #[graphql(complexity = "20 + child_complexity")]
    async fn opinions(&self, context: &Context<'_>) -> Answered<Vec<Opinion>> {
        self.0.told(context, beside::opinions).await
    }

    /// The procedures it is settled in, each at its agency; empty when it is not linked.
    #[graphql(complexity = "30 + child_complexity")]
    async fn legs(&self, context: &Context<'_>) -> Answered<Vec<DossierLeg>> {
        Some(legs::of(&self.0, api(context)).await)
    }

    /// A fee, charge or other sum was asked for.
    #[graphql(complexity = "20")]
    async fn fees_asked(&self, context: &Context<'_>) -> Answered<bool> {
        let asked = |dossier: &dossier::Dossier| !dossier.obligations.is_empty();
        self.says(context, asked).await
    }

    /// Nothing that was asked for is unpaid.
    #[graphql(complexity = "20")]
    async fn fees_settled(&self, context: &Context<'_>) -> Answered<bool> {
        let settled = |dossier: &dossier::Dossier| {
            let mut all = dossier.obligations.iter();
            all.all(|one| one.state != ObligationState::Requested)
        };
        self.says(context, settled).await
    }

    /// What the applicant owes or owed, oldest first; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn obligations(&self, context: &Context<'_>) -> Answered<Vec<Obligation>> {
        if self.is_public() {
            return None;
        }
        self.0.told(context, beside::obligations).await
    }

    /// How what is owed now can be paid through a bank or gateway; with the receipt only; empty where none is set up.
    #[graphql(complexity = "20 + child_complexity")]
    async fn ways_to_pay(&self, context: &Context<'_>) -> Answered<Vec<WayToPay>> {
        if self.is_public() {
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

    /// The papers that came in, the newest of each item; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn components(&self, context: &Context<'_>) -> Answered<Vec<ReceivedComponent>> {
        if self.is_public() {
            return None;
        }
        self.0.told(context, beside::components).await
    }

    /// The clock stands until something is paid.
    #[graphql(complexity = "20")]
    async fn payment_awaited(&self, context: &Context<'_>) -> Answered<bool> {
        self.says(context, dossier::Dossier::awaits_payment).await
    }

    /// How it belongs with other dossiers; which they are is not public.
    #[graphql(complexity = "20 + child_complexity")]
    async fn links(&self, context: &Context<'_>) -> Answered<Vec<DossierLink>> {
        self.0.told(context, beside::links).await
    }

    /// How satisfied the applicant was; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn rating(&self, context: &Context<'_>) -> Answered<Rating> {
        if self.is_public() {
            return None;
        }
        self.0.told(context, beside::rating).await
    }

    /// What the applicant said of the service, and when an answer is due; with the receipt only.
    #[graphql(complexity = "20 + child_complexity")]
    async fn feedback(&self, context: &Context<'_>) -> Answered<Vec<Feedback>> {
        if self.is_public() {
            return None;
        }
        self.0.told(context, beside::feedback).await
    }

    /// What other systems last said of it, and how old that is.
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

    /// An officer helped to file it.
    #[graphql(complexity = "20")]
    async fn assisted(&self, context: &Context<'_>) -> Answered<bool> {
        let assisted = |dossier: &dossier::Dossier| dossier.assisted_by.is_some();
        self.says(context, assisted).await
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
}

//! Subscriptions: what happens, as it happens, and nothing lost between a change and the one who waits for it.
//!
//! Each message says the position of a fact that can be read already, what kind of fact it is, and the row as it is now. A
//! follower who was cut off gives the newest `resume` token as `after` and hears what was missed first.

mod follow;
mod messages;
mod resume;

use async_graphql::{Context, Subscription as Subscribed};
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::Stream;

use self::follow::{Following, Heard, Page};
pub use self::messages::{
    BoardChange, DossierChange, RecordedFact, StatisticsChange, TrackingChange, WorklistChange,
};
pub use self::resume::{LastSeen, Place, Token};
use super::Api;
use super::access::{self, api};
use super::board::Wanted;
use super::dossier::audit::AuditFilter;
use super::dossier::query::{DossierBy, find, looked_up, trail_filter};
use super::error::{Problem, Result};
use super::scalar::Day;
use super::statistics::Question;
use super::words::{Channel, Comparison, Level};
use super::worklist::{WorklistFilter, filtered};
use crate::projections::audit;
use crate::projections::change::{Stretch, Subject};
use crate::projections::statistics::Scope;

/// Facts read at a time.
const FACTS: u32 = 100;

/// Begins to follow a subject where the caller left off.
async fn following(
    context: &Context<'_>,
    subject: Subject,
    after: Option<&str>,
) -> Result<Following> {
    let api = api(context);
    let beside = context.data_opt::<LastSeen>();
    let after = beside.and_then(|seen| seen.0.as_deref()).or(after);
    let start = resume::start(api, after).await?;
    let place = context.data_opt::<Place>().cloned().unwrap_or_default();
    let api = api.clone();
    Ok(Following {
        api,
        subject,
        start,
        place,
    })
}

/// What can be followed.
#[derive(Default)]
pub struct Subscription;

/// What can be followed: each message bears its position, and a token to go on behind it.
#[Subscribed]
impl Subscription {
    /// A dossier, for those who may open it: every fact about it.
    async fn dossier_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] by: DossierBy,
        #[graphql(desc = "The newest resume token seen; from now on unless told.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<DossierChange>> + use<>> {
        let actor = access::signed_in(context)?.clone();
        let found = find(api(context), by).await?;
        let found = found.filter(|row| access::may_open(&actor, row));
        let id = found.ok_or(Problem::Forbidden)?.id;
        let following = following(context, Subject::Dossier(id), after.as_deref()).await?;
        let api = following.api.clone();
        Ok(following.changes().then(move |heard| {
            let (api, actor) = (api.clone(), actor.clone());
            async move { DossierChange::of(&api, &actor, id, heard?).await }
        }))
    }

    /// The public view of a dossier, for everybody: told whenever there is a fact about it.
    async fn tracking_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its code, as on the slip; letters in any case.")] code: String,
        #[graphql(
            desc = "The 16 characters on the receipt show a little more; wrong ones nothing."
        )]
        capability: Option<String>,
        #[graphql(desc = "The newest resume token seen; from now on unless told.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<TrackingChange>> + use<>> {
        let row = looked_up(context, &code, capability.as_deref(), None).await?;
        let message = "no dossier has this code";
        let id = row.ok_or_else(|| Problem::bad_input(message))?.id;
        let following = following(context, Subject::Dossier(id), after.as_deref()).await?;
        let api = following.api.clone();
        Ok(following.changes().then(move |heard| {
            let (api, capability) = (api.clone(), capability.clone());
            async move { TrackingChange::of(&api, id, capability.as_deref(), heard?).await }
        }))
    }

    /// The worklist of an office, for those who may read it: every fact about a dossier that the office has or had until then.
    async fn worklist_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which dossiers are listed; all open ones unless told.")] filter: Option<
            WorklistFilter,
        >,
        #[graphql(desc = "The newest resume token seen; from now on unless told.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<WorklistChange>> + use<>> {
        let actor = access::signed_in(context)?.clone();
        let asked = filter.unwrap_or_default();
        let filter = filtered(api(context), &actor, &asked)?;
        let subject = Subject::Office(filter.office);
        let following = following(context, subject, after.as_deref()).await?;
        let api = following.api.clone();
        let heard = following.changes().then(move |heard| {
            let (api, actor, asked) = (api.clone(), actor.clone(), asked.clone());
            async move { WorklistChange::of(&api, &actor, &asked, heard?).await }
        });
        Ok(heard.filter_map(|told| std::future::ready(told.transpose())))
    }

    /// The board in an office's lobby, for everybody: told at most four times a second.
    async fn board_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of the office.")] office: String,
        #[graphql(desc = "Lines of each list, at most 48; 8 unless told.")] first: Option<i32>,
        #[graphql(desc = "The newest resume token seen; from now on unless told.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<BoardChange>> + use<>> {
        let wanted = Wanted::read(api(context), &office, first)?;
        let subject = Subject::Office(wanted.office().to_owned());
        let following = following(context, subject, after.as_deref()).await?;
        let api = following.api.clone();
        Ok(following.newest().then(move |heard| {
            let (api, wanted) = (api.clone(), wanted.clone());
            async move { BoardChange::of(&api, &wanted, heard?).await }
        }))
    }

    /// The counts of a period, for everybody: told at most four times a second, whenever there is a fact.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn statistics_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day.")] from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "Code of an office; all offices unless told.")] office: Option<String>,
        #[graphql(desc = "All offices of a level; not together with office.")] level: Option<Level>,
        #[graphql(desc = "How they came in; all unless told.")] channel: Option<Channel>,
        #[graphql(desc = "Code of a procedure; all unless told.")] procedure: Option<String>,
        #[graphql(default, desc = "By day, as offices publish, or by minute.")]
        comparison: Comparison,
        #[graphql(desc = "The newest resume token seen; from now on unless told.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<StatisticsChange>> + use<>> {
        let question = Question {
            from,
            to,
            office,
            level,
            channel,
            procedure,
            comparison,
        };
        let subject = match question.clone().query(api(context))?.scope {
            Scope::Office(office) => Subject::Office(office),
            Scope::Level(_) | Scope::All => Subject::Journal,
        };
        let everybody = access::actor(context).is_none();
        let following = following(context, subject, after.as_deref()).await?;
        let api = following.api.clone();
        Ok(following.newest().then(move |heard| {
            let (api, question) = (api.clone(), question.clone());
            async move { StatisticsChange::of(&api, question, everybody, heard?).await }
        }))
    }

    /// Every fact, oldest first, for auditors; for the head of a one-stop unit those of the own office.
    async fn fact_recorded(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which facts; all unless told.")] filter: Option<AuditFilter>,
        #[graphql(desc = "The newest resume token seen; from now on unless told.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<RecordedFact>> + use<>> {
        let filter = filter.unwrap_or_default();
        if filter.newest_first {
            return Err(Problem::bad_input("what happens is told in its order"));
        }
        let message = "no dossier has this code";
        let filter = trail_filter(context, filter).await?;
        let filter = filter.ok_or_else(|| Problem::bad_input(message))?;
        let following = following(context, Subject::Journal, after.as_deref()).await?;
        let api = following.api.clone();
        let models = following.api.models.clone();
        let read = move |stretch: Stretch| -> BoxFuture<'static, Result<Page<_>>> {
            let (models, mut filter) = (models.clone(), filter.clone());
            Box::pin(async move {
                filter.below = Some(stretch.until);
                let after = stretch.from.checked_sub(1);
                let order = audit::Order::OldestFirst;
                let found = audit::search(&models, &filter, order, after, FACTS).await?;
                Ok(Page::new(found.rows, found.has_next))
            })
        };
        let pace = std::time::Duration::ZERO;
        Ok(following.with(pace, Box::new(read)).map(move |heard| {
            let Heard { position, what } = heard?;
            Ok(RecordedFact::new(&api, position, what))
        }))
    }
}

/// The place that a request came in at.
#[derive(Debug, Clone, Copy)]
pub struct Here(pub Token);

/// The place now: whoever follows from it misses nothing of what is read afterwards.
#[must_use]
pub fn here(api: &Api) -> Token {
    Token::of(api, api.models.size())
}

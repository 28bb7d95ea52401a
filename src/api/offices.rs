//! The offices, also those that are no more, and the journal itself.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use uuid::Uuid;

use super::Api;
use super::access::{self, api};
use super::error::Answered;
use super::live::{self, Here};
use super::paging::global_id;
use super::scalar::{Day, Digest, Long};
use super::staff::{self, Officer};
use super::words::{Certainty, JournalKind, Label, Level};
use crate::domain::calendar::{OfficeHours, Timetable as _};
use crate::domain::office;
use crate::domain::reference;
use crate::domain::time::Moment;
use crate::projections::offices;

/// An office of the state.
#[derive(Debug, Clone)]
pub struct Office(pub Arc<office::Office>);

/// Office hours, from and to: `07:30`.
#[derive(Debug, SimpleObject)]
pub struct Hours {
    /// Doors open.
    from: String,
    /// Doors close.
    to: String,
}

/// A post of the office that the public may call. People are not named: the journal keeps what it is told for ever.
#[derive(Debug, SimpleObject)]
pub struct OfficePost {
    /// What it is called.
    post: Label,
    /// Its telephone number.
    phone: Option<String>,
    /// What it is for; everything when none is named.
    fields: Vec<Label>,
}

/// An office of the state.
#[Object]
impl Office {
    /// Good for `node`.
    pub async fn id(&self) -> ID {
        global_id("Office", &self.0.code)
    }

    /// Its code in the state's list of agencies.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name.
    async fn name(&self) -> Label {
        (self.0.name_vi.as_str(), self.0.name_en.as_str()).into()
    }

    /// Its level.
    async fn level(&self) -> Level {
        self.0.level.into()
    }

    /// Code of the office above it.
    async fn parent_code(&self) -> Option<&str> {
        self.0.parent.as_deref()
    }

    /// First day it exists.
    async fn valid_from(&self) -> Day {
        Day(self.0.valid_from)
    }

    /// Last day it exists; null while it does.
    async fn valid_to(&self) -> Option<Day> {
        self.0.valid_to.map(Day)
    }

    /// Codes of the offices whose work it took over.
    async fn predecessors(&self, context: &Context<'_>) -> Vec<String> {
        let reference = api(context).models.reference();
        reference.predecessors(&self.0.code).into_iter().collect()
    }

    /// Codes of the offices that took its work over.
    async fn successors(&self, context: &Context<'_>) -> Vec<String> {
        let reference = api(context).models.reference();
        reference.successors(&self.0.code).into_iter().collect()
    }

    /// When it is open on a working day.
    async fn hours(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "On this day; today unless told.")] on: Option<Day>,
    ) -> Vec<Hours> {
        let api = api(context);
        let day = on.map_or_else(|| api.office.clock().date(), |day| day.0);
        spans(api.models.reference().hours(&self.0.code).on(day))
    }

    /// Where it is, in Vietnamese.
    async fn address_vi(&self) -> Option<&str> {
        Some(self.0.address_vi.as_str()).filter(|text| !text.is_empty())
    }

    /// Its telephone number.
    async fn phone(&self) -> Option<&str> {
        Some(self.0.phone.as_str()).filter(|text| !text.is_empty())
    }

    /// The posted list of staff: posts, their phones, and what they are for. Empty when nothing is posted.
    async fn contacts(&self) -> Vec<OfficePost> {
        let posts = self.0.contacts.iter().map(|post| OfficePost {
            post: (post.post_vi.as_str(), post.post_en.as_str()).into(),
            phone: Some(post.phone.clone()).filter(|phone| !phone.is_empty()),
            fields: post
                .fields
                .iter()
                .map(|field| (field.vi.as_str(), field.en.as_str()).into())
                .collect(),
        });
        posts.collect()
    }

    /// Who works there, as the head of the unit publishes it; empty when nobody is registered.
    #[graphql(complexity = "20 + 10 * child_complexity")]
    async fn staff(
        &self,
        context: &Context<'_>,
        #[graphql(default, desc = "Those who have left, and who are to come, too.")] all: bool,
    ) -> Answered<Vec<Officer>> {
        let asked = (all, access::actor(context));
        Some(staff::of_office(api(context), &self.0.code, asked).await)
    }

    /// How sure the record is.
    async fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }
}

/// Office hours in words.
pub fn spans(hours: &OfficeHours) -> Vec<Hours> {
    let spans = hours.spans().iter().map(|span| Hours {
        from: span.from.strftime("%H:%M").to_string(),
        to: span.to.strftime("%H:%M").to_string(),
    });
    spans.collect()
}

impl Office {
    #[must_use]
    pub fn find(api: &Api, code: &str) -> Option<Self> {
        offices::by_code(&api.models, code).map(Self)
    }
}

/// The story of a simulated journal.
#[derive(Debug, SimpleObject)]
pub struct Story {
    /// Which scenario is played.
    scenario: String,
    /// What its chances were drawn from.
    seed: String,
    /// Its last day.
    ends_on: Day,
    /// Its offices are invented too, names and all.
    invented: bool,
}

/// The journal that everything here is read from.
pub struct JournalInfo;

/// The journal that everything here is read from.
#[Object(name = "Journal")]
impl JournalInfo {
    /// Good as `after` of a subscription that begins with what this request reads: nothing that happens meanwhile is missed.
    async fn resume(&self, context: &Context<'_>) -> String {
        let begun = context.data_opt::<Here>().map(|here| here.0);
        let token = begun.unwrap_or_else(|| live::here(api(context)));
        token.to_string()
    }

    /// Its id.
    async fn id(&self, context: &Context<'_>) -> Uuid {
        opened(context).id
    }

    /// URL prefix of its log, without scheme.
    async fn origin<'a>(&self, context: &Context<'a>) -> &'a str {
        &opened(context).origin
    }

    /// Whether it tells of real dossiers.
    async fn kind(&self, context: &Context<'_>) -> JournalKind {
        opened(context).kind.into()
    }

    /// The story, in a simulated journal.
    async fn story(&self, context: &Context<'_>) -> Option<Story> {
        opened(context).story.as_ref().map(|story| Story {
            scenario: story.scenario.clone(),
            seed: story.seed.clone(),
            ends_on: Day(story.ends_on),
            invented: story.invented,
        })
    }

    /// What must be said beside everything shown from a simulated or imported journal.
    async fn notice(&self, context: &Context<'_>) -> Option<Label> {
        let (vi, en) = opened(context).says()?;
        Some(Label { vi, en })
    }

    /// Format of its facts.
    async fn format(&self, context: &Context<'_>) -> u32 {
        opened(context).format
    }

    /// How many facts it has.
    async fn size(&self, context: &Context<'_>) -> Answered<Long> {
        access::passing(context);
        let head = api(context).journal.head().await;
        Some(head.map(|head| Long(head.size)).map_err(Into::into))
    }

    /// Leaf hash of its newest fact.
    async fn leaf_hash(&self, context: &Context<'_>) -> Answered<Digest> {
        access::passing(context);
        let head = api(context).journal.head().await.map_err(Into::into);
        head.map(|head| head.leaf_hash.map(Digest)).transpose()
    }

    /// How many of them the answers of this node rest on.
    async fn visible_size(&self, context: &Context<'_>) -> Long {
        Long(api(context).models.size())
    }

    /// What the clock on the office's wall shows now; a story's clock in a simulated journal.
    async fn clock(&self, context: &Context<'_>) -> Moment {
        access::passing(context);
        api(context).office.clock()
    }
}

fn opened<'a>(context: &Context<'a>) -> &'a reference::Opened {
    api(context).office.opened()
}

/// The offices and the journal.
#[derive(Default)]
pub struct OfficeQuery;

#[Object]
impl OfficeQuery {
    /// All offices in code order.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn offices(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Those that exist on this day; all there ever were unless told.")]
        on: Option<Day>,
    ) -> Vec<Office> {
        let all = offices::list(&api(context).models).into_iter();
        all.filter(|office| on.is_none_or(|day| office.valid_on(day.0)))
            .map(Office)
            .collect()
    }

    /// One office, on whatever day; null when there is none of this code.
    async fn office(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its code.")] code: String,
    ) -> Option<Office> {
        Office::find(api(context), code.trim())
    }

    /// The journal that everything here is read from.
    async fn journal(&self) -> JournalInfo {
        JournalInfo
    }
}

//! The counts of a period, split: by office, field, procedure, channel, level or officer.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Enum, Object};

use super::{Question, Statistics, may_tell};
use crate::api::Api;
use crate::api::access::{api, may_see_officers, signed_in};
use crate::api::error::{Answered, Result};
use crate::api::paging::{self, Cursor};
use crate::api::scalar::{Day, Long};
use crate::api::wait_for;
use crate::api::words::{Channel, Comparison, Label, Level, channel_label, level_label};
use crate::domain::actor::Role;
use crate::domain::reference::Reference;
use crate::projections::statistics::groups::{self, Groups, Tally};
use crate::projections::statistics::{Query, suppress};
use crate::projections::word::from_word;

/// What the counts are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::projections::statistics::groups::Dimension")]
pub enum Dimension {
    /// The office whose clock ran.
    Office,
    /// Field of the procedure's newest version; small numbers as for procedures.
    Field,
    /// The procedure. To those who are not signed in, sensitive procedures with a number below 5 are told together, with at
    /// least one other, without a key.
    Procedure,
    /// How they came in.
    Channel,
    /// Level of the office.
    Level,
    /// Who had them at the period's end, or when they ended. For the office's own people and auditors.
    Handler,
    /// Who signed the result or the refusal. For the office's own people and auditors.
    Signer,
    /// The desk at the period's end, or the one that ended it: a role, `handler/2` in step 2 of the internal process,
    /// or `awaiting_applicant`, `awaiting_payment`.
    Step,
}

pub type GroupPage = Connection<Cursor, StatisticsGroup, EmptyFields, EmptyFields>;

/// The counts of one group.
pub struct StatisticsGroup {
    key: Option<String>,
    label: Label,
    counts: Statistics,
}

/// The counts of one group.
#[Object]
impl StatisticsGroup {
    /// Code of the office or procedure, name of the field, channel or level, pseudonym of the officer. Null for what
    /// belongs to none: not handed to anybody yet, signed by nobody; and for what is told together.
    async fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// For people.
    async fn label(&self) -> &Label {
        &self.label
    }

    /// The counts.
    async fn counts(&self) -> &Statistics {
        &self.counts
    }
}

/// The counts of a period, split.
pub struct StatisticsBy {
    total: Statistics,
    groups: Groups,
    dimension: groups::Dimension,
    names: std::sync::Arc<Reference>,
}

/// The counts of a period, split. The groups do not overlap, and all together are the total.
#[Object]
impl StatisticsBy {
    /// All groups together, also those of other pages: what `statistics` answers at this size.
    async fn total(&self) -> &Statistics {
        &self.total
    }

    /// How many groups there are on all pages.
    async fn group_count(&self) -> u32 {
        u32::try_from(self.groups.len()).unwrap_or(u32::MAX)
    }

    /// The groups with anything to tell, in the order of their keys.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn groups(
        &self,
        #[graphql(desc = "How many groups, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Answered<GroupPage> {
        Some(self.page(first, after.as_deref()))
    }
}

impl StatisticsBy {
    fn page(&self, first: Option<i32>, after: Option<&str>) -> Result<GroupPage> {
        let count = usize::try_from(paging::first(first)?).unwrap_or_default();
        let after = after.map(|text| Cursor::read("g", text)).transpose()?;
        let name = |key: &Option<String>| key.clone().unwrap_or_default();
        let beyond = |key: &Option<String>| after.as_ref().is_none_or(|after| name(key) > *after);
        let mut rest = self.groups.iter().filter(|(key, _)| beyond(key));
        let rows: Vec<_> = rest.by_ref().take(count).collect();
        let has_next = rest.next().is_some();
        let rows = rows.into_iter().map(|(key, tally)| {
            let cursor = Cursor::new("g", &name(key));
            (cursor, self.group(key.as_deref(), tally))
        });
        Ok(paging::connection(rows, after.is_some(), has_next))
    }

    fn group(&self, key: Option<&str>, tally: &Tally) -> StatisticsGroup {
        StatisticsGroup {
            key: key.map(str::to_owned),
            label: label(self.dimension, key, &self.names),
            counts: Statistics {
                counts: tally.counts,
                query: self.total.query.clone(),
                asked_to: self.total.asked_to,
            },
        }
    }
}

/// What people call a group.
fn label(dimension: groups::Dimension, key: Option<&str>, names: &Reference) -> Label {
    use groups::Dimension as D;
    let Some(key) = key else {
        return match dimension {
            D::Procedure | D::Field => ("Gộp các số nhỏ", "Small numbers together").into(),
            D::Office | D::Channel | D::Level | D::Step | D::Handler | D::Signer => {
                ("Chưa có", "None yet").into()
            }
        };
    };
    let known: Option<Label> = match dimension {
        D::Office => {
            let office = names.offices.get(key);
            office.map(|office| (office.name_vi.as_str(), office.name_en.as_str()).into())
        }
        D::Procedure => {
            let newest = names
                .procedures
                .get(key)
                .and_then(|versions| versions.last());
            newest.map(|one| (one.name_vi.as_str(), one.name_en.as_str()).into())
        }
        D::Field => {
            let mut newest = names
                .procedures
                .values()
                .filter_map(|versions| versions.last());
            let found = newest.find(|one| one.field_vi == key);
            found.map(|one| (one.field_vi.as_str(), one.field_en.as_str()).into())
        }
        D::Channel => from_word(key.to_owned())
            .ok()
            .map(|one| channel_label(one).into()),
        D::Level => from_word(key.to_owned())
            .ok()
            .map(|one| level_label(one).into()),
        D::Step => Some(desk_label(key)),
        D::Handler | D::Signer => None,
    };
    known.unwrap_or_else(|| (key, key).into())
}

/// A desk for people: `handler/2` is the handler's in step 2.
fn desk_label(key: &str) -> Label {
    let (role, step) = match key.split_once('/') {
        Some((role, step)) => (role, Some(step)),
        None => (key, None),
    };
    let (vi, en) = match (Role::from_name(role), role) {
        (Some(role), _) => role.label(),
        (None, "awaiting_applicant") => ("Chờ người nộp bổ sung", "Waits for the applicant"),
        (None, "awaiting_payment") => ("Chờ nộp tiền", "Waits for payment"),
        (None, other) => (other, other),
    };
    match step {
        Some(step) => Label {
            vi: format!("{vi}, bước {step}"),
            en: format!("{en}, step {step}"),
        },
        None => (vi, en).into(),
    }
}

/// The groups as everybody may read them.
async fn public_groups(api: &Api, query: &Query, dimension: groups::Dimension) -> Result<Groups> {
    use groups::Dimension as D;
    let groups = match dimension {
        D::Procedure | D::Field => groups::by(&api.models, query, D::Procedure).await?,
        D::Office | D::Channel | D::Level | D::Step | D::Handler | D::Signer => {
            return Ok(groups::by(&api.models, query, dimension).await?);
        }
    };
    let told = suppress::told(&api.models, groups);
    Ok(match dimension {
        D::Field => suppress::by_field(&told, &api.models.reference()),
        D::Procedure | D::Office | D::Channel | D::Level | D::Step | D::Handler | D::Signer => {
            told.groups
        }
    })
}

/// Names of people at work are for those who may open the office's dossiers.
fn is_of_people(dimension: groups::Dimension) -> bool {
    use groups::Dimension as D;
    match dimension {
        D::Handler | D::Signer => true,
        D::Office | D::Field | D::Procedure | D::Channel | D::Level | D::Step => false,
    }
}

/// Counts, split.
#[derive(Default)]
pub struct GroupQuery;

#[Object]
impl GroupQuery {
    /// The counts of a period split by a dimension, each group with the same counts as `statistics`, for everybody but
    /// those by officer.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(complexity = "100 + child_complexity")]
    async fn statistics_by(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What they are split by.")] dimension: Dimension,
        #[graphql(desc = "First day.")] from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "Code of an office; all offices unless told.")] office: Option<String>,
        #[graphql(desc = "All offices of a level; not together with office.")] level: Option<Level>,
        #[graphql(desc = "How they came in; all unless told.")] channel: Option<Channel>,
        #[graphql(desc = "Code of a procedure; all unless told.")] procedure: Option<String>,
        #[graphql(default, desc = "By day, as offices publish, or by minute.")]
        comparison: Comparison,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<StatisticsBy> {
        let asked = Question {
            from,
            to,
            office,
            level,
            channel,
            procedure,
            comparison,
        };
        let answer = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let query = asked.query(api)?;
            may_tell(context, &query).await?;
            let dimension = dimension.into();
            if is_of_people(dimension) {
                may_see_officers(signed_in(context)?, office_of(&query))?;
            }
            let groups = match signed_in(context) {
                Ok(_) => groups::by(&api.models, &query, dimension).await?,
                Err(_) => public_groups(api, &query, dimension).await?,
            };
            let total = Statistics {
                counts: groups::total(&groups).counts,
                query,
                asked_to: to.0,
            };
            Ok(StatisticsBy {
                total,
                groups,
                dimension,
                names: api.models.reference(),
            })
        };
        Some(answer.await)
    }
}

/// The one office that is asked about.
pub(super) fn office_of(query: &Query) -> Option<&str> {
    use crate::projections::statistics::Scope;
    match &query.scope {
        Scope::Office(code) => Some(code),
        Scope::All | Scope::Level(_) => None,
    }
}

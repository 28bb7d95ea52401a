//! What can be asked of all journals together.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema, SimpleObject};

use super::{Followed, Member, Rollup};
use crate::api::access::look_up_within;
use crate::api::error::{Answered, FailureCode, Problem, Result};
use crate::api::http::cost::Costs;
use crate::api::scalar::{Day, Long};
use crate::api::schema::written;
use crate::api::statistics::{Figures, Question};
use crate::api::words::{Channel, Comparison, DossierStatus, Level};
use crate::domain::code::DossierCode;
use crate::domain::time::Moment;
use crate::projections::statistics::{self, Counts};
use crate::projections::tracking::{DossierRow, by_code};

pub type RollupSchema = Schema<RollupQuery, EmptyMutation, EmptySubscription>;

/// The schema over these journals.
#[must_use]
pub fn schema(rollup: Rollup) -> RollupSchema {
    let limits = rollup.limits.clone();
    Schema::build(RollupQuery, EmptyMutation, EmptySubscription)
        .register_output_type::<FailureCode>()
        .limit_depth(limits.depth)
        .limit_complexity(limits.complexity)
        .limit_directives(limits.directives)
        .disable_suggestions()
        .extension(Costs)
        .data(rollup)
        .finish()
}

/// The schema in its own language, as committed in `rollup.graphql`.
#[must_use]
pub fn sdl() -> String {
    let schema = Schema::build(RollupQuery, EmptyMutation, EmptySubscription);
    schema
        .register_output_type::<FailureCode>()
        .finish()
        .sdl_with_options(written())
}

/// What can be asked.
pub struct RollupQuery;

#[Object]
impl RollupQuery {
    /// The journals that are followed, in the order in which they were named.
    async fn members(&self, context: &Context<'_>) -> Vec<MemberView> {
        let members = rollup(context).members().iter();
        members.map(MemberView::of).collect()
    }

    /// The counts of a period, of each journal and added up. Nothing is counted after today: of a simulation, its own today.
    #[graphql(complexity = "50 + 20 * child_complexity")]
    async fn statistics(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day.")] from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "All offices of a level; all offices unless told.")] level: Option<Level>,
        #[graphql(desc = "How they came in; all unless told.")] channel: Option<Channel>,
        #[graphql(default, desc = "By day, as offices publish, or by minute.")]
        comparison: Comparison,
    ) -> Answered<RollupStatistics> {
        let asked = Question {
            level,
            channel,
            comparison,
            ..Question::plain(from, to, None, None)
        };
        Some(RollupStatistics::of(rollup(context), &asked).await)
    }

    /// Where the dossier with this code is, and how it stands there; null when no journal has it.
    async fn whereabouts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its code, as on the slip; letters in any case.")] code: String,
    ) -> Answered<Whereabouts> {
        let found = async {
            let code: DossierCode = code.trim().parse()?;
            look_up_within(context, &rollup(context).rates)?;
            whereabouts(rollup(context), &code).await
        };
        found.await.transpose()
    }
}

fn rollup<'a>(context: &Context<'a>) -> &'a Rollup {
    context.data_unchecked::<Rollup>()
}

/// A journal that is followed.
#[derive(SimpleObject)]
#[graphql(name = "Member")]
pub struct MemberView {
    /// What it is called here.
    name: String,
    /// What it calls itself in every signature; null before anything of it was proved.
    origin: Option<String>,
    /// How many facts of it are shown.
    size: Long,
    /// How many of them were proved by its newest checkpoint.
    proved: Long,
    /// When that was last compared with what it publishes.
    compared_at: Option<Moment>,
    /// When the newest fact of the copy was recorded.
    recorded_at: Option<Moment>,
    /// Why the last comparison failed; null when it did not.
    failure: Option<MemberFailure>,
    /// It contradicted itself: nothing more of it is taken, and the evidence is kept.
    ended: bool,
    /// Where its own GraphQL is answered from the copy here; null before anything of it was proved.
    graphql: Option<String>,
}

/// Why a journal could not be followed.
#[derive(SimpleObject)]
pub struct MemberFailure {
    /// A stable code.
    code: &'static str,
    /// In words.
    message: String,
}

impl MemberView {
    fn of(member: &Member) -> Self {
        let Followed {
            shown,
            proved,
            recorded_at,
            compared_at,
            failure,
            ended,
        } = member.followed();
        let origin = shown
            .as_ref()
            .map(|shown| shown.api.office.opened().origin.clone());
        let size = shown.as_ref().map_or(0, |shown| shown.api.models.size());
        Self {
            name: member.name.clone(),
            graphql: shown.map(|_| format!("/m/{}/graphql", member.name)),
            origin,
            size: Long(size),
            proved: Long(proved),
            compared_at,
            recorded_at,
            failure: failure.map(|(code, message)| MemberFailure { code, message }),
            ended,
        }
    }
}

/// The counts of a period over all journals.
#[derive(Default)]
pub struct RollupStatistics {
    of: Vec<(String, Counts)>,
    missing: Vec<String>,
}

/// The counts of one journal.
pub struct MemberStatistics {
    name: String,
    counts: Counts,
}

#[expect(
    clippy::unused_async,
    reason = "a flattened field is told by an async function, like any other"
)]
#[Object]
impl MemberStatistics {
    /// What it is called here.
    async fn member(&self) -> &str {
        &self.name
    }

    #[graphql(flatten)]
    async fn figures(&self) -> Figures {
        Figures(self.counts)
    }

    /// Size of its journal at which it was counted.
    async fn size(&self) -> Long {
        Long(self.counts.size)
    }
}

/// The counts of a period over all journals.
#[Object]
impl RollupStatistics {
    /// Added up.
    async fn total(&self) -> Figures {
        let mut total = Counts::default();
        for (_, counts) in &self.of {
            total += *counts;
        }
        Figures(total)
    }

    /// Journal by journal.
    async fn members(&self) -> Vec<MemberStatistics> {
        let each = self.of.iter().map(|(name, counts)| MemberStatistics {
            name: name.clone(),
            counts: *counts,
        });
        each.collect()
    }

    /// Journals of which nothing is known yet, or whose period has not begun: they are in no sum.
    async fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Every journal is in the sum.
    async fn complete(&self) -> bool {
        self.missing.is_empty()
    }
}

impl RollupStatistics {
    /// What was counted of one journal.
    pub(super) fn counts_of(&self, name: &str) -> Option<Counts> {
        let mut of = self.of.iter();
        of.find_map(|(of, counts)| (of == name).then_some(*counts))
    }

    pub(super) async fn of(rollup: &Rollup, asked: &Question) -> Result<Self> {
        if asked.to.0 < asked.from.0 {
            return Err(Problem::bad_input("to lies before from"));
        }
        let (mut of, mut missing) = (Vec::new(), Vec::new());
        let mut journals = HashSet::new();
        for member in rollup.members() {
            let name = member.name.clone();
            let Some(shown) = member.followed().shown else {
                missing.push(name);
                continue;
            };
            let is_new = journals.insert(shown.api.office.opened().id);
            match asked.clone().query(&shown.api) {
                // One journal under two names is counted once.
                Ok(query) if is_new => {
                    of.push((name, statistics::count(&shown.api.models, &query).await?));
                }
                // Of a journal whose today lies before the period.
                Ok(_) | Err(_) => missing.push(name),
            }
        }
        Ok(Self { of, missing })
    }
}

/// A dossier, wherever it is.
#[derive(SimpleObject)]
pub struct Whereabouts {
    /// Its code.
    code: String,
    /// The journal that has it.
    member: String,
    /// Code of the office that has it now.
    office: String,
    /// Code of its procedure; null where that is not for everybody.
    procedure: Option<String>,
    /// Its state.
    status: DossierStatus,
    /// When it was received.
    received_at: Option<Moment>,
    /// What is promised now.
    due_at: Option<Moment>,
    /// When its processing ended.
    ended_at: Option<Moment>,
    /// Its public page here.
    page: String,
    /// Where more of it can be asked for.
    graphql: String,
}

async fn whereabouts(rollup: &Rollup, code: &DossierCode) -> Result<Option<Whereabouts>> {
    let found = find(rollup, code).await?;
    if found.is_none() && !rollup.is_whole() {
        let error = anyhow::anyhow!("a journal is not shown yet, and the dossier may be there");
        return Err(Problem::Unavailable(Arc::new(error)));
    }
    Ok(found.map(|(member, row)| Whereabouts {
        page: format!("/t/{}", code.as_str()),
        graphql: format!("/m/{}/graphql", member.name),
        member: member.name.clone(),
        code: code.as_str().to_owned(),
        procedure: (!row.sensitive).then_some(row.procedure),
        office: row.office,
        status: row.phase.into(),
        received_at: row.received_at,
        due_at: row.due_at,
        ended_at: row.ended_at,
    }))
}

/// The first journal that has a dossier of this code.
pub(super) async fn find<'a>(
    rollup: &'a Rollup,
    code: &DossierCode,
) -> Result<Option<(&'a Member, DossierRow)>> {
    for member in rollup.members() {
        let Some(shown) = member.followed().shown else {
            continue;
        };
        if let Some(row) = by_code(&shown.api.models, code.as_str()).await? {
            return Ok(Some((member, row)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::sdl;

    #[test]
    fn the_committed_schema_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rollup.graphql");
        if std::env::var_os("MOTCUA_BLESS").is_some() {
            std::fs::write(&path, sdl()).expect("the file is writable");
        }
        let committed = std::fs::read_to_string(&path).expect("the file is there");
        assert!(
            committed == sdl(),
            "rollup.graphql is old: run the tests with MOTCUA_BLESS=1"
        );
    }
}

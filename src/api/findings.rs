//! What an auditor should look at: findings with the facts they rest on, and the rules that found them.
//!
//! Shown to those who supervise, and only where nobody real can be accused by an invention: on live journals, and on
//! simulations whose story says that its offices are invented. A simulation that bears a real office's name has none.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Enum, Object, SimpleObject};

use super::Api;
use super::access::{self, api};
use super::dossier::audit::AuditEntry;
use super::error::{Answered, Problem, Result};
use super::offices::Office;
use super::paging::{self, Cursor};
use super::scalar::{Day, Long};
use super::statistics::Ratio;
use super::wait_for;
use super::words::{Certainty, Label};
use crate::domain::code::OfficeCode;
use crate::domain::detector::{self, Rule, rules};
use crate::domain::reference::{JournalKind, Opened};
use crate::projections::audit;
use crate::projections::detector::{Filter, Finding as Found, Window, search};

/// Facts of one finding in one answer.
const FACTS_MAX: usize = 100;
/// The longest window, in days: a leap year.
const DAYS_MAX: i32 = 366;

/// What an amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::detector::Unit")]
pub enum FindingUnit {
    /// Minutes.
    Minutes,
    /// Whole hours of the office.
    WorkingHours,
    /// Working days of the office.
    WorkingDays,
    /// Dossiers.
    Dossiers,
    /// Numbers of an office's register.
    Numbers,
    /// How often.
    Times,
}

/// One threshold of a rule.
#[derive(Debug, SimpleObject)]
pub struct FindingThreshold {
    /// Its name, with its unit last: `minutes_min`.
    name: String,
    /// Its value.
    value: String,
}

/// What is looked for. A rule finds facts to read; it never says that somebody did wrong.
pub struct FindingRule(&'static Rule);

/// What is looked for. A rule finds facts to read; it never says that somebody did wrong.
#[Object]
impl FindingRule {
    /// Its stable name.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// From 1; another threshold is another version.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// Its name for people.
    async fn name(&self) -> Label {
        (self.0.name_vi.as_str(), self.0.name_en.as_str()).into()
    }

    /// What it may point to.
    async fn suggests(&self) -> Label {
        (self.0.suggests_vi.as_str(), self.0.suggests_en.as_str()).into()
    }

    /// What else it may be.
    async fn innocent_explanation(&self) -> Label {
        (self.0.innocent_vi.as_str(), self.0.innocent_en.as_str()).into()
    }

    /// The text behind it.
    async fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// How sure that text is; the thresholds are always a choice.
    async fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }

    /// What its amounts count.
    async fn unit(&self) -> FindingUnit {
        self.0.measure.unit().into()
    }

    /// From what on it finds something.
    async fn thresholds(&self) -> Vec<FindingThreshold> {
        let written = serde_json::to_value(self.0.measure).unwrap_or_default();
        let fields = written.as_object().cloned().unwrap_or_default();
        let thresholds = fields.into_iter().filter(|(name, _)| name != "kind");
        let text = |value: serde_json::Value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        };
        thresholds
            .map(|(name, value)| FindingThreshold {
                name,
                value: text(value),
            })
            .collect()
    }
}

/// Something an auditor should look at: no verdict. Its facts say what happened, and its rule what else it may be.
pub struct Finding(Found);

/// Something an auditor should look at: no verdict. Its facts say what happened, and its rule what else it may be.
#[Object]
impl Finding {
    /// What found it.
    async fn rule(&self) -> FindingRule {
        FindingRule(self.0.rule)
    }

    /// Code of the office that had the dossier, or whose register it is.
    async fn office_code(&self) -> &str {
        &self.0.office
    }

    /// That office.
    async fn office(&self, context: &Context<'_>) -> Option<Office> {
        Office::find(api(context), &self.0.office)
    }

    /// The first day it speaks of.
    async fn from(&self) -> Day {
        Day(self.0.from)
    }

    /// The last day it speaks of.
    async fn to(&self) -> Day {
        Day(self.0.to)
    }

    /// How much, in the rule's unit.
    async fn amount(&self) -> Long {
        Long(self.0.amount)
    }

    /// Of how many, where the rule looks at a share.
    async fn rate(&self) -> Option<Ratio> {
        self.0.rate.map(|(part, whole)| Ratio::of(part, whole))
    }

    /// Positions of all facts it rests on, oldest first.
    async fn positions(&self) -> Vec<Long> {
        self.0.positions.iter().copied().map(Long).collect()
    }

    /// Codes of the dossiers it is about.
    async fn codes(&self) -> &[String] {
        &self.0.codes
    }

    /// The newest of the facts it rests on, oldest first.
    #[graphql(complexity = "paging::cost(first, child_complexity)")]
    async fn facts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
    ) -> Answered<Vec<AuditEntry>> {
        Some(facts(api(context), &self.0.positions, first).await)
    }
}

pub type FindingPage = Connection<Cursor, Finding, EmptyFields, EmptyFields>;

/// What an auditor should look at.
#[derive(Default)]
pub struct FindingQuery;

#[Object]
impl FindingQuery {
    /// The rules of the detector, for everybody: what is looked for is no secret.
    #[graphql(complexity = "20 + child_complexity")]
    async fn finding_rules(&self) -> Vec<FindingRule> {
        rules().iter().map(FindingRule).collect()
    }

    /// Findings among the facts recorded in a window of at most a year, by their newest fact; rates are of the whole
    /// months that it touches. For auditors, and for the head of an office of that office. `NO_FINDINGS_HERE` on a
    /// simulation that bears a real office's name.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(complexity = "100 + paging::cost(first, child_complexity)")]
    async fn findings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of a rule; all unless told.")] rule: Option<String>,
        #[graphql(desc = "Code of an office; all that the caller may see unless told.")]
        office: Option<String>,
        #[graphql(desc = "First day of recording.")] from: Day,
        #[graphql(desc = "Last day of recording.")] to: Day,
        #[graphql(desc = "How many, at most 100; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<FindingPage> {
        let found = async {
            let (api, actor) = (api(context), access::signed_in(context)?);
            let own = access::supervised(actor)?;
            if !may_be_shown(api.office.opened()) {
                return Err(Problem::NoFindingsHere);
            }
            let filter = filter(rule, office, own)?;
            let window = window(from, to)?;
            wait_for(api, min_position).await?;
            page(api, window, &filter, first, after.as_deref()).await
        };
        Some(found.await)
    }
}

/// A simulation must not accuse an office that there is.
#[must_use]
pub fn may_be_shown(opened: &Opened) -> bool {
    match opened.kind {
        JournalKind::Live | JournalKind::Imported => true,
        JournalKind::Simulated => opened.story.as_ref().is_some_and(|story| story.invented),
    }
}

fn filter(rule: Option<String>, office: Option<String>, own: Option<&str>) -> Result<Filter> {
    if let Some(code) = &rule
        && detector::rule(code).is_none()
    {
        return Err(Problem::bad_input("no rule has this code"));
    }
    let office = office
        .map(|code| code.trim().parse::<OfficeCode>().map(String::from))
        .transpose()?;
    let office = match (office, own) {
        (Some(asked), Some(own)) if asked != own => return Err(Problem::Forbidden),
        (Some(office), _) => Some(office),
        (None, own) => own.map(str::to_owned),
    };
    Ok(Filter { rule, office })
}

fn window(Day(from): Day, Day(to): Day) -> Result<Window> {
    if to < from {
        return Err(Problem::bad_input("to lies before from"));
    }
    if (to - from).get_days() >= DAYS_MAX {
        return Err(Problem::bad_input("the window is longer than a year"));
    }
    Ok(Window { from, to })
}

async fn page(
    api: &Api,
    window: Window,
    filter: &Filter,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<FindingPage> {
    let (first, after) = (paging::first(first)?, paging::finding(after)?);
    let found = search(&api.models, window, filter, after.as_ref(), first).await?;
    let rows = found.rows.into_iter();
    let rows = rows.map(|(place, row)| (paging::finding_cursor(&place), Finding(row)));
    Ok(paging::connection(
        rows.collect::<Vec<_>>(),
        after.is_some(),
        found.has_next,
    ))
}

async fn facts(api: &Api, positions: &[u64], first: Option<i32>) -> Result<Vec<AuditEntry>> {
    let first = (paging::first(first)? as usize).min(FACTS_MAX);
    let newest = &positions[positions.len().saturating_sub(first)..];
    let rows = audit::at(&api.models, newest).await?;
    Ok(rows.into_iter().map(AuditEntry::of_trail).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::{Actor, NO_OFFICE, Role};
    use crate::domain::reference::{ClockKind, Story};

    fn opened(kind: JournalKind, invented: Option<bool>) -> Opened {
        let story = invented.map(|invented| Story {
            scenario: "story".into(),
            seed: "1".into(),
            ends_on: jiff::civil::date(2023, 3, 31),
            invented,
        });
        Opened {
            id: uuid::Uuid::nil(),
            origin: "localhost/x".into(),
            kind,
            clock: ClockKind::Story,
            format: 1,
            story,
            teller: None,
        }
    }

    #[test]
    fn a_simulation_that_bears_a_real_name_accuses_nobody() {
        assert!(may_be_shown(&opened(JournalKind::Live, None)));
        assert!(may_be_shown(&opened(JournalKind::Simulated, Some(true))));
        assert!(!may_be_shown(&opened(JournalKind::Simulated, Some(false))));
        assert!(!may_be_shown(&opened(JournalKind::Simulated, None)));
    }

    #[test]
    fn a_head_sees_the_own_office_and_an_officer_none() {
        let actor = |role, office: &str| Actor::new("x-01", office, role);
        let auditor = actor(Role::Auditor, NO_OFFICE);
        assert_eq!(access::supervised(&auditor).ok(), Some(None));
        let head = actor(Role::CentreManager, "H99.40");
        assert_eq!(access::supervised(&head).ok(), Some(Some("H99.40")));
        assert!(access::supervised(&actor(Role::Receiver, "H99.40")).is_err());
        assert!(filter(None, Some("H99.41".into()), Some("H99.40")).is_err());
        assert!(filter(Some("no_rule".into()), None, None).is_err());
    }
}

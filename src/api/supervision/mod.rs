//! Inspections, reminders and plans of reviews, for everybody: what was found, by when it is put right, and whether it was.

mod notes;

use async_graphql::{Context, Object, SimpleObject};

use super::Api;
use super::access::api;
use super::error::Answered;
use super::offices::Office;
use super::scalar::{Day, Long};
use super::wait_for;
use super::words::{BreachRule, InspectionFindingKind, InspectionSubject, Label};
use crate::domain::reference::Reference;
use crate::domain::supervision::{HeldFinding, HeldInspection, HeldReminder, ReviewPlan};
use crate::domain::time::Moment;

/// A shortcoming that an inspection found. What was said of it lies in the vault.
#[derive(Debug, Clone, SimpleObject)]
pub struct InspectionFinding {
    /// Which of the inspection, from 1.
    pub number: u32,
    /// What kind.
    pub kind: InspectionFindingKind,
    /// Positions of the facts that show it.
    pub facts: Vec<Long>,
    /// Addresses of these facts' pages, for auditors.
    pub pages: Vec<String>,
    /// The rule it offends against.
    pub breach: Option<BreachRule>,
    /// By when it is to be put right; null when nothing was ordered.
    pub due_on: Option<Day>,
    /// The day on which the office reported that it was.
    pub done_on: Option<Day>,
    /// Its day has passed, and it was not done by then.
    pub late: bool,
}

/// An inspection.
#[derive(Debug, Clone, SimpleObject)]
pub struct Inspection {
    /// Its code.
    pub code: String,
    /// Number of the decision.
    pub decision: String,
    /// Codes of the posts on the team.
    pub team: Vec<String>,
    /// The inspected office.
    pub office: Option<Office>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// What is looked at.
    pub subject: InspectionSubject,
    /// The day on which it was closed.
    pub closed_on: Option<Day>,
    /// What was found, in order.
    pub findings: Vec<InspectionFinding>,
    /// How many findings were to be put right.
    pub ordered: u32,
    /// How many of these were put right by their day.
    pub corrected_in_time: u32,
}

/// A written reminder. What it says lies in the vault.
#[derive(Debug, Clone, SimpleObject)]
pub struct Reminder {
    /// From 1, over all offices.
    pub number: u32,
    /// The office that reminds.
    pub from: Option<Office>,
    /// The agency that is reminded.
    pub to: Option<Office>,
    /// Codes of the dossiers it is about.
    pub dossiers: Vec<String>,
    /// First day it is about, when it names no dossiers.
    pub about_from: Option<Day>,
    /// Last day it is about.
    pub about_to: Option<Day>,
    /// When it was sent.
    pub sent_on: Day,
    /// Last day to reply.
    pub due_on: Day,
    /// When the agency replied.
    pub answered_on: Option<Day>,
    /// No reply by its day.
    pub late: bool,
}

/// A plan of reviews, with what came of it.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReviewPlanProgress {
    /// Of the review.
    pub year: i16,
    /// Number of the plan.
    pub decision: String,
    /// Percent of the time for settlement to be cut.
    pub time_cut_percent: Option<u8>,
    /// Percent of the cost of compliance to be cut.
    pub cost_cut_percent: Option<u8>,
    /// How many procedures are to be reviewed.
    pub planned: u32,
    /// How many of these the reviews of the year proposed to change or abolish.
    pub proposed: u32,
    /// How many of these proposed ones were published anew or abolished since.
    pub carried_out: u32,
    /// Codes of the planned procedures without a proposal.
    pub open: Vec<String>,
}

/// Supervision.
#[derive(Default)]
pub struct SupervisionQuery;

#[Object]
impl SupervisionQuery {
    /// Inspections with what they found, the newest first, for everybody.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn inspections(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of an office; all unless told.")] office: Option<String>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Vec<Inspection>> {
        let found = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            Ok(inspections(api, office.as_deref()))
        };
        Some(found.await)
    }

    /// Written reminders, the newest first, for everybody.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn reminders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of an office that reminds or is reminded; all unless told.")]
        office: Option<String>,
        #[graphql(default, desc = "Only those without a reply.")] open: bool,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Vec<Reminder>> {
        let found = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            Ok(reminders(api, office.as_deref(), open))
        };
        Some(found.await)
    }

    /// What was said in words of findings, corrections, reminders and replies of an office, the newest first. For that office's
    /// officers (an agency's reminders: those who sent them too), procedure control and auditors; everybody else is FORBIDDEN.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn supervision_notes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of the office that was inspected, reminds or is reminded.")]
        office: String,
    ) -> Answered<Vec<SupervisionNote>> {
        Some(notes::of_office(context, &office).await)
    }

    /// Plans of reviews with what came of them, the newest first, for everybody.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn review_plans(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Of one year; all unless told.")] year: Option<i16>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Vec<ReviewPlanProgress>> {
        let found = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let reference = api.models.reference();
            let plans = reference.supervision.plans.iter().rev();
            let plans = plans.filter(|plan| year.is_none_or(|year| plan.year == year));
            Ok(plans.map(|plan| progress(plan, &reference)).collect())
        };
        Some(found.await)
    }
}

/// What was said in words.
#[derive(Debug, Clone, SimpleObject)]
pub struct SupervisionNote {
    /// Position of the fact that it belongs to.
    pub position: Long,
    /// When it was recorded.
    pub at: Moment,
    /// What happened with it.
    pub about: Label,
    /// Code of the inspection; null for a reminder.
    pub inspection: Option<String>,
    /// Number of the finding, or of the reminder.
    pub number: Option<u32>,
    /// The text; null when it was erased.
    pub text: Option<String>,
}

/// Inspections of an office, or all, the newest first.
pub fn inspections(api: &Api, office: Option<&str>) -> Vec<Inspection> {
    let reference = api.models.reference();
    let all = reference.supervision.inspections.iter().rev();
    let all = all.filter(|one| office.is_none_or(|office| one.opened.office == office));
    all.map(|one| inspection(api, one)).collect()
}

/// Reminders from or to an office, or all, the newest first.
pub fn reminders(api: &Api, office: Option<&str>, open: bool) -> Vec<Reminder> {
    let reference = api.models.reference();
    let all = reference.supervision.reminders.iter().rev();
    let concerns = |one: &&HeldReminder| {
        office.is_none_or(|office| {
            [&one.sent.from, &one.sent.to]
                .iter()
                .any(|code| *code == office)
        })
    };
    let all = all.filter(concerns);
    all.filter(|one| !open || one.answered_on.is_none())
        .map(|one| reminder(api, one))
        .collect()
}

fn inspection(api: &Api, held: &HeldInspection) -> Inspection {
    let today = api.office.clock().date();
    let opened = &held.opened;
    let ordered = held.findings.iter().filter(|one| one.due_on.is_some());
    let in_time = ordered
        .clone()
        .filter(|one| one.done_on.is_some() && !one.is_late(today));
    let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Inspection {
        code: opened.code.clone(),
        decision: opened.decision.clone(),
        team: opened.team.clone(),
        office: Office::find(api, &opened.office),
        from: Day(opened.from),
        to: Day(opened.to),
        subject: opened.subject.into(),
        closed_on: held.closed_on.map(Day),
        findings: held
            .findings
            .iter()
            .map(|one| finding(one, one.is_late(today)))
            .collect(),
        ordered: counted(ordered.count()),
        corrected_in_time: counted(in_time.count()),
    }
}

fn finding(held: &HeldFinding, late: bool) -> InspectionFinding {
    let facts = &held.noted.facts;
    let page = |position: &u64| format!("/audit/fact/{position}");
    InspectionFinding {
        number: held.noted.number,
        kind: held.noted.kind.into(),
        facts: facts.iter().copied().map(Long).collect(),
        pages: facts.iter().map(page).collect(),
        breach: held.noted.breach.map(Into::into),
        due_on: held.due_on.map(Day),
        done_on: held.done_on.map(Day),
        late,
    }
}

fn reminder(api: &Api, held: &HeldReminder) -> Reminder {
    let sent = &held.sent;
    Reminder {
        number: sent.number,
        from: Office::find(api, &sent.from),
        to: Office::find(api, &sent.to),
        dossiers: sent.dossiers.clone(),
        about_from: sent.period.map(|(from, _)| Day(from)),
        about_to: sent.period.map(|(_, to)| Day(to)),
        sent_on: Day(sent.on),
        due_on: Day(sent.due_on),
        answered_on: held.answered_on.map(Day),
        late: held.is_late(api.office.clock().date()),
    }
}

fn progress(plan: &ReviewPlan, reference: &Reference) -> ReviewPlanProgress {
    let is_proposed = |code: &String| {
        let mut all = reference.reviews.iter();
        all.any(|one| one.year == plan.year && one.code == *code)
    };
    let (proposed, open): (Vec<&String>, Vec<&String>) =
        plan.procedures.iter().partition(|code| is_proposed(code));
    let changed = |code: &&&String| {
        let versions = reference.procedures.get(**code).map_or(0, Vec::len);
        versions > 1 || reference.abolitions.contains_key(**code)
    };
    let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    ReviewPlanProgress {
        year: plan.year,
        decision: plan.decision.clone(),
        time_cut_percent: plan.time_cut_percent,
        cost_cut_percent: plan.cost_cut_percent,
        planned: counted(plan.procedures.len()),
        proposed: counted(proposed.len()),
        carried_out: counted(proposed.iter().filter(changed).count()),
        open: open.into_iter().cloned().collect(),
    }
}

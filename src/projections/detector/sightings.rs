//! The facts of a window that rules look at, each with the promise and the people around it as they were.

use std::collections::HashSet;

use jiff::civil::{Date, Time};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, query_as};
use uuid::Uuid;

use super::{Finding, ReadModels, Result, Window};
use crate::domain::detector::Rule;
use crate::domain::time::Moment;
use crate::projections::audit;
use crate::projections::trace::Seen;
use crate::projections::word::from_json;

/// How long before a window a withdrawal may lie that a filing in it can follow, in days.
const EARLIER_DAYS: i64 = 60;

/// One watched fact.
#[derive(Debug, Clone)]
pub struct Sighting {
    pub position: u64,
    /// The fact's `type`.
    pub kind: String,
    /// That had the dossier then, or whose register it is.
    pub office: String,
    pub at: Moment,
    pub actor: String,
    pub claimed_at: Option<Moment>,
    /// The hour on the slip (acceptance).
    pub received_at: Option<Moment>,
    pub is_breach: bool,
    /// A text or a file came with it.
    pub documented: bool,
    pub seen: Seen,
    /// The dossier's number; none for facts of a register.
    pub number: Option<u64>,
    /// The dossier's id.
    pub dossier: Option<Uuid>,
    pub code: Option<String>,
    pub procedure: String,
    pub channel: Option<String>,
    /// Pseudonym of the applicant, when the dossier came by the applicant's own hand.
    pub applicant: Option<String>,
    /// When it was entered or submitted.
    pub lodged_at: Option<Moment>,
    pub delivered_at: Option<Moment>,
    /// When the clock began that ran then.
    pub accepted_at: Option<Moment>,
    /// The promise as it was before this fact.
    pub due_at: Option<Moment>,
    /// Position and pseudonym of the acceptance before it.
    pub taken_in: Option<(u64, String)>,
    /// Apologies before it.
    pub apologies: u64,
    /// When the fact was recorded that another system was told of.
    pub told_of: Option<Moment>,
}

/// Every fact that the rules of one window need, by what it is.
#[derive(Debug, Default)]
pub struct Sightings {
    /// Signed results and refusals, of the whole months.
    pub decisions: Vec<Sighting>,
    /// Apologies and recomputed promises.
    pub promises: Vec<Sighting>,
    /// Supplement requests.
    pub suspensions: Vec<Sighting>,
    pub acceptances: Vec<Sighting>,
    pub forwards: Vec<Sighting>,
    /// Facts of registers.
    pub numbers: Vec<Sighting>,
    /// Passed on to another office.
    pub transfers: Vec<Sighting>,
    /// Legs of linked dossiers sent back for correction.
    pub sent_back: Vec<Sighting>,
    /// Results replaced or revoked.
    pub replacements: Vec<Sighting>,
    /// Withdrawals granted, also a while before the window.
    pub withdrawals: Vec<Sighting>,
    /// Withdrawals asked for, of the whole months.
    pub withdrawals_asked: Vec<Sighting>,
    pub misses: Vec<Sighting>,
    /// Ratings, of the whole months.
    pub ratings: Vec<Sighting>,
    /// Filed online, of the whole months.
    pub online: Vec<Sighting>,
    /// Exchanges with other systems.
    pub exchanges: Vec<Sighting>,
    pub payments: Vec<Sighting>,
    /// Receipts for payments, until now.
    pub receipts: Vec<Sighting>,
    /// Links to other dossiers.
    pub links: Vec<Sighting>,
    /// Handed over, signed for and taken back, until now.
    pub hand_overs: Vec<Sighting>,
    /// Apologies, until now.
    pub apologies: Vec<Sighting>,
    /// Dossiers filed by applicants who have withdrawn one.
    pub filings: Vec<Sighting>,
}

impl Sightings {
    pub async fn load(models: &ReadModels, window: Window) -> Result<Self> {
        let months = Window {
            from: window.from.first_of_month(),
            to: window.to.last_of_month(),
        };
        let earlier = Window {
            from: window
                .from
                .checked_sub(jiff::Span::new().days(EARLIER_DAYS))
                .unwrap_or(window.from),
            to: window.to,
        };
        let on = Window {
            from: window.from,
            to: Date::MAX,
        };
        let months = Bounds::of(models, months).await?;
        let earlier = Bounds::of(models, earlier).await?;
        let on = Bounds::of(models, on).await?;
        let window = Bounds::of(models, window).await?;
        let decisions = ["dossier.result_signed", "dossier.resolution_refused"];
        let promises = ["dossier.apology_issued", "dossier.due_date_recomputed"];
        let suspensions = [
            "dossier.supplement_requested",
            "dossier.financial_obligation_issued",
        ];
        let numbers = [
            "register.entered",
            "register.code_voided",
            "register.codes_reserved",
        ];
        let replacements = ["dossier.result_replaced", "dossier.result_revoked"];
        let hand_overs = [
            "dossier.handed_over",
            "dossier.hand_over_received",
            "dossier.step_recalled",
        ];
        let filings = ["dossier.submitted", "dossier.lodged"];
        let mut all = Self {
            decisions: read(models, &decisions, months).await?,
            promises: read(models, &promises, window).await?,
            suspensions: read(models, &suspensions, window).await?,
            acceptances: read(models, &["dossier.accepted"], window).await?,
            forwards: read(models, &["dossier.forwarded"], window).await?,
            numbers: read(models, &numbers, window).await?,
            transfers: read(models, &["dossier.redirected"], window).await?,
            sent_back: read(models, &["dossier.sent_back"], window).await?,
            replacements: read(models, &replacements, window).await?,
            withdrawals: read(models, &["dossier.withdrawal_granted"], earlier).await?,
            withdrawals_asked: read(models, &["dossier.withdrawal_requested"], months).await?,
            misses: read(models, &["dossier.deadline_missed"], window).await?,
            ratings: read(models, &["dossier.rated"], months).await?,
            online: read(models, &["dossier.submitted"], months).await?,
            exchanges: read(models, &["dossier.sync_recorded"], window).await?,
            payments: read(models, &["dossier.payment_confirmed"], window).await?,
            receipts: read(models, &["dossier.fee_receipt_issued"], on).await?,
            links: read(models, &["dossier.linked"], window).await?,
            hand_overs: read(models, &hand_overs, on).await?,
            apologies: read(models, &["dossier.apology_issued"], on).await?,
            filings: Vec::new(),
        };
        let withdrawn = all.withdrawals.iter();
        let people: HashSet<String> = withdrawn.filter_map(|one| one.applicant.clone()).collect();
        if !people.is_empty() {
            all.filings = read(models, &filings, window).await?;
            let by_them = |one: &Sighting| {
                one.applicant
                    .as_ref()
                    .is_some_and(|who| people.contains(who))
            };
            all.filings.retain(by_them);
        }
        Ok(all)
    }

    /// The decisions recorded in the window itself.
    pub fn decisions_in(&self, window: Window) -> Vec<&Sighting> {
        let inside = |one: &&Sighting| window.holds(one.at);
        self.decisions.iter().filter(inside).collect()
    }
}

impl Window {
    pub fn holds(self, at: Moment) -> bool {
        (self.from..=self.to).contains(&at.date())
    }

    /// The first instant, and the first one after.
    fn instants(self) -> (i64, i64) {
        let begin = |day: Date| Moment::from_local(day.to_datetime(Time::midnight())).0;
        let end = self.to.tomorrow().map_or(i64::MAX, begin);
        (begin(self.from), end)
    }
}

impl Sighting {
    /// What a rule says of this fact; facts it rests on besides are older.
    pub fn finding(&self, rule: &'static Rule, amount: u64, earlier: &[&Self]) -> Finding {
        let all = || earlier.iter().copied().chain(std::iter::once(self));
        let first = earlier.first().map_or(self.at, |one| one.at);
        let mut codes = Vec::new();
        for code in all().filter_map(|one| one.code.as_ref()) {
            if codes.last() != Some(code) {
                codes.push(code.clone());
            }
        }
        Finding {
            rule,
            office: self.office.clone(),
            from: first.date(),
            to: self.at.date(),
            amount,
            rate: None,
            positions: all().map(|one| one.position).collect(),
            codes,
        }
    }
}

/// The facts of these kinds that were recorded in a window, in order.
async fn read(models: &ReadModels, kinds: &[&str], within: Bounds) -> Result<Vec<Sighting>> {
    let found = query_as(SQL)
        .bind(serde_json::json!(kinds).to_string())
        .bind(within.since)
        .bind(within.until)
        .bind(within.from.cast_signed())
        .bind(within.below.cast_signed());
    Ok(found.fetch_all(models.pool()).await?)
}

/// A window as instants, and as positions of what was recorded between them.
#[derive(Clone, Copy)]
struct Bounds {
    since: i64,
    until: i64,
    from: u64,
    below: u64,
}

impl Bounds {
    async fn of(models: &ReadModels, window: Window) -> Result<Self> {
        let (since, until) = window.instants();
        let before = |instant: i64| audit::size_at(models, Moment(instant.saturating_sub(1)));
        Ok(Self {
            since,
            until,
            from: before(since).await?,
            below: before(until).await?,
        })
    }
}

/// What was recorded in the window is found by position; what another system claims of it, by the moment claimed.
const SQL: &str = "
    with chosen as (
        select position from audit
        where kind in (select value from json_each(?1)) and position >= ?4 and position < ?5 and seen is not null and at is null
        union all
        select position from audit
        where kind in (select value from json_each(?1)) and at >= ?2 and at < ?3 and at is not null)
    select fact.position, fact.kind,
           coalesce(turn.office, nullif(coalesce(fact.concerned, fact.actor_office), '*'), dossier.office, '*') as office,
           coalesce(fact.at, fact.recorded_at) as at, fact.actor, fact.claimed_at, fact.received_at, fact.breach, fact.documented, fact.seen,
           fact.dossier as number, dossier.id as dossier, dossier.code, coalesce(dossier.procedure, '') as procedure, dossier.channel,
           dossier.applicant, dossier.lodged_at, dossier.delivered_at, turn.accepted_at,
           coalesce((select new from due_change
                     where due_change.number = turn.number and due_change.turn between turn.first and turn.turn
                       and due_change.position < fact.position
                     order by due_change.position desc limit 1), turn.original_due_at) as due_at,
           taken.position as taken_position, taken.actor as taken_actor,
           (select count(*) from audit as apology
            where apology.dossier = fact.dossier and apology.kind = 'dossier.apology_issued'
              and apology.position < fact.position) as apologies,
           (select recorded_at from audit where audit.position = json_extract(fact.seen, '$.sync.of')) as told_of
    from chosen cross join audit as fact on fact.position = chosen.position
    left join dossier on dossier.number = fact.dossier
    left join turn on turn.number = fact.dossier and turn.turn = (
        select max(turn) from turn as earlier where earlier.number = fact.dossier
            and case earlier.first when earlier.turn then earlier.accepted_at else earlier.begun_at end <= coalesce(fact.at, fact.recorded_at))
    left join audit as taken on taken.position = (
        select max(position) from audit as one
        where one.dossier = fact.dossier and one.kind = 'dossier.accepted' and one.position < fact.position)
    order by fact.position";

impl FromRow<'_, SqliteRow> for Sighting {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let moment = |column| -> sqlx::Result<Option<Moment>> {
            Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment))
        };
        let word = |column| row.try_get::<Option<String>, _>(column);
        let position = |column| -> sqlx::Result<Option<u64>> {
            let found = row.try_get::<Option<i64>, _>(column)?;
            Ok(found.map(i64::cast_unsigned))
        };
        Ok(Self {
            position: position("position")?.unwrap_or_default(),
            kind: row.try_get("kind")?,
            office: row.try_get("office")?,
            at: Moment(row.try_get("at")?),
            actor: row.try_get("actor")?,
            claimed_at: moment("claimed_at")?,
            received_at: moment("received_at")?,
            is_breach: word("breach")?.is_some(),
            documented: row.try_get("documented")?,
            seen: from_json(&row.try_get::<String, _>("seen")?)?,
            number: position("number")?,
            dossier: row.try_get("dossier")?,
            code: word("code")?,
            procedure: row.try_get("procedure")?,
            channel: word("channel")?,
            applicant: word("applicant")?,
            lodged_at: moment("lodged_at")?,
            delivered_at: moment("delivered_at")?,
            accepted_at: moment("accepted_at")?,
            due_at: moment("due_at")?,
            taken_in: position("taken_position")?.zip(word("taken_actor")?),
            apologies: position("apologies")?.unwrap_or_default(),
            told_of: moment("told_of")?,
        })
    }
}

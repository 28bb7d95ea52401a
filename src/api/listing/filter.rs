//! What a list of dossiers is narrowed by.

use async_graphql::InputObject;

use crate::api::error::{Problem, Result};
use crate::api::words::{Channel, DossierStatus, EndKind, Role};
use crate::domain::code::LENGTH_MAX;
use crate::domain::time::Moment;
use crate::projections::listing::{Field, Filter, Span};

/// Values in one list of a filter.
const VALUES_MAX: usize = 100;
/// Letters that are looked for.
const SEARCH_MAX: usize = 200;
const MINUTE: i64 = 60 * Moment::SECOND;

/// From one moment to another, both included; open where nothing is said.
#[derive(Debug, Clone, Copy, Default, InputObject)]
pub struct MomentRange {
    /// At this moment or after it.
    pub from: Option<Moment>,
    /// At this moment or before it.
    pub to: Option<Moment>,
}

/// From one number of minutes to another, both included; open where nothing is said.
#[derive(Debug, Clone, Copy, Default, InputObject)]
pub struct MinuteRange {
    /// So many or more.
    pub from: Option<i32>,
    /// So many or fewer.
    pub to: Option<i32>,
}

/// Which dossiers; every part that is given must hold. Of a list any value may; an empty list is no part. A date that a dossier does
/// not have lies in no range.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DossierFilter {
    /// Codes of offices that have it now, for auditors and controllers; an officer's own alone. All that the caller may read unless
    /// told.
    pub offices: Option<Vec<String>>,
    /// Words of its procedure's name, code or field, all of them, in any order, with or without diacritics.
    pub search: Option<String>,
    /// What its code begins with, letters in any case.
    pub code_prefix: Option<String>,
    /// In one of these states.
    #[graphql(default)]
    pub statuses: Vec<DossierStatus>,
    /// Somebody has to do something before it is closed; false: it is closed.
    pub open: Option<bool>,
    /// Codes of procedures.
    #[graphql(default)]
    pub procedures: Vec<String>,
    /// The public view leaves the name of its procedure out.
    pub sensitive: Option<bool>,
    /// How it came in.
    #[graphql(default)]
    pub channels: Vec<Channel>,
    /// Pseudonyms of those who have it.
    #[graphql(default)]
    pub handlers: Vec<String>,
    /// Somebody has it; false: nobody has been named yet.
    pub has_handler: Option<bool>,
    /// Roles of the desk it lies on.
    #[graphql(default)]
    pub desk_roles: Vec<Role>,
    /// Steps of the internal process.
    #[graphql(default)]
    pub steps: Vec<u16>,
    /// How its processing ended.
    #[graphql(default)]
    pub end_kinds: Vec<EndKind>,
    /// The applicant's supplement is awaited.
    pub paused: Option<bool>,
    /// The clock runs and the promised moment has passed.
    pub overdue: Option<bool>,
    /// It was lodged and neither accepted nor answered in the time for it.
    pub intake_overdue: Option<bool>,
    /// A promise of it was recorded as missed.
    pub missed: Option<bool>,
    /// The national portal is owed something of it that it has not acknowledged.
    pub portal_behind: Option<bool>,
    /// How late it is or was, as in `lateMinutes`.
    pub late_minutes: Option<MinuteRange>,
    /// The promise now.
    pub due_at: Option<MomentRange>,
    /// The first promise.
    pub original_due_at: Option<MomentRange>,
    /// The hour printed on the slip.
    pub received_at: Option<MomentRange>,
    /// When the acceptance was recorded.
    pub accepted_at: Option<MomentRange>,
    /// When it was entered.
    pub lodged_at: Option<MomentRange>,
    /// When it changed last.
    pub changed_at: Option<MomentRange>,
    /// When its processing ended.
    pub ended_at: Option<MomentRange>,
    /// When the result was handed over.
    pub delivered_at: Option<MomentRange>,
}

impl DossierFilter {
    /// As the read model is asked, of offices that the caller may read (`None`: all), as of a moment.
    ///
    /// # Errors
    /// [`Problem::BadInput`] for more values than are looked for.
    pub fn of(&self, offices: Option<Vec<String>>, now: Moment) -> Result<Filter> {
        self.check(offices.as_ref().map_or(0, Vec::len))?;
        let late = self.late_minutes.unwrap_or_default();
        let minute = |minutes: i32| i64::from(minutes) * MINUTE;
        Ok(Filter {
            offices,
            phases: self.statuses.iter().copied().map(Into::into).collect(),
            open: self.open,
            procedures: self.procedures.clone(),
            words: self.search.clone(),
            sensitive: self.sensitive,
            channels: self.channels.iter().copied().map(Into::into).collect(),
            handlers: self.handlers.clone(),
            handled: self.has_handler,
            desks: self.desk_roles.iter().copied().map(Into::into).collect(),
            steps: self.steps.clone(),
            end_kinds: self.end_kinds.iter().copied().map(Into::into).collect(),
            code_prefix: self
                .code_prefix
                .as_ref()
                .map(|prefix| prefix.to_ascii_uppercase()),
            spans: self.spans(),
            paused: self.paused,
            overdue: self.overdue,
            intake_overdue: self.intake_overdue,
            missed: self.missed,
            portal_behind: self.portal_behind,
            late: Span {
                from: late.from.map(minute),
                // The last microsecond of that minute.
                to: late.to.map(|minutes| minute(minutes) + MINUTE - 1),
            },
            now,
        })
    }

    fn spans(&self) -> Vec<(Field, Span)> {
        let ranges = [
            (Field::DueAt, self.due_at),
            (Field::OriginalDueAt, self.original_due_at),
            (Field::ReceivedAt, self.received_at),
            (Field::AcceptedAt, self.accepted_at),
            (Field::LodgedAt, self.lodged_at),
            (Field::ChangedAt, self.changed_at),
            (Field::EndedAt, self.ended_at),
            (Field::DeliveredAt, self.delivered_at),
        ];
        let given = ranges.into_iter().filter_map(|(field, range)| {
            let range = range?;
            let span = Span {
                from: range.from.map(|moment| moment.0),
                to: range.to.map(|moment| moment.0),
            };
            Some((field, span))
        });
        given.collect()
    }

    fn check(&self, offices: usize) -> Result<()> {
        let lengths = [
            ("offices", offices),
            ("statuses", self.statuses.len()),
            ("procedures", self.procedures.len()),
            ("channels", self.channels.len()),
            ("handlers", self.handlers.len()),
            ("deskRoles", self.desk_roles.len()),
            ("steps", self.steps.len()),
            ("endKinds", self.end_kinds.len()),
        ];
        if let Some((name, _)) = lengths.into_iter().find(|(_, length)| *length > VALUES_MAX) {
            return Err(Problem::bad_input(format!(
                "{name} has more than {VALUES_MAX} values"
            )));
        }
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        if length(&self.search) > SEARCH_MAX {
            return Err(Problem::bad_input(format!(
                "search is longer than {SEARCH_MAX} bytes"
            )));
        }
        if length(&self.code_prefix) > LENGTH_MAX {
            return Err(Problem::bad_input(format!(
                "codePrefix is longer than {LENGTH_MAX} letters"
            )));
        }
        Ok(())
    }
}

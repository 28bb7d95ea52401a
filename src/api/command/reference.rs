//! The mutations on the reference shelf: notices, calendars, policies and offices, by administrators and the control of procedures.

use async_graphql::{Context, InputObject, Object, OneofObject};
use jiff::civil::Time;
use uuid::Uuid;

use super::feedback_limits::FeedbackLimitsInput;
use super::form::Form;
use super::input::Around;
use super::perform::{Asked, CommandPayload, Target, perform};
use crate::acts::Act;
use crate::api::error::{Answered, UserError};
use crate::api::scalar::Day;
use crate::api::words::{Certainty, Level, SupplementClock};
use crate::domain::calendar::{CalendarYear, Notice, NoticeChange, OfficeHours, Span};
use crate::domain::office::{Field, Office, Post};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;

/// A number, a code or a legal basis is never longer.
pub(super) const LINE_CHARS_MAX: usize = 300;

/// Input of `issueNotice`.
#[derive(InputObject)]
pub struct IssueNoticeInput {
    /// Chosen by the client, new for every act: the same id with the same content is answered once and for all.
    pub command_id: Uuid,
    /// As printed: `9441/TB-BNV`. No two notices have the same.
    pub number: String,
    /// The day it bears.
    pub issued_on: Day,
    /// What empowers the one who issued it, at most 120 characters.
    pub legal_basis: String,
    /// How sure what it says is.
    pub certainty: Certainty,
    /// What it changes.
    pub change: NoticeChangeInput,
}

/// What a notice changes: exactly one.
#[derive(OneofObject)]
pub enum NoticeChangeInput {
    /// Days off and days worked.
    Days(NoticeDaysInput),
    /// Office hours.
    Hours(NoticeHoursInput),
    /// The system was down, or is.
    Outage(NoticeOutageInput),
}

/// Days off and days worked; a swap names one of each. At most 60 in all.
#[derive(InputObject)]
pub struct NoticeDaysInput {
    /// Mondays to Fridays off, or worked Saturdays that are off after all.
    #[graphql(default, validator(max_items = 60))]
    pub off: Vec<Day>,
    /// Saturdays worked in exchange, or weekdays that are worked after all.
    #[graphql(default, validator(max_items = 60))]
    pub worked: Vec<Day>,
}

/// Office hours from a day on.
#[derive(InputObject)]
pub struct NoticeHoursInput {
    /// Code of the office; every office unless told.
    pub office: Option<String>,
    /// First day they hold.
    pub from: Day,
    /// Last day they hold; until further notice unless told.
    pub to: Option<Day>,
    /// When the office is open, earliest first.
    #[graphql(validator(max_items = 8))]
    pub hours: Vec<HoursInput>,
}

/// The system was down, as its owner announces: no clock runs until recovery.
#[derive(InputObject)]
pub struct NoticeOutageInput {
    /// Code of the office; every office unless told.
    pub office: Option<String>,
    /// When it went down.
    pub from: Moment,
    /// Recovery. While the system is down leave it out; a later notice with the same office and beginning tells it.
    pub to: Option<Moment>,
}

/// A span of office time on the clock of the wall.
#[derive(InputObject)]
pub struct HoursInput {
    /// Doors open: `07:30`.
    pub from: String,
    /// Doors close: `11:30`.
    pub to: String,
}

/// Input of `declareCalendarYear`.
#[derive(InputObject)]
pub struct DeclareCalendarYearInput {
    /// Chosen by the client, new for every act: the same id with the same content is answered once and for all.
    pub command_id: Uuid,
    /// Which year.
    pub year: i16,
    /// First covered day, when it is not the whole year.
    pub from: Option<Day>,
    /// Mondays to Fridays off; Saturdays and Sundays are off without being named.
    #[graphql(validator(max_items = 100))]
    pub days_off: Vec<Day>,
    /// Saturdays worked in exchange for a weekday.
    #[graphql(default, validator(max_items = 100))]
    pub working_saturdays: Vec<Day>,
    /// Numbers of the notices it is read from, at most 300 characters.
    pub notice: String,
    /// `PROVISIONAL` until the notices for the year are issued.
    pub certainty: Certainty,
}

/// Input of `adoptPolicy`.
#[derive(InputObject)]
pub struct AdoptPolicyInput {
    /// Chosen by the client, new for every act: the same id with the same content is answered once and for all.
    pub command_id: Uuid,
    /// Its code.
    pub code: String,
    /// Which version of it, from 1.
    pub version: u32,
    /// First day it is in force.
    pub effective_from: Day,
    /// Last day it is in force; open unless told.
    pub effective_to: Option<Day>,
    /// The texts it follows, at most 300 characters.
    pub legal_basis: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// Same-day procedures received after this hour are due on the next working day: `15:00`.
    pub same_day_cutoff: String,
    /// How many working days before its recording a slip may lie.
    pub late_entry_working_days: u16,
    /// Supplement requests without a special legal basis.
    pub max_supplement_requests: u8,
    /// What a supplement request does to the clock unless the procedure says otherwise.
    pub supplement_clock: SupplementClock,
    /// Working days before the due date by which an apology must be out.
    pub apology_working_days_before: u16,
    /// Re-appointments after an apology.
    pub max_apologies: u8,
    /// Working hours within which what is lodged is accepted or answered.
    pub intake_working_hours: Option<u16>,
    /// Working days after receipt within which a supplement is asked for at appraisal.
    pub supplement_notice_working_days: Option<u16>,
    /// Working days the applicant has to answer a supplement request.
    pub supplement_answer_working_days: Option<u16>,
    /// Working days another agency has to answer, unless the procedure says otherwise.
    pub opinion_reply_working_days: Option<u16>,
    /// Working days within which feedback is answered.
    pub feedback_answer_working_days: Option<u16>,
    /// The days of the further steps of feedback.
    pub feedback: Option<FeedbackLimitsInput>,
    /// A receipt on a day off counts as one on the next working day.
    pub day_off_receipt_counts_next_working_day: bool,
}

/// Input of `openOffice`.
#[derive(InputObject)]
pub struct OpenOfficeInput {
    /// Chosen by the client, new for every act: the same id with the same content is answered once and for all.
    pub command_id: Uuid,
    /// Its code in the state's list of agencies: `H63.40.01`.
    pub code: String,
    /// Its name in Vietnamese.
    pub name_vi: String,
    /// Its name in English.
    pub name_en: String,
    /// Its level.
    pub level: Level,
    /// Code of the office above.
    pub parent: Option<String>,
    /// First day it exists.
    pub valid_from: Day,
    /// Last day it exists; open unless told.
    pub valid_to: Option<Day>,
    /// Codes of the offices whose work it takes over.
    #[graphql(default, validator(max_items = 100))]
    pub predecessors: Vec<String>,
    /// When it is open on a working day; 07:00–11:30 and 13:30–17:00 unless told.
    #[graphql(validator(max_items = 8))]
    pub hours: Option<Vec<HoursInput>>,
    /// Where it is, in Vietnamese.
    pub address_vi: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// The posted list of staff: posts with phone and fields of work. Never a person's name: it would stand in the journal
    /// for ever.
    #[graphql(default, validator(max_items = 60))]
    pub contacts: Vec<OfficePostInput>,
    /// How sure the record is.
    pub certainty: Certainty,
}

/// A post that the public may call.
#[derive(InputObject)]
pub struct OfficePostInput {
    /// What the post is called in Vietnamese: `Công chức tư pháp – hộ tịch`.
    pub post_vi: String,
    /// What it is called in English.
    pub post_en: String,
    /// Its telephone number.
    pub phone: Option<String>,
    /// What it is for, as the catalogue names fields; everything unless told.
    #[graphql(default, validator(max_items = 60))]
    pub fields: Vec<OfficeFieldInput>,
}

/// A field of work.
#[derive(InputObject)]
pub struct OfficeFieldInput {
    /// Its name in Vietnamese.
    pub vi: String,
    /// Its name in English.
    pub en: String,
}

impl From<OfficePostInput> for Post {
    fn from(input: OfficePostInput) -> Self {
        let field = |field: OfficeFieldInput| Field {
            vi: field.vi,
            en: field.en,
        };
        Self {
            post_vi: input.post_vi,
            post_en: input.post_en,
            phone: input.phone.unwrap_or_default(),
            fields: input.fields.into_iter().map(field).collect(),
        }
    }
}

/// What can be done to the reference shelf. A record is never changed: a later one takes its place from then on.
#[derive(Default)]
pub struct ReferenceMutation;

#[Object]
impl ReferenceMutation {
    /// Record a notice: days off and worked, office hours, an outage. Promises of open dossiers that it concerns are counted
    /// anew, each by a fact of its own; none is brought forward.
    async fn issue_notice(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The notice.")] input: IssueNoticeInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let legal_basis = form.line("input.legalBasis", &input.legal_basis, LINE_CHARS_MAX);
        let change = change(&mut form, input.change);
        let notice = legal_basis.zip(change).map(|(legal_basis, change)| Notice {
            number: input.number.trim().to_owned(),
            issued_on: input.issued_on.0,
            legal_basis,
            certainty: input.certainty.into(),
            change,
        });
        let act = notice.map(|notice| Act::Notify(Box::new(notice)));
        record(context, input.command_id, form, act).await
    }

    /// Declare the days off of a year. It takes the place of an earlier declaration of the year and of what notices had
    /// changed in it; promises are counted anew as after a notice.
    async fn declare_calendar_year(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The year.")] input: DeclareCalendarYearInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let notice = form.line("input.notice", &input.notice, LINE_CHARS_MAX);
        let act = notice.map(|notice| {
            Act::Declare(CalendarYear {
                year: input.year,
                from: input.from.map(|day| day.0),
                days_off: dates(input.days_off),
                working_saturdays: dates(input.working_saturdays),
                notice,
                certainty: input.certainty.into(),
            })
        });
        record(context, input.command_id, form, act).await
    }

    /// Adopt a version of the rules. Dossiers already accepted stay under the version they were received under.
    async fn adopt_policy(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The policy.")] input: AdoptPolicyInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let code = form.policy_code("input.code", &input.code);
        let legal_basis = form.line("input.legalBasis", &input.legal_basis, LINE_CHARS_MAX);
        let cutoff = time(&mut form, "input.sameDayCutoff", &input.same_day_cutoff);
        let feedback = input.feedback.and_then(|limits| limits.read(&mut form));
        let policy = code.zip(legal_basis).zip(cutoff);
        let policy = policy.and_then(|((code, legal_basis), same_day_cutoff)| {
            let (from, to) = (input.effective_from.0, input.effective_to.map(|day| day.0));
            let policy = Policy {
                code,
                version: input.version,
                effective_from: from,
                effective_to: to,
                legal_basis,
                certainty: input.certainty.into(),
                same_day_cutoff,
                late_entry_working_days: input.late_entry_working_days,
                max_supplement_requests: input.max_supplement_requests,
                supplement_clock: input.supplement_clock.into(),
                apology_working_days_before: input.apology_working_days_before,
                max_apologies: input.max_apologies,
                intake_working_hours: input.intake_working_hours,
                supplement_notice_working_days: input.supplement_notice_working_days,
                supplement_answer_working_days: input.supplement_answer_working_days,
                opinion_reply_working_days: input.opinion_reply_working_days,
                feedback_answer_working_days: input.feedback_answer_working_days,
                feedback,
                day_off_receipt_counts_next_working_day: input
                    .day_off_receipt_counts_next_working_day,
            };
            if to.is_some_and(|to| to < from) {
                form.errors.push(UserError::malformed(
                    "input.effectiveTo",
                    "Ngày hết hiệu lực phải sau ngày có hiệu lực.",
                    "the last day must not lie before the first",
                ));
                return None;
            }
            Some(policy)
        });
        record(context, input.command_id, form, policy.map(Act::Adopt)).await
    }

    /// Open an office: dossiers can be lodged there from its first day on. Given again for an office that is open, it posts
    /// another address, phone or list of staff; everything else must be as it was.
    async fn open_office(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The office.")] input: OpenOfficeInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let hours = match input.hours {
            Some(hours) => office_hours(&mut form, "input.hours", &hours).map(Some),
            None => Some(None),
        };
        let act = hours.map(|hours| {
            Act::OpenOffice(Office {
                code: input.code.trim().to_owned(),
                name_vi: input.name_vi,
                name_en: input.name_en,
                level: input.level.into(),
                parent: input.parent.map(|code| code.trim().to_owned()),
                valid_from: input.valid_from.0,
                valid_to: input.valid_to.map(|day| day.0),
                predecessors: input.predecessors,
                hours,
                address_vi: input.address_vi.unwrap_or_default(),
                phone: input.phone.unwrap_or_default(),
                contacts: input.contacts.into_iter().map(Into::into).collect(),
                certainty: input.certainty.into(),
            })
        });
        record(context, input.command_id, form, act).await
    }
}

/// A record for the shelf: it needs no circumstances but its id.
pub(super) async fn record(
    context: &Context<'_>,
    command_id: Uuid,
    form: Form,
    act: Option<Act>,
) -> Answered<CommandPayload> {
    let around = Around {
        command_id,
        expected_version: None,
        occurred_at: None,
        received_at: None,
        reason: None,
        basis: None,
        note: None,
        on_behalf_of: None,
    };
    let mut asked = Asked::new(around, Target::New, form, None);
    asked.other = act;
    perform(context, asked).await
}

fn change(form: &mut Form, input: NoticeChangeInput) -> Option<NoticeChange> {
    match input {
        NoticeChangeInput::Days(days) => Some(NoticeChange::Days {
            off: dates(days.off),
            worked: dates(days.worked),
        }),
        NoticeChangeInput::Hours(input) => {
            let hours = office_hours(form, "input.change.hours.hours", &input.hours)?;
            Some(NoticeChange::Hours {
                office: input.office.map(|code| code.trim().to_owned()),
                from: input.from.0,
                to: input.to.map(|day| day.0),
                hours,
            })
        }
        NoticeChangeInput::Outage(input) => Some(NoticeChange::Outage {
            office: input.office.map(|code| code.trim().to_owned()),
            from: input.from,
            to: input.to,
        }),
    }
}

fn dates(days: Vec<Day>) -> Vec<jiff::civil::Date> {
    days.into_iter().map(|day| day.0).collect()
}

fn office_hours(form: &mut Form, path: &str, input: &[HoursInput]) -> Option<OfficeHours> {
    let span = |one: &HoursInput, form: &mut Form| {
        let from = time(form, path, &one.from)?;
        let to = time(form, path, &one.to)?;
        Some(Span { from, to })
    };
    let spans: Option<Vec<Span>> = input.iter().map(|one| span(one, form)).collect();
    match OfficeHours::new(spans?) {
        Ok(hours) => Some(hours),
        Err(error) => {
            form.errors.push(UserError::malformed(
                path,
                "Giờ làm việc gồm ít nhất một khoảng, theo thứ tự, mỗi khoảng kết thúc sau khi bắt đầu.",
                &error.to_string(),
            ));
            None
        }
    }
}

fn time(form: &mut Form, path: &str, input: &str) -> Option<Time> {
    let shaped = input.len() == 5 && input.as_bytes()[2] == b':';
    let time = shaped.then(|| input.parse().ok()).flatten();
    if time.is_none() {
        form.errors.push(UserError::malformed(
            path,
            "Giờ ghi theo mẫu 07:30.",
            "an hour is written like 07:30",
        ));
    }
    time
}

//! The mapping: a file that says how another system's table or log is read. It is all that an import needs to be told.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::fmt::strtime;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::error::ImportError;
use crate::acts::Act;
use crate::domain::calendar::CalendarYear;
use crate::domain::catalogue::{Fee, Level, OnlineLevel, Procedure};
use crate::domain::law::{Certainty, Limit};
use crate::domain::office::Office;
use crate::domain::reference::{Opened, Teller};
use crate::domain::text::{fold, hex};

/// How a file of another system is read (docs/operate/import.md).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Code of the system: lower-case letters, digits, `.` and `-`.
    pub system: String,
    pub name_vi: String,
    pub name_en: String,
    /// Offices that the claims are about, where the journal has none of their code.
    #[serde(default)]
    pub offices: Vec<ToldOffice>,
    /// Procedures that the catalogue lacks.
    #[serde(default)]
    pub procedures: Vec<ToldProcedure>,
    /// Years without a calendar of their own: Mondays to Fridays are worked, and nobody says that this is the law.
    #[serde(default)]
    pub weekends_only: Vec<i16>,
    /// Column that holds the case's code or number.
    pub case: String,
    /// The numbers are no codes of dossiers: dossiers are numbered here, by office and claimed day.
    #[serde(default)]
    pub numbered: bool,
    pub office: Value,
    pub procedure: Value,
    /// `counter`, `online` or `post`; the counter unless told.
    #[serde(default)]
    pub channel: Option<Value>,
    /// Where each row is one act.
    #[serde(default)]
    pub activity: Option<Activity>,
    /// Columns that hold when something was done, each with what.
    #[serde(default)]
    pub dates: BTreeMap<String, MappedAct>,
    /// Column of the promised date.
    #[serde(default)]
    pub due: Option<String>,
    /// Columns of the applicant's details, which go to the vault.
    #[serde(default)]
    pub applicant: Applicant,
    /// Keep who is said to have done it as told, where it is a code. Otherwise a pseudonym is made of it.
    #[serde(default)]
    pub resources_as_told: bool,
    /// As `strftime` writes it, where times are not in RFC 3339: `%d/%m/%Y %H:%M:%S`.
    #[serde(default)]
    pub time_format: Option<String>,
    /// Of times that say none; Hanoi's unless told.
    #[serde(default)]
    pub utc_offset_hours: Option<i8>,
    /// Of a CSV file; a comma unless told.
    #[serde(default)]
    pub delimiter: Option<char>,
}

/// The same for all, or by what stands in a column.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Fixed(String),
    Column(Column),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub column: String,
    /// What stands there, and what it is here; as it stands where it is not named.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    pub column: String,
    /// Column of the time at which it was done.
    pub time: String,
    /// Column of who did it.
    #[serde(default)]
    pub resource: Option<String>,
    /// What stands in the column, and what it is here.
    pub acts: BTreeMap<String, MappedAct>,
    /// What becomes of all others; they are not read, and reported, unless told.
    #[serde(default)]
    pub others: Others,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    #[default]
    Unread,
    /// Noted under their own name, as far as it makes a code.
    Note,
}

/// What an activity or a date is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappedAct {
    Lodge,
    Accept,
    RefuseAcceptance,
    /// To whoever stands in the column of the activity's `resource`.
    Forward,
    RequestSupplement,
    SubmitSupplement,
    AcceptSupplement,
    StopProcessing,
    DraftResult,
    ApproveResult,
    RefuseResolution,
    SignResult,
    /// Column of the document's number.
    IssueResult(String),
    DeliverResult,
    RequestWithdrawal,
    GrantWithdrawal,
    /// Under a code: a step that moves nothing here.
    Note(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    #[serde(default)]
    pub full_name: Option<String>,
    #[serde(default)]
    pub citizen_number: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldOffice {
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
    pub level: Level,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldProcedure {
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
    pub level: Level,
    pub limit: Limit,
}

impl Mapping {
    /// Reads a mapping; gives also the SHA-256 (hex) of its bytes.
    ///
    /// # Errors
    /// Names the file, and the line and field where it cannot be read.
    pub fn load(file: &Path) -> Result<(Self, String), ImportError> {
        let text = std::fs::read(file).map_err(|source| ImportError::File {
            file: file.to_owned(),
            source,
        })?;
        let refused = |why: String| ImportError::Mapping {
            file: file.to_owned(),
            why,
        };
        let mapping: Self =
            serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
        mapping.check().map_err(refused)?;
        Ok((mapping, hex(&Sha256::digest(&text))))
    }

    fn check(&self) -> Result<(), String> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        if self.system.is_empty() || self.system.len() > 40 || !self.system.bytes().all(plain) {
            return Err("system: 1 to 40 lower-case letters, digits, . and -".into());
        }
        if self.activity.is_none() && self.dates.is_empty() {
            return Err("activity or dates: one of them says what was done and when".into());
        }
        for act in self.acts() {
            if let MappedAct::Note(code) = act
                && slug(code).as_ref() != Some(code)
            {
                return Err(format!(
                    "note “{code}”: a code of 1 to 64 of a-z, 0-9 and _"
                ));
            }
        }
        if self
            .utc_offset_hours
            .is_some_and(|hours| !(-12..=14).contains(&hours))
        {
            return Err("utc_offset_hours: from -12 to 14".into());
        }
        if let Some(format) = &self.time_format {
            let sample = strtime::format(format, jiff::civil::datetime(2026, 3, 2, 9, 0, 0, 0));
            let read = sample.and_then(|text| strtime::parse(format, text)?.to_date());
            if read.ok() != Some(Date::constant(2026, 3, 2)) {
                return Err(format!(
                    "time_format “{format}”: as strftime writes it, such as %d/%m/%Y %H:%M:%S"
                ));
            }
        }
        if self.delimiter.is_some_and(|one| !one.is_ascii()) {
            return Err("delimiter: one ASCII character".into());
        }
        Ok(())
    }

    /// Every column that it names.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let numbers = self.acts().filter_map(|act| match act {
            MappedAct::IssueResult(column) => Some(column),
            _ => None, // foreign: only this one has a column
        });
        let values = [
            Some(&self.office),
            Some(&self.procedure),
            self.channel.as_ref(),
        ];
        let values = values
            .into_iter()
            .flatten()
            .filter_map(|value| match value {
                Value::Fixed(_) => None,
                Value::Column(column) => Some(&column.column),
            });
        let activity = self.activity.iter().flat_map(|activity| {
            let always = [Some(&activity.column), Some(&activity.time)];
            always.into_iter().chain([activity.resource.as_ref()])
        });
        let Applicant {
            full_name,
            citizen_number,
            phone,
        } = &self.applicant;
        let applicant = [full_name, citizen_number, phone].into_iter().flatten();
        let all = [Some(&self.case), self.due.as_ref()];
        let all = all.into_iter().chain(activity).flatten().chain(applicant);
        let all = all.chain(self.dates.keys()).chain(values).chain(numbers);
        all.map(String::as_str).collect()
    }

    fn acts(&self) -> impl Iterator<Item = &MappedAct> {
        let of_rows = self.activity.iter();
        let of_rows = of_rows.flat_map(|activity| activity.acts.values());
        of_rows.chain(self.dates.values())
    }

    /// Whose history it is.
    #[must_use]
    pub fn teller(&self) -> Teller {
        Teller {
            system: self.system.clone(),
            name_vi: self.name_vi.clone(),
            name_en: self.name_en.clone(),
        }
    }

    /// Whether a journal takes its claims.
    ///
    /// # Errors
    /// [`ImportError::NotImported`], [`ImportError::OtherTeller`].
    pub fn fits(&self, opened: &Opened) -> Result<(), ImportError> {
        match &opened.teller {
            Some(teller) if teller.system == self.system => Ok(()),
            Some(teller) => Err(ImportError::OtherTeller {
                holds: teller.system.clone(),
                asked: self.system.clone(),
            }),
            None => Err(ImportError::NotImported),
        }
    }

    /// The records that the journal needs before the first claim.
    ///
    /// # Errors
    /// What a record does not meet.
    pub fn records(&self) -> Result<Vec<Act>, ImportError> {
        let years = self.weekends_only.iter().map(|year| {
            Act::Declare(CalendarYear {
                year: *year,
                from: None,
                days_off: Vec::new(),
                working_saturdays: Vec::new(),
                notice: "weekends only, by the mapping of an import".into(),
                certainty: Certainty::Illustrative,
            })
        });
        let mut acts: Vec<Act> = years.collect();
        for told in &self.offices {
            let office = Office {
                code: told.code.clone(),
                name_vi: told.name_vi.clone(),
                name_en: told.name_en.clone(),
                level: told.level,
                parent: None,
                valid_from: Date::constant(1900, 1, 1),
                valid_to: None,
                predecessors: Vec::new(),
                hours: None,
                address_vi: String::new(),
                phone: String::new(),
                contacts: Vec::new(),
                certainty: Certainty::Illustrative,
            };
            let office = office
                .checked()
                .map_err(|error| ImportError::Record(told.code.clone(), error.to_string()))?;
            acts.push(Act::OpenOffice(office));
        }
        for told in &self.procedures {
            acts.push(Act::Publish(Box::new(told.record())));
        }
        Ok(acts)
    }
}

/// Chosen by whoever wrote the mapping; no claim about the law.
const CHOSEN: Certainty = Certainty::Illustrative;

impl ToldProcedure {
    /// The catalogue's record, with nothing that the mapping does not tell.
    fn record(&self) -> Procedure {
        Procedure {
            code: self.code.clone(),
            version: 1,
            name_vi: self.name_vi.clone(),
            name_en: self.name_en.clone(),
            field_vi: "Nhập từ hệ thống khác".into(),
            field_en: "Imported".into(),
            level: self.level,
            limit: self.limit,
            limit_certainty: CHOSEN,
            limit_basis: "Theo bảng ánh xạ khi nhập; không phải quy định pháp luật".into(),
            limit_note_vi: None,
            limit_note_en: None,
            valid_from: None,
            valid_to: None,
            supplement_clock: None,
            steps: Vec::new(),
            steps_certainty: CHOSEN,
            components: Vec::new(),
            components_certainty: CHOSEN,
            fee: Fee {
                vnd: None,
                note_vi: "Không rõ".into(),
                certainty: CHOSEN,
            },
            online_level: OnlineLevel::InformationOnly,
            online_certainty: CHOSEN,
            result_vi: "Kết quả".into(),
            sensitive: false,
            same_signer_allowed: true,
            max_supplement_requests: None,
            opinion: None,
            certainty: CHOSEN,
            sequence_vi: None,
            channels: Vec::new(),
            cases: Vec::new(),
            number_of_sets: None,
            applicant_kinds: None,
            agencies: Vec::new(),
            legal_basis: Vec::new(),
            conditions_vi: None,
            results: Vec::new(),
            publication: None,
            historical_level: None,
            linkage: None,
            vertical: None,
            delegation: None,
            non_territorial: None,
            received_at: None,
            needs_process: None,
        }
    }
}

/// A name as a code: lower-case ASCII letters, digits and `_`, at most 64; none where nothing is left of it.
#[must_use]
pub fn slug(text: &str) -> Option<String> {
    let mut code = String::new();
    for letter in fold(text).chars() {
        if letter.is_ascii_alphanumeric() {
            code.push(letter.to_ascii_lowercase());
        } else if !code.is_empty() && !code.ends_with('_') {
            code.push('_');
        }
    }
    code.truncate(64);
    let code = code.trim_end_matches('_');
    (!code.is_empty()).then(|| code.to_owned())
}

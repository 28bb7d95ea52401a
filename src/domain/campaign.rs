//! A satisfaction campaign: questions that an authority asks the applicants of ended dossiers between two days.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code::{OfficeCode, ProcedureCode};
use super::dossier::Rejection;
use super::law::Certainty;
use super::reference::{Reference, ReferenceEvent};
use super::text;

const QUESTIONS_MAX: usize = 12;
const SCOPE_MAX: usize = 200;
const CODE_CHARS_MAX: usize = 64;
const TEXT_CHARS_MAX: usize = 200;

/// What a question is about, so that a target can be measured by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// How this dossier was settled.
    Settlement,
    /// The service of the agencies in general.
    Agencies,
    /// Something else: shown with the results, measured by no target.
    Other,
}

impl Topic {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Settlement => "settlement",
            Self::Agencies => "agencies",
            Self::Other => "other",
        }
    }
}

/// One question, answered by a score on the campaign's scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Within its campaign: small letters, digits and `-`.
    pub key: String,
    pub vi: String,
    pub en: String,
    pub about: Topic,
}

/// What is asked, of whom, and how long. Lists that are empty leave nobody out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Capitals or small letters, digits, `.` and `-`: `KS-2023`.
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
    /// Number of the plan or decision that orders it.
    pub decision: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The best score: 3 or 5.
    pub scale: u8,
    /// Vietnamese names of fields of the catalogue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Codes of procedures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<String>,
    /// Codes of offices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offices: Vec<String>,
    pub questions: Vec<Question>,
    pub certainty: Certainty,
}

/// Ended before its last day; the reason stands beside it. Answers that were given stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignClosed {
    pub code: String,
    /// The first day on which nobody can answer.
    pub on: Date,
}

/// What happens to campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CampaignEvent {
    Opened(Campaign),
    Closed(CampaignClosed),
}

/// What can be asked of campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignAct {
    Open(Campaign),
    /// End it today, with a reason.
    Close {
        code: String,
    },
}

/// A campaign as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCampaign {
    pub opened: Arc<Campaign>,
    /// The day on which it was ended early.
    pub closed_on: Option<Date>,
}

impl HeldCampaign {
    #[must_use]
    pub fn runs_on(&self, day: Date) -> bool {
        let over = self.closed_on.is_some_and(|on| on <= day);
        (self.opened.from..=self.opened.to).contains(&day) && !over
    }
}

/// Why a campaign cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CampaignError {
    #[error(
        "{0:?} is not the code of a campaign: 1 to 64 letters, digits, `.` and `-`, a digit among them"
    )]
    Code(String),
    #[error("it ends before it begins")]
    Days,
    #[error("its scale is neither 3 nor 5")]
    Scale,
    #[error(
        "it has 1 to {QUESTIONS_MAX} questions, each with its own key of small letters, digits and `-`"
    )]
    Questions,
    #[error("its scope names more than {SCOPE_MAX}, or a code that is none")]
    Scope,
    #[error("{0}")]
    Text(text::TextError),
}

impl CampaignError {
    fn rejection(&self) -> Rejection {
        match self {
            Self::Code(_) => Rejection::Unfit(
                "code: 1 đến 64 chữ cái, chữ số, dấu chấm và gạch nối, có ít nhất một chữ số",
                "code: 1 to 64 letters, digits, `.` and `-`, a digit among them",
            ),
            Self::Days => {
                Rejection::Unfit("ngày cuối đứng trước ngày đầu", "it ends before it begins")
            }
            Self::Scale => {
                Rejection::Unfit("scale: chỉ 3 hoặc 5 mức", "its scale is neither 3 nor 5")
            }
            Self::Questions => Rejection::Unfit(
                "questions: 1 đến 12 câu hỏi, mỗi câu một khóa riêng gồm chữ thường, chữ số và gạch nối",
                "questions: 1 to 12, each with its own key of small letters, digits and `-`",
            ),
            Self::Scope => Rejection::Unfit(
                "phạm vi quá dài hoặc có mã không đúng mẫu",
                "its scope names too many, or a code that is none",
            ),
            Self::Text(error) => Rejection::InvalidRecord(error.to_string()),
        }
    }
}

impl CampaignEvent {
    /// The fact's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened(_) => "campaign.opened",
            Self::Closed(_) => "campaign.closed",
        }
    }

    /// Which campaign it is about.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Opened(campaign) => &campaign.code,
            Self::Closed(closed) => &closed.code,
        }
    }

    pub(in crate::domain) fn parse(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
        Some(match kind {
            "campaign.opened" => serde_json::from_str(data).map(Self::Opened),
            "campaign.closed" => serde_json::from_str(data).map(Self::Closed),
            _ => return None, // foreign: a type name out of the journal
        })
    }
}

impl Campaign {
    /// The same campaign with its texts cleaned.
    ///
    /// # Errors
    /// The first [`CampaignError`] met.
    pub fn checked(mut self) -> Result<Self, CampaignError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        let length = (1..=CODE_CHARS_MAX).contains(&self.code.len());
        let has_digit = self.code.bytes().any(|byte| byte.is_ascii_digit());
        if !length || !has_digit || !self.code.bytes().all(allowed) {
            return Err(CampaignError::Code(self.code));
        }
        if self.to < self.from {
            return Err(CampaignError::Days);
        }
        if !matches!(self.scale, 3 | 5) {
            return Err(CampaignError::Scale);
        }
        let clean = |text: &str| text::required(text, TEXT_CHARS_MAX).map_err(CampaignError::Text);
        for text in [&mut self.name_vi, &mut self.name_en, &mut self.decision] {
            *text = clean(text)?;
        }
        for field in &mut self.fields {
            *field = clean(field)?;
        }
        for question in &mut self.questions {
            question.vi = clean(&question.vi)?;
            question.en = clean(&question.en)?;
        }
        self.check_questions()?;
        self.check_scope()?;
        Ok(self)
    }

    fn check_questions(&self) -> Result<(), CampaignError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let sound = |key: &str| (1..=32).contains(&key.len()) && key.bytes().all(allowed);
        let mut keys: Vec<&str> = self.questions.iter().map(|one| one.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        let distinct = keys.len() == self.questions.len();
        if (1..=QUESTIONS_MAX).contains(&keys.len()) && distinct && keys.into_iter().all(sound) {
            return Ok(());
        }
        Err(CampaignError::Questions)
    }

    fn check_scope(&self) -> Result<(), CampaignError> {
        let few = [&self.fields, &self.procedures, &self.offices]
            .iter()
            .all(|list| list.len() <= SCOPE_MAX);
        let procedures = self.procedures.iter();
        let offices = self.offices.iter();
        let sound = procedures
            .map(|code| code.parse::<ProcedureCode>().is_ok())
            .chain(offices.map(|code| code.parse::<OfficeCode>().is_ok()))
            .all(|sound| sound);
        if few && sound {
            Ok(())
        } else {
            Err(CampaignError::Scope)
        }
    }

    /// Whether it asks about a dossier of this office, procedure and field; names of fields are compared as search does.
    #[must_use]
    pub fn is_about(&self, office: &str, procedure: &str, field: Option<&str>) -> bool {
        let holds =
            |list: &[String], code: &str| list.is_empty() || list.iter().any(|known| known == code);
        let folded = field.map(text::fold);
        let in_field = self.fields.is_empty()
            || self
                .fields
                .iter()
                .any(|known| Some(text::fold(known)) == folded);
        holds(&self.offices, office) && holds(&self.procedures, procedure) && in_field
    }

    #[must_use]
    pub fn question(&self, key: &str) -> Option<&Question> {
        self.questions.iter().find(|one| one.key == key)
    }
}

/// What the shelf takes of an act on campaigns: opened once under its code, about offices that exist; ended once, with a
/// reason, while it runs or before.
///
/// # Errors
/// [`Rejection::DuplicateRecord`], [`Rejection::UnknownOffice`], [`Rejection::InvalidRecord`],
/// [`Rejection::ReasonRequired`], or that there is no such campaign or it is over.
pub fn decide(
    reference: &Reference,
    act: &CampaignAct,
    today: Date,
    has_reason: bool,
) -> Result<ReferenceEvent, Rejection> {
    use super::dossier::VoiceRefusal;
    let event = match act {
        CampaignAct::Open(campaign) => {
            let campaign = campaign.clone().checked();
            let campaign = campaign.map_err(|error| error.rejection())?;
            if reference.campaigns.contains_key(&campaign.code) {
                return Err(Rejection::DuplicateRecord);
            }
            let mut offices = campaign.offices.iter();
            if let Some(unknown) = offices.find(|code| !reference.offices.contains_key(*code)) {
                return Err(Rejection::UnknownOffice(unknown.clone()));
            }
            CampaignEvent::Opened(campaign)
        }
        CampaignAct::Close { code } => {
            let held = reference.campaigns.get(code);
            let held = held.ok_or(VoiceRefusal::CampaignUnknown)?;
            if held.closed_on.is_some() || held.opened.to < today {
                return Err(VoiceRefusal::CampaignClosed.into());
            }
            if !has_reason {
                return Err(Rejection::ReasonRequired);
            }
            CampaignEvent::Closed(CampaignClosed {
                code: code.clone(),
                on: today,
            })
        }
    };
    Ok(ReferenceEvent::Campaign(event))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn campaign() -> Campaign {
        serde_json::from_str(
            r#"{"code": "KS-2023", "name_vi": "Khảo sát", "name_en": "Survey", "decision": "01/KH-UBND",
                "from": "2023-11-01", "to": "2023-11-30", "scale": 5, "fields": ["Đất đai"],
                "questions": [{"key": "result", "vi": "Kết quả?", "en": "Result?", "about": "settlement"}],
                "certainty": "illustrative"}"#,
        )
        .expect("a campaign")
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Campaign), error: &CampaignError) {
        let mut campaign = campaign();
        change(&mut campaign);
        assert_eq!(campaign.checked().as_ref(), Err(error));
    }

    #[test]
    fn a_campaign_that_cannot_be_is_refused() {
        assert!(campaign().checked().is_ok());
        refused(
            |one| one.code = "khảo sát".into(),
            &CampaignError::Code("khảo sát".into()),
        );
        refused(|one| one.to = date(2022, 1, 1), &CampaignError::Days);
        refused(|one| one.scale = 10, &CampaignError::Scale);
        refused(|one| one.questions.clear(), &CampaignError::Questions);
        refused(
            |one| one.questions.push(one.questions[0].clone()),
            &CampaignError::Questions,
        );
        refused(
            |one| one.offices.push("đâu đó".into()),
            &CampaignError::Scope,
        );
        refused(
            |one| one.decision = " ".into(),
            &CampaignError::Text(text::TextError::Empty),
        );
    }

    #[test]
    fn a_field_is_found_without_its_marks_and_an_empty_scope_leaves_nobody_out() {
        let land = campaign();
        assert!(land.is_about("H63.40", "1.000001", Some("ĐẤT ĐAI")));
        assert!(!land.is_about("H63.40", "1.000001", Some("Hộ tịch")));
        assert!(!land.is_about("H63.40", "1.000001", None));
        let all = Campaign {
            fields: Vec::new(),
            ..land
        };
        assert!(all.is_about("H63.40", "1.000001", None));
    }

    #[test]
    fn a_campaign_runs_from_its_first_to_its_last_day_unless_it_was_ended() {
        let mut held = HeldCampaign {
            opened: Arc::new(campaign()),
            closed_on: None,
        };
        assert!(!held.runs_on(date(2023, 10, 31)));
        assert!(held.runs_on(date(2023, 11, 1)) && held.runs_on(date(2023, 11, 30)));
        held.closed_on = Some(date(2023, 11, 10));
        assert!(held.runs_on(date(2023, 11, 9)) && !held.runs_on(date(2023, 11, 10)));
    }
}

//! The shapes of the answers to the desk's documents.

use serde::Deserialize;

use crate::web::brought::Brought;
use crate::web::lang::Lang;

/// A text in both languages.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Text {
    pub vi: String,
    pub en: String,
}

impl Text {
    #[must_use]
    pub fn said(&self, lang: Lang) -> String {
        lang.of(&self.vi, &self.en).clone()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Worklist {
    pub nodes: Vec<Line>,
    pub page_info: PageInfo,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub code: Option<String>,
    pub version: u32,
    pub status: String,
    pub status_label: Text,
    pub procedure: Option<Named>,
    pub due_at: Option<String>,
    pub ended_at: Option<String>,
    pub paused: bool,
    pub handler: Option<String>,
    pub apologies: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    pub name: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Procedures {
    pub nodes: Vec<Filed>,
    pub page_info: PageInfo,
}

/// A procedure as it is filed.
#[derive(Debug, Clone, Deserialize)]
pub struct Filed {
    pub code: String,
    pub name: Text,
    pub components: Vec<Component>,
    pub linkage: Option<Linkage>,
}

impl Filed {
    /// Settled leg by leg: its agencies are named when it is accepted.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        self.linkage
            .as_ref()
            .is_some_and(|linkage| !linkage.legs.is_empty())
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Linkage {
    pub legs: Vec<ProcedureLeg>,
}

/// A leg as the procedure's record has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcedureLeg {
    pub place: u32,
    pub name: Text,
    pub agency_vi: String,
    pub optional: bool,
}

/// A leg as it stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leg {
    pub place: u32,
    pub name: Option<Text>,
    pub office: Option<Office>,
    pub status_label: Text,
    pub code: Option<String>,
    pub due_at: Option<String>,
}

/// What a leg belongs to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LegOf {
    pub code: String,
    pub place: u32,
    pub results: Vec<LegResult>,
    pub corrections_asked_by: Vec<u32>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct LegResult {
    pub place: u32,
    pub number: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    pub item: u32,
    pub name_vi: String,
    #[serde(default)]
    pub originals: Option<u32>,
    #[serde(default)]
    pub copies: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dossier {
    pub code: Option<String>,
    pub version: u32,
    pub status: String,
    pub status_label: Text,
    pub procedure_code: String,
    pub procedure: Option<Procedure>,
    pub office: Option<Office>,
    pub channel: Option<String>,
    pub lodged_at: Option<String>,
    pub received_at: Option<String>,
    pub accepted_at: Option<String>,
    pub entered_late: Option<bool>,
    pub original_due_at: Option<String>,
    pub due_at: Option<String>,
    pub ended_at: Option<String>,
    pub paused: bool,
    pub handler: Option<String>,
    pub intake_due_at: Option<String>,
    pub answer_due_at: Option<String>,
    pub supplement_items: Vec<u32>,
    pub proposed_items: Option<Vec<u32>>,
    pub breaches: Vec<String>,
    pub explain: Option<Text>,
    pub portal: Option<Portal>,
    pub applicant: Option<Applicant>,
    pub components: Option<Vec<Received>>,
    pub obligations: Option<Vec<Owed>>,
    pub results: Option<Vec<Outcome>>,
    pub files: Option<Vec<Brought>>,
    pub legs: Option<Vec<Leg>>,
    pub leg_of: Option<LegOf>,
    pub papers: Option<Vec<Printable>>,
    pub actions: Option<Vec<Action>>,
    pub history: Option<Facts>,
}

/// How it stands with the national portal.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Portal {
    pub status: u8,
    pub status_label: Text,
    pub remote_status: Option<u16>,
    pub remote_status_label: Option<Text>,
    pub acknowledged_at: Option<String>,
    pub age_minutes: Option<i64>,
    pub differs: bool,
    pub behind: Option<bool>,
    pub behind_since: Option<String>,
    pub refusal: Option<String>,
    pub attempts: u32,
    pub alarms: Vec<Alarm>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Alarm {
    pub label: Text,
}

/// A statutory paper that can be printed.
#[derive(Debug, Clone, Deserialize)]
pub struct Printable {
    /// The api's name of the form.
    pub form: String,
    pub number: String,
    pub name: Text,
    pub of: u32,
    pub at: String,
    pub url: String,
    pub printings: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Procedure {
    pub name: Text,
    pub components: Vec<Component>,
    pub steps: Vec<Named>,
    pub linkage: Option<Linkage>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Office {
    pub code: String,
    pub name: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Applicant {
    pub full_name: Option<String>,
    pub citizen_number: Option<String>,
    pub birth_date: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub address: Option<String>,
    pub masked: bool,
    pub erased: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Received {
    pub item: u32,
    pub form: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owed {
    pub number: u32,
    pub kind: String,
    /// Long numbers are written as text.
    pub amount_vnd: serde_json::Value,
    pub state: String,
}

impl Owed {
    #[must_use]
    pub fn amount(&self) -> u64 {
        let written = self.amount_vnd.as_str().and_then(|text| text.parse().ok());
        written.or_else(|| self.amount_vnd.as_u64()).unwrap_or(0)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub number: Option<String>,
    pub standing_label: Text,
    pub since: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    pub command: String,
    pub label: Text,
    pub needs_reason: bool,
    pub needs_basis: bool,
    pub needs_approver: bool,
    pub form: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Facts {
    pub nodes: Vec<Fact>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    pub position: serde_json::Value,
    pub version: u32,
    pub label: Text,
    pub recorded_at: String,
    pub claimed_at: Option<String>,
    pub received_at: Option<String>,
    pub actor: Option<String>,
    pub role: String,
    pub reason_label: Option<Text>,
    pub breach: Option<String>,
}

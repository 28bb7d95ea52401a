//! What only the holder of the receipt sees. The api opened it: a page never reaches the vault.

use serde::Deserialize;
use serde_json::Value;

use super::Story;
use super::duty::kind;
use crate::api::papers::{address, printable};
use crate::domain::dossier::{ComponentForm, Dossier, ObligationState, ReceivedComponent};
use crate::domain::paper::Form;
use crate::domain::time::Moment;
use crate::web::brought::{Brought, FileLine};
use crate::web::dates::{self, When};
use crate::web::lang::{Lang, Pair};

/// The answer to the document that opens the receipt's part, and the capability that was shown.
#[derive(Debug, Clone, Default)]
pub struct Holder {
    pub capability: String,
    /// Numbers and addresses in full.
    pub revealed: bool,
    pub applicant: Option<Applicant>,
    pub written: Vec<Letter>,
    pub ways_to_pay: Vec<WayToPay>,
    pub files: Vec<Brought>,
    pub officers: Vec<Acted>,
    pub looks: Vec<Looked>,
    pub erasures: Vec<Erasure>,
    /// Somebody looked earlier, too.
    pub looked_earlier: bool,
    /// This node has no vault, or the vault does not answer: said instead of silence.
    pub withheld: bool,
}

/// As the api gives it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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

/// One way to pay one sum, as the api gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WayToPay {
    pub number: u32,
    pub reference: String,
    pub qr: Option<String>,
    pub link: Option<String>,
    pub bank: Option<String>,
    pub account: Option<String>,
    pub holder: Option<String>,
}

/// A text between office and applicant, as the api gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    pub at: Moment,
    pub about: Words,
    pub from_applicant: bool,
    pub feedback: Option<u32>,
    pub text: Option<String>,
    pub erased: bool,
}

/// Who did what, as the api gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acted {
    pub part: Words,
    pub full_name: Option<String>,
    pub title: Option<String>,
}

/// Who looked, as the api gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Looked {
    pub at: Moment,
    pub role_label: Words,
    pub office: Option<Named>,
    pub purpose_label: Words,
}

/// What was destroyed, as the api gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    pub decision: String,
    pub done_at: Option<Moment>,
    pub purpose_labels: Vec<Words>,
    pub reason_label: Option<Words>,
    pub backups_unreadable_at: Option<Moment>,
}

/// An office, as the api gives it.
#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    pub name: Words,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Words {
    pub vi: String,
    pub en: String,
}

impl Holder {
    /// Reads `tracking` of the api's answer; none when the capability was not this dossier's.
    #[must_use]
    pub fn read(capability: &str, revealed: bool, data: &Value, failed: bool) -> Option<Self> {
        let tracking = data.get("tracking")?;
        if tracking.get("withReceipt") != Some(&Value::Bool(true)) {
            return None;
        }
        let part = |name: &str| tracking.get(name).cloned().unwrap_or_default();
        let looks = part("looks");
        let edges = looks["edges"].as_array().into_iter().flatten();
        let looked = edges.filter_map(|edge| Deserialize::deserialize(&edge["node"]).ok());
        Some(Self {
            capability: capability.to_owned(),
            revealed,
            applicant: serde_json::from_value(part("applicant")).unwrap_or_default(),
            written: serde_json::from_value(part("written")).unwrap_or_default(),
            ways_to_pay: serde_json::from_value(part("waysToPay")).unwrap_or_default(),
            officers: serde_json::from_value(part("officers")).unwrap_or_default(),
            files: serde_json::from_value(part("files")).unwrap_or_default(),
            looks: looked.collect(),
            erasures: serde_json::from_value(part("erasures")).unwrap_or_default(),
            looked_earlier: looks["pageInfo"]["hasNextPage"] == true,
            withheld: failed,
        })
    }
}

/// What lies over numbers and addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// There is nothing to cover.
    None,
    Masked,
    Lifted,
}

/// The holder's part of the page.
pub struct Own {
    /// What the office holds of the person, row by row.
    pub person: Vec<(&'static str, String)>,
    pub cover: Cover,
    pub erased: bool,
    /// By which decision what was destroyed, and since when backups cannot tell it: the certificate.
    pub destroyed: Vec<String>,
    pub withheld: bool,
    /// The papers that came in.
    pub papers: Vec<String>,
    /// Who acted, by what they did; as far as their offices have registered them.
    pub officers: Vec<(String, String)>,
    /// Who of the office or of those who supervise it looked at the person's data: when, and who for what.
    pub looks: Vec<(When, String)>,
    pub looked_earlier: bool,
    /// Their files, and those of the result once it was handed over.
    pub brought: Vec<FileLine>,
    /// What was asked for in money, and what became of it.
    pub sums: Vec<String>,
    /// The office's papers about the dossier, each with the address of its file.
    pub files: Vec<(String, String)>,
    /// What the office wrote, feedback apart.
    pub letters: Vec<LetterLine>,
}

pub struct LetterLine {
    pub when: When,
    pub about: String,
    /// None when it was erased.
    pub text: Option<String>,
}

impl Own {
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.cover == Cover::Masked
    }

    #[must_use]
    pub fn is_lifted(&self) -> bool {
        self.cover == Cover::Lifted
    }

    pub fn new(holder: &Holder, dossier: &Dossier, story: &Story<'_>, lang: Lang) -> Self {
        let applicant = holder.applicant.clone().unwrap_or_default();
        let rows = [
            (("Họ và tên", "Name"), applicant.full_name),
            (
                ("Số định danh", "Identity number"),
                applicant.citizen_number,
            ),
            (("Ngày sinh", "Date of birth"), applicant.birth_date),
            (("Điện thoại", "Phone"), applicant.phone),
            (("Thư điện tử", "E-mail"), applicant.email),
            (("Địa chỉ", "Address"), applicant.address),
        ];
        let given = |(label, value): (Pair, Option<String>)| Some((lang.pick(label), value?));
        let brought = holder.files.iter();
        let brought = brought.map(|one| FileLine::new(one, lang).with_key(&holder.capability));
        let letters = holder.written.iter().filter(|one| one.feedback.is_none());
        Self {
            person: rows.into_iter().filter_map(given).collect(),
            cover: match (applicant.masked, holder.revealed) {
                (true, _) => Cover::Masked,
                (false, true) => Cover::Lifted,
                (false, false) => Cover::None,
            },
            erased: applicant.erased,
            destroyed: holder
                .erasures
                .iter()
                .map(|one| destroyed(one, lang))
                .collect(),
            withheld: holder.withheld,
            papers: papers(dossier, story, lang),
            officers: holder
                .officers
                .iter()
                .filter_map(|one| acted(one, lang))
                .collect(),
            looks: holder.looks.iter().map(|one| looked(one, lang)).collect(),
            looked_earlier: holder.looked_earlier,
            brought: brought.collect(),
            files: files(holder, story, lang),
            sums: sums(dossier, lang),
            letters: letters
                .map(|one| LetterLine {
                    when: dates::short(one.at, lang),
                    about: lang.of(&one.about.vi, &one.about.en).clone(),
                    text: one.text.clone(),
                })
                .collect(),
        }
    }
}

fn destroyed(one: &Erasure, lang: Lang) -> String {
    let words = |words: &Words| lang.of(&words.vi, &words.en).clone();
    let what: Vec<String> = one.purpose_labels.iter().map(words).collect();
    let by = lang.of("Quyết định", "Decision");
    let why = one.reason_label.as_ref();
    let why = why.map_or_else(String::new, |why| format!(" ({})", words(why)));
    let day = |at: Moment| dates::day(at.date(), lang);
    let when = match one.done_at {
        Some(at) => format!("{} {}", lang.of("xóa xong ngày", "destroyed on"), day(at)),
        None => lang.of("đang xóa", "being destroyed").to_owned(),
    };
    let backups = match one.backups_unreadable_at {
        Some(at) => format!(
            "; {} {}",
            lang.of(
                "bản sao lưu không còn đọc được từ",
                "unreadable in backups since"
            ),
            day(at)
        ),
        None => format!(
            "; {}",
            lang.of(
                "bản sao lưu cũ còn giữ đến khi hủy khóa",
                "old backups keep it until their key is destroyed"
            )
        ),
    };
    format!(
        "{by} {}{why}: {}; {when}{backups}.",
        one.decision,
        what.join("; ")
    )
}

fn looked(one: &Looked, lang: Lang) -> (When, String) {
    let words = |words: &Words| lang.of(&words.vi, &words.en).clone();
    let office = one.office.as_ref();
    let office = office.map(|office| words(&office.name));
    let who = [Some(words(&one.role_label)), office].into_iter().flatten();
    let who = who.collect::<Vec<_>>().join(", ");
    let what = words(&one.purpose_label);
    (dates::short(one.at, lang), format!("{what} – {who}"))
}

/// Name and title of whoever is registered; pseudonyms tell the applicant nothing.
fn acted(one: &Acted, lang: Lang) -> Option<(String, String)> {
    let known = [one.full_name.as_deref(), one.title.as_deref()];
    let known: Vec<&str> = known.into_iter().flatten().collect();
    let part = lang.of(&one.part.vi, &one.part.en).clone();
    (!known.is_empty()).then(|| (part, known.join(", ")))
}

/// Form 06 names officers and is no letter to the applicant.
fn files(holder: &Holder, story: &Story<'_>, lang: Lang) -> Vec<(String, String)> {
    let all = printable(story.changes).into_iter();
    let ours = all.filter(|paper| paper.form != Form::ControlSlip);
    ours.map(|paper| {
        let (name, day) = (
            lang.pick(paper.form.name()),
            dates::day(paper.at.date(), lang),
        );
        let place = address(story.code, paper);
        (
            format!("{name}, {day}"),
            format!("{place}&k={}", holder.capability),
        )
    })
    .collect()
}

fn papers(dossier: &Dossier, story: &Story<'_>, lang: Lang) -> Vec<String> {
    let paper = |one: &ReceivedComponent| {
        let place = usize::try_from(one.item)
            .ok()
            .and_then(|item| item.checked_sub(1));
        let listed = story.procedure.zip(place);
        let named = listed.and_then(|(procedure, place)| procedure.components.get(place));
        let name = named.map_or_else(
            || format!("{} {}", lang.of("Giấy tờ số", "Paper no."), one.item),
            |component| component.name_vi.clone(),
        );
        format!("{name} – {}", lang.pick(form(one.form)))
    };
    dossier.components.iter().map(paper).collect()
}

fn form(form: ComponentForm) -> Pair {
    match form {
        ComponentForm::Original => ("bản chính", "original"),
        ComponentForm::Copy => ("bản sao", "copy"),
        ComponentForm::CertifiedCopy => ("bản sao chứng thực", "certified copy"),
        ComponentForm::EDocument => ("bản điện tử", "electronic"),
    }
}

fn sums(dossier: &Dossier, lang: Lang) -> Vec<String> {
    let sums = dossier.obligations.iter().map(|one| {
        let state = match one.state {
            ObligationState::Requested => ("chưa nộp", "to be paid"),
            ObligationState::Paid => ("đã nộp", "paid"),
            ObligationState::Cancelled => ("đã hủy", "cancelled"),
            ObligationState::Refunded => ("đã hoàn trả", "refunded"),
        };
        let (kind, amount) = (lang.pick(kind(one.kind)), lang.count(one.amount_vnd));
        let mut text = format!("{kind}: {amount} đ – {}", lang.pick(state));
        if let Some(receipt) = &one.receipt {
            text += lang.of(", biên lai ", ", receipt ");
            text += receipt;
        }
        text
    });
    sums.collect()
}

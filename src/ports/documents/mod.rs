//! The office's document management (quản lý văn bản): it numbers outgoing documents, and hears what becomes of them.

mod http;
mod settings;

pub use self::http::Http;
pub use self::settings::{Entry, Registry, Settings, SettingsError};

use serde_json::Value;
use uuid::Uuid;

use super::payment::Notice;
pub use super::signature::Unread;
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::text;
use crate::domain::time::Moment;

/// Of a document's number: it stands in the fact.
const NUMBER_CHARS_MAX: usize = 64;

/// A system that numbers and keeps an office's outgoing documents.
pub trait DocumentSystem: Send + Sync {
    /// What it is called with when a result has been signed.
    fn registration(&self, outgoing: &Outgoing<'_>, now: u64) -> Call;

    /// What it is called with when a document has been taken back or replaced.
    fn standing(&self, change: &Change<'_>, now: u64) -> Call;

    /// What an answer to a registration means.
    fn answered(&self, status: u16, body: &[u8]) -> Answered;

    /// What it says by itself, once it is certain that it says so.
    ///
    /// # Errors
    /// [`Unread`]: nothing of it may be believed.
    fn read(&self, notice: &Notice<'_>) -> Result<Told, Unread>;
}

/// A document that was signed and has no number yet. Nothing of it is about a person.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The same however often it is told.
    pub reference: Reference,
    pub dossier: &'a DossierCode,
    pub office: &'a OfficeCode,
    pub procedure: &'a ProcedureCode,
    pub signed_at: Moment,
}

/// What has become of a document.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub reference: Reference,
    pub dossier: &'a DossierCode,
    /// Under which it was issued.
    pub number: Option<&'a str>,
    pub standing: Standing<'a>,
    pub at: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    Revoked,
    /// By the document of this number.
    Superseded(&'a str),
}

/// The fact that a call is about: journal and position. No personal data; good only with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub journal: Uuid,
    pub position: u64,
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.journal, self.position)
    }
}

impl Reference {
    /// As it is written; none for anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (journal, position) = text.split_once('.')?;
        let reference = Self {
            journal: journal.parse().ok()?,
            position: position.parse().ok()?,
        };
        (reference.to_string() == text).then_some(reference)
    }
}

/// A request to be sent as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What a system has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It is numbered.
    Number(String),
    /// The number comes later, by a notification.
    Later,
    /// It will not have this one: somebody has to number it by hand.
    Refused,
    /// It may take it later.
    Failed,
}

/// What a system says by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Issued {
        reference: Reference,
        number: String,
    },
    /// Something that is nothing to this program.
    Nothing,
}

/// A number as it may stand in a fact: `123/QĐ-UBND`.
fn number(value: &Value) -> Option<String> {
    let text = text::required(value.as_str()?, NUMBER_CHARS_MAX).ok()?;
    let good = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    let numbered = text.bytes().any(|byte| byte.is_ascii_digit());
    (numbered && text.chars().all(good)).then_some(text)
}

/// The name by which what a system has numbered is put on record once: the same by its answer and by its notification.
#[must_use]
pub fn cause(system: &str, reference: Reference) -> String {
    format!("document:{system}:{}", reference.position)
}

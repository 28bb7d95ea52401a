//! Parts of personal data: what a fact says of them (a commitment), never what they are.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Keys of the values that parts hold.
pub const FULL_NAME: &str = "full_name";
pub const CITIZEN_NUMBER: &str = "citizen_number";
pub const BIRTH_DATE: &str = "birth_date";
pub const PHONE: &str = "phone";
pub const EMAIL: &str = "email";
pub const ADDRESS: &str = "address";

/// A commitment to personal data that lies in the vault: `SHA-256(domain || 0 || {salt, value})`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Base64 of the 32-byte commitment.
    pub c: String,
    pub kind: PartKind,
    /// The subject: random, one per person and dossier.
    pub s: Uuid,
}

/// What personal data is kept for: one key for each subject and purpose, so that one may go and another stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Name, identity number, date of birth.
    Identity,
    /// Phone, e-mail, address.
    Contact,
    /// Text that was typed.
    Content,
    /// Hashes, keys and files of papers and results.
    Attachment,
}

impl Purpose {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Content => "content",
            Self::Attachment => "attachment",
        }
    }

    /// What people call it: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Identity => (
                "họ tên, số định danh, ngày sinh",
                "name, identity number, date of birth",
            ),
            Self::Contact => (
                "điện thoại, thư điện tử, địa chỉ",
                "telephone, e-mail, address",
            ),
            Self::Content => ("lời văn đã viết", "texts that were written"),
            Self::Attachment => ("tệp giấy tờ và kết quả", "files of papers and results"),
        }
    }
}

/// What a part of personal data is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// Name, identity number, date of birth.
    Applicant,
    /// Phone, e-mail, address.
    Contact,
    /// Text somebody typed: details of a reason, a note.
    Note,
    /// Name and telephone of an officer.
    Officer,
    /// SHA-256 of a result's document: of one that can be guessed, the bare hash would tell what stands in it.
    Document,
}

impl PartKind {
    /// The purpose whose key enciphers the part: a shred names purposes.
    #[must_use]
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Applicant | Self::Officer => Purpose::Identity,
            Self::Contact => Purpose::Contact,
            Self::Note => Purpose::Content,
            Self::Document => Purpose::Attachment,
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Contact => "contact",
            Self::Note => "note",
            Self::Officer => "officer",
            Self::Document => "document",
        }
    }
}

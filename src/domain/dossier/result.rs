//! The documents that settle a dossier, and what has become of each: in force, superseded, revoked.

use uuid::Uuid;

use super::Dossier;
use super::event::{ResultCorrected, ResultIssued, ResultReplaced, ResultRevoked, Signature};
use crate::domain::fact::{Circumstances, Part, PartKind};
use crate::domain::time::Moment;

/// Whether a document counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultStanding {
    /// In force.
    Valid,
    /// Another document has taken its place.
    Superseded,
    /// Taken back by the office.
    Revoked,
}

impl ResultStanding {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
        }
    }

    /// What people read: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Valid => ("Đang có hiệu lực", "Valid"),
            Self::Superseded => ("Đã được thay thế", "Superseded"),
            Self::Revoked => ("Đã bị thu hồi", "Revoked"),
        }
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultKind {
    /// What the procedure gives: a permit, a certificate, a decision.
    Document,
    /// An electronic copy certified from the original (Decree 45/2020/ND-CP art. 10).
    CertifiedCopy,
}

impl ResultKind {
    /// What people read: (Vietnamese, English).
    #[must_use]
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Document => ("Kết quả thủ tục", "Result of the procedure"),
            Self::CertifiedCopy => (
                "Bản sao điện tử được chứng thực từ bản chính",
                "Electronic copy certified from the original",
            ),
        }
    }
}

/// One document that settled a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierResult {
    pub kind: ResultKind,
    /// Under which it was issued; absent when it was signed and never numbered.
    pub number: Option<String>,
    pub standing: ResultStanding,
    /// When the fact that gave it its number was recorded; absent while it has none.
    pub numbered_at: Option<Moment>,
    /// When the fact that gave it its number or its standing was recorded.
    pub since: Moment,
    /// Number of the document that has taken its place.
    pub replaced_by: Option<String>,
    /// How often a mistake in it was put right.
    pub corrections: u32,
    /// The commitment to its hash, with the command that brought it.
    pub document: Option<(Part, Uuid)>,
}

impl Dossier {
    /// The document of this number, or the newest.
    #[must_use]
    pub fn result(&self, number: Option<&str>) -> Option<&DossierResult> {
        let mut newest_first = self.results.iter().rev();
        match number {
            None => newest_first.next(),
            Some(_) => newest_first.find(|result| result.number.as_deref() == number),
        }
    }

    /// There were documents, and none of them counts any more.
    #[must_use]
    pub fn nothing_in_force(&self) -> bool {
        let mut results = self.results.iter();
        !self.results.is_empty() && !results.any(|result| result.standing == ResultStanding::Valid)
    }

    pub(super) fn result_signed(&mut self, signature: Option<&Signature>, at: Moment) {
        let certifies = signature.is_some_and(|signature| signature.certifies_copy);
        self.results.push(DossierResult {
            kind: if certifies {
                ResultKind::CertifiedCopy
            } else {
                ResultKind::Document
            },
            number: None,
            numbered_at: None,
            standing: ResultStanding::Valid,
            since: at,
            replaced_by: None,
            corrections: 0,
            document: None,
        });
    }

    /// The signed document gets its number; a further number is a further document.
    pub(super) fn result_issued(
        &mut self,
        issued: &ResultIssued,
        document: Option<(Part, Uuid)>,
        at: Moment,
    ) {
        if self
            .results
            .last()
            .is_none_or(|newest| newest.number.is_some())
        {
            self.result_signed(None, at);
        }
        if let Some(newest) = self.results.last_mut() {
            newest.number = Some(issued.number.clone());
            newest.numbered_at = Some(at);
            newest.document = document;
            newest.since = at;
        }
    }

    /// The document stays in force; a corrected file takes the place of the first one.
    pub(super) fn result_corrected(
        &mut self,
        corrected: &ResultCorrected,
        document: Option<(Part, Uuid)>,
        at: Moment,
    ) {
        if let Some(result) = self.numbered(corrected.number.as_deref()) {
            result.corrections += 1;
            result.since = at;
            result.document = document.or(result.document.take());
        }
    }

    pub(super) fn result_revoked(&mut self, revoked: &ResultRevoked, at: Moment) {
        if let Some(result) = self.numbered(revoked.number.as_deref()) {
            result.standing = ResultStanding::Revoked;
            result.since = at;
        }
    }

    /// What was revoked before it was replaced stays revoked.
    pub(super) fn result_replaced(
        &mut self,
        replaced: &ResultReplaced,
        document: Option<(Part, Uuid)>,
        at: Moment,
    ) {
        if let Some(result) = self.numbered(replaced.replaces.as_deref()) {
            if result.standing == ResultStanding::Valid {
                result.standing = ResultStanding::Superseded;
                result.since = at;
            }
            result.replaced_by = Some(replaced.number.clone());
        }
        let kind = self
            .result(replaced.replaces.as_deref())
            .map_or(ResultKind::Document, |result| result.kind);
        self.results.push(DossierResult {
            kind,
            number: Some(replaced.number.clone()),
            numbered_at: Some(at),
            standing: ResultStanding::Valid,
            since: at,
            replaced_by: None,
            corrections: 0,
            document,
        });
    }

    /// The newest document that bears exactly this number, or none as it does.
    fn numbered(&mut self, number: Option<&str>) -> Option<&mut DossierResult> {
        let mut newest_first = self.results.iter_mut().rev();
        newest_first.find(|result| result.number.as_deref() == number)
    }
}

/// The commitment to a document's hash that a command brought.
pub(super) fn committed_document(around: &Circumstances, command: Uuid) -> Option<(Part, Uuid)> {
    let mut parts = around.parts.iter();
    let document = parts.find(|part| part.kind == PartKind::Document)?;
    Some((document.clone(), command))
}

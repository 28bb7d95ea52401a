//! Papers in the schema: which there are, when they were printed, and the file of one.

use async_graphql::SimpleObject;

use super::{File, Printable, address, printable};
use crate::api::scalar::Long;
use crate::api::words::{Label, PaperForm};
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::projections::history::Change;

/// A statutory paper of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Paper {
    /// Which form it is.
    pub form: PaperForm,
    /// Number of the form in Circular 03/2025/TT-VPCP.
    pub number: String,
    /// Its name.
    pub name: Label,
    /// Version of the fact it documents; with the form it names the paper.
    pub of: u32,
    /// When that was recorded.
    pub at: Moment,
    /// Where its file is served, for those who may open the dossier and for whoever shows the receipt's capability.
    pub url: String,
    /// How often its printing is on record.
    pub printings: u32,
    /// Position of the newest fact of its printing.
    pub printed_position: Option<Long>,
    /// That fact's commitment to the file.
    pub commitment: Option<String>,
}

impl Paper {
    pub fn all(code: &str, changes: &[Change]) -> Vec<Self> {
        let told = |paper: Printable| {
            let printed: Vec<_> = changes
                .iter()
                .filter_map(|change| match &change.fact.event {
                    Event::Dossier(DossierEvent::PaperPrinted(printed)) => Some((change, printed)),
                    Event::Dossier(_)
                    | Event::Journal(_)
                    | Event::Reference(_)
                    | Event::Register(_)
                    | Event::Archive(_)
                    | Event::Staff(_)
                    | Event::Access(_)
                    | Event::Erasure(_)
                    | Event::Import(_) => None,
                })
                .filter(|(_, printed)| printed.form == paper.form && printed.of == paper.of)
                .collect();
            let newest = printed.last();
            Self {
                form: paper.form.into(),
                number: paper.form.number().to_owned(),
                name: paper.form.name().into(),
                of: paper.of,
                at: paper.at,
                url: address(code, paper),
                printings: u32::try_from(printed.len()).unwrap_or(u32::MAX),
                printed_position: newest.map(|(change, _)| Long(change.entry.position)),
                commitment: newest.map(|(_, printed)| printed.commitment.clone()),
            }
        };
        printable(changes).into_iter().map(told).collect()
    }
}

/// The file of a paper that was printed.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct PaperFile {
    /// Where it is served; the same bytes each time.
    pub url: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// HMAC-SHA-256 of `motcua/paper/v1`, a line feed and the hash above under `key`: what the fact holds.
    pub commitment: String,
    /// The receipt's capability; where there is none, a secret of this paper's own. Keep it with the paper.
    pub key: String,
}

impl PaperFile {
    pub fn new(code: &str, paper: Printable, file: &File) -> Self {
        Self {
            url: address(code, paper),
            sha256: file.sha256.clone(),
            commitment: file.commitment.clone(),
            key: file.key.clone(),
        }
    }
}

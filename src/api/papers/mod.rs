//! The statutory papers of a dossier: found in its facts, filled from journal and vault, matched with the fact of their
//! printing.

mod doors;
mod register;
mod shown;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use self::doors::router;
pub use self::shown::{Paper, PaperFile};

use super::Api;
use super::capability::fingerprint;
use super::dossier::applicant::{self, Applicant};
use super::error::{Problem, Result};
use super::scalar::hex;
use crate::domain::dossier::DossierEvent;
use crate::domain::event::Event;
use crate::domain::fact::{Fact, PartKind};
use crate::domain::paper::Form;
use crate::domain::reference::{Opened, Reference};
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::papers::{self, Letterhead, Matter, Person};
use crate::projections::history::Change;
use crate::vault;

/// What the commitment says before the file's hash.
const LABEL: &str = "motcua/paper/v1\n";

/// A paper that can be printed of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printable {
    pub form: Form,
    /// Version of the fact it documents.
    pub of: u32,
    /// Version of the newest fact it tells of.
    pub as_of: u32,
    /// When what it documents was recorded.
    pub at: Moment,
}

/// A paper as a file, and what proves it.
pub struct File {
    pub bytes: Vec<u8>,
    /// SHA-256 (hex) of the bytes.
    pub sha256: String,
    /// What the commitment is made with: the receipt's capability, or where there is none a secret of its own.
    pub key: String,
    pub commitment: String,
}

/// Every paper there is of a dossier, oldest first; of the control slip the newest only.
#[must_use]
pub fn printable(changes: &[Change]) -> Vec<Printable> {
    let mut found: Vec<Printable> = Vec::new();
    // What was put right stands on every paper printed afterwards.
    let corrected = changes
        .iter()
        .rev()
        .find(|change| is_correction(&change.fact));
    let corrected = corrected.map_or(0, |change| change.fact.version);
    for change in changes {
        let Some(form) = papers::form_of(&change.fact.event) else {
            continue;
        };
        if form == Form::ControlSlip {
            found.retain(|paper| paper.form != form);
        }
        let of = change.fact.version;
        found.push(Printable {
            form,
            of,
            as_of: of.max(corrected),
            at: change.fact.recorded_at,
        });
    }
    found
}

fn is_correction(fact: &Fact) -> bool {
    matches!(
        fact.event,
        Event::Dossier(
            DossierEvent::ApplicantDetailsCorrected(_) | DossierEvent::CapabilityReissued(_)
        )
    )
}

/// The paper of a form, of the fact named or the newest.
#[must_use]
pub fn wanted(changes: &[Change], form: Form, of: Option<u32>) -> Option<Printable> {
    let mut all = printable(changes).into_iter().rev();
    all.find(|paper| paper.form == form && of.is_none_or(|of| of == paper.of))
}

/// Fills a paper and makes its file.
///
/// # Errors
/// [`Problem::Withheld`] on a node without a vault.
pub async fn file(
    api: &Api,
    dossier: Uuid,
    code: &str,
    changes: &[Change],
    paper: Printable,
) -> Result<File> {
    let at_version = |version: u32| changes.iter().find(|change| change.fact.version == version);
    let (Some(change), Some(told)) = (at_version(paper.of), at_version(paper.as_of)) else {
        return Err(Problem::bad_input("the dossier has no such paper"));
    };
    let until = Until::Size(told.entry.position + 1);
    let applicant = applicant::open(api, dossier, until, true, true).await?;
    let note = note(api, dossier, &change.fact).await?;
    let reference = api.models.reference();
    let (state, day) = (&change.after, change.fact.recorded_at.date());
    let capability = capability(api, changes, told);
    let address = match &capability {
        Some(capability) => format!("{}/t/{code}?k={capability}", api.public_url),
        None => format!("{}/t/{code}", api.public_url),
    };
    let version = state.turn().map(|turn| turn.procedure_version);
    let procedure = state
        .procedure
        .as_ref()
        .and_then(|procedure| match version {
            Some(version) => reference.procedure_version(procedure.as_str(), version),
            None => reference.procedure(procedure.as_str(), day),
        });
    let office_code = state
        .office
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let names = |code: &str| office_name(&reference, code, day);
    let matter = Matter {
        letterhead: letterhead(api.office.opened(), &reference, &office_code, day),
        code,
        address: &address,
        procedure: procedure.map(AsRef::as_ref),
        dossier: state,
        fact: &change.fact,
        person: person(applicant),
        note,
        offices: &names,
    };
    let bytes = papers::print(&matter).map_err(Problem::internal)?;
    let sha256 = hex(&Sha256::digest(&bytes));
    let key = capability.unwrap_or_else(|| api.capabilities.of(Uuid::new_v5(&dossier, b"paper")));
    let commitment = commitment(&key, &sha256);
    Ok(File {
        bytes,
        sha256,
        key,
        commitment,
    })
}

/// HMAC-SHA-256 of label and hash under the key, as anybody's own tools make it.
#[must_use]
pub fn commitment(key: &str, sha256: &str) -> String {
    let mut mac =
        <Hmac<Sha256>>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(LABEL.as_bytes());
    mac.update(sha256.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// The capability in force after `told`, as long as this node made it.
fn capability(api: &Api, changes: &[Change], told: &Change) -> Option<String> {
    let wanted = told.after.capability.as_deref()?;
    let earlier = changes
        .iter()
        .take_while(|change| change.fact.version <= told.fact.version);
    let mut commands = earlier
        .map(|change| change.fact.command)
        .collect::<Vec<_>>();
    commands.dedup();
    let mut made = commands
        .into_iter()
        .rev()
        .map(|command| api.capabilities.of(command));
    made.find(|capability| fingerprint(capability) == wanted)
}

/// What was typed beside the fact.
async fn note(api: &Api, dossier: Uuid, fact: &Fact) -> Result<Option<String>> {
    let part = fact
        .circumstances
        .parts
        .iter()
        .find(|part| part.kind == PartKind::Note);
    let Some(part) = part else { return Ok(None) };
    let opened = api
        .vault()?
        .open(&[(dossier, fact.command, part.clone())])
        .await?;
    let first = opened.into_iter().next();
    let value = first.map(vault::Opened::readable).transpose()?.flatten();
    let texts = value.as_ref().and_then(|value| value.as_object());
    let mut texts = texts.into_iter().flat_map(|object| object.values());
    Ok(texts.find_map(|text| text.as_str()).map(str::to_owned))
}

fn person(applicant: Option<Applicant>) -> Person {
    let applicant = applicant.unwrap_or_default();
    Person {
        name: applicant.full_name,
        number: applicant.citizen_number,
        phone: applicant.phone,
        email: applicant.email,
        address: applicant.address,
        erased: applicant.erased,
    }
}

fn office_name(reference: &Reference, code: &str, day: jiff::civil::Date) -> String {
    let office = reference.office(code, day);
    office.map_or_else(|| code.to_owned(), |office| office.name_vi.clone())
}

fn letterhead(
    opened: &Opened,
    reference: &Reference,
    code: &str,
    day: jiff::civil::Date,
) -> Letterhead {
    let office = reference.office(code, day);
    let above = office.and_then(|office| office.parent.as_deref());
    Letterhead {
        above: above
            .and_then(|above| reference.office(above, day))
            .map(|above| above.name_vi.clone()),
        office: office_name(reference, code, day),
        address: office
            .map(|office| office.address_vi.clone())
            .unwrap_or_default(),
        phone: office
            .map(|office| office.phone.clone())
            .unwrap_or_default(),
        simulation: opened.story.as_ref().map(|story| story.scenario.clone()),
    }
}

/// The words of forms in addresses: `/papers/CODE/receipt.pdf`.
const SLUGS: [(&str, Form); 6] = [
    ("receipt", Form::ReceiptSlip),
    ("supplement", Form::SupplementRequest),
    ("refusal", Form::RefusalSlip),
    ("apology", Form::ApologyAndExtension),
    ("stop", Form::StopNotice),
    ("control", Form::ControlSlip),
];

fn slug(form: Form) -> &'static str {
    SLUGS
        .iter()
        .find(|(_, one)| *one == form)
        .map_or("", |(slug, _)| slug)
}

/// Where a paper is served.
#[must_use]
pub fn address(code: &str, paper: Printable) -> String {
    format!("/papers/{code}/{}.pdf?of={}", slug(paper.form), paper.of)
}

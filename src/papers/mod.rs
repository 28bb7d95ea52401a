//! THE FORMS: facts and opened values in, PDF bytes out. The same facts and values give the same bytes, whenever and
//! however often they are printed.
//!
//! The seven forms are those of Circular 03/2025/TT-VPCP (01–06 of Circular 01/2018 and the stop notice), laid out as offices'
//! systems print them. The wording of the circular's own annex was not at hand: every paper says so in its foot.

mod face;
mod forms;
mod pdf;
mod sheet;

pub use self::face::Face;
pub use self::forms::register::{Register, RegisterLine};
use self::pdf::About;
use self::sheet::{Format, Mark};
use crate::domain::catalogue::Procedure;
use crate::domain::dossier::{Dossier, DossierEvent};
use crate::domain::event::Event;
use crate::domain::fact::Fact;
pub use crate::domain::paper::Form;
use crate::domain::time::Moment;

/// Why a paper cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// The fact is not one that this form is about.
    #[error("this fact makes no such paper")]
    NoSuchPaper,
    /// The file would not be archivable: a fault of the program, for letters that cannot be drawn are replaced.
    #[error("the paper cannot be made: {0}")]
    Unprintable(String),
}

/// The office on the letterhead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letterhead {
    /// The office above, when there is one.
    pub above: Option<String>,
    pub office: String,
    pub address: String,
    pub phone: String,
    /// The name of a simulation: everything it prints says so.
    pub simulation: Option<String>,
}

/// Whose dossier it is, as opened from the vault. What was erased is empty, and the paper says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    pub name: Option<String>,
    pub number: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub address: Option<String>,
    pub erased: bool,
}

/// What a paper about a dossier is made of.
#[derive(Clone)]
pub struct Matter<'a> {
    pub letterhead: Letterhead,
    pub code: &'a str,
    /// Where the dossier is followed; in the QR code, letter by letter.
    pub address: &'a str,
    pub procedure: Option<&'a Procedure>,
    /// As it stood after the newest fact the paper tells of.
    pub dossier: &'a Dossier,
    /// The fact that the paper documents.
    pub fact: &'a Fact,
    pub person: Person,
    /// What the officer typed beside that fact.
    pub note: Option<String>,
    /// Names of offices by code, for hand-overs.
    pub offices: &'a dyn Fn(&str) -> String,
}

/// The form a fact makes, if it makes one.
#[must_use]
pub fn form_of(event: &Event) -> Option<Form> {
    let Event::Dossier(event) = event else {
        return None;
    };
    match event {
        DossierEvent::Accepted(_) | DossierEvent::SupplementAccepted(_) => Some(Form::ReceiptSlip),
        DossierEvent::SupplementRequested(_) => Some(Form::SupplementRequest),
        DossierEvent::AcceptanceRefused(_) | DossierEvent::ResolutionRefused(_) => {
            Some(Form::RefusalSlip)
        }
        DossierEvent::ApologyIssued(_) => Some(Form::ApologyAndExtension),
        DossierEvent::ProcessingStopped(_) | DossierEvent::WithdrawalGranted(_) => {
            Some(Form::StopNotice)
        }
        DossierEvent::Forwarded(_)
        | DossierEvent::HandlerAssigned(_)
        | DossierEvent::HandedOver(_)
        | DossierEvent::HandOverReceived(_)
        | DossierEvent::Redirected(_)
        | DossierEvent::Transferred(_) => Some(Form::ControlSlip),
        _ => None,
    }
}

/// A form of one dossier as a PDF/A-2u file.
///
/// # Errors
/// [`PaperError::NoSuchPaper`] when the fact makes no paper.
pub fn print(matter: &Matter<'_>) -> Result<Vec<u8>, PaperError> {
    let form = form_of(&matter.fact.event).ok_or(PaperError::NoSuchPaper)?;
    let (format, pages) = forms::written(form, matter)?;
    let about = About {
        title: format!("{} {}", form.name().0, matter.code),
        id: format!(
            "motcua/{}/{}/{}",
            form.number(),
            matter.code,
            matter.fact.version
        ),
        at: matter.fact.recorded_at,
    };
    pdf::file(format, &pages, about)
}

/// The register of an office and some days (form 07) as a PDF/A-2u file.
///
/// # Errors
/// Only by a fault of the program.
pub fn print_register(register: &Register, at: Moment) -> Result<Vec<u8>, PaperError> {
    let (format, pages) = register.written();
    let about = About {
        title: format!(
            "{} {}",
            Form::DossierRegister.name().0,
            register.office_code
        ),
        id: format!(
            "motcua/07/{}/{}/{}",
            register.office_code, register.from, register.to
        ),
        at,
    };
    pdf::file(format, &pages, about)
}

/// What a form is written on.
type Written = (Format, Vec<Vec<Mark>>);

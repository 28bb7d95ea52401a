//! Which facts document management hears of, and what it is told of each.

use uuid::Uuid;

use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::dossier::{Dossier, DossierEvent};
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::journal::{Entry, Journal, Until, fact};
use crate::ports::documents::{Change, Outgoing, Reference, Registry, Standing};
use crate::projections::{ProjectionError, history};

/// Something to tell.
pub enum Case {
    Signed(Document),
    Changed(Changed),
}

pub struct Document {
    pub dossier: Uuid,
    code: DossierCode,
    office: OfficeCode,
    procedure: ProcedureCode,
    signed_at: Moment,
}

pub struct Changed {
    dossier: Uuid,
    code: DossierCode,
    number: Option<String>,
    /// None when it was revoked.
    replaced_by: Option<String>,
    at: Moment,
}

impl Case {
    pub fn dossier(&self) -> Uuid {
        match self {
            Self::Signed(document) => document.dossier,
            Self::Changed(changed) => changed.dossier,
        }
    }
}

impl Document {
    pub fn outgoing(&self, reference: Reference) -> Outgoing<'_> {
        Outgoing {
            reference,
            dossier: &self.code,
            office: &self.office,
            procedure: &self.procedure,
            signed_at: self.signed_at,
        }
    }
}

impl Changed {
    pub fn told(&self, reference: Reference) -> Change<'_> {
        Change {
            reference,
            dossier: &self.code,
            number: self.number.as_deref(),
            standing: match &self.replaced_by {
                Some(by) => Standing::Superseded(by),
                None => Standing::Revoked,
            },
            at: self.at,
        }
    }
}

/// What is to be told of a fact; none of most. What the clerk has numbered meanwhile is not registered any more.
pub async fn told(
    journal: &Journal,
    registry: &Registry,
    entry: &Entry,
) -> Result<Option<Case>, ProjectionError> {
    let decoded = fact::decode(&entry.body).map_err(|source| ProjectionError::Fact {
        position: entry.position,
        source,
    })?;
    let Event::Dossier(event) = &decoded.event else {
        return Ok(None);
    };
    let at = decoded.recorded_at;
    let changed = |number: &Option<String>, by: Option<&String>| Told::Changed {
        number: number.clone(),
        replaced_by: by.cloned(),
    };
    let told = match event {
        DossierEvent::ResultSigned(_) => Told::Signed,
        DossierEvent::ResultRevoked(revoked) => changed(&revoked.number, None),
        DossierEvent::ResultReplaced(replaced) => {
            changed(&replaced.replaces, Some(&replaced.number))
        }
        _ => return Ok(None),
    };
    let Some(dossier) = history::fold(journal, entry.stream, Until::End).await? else {
        return Ok(None);
    };
    Ok(case(entry.stream, &dossier, registry, told, at))
}

enum Told {
    Signed,
    Changed {
        number: Option<String>,
        replaced_by: Option<String>,
    },
}

fn case(id: Uuid, dossier: &Dossier, registry: &Registry, told: Told, at: Moment) -> Option<Case> {
    let code = dossier.code.clone()?;
    let office = dossier.office.clone()?;
    if !registry.serves(office.as_str()) {
        return None;
    }
    match told {
        Told::Signed if dossier.result(None)?.number.is_some() => None,
        Told::Signed if dossier.nothing_in_force() => None,
        Told::Signed => Some(Case::Signed(Document {
            dossier: id,
            code,
            office,
            procedure: dossier.procedure.clone()?,
            signed_at: at,
        })),
        Told::Changed {
            number,
            replaced_by,
        } => Some(Case::Changed(Changed {
            dossier: id,
            code,
            number,
            replaced_by,
            at,
        })),
    }
}

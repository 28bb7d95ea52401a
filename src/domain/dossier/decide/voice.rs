//! What is said of a dossier and printed from it: the applicant's judgement, the other system's answer, the link to another
//! dossier, papers.

use uuid::Uuid;

use super::{Context, Decision, Dossier, Rejection, one, plain};
use crate::domain::dossier::ToldOf;
use crate::domain::dossier::event::{
    DossierEvent, LinkKind, Linked, PaperPrinted, Rated, RatingDevice, SyncOutcome, SyncRecorded,
};
use crate::domain::fact::Circumstances;
use crate::domain::paper::Form;

/// Row 22: once per dossier, by its applicant or whoever holds its receipt.
pub(super) fn rate(
    dossier: &Dossier,
    score: u8,
    scale: u8,
    device: RatingDevice,
    context: &Context<'_>,
) -> Decision {
    if dossier.rating.is_some() {
        return Err(Rejection::AlreadyRated);
    }
    if !matches!(scale, 3 | 5) || !(1..=scale).contains(&score) {
        return Err(Rejection::RatingOutOfScale);
    }
    let rated = Rated {
        score,
        scale,
        device,
    };
    plain(DossierEvent::Rated(rated), context)
}

/// Never to itself, and never twice.
pub(super) fn link_dossier(
    dossier: &Dossier,
    other: Uuid,
    kind: LinkKind,
    context: &Context<'_>,
) -> Decision {
    let known = dossier.links.iter().any(|link| link.other == other);
    if known || other == context.dossier {
        return Err(Rejection::LinkInvalid);
    }
    plain(DossierEvent::Linked(Linked { other, kind }), context)
}

/// What another system answered, as it answered: an unknown status code is data, not an error. What it has answered for good
/// about one fact is recorded once.
pub(super) fn record_sync(
    dossier: &Dossier,
    system: &str,
    (outcome, remote_status, attempt): (SyncOutcome, Option<u16>, u32),
    of: Option<&ToldOf>,
    context: &Context<'_>,
) -> Decision {
    let settled = |of: &ToldOf| {
        let known = dossier.sync(system);
        known.is_some_and(|sync| sync.has_settled(of.version))
    };
    if of.is_some_and(settled) {
        return Err(Rejection::AlreadyRecorded);
    }
    let told = SyncRecorded {
        system: system.to_owned(),
        outcome,
        remote_status,
        attempt,
        of: of.map(|of| of.version),
        refusal: of.and_then(|of| of.refusal.clone()),
    };
    let circumstances = Circumstances {
        received_at: None,
        cause: of.map(|of| of.position),
        ..context.given.clone()
    };
    Ok(vec![one(
        DossierEvent::SyncRecorded(told),
        circumstances,
        context,
    )])
}

/// Of a fact that there is, telling of nothing that has not happened: both by their versions.
pub(super) fn print_paper(
    dossier: &Dossier,
    form: Form,
    (of, as_of): (u32, u32),
    commitment: &str,
    context: &Context<'_>,
) -> Decision {
    if of == 0 || !(of..=dossier.version).contains(&as_of) {
        return Err(Rejection::PaperUnknown);
    }
    let printed = PaperPrinted {
        form,
        of,
        as_of,
        commitment: commitment.to_owned(),
    };
    plain(DossierEvent::PaperPrinted(printed), context)
}

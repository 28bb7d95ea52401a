//! Samples of the events of linked dossiers.

use motcua::domain::dossier::{
    CorrectionAnswered, CorrectionRequested, DeliveryMethod, DossierEvent, LegDelivered, LegEnded,
    LegOpened, LegOutcome, LegResumed, LegWait, LegWaits, SentBack,
};
use uuid::Uuid;

use super::{code, office};

/// The one after this, from the first that is told when the others are through.
pub fn next(event: &DossierEvent) -> Option<DossierEvent> {
    use DossierEvent as E;
    let (place, leg) = (2, Uuid::from_u128(7));
    Some(if let E::Transferred(_) = event {
        E::LegOpened(LegOpened {
            place,
            leg,
            code: code(),
            office: office(),
        })
    } else if let E::LegOpened(_) = event {
        E::LegWaits(LegWaits {
            place,
            waits_for: LegWait::Supplement,
        })
    } else if let E::LegWaits(_) = event {
        E::LegResumed(LegResumed {
            place,
            taken_back: false,
        })
    } else if let E::LegResumed(_) = event {
        E::LegEnded(LegEnded {
            place,
            outcome: LegOutcome::Completed,
        })
    } else if let E::LegEnded(_) = event {
        E::LegDelivered(LegDelivered {
            place,
            method: DeliveryMethod::Counter,
        })
    } else if let E::LegDelivered(_) = event {
        E::SentBack(SentBack { place, leg })
    } else if let E::SentBack(_) = event {
        E::CorrectionRequested(CorrectionRequested { place, leg })
    } else if let E::CorrectionRequested(_) = event {
        E::CorrectionAnswered(CorrectionAnswered {
            place,
            corrected: true,
        })
    } else {
        return None;
    })
}

//! How a sum can be paid, for whoever may see that it is owed.

use async_graphql::SimpleObject;

use super::Payments;
use crate::api::scalar::Long;
use crate::domain::dossier::{Dossier, DossierEvent, ObligationState};
use crate::domain::event::Event;
use crate::domain::time::Moment;
use crate::ports::payment::{Intent, Owed};
use crate::projections::history::Change;

/// One way to pay one sum; anybody may pay it.
#[derive(Debug, SimpleObject)]
pub struct WayToPay {
    /// Which obligation, from 1.
    number: u32,
    /// Name of the gateway.
    gateway: String,
    /// Đồng: all of it, at once.
    amount_vnd: Long,
    /// To be given with the payment, as it stands: by it the payment is found again. No personal data.
    reference: String,
    /// Text of the QR code that a banking app reads (EMVCo, VietQR); null for a gateway without one.
    qr: Option<String>,
    /// Where to pay; null for a transfer. Good for fifteen minutes.
    link: Option<String>,
    /// The bank of the account, for who types; null for a gateway with a link.
    bank: Option<String>,
    /// The office's account.
    account: Option<String>,
    /// In whose name the account stands.
    holder: Option<String>,
}

/// The ways to pay what is owed now.
#[must_use]
pub fn ways(
    payments: &Payments,
    changes: &[Change],
    public_url: &str,
    now: Moment,
) -> Vec<WayToPay> {
    let Some(Change { after: dossier, .. }) = changes.last() else {
        return Vec::new();
    };
    let code = dossier.code.as_ref().map_or("", |code| code.as_str());
    let return_to = format!("{public_url}/t/{code}");
    let mut ways = Vec::new();
    for (number, amount_vnd, position, office) in owed(dossier, changes) {
        let reference = payments.references.of(position);
        for till in payments.tills.iter().filter(|till| till.serves(office)) {
            let intent = till.gateway.intent(&Owed {
                reference: &reference,
                amount_vnd,
                now,
                return_to: &return_to,
            });
            let (qr, link, bank, account, holder) = match intent {
                Intent::Transfer {
                    qr,
                    bank,
                    account,
                    holder,
                } => (Some(qr), None, Some(bank), Some(account), Some(holder)),
                Intent::Link(link) => (None, Some(link), None, None, None),
            };
            ways.push(WayToPay {
                number,
                gateway: till.name.clone(),
                amount_vnd: Long(amount_vnd),
                reference: reference.clone(),
                qr,
                link,
                bank,
                account,
                holder,
            });
        }
    }
    ways
}

/// Number and amount of what is not paid yet, with the position of the fact that asked for it and the office that did.
fn owed<'a>(
    dossier: &'a Dossier,
    changes: &'a [Change],
) -> impl Iterator<Item = (u32, u64, u64, &'a str)> + 'a {
    changes.iter().filter_map(|change| {
        let Event::Dossier(DossierEvent::FinancialObligationIssued(issued)) = &change.fact.event
        else {
            return None;
        };
        let open = dossier.obligation(issued.number)?;
        (open.state == ObligationState::Requested).then_some((
            issued.number,
            issued.amount_vnd,
            change.entry.position,
            change.fact.actor.office.as_str(),
        ))
    })
}

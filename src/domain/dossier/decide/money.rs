//! What the applicant owes, pays and gets back; every đồng has its fact.

use jiff::civil::Date;

use super::opinion::numbered;
use super::supplement::moved_promise;
use super::{Context, Decision, Dossier, Phase, Rejection, after, plain, with_reason};
use crate::domain::dossier::event::{
    DossierEvent, DueDateCause, FeeExempted, FeeReceiptIssued, FinancialObligationIssued, Numbered,
    ObligationKind, PaymentConfirmed, PaymentMethod, PaymentRefunded,
};
use crate::domain::dossier::{Obligation, ObligationState};

/// The largest amount that every JSON reader keeps exactly (RFC 8259 section 6).
const AMOUNT_VND_MAX: u64 = (1 << 53) - 1;

/// Row 13. A tax or levy found during processing stops the clock: the time to pay it is not counted.
pub(super) fn issue_obligation(
    dossier: &Dossier,
    kind: ObligationKind,
    amount_vnd: u64,
    due_on: Option<Date>,
    context: &Context<'_>,
) -> Decision {
    if amount_vnd == 0 || amount_vnd > AMOUNT_VND_MAX {
        return Err(Rejection::AmountMismatch);
    }
    if due_on.is_some_and(|day| day < context.now.date()) {
        return Err(Rejection::NewDateTooEarly);
    }
    let working = matches!(dossier.phase, Phase::InProcessing | Phase::AwaitingPayment);
    let issued = FinancialObligationIssued {
        number: numbered(dossier.obligations.len()),
        kind,
        amount_vnd,
        due_on,
        pauses: kind == ObligationKind::Obligation && working,
    };
    plain(DossierEvent::FinancialObligationIssued(issued), context)
}

/// What was asked for by mistake, or is not owed any more.
pub(super) fn cancel_obligation(dossier: &Dossier, number: u32, context: &Context<'_>) -> Decision {
    expect(dossier, number, ObligationState::Requested)?;
    let event = DossierEvent::FinancialObligationCancelled(Numbered { number });
    clock_moved(dossier, with_reason(event, context)?, context)
}

/// Not owed by law or by decision: with the reason, and the basis where there is one.
pub(super) fn exempt_fee(
    dossier: &Dossier,
    kind: ObligationKind,
    context: &Context<'_>,
) -> Decision {
    if dossier.exempted.contains(&kind) {
        return Err(Rejection::AlreadyRecorded);
    }
    with_reason(DossierEvent::FeeExempted(FeeExempted { kind }), context)
}

/// Row 14: all of it, once; the clock runs on when nothing else holds it.
pub(super) fn confirm_payment(
    dossier: &Dossier,
    number: u32,
    amount_vnd: u64,
    method: PaymentMethod,
    reference: Option<&String>,
    context: &Context<'_>,
) -> Decision {
    let obligation = expect(dossier, number, ObligationState::Requested)?;
    if obligation.amount_vnd != amount_vnd {
        return Err(Rejection::AmountMismatch);
    }
    let paid = PaymentConfirmed {
        number,
        amount_vnd,
        method,
        reference: reference.cloned(),
    };
    let drafts = plain(DossierEvent::PaymentConfirmed(paid), context)?;
    clock_moved(dossier, drafts, context)
}

/// One receipt for one payment.
pub(super) fn issue_receipt(
    dossier: &Dossier,
    number: u32,
    [form, series, receipt_number]: [&str; 3],
    context: &Context<'_>,
) -> Decision {
    let obligation = expect(dossier, number, ObligationState::Paid)?;
    if obligation.receipt.is_some() {
        return Err(Rejection::AlreadyRecorded);
    }
    let receipt = FeeReceiptIssued {
        number,
        form: form.to_owned(),
        series: series.to_owned(),
        receipt_number: receipt_number.to_owned(),
    };
    plain(DossierEvent::FeeReceiptIssued(receipt), context)
}

/// At most what was paid, with the reason.
pub(super) fn refund_payment(
    dossier: &Dossier,
    number: u32,
    amount_vnd: u64,
    context: &Context<'_>,
) -> Decision {
    let obligation = expect(dossier, number, ObligationState::Paid)?;
    if amount_vnd == 0 || amount_vnd > obligation.amount_vnd {
        return Err(Rejection::AmountMismatch);
    }
    let refund = PaymentRefunded { number, amount_vnd };
    with_reason(DossierEvent::PaymentRefunded(refund), context)
}

fn expect(
    dossier: &Dossier,
    number: u32,
    state: ObligationState,
) -> Result<&Obligation, Rejection> {
    let known = dossier.obligation(number);
    let fitting = known.filter(|obligation| obligation.state == state);
    fitting.ok_or(Rejection::ObligationNotOpen)
}

/// The move of the due date by the time that was waited for money, as a fact of its own.
fn clock_moved(
    dossier: &Dossier,
    mut drafts: Vec<crate::domain::fact::Draft>,
    context: &Context<'_>,
) -> Decision {
    let after = after(dossier, &drafts, context);
    let waited = |dossier: &Dossier| dossier.turn().map_or(0, |turn| turn.stoppages.len());
    if waited(&after) > waited(dossier) {
        drafts.extend(moved_promise(&after, DueDateCause::Payment, context)?);
    }
    Ok(drafts)
}

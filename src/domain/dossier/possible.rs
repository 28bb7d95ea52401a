//! What somebody can do with a dossier now: each of an office's daily commands, tried on the state as it is.

use super::event::{DeliveryMethod, ObligationKind, PaymentMethod, RedirectKind};
use super::{Context, Dossier, DossierCommand, LegAt, ObligationState, Rejection, decide};
use crate::domain::actor::Role;
use crate::domain::catalogue::LinkageManner;
use crate::domain::code::OfficeCode;
use crate::domain::fact::Circumstances;
use crate::domain::reason::Reason;

/// A command that would be taken, and what has to be said with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possible {
    /// With values that stand for those still to be given.
    pub command: DossierCommand,
    pub needs_reason: bool,
    /// The exception has to name its legal basis.
    pub needs_basis: bool,
    /// The exception has to name who approved it.
    pub needs_approver: bool,
}

/// Stands for a person, a document's number and a legal basis that are still to be named.
const SOMEBODY: &str = "officer-0";
const NUMBER: &str = "0";

impl Dossier {
    /// What the actor of this context can do now, in the order of a dossier's life. Nothing is foretold: the rules
    /// themselves are asked, and they have the last word when the command comes.
    #[must_use]
    pub fn possible(&self, context: &Context<'_>) -> Vec<Possible> {
        let whole = Circumstances {
            reason: Some(Reason::Other),
            basis: Some(NUMBER.to_owned()),
            ..Circumstances::default()
        };
        let without_reason = Circumstances {
            reason: None,
            ..whole.clone()
        };
        let without_basis = Circumstances {
            basis: None,
            ..whole.clone()
        };
        let tried = |command: &DossierCommand, given: &Circumstances| {
            decide(self, command, &Context { given, ..*context }).err()
        };
        let commands = self.daily(context).into_iter();
        commands
            .filter(|command| tried(command, &whole).is_none())
            .map(|command| Possible {
                needs_reason: tried(&command, &without_reason) == Some(Rejection::ReasonRequired),
                needs_basis: tried(&command, &without_basis) == Some(Rejection::BasisRequired),
                needs_approver: unapproved(&command)
                    .is_some_and(|bare| tried(&bare, &whole) == Some(Rejection::ApproverRequired)),
                command,
            })
            .collect()
    }

    /// The commands of a day at the office. Others come from elsewhere: new dossiers, answers of other agencies, voices.
    fn daily(&self, context: &Context<'_>) -> Vec<DossierCommand> {
        use DossierCommand as C;
        let to = || SOMEBODY.to_owned();
        // Whoever hands over at the counter can also send: one line stands for both.
        let method = match context.actor.role {
            Role::PostalAgent => DeliveryMethod::Post,
            Role::Applicant
            | Role::Receiver
            | Role::Handler
            | Role::DivisionHead
            | Role::Signer
            | Role::Clerk
            | Role::CentreManager
            | Role::Cashier
            | Role::PaymentGateway
            | Role::VerticalAgency
            | Role::ProcedureController
            | Role::Auditor
            | Role::Admin
            | Role::System => DeliveryMethod::Counter,
        };
        let mut commands = vec![
            C::Accept,
            C::RefuseAcceptance,
            C::RequestSupplement {
                items: vec![1],
                approved_by: Some(to()),
            },
            C::RetractSupplementRequest,
            C::SubmitSupplement,
            C::AcceptSupplement,
            C::FindStillDeficient,
            C::Forward { to: to() },
            C::AssignHandler { to: to() },
            C::ReceiveHandOver { complete: true },
            C::HandOver {
                to: to(),
                role: Role::Handler,
                office: None,
                step: None,
            },
            C::RecallStep,
            C::ProposeSupplement { items: vec![1] },
            C::DraftResult,
            C::ApproveResult,
            C::SignResult { signature: None },
            C::ReturnStep,
            C::RefuseResolution,
            C::IssueResult {
                number: NUMBER.to_owned(),
            },
            C::DeliverResult { method },
            C::ReturnOriginals,
            C::IssueFinancialObligation {
                kind: ObligationKind::Charge,
                amount_vnd: 1_000,
                due_on: None,
            },
        ];
        commands.extend(self.between_legs(context));
        commands.extend(self.payments());
        commands.extend(self.apology(context));
        commands.extend([
            C::StopProcessing,
            C::RequestWithdrawal,
            C::RetractWithdrawal,
            C::GrantWithdrawal,
            C::DenyWithdrawal,
            C::ReissueCapability {
                capability: NUMBER.to_owned(),
            },
        ]);
        commands.extend(self.redirection(context));
        commands
    }

    /// What a linked procedure is accepted by; what one leg may ask of another.
    fn between_legs(&self, context: &Context<'_>) -> Vec<DossierCommand> {
        let mut commands = Vec::new();
        let procedure = self.pinned_procedure(context.reference, context.now.date());
        let legs = procedure.map_or(&[][..], |procedure| procedure.legs());
        if let Some(office) = self.office.as_ref().filter(|_| !legs.is_empty()) {
            let needed = legs.iter().zip(1..).filter(|(leg, _)| !leg.optional);
            let at_home = |place| LegAt {
                place,
                office: office.clone(),
            };
            commands.push(DossierCommand::AcceptLinked {
                manner: LinkageManner::Electronic,
                legs: needed.map(|(_, place)| at_home(place)).collect(),
            });
        }
        let results = self.leg_of.iter().flat_map(|leg_of| &leg_of.results);
        let results = results.take(1).map(|result| result.place);
        commands.extend(results.map(|place| DossierCommand::SendBack { place }));
        let asked = self.corrections.first().map(|asked| asked.place);
        commands.extend(asked.map(|place| DossierCommand::DeclineCorrection { place }));
        commands
    }

    fn payments(&self) -> impl Iterator<Item = DossierCommand> + '_ {
        let open = |owed: &&super::Obligation| owed.state == ObligationState::Requested;
        self.obligations
            .iter()
            .filter(open)
            .take(1)
            .map(|owed| DossierCommand::ConfirmPayment {
                number: owed.number,
                amount_vnd: owed.amount_vnd,
                method: PaymentMethod::Cash,
                reference: None,
            })
    }

    fn apology(&self, context: &Context<'_>) -> Option<DossierCommand> {
        let due = self.turn()?.due_at.date().max(context.now.date());
        let new_due_on = due.tomorrow().ok()?;
        Some(DossierCommand::IssueApology {
            new_due_on,
            responsible: None,
        })
    }

    fn redirection(&self, context: &Context<'_>) -> Option<DossierCommand> {
        let own = self.office.as_ref().map(OfficeCode::as_str);
        let today = context.now.date();
        let offices = context.reference.offices.values();
        let mut others = offices.filter(|office| {
            let here = context.reference.office(&office.code, today).is_some();
            here && Some(office.code.as_str()) != own
        });
        Some(DossierCommand::Redirect {
            to: others.next()?.code.parse().ok()?,
            kind: RedirectKind::WrongOffice,
        })
    }
}

/// The same without the name of whoever approved it, where one can be named.
fn unapproved(command: &DossierCommand) -> Option<DossierCommand> {
    if let DossierCommand::RequestSupplement { items, .. } = command {
        return Some(DossierCommand::RequestSupplement {
            items: items.clone(),
            approved_by: None,
        });
    }
    None
}

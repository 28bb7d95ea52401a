//! A town to try the rules in: shipped calendars, policies and procedures, two offices, one person per role.

use std::collections::BTreeSet;

use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::calendar::Calendar;
use motcua::domain::catalogue::{self, Level, LinkageManner};
use motcua::domain::code::OfficeCode;
use motcua::domain::dossier::{
    Channel, ComponentForm, Context, DeliveryMethod, Digitisation, Dossier, DossierCommand,
    FeedbackKind, LegAt, LinkKind, Obligation, ObligationKind, ObligationState, Opinion,
    OpinionState, PaymentMethod, Phase, RatingDevice, RedirectKind, Rejection, SyncOutcome,
    Transfer, decide,
};
use motcua::domain::event::Event;
use motcua::domain::fact::{Circumstances, Draft, Part, PartKind};
use motcua::domain::law::Certainty;
use motcua::domain::office::Office;
use motcua::domain::paper::Form;
use motcua::domain::policy::Policy;
use motcua::domain::reason::Reason;
use motcua::domain::reference::{Reference, ReferenceEvent};
use motcua::domain::register;
use motcua::domain::reorganisation::{Reorganisation, Route};
use motcua::domain::time::Moment;
use uuid::Uuid;

use super::voices;

pub const OFFICES: [&str; 2] = ["H38.40", "H38.41"];
/// Closed by this decision; the two above took over what it had.
pub const ENDED: (&str, &str) = ("H38.42", "1/QĐ-UBND");
const AMOUNT_VND: u64 = 20_000;
/// Seven working days; the signer must be another than the handler.
const PROCEDURE: &str = "1.004222";

pub fn office(code: &str) -> OfficeCode {
    code.parse().expect("an office's code")
}

/// The shelf of reference data, folded from its events.
pub fn reference() -> Reference {
    let procedures = catalogue::load(include_str!("../../../data/catalogue.json"));
    let calendars = Calendar::shipped().into_iter();
    let policies = Policy::shipped().into_iter();
    let procedures = procedures.expect("the shipped catalogue").into_iter();
    let offices = OFFICES.into_iter().chain([ENDED.0]).map(opened);
    let mut reference = Reference::default();
    calendars
        .map(ReferenceEvent::CalendarDeclared)
        .chain(policies.map(ReferenceEvent::PolicyAdopted))
        .chain(procedures.map(ReferenceEvent::ProcedurePublished))
        .chain(offices.map(ReferenceEvent::OfficeOpened))
        .chain([
            voices::opened(),
            ReferenceEvent::OfficesReorganised(ended()),
        ])
        .for_each(|event| reference.evolve(&event));
    reference
}

fn ended() -> Reorganisation {
    let route = |to, fields: &[&str]| Route {
        from: office(ENDED.0),
        procedures: Vec::new(),
        fields: fields.iter().map(ToString::to_string).collect(),
        to: office(to),
    };
    Reorganisation {
        decision: ENDED.1.to_owned(),
        decided_on: jiff::civil::date(2026, 10, 1),
        effective_from: jiff::civil::date(2026, 11, 1),
        closes: vec![office(ENDED.0)],
        routes: vec![route(OFFICES[1], &["Hộ tịch"]), route(OFFICES[0], &[])],
        legal_basis: "Law 72/2025/QH15".to_owned(),
        certainty: Certainty::Illustrative,
    }
}

fn opened(code: &str) -> Office {
    Office {
        code: code.to_owned(),
        name_vi: "Trung tâm (mô phỏng)".to_owned(),
        name_en: "Centre (simulated)".to_owned(),
        level: Level::Commune,
        parent: None,
        valid_from: jiff::civil::date(2021, 1, 1),
        valid_to: None,
        predecessors: Vec::new(),
        hours: None,
        address_vi: String::new(),
        phone: String::new(),
        contacts: Vec::new(),
        certainty: Certainty::Illustrative,
    }
}

/// One of each command with fitting content.
pub fn every_command() -> Vec<DossierCommand> {
    commands_at(OFFICES[0])
}

/// The same, with new dossiers filed at this office and old ones passed on to the other.
pub fn commands_at(place: &str) -> Vec<DossierCommand> {
    let first = DossierCommand::Draft {
        procedure: PROCEDURE.parse().expect("a procedure's code"),
        office: office(place),
    };
    let other = OFFICES.into_iter().find(|known| *known != place);
    let all = std::iter::successors(Some(first), next_command);
    let mut commands: Vec<_> = all.collect();
    for command in &mut commands {
        if let DossierCommand::Redirect { to, .. } | DossierCommand::PassOn { to } = command {
            *to = office(other.expect("two offices"));
        }
        if let DossierCommand::Voice(said) = command {
            voices::passed_on_to(said, office(other.expect("two offices")));
        }
    }
    commands
}

/// Names every command without a wildcard: a new one stops the compiler here.
fn next_command(command: &DossierCommand) -> Option<DossierCommand> {
    use DossierCommand as C;
    let capability = Some("00".repeat(32));
    Some(match command.clone() {
        C::Draft { procedure, office } => C::Submit {
            procedure,
            office,
            capability,
            assisted_by: None,
        },
        C::Submit {
            procedure, office, ..
        } => C::Lodge {
            procedure,
            office,
            channel: Channel::Post,
            capability,
        },
        C::Lodge {
            procedure, office, ..
        } => C::AcceptAtCounter {
            procedure,
            office,
            capability,
            code: None,
        },
        C::AcceptAtCounter { .. } => C::Accept,
        C::Accept => C::RefuseAcceptance,
        C::RefuseAcceptance => C::RequestSupplement {
            items: vec![1, 2],
            approved_by: Some("approver-1".to_owned()),
        },
        C::RequestSupplement { .. } => C::SubmitSupplement,
        C::SubmitSupplement => C::AcceptSupplement,
        C::AcceptSupplement => C::FindStillDeficient,
        C::FindStillDeficient => C::Redirect {
            to: office(OFFICES[1]),
            kind: RedirectKind::NonTerritorial,
        },
        C::Redirect { .. } => C::Forward {
            to: Role::Handler.name().to_owned(),
        },
        C::Forward { to } => C::AssignHandler { to },
        C::AssignHandler { .. } => C::StopProcessing,
        C::StopProcessing => C::DraftResult,
        C::DraftResult => C::ReturnStep,
        C::ReturnStep => C::RefuseResolution,
        C::RefuseResolution => C::SignResult { signature: None },
        C::SignResult { signature: None } => C::IssueResult {
            number: "12/GP-UBND".to_owned(),
        },
        C::IssueResult { .. } => C::RevokeResult { number: None },
        C::RevokeResult { .. } => C::ReplaceResult {
            number: "13/GP-UBND".to_owned(),
            replaces: None,
        },
        C::ReplaceResult { .. } => C::DeliverResult {
            method: DeliveryMethod::Post,
        },
        C::DeliverResult { .. } => C::RequestWithdrawal,
        C::RequestWithdrawal => C::GrantWithdrawal,
        C::GrantWithdrawal => C::DenyWithdrawal,
        C::DenyWithdrawal => C::IssueApology {
            new_due_on: jiff::civil::date(2026, 12, 31),
            responsible: None,
        },
        C::IssueApology { .. } => C::CorrectApplicantDetails,
        C::CorrectApplicantDetails => C::ReissueCapability {
            capability: "11".repeat(32),
        },
        C::ReissueCapability { .. } => return beside(None),
        other => return beside(Some(&other)),
    })
}

/// The same for the commands beside the main line.
fn beside(command: Option<&DossierCommand>) -> Option<DossierCommand> {
    use DossierCommand as C;
    let number = 1;
    let Some(command) = command else {
        return Some(C::ReceiveComponent {
            item: 1,
            form: ComponentForm::Original,
            digitisation: Digitisation::Here,
            size_bytes: Some(1_000),
            signature: None,
            reused_from: None,
        });
    };
    Some(match command {
        C::ReceiveComponent { .. } => C::ProposeSupplement { items: vec![1] },
        C::ProposeSupplement { .. } => C::RetractSupplementRequest,
        C::RetractSupplementRequest => C::HandOver {
            to: "colleague-9".to_owned(),
            role: Role::Signer,
            office: None,
            step: None,
        },
        C::HandOver { .. } => C::ReceiveHandOver { complete: true },
        C::ReceiveHandOver { .. } => C::RecallStep,
        C::RecallStep => C::RequestOpinion {
            agency: office(OFFICES[1]),
            due_on: None,
        },
        C::RequestOpinion { .. } => C::GiveOpinion {
            number,
            agrees: true,
        },
        C::GiveOpinion { .. } => C::NoteOpinionOverdue { number },
        C::NoteOpinionOverdue { .. } => C::DeemOpinionAgreed { number },
        C::DeemOpinionAgreed { .. } => C::ScheduleFieldVerification {
            on: jiff::civil::date(2027, 1, 5),
        },
        C::ScheduleFieldVerification { .. } => C::RecordFieldVerification,
        C::RecordFieldVerification => C::IssueFinancialObligation {
            kind: ObligationKind::Obligation,
            amount_vnd: AMOUNT_VND,
            due_on: None,
        },
        C::IssueFinancialObligation { .. } => C::CancelFinancialObligation { number },
        C::CancelFinancialObligation { .. } => C::ExemptFee {
            kind: ObligationKind::Charge,
        },
        C::ExemptFee { .. } => C::ConfirmPayment {
            number,
            amount_vnd: AMOUNT_VND,
            method: PaymentMethod::Cash,
            reference: None,
        },
        C::ConfirmPayment { .. } => C::IssueFeeReceipt {
            number,
            form: "01BLP".to_owned(),
            series: "AA".to_owned(),
            receipt_number: "0000001".to_owned(),
        },
        C::IssueFeeReceipt { .. } => C::RefundPayment {
            number,
            amount_vnd: AMOUNT_VND,
        },
        C::RefundPayment { .. } => C::ApproveResult,
        C::ApproveResult => C::CorrectResult { number: None },
        C::CorrectResult { .. } => C::ReturnOriginals,
        C::ReturnOriginals => C::RetractWithdrawal,
        C::RetractWithdrawal => C::RecordMiss,
        C::RecordMiss => C::RecomputeDueDate {
            notice: "CV 12729, TB 9441, CV 3383".to_owned(),
            cause: 1,
        },
        C::RecomputeDueDate { .. } => C::Transfer {
            decision: ENDED.1.to_owned(),
            cause: 1,
        },
        C::Transfer { .. } => C::PassOn {
            to: office(OFFICES[1]),
        },
        C::PassOn { .. } => C::LinkDossier {
            other: Uuid::from_u128(99),
            kind: LinkKind::Duplicate,
        },
        C::LinkDossier { .. } => C::Rate {
            score: 5,
            scale: 5,
            device: RatingDevice::Own,
            capability: None,
        },
        C::Rate { .. } => C::SubmitFeedback {
            kind: FeedbackKind::Report,
            capability: None,
        },
        C::SubmitFeedback { .. } => C::AnswerFeedback {
            number,
            published: false,
        },
        C::AnswerFeedback { .. } => return voices::next(None),
        C::Voice(command) if voices::next(Some(command)).is_some() => {
            return voices::next(Some(command));
        }
        C::Voice(_) => C::RecordSync {
            system: "national-portal".to_owned(),
            outcome: SyncOutcome::Acknowledged,
            remote_status: Some(4),
            attempt: 1,
            told: None,
        },
        C::RecordSync { .. } => C::PrintPaper {
            form: Form::ReceiptSlip,
            of: 1,
            as_of: 1,
            commitment: "0".repeat(64),
        },
        C::PrintPaper { .. } => C::Remark,
        C::Remark => C::AcceptLinked {
            manner: LinkageManner::Electronic,
            legs: vec![LegAt {
                place: 1,
                office: office(OFFICES[0]),
            }],
        },
        C::AcceptLinked { .. } => C::OpenLeg {
            whole: Uuid::from_u128(99),
            place: 1,
            procedure: PROCEDURE.parse().expect("a procedure's code"),
            office: office(OFFICES[0]),
        },
        C::OpenLeg { .. } => C::SendBack { place: number },
        C::SendBack { .. } => C::DeclineCorrection { place: number },
        _ => return None,
    })
}

/// Given to linked dossiers alone, which `linked::rules` tells of.
pub fn is_linked(command: &DossierCommand) -> bool {
    matches!(
        command,
        DossierCommand::AcceptLinked { .. }
            | DossierCommand::OpenLeg { .. }
            | DossierCommand::SendBack { .. }
            | DossierCommand::DeclineCorrection { .. }
    )
}

/// The states of a dossier that stands by itself.
pub fn phases_alone() -> impl Iterator<Item = Phase> {
    let linked = |phase: &Phase| matches!(phase, Phase::WithAgencies | Phase::AwaitingCorrection);
    Phase::ALL.into_iter().filter(move |phase| !linked(phase))
}

fn obligation(state: ObligationState) -> Obligation {
    Obligation {
        number: 1,
        kind: ObligationKind::Charge,
        amount_vnd: AMOUNT_VND,
        due_on: None,
        pauses: false,
        state,
        method: None,
        receipt: None,
        refunded_vnd: 0,
    }
}

pub fn command(name: &str, place: &str) -> DossierCommand {
    let mut all = commands_at(place).into_iter();
    all.find(|command| command.name() == name)
        .expect("a command's name")
}

/// Everything a command can bring, so that nothing but state, role and office can refuse it.
pub fn everything() -> Circumstances {
    Circumstances {
        reason: Some(Reason::Other),
        basis: Some("Decree 63/2010/ND-CP art. 20.4".to_owned()),
        parts: vec![Part {
            c: "A".repeat(43) + "=",
            kind: PartKind::Applicant,
            s: Uuid::from_u128(1),
        }],
        ..Circumstances::default()
    }
}

/// One dossier and the world around it, acted upon only through `decide` and `evolve`.
#[derive(Clone)]
pub struct Story<'a> {
    pub dossier: Dossier,
    pub now: Moment,
    reference: &'a Reference,
    acts: u128,
}

impl<'a> Story<'a> {
    /// Monday, 2 November 2026, 08:00.
    pub fn begin(reference: &'a Reference) -> Self {
        Self {
            dossier: Dossier::default(),
            now: Moment::from_local(jiff::civil::date(2026, 11, 2).at(8, 0, 0, 0)),
            reference,
            acts: 0,
        }
    }

    /// The one person who holds a role; officers at the office that has the dossier.
    pub fn actor(&self, role: Role) -> Actor {
        let place = match role {
            Role::Applicant
            | Role::PaymentGateway
            | Role::ProcedureController
            | Role::Admin
            | Role::Auditor
            | Role::System => NO_OFFICE,
            Role::Cashier
            | Role::PostalAgent
            | Role::VerticalAgency
            | Role::Receiver
            | Role::Handler
            | Role::DivisionHead
            | Role::Signer
            | Role::Clerk
            | Role::CentreManager => self.place(),
        };
        let mut actor = Actor::new(role.name(), place, role);
        if role == Role::Receiver {
            actor.on_behalf_of = Some(Role::Applicant.name().to_owned());
        }
        actor
    }

    /// The office that has the dossier, or could get it.
    pub fn place(&self) -> &str {
        let office = self.dossier.office.as_ref();
        office.map_or(OFFICES[0], OfficeCode::as_str)
    }

    pub fn decide(
        &self,
        command: &DossierCommand,
        actor: &Actor,
        given: &Circumstances,
    ) -> Result<Vec<Draft>, Rejection> {
        let context = Context {
            dossier: Uuid::from_u128(7),
            now: self.now,
            actor,
            reference: self.reference,
            register: &register::EMPTY,
            given,
            kin: &[],
        };
        decide(&self.dossier, command, &context)
    }

    /// Names of the commands that a desk offers to the one person of a role.
    pub fn offered(&self, role: Role) -> BTreeSet<&'static str> {
        let (actor, given) = (self.actor(role), Circumstances::default());
        let context = Context {
            dossier: Uuid::from_u128(7),
            now: self.now,
            actor: &actor,
            reference: self.reference,
            register: &register::EMPTY,
            given: &given,
            kin: &[],
        };
        let possible = self.dossier.possible(&context).into_iter();
        possible.map(|one| one.command.name()).collect()
    }

    /// Lays what a command answers to where it finds it: the hand-over, the debt, the question, the date that passed.
    pub fn prepare(&mut self, command: &DossierCommand, actor: &Actor) {
        use DossierCommand as C;
        let past = self.now.plus(-Moment::HOUR);
        let dossier = &mut self.dossier;
        match command {
            C::ReceiveHandOver { .. } | C::RecallStep | C::HandOver { .. } => {
                if let Some(desk) = dossier.stays.last_mut() {
                    desk.officer = Some(actor.id.clone());
                    desk.giver = Some(actor.id.clone());
                    desk.received_at = None;
                    desk.until = None;
                }
            }
            C::GiveOpinion { .. } | C::NoteOpinionOverdue { .. } | C::DeemOpinionAgreed { .. } => {
                dossier.opinions = vec![Opinion {
                    number: 1,
                    agency: actor.office.clone(),
                    requested_at: past,
                    due_at: past,
                    silence_consents: matches!(command, C::DeemOpinionAgreed { .. }),
                    state: OpinionState::Awaited,
                    answered_at: None,
                }];
            }
            C::CancelFinancialObligation { .. } | C::ConfirmPayment { .. }
                if dossier.obligations.is_empty() =>
            {
                dossier.obligations = vec![obligation(ObligationState::Requested)];
            }
            C::IssueFeeReceipt { .. } | C::RefundPayment { .. } => {
                dossier.obligations = vec![obligation(ObligationState::Paid)];
            }
            C::AnswerFeedback { .. } => voices::prepare(dossier, None, past),
            C::Voice(command) => voices::prepare(dossier, Some(command), past),
            C::RecordMiss => {
                if let Some(turn) = dossier.turns.last_mut() {
                    turn.received_at = past.plus(-60 * Moment::DAY);
                    turn.due_at = past;
                }
            }
            C::RecomputeDueDate { .. } => {
                if let Some(turn) = dossier.turns.last_mut() {
                    turn.due_at = turn.due_at.plus(-Moment::DAY);
                }
            }
            C::StopProcessing => dossier.answer_due_at = Some(past),
            C::Transfer { .. } if dossier.office.is_some() => {
                dossier.office = Some(office(ENDED.0));
            }
            C::PassOn { .. } => {
                dossier
                    .transfers
                    .extend(dossier.office.clone().map(|to| Transfer {
                        from: office(ENDED.0),
                        to,
                        decision: ENDED.1.to_owned(),
                        at: past,
                        reason: None,
                    }));
            }
            _ => {}
        }
    }

    /// Folds a decision; the kinds of the dossier's events, in order.
    pub fn evolve(&mut self, drafts: &[Draft], actor: &Actor) -> Vec<&'static str> {
        self.acts += 1;
        let mut kinds = Vec::new();
        for draft in drafts {
            if let Event::Dossier(event) = &draft.event {
                let (command, around) = (Uuid::from_u128(self.acts), &draft.circumstances);
                self.dossier.evolve(event, actor, command, self.now, around);
                kinds.push(event.kind());
            }
        }
        kinds
    }

    /// What has become of the processing clock since `before`.
    pub fn clock_since(&self, before: &Dossier) -> &'static str {
        let open = |dossier: &'_ Dossier| {
            let turn = dossier.turn().filter(|turn| turn.ending.is_none());
            turn.map(|turn| turn.paused_since.is_some())
        };
        match (open(before), open(&self.dossier)) {
            (None, Some(_)) => "starts",
            (Some(_), None) => "ends",
            (None, None) => "none",
            (Some(_), Some(true)) => "pauses",
            (Some(true), Some(false)) => "resumes",
            (Some(false), Some(false)) => "runs",
        }
    }
}

//! What is thrown: mostly something the table allows in the state that was seen last, else anything by anybody.

use motcua::acts::{Act, Personal, Request};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::dossier::{
    Channel, DeliveryMethod, Dossier, DossierCommand, ObligationKind, ObligationState, Phase,
    RedirectKind, VoiceCommand,
};
use motcua::domain::fact::stream;
use motcua::domain::part::PartKind;
use motcua::domain::reason::Reason;
use motcua::domain::time::Moment;
use serde_json::json;
use uuid::Uuid;

use super::super::ground::{OFFICES, PROCEDURE, SILENT};
use crate::life_cycle::table::Table;
use crate::life_cycle::town::commands_at;
use crate::life_cycle::voices;
use crate::story::Dice;

const PROCEDURES: [&str; 5] = [PROCEDURE, SILENT, SILENT, "1.001193", "1.004873"];

/// Commands that answer to something open.
const ANSWERS: [&str; 12] = [
    "give_opinion",
    "note_opinion_overdue",
    "deem_opinion_agreed",
    "receive_hand_over",
    "recall_step",
    "confirm_payment",
    "answer_feedback",
    "refuse_feedback",
    "ask_feedback_sender",
    "clarify_feedback",
    "publish_feedback",
    "judge_feedback",
];

pub struct Thrower {
    now: Moment,
    table: Table,
    thrown: u128,
}

impl Thrower {
    pub fn new(now: Moment) -> Self {
        Self {
            now,
            table: Table::shipped(),
            thrown: 0,
        }
    }

    pub fn wait(&mut self, micros: i64) {
        self.now = self.now.plus(micros);
    }

    /// The dice fall alike for one seed, and so do the ids.
    fn id(&mut self) -> Uuid {
        self.thrown += 1;
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.thrown.to_be_bytes())
    }

    /// A dossier that begins.
    pub fn begin(&mut self, dice: &mut Dice) -> Request {
        use DossierCommand as C;
        let procedure = dice.pick(&PROCEDURES).parse().expect("a code");
        let place = *dice.pick(&OFFICES);
        let office = place.parse().expect("a code");
        let capability = Some("00".repeat(32));
        let (command, role) = match dice.roll(4) {
            0 => {
                let assisted_by = (dice.roll(4) == 0).then(|| "receiver-1".to_owned());
                let submit = C::Submit {
                    procedure,
                    office,
                    capability,
                    assisted_by,
                };
                (submit, Role::Applicant)
            }
            1 => {
                let channel = *dice.pick(&[Channel::Counter, Channel::Post]);
                let lodge = C::Lodge {
                    procedure,
                    office,
                    channel,
                    capability,
                };
                (lodge, Role::Receiver)
            }
            2 => {
                let accept = C::AcceptAtCounter {
                    procedure,
                    office,
                    capability,
                    code: None,
                };
                (accept, Role::Receiver)
            }
            _ => (C::Draft { procedure, office }, Role::Applicant),
        };
        let id = self.id();
        let act = Act::Dossier {
            dossier: stream::dossier(id),
            command,
        };
        let actor = somebody(role, place, dice);
        Request {
            personal: vec![applicant()],
            at: Some(self.now),
            ..Request::new(id, actor, act)
        }
    }

    /// Something that somebody tries with a dossier as it was seen last.
    pub fn throw(&mut self, dossier: Uuid, seen: &Dossier, dice: &mut Dice) -> Request {
        let place = seen.office.as_ref().map_or(OFFICES[0], |office| {
            OFFICES
                .into_iter()
                .find(|known| *known == office.as_str())
                .unwrap_or(OFFICES[0])
        });
        let all = commands_at(place);
        let (command, role) = match self.likely(seen, dice) {
            Some((name, role)) => {
                let found = all.iter().find(|command| command.name() == name);
                (found.expect("a command").clone(), role)
            }
            None => (dice.pick(&all).clone(), *dice.pick(&Role::ALL)),
        };
        let command = self.vary(command, seen, place, dice);
        let actor = Self::actor(&command, role, seen, place, dice);
        let past = |dice: &mut Dice| {
            let hours = i64::try_from(dice.roll(400)).expect("hours") - 10;
            self.now.plus(-hours * Moment::HOUR)
        };
        let occurred_at = (dice.roll(10) == 0).then(|| past(dice));
        let received_at = (dice.roll(10) == 0).then(|| past(dice));
        let begins = command.begins() || command == DossierCommand::CorrectApplicantDetails;
        let version = u32::try_from(dice.roll(12)).expect("a version");
        let at = self.now;
        let act = Act::Dossier { dossier, command };
        Request {
            expected_version: (dice.roll(40) == 0).then_some(version),
            occurred_at,
            received_at,
            reason: (dice.roll(10) > 0).then_some(Reason::Other),
            basis: (dice.roll(2) > 0).then(|| "61/2018/ND-CP:19.4".to_owned()),
            personal: if begins {
                vec![applicant()]
            } else {
                Vec::new()
            },
            at: Some(at),
            ..Request::new(self.id(), actor, act)
        }
    }

    /// Mostly something that the state allows and the dossier has open, half of it something that leads on; now and then
    /// nothing is likely.
    fn likely(&self, seen: &Dossier, dice: &mut Dice) -> Option<(String, Role)> {
        let (phase, throw) = (seen.phase, dice.roll(12));
        let mut allowed = self.table.allowed_in(phase);
        allowed.retain(|(name, _)| is_open(seen, name, self.now));
        let to = |(name, role): &(&str, Role)| self.table.row(phase, name, *role).map(|row| row.to);
        if throw < if phase == Phase::InProcessing { 3 } else { 6 } {
            let ends = dice.roll(4) == 0;
            let leads = |one: &(&str, Role)| {
                to(one).is_some_and(|to| to != phase && (ends || !is_early_end(to)))
            };
            let on: Vec<_> = allowed.iter().copied().filter(leads).collect();
            allowed = if on.is_empty() { allowed } else { on };
        }
        if (6..8).contains(&throw) {
            let answers = |one: &(&str, Role)| ANSWERS.contains(&one.0);
            let open: Vec<_> = allowed.iter().copied().filter(answers).collect();
            allowed = if open.is_empty() { allowed } else { open };
        }
        let mut names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
        names.dedup();
        if names.is_empty() || throw > 9 {
            return None;
        }
        // Each command as likely as another, whoever may give it.
        let name = *dice.pick(&names);
        let by = allowed.iter().filter(|(known, _)| *known == name);
        let roles: Vec<Role> = by.map(|(_, role)| *role).collect();
        Some((name.to_owned(), *dice.pick(&roles)))
    }

    /// Content that fits what the dossier has open, mostly.
    fn vary(
        &mut self,
        command: DossierCommand,
        seen: &Dossier,
        place: &str,
        dice: &mut Dice,
    ) -> DossierCommand {
        use DossierCommand as C;
        let (any, first) = (
            dice.roll(6) == 0,
            u32::try_from(dice.roll(3)).expect("small") + 1,
        );
        let other = OFFICES
            .into_iter()
            .find(|known| *known != place)
            .unwrap_or(OFFICES[0]);
        let handler = format!("handler-{}", dice.roll(3) + 1);
        let opinion = seen.opinions.iter().find(|opinion| opinion.is_open());
        let opinion = opinion.map_or(first, |opinion| opinion.number);
        let owed = |state: ObligationState| {
            let found = seen
                .obligations
                .iter()
                .find(|one| one.state == state && !any);
            found.map_or((first, 20_000), |one| (one.number, one.amount_vnd))
        };
        let requested = owed(ObligationState::Requested);
        let paid = owed(ObligationState::Paid);
        let days = i64::try_from(dice.roll(40)).expect("days");
        match command {
            C::Redirect { .. } => C::Redirect {
                to: if any { place } else { other }.parse().expect("a code"),
                kind: RedirectKind::WrongOffice,
            },
            C::Forward { .. } => C::Forward { to: handler },
            C::AssignHandler { .. } => C::AssignHandler { to: handler },
            C::HandOver { step, .. } => C::HandOver {
                to: handler,
                role: *dice.pick(&[Role::Handler, Role::Handler, Role::Signer]),
                office: any.then(|| other.parse().expect("a code")),
                step,
            },
            C::RequestSupplement { .. } => C::RequestSupplement {
                items: (0..first - 1).collect(),
                approved_by: (dice.roll(3) > 0).then(|| "centre_manager-1".to_owned()),
            },
            C::RequestOpinion { .. } => C::RequestOpinion {
                agency: other.parse().expect("a code"),
                due_on: (days % 2 == 0).then(|| self.now.date()),
            },
            C::GiveOpinion { .. } => C::GiveOpinion {
                number: opinion,
                agrees: any,
            },
            C::NoteOpinionOverdue { .. } => C::NoteOpinionOverdue { number: opinion },
            C::DeemOpinionAgreed { .. } => C::DeemOpinionAgreed { number: opinion },
            C::ScheduleFieldVerification { .. } => C::ScheduleFieldVerification {
                on: self.now.plus(days * Moment::DAY / 10).date(),
            },
            C::IssueFinancialObligation { amount_vnd, .. } => C::IssueFinancialObligation {
                kind: *dice.pick(&[ObligationKind::Fee, ObligationKind::Obligation]),
                amount_vnd,
                due_on: None,
            },
            C::CancelFinancialObligation { .. } => C::CancelFinancialObligation {
                number: requested.0,
            },
            C::ConfirmPayment {
                method, reference, ..
            } => C::ConfirmPayment {
                number: requested.0,
                amount_vnd: requested.1,
                method,
                reference,
            },
            C::IssueFeeReceipt {
                form,
                series,
                receipt_number,
                ..
            } => C::IssueFeeReceipt {
                number: paid.0,
                form,
                series,
                receipt_number,
            },
            C::RefundPayment { .. } => C::RefundPayment {
                number: paid.0,
                amount_vnd: paid.1 / 2,
            },
            C::IssueResult { .. } => C::IssueResult {
                number: format!("{}/GP-UBND", dice.roll(4)),
            },
            C::ReplaceResult { .. } => C::ReplaceResult {
                number: format!("{}/GP-UBND", dice.roll(9)),
                replaces: None,
            },
            C::DeliverResult { .. } => C::DeliverResult {
                method: *dice.pick(&[DeliveryMethod::Post, DeliveryMethod::Counter]),
            },
            C::IssueApology { .. } => C::IssueApology {
                new_due_on: self.now.plus(days * Moment::DAY).date(),
                responsible: any.then(|| other.parse().expect("a code")),
            },
            C::AnswerFeedback { .. } => C::AnswerFeedback {
                number: seen
                    .open_feedback()
                    .map_or(first, |feedback| feedback.number),
                published: any,
            },
            C::LinkDossier { kind, .. } => C::LinkDossier {
                other: Uuid::from_u128(u128::from(first)),
                kind,
            },
            C::Rate { device, .. } => C::Rate {
                score: u8::try_from(dice.roll(6)).expect("small"),
                scale: 5,
                device,
                capability: any.then(|| "00".repeat(32)),
            },
            kept => voices_of(kept, seen, other),
        }
    }

    /// Mostly whoever the dossier waits for.
    fn actor(
        command: &DossierCommand,
        role: Role,
        seen: &Dossier,
        place: &str,
        dice: &mut Dice,
    ) -> Actor {
        use DossierCommand as C;
        if dice.roll(8) == 0 {
            let elsewhere = *dice.pick(&OFFICES);
            return somebody(role, elsewhere, dice);
        }
        let other = OFFICES
            .into_iter()
            .find(|known| *known != place)
            .unwrap_or(OFFICES[0]);
        let desk = seen.desk();
        let at_desk = match command {
            C::HandOver { .. } | C::ReceiveHandOver { .. } => {
                desk.and_then(|desk| desk.officer.clone())
            }
            C::RecallStep => desk.and_then(|desk| desk.giver.clone()),
            _ => None,
        };
        match (role, at_desk, &seen.applicant) {
            (Role::Applicant, _, Some(applicant)) => Actor::new(applicant.clone(), NO_OFFICE, role),
            (_, Some(id), _) => Actor::new(id, place, role),
            _ if matches!(command, C::GiveOpinion { .. }) => somebody(role, other, dice),
            _ => somebody(role, place, dice),
        }
    }
}

/// On the newest feedback there is.
fn voices_of(command: DossierCommand, seen: &Dossier, other: &str) -> DossierCommand {
    use VoiceCommand as V;
    let DossierCommand::Voice(command) = command else {
        return command;
    };
    let number = seen.feedback.last().map_or(1, |feedback| feedback.number);
    DossierCommand::Voice(match command {
        V::RefuseFeedback { .. } => V::RefuseFeedback { number },
        V::AskFeedbackSender { .. } => V::AskFeedbackSender { number },
        V::ClarifyFeedback { capability, .. } => V::ClarifyFeedback { number, capability },
        V::ForwardFeedback { .. } => V::ForwardFeedback {
            number,
            to: other.parse().expect("a code"),
        },
        V::PublishFeedback { .. } => V::PublishFeedback { number },
        V::JudgeFeedback {
            satisfied,
            capability,
            ..
        } => V::JudgeFeedback {
            number,
            satisfied,
            capability,
        },
        V::RecordFeedbackMiss { .. } => V::RecordFeedbackMiss { number },
        kept @ V::AnswerSurvey { .. } => kept,
    })
}

/// A dossier that comes to this never gets to its result.
fn is_early_end(to: Phase) -> bool {
    let early = [
        Phase::WithdrawalRequested,
        Phase::NotAccepted,
        Phase::Refused,
        Phase::Stopped,
    ];
    early.contains(&to) || to == Phase::Withdrawn
}

/// The dossier has what such a command answers to.
fn is_open(seen: &Dossier, command: &str, now: Moment) -> bool {
    let owed = |state: ObligationState| seen.obligations.iter().any(|one| one.state == state);
    let asked = |silent: bool| {
        let mut open = seen.opinions.iter().filter(|one| one.is_open());
        open.any(|one| one.due_at < now && one.silence_consents == silent)
    };
    match command {
        "cancel_financial_obligation" | "confirm_payment" => owed(ObligationState::Requested),
        "issue_fee_receipt" | "refund_payment" => owed(ObligationState::Paid),
        "give_opinion" => seen
            .opinions
            .iter()
            .any(motcua::domain::dossier::Opinion::is_open),
        "note_opinion_overdue" => asked(false),
        "deem_opinion_agreed" => asked(true),
        "receive_hand_over" | "recall_step" => seen
            .desk()
            .is_some_and(motcua::domain::dossier::Stay::awaits_receipt),
        other => voices::is_open(seen, other, now).unwrap_or(true),
    }
}

fn somebody(role: Role, place: &str, dice: &mut Dice) -> Actor {
    let id = format!("{}-{}", role.name(), dice.roll(3) + 1);
    match role {
        Role::Applicant
        | Role::PaymentGateway
        | Role::ProcedureController
        | Role::Auditor
        | Role::Admin
        | Role::System => Actor::new(id, NO_OFFICE, role),
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::CentreManager
        | Role::Cashier
        | Role::PostalAgent
        | Role::VerticalAgency => Actor::new(id, place, role),
    }
}

fn applicant() -> Personal {
    Personal {
        file: None,
        kind: PartKind::Applicant,
        value: json!({ "full_name": "Công dân 000123" }),
    }
}

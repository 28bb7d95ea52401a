//! One step as a request at the counter: who, what, why, and for the first step of a dossier whose it is.

use std::fmt::Write as _;

use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::acts::{Act, Personal, Request};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::campaign::Question;
use crate::domain::code::ProcedureCode;
use crate::domain::dossier::{
    Channel, ComponentForm, Digitisation, DossierCommand, FeedbackKind, ObligationKind,
    PaymentMethod, RatingDevice, RedirectKind, Signature, SignatureValidation, SurveyAnswer,
    VoiceCommand,
};
use crate::domain::fact::stream;
use crate::domain::part::{CITIZEN_NUMBER, FULL_NAME, PHONE, PartKind};
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::scenario::plan::Plan;
use crate::scenario::script::{Deed, Script, Step, Who};

/// Namespace of the ids that scenarios give their commands.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d6f_7463_7561_4000_8000_7363_656e_6172);

/// Namespace of the command ids of one scenario and seed.
pub fn story(plan: &Plan, seed: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{}/{seed}", plan.name).as_bytes())
}

/// The id of a step's command: it begins with the step's hour.
pub fn command_id(story: &Uuid, number: u32, step: usize, at: Moment) -> Uuid {
    let mut name = [0; 8];
    name[..4].copy_from_slice(&number.to_be_bytes());
    name[4..].copy_from_slice(&u32::try_from(step).unwrap_or(u32::MAX).to_be_bytes());
    stream::at_the_time(at, Uuid::new_v5(story, &name))
}

/// Fills in the forms.
pub struct Clerk<'a> {
    plan: &'a Plan,
    /// One per scenario and seed.
    story: Uuid,
    /// `lucyen` of `luc-yen-2023`: officers' ids begin with it.
    place: String,
    procedures: Vec<ProcedureCode>,
}

impl<'a> Clerk<'a> {
    pub fn new(plan: &'a Plan, seed: &str) -> Self {
        let letters = plan.name.chars().filter(char::is_ascii_lowercase);
        let codes = plan.offered.iter();
        Self {
            plan,
            story: story(plan, seed),
            place: letters.collect(),
            procedures: codes
                .filter_map(|offered| offered.code.parse().ok())
                .collect(),
        }
    }

    /// The request of a script's step, counted from 0.
    pub fn request(&self, script: &Script, step: usize) -> Request {
        let taken = &script.steps[step];
        let begins = self.command_id(script, 0);
        let act = Act::Dossier {
            dossier: stream::dossier(begins),
            command: self.command(script, taken),
        };
        let id = if step == 0 {
            begins
        } else {
            self.command_id(script, step)
        };
        Request {
            reason: reason(script, taken.deed),
            personal: if step == 0 {
                person(script)
            } else if taken.deed == Deed::AnswerReport {
                vec![answer()]
            } else {
                Vec::new()
            },
            at: Some(taken.at),
            ..Request::new(id, self.actor(script, taken), act)
        }
    }

    fn command_id(&self, script: &Script, step: usize) -> Uuid {
        command_id(&self.story, script.number, step, script.steps[step].at)
    }

    fn actor(&self, script: &Script, step: &Step) -> Actor {
        let office = || self.plan.units[step.unit].code.as_str();
        let role = match step.who {
            Who::Applicant => return self.applicant(script),
            Who::Receiver(_) => Role::Receiver,
            Who::Handler(_) => Role::Handler,
            Who::Signer(_) => Role::Signer,
            Who::Cashier => Role::Cashier,
            Who::Manager => Role::CentreManager,
            Who::Gateway => return Actor::new("gateway-1", NO_OFFICE, Role::PaymentGateway),
        };
        Actor::new(self.officer(step.unit, step.who), office(), role)
    }

    /// The pseudonym of somebody who submits online: it must not lead to the number in the person's name.
    fn applicant(&self, script: &Script) -> Actor {
        let name = format!("applicant {}", script.number);
        let (high, _) = Uuid::new_v5(&self.story, name.as_bytes()).as_u64_pair();
        Actor::new(format!("citizen-{high:016x}"), NO_OFFICE, Role::Applicant)
    }

    /// `lucyen-tn-03`; `lucyen-07-tl-01` where the plan has more offices than one.
    fn officer(&self, unit: usize, who: Who) -> String {
        let place = &self.place;
        let (role, number) = match who {
            Who::Applicant => ("nd", 0),
            Who::Receiver(number) => ("tn", number),
            Who::Handler(number) => ("tl", number),
            Who::Signer(number) => ("ky", number),
            Who::Cashier => ("tq", 1),
            Who::Manager => ("td", 1),
            Who::Gateway => ("tt", 1),
        };
        if unit == 0 {
            format!("{place}-{role}-{number:02}")
        } else {
            format!("{place}-{unit:02}-{role}-{number:02}")
        }
    }

    fn command(&self, script: &Script, step: &Step) -> DossierCommand {
        let office = || self.plan.units[script.unit].code.clone();
        let procedure = || self.procedures[script.procedure].clone();
        match step.deed {
            Deed::AcceptAtCounter => DossierCommand::AcceptAtCounter {
                procedure: procedure(),
                office: office(),
                capability: self.receipt(script),
                code: None,
            },
            Deed::Lodge => DossierCommand::Lodge {
                procedure: procedure(),
                office: office(),
                channel: script.channel,
                capability: self.receipt(script),
            },
            Deed::Submit => DossierCommand::Submit {
                procedure: procedure(),
                office: office(),
                capability: self.receipt(script),
                assisted_by: None,
            },
            Deed::Accept => DossierCommand::Accept,
            Deed::Forward { to } => DossierCommand::Forward {
                to: self.officer(step.unit, Who::Handler(to)),
            },
            Deed::RequestSupplement { item } => DossierCommand::RequestSupplement {
                items: vec![item],
                approved_by: None,
            },
            Deed::SubmitSupplement => DossierCommand::SubmitSupplement,
            Deed::AcceptSupplement => DossierCommand::AcceptSupplement,
            Deed::DraftResult => DossierCommand::DraftResult,
            Deed::SignResult { digital: false, .. } => {
                DossierCommand::SignResult { signature: None }
            }
            Deed::DeliverResult(method) => DossierCommand::DeliverResult { method },
            Deed::Apologise { new_due_on } => DossierCommand::IssueApology {
                new_due_on,
                responsible: None,
            },
            Deed::RequestWithdrawal => DossierCommand::RequestWithdrawal,
            Deed::GrantWithdrawal => DossierCommand::GrantWithdrawal,
            Deed::StopProcessing => DossierCommand::StopProcessing,
            Deed::Redirect { to } => DossierCommand::Redirect {
                to: self.plan.units[to].code.clone(),
                kind: RedirectKind::WrongOffice,
            },
            Deed::RefuseAcceptance => DossierCommand::RefuseAcceptance,
            Deed::EnterPaper { digitisation } => DossierCommand::ReceiveComponent {
                item: 1,
                form: if digitisation == Digitisation::None {
                    ComponentForm::Copy
                } else {
                    ComponentForm::EDocument
                },
                digitisation,
                size_bytes: None,
                signature: None,
                reused_from: None,
            },
            Deed::ChargeFee { vnd } => DossierCommand::IssueFinancialObligation {
                kind: ObligationKind::Charge,
                amount_vnd: vnd,
                due_on: None,
            },
            Deed::ConfirmFee { vnd, online } => DossierCommand::ConfirmPayment {
                number: 1,
                amount_vnd: vnd,
                method: if online {
                    PaymentMethod::NationalGateway
                } else {
                    PaymentMethod::Cash
                },
                reference: None,
            },
            Deed::SignResult {
                digital: true,
                certifies_copy,
                ..
            } => DossierCommand::SignResult {
                signature: Some(Signature {
                    certificate_serial: format!("00{:08x}", script.number),
                    signed_at: step.at,
                    validation: SignatureValidation::Unchecked,
                    certifies_copy,
                }),
            },
            Deed::Rate { score } => DossierCommand::Rate {
                score,
                scale: 3,
                device: RatingDevice::Own,
                capability: self.receipt(script),
            },
            Deed::Report => DossierCommand::SubmitFeedback {
                kind: FeedbackKind::Report,
                capability: self.receipt(script),
            },
            Deed::AnswerReport => DossierCommand::AnswerFeedback {
                number: 1,
                published: true,
            },
            Deed::AnswerSurvey { survey, satisfied } => {
                DossierCommand::Voice(self.survey(script, survey, satisfied))
            }
        }
    }

    /// Answers to a survey: of the two best scores the lower one for odd dossiers; else the one below them.
    fn survey(&self, script: &Script, survey: usize, satisfied: u16) -> VoiceCommand {
        let campaign = &self.plan.surveys[survey].campaign;
        let questions = (0..).zip(&campaign.questions);
        let answer = |(place, question): (u32, &Question)| {
            let liked = satisfied >> place & 1 == 1;
            let below = if liked { script.number % 2 } else { 2 };
            SurveyAnswer {
                question: question.key.clone(),
                score: campaign.scale - u8::try_from(below).unwrap_or_default(),
            }
        };
        VoiceCommand::AnswerSurvey {
            campaign: campaign.code.clone(),
            answers: questions.map(answer).collect(),
            device: RatingDevice::Own,
            assisted_by: None,
            capability: self.receipt(script),
        }
    }

    /// SHA-256 of what stands on the receipt, where the plan lets applicants speak: whoever holds it may.
    fn receipt(&self, script: &Script) -> Option<String> {
        if self.plan.experience.is_none() && self.plan.surveys.is_empty() {
            return None;
        }
        let printed = format!("{}/{}", self.story, script.number);
        let digest = Sha256::digest(printed.as_bytes());
        Some(digest.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }
}

impl Deed {
    /// The name of the command it becomes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AcceptAtCounter => "accept_at_counter",
            Self::Lodge => "lodge",
            Self::Submit => "submit",
            Self::Accept => "accept",
            Self::Forward { .. } => "forward",
            Self::RequestSupplement { .. } => "request_supplement",
            Self::SubmitSupplement => "submit_supplement",
            Self::AcceptSupplement => "accept_supplement",
            Self::DraftResult => "draft_result",
            Self::SignResult { .. } => "sign_result",
            Self::DeliverResult(_) => "deliver_result",
            Self::Apologise { .. } => "issue_apology",
            Self::RequestWithdrawal => "request_withdrawal",
            Self::GrantWithdrawal => "grant_withdrawal",
            Self::StopProcessing => "stop_processing",
            Self::Redirect { .. } => "redirect",
            Self::RefuseAcceptance => "refuse_acceptance",
            Self::EnterPaper { .. } => "receive_component",
            Self::ChargeFee { .. } => "issue_financial_obligation",
            Self::ConfirmFee { .. } => "confirm_payment",
            Self::Rate { .. } => "rate",
            Self::Report => "submit_feedback",
            Self::AnswerReport => "answer_feedback",
            Self::AnswerSurvey { .. } => "answer_survey",
        }
    }
}

/// Why, where the law wants it said; officers differ, so the dossier's number decides.
fn reason(script: &Script, deed: Deed) -> Option<Reason> {
    let one_of = |reasons: &[Reason]| reasons.get(script.number as usize % reasons.len()).copied();
    match deed {
        Deed::RequestSupplement { .. } => one_of(&[
            Reason::MissingComponent,
            Reason::IncorrectComponent,
            Reason::MissingComponent,
        ]),
        Deed::Apologise { .. } | Deed::SignResult { late: true, .. } => one_of(&[
            Reason::Workload,
            Reason::WaitingForOtherAgency,
            Reason::FieldVerification,
        ]),
        Deed::StopProcessing => Some(Reason::NotSupplemented),
        Deed::Redirect { .. } => Some(Reason::NotCompetent),
        Deed::RefuseAcceptance => Some(Reason::IncorrectComponent),
        Deed::RequestWithdrawal => Some(Reason::ApplicantRequest),
        Deed::AcceptAtCounter
        | Deed::Lodge
        | Deed::Submit
        | Deed::Accept
        | Deed::Forward { .. }
        | Deed::SubmitSupplement
        | Deed::AcceptSupplement
        | Deed::DraftResult
        | Deed::SignResult { late: false, .. }
        | Deed::DeliverResult(_)
        | Deed::EnterPaper { .. }
        | Deed::ChargeFee { .. }
        | Deed::ConfirmFee { .. }
        | Deed::Rate { .. }
        | Deed::Report
        | Deed::AnswerReport
        | Deed::AnswerSurvey { .. }
        | Deed::GrantWithdrawal => None,
    }
}

/// To a report: to its sender, and the same for everybody.
fn answer() -> Personal {
    let words = "Đã nhắc nhở bộ phận tiếp nhận; xin lỗi về sự bất tiện (mô phỏng).";
    Personal {
        file: None,
        kind: PartKind::Note,
        value: json!({ "text": words, "published": words }),
    }
}

/// Nobody: a number for a name, an identity number of a province that there is not (003), a phone from 0000.
fn person(script: &Script) -> Vec<Personal> {
    let number = script.number;
    let applicant = json!({
        FULL_NAME: format!("Công dân {number:06}"),
        CITIZEN_NUMBER: format!("003{number:09}"),
    });
    let mut parts = vec![Personal {
        file: None,
        kind: PartKind::Applicant,
        value: applicant,
    }];
    match script.channel {
        Channel::Counter => {}
        Channel::Online | Channel::Post => parts.push(Personal {
            file: None,
            kind: PartKind::Contact,
            value: json!({ PHONE: format!("0000{number:06}") }),
        }),
    }
    parts
}

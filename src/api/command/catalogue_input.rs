//! Inputs of the catalogue's mutations: a procedure's record and an internal process, as they go to the shelf.

use async_graphql::InputObject;

use super::input::Around;
use crate::api::catalogue::LimitUnit;
use crate::api::scalar::Day;
use crate::api::words::{
    AgencyRole, ApplicantKind, Certainty, Channel, Level, LinkageKind, OnlineLevel, ReviewKind,
    SupplementClock, Territory,
};
use crate::domain::catalogue as domain;
use crate::domain::law;

/// How long an office has.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct LimitInput {
    /// Counted in what.
    pub unit: LimitUnit,
    /// How many; left out for the same day.
    #[graphql(default)]
    pub value: u16,
}

impl From<LimitInput> for law::Limit {
    fn from(limit: LimitInput) -> Self {
        match limit.unit {
            LimitUnit::SameDay => Self::SameDay,
            LimitUnit::WorkingDays => Self::WorkingDays(limit.value),
            LimitUnit::CalendarDays => Self::CalendarDays(limit.value),
            LimitUnit::WorkingHours => Self::WorkingHours(limit.value),
            LimitUnit::Months => Self::Months(limit.value),
        }
    }
}

/// What it costs.
#[derive(Debug, InputObject)]
pub struct FeeInput {
    /// Đồng for one unit; left out when a province sets it.
    pub vnd: Option<u64>,
    /// What the unit is, in Vietnamese.
    pub note_vi: String,
    /// How sure that is.
    pub certainty: Certainty,
}

impl From<FeeInput> for domain::Fee {
    fn from(fee: FeeInput) -> Self {
        Self {
            vnd: fee.vnd,
            note_vi: fee.note_vi,
            certainty: fee.certainty.into(),
        }
    }
}

/// A step as the record shows it; the approved process is a record of its own.
#[derive(Debug, InputObject)]
pub struct StepInput {
    /// Its name, in Vietnamese.
    pub name_vi: String,
    /// Its name, in English.
    pub name_en: String,
    /// The role that does it.
    pub role: String,
    /// Working hours.
    pub hours: u16,
}

/// One paper of a dossier.
#[derive(Debug, InputObject)]
pub struct ComponentInput {
    /// Its name, in Vietnamese.
    pub name_vi: String,
    /// How many originals.
    pub originals: Option<u16>,
    /// How many copies.
    pub copies: Option<u16>,
    /// The form to fill in.
    pub form: Option<String>,
    /// Number of the decision that wants it digitised.
    pub must_digitise: Option<String>,
    /// Where it can be taken from, in Vietnamese.
    pub reusable_from_vi: Option<String>,
    /// How sure the last two are; `UNCERTAIN` unless told.
    pub certainty: Option<Certainty>,
}

impl From<ComponentInput> for domain::Component {
    fn from(component: ComponentInput) -> Self {
        let certainty = component
            .certainty
            .map_or(law::Certainty::Uncertain, Into::into);
        let order = component.must_digitise;
        let source = component.reusable_from_vi;
        Self {
            name_vi: component.name_vi,
            originals: component.originals,
            copies: component.copies,
            form: component.form,
            must_digitise: order.map(|decision| domain::DigitisationOrder {
                decision,
                certainty,
            }),
            reusable_from: source.map(|source_vi| domain::ReuseSource {
                source_vi,
                certainty,
            }),
        }
    }
}

/// One way to apply.
#[derive(Debug, InputObject)]
pub struct ChannelTermsInput {
    /// Which way; each at most once.
    pub channel: Channel,
    /// How long an office has, if not as long as otherwise.
    pub limit: Option<LimitInput>,
    /// What it costs, if not as much as otherwise.
    pub fee: Option<FeeInput>,
    /// More about it, in Vietnamese.
    pub note_vi: Option<String>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// A case and the papers it needs.
#[derive(Debug, InputObject)]
pub struct CaseInput {
    /// Its name, in Vietnamese.
    pub name_vi: String,
    /// Its name, in English.
    pub name_en: String,
    /// The papers, by their place in `components`, from 1.
    pub items: Vec<u32>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// An agency that takes part.
#[derive(Debug, InputObject)]
pub struct AgencyInput {
    /// As what.
    pub role: AgencyRole,
    /// Its name, in Vietnamese.
    pub name_vi: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// One text a procedure rests on.
#[derive(Debug, InputObject)]
pub struct LegalBasisInput {
    /// The text, in Vietnamese.
    pub instrument_vi: String,
    /// The article of it.
    pub article: Option<String>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// One document the applicant gets.
#[derive(Debug, InputObject)]
pub struct OutcomeDocumentInput {
    /// Its name, in Vietnamese.
    pub name_vi: String,
    /// It comes on paper.
    pub paper: bool,
    /// It comes as a signed file.
    pub electronic: bool,
    /// How long it is good for, in Vietnamese.
    pub validity_vi: Option<String>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// The decision that publishes a version; an amendment needs one.
#[derive(Debug, InputObject)]
pub struct PublicationDecisionInput {
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Day,
    /// First day it has effect.
    pub effective: Day,
    /// The level that decided, if not the procedure's own.
    pub level: Option<Level>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// The agencies behind one counter.
#[derive(Debug, InputObject)]
pub struct LinkageInput {
    /// How they are linked.
    pub kind: LinkageKind,
    /// Codes of the procedures that are its legs.
    #[graphql(default)]
    pub procedures: Vec<String>,
    /// What is settled behind the one counter, in order.
    #[graphql(default, validator(max_items = 12))]
    pub legs: Vec<ProcedureLegInput>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// One of the procedures of a linked one.
#[derive(Debug, InputObject)]
pub struct ProcedureLegInput {
    /// What it is called, in Vietnamese.
    pub name_vi: String,
    /// What it is called, in English.
    pub name_en: String,
    /// Code of its own procedure, where that is known.
    pub procedure: Option<String>,
    /// Who settles it, in Vietnamese.
    pub agency_vi: String,
    /// How long that agency has; absent when no limit is sure enough to be promised.
    pub limit: Option<LimitInput>,
    /// How sure the limit is.
    pub limit_certainty: Certainty,
    /// The law that it was read in.
    pub limit_basis: String,
    /// What else the law says of it, in Vietnamese.
    pub limit_note_vi: Option<String>,
    /// The same in English.
    pub limit_note_en: Option<String>,
    /// Places of the legs whose results it needs, from 1.
    #[graphql(default)]
    pub after: Vec<u32>,
    /// Settled only when the applicant asks for it.
    #[graphql(default)]
    pub optional: bool,
}

/// The vertical agency whose procedure is received at the one-stop.
#[derive(Debug, InputObject)]
pub struct VerticalSectorInput {
    /// The agency, in Vietnamese.
    pub agency_vi: String,
    /// The decision that brought it to the counter.
    pub decision: Option<String>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// Who lets whom settle it.
#[derive(Debug, InputObject)]
pub struct DelegationInput {
    /// The competent level.
    pub from: Level,
    /// The level that settles it.
    pub to: Level,
    /// Number of the decision.
    pub decision: Option<String>,
    /// How sure that is.
    pub certainty: Certainty,
}

/// How other agencies are asked for their opinion.
#[derive(Debug, InputObject)]
pub struct OpinionRuleInput {
    /// Working days they have.
    pub reply_working_days: u16,
    /// No answer by then is consent.
    pub silence_consents: bool,
    /// The text that says so.
    pub legal_basis: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// What is filled in of a record beside the parts that every record has.
#[derive(Debug, Default, InputObject)]
pub struct ProcedureDetailsInput {
    /// The steps the applicant goes through, in Vietnamese.
    pub sequence_vi: Option<Vec<String>>,
    /// How many sets of papers.
    pub number_of_sets: Option<u16>,
    /// Who may apply.
    pub applicant_kinds: Option<Vec<ApplicantKind>>,
    /// Requirements and conditions, in Vietnamese.
    pub conditions_vi: Option<String>,
    /// The online level as counted before Decree 42/2022: 1 to 4.
    pub historical_level: Option<u8>,
    /// Where else it may be filed.
    pub non_territorial: Option<Territory>,
    /// The levels whose one-stops take it in; its own unless told.
    pub received_at: Option<Vec<Level>>,
    /// The offices here need an approved internal process for it.
    pub needs_process: Option<bool>,
    /// How sure all of these are; `UNCERTAIN` unless told.
    pub certainty: Option<Certainty>,
}

/// One version of one procedure, whole.
#[derive(Debug, InputObject)]
pub struct ProcedureInput {
    /// Its code: `1.001193`, `1.012753.H19`; `SIM-0001` in a simulation only.
    pub code: String,
    /// Which version of it; the first is 1, an amendment the next one.
    pub version: u32,
    /// Its name, in Vietnamese.
    pub name_vi: String,
    /// Its name, in English.
    pub name_en: String,
    /// Its field, in Vietnamese.
    pub field_vi: String,
    /// Its field, in English.
    pub field_en: String,
    /// The level that settles it.
    pub level: Level,
    /// How long an office has.
    pub limit: LimitInput,
    /// How sure the limit is.
    pub limit_certainty: Certainty,
    /// Where the limit was read.
    pub limit_basis: String,
    /// More about the limit, in Vietnamese.
    pub limit_note_vi: Option<String>,
    /// More about the limit, in English.
    pub limit_note_en: Option<String>,
    /// First day it applies.
    pub valid_from: Option<Day>,
    /// Last day it applies.
    pub valid_to: Option<Day>,
    /// What a supplement request does to the clock, if not what the policy says.
    pub supplement_clock: Option<SupplementClock>,
    /// The steps of the internal process.
    #[graphql(default, validator(max_items = 50))]
    pub steps: Vec<StepInput>,
    /// How sure the steps are.
    pub steps_certainty: Certainty,
    /// The papers.
    #[graphql(validator(max_items = 100))]
    pub components: Vec<ComponentInput>,
    /// How sure the list of papers is.
    pub components_certainty: Certainty,
    /// What it costs.
    pub fee: FeeInput,
    /// How much can be done on-line.
    pub online_level: OnlineLevel,
    /// How sure that is.
    pub online_certainty: Certainty,
    /// What the applicant gets, in Vietnamese.
    pub result_vi: String,
    /// The public view of a dossier leaves its name out.
    #[graphql(default)]
    pub sensitive: bool,
    /// The officer who handled it may sign it.
    #[graphql(default)]
    pub same_signer_allowed: bool,
    /// Supplement requests without a special legal basis; the policy's number unless told.
    pub max_supplement_requests: Option<u8>,
    /// How other agencies are asked, if not as the policy says.
    pub opinion: Option<OpinionRuleInput>,
    /// How sure the record is as a whole.
    pub certainty: Certainty,
    /// The ways to apply.
    #[graphql(default, validator(max_items = 3))]
    pub channels: Vec<ChannelTermsInput>,
    /// The cases that need different papers.
    #[graphql(default, validator(max_items = 50))]
    pub cases: Vec<CaseInput>,
    /// The agencies that take part.
    #[graphql(default, validator(max_items = 20))]
    pub agencies: Vec<AgencyInput>,
    /// The texts it rests on.
    #[graphql(default, validator(max_items = 50))]
    pub legal_basis: Vec<LegalBasisInput>,
    /// The documents the applicant gets.
    #[graphql(default, validator(max_items = 20))]
    pub results: Vec<OutcomeDocumentInput>,
    /// The decision that publishes it.
    pub publication: Option<PublicationDecisionInput>,
    /// The agencies behind one counter.
    pub linkage: Option<LinkageInput>,
    /// The vertical agency whose procedure it is.
    pub vertical: Option<VerticalSectorInput>,
    /// Who lets whom settle it.
    pub delegation: Option<DelegationInput>,
    /// What else is filled in.
    #[graphql(default)]
    pub details: ProcedureDetailsInput,
}

/// Input of `publishProcedure`.
#[derive(InputObject)]
pub struct PublishProcedureInput {
    /// The version, whole.
    pub procedure: ProcedureInput,
    #[graphql(flatten)]
    pub around: Around,
}

/// Input of `abolishProcedure`.
#[derive(InputObject)]
pub struct AbolishProcedureInput {
    /// Code of the procedure.
    pub procedure: String,
    /// Number of the decision: `123/QĐ-UBND`.
    pub decision: String,
    /// Its date.
    pub decided_on: Option<Day>,
    /// First day without the procedure.
    pub from: Day,
    #[graphql(flatten)]
    pub around: Around,
}

/// One step of a process to be approved.
#[derive(InputObject)]
pub struct ProcessStepInput {
    /// Its name, in Vietnamese.
    pub name_vi: String,
    /// Its name, in English.
    pub name_en: String,
    /// The role that does it: `receiver`, `handler`, `division_head`, `signer`, `clerk`…
    pub role: String,
    /// The division that does it.
    pub unit: Option<String>,
    /// Working hours; 8 are a day.
    pub hours: u16,
    /// It may send the dossier back.
    #[graphql(default)]
    pub can_return: bool,
    /// A supplement may be asked for in it.
    #[graphql(default)]
    pub can_supplement: bool,
    /// The result is signed in it.
    #[graphql(default)]
    pub can_sign: bool,
}

/// One version of an internal process, whole.
#[derive(InputObject)]
pub struct ProcessInput {
    /// Code of the procedure.
    pub procedure: String,
    /// Which version of the process; the first is 1.
    pub version: u32,
    /// Code of the agency whose head approves it: `H38`.
    pub approved_by: String,
    /// Number of the decision: `123/QĐ-UBND`.
    pub decision: String,
    /// Its date.
    pub decided_on: Day,
    /// First day it is used for newly accepted dossiers.
    pub effective_from: Day,
    /// Its steps, in order; their hours together are no more than the limit gives.
    #[graphql(validator(max_items = 50))]
    pub steps: Vec<ProcessStepInput>,
    /// How sure it is.
    pub certainty: Certainty,
}

/// Input of `approveProcess`.
#[derive(InputObject)]
pub struct ApproveProcessInput {
    /// The version, whole.
    pub process: ProcessInput,
    #[graphql(flatten)]
    pub around: Around,
}

/// Input of `proposeProcedureReview`.
#[derive(InputObject)]
pub struct ProposeProcedureReviewInput {
    /// Code of the procedure.
    pub procedure: String,
    /// What the review asks for.
    pub kind: ReviewKind,
    /// Year of the review.
    pub year: u16,
    /// Level of the unit that proposes.
    pub level: Level,
    #[graphql(flatten)]
    pub around: Around,
}

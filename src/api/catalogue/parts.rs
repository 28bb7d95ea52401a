//! The parts of a procedure's record in the schema, each with how sure it is.

use async_graphql::{OutputType, SimpleObject};

use super::{Fee, Limit};
use crate::api::scalar::Day;
use crate::api::words::{
    AgencyRole, ApplicantKind, Certainty, Channel, Label, Level, LinkageKind, Territory,
};
use crate::domain::catalogue as domain;

/// A value with how sure it is.
#[derive(Debug, SimpleObject)]
#[graphql(concrete(name = "MarkedNumber", params(u16)))]
#[graphql(concrete(name = "MarkedText", params(String)))]
#[graphql(concrete(name = "MarkedTexts", params("Vec<String>")))]
#[graphql(concrete(name = "MarkedApplicantKinds", params("Vec<ApplicantKind>")))]
#[graphql(concrete(name = "MarkedLevels", params("Vec<Level>")))]
#[graphql(concrete(name = "MarkedTerritory", params(Territory)))]
#[graphql(concrete(name = "MarkedFlag", params(bool)))]
pub struct Marked<T: OutputType> {
    /// The value.
    value: T,
    /// How sure it is.
    certainty: Certainty,
}

/// The value as the schema shows it.
pub fn marked<S, T: OutputType>(
    marked: Option<&domain::Marked<S>>,
    show: impl FnOnce(&S) -> T,
) -> Option<Marked<T>> {
    marked.map(|marked| Marked {
        value: show(&marked.value),
        certainty: marked.certainty.into(),
    })
}

/// One way to apply.
#[derive(Debug, SimpleObject)]
pub struct ChannelTerms {
    /// Which way.
    channel: Channel,
    /// How long an office has; null when the procedure's own limit applies.
    limit: Option<Limit>,
    /// What it costs; null when the procedure's own fee applies.
    fee: Option<Fee>,
    /// More about it, in Vietnamese.
    note_vi: Option<String>,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::ChannelTerms> for ChannelTerms {
    fn from(terms: &domain::ChannelTerms) -> Self {
        Self {
            channel: terms.channel.into(),
            limit: terms.limit.map(Into::into),
            fee: terms.fee.as_ref().map(Into::into),
            note_vi: terms.note_vi.clone(),
            certainty: terms.certainty.into(),
        }
    }
}

/// A case and the papers it needs.
#[derive(Debug, SimpleObject)]
pub struct ProcedureCase {
    /// Its name.
    name: Label,
    /// The papers, by their place in the list of components.
    items: Vec<u32>,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::Case> for ProcedureCase {
    fn from(case: &domain::Case) -> Self {
        Self {
            name: (case.name_vi.as_str(), case.name_en.as_str()).into(),
            items: case.items.clone(),
            certainty: case.certainty.into(),
        }
    }
}

/// That a paper must be digitised.
#[derive(Debug, SimpleObject)]
pub struct DigitisationOrder {
    /// Number of the decision that says so.
    decision: String,
    /// How sure that is.
    certainty: Certainty,
}

/// Where a paper's content can be taken from instead of asking for it again.
#[derive(Debug, SimpleObject)]
pub struct ReuseSource {
    /// The database or repository, in Vietnamese.
    source_vi: String,
    /// How sure that is.
    certainty: Certainty,
}

/// One paper of a dossier.
#[derive(Debug, SimpleObject)]
pub struct Component {
    /// Its place in the list, from 1: give it when asking for a supplement.
    item: u32,
    /// Its name, in Vietnamese.
    name_vi: String,
    /// How many originals; null when not known or only shown.
    originals: Option<u16>,
    /// How many copies; null when not known.
    copies: Option<u16>,
    /// The form to fill in.
    form: Option<String>,
    /// The order to digitise it; null when none is known.
    must_digitise: Option<DigitisationOrder>,
    /// Where it can be taken from; null when not known.
    reusable_from: Option<ReuseSource>,
}

impl Component {
    /// The component at this place of the list, from 1.
    pub fn new(item: u32, component: &domain::Component) -> Self {
        let order = component.must_digitise.as_ref();
        let source = component.reusable_from.as_ref();
        Self {
            item,
            name_vi: component.name_vi.clone(),
            originals: component.originals,
            copies: component.copies,
            form: component.form.clone(),
            must_digitise: order.map(|order| DigitisationOrder {
                decision: order.decision.clone(),
                certainty: order.certainty.into(),
            }),
            reusable_from: source.map(|source| ReuseSource {
                source_vi: source.source_vi.clone(),
                certainty: source.certainty.into(),
            }),
        }
    }
}

/// An agency that takes part.
#[derive(Debug, SimpleObject)]
pub struct ProcedureAgency {
    /// As what.
    role: AgencyRole,
    /// Its name, in Vietnamese.
    name_vi: String,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::Agency> for ProcedureAgency {
    fn from(agency: &domain::Agency) -> Self {
        Self {
            role: agency.role.into(),
            name_vi: agency.name_vi.clone(),
            certainty: agency.certainty.into(),
        }
    }
}

/// One text a procedure rests on.
#[derive(Debug, SimpleObject)]
pub struct LegalBasis {
    /// The text, in Vietnamese.
    instrument_vi: String,
    /// The article of it.
    article: Option<String>,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::LegalBasis> for LegalBasis {
    fn from(basis: &domain::LegalBasis) -> Self {
        Self {
            instrument_vi: basis.instrument_vi.clone(),
            article: basis.article.clone(),
            certainty: basis.certainty.into(),
        }
    }
}

/// One document the applicant gets.
#[derive(Debug, SimpleObject)]
pub struct OutcomeDocument {
    /// Its name, in Vietnamese.
    name_vi: String,
    /// It comes on paper.
    paper: bool,
    /// It comes as a signed file.
    electronic: bool,
    /// How long it is good for, in Vietnamese; null when without end or not known.
    validity_vi: Option<String>,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::OutcomeDocument> for OutcomeDocument {
    fn from(document: &domain::OutcomeDocument) -> Self {
        Self {
            name_vi: document.name_vi.clone(),
            paper: document.paper,
            electronic: document.electronic,
            validity_vi: document.validity_vi.clone(),
            certainty: document.certainty.into(),
        }
    }
}

/// The decision that published a version.
#[derive(Debug, SimpleObject)]
pub struct PublicationDecision {
    /// Its number.
    number: String,
    /// Its date.
    date: Day,
    /// First day it has effect.
    effective: Day,
    /// The level that decided; null for the procedure's own.
    level: Option<Level>,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::PublicationDecision> for PublicationDecision {
    fn from(decision: &domain::PublicationDecision) -> Self {
        Self {
            number: decision.number.clone(),
            date: Day(decision.date),
            effective: Day(decision.effective),
            level: decision.level.map(Into::into),
            certainty: decision.certainty.into(),
        }
    }
}

/// The agencies behind one counter.
#[derive(Debug, SimpleObject)]
pub struct Linkage {
    /// How they are linked.
    kind: LinkageKind,
    /// Codes of the procedures that are its legs, where they are known.
    procedures: Vec<String>,
    /// What is settled behind the one counter, in order; empty where only the codes are known.
    legs: Vec<Leg>,
    /// How sure that is.
    certainty: Certainty,
}

/// One of the procedures of a linked one.
#[derive(Debug, SimpleObject)]
#[graphql(name = "ProcedureLeg")]
pub struct Leg {
    /// Its place in the list, from 1.
    place: u32,
    /// What it is called.
    name: Label,
    /// Code of its own procedure; null when that is not known.
    procedure_code: Option<String>,
    /// Who settles it, in Vietnamese.
    agency_vi: String,
    /// How long that agency has; null when no limit is sure enough to be promised.
    limit: Option<Limit>,
    /// How sure the limit is, or what the note says where there is none.
    limit_certainty: Certainty,
    /// The law that it was read in.
    limit_basis: String,
    /// What else the law says of it.
    limit_note: Option<Label>,
    /// Places of the legs whose results it needs.
    after: Vec<u32>,
    /// Settled only when the applicant asks for it.
    optional: bool,
}

impl Leg {
    fn new(leg: &domain::Leg, place: u32) -> Self {
        let note = leg
            .limit_note_vi
            .as_deref()
            .zip(leg.limit_note_en.as_deref());
        Self {
            place,
            name: (leg.name_vi.as_str(), leg.name_en.as_str()).into(),
            procedure_code: leg.procedure.clone(),
            agency_vi: leg.agency_vi.clone(),
            limit: leg.limit.map(Into::into),
            limit_certainty: leg.limit_certainty.into(),
            limit_basis: leg.limit_basis.clone(),
            limit_note: note.map(Into::into),
            after: leg.after.clone(),
            optional: leg.optional,
        }
    }
}

impl From<&domain::Linkage> for Linkage {
    fn from(linkage: &domain::Linkage) -> Self {
        Self {
            kind: linkage.kind.into(),
            procedures: linkage.procedures.clone(),
            legs: linkage
                .legs
                .iter()
                .zip(1..)
                .map(|(leg, place)| Leg::new(leg, place))
                .collect(),
            certainty: linkage.certainty.into(),
        }
    }
}

/// The vertical agency whose procedure is received at the one-stop (Decision 1291/QĐ-TTg).
#[derive(Debug, SimpleObject)]
pub struct VerticalSector {
    /// The agency, in Vietnamese.
    agency_vi: String,
    /// The decision that brought it to the counter.
    decision: Option<String>,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::VerticalSector> for VerticalSector {
    fn from(sector: &domain::VerticalSector) -> Self {
        Self {
            agency_vi: sector.agency_vi.clone(),
            decision: sector.decision.clone(),
            certainty: sector.certainty.into(),
        }
    }
}

/// Who lets whom settle it.
#[derive(Debug, SimpleObject)]
pub struct Delegation {
    /// The competent level.
    from: Level,
    /// The level that settles it for that one.
    to: Level,
    /// Number of the decision.
    decision: Option<String>,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::Delegation> for Delegation {
    fn from(delegation: &domain::Delegation) -> Self {
        Self {
            from: delegation.from.into(),
            to: delegation.to.into(),
            decision: delegation.decision.clone(),
            certainty: delegation.certainty.into(),
        }
    }
}

/// How other agencies are asked for their opinion.
#[derive(Debug, SimpleObject)]
pub struct OpinionRule {
    /// Working days they have.
    reply_working_days: u16,
    /// No answer by then is consent.
    silence_consents: bool,
    /// The text that says so.
    legal_basis: String,
    /// How sure that is.
    certainty: Certainty,
}

impl From<&domain::OpinionRule> for OpinionRule {
    fn from(rule: &domain::OpinionRule) -> Self {
        Self {
            reply_working_days: rule.reply_working_days,
            silence_consents: rule.silence_consents,
            legal_basis: rule.legal_basis.clone(),
            certainty: rule.certainty.into(),
        }
    }
}

/// The end of a procedure.
#[derive(Debug, SimpleObject)]
pub struct Abolition {
    /// Number of the decision.
    decision: String,
    /// Its date.
    decided_on: Option<Day>,
    /// First day without the procedure.
    from: Day,
}

impl From<&domain::Abolished> for Abolition {
    fn from(abolished: &domain::Abolished) -> Self {
        Self {
            decision: abolished.decision.clone(),
            decided_on: abolished.decided_on.map(Day),
            from: Day(abolished.from),
        }
    }
}

/// One step of an approved process.
#[derive(Debug, SimpleObject)]
pub struct ProcessStep {
    /// Its place, from 1.
    order: u16,
    /// Its name.
    name: Label,
    /// The role that does it.
    role: String,
    /// The division that does it; null when it is the office itself.
    unit: Option<String>,
    /// Working hours; 0 for a step in which the clock does not run.
    hours: u16,
    /// It may send the dossier back.
    can_return: bool,
    /// A supplement may be asked for in it.
    can_supplement: bool,
    /// The result is signed in it.
    can_sign: bool,
}

/// The internal process of a procedure, approved by decision.
#[derive(Debug, SimpleObject)]
pub struct InternalProcess {
    /// `code/version`: dossiers pin it when they are accepted.
    reference: String,
    /// Which version of it, from 1.
    version: u32,
    /// Code of the agency whose head approved it.
    approved_by: String,
    /// Number of the decision.
    decision: String,
    /// Its date.
    decided_on: Day,
    /// First day it is used.
    effective_from: Day,
    /// Its steps, in order.
    steps: Vec<ProcessStep>,
    /// Working hours of all steps; never more than the limit gives.
    hours: u32,
    /// How sure it is.
    certainty: Certainty,
}

impl From<&domain::InternalProcess> for InternalProcess {
    fn from(process: &domain::InternalProcess) -> Self {
        let step = |step: &domain::ProcessStep| ProcessStep {
            order: step.order,
            name: (step.name_vi.as_str(), step.name_en.as_str()).into(),
            role: step.role.clone(),
            unit: step.unit.clone(),
            hours: step.hours,
            can_return: step.can_return,
            can_supplement: step.can_supplement,
            can_sign: step.can_sign,
        };
        Self {
            reference: process.reference(),
            version: process.version,
            approved_by: process.approved_by.clone(),
            decision: process.decision.clone(),
            decided_on: Day(process.decided_on),
            effective_from: Day(process.effective_from),
            steps: process.steps.iter().map(step).collect(),
            hours: process.hours(),
            certainty: process.certainty.into(),
        }
    }
}

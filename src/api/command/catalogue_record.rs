//! From a record as it is sent to the record as the shelf keeps it. Nothing is checked here: the rules do that.

use super::catalogue_input::{
    AgencyInput, CaseInput, ChannelTermsInput, DelegationInput, LegalBasisInput, LinkageInput,
    OpinionRuleInput, OutcomeDocumentInput, ProcedureInput, ProcedureLegInput, ProcessInput,
    ProcessStepInput, PublicationDecisionInput, StepInput, VerticalSectorInput,
};
use crate::domain::catalogue::{
    Agency, Case, ChannelTerms, Delegation, InternalProcess, Leg, LegalBasis, Linkage, Marked,
    OpinionRule, OutcomeDocument, Procedure, ProcessStep, PublicationDecision, Step,
    VerticalSector,
};
use crate::domain::law::Certainty;

impl From<ProcedureInput> for Procedure {
    fn from(input: ProcedureInput) -> Self {
        let details = input.details;
        let certainty = details
            .certainty
            .map_or(Certainty::Uncertain, Certainty::from);
        Self {
            code: input.code,
            version: input.version,
            name_vi: input.name_vi,
            name_en: input.name_en,
            field_vi: input.field_vi,
            field_en: input.field_en,
            level: input.level.into(),
            limit: input.limit.into(),
            limit_certainty: input.limit_certainty.into(),
            limit_basis: input.limit_basis,
            limit_note_vi: input.limit_note_vi,
            limit_note_en: input.limit_note_en,
            valid_from: input.valid_from.map(|day| day.0),
            valid_to: input.valid_to.map(|day| day.0),
            supplement_clock: input.supplement_clock.map(Into::into),
            steps: all(input.steps),
            steps_certainty: input.steps_certainty.into(),
            components: all(input.components),
            components_certainty: input.components_certainty.into(),
            fee: input.fee.into(),
            online_level: input.online_level.into(),
            online_certainty: input.online_certainty.into(),
            result_vi: input.result_vi,
            sensitive: input.sensitive,
            same_signer_allowed: input.same_signer_allowed,
            max_supplement_requests: input.max_supplement_requests,
            opinion: input.opinion.map(Into::into),
            certainty: input.certainty.into(),
            sequence_vi: marked(details.sequence_vi, certainty),
            channels: all(input.channels),
            cases: all(input.cases),
            number_of_sets: marked(details.number_of_sets, certainty),
            applicant_kinds: marked(details.applicant_kinds.map(all), certainty),
            agencies: all(input.agencies),
            legal_basis: all(input.legal_basis),
            conditions_vi: marked(details.conditions_vi, certainty),
            results: all(input.results),
            publication: input.publication.map(Into::into),
            historical_level: marked(details.historical_level, certainty),
            linkage: input.linkage.map(Into::into),
            vertical: input.vertical.map(Into::into),
            delegation: input.delegation.map(Into::into),
            non_territorial: marked(details.non_territorial.map(Into::into), certainty),
            received_at: marked(details.received_at.map(all), certainty),
            needs_process: marked(details.needs_process, certainty),
        }
    }
}

fn all<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(Into::into).collect()
}

fn marked<T>(value: Option<T>, certainty: Certainty) -> Option<Marked<T>> {
    value.map(|value| Marked { value, certainty })
}

impl From<OpinionRuleInput> for OpinionRule {
    fn from(rule: OpinionRuleInput) -> Self {
        Self {
            reply_working_days: rule.reply_working_days,
            silence_consents: rule.silence_consents,
            legal_basis: rule.legal_basis,
            certainty: rule.certainty.into(),
        }
    }
}

impl From<StepInput> for Step {
    fn from(step: StepInput) -> Self {
        Self {
            name_vi: step.name_vi,
            name_en: step.name_en,
            role: step.role,
            hours: step.hours,
        }
    }
}

impl From<ChannelTermsInput> for ChannelTerms {
    fn from(terms: ChannelTermsInput) -> Self {
        Self {
            channel: terms.channel.into(),
            limit: terms.limit.map(Into::into),
            fee: terms.fee.map(Into::into),
            note_vi: terms.note_vi,
            certainty: terms.certainty.into(),
        }
    }
}

impl From<CaseInput> for Case {
    fn from(case: CaseInput) -> Self {
        Self {
            name_vi: case.name_vi,
            name_en: case.name_en,
            items: case.items,
            certainty: case.certainty.into(),
        }
    }
}

impl From<AgencyInput> for Agency {
    fn from(agency: AgencyInput) -> Self {
        Self {
            role: agency.role.into(),
            name_vi: agency.name_vi,
            certainty: agency.certainty.into(),
        }
    }
}

impl From<LegalBasisInput> for LegalBasis {
    fn from(basis: LegalBasisInput) -> Self {
        Self {
            instrument_vi: basis.instrument_vi,
            article: basis.article,
            certainty: basis.certainty.into(),
        }
    }
}

impl From<OutcomeDocumentInput> for OutcomeDocument {
    fn from(document: OutcomeDocumentInput) -> Self {
        Self {
            name_vi: document.name_vi,
            paper: document.paper,
            electronic: document.electronic,
            validity_vi: document.validity_vi,
            certainty: document.certainty.into(),
        }
    }
}

impl From<PublicationDecisionInput> for PublicationDecision {
    fn from(decision: PublicationDecisionInput) -> Self {
        Self {
            number: decision.number,
            date: decision.date.0,
            effective: decision.effective.0,
            level: decision.level.map(Into::into),
            certainty: decision.certainty.into(),
        }
    }
}

impl From<ProcedureLegInput> for Leg {
    fn from(leg: ProcedureLegInput) -> Self {
        Self {
            name_vi: leg.name_vi,
            name_en: leg.name_en,
            procedure: leg.procedure,
            agency_vi: leg.agency_vi,
            limit: leg.limit.map(Into::into),
            limit_certainty: leg.limit_certainty.into(),
            limit_basis: leg.limit_basis,
            limit_note_vi: leg.limit_note_vi,
            limit_note_en: leg.limit_note_en,
            after: leg.after,
            optional: leg.optional,
        }
    }
}

impl From<LinkageInput> for Linkage {
    fn from(linkage: LinkageInput) -> Self {
        Self {
            kind: linkage.kind.into(),
            procedures: linkage.procedures,
            legs: linkage.legs.into_iter().map(Into::into).collect(),
            certainty: linkage.certainty.into(),
        }
    }
}

impl From<VerticalSectorInput> for VerticalSector {
    fn from(sector: VerticalSectorInput) -> Self {
        Self {
            agency_vi: sector.agency_vi,
            decision: sector.decision,
            certainty: sector.certainty.into(),
        }
    }
}

impl From<DelegationInput> for Delegation {
    fn from(delegation: DelegationInput) -> Self {
        Self {
            from: delegation.from.into(),
            to: delegation.to.into(),
            decision: delegation.decision,
            certainty: delegation.certainty.into(),
        }
    }
}

impl From<ProcessInput> for InternalProcess {
    fn from(input: ProcessInput) -> Self {
        let steps = (1..).zip(input.steps);
        Self {
            procedure: input.procedure,
            version: input.version,
            approved_by: input.approved_by,
            decision: input.decision,
            decided_on: input.decided_on.0,
            effective_from: input.effective_from.0,
            steps: steps.map(|(order, step)| at(order, step)).collect(),
            certainty: input.certainty.into(),
        }
    }
}

fn at(order: u16, step: ProcessStepInput) -> ProcessStep {
    ProcessStep {
        order,
        name_vi: step.name_vi,
        name_en: step.name_en,
        role: step.role,
        unit: step.unit,
        hours: step.hours,
        can_return: step.can_return,
        can_supplement: step.can_supplement,
        can_sign: step.can_sign,
    }
}

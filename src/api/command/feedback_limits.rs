//! The days of feedback as they are adopted with a policy.

use async_graphql::InputObject;

use super::form::Form;
use crate::api::words::Certainty;
use crate::domain::policy::FeedbackLimits;

const LINE_CHARS_MAX: usize = 300;

/// Working days within which each step of a feedback is to be done; the answer's own stand beside them.
#[derive(InputObject)]
pub struct FeedbackLimitsInput {
    /// To refuse it, from when it came.
    refuse_working_days: u16,
    /// To ask its sender for more, from when it came.
    clarify_working_days: u16,
    /// To pass it on to the competent office, from when it came.
    forward_working_days: u16,
    /// To publish the answer, from when it was given.
    publish_working_days: u16,
    /// The texts they follow, at most 300 characters.
    legal_basis: String,
    /// How sure they are.
    certainty: Certainty,
}

impl FeedbackLimitsInput {
    /// None when a field was wrong.
    pub(super) fn read(self, form: &mut Form) -> Option<FeedbackLimits> {
        let path = "input.feedback.legalBasis";
        let legal_basis = form.line(path, &self.legal_basis, LINE_CHARS_MAX)?;
        Some(FeedbackLimits {
            refuse_working_days: self.refuse_working_days,
            clarify_working_days: self.clarify_working_days,
            forward_working_days: self.forward_working_days,
            publish_working_days: self.publish_working_days,
            legal_basis,
            certainty: self.certainty.into(),
        })
    }
}

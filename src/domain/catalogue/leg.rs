//! The legs of a linked procedure (`thủ tục hành chính liên thông`): who settles what, within which time, after what.

use serde::{Deserialize, Serialize};

use super::check::is_procedure_code;
use crate::domain::law::{Certainty, Limit};

/// Legs of one procedure.
const LEGS_MAX: usize = 12;

/// One of the procedures that are settled behind one counter. Its place in the list, from 1, is its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leg {
    pub name_vi: String,
    pub name_en: String,
    /// Code of its own procedure; absent when that is not known: it is then settled under the code of the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
    /// Who settles it, as people call it.
    pub agency_vi: String,
    /// How long that agency has, from when it was given the leg; absent when no limit is sure enough to be promised. It is then
    /// never early and never late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// How sure the limit is; of what the note says where there is none.
    pub limit_certainty: Certainty,
    pub limit_basis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_note_vi: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_note_en: Option<String>,
    /// Places of the legs whose results it needs: it begins when they have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<u32>,
    /// Settled only when the applicant asks for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// How a linked dossier goes from agency to agency (Decree 61/2018 art. 19.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkageManner {
    /// To all agencies at once; a leg waits only for the results it needs.
    Electronic,
    /// From one agency to the next, in the order of the legs.
    Paper,
}

/// Refuses a list of legs that could never be gone through: (field, why).
///
/// # Errors
/// What is wrong, in words.
pub(super) fn check_legs(legs: &[Leg]) -> Result<(), (&'static str, String)> {
    let refuse = |why: String| Err(("linkage", why));
    if legs.len() > LEGS_MAX {
        return refuse(format!("at most {LEGS_MAX} legs"));
    }
    for (leg, place) in legs.iter().zip(1_u32..) {
        if let Some(code) = leg
            .procedure
            .as_ref()
            .filter(|code| !is_procedure_code(code))
        {
            return refuse(format!("{code:?} is not a procedure code"));
        }
        if leg.after.iter().any(|needed| !(1..place).contains(needed)) {
            return refuse(format!(
                "leg {place} can only need the results of legs before it"
            ));
        }
    }
    if !legs.is_empty() && legs.iter().all(|leg| leg.optional) {
        return refuse("one leg at least is always settled".to_owned());
    }
    Ok(())
}

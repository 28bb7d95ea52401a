//! Inputs of the mutations: one type each, so that each can grow alone.

mod bulk;
mod course;
mod desk;
mod feedback;
mod intake;
mod linked;
mod money;
mod opinion;
mod result;
mod supplement;
mod voice;

use async_graphql::{ID, InputObject};
use uuid::Uuid;

pub use self::bulk::*;
pub use self::course::*;
pub use self::desk::*;
pub use self::feedback::*;
pub use self::intake::*;
pub use self::linked::*;
pub use self::money::*;
pub use self::opinion::*;
pub use self::result::*;
pub use self::supplement::*;
pub use self::voice::*;
use crate::api::scalar::Day;
use crate::api::words::ReasonCode;
use crate::domain::time::Moment;

/// The circumstances of a command.
#[derive(Clone, InputObject)]
pub struct Around {
    /// Chosen by the client, new for every act: the same id with the same content is answered once and for all.
    pub command_id: Uuid,
    /// Refuse with `CONFLICT` when the dossier has another version by now.
    pub expected_version: Option<u32>,
    /// When it happened, if not now: a claim, recorded beside the time of recording. Never in the future.
    pub occurred_at: Option<Moment>,
    /// The hour on the slip, at acceptance: the clock starts then. A slip of an earlier day needs a reason.
    pub received_at: Option<Moment>,
    /// Why; some commands need it.
    pub reason: Option<ReasonCode>,
    /// Code of the legal basis of an exception: `61/2018/ND-CP:19.4`. Not a text.
    pub basis: Option<String>,
    /// What you want to say about it, at most 2,000 characters. Kept in the vault, never in the journal. What goes with a
    /// request for a supplement, a refusal, a stop, a denied withdrawal or an apology is read by the holder of the receipt.
    pub note: Option<String>,
    /// Pseudonym of the person it is done for, when an officer acts for an applicant.
    pub on_behalf_of: Option<String>,
}

impl Around {
    /// A command about which nothing more is said.
    pub fn plain(command_id: Uuid) -> Self {
        Self {
            command_id,
            expected_version: None,
            occurred_at: None,
            received_at: None,
            reason: None,
            basis: None,
            note: None,
            on_behalf_of: None,
        }
    }
}

/// A command on a dossier that exists.
#[derive(InputObject)]
pub struct OnDossier {
    /// Its global id or its code.
    pub dossier: ID,
    #[graphql(flatten)]
    pub around: Around,
}

/// A command that begins a dossier.
#[derive(InputObject)]
pub struct Filing {
    /// Code of the procedure.
    pub procedure: String,
    /// Code of the office.
    pub office: String,
    #[graphql(flatten)]
    pub around: Around,
}

/// Who applies. Kept in the vault; the journal holds salted commitments only.
#[derive(InputObject)]
pub struct ApplicantInput {
    /// Family name, middle names, given name; at most 100 characters.
    pub full_name: String,
    /// Identity number: 12 digits, old ones 9.
    pub citizen_number: Option<String>,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// Telephone number: 8 to 15 digits.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address; at most 300 characters.
    pub address: Option<String>,
}

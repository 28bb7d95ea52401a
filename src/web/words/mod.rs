//! What pages say of states, events and law: every text in Vietnamese and English, side by side.

mod event;
mod law;
mod record;
mod state;

pub use event::{happened, is_on_paper, told};
pub use law::{basis_mark, doubt, level, limit, online_level, step_role};
pub use record::{agency, applicant, linkage, territory};
pub use state::{channel, delivery, doer, ending, headline, next, office_role, phase, to_do};

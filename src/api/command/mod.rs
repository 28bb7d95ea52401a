//! One mutation per command: what a client sends becomes what the counter decides.

mod archive;
mod attached;
mod blocks;
mod bulk;
mod campaign;
mod catalogue;
pub mod catalogue_input;
mod catalogue_record;
mod component;
mod course;
mod desk;
mod feedback;
mod feedback_limits;
mod form;
mod input;
mod intake;
mod linked;
mod money;
mod opinion;
mod paper;
mod perform;
mod privacy;
mod reference;
mod reorganisation;
mod result;
mod staff;
mod supervision;
mod supplement;
mod target;
mod tokens;
mod voice;

use async_graphql::MergedObject;

pub use self::archive::ArchiveMutation;
use self::blocks::BlockMutation;
pub use self::blocks::BlockQuery;
use self::bulk::BulkMutation;
pub use self::campaign::CampaignMutation;
pub use self::catalogue::CatalogueMutation;
use self::course::CourseMutation;
use self::desk::DeskMutation;
use self::feedback::FeedbackMutation;
use self::intake::IntakeMutation;
use self::linked::LinkedMutation;
use self::money::MoneyMutation;
use self::opinion::OpinionMutation;
use self::paper::PaperMutation;
pub use self::privacy::PrivacyMutation;
pub use self::reference::ReferenceMutation;
pub use self::reorganisation::ReorganisationMutation;
use self::result::ResultMutation;
pub use self::staff::StaffMutation;
pub use self::supervision::SupervisionMutation;
use self::supplement::SupplementMutation;
pub use self::target::TargetMutation;
use self::voice::VoiceMutation;

/// What can be done to a dossier, from its beginning to what is said of it afterwards.
#[derive(Default, MergedObject)]
pub struct DossierMutation(
    IntakeMutation,
    LinkedMutation,
    BlockMutation,
    SupplementMutation,
    DeskMutation,
    OpinionMutation,
    MoneyMutation,
    ResultMutation,
    CourseMutation,
    VoiceMutation,
    FeedbackMutation,
    PaperMutation,
    BulkMutation,
);

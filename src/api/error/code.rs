//! Codes of refused commands: stable over releases, one for every way in which a rule or a shape can say no.

use async_graphql::Enum;

use crate::domain::calendar::NoticeError;
use crate::domain::dossier::{LinkedRefusal, Rejection, VoiceRefusal};
use crate::domain::register::BlockError;
use crate::domain::reorganisation::ReorganisationError;

/// `code` of a user error: the command was refused and left no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ErrorCode {
    /// There is no such dossier.
    UnknownDossier,
    /// The dossier exists already.
    AlreadyExists,
    /// Not possible in the dossier's present state.
    WrongState,
    /// The dossier is closed.
    AlreadyClosed,
    /// The caller's role may not do this.
    WrongRole,
    /// The dossier is with another office, or one is to be entered at another office than one's own.
    WrongOffice,
    /// The caller is not the applicant of this dossier.
    NotTheApplicant,
    /// `expectedVersion` is not the current version, which `currentVersion` gives.
    Conflict,
    /// The `commandId` was used with other content or by another person.
    IdempotencyConflict,
    /// A claimed time lies in the future.
    FutureClaim,
    /// A reason must be chosen.
    ReasonRequired,
    /// A legal basis must be given.
    BasisRequired,
    /// The components asked for must be listed.
    ItemsRequired,
    /// There is no such office on this date.
    UnknownOffice,
    /// The procedure is unknown or not in force.
    UnknownProcedure,
    /// No policy is in force.
    NoPolicy,
    /// The calendar of a year was never declared.
    CalendarYearUnknown,
    /// The handler of a dossier may not sign its result.
    SignerIsHandler,
    /// There is no such result, or it is not in force any more.
    ResultNotInForce,
    /// The dossier has a result of this number already.
    ResultNumberTaken,
    /// A further supplement request names who approved it.
    ApproverRequired,
    /// Two different people are needed.
    SeparationOfDuties,
    /// The dossier lies on another desk.
    NotTheHolder,
    /// No hand-over waits to be signed for.
    NoHandOver,
    /// It was handed to, or asked of, somebody else.
    NotAddressed,
    /// No opinion of this number is awaited.
    OpinionNotOpen,
    /// The date has not passed yet.
    NotDueYet,
    /// It is on record already.
    AlreadyRecorded,
    /// No payment of this number can take this step.
    ObligationNotOpen,
    /// The amount is not the one asked for.
    AmountMismatch,
    /// The procedure lists no paper of this number.
    ComponentUnknown,
    /// The dossier has been rated.
    AlreadyRated,
    /// The score does not lie on a scale of 3 or 5.
    RatingOutOfScale,
    /// An earlier feedback waits for its answer.
    FeedbackOpen,
    /// No feedback of this number waits for an answer.
    FeedbackNotOpen,
    /// The office did not ask the sender of this feedback to say more.
    ClarificationNotAsked,
    /// The feedback has no answer yet.
    FeedbackNotAnswered,
    /// No campaign has this code.
    CampaignUnknown,
    /// The campaign has not begun, or is over.
    CampaignClosed,
    /// The campaign does not ask about this dossier.
    CampaignOutOfScope,
    /// The dossier has answered this campaign.
    SurveyAnswered,
    /// Each question of the campaign is answered once, on its scale.
    SurveyAnswersInvalid,
    /// A dossier is linked once, and never to itself.
    LinkInvalid,
    /// The dossier has no such paper.
    PaperUnknown,
    /// The new date must lie after the promised one.
    NewDateTooEarly,
    /// The applicant's details are missing.
    DetailsRequired,
    /// Nobody is helped to file without the applicant's consent.
    ConsentRequired,
    /// The record exists already.
    DuplicateRecord,
    /// The record does not meet its rules.
    InvalidRecord,
    /// The notice has no proper number or legal basis, or changes nothing.
    NoticeMalformed,
    /// A notice names a day where it cannot stand: a Sunday, a day twice, a Saturday that is off anyway.
    NoticeDayMisplaced,
    /// What a notice sets ends before it begins.
    NoticeSpanReversed,
    /// The end of this outage was announced already.
    OutageOver,
    /// The internal process takes more working hours than the limit gives.
    ProcessTooLong,
    /// A block of paper codes has 1 to 50.
    BlockSize,
    /// The desk has unused paper codes of today.
    BlockStillOpen,
    /// The desk has no unused paper codes of that day.
    NoOpenBlock,
    /// The paper code lies in no block of this office.
    CodeNotReserved,
    /// The paper code was reserved for another desk.
    CodeOfAnotherDesk,
    /// The paper code is on a dossier already, or was voided.
    CodeSpent,
    /// The hour on the slip is not of the day of its paper code.
    CodeOfAnotherDay,
    /// The decision has no proper number or legal basis, or closes no office.
    ReorganisationMalformed,
    /// The decision names more than one fact holds. Split it.
    ReorganisationTooLarge,
    /// The decision closes an office twice, or one that had ended before.
    ReorganisationClosesWrongly,
    /// A route leads from an office that is not closed, or the last route of one does not take whatever is left.
    ReorganisationRoutesIncomplete,
    /// An office that is to take over does not exist on the day, or ends itself.
    ReorganisationNoSuccessor,
    /// No procedure of the catalogue is of this field.
    UnknownField,
    /// The office takes nothing over by the decision that moved this dossier, or has ended.
    NotASuccessor,
    /// The procedure has no legs: accept it in the usual way.
    NotALinkedProcedure,
    /// Each leg that is not optional is named once, with an agency that settles it.
    LegsInvalid,
    /// A linked dossier is settled by the agencies of its legs.
    SettledByLegs,
    /// It is one leg of a linked dossier: do this on the whole.
    PartOfLinkedDossier,
    /// This leg has got no result of that one.
    LegResultUnknown,
    /// Nobody asks for that correction.
    CorrectionNotAsked,
    /// The code is for invented procedures, and this journal is live.
    SimulatedCode,
    /// This journal records what is done here and takes no claims of other systems; or it holds claims and nothing is done here.
    WrongJournal,
    /// A text holds a NUL, a line break or another control character.
    TextControlCharacter,
    /// A text holds a character of no width, or one that turns the direction of writing.
    TextInvisibleCharacter,
    /// A text has more characters than its field takes.
    TextTooLong,
    /// A required text is empty.
    TextEmpty,
    /// A code has more than 64 characters.
    CodeTooLong,
    /// Not the code of a dossier.
    DossierCodeMalformed,
    /// Not the code of a procedure.
    ProcedureCodeMalformed,
    /// Not the code of an office.
    OfficeCodeMalformed,
    /// The day's numbers are used up.
    DossierSequenceOutOfRange,
    /// A value has not the shape of its field (identity number, phone, e-mail, basis, document number, person).
    ValueMalformed,
    /// The personal data of this person has been erased.
    SubjectErased,
    /// The command is too large for one fact.
    TooLarge,
    /// The office's counter has too much to do. Send the same again.
    Overloaded,
    /// This node is stopping. Send the same again.
    Stopping,
    /// This node takes no commands: its record is not the one that was sealed or shown. Tell the operator.
    NodeHalted,
    /// The journal or the vault does not answer. Send the same again later.
    Unavailable,
    /// The clocks of the server and of its database disagree: nothing is stamped until they agree. Tell the operator; send the
    /// same again later.
    ClocksApart,
    /// It needs a format of facts that is not raised yet, while nodes are being upgraded: send it again later.
    NotYetEnabled,
    /// This node shows a copy of the journal and takes no commands. Send it to the office's own node.
    ReadOnlyNode,
}

impl From<&Rejection> for ErrorCode {
    fn from(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::UnknownDossier => Self::UnknownDossier,
            Rejection::AlreadyExists => Self::AlreadyExists,
            Rejection::WrongState { .. } => Self::WrongState,
            Rejection::AlreadyClosed { .. } => Self::AlreadyClosed,
            Rejection::WrongRole { .. } => Self::WrongRole,
            Rejection::WrongOffice { .. }
            | Rejection::NotOwnOffice { .. }
            | Rejection::AlreadyThere { .. } => Self::WrongOffice,
            Rejection::NotTheApplicant => Self::NotTheApplicant,
            Rejection::Conflict { .. } => Self::Conflict,
            Rejection::IdempotencyConflict => Self::IdempotencyConflict,
            Rejection::FutureClaim { .. } => Self::FutureClaim,
            Rejection::ReasonRequired => Self::ReasonRequired,
            Rejection::BasisRequired => Self::BasisRequired,
            Rejection::ItemsRequired => Self::ItemsRequired,
            Rejection::UnknownOffice(_) => Self::UnknownOffice,
            Rejection::UnknownProcedure(_) => Self::UnknownProcedure,
            Rejection::NoPolicy => Self::NoPolicy,
            Rejection::CalendarYearUnknown(_) => Self::CalendarYearUnknown,
            Rejection::SignerIsHandler => Self::SignerIsHandler,
            Rejection::ResultNotInForce => Self::ResultNotInForce,
            Rejection::ResultNumberTaken => Self::ResultNumberTaken,
            Rejection::ApproverRequired => Self::ApproverRequired,
            Rejection::SamePerson => Self::SeparationOfDuties,
            Rejection::NotTheHolder => Self::NotTheHolder,
            Rejection::NoHandOver => Self::NoHandOver,
            Rejection::NotAddressed => Self::NotAddressed,
            Rejection::OpinionNotOpen => Self::OpinionNotOpen,
            Rejection::NotDueYet => Self::NotDueYet,
            Rejection::AlreadyRecorded => Self::AlreadyRecorded,
            Rejection::SubjectErased => Self::SubjectErased,
            Rejection::ObligationNotOpen => Self::ObligationNotOpen,
            Rejection::AmountMismatch => Self::AmountMismatch,
            Rejection::ComponentUnknown => Self::ComponentUnknown,
            Rejection::AlreadyRated => Self::AlreadyRated,
            Rejection::RatingOutOfScale => Self::RatingOutOfScale,
            Rejection::FeedbackOpen => Self::FeedbackOpen,
            Rejection::FeedbackNotOpen => Self::FeedbackNotOpen,
            Rejection::LinkInvalid => Self::LinkInvalid,
            Rejection::PaperUnknown => Self::PaperUnknown,
            Rejection::NewDateTooEarly => Self::NewDateTooEarly,
            Rejection::DetailsRequired => Self::DetailsRequired,
            Rejection::DuplicateRecord => Self::DuplicateRecord,
            Rejection::InvalidRecord(_) | Rejection::Unfit(..) => Self::InvalidRecord,
            Rejection::InvalidNotice(error) => match error {
                NoticeError::Number(_) | NoticeError::LegalBasis | NoticeError::Empty => {
                    Self::NoticeMalformed
                }
                NoticeError::Day(_) => Self::NoticeDayMisplaced,
                NoticeError::Reversed => Self::NoticeSpanReversed,
                NoticeError::Over(_) => Self::OutageOver,
                NoticeError::Office(_) => Self::UnknownOffice,
                NoticeError::Calendar(_) => Self::CalendarYearUnknown,
            },
            Rejection::ProcessTooLong { .. } => Self::ProcessTooLong,
            Rejection::Linked(refusal) => match refusal {
                LinkedRefusal::NotLinked => Self::NotALinkedProcedure,
                LinkedRefusal::Legs => Self::LegsInvalid,
                LinkedRefusal::Whole => Self::SettledByLegs,
                LinkedRefusal::Leg(_) => Self::PartOfLinkedDossier,
                LinkedRefusal::NoResult => Self::LegResultUnknown,
                LinkedRefusal::NoCorrection => Self::CorrectionNotAsked,
            },
            Rejection::Voice(refusal) => match refusal {
                VoiceRefusal::NotAsked => Self::ClarificationNotAsked,
                VoiceRefusal::NotAnswered => Self::FeedbackNotAnswered,
                VoiceRefusal::CampaignUnknown => Self::CampaignUnknown,
                VoiceRefusal::CampaignClosed => Self::CampaignClosed,
                VoiceRefusal::OutOfScope => Self::CampaignOutOfScope,
                VoiceRefusal::SurveyAnswered => Self::SurveyAnswered,
                VoiceRefusal::AnswersInvalid => Self::SurveyAnswersInvalid,
            },
            Rejection::Block(error) => match error {
                BlockError::Size(_) => Self::BlockSize,
                BlockError::StillOpen(_) => Self::BlockStillOpen,
                BlockError::NoneOpen(_) => Self::NoOpenBlock,
                BlockError::NotReserved(_) => Self::CodeNotReserved,
                BlockError::OtherDesk(_) => Self::CodeOfAnotherDesk,
                BlockError::Spent(_) => Self::CodeSpent,
                BlockError::OtherDay { .. } => Self::CodeOfAnotherDay,
            },
            Rejection::Reorganisation(error) => match error {
                ReorganisationError::Decision(_)
                | ReorganisationError::LegalBasis
                | ReorganisationError::Empty => Self::ReorganisationMalformed,
                ReorganisationError::TooLarge(_) => Self::ReorganisationTooLarge,
                ReorganisationError::ClosedTwice(_) | ReorganisationError::NotOpen(_) => {
                    Self::ReorganisationClosesWrongly
                }
                ReorganisationError::NotClosed(_) | ReorganisationError::NoRest(_) => {
                    Self::ReorganisationRoutesIncomplete
                }
                ReorganisationError::NoSuccessor(_) => Self::ReorganisationNoSuccessor,
                ReorganisationError::Procedure(_) => Self::UnknownProcedure,
                ReorganisationError::Field(_) => Self::UnknownField,
            },
            Rejection::NotASuccessor(_) => Self::NotASuccessor,
            Rejection::SimulatedCode(_) => Self::SimulatedCode,
            Rejection::WrongJournal { .. } => Self::WrongJournal,
        }
    }
}

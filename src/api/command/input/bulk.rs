//! Inputs of one act on many dossiers.

use async_graphql::{Enum, ID, InputObject, OneofObject};
use uuid::Uuid;

use crate::api::scalar::Day;
use crate::api::words::{DeliveryMethod, ReasonCode, Role};
use crate::domain::time::Moment;

/// Input of `bulk`.
#[derive(InputObject)]
pub struct BulkInput {
    /// Chosen by the client. Each dossier's command has the id `uuid5(commandId, UUID of the dossier)`: the same bulk sent
    /// again gives the same answers.
    pub command_id: Uuid,
    /// Global ids or codes, at most 100. Each succeeds or fails by itself.
    #[graphql(validator(min_items = 1, max_items = 100))]
    pub dossiers: Vec<ID>,
    /// What is done to each of them.
    pub act: BulkAct,
    /// When it happened, if not now: a claim, recorded beside the time of recording. Never in the future.
    pub occurred_at: Option<Moment>,
    /// Why; some commands need it.
    pub reason: Option<ReasonCode>,
    /// Code of the legal basis of an exception: `61/2018/ND-CP:19.4`. Not a text.
    pub basis: Option<String>,
    /// What you want to say about it, at most 2,000 characters. Kept in the vault with each dossier.
    pub note: Option<String>,
}

/// An act on many dossiers.
#[derive(OneofObject)]
pub enum BulkAct {
    /// One that needs nothing but its circumstances.
    Plain(PlainAct),
    /// As `forwardDossier`.
    Forward(BulkTo),
    /// As `assignHandler`.
    AssignHandler(BulkTo),
    /// As `handOver`.
    HandOver(BulkHandOver),
    /// As `receiveHandOver`.
    ReceiveHandOver(BulkReceived),
    /// As `deliverResult`.
    DeliverResult(BulkDelivery),
    /// As `issueApology`.
    IssueApology(BulkApology),
}

/// An act that needs nothing but its circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PlainAct {
    /// As `acceptDossier`.
    Accept,
    /// As `acceptSupplement`.
    AcceptSupplement,
    /// As `stopProcessing`; needs a reason.
    StopProcessing,
    /// As `draftResult`.
    DraftResult,
    /// As `approveResult`.
    ApproveResult,
    /// As `returnStep`; needs a reason.
    ReturnStep,
    /// As `recallStep`; needs a reason.
    RecallStep,
    /// As `signResult`, by hand.
    SignResult,
    /// As `returnOriginals`.
    ReturnOriginals,
    /// As `grantWithdrawal`.
    GrantWithdrawal,
}

/// To whom.
#[derive(InputObject)]
pub struct BulkTo {
    /// Pseudonym of the handler, such as `handler-01`.
    pub to: String,
}

/// To whom, and as what.
#[derive(InputObject)]
pub struct BulkHandOver {
    /// Pseudonym of who is to have them, such as `signer-01`.
    pub to: String,
    /// As what they are to have them.
    pub role: Role,
    /// Code of the receiver's office, when it is another one.
    pub office: Option<String>,
    /// Step of the internal process that begins, from 1; the next one unless told.
    pub step: Option<u16>,
}

/// What came.
#[derive(InputObject)]
pub struct BulkReceived {
    /// All papers were there.
    pub complete: bool,
}

/// How.
#[derive(InputObject)]
pub struct BulkDelivery {
    /// How the results are handed over.
    pub method: DeliveryMethod,
}

/// A new promise.
#[derive(InputObject)]
pub struct BulkApology {
    /// The new date promised; on a day off it becomes the next working day.
    pub new_due_on: Day,
    /// Code of the office that is late, when it is not the one that has the dossiers.
    pub responsible: Option<String>,
}

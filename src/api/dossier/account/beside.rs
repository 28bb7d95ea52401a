//! What goes on beside the main line, as answers: opinions, money, papers, links, voices, other systems.
#![expect(clippy::unnecessary_wraps, reason = "told like what may not be there")]

use async_graphql::SimpleObject;
use uuid::Uuid;

use super::{Books, Reader};
use crate::api::Api;
use crate::api::error::Result;
use crate::api::scalar::{Day, Long};
use crate::api::words::{
    ComponentForm, Digitisation, FeedbackKind, FeedbackState, LinkKind, ObligationKind,
    ObligationState, OpinionState, PaymentMethod, RatingDevice, SyncOutcome,
};
use crate::domain::dossier::{self, Dossier};
use crate::domain::portal::PortalStatus;
use crate::domain::time::Moment;
use crate::projections::tracking;

/// Another agency that was asked.
#[derive(Debug, SimpleObject)]
pub struct Opinion {
    /// Which request this is, from 1.
    number: u32,
    /// Code of the agency.
    agency: String,
    /// When it was asked.
    requested_at: Moment,
    /// By when it is to answer.
    due_at: Moment,
    /// When it answered, or its silence was taken for consent.
    answered_at: Option<Moment>,
    /// Silence is consent.
    silence_consents: bool,
    /// It has not answered, and the time for it has passed.
    overdue: bool,
    /// What came of it; null in public, and for the applicant until the dossier is settled.
    state: Option<OpinionState>,
}

/// A fee, charge or other sum that the applicant owes.
#[derive(Debug, SimpleObject)]
pub struct Obligation {
    /// Which one, from 1.
    number: u32,
    /// What for.
    kind: ObligationKind,
    /// Đồng.
    amount_vnd: Long,
    /// By when.
    due_on: Option<Day>,
    /// The clock stands until it is paid.
    pauses: bool,
    /// How it stands.
    state: ObligationState,
    /// How it was paid.
    method: Option<PaymentMethod>,
    /// Form, series and number of the receipt.
    receipt: Option<String>,
    /// Đồng that were given back.
    refunded_vnd: Long,
}

/// A paper as it came in.
#[derive(Debug, SimpleObject)]
pub struct ReceivedComponent {
    /// Its place in the procedure's list, from 1.
    item: u32,
    /// In what form.
    form: ComponentForm,
    /// Where its digital form comes from.
    digitisation: Digitisation,
    /// Size of its file in bytes, as it was submitted.
    size_bytes: Option<Long>,
    /// Pseudonym of the officer who digitised it here; for those who learn who acted.
    digitised_by: Option<String>,
    /// The digital form bears the signature of whoever digitised it.
    digitally_signed: bool,
    /// What it was reused from; null in public.
    reused_from: Option<ReusedFrom>,
}

/// A paper or a result of an earlier dossier.
#[derive(Debug, SimpleObject)]
pub struct ReusedFrom {
    /// Its stream.
    dossier: Uuid,
    /// Place of the paper in its procedure's list, from 1; null for a result.
    item: Option<u32>,
    /// Number of the result; null for a paper, and for a result that has none.
    result_number: Option<String>,
}

/// Another dossier it belongs with.
#[derive(Debug, SimpleObject)]
pub struct DossierLink {
    /// How.
    kind: LinkKind,
    /// Its stream; null in public.
    other: Option<Uuid>,
    /// Its code; null in public, and before it has one.
    code: Option<String>,
}

/// How satisfied the applicant was.
#[derive(Debug, SimpleObject)]
pub struct Rating {
    /// From 1; the highest is best.
    score: u8,
    /// The highest there is: 3 or 5.
    scale: u8,
    /// On what device.
    device: RatingDevice,
    /// When.
    at: Moment,
}

/// A report or recommendation; its text lies in the vault.
#[derive(Debug, SimpleObject)]
pub struct Feedback {
    /// Which one, from 1.
    number: u32,
    /// Report or recommendation.
    kind: FeedbackKind,
    /// When it came.
    submitted_at: Moment,
    /// By when it is to be answered.
    due_at: Option<Moment>,
    /// When it was answered.
    answered_at: Option<Moment>,
    /// Not answered, and the time for it has passed; or answered after it.
    late: bool,
    /// How it stands.
    state: FeedbackState,
    /// Code of the office it was passed on to, which answers it.
    forwarded_to: Option<String>,
    /// There is a wording of the answer for everybody.
    published: bool,
    /// By when the answer is to be published, when it was given without such a wording.
    publish_due_at: Option<Moment>,
    /// Its sender was satisfied with the answer; null until the sender has said so.
    satisfied: Option<bool>,
}

/// What another system last said.
#[derive(Debug, SimpleObject)]
pub struct RemoteSync {
    /// Code of the system: `national-portal`.
    system: String,
    /// What became of the newest attempt.
    outcome: SyncOutcome,
    /// Which attempt that was, from 1.
    attempt: u32,
    /// When that was recorded.
    at: Moment,
    /// Status code in the newest acknowledgement, as the other system gave it.
    remote_status: Option<u16>,
    /// When it last acknowledged; null when it never did.
    acknowledged_at: Option<Moment>,
    /// Minutes since then.
    age_minutes: Option<i64>,
    /// The status code acknowledged is not the one the dossier has now.
    differs: bool,
}

pub fn opinions(books: &Books, dossier: &Dossier) -> Option<Vec<Opinion>> {
    let settled = dossier.turn().is_some_and(|turn| turn.ending.is_some());
    let told = match books.reader {
        Reader::Public | Reader::Receipt => false,
        Reader::Applicant => settled,
        Reader::Staff => true,
    };
    let opinion = |one: &dossier::Opinion| Opinion {
        number: one.number,
        agency: one.agency.clone(),
        requested_at: one.requested_at,
        due_at: one.due_at,
        answered_at: one.answered_at,
        silence_consents: one.silence_consents,
        overdue: one.is_open() && one.due_at < books.now,
        state: told.then(|| one.state.into()),
    };
    Some(dossier.opinions.iter().map(opinion).collect())
}

pub fn obligations(_: &Books, dossier: &Dossier) -> Option<Vec<Obligation>> {
    let obligation = |one: &dossier::Obligation| Obligation {
        number: one.number,
        kind: one.kind.into(),
        amount_vnd: Long(one.amount_vnd),
        due_on: one.due_on.map(Day),
        pauses: one.pauses,
        state: one.state.into(),
        method: one.method.map(Into::into),
        receipt: one.receipt.clone(),
        refunded_vnd: Long(one.refunded_vnd),
    };
    Some(dossier.obligations.iter().map(obligation).collect())
}

pub fn components(books: &Books, dossier: &Dossier) -> Option<Vec<ReceivedComponent>> {
    let people = books.reader.sees_people();
    let named = books.reader != Reader::Public;
    let component = |one: &dossier::ReceivedComponent| ReceivedComponent {
        digitised_by: one.digitised_by.clone().filter(|_| people),
        digitally_signed: one.signature.is_some(),
        reused_from: one
            .reused_from
            .as_ref()
            .filter(|_| named)
            .map(|from| ReusedFrom {
                dossier: from.dossier,
                item: from.item,
                result_number: from.result.clone(),
            }),
        item: one.item,
        form: one.form.into(),
        digitisation: one.digitisation.into(),
        size_bytes: one.size_bytes.map(Long),
    };
    Some(dossier.components.iter().map(component).collect())
}

pub fn links(books: &Books, dossier: &Dossier) -> Option<Vec<DossierLink>> {
    let named = books.reader != Reader::Public;
    let link = |one: &dossier::Link| DossierLink {
        kind: one.kind.into(),
        other: named.then_some(one.other),
        code: None,
    };
    Some(dossier.links.iter().map(link).collect())
}

/// Adds the codes of the dossiers that have one.
pub async fn with_codes(api: &Api, mut links: Vec<DossierLink>) -> Result<Vec<DossierLink>> {
    for link in &mut links {
        if let Some(other) = link.other {
            let row = tracking::by_id(&api.models, other).await?;
            link.code = row.and_then(|row| row.code);
        }
    }
    Ok(links)
}

pub fn rating(_: &Books, dossier: &Dossier) -> Option<Rating> {
    dossier.rating.map(|rating| Rating {
        score: rating.score,
        scale: rating.scale,
        device: rating.device.into(),
        at: rating.at,
    })
}

pub fn feedback(books: &Books, dossier: &Dossier) -> Option<Vec<Feedback>> {
    let feedback = |one: &dossier::Feedback| Feedback {
        number: one.number,
        kind: one.kind.into(),
        submitted_at: one.submitted_at,
        due_at: one.due_at,
        answered_at: one.answered_at,
        late: one.is_late(books.now),
        state: one.state.into(),
        forwarded_to: one.forwarded_to.as_ref().map(ToString::to_string),
        published: one.published,
        publish_due_at: one.publish_due_at,
        satisfied: one.satisfied,
    };
    Some(dossier.feedback.iter().map(feedback).collect())
}

pub fn syncs(books: &Books, dossier: &Dossier) -> Option<Vec<RemoteSync>> {
    let here = PortalStatus::of(dossier).map(|status| u16::from(status.code()));
    let age = |at: Moment| (books.now.0 - at.0).max(0) / (60 * Moment::SECOND);
    let sync = |one: &dossier::Sync| RemoteSync {
        system: one.system.clone(),
        outcome: one.outcome.into(),
        attempt: one.attempt,
        at: one.at,
        remote_status: one.remote_status,
        acknowledged_at: one.acknowledged_at,
        age_minutes: one.acknowledged_at.map(age),
        differs: one.remote_status.is_some() && one.remote_status != here,
    };
    Some(dossier.syncs.iter().map(sync).collect())
}

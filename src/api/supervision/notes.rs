//! What was said in words at inspections and in reminders, opened from the vault for those whom it concerns.

use async_graphql::Context;

use super::SupervisionNote;
use crate::api::access::{self, api};
use crate::api::dossier::written;
use crate::api::error::{Problem, Result};
use crate::api::scalar::Long;
use crate::api::words::act_label;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::part::PartKind;
use crate::domain::reference::{Reference, ReferenceEvent};
use crate::domain::supervision::SupervisionEvent as E;
use crate::journal::{Until, fact};

/// Whose it is and which: the inspection's code, the number of the finding or reminder, the offices it concerns.
struct About {
    inspection: Option<String>,
    number: Option<u32>,
    offices: Vec<String>,
}

pub(super) async fn of_office(context: &Context<'_>, office: &str) -> Result<Vec<SupervisionNote>> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    if !may_read(actor, office) {
        return Err(Problem::Forbidden);
    }
    let reference = api.models.reference();
    let entries = api
        .journal
        .read_stream(stream::reference(), 0, Until::End)
        .await?;
    let mut found = Vec::new();
    for entry in entries {
        // The shelf is long and little of it is about supervision.
        if !mentions(&entry.body) {
            continue;
        }
        let read = fact::decode(&entry.body).map_err(Problem::internal)?;
        let Event::Reference(ReferenceEvent::Supervision(event)) = &read.event else {
            continue;
        };
        let parts = read.circumstances.parts.iter();
        let Some(part) = parts.into_iter().find(|part| part.kind == PartKind::Note) else {
            continue;
        };
        let about = about(event, &reference);
        if about.offices.iter().any(|code| code == office) {
            let wanted = (entry.stream, read.command, part.clone());
            found.push((
                entry.position,
                read.recorded_at,
                event.kind(),
                about,
                wanted,
            ));
        }
    }
    let wanted: Vec<_> = found.iter().map(|(.., wanted)| wanted.clone()).collect();
    let opened = if wanted.is_empty() {
        Vec::new()
    } else {
        api.vault()?.open(&wanted).await?
    };
    let mut notes = Vec::with_capacity(found.len());
    for ((position, at, kind, about, _), opened) in found.into_iter().zip(opened) {
        let text = written::text(opened)?;
        notes.push(SupervisionNote {
            position: Long(position),
            at,
            about: act_label(kind).into(),
            inspection: about.inspection,
            number: about.number,
            text,
        });
    }
    notes.reverse();
    Ok(notes)
}

fn mentions(body: &[u8]) -> bool {
    let holds = |word: &[u8]| body.windows(word.len()).any(|run| run == word);
    holds(b"\"inspection.") || holds(b"\"reminder.")
}

fn about(event: &E, reference: &Reference) -> About {
    let inspected = |code: &str| {
        let held = reference.supervision.inspection(code);
        held.map(|held| held.opened.office.clone())
            .into_iter()
            .collect()
    };
    let of = |code: &str, number| About {
        inspection: Some(code.to_owned()),
        number,
        offices: inspected(code),
    };
    match event {
        E::InspectionOpened(one) => of(&one.code, None),
        E::FindingNoted(one) => of(&one.inspection, Some(one.number)),
        E::CorrectionOrdered(one) => of(&one.inspection, Some(one.finding)),
        E::CorrectionDone(one) => of(&one.inspection, Some(one.finding)),
        E::InspectionClosed(one) => of(&one.inspection, None),
        E::ReminderSent(one) => About {
            inspection: None,
            number: Some(one.number),
            offices: vec![one.from.clone(), one.to.clone()],
        },
        E::ReminderAnswered(one) => {
            let mut all = reference.supervision.reminders.iter();
            let sent = all.find(|held| held.sent.number == one.number);
            About {
                inspection: None,
                number: Some(one.number),
                offices: sent
                    .map(|held| vec![held.sent.from.clone(), held.sent.to.clone()])
                    .unwrap_or_default(),
            }
        }
        E::ReviewPlanned(_) => About {
            inspection: None,
            number: None,
            offices: Vec::new(),
        },
    }
}

fn may_read(actor: &Actor, office: &str) -> bool {
    let own = actor.office == office;
    match actor.role {
        Role::ProcedureController | Role::Auditor => own || actor.office == NO_OFFICE,
        Role::CentreManager
        | Role::Signer
        | Role::DivisionHead
        | Role::Receiver
        | Role::Handler
        | Role::Clerk => own,
        Role::Applicant
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::Admin
        | Role::System => false,
    }
}

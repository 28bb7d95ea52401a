//! The register of an office (form 07): every number of some days, dossiers and voided codes alike.

use jiff::civil::Date;
use uuid::Uuid;

use super::{letterhead, office_name};
use crate::api::Api;
use crate::api::access::{self, Sight};
use crate::api::dossier::applicant;
use crate::api::error::{Problem, Result};
use crate::api::looks;
use crate::domain::access::Purpose;
use crate::domain::actor::{Actor, Role};
use crate::domain::code::DossierCode;
use crate::domain::dossier::{DeliveryMethod, DossierEvent};
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::register::RegisterEvent;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::papers::{Register, RegisterLine, print_register};
use crate::projections::history::{self, Change};
use crate::projections::tracking;

/// Days of one print.
pub const DAYS_MAX: i32 = 31;

/// The register is its office's own, and an auditor's.
pub fn may_print(actor: &Actor, office: &str) -> bool {
    let own = actor.office == office;
    match actor.role {
        Role::Receiver | Role::DivisionHead | Role::Signer | Role::Clerk | Role::CentreManager => {
            own
        }
        Role::Auditor => own || actor.office == crate::domain::actor::NO_OFFICE,
        Role::Applicant
        | Role::Handler
        | Role::Cashier
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::ProcedureController
        | Role::VerticalAgency
        | Role::Admin
        | Role::System => false,
    }
}

/// The file for some days, both ends included.
pub async fn file(api: &Api, actor: &Actor, office: &str, from: Date, to: Date) -> Result<Vec<u8>> {
    let mut lines: Vec<RegisterLine> = Vec::new();
    let mut reserved: Vec<String> = Vec::new();
    let mut named: Vec<Uuid> = Vec::new();
    let mut at = Moment::default();
    let mut day = from;
    loop {
        for event in entries(api, office, day).await? {
            let line = match event {
                RegisterEvent::Entered(entered) => {
                    let row = tracking::by_id(&api.models, entered.dossier).await?;
                    let changes = history::of_dossier(&api.models, entered.dossier).await?;
                    let Some(row) = row else { continue };
                    at = changes
                        .last()
                        .map_or(at, |change| at.max(change.fact.recorded_at));
                    let opened = match access::sight(actor, &row) {
                        Sight::None => None,
                        sight => {
                            if sight == Sight::Open {
                                named.push(row.id);
                            }
                            applicant::open(
                                api,
                                row.id,
                                Until::End,
                                sight == Sight::Open,
                                sight == Sight::Open,
                            )
                            .await?
                        }
                    };
                    line(api, &entered.code.to_string(), &row, &changes, opened)
                }
                RegisterEvent::CodeVoided(voided) => RegisterLine {
                    code: voided.code.to_string(),
                    note: "Số không dùng".into(),
                    ..RegisterLine::default()
                },
                RegisterEvent::CodesReserved(block) => {
                    for sequence in block.first..=block.last {
                        let code = DossierCode::new(&block.office, day, sequence);
                        reserved.push(code.map_err(Problem::internal)?.to_string());
                    }
                    continue;
                }
            };
            lines.push(line);
        }
        if day >= to {
            break;
        }
        day = day.tomorrow().map_err(Problem::internal)?;
    }
    looks::record(api, actor, Purpose::Paper, &named).await?;
    // A number that lies ready at a desk is no gap: it stands in its place until a dossier or a reason takes it.
    reserved.retain(|code| lines.iter().all(|line| line.code != *code));
    lines.extend(reserved.into_iter().map(|code| RegisterLine {
        code,
        note: "Số dành cho quầy, chưa dùng".into(),
        ..RegisterLine::default()
    }));
    lines.sort_by(|left, right| left.code.cmp(&right.code));
    let register = Register {
        letterhead: letterhead(api.office.opened(), &api.models.reference(), office, to),
        office_code: office.to_owned(),
        from,
        to,
        at,
        lines,
    };
    print_register(&register, at).map_err(Problem::internal)
}

async fn entries(api: &Api, office: &str, day: Date) -> Result<Vec<RegisterEvent>> {
    let id = stream::register(office, day);
    let facts = history::facts(&api.models, id).await?;
    let events = facts.into_iter().filter_map(|fact| match fact.event {
        Event::Register(event) => Some(event),
        Event::Dossier(_)
        | Event::Journal(_)
        | Event::Reference(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_) => None,
    });
    Ok(events.collect())
}

fn line(
    api: &Api,
    code: &str,
    row: &tracking::DossierRow,
    changes: &[Change],
    person: Option<applicant::Applicant>,
) -> RegisterLine {
    let reference = api.models.reference();
    let day = row.received_at.unwrap_or(row.changed_at).date();
    let procedure = reference.procedure(&row.procedure, day);
    let first = |wanted: fn(&DossierEvent) -> bool| {
        let fact = changes
            .iter()
            .map(|change| &change.fact)
            .find(|fact| matches!(&fact.event, Event::Dossier(event) if wanted(event)));
        fact.map(|fact| fact.recorded_at)
    };
    let person = person.map(|person| {
        [person.full_name, person.address, person.phone]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    });
    let delivered = changes.last().and_then(|change| change.after.delivered);
    let note = match delivered {
        Some(DeliveryMethod::Counter) => "trả trực tiếp",
        Some(DeliveryMethod::Post) => "trả qua bưu chính",
        Some(DeliveryMethod::Online) => "trả trực tuyến",
        None => "",
    };
    let note = if row.office == row.reception_office {
        note.to_owned()
    } else {
        format!("{note} ({})", office_name(&reference, &row.office, day))
    };
    RegisterLine {
        code: code.to_owned(),
        procedure: procedure.map_or_else(
            || row.procedure.clone(),
            |procedure| procedure.name_vi.clone(),
        ),
        person: person.unwrap_or_default(),
        received_at: row.received_at,
        due_at: row.due_at,
        forwarded_at: first(|event| matches!(event, DossierEvent::Forwarded(_))),
        ended_at: row.ended_at,
        returned_at: changes.last().and_then(|change| change.after.delivered_at),
        note: note.trim().to_owned(),
    }
}

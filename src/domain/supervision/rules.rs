//! Who may do what under supervision, and what cannot be.

use jiff::civil::Date;

use super::{
    CorrectionDone, CorrectionOrdered, FindingNoted, HeldFinding, HeldInspection, InspectionClosed,
    InspectionOpened, ReminderAnswered, ReminderSent, ReviewPlan, SupervisionAct, SupervisionEvent,
};
use crate::domain::actor::{Actor, Role, is_id};
use crate::domain::code::DossierCode;
use crate::domain::dossier::Rejection;
use crate::domain::reference::{Reference, ReferenceEvent};
use crate::domain::text;

const DECISION_CHARS_MAX: usize = 200;
const TEAM_MAX: usize = 20;
const FACTS_MAX: usize = 100;
const DOSSIERS_MAX: usize = 100;
const PROCEDURES_MAX: usize = 500;

/// Procedure control inspects (the program furnishes a journal with inspections that were decided on before), orders and plans; the head of the inspected unit reports what was put right; the head of a
/// one-stop unit reminds, and the agency that was reminded replies.
///
/// # Errors
/// [`Rejection::WrongRole`], [`Rejection::NotOwnOffice`], [`Rejection::UnknownOffice`], [`Rejection::UnknownProcedure`],
/// [`Rejection::DuplicateRecord`], [`Rejection::AlreadyRecorded`], [`Rejection::InvalidRecord`].
pub fn decide(
    reference: &Reference,
    act: &SupervisionAct,
    actor: &Actor,
    today: Date,
) -> Result<ReferenceEvent, Rejection> {
    use SupervisionAct as A;
    let event = match act {
        A::OpenInspection(opened) => {
            only(actor, &[Role::ProcedureController, Role::System])?;
            open(reference, opened)?
        }
        A::NoteFinding {
            inspection,
            kind,
            facts,
            breach,
        } => {
            only(actor, &[Role::ProcedureController])?;
            let held = running(reference, inspection)?;
            if facts.len() > FACTS_MAX {
                return Err(invalid(
                    "facts: tối đa 100 vị trí",
                    "facts: at most 100 positions",
                ));
            }
            let number = u32::try_from(held.findings.len()).unwrap_or(u32::MAX);
            SupervisionEvent::FindingNoted(FindingNoted {
                inspection: inspection.clone(),
                number: number.saturating_add(1),
                kind: *kind,
                facts: facts.clone(),
                breach: *breach,
            })
        }
        A::OrderCorrection {
            inspection,
            finding,
            due_on,
        } => {
            only(actor, &[Role::ProcedureController])?;
            let (_, found) = found(reference, inspection, *finding)?;
            if found.due_on.is_some() {
                return Err(Rejection::AlreadyRecorded);
            }
            not_before(*due_on, today)?;
            SupervisionEvent::CorrectionOrdered(CorrectionOrdered {
                inspection: inspection.clone(),
                finding: *finding,
                due_on: *due_on,
            })
        }
        A::ReportCorrection {
            inspection,
            finding,
        } => {
            only(actor, &[Role::CentreManager])?;
            let (held, found) = found(reference, inspection, *finding)?;
            own(actor, &held.opened.office)?;
            if found.done_on.is_some() {
                return Err(Rejection::AlreadyRecorded);
            }
            if found.due_on.is_none() {
                return Err(invalid(
                    "chưa có yêu cầu khắc phục cho phát hiện này",
                    "no correction of this finding was ordered",
                ));
            }
            SupervisionEvent::CorrectionDone(CorrectionDone {
                inspection: inspection.clone(),
                finding: *finding,
                on: today,
            })
        }
        A::CloseInspection { inspection } => {
            only(actor, &[Role::ProcedureController])?;
            running(reference, inspection)?;
            SupervisionEvent::InspectionClosed(InspectionClosed {
                inspection: inspection.clone(),
                on: today,
            })
        }
        A::Remind {
            to,
            dossiers,
            period,
            due_on,
        } => {
            only(actor, &[Role::CentreManager])?;
            remind(reference, actor, (to, dossiers, *period, *due_on), today)?
        }
        A::AnswerReminder { number } => {
            only(actor, &[Role::CentreManager, Role::Signer])?;
            let held = reference.supervision.reminder(*number);
            let held = held.ok_or_else(|| {
                invalid(
                    "không có văn bản đôn đốc số này",
                    "no reminder has this number",
                )
            })?;
            own(actor, &held.sent.to)?;
            if held.answered_on.is_some() {
                return Err(Rejection::AlreadyRecorded);
            }
            SupervisionEvent::ReminderAnswered(ReminderAnswered {
                number: *number,
                on: today,
            })
        }
        A::PlanReview(plan) => {
            only(actor, &[Role::ProcedureController, Role::Admin])?;
            plan_review(reference, plan)?
        }
    };
    Ok(ReferenceEvent::Supervision(event))
}

fn open(reference: &Reference, opened: &InspectionOpened) -> Result<SupervisionEvent, Rejection> {
    if !is_id(&opened.code) {
        return Err(invalid(
            "code: chữ, số và . _ - :, có ít nhất một chữ số",
            "code: letters, digits and . _ - :, a digit among them",
        ));
    }
    if reference.supervision.inspection(&opened.code).is_some() {
        return Err(Rejection::DuplicateRecord);
    }
    known(reference, &opened.office)?;
    if opened.to < opened.from {
        return Err(invalid(
            "ngày cuối đứng trước ngày đầu",
            "it ends before it begins",
        ));
    }
    let posts = (1..=TEAM_MAX).contains(&opened.team.len());
    if !posts || !opened.team.iter().all(|post| is_id(post)) {
        return Err(invalid(
            "team: 1 đến 20 mã vị trí, không ghi tên người",
            "team: 1 to 20 codes of posts, never names",
        ));
    }
    let decision = decision(&opened.decision)?;
    Ok(SupervisionEvent::InspectionOpened(InspectionOpened {
        decision,
        ..opened.clone()
    }))
}

type Asked<'a> = (&'a String, &'a Vec<String>, Option<(Date, Date)>, Date);

fn remind(
    reference: &Reference,
    actor: &Actor,
    (to, dossiers, period, due_on): Asked<'_>,
    today: Date,
) -> Result<SupervisionEvent, Rejection> {
    known(reference, to)?;
    if *to == actor.office {
        return Err(invalid(
            "to: cơ quan không tự đôn đốc mình",
            "to: an office does not remind itself",
        ));
    }
    not_before(due_on, today)?;
    if dossiers.is_empty() == period.is_none() {
        return Err(invalid(
            "ghi các hồ sơ hoặc khoảng ngày, không ghi cả hai",
            "name the dossiers or the days it is about, not both",
        ));
    }
    let sound = |code: &String| code.parse::<DossierCode>().is_ok();
    if dossiers.len() > DOSSIERS_MAX || !dossiers.iter().all(sound) {
        return Err(invalid(
            "dossiers: tối đa 100 mã hồ sơ",
            "dossiers: at most 100 codes",
        ));
    }
    if period.is_some_and(|(from, to)| to < from) {
        return Err(invalid(
            "period: ngày cuối đứng trước ngày đầu",
            "period: it ends before it begins",
        ));
    }
    let sent = u32::try_from(reference.supervision.reminders.len()).unwrap_or(u32::MAX);
    Ok(SupervisionEvent::ReminderSent(ReminderSent {
        number: sent.saturating_add(1),
        from: actor.office.clone(),
        to: to.clone(),
        dossiers: dossiers.clone(),
        period,
        on: today,
        due_on,
    }))
}

fn plan_review(reference: &Reference, plan: &ReviewPlan) -> Result<SupervisionEvent, Rejection> {
    if !(2010..=2100).contains(&plan.year) {
        return Err(invalid(
            "year: không phải năm rà soát",
            "year: no year of a review",
        ));
    }
    if plan.procedures.is_empty() || plan.procedures.len() > PROCEDURES_MAX {
        return Err(invalid(
            "procedures: 1 đến 500 mã thủ tục",
            "procedures: 1 to 500 codes",
        ));
    }
    let mut all = plan.procedures.iter();
    if let Some(unknown) = all.find(|code| !reference.procedures.contains_key(*code)) {
        return Err(Rejection::UnknownProcedure(unknown.clone()));
    }
    let cuts = [plan.time_cut_percent, plan.cost_cut_percent];
    if cuts.into_iter().flatten().any(|percent| percent > 100) {
        return Err(invalid(
            "mức cắt giảm tối đa 100 phần trăm",
            "a cut is at most 100 percent",
        ));
    }
    let plan = ReviewPlan {
        decision: decision(&plan.decision)?,
        ..plan.clone()
    };
    if reference.supervision.plans.contains(&plan) {
        return Err(Rejection::DuplicateRecord);
    }
    Ok(SupervisionEvent::ReviewPlanned(plan))
}

fn inspection<'a>(reference: &'a Reference, code: &str) -> Result<&'a HeldInspection, Rejection> {
    let held = reference.supervision.inspection(code);
    held.ok_or_else(|| {
        invalid(
            "không có cuộc kiểm tra mang mã này",
            "no inspection has this code",
        )
    })
}

fn running<'a>(reference: &'a Reference, code: &str) -> Result<&'a HeldInspection, Rejection> {
    let held = inspection(reference, code)?;
    match held.closed_on {
        Some(_) => Err(invalid(
            "cuộc kiểm tra đã kết thúc",
            "the inspection is closed",
        )),
        None => Ok(held),
    }
}

/// Also of a closed inspection: what it found is put right later.
fn found<'a>(
    reference: &'a Reference,
    code: &str,
    number: u32,
) -> Result<(&'a HeldInspection, &'a HeldFinding), Rejection> {
    let held = inspection(reference, code)?;
    let mut all = held.findings.iter();
    let found = all.find(|one| one.noted.number == number);
    Ok((
        held,
        found.ok_or_else(|| {
            invalid(
                "không có phát hiện mang số này",
                "no finding has this number",
            )
        })?,
    ))
}

fn only(actor: &Actor, roles: &[Role]) -> Result<(), Rejection> {
    if roles.contains(&actor.role) {
        Ok(())
    } else {
        Err(Rejection::WrongRole { role: actor.role })
    }
}

fn own(actor: &Actor, office: &str) -> Result<(), Rejection> {
    if actor.office == office {
        Ok(())
    } else {
        Err(Rejection::NotOwnOffice {
            own: actor.office.clone(),
            office: office.to_owned(),
        })
    }
}

fn known(reference: &Reference, office: &str) -> Result<(), Rejection> {
    if reference.offices.contains_key(office) {
        Ok(())
    } else {
        Err(Rejection::UnknownOffice(office.to_owned()))
    }
}

fn not_before(day: Date, today: Date) -> Result<(), Rejection> {
    if day < today {
        Err(invalid("ngày này đã qua", "the day has passed"))
    } else {
        Ok(())
    }
}

fn decision(text: &str) -> Result<String, Rejection> {
    let cleaned = text::required(text, DECISION_CHARS_MAX);
    cleaned.map_err(|error| Rejection::InvalidRecord(format!("decision: {error}")))
}

fn invalid(vietnamese: &'static str, english: &'static str) -> Rejection {
    Rejection::Unfit(vietnamese, english)
}

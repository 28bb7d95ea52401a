//! What a plan adds to the courses of its dossiers: papers entered and scanned, fees paid, results signed digitally, ratings,
//! reports. The hours that decide whether a dossier is in time are never touched.

use super::course::{DAY, HOUR, MINUTE};
use super::{Deed, Stage, Step, Who};
use crate::domain::catalogue::Procedure;
use crate::domain::code::OfficeCode;
use crate::domain::dossier::Digitisation;
use crate::domain::text;
use crate::domain::time::Moment;
use crate::scenario::dice::Dice;
use crate::scenario::plan::Experience;

/// Ratings are on three levels: not satisfied, satisfied, very satisfied.
const NOT_SATISFIED: u8 = 1;

/// How the field of procedures that certify is called, without marks.
const CERTIFICATION: &str = "chung thuc";

/// Adds to the steps of one dossier what the plan's experience says.
pub(super) fn add(
    stage: &Stage<'_>,
    experience: Experience,
    procedure: &Procedure,
    steps: &mut Vec<Step>,
    dice: &mut Dice,
) {
    enter_papers(experience, procedure, steps, dice);
    for step in steps.iter_mut() {
        if let Deed::SignResult {
            digital,
            certifies_copy,
            ..
        } = &mut step.deed
        {
            *digital = dice.percent(experience.electronic_results_percent);
            *certifies_copy = text::fold(&procedure.field_vi).contains(CERTIFICATION);
        }
    }
    if let Some(last) = steps.last().copied()
        && matches!(last.deed, Deed::DeliverResult(_))
    {
        speak(stage, experience, last, steps, dice);
    }
}

/// Right after acceptance: the first paper, and the fee where the catalogue knows one.
fn enter_papers(
    experience: Experience,
    procedure: &Procedure,
    steps: &mut Vec<Step>,
    dice: &mut Dice,
) {
    let is_acceptance = |step: &Step| matches!(step.deed, Deed::Accept | Deed::AcceptAtCounter);
    let Some(place) = steps.iter().position(is_acceptance) else {
        return;
    };
    let accepted = steps[place];
    let digitisation = if !dice.percent(experience.digitised_percent) {
        Digitisation::None
    } else if dice.percent(experience.reused_percent) {
        Digitisation::FromDossier
    } else {
        Digitisation::Here
    };
    let mut added = vec![Step {
        deed: Deed::EnterPaper { digitisation },
        ..accepted
    }];
    if let Some(vnd) = procedure.fee.vnd.filter(|vnd| *vnd > 0) {
        let online = dice.percent(experience.paid_online_percent);
        added.push(Step {
            deed: Deed::ChargeFee { vnd },
            ..accepted
        });
        added.push(Step {
            who: if online { Who::Gateway } else { Who::Cashier },
            deed: Deed::ConfirmFee { vnd, online },
            ..accepted
        });
    }
    let rest = steps.split_off(place + 1);
    steps.extend(added);
    steps.extend(rest);
}

/// After the result is in hand: a rating, and now and then a report that the head of the unit answers.
fn speak(
    stage: &Stage<'_>,
    experience: Experience,
    delivered: Step,
    steps: &mut Vec<Step>,
    dice: &mut Dice,
) {
    let is_told = |at: Moment| at.date() <= stage.plan.ends;
    let at = delivered.at.plus(dice.between(10 * MINUTE, 2 * DAY));
    if !is_told(at) || !dice.percent(experience.rated_percent) {
        return;
    }
    let satisfied = dice.percent(experience.satisfied_percent);
    let score = if satisfied {
        NOT_SATISFIED + 1 + u8::from(dice.percent(50))
    } else {
        NOT_SATISFIED
    };
    steps.push(Step {
        at,
        who: Who::Applicant,
        deed: Deed::Rate { score },
        ..delivered
    });
    if satisfied || !dice.percent(experience.reports_of_dissatisfied_percent) {
        return;
    }
    let reported = at.plus(HOUR);
    let answered = stage.time.at(reported) + dice.between(HOUR, 3 * DAY);
    if let Some(answered) = stage.time.moment(answered).filter(|at| is_told(*at)) {
        steps.push(Step {
            at: reported,
            who: Who::Applicant,
            deed: Deed::Report,
            ..delivered
        });
        steps.push(Step {
            at: answered,
            who: Who::Manager,
            deed: Deed::AnswerReport,
            ..delivered
        });
    }
}

/// After all else: the questions of the campaigns that ask about the dossier on the day.
pub(super) fn survey(
    stage: &Stage<'_>,
    procedure: &Procedure,
    office: &OfficeCode,
    steps: &mut Vec<Step>,
    dice: &mut Dice,
    (answered, scale): (&mut [u32], u32),
) {
    let delivered = |step: &Step| matches!(step.deed, Deed::DeliverResult(_));
    let Some(last) = steps
        .last()
        .copied()
        .filter(|_| steps.iter().any(delivered))
    else {
        return;
    };
    for (place, survey) in stage.plan.surveys.iter().enumerate() {
        let at = last.at.plus(dice.between(HOUR, 2 * DAY));
        let answers = dice.percent(survey.answered_percent);
        let campaign = &survey.campaign;
        let field = Some(procedure.field_vi.as_str());
        let asked = campaign.is_about(office.as_str(), &procedure.code, field);
        let on_its_days = (campaign.from..=campaign.to).contains(&at.date());
        if !answers || !asked || !on_its_days || at.date() > stage.plan.ends {
            continue;
        }
        let counted = survey
            .counts
            .map(|counts| counts.next(answered[place], scale));
        if counted == Some(None) {
            continue;
        }
        answered[place] += 1;
        let mut satisfied = 0;
        for question in 0..campaign.questions.len() {
            let drawn = dice.percent(survey.satisfied_percent);
            satisfied |= u16::from(counted.flatten().unwrap_or(drawn)) << question;
        }
        steps.push(Step {
            at,
            who: Who::Applicant,
            deed: Deed::AnswerSurvey {
                survey: place,
                satisfied,
            },
            ..last
        });
    }
}

//! Supervision as it stands, folded from its facts.

use jiff::civil::Date;

use super::{FindingNoted, InspectionOpened, ReminderSent, ReviewPlan, SupervisionEvent};

/// A finding with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldFinding {
    pub noted: FindingNoted,
    /// By when it is to be put right.
    pub due_on: Option<Date>,
    /// The day on which that was reported.
    pub done_on: Option<Date>,
}

impl HeldFinding {
    /// To be put right by a day that has passed, and not done by it.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        self.due_on
            .is_some_and(|due| due < self.done_on.unwrap_or(today))
    }
}

/// An inspection with its findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldInspection {
    pub opened: InspectionOpened,
    pub findings: Vec<HeldFinding>,
    pub closed_on: Option<Date>,
}

/// A reminder with its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldReminder {
    pub sent: ReminderSent,
    pub answered_on: Option<Date>,
}

impl HeldReminder {
    /// No reply by its day.
    #[must_use]
    pub fn is_late(&self, today: Date) -> bool {
        self.sent.due_on < self.answered_on.unwrap_or(today)
    }
}

/// All of it, in order of recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supervision {
    pub inspections: Vec<HeldInspection>,
    pub reminders: Vec<HeldReminder>,
    pub plans: Vec<ReviewPlan>,
}

impl Supervision {
    #[must_use]
    pub fn inspection(&self, code: &str) -> Option<&HeldInspection> {
        self.inspections.iter().find(|one| one.opened.code == code)
    }

    #[must_use]
    pub fn reminder(&self, number: u32) -> Option<&HeldReminder> {
        self.reminders.iter().find(|one| one.sent.number == number)
    }

    pub(in crate::domain) fn evolve(&mut self, event: &SupervisionEvent) {
        match event {
            SupervisionEvent::InspectionOpened(opened) => self.inspections.push(HeldInspection {
                opened: opened.clone(),
                findings: Vec::new(),
                closed_on: None,
            }),
            SupervisionEvent::FindingNoted(noted) => self.change(&noted.inspection, |one| {
                one.findings.push(HeldFinding {
                    noted: noted.clone(),
                    due_on: None,
                    done_on: None,
                });
            }),
            SupervisionEvent::CorrectionOrdered(ordered) => {
                self.change_finding(&ordered.inspection, ordered.finding, |one| {
                    one.due_on = Some(ordered.due_on);
                });
            }
            SupervisionEvent::CorrectionDone(done) => {
                self.change_finding(&done.inspection, done.finding, |one| {
                    one.done_on = Some(done.on);
                });
            }
            SupervisionEvent::InspectionClosed(closed) => {
                self.change(&closed.inspection, |one| one.closed_on = Some(closed.on));
            }
            SupervisionEvent::ReminderSent(sent) => self.reminders.push(HeldReminder {
                sent: sent.clone(),
                answered_on: None,
            }),
            SupervisionEvent::ReminderAnswered(answered) => {
                let mut all = self.reminders.iter_mut();
                if let Some(one) = all.find(|one| one.sent.number == answered.number) {
                    one.answered_on = Some(answered.on);
                }
            }
            SupervisionEvent::ReviewPlanned(plan) => self.plans.push(plan.clone()),
        }
    }

    fn change(&mut self, code: &str, change: impl FnOnce(&mut HeldInspection)) {
        let mut all = self.inspections.iter_mut();
        if let Some(one) = all.find(|one| one.opened.code == code) {
            change(one);
        }
    }

    fn change_finding(&mut self, code: &str, number: u32, change: impl FnOnce(&mut HeldFinding)) {
        self.change(code, |inspection| {
            let mut all = inspection.findings.iter_mut();
            if let Some(one) = all.find(|one| one.noted.number == number) {
                change(one);
            }
        });
    }
}

//! The reference shelf: calendars, policies, procedures and offices, folded from their facts.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::{
    Calendar, CalendarYear, DatedHours, HoursChange, Notice, NoticeChange, NoticeError, Outage,
};
use super::campaign::{CampaignEvent, HeldCampaign};
use super::catalogue::{Abolished, InternalProcess, Procedure, ReviewProposed};
use super::office::Office;
use super::policy::Policy;
use super::reorganisation::Reorganisation;
use super::supervision::{Supervision, SupervisionEvent};
use super::target::Target;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "a procedure's record is large; records are few, and read once"
)]
pub enum ReferenceEvent {
    CalendarDeclared(CalendarYear),
    PolicyAdopted(Policy),
    ProcedurePublished(Procedure),
    OfficeOpened(Office),
    NoticeIssued(Notice),
    ProcedureAbolished(Abolished),
    ProcessApproved(InternalProcess),
    ReviewProposed(ReviewProposed),
    TargetSet(Target),
    OfficesReorganised(Reorganisation),
    Campaign(CampaignEvent),
    Supervision(SupervisionEvent),
}

impl Eq for ReferenceEvent {}

/// Everything the rules look up. Cheap to clone: the records are shared.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    pub calendar: Calendar,
    pub policies: Vec<Arc<Policy>>,
    /// By code; versions in order of publication.
    pub procedures: BTreeMap<String, Vec<Arc<Procedure>>>,
    pub offices: BTreeMap<String, Arc<Office>>,
    /// In the order in which they were recorded.
    pub notices: Vec<Arc<Notice>>,
    /// What notices said of office hours, in their order.
    hours: Vec<HoursChange>,
    /// What notices said of outages, by their beginning.
    outages: Vec<Outage>,
    /// By code of the procedure, in order of recording.
    pub abolitions: BTreeMap<String, Vec<Arc<Abolished>>>,
    /// By code of the procedure, in order of approval.
    pub processes: BTreeMap<String, Vec<Arc<InternalProcess>>>,
    /// In order of recording.
    pub reviews: Vec<Arc<ReviewProposed>>,
    /// In the order in which they were set.
    pub targets: Vec<Arc<Target>>,
    /// In the order in which they were recorded.
    pub reorganisations: Vec<Arc<Reorganisation>>,
    /// By code.
    pub campaigns: BTreeMap<String, HeldCampaign>,
    pub supervision: Supervision,
}

impl Reference {
    pub fn evolve(&mut self, event: &ReferenceEvent) {
        match event {
            ReferenceEvent::CalendarDeclared(year) => self.calendar.declare(year.clone()),
            ReferenceEvent::PolicyAdopted(policy) => self.policies.push(Arc::new(policy.clone())),
            ReferenceEvent::ProcedurePublished(procedure) => self
                .procedures
                .entry(procedure.code.clone())
                .or_default()
                .push(Arc::new(procedure.clone())),
            ReferenceEvent::OfficeOpened(office) => {
                let office = self.ended(office.clone());
                self.offices.insert(office.code.clone(), Arc::new(office));
            }
            ReferenceEvent::NoticeIssued(notice) => self.notice(notice),
            ReferenceEvent::ProcedureAbolished(abolished) => self
                .abolitions
                .entry(abolished.code.clone())
                .or_default()
                .push(Arc::new(abolished.clone())),
            ReferenceEvent::ProcessApproved(process) => self
                .processes
                .entry(process.procedure.clone())
                .or_default()
                .push(Arc::new(process.clone())),
            ReferenceEvent::ReviewProposed(proposal) => {
                self.reviews.push(Arc::new(proposal.clone()));
            }
            ReferenceEvent::TargetSet(target) => self.targets.push(Arc::new(target.clone())),
            ReferenceEvent::OfficesReorganised(decided) => self.reorganise(decided),
            ReferenceEvent::Campaign(event) => self.campaign(event),
            ReferenceEvent::Supervision(event) => self.supervision.evolve(event),
        }
    }

    fn campaign(&mut self, event: &CampaignEvent) {
        match event {
            CampaignEvent::Opened(campaign) => {
                let held = HeldCampaign {
                    opened: Arc::new(campaign.clone()),
                    closed_on: None,
                };
                self.campaigns.insert(campaign.code.clone(), held);
            }
            CampaignEvent::Closed(closed) => {
                if let Some(held) = self.campaigns.get_mut(&closed.code) {
                    held.closed_on = Some(closed.on);
                }
            }
        }
    }

    fn notice(&mut self, notice: &Notice) {
        match &notice.change {
            NoticeChange::Days { off, worked } => {
                self.calendar
                    .change(off, worked, &notice.number, notice.certainty);
            }
            NoticeChange::Hours {
                office,
                from,
                to,
                hours,
            } => self.hours.push(HoursChange {
                office: office.clone(),
                from: *from,
                to: *to,
                hours: hours.clone(),
            }),
            NoticeChange::Outage { office, from, to } => {
                self.outages
                    .retain(|known| known.office != *office || known.from != *from);
                self.outages.push(Outage {
                    notice: notice.number.clone(),
                    office: office.clone(),
                    from: *from,
                    to: *to,
                });
                self.outages.sort_by_key(|outage| outage.from);
            }
        }
        self.notices.push(Arc::new(notice.clone()));
    }

    /// Refuses a notice that is malformed, or about an office or a year that nobody declared. The same number twice is the
    /// caller's to refuse.
    ///
    /// # Errors
    /// The first [`NoticeError`] met.
    pub fn check_notice(&self, notice: &Notice) -> Result<(), NoticeError> {
        match notice.office() {
            Some(code) if !self.offices.contains_key(code) => {
                return Err(NoticeError::Office(code.to_owned()));
            }
            Some(_) | None => {}
        }
        notice.check(&self.calendar, &self.outages)
    }

    /// The hours of an office on every day: its own (the usual ones for an unknown office), as notices change them.
    #[must_use]
    pub fn hours(&self, office: &str) -> DatedHours<'_> {
        let own = self.offices.get(office);
        let usual = own.map_or_else(Default::default, |office| office.office_hours());
        DatedHours::new(office, usual, &self.hours)
    }

    /// The outages in which an office's clocks stood still, by their beginning.
    pub fn outages(&self, office: &str) -> impl Iterator<Item = &Outage> {
        self.outages
            .iter()
            .filter(move |outage| outage.concerns(office))
    }

    /// All outages, by their beginning.
    pub fn all_outages(&self) -> impl Iterator<Item = &Outage> {
        self.outages.iter()
    }

    /// The newest version of a procedure that is in force on `date`; none once it is abolished.
    #[must_use]
    pub fn procedure(&self, code: &str, date: Date) -> Option<&Arc<Procedure>> {
        let mut versions = self.procedures.get(code)?.iter().rev();
        let newest = versions.find(|procedure| procedure.valid_on(date))?;
        let ended = self.abolition(code, newest.version);
        let ended = ended.is_some_and(|abolished| abolished.ended(newest.version, date));
        (!ended).then_some(newest)
    }

    /// The abolition that ends (or will end) this version.
    #[must_use]
    pub fn abolition(&self, code: &str, version: u32) -> Option<&Arc<Abolished>> {
        let recorded = self.abolitions.get(code)?.iter();
        recorded
            .filter(|abolished| version <= abolished.version)
            .min_by_key(|abolished| abolished.from)
    }

    /// The approved internal process to follow for a dossier accepted on `date`: the newest that is in effect.
    #[must_use]
    pub fn process(&self, procedure: &str, date: Date) -> Option<&Arc<InternalProcess>> {
        let approved = self.processes.get(procedure)?.iter();
        approved
            .filter(|process| process.effective_from <= date)
            .max_by_key(|process| process.version)
    }

    /// The approved process a dossier pinned, by its reference `code/version`.
    #[must_use]
    pub fn process_version(&self, reference: &str) -> Option<&Arc<InternalProcess>> {
        let (code, version) = reference.rsplit_once('/')?;
        let version: u32 = version.parse().ok()?;
        let mut approved = self.processes.get(code)?.iter();
        approved.find(|process| process.version == version)
    }

    #[must_use]
    pub fn procedure_version(&self, code: &str, version: u32) -> Option<&Arc<Procedure>> {
        self.procedures
            .get(code)?
            .iter()
            .rev()
            .find(|procedure| procedure.version == version)
    }

    /// The office with this code, if it exists on `date`.
    #[must_use]
    pub fn office(&self, code: &str, date: Date) -> Option<&Arc<Office>> {
        self.offices
            .get(code)
            .filter(|office| office.valid_on(date))
    }

    /// The newest target about the same as this one.
    #[must_use]
    pub fn target_in_force(&self, asked: &Target) -> Option<&Arc<Target>> {
        let mut newest_first = self.targets.iter().rev();
        newest_first.find(|known| known.is_about_the_same(asked))
    }

    /// The newest policy in force on `date`.
    #[must_use]
    pub fn policy(&self, date: Date) -> Option<&Arc<Policy>> {
        self.policies
            .iter()
            .rev()
            .find(|policy| policy.covers(date))
    }
}

/// What a journal says of itself in its first fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    pub id: uuid::Uuid,
    /// Scheme-less URL prefix of the log; `localhost/<id>` for an embedded or simulated journal.
    pub origin: String,
    pub kind: JournalKind,
    /// Which clock stamps the facts: `database` or `story`.
    pub clock: ClockKind,
    /// Format of the facts, from 1.
    pub format: u32,
    /// A simulation's story, so that nothing of it is taken for real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<Story>,
    /// Whose history an imported journal holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teller: Option<Teller>,
}

impl Opened {
    /// `live`, `simulated:<story>` or `imported:<system>`: on everything that is taken away.
    #[must_use]
    pub fn data(&self) -> String {
        let (kind, of) = match self.kind {
            JournalKind::Live => return "live".to_owned(),
            JournalKind::Simulated => {
                let story = self.story.as_ref();
                ("simulated", story.map(|story| &story.scenario))
            }
            JournalKind::Imported => {
                let teller = self.teller.as_ref();
                ("imported", teller.map(|teller| &teller.system))
            }
        };
        of.map_or_else(|| kind.to_owned(), |of| format!("{kind}:{of}"))
    }

    /// What must be said beside everything shown from it: (Vietnamese, English). Nothing of a live one.
    #[must_use]
    pub fn says(&self) -> Option<(String, String)> {
        match self.kind {
            JournalKind::Live => None,
            JournalKind::Simulated => {
                let (vi, en) = self.story.as_ref().map_or(("", ""), Story::says);
                Some((
                    format!("Dữ liệu mô phỏng. {vi}"),
                    format!("Simulated data. {en}"),
                ))
            }
            JournalKind::Imported => self.teller.as_ref().map(Teller::says),
        }
    }
}

/// The system whose claims an imported journal holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teller {
    /// Its code, as in every claim.
    pub system: String,
    pub name_vi: String,
    pub name_en: String,
}

impl Teller {
    /// What must be said beside everything that it tells: (Vietnamese, English).
    #[must_use]
    pub fn says(&self) -> (String, String) {
        (
            format!(
                "Dữ liệu do hệ thống “{}” khai, nhập vào đây sau đó: thời điểm là lời khai, sổ này chỉ chứng minh đã nhập gì và ngày nào.",
                self.name_vi
            ),
            format!(
                "Claimed by the system “{}” and imported later: the times are its claims, this record proves only what was imported and when.",
                self.name_en
            ),
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalKind {
    Live,
    Simulated,
    /// What another system tells, with the times it claims.
    Imported,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    Database,
    Story,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    pub scenario: String,
    pub seed: String,
    /// The last day of the story.
    pub ends_on: Date,
    /// The offices are invented, names and all: what the detector finds may be shown, for it accuses nobody.
    #[serde(default, skip_serializing_if = "is_false")]
    pub invented: bool,
}

impl Story {
    /// What of it is real: (Vietnamese, English).
    #[must_use]
    pub fn says(&self) -> (&'static str, &'static str) {
        if self.invented {
            (
                "Cơ quan, con số, người và hồ sơ đều là hư cấu.",
                "Offices, figures, people and dossiers are all invented.",
            )
        } else {
            (
                "Chỉ các con số tổng là của cơ quan; mọi thứ khác đều là hư cấu.",
                "Only totals are the office's; everything else is invented.",
            )
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

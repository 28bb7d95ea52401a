//! Office hours by the day: an office's own, as notices change them from one day to another.

use jiff::civil::Date;

use super::OfficeHours;

/// Whatever knows the office hours of a day. Plain [`OfficeHours`] are the same every day.
pub trait Timetable: Sync {
    /// The spans of `day`, if it is worked: whether it is says the calendar alone.
    fn on(&self, day: Date) -> &OfficeHours;
}

impl Timetable for OfficeHours {
    fn on(&self, _: Date) -> &OfficeHours {
        self
    }
}

/// Hours that a notice sets for one office, or for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursChange {
    /// Agency code; every office when absent.
    pub office: Option<String>,
    /// First day they hold.
    pub from: Date,
    /// Last day they hold; until further notice when absent.
    pub to: Option<Date>,
    pub hours: OfficeHours,
}

impl HoursChange {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// One office's hours on every day. A change for the office itself goes before one for all, a later notice before an earlier.
#[derive(Debug, Clone)]
pub struct DatedHours<'a> {
    usual: OfficeHours,
    /// What concerns this office, in the order of the notices.
    changes: Vec<&'a HoursChange>,
}

impl<'a> DatedHours<'a> {
    /// `usual` where none of `changes` says otherwise.
    pub fn new(
        office: &str,
        usual: OfficeHours,
        changes: impl IntoIterator<Item = &'a HoursChange>,
    ) -> Self {
        let concerns =
            |change: &&HoursChange| change.office.as_deref().is_none_or(|one| one == office);
        Self {
            usual,
            changes: changes.into_iter().filter(concerns).collect(),
        }
    }
}

impl Timetable for DatedHours<'_> {
    fn on(&self, day: Date) -> &OfficeHours {
        let newest = |own: bool| {
            let holds =
                |change: &&&HoursChange| change.office.is_some() == own && change.covers(day);
            self.changes.iter().rev().find(holds)
        };
        newest(true)
            .or_else(|| newest(false))
            .map_or(&self.usual, |change| &change.hours)
    }
}

//! The procedures of a linked dossier: what each agency has, by when it is to settle it, what has become of it.

use super::{Story, Tone, is_named};
use crate::api::dossier::standing::{Timeliness, timeliness};
use crate::domain::dossier::{Dossier, Leg, LegOutcome, Phase};
use crate::projections::tracking::DossierRow;
use crate::web::dates::{self, When};
use crate::web::lang::Lang;
use crate::web::words;

/// One procedure of the group.
pub struct LegLine {
    pub name: String,
    pub agency: String,
    pub tone: Tone,
    pub state: String,
    /// Given, promised, handed over.
    pub times: Vec<(&'static str, When)>,
    /// What the law says of its time where nothing is promised.
    pub note: Option<String>,
    /// Papers that the applicant is asked for; with the receipt only.
    pub wanted: Vec<String>,
}

/// In the order of the group.
pub fn lines(dossier: &Dossier, story: &Story<'_>, lang: Lang) -> Vec<LegLine> {
    let line = |leg: &Leg| {
        let row = leg.opened.as_ref().and_then(|opened| {
            let mut rows = story.legs.iter();
            rows.find(|row| row.id == opened.id)
        });
        let record = story.procedure.and_then(|whole| whole.leg(leg.plan.place));
        let hidden =
            !is_named(story) || row.is_some_and(|row| row.sensitive) && story.holder.is_none();
        let name = record.filter(|_| !hidden);
        let has_it = row.map_or(leg.plan.office.as_str(), |row| row.office.as_str());
        let office = story.reference.offices.get(has_it);
        let note = record.filter(|leg| leg.limit.is_none());
        let note = note.and_then(|leg| leg.limit_note_vi.as_ref().zip(leg.limit_note_en.as_ref()));
        let (tone, state) = state(dossier, leg, row, story, lang);
        LegLine {
            name: match name {
                Some(leg) => lang.of(&leg.name_vi, &leg.name_en).clone(),
                None => format!("{} {}", lang.of("Thủ tục", "Part"), leg.plan.place),
            },
            agency: match office {
                Some(office) => lang.of(&office.name_vi, &office.name_en).clone(),
                None => has_it.to_owned(),
            },
            tone,
            state,
            times: times(leg, row, lang),
            note: note.map(|(vi, en)| lang.of(vi, en).clone()),
            wanted: row.map_or_else(Vec::new, |row| wanted(row, story)),
        }
    };
    dossier.legs.iter().map(line).collect()
}

fn state(
    dossier: &Dossier,
    leg: &Leg,
    row: Option<&DossierRow>,
    story: &Story<'_>,
    lang: Lang,
) -> (Tone, String) {
    let Some(row) = row else {
        let tone = match leg.ended {
            Some((LegOutcome::NotBegun, _)) => Tone::Bad,
            Some(_) => Tone::Warn,
            None => Tone::Info,
        };
        let ready = dossier.leg_ready_since(leg).is_some();
        return (tone, lang.pick(leg.unopened(ready)).to_owned());
    };
    let label = lang.pick(words::phase(row.phase));
    let (tone, against) = match timeliness(row, story.now) {
        Timeliness::Overdue => (Tone::Bad, lang.of("quá hẹn", "overdue")),
        Timeliness::Late => (Tone::Bad, lang.of("trễ hẹn", "late")),
        Timeliness::Early => (Tone::Good, lang.of("sớm", "early")),
        Timeliness::OnTime => (Tone::Good, lang.of("đúng hẹn", "on time")),
        Timeliness::WaitingForApplicant => (Tone::Warn, lang.of("chờ ông/bà", "waits for you")),
        Timeliness::WaitingForAgency => (
            Tone::Warn,
            lang.of("chờ cơ quan khác sửa kết quả", "waits for another agency"),
        ),
        Timeliness::InTime => (Tone::Info, lang.of("trong hạn", "in time")),
        Timeliness::NotPromised if leg.is_completed() => return (Tone::Good, label.to_owned()),
        Timeliness::NotPromised => return (Tone::Info, label.to_owned()),
        Timeliness::ClosedWithoutSettlement => return (Tone::Warn, label.to_owned()),
    };
    (tone, format!("{label} · {against}"))
}

fn times(leg: &Leg, row: Option<&DossierRow>, lang: Lang) -> Vec<(&'static str, When)> {
    let given = leg.opened.as_ref().map(|opened| opened.at);
    let due = row
        .and_then(|row| row.due_at)
        .filter(|_| leg.ended.is_none());
    let all = [
        (lang.of("Chuyển cho cơ quan", "Given to the agency"), given),
        (lang.of("Hẹn xong", "Promised for"), due),
        (lang.of("Xong", "Settled"), leg.ended.map(|(_, at)| at)),
        (
            lang.of("Trả kết quả", "Handed over"),
            leg.delivered.map(|(_, at)| at),
        ),
    ];
    let told = all.into_iter();
    told.filter_map(|(label, at)| Some((label, dates::short(at?, lang))))
        .collect()
}

fn wanted(row: &DossierRow, story: &Story<'_>) -> Vec<String> {
    let asked = matches!(row.phase, Phase::AwaitingSupplement(_)) && story.holder.is_some();
    let version = row.procedure_version;
    let record = match version {
        Some(version) => story.reference.procedure_version(&row.procedure, version),
        None => story.reference.procedure(&row.procedure, story.now.date()),
    };
    let components = record.map_or(&[][..], |record| &record.components);
    let items = row.supplement_items.iter().filter(|_| asked);
    items
        .filter_map(|item| components.get(usize::try_from(*item).ok()?.checked_sub(1)?))
        .map(|component| component.name_vi.clone())
        .collect()
}

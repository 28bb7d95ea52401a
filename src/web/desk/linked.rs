//! Linked dossiers on the desk: which agency settles which leg, what each has come to, what a leg belongs to.

use super::fields::{Field, Kind};
use super::told::{Dossier, Leg};
use super::{Choice, when};
use crate::web::dates::When;
use crate::web::lang::Lang;

/// A leg as the counter sees it.
pub struct LegLine {
    pub name: String,
    pub office: String,
    pub state: String,
    /// Its code at the agency, where this reader may open it.
    pub code: Option<String>,
    pub due: Option<When>,
}

pub fn lines(told: &Dossier, lang: Lang) -> Vec<LegLine> {
    let line = |leg: &Leg| LegLine {
        name: match &leg.name {
            Some(name) => format!("{}. {}", leg.place, name.said(lang)),
            None => leg.place.to_string(),
        },
        office: leg
            .office
            .as_ref()
            .map_or_else(String::new, |office| office.name.said(lang)),
        state: leg.status_label.said(lang),
        code: leg.code.clone(),
        due: when(leg.due_at.as_ref(), lang),
    };
    told.legs.iter().flatten().map(line).collect()
}

/// The fields of `acceptLinkedDossier`: how it goes, and an agency for each leg.
pub fn agencies(told: &Dossier, offices: &[Choice], lang: Lang) -> Vec<Field> {
    let manners = [
        (
            "ELECTRONIC",
            lang.of(
                "Điện tử: chuyển ngay khi đủ kết quả cần thiết",
                "Electronic: as soon as the results needed are there",
            ),
        ),
        (
            "PAPER",
            lang.of(
                "Giấy: lần lượt từng cơ quan",
                "On paper: one agency after the other",
            ),
        ),
    ];
    let manners = manners.map(|(value, words)| (value.to_owned(), words.to_owned()));
    let label = lang.of(
        "Cách chuyển giữa các cơ quan",
        "How it goes between agencies",
    );
    let mut fields = vec![Field::new("manner", label, Kind::Choices(manners.to_vec()))];
    let own = told.office.as_ref().map(|office| {
        let name = office.name.said(lang);
        (office.code.clone(), name)
    });
    let linkage = told.procedure.as_ref().and_then(|one| one.linkage.as_ref());
    let legs = linkage.map_or(&[][..], |linkage| &linkage.legs);
    fields.extend(legs.iter().map(|leg| {
        let mut offered: Vec<Choice> = own.iter().chain(offices).cloned().collect();
        if leg.optional {
            let without = lang.of("– không yêu cầu –", "– not asked for –");
            offered.insert(0, (String::new(), without.to_owned()));
        }
        let kind = Kind::Leg {
            place: leg.place,
            name: format!("{}. {} ({})", leg.place, leg.name.said(lang), leg.agency_vi),
            offices: offered,
        };
        Field::new("legs", "", kind)
    }));
    fields
}

/// Whose result is sent back.
pub fn results(told: &Dossier, lang: Lang) -> Vec<Field> {
    let results = told.leg_of.iter().flat_map(|leg_of| &leg_of.results);
    let places = results.map(|result| {
        let number = result.number.clone().unwrap_or_default();
        (
            result.place.to_string(),
            format!("{}. {number}", result.place),
        )
    });
    let label = lang.of("Kết quả có sai sót", "The result with the mistake");
    vec![Field::new("place", label, Kind::Places(places.collect()))]
}

/// Who asked for a correction.
pub fn asking(told: &Dossier, lang: Lang) -> Vec<Field> {
    let places = told
        .leg_of
        .iter()
        .flat_map(|leg_of| &leg_of.corrections_asked_by);
    let places = places.map(|place| (place.to_string(), place.to_string()));
    let label = lang.of("Thủ tục đề nghị sửa", "The part that asks");
    vec![Field::new("place", label, Kind::Places(places.collect()))]
}

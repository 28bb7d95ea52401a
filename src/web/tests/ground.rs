//! A small office with the shipped calendars and catalogue.

use super::*;
pub(super) const CODE: &str = "H38.40-261109-0007";
pub(super) const OFFICE: &str = "H38.40";

pub(super) fn at(text: &str) -> Moment {
    format!("{text}:00+07:00").parse().expect("an instant")
}

pub(super) fn opened(kind: JournalKind) -> Opened {
    let story = crate::domain::reference::Story {
        scenario: "a-small-story".into(),
        seed: "1".into(),
        ends_on: date(2026, 11, 22),
        invented: false,
    };
    Opened {
        id: Uuid::nil(),
        origin: "localhost/x".into(),
        kind,
        clock: ClockKind::Story,
        format: 1,
        story: (kind == JournalKind::Simulated).then_some(story),
        teller: None,
    }
}

pub(super) fn frame(lang: Lang, who: Option<&Actor>) -> Frame {
    Frame::new(lang, "/t/X", &opened(JournalKind::Simulated), who)
}

pub(super) fn reference() -> Reference {
    let mut reference = Reference::default();
    for year in Calendar::shipped() {
        reference.evolve(&ReferenceEvent::CalendarDeclared(year));
    }
    for procedure in procedures() {
        reference.evolve(&ReferenceEvent::ProcedurePublished(procedure));
    }
    for (code, name, level) in [
        (OFFICE, "Ủy ban nhân dân xã Mẫu Sơn", "commune"),
        ("H38.41", "Ủy ban nhân dân phường <Đông> & Tây", "commune"),
        (
            "H38",
            "Trung tâm Phục vụ hành chính công tỉnh Mẫu",
            "province",
        ),
    ] {
        let office: Office = serde_json::from_value(serde_json::json!({
            "code": code, "name_vi": name, "name_en": format!("Office {code}"), "level": level,
            "valid_from": "2025-07-01", "address_vi": "Số 1, đường Lê Lợi", "phone": "0000000000",
            "certainty": "illustrative"
        }))
        .expect("an office");
        reference.evolve(&ReferenceEvent::OfficeOpened(office));
    }
    reference
}

pub(super) fn procedures() -> Vec<Procedure> {
    serde_json::from_str(include_str!("../../../data/catalogue.json")).expect("the catalogue")
}

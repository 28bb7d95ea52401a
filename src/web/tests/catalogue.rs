//! Catalogue pages from the shipped records.

use std::sync::Arc;

use super::*;
use crate::domain::policy::Policy;
use crate::projections::catalogue::sought::Found;
use crate::projections::statistics::taken::{Most, Taken};
use crate::web::procedures::{
    Asked, LeafletPage, Place, ProcedurePage, ProceduresPage, SheetPage, Subject, Wall,
};

const BASE: &str = "http://127.0.0.1:8080";

/// With the shipped policies: without one nothing is promised.
fn shelf() -> Reference {
    let mut shelf = reference();
    for policy in Policy::shipped() {
        shelf.evolve(&ReferenceEvent::PolicyAdopted(policy));
    }
    shelf
}

fn found() -> Found {
    let mut found = Found::default();
    for one in procedures() {
        let field = (one.field_vi.clone(), one.field_en.clone());
        *found.fields.entry(field).or_default() += 1;
        found.procedures.push(Arc::new(one));
    }
    found.procedures.sort_by(|a, b| a.code.cmp(&b.code));
    found
}

pub(super) fn listed(lang: Lang) -> ProceduresPage {
    let reference = shelf();
    let offices: Vec<_> = reference.offices.values().cloned().collect();
    let asked = Asked {
        words: "<script>alert(1)</script>".into(),
        field: "Hộ tịch".into(),
        office: reference.offices.get(OFFICE).cloned(),
        ..Asked::default()
    };
    ProceduresPage::new(frame(lang, None), &asked, &found(), None, &offices)
}

/// On a day of the shipped calendars.
fn place(reference: &Reference, today: jiff::civil::Date) -> Place<'_> {
    Place {
        reference,
        today,
        office: reference.offices.get(OFFICE).map(|office| &**office),
    }
}

fn shown(lang: Lang, one: &Procedure, today: jiff::civil::Date) -> ProcedurePage {
    let reference = shelf();
    let takers: Vec<_> = reference.offices.values().cloned().collect();
    let taken = Taken {
        since: date(2025, 11, 27),
        most: Some(Most {
            days: 3,
            within: 81,
            of: 100,
        }),
        enough: true,
    };
    let subject = Subject {
        procedure: one,
        place: place(&reference, today),
        takers: &takers,
        taken: Some(taken),
        forecast: None,
        recorded: &|_| Some(date(2026, 1, 2)),
        base: BASE,
    };
    ProcedurePage::new(frame(lang, None), &subject)
}

fn by_code(code: &str) -> Procedure {
    let mut all = procedures().into_iter();
    all.find(|one| one.code == code).expect("shipped")
}

pub(super) fn procedure(lang: Lang) -> ProcedurePage {
    shown(lang, &procedures()[0], date(2026, 11, 27))
}

pub(super) fn wall(lang: Lang) -> SheetPage {
    let (reference, found) = (shelf(), found());
    let wall = Wall {
        office: &reference.offices[OFFICE],
        reference: &reference,
        today: date(2026, 11, 27),
        found: &found,
        field: "",
        base: BASE,
    };
    SheetPage::new(frame(lang, None), &wall)
}

pub(super) fn leaflet(lang: Lang) -> LeafletPage {
    let reference = shelf();
    let place = place(&reference, date(2026, 11, 27));
    LeafletPage::new(frame(lang, None), &procedures()[0], &place, BASE)
}

#[test]
fn the_example_of_a_same_day_procedure_shows_both_sides_of_the_hour() {
    let text = procedure(Lang::En).render().expect("a page");
    assert!(text.contains("Filed today at 10:00"));
    assert!(text.contains("<time datetime=\"2026-11-27T17:00:00+07:00\">Friday 27 November 2026"));
    assert!(text.contains("Filed today at 15:30"));
    assert!(text.contains("<time datetime=\"2026-11-30T17:00:00+07:00\">Monday 30 November 2026"));
}

#[test]
fn an_example_that_reaches_a_year_not_announced_says_so() {
    // A hundred and more days from December end in 2027, whose days off are provisional.
    let long = Procedure {
        limit: Limit::WorkingDays(40),
        ..by_code("1.013225")
    };
    let text = shown(Lang::En, &long, date(2026, 12, 1));
    let text = text.render().expect("a page");
    assert!(text.contains("provisional: the days off of that year are not announced"));
    let text = shown(Lang::En, &by_code("1.013225"), date(2026, 11, 3));
    let text = text.render().expect("a page");
    assert!(text.contains("Filed today at 10:00") && !text.contains("provisional: the days"));
}

#[test]
fn a_day_off_counts_from_the_next_day_worked() {
    let text = shown(Lang::Vi, &by_code("1.013225"), date(2026, 11, 28));
    let text = text.render().expect("a page");
    assert!(text.contains("Nộp lúc 10:00, thứ Hai, ngày 30 tháng 11 năm 2026"));
}

#[test]
fn eight_of_ten_are_told_with_both_numbers() {
    let text = procedure(Lang::En).render().expect("a page");
    assert!(text.contains("At least 8 of 10 were done within 3 working days"));
    assert!(text.contains("81 of 100 dossiers (81.0 %)"));
}

#[test]
fn a_part_that_is_not_certain_bears_its_mark_and_a_verified_one_none() {
    let one = &procedures()[0];
    assert_eq!(one.limit_certainty, Certainty::Verified);
    let text = procedure(Lang::En).render().expect("a page");
    let marked = |text: &str, value: &str, mark: &str| {
        text.contains(&format!("{value} <span class=\"tag warn\">{mark}</span>"))
    };
    assert!(text.contains("The same day; the next working day when received after 15:00</p>"));
    assert!(marked(&text, "What the office does", "illustrative"));
    assert!(marked(&text, "Fully online</strong>", "not certain"));
    let vague = Procedure {
        limit_certainty: Certainty::Uncertain,
        ..one.clone()
    };
    let text = shown(Lang::Vi, &vague, date(2026, 11, 27));
    let text = text.render().expect("a page");
    assert!(marked(&text, "ngày làm việc tiếp theo", "chưa chắc chắn"));
}

#[test]
fn another_version_than_the_one_in_force_is_no_guide_and_says_so() {
    let old = Procedure {
        version: 7,
        ..procedures()[0].clone()
    };
    let text = shown(Lang::En, &old, date(2026, 11, 27));
    let text = text.render().expect("a page");
    assert!(text.contains("This is version 7, not the one in force (1)."));
    assert!(!text.contains("Filed today"));
}

#[test]
fn papers_that_differ_by_case_are_listed_by_case_under_their_own_numbers() {
    let mut one = procedures()[0].clone();
    one.cases = serde_json::from_value(serde_json::json!([
        {"name_vi": "Trẻ có giấy chứng sinh", "name_en": "With a birth notice", "items": [1, 2], "certainty": "verified"},
        {"name_vi": "Trẻ bị bỏ rơi", "name_en": "An abandoned child", "items": [1, 3], "certainty": "stated"}
    ]))
    .expect("cases");
    let text = shown(Lang::En, &one, date(2026, 11, 27));
    let text = text.render().expect("a page");
    assert!(text.contains("Case: With a birth notice</h3>"));
    let second = text.split("An abandoned child").nth(1).expect("a case");
    let papers = second.split("</ol>").next().expect("a list");
    assert!(papers.contains("<li value=\"3\">") && !papers.contains("<li value=\"2\">"));
    assert!(papers.contains("Not to be handed in when it can be taken from"));
}

#[test]
fn a_sheet_has_a_card_per_procedure_and_says_where_feedback_goes() {
    let text = wall(Lang::Vi).render().expect("a page");
    assert_eq!(text.matches("<li><div class=\"code-of\">").count(), 28);
    assert!(text.contains("127.0.0.1:8080/o/H38.40") && text.contains("0000000000"));
    assert!(text.contains("07:00–11:30, 13:30–17:00"));
    assert!(text.contains("DỮ LIỆU MÔ PHỎNG"));
}

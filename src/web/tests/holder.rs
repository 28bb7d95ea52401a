//! What the receipt opens, what the page says in its first screen, and whom it names to call.

use super::*;
use crate::domain::office::{Field, Post};
use crate::web::whom::Whom;

fn rendered(page: &impl Template) -> String {
    page.render().expect("a page")
}

#[test]
fn the_receipt_opens_name_sums_and_letters_and_is_kept_by_the_links_of_its_page() {
    let page = held(Lang::Vi, &overlooked(), "2026-11-20T10:00");
    let text = rendered(&page);
    for own in [
        "Công dân &#60;000123&#62;",
        "•••456",
        "Cán bộ nghỉ ốm.",
        "120.000 đ",
        "/t/H38.40-261109-0007?k=ABCDEFGH23456723&amp;full=1#own",
        "/t/H38.40-261109-0007/feedback?k=ABCDEFGH23456723",
    ] {
        assert!(text.contains(own), "{own}");
    }
    assert_eq!(
        page.address,
        "http://127.0.0.1:8080/t/H38.40-261109-0007?k=ABCDEFGH23456723"
    );
    let name = &procedures()[0].name_vi;
    assert!(
        text.contains(name.as_str()),
        "a sensitive name is the holder's to see"
    );
    assert!(text.len() < 40_000, "{} bytes", text.len());
}

#[test]
fn without_the_receipt_there_is_no_form_no_person_and_a_word_about_the_qr_code() {
    let page = tracking(Lang::En, &handed_over(), "2026-11-20T10:00", true);
    let text = rendered(&page);
    assert!(page.own.is_none() && page.voice.is_none() && page.key.is_empty());
    assert!(!text.contains("<form") && !text.contains("?k="));
}

#[test]
fn an_answer_that_did_not_know_the_receipt_opens_nothing() {
    let wrong = serde_json::json!({ "tracking": { "withReceipt": false, "applicant": { "fullName": "X" } } });
    assert!(Holder::read("ABCDEFGH23456723", false, &wrong, false).is_none());
    let none = serde_json::json!({ "tracking": null });
    assert!(Holder::read("ABCDEFGH23456723", false, &none, false).is_none());
}

#[test]
fn the_first_screen_answers_status_next_day_and_duty_in_this_order() {
    for (told, now) in [
        (in_processing(), "2026-11-12T10:00"),
        (troubled(), "2026-11-20T10:00"),
        (overlooked(), "2026-11-20T10:00"),
        (handed_over(), "2026-11-20T10:00"),
    ] {
        let page = tracking(Lang::En, &told, now, false);
        let text = rendered(&page);
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part}"));
        let order = [
            "data-say",
            "<h1>",
            "id=\"next\"",
            "id=\"todo\"",
            "class=\"plain steps",
            "id=\"whom\"",
        ];
        let places: Vec<usize> = order.iter().map(|part| place(part)).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(page.say.starts_with(page.headline), "{}", page.say);
    }
}

#[test]
fn the_next_step_has_a_day_in_words_and_how_far_it_is() {
    let page = tracking(Lang::Vi, &in_processing(), "2026-11-12T10:00", false);
    let by = page.next.by.expect("a day");
    assert!(by.day.contains("tháng 11 năm 2026"), "{}", by.day);
    assert!(by.standing.starts_with("còn "), "{}", by.standing);
    let page = tracking(Lang::Vi, &in_processing(), "2026-11-20T10:00", false);
    let by = page.next.by.expect("a day");
    assert_eq!(by.label, "Lẽ ra chậm nhất");
    assert!(by.standing.starts_with("đã quá hẹn"), "{}", by.standing);
}

#[test]
fn lateness_is_told_with_its_apology_and_reason_or_that_there_is_none() {
    let page = tracking(Lang::En, &troubled(), "2026-11-20T10:00", false);
    let late = page.lateness.expect("late");
    assert!(late.says.contains("3 working days late"), "{}", late.says);
    assert!(late.apology.contains("apologises"), "{}", late.apology);
    assert_eq!(late.reason, "Reason: Field verification needed.");
    let page = tracking(Lang::En, &in_processing(), "2026-11-18T10:00", false);
    let late = page.lateness.expect("late");
    assert!(late.apology.contains("no apology has been issued"));
    assert_eq!(late.reason, "No reason was given.");
    let page = tracking(Lang::En, &in_processing(), "2026-11-12T10:00", false);
    assert!(page.lateness.is_none());
}

#[test]
fn only_an_open_dossier_asks_for_itself_again_and_only_where_no_script_runs() {
    let open = rendered(&tracking(
        Lang::Vi,
        &in_processing(),
        "2026-11-12T10:00",
        false,
    ));
    assert!(open.contains("<noscript><meta http-equiv=\"refresh\" content=\"60\"></noscript>"));
    assert!(open.contains("?still=1"));
    let done = rendered(&tracking(
        Lang::Vi,
        &handed_over(),
        "2026-11-20T10:00",
        false,
    ));
    assert!(!done.contains("http-equiv") && !done.contains("?still=1"));
}

#[test]
fn the_post_for_the_field_comes_first_and_a_missing_phone_is_said() {
    let reference = reference();
    let mut office = reference.offices[OFFICE].as_ref().clone();
    let post = |name: &str, phone: &str, field: Option<&str>| Post {
        post_vi: name.into(),
        post_en: name.into(),
        phone: phone.into(),
        fields: field
            .map(|field| Field {
                vi: field.into(),
                en: field.into(),
            })
            .into_iter()
            .collect(),
    };
    office.contacts = vec![
        post("Quầy 1", "", None),
        post("Quầy 2", "0000 123 456", Some("Hộ tịch")),
    ];
    let now = at("2026-11-20T10:00");
    let whom = Whom::of(&office, &reference, now, Some("Hộ tịch"), Lang::Vi);
    assert_eq!(whom.posts[0].post, "Quầy 2");
    assert!(whom.posts[0].here && !whom.posts[1].here);
    assert_eq!(whom.posts[0].phone.dialled, "0000123456");
    assert_eq!(whom.opening.expect("open").text(), "Đang mở cửa đến 11:30");
    let page = OfficePage::new(
        frame(Lang::En, None),
        &office,
        &reference,
        now,
        &counts(),
        Vec::new(),
    );
    let text = rendered(&page);
    assert!(text.contains("phone not posted") && text.contains("tel:0000123456"));
}

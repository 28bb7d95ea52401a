//! Every page rendered from hand-made rows in both languages, and held to what the house promises of pages.

mod catalogue;
mod desk;
mod ground;
mod holder;
mod teller;
mod views;

use self::catalogue::*;
use self::ground::*;
use self::teller::*;
use self::views::*;
use askama::Template;
use jiff::civil::date;
use uuid::Uuid;

use super::frame::{Door, Frame};
use super::graphiql::{Example, GraphiqlPage};
use super::history::HistoryPage;
use super::home::{HomePage, SearchPage};
use super::lang::Lang;
use super::offices::{OfficePage, OfficesPage};
use super::problem::Problem;
use super::say::{Ask, SayPage, Typed, Wish};
use super::statistics::{Params, Part, StatisticsPage, parts_of};
use super::tracking::{Holder, Story, TrackingPage};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::calendar::Calendar;
use crate::domain::catalogue::Procedure;
use crate::domain::dossier::{
    Accepted, ApologyIssued, Channel, DeliveryMethod, Dossier, DossierEvent, DueDateCause,
    DueDateRecomputed, Handed, Lodged, Nothing, ResultDelivered, ResultReplaced, ResultRevoked,
    Stage, SupplementRequested,
};
use crate::domain::event::Event;
use crate::domain::fact::{Breach, BreachRule, Circumstances, Fact};
use crate::domain::law::{Certainty, Limit, SupplementClock};
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use crate::domain::reference::{ClockKind, JournalKind, Opened, Reference, ReferenceEvent};
use crate::domain::time::Moment;
use crate::projections::history::{Change, Entry};
use crate::projections::statistics::{
    Closed, Counts, Pending, Received, Scope, Settled, Transferred,
};
use crate::tlog::leaf_hash;

/// Every template, by a name for the file it may be written to.
fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    fn text(page: &impl Template) -> String {
        page.render().expect("a page")
    }
    let troubled = troubled();
    let auditor = Actor::new("auditor-07", NO_OFFICE, Role::Auditor);
    let (public, seen) = (frame(lang, None), frame(lang, Some(&auditor)));
    let search = SearchPage {
        frame: frame(lang, None).titled("Tra cứu", Some(Door::Tracking)),
        action: "/t",
    };
    let typed = Problem::CodeMalformed("<script>alert(1)</script>".into());
    vec![
        (
            "home",
            text(&HomePage::new(frame(lang, None), Some(CODE.into()), 12_345)),
        ),
        ("search", text(&search)),
        (
            "tracking-open",
            text(&tracking(lang, &in_processing(), "2026-11-12T10:00", false)),
        ),
        (
            "tracking-late",
            text(&tracking(lang, &troubled, "2026-11-20T10:00", false)),
        ),
        (
            "tracking-overlooked",
            text(&tracking(lang, &overlooked(), "2026-11-20T10:00", false)),
        ),
        (
            "tracking-done",
            text(&tracking(lang, &handed_over(), "2026-11-20T10:00", true)),
        ),
        (
            "tracking-revoked",
            text(&tracking(lang, &taken_back(), "2026-11-20T10:00", false)),
        ),
        (
            "tracking-refused",
            text(&tracking(lang, &refused(), "2026-11-20T10:00", false)),
        ),
        (
            "history",
            text(&HistoryPage::new(
                public.clone(),
                CODE,
                &troubled.changes,
                false,
            )),
        ),
        (
            "history-auditor",
            text(&HistoryPage::new(seen, CODE, &troubled.changes, true)),
        ),
        ("statistics", text(&statistics(lang))),
        ("procedures", text(&listed(lang))),
        ("procedure", text(&procedure(lang))),
        ("sheet", text(&wall(lang))),
        ("leaflet", text(&leaflet(lang))),
        (
            "tracking-holder",
            text(&held(lang, &overlooked(), "2026-11-20T10:00")),
        ),
        ("say", text(&say(lang))),
        (
            "offices",
            text(&OfficesPage::new(
                public.clone(),
                &reference(),
                at("2026-11-20T10:00"),
            )),
        ),
        ("office", text(&office(lang))),
        ("desk", text(&desk::list(lang))),
        ("desk_dossier", text(&desk::one(lang))),
        ("desk_new", text(&desk::intake(lang))),
        ("problem", text(&typed.page(public.clone()))),
        ("graphiql", text(&GraphiqlPage::new(public, &example()))),
    ]
}

#[test]
fn every_page_is_whole_in_both_languages_and_asks_nobody_else_for_anything() {
    for lang in Lang::ALL {
        for (name, text) in pages(lang) {
            look_at(name, lang, &text);
            let tag = format!("<html lang=\"{}\">", lang.tag());
            assert!(text.contains(&tag), "{name}: language");
            assert!(
                text.ends_with("</html>\n") || text.ends_with("</html>"),
                "{name}: end"
            );
            for foreign in [
                "src=\"http",
                "src=\"//",
                "@import",
                "url(",
                "<iframe",
                " style=\"",
            ] {
                assert!(!text.contains(foreign), "{name}: {foreign}");
            }
            assert!(
                text.contains("a-small-story"),
                "{name}: the notice of a simulation"
            );
        }
    }
}

/// Writes the pages into a folder for those who want to look at them.
fn look_at(name: &str, lang: Lang, text: &str) {
    if let Ok(folder) = std::env::var("MOTCUA_PAGES") {
        let path = std::path::Path::new(&folder).join(format!("{name}.{}.html", lang.tag()));
        std::fs::write(path, text).expect("the folder can be written to");
    }
}

#[test]
fn only_the_playground_and_the_desk_have_scripts() {
    for (name, text) in pages(Lang::Vi) {
        let scripted = name == "graphiql" || name.starts_with("desk");
        assert_eq!(text.contains("<script"), scripted, "{name}");
    }
}

#[test]
fn every_page_has_one_first_heading_landmarks_and_a_way_past_the_navigation() {
    for (name, text) in pages(Lang::En) {
        if name == "graphiql" {
            continue;
        }
        assert_eq!(text.matches("<h1").count(), 1, "{name}");
        for part in [
            "<main id=\"main\"",
            "<nav aria-label",
            "<footer",
            "href=\"#main\"",
        ] {
            assert!(text.contains(part), "{name}: {part}");
        }
    }
}

#[test]
fn what_came_from_outside_is_escaped() {
    for (name, text) in pages(Lang::Vi) {
        assert!(!text.contains("<script>alert"), "{name}");
        assert!(!text.contains("<Đông>"), "{name}");
    }
}

#[test]
fn a_tracking_page_is_light() {
    let text = tracking(Lang::Vi, &troubled(), "2026-11-20T10:00", false);
    let text = text.render().expect("a page");
    assert!(text.len() < 50_000, "{} bytes", text.len());
}

#[test]
fn a_tracking_page_names_neither_people_nor_a_sensitive_procedure() {
    let name = &procedures()[0].name_vi;
    for told in [in_processing(), troubled(), handed_over(), refused()] {
        let page = tracking(Lang::Vi, &told, "2026-11-20T10:00", true);
        let text = page.render().expect("a page");
        assert!(!text.contains("-07\"") && !text.contains("handler-07"));
        assert!(!text.contains(name.as_str()));
    }
}

#[test]
fn a_moved_promise_stays_visible_with_its_reason_and_both_lateness_figures() {
    let page = tracking(Lang::Vi, &troubled(), "2026-11-20T10:00", false);
    let text = page.render().expect("a page");
    assert!(text.contains("<del><time datetime=\"2026-11-16T17:00:00+07:00\">"));
    assert!(text.contains("<ins><time datetime=\"2026-11-18T17:00:00+07:00\">"));
    let promise = page.promise.expect("a promise");
    assert_eq!(promise.standing, "đã quá hẹn 1 ngày làm việc");
    let first = page.original.expect("the first promise");
    assert_eq!(first.standing, "đã quá hẹn 3 ngày làm việc");
    assert!(text.contains(Reason::MissingComponent.label().0));
    assert!(text.contains(BreachRule::LateApology.label().0));
}

#[test]
fn a_revoked_result_is_never_offered_and_the_earlier_ones_stay_visible() {
    let page = tracking(Lang::En, &taken_back(), "2026-11-20T10:00", false);
    let text = page.render().expect("a page");
    assert_eq!(page.headline, "The result has been revoked");
    let told: Vec<_> = page
        .results
        .iter()
        .map(|result| (result.number.as_deref(), result.standing))
        .collect();
    assert_eq!(
        told,
        [(None, "Superseded"), (Some("13/GP-UBND"), "Revoked")]
    );
    assert!(text.contains("replaced by <span class=\"code\">13/GP-UBND"));
    let label = Reason::AgencyError.label().1.replace('\'', "&#39;");
    assert!(text.contains(&label));
    let promise = page.promise.expect("a promise");
    assert_eq!(promise.standing, "done 2 working days early");
    let page = tracking(Lang::En, &taken_back(), "2026-11-20T10:00", true);
    let text = page.render().expect("a page");
    assert!(
        !text.contains("13/GP-UBND"),
        "a number may tell what it is about"
    );
}

#[test]
fn an_uncertain_limit_and_a_provisional_calendar_are_never_shown_as_law() {
    let page = tracking(Lang::En, &in_processing(), "2026-11-12T10:00", false);
    assert_eq!(page.doubts.len(), 2);
    assert!(page.doubts[0].contains("Provisional") && page.doubts[1].contains("not certain"));
}

#[test]
fn an_overdue_dossier_without_an_apology_says_so() {
    let page = tracking(Lang::En, &in_processing(), "2026-11-18T10:00", false);
    let text = page.render().expect("a page");
    assert!(text.contains("no apology has been issued"));
}

#[test]
fn who_acted_is_shown_to_auditors_and_not_to_the_public() {
    let pages = pages(Lang::Vi);
    let page = |wanted: &str| {
        pages
            .iter()
            .find(|(name, _)| *name == wanted)
            .expect("a page")
    };
    assert!(!page("history").1.contains("handler-07"));
    assert!(page("history-auditor").1.contains("handler-07"));
}

#[test]
fn what_was_not_there_before_is_not_struck_out() {
    for (name, text) in pages(Lang::Vi) {
        assert!(!text.contains("<del>–</del>"), "{name}");
    }
}

#[test]
fn a_changed_record_is_found_when_the_hashes_are_recomputed() {
    let mut told = troubled();
    let page = HistoryPage::new(frame(Lang::En, None), CODE, &told.changes, false);
    assert!(
        page.render()
            .expect("a page")
            .contains("Just recomputed: all 9 hashes")
    );
    told.changes[4].entry.body = "forged".into();
    let page = HistoryPage::new(frame(Lang::En, None), CODE, &told.changes, false);
    assert!(
        page.render()
            .expect("a page")
            .contains("do NOT agree from record 5")
    );
}

#[test]
fn a_live_journal_is_not_called_a_simulation() {
    let frame = Frame::new(Lang::Vi, "/", &opened(JournalKind::Live), None);
    let text = HomePage::new(frame, None, 1).render().expect("a page");
    assert!(!text.contains("mô phỏng"));
}

#[test]
fn every_address_of_an_asset_leads_to_a_file() {
    let text = GraphiqlPage::new(frame(Lang::Vi, None), &example());
    let text = text.render().expect("a page");
    let addresses: Vec<&str> = text.split("\"/assets/").skip(1).collect();
    assert_eq!(addresses.len(), 6);
    assert!(
        addresses.iter().all(|rest| !rest.contains("?v=\"")),
        "a file is missing"
    );
}

#[test]
fn a_late_dossier_shows_who_had_it_how_the_promise_moved_and_the_miss() {
    let told = troubled();
    let page = tracking(Lang::En, &told, "2026-11-20T10:00", false);
    let text = page.render().expect("a page");
    let moves: Vec<_> = page.accounts.moves.iter().map(|line| &*line.why).collect();
    assert_eq!(
        moves,
        [
            "Waiting for the applicant (later by 2 working days)",
            "Apology; the promised date stands"
        ]
    );
    assert_eq!(
        page.accounts.moves[1].reason,
        Some("Field verification needed")
    );
    let late = page.accounts.desks.iter().filter(|line| line.late_days > 0);
    let late: Vec<_> = late.map(|line| (line.role, line.late_days)).collect();
    assert!(!late.is_empty(), "{:?}", page.accounts.desks);
    assert!(text.contains("Where the dossier was, and how long"));
    for lost in &page.accounts.lost {
        assert!(text.contains(lost.as_str()), "{lost}");
    }
    assert!(text.len() < 50_000);
}

#[test]
fn what_is_missed_owed_and_told_elsewhere_stands_on_the_page_without_an_amount() {
    let told = overlooked();
    for lang in Lang::ALL {
        let page = tracking(lang, &told, "2026-11-20T10:00", false);
        let text = page.render().expect("a page");
        assert!(!text.contains("120.000") && !text.contains("120,000") && !text.contains("120000"));
        assert!(text.len() < 50_000, "{} bytes", text.len());
    }
    let page = tracking(Lang::Vi, &told, "2026-11-20T10:00", false);
    let notes: Vec<_> = page.notes.iter().map(|(_, text)| text.as_str()).collect();
    let by = page.duty.by.as_ref().expect("a day");
    assert_eq!(by.day, "thứ Hai, ngày 30 tháng 11 năm 2026");
    assert!(page.duty.more_with_receipt && page.duty.sums.is_empty());
    for wanted in [
        "chưa có kết quả khi đến hẹn 16/11/2026 17:00",
        "Cổng Dịch vụ công quốc gia xác nhận trạng thái 2, cách đây 10 ngày",
        "khác trạng thái ở đây",
        "Đang chờ ý kiến của Ủy ban nhân dân phường",
    ] {
        assert!(
            notes.iter().any(|note| note.contains(wanted)),
            "{wanted}: {notes:?}"
        );
    }
    let public = HistoryPage::new(frame(Lang::En, None), CODE, &told.changes, false);
    let public = public.render().expect("a page");
    assert!(public.contains("to be paid") && !public.contains("120,000"));
    let auditor = Actor::new("auditor-07", NO_OFFICE, Role::Auditor);
    let seen = frame(Lang::En, Some(&auditor));
    let seen = HistoryPage::new(seen, CODE, &told.changes, true);
    assert!(
        seen.render()
            .expect("a page")
            .contains("120,000 đ: to be paid")
    );
}

//! Every page rendered from hand-made rows in both languages, and held to what the house promises of pages.

use askama::Template;
use jiff::civil::date;
use uuid::Uuid;

use super::frame::{Door, Frame};
use super::graphiql::{Example, GraphiqlPage};
use super::history::HistoryPage;
use super::home::{HomePage, SearchPage};
use super::lang::Lang;
use super::problem::Problem;
use super::procedures::{ProcedurePage, ProceduresPage};
use super::statistics::{Params, Part, StatisticsPage, parts_of};
use super::tracking::{Story, TrackingPage};
use super::worklist::{Desk, WorklistPage};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::calendar::Calendar;
use crate::domain::catalogue::Procedure;
use crate::domain::dossier::{
    Accepted, ApologyIssued, Channel, DeliveryMethod, Dossier, DossierEvent, DueDateCause,
    DueDateRecomputed, Handed, Lodged, Nothing, Phase, ResultDelivered, Stage, SupplementRequested,
};
use crate::domain::event::Event;
use crate::domain::fact::{Breach, BreachRule, Circumstances, Fact};
use crate::domain::law::{Certainty, Limit, SupplementClock};
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use crate::domain::reference::{ClockKind, JournalKind, Opened, Reference, ReferenceEvent};
use crate::domain::time::Moment;
use crate::journal::Entry;
use crate::projections::history::Change;
use crate::projections::statistics::{Closed, Counts, Pending, Received, Scope, Settled};
use crate::projections::tracking::DossierRow;
use crate::tlog::leaf_hash;

const CODE: &str = "H38.40-261109-0007";
const OFFICE: &str = "H38.40";

fn at(text: &str) -> Moment {
    format!("{text}:00+07:00").parse().expect("an instant")
}

fn opened(kind: JournalKind) -> Opened {
    let story = crate::domain::reference::Story {
        scenario: "a-small-story".into(),
        seed: "1".into(),
        ends_on: date(2026, 11, 22),
    };
    Opened {
        id: Uuid::nil(),
        origin: "localhost/x".into(),
        kind,
        clock: ClockKind::Story,
        format: 1,
        story: (kind == JournalKind::Simulated).then_some(story),
    }
}

fn frame(lang: Lang, who: Option<&Actor>) -> Frame {
    Frame::new(lang, "/t/X", &opened(JournalKind::Simulated), who)
}

fn reference() -> Reference {
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

fn procedures() -> Vec<Procedure> {
    serde_json::from_str(include_str!("../../data/catalogue.json")).expect("the catalogue")
}

/// A dossier's facts, told one after another.
#[derive(Default)]
struct Teller {
    changes: Vec<Change>,
}

impl Teller {
    fn tell(mut self, time: &str, role: Role, event: DossierEvent, around: Circumstances) -> Self {
        let before = self.changes.last().map(|change| change.after.clone());
        let before = before.unwrap_or_default();
        let (version, recorded_at) = (before.version + 1, at(time));
        let actor = Actor::new(format!("{}-07", role.name()), OFFICE, role);
        let mut after: Dossier = before.clone();
        after.evolve(&event, &actor, Uuid::nil(), recorded_at, &around);
        let body: bytes::Bytes = format!("body {version}").into();
        let prev = self.changes.last().map(|change| change.entry.leaf_hash);
        let fact = Fact {
            stream: Uuid::nil(),
            version,
            command: Uuid::nil(),
            actor,
            recorded_at,
            prev,
            event: Event::Dossier(event),
            circumstances: around,
        };
        let entry = Entry {
            position: 1_200 + u64::from(version) * 3,
            stream: Uuid::nil(),
            version,
            recorded_at,
            leaf_hash: leaf_hash(&body),
            body,
        };
        self.changes.push(Change {
            entry,
            fact,
            before,
            after,
        });
        self
    }

    fn plain(self, time: &str, role: Role, event: DossierEvent) -> Self {
        self.tell(time, role, event, Circumstances::default())
    }

    fn because(self, time: &str, role: Role, event: DossierEvent, reason: Reason) -> Self {
        let around = Circumstances {
            reason: Some(reason),
            ..Circumstances::default()
        };
        self.tell(time, role, event, around)
    }
}

fn lodged() -> DossierEvent {
    DossierEvent::Lodged(Lodged {
        code: CODE.parse().expect("a code"),
        procedure: "1.004884".parse().expect("a code"),
        office: OFFICE.parse().expect("a code"),
        channel: Channel::Counter,
        capability: None,
    })
}

fn accepted(due: &str) -> DossierEvent {
    DossierEvent::Accepted(Accepted {
        office: OFFICE.parse().expect("a code"),
        procedure_version: 1,
        limit: Limit::WorkingDays(5),
        limit_certainty: Certainty::Uncertain,
        supplement_clock: SupplementClock::Pause,
        due_at: at(due),
        due_certainty: Certainty::Provisional,
    })
}

/// Lodged and accepted on 9 November 2026, handed to a handler.
fn in_processing() -> Teller {
    let received = Circumstances {
        received_at: Some(at("2026-11-09T08:05")),
        policy: Some("one-stop-2025/1".into()),
        ..Circumstances::default()
    };
    let handed = DossierEvent::Forwarded(Handed {
        to: "handler-07".into(),
    });
    Teller::default()
        .plain("2026-11-09T08:31", Role::Receiver, lodged())
        .tell(
            "2026-11-09T08:31",
            Role::Receiver,
            accepted("2026-11-16T17:00"),
            received,
        )
        .plain("2026-11-09T14:00", Role::Receiver, handed)
}

/// Everything that can go wrong: a supplement, a moved promise, a late apology.
fn troubled() -> Teller {
    let asked = DossierEvent::SupplementRequested(SupplementRequested {
        stage: Stage::Appraisal,
        number: 1,
        items: vec![2],
    });
    let moved = DossierEvent::DueDateRecomputed(DueDateRecomputed {
        old: at("2026-11-16T17:00"),
        new: at("2026-11-18T17:00"),
        cause: DueDateCause::Supplement,
        due_certainty: Certainty::Verified,
    });
    let apology = DossierEvent::ApologyIssued(ApologyIssued {
        number: 1,
        old_due_at: at("2026-11-18T17:00"),
        new_due_at: at("2026-11-20T17:00"),
        moves_promise: false,
        due_certainty: Certainty::Verified,
    });
    let late = Circumstances {
        reason: Some(Reason::FieldVerification),
        breach: Some(Breach {
            rule: BreachRule::LateApology,
            basis: "61/2018/NĐ-CP điều 19 khoản 9".into(),
        }),
        ..Circumstances::default()
    };
    let nothing = Nothing {};
    in_processing()
        .because(
            "2026-11-10T09:00",
            Role::Handler,
            asked,
            Reason::MissingComponent,
        )
        .plain(
            "2026-11-12T10:00",
            Role::Receiver,
            DossierEvent::SupplementSubmitted(nothing),
        )
        .plain("2026-11-12T10:00", Role::System, moved)
        .plain(
            "2026-11-12T15:00",
            Role::Handler,
            DossierEvent::SupplementAccepted(nothing),
        )
        .tell("2026-11-20T09:00", Role::Signer, apology, late)
        .because(
            "2026-11-20T09:30",
            Role::Receiver,
            DossierEvent::ApplicantDetailsCorrected(nothing),
            Reason::TypingError,
        )
}

fn handed_over() -> Teller {
    let nothing = Nothing {};
    let delivered = DossierEvent::ResultDelivered(ResultDelivered {
        method: DeliveryMethod::Counter,
    });
    in_processing()
        .plain(
            "2026-11-12T09:00",
            Role::Handler,
            DossierEvent::ResultDrafted(nothing),
        )
        .plain(
            "2026-11-12T15:00",
            Role::Signer,
            DossierEvent::ResultSigned(nothing),
        )
        .plain(
            "2026-11-12T15:30",
            Role::Clerk,
            DossierEvent::ProcessingCompleted(nothing),
        )
        .plain("2026-11-13T08:10", Role::Receiver, delivered)
}

fn refused() -> Teller {
    Teller::default()
        .plain("2026-11-09T08:31", Role::Receiver, lodged())
        .because(
            "2026-11-09T08:40",
            Role::Receiver,
            DossierEvent::AcceptanceRefused(Nothing {}),
            Reason::NotCompetent,
        )
}

fn tracking(lang: Lang, told: &Teller, now: &str, sensitive: bool) -> TrackingPage {
    let reference = reference();
    let procedure = &procedures()[0];
    let story = Story {
        code: CODE,
        changes: &told.changes,
        procedure: Some(procedure),
        sensitive,
        office: reference.offices.get(OFFICE).map(AsRef::as_ref),
        reference: &reference,
        now: at(now),
        base: "http://127.0.0.1:8080",
    };
    TrackingPage::new(frame(lang, None), &story).expect("there are facts")
}

fn counts() -> Counts {
    let settled = Settled {
        early: 1_498,
        on_time: 40,
        late: 6,
        undated: 2,
    };
    Counts {
        received: Received {
            online: 400,
            direct: 1_150,
            carried_over: 31,
        },
        settled,
        settled_by_original: Settled {
            on_time: 31,
            late: 15,
            ..settled
        },
        closed: Closed {
            withdrawn: 7,
            stopped: 2,
            redirected: 1,
        },
        pending: Pending {
            in_time: 20,
            overdue: 5,
            undated: 0,
        },
        pending_by_original: Pending {
            in_time: 18,
            overdue: 7,
            undated: 0,
        },
        size: 12_345,
    }
}

fn statistics(lang: Lang) -> StatisticsPage {
    let reference = reference();
    let asked = Params::default().asked(date(2026, 11, 22), &reference);
    let parts = parts_of(&Scope::All, &reference).into_iter();
    let parts: Vec<Part> = parts
        .map(|scope| Part {
            scope,
            counts: counts(),
        })
        .collect();
    StatisticsPage::new(frame(lang, None), &asked, &counts(), &parts, &reference)
}

fn row(phase: Phase, due: Option<&str>) -> DossierRow {
    DossierRow {
        id: Uuid::nil(),
        version: 3,
        code: Some(CODE.into()),
        procedure: "1.001193".into(),
        procedure_version: Some(1),
        sensitive: false,
        office: OFFICE.into(),
        reception_office: OFFICE.into(),
        phase,
        channel: Some(Channel::Counter),
        lodged_at: None,
        received_at: None,
        accepted_at: None,
        original_due_at: due.map(at),
        due_at: due.map(at),
        due_certainty: None,
        limit_certainty: None,
        paused: false,
        ended_at: None,
        end_kind: None,
        delivered_at: None,
        delivery_method: None,
        supplement_requests: 0,
        supplement_items: Vec::new(),
        apologies: 0,
        breaches: Vec::new(),
        handler: Some("handler-07".into()),
        applicant: None,
        capability: None,
        changed_at: at("2026-11-09T14:00"),
        position: 1_209,
    }
}

fn worklist(lang: Lang) -> WorklistPage {
    let reference = reference();
    let desk = Desk {
        office: reference.offices.get(OFFICE).map(AsRef::as_ref),
        office_code: OFFICE,
        reference: &reference,
        now: at("2026-11-16T10:00"),
    };
    let rows = [
        row(Phase::InProcessing, Some("2026-11-12T17:00")),
        row(Phase::ResultDrafted, Some("2026-11-16T17:00")),
        row(Phase::InProcessing, Some("2026-11-27T17:00")),
        row(Phase::Submitted, None),
    ];
    let receiver = Actor::new("receiver-07", OFFICE, Role::Receiver);
    let frame = frame(lang, Some(&receiver));
    WorklistPage::new(frame, &desk, &rows, Some("/worklist?after=1.x"))
}

fn example() -> Example {
    Example {
        dossier: CODE.into(),
        office: OFFICE.into(),
        procedure: "1.001193".into(),
        from: "2026-01-01".into(),
        to: "2026-11-22".into(),
    }
}

/// Every template, by a name for the file it may be written to.
fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    fn text(page: &impl Template) -> String {
        page.render().expect("a page")
    }
    let troubled = troubled();
    let auditor = Actor::new("auditor-07", NO_OFFICE, Role::Auditor);
    let (public, seen) = (frame(lang, None), frame(lang, Some(&auditor)));
    let procedures = procedures();
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
            "tracking-done",
            text(&tracking(lang, &handed_over(), "2026-11-20T10:00", true)),
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
                None,
            )),
        ),
        (
            "history-auditor",
            text(&HistoryPage::new(
                seen,
                CODE,
                &troubled.changes,
                Some(&auditor),
            )),
        ),
        ("statistics", text(&statistics(lang))),
        (
            "procedures",
            text(&ProceduresPage::new(
                public.clone(),
                "khai".into(),
                &procedures,
                Some("/p?q=khai&after=1".into()),
            )),
        ),
        (
            "procedure",
            text(&ProcedurePage::new(
                public.clone(),
                &procedures[0],
                "http://127.0.0.1:8080",
            )),
        ),
        ("worklist", text(&worklist(lang))),
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
fn only_the_playground_has_scripts() {
    for (name, text) in pages(Lang::Vi) {
        assert_eq!(text.contains("<script"), name == "graphiql", "{name}");
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
fn a_changed_record_is_found_when_the_hashes_are_recomputed() {
    let mut told = troubled();
    let page = HistoryPage::new(frame(Lang::En, None), CODE, &told.changes, None);
    assert!(
        page.render()
            .expect("a page")
            .contains("Just recomputed: all 9 hashes")
    );
    told.changes[4].entry.body = "forged".into();
    let page = HistoryPage::new(frame(Lang::En, None), CODE, &told.changes, None);
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

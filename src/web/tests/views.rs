//! Pages of the small office.

use super::*;
pub(super) fn tracking(lang: Lang, told: &Teller, now: &str, sensitive: bool) -> TrackingPage {
    shown(lang, told, now, sensitive, None)
}

/// Opened with the receipt.
pub(super) fn held(lang: Lang, told: &Teller, now: &str) -> TrackingPage {
    let data = serde_json::json!({ "tracking": {
        "withReceipt": true,
        "applicant": { "fullName": "Công dân <000123>", "phone": "•••456", "masked": true },
        "written": [
            { "at": "2026-11-19T03:00:00Z", "about": { "vi": "Xin lỗi", "en": "Apology" }, "fromApplicant": false,
              "feedback": null, "text": "Cán bộ nghỉ ốm.", "erased": false },
        ],
    }});
    let holder = Holder::read("ABCDEFGH23456723", false, &data, false).expect("a receipt");
    shown(lang, told, now, true, Some(&holder))
}

fn shown(
    lang: Lang,
    told: &Teller,
    now: &str,
    sensitive: bool,
    holder: Option<&Holder>,
) -> TrackingPage {
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
        holder,
        command: Uuid::nil(),
        legs: &[],
    };
    TrackingPage::new(frame(lang, None), &story).expect("there are facts")
}

pub(super) fn say(lang: Lang) -> SayPage {
    let ask = Ask {
        wish: Wish::Feedback,
        code: CODE,
        capability: "ABCDEFGH23456723",
        command: Uuid::nil(),
        typed: Typed {
            text: "</textarea><script>alert(1)</script>".into(),
            ..Typed::default()
        },
        faults: Vec::new(),
        campaign: None,
    };
    let told = handed_over();
    let last = told.changes.last().expect("a fact");
    SayPage::new(frame(lang, None), ask, &last.after, None)
}

pub(super) fn office(lang: Lang) -> OfficePage {
    let reference = reference();
    let office = &reference.offices[OFFICE];
    let now = at("2026-11-20T10:00");
    OfficePage::new(
        frame(lang, None),
        office,
        &reference,
        now,
        &counts(),
        Vec::new(),
    )
}

pub(super) fn counts() -> Counts {
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
        transferred: Transferred::default(),
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

pub(super) fn statistics(lang: Lang) -> StatisticsPage {
    let reference = reference();
    let asked = Params::default().asked(date(2026, 11, 22), date(2026, 11, 22), &reference);
    let parts = parts_of(&Scope::All, &reference).into_iter();
    let parts: Vec<Part> = parts
        .map(|scope| Part {
            scope,
            counts: counts(),
        })
        .collect();
    StatisticsPage::new(frame(lang, None), &asked, &counts(), &parts, &reference)
}

pub(super) fn example() -> Example {
    Example {
        dossier: CODE.into(),
        position: 41,
        resume: "00000000-0000-0000-0000-000000000000.41".into(),
        office: OFFICE.into(),
        procedure: "1.001193".into(),
        handler: "handler-07".into(),
        to_forward: CODE.into(),
        to_sign: CODE.into(),
        to_deliver: CODE.into(),
        from: "2026-01-01".into(),
        to: "2026-11-22".into(),
    }
}

//! Findings of the detector, and the dossiers that were overdue at an instant.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::{Answer, Asked, answer, asked};
use super::{auditor, quarter};
use crate::api::findings::may_be_shown;
use crate::domain::code::OfficeCode;
use crate::domain::detector as rules;
use crate::projections::detector::{self, Place, Window};
use crate::projections::{AsOf, lateness as late};
use crate::web::audit::{findings as page, lateness as overdue};
use crate::web::lang::Pair;
use crate::web::problem::Problem;
use crate::web::{Visit, Web, respond};

/// The longest window, in days.
const DAYS_MAX: i32 = 366;

const OFFICE: Pair = (
    "Mã cơ quan không đúng, hoặc không phải cơ quan của bạn.",
    "The office's code is wrong, or not an office that you supervise.",
);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Params {
    rule: String,
    office: String,
    from: String,
    to: String,
    at: String,
    after: String,
}

/// The office that is asked for, within what somebody supervises; told when it cannot be.
fn office(typed: &str, own: Option<&str>, doubts: &mut Vec<Pair>) -> Option<String> {
    let typed = typed.trim().to_uppercase();
    let asked = (!typed.is_empty()).then_some(typed);
    let parsed = asked.as_ref().map(|text| text.parse::<OfficeCode>());
    let elsewhere = own.is_some_and(|own| asked.as_deref().is_some_and(|asked| asked != own));
    if matches!(parsed, Some(Err(_))) || elsewhere {
        doubts.push(OFFICE);
        return own.map(str::to_owned);
    }
    asked.or_else(|| own.map(str::to_owned))
}

pub(super) async fn findings(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let page = findings_page(&web, &visit, &asked(params)).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn findings_page(web: &Web, visit: &Visit, params: &Params) -> Answer {
    const RULE: Pair = ("Không có quy tắc này.", "There is no such rule.");
    const WINDOW: Pair = (
        "Khoảng ngày không đúng: viết như 2026-11-28, ngày đầu trước ngày cuối, nhiều nhất 366 ngày.",
        "The period is wrong: write 2026-11-28, the first day before the last, 366 days at most.",
    );
    const AFTER: Pair = (
        "Chỗ tiếp theo không đúng.",
        "The place to go on from is wrong.",
    );
    let reader = auditor(visit)?;
    let mut doubts = Vec::new();
    let rule = Some(params.rule.trim()).filter(|code| !code.is_empty());
    if rule.is_some_and(|code| rules::rule(code).is_none()) {
        doubts.push(RULE);
    }
    let rule = rule.filter(|code| rules::rule(code).is_some());
    let office = office(&params.office, reader.own, &mut doubts);
    let usual = quarter(web);
    let day = |text: &str, usual| match text.trim() {
        "" => Some(usual),
        text => text.parse().ok(),
    };
    let window = day(&params.from, usual.from)
        .zip(day(&params.to, usual.to))
        .map(|(from, to)| Window { from, to })
        .filter(|window| {
            window.from <= window.to && (window.to - window.from).get_days() < DAYS_MAX
        });
    if window.is_none() {
        doubts.push(WINDOW);
    }
    let window = window.unwrap_or(usual);
    let after = place(&params.after);
    if after.is_none() && !params.after.trim().is_empty() {
        doubts.push(AFTER);
    }
    let found = if may_be_shown(web.opened()) {
        let filter = detector::Filter {
            rule: rule.map(str::to_owned),
            office: office.clone(),
        };
        let found = detector::search(web.models(), window, &filter, after.as_ref(), page::PAGE);
        let found = if doubts.is_empty() {
            found.await?.into()
        } else {
            None
        };
        let (rows, next) = found.map_or((Vec::new(), None), |found| {
            let last = found.rows.last().filter(|_| found.has_next);
            let next = last.map(|(place, _)| place.clone());
            (found.rows.into_iter().map(|(_, row)| row).collect(), next)
        });
        Some((rows, next))
    } else {
        None
    };
    let status = status(&doubts);
    let asked = page::Asked {
        rule: rule.unwrap_or_default().to_owned(),
        office: office.unwrap_or_default(),
        own: reader.own.is_some(),
        window,
        doubts,
    };
    let page = page::FindingsPage::new(visit.frame(web), asked, found);
    Ok(respond::html(status, &page))
}

fn status(doubts: &[Pair]) -> StatusCode {
    if doubts.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// `position.rule.office`: the office's own code has dots too.
fn place(text: &str) -> Option<Place> {
    let mut parts = text.trim().splitn(3, '.');
    Some(Place {
        position: parts.next()?.parse().ok()?,
        rule: parts.next()?.parse().ok()?,
        office: parts.next()?.to_owned(),
    })
}

pub(super) async fn lateness(
    State(web): State<Web>,
    visit: Visit,
    params: Asked<Params>,
) -> Response {
    let page = lateness_page(&web, &visit, &asked(params)).await;
    respond::unlisted(answer(&visit, &web, page))
}

async fn lateness_page(web: &Web, visit: &Visit, params: &Params) -> Answer {
    const AT: Pair = (
        "Không đọc được thời điểm. Viết như 2026-11-28T17:00 (giờ Việt Nam).",
        "The instant cannot be read. Write 2026-11-28T17:00 (Vietnam time).",
    );
    const AFTER: Pair = (
        "Chỗ tiếp theo không đúng.",
        "The place to go on from is wrong.",
    );
    let reader = auditor(visit)?;
    let mut doubts = Vec::new();
    let office = office(&params.office, reader.own, &mut doubts);
    let now = web.now();
    let at = match params.at.trim() {
        "" => now,
        text => match text.parse() {
            Ok(AsOf::Moment(at)) => at.min(now),
            Ok(AsOf::Size(_)) | Err(_) => {
                doubts.push(AT);
                now
            }
        },
    };
    let after = params
        .after
        .trim()
        .split_once('.')
        .and_then(|(number, turn)| {
            let (number, turn) = (number.parse().ok()?, turn.parse().ok()?);
            Some(late::Place { number, turn })
        });
    if after.is_none() && !params.after.trim().is_empty() {
        doubts.push(AFTER);
    }
    let found = match &office {
        Some(office) if doubts.is_empty() => {
            let found = late::overdue(web.models(), office, at, after, overdue::PAGE);
            found.await?.map(|found| {
                let last = found.rows.last().filter(|_| found.has_next);
                let next = last.map(|(place, _)| *place);
                (found.rows.into_iter().map(|(_, row)| row).collect(), next)
            })
        }
        Some(_) | None => None,
    };
    let status = status(&doubts);
    let asked = overdue::Asked {
        office: office.unwrap_or_default(),
        own: reader.own.is_some(),
        at,
        doubts,
    };
    let reference = web.models().reference();
    let page = overdue::LatenessPage::new(visit.frame(web), asked, found, &reference);
    Ok::<_, Problem>(respond::html(status, &page))
}

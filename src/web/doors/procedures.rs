//! The catalogue: a list to search, one procedure, and sheets for paper. The same for everybody, so it may be kept a minute.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::domain::catalogue::Procedure;
use crate::domain::code::{OfficeCode, ProcedureCode};
use crate::domain::office::Office;
use crate::projections::catalogue::{self, sought};
use crate::projections::offices;
use crate::projections::statistics::forecast::{Forecast, forecast};
use crate::projections::statistics::taken::taken;
use crate::web::problem::Problem;
use crate::web::procedures::{
    self, LeafletPage, Place, ProcedurePage, ProceduresPage, SheetPage, Subject, Wall,
};
use crate::web::{Visit, Web, respond};

/// Characters of a question that are read.
const ASKED_MAX: usize = 100;

#[derive(Default, Deserialize)]
pub(super) struct Sought {
    q: Option<String>,
    field: Option<String>,
    level: Option<String>,
    online: Option<String>,
    office: Option<String>,
    after: Option<String>,
}

fn cut(text: Option<String>) -> String {
    let text = text.unwrap_or_default();
    text.trim().chars().take(ASKED_MAX).collect()
}

impl Sought {
    fn read(self, web: &Web) -> (procedures::Asked, Option<String>) {
        let office = self.office.as_deref();
        let asked = procedures::Asked {
            words: cut(self.q),
            field: cut(self.field),
            level: self.level.as_deref().and_then(procedures::Asked::level),
            online: self.online.as_deref().and_then(procedures::Asked::online),
            office: office.and_then(|code| known_office(web, code)),
        };
        let after = self
            .after
            .filter(|after| after.parse::<ProcedureCode>().is_ok());
        (asked, after)
    }
}

fn known_office(web: &Web, code: &str) -> Option<Arc<Office>> {
    let code: OfficeCode = code.trim().parse().ok()?;
    offices::by_code(web.models(), code.as_str())
}

pub(super) async fn list_procedures(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    sought: Asked<Sought>,
) -> Response {
    let page = found_procedures(&web, &visit, &headers, asked(sought)).await;
    answer(&visit, &web, page)
}

async fn found_procedures(web: &Web, visit: &Visit, headers: &HeaderMap, sought: Sought) -> Answer {
    let today = web.now().date();
    let (asked, after) = sought.read(web);
    let found = sought::seek(web.models(), &asked.sought(), today).await?;
    let at_work: Vec<Arc<Office>> = offices::list(web.models())
        .into_iter()
        .filter(|office| office.valid_on(today))
        .collect();
    let frame = visit.frame(web);
    let page = ProceduresPage::new(frame, &asked, &found, after.as_deref(), &at_work);
    Ok(respond::public(headers, visit.who.is_some(), &page))
}

#[derive(Default, Deserialize)]
pub(super) struct Looked {
    /// The office for which time is counted.
    office: Option<String>,
    /// Another version than the one in force.
    version: Option<u32>,
}

impl Looked {
    /// The version asked for; else the one in force, or the newest there was.
    fn procedure(&self, web: &Web, code: &str, today: Date) -> Result<Arc<Procedure>, Problem> {
        let code = code.trim().to_ascii_uppercase();
        let found = match self.version {
            Some(version) => {
                let reference = web.models().reference();
                reference.procedure_version(&code, version).cloned()
            }
            None => catalogue::procedure(web.models(), &code, Some(today))
                .or_else(|| catalogue::procedure(web.models(), &code, None)),
        };
        found.ok_or(Problem::ProcedureUnknown)
    }

    fn office(&self, web: &Web) -> Option<Arc<Office>> {
        known_office(web, self.office.as_deref()?)
    }
}

pub(super) async fn procedure(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    path: Segment,
    looked: Asked<Looked>,
) -> Response {
    let page = procedure_page(&web, &visit, &headers, &segment(path), &asked(looked)).await;
    answer(&visit, &web, page)
}

async fn procedure_page(
    web: &Web,
    visit: &Visit,
    headers: &HeaderMap,
    code: &str,
    looked: &Looked,
) -> Answer {
    let today = web.now().date();
    let models = web.models();
    let one = looked.procedure(web, code, today)?;
    let takers = sought::takers(models, &one, today).await?;
    let office = match (looked.office(web), takers.as_slice()) {
        (Some(office), _) => Some(office),
        (None, [only]) => Some(Arc::clone(only)),
        (None, _) => None,
    };
    let place = office.as_ref().map(|office| office.code.as_str());
    let taken = taken(models, &one.code, place, today).await?;
    let forecast = match place {
        Some(place) => Some(forecast(models, &one.code, place, today).await?),
        None => None,
    };
    let recorded = recorded(web, &one.code).await?;
    let reference = models.reference();
    let subject = Subject {
        procedure: &one,
        place: Place {
            reference: &reference,
            today,
            office: office.as_deref(),
        },
        takers: &takers,
        taken: Some(taken),
        forecast: forecast.filter(|forecast: &Forecast| forecast.shown.is_some()),
        recorded: &|version| recorded.get(&version).copied(),
        base: &visit.base,
    };
    let page = ProcedurePage::new(visit.frame(web), &subject);
    Ok(respond::public(headers, visit.who.is_some(), &page))
}

/// The days on which the versions of a procedure were recorded here.
async fn recorded(web: &Web, code: &str) -> Result<HashMap<u32, Date>, Problem> {
    let reference = web.models().reference();
    let mut days = HashMap::new();
    for one in reference.procedures.get(code).into_iter().flatten() {
        let day = catalogue::published_on(web.models(), code, one.version).await?;
        days.extend(day.map(|day| (one.version, day)));
    }
    Ok(days)
}

/// One procedure on one sheet.
pub(super) async fn leaflet(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    path: Segment,
    looked: Asked<Looked>,
) -> Response {
    let today = web.now().date();
    let looked = asked(looked);
    let page = looked.procedure(&web, &segment(path), today).map(|one| {
        let office = looked.office(&web);
        let reference = web.models().reference();
        let place = Place {
            reference: &reference,
            today,
            office: office.as_deref(),
        };
        let page = LeafletPage::new(visit.frame(&web), &one, &place, &visit.base);
        respond::public(&headers, visit.who.is_some(), &page)
    });
    answer(&visit, &web, page)
}

#[derive(Default, Deserialize)]
pub(super) struct OnWall {
    field: Option<String>,
}

/// What an office hangs on its wall.
pub(super) async fn sheet(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    path: Segment,
    on_wall: Asked<OnWall>,
) -> Response {
    let field = cut(asked(on_wall).field);
    let page = sheet_page(&web, &visit, &headers, &segment(path), &field).await;
    answer(&visit, &web, page)
}

async fn sheet_page(
    web: &Web,
    visit: &Visit,
    headers: &HeaderMap,
    code: &str,
    field: &str,
) -> Answer {
    let today = web.now().date();
    let code = code.to_ascii_uppercase();
    let office = known_office(web, &code).ok_or(Problem::OfficeUnknown)?;
    let sought = sought::Sought {
        field: (!field.is_empty()).then(|| field.to_owned()),
        office: Some(office.code.clone()),
        ..sought::Sought::default()
    };
    let found = sought::seek(web.models(), &sought, today).await?;
    let reference = web.models().reference();
    let wall = Wall {
        office: &office,
        reference: &reference,
        today,
        found: &found,
        field,
        base: &visit.base,
    };
    let page = SheetPage::new(visit.frame(web), &wall);
    Ok(respond::public(headers, visit.who.is_some(), &page))
}

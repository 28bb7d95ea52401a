//! The tables of the statistics: as sections of pages, and each as a file.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::figures::{counted, not_understood, understood};
use super::{Asked, Segment, answer, segment};
use crate::domain::target::Indicator;
use crate::projections::statistics::groups::Dimension;
use crate::projections::statistics::{
    Query, Scope, count, groups, ranking, score as scoring, spread, suppress,
};
use crate::projections::word::to_word;
use crate::web::lang::Lang;
use crate::web::problem::Problem;
use crate::web::statistics::breakdown::{self, By, Month};
use crate::web::statistics::choice::{self, Choice, Entry, place};
use crate::web::statistics::page::{Around, BreakdownPage, Origin, Section, Source};
use crate::web::statistics::table::{Label, Source as Taken, Table};
use crate::web::statistics::{
    self, Params, earlier, level_name, periods, scored, spread as spreads,
};
use crate::web::{Visit, Web, respond};

/// Rankings by other indicators compare what is not an office's own.
const RANKED_BY: [Indicator; 11] = [
    Indicator::OnTimeOfSettled,
    Indicator::OnTimeOfSettledByOriginal,
    Indicator::OnTimeOfReceived,
    Indicator::EarlyOfSettled,
    Indicator::SettledOfReceived,
    Indicator::OnlineOfNew,
    Indicator::OverdueOfPending,
    Indicator::DigitisedResults,
    Indicator::OnlinePayment,
    Indicator::Satisfaction,
    Indicator::FeedbackOnTime,
];

/// What stands around the sections of a page.
pub(super) fn around(web: &Web, visit: &Visit, path: &str, query: &Query, size: u64) -> Around {
    let origin = Origin {
        size,
        recorded_at: web.models().progress().recorded_at,
        log: web.api.log().ok(),
        base: &visit.base,
    };
    let source = Source::new(&origin, query, visit.lang);
    Around::new(path, query, web.now().date(), source, &visit.frame(web))
}

/// The sections before the offices: earlier periods, months.
pub(super) async fn before(web: &Web, query: &Query, lang: Lang) -> Result<Vec<Section>, Problem> {
    let asked = place("", query);
    let mut sections = Vec::new();
    if let Some(table) = compared(web, query).await? {
        let heading = (
            "earlier",
            ("So với kỳ trước và năm trước", "Beside earlier periods"),
        );
        let (before, last_year) = periods::earlier(query).unwrap_or((query.clone(), query.clone()));
        let says = [
            ("Kỳ trước", "The period before", before),
            ("Năm trước", "A year before", last_year),
        ]
        .map(|(vi, en, one)| {
            let day = |date| crate::web::dates::day(date, lang);
            format!("{}: {} – {}.", lang.of(vi, en), day(one.from), day(one.to))
        });
        sections.push(Section::new(heading, &[], &table, lang, &asked).saying(says.into()));
    }
    let months = months(web, query).await?;
    let heading = ("by-month", ("Theo tháng", "By month"));
    let charts = breakdown::months_drawn(&months, lang);
    let table = breakdown::months(&months);
    sections.push(Section::new(heading, &charts, &table, lang, &asked));
    Ok(sections)
}

/// The sections after the offices: fields, days late, desks.
pub(super) async fn after(web: &Web, query: &Query, lang: Lang) -> Result<Vec<Section>, Problem> {
    let asked = place("", query);
    let mut sections = Vec::new();
    if query.procedure.is_none() {
        let (parts, pooled) = split(web, query, By::Field).await?;
        let heading = ("by-field", ("Theo lĩnh vực", "By field"));
        let chart = breakdown::parts_drawn(By::Field, &parts, lang);
        let table = breakdown::parts(By::Field, &parts, pooled);
        sections.push(Section::new(heading, &[chart], &table, lang, &asked));
    }
    let bands = spread::lateness(web.models(), query).await?;
    let heading = (
        "by-days",
        ("Sớm hay trễ bao nhiêu ngày", "How many days early or late"),
    );
    let chart = spreads::lateness_drawn(&bands, lang);
    let table = spreads::lateness(&bands);
    sections.push(Section::new(heading, &[chart], &table, lang, &asked));
    let desks = spread::desks(web.models(), query).await?;
    let heading = ("by-desk", ("Thời gian ở từng khâu", "Time on each desk"));
    let chart = spreads::desks_drawn(&desks, lang);
    let table = spreads::desks(&desks);
    sections.push(Section::new(heading, &[chart], &table, lang, &asked));
    Ok(sections)
}

async fn compared(web: &Web, query: &Query) -> Result<Option<Table>, Problem> {
    let Some((before, last_year)) = periods::earlier(query) else {
        return Ok(None);
    };
    let models = web.models();
    let now = count(models, query).await?;
    let before = count(models, &before).await?;
    let last_year = count(models, &last_year).await?;
    Ok(Some(earlier::comparison(&now, &before, &last_year)))
}

async fn months(web: &Web, query: &Query) -> Result<Vec<Month>, Problem> {
    let mut months = Vec::new();
    for (from, to) in periods::months(query.from, query.to) {
        let month = Query {
            from,
            to,
            ..query.clone()
        };
        let counts = count(web.models(), &month).await?;
        months.push(Month { from, to, counts });
    }
    Ok(months)
}

/// The counts by field or procedure as everybody may read them, the most received first; and how many procedures are told
/// together.
async fn split(web: &Web, query: &Query, by: By) -> Result<(Vec<breakdown::Part>, usize), Problem> {
    let reference = web.models().reference();
    let all = groups::by(web.models(), query, Dimension::Procedure).await?;
    let told = suppress::told(web.models(), all);
    let pooled = told.pooled.len();
    let groups = match by {
        By::Field => suppress::by_field(&told, &reference),
        By::Procedure | By::Office => told.groups,
    };
    let mut parts: Vec<breakdown::Part> = groups
        .into_iter()
        .map(|(key, tally)| {
            let label = match (&key, by) {
                (None, _) => breakdown::pool_label(pooled),
                (Some(field), By::Field) => {
                    let newest = reference.procedures.values().filter_map(|all| all.last());
                    let mut own = newest.filter(|one| one.field_vi == *field);
                    let en = own.next().map_or(field, |one| &one.field_en);
                    Label::new(field, (field, en))
                }
                (Some(code), By::Procedure | By::Office) => {
                    let newest = reference.procedures.get(code).and_then(|all| all.last());
                    let name =
                        newest.map_or((&**code, &**code), |one| (&one.name_vi, &one.name_en));
                    Label::new(code, name)
                }
            };
            let asked = Query {
                procedure: key.clone(),
                ..query.clone()
            };
            breakdown::Part {
                label,
                link: match by {
                    By::Procedure if key.is_some() => Some(place("/statistics", &asked)),
                    By::Procedure | By::Field | By::Office => None,
                },
                class: "",
                counts: tally.counts,
            }
        })
        .collect();
    parts.sort_by(|left, right| {
        let size = |part: &breakdown::Part| (part.label.key != "*", part.counts.received.total());
        size(right)
            .cmp(&size(left))
            .then_with(|| left.label.key.cmp(&right.label.key))
    });
    Ok((parts, pooled))
}

/// What offices are ranked by, and from which denominator on.
struct Order {
    indicator: Indicator,
    least: u64,
}

impl Order {
    fn asked(params: &Params) -> Self {
        let named = |one: &Indicator| params.indicator.as_deref() == Some(&*to_word(one));
        Self {
            indicator: RANKED_BY.into_iter().find(named).unwrap_or(RANKED_BY[0]),
            least: params.least.unwrap_or(1),
        }
    }

    /// As it follows the question in an address.
    fn further(&self) -> String {
        format!(
            "&indicator={}&least={}",
            to_word(&self.indicator),
            self.least
        )
    }

    fn choice(&self, lang: Lang) -> Choice {
        let options = RANKED_BY.map(|one| Entry {
            value: to_word(&one),
            name: lang.pick(one.label()).to_owned(),
            selected: one == self.indicator,
        });
        Choice {
            id: "indicator",
            label: ("Xếp theo", "Ranked by"),
            options: options.into(),
        }
    }

    fn least(&self) -> Choice {
        let options = [1, 10, 50, 100].map(|least: u64| Entry {
            value: least.to_string(),
            name: least.to_string(),
            selected: least == self.least,
        });
        Choice {
            id: "least",
            label: ("Mẫu số tối thiểu", "Least denominator"),
            options: options.into(),
        }
    }
}

async fn ranked(web: &Web, query: &Query, order: &Order) -> Result<Table, Problem> {
    let found = ranking::ranking(web.models(), query, order.indicator, order.least).await?;
    let reference = web.models().reference();
    let found = found.unwrap_or_default();
    Ok(scored::ranking(
        &found,
        order.indicator,
        &reference,
        order.least,
    ))
}

/// A page that everybody reads alike.
async fn shared(web: &Web, visit: &Visit, headers: &HeaderMap, page: super::Answer) -> Response {
    let page = answer(visit, web, page);
    match visit.who {
        Some(_) => page,
        None => respond::shared(headers, page).await,
    }
}

pub(super) async fn offices(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    params: Asked<Params>,
) -> Response {
    let page = async {
        let order = Order::asked(&params_of(&params));
        let asked = understood(&web, params).await?;
        let (query, lang) = (&asked.query, visit.lang);
        let (counts, parts) = counted(&web, query).await?;
        let reference = web.models().reference();
        let table = ranked(&web, query, &order).await?;
        let question = place("", query);
        let heading = ("ranking", order.indicator.label());
        let mut sections = vec![Section::new(
            heading,
            &[],
            &table,
            lang,
            &(question.clone() + &order.further()),
        )];
        let parts = statistics::of_offices(&parts, query, &reference);
        let chart = breakdown::parts_drawn(By::Office, &parts, lang);
        let heading = ("by-office", ("Theo cấp và cơ quan", "By level and office"));
        let table = breakdown::parts(By::Office, &parts, 0);
        sections.push(Section::new(heading, &[chart], &table, lang, &question));
        let around = around(&web, &visit, "/statistics/offices", query, counts.size);
        let page = BreakdownPage::new(
            visit.frame(&web),
            (
                "/statistics/offices",
                ("So sánh các cơ quan", "Offices side by side"),
            ),
            &asked,
            &reference,
            sections,
            around,
        );
        let page = page.choosing(order.least()).choosing(order.choice(lang));
        Ok(respond::html(StatusCode::OK, &page))
    };
    shared(&web, &visit, &headers, page.await).await
}

pub(super) async fn procedures(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    params: Asked<Params>,
) -> Response {
    let page = async {
        let asked = understood(&web, params).await?;
        let (query, lang) = (&asked.query, visit.lang);
        let counts = count(web.models(), query).await?;
        let question = place("", query);
        let mut sections = Vec::new();
        for (by, heading) in [
            (
                By::Procedure,
                ("by-procedure", ("Theo thủ tục", "By procedure")),
            ),
            (By::Field, ("by-field", ("Theo lĩnh vực", "By field"))),
        ] {
            let (parts, pooled) = split(&web, query, by).await?;
            let chart = breakdown::parts_drawn(by, &parts, lang);
            let table = breakdown::parts(by, &parts, pooled);
            sections.push(Section::new(heading, &[chart], &table, lang, &question));
        }
        let around = around(&web, &visit, "/statistics/procedures", query, counts.size);
        let page = BreakdownPage::new(
            visit.frame(&web),
            (
                "/statistics/procedures",
                ("Theo thủ tục và lĩnh vực", "By procedure and field"),
            ),
            &asked,
            &web.models().reference(),
            sections,
            around,
        );
        Ok(respond::html(StatusCode::OK, &page))
    };
    shared(&web, &visit, &headers, page.await).await
}

pub(super) async fn score(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    params: Asked<Params>,
) -> Response {
    let page = async {
        let asked = understood(&web, params).await?;
        let (query, lang) = (&asked.query, visit.lang);
        let counts = count(web.models(), query).await?;
        let score = scoring::score(web.models(), query).await?;
        let heading = (
            "score",
            ("Từng nhóm, từng thành phần", "Every group, every element"),
        );
        let chart = scored::score_drawn(&score, lang);
        let table = scored::score(&score);
        let section = Section::new(heading, &[chart], &table, lang, &place("", query));
        let around = around(&web, &visit, "/statistics/score", query, counts.size);
        let page = BreakdownPage::new(
            visit.frame(&web),
            (
                "/statistics/score",
                ("Điểm theo Quyết định 766", "Score by Decision 766"),
            ),
            &asked,
            &web.models().reference(),
            vec![section.saying(scored::rules(&score, lang))],
            around,
        );
        let page = page.saying(scored::words(&score, lang));
        Ok(respond::html(StatusCode::OK, &page))
    };
    shared(&web, &visit, &headers, page.await).await
}

/// What can be understood of the question, for what can do with less.
fn params_of(params: &Asked<Params>) -> Params {
    match params {
        Ok(axum::extract::Query(params)) => params.clone(),
        Err(_) => Params::default(),
    }
}

/// One table by its name.
async fn named(
    web: &Web,
    query: &Query,
    order: &Order,
    name: &str,
) -> Result<Option<Table>, Problem> {
    let models = web.models();
    Ok(Some(match name {
        "comparison" => return compared(web, query).await,
        "months" => breakdown::months(&months(web, query).await?),
        "offices" => {
            let (_, parts) = counted(web, query).await?;
            let parts = statistics::of_offices(&parts, query, &models.reference());
            breakdown::parts(By::Office, &parts, 0)
        }
        "fields" | "procedures" => {
            let by = if name == "fields" {
                By::Field
            } else {
                By::Procedure
            };
            let (parts, pooled) = split(web, query, by).await?;
            breakdown::parts(by, &parts, pooled)
        }
        "lateness" => spreads::lateness(&spread::lateness(models, query).await?),
        "desks" => spreads::desks(&spread::desks(models, query).await?),
        "score" => scored::score(&scoring::score(models, query).await?),
        "ranking" => ranked(web, query, order).await?,
        _ => return Ok(None),
    }))
}

/// A table to take away; a question that is not understood is refused.
pub(super) async fn file(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    path: Segment,
    params: Asked<Params>,
) -> Response {
    let file = async {
        let order = Order::asked(&params_of(&params));
        let asked = understood(&web, params).await?;
        if !asked.problems.is_empty() {
            return Ok(not_understood(&asked.problems));
        }
        let path = segment(path);
        let (name, kind) = path.split_once('.').ok_or(Problem::PageUnknown)?;
        let query = &asked.query;
        let table = named(&web, query, &order, name).await?;
        let table = table.ok_or(Problem::PageUnknown)?;
        let size = count(web.models(), query).await?.size;
        let (data, question) = (web.opened().data(), question(query, &order, name));
        let source = Taken {
            data: &data,
            asked: &question,
            size,
        };
        match kind {
            "csv" => {
                let kind = "text/csv; charset=utf-8; header=present".to_owned();
                let terms = "<https://creativecommons.org/licenses/by/4.0/>; rel=\"license\"";
                let dictionary = format!(
                    "</statistics/{name}.json{}>; rel=\"describedby\", {terms}",
                    place("", query)
                );
                let headers = [(header::CONTENT_TYPE, kind), (header::LINK, dictionary)];
                Ok((headers, table.csv(&source)).into_response())
            }
            "json" => Ok(axum::Json(table.json(&source)).into_response()),
            _ => Err(Problem::PageUnknown),
        }
    };
    shared(&web, &visit, &headers, file.await).await
}

/// The question as it stands beside the figures.
fn question(query: &Query, order: &Order, name: &str) -> Vec<(&'static str, String)> {
    let scope = match &query.scope {
        Scope::All => "*".to_owned(),
        Scope::Level(level) => level_name(*level).to_owned(),
        Scope::Office(code) => code.clone(),
    };
    let any = |value: Option<String>| value.unwrap_or_else(|| "*".to_owned());
    let mut question = vec![
        ("from", query.from.to_string()),
        ("to", query.to.to_string()),
        ("scope", scope),
        (
            "channel",
            any(query.channel.map(|one| one.name().to_owned())),
        ),
        ("procedure_asked", any(query.procedure.clone())),
        (
            "comparison",
            choice::comparison_name(query.comparison).to_owned(),
        ),
    ];
    if name == "ranking" {
        question.push(("indicator", to_word(&order.indicator)));
        question.push(("least", order.least.to_string()));
    }
    question
}

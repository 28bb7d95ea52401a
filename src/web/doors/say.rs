//! Rating, feedback and surveys by the holder of a receipt: plain forms, each sent through the api's own mutation.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::dossier::{dossier, new_command, receipt};
use super::{Answer, Asked, Segment, answer, asked, segment};
use crate::api::access::OfficeDevice;
use crate::domain::campaign::Campaign;
use crate::domain::dossier::Dossier;
use crate::projections::tracking::DossierRow;
use crate::web::problem::Problem;
use crate::web::say::{Ask, Closed, Fault, SayPage, Sent, Typed, Wish};
use crate::web::tracking::{SCALE, asked_about, may_rate, to_judge};
use crate::web::{Visit, Web, respond};

#[derive(Default, Deserialize)]
pub(super) struct Key {
    k: Option<String>,
}

/// A form as a browser sends it; what cannot be read counts as an empty one.
type Filled = Result<Form<Sent>, FormRejection>;

/// One form, and what it sends: the address says which.
pub(super) fn doors(wish: Wish) -> MethodRouter<Web> {
    let show = move |State(web): State<Web>, visit: Visit, path: Segment, key: Asked<Key>| async move {
        let page = form(&web, &visit, &segment(path), &asked(key), wish).await;
        respond::unlisted(answer(&visit, &web, page))
    };
    let take = move |State(web): State<Web>,
                     visit: Visit,
                     headers: HeaderMap,
                     path: Segment,
                     filled: Filled| async move {
        let sent = filled.map_or_else(|_| Sent::default(), |Form(sent)| sent);
        let done = send(&web, &visit, &headers, &segment(path), &sent, wish).await;
        respond::unlisted(answer(&visit, &web, done))
    };
    get(show).post(take)
}

/// The empty form, or why there is none.
async fn form(web: &Web, visit: &Visit, code: &str, key: &Key, wish: Wish) -> Answer {
    let (code, row, changes) = dossier(web, visit, code, key.k.as_deref()).await?;
    let state = changes.last().map(|change| &change.after);
    let state = state.ok_or_else(|| Problem::DossierUnknown(code.clone()))?;
    let capability = receipt(&row, key.k.as_deref()).unwrap_or_default();
    let campaign = campaign(web, state, wish);
    let closed = closed(wish, state, &capability, campaign.is_some());
    let ask = Ask {
        wish,
        code: &code,
        capability: &capability,
        command: new_command(),
        typed: Typed::default(),
        faults: Vec::new(),
        campaign: campaign.as_deref(),
    };
    Ok(shown(web, visit, StatusCode::OK, ask, state, closed))
}

fn shown(
    web: &Web,
    visit: &Visit,
    status: StatusCode,
    ask: Ask<'_>,
    state: &Dossier,
    closed: Option<Closed>,
) -> Response {
    let mut frame = visit.frame(web);
    let place = format!("/t/{}/{}", ask.code, ask.wish.place());
    frame.place = match ask.capability {
        "" => place,
        key => format!("{place}?k={key}"),
    };
    respond::html(status, &SayPage::new(frame, ask, state, closed))
}

fn closed(wish: Wish, state: &Dossier, capability: &str, is_asked: bool) -> Option<Closed> {
    if capability.is_empty() {
        return Some(Closed::NoReceipt);
    }
    match wish {
        Wish::Rating if state.rating.is_some() => Some(Closed::Rated),
        Wish::Rating if !may_rate(state.phase) => Some(Closed::NotYet),
        Wish::Feedback if state.open_feedback().is_some() => Some(Closed::FeedbackOpen),
        Wish::Clarify if asked_about(state).is_none() => Some(Closed::NotAsked),
        Wish::Judge if to_judge(state).is_none() => Some(Closed::NothingToJudge),
        Wish::Survey if !is_asked => Some(Closed::NoSurvey),
        Wish::Rating | Wish::Feedback | Wish::Clarify | Wish::Judge | Wish::Survey => None,
    }
}

/// The campaign that the survey's form asks for.
fn campaign(web: &Web, state: &Dossier, wish: Wish) -> Option<Arc<Campaign>> {
    let (reference, today) = (web.models().reference(), web.now().date());
    let mut open = state.campaigns(&reference, today);
    open.next().filter(|_| wish == Wish::Survey).cloned()
}

/// Gives the command; on to the dossier's page when it was recorded, back to the form with what is wrong when not.
async fn send(
    web: &Web,
    visit: &Visit,
    headers: &HeaderMap,
    code: &str,
    sent: &Sent,
    wish: Wish,
) -> Answer {
    let (code, row, changes) = dossier(web, visit, code, Some(&sent.k)).await?;
    let state = changes.last().map(|change| &change.after);
    let state = state.ok_or_else(|| Problem::DossierUnknown(code.clone()))?;
    let capability = receipt(&row, Some(&sent.k)).unwrap_or_default();
    if let Some(refused) = unchosen(visit, sent, wish).filter(|_| !capability.is_empty()) {
        let command = sent.command.parse().unwrap_or_else(|_| new_command());
        let keys = (code.as_str(), capability.as_str(), command);
        return Ok(again(web, visit, keys, sent, wish, state, refused));
    }
    let command = sent.command.parse().unwrap_or_else(|_| new_command());
    if capability.is_empty() {
        let refused = Refused {
            status: StatusCode::FORBIDDEN,
            closed: Some(Closed::NoReceipt),
            faults: Vec::new(),
        };
        return Ok(again(
            web,
            visit,
            (&code, &capability, command),
            sent,
            wish,
            state,
            refused,
        ));
    }
    let payload = ask(
        web,
        visit,
        headers,
        (&code, &capability, command),
        sent,
        (wish, state),
    )
    .await?;
    let refused = Refused::of(&payload, visit);
    match refused {
        None => {
            let place = format!("/t/{code}?k={capability}");
            let place = visit.frame(web).to(&place);
            Ok(respond::see(&format!("{place}#say")))
        }
        Some(refused) => {
            let seen = newest(web, &row, state.clone()).await;
            let keys = (&*code, &*capability, command);
            Ok(again(web, visit, keys, sent, wish, &seen, refused))
        }
    }
}

/// The state as it is now: what refused the command may have come in between.
async fn newest(web: &Web, row: &DossierRow, known: Arc<Dossier>) -> Arc<Dossier> {
    let changes = crate::projections::history::of_dossier(web.models(), row.id).await;
    let last = changes.ok().and_then(|mut changes| changes.pop());
    last.map_or(known, |change| change.after)
}

/// Code, capability and command of a form.
type Keys<'a> = (&'a str, &'a str, Uuid);

/// The mutation's payload.
async fn ask(
    web: &Web,
    visit: &Visit,
    headers: &HeaderMap,
    (code, capability, command): Keys<'_>,
    sent: &Sent,
    (wish, state): (Wish, &Dossier),
) -> Result<Value, Problem> {
    let typed = sent.typed();
    let mut input = json!({ "dossier": code, "commandId": command, "capability": capability });
    let (document, name) = match wish {
        Wish::Rating => {
            input["score"] = typed.score.unwrap_or_default().into();
            input["scale"] = SCALE.into();
            (include_str!("../queries/rate.graphql"), "rateService")
        }
        Wish::Feedback => {
            let kind = typed.kind.map_or("REPORT", |kind| match kind {
                crate::domain::dossier::FeedbackKind::Report => "REPORT",
                crate::domain::dossier::FeedbackKind::Recommendation => "RECOMMENDATION",
            });
            input["kind"] = kind.into();
            input["text"] = sent.line().into();
            (
                include_str!("../queries/feedback.graphql"),
                "submitFeedback",
            )
        }
        Wish::Clarify => {
            input["number"] = asked_about(state).unwrap_or_default().into();
            input["text"] = sent.line().into();
            (
                include_str!("../queries/clarify.graphql"),
                "clarifyFeedback",
            )
        }
        Wish::Judge => {
            input["number"] = to_judge(state).unwrap_or_default().into();
            input["satisfied"] = typed.satisfied.unwrap_or_default().into();
            (include_str!("../queries/judge.graphql"), "judgeFeedback")
        }
        Wish::Survey => {
            input["campaign"] = sent.campaign.as_str().into();
            let answers = typed.answers.iter();
            let answers = answers.map(|(key, score)| json!({ "question": key, "score": score }));
            input["answers"] = answers.collect();
            (include_str!("../queries/survey.graphql"), "answerSurvey")
        }
    };
    let device = web
        .api
        .sign_in
        .is_office_device(headers, visit.who.as_ref());
    let device = OfficeDevice(device);
    let told = web
        .run(
            document,
            json!({ "input": input }),
            visit.who.clone(),
            device,
        )
        .await;
    match told.data.get(name) {
        Some(payload) if told.failures.is_empty() => Ok(payload.clone()),
        _ => Err(Problem::Unavailable("COMMAND_FAILED")),
    }
}

/// A form of which nothing was chosen.
fn unchosen(visit: &Visit, sent: &Sent, wish: Wish) -> Option<Refused> {
    let typed = sent.typed();
    let (anchor, (vi, en)) = match wish {
        Wish::Rating if typed.score.is_none() => (
            "score-5",
            ("Chọn một mức hài lòng.", "Choose how satisfied you are."),
        ),
        Wish::Feedback if typed.kind.is_none() => (
            "kind",
            (
                "Chọn: phản ánh hay kiến nghị.",
                "Choose: a report or a recommendation.",
            ),
        ),
        Wish::Judge if typed.satisfied.is_none() => (
            "main",
            (
                "Chọn: hài lòng hay chưa hài lòng.",
                "Choose: satisfied or not.",
            ),
        ),
        Wish::Rating | Wish::Feedback | Wish::Clarify | Wish::Judge | Wish::Survey => return None,
    };
    Some(Refused {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        closed: None,
        faults: vec![Fault {
            anchor,
            says: visit.lang.of(vi, en).to_owned(),
            code: "NOTHING_CHOSEN".into(),
        }],
    })
}

/// Why a form comes back.
struct Refused {
    status: StatusCode,
    closed: Option<Closed>,
    faults: Vec<Fault>,
}

impl Refused {
    /// None when it was recorded.
    fn of(payload: &Value, visit: &Visit) -> Option<Self> {
        let errors = payload.get("errors").and_then(Value::as_array)?;
        let first = errors.first()?;
        let text = |error: &Value, key: &str| {
            let text = error.get(key).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let (status, closed) = match text(first, "code").as_str() {
            "ALREADY_RATED" => (StatusCode::CONFLICT, Some(Closed::Rated)),
            "FEEDBACK_OPEN" => (StatusCode::CONFLICT, Some(Closed::FeedbackOpen)),
            "CLARIFICATION_NOT_ASKED" => (StatusCode::CONFLICT, Some(Closed::NotAsked)),
            "FEEDBACK_NOT_ANSWERED" | "ALREADY_RECORDED" => {
                (StatusCode::CONFLICT, Some(Closed::NothingToJudge))
            }
            "CAMPAIGN_UNKNOWN"
            | "CAMPAIGN_CLOSED"
            | "CAMPAIGN_OUT_OF_SCOPE"
            | "SURVEY_ANSWERED" => (StatusCode::CONFLICT, Some(Closed::NoSurvey)),
            "NOT_THE_APPLICANT" => (StatusCode::FORBIDDEN, Some(Closed::NoReceipt)),
            "WRONG_STATE" | "ALREADY_CLOSED" => (StatusCode::CONFLICT, Some(Closed::NotYet)),
            "OVERLOADED" | "STOPPING" | "NODE_HALTED" | "UNAVAILABLE" | "CLOCKS_APART"
            | "READ_ONLY_NODE" | "NOT_YET_ENABLED" => (StatusCode::SERVICE_UNAVAILABLE, None),
            _ => (StatusCode::UNPROCESSABLE_ENTITY, None),
        };
        let fault = |error: &Value| {
            let field = error.get("field").and_then(Value::as_array);
            let field = field.and_then(|path| path.last()?.as_str());
            Fault {
                anchor: match field {
                    Some("text") => "text",
                    Some("score") => "score-5",
                    Some("kind") => "kind",
                    Some(_) | None => "main",
                },
                says: text(error, visit.lang.of("messageVi", "messageEn")),
                code: text(error, "code"),
            }
        };
        let faults = match closed {
            Some(_) => Vec::new(),
            None => errors.iter().map(fault).collect(),
        };
        Some(Self {
            status,
            closed,
            faults,
        })
    }
}

fn again(
    web: &Web,
    visit: &Visit,
    (code, capability, command): Keys<'_>,
    sent: &Sent,
    wish: Wish,
    state: &Dossier,
    refused: Refused,
) -> Response {
    let campaign = campaign(web, state, wish);
    let ask = Ask {
        wish,
        code,
        capability,
        command,
        typed: sent.typed(),
        faults: refused.faults,
        campaign: campaign.as_deref(),
    };
    shown(web, visit, refused.status, ask, state, refused.closed)
}

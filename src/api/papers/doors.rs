//! Where papers are fetched: by officers who may open the dossier, and by whoever shows the receipt's capability.

use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;

use super::{SLUGS, file, register, wanted};
use crate::api::Api;
use crate::api::access::{self, Sight};
use crate::api::capability::fingerprint;
use crate::api::error::Problem;
use crate::api::looks;
use crate::domain::access::Purpose;
use crate::domain::code::{DossierCode, OfficeCode};
use crate::domain::paper::Form;
use crate::projections::history;
use crate::projections::tracking;

/// `/papers/{code}/{form}.pdf?of=VERSION&k=CAPABILITY` and `/registers/{office}.pdf?from=DATE&to=DATE`.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/papers/{code}/{file}", get(paper))
        .route("/registers/{office}", get(days))
        .with_state(api)
}

/// Why there is no paper. Wrong code, wrong key and no right to it are one answer.
enum Without {
    Unknown,
    BadRequest,
    Unauthenticated,
    Problem(Problem),
}

impl From<Problem> for Without {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl IntoResponse for Without {
    fn into_response(self) -> Response {
        let (status, code, vietnamese, english) = match self {
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "PAPER_UNKNOWN",
                "Không có giấy tờ này, hoặc mã trên giấy tiếp nhận không đúng.",
                "There is no such paper, or the receipt's code is not right.",
            ),
            Self::BadRequest => (
                StatusCode::BAD_REQUEST,
                "BAD_REQUEST",
                "Địa chỉ không đúng: cần ngày dạng 2026-11-28, nhiều nhất 31 ngày.",
                "The address is not right: days like 2026-11-28 are wanted, at most 31.",
            ),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "UNAUTHENTICATED",
                "Hãy đăng nhập.",
                "Sign in.",
            ),
            Self::Problem(Problem::Withheld) => (
                StatusCode::CONFLICT,
                "WITHHELD",
                "Máy chủ này không giữ dữ liệu cá nhân. Hãy hỏi máy chủ của cơ quan.",
                "This node holds no personal data. Ask the office's own.",
            ),
            Self::Problem(Problem::Unavailable(error)) => {
                tracing::warn!(error = %error, "a paper cannot be made now");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "UNAVAILABLE",
                    "Kho dữ liệu chưa trả lời. Hãy thử lại sau.",
                    "A store does not answer. Try again later.",
                )
            }
            Self::Problem(problem) => {
                tracing::error!(?problem, "a paper cannot be made");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "INTERNAL_SERVER_ERROR",
                    "Lỗi hệ thống. Báo cho quản trị viên.",
                    "Internal fault. Tell the operator.",
                )
            }
        };
        let body = serde_json::json!({"code": code, "messageVi": vietnamese, "messageEn": english});
        let headers = [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (status, headers, body.to_string()).into_response()
    }
}

#[derive(Deserialize)]
struct Asked {
    of: Option<u32>,
    k: Option<String>,
}

async fn paper(
    State(api): State<Api>,
    headers: HeaderMap,
    path: Result<Path<(String, String)>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Without> {
    let Path((code, name)) = path.map_err(|_| Without::Unknown)?;
    let Query(asked) = asked.map_err(|_| Without::Unknown)?;
    let code: DossierCode = code.parse().map_err(|_| Without::Unknown)?;
    let stem = name.strip_suffix(".pdf").ok_or(Without::Unknown)?;
    let form = SLUGS
        .iter()
        .find(|(slug, _)| *slug == stem)
        .map(|(_, form)| *form);
    let form = form
        .or_else(|| Form::of_number(stem))
        .ok_or(Without::Unknown)?;
    let row = tracking::by_code(&api.models, code.as_str())
        .await
        .map_err(Problem::from)?;
    let row = row.ok_or(Without::Unknown)?;
    let changes = history::of_dossier(&api.models, row.id)
        .await
        .map_err(Problem::from)?;
    let actor = api.sign_in.reader(&headers).await;
    let opens = actor
        .as_ref()
        .is_some_and(|actor| access::sight(actor, &row) == Sight::Open);
    // The holder of the receipt has what was written to them; the control slip names officers.
    let holds = || {
        let shown = asked.k.as_deref().map(fingerprint);
        let wanted = changes
            .last()
            .and_then(|change| change.after.capability.clone());
        form != Form::ControlSlip && shown.is_some() && shown == wanted
    };
    if !opens && !holds() {
        return Err(Without::Unknown);
    }
    let paper = wanted(&changes, form, asked.of).ok_or(Without::Unknown)?;
    if let Some(actor) = actor.as_ref().filter(|_| opens) {
        let dossiers: Vec<_> = row.leg_of.into_iter().chain([row.id]).collect();
        let looked = looks::record(&api, actor, Purpose::Paper, &dossiers).await;
        looked.map_err(Problem::from)?;
    }
    let file = file(&api, row.id, code.as_str(), &changes, paper).await?;
    Ok(pdf(file.bytes, &format!("{code}-{}.pdf", form.number())))
}

#[derive(Deserialize)]
struct Days {
    from: Date,
    to: Date,
}

async fn days(
    State(api): State<Api>,
    headers: HeaderMap,
    path: Result<Path<String>, PathRejection>,
    days: Result<Query<Days>, QueryRejection>,
) -> Result<Response, Without> {
    let actor = api
        .sign_in
        .reader(&headers)
        .await
        .ok_or(Without::Unauthenticated)?;
    let Path(name) = path.map_err(|_| Without::Unknown)?;
    let Query(Days { from, to }) = days.map_err(|_| Without::BadRequest)?;
    let office: OfficeCode = name
        .strip_suffix(".pdf")
        .and_then(|code| code.parse().ok())
        .ok_or(Without::Unknown)?;
    if !register::may_print(&actor, office.as_str()) {
        return Err(Without::Unknown);
    }
    if from > to || (to - from).get_days() >= register::DAYS_MAX {
        return Err(Without::BadRequest);
    }
    let bytes = register::file(&api, &actor, office.as_str(), from, to).await?;
    Ok(pdf(bytes, &format!("{office}-07-{from}-{to}.pdf")))
}

fn pdf(bytes: Vec<u8>, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

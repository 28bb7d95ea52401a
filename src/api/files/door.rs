//! `POST /files` takes a file and gives a ticket for one command; `GET /files/{dossier}/{position}` gives a file back.

use std::net::IpAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{Bearer, bearers, open};
use crate::api::Api;
use crate::api::access::{self, Sight};
use crate::api::capability::fingerprint;
use crate::api::dossier::Reader;
use crate::api::error::Problem;
use crate::domain::actor::{Actor, Role};
use crate::domain::text;
use crate::projections::tracking::{self, DossierRow};
use crate::projections::{history, repository};
use crate::vault::{BYTES_MAX, Opened, TICKET_HOURS, Upload, VaultError};

const NAME_CHARS_MAX: usize = 200;

/// Points of a caller's bucket that each begun megabyte costs.
const POINTS_PER_MEGABYTE: u32 = 100;

/// What is taken, and how such a file begins.
const MEDIA_TYPES: [(&str, &[u8]); 4] = [
    ("application/pdf", b"%PDF-"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("application/xml", b"<"),
];

/// `POST /files?commandId=UUID&name=TEXT`, `GET /files/{dossier}/{position}?k=CAPABILITY`.
pub fn router(api: Api) -> Router {
    Router::new()
        .route("/files", post(bring))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
        .route("/files/{dossier}/{position}", get(fetch))
        .with_state(api)
}

/// Why no file is taken or given. Wrong dossier, wrong key and no right to it are one answer.
#[derive(Debug)]
enum FileProblem {
    Unknown,
    Erased,
    Damaged,
    Address,
    MediaType,
    TooLarge,
    Empty,
    Unauthenticated,
    RateLimited(HeaderValue),
    ReadOnlyNode,
    Problem(Problem),
}

impl From<Problem> for FileProblem {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Withheld => Self::ReadOnlyNode,
            problem => Self::Problem(problem),
        }
    }
}

impl From<VaultError> for FileProblem {
    fn from(error: VaultError) -> Self {
        Self::Problem(error.into())
    }
}

impl FileProblem {
    fn told(&self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "FILE_UNKNOWN",
                "Không có tệp này, hoặc mã trên giấy tiếp nhận không đúng.",
                "There is no such file, or the receipt's code is not right.",
            ),
            Self::Erased => (
                StatusCode::GONE,
                "FILE_ERASED",
                "Tệp này đã được xóa theo quy định.",
                "This file has been erased, as the law asks.",
            ),
            Self::Damaged => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "FILE_DAMAGED",
                "Tệp không còn nguyên vẹn trong kho. Báo cho quản trị viên: cần khôi phục từ bản sao lưu.",
                "The file is not whole in the store. Tell the operator: it must come back from a backup.",
            ),
            Self::Address => (
                StatusCode::BAD_REQUEST,
                "BAD_REQUEST",
                "Địa chỉ cần `commandId` (UUID của lệnh sẽ dùng tệp) và `name` (tên tệp, tối đa 200 ký tự).",
                "The address wants `commandId` (UUID of the command that will use the file) and `name` (its name, at most 200 characters).",
            ),
            Self::MediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "FILE_TYPE",
                "Chỉ nhận tệp PDF, PNG, JPEG hoặc XML, đúng với Content-Type.",
                "Taken are PDF, PNG, JPEG and XML files that are what Content-Type says.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "FILE_TOO_LARGE",
                "Tệp lớn hơn 20 MB. Hãy nén hoặc chia nhỏ.",
                "The file is larger than 20 MB. Compress or divide it.",
            ),
            Self::Empty => (
                StatusCode::BAD_REQUEST,
                "FILE_EMPTY",
                "Tệp rỗng. Kiểm tra lại tệp rồi gửi lại.",
                "The file is empty. Look at it and send it again.",
            ),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "UNAUTHENTICATED",
                "Hãy đăng nhập.",
                "Sign in.",
            ),
            Self::RateLimited(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                "Gửi quá nhiều. Thử lại sau ít giây.",
                "Too much was sent. Try again in some seconds.",
            ),
            Self::ReadOnlyNode => (
                StatusCode::CONFLICT,
                "WITHHELD",
                "Máy chủ này không giữ tệp và dữ liệu cá nhân. Hãy hỏi máy chủ của cơ quan.",
                "This node holds no files and no personal data. Ask the office's own.",
            ),
            Self::Problem(Problem::Unavailable(_)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "UNAVAILABLE",
                "Kho dữ liệu chưa trả lời. Hãy thử lại sau.",
                "A store does not answer. Try again later.",
            ),
            Self::Problem(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL_SERVER_ERROR",
                "Lỗi hệ thống. Báo cho quản trị viên.",
                "Internal fault. Tell the operator.",
            ),
        }
    }
}

impl IntoResponse for FileProblem {
    fn into_response(self) -> Response {
        let (status, code, vietnamese, english) = self.told();
        if status.is_server_error() {
            tracing::error!(problem = ?self, "a file cannot be taken or given");
        }
        let body = json!({"code": code, "messageVi": vietnamese, "messageEn": english});
        let mut response = written(status, "application/problem+json", &body);
        if let Self::RateLimited(after) = self {
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        response
    }
}

fn written(status: StatusCode, media_type: &'static str, body: &serde_json::Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body.to_string()).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Brought {
    command_id: Uuid,
    name: String,
}

async fn bring(
    State(api): State<Api>,
    headers: HeaderMap,
    asked: Result<Query<Brought>, QueryRejection>,
    extensions: Extensions,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, FileProblem> {
    let caller = api.sign_in.authenticate(&headers).await;
    let caller = caller.ok().flatten().ok_or(FileProblem::Unauthenticated)?;
    let Query(asked) = asked.map_err(|_| FileProblem::Address)?;
    let name = text::required(&asked.name, NAME_CHARS_MAX).map_err(|_| FileProblem::Address)?;
    let file = body.map_err(|_| FileProblem::TooLarge)?;
    let megabytes = u32::try_from(file.len() >> 20).unwrap_or(u32::MAX);
    let points = megabytes
        .saturating_add(1)
        .saturating_mul(POINTS_PER_MEGABYTE);
    spend(
        &api,
        caller.id,
        api.rates.address(&headers, &extensions),
        points,
    )?;
    if file.is_empty() {
        return Err(FileProblem::Empty);
    }
    let upload = Upload {
        command: asked.command_id,
        by: caller.actor.id.clone(),
        name,
        media_type: media_type(&headers, &file)?.to_owned(),
    };
    let now = api.office.clock();
    let (ticket, arrived) = api.vault()?.receive(upload, &file, now).await?;
    let body = json!({
        "ticket": ticket,
        "sha256": arrived.sha256,
        "sizeBytes": arrived.kept.bytes,
        "mediaType": arrived.kept.media_type,
        "hours": TICKET_HOURS,
    });
    Ok(written(StatusCode::CREATED, "application/json", &body))
}

fn spend(api: &Api, caller: u64, address: Option<IpAddr>, points: u32) -> Result<(), FileProblem> {
    let Some(key) = api.rates.key(Some(caller), address) else {
        return Ok(());
    };
    let spent = api.rates.spend(&key, points);
    spent.map(drop).map_err(|exceeded| {
        FileProblem::RateLimited(HeaderValue::from(exceeded.retry_after.as_secs()))
    })
}

/// The media type that was said, if it is one of those taken and the file begins like one.
fn media_type(headers: &HeaderMap, file: &[u8]) -> Result<&'static str, FileProblem> {
    let said = headers.get(header::CONTENT_TYPE);
    let said = said.and_then(|said| said.to_str().ok()).unwrap_or_default();
    let said = said.split(';').next().unwrap_or_default().trim();
    let mut taken = MEDIA_TYPES.iter();
    let found = taken.find(|(name, _)| said.eq_ignore_ascii_case(name));
    let (name, begins) = found.ok_or(FileProblem::MediaType)?;
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    file.starts_with(begins)
        .then_some(*name)
        .ok_or(FileProblem::MediaType)
}

#[derive(Deserialize)]
struct Shown {
    k: Option<String>,
}

async fn fetch(
    State(api): State<Api>,
    path: Result<Path<(Uuid, u64)>, PathRejection>,
    shown: Result<Query<Shown>, QueryRejection>,
    request: Request,
) -> Result<Response, FileProblem> {
    let Path((id, position)) = path.map_err(|_| FileProblem::Unknown)?;
    let Query(shown) = shown.map_err(|_| FileProblem::Unknown)?;
    let actor = api.sign_in.reader(request.headers()).await;
    let row = tracking::by_id(&api.models, id).await;
    let mut bearers = match row.map_err(Problem::from)? {
        Some(row) => of_dossier(&api, &row, actor, shown.k.as_deref()).await?,
        None => of_archive(&api, id, actor).await?,
    };
    bearers.retain(|bearer| bearer.position == position);
    match open(&api, &bearers).await?.pop() {
        None => Err(FileProblem::Unknown),
        Some(Opened::Erased) => Err(FileProblem::Erased),
        Some(Opened::Unavailable(why)) => {
            Err(Problem::internal(anyhow::anyhow!("a file's part cannot be opened: {why}")).into())
        }
        Some(Opened::Present(opening)) => {
            let kept = opening.file.ok_or(FileProblem::Unknown)?;
            let bytes = api
                .vault()?
                .file(&kept)
                .await?
                .ok_or(FileProblem::Damaged)?;
            Ok(given(bytes, &kept.media_type, &kept.name))
        }
    }
}

/// What somebody may fetch of a dossier; none at all is [`FileProblem::Unknown`].
async fn of_dossier(
    api: &Api,
    row: &DossierRow,
    actor: Option<Actor>,
    key: Option<&str>,
) -> Result<Vec<Bearer>, FileProblem> {
    let changes = history::of_dossier(&api.models, row.id).await;
    let changes = changes.map_err(Problem::from)?;
    let opens = actor.filter(|actor| access::sight(actor, row) == Sight::Open);
    let holds = || {
        let wanted = changes.last()?.after.capability.as_ref()?;
        (key.map(fingerprint).as_ref() == Some(wanted)).then_some(Reader::Receipt)
    };
    let reader = match opens {
        Some(actor) if actor.role != Role::Applicant => Some(Reader::Staff),
        Some(_) => Some(Reader::Applicant),
        None => holds(),
    };
    Ok(bearers(&changes, reader.ok_or(FileProblem::Unknown)?))
}

/// The file of a result older than the system, for the offices that keep it.
async fn of_archive(
    api: &Api,
    stream: Uuid,
    actor: Option<Actor>,
) -> Result<Vec<Bearer>, FileProblem> {
    let row = repository::archived(&api.models, stream).await;
    let row = row.map_err(Problem::from)?.ok_or(FileProblem::Unknown)?;
    let keeps = |actor: Actor| crate::api::repository::keeps(api, &actor, &row);
    if !actor.is_some_and(keeps) {
        return Err(FileProblem::Unknown);
    }
    let entered = crate::api::repository::entered(api, stream).await?;
    let bearers = entered.map(|(entry, fact)| Bearer::all(&entry, &fact));
    Ok(bearers.unwrap_or_default())
}

/// Never shown in the page's own origin: it is somebody's file.
fn given(bytes: Vec<u8>, media_type: &str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    // RFC 8187.
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let name = format!("attachment; filename*=UTF-8''{name}");
    for (key, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, name.as_str()),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(key, value);
        }
    }
    response
}

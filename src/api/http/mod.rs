//! GraphQL over HTTP: one endpoint, POST for everything and GET for queries only.

mod answer;
pub mod documents;
pub mod limits;
mod media;
mod order;
mod scope;
#[cfg(test)]
mod tests;
mod words;

use std::time::Duration;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Executor, Request, Variables};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde::Deserialize;
use uuid::Uuid;

pub use self::answer::REQUEST_ID;
use self::answer::Refused;
pub use self::documents::Documents;
use self::media::Media;
use self::order::Order;
use self::scope::Needs;
use super::access::OfficeDevice;
use super::error::FailureCode;
use super::sign_in::SignIn;
use crate::domain::actor::Actor;

/// Header with whom a page belongs to that gives a command: OFFICE/PSEUDONYM.
pub const ACTOR: &str = "motcua-actor";
/// Larger bodies are refused.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// One operation may take so long.
const EXECUTION_MAX: Duration = Duration::from_secs(10);

/// A schema and who may be asking.
#[derive(Clone)]
pub struct Endpoint<E> {
    pub schema: E,
    pub sign_in: SignIn,
    /// Whose documents are answered.
    pub documents: Documents,
}

/// A GraphQL request as JSON or as parameters of a URL.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "none is served, but its shape is checked")]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The handler of `/graphql`.
pub async fn graphql<E: Executor>(
    State(endpoint): State<Endpoint<E>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let request_id = request_id(&headers);
    let Some(media) = Media::accepted(&headers) else {
        let message = "offered are application/graphql-response+json and application/json";
        let refused = Refused::new(FailureCode::NotAcceptable, message);
        return refused.respond(Media::Json, &request_id);
    };
    match answer(&endpoint, &method, &uri, &headers, body).await {
        Ok(response) => answer::executed(response, media, &request_id),
        Err(refused) => refused.respond(media, &request_id),
    }
}

async fn answer<E: Executor>(
    endpoint: &Endpoint<E>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<async_graphql::Response, Refused> {
    let asked = if method == Method::POST {
        from_body(headers, body).await?
    } else if method == Method::GET {
        from_parameters(uri.query().unwrap_or_default())?
    } else {
        return Err(not_allowed("GET, POST"));
    };
    let (request, order, needs) = prepare(asked, method, endpoint.documents)?;
    let caller = endpoint.sign_in.authenticate(headers).await?;
    needs.check(caller.as_ref())?;
    let actor = caller.as_ref().map(|caller| caller.actor.clone());
    expected(headers, actor.as_ref())?;
    let device = endpoint.sign_in.is_office_device(headers, actor.as_ref());
    let request = request.data(actor).data(caller).data(OfficeDevice(device));
    let executing = endpoint.schema.execute(request);
    let mut response = tokio::time::timeout(EXECUTION_MAX, executing)
        .await
        .map_err(|_| Refused::new(FailureCode::Timeout, "it took too long"))?;
    order.put(&mut response);
    Ok(response)
}

/// A page that was opened by one person must not act as the next: it names who it belongs to, OFFICE/PSEUDONYM.
fn expected(headers: &HeaderMap, actor: Option<&Actor>) -> Result<(), Refused> {
    let Some(named) = headers.get(ACTOR) else {
        return Ok(());
    };
    let is =
        |actor: &Actor| named.as_bytes() == format!("{}/{}", actor.office, actor.id).as_bytes();
    match actor {
        None => Err(Refused::new(FailureCode::Unauthenticated, "sign in first")),
        Some(actor) if is(actor) => Ok(()),
        Some(_) => {
            let message = "somebody else is signed in than Motcua-Actor names; nothing was done";
            Err(Refused::new(FailureCode::AnotherActor, message))
        }
    }
}

async fn from_body(headers: &HeaderMap, body: Body) -> Result<Asked, Refused> {
    if !media::is_json(headers) {
        let message = "the body must be application/json in UTF-8";
        return Err(Refused::new(FailureCode::UnsupportedMediaType, message));
    }
    let bytes = axum::body::to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| Refused::new(FailureCode::PayloadTooLarge, "at most 256 kB are read"))?;
    read(&bytes)
}

fn read(bytes: &Bytes) -> Result<Asked, Refused> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(bad_request(
            "one JSON object is wanted; batches are not served",
        ));
    }
    serde_json::from_slice(bytes).map_err(|_| bad_request("the body is not a GraphQL request"))
}

fn from_parameters(text: &str) -> Result<Asked, Refused> {
    /// Objects come as JSON text.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Parameters {
        query: Option<String>,
        document_id: Option<String>,
        operation_name: Option<String>,
        variables: Option<String>,
        extensions: Option<String>,
    }
    let uri = Uri::builder().path_and_query(format!("/?{text}")).build();
    let uri = uri.map_err(|_| bad_request("the parameters cannot be read"))?;
    let axum::extract::Query(parameters) =
        axum::extract::Query::<Parameters>::try_from_uri(&uri)
            .map_err(|_| bad_request("the parameters cannot be read"))?;
    let object = |text: Option<String>, what: &str| match text.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => serde_json::from_str(text)
            .map_err(|_| bad_request(&format!("{what} is not a JSON object"))),
    };
    Ok(Asked {
        query: parameters.query,
        document_id: parameters.document_id,
        operation_name: parameters.operation_name.filter(|name| !name.is_empty()),
        variables: object(parameters.variables, "variables")?,
        extensions: object(parameters.extensions, "extensions")?,
    })
}

/// Finds or parses the document, chooses the operation and counts what it asks for.
fn prepare(
    asked: Asked,
    method: &Method,
    documents: Documents,
) -> Result<(Request, Order, Needs), Refused> {
    let (query, document) = match (asked.query, asked.document_id) {
        (Some(_), Some(_)) => return Err(bad_request("give query or documentId, not both")),
        (None, None) => return Err(bad_request("query and documentId are missing")),
        (Some(query), None) => {
            if documents == Documents::Trusted {
                let message = "this node answers its own documents only: give a documentId";
                return Err(Refused::new(FailureCode::UntrustedDocument, message));
            }
            let document = parsed(&query)?;
            (query, document)
        }
        (None, Some(id)) => {
            let known = documents::by_id(&id).ok_or_else(|| {
                let message = "no document of this node has this documentId";
                Refused::new(FailureCode::PersistedQueryNotFound, message)
            })?;
            (known.text.clone(), known.parsed.clone())
        }
    };
    let invalid = |message| Refused::new(FailureCode::GraphqlValidationFailed, message);
    let operation =
        chosen(&document.operations, asked.operation_name.as_deref()).map_err(invalid)?;
    match operation.ty {
        OperationType::Mutation if method == Method::GET => return Err(not_allowed("POST")),
        OperationType::Query | OperationType::Mutation => {}
        OperationType::Subscription => {
            return Err(invalid("subscriptions are not served here".into()));
        }
    }
    limits::check(&document, operation).map_err(invalid)?;
    let order = Order::of(&document, operation);
    let needs = Needs::of(&document, operation);
    let variables = asked.variables.unwrap_or_default();
    let mut request = Request::new(query).variables(Variables::from_json(variables.into()));
    request.operation_name = asked.operation_name;
    request.set_parsed_query(document);
    Ok((request, order, needs))
}

fn parsed(query: &str) -> Result<ExecutableDocument, Refused> {
    limits::nesting(query)
        .map_err(|message| Refused::new(FailureCode::GraphqlParseFailed, message))?;
    async_graphql::parser::parse_query(query)
        .map_err(|error| Refused::said(FailureCode::GraphqlParseFailed, words::syntax(&error)))
}

/// The operation meant: the named one, or the only one.
fn chosen<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, String> {
    match (operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.values();
            match (all.next(), all.next()) {
                (Some(only), None) => Ok(&only.node),
                _ => Err("operationName is needed to choose the operation".into()),
            }
        }
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get(name)
            .map(|operation| &operation.node)
            .ok_or_else(|| "there is no operation of this operationName".into()),
        (DocumentOperations::Single(_), Some(_)) => {
            Err("there is no operation of this operationName".into())
        }
    }
}

fn bad_request(message: &str) -> Refused {
    Refused::new(FailureCode::BadRequest, message)
}

fn not_allowed(allow: &'static str) -> Refused {
    Refused {
        allow: Some(allow),
        ..Refused::new(FailureCode::MethodNotAllowed, format!("use {allow}"))
    }
}

/// The client's id of the request if it is a plain one, else a new one.
#[expect(clippy::disallowed_methods, reason = "the edge names requests")]
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

//! What is asked: one request as JSON or as parameters, its document found or parsed, its operation chosen and counted.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Request, Variables};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Uri};
use serde::Deserialize;

use super::answer::Refused;
use super::cost::Purse;
use super::documents::{self, Documents};
use super::kept::{self, Question};
use super::limits::{self, Limits};
use super::media::Media;
use super::order::Order;
use super::scope::Needs;
use super::{Endpoint, Who, media, words};
use crate::api::error::FailureCode;
use crate::api::looks::Looks;

/// A GraphQL request as JSON or as parameters of a URL.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "none is served, but its shape is checked")]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

impl Asked {
    /// What tells it from other questions that are to be answered in this form.
    pub fn question(&self, media: Media) -> Question {
        let variables = self.variables.as_ref();
        let variables = variables.and_then(|variables| serde_json::to_string(variables).ok());
        let texts = [
            self.query.as_deref(),
            self.document_id.as_deref(),
            self.operation_name.as_deref(),
            variables.as_deref(),
        ];
        kept::question(media, texts)
    }
}

/// From the body of a POST.
pub async fn from_body(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Asked, Refused> {
    if !media::is_json(headers) {
        let message = "the body must be application/json in UTF-8";
        return Err(Refused::new(FailureCode::UnsupportedMediaType, message));
    }
    let bytes = axum::body::to_bytes(body, bytes_max).await.map_err(|_| {
        let message = format!("at most {} kB are read", bytes_max / 1024);
        Refused::new(FailureCode::PayloadTooLarge, message)
    })?;
    read(&bytes)
}

/// From JSON text.
pub fn read(bytes: &Bytes) -> Result<Asked, Refused> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(bad_request(
            "one JSON object is wanted; batches are not served",
        ));
    }
    serde_json::from_slice(bytes).map_err(|_| bad_request("the body is not a GraphQL request"))
}

/// From the parameters of a GET.
pub fn from_parameters(text: &str) -> Result<Asked, Refused> {
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

/// Which operations a door takes.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    pub mutations: bool,
    /// The answer may go on.
    pub subscriptions: bool,
}

/// A request that fits, whoever asks.
pub struct Prepared {
    kind: OperationType,
    request: Request,
    order: Order,
    needs: Needs,
}

/// A request that may be executed.
pub struct Ready {
    pub request: Request,
    /// In which order its answer stands.
    pub order: Order,
    /// What it is paid from.
    pub purse: Purse,
}

impl Prepared {
    /// Nothing is done for it.
    pub fn is_query(&self) -> bool {
        self.kind == OperationType::Query
    }

    /// The request as it comes from somebody.
    ///
    /// # Errors
    /// FORBIDDEN for a service key that lacks a scope.
    pub(super) fn of<E>(self, who: &Who, endpoint: &Endpoint<E>) -> Result<Ready, Refused> {
        self.needs.check(who.caller.as_ref())?;
        let actor = who.caller.as_ref().map(|caller| caller.actor.clone());
        let purse = who.purse(&endpoint.rates);
        let mut request = self.request.data(actor).data(who.caller.clone());
        if let Some(here) = &endpoint.here {
            request = request.data(here());
        }
        let request = request.data(who.device).data(who.address);
        let request = request.data(Looks::default());
        Ok(Ready {
            request: request.data(purse.clone()),
            order: self.order,
            purse,
        })
    }
}

/// Finds or parses the document, chooses the operation and counts what it asks for.
pub fn prepare(
    asked: Asked,
    takes: Takes,
    documents: Documents,
    limits: &Limits,
) -> Result<Prepared, Refused> {
    let mut is_new = false;
    let (query, document) = match (asked.query, asked.document_id) {
        (Some(_), Some(_)) => return Err(bad_request("give query or documentId, not both")),
        (None, None) => return Err(bad_request("query and documentId are missing")),
        (Some(query), None) => {
            if documents == Documents::Trusted {
                let message = "this node answers its own documents only: give a documentId";
                return Err(Refused::new(FailureCode::UntrustedDocument, message));
            }
            let known = documents::known(&query);
            is_new = known.is_none();
            let document = known.map_or_else(|| parsed(&query, limits), Ok)?;
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
        OperationType::Mutation if !takes.mutations => return Err(not_allowed("POST")),
        OperationType::Subscription if !takes.subscriptions => {
            let message = "ask for subscriptions with Accept: text/event-stream, or at /graphql/ws";
            return Err(invalid(message.into()));
        }
        OperationType::Query | OperationType::Mutation | OperationType::Subscription => {}
    }
    limits::check(&document, operation, limits).map_err(invalid)?;
    if is_new {
        documents::keep(&query, &document);
    }
    let kind = operation.ty;
    let order = Order::of(&document, operation);
    let needs = Needs::of(&document, operation);
    let variables = asked.variables.unwrap_or_default();
    let mut request = Request::new(query).variables(Variables::from_json(variables.into()));
    request.operation_name = asked.operation_name;
    request.set_parsed_query(document);
    Ok(Prepared {
        kind,
        request,
        order,
        needs,
    })
}

fn parsed(query: &str, limits: &Limits) -> Result<ExecutableDocument, Refused> {
    limits::text(query, limits)
        .map_err(|message| Refused::new(FailureCode::GraphqlParseFailed, message))?;
    parse_query(query)
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

pub fn not_allowed(allow: &'static str) -> Refused {
    Refused {
        allow: Some(allow),
        ..Refused::new(FailureCode::MethodNotAllowed, format!("use {allow}"))
    }
}

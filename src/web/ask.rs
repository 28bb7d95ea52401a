//! Pages that need more than the read models ask as any client does: a document of ours, as whoever is signed in. So who
//! may see what, and who has looked, is settled in one place.

use async_graphql::{Request, Variables};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Web;
use super::problem::Problem;
use crate::api::access::OfficeDevice;
use crate::api::error::FailureCode;
use crate::api::http::documents;
use crate::api::looks::Looks;
use crate::domain::actor::Actor;

impl Web {
    /// What the one field of the document is answered with; `None` for null.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        who: Option<&Actor>,
        document: &str,
        variables: Value,
    ) -> Result<Option<T>, Problem> {
        let fault = || Problem::Unavailable(FailureCode::InternalServerError.name());
        let known = documents::by_name(document).ok_or_else(fault)?;
        let request = Request::new(known.text.clone()).variables(Variables::from_json(variables));
        let mut request = request.data(who.cloned()).data(OfficeDevice(false));
        request.set_parsed_query(known.parsed.clone());
        let request = request.data(Looks::default());
        let response = self.schema.execute(request).await;
        if let Some(error) = response.errors.first() {
            return Err(refused(error));
        }
        let data = response.data.into_json().map_err(|_| fault())?;
        let Value::Object(fields) = data else {
            return Err(fault());
        };
        let answer = fields.into_iter().next().map(|(_, answer)| answer);
        match answer.filter(|answer| !answer.is_null()) {
            None => Ok(None),
            Some(answer) => serde_json::from_value(answer).map(Some).map_err(|error| {
                tracing::error!(%error, document, "an answer has another shape than its page");
                fault()
            }),
        }
    }
}

fn refused(error: &async_graphql::ServerError) -> Problem {
    let code = error
        .extensions
        .as_ref()
        .and_then(|known| known.get("code"));
    let code = match code {
        Some(async_graphql::Value::String(code)) => FailureCode::from_name(code),
        _ => None,
    };
    match code {
        Some(FailureCode::Unauthenticated) => Problem::SignInNeeded,
        Some(FailureCode::Forbidden) => Problem::NoWorklist,
        Some(FailureCode::BadUserInput) => Problem::PageUnknown,
        other => {
            tracing::error!(error = error.message, "a page could not be asked for");
            Problem::Unavailable(other.unwrap_or(FailureCode::InternalServerError).name())
        }
    }
}

/// What came of a document: the fields that were answered, and the codes of those that were not.
#[derive(Debug, Default)]
pub struct Answer {
    pub data: Value,
    pub failures: Vec<String>,
}

impl Web {
    /// Runs a document as `who` (nobody is the public), from a device of the office or not.
    pub(super) async fn run(
        &self,
        document: &'static str,
        variables: Value,
        who: Option<Actor>,
        device: OfficeDevice,
    ) -> Answer {
        let request = Request::new(document).variables(Variables::from_json(variables));
        let response = self
            .schema
            .execute(request.data(who).data(device).data(Looks::default()))
            .await;
        let failures = response.errors.iter().map(|error| {
            let value = serde_json::to_value(error).unwrap_or_default();
            let code = value.pointer("/extensions/code").and_then(Value::as_str);
            code.unwrap_or("INTERNAL_SERVER_ERROR").to_owned()
        });
        Answer {
            failures: failures.collect(),
            data: response.data.into_json().unwrap_or_default(),
        }
    }
}

//! The api's own documents, run in process: what a page may show of a person is decided where everybody's answer is, and
//! what a form wants done is checked like every other command.

use async_graphql::{Request, Variables};
use serde_json::Value;

use super::Web;
use crate::api::access::OfficeDevice;
use crate::domain::actor::Actor;

/// What came of a document: the fields that were answered, and the codes of those that were not.
#[derive(Debug, Default)]
pub struct Answer {
    pub data: Value,
    pub failures: Vec<String>,
}

impl Web {
    /// Runs a document as `who` (nobody is the public), from a device of the office or not.
    pub(super) async fn ask(
        &self,
        document: &'static str,
        variables: Value,
        who: Option<Actor>,
        device: OfficeDevice,
    ) -> Answer {
        let request = Request::new(document).variables(Variables::from_json(variables));
        let response = self.schema.execute(request.data(who).data(device)).await;
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

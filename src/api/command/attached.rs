//! What a command brings of a file: its hash alone, or the file itself by the ticket that its arrival gave.

use async_graphql::Context;
use serde_json::json;
use uuid::Uuid;

use super::form::Form;
use crate::acts::Personal;
use crate::api::Api;
use crate::api::access::{self, api};
use crate::api::dossier::result::SHA256;
use crate::api::error::UserError;
use crate::api::scalar::{Digest, hex};
use crate::domain::part::PartKind;
use crate::vault::{Kept, NoTicket};

const PATH: &str = "input.file";

/// The part of a paper's or a result's file, for the vault: of a bare hash nobody could guess the file and compare. A command
/// that was recorded is answered again however old its ticket is.
pub async fn document(
    context: &Context<'_>,
    form: &mut Form,
    command: Uuid,
    (sha256, ticket): (Option<Digest>, Option<&str>),
) -> Option<Personal> {
    let said = sha256.map(|Digest(hash)| hex(&hash));
    let Some(ticket) = ticket else {
        return said.map(|hash| part(&hash, None));
    };
    let api = api(context);
    // A node without a vault takes no command either, and says so itself.
    let vault = api.vault().ok()?;
    let by = &access::actor(context)?.id;
    let mut refuse = |(vietnamese, english)| {
        let error = UserError::malformed(PATH, vietnamese, english);
        form.errors.push(error);
    };
    let arrived = match vault.redeem(ticket, command, by) {
        Ok(arrived) => arrived,
        Err(NoTicket::Unknown) => {
            refuse((
                "Không phải phiếu nhận tệp của máy chủ này. Gửi tệp tới /files rồi dùng phiếu vừa nhận.",
                "not a ticket of this node: send the file to /files and give the ticket that comes back",
            ));
            return None;
        }
        Err(NoTicket::NotForThis) => {
            refuse((
                "Phiếu nhận tệp dành cho lệnh hoặc người khác. Gửi lại tệp với commandId của lệnh này.",
                "the ticket is for another command or another person: send the file with this command's id",
            ));
            return None;
        }
    };
    if arrived.is_late(api.office.clock()) && !is_recorded(api, command).await {
        refuse((
            "Phiếu nhận tệp đã quá 24 giờ. Gửi lại tệp.",
            "the ticket is more than 24 hours old: send the file again",
        ));
        return None;
    }
    if said.is_some_and(|said| said != arrived.sha256) {
        refuse((
            "Mã băm đã khai không khớp với tệp đã gửi.",
            "the hash that was given is not that of the file",
        ));
        return None;
    }
    Some(part(&arrived.sha256, Some(arrived.kept)))
}

fn part(sha256: &str, file: Option<Kept>) -> Personal {
    Personal {
        file,
        kind: PartKind::Document,
        value: json!({ SHA256: sha256 }),
    }
}

async fn is_recorded(api: &Api, command: Uuid) -> bool {
    matches!(api.journal.command(command).await, Ok(Some(_)))
}

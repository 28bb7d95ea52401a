//! What a command brings of a file: its hash alone, or the file itself by the ticket that its arrival gave.

use async_graphql::Context;
use serde_json::json;
use uuid::Uuid;

use super::form::Form;
use super::input::OnDossier;
use crate::acts::Personal;
use crate::api::access::{self, api};
use crate::api::dossier::result::SHA256;
use crate::api::error::UserError;
use crate::api::scalar::{Digest, hex};
use crate::domain::part::PartKind;
use crate::vault::NoTicket;

const PATH: &str = "input.file";

/// The part of a paper's or a result's file, for the vault: of a bare hash nobody could guess the file and compare.
pub fn document(
    context: &Context<'_>,
    form: &mut Form,
    on: &OnDossier,
    given: (Option<Digest>, Option<&str>),
) -> Option<Personal> {
    document_for(context, form, on.around.command_id, given)
}

/// The same of any command.
pub fn document_for(
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
    let redeemed = vault.redeem(ticket, command, by, api.office.clock());
    let arrived = match redeemed {
        Ok(arrived) => arrived,
        Err(why) => {
            let (vietnamese, english) = refused(why);
            form.errors
                .push(UserError::malformed(PATH, vietnamese, english));
            return None;
        }
    };
    if said.is_some_and(|said| said != arrived.sha256) {
        form.errors.push(UserError::malformed(
            PATH,
            "Mã băm đã khai không khớp với tệp đã gửi.",
            "the hash that was given is not that of the file",
        ));
        return None;
    }
    Some(part(&arrived.sha256, Some(arrived.kept)))
}

fn part(sha256: &str, file: Option<crate::vault::Kept>) -> Personal {
    Personal {
        file,
        kind: PartKind::Document,
        value: json!({ SHA256: sha256 }),
    }
}

fn refused(why: NoTicket) -> (&'static str, &'static str) {
    match why {
        NoTicket::Unknown => (
            "Không phải phiếu nhận tệp của máy chủ này. Gửi tệp tới /files rồi dùng phiếu vừa nhận.",
            "not a ticket of this node: send the file to /files and give the ticket that comes back",
        ),
        NoTicket::NotForThis => (
            "Phiếu nhận tệp dành cho lệnh hoặc người khác. Gửi lại tệp với commandId của lệnh này.",
            "the ticket is for another command or another person: send the file with this command's id",
        ),
        NoTicket::TooOld => (
            "Phiếu nhận tệp đã quá 24 giờ. Gửi lại tệp.",
            "the ticket is more than 24 hours old: send the file again",
        ),
    }
}

//! The mutations of the repository: results older than the system.

use async_graphql::{Context, InputObject, Object};

use super::attached::document;
use super::form::{Form, optional};
use super::input::{ApplicantInput, Around, SignatureInput};
use super::perform::{Asked, CommandPayload, Target, perform};
use super::result::signed;
use crate::acts::Act;
use crate::api::error::Answered;
use crate::api::scalar::{Day, Digest, Long};
use crate::domain::archive::{ArchiveAct, ArchivedResult, Struck};
use crate::domain::code::{OfficeCode, ProcedureCode};

/// Input of `enterArchivedResult`.
#[derive(InputObject)]
pub struct EnterArchivedResultInput {
    /// Code of the office that gave it: the caller's own, or one whose work it took over.
    office: String,
    /// Code of the procedure.
    procedure: String,
    /// The number it bears.
    number: String,
    /// The day it bears.
    issued_on: Day,
    /// Whose it is. Kept in the vault.
    holder: ApplicantInput,
    /// SHA-256 of its file. Kept in the vault with a salt.
    file_sha256: Option<Digest>,
    /// The ticket that `POST /files` gave for the file itself.
    file: Option<String>,
    /// Size of its file, in bytes; measured where `file` is given.
    size_bytes: Option<Long>,
    /// The digital signature of whoever digitised it.
    signature: Option<SignatureInput>,
    #[graphql(flatten)]
    around: Around,
}

/// Input of `strikeArchivedResult`.
#[derive(InputObject)]
pub struct StrikeArchivedResultInput {
    /// Code of the office that gave it.
    office: String,
    /// Code of the procedure.
    procedure: String,
    /// The number it bears.
    number: String,
    #[graphql(flatten)]
    around: Around,
}

/// What is entered into the repository of results.
#[derive(Default)]
pub struct ArchiveMutation;

#[Object]
impl ArchiveMutation {
    /// Enter a result that is older than this system, with its file, so that nobody has to bring it again. For receivers, clerks
    /// and heads of one-stop units.
    async fn enter_archived_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, whose, its file.")] input: EnterArchivedResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let given = (input.file_sha256, input.file.as_deref());
        let command = input.around.command_id;
        let mut file = document(context, &mut form, command, given).await;
        let measured = file
            .as_ref()
            .and_then(|part| Some(part.file.as_ref()?.bytes));
        let holder = form.applicant(&input.holder);
        let signature = optional(input.signature.as_ref(), |given| {
            signed(&mut form, given, &mut file)
        });
        let which = which(&mut form, (&input.office, &input.procedure, &input.number));
        let act = which.zip(signature).map(|(which, signature)| {
            ArchiveAct::Enter(ArchivedResult {
                office: which.office,
                procedure: which.procedure,
                number: which.number,
                issued_on: input.issued_on.0,
                size_bytes: measured.or(input.size_bytes.map(|Long(bytes)| bytes)),
                signature,
            })
        });
        let mut asked = Asked::new(input.around, Target::New, form, None);
        asked.other = act.map(Act::Archive);
        asked.personal.extend(holder);
        asked.personal.extend(file);
        perform(context, asked).await
    }

    /// Strike a result that should not have been entered, with a reason. It may be entered anew.
    async fn strike_archived_result(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: StrikeArchivedResultInput,
    ) -> Answered<CommandPayload> {
        let mut form = Form::default();
        let which = which(&mut form, (&input.office, &input.procedure, &input.number));
        let mut asked = Asked::new(input.around, Target::New, form, None);
        asked.other = which.map(|which| Act::Archive(ArchiveAct::Strike(which)));
        perform(context, asked).await
    }
}

fn which(form: &mut Form, (office, procedure, number): (&str, &str, &str)) -> Option<Struck> {
    let office = form.code::<OfficeCode>("input.office", office);
    let procedure = form.code::<ProcedureCode>("input.procedure", procedure);
    let number = form.document_number("input.number", number);
    Some(Struck {
        office: office?,
        procedure: procedure?,
        number: number?,
    })
}

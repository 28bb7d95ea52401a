//! The mutation of printing: a fact of its own, so that paper and record can be matched.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::input::OnDossier;
use super::perform::{CommandPayload, known, on};
use crate::api::access::{self, Sight, api};
use crate::api::error::{Answered, Problem, Result};
use crate::api::looks;
use crate::api::papers::{self, PaperFile, Printable};
use crate::api::words::PaperForm;
use crate::domain::access::Purpose;
use crate::domain::dossier::DossierCommand;
use crate::projections::history;
use crate::projections::tracking::by_id;

/// Input of `printPaper`.
#[derive(InputObject)]
pub struct PrintPaperInput {
    #[graphql(flatten)]
    on: OnDossier,
    /// Which form.
    form: PaperForm,
    /// Version of the fact it documents; the newest of its kind unless given.
    of: Option<u32>,
}

/// What came of printing.
#[derive(SimpleObject)]
pub struct PrintPaperPayload {
    #[graphql(flatten)]
    done: CommandPayload,
    /// The file, when it was recorded.
    paper: Option<PaperFile>,
}

/// Printing.
#[derive(Default)]
pub struct PaperMutation;

#[Object]
impl PaperMutation {
    /// Print a statutory paper and put on record that it was printed, with a commitment to its file that only the holder of
    /// paper and receipt can check. Printed again it is the same file, and another fact.
    async fn print_paper(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Of which dossier, which form, and the circumstances.")]
        input: PrintPaperInput,
    ) -> Answered<PrintPaperPayload> {
        let made = match made(context, &input).await {
            Ok(made) => made,
            Err(problem) => return Some(Err(problem)),
        };
        // Where there is no such paper the rules say so, after whether it may be asked for at all.
        let (of, as_of, commitment) = match &made {
            Some((paper, file)) => (paper.of, paper.as_of, file.commitment.clone()),
            None => (0, 0, String::new()),
        };
        let command = DossierCommand::PrintPaper {
            form: input.form.into(),
            of,
            as_of,
            commitment,
        };
        let paper = made.map(|(_, file)| file);
        let done = on(context, input.on, command).await?;
        Some(done.map(|done| PrintPaperPayload {
            paper: paper.filter(|_| done.is_done()),
            done,
        }))
    }
}

/// The paper and its file; none where there is no such paper. Whoever may not read what stands on it is refused.
async fn made(
    context: &Context<'_>,
    input: &PrintPaperInput,
) -> Result<Option<(Printable, PaperFile)>> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    let Some(id) = known(api, &input.on.dossier).await? else {
        return Ok(None);
    };
    let Some(row) = by_id(&api.models, id).await? else {
        return Ok(None);
    };
    if access::sight(actor, &row) != Sight::Open {
        return Err(Problem::Forbidden);
    }
    let changes = history::of_dossier(&api.models, id).await?;
    let paper = papers::wanted(&changes, input.form.into(), input.of);
    let (Some(paper), Some(code)) = (paper, row.code) else {
        return Ok(None);
    };
    looks::record(api, actor, Purpose::Paper, &[id]).await?;
    let file = papers::file(api, id, &code, &changes, paper).await?;
    Ok(Some((paper, PaperFile::new(&code, paper, &file))))
}

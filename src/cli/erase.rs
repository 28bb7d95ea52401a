//! `motcua erase`: destroys the personal data of finished dossiers whose time is over, by class; run again it goes on where it was
//! cut off.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use futures_util::{StreamExt as _, TryStreamExt as _, stream as futures};
use jiff::civil::Date;
use tokio_util::sync::CancellationToken;

use super::place::{Place, Stores, pseudonym};
use super::progress;
use super::scratch::models_of;
use crate::acts::erasing::carry_out;
use crate::acts::{Act, Refusal, Request};
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::dossier::Rejection;
use crate::domain::erasure::{ErasureAct, ErasureRequested};
use crate::domain::fact::stream;
use crate::domain::part::Purpose;
use crate::domain::reason::Reason;
use crate::domain::retention::{self, RetentionClass};
use crate::domain::text::is_decision_number;
use crate::domain::time::Moment;
use crate::journal::Until;
use crate::projections::{erasures, history};
use crate::reactions::erasing::at_start;

/// The rules refuse it; nothing more was recorded.
const REFUSED: u8 = 1;
/// Dossiers looked at in one step, and erasures under way at once.
const PAGE: u32 = 500;
const AT_ONCE: usize = 16;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The class of records, as in the file of classes.
    #[arg(long, value_name = "CLASS")]
    retention_class: String,
    /// What was completed before this day.
    #[arg(long, value_name = "DATE")]
    completed_before: Date,
    /// The office's classes: a JSON list of class, procedures, years, basis, certainty.
    #[arg(long, value_name = "FILE")]
    classes: PathBuf,
    /// Number of the decision to destroy them.
    #[arg(long, value_name = "NUMBER")]
    decision: String,
    /// Which data; all unless told.
    #[arg(long, value_name = "PURPOSE", value_delimiter = ',')]
    purposes: Vec<Data>,
    /// Print how many dossiers it would be, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Pseudonym of the administrator who does it.
    #[arg(long, value_name = "ID", default_value = "admin-01")]
    actor: String,
}

/// Which data.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Data {
    Identity,
    Contact,
    Content,
    Attachment,
}

impl From<Data> for Purpose {
    fn from(data: Data) -> Self {
        match data {
            Data::Identity => Self::Identity,
            Data::Contact => Self::Contact,
            Data::Content => Self::Content,
            Data::Attachment => Self::Attachment,
        }
    }
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    pseudonym(&arguments.actor)?;
    if !is_decision_number(&arguments.decision) {
        bail!("--decision is the number of the decision, such as 12/QĐ-UBND; never words");
    }
    let class = class(&arguments)?;
    let stores = arguments.place.open().await?;
    let today = stores.counter.clock().date();
    let kind = stores.counter.opened().kind;
    if let Err(why) = class.expired(arguments.completed_before, today, kind) {
        eprintln!("Refused: {why}.");
        return Ok(ExitCode::from(REFUSED));
    }
    let known = crate::acts::reference(&stores.journal).await?;
    let mut procedures = class.procedures.iter();
    if let Some(unknown) = procedures.find(|code| !known.procedures.contains_key(*code)) {
        bail!(
            "class {} names procedure {unknown}, which this journal does not know",
            class.class
        );
    }
    let opened = models_of(&arguments.place, &stores.journal).await?;
    let stop = CancellationToken::new();
    let (models, projector, _scratch) = opened;
    let following = tokio::spawn(projector.run(stop.clone()));
    if !arguments.dry_run {
        // What was cut off the last time.
        at_start(&stores.counter, &models, &stores.vault).await?;
    }
    let sought = Sought {
        arguments: &arguments,
        class: &class,
        purposes: match &arguments.purposes[..] {
            [] => vec![
                Purpose::Identity,
                Purpose::Contact,
                Purpose::Content,
                Purpose::Attachment,
            ],
            told => told.iter().copied().map(Into::into).collect(),
        },
        before: Moment::from_local(
            arguments
                .completed_before
                .to_datetime(jiff::civil::Time::midnight()),
        ),
    };
    let done = sought.all(&stores, &models).await;
    stop.cancel();
    following.await??;
    done
}

fn class(arguments: &Arguments) -> anyhow::Result<RetentionClass> {
    let file = &arguments.classes;
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let classes: Vec<RetentionClass> = serde_json::from_str(&text)
        .with_context(|| format!("{} is not as it should be", file.display()))?;
    retention::check(&classes).with_context(|| file.display().to_string())?;
    let known: Vec<String> = classes.iter().map(|class| class.class.clone()).collect();
    let found = classes
        .into_iter()
        .find(|class| class.class == arguments.retention_class);
    found.with_context(|| {
        format!(
            "{} has no class {}; it has {}",
            file.display(),
            arguments.retention_class,
            known.join(", ")
        )
    })
}

/// What is to be destroyed.
struct Sought<'a> {
    arguments: &'a Arguments,
    class: &'a RetentionClass,
    purposes: Vec<Purpose>,
    before: Moment,
}

impl Sought<'_> {
    async fn all(
        &self,
        stores: &Stores,
        models: &crate::projections::ReadModels,
    ) -> anyhow::Result<ExitCode> {
        let sought = erasures::Completed {
            procedures: &self.class.procedures,
            before: self.before,
            purposes: &self.purposes,
        };
        let all = sought.count(models).await?;
        println!(
            "{}: {all} dossiers of class {} were completed before {} and have data to destroy.",
            self.arguments.decision, self.class.class, self.arguments.completed_before
        );
        if self.arguments.dry_run {
            println!("Nothing is changed.");
            return Ok(ExitCode::SUCCESS);
        }
        let bar = progress::bar("Destroying personal data");
        bar.set_length(all);
        let (mut after, mut destroyed) = (None, 0_u64);
        loop {
            let page = sought.page(models, after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let one = |(_, dossier)| {
                let bar = bar.clone();
                async move {
                    let done = self.one(stores, dossier).await;
                    bar.inc(1);
                    done
                }
            };
            let done = futures::iter(page).map(one).buffer_unordered(AT_ONCE);
            let done: anyhow::Result<Vec<bool>> = done.try_collect().await;
            match done.map_err(anyhow::Error::downcast::<Refusal>) {
                Ok(done) => destroyed += done.into_iter().filter(|done| *done).count() as u64,
                Err(Ok(refusal)) => {
                    bar.finish_and_clear();
                    let (vietnamese, english) = refusal.message();
                    eprintln!("{}: {vietnamese}\n{english}", refusal.code());
                    return Ok(ExitCode::from(REFUSED));
                }
                Err(Err(error)) => return Err(error),
            }
        }
        bar.finish_and_clear();
        println!(
            "Destroyed the data of {destroyed} dossiers. Backups tell it until the wrapping key is destroyed: see `motcua vault \
             rotate`."
        );
        Ok(ExitCode::SUCCESS)
    }

    /// Whether there was something to destroy.
    async fn one(&self, stores: &Stores, dossier: uuid::Uuid) -> anyhow::Result<bool> {
        let state = history::fold(&stores.journal, dossier, Until::End).await?;
        let Some(subject) = state.and_then(|state| state.subject()) else {
            return Ok(false);
        };
        let asked = ErasureRequested {
            subject,
            dossier,
            purposes: self.purposes.clone(),
            decision: self.arguments.decision.clone(),
        };
        // The same person asks for the same by the same decision once.
        let purposes: Vec<&str> = self.purposes.iter().map(|purpose| purpose.name()).collect();
        let name = format!(
            "erase:{}:{}:{}:{dossier}:{}",
            self.arguments.actor,
            self.arguments.decision,
            self.class.basis,
            purposes.join(",")
        );
        let by = Actor::new(self.arguments.actor.as_str(), NO_OFFICE, Role::Admin);
        let request = Request {
            reason: Some(Reason::RetentionExpired),
            basis: Some(self.class.basis.clone()),
            ..Request::new(
                stream::reaction(&name),
                by,
                Act::Erase(ErasureAct::Request(asked.clone())),
            )
        };
        match stores.counter.submit(request).await {
            Ok(receipt) => {
                carry_out(&stores.counter, &stores.vault, receipt.position, &asked).await?;
                Ok(!receipt.repeated)
            }
            Err(Refusal::Rejected(Rejection::AlreadyRecorded)) => Ok(false),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

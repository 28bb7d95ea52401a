//! Blocks of paper codes: reserved while the line stands, given by hand while it is down, released when it is back.

use async_graphql::{Context, Object, SimpleObject};
use jiff::civil::Date;

use super::form::Form;
use super::input::{Around, ReleaseCodesInput, ReserveCodesInput};
use super::perform::{Asked, Target, prepare};
use crate::acts::{Act, Receipt};
use crate::api::access::{self, api};
use crate::api::error::{Answered, Problem, Result, UserError};
use crate::api::scalar::{Day, Long};
use crate::api::{Api, WAIT_MAX};
use crate::domain::actor::Role;
use crate::domain::code::{DossierCode, OfficeCode};
use crate::domain::event::Event;
use crate::domain::fact::stream;
use crate::domain::register::{Register, RegisterEvent};
use crate::journal::{Until, fact};

/// What came of a command on paper codes. With `errors` nothing was recorded, and the same `commandId` may be sent again.
#[derive(Default, SimpleObject)]
pub struct CodesPayload {
    /// The codes that were reserved, or voided, in order.
    codes: Vec<String>,
    /// Position of its first fact.
    position: Option<Long>,
    /// This node shows it already. False is still success.
    visible: bool,
    /// The command was known: this is the first answer again.
    repeated: bool,
    /// Why it was refused; empty when it was done.
    errors: Vec<UserError>,
}

/// One paper code.
#[derive(SimpleObject)]
pub struct PaperCode {
    /// What is written on the slip.
    code: String,
    /// On a dossier, or voided.
    used: bool,
}

/// The codes a desk has reserved on a day.
#[derive(SimpleObject)]
pub struct CodeBlock {
    /// Code of the office.
    office: String,
    /// The day the codes are of.
    day: Day,
    /// All of its newest block, in order.
    codes: Vec<PaperCode>,
}

/// What a desk does about paper codes.
#[derive(Default)]
pub struct BlockMutation;

#[Object]
impl BlockMutation {
    /// Reserve the next codes of today for the caller's desk, to be written on slips by hand while the line is down. Nobody else
    /// is given them. One block at a time: use or release what is left of it first.
    async fn reserve_codes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many.")] input: ReserveCodesInput,
    ) -> Answered<CodesPayload> {
        let around = Around::plain(input.command_id);
        let mut asked = Asked::new(around, Target::New, Form::default(), None);
        asked.other = Some(Act::ReserveCodes { count: input.count });
        Some(settled(context, asked).await)
    }

    /// Void what is left of a desk's paper codes of a day, with a reason: every number of a day is accounted for.
    async fn release_codes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose, of which day, and why.")] input: ReleaseCodesInput,
    ) -> Answered<CodesPayload> {
        let mut form = Form::default();
        let desk = input.desk.as_deref();
        let desk = desk.map(|id| form.person("input.desk", id));
        let mut asked = Asked::new(input.around, Target::New, form, None);
        asked.other = Some(Act::ReleaseCodes {
            desk: desk.flatten(),
            on: input.on.map(|day| day.0),
        });
        Some(settled(context, asked).await)
    }
}

/// What a desk may ask about its paper codes.
#[derive(Default)]
pub struct BlockQuery;

#[Object]
impl BlockQuery {
    /// The newest block of paper codes of the caller's desk, receivers only; null when none was reserved on that day.
    async fn my_code_block(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Of which day; today unless told.")] on: Option<Day>,
    ) -> Result<Option<CodeBlock>> {
        let (api, actor) = (api(context), access::signed_in(context)?);
        if actor.role != Role::Receiver {
            return Err(Problem::Forbidden);
        }
        let day = on.map_or_else(|| api.office.clock().date(), |day| day.0);
        let Ok(office) = actor.office.parse::<OfficeCode>() else {
            return Err(Problem::Forbidden);
        };
        newest_block(api, &office, day, &actor.id).await
    }
}

async fn newest_block(
    api: &Api,
    office: &OfficeCode,
    day: Date,
    desk: &str,
) -> Result<Option<CodeBlock>> {
    let mut register = Register::default();
    let id = stream::register(office.as_str(), day);
    let entries = api.journal.read_stream(id, 0, Until::End).await;
    for entry in entries.map_err(Problem::internal)? {
        let fact = fact::decode(&entry.body).map_err(Problem::internal)?;
        if let Event::Register(event) = fact.event {
            register.evolve(&event);
        }
    }
    let mut blocks = register.blocks.iter().rev();
    let Some(block) = blocks.find(|block| block.desk == desk) else {
        return Ok(None);
    };
    let codes = (block.first..=block.last).map(|sequence| {
        Ok(PaperCode {
            code: written(office, day, sequence)?,
            used: !block.unused.contains(&sequence),
        })
    });
    Ok(Some(CodeBlock {
        office: office.to_string(),
        day: Day(day),
        codes: codes.collect::<Result<_>>()?,
    }))
}

fn written(office: &OfficeCode, day: Date, sequence: u32) -> Result<String> {
    let code = DossierCode::new(office, day, sequence).map_err(Problem::internal)?;
    Ok(code.to_string())
}

async fn settled(context: &Context<'_>, asked: Asked) -> Result<CodesPayload> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    let refused = |errors| CodesPayload {
        errors,
        ..CodesPayload::default()
    };
    let answer = match api.counter() {
        Ok(counter) => match prepare(api, actor, asked).await? {
            Ok(request) => counter.submit(request).await,
            Err(errors) => return Ok(refused(errors)),
        },
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(receipt) => told(api, receipt).await,
        Err(refusal) => match UserError::refused(&refusal) {
            Some(error) => {
                access::answered_with(context, [&error]);
                Ok(refused(vec![error]))
            }
            None => Err(Problem::internal(refusal)),
        },
    }
}

/// Read from the facts themselves, so that the same command gives the same answer for ever.
async fn told(api: &Api, receipt: Receipt) -> Result<CodesPayload> {
    let entries = api.journal.read(receipt.position, receipt.entries).await;
    let mut codes = Vec::new();
    for entry in entries.map_err(Problem::internal)? {
        let fact = fact::decode(&entry.body).map_err(Problem::internal)?;
        match fact.event {
            Event::Register(RegisterEvent::CodesReserved(block)) => {
                for sequence in block.first..=block.last {
                    codes.push(written(&block.office, entry.recorded_at.date(), sequence)?);
                }
            }
            Event::Register(RegisterEvent::CodeVoided(voided)) => {
                codes.push(voided.code.to_string());
            }
            Event::Register(RegisterEvent::Entered(_))
            | Event::Journal(_)
            | Event::Reference(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_)
            | Event::Dossier(_) => {}
        }
    }
    let last = receipt.size().saturating_sub(1);
    Ok(CodesPayload {
        codes,
        position: Some(Long(receipt.position)),
        visible: api.models.reach(last, WAIT_MAX).await,
        repeated: receipt.repeated,
        errors: Vec::new(),
    })
}

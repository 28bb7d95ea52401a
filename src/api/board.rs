//! What hangs in an office's lobby, for everybody: codes and days alone.

use async_graphql::{Context, Object, SimpleObject};

use super::Api;
use super::access::api;
use super::error::{Answered, Problem, Result};
use super::offices::Office;
use super::scalar::Long;
use super::wait_for;
use crate::domain::code::OfficeCode;
use crate::domain::time::Moment;
use crate::projections::board::{self, Asked};

const LINES_DEFAULT: i32 = 8;
const LINES_MAX: i32 = 48;

/// One dossier on the board.
#[derive(SimpleObject)]
pub struct BoardLine {
    /// Its code.
    code: String,
    /// When the result was there, or when it is promised.
    at: Moment,
    /// The clock stands: it waits for the applicant.
    paused: bool,
}

/// One list of the board.
#[derive(SimpleObject)]
pub struct BoardList {
    /// How many there are in all.
    total: u64,
    /// Its beginning.
    lines: Vec<BoardLine>,
}

/// The board in an office's lobby. No dossier stands in two of its lists.
#[derive(SimpleObject)]
pub struct Board {
    /// Whose.
    office: Office,
    /// The office's clock when it was read; its day is "today".
    now: Moment,
    /// The result is there and not yet handed over; the newest first.
    to_collect: BoardList,
    /// Accepted and not ended, but for those of today; the earliest promise first.
    processing: BoardList,
    /// Promised for today, and the clock runs; the earliest first.
    due_today: BoardList,
}

/// Which board, and how much of it.
#[derive(Debug, Clone)]
pub struct Wanted {
    office: String,
    lines: u32,
}

impl Wanted {
    /// # Errors
    /// [`Problem::BadInput`] for a number of lines that is not shown, or an office there is not.
    pub fn read(api: &Api, office: &str, first: Option<i32>) -> Result<Self> {
        let office: String = office.trim().parse::<OfficeCode>()?.into();
        if !api.models.reference().offices.contains_key(&office) {
            return Err(Problem::bad_input("no office has this code"));
        }
        let lines = first.unwrap_or(LINES_DEFAULT);
        let lines = u32::try_from(lines)
            .ok()
            .filter(|_| lines <= LINES_MAX)
            .ok_or_else(|| Problem::bad_input(format!("first must be from 0 to {LINES_MAX}")))?;
        Ok(Self { office, lines })
    }

    #[must_use]
    pub fn office(&self) -> &str {
        &self.office
    }
}

impl Board {
    /// The board as it hangs now; none when the office is gone.
    pub async fn hanging(api: &Api, wanted: &Wanted) -> Result<Option<Self>> {
        let now = api.office.clock();
        let asked = Asked {
            office: wanted.office.clone(),
            now,
        };
        let Some(office) = Office::find(api, &wanted.office) else {
            return Ok(None);
        };
        let found = board::read(&api.models, &asked, wanted.lines).await?;
        let list = |total, lines: Vec<board::Line>| BoardList {
            total,
            lines: lines.into_iter().map(Into::into).collect(),
        };
        Ok(Some(Self {
            office,
            now,
            to_collect: list(found.counts.to_collect, found.to_collect),
            processing: list(found.counts.processing, found.processing),
            due_today: list(found.counts.due_today, found.due_today),
        }))
    }
}

impl From<board::Line> for BoardLine {
    fn from(line: board::Line) -> Self {
        let board::Line { code, at, paused } = line;
        Self { code, at, paused }
    }
}

/// The board.
#[derive(Default)]
pub struct BoardQuery;

#[Object]
impl BoardQuery {
    /// The board in an office's lobby, for everybody.
    #[graphql(complexity = "1 + 3 * first.unwrap_or(8).clamp(0, 48) as usize + child_complexity")]
    async fn board(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Code of the office.")] office: String,
        #[graphql(desc = "Lines of each list, at most 48; 8 unless told.")] first: Option<i32>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Board> {
        let read = async {
            let api = api(context);
            let wanted = Wanted::read(api, &office, first)?;
            wait_for(api, min_position).await?;
            Board::hanging(api, &wanted).await
        };
        read.await.transpose()
    }
}

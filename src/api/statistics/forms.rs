//! Form II.06a (result of settling procedures) as offices must report it.

use async_graphql::{Context, Object, SimpleObject};

use super::{Question, Statistics};
use crate::api::access::api;
use crate::api::error::Answered;
use crate::api::scalar::{Day, Long};
use crate::api::wait_for;
use crate::api::words::{Comparison, Label, Level};
use crate::projections::statistics::forms::{self, Line, RULE, form_06a};

/// One line of form II.06a; unit: dossiers.
#[derive(Debug, SimpleObject)]
pub struct Form06aLine {
    /// Column (1), from 1; null for the total.
    place: Option<u64>,
    /// Column (2); null for the total.
    field: Option<Label>,
    /// Column (3): received, in all.
    c3: u64,
    /// Column (4): received online.
    c4: u64,
    /// Column (5): received at the counter or by post.
    c5: u64,
    /// Column (6): carried over from the period before.
    c6: u64,
    /// Column (7): settled, in all.
    c7: u64,
    /// Column (8): settled early.
    c8: u64,
    /// Column (9): settled on time.
    c9: u64,
    /// Column (10): settled late.
    c10: u64,
    /// Column (11): pending, in all.
    c11: u64,
    /// Column (12): pending, in time.
    c12: u64,
    /// Column (13): pending, overdue.
    c13: u64,
    /// Of these: what the form has no column for.
    moved: Form06aMoved,
    /// (3) = (4)+(5)+(6), (7) = (8)+(9)+(10), (11) = (12)+(13) and (3) = (7)+(11).
    balanced: bool,
}

/// What the form has no column for, and where it was put.
#[derive(Debug, SimpleObject)]
pub struct Form06aMoved {
    /// In column (12): closed without settlement before the promise had passed.
    closed_in_12: u64,
    /// In column (13): closed without settlement after it, or without a promise.
    closed_in_13: u64,
    /// In column (10): settled, nothing promised.
    undated_in_10: u64,
    /// In column (13): pending, nothing promised.
    undated_in_13: u64,
    /// In column (6): taken over from an office that has ended.
    transferred_in_6: u64,
    /// In column (12): given to the office that took over, before the promise had passed.
    transferred_in_12: u64,
    /// In column (13): the same after it.
    transferred_in_13: u64,
}

impl From<&Line> for Form06aLine {
    fn from(line: &Line) -> Self {
        let [c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13] = line.cells;
        let moved = line.moved;
        Self {
            place: None,
            field: None,
            c3,
            c4,
            c5,
            c6,
            c7,
            c8,
            c9,
            c10,
            c11,
            c12,
            c13,
            moved: Form06aMoved {
                closed_in_12: moved.closed_in_12,
                closed_in_13: moved.closed_in_13,
                undated_in_10: moved.undated_in_10,
                undated_in_13: moved.undated_in_13,
                transferred_in_6: moved.transferred_in_6,
                transferred_in_12: moved.transferred_in_12,
                transferred_in_13: moved.transferred_in_13,
            },
            balanced: line.is_balanced(),
        }
    }
}

/// The filled form, with our own counts beside it.
pub struct Form06a {
    form: forms::Form,
    counts: Statistics,
}

/// The filled form. CSV and JSON of the same are at `/forms/II.06a.csv` and `/forms/II.06a.json`.
#[Object]
impl Form06a {
    /// `II.06a`.
    async fn code(&self) -> &'static str {
        "II.06a"
    }

    /// Into which column went what the form has no column for.
    async fn rule(&self) -> Label {
        RULE.into()
    }

    /// One line for each field with anything to tell.
    async fn lines(&self) -> Vec<Form06aLine> {
        let lines = self.form.lines.iter().map(|one| Form06aLine {
            place: Some(one.place as u64),
            field: Some((one.field_vi.as_str(), one.field_en.as_str()).into()),
            ..Form06aLine::from(&one.line)
        });
        lines.collect()
    }

    /// The last line: all fields.
    async fn total(&self) -> Form06aLine {
        Form06aLine::from(&self.form.total)
    }

    /// Our own counts, of which it was made, with the period.
    async fn counts(&self) -> &Statistics {
        &self.counts
    }
}

/// What offices report.
#[derive(Default)]
pub struct FormQuery;

#[Object]
impl FormQuery {
    /// Form II.06a of a period, for everybody. Lateness is against the promise in force.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(name = "formII06a", complexity = "100 + 20 * child_complexity")]
    async fn form_ii06a(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First day; see reportingPeriod.")] from: Day,
        #[graphql(desc = "Last day; today when that comes first.")] to: Day,
        #[graphql(desc = "Code of an office; all offices unless told.")] office: Option<String>,
        #[graphql(desc = "All offices of a level; not together with office.")] level: Option<Level>,
        #[graphql(default, desc = "By day, as offices publish, or by minute.")]
        comparison: Comparison,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<Form06a> {
        let asked = Question {
            comparison,
            ..Question::plain(from, to, office, level)
        };
        let answer = async {
            let api = api(context);
            wait_for(api, min_position).await?;
            let query = asked.query(api)?;
            let form = form_06a(&api.models, &query).await?;
            let counts = Statistics {
                counts: form.counts,
                query,
                asked_to: to.0,
            };
            Ok(Form06a { form, counts })
        };
        Some(answer.await)
    }
}

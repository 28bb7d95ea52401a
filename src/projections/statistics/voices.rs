//! What applicants said and whether they were answered: one row per feedback, newest first, no person and no text.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row};
use uuid::Uuid;

use crate::domain::time::Moment;
use crate::projections::worklist::Page;
use crate::projections::{ReadModels, Result};

/// One feedback with its clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRow {
    /// Of the fact that it came in with.
    pub position: u64,
    pub dossier: Uuid,
    /// Which of the dossier, from 1.
    pub number: u32,
    /// The office whose clock the dossier ran under; before acceptance where it was lodged.
    pub office: String,
    pub submitted_at: Moment,
    pub due_at: Option<Moment>,
    pub answered_at: Option<Moment>,
}

/// A place in the list: recording time and position, which run the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: i64,
    pub position: u64,
}

/// Up to `first` feedbacks of an office (of all when none is given) after a place.
pub async fn voices(
    models: &ReadModels,
    office: Option<&str>,
    after: Option<Place>,
    first: u32,
) -> Result<Page<VoiceRow, Place>> {
    let mut sql = QueryBuilder::new(
        "select feedback.position as position, dossier.id as id, feedback.feedback as feedback,
             coalesce(turn.office, dossier.reception_office) as office, feedback.recorded_at as recorded_at,
             feedback.due_at as due_at,
             (select min(answer.recorded_at) from feedback as answer
                 where answer.number = feedback.number and answer.feedback = feedback.feedback
                   and answer.deed = 'answered') as answered_at
         from feedback
             join dossier on dossier.number = feedback.number
             left join turn on turn.number = feedback.number and turn.turn = max(feedback.turn, 1)
         where feedback.deed = 'submitted'",
    );
    if let Some(place) = after {
        sql.push(" and (feedback.recorded_at, feedback.position) < (")
            .push_bind(place.at)
            .push(", ")
            .push_bind(place.position.cast_signed())
            .push(")");
    }
    if let Some(office) = office {
        sql.push(" and coalesce(turn.office, dossier.reception_office) = ")
            .push_bind(office.to_owned());
    }
    sql.push(" order by feedback.recorded_at desc, feedback.position desc limit ")
        .push_bind(i64::from(first) + 1);
    let found: Vec<VoiceRow> = sql.build_query_as().fetch_all(models.pool()).await?;
    let rows = found.into_iter().map(|row| (row.place(), row));
    Ok(Page::cut(rows.collect(), first))
}

impl VoiceRow {
    fn place(&self) -> Place {
        Place {
            at: self.submitted_at.0,
            position: self.position,
        }
    }
}

impl FromRow<'_, SqliteRow> for VoiceRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let moment = |column| -> sqlx::Result<Option<Moment>> {
            Ok(row.try_get::<Option<i64>, _>(column)?.map(Moment))
        };
        Ok(Self {
            position: row.try_get::<i64, _>("position")?.cast_unsigned(),
            dossier: row.try_get("id")?,
            number: row.try_get("feedback")?,
            office: row.try_get("office")?,
            submitted_at: Moment(row.try_get("recorded_at")?),
            due_at: moment("due_at")?,
            answered_at: moment("answered_at")?,
        })
    }
}

//! Procedures as somebody without the exact name looks for them: any words in any order, narrowed by what is known of them,
//! and where an office takes them in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use sqlx::{QueryBuilder, Sqlite, query_as};

use crate::domain::catalogue::{Level, OnlineLevel, Procedure};
use crate::domain::office::Office;
use crate::domain::text;
use crate::domain::time::Moment;
use crate::projections::{ReadModels, Result};

/// Words of a question that count.
const WORDS_MAX: usize = 12;

/// What is looked for; all parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Of code, names and field; order, marks and punctuation do not matter.
    pub words: String,
    /// Name of the field in either language.
    pub field: Option<String>,
    pub level: Option<Level>,
    pub online: Option<OnlineLevel>,
    /// Code of an office that takes it in.
    pub office: Option<String>,
}

/// What there is of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// In code order.
    pub procedures: Vec<Arc<Procedure>>,
    /// Nothing has all of the words: these have most of them.
    pub partly: bool,
    /// How many there would be in each field, whatever field was asked for: by its names (Vietnamese, English).
    pub fields: BTreeMap<(String, String), u64>,
}

/// The procedures in force on a day that are looked for.
pub async fn seek(models: &ReadModels, sought: &Sought, on: Date) -> Result<Found> {
    let reference = models.reference();
    let words = words(&sought.words);
    let (codes, partly) = codes(models, &words).await?;
    let taken = match &sought.office {
        Some(office) => match reference.offices.get(office) {
            Some(office) => Some(taken_in(models, office, on).await?),
            None => Some(BTreeSet::new()),
        },
        None => None,
    };
    let fits = |procedure: &Procedure| {
        let level = sought.level.is_none_or(|level| procedure.level == level);
        let online = sought
            .online
            .is_none_or(|online| procedure.online_level == online);
        let taken = taken
            .as_ref()
            .is_none_or(|taken| taken.contains(&procedure.code));
        level && online && taken
    };
    let field = sought.field.as_deref().map(text::fold);
    let in_field = |procedure: &Procedure| {
        field.as_ref().is_none_or(|field| {
            text::fold(&procedure.field_vi) == *field || text::fold(&procedure.field_en) == *field
        })
    };
    let mut found = Found {
        partly,
        ..Found::default()
    };
    let in_force = codes
        .iter()
        .filter_map(|code| reference.procedure(code, on))
        .filter(|procedure| fits(procedure));
    for procedure in in_force {
        let names = (procedure.field_vi.clone(), procedure.field_en.clone());
        *found.fields.entry(names).or_default() += 1;
        if in_field(procedure) {
            found.procedures.push(Arc::clone(procedure));
        }
    }
    Ok(found)
}

/// Codes of the procedures whose newest version has every one of these words; `None` when there is no word to look for.
pub async fn having(models: &ReadModels, text: &str) -> Result<Option<Vec<String>>> {
    let words = words(text);
    if words.is_empty() {
        return Ok(None);
    }
    let (codes, partly) = codes(models, &words).await?;
    Ok(Some(if partly { Vec::new() } else { codes }))
}

/// The folded words of a question, without punctuation around them.
fn words(text: &str) -> Vec<String> {
    let folded = text::fold(text);
    let words = folded
        .split(|c: char| !c.is_alphanumeric() && c != '.')
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty());
    words.take(WORDS_MAX).map(str::to_owned).collect()
}

/// Codes in order whose newest version has all words, or else most of them (then `true`): at least half.
async fn codes(models: &ReadModels, words: &[String]) -> Result<(Vec<String>, bool)> {
    let mut sql: QueryBuilder<Sqlite> = QueryBuilder::new("select code, 0");
    for word in words {
        sql.push(" + (instr(folded, ")
            .push_bind(word.clone())
            .push(") > 0)");
    }
    sql.push(
        " from procedure where position = (
             select max(position) from procedure as version where version.code = procedure.code)
         order by code",
    );
    let rows: Vec<(String, i64)> = sql.build_query_as().fetch_all(models.pool()).await?;
    let best = rows.iter().map(|(_, hits)| *hits).max().unwrap_or(0);
    let hits = usize::try_from(best).unwrap_or(0);
    if hits * 2 < words.len() {
        return Ok((Vec::new(), false));
    }
    let codes = rows.into_iter().filter(|(_, hits)| *hits == best);
    Ok((codes.map(|(code, _)| code).collect(), hits < words.len()))
}

/// Codes of what an office takes in: what is received at its level, and what it did receive in the year before `on`.
pub async fn taken_in(models: &ReadModels, office: &Office, on: Date) -> Result<BTreeSet<String>> {
    let reference = models.reference();
    let codes = reference.procedures.keys();
    let by_level = codes
        .filter_map(|code| reference.procedure(code, on))
        .filter(|procedure| procedure.reception_levels().contains(&office.level));
    let mut taken: BTreeSet<String> = by_level.map(|procedure| procedure.code.clone()).collect();
    let sql = "select distinct procedure from turn where office = ?1 and received_at >= ?2";
    let received: Vec<(String,)> = query_as(sql)
        .bind(office.code.clone())
        .bind(year_before(on))
        .fetch_all(models.pool())
        .await?;
    let in_force = received
        .into_iter()
        .map(|(code,)| code)
        .filter(|code| reference.procedure(code, on).is_some());
    taken.extend(in_force);
    Ok(taken)
}

/// The offices that take a procedure in: those at work on the day at a level where it is received, and those that did
/// receive it in the year before; in code order.
pub async fn takers(
    models: &ReadModels,
    procedure: &Procedure,
    on: Date,
) -> Result<Vec<Arc<Office>>> {
    let sql = "select distinct office from turn where procedure = ?1 and received_at >= ?2";
    let received: Vec<(String,)> = query_as(sql)
        .bind(procedure.code.clone())
        .bind(year_before(on))
        .fetch_all(models.pool())
        .await?;
    let received: BTreeSet<String> = received.into_iter().map(|(code,)| code).collect();
    let levels = procedure.reception_levels();
    let reference = models.reference();
    let offices = reference.offices.values();
    let takers = offices.filter(|office| {
        let by_level = levels.contains(&office.level);
        office.valid_on(on) && (by_level || received.contains(&office.code))
    });
    Ok(takers.cloned().collect())
}

/// The first moment of the year before a day, in microseconds.
fn year_before(on: Date) -> i64 {
    let first = on.checked_sub(jiff::Span::new().years(1)).unwrap_or(on);
    Moment::from_local(first.to_datetime(jiff::civil::Time::midnight())).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_without_marks_case_or_punctuation() {
        assert_eq!(
            words("  ĐĂNG KÝ, khai-sinh (trẻ em)? 1.001193. "),
            ["dang", "ky", "khai", "sinh", "tre", "em", "1.001193"]
        );
        assert_eq!(words(" , . - "), Vec::<String>::new());
    }
}

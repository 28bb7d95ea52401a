//! The file being served against one folded anew, row by row, inside the database.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, query, query_as, query_scalar};

use super::{Check, Pace, Report};
use crate::journal::Journal;
use crate::projections::error::{ProjectionError, Result};
use crate::projections::{file, rebuild};

/// A table that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub table: String,
    /// In the file being served.
    pub rows: u64,
}

/// Deletes the file folded for the comparison, however it ended.
struct Folded(PathBuf);

impl Drop for Folded {
    fn drop(&mut self) {
        if let Err(error) = file::remove(&self.0) {
            tracing::warn!(%error, file = %self.0.display(), "a file that is not needed any more stays");
        }
    }
}

pub async fn compare(
    served: &Path,
    journal: &Journal,
    report: &mut Report,
    tell: impl FnMut(Pace) + Send,
) -> Result<()> {
    // Its own name per process: two may verify at once.
    let name = format!("replay-{}", std::process::id());
    let folded = Folded(served.with_extension(name));
    file::remove(&folded.0)?;
    let options = SqliteConnectOptions::new()
        .filename(served)
        .read_only(true)
        .pragma("temp_store", "file");
    let mut served = SqliteConnection::connect_with(&options).await?;
    check_pages(&mut served, report).await?;
    // One snapshot from here to the end, whatever is written meanwhile.
    query("begin").execute(&mut served).await?;
    let mark = file::mark(&mut served).await?;
    report.size = mark.size;
    if let Err(ProjectionError::BesideJournal { position }) =
        file::check_beside(journal, mark).await
    {
        let what =
            "the read models have followed another journal, or this one before it was set back";
        report.find(Check::Beside, Some(position), what);
        return Ok(());
    }
    rebuild::fill(&folded.0, journal, mark.size, tell).await?;
    query("attach ?1 as folded")
        .bind(folded.0.to_string_lossy().into_owned())
        .execute(&mut served)
        .await?;
    let tables: Vec<String> = query_scalar(
        "select name from folded.sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
    )
    .fetch_all(&mut served)
    .await?;
    for table in tables {
        let rows = compare_table(&mut served, &table, report).await?;
        report.tables.push(Compared { table, rows });
    }
    served.close().await?;
    Ok(())
}

async fn check_pages(served: &mut SqliteConnection, report: &mut Report) -> Result<()> {
    let found: String = query_scalar("pragma integrity_check(1)")
        .fetch_one(served)
        .await?;
    if found != "ok" {
        report.find(Check::Pages, None, found);
    }
    Ok(())
}

/// Counts the rows, and names the first that differs.
async fn compare_table(
    served: &mut SqliteConnection,
    table: &str,
    report: &mut Report,
) -> Result<u64> {
    let columns: Vec<(String, i64)> =
        query_as("select name, pk from pragma_table_info(?1, 'folded') order by cid")
            .bind(table)
            .fetch_all(&mut *served)
            .await?;
    let rows: i64 = query_scalar(AssertSqlSafe(format!("select count(*) from main.{table}")))
        .fetch_one(&mut *served)
        .await?;
    let sql = first_difference(table, &columns);
    let found: Option<(String, String, Option<i64>)> =
        query_as(AssertSqlSafe(sql)).fetch_optional(served).await?;
    if let Some((key, differing, position)) = found {
        let what = format!("{table} ({key}): {}", differing.trim_end());
        report.find(Check::Row, position.map(i64::cast_unsigned), what);
    }
    Ok(rows.cast_unsigned())
}

/// The lowest key whose row is missing or different on one side: key, columns that differ, position.
fn first_difference(table: &str, columns: &[(String, i64)]) -> String {
    let keys: Vec<&str> = columns
        .iter()
        .filter(|(_, key)| *key > 0)
        .map(|(name, _)| name.as_str())
        .collect();
    let each = |columns: &[&str], make: &dyn Fn(&str) -> String, between: &str| {
        let made: Vec<String> = columns.iter().map(|column| make(column)).collect();
        made.join(between)
    };
    let all: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let either = |column: &str| format!("coalesce(main.{column}, folded.{column})");
    let key = each(
        &keys,
        &|key| format!("'{key} ' || {}", either(key)),
        " || ', ' || ",
    );
    let differing = each(
        &all,
        &|column| format!("iif(main.{column} is not folded.{column}, '{column} ', '')"),
        " || ",
    );
    let join = each(&keys, &|key| format!("main.{key} = folded.{key}"), " and ");
    let differs = each(
        &all,
        &|column| format!("main.{column} is not folded.{column}"),
        " or ",
    );
    let position = ["position", "number", "size"]
        .into_iter()
        .find(|column| all.contains(column))
        .map_or("null".to_owned(), either);
    let order = each(&keys, &either, ", ");
    format!(
        "select {key}, {differing}, {position} from main.{table} as main full join folded.{table} as folded on {join}
         where {differs} order by {order} limit 1"
    )
}

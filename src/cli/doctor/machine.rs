//! The machine: folders, the disk, the database's settings, the backup.

use std::path::Path;

use sqlx::query_as;

use super::{Finding, bad, good};
use crate::cli::copy::whole;
use crate::cli::place::Place;
use crate::copies::{self, Backup, DAYS_KEPT};
use crate::databases::Servers;
use crate::domain::time::Moment;
use crate::journal::{Location, clock};

/// Less is left on the disk than what a night of work may need.
const FREE_MIN: u64 = 1024 * 1024 * 1024;
/// A clock that is further off stamps facts wrongly.
const SECONDS_OFF_MAX: i64 = 2;
const BACKUP_HOURS_MAX: i64 = 26;
/// What Linux says of a network file system, on which SQLite's locks are no locks: NFS, CIFS, SMB2.
#[cfg(target_os = "linux")]
const NETWORK: [i64; 3] = [0x6969, 0xFF53_4D42, 0xFE53_4D42];

pub fn folder(place: &Place) -> Finding {
    match std::fs::metadata(&place.data) {
        Ok(found) if found.permissions().readonly() => bad(
            format!("data folder {} is read-only", place.data.display()),
            "make it writable for the user who runs motcua",
        ),
        Ok(_) => good(format!("data folder {}", place.data.display())),
        Err(error) => bad(
            format!("data folder {}: {error}", place.data.display()),
            "choose it with --data",
        ),
    }
}

pub fn read_models(place: &Place) -> Finding {
    let files = std::fs::read_dir(&place.data)
        .into_iter()
        .flatten()
        .flatten();
    let found = files.filter(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with("read-") && name.ends_with(".db")
    });
    match found.count() {
        0 => good("no read models yet: `serve` fills them, or `motcua rebuild`"),
        count => good(format!(
            "{count} file(s) of read models; `motcua verify --replay` compares them with the journal"
        )),
    }
}

/// The disk below a folder.
pub fn disk(folder: &Path, embedded: bool) -> Vec<Finding> {
    let Ok(disk) = rustix::fs::statvfs(folder) else {
        return Vec::new();
    };
    let free = disk.f_bavail * disk.f_frsize;
    let mut findings = vec![if free < FREE_MIN {
        bad(
            format!(
                "{} MiB are left on the disk of {}",
                free >> 20,
                folder.display()
            ),
            "make room before it is full: nothing is accepted then, and nothing that was is lost",
        )
    } else {
        good(format!("{} GiB are left on the disk", free >> 30))
    }];
    if embedded && is_on_network(folder) {
        findings.push(bad(
            format!("{} is on a network file system", folder.display()),
            "lay an embedded journal on a disk of this machine, or use PostgreSQL: SQLite's locks do not hold there",
        ));
    }
    findings
}

#[cfg(target_os = "linux")]
fn is_on_network(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|found| NETWORK.contains(&found.f_type))
}

#[cfg(not(target_os = "linux"))]
fn is_on_network(_: &Path) -> bool {
    false
}

/// Settings of a PostgreSQL that would lose what was acknowledged, or let a node do more than it needs.
pub async fn database(place: &Place) -> Vec<Finding> {
    let Ok(Location::Postgres(address)) = place.journal_location() else {
        return Vec::new();
    };
    match settings(&address).await {
        Ok(findings) => findings,
        Err(error) => vec![bad(
            format!("database: {error}"),
            "check that the database answers",
        )],
    }
}

async fn settings(address: &str) -> sqlx::Result<Vec<Finding>> {
    let mut connection = Servers::of(address, "motcua doctor")?.connect().await?;
    let sql = "select name, setting from pg_settings
         where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'synchronous_standby_names')";
    let settings: Vec<(String, String)> = query_as(sql).fetch_all(&mut connection).await?;
    let is = |name: &str| {
        let found = settings.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, setting)| setting.as_str())
    };
    let mut findings = Vec::new();
    for name in ["fsync", "full_page_writes", "synchronous_commit"] {
        if ["off", "local"].contains(&is(name))
            && !(name == "synchronous_commit"
                && is(name) == "local"
                && is("synchronous_standby_names").is_empty())
        {
            findings.push(bad(
                format!("database: {name} is {}", is(name)),
                format!("alter system set {name} = on; select pg_reload_conf(): as it is, a power cut loses what was acknowledged"),
            ));
        }
    }
    let sql = "select rolsuper, (extract(epoch from clock_timestamp()) * 1000000)::bigint, pg_is_in_recovery()
         from pg_roles where rolname = current_user";
    let (is_superuser, now, is_standby): (bool, i64, bool) =
        query_as(sql).fetch_one(&mut connection).await?;
    if is_superuser {
        findings.push(bad(
            "database: nodes connect as a superuser, who could take the journal's guards away",
            "create role motcua_serve login; motcua migrate --serving motcua_serve; then use that role in --journal",
        ));
    }
    if is_standby {
        findings.push(bad(
            "database: this server is a standby and takes no writes",
            "name the primary too: postgres://…@one:5432,two:5432/…",
        ));
    }
    let seconds = (now - clock::system().0) / 1_000_000;
    if seconds.abs() > SECONDS_OFF_MAX {
        findings.push(bad(
            format!("database: its clock and this machine's are {seconds} s apart"),
            "set both right (chrony); facts are stamped by the database's",
        ));
    }
    if findings.is_empty() {
        let standby = match is("synchronous_standby_names") {
            "" => "; no synchronous standby, so a lost disk loses the newest facts",
            _ => " and a synchronous standby has it", // foreign: names of servers
        };
        findings.push(good(format!(
            "database: what is acknowledged is on disk{standby}"
        )));
    }
    Ok(findings)
}

/// Whether a backup is young and whole.
pub async fn backup(folder: &Path) -> Finding {
    let cure = format!("motcua backup --to {}", folder.display());
    let place = Place::of_folder(folder.to_owned());
    let checked = match whole(&place) {
        Ok(whole) => copies::check(folder, &whole).await,
        Err(error) => return bad(format!("backup: {error:#}"), cure),
    };
    match checked {
        Ok(backup) => aged(&backup, folder, cure),
        Err(error) => bad(format!("backup: {error}"), cure),
    }
}

fn aged(backup: &Backup, folder: &Path, cure: String) -> Finding {
    let hours = (clock::system().0 - backup.made_at.0) / (Moment::DAY / 24);
    let told = format!("backup of {} facts, {hours} hours old", backup.size);
    if hours > DAYS_KEPT * 24 {
        let cure = format!(
            "delete {}: it tells what was erased since; then {cure}",
            folder.display()
        );
        bad(told, cure)
    } else if hours > BACKUP_HOURS_MAX {
        bad(told, cure)
    } else {
        good(told)
    }
}

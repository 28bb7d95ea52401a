//! Dossiers whose time is over lose their personal data all at once, by class; cut off, it goes on.

use std::path::Path;
use std::process::{Command, Output};

use motcua::domain::actor::Role;
use motcua::projections::erasures;
use serde_json::json;

use super::{closed, dossier_of, held, settle};
use crate::commands::ground::{Office, PROCEDURE, SILENT, morning, person, served};
use crate::integrity::copy_folder;

const DAY: i64 = 24 * 3_600 * 1_000_000;

struct Ordered<'a> {
    office: &'a Office,
    keys: &'a Path,
    classes: &'a Path,
}

impl Ordered<'_> {
    fn erase(&self, class: &str, before: &str, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command.args([
            "erase",
            "--retention-class",
            class,
            "--completed-before",
            before,
        ]);
        if !more.contains(&"--decision") {
            command.args(["--decision", "7/QĐ-UBND"]);
        }
        command.args(more);
        command.arg("--classes").arg(self.classes);
        command
            .arg("--data")
            .arg(self.office.folder())
            .arg("--keys")
            .arg(self.keys);
        command
            .env_remove("MOTCUA_JOURNAL")
            .output()
            .expect("the program runs")
    }
}

#[track_caller]
fn said(output: &Output, code: i32, words: &str) {
    let told = [&output.stdout[..], &output.stderr[..]].concat();
    let told = String::from_utf8_lossy(&told);
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert!(told.contains(words), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_to_be_kept_is_destroyed_by_class_and_nothing_else() {
    let office = served().await;
    let mut old = Vec::new();
    for _ in 0..3 {
        let (code, key) = closed(&office).await;
        settle(&office, &code).await;
        old.push((code, key));
    }
    let (open, open_key) = closed(&office).await;
    // A month later somebody else's is closed as well; then two years pass.
    office.wait_until(morning().plus(30 * DAY)).await;
    let (young, young_key) = closed(&office).await;
    settle(&office, &young).await;
    office.wait_until(morning().plus(745 * DAY)).await;

    let folder = tempfile::tempdir().expect("a folder");
    let (keys, classes) = (
        folder.path().join("keys"),
        folder.path().join("classes.json"),
    );
    copy_folder(&office.folder().join("keys"), &keys);
    let class = |name: &str, procedure: &str, years: Option<u16>| json!({ "class": name, "procedures": [procedure], "years": years, "basis": "33/2024/QH15:15", "certainty": "illustrative" });
    let all = json!([
        class("short", PROCEDURE, Some(2)),
        class("other", SILENT, Some(2)),
        class("for-ever", "1.001193", None),
        class("long", "1.000656", Some(10))
    ]);
    std::fs::write(&classes, all.to_string()).expect("written");
    let ordered = Ordered {
        office: &office,
        keys: &keys,
        classes: &classes,
    };

    said(
        &ordered.erase("none", "2026-11-10", &[]),
        1,
        "has no class none; it has short, other, for-ever, long",
    );
    said(
        &ordered.erase("for-ever", "2026-11-10", &[]),
        1,
        "kept for ever",
    );
    said(
        &ordered.erase("long", "2026-11-10", &[]),
        1,
        "only what was completed before 2018-11",
    );
    said(
        &ordered.erase("short", "2026-12-31", &[]),
        1,
        "only what was completed before 2026-11",
    );
    said(
        &ordered.erase("short", "2026-11-10", &["--dry-run"]),
        0,
        "3 dossiers of class short",
    );
    let named = ["--dry-run", "--decision", "Nguyễn Văn A"];
    said(
        &ordered.erase("short", "2026-11-10", &named),
        1,
        "never words",
    );
    let overlapping = json!([
        class("short", PROCEDURE, Some(2)),
        class("for-ever", PROCEDURE, None)
    ]);
    std::fs::write(&classes, overlapping.to_string()).expect("written");
    said(
        &ordered.erase("short", "2026-11-10", &["--dry-run"]),
        1,
        "is in class short and in class for-ever",
    );
    std::fs::write(
        &classes,
        json!([class("short", "9.999999", Some(2))]).to_string(),
    )
    .expect("written");
    said(
        &ordered.erase("short", "2026-11-10", &["--dry-run"]),
        1,
        "procedure 9.999999",
    );
    std::fs::write(&classes, all.to_string()).expect("written");
    assert_eq!(
        held(&office, &old[0].0, &old[0].1).await["applicant"]["erased"],
        false
    );
    said(
        &ordered.erase("other", "2026-11-10", &[]),
        0,
        "0 dossiers of class other",
    );

    // Some of it was done when the power went; the rest follows, and a third time there is nothing to do.
    said(
        &ordered.erase("short", "2026-11-10", &["--purposes", "contact"]),
        0,
        "Destroyed the data of 3",
    );
    said(
        &ordered.erase("short", "2026-11-10", &[]),
        0,
        "Destroyed the data of 3",
    );
    let mut amended = all.clone();
    amended[0]["basis"] = json!("33/2024/QH15:16");
    std::fs::write(&classes, amended.to_string()).expect("written");
    said(
        &ordered.erase("short", "2026-11-10", &[]),
        0,
        "Destroyed the data of 0",
    );
    let left = ordered.erase("short", "2026-11-10", &["--dry-run"]);
    said(&left, 0, "0 dossiers of class short");
    let size = office.api.journal.head().await.expect("a head").size;
    assert!(
        office
            .api
            .models
            .reach(size - 1, std::time::Duration::from_secs(20))
            .await
    );
    for (code, key) in &old {
        let told = held(&office, code, key).await;
        assert_eq!(
            told["applicant"],
            json!({ "fullName": null, "phone": null, "erased": true }),
            "{told}"
        );
        assert_eq!(told["erasures"][1]["decision"], "7/QĐ-UBND", "{told}");
        let rows = erasures::of_dossier(&office.api.models, dossier_of(&office, code).await).await;
        let rows = rows.expect("rows");
        assert!(
            rows.iter()
                .all(|row| row.done.is_some() && row.basis.as_deref() == Some("33/2024/QH15:15")),
            "{rows:?}"
        );
    }
    for (code, key) in [(&open, &open_key), (&young, &young_key)] {
        assert_eq!(
            held(&office, code, key).await["applicant"]["erased"],
            false,
            "{code}"
        );
    }
    let who = person(Role::Receiver);
    let found = "{ findDossiers(by: { phone: \"0000000123\" }) { dossiers { code } } }";
    let found = office
        .post(&office.signed_in(&who), found, json!(null))
        .await;
    let found = found["data"]["findDossiers"]["dossiers"]
        .as_array()
        .map(Vec::len);
    assert_eq!(found, Some(2));
}

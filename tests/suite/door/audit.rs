//! The auditor's desk: who comes in, what a search finds, a dossier as it was, and exports that anybody can check.

use motcua::domain::actor::{NO_OFFICE, Role};
use motcua::domain::dossier::DossierCommand;
use motcua::journal::Until;
use motcua::projections::audit::AuditRow;
use motcua::projections::history;
use motcua::tlog::leaf_hash;
use reqwest::{Method, Response};
use serde_json::Value;

use super::ground::*;
use crate::office::OFFICE;

async fn get(door: &Door, role: Role, office: &str, path: &str) -> Response {
    let request = door.request(Method::GET, path);
    let request = request.bearer_auth(door.token(role, office));
    request.send().await.expect("an answer")
}

/// A page as an auditor of all offices reads it, in English.
async fn page(door: &Door, path: &str) -> String {
    let and = if path.contains('?') { '&' } else { '?' };
    let response = get(
        door,
        Role::Auditor,
        NO_OFFICE,
        &format!("{path}{and}lang=en"),
    )
    .await;
    assert_eq!(response.status().as_u16(), 200, "{path}");
    response.text().await.expect("a text")
}

/// Positions of the facts that a page lists, in its order.
fn positions(page: &str) -> Vec<u64> {
    let heads = page
        .split("<p class=\"head\"><a class=\"code\" href=\"/audit/fact/")
        .skip(1);
    let digits = heads.map(|rest| rest.split(['?', '"']).next().expect("a position"));
    digits
        .map(|digits| digits.parse().expect("a number"))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("written");
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_for_those_who_supervise_and_others_are_told_what_to_do() {
    let mut door = given_an_office().await;
    let at = door.accepted_at().await;
    door.seal().await;
    let paths = [
        "/audit".to_owned(),
        "/audit/search".to_owned(),
        format!("/audit/fact/{at}"),
        format!("/audit/d/{}", door.code),
        "/audit/findings".to_owned(),
        "/audit/lateness".to_owned(),
        "/audit/export.csv".to_owned(),
        "/audit/export.ndjson".to_owned(),
    ];
    for path in &paths {
        let nobody = door.get(path).await;
        assert_eq!(nobody.status().as_u16(), 401, "{path}");
        assert!(
            nobody
                .text()
                .await
                .expect("a text")
                .contains("UNAUTHENTICATED")
        );
        for role in [Role::Receiver, Role::Applicant, Role::Admin] {
            let other = get(&door, role, OFFICE, path).await;
            assert_eq!(other.status().as_u16(), 403, "{path}");
            let text = other.text().await.expect("a text");
            assert!(
                text.contains("FORBIDDEN") && text.contains("</html>"),
                "{path}"
            );
        }
        let auditor = get(&door, Role::Auditor, NO_OFFICE, path).await;
        assert_eq!(auditor.status().as_u16(), 200, "{path}");
        assert_eq!(header(&auditor, "x-robots-tag"), "noindex", "{path}");
        // Exact bytes stay with those who may read entries.
        let of_office = get(&door, Role::Auditor, OFFICE, path).await;
        let expected = if path.ends_with("ndjson") { 403 } else { 200 };
        assert_eq!(of_office.status().as_u16(), expected, "{path}");
    }
    let raw = format!("/audit/fact/{at}.json");
    let bytes = get(&door, Role::Auditor, NO_OFFICE, &raw).await;
    let bytes = bytes.bytes().await.expect("bytes");
    let leaf = hex(&leaf_hash(&bytes));
    let whole = page(&door, &format!("/audit/fact/{at}")).await;
    assert!(whole.contains(&leaf) && whole.contains("in checkpoint"));
    let refused = get(&door, Role::Auditor, OFFICE, &raw).await;
    assert_eq!(refused.status().as_u16(), 403);
    let elsewhere = get(&door, Role::Auditor, "H38.41", &format!("/audit/fact/{at}")).await;
    assert_eq!(elsewhere.status().as_u16(), 404);
    let elsewhere = get(
        &door,
        Role::Auditor,
        "H38.41",
        &format!("/audit/d/{}", door.code),
    )
    .await;
    assert_eq!(elsewhere.status().as_u16(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_exactly_the_facts_that_it_asks_for() {
    let door = given_an_office().await;
    let (_, other) = door.accept().await;
    let forward = DossierCommand::Forward {
        to: "handler-01".into(),
    };
    door.act(Role::Receiver, forward).await;
    let models = &door.api.models;
    let size = models.size();
    let all: Vec<u64> = (0..size).collect();
    let rows = motcua::projections::audit::at(models, &all)
        .await
        .expect("rows");
    let expect = async |query: &str, wanted: &dyn Fn(&AuditRow) -> bool| {
        let wanted: Vec<u64> = rows
            .iter()
            .filter(|row| wanted(row))
            .map(|row| row.position)
            .collect();
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let text = page(&door, &format!("/audit/search?{query}&order=oldest{after}")).await;
            let listed = positions(&text);
            let Some(last) = listed.last() else { break };
            after = format!("&after={last}");
            found.extend(listed);
            if !text.contains("rel=\"next\"") {
                break;
            }
        }
        assert_eq!(found, wanted, "{query}");
        wanted.len()
    };
    let code = Some(door.code.as_str());
    assert!(
        expect(&format!("code={}", door.code), &|row| row.dossier.is_some()
            && row.code.as_deref() == code)
        .await
            > 2
    );
    assert!(
        expect(&format!("code={other}"), &|row| row.dossier.is_some()
            && row.code.as_deref() == Some(&other))
        .await
            > 1
    );
    assert_eq!(
        expect("kind=dossier.accepted", &|row| row.kind
            == "dossier.accepted")
        .await,
        2
    );
    assert!(
        expect(&format!("office={OFFICE}"), &|row| row.actor_office
            == OFFICE)
        .await
            > 4
    );
    assert!(expect("role=receiver", &|row| row.actor_role == Role::Receiver).await > 4);
    let actor = rows
        .iter()
        .find(|row| row.kind == "dossier.forwarded")
        .expect("forwarded");
    let actor = actor.actor_id.clone();
    assert!(
        expect(&format!("actor={actor}&kind=dossier.forwarded"), &|row| row
            .kind
            == "dossier.forwarded")
        .await
            == 1
    );
    assert_eq!(expect("breach=any", &|row| row.breach.is_some()).await, 0);
    let procedure = crate::office::PROCEDURE;
    let of_procedure = |row: &AuditRow| {
        let own = row.kind.starts_with("proc")
            && row.code.as_deref().is_some_and(|code| {
                code == procedure || code.starts_with(&format!("{procedure}/"))
            });
        row.dossier.is_some() || own
    };
    let dossiers = expect(&format!("procedure={procedure}"), &of_procedure).await;
    assert!(dossiers > 5, "of dossiers and its own publication");
    let later = |row: &AuditRow| {
        let earliest = [row.claimed_at, row.received_at]
            .into_iter()
            .flatten()
            .min();
        earliest.is_some_and(|at| row.recorded_at.0 - at.0 >= 3_600_000_000)
    };
    expect("later=1", &later).await;
    expect("", &|_| true).await;

    // Newest first, page by page.
    let newest = positions(&page(&door, "/audit/search").await);
    let expected: Vec<u64> = (0..size).rev().take(50).collect();
    assert_eq!(newest, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_meant_is_answered_field_by_field() {
    let door = given_an_office().await;
    for (query, field) in [
        ("kind=%27%3B+drop+table+audit", "kind"),
        ("actor=%3Cscript%3Ealert(1)%3C/script%3E", "actor"),
        ("role=king", "role"),
        ("office=../..", "office"),
        ("code=42", "code"),
        ("breach=%00", "breach"),
        ("from=2026-02-31", "from"),
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("later=-1", "later"),
        ("later=99999999999999999999", "later"),
        ("after=18446744073709551615", "after"),
        ("kind=a&kind=b", "address"),
        ("kind=%FF", "kind"),
    ] {
        let path = format!("/audit/search?lang=en&{query}");
        let answer = get(&door, Role::Auditor, NO_OFFICE, &path).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a text");
        assert_eq!(status, 400, "{query}");
        assert!(text.contains(&format!("href=\"#{field}\"")), "{query}");
        assert!(!text.contains("<script>alert"), "{query}");
        assert!(
            positions(&text).is_empty(),
            "{query}: facts that nobody asked for"
        );
        let export = format!("/audit/export.csv?{query}");
        let export = get(&door, Role::Auditor, NO_OFFICE, &export).await;
        assert_eq!(export.status().as_u16(), 400, "{query}");
    }
    for path in [
        "/audit/fact/-1",
        "/audit/fact/99999999",
        "/audit/fact/x",
        "/audit/fact/18446744073709551615",
    ] {
        let answer = get(&door, Role::Auditor, NO_OFFICE, path).await;
        assert_eq!(answer.status().as_u16(), 404, "{path}");
        assert!(
            answer
                .text()
                .await
                .expect("a text")
                .contains("FACT_UNKNOWN"),
            "{path}"
        );
    }
    let foreign = get(&door, Role::Auditor, OFFICE, "/audit/search?office=H38.41").await;
    assert_eq!(foreign.status().as_u16(), 400);
    for query in ["at=yesterday", "a=2026-01-01T00:00", "a=x&b=y"] {
        let path = format!("/audit/d/{}?{query}", door.code);
        let answer = get(&door, Role::Auditor, NO_OFFICE, &path).await;
        assert_eq!(answer.status().as_u16(), 400, "{query}");
    }
    for path in [
        "/audit/findings?rule=x",
        "/audit/lateness?office=H38.40&at=x",
        "/audit/lateness?office=%27",
    ] {
        let answer = get(&door, Role::Auditor, NO_OFFICE, path).await;
        assert_eq!(answer.status().as_u16(), 400, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_as_it_was_is_the_fold_of_what_was_known_then() {
    let door = given_an_office().await;
    let forward = DossierCommand::Forward {
        to: "handler-01".into(),
    };
    door.act(Role::Receiver, forward).await;
    let changes = history::of_dossier(&door.api.models, door.dossier).await;
    let changes = changes.expect("a history");
    for change in &changes {
        let position = change.entry.position;
        let until = Until::Size(position + 1);
        let fold = history::fold(&door.api.journal, door.dossier, until).await;
        let fold = fold.expect("a fold").expect("a dossier");
        let text = page(
            &door,
            &format!("/audit/d/{}?at=position:{position}", door.code),
        )
        .await;
        let phase = fold.phase.label().1.replace('\'', "&#39;");
        let row = format!("<th scope=\"row\">State</th><td>{phase}</td>");
        assert!(text.contains(&row), "{position}: {phase}");
        assert!(text.contains(&format!("{} / {} facts", fold.version, changes.len())));
        let handled = fold.handler.map_or_else(String::new, |handler| {
            format!("<th scope=\"row\">Handler</th><td>{handler}</td>")
        });
        assert!(text.contains(&handled), "{position}");
        assert_eq!(
            text.contains("<th scope=\"row\">Handler</th>"),
            !handled.is_empty()
        );
    }
    let before = changes[0].entry.position - 1;
    let text = page(
        &door,
        &format!("/audit/d/{}?at=position:{before}", door.code),
    )
    .await;
    assert!(text.contains("Nothing was recorded of this dossier then."));
    let (first, last) = (
        changes[0].entry.position,
        changes[changes.len() - 1].entry.position,
    );
    let two = format!(
        "/audit/d/{}?a=position:{first}&b=position:{last}",
        door.code
    );
    let text = page(&door, &two).await;
    assert!(text.contains("≠ differs") && text.contains("<td data-is=\"Differs?\">=</td>"));
    let two = format!("/audit/d/{}?a=position:{last}&b=position:{last}", door.code);
    assert!(!page(&door, &two).await.contains("≠ differs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_away_is_whole_and_hashes_to_the_leaves_of_the_tree() {
    let mut door = given_an_office().await;
    door.accept().await;
    let size = door.seal().await;
    let export = async |query: &str| -> Vec<Value> {
        let path = format!("/audit/export.ndjson?{query}");
        let answer = get(&door, Role::Auditor, NO_OFFICE, &path).await;
        assert_eq!(answer.status().as_u16(), 200, "{query}");
        let text = answer.text().await.expect("a text");
        assert!(!text.contains("000123"), "personal data");
        let lines = text.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().expect("lines of JSON")
    };
    let lines = export("").await;
    assert_eq!(lines[0]["size"], size);
    let (end, facts) = lines[1..].split_last().expect("an end");
    assert_eq!(
        (&end["end"], &end["facts"], &end["next_after"]),
        (&Value::Bool(true), &size.into(), &Value::Null)
    );
    assert_eq!(facts.len() as u64, size);
    for (position, line) in (0..).zip(facts) {
        let fact = line["fact"].as_str().expect("exact bytes");
        let leaf = leaf_hash(fact.as_bytes());
        assert_eq!(line["position"], position);
        assert_eq!(line["leaf_hash"], hex(&leaf));
        assert_eq!(door.integrity.tree().hash(0, position), Some(leaf));
    }
    let after = size - 3;
    let rest = export(&format!("after={after}")).await;
    assert_eq!(rest.len(), 2 + 2, "goes on after a position");
    assert_eq!(rest[1]["position"], after + 1);
    let of_dossier = export(&format!("code={}", door.code)).await;
    let known = history::of_dossier(&door.api.models, door.dossier)
        .await
        .expect("a history");
    assert_eq!(of_dossier.len(), known.len() + 2);
    let none = export("code=H38.40.01-200101-0001").await;
    assert_eq!((none.len(), &none[1]["facts"]), (2, &0.into()));

    let csv = get(
        &door,
        Role::Auditor,
        NO_OFFICE,
        "/audit/export.csv?kind=dossier.accepted",
    )
    .await;
    let csv = csv.text().await.expect("a text");
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 3, "{csv}");
    for row in &rows[1..] {
        let position: u64 = row[0].parse().expect("a position");
        let leaf = door.integrity.tree().hash(0, position).expect("a leaf");
        assert_eq!(row[row.len() - 1], hex(&leaf));
    }
}

//! `motcua drill tamper`: a forgery by somebody with all rights of the database is found, and only a copy was touched.

use motcua::domain::dossier::DossierCommand;

use super::program::motcua;
use super::sealed::Office;

#[tokio::test]
async fn the_drill_forges_a_copy_well_and_finds_it_and_leaves_the_original_alone() {
    let mut office = Office::simulated().await;
    let late = office.story.accept("H63.40.01", "1.004873");
    let forward = DossierCommand::Forward {
        to: "handler-7".into(),
    };
    office.story.act(late, &forward).expect("forwarded");
    office.story.go_to(4, 20, 9);
    office
        .story
        .act(late, &DossierCommand::SignResult { signature: None })
        .expect("signed");
    office.story.live(3, 300);
    office.story.write().await;
    office.seal().await;
    office.verify(&[]).succeeded();
    let files = || {
        let path = |name: &str| office.data.path().join(name);
        ["tree/0", "journal.db"].map(|name| std::fs::read(path(name)).expect("a file"))
    };
    let before = files();
    let said = motcua(office.data.path(), &["drill", "tamper"])
        .succeeded()
        .out;
    for words in [
        "The journal by itself holds together",
        "it was never late",
        "DIFFERS  tree at position",
        "5. Found at position",
        "data.due_at",
        "was  \"2026-03-",
        "is   \"2026-04-20",
        "this log has none",
        "the log's key",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("triggers that keep"), "put back: {said}");
    assert!(files() == before, "the original was touched");
    office.verify(&[]).succeeded();
    let left = said.split_once("copied to ").expect("a place").1;
    let (copy, _) = left.split_once(". The original").expect("a place");
    assert!(!std::path::Path::new(copy).exists(), "{copy}");
}

#[tokio::test]
async fn where_nothing_was_late_a_promise_is_put_off() {
    let mut office = Office::simulated().await;
    office.story.accept("H63.40.01", "1.004873");
    office.story.write().await;
    office.seal().await;
    let said = motcua(office.data.path(), &["drill", "tamper"])
        .succeeded()
        .out;
    assert!(said.contains("put off by 30 days"), "{said}");
}

#[tokio::test]
async fn a_drill_that_cannot_be_done_says_why() {
    let office = Office::simulated().await;
    let said = motcua(office.data.path(), &["drill", "tamper"]).failed_with(3);
    assert!(said.error.contains("sealed yet"), "{said:?}");
    office.seal().await;
    let said = motcua(office.data.path(), &["drill", "tamper"]).failed_with(3);
    assert!(said.error.contains("no dossier was accepted"), "{said:?}");
    let postgres = [
        "drill",
        "tamper",
        "--journal",
        "postgres://nobody@127.0.0.1:1/none",
    ];
    let said = motcua(office.data.path(), &postgres).failed_with(3);
    assert!(said.error.contains("on a mirror"), "{said:?}");
}

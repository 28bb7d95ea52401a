//! `motcua verify` on a sealed journal: what is wrong is named, and what cannot be told is not claimed.

use motcua::domain::time::Moment;
use motcua::tlog::SigningKey;

use super::program::motcua;
use super::sealed::{Office, copy, witness};

async fn given_two_checkpoints() -> (Office, String, String) {
    let mut office = Office::simulated().await;
    office.story.live(5, 300);
    office.story.write().await;
    let first = office.seal().await;
    office.story.live(6, 300);
    office.story.write().await;
    let second = office.seal().await;
    (office, first, second)
}

#[tokio::test]
async fn a_sealed_journal_is_good_and_nothing_more_is_claimed() {
    let (mut office, first, _) = given_two_checkpoints().await;
    let sealed = office.size().await;
    office.story.live(7, 20);
    office.story.write().await;
    let later = office.size().await - sealed;
    let old = office.kept("first", &first);
    let said = office.verify(&["--old", &old]).succeeded().out;
    for words in [
        "Good: nothing differs",
        "Sealed, not witnessed",
        "the root again at 2 checkpoint(s)",
        "Continues",
        "Not proved",
        "keys are those found beside the journal",
        &format!("Compared {sealed} facts"),
        &format!("{later} fact(s) after it are not sealed yet"),
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let policy = office.policy(&[], "none");
    let said = office.verify(&["--policy", &policy]).succeeded().out;
    assert!(!said.contains("found beside"), "{said}");
    assert!(office.evidence().is_empty());
}

#[tokio::test]
async fn a_fact_edited_together_with_its_hash_is_named_by_its_position() {
    let (office, _, second) = given_two_checkpoints().await;
    // The last fact of its stream: no other names its hash, and the index of tails is put right too.
    office
        .meddle(
            "create temp table edited as select max(position) as at from entry where position < 200
                 and (stream, version) in (select id, version from stream);
             update entry set body = (select body from entry where position = 0),
                 leaf_hash = (select leaf_hash from entry where position = 0) where position = (select at from edited);
             update stream set leaf_hash = (select leaf_hash from entry where position = 0)
                 where id = (select stream from entry where position = (select at from edited));",
        )
        .await;
    let said = office.verify(&[]).failed_with(1).out;
    assert!(said.contains("DIFFERS  tree at position"), "{said}");
    assert!(said.contains("the root again at 2 checkpoint(s)"), "{said}");
    assert!(said.contains("triggers"), "{said}");
    // The tree vouches for the checkpoint, so it is the fact that was changed and not the log.
    let old = office.kept("second", &second);
    office.verify(&["--old", &old]).failed_with(1);
}

#[tokio::test]
async fn without_a_tree_an_edit_contradicts_the_signed_checkpoints() {
    let (office, _, _) = given_two_checkpoints().await;
    std::fs::remove_dir_all(office.data.path().join("tree")).expect("the tree goes");
    let said = office.verify(&[]).succeeded().out;
    assert!(said.contains("No tree is kept"), "{said}");
    office
        .meddle("update entry set body = cast(body || ' ' as blob) where position = 90")
        .await;
    let said = office.verify(&[]).failed_with(1).out;
    assert!(said.contains("DIFFERS  tree at position 90"), "{said}");
    office
        .meddle("update entry set body = (select body from entry where position = 0), leaf_hash = (select leaf_hash
             from entry where position = 0) where position = 90")
        .await;
    let said = office.verify(&[]).failed_with(2).out;
    assert!(said.contains("LOG_FORKED"), "{said}");
    assert_eq!(office.evidence().len(), 1);
}

#[tokio::test]
async fn a_deleted_tail_is_a_rollback_with_evidence() {
    let (office, first, second) = given_two_checkpoints().await;
    office
        .meddle(
            "delete from entry where position >= (select max(position) from entry) - 2;
             delete from stream;
             insert into stream select stream, version, leaf_hash from entry as one where version =
                 (select max(version) from entry where stream = one.stream);",
        )
        .await;
    let old = office.kept("first", &first);
    let said = office.verify(&["--old", &old]).failed_with(2).out;
    assert!(said.contains("LOG_ROLLED_BACK"), "{said}");
    assert!(said.contains("EVIDENCE"), "{said}");
    let [evidence] = office.evidence().try_into().expect("one file");
    let told: serde_json::Value = evidence.parse().expect("JSON");
    let (signed, _) = second.split_once("\n\n").expect("a note");
    let note = told["said"][0]["note"].as_str().expect("a note");
    assert!(note.starts_with(signed), "{told}");
}

#[tokio::test]
async fn a_restored_backup_is_caught_by_a_checkpoint_saved_after_it() {
    let (mut office, first, _) = given_two_checkpoints().await;
    let backup = tempfile::tempdir().expect("a temporary folder");
    copy(office.data.path(), backup.path());
    office.story.live(8, 50);
    office.story.write().await;
    let newer = office.seal().await;
    let (earlier, newer) = (office.kept("earlier", &first), office.kept("newer", &newer));
    motcua(backup.path(), &["verify", "--old", &earlier]).succeeded();
    let said = motcua(
        backup.path(),
        &["verify", "--old", &earlier, "--old", &newer],
    );
    let said = said.failed_with(2).out;
    assert!(said.contains("LOG_ROLLED_BACK"), "{said}");
}

#[tokio::test]
async fn a_fork_signed_with_the_real_key_passes_alone_and_fails_beside_a_saved_checkpoint() {
    let (office, first, _) = given_two_checkpoints().await;
    let mut forger = office.forger().await;
    forger.story.live(99, 900);
    forger.story.write().await;
    forger.seal().await;
    forger.verify(&[]).succeeded();
    let old = office.kept("first", &first);
    let said = forger.verify(&["--old", &old]).failed_with(2).out;
    assert!(said.contains("LOG_FORKED"), "{said}");
    let [evidence] = forger.evidence().try_into().expect("one file");
    assert!(evidence.contains("LOG_FORKED") && evidence.contains("unsigned_checkpoint"));
}

#[tokio::test]
async fn after_a_saved_checkpoint_only_newer_facts_are_read() {
    let (mut office, first, _) = given_two_checkpoints().await;
    let since = office.kept("first", &first);
    let size: u64 = first
        .lines()
        .nth(1)
        .expect("a size")
        .parse()
        .expect("a size");
    let count = office.size().await - size;
    let said = office.verify(&["--since", &since]).succeeded().out;
    assert!(said.contains(&format!("Checked {count} facts")), "{said}");
    assert!(
        said.contains(&format!("Read from position {size} on")),
        "{said}"
    );
    assert!(said.contains("the root again at 1 checkpoint(s)"), "{said}");

    office.story.live(9, 100);
    office.story.write().await;
    let third = office.kept("third", &office.seal().await);
    office.verify(&["--since", &third]).succeeded();
    office
        .meddle(
            "update entry set leaf_hash = zeroblob(32) where position = (select max(position) - 5 from entry)",
        )
        .await;
    office.verify(&["--since", &third]).succeeded();
    let said = office.verify(&["--since", &since]).failed_with(1).out;
    assert!(said.contains("DIFFERS  leaf_hash at position"), "{said}");

    // A tree that does not give the saved root is no ground to stand on: everything is read.
    std::fs::write(office.data.path().join("tree/0"), vec![7; 32 * 400]).expect("spoilt");
    let said = office.verify(&["--since", &since]).failed_with(1).out;
    assert!(said.contains("every fact was read"), "{said}");
    assert!(
        said.contains("the leaf kept for this fact is damaged"),
        "{said}"
    );
    assert!(said.contains("DIFFERS  leaf_hash at position"), "{said}");
}

#[tokio::test]
async fn a_checkpoint_that_is_not_the_logs_proves_nothing_here() {
    let (office, first, second) = given_two_checkpoints().await;
    let forged = first.replace(
        first.lines().nth(2).expect("a root"),
        second.lines().nth(2).expect("a root"),
    );
    let forged = office.kept("forged", &forged);
    let said = office.verify(&["--old", &forged]).failed_with(1).out;
    assert!(said.contains("DIFFERS  signature"), "{said}");
    let stranger = Office::simulated().await;
    let stranger = office.kept("stranger", &stranger.seal().await);
    office.verify(&["--old", &stranger]).failed_with(3);
    let nothing = office.kept("nothing", "hello\n");
    office.verify(&["--old", &nothing]).failed_with(3);
    office.verify(&["--old", "nowhere"]).failed_with(3);
}

#[tokio::test]
async fn a_journal_that_was_never_sealed_is_said_to_be_so() {
    let office = Office::simulated().await;
    let said = office.verify(&[]).succeeded().out;
    assert!(said.contains("Not sealed"), "{said}");
    let old = office.kept("old", "x");
    office.verify(&["--old", &old]).failed_with(3);
}

#[tokio::test]
async fn a_row_of_the_seals_that_was_changed_is_named() {
    let (office, _, _) = given_two_checkpoints().await;
    office
        .meddle_with_seals("update checkpoint set root = zeroblob(32) where size = (select min(size) from checkpoint)")
        .await;
    let said = office.verify(&[]).failed_with(1).out;
    assert!(
        said.contains("DIFFERS  checkpoint: the row of size"),
        "{said}"
    );
    office
        .meddle_with_seals(
            "update checkpoint set note = replace(note, 'localhost/story', 'localhost/other')",
        )
        .await;
    let said = office.verify(&[]).failed_with(1).out;
    assert!(said.contains("DIFFERS  signature"), "{said}");
}

fn both(now: i64) -> Vec<(SigningKey, i64)> {
    vec![(witness(1), now + 2), (witness(2), now + 1)]
}

fn late(now: i64) -> Vec<(SigningKey, i64)> {
    vec![(witness(1), now - 600)]
}

#[tokio::test]
async fn the_hours_of_facts_are_held_against_the_witnesses() {
    let mut office = Office::live().await;
    let policy = office.policy(&[witness(1), witness(2)], "w0");
    office.seal_witnessed(both).await;
    office.story.wait(Moment::HOUR);
    let position = office.size().await;
    office.story.live(4, 10);
    office.story.write().await;
    office.seal_witnessed(both).await;
    let said = office.verify(&["--policy", &policy]).succeeded().out;
    assert!(said.contains("Witnessed by w0"), "{said}");
    assert!(said.contains("w1"), "{said}");
    assert!(said.contains("lie between the hours"), "{said}");

    // The office's clock ran ahead: the witness saw the facts before they were recorded.
    office.story.wait(Moment::HOUR);
    office.story.live(6, 10);
    office.story.write().await;
    let ahead = office.size().await - 1;
    office.seal_witnessed(late).await;
    let said = office.verify(&["--policy", &policy]).failed_with(1).out;
    assert!(said.contains("DIFFERS  bracket at position"), "{said}");
    assert!(ahead > position);
    assert!(said.contains("but witnesses saw it already at"), "{said}");
}

#[tokio::test]
async fn too_few_witnesses_of_ones_own_policy_are_a_finding() {
    let office = Office::live().await;
    office.seal().await;
    office.verify(&[]).succeeded();
    let policy = office.policy(&[witness(1)], "w0");
    let own = std::fs::read_to_string(&policy).expect("a policy");
    let own = office.kept("own-policy", &own);
    let said = office.verify(&["--policy", &own]).failed_with(1).out;
    assert!(said.contains("DIFFERS  witness"), "{said}");
    let foreign = office.kept("foreign", "quorum none\n");
    office.verify(&["--policy", &foreign]).failed_with(3);
}

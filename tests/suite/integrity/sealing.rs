//! The sealer follows the journal, and whatever it is interrupted at, a size has one root and one note.

use std::collections::BTreeMap;
use std::time::Duration;

use motcua::domain::time::Moment;
use motcua::integrity::{Integrity, Role, Sealer, Seals, Signing};
use motcua::tlog::proof::verify_consistency;
use tokio_util::sync::CancellationToken;

use super::ground::{Archive, archives};

async fn published(integrity: &Integrity, size: u64) {
    let mut status = integrity.watch();
    let reached = status.wait_for(|status| {
        let published = status.published.as_ref();
        published.is_some_and(|published| published.checkpoint.size >= size)
    });
    tokio::time::timeout(Duration::from_mins(1), reached)
        .await
        .unwrap_or_else(|_| panic!("size {size} is not published: {:?}", integrity.status()))
        .expect("the sealer runs");
}

/// Every kept checkpoint has the root of a computation from scratch and continues the one before; gives their notes.
pub async fn check_everything(archive: &Archive, integrity: &Integrity) -> BTreeMap<u64, String> {
    let seals = integrity.seals().all(0, 10_000).await.expect("seals");
    let vkey = integrity.vkey().expect("a key");
    let mut notes = BTreeMap::new();
    let mut before: Option<(u64, [u8; 32])> = None;
    for seal in seals {
        assert_eq!(
            seal.root,
            archive.fresh_root(seal.size).await,
            "size {}",
            seal.size
        );
        let signed = motcua::tlog::SignedCheckpoint::open(&seal.note, &vkey).expect("a good note");
        assert_eq!(
            (signed.checkpoint().size, signed.checkpoint().root),
            (seal.size, seal.root)
        );
        if let Some((size, root)) = before {
            let proof = integrity
                .tree()
                .consistency(size, seal.size)
                .expect("a proof");
            verify_consistency(size, &root, seal.size, &seal.root, &proof).expect("it continues");
        }
        before = Some((seal.size, seal.root));
        notes.insert(seal.size, seal.note);
    }
    notes
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sealer_follows_the_journal_and_every_receipt_verifies() {
    for archive in archives().await {
        let (integrity, sealer) = archive.open(Role::Signer).await;
        assert_eq!(integrity.status().signing, Signing::Here);
        let stop = CancellationToken::new();
        let running = tokio::spawn(sealer.run(stop.clone()));
        published(&integrity, 1).await;
        let mut size = 1;
        for count in [1, 254, 2, 400] {
            archive.append(count).await;
            size += count;
            published(&integrity, size).await;
        }
        let notes = check_everything(&archive, &integrity).await;
        assert!(notes.contains_key(&size));
        let policy = integrity.policy().expect("a policy");
        for position in [0, 1, 256, size - 1] {
            let receipt = integrity.receipt(position).await.expect("an answer");
            let receipt = receipt.expect("it is covered");
            let (entry, verified) = receipt.verify_carried(&policy).expect("it verifies");
            assert_eq!(
                entry,
                &archive.entries().await[usize::try_from(position).expect("small")].body[..]
            );
            assert!(verified.checkpoint.size > position);
            assert!(!verified.standing.witnessed, "sealed, not witnessed");
        }
        assert_eq!(integrity.receipt(size).await.expect("an answer"), None);
        stop.cancel();
        running.await.expect("it ends").expect("well");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_sealed_at_most_once_a_second() {
    let archive = Archive::embedded().await;
    let (integrity, sealer) = archive.open(Role::Signer).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(sealer.run(stop.clone()));
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_millis(2_500) {
        archive.append(3).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    running.await.expect("it ends").expect("well");
    let seals = integrity.seals().all(0, 1_000).await.expect("seals");
    assert!(
        (2..=4).contains(&seals.len()),
        "{} checkpoints",
        seals.len()
    );
    let apart = |pair: &[motcua::integrity::Seal]| pair[1].signed_at.0 - pair[0].signed_at.0;
    assert!(seals.windows(2).all(|pair| apart(pair) > 900_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_any_two_steps_never_gives_a_size_two_roots_or_two_notes() {
    for archive in archives().await {
        let mut notes: BTreeMap<u64, String> = BTreeMap::new();
        for round in 0..12 {
            archive.append(1 + round % 3).await;
            let (_integrity, mut sealer) = archive.open(Role::Signer).await;
            crash_after(round % 5, &mut sealer, &mut notes).await;
            drop(sealer);
            then_free(&archive).await;
        }
        let (integrity, mut sealer) = archive.open(Role::Signer).await;
        sealer.step().await.expect("all is sealed");
        let kept = check_everything(&archive, &integrity).await;
        for (size, note) in &notes {
            assert_eq!(
                kept.get(size),
                Some(note),
                "what was signed is kept, byte for byte"
            );
        }
        let size = archive.entries().await.len() as u64;
        assert_eq!(
            integrity.published().map(|newest| newest.checkpoint.size),
            Some(size)
        );
    }
}

async fn crash_after(steps: u64, sealer: &mut Sealer, notes: &mut BTreeMap<u64, String>) {
    if steps == 0 {
        return;
    }
    sealer.grow_to_end().await.expect("grown");
    if steps == 1 {
        return;
    }
    let seal = sealer.sign().await.expect("signed").expect("something new");
    let again = sealer.sign().await.expect("signed").expect("still unkept");
    assert_eq!(again.note, seal.note);
    notes.insert(seal.size, seal.note.clone());
    if steps == 2 {
        return;
    }
    sealer.keep(seal).await.expect("kept");
    if steps > 3 {
        sealer.publish().await.expect("published");
    }
}

/// A dropped signer's session lives on at the server for a moment.
pub async fn then_free(archive: &Archive) {
    let location = Seals::location(&archive.data(), &archive.location);
    for _ in 0..500 {
        if let Ok(seals) = Seals::create_or_open(&location).await
            && seals.claim().await.is_ok()
        {
            // The claim taken for the question ends as late.
            tokio::time::sleep(Duration::from_millis(50)).await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the signer's place is never free");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signer_is_refused_and_reads_along() {
    for archive in archives().await {
        let (first, mut sealer) = archive.open(Role::Signer).await;
        let keys = archive.keys();
        sealer.step().await.expect("sealed");
        // The same keys, copied: another node of the same journal.
        copy_folder(&keys, &keys.with_file_name("copied"));
        let mut place = archive.place_at("second", "copied");
        if matches!(archive.location, motcua::journal::Location::Sqlite(_)) {
            // An embedded journal has one data folder; its tree excludes a second node.
            place.data = archive.data();
            let refused = Integrity::open(&place, archive.journal.clone(), Role::Signer).await;
            assert_eq!(refused.err().expect("in use").code(), "TREE_IN_USE");
            continue;
        }
        let (second, mut reading) = archive.open_at(&place, Role::Signer).await;
        assert_eq!(
            second.status().signing,
            Signing::Refused("SIGNER_ELSEWHERE")
        );
        archive.append(5).await;
        reading.step().await.expect("it reads");
        assert_eq!(
            second.published().map(|newest| newest.checkpoint.size),
            Some(1)
        );
        sealer.step().await.expect("sealed");
        reading.step().await.expect("it reads");
        assert_eq!(second.published(), first.published());
        assert_eq!(
            second.published().map(|newest| newest.checkpoint.size),
            Some(6)
        );
        // The first goes; the second has the older memory and must not sign.
        drop((reading, second, sealer, first));
        then_free(&archive).await;
        let (second, mut reading) = archive.open_at(&place, Role::Signer).await;
        assert_eq!(second.status().signing, Signing::Refused("SIGNER_BEHIND"));
        archive.append(1).await;
        reading.step().await.expect("it reads");
        let newest = second.seals().latest().await.expect("one").expect("one");
        assert_eq!(newest.size, 6, "nothing was signed");
        assert_eq!(second.halted(), None, "nothing is wrong with the log");
    }
}

pub fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for file in std::fs::read_dir(from).expect("a folder") {
        let file = file.expect("a file");
        let target = to.join(file.file_name());
        if file.path().is_dir() {
            copy_folder(&file.path(), &target);
        } else {
            std::fs::copy(file.path(), target).expect("a copy");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_signer_goes_on_after_it_adopted_the_largest_signed_tree() {
    for archive in archives().await {
        let (_integrity, mut sealer) = archive.open(Role::Signer).await;
        sealer.step().await.expect("sealed");
        let old = archive.keys().with_file_name("old");
        copy_folder(&archive.keys(), &old);
        archive.append(8).await;
        sealer.step().await.expect("sealed");
        drop(sealer);
        then_free(&archive).await;
        // Only a copy from before is left.
        std::fs::remove_dir_all(archive.keys()).expect("lost");
        copy_folder(&old, &archive.keys());
        let (integrity, sealer) = archive.open(Role::Signer).await;
        assert_eq!(
            integrity.status().signing,
            Signing::Refused("SIGNER_BEHIND")
        );
        drop((integrity, sealer));
        then_free(&archive).await;
        let place = archive.place();
        let log = motcua::integrity::Log::open(&place, archive.journal.clone())
            .await
            .expect("the log");
        let state = motcua::integrity::signer::State::path_in(&log.signer_folder());
        std::fs::remove_file(&state).expect("lost as well");
        let adopted = motcua::integrity::adopt::adopt(&log, None, Vec::new())
            .await
            .expect("adopted");
        assert_eq!(adopted.size, 9);
        then_free(&archive).await;
        archive.append(1).await;
        let (integrity, mut sealer) = archive.open(Role::Signer).await;
        assert_eq!(integrity.status().signing, Signing::Here);
        sealer.step().await.expect("sealed");
        let notes = check_everything(&archive, &integrity).await;
        assert_eq!(notes.keys().copied().collect::<Vec<_>>(), [1, 9, 10]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_not_published_before_the_quorum_of_its_policy() {
    use motcua::tlog::{KeyKind, SigningKey, cosignature};
    let archive = Archive::embedded().await;
    let (integrity, sealer) = archive.open(Role::Signer).await;
    let vkey = integrity.vkey().expect("a key");
    drop((integrity, sealer));
    let witness = SigningKey::from_seed("w.example/1", &[7; 32], KeyKind::Witness).expect("a key");
    let policy = archive.data().join("policy");
    let text = format!("log {vkey}\nwitness w1 {}\nquorum w1\n", witness.verifier());
    std::fs::write(&policy, text).expect("a policy");
    let mut place = archive.place();
    place.policy = Some(policy);
    let (integrity, mut sealer) = archive.open_at(&place, Role::Signer).await;
    sealer.step().await.expect("sealed");
    assert_eq!(integrity.published(), None);
    assert_eq!(integrity.receipt(0).await.expect("an answer"), None);
    let ask: motcua::integrity::Ask = std::sync::Arc::new(move |question| {
        let body = question.signed.note().text.clone();
        let line = cosignature::cosign(&body, &witness, 1_700_000_000).expect("a line");
        let mut forged = line.clone();
        forged.bytes[20] ^= 1;
        Box::pin(async move { vec![forged, line] })
    });
    let mut sealer = sealer.with_witnesses(ask);
    sealer.publish().await.expect("asked");
    let published = integrity.published().expect("published");
    assert!(published.standing.witnessed);
    assert_eq!(
        published.standing.witnesses,
        [("w1".to_owned(), 1_700_000_000)]
    );
    assert!(published.published_at > Moment(0));
    let receipt = integrity
        .receipt(0)
        .await
        .expect("an answer")
        .expect("covered");
    let policy = integrity.policy().expect("a policy");
    assert!(
        receipt
            .verify_carried(&policy)
            .expect("good")
            .1
            .standing
            .witnessed
    );
}

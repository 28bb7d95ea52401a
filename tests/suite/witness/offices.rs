//! Offices whose checkpoints are published when their witnesses have cosigned them.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use motcua::integrity::witness::Witness;
use motcua::tlog::Policy;

use super::ground::{Office, Partner, Sealing, anywhere, published_size};

/// Accepts nothing that is too slow to be of use; the figure itself is printed.
const SLOW: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_is_witnessed_by_two_within_seconds() {
    let mut office = Office::new().await;
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let one = Partner::start(folders[0].path(), &[&office.vkey], anywhere()).await;
    let two = Partner::start(folders[1].path(), &[&office.vkey], anywhere()).await;
    office.asks(&[(&one.vkey, &one.url), (&two.vkey, &two.url)], 2);
    let sealing = Sealing::begin(office.open().await);
    sealing
        .until("published", |status| published_size(status) > 0)
        .await;

    let (mut signed_after, mut published_after) = (Duration::ZERO, Duration::ZERO);
    let mut position = 0;
    for _ in 0..5 {
        position = office.accept().await;
        let began = Instant::now();
        let signed = |status: &motcua::integrity::Status| status.signed > Some(position);
        sealing.until("signed", signed).await;
        signed_after = signed_after.max(began.elapsed());
        let published = |status: &motcua::integrity::Status| published_size(status) > position;
        sealing.until("published", published).await;
        published_after = published_after.max(began.elapsed());
    }
    println!(
        "P8, slowest of 5 appends one after another: signed after {signed_after:.2?}, published with two local witnesses after {published_after:.2?}"
    );
    assert!(published_after < SLOW, "{published_after:?}");

    let published = sealing.integrity.published().expect("a checkpoint");
    assert!(published.standing.witnessed);
    assert_eq!(published.standing.witnesses.len(), 2);
    let receipt = sealing.integrity.receipt(position).await.expect("it reads");
    let receipt = receipt.expect("a receipt");
    let policy = fs::read_to_string(office.place.policy.as_ref().expect("a policy"));
    let policy: Policy = policy.expect("a file").parse().expect("a policy");
    let (_, verified) = receipt.verify_carried(&policy).expect("it verifies");
    assert!(verified.standing.witnessed);
    let origin = &office.vkey.name;
    let (status, note) = one.last(origin).await;
    assert_eq!(status, 200);
    assert!(
        note.starts_with(&published.checkpoint.to_string()),
        "{note}"
    );
    sealing.end().await.expect("it ends well");
    one.stop().await;
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_publish_while_the_third_is_down_or_hangs() {
    let mut office = Office::new().await;
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let one = Partner::start(folders[0].path(), &[&office.vkey], anywhere()).await;
    let two = Partner::start(folders[1].path(), &[&office.vkey], anywhere()).await;
    // Takes connections and never answers.
    let mute = tokio::net::TcpListener::bind(anywhere())
        .await
        .expect("a port");
    let mute = format!("http://{}", mute.local_addr().expect("an address"));
    let third = known_vkey();
    let partners = [
        (one.vkey.as_str(), one.url.as_str()),
        (&two.vkey, &two.url),
        (&third, &mute),
    ];
    office.asks(&partners, 2);
    let sealing = Sealing::begin(office.open().await);
    let position = office.accept().await;
    let after = sealing
        .until("published", |status| published_size(status) > position)
        .await;
    println!("published by two of three after {after:.2?}, the third hanging");
    assert!(after < SLOW, "{after:?}");
    two.stop().await;
    let position = office.accept().await;
    sealing
        .until("signed", |status| status.signed > Some(position))
        .await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let status = sealing.integrity.status();
    assert!(
        published_size(&status) <= position,
        "one of three is not the quorum"
    );
    let report = sealing.integrity.witnesses();
    assert!(report.waiting_since.is_some());
    let problems = report
        .witnesses
        .iter()
        .map(|witness| witness.problem.is_some());
    assert_eq!(problems.collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(
        sealing.integrity.receipt(position).await.expect("it reads"),
        None
    );
    sealing.end().await.expect("it ends well");
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_quorum_an_office_goes_on_and_publishes_nothing_until_it_is_back() {
    let mut office = Office::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let partner = Partner::start(folder.path(), &[&office.vkey], anywhere()).await;
    let (vkey, url, address) = (partner.vkey.clone(), partner.url.clone(), partner.address);
    partner.stop().await;
    office.asks(&[(&vkey, &url)], 1);
    let (integrity, mut sealer) = office.open().await;
    for _ in 0..3 {
        let position = office.accept().await;
        assert!(sealer.step().await.expect("it seals"));
        let status = integrity.status();
        assert!(status.signed > Some(position));
        assert!(status.published.is_none());
        assert_eq!(integrity.receipt(position).await.expect("it reads"), None);
    }
    let size = integrity.status().size;
    let partner = Partner::start(folder.path(), &[&office.vkey], address).await;
    let began = Instant::now();
    while published_size(&integrity.status()) < size {
        assert!(began.elapsed() < super::ground::PATIENCE, "never published");
        tokio::time::sleep(Duration::from_millis(100)).await;
        sealer.step().await.expect("it seals");
    }
    assert_eq!(integrity.witnesses().waiting_since, None);
    assert!(
        integrity
            .receipt(size - 1)
            .await
            .expect("it reads")
            .is_some()
    );
    partner.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_can_witness_its_sister_below_its_own_address() {
    let mut office = Office::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let witness = Witness::open(folder.path(), vec![office.vkey.clone()], Some("sister/w"));
    let witness = Arc::new(witness.expect("a witness opens"));
    let sister = Partner::serve(witness, anywhere(), "/witness").await;
    office.asks(&[(&sister.vkey, &sister.url)], 1);
    let (integrity, mut sealer) = office.open().await;
    sealer.step().await.expect("it seals");
    let published = integrity.published().expect("a checkpoint");
    assert!(
        published.note.contains("\u{2014} sister/w "),
        "{}",
        published.note
    );
    sister.stop().await;
}

/// The key of a witness that is nowhere.
fn known_vkey() -> String {
    "witness.example.org/w1+f3c080b6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X".into()
}

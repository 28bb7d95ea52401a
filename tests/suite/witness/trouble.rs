//! Histories that were set back or rewritten with the log's own key, caught by a witness.

use std::fs;
use std::path::Path;

use motcua::domain::time::Moment;
use motcua::integrity::witness::Witnesses;
use motcua::integrity::{Integrity, IntegrityError, Role, Seals, Trust, halt, witness};
use motcua::journal::{Journal, Location};
use motcua::tlog::{AddCheckpoint, Checkpoint, KeyKind, SignedCheckpoint, SigningKey};

use super::ground::{Office, Partner, anywhere, files};

/// Copies a folder as it lies there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The log's key, as somebody reads it who owns the machine.
fn stolen(office: &Office, integrity: &Integrity) -> SigningKey {
    let seed = fs::read(integrity.log().signer_folder().join("log.key")).expect("a key");
    let seed = seed.try_into().expect("32 bytes");
    SigningKey::from_seed(&office.vkey.name, &seed, KeyKind::Log).expect("a key")
}

#[tokio::test]
async fn a_fork_under_the_real_key_is_refused_and_kept_as_evidence() {
    let mut office = Office::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let partner = Partner::start(folder.path(), &[&office.vkey], anywhere()).await;
    office.asks(&[(&partner.vkey, &partner.url)], 1);
    let (integrity, mut sealer) = office.open().await;
    sealer.step().await.expect("it seals");
    let published = integrity.published().expect("a checkpoint");

    let forked = Checkpoint {
        root: [7; 32],
        ..published.checkpoint.clone()
    };
    let forked = SignedCheckpoint::sign(forked, &stolen(&office, &integrity)).expect("signed");
    let request = AddCheckpoint {
        old: published.checkpoint.size,
        proof: Vec::new(),
        checkpoint: forked.to_string(),
    };
    assert_eq!(partner.post(request.to_string()).await.0, 422);
    let evidence = files(&folder.path().join("evidence"));
    assert_eq!(evidence.len(), 1);
    let kept = fs::read_to_string(folder.path().join("evidence").join(&evidence[0]));
    let kept: serde_json::Value = serde_json::from_str(&kept.expect("a file")).expect("JSON");
    assert_eq!(kept["offered"], forked.to_string());
    let cosigned = kept["cosigned"].as_str().expect("a note");
    assert!(cosigned.starts_with(&published.checkpoint.to_string()));
    partner.stop().await;
}

/// An office that was set back to an earlier copy with everything, its signer's memory too.
struct SetBack {
    office: Office,
    partner: Partner,
    /// The witness's.
    folder: tempfile::TempDir,
}

async fn set_back() -> SetBack {
    let mut office = Office::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let partner = Partner::start(folder.path(), &[&office.vkey], anywhere()).await;
    office.asks(&[(&partner.vkey, &partner.url)], 1);
    let (integrity, mut sealer) = office.open().await;
    sealer.step().await.expect("it seals");
    let earlier = office.folder.path().join("earlier");
    copy(&office.place.data, &earlier.join("data"));
    copy(&office.place.keys, &earlier.join("keys"));
    office.accept().await;
    sealer.step().await.expect("it seals");
    assert_eq!(
        integrity.published().map(|it| it.checkpoint.size),
        Some(integrity.status().size)
    );
    drop((integrity, sealer));
    office.place.data = earlier.join("data");
    office.place.keys = earlier.join("keys");
    office.place.journal = Location::Sqlite(office.place.data.join("journal.db"));
    office.node.journal = Journal::create_or_open(&office.place.journal)
        .await
        .expect("the earlier journal opens");
    SetBack {
        office,
        partner,
        folder,
    }
}

#[tokio::test]
async fn a_witness_remembers_what_a_restored_office_has_forgotten() {
    let SetBack {
        office,
        partner,
        folder: _kept,
    } = set_back().await;
    let (integrity, _sealer) = office.open().await;
    let halted = integrity.halted().expect("halted");
    assert_eq!(halted.code, halt::ROLLED_BACK);
    assert!(halted.what.contains("the witness w0"), "{}", halted.what);
    let evidence = fs::read_to_string(&halted.evidence).expect("evidence");
    assert!(evidence.contains("the witness w0"), "{evidence}");

    let log = integrity.log();
    let trust = Trust::load(&log.seals, &log.policy_file).await;
    let trust = trust.expect("it reads").expect("a policy");
    let words = witness::words(&trust).await;
    assert_eq!(words.len(), 1);
    assert!(words[0].size > log.journal.head().await.expect("a head").size);
    partner.stop().await;
}

#[tokio::test]
async fn a_witness_that_was_away_at_the_start_stops_a_restored_office_later() {
    let SetBack {
        office,
        partner,
        folder,
    } = set_back().await;
    let address = partner.address;
    partner.stop().await;
    let (integrity, mut sealer) = office.open().await;
    assert_eq!(integrity.halted(), None, "nobody was there to ask");
    let vkey = office.vkey.clone();
    let partner = Partner::start(folder.path(), &[&vkey], address).await;
    let began = std::time::Instant::now();
    let error = loop {
        assert!(began.elapsed() < super::ground::PATIENCE, "never found");
        match sealer.step().await {
            Ok(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, IntegrityError::Halted(_)), "{error}");
    let halted = integrity.halted().expect("halted");
    assert_eq!(halted.code, halt::ROLLED_BACK);
    partner.stop().await;
}

#[tokio::test]
async fn a_policy_that_does_not_name_the_log_is_refused_at_the_start() {
    let mut office = Office::new().await;
    let (integrity, sealer) = office.open().await;
    drop((integrity, sealer));
    let file = office.folder.path().join("policy");
    let other = "log.example.gov/dossier+39f30168+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    fs::write(&file, format!("log {other}\nquorum none\n")).expect("written");
    office.place.policy = Some(file);
    let journal = office.node.journal.clone();
    let opened = Integrity::open(&office.place, journal, Role::Signer).await;
    let error = opened.err().expect("refused");
    assert_eq!(error.code(), "POLICY_UNUSABLE");
    assert!(
        error.to_string().contains(&office.vkey.to_string()),
        "{error}"
    );
}

#[tokio::test]
async fn a_quorum_that_is_missing_for_five_minutes_is_an_alarm() {
    let folder = tempfile::tempdir().expect("a folder");
    let seals = Location::Sqlite(folder.path().join("seals.db"));
    let witnesses = Witnesses::new(Seals::create_or_open(&seals).await.expect("seals"));
    let vkey = "log.example.gov/dossier+39f30168+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    let policy = format!("log {vkey}\nquorum none\n")
        .parse()
        .expect("a policy");
    let minute = |minute: i64| Moment(minute * 60 * Moment::SECOND);
    let alarm = |minutes: i64, published: bool| {
        witnesses.note_published(published, minute(minutes));
        witnesses.report(&policy).alarm
    };
    let given = [alarm(10, false), alarm(14, false), alarm(15, false)];
    assert_eq!(given, [false, false, true]);
    assert_eq!(witnesses.report(&policy).waiting_since, Some(minute(10)));
    assert_eq!([alarm(16, true), alarm(17, false)], [false, false]);
}

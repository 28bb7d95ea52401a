//! The witness against the standard's known answers, and what it keeps over a restart.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use motcua::integrity::witness::{Denial, Witness, WitnessError};
use motcua::tlog::witness::Refusal;
use motcua::tlog::{AddCheckpoint, VerifierKey, cosignature};

use super::ground::{Partner, anywhere, files};

const LOG: &str = "log.example.gov/dossier+39f30168+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const ORIGIN: &str = "log.example.gov/dossier";
const WITNESS: &str =
    "witness.example.org/w1+f3c080b6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
const COSIGNED_300: &str = "\u{2014} witness.example.org/w1 88CAtgAAAABlU/EAJBUQutJnQ//5KEw7NDtcmwpx6cWiEcAcOX33YJk6AXAMFTmdnokzaEB5YIBoaQ1GVTOIIoHdUVz4vmxzX80lCQ==\n";
const TIME: u64 = 1_700_000_000;

const FIRST: &str = include_str!("../../vectors/witness/ac_0_256");
const BAD_PROOF: &str = include_str!("../../vectors/witness/ac_256_forkbad");
const SECOND: &str = include_str!("../../vectors/witness/add-checkpoint.txt");
const FORK: &str = include_str!("../../vectors/witness/ac_300_fork");

fn log() -> VerifierKey {
    LOG.parse().expect("a key")
}

/// Lays down the key of the known answers: seed 20..3f.
fn known_key(folder: &Path) {
    let seed: Vec<u8> = [4].into_iter().chain(0x20..=0x3f).collect();
    let line = format!(
        "PRIVATE+KEY+witness.example.org/w1+f3c080b6+{}\n",
        BASE64.encode(seed)
    );
    let path = folder.join("witness.key");
    fs::write(&path, line).expect("a key is written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
}

fn known(folder: &Path) -> Witness {
    Witness::open(folder, vec![log()], None).expect("a witness opens")
}

#[test]
fn the_known_witness_gives_the_known_cosignature() {
    let folder = tempfile::tempdir().expect("a folder");
    known_key(folder.path());
    let witness = known(folder.path());
    assert_eq!(witness.verifier().to_string(), WITNESS);
    let first = witness.add_checkpoint(FIRST, TIME).expect("cosigned");
    assert_ne!(first, COSIGNED_300);
    let second = witness.add_checkpoint(SECOND, TIME);
    assert_eq!(second.expect("cosigned"), COSIGNED_300);
    let request: AddCheckpoint = SECOND.parse().expect("a request");
    let kept = witness.checkpoint(&motcua::tlog::witness::origin_hash(ORIGIN));
    assert_eq!(kept, Some(request.checkpoint + COSIGNED_300));
}

#[tokio::test]
async fn the_known_requests_get_the_known_statuses() {
    let folder = tempfile::tempdir().expect("a folder");
    let partner = Partner::start(folder.path(), &[&log()], anywhere()).await;
    assert_eq!(partner.last(ORIGIN).await.0, 404);
    let mut statuses = Vec::new();
    for body in [FIRST, BAD_PROOF, SECOND, SECOND, FORK] {
        statuses.push(partner.post(body).await);
    }
    let codes: Vec<u16> = statuses.iter().map(|(status, ..)| *status).collect();
    assert_eq!(codes, [200, 422, 200, 409, 422]);

    let vkey: VerifierKey = partner.vkey.parse().expect("a key");
    let request: AddCheckpoint = SECOND.parse().expect("a request");
    let text = request.checkpoint.split_inclusive("\n\n").next();
    let text = text
        .expect("a text")
        .strip_suffix('\n')
        .expect("a line end");
    let line = statuses[2].2.strip_suffix('\n').expect("a line");
    let line = line.parse().expect("a signature line");
    cosignature::verify(&line, &vkey, text).expect("it verifies");

    let (_, kind, body) = &statuses[3];
    assert_eq!(
        (kind.as_str(), body.as_str()),
        ("text/x.tlog.size", "300\n")
    );
    let (status, note) = partner.last(ORIGIN).await;
    assert_eq!(status, 200);
    assert_eq!(note, format!("{}{}", request.checkpoint, statuses[2].2));

    let evidence = files(&folder.path().join("evidence"));
    assert_eq!(evidence.len(), 2, "{evidence:?}");
    assert!(evidence[0].starts_with("fork-300-"), "{evidence:?}");
    assert!(evidence[1].starts_with("unproved-300-"), "{evidence:?}");
    let fork = fs::read_to_string(folder.path().join("evidence").join(&evidence[0]));
    let fork: serde_json::Value = serde_json::from_str(&fork.expect("a file")).expect("JSON");
    let forked: AddCheckpoint = FORK.parse().expect("a request");
    assert_eq!(fork["offered"], forked.checkpoint);
    assert_eq!(fork["cosigned"], note);
    partner.stop().await;
}

#[tokio::test]
async fn what_is_malformed_unsigned_or_unknown_is_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let partner = Partner::start(folder.path(), &[&log()], anywhere()).await;
    let other = FIRST.replace("log.example.gov/dossier", "log.example.gov/other");
    let forged = FIRST.replace("\n256\n", "\n257\n");
    let stranger = FIRST.replace("OfMBaFge", "OfMBaFgf");
    let unsigned = FIRST.replace(
        "\u{2014} log.example.gov/dossier OfMB",
        "\u{2014} log.example.gov/dossier AfMB",
    );
    let above = FIRST.replace("old 0", "old 257");
    let cases = [
        (Vec::from("hello"), 400),
        (Vec::from(FIRST.replace("old 0", "old 00")), 400),
        (Vec::from(above), 400),
        (Vec::from(b"old 0\n\n\xff\n".as_slice()), 400),
        (Vec::from(forged), 403),
        (Vec::from(stranger), 403),
        (Vec::from(unsigned), 403),
        (Vec::from(other), 404),
        (Vec::from(FIRST.replace("old 0", "old 1")), 409),
        (
            Vec::from(FIRST.replace(
                "old 0\n",
                "old 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            )),
            422,
        ),
        (vec![b'a'; 70_000], 413),
    ];
    for (body, expected) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let (status, _, answer) = partner.post(body).await;
        assert_eq!(status, expected, "{shown}: {answer}");
    }
    assert_eq!(partner.last(ORIGIN).await.0, 404, "nothing was cosigned");
    partner.stop().await;
}

#[tokio::test]
async fn a_restarted_witness_is_the_same_and_remembers() {
    let folder = tempfile::tempdir().expect("a folder");
    let partner = Partner::start(folder.path(), &[&log()], anywhere()).await;
    let vkey = partner.vkey.clone();
    assert_eq!(partner.post(FIRST).await.0, 200);
    let held = Witness::open(folder.path(), vec![log()], None);
    assert!(matches!(held, Err(WitnessError::InUse(_))));
    partner.stop().await;

    let partner = Partner::start(folder.path(), &[&log()], anywhere()).await;
    assert_eq!(partner.vkey, vkey);
    assert_eq!(partner.post(FIRST).await.2, "256\n");
    assert_eq!(partner.post(BAD_PROOF).await.0, 422);
    assert_eq!(partner.post(SECOND).await.0, 200);
    partner.stop().await;
    let mode = fs::metadata(folder.path().join("witness.key")).expect("a key");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_witness_never_begins_anew_over_what_it_cosigned() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    known(folder).add_checkpoint(FIRST, TIME).expect("cosigned");
    let open = |name| Witness::open(folder, vec![log()], name);
    assert!(matches!(
        open(Some("other")),
        Err(WitnessError::NameGiven { .. })
    ));

    let key = folder.join("witness.key");
    let kept = fs::read(&key).expect("a key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("permissions");
    assert!(matches!(open(None), Err(WitnessError::KeyExposed { .. })));
    fs::remove_file(&key).expect("removed");
    assert!(matches!(open(None), Err(WitnessError::KeyMissing(_))));
    fs::write(&key, kept).expect("written");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("permissions");
    open(None).expect("it opens again");

    let checkpoints = folder.join("checkpoints");
    let memory = checkpoints.join(&files(&checkpoints)[0]);
    let text = fs::read_to_string(&memory).expect("a memory");
    fs::write(&memory, text.replace("\n256\n", "\n255\n")).expect("written");
    assert!(matches!(open(None), Err(WitnessError::MemoryDamaged(_))));
}

#[test]
fn a_fork_is_kept_as_evidence_whatever_size_it_claims_to_continue() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = known(folder.path());
    witness.add_checkpoint(FIRST, TIME).expect("cosigned");
    witness.add_checkpoint(SECOND, TIME).expect("cosigned");
    let stale = FORK.replace("old 300", "old 256");
    let denial = witness.add_checkpoint(&stale, TIME);
    let conflict = Denial::Refused(Refusal::Conflict { size: 300 });
    assert_eq!(
        denial.expect_err("refused").to_string(),
        conflict.to_string()
    );
    let evidence = files(&folder.path().join("evidence"));
    assert!(evidence[0].starts_with("fork-300-"), "{evidence:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_submissions_at_once_one_is_cosigned_and_the_other_told_the_size() {
    let second: AddCheckpoint = SECOND.parse().expect("a request");
    let straight = AddCheckpoint {
        old: 0,
        proof: Vec::new(),
        ..second
    };
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let partner = Partner::start(folder.path(), &[&log()], anywhere()).await;
        let (one, other) = tokio::join!(partner.post(FIRST), partner.post(straight.to_string()));
        let winner = match (one.0, other.0) {
            (200, 409) => (256, other.2),
            (409, 200) => (300, one.2),
            statuses => panic!("{statuses:?}"),
        };
        assert_eq!(winner.1, format!("{}\n", winner.0));
        partner.stop().await;
    }
}

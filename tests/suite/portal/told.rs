//! What goes over the wire: the names and codes of the protocol, what of a person, and what not.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use motcua::domain::actor::Role;
use motcua::domain::dossier::{DossierCommand as C, SyncOutcome, SyncRecorded};
use motcua::domain::fact::PartKind;
use serde_json::json;

use super::ground::given;
use super::theirs::{Moods, PASSWORD, Theirs, USER};
use crate::office::PROCEDURE;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_is_told_by_the_names_of_the_protocol() {
    let place = given().await;
    let theirs = Theirs::listen(Moods::default()).await;
    let dossier = place.accept().await;
    place.forward(dossier).await;
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    let state = place.dossier(dossier).await;
    let code = state.code.as_ref().expect("a code").to_string();
    let told = theirs.newest(&code);
    let expected = [
        ("MaTTHC", PROCEDURE),
        ("KenhThucHien", "1"),
        ("ChuHoSo", "Công dân 000123"),
        ("LoaiDoiTuong", "0"),
        ("TrangThaiHoSo", "4"),
        ("NgayTra", ""),
        ("NgayKetThucXuLy", ""),
        ("DuocThanhToanTrucTuyen", "0"),
        ("HoSoCoThanhPhanSoHoa", "0"),
    ];
    for (name, value) in expected {
        assert_eq!(told[name], value, "{name}: {told}");
    }
    assert_eq!(told["DanhSachHoSoBoSung"], json!([]));
    let due = state.turn().expect("a turn").due_at.local();
    let due = due.strftime("%Y%m%d%H%M%S").to_string();
    assert_eq!(told["NgayHenTra"], due);
    assert_eq!(due.len(), 14);
    let moods = theirs.moods();
    let services: Vec<_> = moods
        .done
        .iter()
        .map(|(service, _)| service.as_str())
        .collect();
    assert_eq!(
        services,
        [
            "DongBoHoSoMC",
            "DongBoHoSoMC",
            "DongBoHoSoMC",
            "CapNhatTienDoHoSoMC"
        ]
    );
    let (_, progress) = &moods.done[3];
    assert_eq!(progress["MaHoSo"], code);
    assert_eq!(progress["NguoiXuLy"], "receiver-01", "a pseudonym");
    assert_eq!(progress["ChucDanh"], "Công chức tiếp nhận");
    assert_eq!(progress["TrangThai"], "4");
    assert_eq!(progress["NgayKetThucTheoQuyDinh"], due);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_is_told_with_what_it_did_to_the_promise() {
    let place = given().await;
    let theirs = Theirs::listen(Moods::default()).await;
    let dossier = place.accept().await;
    place.forward(dossier).await;
    let ask = C::RequestSupplement {
        items: vec![1],
        approved_by: None,
    };
    place.act(dossier, Role::Receiver, ask).await;
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    let code = place.dossier(dossier).await.code.expect("a code");
    let told = theirs.newest(code.as_str());
    assert_eq!(told["TrangThaiHoSo"], "5");
    let asked = &told["DanhSachHoSoBoSung"][0];
    assert_eq!(asked["HoSoBoSungId"], "1");
    assert_eq!(asked["TrangThaiBoSung"], "0");
    assert!(!asked["NoiDungBoSung"].as_str().expect("a text").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_erased_person_nothing_is_told() {
    let place = given().await;
    let theirs = Theirs::listen(Moods::default()).await;
    let dossier = place.accept().await;
    let state = place.dossier(dossier).await;
    let commitments = [state.part(PartKind::Applicant).expect("a part").0.c.clone()];
    let erased = place
        .node
        .vault
        .forget_superseded(&commitments, state.changed_at);
    erased.await.expect("erased");
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    let told = theirs.newest(state.code.as_ref().expect("a code").as_str());
    for name in ["ChuHoSo", "SoGiayToChuHoSo", "Email", "SoDienThoai"] {
        assert_eq!(told[name], "", "{name}");
    }
    assert_eq!(told["TrangThaiHoSo"], "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_whose_person_cannot_be_read_holds_up_nobody_and_is_not_told_as_erased() {
    let place = given().await;
    let theirs = Theirs::listen(Moods::default()).await;
    let (lost, other) = (place.accept().await, place.accept().await);
    let state = place.dossier(lost).await;
    let commitments = [state.part(PartKind::Applicant).expect("a part").0.c.clone()];
    place.node.vault.forget(&commitments).await.expect("gone");
    let telling = place.tells("first", &theirs).await;
    place.settled(&[lost, other], PATIENCE).await;
    telling.end().await;
    place.then_all_is_known(&theirs, other).await;
    assert!(
        !theirs
            .statuses()
            .contains_key(state.code.expect("a code").as_str())
    );
    let answers = place.answers(lost).await;
    let refused = |told: &SyncRecorded| told.refusal.as_deref() == Some("PERSON_UNREADABLE");
    assert!(
        answers.len() == 2 && answers.iter().all(refused),
        "{answers:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_the_portal_s_own_is_data() {
    let place = given().await;
    let theirs = Theirs::listen(Moods {
        own_status: Some(14),
        ..Moods::default()
    })
    .await;
    let dossier = place.accept().await;
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    let answers = place.answers(dossier).await;
    for told in &answers {
        assert_eq!(
            (told.outcome, told.remote_status),
            (SyncOutcome::Acknowledged, Some(14))
        );
    }
    assert_eq!(answers.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_is_no_change_that_an_officer_has_to_look_at() {
    let place = given().await;
    let theirs = Theirs::listen(Moods::default()).await;
    let dossier = place.accept().await;
    let seen = place.dossier(dossier).await.version;
    let telling = place.tells("first", &theirs).await;
    place.settled(&[dossier], PATIENCE).await;
    telling.end().await;
    assert!(place.dossier(dossier).await.version > seen);
    let to = "handler-01".to_owned();
    let mut request = crate::office::on(dossier, Role::Receiver, C::Forward { to });
    request.expected_version = Some(seen);
    place.submit(request).await;
    let to = "handler-02".to_owned();
    let mut request = crate::office::on(dossier, Role::DivisionHead, C::AssignHandler { to });
    request.expected_version = Some(seen);
    let refused = place.node.counter.submit(request).await;
    let code = refused.expect_err("an act lies in between").code();
    assert_eq!(code, "CONFLICT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_told_by_its_settings_and_a_password_is_never_printed() {
    let theirs = Theirs::listen(Moods::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a folder");
    let journal = motcua::journal::Location::Sqlite(data.join("journal.db"));
    let node = crate::office::node(&journal, &folder.path().join("keys")).await;
    let (_, request) = crate::office::acceptance(crate::office::id(), "Công dân 000123");
    node.counter.submit(request).await.expect("accepted");
    let serve = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--portal-url", url])
            .args(["--portal-user", USER])
            .arg("--data")
            .arg(&data)
            .arg("--keys")
            .arg(folder.path().join("keys"))
            .env_remove("MOTCUA_JOURNAL");
        command
    };
    refuses(&mut serve(&theirs.url), "MOTCUA_PORTAL_PASSWORD");
    let file = folder.path().join("password");
    std::fs::write(&file, PASSWORD).expect("written");
    let mode = Permissions::from_mode(0o640);
    std::fs::set_permissions(&file, mode).expect("a mode");
    let mut open = serve(&theirs.url);
    open.arg("--portal-password-file").arg(&file);
    refuses(&mut open, "chmod 600");
    let mut clear = serve("http://ngsp.example.gov.vn/");
    clear.env("MOTCUA_PORTAL_PASSWORD", PASSWORD);
    refuses(&mut clear, "--portal-insecure");
    let mut command = serve(&theirs.url);
    command.env("MOTCUA_PORTAL_PASSWORD", PASSWORD);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut serving = command.spawn().expect("the program runs");
    let known = async {
        while theirs.moods().done.len() < 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let known = tokio::time::timeout(Duration::from_mins(1), known).await;
    serving.kill().expect("it is killed");
    let output = serving.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(known.is_ok(), "{said}");
    assert!(!said.contains(PASSWORD));
}

/// It ends with an error that says this.
fn refuses(command: &mut Command, why: &str) {
    let output = command.output().expect("the program runs");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains(why), "{error}");
    assert!(!error.contains(PASSWORD));
}

//! Papers as they are fetched, read by tools that others wrote: poppler, qpdf, zbar.

use std::path::Path;
use std::process::Command;

use motcua::api::papers::commitment;
use motcua::api::scalar::hex;
use motcua::domain::actor::Role;
use motcua::papers::{Register, RegisterLine, print_register};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ground::{OFFICES, Office, PROCEDURE, done, on, person, served, with};
use super::story::filing;
use crate::office::id;

const NAME: &str = "Đặng Thị Hường Quỳnh Ưởng Ỷ Nghĩa";
const ADDRESS: &str = "Số 7 đường Lê Lợi, phường Vĩnh Trại";

/// Runs a tool; a missing one is named, with what to install.
fn run(tool: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool).args(arguments).output();
    let output =
        output.unwrap_or_else(|error| panic!("{tool} does not run ({error}): install {package}"));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{tool} {arguments:?}: {told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    told
}

/// All that a file is held to; gives its text, lines joined.
fn then_is_a_paper(file: &Path, size: &str, qr: Option<&str>) -> String {
    let path = file.to_str().expect("a path");
    run("qpdf", "qpdf", &["--check", path]);
    let info = run("pdfinfo", "poppler-utils", &[path]);
    assert!(info.contains(size), "{info}");
    let fonts = run("pdffonts", "poppler-utils", &[path]);
    for font in fonts.lines().skip(2) {
        let marks: Vec<&str> = font.split_whitespace().rev().skip(2).take(3).collect();
        assert_eq!(
            marks,
            ["yes", "yes", "yes"],
            "embedded, subset, to Unicode: {font}"
        );
    }
    assert!(fonts.lines().count() >= 3, "{fonts}");
    let metadata = run("pdfinfo", "poppler-utils", &["-meta", path]);
    assert!(
        metadata.contains("<pdfaid:part>2</pdfaid:part>")
            && metadata.contains("<pdfaid:conformance>U</pdfaid:conformance>"),
        "{metadata}"
    );
    if let Some(address) = qr {
        let picture = file.with_extension("");
        let picture = picture.to_str().expect("a path");
        run(
            "pdftoppm",
            "poppler-utils",
            &["-r", "200", "-png", "-singlefile", path, picture],
        );
        let read = run(
            "zbarimg",
            "zbar-tools",
            &["--quiet", "--raw", &format!("{picture}.png")],
        );
        assert_eq!(read.trim(), address);
    }
    let text = run("pdftotext", "poppler-utils", &["-layout", path, "-"]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Dossier<'a> {
    office: &'a Office,
    code: String,
    key: String,
}

impl Dossier<'_> {
    async fn by(&self, role: Role, mutation: &str, fields: Value) {
        let input = with(on(&self.code), &fields);
        done(&self.office.call_as(&person(role), mutation, input).await);
    }

    async fn fetch(&self, path: &str, role: Option<Role>) -> (u16, Vec<u8>) {
        self.office
            .fetch(
                path,
                role.map(|role| self.office.token(&person(role))).as_deref(),
            )
            .await
    }

    async fn print(&self, form: &str) -> Value {
        let query = "mutation($input: PrintPaperInput!) { printPaper(input: $input) {
            position errors { code messageVi } paper { url sha256 commitment key } } }";
        let receiver = self.office.signed_in(&person(Role::Receiver));
        let input = with(on(&self.code), &json!({ "form": form }));
        let body = self
            .office
            .post(&receiver, query, json!({ "input": input }))
            .await;
        assert_eq!(body.get("errors"), None, "{body}");
        body["data"]["printPaper"].clone()
    }
}

async fn accepted(office: &Office) -> Dossier<'_> {
    entered(office, "acceptDossierAtCounter", json!({})).await
}

async fn entered<'a>(office: &'a Office, mutation: &str, fields: Value) -> Dossier<'a> {
    let who = json!({"applicant": {"fullName": NAME, "citizenNumber": "001300000123", "phone": "0912 345 678", "address": ADDRESS}});
    let input = with(with(filing(PROCEDURE), &who), &fields);
    let payload = office
        .call_as(&person(Role::Receiver), mutation, input)
        .await;
    done(&payload);
    let text = |key: &str| payload[key].as_str().expect("a text").to_owned();
    Dossier {
        office,
        code: text("code"),
        key: text("capability"),
    }
}

/// Prints a form twice, checks file and fact, and gives the file's text.
async fn printed(dossier: &Dossier<'_>, form: &str, number: &str, folder: &Path) -> String {
    let first = dossier.print(form).await;
    assert_eq!(first["errors"], json!([]), "{first}");
    let again = dossier.print(form).await;
    assert_eq!(
        first["paper"], again["paper"],
        "the same file, and another fact"
    );
    assert_ne!(first["position"], again["position"]);
    let paper = &first["paper"];
    let url = paper["url"].as_str().expect("a place");
    let (status, bytes) = dossier.fetch(url, Some(Role::Receiver)).await;
    assert_eq!(status, 200);
    assert_eq!(dossier.fetch(url, Some(Role::Receiver)).await.1, bytes);
    // What the holder does with other people's tools.
    let sha256: String = hex(&Sha256::digest(&bytes));
    assert_eq!(paper["sha256"], sha256);
    let python = "import hashlib,hmac,sys; print(hmac.new(sys.argv[1].encode(), b'motcua/paper/v1\\n'+sys.argv[2].encode(), hashlib.sha256).hexdigest())";
    let theirs = run("python3", "python3", &["-c", python, &dossier.key, &sha256]);
    assert_eq!(paper["commitment"], theirs.trim());
    assert_eq!(paper["commitment"], commitment(&dossier.key, &sha256));
    assert_eq!(paper["key"], dossier.key);
    let file = folder.join(format!("{number}.pdf"));
    std::fs::write(&file, bytes).expect("written");
    let address = format!(
        "{}/t/{}?k={}",
        dossier.office.api.public_url, dossier.code, dossier.key
    );
    let text = then_is_a_paper(&file, "419.53 x 595.28", Some(&address));
    for wanted in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        &dossier.code,
        &format!("Mẫu số {number}"),
    ] {
        assert!(text.contains(wanted), "{wanted} is missing: {text}");
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn six_forms_of_a_dossier_are_archivable_whole_and_the_same_each_time() {
    let office = served().await;
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let dossier = accepted(&office).await;
    let receipt = printed(&dossier, "RECEIPT_SLIP", "01", folder).await;
    for wanted in [
        NAME,
        ADDRESS,
        "0912345678",
        "Thời gian hẹn trả kết quả",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    ] {
        assert!(receipt.contains(wanted), "{wanted} is missing: {receipt}");
    }
    dossier
        .by(
            Role::Receiver,
            "forwardDossier",
            json!({"to": "handler-01"}),
        )
        .await;
    let slip = printed(&dossier, "CONTROL_SLIP", "06", folder).await;
    assert!(
        slip.contains("handler-01") && slip.contains("chưa ký nhận"),
        "{slip}"
    );
    dossier.by(Role::Receiver, "requestSupplement", json!({"items": [1], "reason": "MISSING_COMPONENT", "note": "Bản chụp mờ ở trang hai."})).await;
    let asked = printed(&dossier, "SUPPLEMENT_REQUEST", "02", folder).await;
    assert!(
        asked.contains("Thiếu thành phần hồ sơ") && asked.contains("Bản chụp mờ ở trang hai."),
        "{asked}"
    );

    let late = accepted(&office).await;
    late.by(
        Role::Signer,
        "issueApology",
        json!({"newDueOn": "2026-12-31", "reason": "WORKLOAD"}),
    )
    .await;
    let apology = printed(&late, "APOLOGY_AND_EXTENSION", "04", folder).await;
    assert!(apology.contains("31 tháng 12 năm 2026"), "{apology}");

    let refused = entered(&office, "lodgeDossier", json!({"channel": "COUNTER"})).await;
    refused
        .by(
            Role::Receiver,
            "refuseAcceptance",
            json!({"reason": "NOT_COMPETENT"}),
        )
        .await;
    let refusal = printed(&refused, "REFUSAL_SLIP", "03", folder).await;
    assert!(
        refusal.contains("PHIẾU TỪ CHỐI TIẾP NHẬN HỒ SƠ")
            && refusal.contains("Không thuộc thẩm quyền"),
        "{refusal}"
    );

    let withdrawn = accepted(&office).await;
    withdrawn
        .by(
            Role::Receiver,
            "requestWithdrawal",
            json!({"reason": "APPLICANT_REQUEST"}),
        )
        .await;
    withdrawn
        .by(Role::Signer, "grantWithdrawal", json!({}))
        .await;
    let stop = printed(&withdrawn, "STOP_NOTICE", "05", folder).await;
    assert!(stop.contains("THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"), "{stop}");

    let none = withdrawn.print("APOLOGY_AND_EXTENSION").await;
    assert_eq!(none["errors"][0]["code"], "PAPER_UNKNOWN", "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_for_its_office_and_for_whoever_holds_the_receipt() {
    let office = served().await;
    let dossier = accepted(&office).await;
    let path = format!("/papers/{}/receipt.pdf", dossier.code);
    let (status, bytes) = dossier
        .fetch(&format!("{path}?k={}", dossier.key.to_lowercase()), None)
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        dossier
            .fetch(&format!("{path}?k={}", dossier.key), None)
            .await
            .1,
        bytes
    );
    assert_eq!(dossier.fetch(&path, Some(Role::Receiver)).await.1, bytes);
    let unknown = dossier
        .fetch(
            &format!(
                "/papers/{}-0009/receipt.pdf",
                &dossier.code[..dossier.code.len() - 5]
            ),
            None,
        )
        .await;
    assert_eq!(unknown.0, 404);
    for (path, role) in [
        (path.clone(), None),
        (format!("{path}?k=AAAAAAAAAAAAAAAA"), None),
        (path.clone(), Some(Role::Clerk)),
        (path.clone(), Some(Role::VerticalAgency)),
        (
            format!("/papers/{}/apology.pdf?k={}", dossier.code, dossier.key),
            None,
        ),
        (
            format!("/papers/{}/control.pdf?k={}", dossier.code, dossier.key),
            None,
        ),
    ] {
        assert_eq!(dossier.fetch(&path, role).await, unknown, "{path} {role:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_has_every_number_of_the_days() {
    let office = served().await;
    let folder = tempfile::tempdir().expect("a folder");
    let first = accepted(&office).await;
    let input = json!({"commandId": id(), "office": OFFICES[0], "reason": "PAPER_SPOILED"});
    done(
        &office
            .call_as(&person(Role::Receiver), "voidCode", input)
            .await,
    );
    let second = accepted(&office).await;
    let path = format!(
        "/registers/{}.pdf?from=2026-11-02&to=2026-11-02",
        OFFICES[0]
    );
    let (status, bytes) = first.fetch(&path, Some(Role::Receiver)).await;
    assert_eq!(status, 200);
    let file = folder.path().join("07.pdf");
    std::fs::write(&file, &bytes).expect("written");
    let text = then_is_a_paper(&file, "841.89 x 595.28", None);
    for wanted in [
        "SỔ THEO DÕI HỒ SƠ",
        "Số không dùng",
        "Cộng: 3 dòng",
        "Quỳnh",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing: {text}");
    }
    let tails = [&first.code, &second.code]
        .map(|code| code.rsplit('-').next().expect("a number").to_owned());
    assert!(tails.iter().all(|tail| text.contains(tail)), "{text}");
    assert_eq!(first.fetch(&path, None).await.0, 401);
    assert_eq!(first.fetch(&path, Some(Role::Applicant)).await.0, 404);
    let long = format!(
        "/registers/{}.pdf?from=2026-01-01&to=2026-11-02",
        OFFICES[0]
    );
    assert_eq!(first.fetch(&long, Some(Role::Receiver)).await.0, 400);
}

#[test]
fn all_134_letters_are_drawn_and_read_back() {
    let letters = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";
    let all = format!("{letters}{}", letters.to_uppercase());
    assert_eq!(all.chars().count(), 134);
    let day = jiff::civil::date(2026, 11, 2);
    let register = Register {
        letterhead: motcua::papers::Letterhead::default(),
        office_code: "H38.40.01".into(),
        from: day,
        to: day,
        at: motcua::domain::time::Moment::from_local(day.at(8, 0, 0, 0)),
        lines: vec![RegisterLine {
            procedure: all.clone(),
            ..RegisterLine::default()
        }],
    };
    let bytes = print_register(&register, register.at).expect("a file");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("letters.pdf");
    std::fs::write(&file, bytes).expect("written");
    let text = then_is_a_paper(&file, "841.89 x 595.28", None);
    let missing: String = all
        .chars()
        .filter(|letter| !text.contains(*letter))
        .collect();
    assert_eq!(missing, "", "{text}");
}

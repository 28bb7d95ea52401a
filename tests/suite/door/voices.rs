//! What the holder of a receipt says through the pages: more on a feedback, how good its answer was, a campaign's questions.

use motcua::domain::actor::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::ground::{Door, given_an_office};
use super::say::{act, handed_over, send};
use crate::office::OFFICE;

/// The hidden fields of the form on a page.
fn command(page: &str) -> String {
    let marker = "name=\"command\" value=\"";
    let rest = page.split(marker).nth(1).expect("a form");
    rest.split('"').next().expect("a value").to_owned()
}

async fn form(door: &Door, path: &str) -> String {
    let page = door.get(path).await;
    assert_eq!(page.status(), StatusCode::OK, "{path}");
    page.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sender_says_more_when_asked_and_judges_the_answer_once() {
    let door = given_an_office().await;
    let receipt = handed_over(&door).await;
    let (code, key) = (&receipt.code, &receipt.key);
    let report = json!({"dossier": code, "capability": key, "kind": "REPORT", "text": "Chờ lâu."});
    let input = "SubmitFeedbackInput";
    act(&door, Role::Receiver, "submitFeedback", input, report).await;
    let clarify = format!("/t/{code}/clarify");
    let early = form(&door, &format!("{clarify}?k={key}")).await;
    assert!(early.contains("Cơ quan không hỏi thêm điều gì"), "{early}");
    let ask = json!({"dossier": code, "number": 1, "text": "Ngày nào?"});
    let (manager, input) = (Role::CentreManager, "AskFeedbackSenderInput");
    act(&door, manager, "askFeedbackSender", input, ask).await;
    let page = form(&door, &receipt.page()).await;
    assert!(
        page.contains("Ngày nào?") && page.contains(&clarify),
        "{page}"
    );

    let empty = form(&door, &format!("{clarify}?k={key}")).await;
    let command = command(&empty);
    let fields = [
        ("k", key.as_str()),
        ("command", &command),
        ("text", "Ngày 3."),
    ];
    let sent = send(&door, &clarify, &fields).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let again = send(&door, &clarify, &fields[..2]).await;
    assert_ne!(again.status(), StatusCode::SEE_OTHER, "another content");
    let answer = json!({"dossier": code, "number": 1, "text": "Xin lỗi ông/bà."});
    act(
        &door,
        manager,
        "answerFeedback",
        "AnswerFeedbackInput",
        answer,
    )
    .await;

    let judge = format!("/t/{code}/judge");
    let empty = form(&door, &format!("{judge}?k={key}")).await;
    let command = self::command(&empty);
    let keys = [("k", key.as_str()), ("command", command.as_str())];
    let nothing = send(&door, &judge, &keys).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [keys[0], keys[1], ("satisfied", "no")];
    let sent = send(&door, &judge, &fields).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let page = form(&door, &receipt.page()).await;
    assert!(
        page.contains("Ông/bà chưa hài lòng với câu trả lời"),
        "{page}"
    );
    let over = form(&door, &format!("{judge}?k={key}")).await;
    assert!(
        over.contains("Không có câu trả lời nào chờ đánh giá"),
        "{over}"
    );
    let public = form(&door, "/feedback").await;
    assert!(public.contains("Người gửi chưa hài lòng"), "{public}");
    assert!(!public.contains("Xin lỗi ông/bà"), "not published");
    let words = json!({"dossier": code, "number": 1, "published": "Đã bố trí thêm quầy."});
    act(
        &door,
        manager,
        "publishFeedback",
        "PublishFeedbackInput",
        words,
    )
    .await;
    let public = form(&door, "/feedback").await;
    assert!(public.contains("Đã bố trí thêm quầy."), "{public}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_is_answered_with_the_receipt_and_few_answers_are_told_without_their_share() {
    let door = given_an_office().await;
    let opened = json!({
        "code": "KS-9", "nameVi": "Khảo sát thử", "nameEn": "A trial survey", "decision": "01/KH-UBND",
        "from": "2020-01-01", "to": "2099-12-31", "scale": 3, "certainty": "ILLUSTRATIVE",
        "questions": [{"key": "a", "vi": "Có rõ không?", "en": "Was it clear?", "about": "OTHER"}],
    });
    let (control, input) = (Role::ProcedureController, "OpenCampaignInput");
    act(&door, control, "openCampaign", input, opened).await;
    let mut answered = 0;
    for _ in 0..5 {
        let receipt = handed_over(&door).await;
        let page = form(&door, &receipt.page()).await;
        assert!(page.contains("Khảo sát thử"), "{page}");
        let place = format!("/t/{}/survey", receipt.code);
        let empty = form(&door, &format!("{place}?k={}", receipt.key)).await;
        assert!(empty.contains("Có rõ không?"), "{empty}");
        let command = command(&empty);
        let keys = [
            ("k", receipt.key.as_str()),
            ("command", &command),
            ("campaign", "KS-9"),
        ];
        let nothing = send(&door, &place, &keys).await;
        assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [keys[0], keys[1], keys[2], ("q.a", "2")];
        let sent = send(&door, &place, &fields).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let over = form(&door, &format!("{place}?k={}", receipt.key)).await;
        assert!(
            over.contains("Không có khảo sát nào dành cho hồ sơ này"),
            "{over}"
        );
        answered += 1;
        let results = form(&door, "/campaigns/KS-9").await;
        assert_eq!(
            results.contains(">dưới 5<"),
            answered < 5,
            "{answered}: {results}"
        );
        assert_eq!(results.contains("100,0 %"), answered == 5);
    }
    let list = form(&door, "/campaigns").await;
    assert!(list.contains("Khảo sát thử"), "{list}");
    let close = json!({"code": "KS-9", "reason": "OTHER"});
    let input = "CloseCampaignInput";
    act(&door, control, "closeCampaign", input, close).await;
    let over = form(&door, "/campaigns/KS-9").await;
    assert!(over.contains("Kết thúc sớm"), "{over}");
    let unknown = door.get("/campaigns/KS-0").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_offices_page_counts_its_inspections_and_the_desk_lists_what_is_owed() {
    let door = given_an_office().await;
    let control = Role::ProcedureController;
    let opened = json!({
        "code": "KT-1", "decision": "12/QĐ-UBND", "team": ["truong-doan-1"], "office": OFFICE,
        "from": "2026-01-01", "to": "2026-01-02", "subject": "REFORM",
    });
    let before = form(&door, &format!("/o/{OFFICE}")).await;
    assert!(!before.contains("Số lần kiểm tra"), "{before}");
    act(
        &door,
        control,
        "openInspection",
        "OpenInspectionInput",
        opened,
    )
    .await;
    let found = json!({"inspection": "KT-1", "kind": "EQUIPMENT"});
    let input = "NoteInspectionFindingInput";
    act(&door, control, "noteInspectionFinding", input, found).await;
    let order = json!({"inspection": "KT-1", "finding": 1, "dueOn": "2099-12-31"});
    act(
        &door,
        control,
        "orderCorrection",
        "OrderCorrectionInput",
        order,
    )
    .await;
    let page = form(&door, &format!("/o/{OFFICE}")).await;
    assert!(page.contains("Số lần kiểm tra"), "{page}");
    let desk = async || {
        let token = door.token(Role::CentreManager, OFFICE);
        let asked = door.request(Method::GET, "/desk");
        let asked = asked.header("cookie", format!("motcua_session={token}"));
        let answer = asked.send().await.expect("an answer");
        answer.text().await.expect("a page")
    };
    let owed = desk().await;
    assert!(owed.contains("KT-1/1"), "{owed}");
    let report = json!({"inspection": "KT-1", "finding": 1});
    let input = "ReportCorrectionInput";
    act(
        &door,
        Role::CentreManager,
        "reportCorrection",
        input,
        report,
    )
    .await;
    let owed = desk().await;
    assert!(!owed.contains("KT-1/1"), "{owed}");
}

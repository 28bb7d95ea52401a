//! What happened, as everybody may read it: one name for every event, for machines and on pages.

/// What a fact of this type tells: (Vietnamese, English). Says nothing personal: no name, no officer, no paper's content.
/// A type of a newer program is "something else".
#[must_use]
pub fn act_label(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "journal.opened" => ("Mở sổ", "Journal opened"),
        "calendar.declared" => ("Khai báo lịch làm việc", "Calendar declared"),
        "policy.adopted" => ("Ban hành chính sách", "Policy adopted"),
        "procedure.published" => ("Công bố thủ tục", "Procedure published"),
        "procedure.abolished" => ("Bãi bỏ thủ tục", "Procedure abolished"),
        "procedure.review_proposed" => {
            ("Đề xuất rà soát thủ tục", "Review of a procedure proposed")
        }
        "process.approved" => ("Phê duyệt quy trình nội bộ", "Internal process approved"),
        "inspection.opened" => ("Mở cuộc kiểm tra", "Inspection opened"),
        "inspection.finding_noted" => ("Ghi nhận thiếu sót", "Shortcoming noted"),
        "inspection.corrective_action_ordered" => ("Yêu cầu khắc phục", "Correction ordered"),
        "inspection.corrective_action_done" => ("Báo cáo đã khắc phục", "Correction reported"),
        "inspection.closed" => ("Kết thúc cuộc kiểm tra", "Inspection closed"),
        "reminder.sent" => ("Nhắc việc bằng văn bản", "Written reminder sent"),
        "reminder.answered" => ("Trả lời văn bản nhắc việc", "Written reminder answered"),
        "review.planned" => (
            "Lập kế hoạch rà soát thủ tục",
            "Review of procedures planned",
        ),
        "campaign.opened" => ("Mở đợt khảo sát hài lòng", "Satisfaction campaign opened"),
        "campaign.closed" => (
            "Kết thúc sớm đợt khảo sát",
            "Satisfaction campaign ended early",
        ),
        "target.set" => ("Đặt chỉ tiêu", "Target set"),
        "offices.reorganised" => ("Sắp xếp cơ quan", "Offices reorganised"),
        "office.opened" => ("Khai báo cơ quan", "Office opened"),
        "notice.issued" => ("Ghi nhận thông báo", "Notice recorded"),
        "staff.registered" => ("Ghi danh cán bộ", "Officer registered"),
        "staff.changed" => ("Đổi thông tin cán bộ", "Record of an officer changed"),
        "staff.left" => ("Cán bộ thôi nhiệm vụ", "Officer left"),
        "subject.erasure_requested" => (
            "Quyết định xóa dữ liệu cá nhân",
            "Personal data to be destroyed",
        ),
        "subject.erased" => ("Đã xóa dữ liệu cá nhân", "Personal data destroyed"),
        "key.destroyed" => ("Đã hủy khóa bọc", "Wrapping key destroyed"),
        "access.looked" => ("Xem dữ liệu cá nhân", "Personal data looked at"),
        "archive.result_entered" => (
            "Nhập kết quả có trước hệ thống",
            "Result older than the system entered",
        ),
        "archive.result_struck" => ("Gạch kết quả đã nhập", "Entered result struck"),
        "register.entered" => ("Vào sổ", "Entered in the register"),
        "register.code_voided" => ("Hủy số", "Number voided"),
        "register.codes_reserved" => ("Giữ lô số giấy cho quầy", "Paper codes reserved for a desk"),
        "dossier.drafted" => ("Soạn hồ sơ", "Dossier drafted"),
        "dossier.submitted" => ("Nộp hồ sơ trực tuyến", "Submitted online"),
        "dossier.lodged" => (
            "Nhận giấy tờ, ghi vào sổ",
            "Papers received and entered in the register",
        ),
        "dossier.supplement_requested" => ("Yêu cầu bổ sung", "Supplement requested"),
        "dossier.acceptance_refused" => ("Từ chối tiếp nhận", "Acceptance refused"),
        "dossier.accepted" => (
            "Tiếp nhận hồ sơ và hẹn trả kết quả",
            "Accepted, with a promised date",
        ),
        "dossier.redirected" => ("Chuyển cơ quan khác", "Passed on to another office"),
        "dossier.transferred" => (
            "Chuyển cơ quan tiếp nhận nhiệm vụ; ngày hẹn giữ nguyên",
            "To the office that took over; the promised date stands",
        ),
        "dossier.forwarded" => ("Chuyển người thụ lý", "Handed to the handler"),
        "dossier.handler_assigned" => ("Phân công người thụ lý", "Handler assigned"),
        "dossier.supplement_submitted" => (
            "Người nộp bổ sung giấy tờ",
            "Supplement handed in by the applicant",
        ),
        "dossier.supplement_accepted" => ("Giấy tờ bổ sung đã đủ", "Supplement complete"),
        "dossier.supplement_still_deficient" => {
            ("Giấy tờ bổ sung chưa đủ", "Supplement still not complete")
        }
        "dossier.due_date_recomputed" => ("Tính lại ngày hẹn", "Promised date counted anew"),
        "dossier.processing_stopped" => ("Dừng giải quyết", "Processing stopped"),
        "dossier.resolution_refused" => ("Từ chối giải quyết", "Refused after appraisal"),
        "dossier.result_drafted" => ("Dự thảo kết quả", "Result drafted"),
        "dossier.step_returned" => (
            "Trả lại người thụ lý để chỉnh sửa",
            "Sent back to the handler for correction",
        ),
        "dossier.result_signed" => ("Ký kết quả", "Result signed"),
        "dossier.processing_completed" => ("Giải quyết xong", "Processing completed"),
        "dossier.result_issued" => ("Phát hành kết quả", "Result issued"),
        "dossier.result_revoked" => ("Thu hồi kết quả", "Result revoked"),
        "dossier.result_replaced" => ("Thay thế kết quả", "Result replaced"),
        "dossier.result_delivered" => ("Trả kết quả", "Result handed over"),
        "dossier.withdrawal_requested" => ("Yêu cầu rút hồ sơ", "Withdrawal requested"),
        "dossier.withdrawal_granted" => ("Đồng ý cho rút hồ sơ", "Withdrawal granted"),
        "dossier.withdrawal_denied" => ("Không đồng ý cho rút hồ sơ", "Withdrawal denied"),
        "dossier.apology_issued" => (
            "Xin lỗi và hẹn lại ngày trả kết quả",
            "Apology, with a new promised date",
        ),
        "dossier.applicant_details_corrected" => {
            ("Sửa thông tin người nộp", "Applicant's details corrected")
        }
        "dossier.capability_reissued" => (
            "Cấp lại mã trên giấy tiếp nhận; mã cũ hết hiệu lực",
            "Receipt code reissued; the old one is void",
        ),
        "dossier.component_received" => ("Nhận thành phần hồ sơ", "Paper received"),
        "dossier.supplement_proposed" => (
            "Đề xuất yêu cầu bổ sung",
            "Supplement proposed to the one-stop unit",
        ),
        "dossier.supplement_retracted" => {
            ("Thu hồi yêu cầu bổ sung", "Supplement request taken back")
        }
        "dossier.handed_over" => ("Bàn giao hồ sơ", "Handed over to the next desk"),
        "dossier.hand_over_received" => ("Ký nhận bàn giao", "Hand-over signed for"),
        "dossier.step_recalled" => ("Thu lại bàn giao", "Hand-over taken back"),
        "dossier.deadline_missed" => ("Đã quá ngày hẹn", "The promised date has passed"),
        "dossier.opinion_requested" => (
            "Lấy ý kiến cơ quan khác",
            "Another agency asked for its opinion",
        ),
        "dossier.opinion_received" => ("Nhận ý kiến của cơ quan được hỏi", "Opinion received"),
        "dossier.opinion_overdue" => ("Ý kiến của cơ quan được hỏi quá hạn", "Opinion overdue"),
        "dossier.opinion_deemed_agreed" => {
            ("Không trả lời, coi như đồng ý", "No answer, deemed agreed")
        }
        "dossier.field_verification_scheduled" => (
            "Báo trước việc xác minh thực địa",
            "On-site check announced",
        ),
        "dossier.field_verification_recorded" => ("Đã xác minh thực địa", "On-site check made"),
        "dossier.financial_obligation_issued" => ("Thông báo khoản phải nộp", "Payment asked for"),
        "dossier.financial_obligation_cancelled" => {
            ("Hủy khoản phải nộp", "Payment request cancelled")
        }
        "dossier.fee_exempted" => ("Miễn phí, lệ phí", "Fee waived"),
        "dossier.payment_confirmed" => ("Đã nộp tiền", "Payment confirmed"),
        "dossier.fee_receipt_issued" => ("Cấp biên lai", "Fee receipt issued"),
        "dossier.payment_refunded" => ("Hoàn tiền", "Payment refunded"),
        "dossier.result_approved" => ("Duyệt kết quả", "Result approved"),
        "dossier.result_corrected" => ("Đính chính kết quả", "Result corrected"),
        "dossier.originals_returned" => ("Trả lại bản chính", "Originals given back"),
        "dossier.withdrawal_retracted" => ("Không rút hồ sơ nữa", "Withdrawal request taken back"),
        "dossier.linked" => ("Liên kết với hồ sơ khác", "Linked with another dossier"),
        "dossier.rated" => ("Đánh giá sự hài lòng", "Rated by the applicant"),
        "dossier.feedback_submitted" => ("Gửi phản ánh, kiến nghị", "Feedback submitted"),
        "dossier.feedback_answered" => ("Trả lời phản ánh, kiến nghị", "Feedback answered"),
        "dossier.feedback_refused" => ("Từ chối phản ánh, kiến nghị", "Feedback refused"),
        "dossier.feedback_clarification_asked" => (
            "Đề nghị người gửi làm rõ phản ánh",
            "Sender of a feedback asked to say more",
        ),
        "dossier.feedback_clarified" => ("Người gửi làm rõ phản ánh", "Feedback clarified"),
        "dossier.feedback_forwarded" => (
            "Chuyển phản ánh đến cơ quan có thẩm quyền",
            "Feedback passed on to the competent office",
        ),
        "dossier.feedback_published" => ("Công khai câu trả lời", "Answer to a feedback published"),
        "dossier.feedback_judged" => (
            "Người gửi đánh giá câu trả lời",
            "Answer judged by its sender",
        ),
        "dossier.feedback_overdue" => ("Phản ánh quá hạn trả lời", "Answer to a feedback overdue"),
        "dossier.survey_answered" => ("Trả lời khảo sát", "Survey answered"),
        "dossier.leg_opened" => (
            "Chuyển cho cơ quan giải quyết",
            "Given to the agency of a leg",
        ),
        "dossier.leg_waits" => ("Một cơ quan chờ người nộp", "A leg waits for the applicant"),
        "dossier.leg_resumed" => ("Cơ quan giải quyết tiếp", "The leg goes on"),
        "dossier.leg_ended" => ("Một thủ tục thành phần kết thúc", "A leg has ended"),
        "dossier.leg_delivered" => (
            "Trả kết quả của một thủ tục thành phần",
            "The result of a leg handed over",
        ),
        "dossier.sent_back" => (
            "Trả lại cơ quan trước để sửa kết quả",
            "Sent back for correction of a result",
        ),
        "dossier.correction_requested" => (
            "Cơ quan sau đề nghị sửa kết quả",
            "Another leg asks for a correction",
        ),
        "dossier.correction_answered" => ("Trả lời đề nghị sửa kết quả", "Correction answered"),
        "dossier.noted" => (
            "Bước khác do hệ thống nguồn khai",
            "A step that the source tells",
        ),
        "dossier.remarked" => ("Ghi ý kiến xử lý", "Remark of the office"),
        "journal.format_raised" => (
            "Bật định dạng mới của sổ ghi",
            "Format of the journal raised",
        ),
        "import.begun" => ("Bắt đầu nhập dữ liệu", "Import begun"),
        "import.ended" => ("Kết thúc nhập dữ liệu", "Import ended"),
        "dossier.paper_printed" => ("In giấy tờ theo mẫu", "Statutory paper printed"),
        "dossier.sync_recorded" => ("Đồng bộ với hệ thống khác", "Exchanged with another system"),
        _ => ("Việc khác", "Something else"), // foreign: types of newer programs
    }
}

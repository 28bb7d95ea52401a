//! What people call the commands on a dossier, and the mutation that gives each.

use crate::domain::dossier::{DossierCommand as C, VoiceCommand as V};

/// The mutation of a command, and what it is called: (Vietnamese, English). None where no mutation gives it.
#[must_use]
pub fn mutation(command: &C) -> Option<(&'static str, (&'static str, &'static str))> {
    let named = match command {
        C::Draft { .. } => ("draftDossier", ("Soạn hồ sơ", "Begin a draft")),
        C::Submit { .. } => ("submitDossier", ("Nộp trực tuyến", "Submit online")),
        C::Lodge { .. } => ("lodgeDossier", ("Nhận giấy tờ, vào sổ", "Enter papers")),
        C::AcceptAtCounter { .. } => (
            "acceptDossierAtCounter",
            ("Tiếp nhận tại quầy", "Accept at the counter"),
        ),
        C::ReceiveComponent { .. } => ("receiveComponent", ("Nhận thành phần", "Receive a paper")),
        C::Accept => ("acceptDossier", ("Tiếp nhận hồ sơ", "Accept the dossier")),
        C::AcceptLinked { .. } => (
            "acceptLinkedDossier",
            ("Tiếp nhận hồ sơ liên thông", "Accept the linked dossier"),
        ),
        C::SendBack { .. } => (
            "sendBack",
            ("Trả lại để sửa kết quả", "Send back for correction"),
        ),
        C::DeclineCorrection { .. } => (
            "declineCorrection",
            ("Giữ nguyên kết quả", "Decline the correction"),
        ),
        C::RefuseAcceptance => (
            "refuseAcceptance",
            ("Từ chối tiếp nhận", "Refuse acceptance"),
        ),
        C::ProposeSupplement { .. } => (
            "proposeSupplement",
            ("Đề nghị yêu cầu bổ sung", "Propose a supplement request"),
        ),
        C::RequestSupplement { .. } => (
            "requestSupplement",
            ("Yêu cầu bổ sung", "Request a supplement"),
        ),
        C::RetractSupplementRequest => (
            "retractSupplementRequest",
            ("Rút yêu cầu bổ sung", "Retract the supplement request"),
        ),
        C::SubmitSupplement => (
            "submitSupplement",
            ("Ghi nhận giấy tờ bổ sung", "Record the supplement"),
        ),
        C::AcceptSupplement => (
            "acceptSupplement",
            ("Chấp nhận bổ sung", "Accept the supplement"),
        ),
        C::FindStillDeficient => (
            "findSupplementDeficient",
            ("Bổ sung chưa đạt", "Find the supplement deficient"),
        ),
        C::Redirect { .. } => (
            "redirectDossier",
            ("Chuyển cơ quan có thẩm quyền", "Pass on to another office"),
        ),
        C::Forward { .. } => (
            "forwardDossier",
            ("Chuyển người thụ lý", "Forward to a handler"),
        ),
        C::AssignHandler { .. } => (
            "assignHandler",
            ("Phân công người thụ lý", "Assign a handler"),
        ),
        C::HandOver { .. } => ("handOver", ("Bàn giao", "Hand over to a desk")),
        C::ReceiveHandOver { .. } => (
            "receiveHandOver",
            ("Ký nhận bàn giao", "Sign for the hand-over"),
        ),
        C::RecallStep => ("recallStep", ("Thu hồi bàn giao", "Recall the hand-over")),
        C::ReturnStep => (
            "returnStep",
            ("Trả lại người thụ lý", "Return to the handler"),
        ),
        C::RequestOpinion { .. } => ("requestOpinion", ("Lấy ý kiến", "Ask for an opinion")),
        C::GiveOpinion { .. } => ("giveOpinion", ("Trả lời ý kiến", "Give an opinion")),
        C::NoteOpinionOverdue { .. } => (
            "noteOpinionOverdue",
            ("Ghi nhận ý kiến quá hạn", "Note an overdue opinion"),
        ),
        C::DeemOpinionAgreed { .. } => (
            "deemOpinionAgreed",
            ("Coi như đồng ý", "Deem the opinion agreed"),
        ),
        C::ScheduleFieldVerification { .. } => (
            "scheduleFieldVerification",
            ("Hẹn kiểm tra thực địa", "Announce an on-site check"),
        ),
        C::RecordFieldVerification => (
            "recordFieldVerification",
            ("Ghi kiểm tra thực địa", "Record the on-site check"),
        ),
        C::IssueFinancialObligation { .. } => (
            "issueFinancialObligation",
            ("Thông báo khoản thu", "Tell what is to be paid"),
        ),
        C::CancelFinancialObligation { .. } => (
            "cancelFinancialObligation",
            ("Hủy khoản thu", "Cancel a payment"),
        ),
        C::ExemptFee { .. } => ("exemptFee", ("Miễn phí, lệ phí", "Exempt from a fee")),
        C::ConfirmPayment { .. } => ("confirmPayment", ("Xác nhận đã thu", "Confirm the payment")),
        C::IssueFeeReceipt { .. } => (
            "issueFeeReceipt",
            ("Ghi biên lai", "Record the fee receipt"),
        ),
        C::RefundPayment { .. } => ("refundPayment", ("Hoàn tiền", "Refund")),
        C::StopProcessing => ("stopProcessing", ("Dừng giải quyết", "Stop processing")),
        C::DraftResult => (
            "draftResult",
            (
                "Hoàn thành thụ lý, trình kết quả",
                "Complete handling, submit a draft",
            ),
        ),
        C::ApproveResult => (
            "approveResult",
            ("Duyệt dự thảo kết quả", "Approve the drafted result"),
        ),
        C::RefuseResolution => (
            "refuseResolution",
            ("Từ chối giải quyết", "Refuse the application"),
        ),
        C::SignResult { .. } => ("signResult", ("Ký kết quả", "Sign the result")),
        C::IssueResult { .. } => (
            "issueResult",
            ("Vào số, phát hành kết quả", "Number and issue the result"),
        ),
        C::CorrectResult { .. } => (
            "correctResult",
            ("Đính chính kết quả", "Correct the result"),
        ),
        C::RevokeResult { .. } => ("revokeResult", ("Thu hồi kết quả", "Revoke the result")),
        C::ReplaceResult { .. } => ("replaceResult", ("Thay kết quả", "Replace the result")),
        C::DeliverResult { .. } => ("deliverResult", ("Trả kết quả", "Deliver the result")),
        C::ReturnOriginals => ("returnOriginals", ("Trả bản chính", "Return the originals")),
        C::RequestWithdrawal => (
            "requestWithdrawal",
            ("Ghi nhận yêu cầu rút", "Record a wish to withdraw"),
        ),
        C::RetractWithdrawal => (
            "retractWithdrawal",
            ("Hủy yêu cầu rút", "Take the withdrawal back"),
        ),
        C::GrantWithdrawal => ("grantWithdrawal", ("Cho rút hồ sơ", "Grant the withdrawal")),
        C::DenyWithdrawal => (
            "denyWithdrawal",
            ("Không cho rút hồ sơ", "Deny the withdrawal"),
        ),
        C::IssueApology { .. } => (
            "issueApology",
            ("Xin lỗi, hẹn lại", "Apologise, name a new date"),
        ),
        C::RecordMiss | C::RecomputeDueDate { .. } | C::Transfer { .. } | C::OpenLeg { .. } => {
            return None;
        }
        C::PassOn { .. } => (
            "transferDossier",
            (
                "Chuyển cơ quan tiếp nhận nhiệm vụ khác",
                "Transfer to another office that took over",
            ),
        ),
        C::CorrectApplicantDetails => (
            "correctApplicantDetails",
            ("Sửa thông tin người nộp", "Correct the applicant's details"),
        ),
        C::ReissueCapability { .. } => (
            "reissueCapability",
            (
                "Cấp lại mã trên giấy tiếp nhận",
                "Reissue the receipt's code",
            ),
        ),
        C::LinkDossier { .. } => ("linkDossiers", ("Liên kết hồ sơ", "Link dossiers")),
        C::Rate { .. } => ("rateService", ("Đánh giá", "Rate the service")),
        C::SubmitFeedback { .. } => (
            "submitFeedback",
            ("Gửi phản ánh, kiến nghị", "Send feedback"),
        ),
        C::AnswerFeedback { .. } => ("answerFeedback", ("Trả lời phản ánh", "Answer feedback")),
        C::Voice(command) => return voice(command),
        C::PrintPaper { .. } => ("printPaper", ("In giấy tờ", "Print a paper")),
        C::Remark => ("addRemark", ("Ghi ý kiến xử lý", "Leave a remark")),
        C::RecordSync { .. } => ("recordSync", ("Ghi đồng bộ", "Record an exchange")),
    };
    Some(named)
}

fn voice(command: &V) -> Option<(&'static str, (&'static str, &'static str))> {
    Some(match command {
        V::RefuseFeedback { .. } => (
            "refuseFeedback",
            ("Từ chối phản ánh", "Refuse the feedback"),
        ),
        V::AskFeedbackSender { .. } => (
            "askFeedbackSender",
            ("Đề nghị người gửi làm rõ", "Ask the sender to say more"),
        ),
        V::ClarifyFeedback { .. } => (
            "clarifyFeedback",
            ("Làm rõ phản ánh", "Say more on a feedback"),
        ),
        V::ForwardFeedback { .. } => (
            "forwardFeedback",
            (
                "Chuyển phản ánh đến cơ quan có thẩm quyền",
                "Pass the feedback on to the competent office",
            ),
        ),
        V::PublishFeedback { .. } => (
            "publishFeedback",
            ("Công khai câu trả lời", "Publish the answer"),
        ),
        V::JudgeFeedback { .. } => (
            "judgeFeedback",
            ("Đánh giá câu trả lời", "Judge the answer"),
        ),
        V::RecordFeedbackMiss { .. } => return None,
        V::AnswerSurvey { .. } => ("answerSurvey", ("Trả lời khảo sát", "Answer a survey")),
    })
}

//! The transitions of the one-stop mechanism, and the states within a state that real offices tell apart.

/// Number, what happens, what is refused there.
pub const ROWS: [(&str, &str, &str); 22] = [
    (
        "1",
        "A draft is begun, by the applicant or by an officer on their behalf",
        "by an officer without saying on whose behalf: `DETAILS_REQUIRED`",
    ),
    (
        "2",
        "Submitted online; the intake clock starts",
        "by an officer: `WRONG_ROLE`; with an officer's help but without consent: `CONSENT_REQUIRED`",
    ),
    (
        "3",
        "Papers entered at the counter or from the post",
        "as if filed online: `WRONG_ROLE`; in another office's register: `WRONG_OFFICE`",
    ),
    (
        "4",
        "A supplement is asked for before acceptance: once, complete, with a reason",
        "without a list: `ITEMS_REQUIRED`; again without basis or approver: `BASIS_REQUIRED`, `APPROVER_REQUIRED`, `SEPARATION_OF_DUTIES`",
    ),
    (
        "5",
        "Refused at intake, with a reason (form 03)",
        "without a reason: `REASON_REQUIRED`",
    ),
    (
        "6",
        "Accepted, with a promised date (form 01); the processing clock starts",
        "with a slip of an earlier day and no reason: `REASON_REQUIRED`; where the calendar does not reach: `CALENDAR_YEAR_UNKNOWN`",
    ),
    (
        "7",
        "Passed on to the competent office",
        "to the office that has it: `WRONG_OFFICE`; its clock ends and another starts with the next acceptance",
    ),
    (
        "8",
        "Forwarded, handed from desk to desk and signed for (form 06); looked at on the spot",
        "from another's desk: `NOT_THE_HOLDER`; to oneself: `SEPARATION_OF_DUTIES`; signing for what is for another: `NOT_ADDRESSED`",
    ),
    (
        "9",
        "Another agency's opinion; the clock runs on",
        "by another than the one asked: `NOT_ADDRESSED`; overdue or deemed given before its date: `NOT_DUE_YET`",
    ),
    (
        "10",
        "A supplement at appraisal, proposed by the handler, asked for by the one-stop unit; the clock pauses or starts again",
        "by the handler: `WRONG_ROLE`; a further one as at intake, and it counts as overdue",
    ),
    (
        "11",
        "The applicant answers; the answer is complete or not",
        "when none was asked for: `WRONG_STATE`",
    ),
    (
        "12",
        "Stopped because it was not supplemented (form 05)",
        "by the program before the time is over: `NOT_DUE_YET`; by a handler at intake: `WRONG_ROLE`",
    ),
    (
        "13",
        "A financial obligation; a tax or levy found during processing stops the clock",
        "of nothing: `AMOUNT_MISMATCH`; due in the past: `NEW_DATE_TOO_EARLY`",
    ),
    (
        "14",
        "Paid, with a receipt; the clock runs on",
        "another amount: `AMOUNT_MISMATCH`; paid, cancelled or unknown: `OBLIGATION_NOT_OPEN`; a second receipt: `ALREADY_RECORDED`",
    ),
    (
        "15",
        "Refused after appraisal, with a reason (form 03)",
        "without a reason: `REASON_REQUIRED`; after the promised day it is recorded as a breach",
    ),
    (
        "16",
        "Drafted, approved, signed, issued: the signature ends the clock",
        "by the handler where two people are needed: `SIGNER_IS_HANDLER`; a signing time to come: `FUTURE_CLAIM`",
    ),
    (
        "17",
        "The result is handed over, originals are given back (form 07)",
        "a document that was revoked: `RESULT_NOT_IN_FORCE`; by the postal agent over the counter: `WRONG_ROLE`",
    ),
    (
        "18",
        "A withdrawal is asked for, taken back, granted or denied (form 05)",
        "by anybody but the applicant or the counter: `WRONG_ROLE`; a denial without a reason: `REASON_REQUIRED`",
    ),
    (
        "19",
        "An apology with a new date (form 04); the first date is kept for ever",
        "an earlier date: `NEW_DATE_TOO_EARLY`; one too late or too often is recorded as a breach and moves no promise",
    ),
    (
        "20",
        "Sent back, taken back, given to another",
        "taking back what was signed for: `NO_HAND_OVER`; by another than the giver: `NOT_THE_HOLDER`",
    ),
    (
        "21",
        "A result is put right, revoked or replaced",
        "one that is not in force: `RESULT_NOT_IN_FORCE`; under a number that is taken: `RESULT_NUMBER_TAKEN`",
    ),
    (
        "22",
        "Rated once, reported on; each report refused, asked about, passed on or answered by its own day, published and judged; a campaign answered once. A complaint or a denunciation follows a law of its own and has no command here",
        "twice: `ALREADY_RATED`, `FEEDBACK_OPEN`; with another's receipt: `NOT_THE_APPLICANT`; before the end: `WRONG_STATE`",
    ),
];

/// What a row of the terms stands for, in words.
pub fn place(row: &str) -> &'static str {
    match row {
        "1" => "draft",
        "2" => "online submission",
        "3" => "lodging",
        "4" => "supplement before acceptance",
        "5" => "refusal at intake",
        "6" => "acceptance",
        "7" => "passing on",
        "8" => "processing",
        "9" => "other agencies' opinions",
        "10" => "supplement at appraisal",
        "11" => "answer to a supplement request",
        "12" => "stop",
        "13" => "financial obligation",
        "14" => "payment",
        "15" => "refusal after appraisal",
        "16" => "result",
        "17" => "handing over",
        "18" => "withdrawal",
        "19" => "apology and re-appointment",
        "20" => "return, recall, reassignment",
        "21" => "correction of a result",
        "22" => "rating, feedback, surveys",
        "2.3" => "the deadline watch",
        "2.4" => "linked procedures",
        "2.5" => "exchange with other systems",
        "2.6" => "papers and fees",
        "10.6" => "dossiers that belong together",
        "—" => "the applicant's record",
        other => panic!("{other} is no place in the law"),
    }
}

/// Of what, which state, by which command.
pub const SUB_STATES: [(&str, &str, &str); 19] = [
    (
        "supplement",
        "the handler asks the one-stop unit",
        "`proposeSupplement`",
    ),
    (
        "supplement",
        "the applicant is asked",
        "`requestSupplement`",
    ),
    (
        "supplement",
        "the applicant has answered",
        "`submitSupplement`",
    ),
    ("supplement", "complete", "`acceptSupplement`"),
    (
        "supplement",
        "refused because it came too late",
        "`stopProcessing`",
    ),
    (
        "fee",
        "none",
        "nothing is recorded; whatever is not recorded is not owed",
    ),
    (
        "fee",
        "before acceptance",
        "`issueFinancialObligation` while `submitted`",
    ),
    (
        "fee",
        "after acceptance",
        "`issueFinancialObligation` from `accepted` on",
    ),
    ("fee", "exempt, with a reason", "`exemptFee`"),
    ("fee", "requested", "`issueFinancialObligation`"),
    (
        "fee",
        "paid, with form, series and number of the receipt",
        "`confirmPayment`, `issueFeeReceipt`",
    ),
    (
        "fee",
        "cancelled, with a reason",
        "`cancelFinancialObligation`",
    ),
    ("fee", "refunded, with a reason", "`refundPayment`"),
    (
        "digitisation",
        "none (0)",
        "`receiveComponent (digitisation: NONE)`",
    ),
    (
        "digitisation",
        "digitised here (1)",
        "`receiveComponent (digitisation: HERE)`",
    ),
    (
        "digitisation",
        "reused from another dossier's paper (2)",
        "`receiveComponent (digitisation: FROM_DOSSIER)`",
    ),
    (
        "digitisation",
        "reused from another dossier's result (3)",
        "`receiveComponent (digitisation: FROM_RESULT)`",
    ),
    (
        "return",
        "at the counter, by post, online",
        "`deliverResult (method: COUNTER)`, `deliverResult (method: POST)`, `deliverResult (method: ONLINE)`",
    ),
    (
        "return",
        "not collected yet",
        "the state `completed`, until `deliverResult`",
    ),
];

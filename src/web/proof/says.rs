//! What a checked receipt proves and what it does not, in plain words. Without witnesses nothing here says more than
//! "sealed, not witnessed".

use crate::api::log::LogProblem;
use crate::domain::dossier::DossierEvent;
use crate::tlog::Steps;
use crate::web::lang::Pair;
use crate::web::tracking::Tone;

/// The outcome as the head of the page says it.
pub struct Verdict {
    pub headline: Pair,
    pub tone: Tone,
    pub tag: Pair,
    /// Whether outside witnesses stand behind it.
    pub witnessed: bool,
}

/// Of a receipt that does not hold.
pub const BROKEN: Pair = ("Không khớp", "Does not hold");

/// How far a published checkpoint may be trusted.
#[must_use]
pub fn sealed(witnessed: bool) -> Pair {
    if witnessed {
        ("Đã niêm phong, có người chứng", "Sealed and witnessed")
    } else {
        (
            "Đã niêm phong, chưa có người chứng",
            "Sealed, not witnessed",
        )
    }
}

#[must_use]
pub fn verdict(steps: &Steps) -> Verdict {
    let standing = steps.standing().filter(|_| steps.holds());
    let Some(standing) = standing else {
        return Verdict {
            headline: (
                "Bằng chứng KHÔNG khớp với ghi nhận",
                "The proof does NOT fit the record",
            ),
            tone: Tone::Bad,
            tag: BROKEN,
            witnessed: false,
        };
    };
    Verdict {
        headline: (
            "Ghi nhận này nằm trong sổ đã niêm phong",
            "This record is in the sealed log",
        ),
        tone: if standing.witnessed {
            Tone::Good
        } else {
            Tone::Info
        },
        tag: sealed(standing.witnessed),
        witnessed: standing.witnessed,
    }
}

/// Of a page that has nothing to check.
#[must_use]
pub fn without_proof(problem: LogProblem) -> Verdict {
    let (headline, tone, tag) = match problem {
        LogProblem::Pending => (
            (
                "Đã ghi, đang chờ niêm phong",
                "Recorded, waiting to be sealed",
            ),
            Tone::Info,
            ("Đang chờ", "Pending"),
        ),
        LogProblem::EntryAltered { .. } => (
            (
                "Ghi nhận KHÔNG còn đúng như lúc niêm phong",
                "The record is NOT the one that was sealed",
            ),
            Tone::Bad,
            BROKEN,
        ),
        LogProblem::Halted(_) => (
            (
                "Chưa kiểm tra được: sổ đã bị lùi lại hoặc rẽ nhánh",
                "Cannot be checked: the log was set back or forked",
            ),
            Tone::Bad,
            ("Đã dừng", "Halted"),
        ),
        LogProblem::NoSuchFact => (
            ("Hồ sơ chưa có kết quả", "There is no result yet"),
            Tone::Info,
            ("Chưa có", "None yet"),
        ),
        LogProblem::PathUnknown
        | LogProblem::NotPublished
        | LogProblem::NothingPublished
        | LogProblem::PositionUnknown
        | LogProblem::BadRequest
        | LogProblem::MethodNotAllowed
        | LogProblem::Unauthenticated
        | LogProblem::Forbidden
        | LogProblem::DossierCodeMalformed
        | LogProblem::UnknownDossier
        | LogProblem::NotKept
        | LogProblem::Unavailable
        | LogProblem::Internal => (
            ("Tạm thời chưa kiểm tra được", "Cannot be checked right now"),
            Tone::Warn,
            ("Chưa kiểm tra", "Not checked"),
        ),
    };
    Verdict {
        headline,
        tone,
        tag,
        witnessed: false,
    }
}

/// What a receipt that holds proves.
#[must_use]
pub fn proves(witnessed: bool) -> Vec<Pair> {
    let mut proves = vec![
        (
            "Đúng từng byte: nội dung của ghi nhận này đứng ở đúng vị trí này trong sổ mà cơ quan đã ký tên niêm phong.",
            "Byte for byte: this record stands at exactly this position of the log that the office has signed.",
        ),
        (
            "Nếu sau này ghi nhận bị sửa, xóa, thay hoặc đổi ngày, ai giữ tệp này cũng chỉ ra được: chữ ký của chính cơ quan làm chứng điều đó.",
            "If the record is changed, deleted, replaced or dated anew, whoever keeps this file can show it: the office's own signature then speaks against the office.",
        ),
        (
            "Các ghi nhận trước của hồ sơ cũng được giữ chặt, vì mỗi ghi nhận mang mã băm của ghi nhận liền trước.",
            "It also holds the dossier's earlier records, as each carries the hash of the one before.",
        ),
    ];
    if witnessed {
        proves.push((
            "Có người chứng bên ngoài đã thấy cùng một sổ, vào giờ ghi ở trên: sửa sổ hay cho mỗi người xem một sổ khác đều bị phát hiện.",
            "Outside witnesses have seen the same log at the hours above: the log is tamper-evident, for them too.",
        ));
    }
    proves
}

/// What the record of a result shows beyond that, and what it leaves open; none for other records.
#[must_use]
pub fn standing(event: &DossierEvent) -> Option<(Pair, Pair)> {
    let shows = match event {
        DossierEvent::ResultSigned(_) | DossierEvent::ResultIssued(_) => (
            "Ở vị trí này, kết quả được ghi là đã ký hoặc đã phát hành và có hiệu lực.",
            "At this position the result was recorded as signed or issued, and in force.",
        ),
        DossierEvent::ResultReplaced(_) => (
            "Ở vị trí này, văn bản mới được ghi là có hiệu lực thay cho văn bản trước.",
            "At this position the new document was recorded as in force in place of the earlier one.",
        ),
        DossierEvent::ResultRevoked(_) => (
            "Ở vị trí này, văn bản được ghi là đã bị thu hồi.",
            "At this position the document was recorded as revoked.",
        ),
        _ => return None,
    };
    let leaves_open = (
        "Sau vị trí này không có gì thay đổi: kết quả có thể đã được thay thế hoặc thu hồi ở một ghi nhận sau. Muốn biết bây giờ ra sao, hãy lấy biên nhận mới nhất.",
        "That nothing came later: the result may have been replaced or revoked by a later record. To know how it stands now, ask for the newest receipt.",
    );
    Some((shows, leaves_open))
}

/// What it does not prove, as a page of the server says it.
#[must_use]
pub fn proves_not(witnessed: bool) -> Vec<Pair> {
    let mut not = proves_not_offline(witnessed);
    not.push((
        "Chính trang này: máy chủ tự kiểm tra mình. Muốn chắc, hãy tải tệp về và kiểm tra trên máy của mình như bên dưới.",
        "This page itself: here the server checks itself. To be sure, take the file home and check it there, as told below.",
    ));
    not
}

/// What it does not prove, wherever it is checked.
#[must_use]
pub fn proves_not_offline(witnessed: bool) -> Vec<Pair> {
    let mut not = Vec::new();
    if !witnessed {
        not.push((
            "Chưa có người chứng bên ngoài: cơ quan vẫn có thể giữ riêng một sổ khác và cho người khác xem. Vì vậy chỉ nói được là “đã niêm phong, chưa có người chứng”.",
            "No outside witness: the office could keep another log and show that to others. So it is called no more than “sealed, not witnessed”.",
        ));
    }
    not.extend([
        (
            "Điều được ghi là đúng sự thật: bằng chứng cho biết cơ quan đã ghi gì và không đổi được nữa, không cho biết họ ghi có đúng không.",
            "That what was written is true: it shows what the office recorded and cannot take back, not whether it was right.",
        ),
        (
            "Mọi việc đã làm đều được ghi: việc không ghi vào sổ thì không có gì để kiểm tra.",
            "That everything was recorded: what never entered the log leaves nothing to check.",
        ),
        (
            "Tên và giấy tờ của ông/bà: chúng không nằm trong sổ, chỉ có cam kết đã làm rối.",
            "Your name and papers: they are not in the log, only salted commitments to them.",
        ),
    ]);
    not
}

//! The index of Decision 766, filled with what the journal tells; what it cannot tell says so and gives no points.

use sqlx::query_scalar;

use super::Query;
use super::experience::{
    DIGITAL_BOTH, FEEDBACK, FEEDBACK_GOOD, PAID, REUSED, SYNCHRONISED, VOICED,
};
use super::groups::{self, Dimension};
use super::measure::{
    CERTIFICATION, CERTIFIED, NO_FIELDS, OFFICE, Outcome, PROCEDURE, RESULTS, Rows, Share,
    is_online, is_published_in_full, procedures_of, shares_by,
};
use super::progress::progress;
use crate::domain::catalogue::publication::{self, PublicationCheck};
use crate::domain::dossier::Channel;
use crate::domain::score::{Element, Index, Measure};
use crate::projections::catalogue::all_published_on;
use crate::projections::{ReadModels, Result};

/// How an element came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementState {
    Computed,
    /// Only somebody outside can count it: no points, and none of those that could be had.
    NeedsOutsideData,
    /// Nothing to divide by: what the index gives then.
    NoDenominator,
}

/// An element with its points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    pub element: Element,
    pub state: ElementState,
    pub share: Option<Share>,
    /// Hundredths of a point; none when it is not counted.
    pub hundredths: Option<u64>,
    /// What was counted, or why nothing was: (Vietnamese, English).
    pub why: (&'static str, &'static str),
}

/// The index for one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    pub index: Index,
    /// In the order of the index.
    pub elements: Vec<Scored>,
}

impl Score {
    /// Hundredths of a point reached, and hundredths that could be had of what was counted.
    #[must_use]
    pub fn total(&self) -> (u64, u64) {
        sum(self.elements.iter())
    }
}

/// Hundredths reached, and that could be had, of the elements that are counted.
pub fn sum<'a>(elements: impl Iterator<Item = &'a Scored>) -> (u64, u64) {
    elements
        .filter_map(|one| Some((one.hundredths?, u64::from(one.element.max) * 100)))
        .fold((0, 0), |(points, of), (more, max)| {
            (points + more, of + max)
        })
}

/// Fills the shipped index.
pub async fn score(models: &ReadModels, query: &Query) -> Result<Score> {
    let index = Index::shipped();
    let mut elements = Vec::new();
    for element in index.groups.iter().flat_map(|group| &group.elements) {
        let (outcome, told) = fill(models, query, element.measure, &index).await?;
        elements.push(scored(element, outcome, told));
    }
    Ok(Score { index, elements })
}

fn scored(element: &Element, outcome: Outcome, told: (&'static str, &'static str)) -> Scored {
    let (state, share, hundredths, why) = match outcome {
        Outcome::Outside(why) => (ElementState::NeedsOutsideData, None, None, why),
        Outcome::Counted(share) => {
            let hundredths = element.hundredths(share.numerator, share.denominator);
            let (state, why) = if share.denominator == 0 {
                let why = (
                    "Không có gì để tính (mẫu số bằng 0).",
                    "There was nothing to count (the denominator is 0).",
                );
                (ElementState::NoDenominator, why)
            } else {
                (ElementState::Computed, told)
            };
            (state, Some(share), hundredths, why)
        }
    };
    Scored {
        element: element.clone(),
        state,
        share,
        hundredths,
        why,
    }
}

type Told = (Outcome, (&'static str, &'static str));

/// What is counted for an element, and in words.
async fn fill(models: &ReadModels, query: &Query, measure: Measure, index: &Index) -> Result<Told> {
    use Measure as M;
    let counted = |share, vi, en| Ok((Outcome::Counted(share), (vi, en)));
    let outside = |vi, en| Ok((Outcome::Outside((vi, en)), (vi, en)));
    match measure {
        M::PublishedOnTime => {
            let share = publications(models, query, |check| check.decided_in_time).await?;
            if share.denominator == 0 {
                return outside(
                    "Chưa thủ tục nào có ngày quyết định công bố và ngày hiệu lực.",
                    "No procedure's record has the dates of its decision: when decided, from when in force.",
                );
            }
            counted(
                share,
                "Thủ tục được quyết định công bố trước ngày hiệu lực ít nhất 5 ngày làm việc (bộ: 20); bị loại: chưa rõ ngày.",
                "Procedures decided at least 5 working days before they took effect (ministries 20); left out: dates unknown.",
            )
        }
        M::UpdatedOnTime => {
            let share = publications(models, query, |check| check.published_in_time).await?;
            if share.denominator == 0 {
                return outside(
                    "Chưa thủ tục nào có ngày quyết định công bố.",
                    "No procedure's record has the date of its decision.",
                );
            }
            counted(
                share,
                "Thủ tục được công khai tại đây trong 5 ngày làm việc sau quyết định (bộ: 10); bị loại: chưa rõ ngày.",
                "Procedures published here within 5 working days of the decision (ministries 10); left out: dates unknown.",
            )
        }
        M::ContentFull => counted(
            procedures(models, query, is_published_in_full),
            "Thủ tục có đủ tên, trình tự, cách thức, thành phần, số lượng hồ sơ, thời hạn, đối tượng và cơ quan thực hiện.",
            "Procedures with name, steps, manner, papers, number of sets, deadline, subjects and agency.",
        ),
        M::Synchronised => {
            let any: bool = query_scalar("select exists (select 1 from synchronisation)")
                .fetch_one(models.pool())
                .await?;
            if !any {
                return outside(
                    "Chưa có lần trao đổi nào với Cổng dịch vụ công quốc gia được ghi.",
                    "No exchange with the national portal was recorded.",
                );
            }
            counted(
                rows(models, query, &SYNCHRONISED, NO_FIELDS).await?,
                "Hồ sơ được Cổng quốc gia xác nhận trên hồ sơ mới tiếp nhận; số báo cáo quốc gia không có ở đây.",
                "Dossiers acknowledged by the national portal of those newly received; the national report's figure is not known here.",
            )
        }
        M::Progress => counted(
            progress(models, query, index.supplements_max()).await?,
            "Theo quy tắc riêng của bộ chỉ số; số bị loại: rút trước khi quá hạn và chuyển cơ quan khác.",
            "By the rules of the index; left out: withdrawn before overdue, and passed on.",
        ),
        M::OnlineProcedures => counted(
            procedures(models, query, is_online),
            "Thủ tục toàn trình và một phần trên thủ tục còn hiệu lực ở cuối kỳ.",
            "Procedures offered fully or in part online of those in force on the last day.",
        ),
        M::OnlineServicesUsed => counted(
            services_used(models, query).await?,
            "Dịch vụ công trực tuyến có hồ sơ trực tuyến mới trong kỳ trên số dịch vụ.",
            "Online services with new online dossiers in the period of all such services.",
        ),
        M::OnlineDossiers => {
            let received = super::count(models, query).await?.received;
            let share = Share {
                numerator: received.online,
                denominator: received.fresh(),
                excluded: received.carried_over,
            };
            counted(
                share,
                "Hồ sơ nộp trực tuyến trên hồ sơ mới; điều kiện có kết quả điện tử chưa xét vì hồ sơ chưa xong.",
                "Filed online of all new; whether an electronic result exists is not asked, for they are not all finished.",
            )
        }
        M::PayableProcedures => outside(
            "Cần danh sách thủ tục đã bật thanh toán trên cổng thanh toán.",
            "The payment gateway's list of payable procedures is needed.",
        ),
        M::PaidProcedures => {
            let shares = shares_by(models, query, &PAID, NO_FIELDS, PROCEDURE).await?;
            let mut share = Share::default();
            for one in shares.values().filter(|one| one.denominator > 0) {
                share.denominator += 1;
                share.numerator += u64::from(one.numerator > 0);
            }
            counted(
                share,
                "Thủ tục có hồ sơ thanh toán trực tuyến trên thủ tục có khoản phải nộp trong kỳ.",
                "Procedures with dossiers paid online of those with something to pay in the period.",
            )
        }
        M::PaidDossiers => counted(
            rows(models, query, &PAID, NO_FIELDS).await?,
            "Hồ sơ thanh toán trực tuyến trên hồ sơ có khoản phải nộp phát sinh trong kỳ và không bị hủy.",
            "Dossiers paid online of those to which something was charged in the period and not cancelled.",
        ),
        M::EResults => counted(
            rows(models, query, &RESULTS, NO_FIELDS).await?,
            "Hồ sơ có kết quả ký số hoặc có tệp kết quả trên hồ sơ có kết quả trong kỳ.",
            "Dossiers whose result is digitally signed or filed, of those with a result in the period.",
        ),
        M::DigitisedComponents => counted(
            rows(models, query, &DIGITAL_BOTH, NO_FIELDS).await?,
            "Hồ sơ có cả thành phần số hóa và kết quả điện tử trên hồ sơ có kết quả trong kỳ.",
            "Dossiers with a digital paper and an electronic result, of those with a result in the period.",
        ),
        M::CertifiedCopies => counted(
            rows(models, query, &CERTIFIED, CERTIFICATION).await?,
            "Hồ sơ chứng thực có bản sao điện tử được chứng thực từ bản chính trên hồ sơ chứng thực có kết quả.",
            "Certifications whose result is an electronic copy certified from the original, of all with a result.",
        ),
        M::Reused => counted(
            rows(models, query, &REUSED, NO_FIELDS).await?,
            "Hồ sơ dùng lại giấy tờ đã số hóa trên hồ sơ mới có ghi thành phần.",
            "Dossiers with a reused paper of the new ones whose papers were entered.",
        ),
        M::PersonalStore => outside(
            "Cần số liệu của kho dữ liệu điện tử của tổ chức, cá nhân.",
            "Figures of the personal document store are needed.",
        ),
        M::CitizenDataDossiers | M::CitizenDataProcedures => outside(
            "Cần số liệu kết nối với Cơ sở dữ liệu quốc gia về dân cư.",
            "Figures of the connection to the population database are needed.",
        ),
        M::ReceptionSatisfaction => {
            let progress = progress(models, query, index.supplements_max()).await?;
            let voiced = rows(models, query, &VOICED, NO_FIELDS).await?;
            let share = Share {
                numerator: progress.numerator.saturating_sub(voiced.numerator),
                ..progress
            };
            counted(
                share,
                "100 % trừ hồ sơ quá hạn và hồ sơ có phản ánh, kiến nghị hoặc đánh giá không hài lòng.",
                "100 % less the overdue and those with feedback or a dissatisfied rating.",
            )
        }
        M::FeedbackOnTime => counted(
            rows(models, query, &FEEDBACK, NO_FIELDS).await?,
            "Phản ánh, kiến nghị mà mọi bước (từ chối, hỏi thêm, chuyển, trả lời, công khai) đúng hạn, trên số nhận trong kỳ đã đến hạn hoặc đã xong.",
            "Feedback with every step by its day (refusing, asking, passing on, answering, publishing) of what came in the period and is closed or due.",
        ),
        M::FeedbackSatisfaction => counted(
            rows(models, query, &FEEDBACK_GOOD, NO_FIELDS).await?,
            "Như trên, trừ phản ánh lặp lại và phản ánh mà người gửi không hài lòng với câu trả lời.",
            "The same less what was raised again and answers that the sender disliked.",
        ),
    }
}

async fn rows(models: &ReadModels, query: &Query, rows: &Rows, fields: &[&str]) -> Result<Share> {
    let mut sum = Share::default();
    let shares = shares_by(models, query, rows, fields, OFFICE).await?;
    for share in shares.into_values() {
        sum.add(share);
    }
    Ok(sum)
}

fn procedures(
    models: &ReadModels,
    query: &Query,
    holds: fn(&crate::domain::catalogue::Procedure) -> bool,
) -> Share {
    let reference = models.reference();
    let mut share = Share::default();
    for procedure in procedures_of(query, &reference) {
        share.denominator += 1;
        share.numerator += u64::from(holds(procedure));
    }
    share
}

/// Procedures in force by one of the publication checks; what cannot be checked is left out.
async fn publications(
    models: &ReadModels,
    query: &Query,
    good: fn(&PublicationCheck) -> Option<bool>,
) -> Result<Share> {
    let published = all_published_on(models).await?;
    let reference = models.reference();
    let mut share = Share::default();
    for procedure in procedures_of(query, &reference) {
        let day = published.get(&(procedure.code.clone(), procedure.version));
        let check = day.map(|day| publication::check(procedure, *day, &reference.calendar));
        match check.as_ref().and_then(good) {
            Some(good) => {
                share.denominator += 1;
                share.numerator += u64::from(good);
            }
            None => share.excluded += 1,
        }
    }
    Ok(share)
}

/// Online services with new online dossiers.
async fn services_used(models: &ReadModels, query: &Query) -> Result<Share> {
    let online = Query {
        channel: Some(Channel::Online),
        ..query.clone()
    };
    let used = groups::by(models, &online, Dimension::Procedure).await?;
    let reference = models.reference();
    let mut share = Share::default();
    for procedure in procedures_of(query, &reference).filter(|one| is_online(one)) {
        let group = used.get(&Some(procedure.code.clone()));
        share.denominator += 1;
        share.numerator += u64::from(group.is_some_and(|group| group.counts.received.online > 0));
    }
    Ok(share)
}

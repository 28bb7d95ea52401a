//! "Say it": the forms with which the holder of a receipt rates the service and sends a report or recommendation.

use std::collections::BTreeMap;

use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::frame::{Door, Frame};
use super::lang::{Lang, Pair};
use super::tracking::RatingForm;
use crate::domain::campaign::{Campaign, Question};
use crate::domain::dossier::{Dossier, FeedbackKind};

/// Characters of a feedback that the api takes.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Rating,
    Feedback,
    /// Say more on a feedback, as the office asked.
    Clarify,
    /// Judge the answer to a feedback.
    Judge,
    /// Answer a campaign.
    Survey,
}

impl Wish {
    /// The last part of its address.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::Rating => "rating",
            Self::Feedback => "feedback",
            Self::Clarify => "clarify",
            Self::Judge => "judge",
            Self::Survey => "survey",
        }
    }

    fn title(self) -> Pair {
        match self {
            Self::Rating => ("Đánh giá việc phục vụ", "Rate the service"),
            Self::Feedback => ("Phản ánh, kiến nghị", "Report or recommend"),
            Self::Clarify => ("Làm rõ phản ánh", "Say more on your feedback"),
            Self::Judge => ("Đánh giá câu trả lời", "Judge the answer"),
            Self::Survey => ("Khảo sát sự hài lòng", "Satisfaction survey"),
        }
    }
}

/// What was typed, to be shown again when something is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub score: Option<u8>,
    pub kind: Option<FeedbackKind>,
    pub text: String,
    pub satisfied: Option<bool>,
    /// By the question's key.
    pub answers: BTreeMap<String, u8>,
}

/// Something wrong, linked to the field it is about.
#[derive(Debug, Clone)]
pub struct Fault {
    pub anchor: &'static str,
    pub says: String,
    pub code: String,
}

/// Why no form is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The receipt's key was not shown, or is another one's or void.
    NoReceipt,
    NotYet,
    Rated,
    FeedbackOpen,
    /// The office asks for nothing more.
    NotAsked,
    /// There is no answer to judge, or it was judged.
    NothingToJudge,
    /// No campaign asks about this dossier today.
    NoSurvey,
}

impl Closed {
    fn says(self) -> [Pair; 2] {
        match self {
            Self::NoReceipt => [
                (
                    "Cần mã trên giấy tiếp nhận",
                    "The code on the receipt is needed",
                ),
                (
                    "Trang này chỉ dành cho người cầm giấy tiếp nhận: xin mở bằng mã QR in trên giấy. Nếu giấy đã được cấp lại, mã cũ không dùng được nữa.",
                    "This page is for whoever holds the receipt: open it by the QR code printed there. If the receipt was issued anew, the old code no longer works.",
                ),
            ],
            Self::NotYet => [
                ("Chưa đến lúc đánh giá", "It is too early to rate"),
                (
                    "Ông/bà đánh giá được sau khi kết quả đã trả. Phản ánh, kiến nghị thì gửi được bất cứ lúc nào.",
                    "You can rate after the result has been handed over. A report or recommendation can be sent at any time.",
                ),
            ],
            Self::Rated => [
                (
                    "Hồ sơ này đã được đánh giá",
                    "This dossier has been rated already",
                ),
                (
                    "Mỗi hồ sơ được đánh giá một lần; đánh giá trước được giữ nguyên.",
                    "A dossier is rated once; the earlier rating stands.",
                ),
            ],
            Self::NotAsked => [
                (
                    "Cơ quan không hỏi thêm điều gì",
                    "The office asks for nothing more",
                ),
                (
                    "Nếu có điều khác cần nói, ông/bà gửi phản ánh khác từ trang hồ sơ.",
                    "If there is something else to say, send another feedback from the dossier’s page.",
                ),
            ],
            Self::NothingToJudge => [
                (
                    "Không có câu trả lời nào chờ đánh giá",
                    "No answer waits to be judged",
                ),
                (
                    "Mỗi câu trả lời được đánh giá một lần, sau khi cơ quan trả lời.",
                    "Each answer is judged once, after the office has given it.",
                ),
            ],
            Self::NoSurvey => [
                (
                    "Không có khảo sát nào dành cho hồ sơ này",
                    "No survey asks about this dossier",
                ),
                (
                    "Khảo sát chỉ hỏi hồ sơ đã kết thúc, trong thời gian của đợt khảo sát, mỗi hồ sơ một lần.",
                    "Surveys ask about ended dossiers, between the days of a campaign, each dossier once.",
                ),
            ],
            Self::FeedbackOpen => [
                (
                    "Phản ánh trước đang chờ trả lời",
                    "An earlier feedback waits for its answer",
                ),
                (
                    "Xin đợi cơ quan trả lời rồi gửi tiếp; hạn trả lời ghi ở trang hồ sơ.",
                    "Please wait for the answer and send another one then; its day stands on the dossier’s page.",
                ),
            ],
        }
    }
}

/// A form with its circumstances.
pub struct Ask<'a> {
    pub wish: Wish,
    pub code: &'a str,
    /// Empty when none was shown that fits.
    pub capability: &'a str,
    pub command: Uuid,
    pub typed: Typed,
    pub faults: Vec<Fault>,
    /// The campaign that is answered.
    pub campaign: Option<&'a Campaign>,
}

#[derive(Template)]
#[template(path = "say.html")]
pub struct SayPage {
    frame: Frame,
    title: &'static str,
    code: String,
    back: String,
    capability: String,
    command: Uuid,
    action: String,
    step: &'static str,
    closed: Option<[&'static str; 2]>,
    rating: Option<RatingForm>,
    writes: bool,
    clarifies: bool,
    judges: bool,
    satisfied: Option<bool>,
    survey: Option<SurveyForm>,
    text: String,
    kinds: [(FeedbackKind, &'static str, &'static str, bool); 2],
    faults: Vec<Fault>,
}

impl SayPage {
    #[must_use]
    pub fn new(frame: Frame, ask: Ask<'_>, dossier: &Dossier, closed: Option<Closed>) -> Self {
        let lang = frame.lang;
        let title = lang.pick(ask.wish.title());
        let key = if ask.capability.is_empty() {
            String::new()
        } else {
            format!("?k={}", ask.capability)
        };
        let place = format!("/t/{}/{}", ask.code, ask.wish.place());
        let action = frame.to(&place);
        let rating = (ask.wish == Wish::Rating && closed.is_none()).then(|| RatingForm {
            chosen: ask.typed.score,
            ..RatingForm::new(action.clone(), ask.capability, ask.command, lang)
        });
        Self {
            title,
            code: ask.code.to_owned(),
            back: frame.to(&format!("/t/{}{key}", ask.code)),
            capability: ask.capability.to_owned(),
            command: ask.command,
            action,
            step: lang.pick(dossier.phase.label()),
            closed: closed.map(|closed| closed.says().map(|pair| lang.pick(pair))),
            rating,
            writes: ask.wish == Wish::Feedback && closed.is_none(),
            clarifies: ask.wish == Wish::Clarify && closed.is_none(),
            judges: ask.wish == Wish::Judge && closed.is_none(),
            satisfied: ask.typed.satisfied,
            survey: ask
                .campaign
                .filter(|_| closed.is_none())
                .map(|campaign| SurveyForm::new(campaign, &ask.typed, lang)),
            kinds: kinds(&ask.typed, lang),
            text: ask.typed.text,
            faults: ask.faults,
            frame: frame.titled(title, Some(Door::Tracking)),
        }
    }
}

/// A campaign's questions, each with its scores from the best.
pub struct SurveyForm {
    code: String,
    name: String,
    questions: Vec<(String, String, Vec<ScoreChoice>)>,
}

struct ScoreChoice {
    score: u8,
    words: &'static str,
    chosen: bool,
}

impl SurveyForm {
    fn new(campaign: &Campaign, typed: &Typed, lang: Lang) -> Self {
        let question = |one: &Question| {
            let choice = |score: u8| ScoreChoice {
                score,
                words: lang.pick(score_words(score, campaign.scale)),
                chosen: typed.answers.get(&one.key) == Some(&score),
            };
            let choices = (1..=campaign.scale).rev().map(choice);
            let text = lang.of(&one.vi, &one.en).clone();
            (one.key.clone(), text, choices.collect())
        };
        Self {
            code: campaign.code.clone(),
            name: lang.of(&campaign.name_vi, &campaign.name_en).clone(),
            questions: campaign.questions.iter().map(question).collect(),
        }
    }
}

/// What a score means; the best two are satisfied.
#[must_use]
pub fn score_words(score: u8, scale: u8) -> Pair {
    match (scale, score) {
        (3, 2) | (5, 4) => ("Hài lòng", "Satisfied"),
        (5, 1) => ("Rất không hài lòng", "Very dissatisfied"),
        (3, 1) | (5, 2) => ("Không hài lòng", "Dissatisfied"),
        (5, 3) => ("Bình thường", "Neither"),
        (_, _) => ("Rất hài lòng", "Very satisfied"), // foreign: scores are numbers
    }
}

fn kinds(typed: &Typed, lang: Lang) -> [(FeedbackKind, &'static str, &'static str, bool); 2] {
    let chosen = typed.kind.unwrap_or(FeedbackKind::Report);
    [
        (
            FeedbackKind::Report,
            "report",
            lang.of(
                "Phản ánh: cách làm việc, thái độ, chậm trễ",
                "Report: how somebody worked or behaved, or was late",
            ),
        ),
        (
            FeedbackKind::Recommendation,
            "recommendation",
            lang.of(
                "Kiến nghị: quy định, thủ tục nên sửa",
                "Recommendation: a rule or procedure that should change",
            ),
        ),
    ]
    .map(|(kind, value, words)| (kind, value, words, kind == chosen))
}

/// The fields of the two forms, as a browser sends them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    pub k: String,
    pub command: String,
    pub score: String,
    pub kind: String,
    pub text: String,
    pub satisfied: String,
    /// Code of the campaign that is answered.
    pub campaign: String,
    /// `q.` and the question's key, with the score.
    #[serde(flatten)]
    pub more: BTreeMap<String, String>,
}

impl Sent {
    #[must_use]
    pub fn typed(&self) -> Typed {
        Typed {
            score: self.score.parse().ok(),
            kind: match self.kind.as_str() {
                "recommendation" => Some(FeedbackKind::Recommendation),
                "report" => Some(FeedbackKind::Report),
                _ => None,
            },
            text: self.text.clone(),
            satisfied: match self.satisfied.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            answers: self.answers(),
        }
    }

    fn answers(&self) -> BTreeMap<String, u8> {
        let given = self.more.iter().filter_map(|(name, score)| {
            let key = name.strip_prefix("q.")?;
            Some((key.to_owned(), score.parse().ok()?))
        });
        given.collect()
    }

    /// One line: the api keeps no control characters, and a text field sends line breaks.
    #[must_use]
    pub fn line(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

//! The first page of the desk: how the proof stands, what there is, and where to begin.

use askama::Template;

use super::saved::SAVED;
use super::{Line, framed};
use crate::api::log::PublicLog;
use crate::domain::detector::Rule;
use crate::domain::time::Moment;
use crate::projections::audit::Counts;
use crate::projections::detector::Window;
use crate::tlog::text;
use crate::web::dates::{self, When};
use crate::web::frame::Frame;
use crate::web::lang::Lang;
use crate::web::tracking::Tone;

#[derive(Template)]
#[template(path = "audit.html")]
pub struct StartPage {
    frame: Frame,
    own: Option<String>,
    seal: Option<SealLine>,
    size: u64,
    counts: Counts,
    rules: Vec<RuleLine>,
    /// Why there are no findings here.
    withheld: bool,
    window: String,
    later: Vec<Line>,
}

/// The state of the proof.
pub struct SealLine {
    tone: Tone,
    says: String,
    size: u64,
    waiting: u64,
    root: Option<String>,
    at: Option<When>,
    witnesses: Vec<String>,
    halted: Option<String>,
}

struct RuleLine {
    code: &'static str,
    name: &'static str,
    count: u64,
}

/// What the page is made from.
pub struct Story {
    pub own: Option<String>,
    pub size: u64,
    pub counts: Counts,
    /// None where findings are withheld.
    pub rules: Option<Vec<(&'static Rule, usize)>>,
    pub window: Window,
    pub later: Vec<Line>,
}

impl StartPage {
    #[must_use]
    pub fn new(frame: Frame, log: Option<&PublicLog>, story: Story) -> Self {
        let lang = frame.lang;
        let title = lang.of("Bàn kiểm tra", "Auditor's desk").to_owned();
        let rule = |(rule, count): (&'static Rule, usize)| RuleLine {
            code: &rule.code,
            name: lang.of(&rule.name_vi, &rule.name_en),
            count: count as u64,
        };
        let window = story.window;
        Self {
            own: story.own,
            seal: log.map(|log| seal(log, story.size, lang)),
            size: story.size,
            counts: story.counts,
            withheld: story.rules.is_none(),
            rules: story
                .rules
                .unwrap_or_default()
                .into_iter()
                .map(rule)
                .collect(),
            window: format!("from={}&to={}", window.from, window.to),
            later: story.later,
            frame: framed(frame, title),
        }
    }
}

fn seal(log: &PublicLog, size: u64, lang: Lang) -> SealLine {
    let status = log.integrity.status();
    let published = status.published.as_ref();
    let sealed = published.map_or(0, |published| published.checkpoint.size);
    let seen = |(name, seconds): &(String, u64)| {
        let at = Moment(
            i64::try_from(*seconds)
                .unwrap_or(0)
                .saturating_mul(Moment::SECOND),
        );
        format!("{name} ({})", dates::short(at, lang).words())
    };
    let witnessed = published.is_some_and(|published| published.standing.witnessed);
    let waiting = size.saturating_sub(sealed);
    let (tone, says) = match (&status.halted, status.stopped, published) {
        (Some(_), _, _) => (
            Tone::Bad,
            lang.of(
                "Sổ không khớp với bản đã niêm phong: hệ thống không nhận thao tác.",
                "The journal is not the one that was sealed: no act is taken.",
            ),
        ),
        (None, Some(_), _) => (
            Tone::Bad,
            lang.of("Việc niêm phong đã dừng.", "Sealing has stopped."),
        ),
        (None, None, None) => (
            Tone::Warn,
            lang.of(
                "Chưa có điểm niêm phong nào.",
                "No checkpoint is published yet.",
            ),
        ),
        (None, None, Some(_)) if waiting > 0 => (
            Tone::Info,
            lang.of(
                "Đã niêm phong, ghi nhận mới nhất đang chờ.",
                "Sealed; the newest facts wait.",
            ),
        ),
        (None, None, Some(_)) if witnessed => (
            Tone::Good,
            lang.of("Đã niêm phong và có người chứng.", "Sealed and witnessed."),
        ),
        (None, None, Some(_)) => (
            Tone::Good,
            lang.of(
                "Đã niêm phong; sổ này chưa nhờ ai làm chứng.",
                "Sealed; this log asks nobody to witness it.",
            ),
        ),
    };
    SealLine {
        tone,
        says: says.to_owned(),
        size: sealed,
        waiting,
        root: published.map(|published| text::encode(&published.checkpoint.root)),
        at: published.map(|published| dates::exact(published.published_at, lang)),
        witnesses: published.map_or_else(Vec::new, |published| {
            published.standing.witnesses.iter().map(seen).collect()
        }),
        halted: status
            .halted
            .as_ref()
            .map(|halted| format!("{}: {}", halted.code, halted.what)),
    }
}

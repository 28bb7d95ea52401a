//! How a dossier stands with the national portal, in one line for its officers.

use super::moment;
use super::told::Portal;
use crate::domain::time::Moment;
use crate::web::dates;
use crate::web::lang::Lang;
use crate::web::tracking::Tone;

const MINUTE: i64 = 60 * Moment::SECOND;

/// What the portal knows, how old that is, and what it is owed; none where the portal is told of no dossier.
pub fn line(told: &Portal, lang: Lang) -> Option<(Tone, String)> {
    let behind = told.behind?;
    let known = known(told, lang);
    let since = told.behind_since.as_deref().and_then(moment);
    let since = since.map_or_else(String::new, |at| dates::short(at, lang).words().to_owned());
    let here = format!("{} – {}", told.status, told.status_label.said(lang));
    Some(match (&told.refusal, behind) {
        (Some(code), true) => {
            let text = match lang {
                Lang::Vi => format!(
                    "từ chối thông tin từ {since} (mã lỗi {code}); ở đây là {here}; {known}."
                ),
                Lang::En => format!(
                    "refused what it was told since {since} (code {code}); here it is {here}; {known}."
                ),
            };
            (Tone::Bad, text)
        }
        (None, true) => {
            let tries = u64::from(told.attempts);
            let tries = match (tries, lang) {
                (0 | 1, _) => String::new(),
                (_, Lang::Vi) => format!(", đã thử {tries} lần"),
                (_, Lang::En) => format!(", tried {tries} times"),
            };
            let text = match lang {
                Lang::Vi => {
                    format!("chưa xác nhận thông tin từ {since}{tries}; ở đây là {here}; {known}.")
                }
                Lang::En => format!(
                    "has not acknowledged what happened since {since}{tries}; here it is {here}; {known}."
                ),
            };
            (Tone::Warn, text)
        }
        (_, false) => {
            let tone = if told.differs { Tone::Warn } else { Tone::Good };
            (tone, format!("{known}."))
        }
    })
}

/// The status acknowledged, and how long ago that was.
fn known(told: &Portal, lang: Lang) -> String {
    let (Some(status), Some(age)) = (told.remote_status, told.age_minutes) else {
        return lang
            .of(
                "Cổng chưa xác nhận lần nào",
                "it never acknowledged anything",
            )
            .to_owned();
    };
    let label = told.remote_status_label.as_ref();
    let label = label.map_or_else(
        || lang.of("mã riêng của Cổng", "a code of its own").to_owned(),
        |label| label.said(lang),
    );
    let age = dates::elapsed(age.saturating_mul(MINUTE), lang);
    let differs = match (told.differs && told.behind == Some(false), lang) {
        (false, _) => String::new(),
        (true, Lang::Vi) => format!(
            "; ở đây là {} – {}",
            told.status,
            told.status_label.said(lang)
        ),
        (true, Lang::En) => format!(
            "; here it is {} – {}",
            told.status,
            told.status_label.said(lang)
        ),
    };
    match lang {
        Lang::Vi => format!("Cổng xác nhận {status} – {label}, cách đây {age}{differs}"),
        Lang::En => format!("it acknowledged {status} – {label}, {age} ago{differs}"),
    }
}

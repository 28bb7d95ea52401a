//! What a client sends and wants: content types read as RFC 9110 and the GraphQL-over-HTTP draft say.

use axum::http::{HeaderMap, header};

/// The two media types a response can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status tells whether the request was good.
    GraphqlResponse,
    /// `application/json`: a GraphQL request that fails is still answered with 200.
    Json,
}

impl Media {
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// The best offered type of the `Accept` headers; `None` when nothing acceptable is offered.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        let mut stated = false;
        for value in headers.get_all(header::ACCEPT) {
            stated = true;
            for range in value.to_str().unwrap_or_default().split(',') {
                let Some((media, weight)) = offered(range) else {
                    continue;
                };
                if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                    best = Some((weight, media));
                }
            }
        }
        match best {
            Some((_, media)) => Some(media),
            None if stated => None,
            None => Some(Self::Json),
        }
    }
}

/// Whether a stream of events is asked for: it alone, or before anything else that is offered.
#[must_use]
pub fn wants_events(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    let mut ranges = values.flat_map(|value| value.to_str().unwrap_or_default().split(','));
    ranges.any(|range| {
        let media = range.split(';').next().unwrap_or_default();
        media.trim().eq_ignore_ascii_case("text/event-stream")
    })
}

/// The type one range asks for, with its weight in thousandths.
fn offered(range: &str) -> Option<(Media, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let media = match parts.next()?.to_ascii_lowercase().as_str() {
        "application/graphql-response+json" => Media::GraphqlResponse,
        "application/json" | "application/*" | "*/*" => Media::Json,
        _ => return None,
    };
    let mut weight = 1_000;
    for parameter in parts {
        let (name, value) = parameter.split_once('=')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => weight = thousandths(value.trim())?,
            "charset" if !is_utf_8(value) => return None,
            _ => {}
        }
    }
    Some((media, weight))
}

/// `0.8` as 800; RFC 9110 allows three digits.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    Some((whole * 1_000 + rest).min(1_000))
}

fn is_utf_8(value: &str) -> bool {
    value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
}

/// Whether the body is said to be JSON in UTF-8. Anything a form could send without asking is not.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let mut parts = value.to_str().unwrap_or_default().split(';').map(str::trim);
    parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) => !name.trim().eq_ignore_ascii_case("charset") || is_utf_8(value),
            None => parameter.is_empty(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header"))])
    }

    #[test]
    fn the_heaviest_offered_type_is_answered_and_of_equals_the_first() {
        let new = Some(Media::GraphqlResponse);
        let old = Some(Media::Json);
        let told = [
            ("*/*", old),
            ("application/*", old),
            ("application/json", old),
            ("application/graphql-response+json", new),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                new,
            ),
            ("application/json, application/graphql-response+json", old),
            (
                "application/json;q=0.5, APPLICATION/graphql-response+json",
                new,
            ),
            ("text/html, */*;q=0.1", old),
            ("application/json; charset=iso-8859-1", None),
            ("application/json;q=0", None),
            ("text/html", None),
            ("", None),
        ];
        for (accept, media) in told {
            assert_eq!(
                Media::accepted(&headers(header::ACCEPT, accept)),
                media,
                "{accept}"
            );
        }
        assert_eq!(Media::accepted(&HeaderMap::new()), old);
    }

    #[test]
    fn only_json_in_utf_8_is_taken() {
        for good in [
            "application/json",
            "application/json; charset=UTF-8",
            "Application/JSON;charset=\"utf-8\"",
        ] {
            assert!(is_json(&headers(header::CONTENT_TYPE, good)), "{good}");
        }
        for bad in [
            "text/plain",
            "application/json; charset=utf-16",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/graphql",
        ] {
            assert!(!is_json(&headers(header::CONTENT_TYPE, bad)), "{bad}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}

//! One request as the pages see it: language, place, who is signed in, and the host it came to.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Uri, header};

use super::Web;
use super::frame::Frame;
use super::lang::Lang;
use crate::domain::actor::Actor;

/// What every handler asks of a request.
#[derive(Debug, Clone)]
pub struct Visit {
    pub lang: Lang,
    /// Path and query without the language.
    pub place: String,
    /// A token that is not valid (any more) reads as the public.
    pub who: Option<Actor>,
    /// Scheme and host for links that leave the screen, without a slash at the end.
    pub base: String,
    /// Where the request came from, as far as rates go.
    pub address: Option<IpAddr>,
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let host = host.filter(|host| is_host(host)).unwrap_or("localhost");
        let base = web.base.clone();
        Ok(Self {
            lang: Lang::asked(asked(&parts.uri)),
            place: place(&parts.uri),
            who: web.api.sign_in.visitor(&parts.headers).await,
            base: base.unwrap_or_else(|| format!("http://{host}")),
            address: web.api.rates.address(&parts.headers, &parts.extensions),
        })
    }
}

impl Visit {
    #[must_use]
    pub fn frame(&self, web: &Web) -> Frame {
        Frame::new(
            self.lang,
            self.place.clone(),
            web.opened(),
            self.who.as_ref(),
        )
        .halted(web.api.halted())
    }
}

fn pairs(uri: &Uri) -> impl Iterator<Item = &str> {
    let query = uri.query().unwrap_or_default();
    query.split('&').filter(|pair| !pair.is_empty())
}

fn asked(uri: &Uri) -> Option<&str> {
    pairs(uri).find_map(|pair| pair.strip_prefix("lang="))
}

fn place(uri: &Uri) -> String {
    let kept: Vec<&str> = pairs(uri)
        .filter(|pair| !pair.starts_with("lang="))
        .collect();
    if kept.is_empty() {
        return uri.path().to_owned();
    }
    format!("{}?{}", uri.path(), kept.join("&"))
}

/// Host names and addresses with a port: nothing that could break out of a link.
fn is_host(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte);
    !text.is_empty() && text.len() <= 255 && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_no_part_of_the_place() {
        let uri: Uri = "/p?q=a%20b&lang=en".parse().expect("a path");
        assert_eq!(place(&uri), "/p?q=a%20b");
        assert_eq!(asked(&uri), Some("en"));
        assert_eq!(place(&Uri::from_static("/?lang=en")), "/");
    }

    #[test]
    fn a_host_that_is_none_is_not_printed() {
        assert!(is_host("127.0.0.1:8080") && is_host("[::1]:8080") && is_host("motcua.vn"));
        assert!(!is_host("a\"><b") && !is_host("") && !is_host("a/b"));
    }
}

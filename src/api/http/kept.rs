//! Answers to everybody, kept for a moment: given again while nothing was recorded since, so that what many look at is made once.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use lru::LruCache;

use super::ACTOR;
use super::media::Media;
use crate::api::access::Address;
use crate::api::live::Token;
use crate::api::rates::Rates;

/// So many answers are kept at most.
const ANSWERS: NonZeroUsize = NonZeroUsize::new(2_048).expect("not zero");
/// A longer one is made each time, in bytes.
const BYTES_MAX: usize = 32 * 1024;
/// Then it is made anew although nothing was recorded: some of what it tells follows the clock.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// What was asked, as its hash: texts that were sent do not outlive their request here.
pub type Question = [u8; 32];

/// An answer as it was given.
#[derive(Clone)]
pub struct Given {
    pub body: Bytes,
    /// What it cost.
    pub points: u32,
    /// Dossiers that were looked up for it by their code alone.
    pub look_ups: usize,
}

/// The answers of one node; clones share them.
#[derive(Clone)]
pub struct Kept(Arc<Mutex<LruCache<Question, Standing>>>);

struct Standing {
    given: Given,
    /// What the read models showed when it was made.
    at: Token,
    made: Instant,
}

impl Default for Kept {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(ANSWERS))))
    }
}

impl Kept {
    /// The answer that stands, if the read models show what they showed then.
    #[must_use]
    pub fn standing(&self, question: &Question, now: Token) -> Option<Given> {
        let mut all = self.all();
        let standing = all.get(question)?;
        if standing.at == now && standing.made.elapsed() < KEPT_FOR {
            return Some(standing.given.clone());
        }
        all.pop(question);
        None
    }

    /// Keeps an answer; the read models showed this, or more, while it was made.
    pub fn keep(&self, question: Question, at: Token, given: Given) {
        if given.body.len() <= BYTES_MAX {
            let made = Instant::now();
            self.all().put(question, Standing { given, at, made });
        }
    }

    fn all(&self) -> MutexGuard<'_, LruCache<Question, Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Given {
    /// Counts it once more. An answer that somebody may not have now is not given to them: who executes the question tells them why.
    #[must_use]
    pub fn is_paid(&self, rates: &Rates, Address(address): Address) -> bool {
        let may_look = (0..self.look_ups).all(|_| rates.look_up(address).is_ok());
        let key = rates.key(None, address);
        may_look && key.is_none_or(|key| rates.spend(&key, self.points).is_ok())
    }
}

/// Whether an answer that others were given will do: nobody in particular asks, without token, session or name, and they do not ask
/// for a new one (`Cache-Control: no-cache`, RFC 9111 §5.2.1.4).
#[must_use]
pub fn will_do(headers: &HeaderMap) -> bool {
    let tells = [
        header::AUTHORIZATION.as_str(),
        header::COOKIE.as_str(),
        ACTOR,
    ];
    let of_somebody = tells.iter().any(|name| headers.contains_key(*name));
    let wishes = headers.get_all(header::CACHE_CONTROL).iter();
    let mut wishes = wishes.filter_map(|wish| wish.to_str().ok());
    !of_somebody && !wishes.any(|wish| wish.contains("no-cache") || wish.contains("no-store"))
}

/// What is noted of an answer while it is made.
#[derive(Debug, Clone, Default)]
pub struct Noted(Arc<Notes>);

#[derive(Debug, Default)]
struct Notes {
    look_ups: AtomicUsize,
    passing: AtomicBool,
}

impl Noted {
    /// A dossier was looked up by its code alone.
    pub fn look_up(&self) {
        self.0.look_ups.fetch_add(1, Ordering::Relaxed);
    }

    /// It tells of what is not in the read models, and may be otherwise the next moment.
    pub fn passing(&self) {
        self.0.passing.store(true, Ordering::Relaxed);
    }

    /// How many dossiers were looked up.
    #[must_use]
    pub fn look_ups(&self) -> usize {
        self.0.look_ups.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.0.passing.load(Ordering::Relaxed)
    }
}

/// What tells one question from another: each text with its length before it.
pub fn question(media: Media, texts: [Option<&str>; 4]) -> Question {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new_with_prefix(media.content_type());
    for text in texts {
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        hash.update(length.to_be_bytes());
        hash.update(text.unwrap_or_default());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};
    use axum::body::Body;
    use axum::extract::State;
    use axum::http::{Request, StatusCode};
    use uuid::Uuid;

    use super::super::tests::endpoint;
    use super::super::{Endpoint, Here, graphql};
    use super::*;
    use crate::api::access::{look_up_within, passing, receipt_shown};
    use crate::api::error::Answered;
    use crate::api::rates::Settings;

    /// How often it was asked.
    struct Query(Arc<AtomicU64>);

    #[Object]
    impl Query {
        async fn times(&self, of: Option<String>) -> String {
            let times = self.0.fetch_add(1, Ordering::Relaxed) + 1;
            format!("{}{times}", of.unwrap_or_default())
        }

        async fn secret(&self, context: &Context<'_>) -> u64 {
            receipt_shown(context);
            self.0.fetch_add(1, Ordering::Relaxed) + 1
        }

        async fn moment(&self, context: &Context<'_>) -> u64 {
            passing(context);
            self.0.fetch_add(1, Ordering::Relaxed) + 1
        }

        async fn looked_up(&self, context: &Context<'_>) -> Answered<u64> {
            let looked = look_up_within(context, context.data_unchecked::<Rates>());
            Some(looked.map(|()| self.0.fetch_add(1, Ordering::Relaxed) + 1))
        }
    }

    type Door = Endpoint<Schema<Query, EmptyMutation, EmptySubscription>>;

    /// A door, and the position that its read models show.
    fn door(rates: &Settings) -> (Door, Arc<AtomicU64>) {
        let position = Arc::new(AtomicU64::new(7));
        let rates = Rates::new(rates);
        let schema = Schema::build(Query(Arc::default()), EmptyMutation, EmptySubscription);
        let schema = schema
            .extension(super::super::cost::Costs)
            .data(rates.clone());
        let shown = Arc::clone(&position);
        let here = move || {
            Here(Token {
                journal: Uuid::nil(),
                next: shown.load(Ordering::Relaxed),
            })
        };
        let door = Endpoint {
            here: Some(Arc::new(here)),
            rates,
            ..endpoint(schema.finish())
        };
        (door, position)
    }

    fn asking(query: &str) -> axum::http::request::Builder {
        let query = query
            .replace(' ', "%20")
            .replace('{', "%7B")
            .replace('}', "%7D");
        Request::get(format!("/graphql?query={}", query.replace('"', "%22")))
    }

    async fn told(door: &Door, request: axum::http::request::Builder) -> String {
        let request = request.body(Body::empty()).expect("a request");
        let response = graphql(State(door.clone()), request).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        let body: serde_json::Value = serde_json::from_slice(&body.expect("a body")).expect("JSON");
        let code = &body["errors"][0]["extensions"]["code"];
        let told = body["data"]
            .as_object()
            .and_then(|data| data.values().next());
        let told = told.filter(|_| code.is_null()).unwrap_or(code);
        told.to_string().replace('"', "")
    }

    #[tokio::test]
    async fn an_answer_to_everybody_is_given_again_until_something_is_recorded() {
        let (door, position) = door(&Settings::unlimited());
        assert_eq!(told(&door, asking("{ times }")).await, "1");
        assert_eq!(told(&door, asking("{ times }")).await, "1");
        assert_eq!(told(&door, asking("{ times(of: \"a\") }")).await, "a2");
        position.store(8, Ordering::Relaxed);
        assert_eq!(told(&door, asking("{ times }")).await, "3");
        assert_eq!(told(&door, asking("{ times }")).await, "3");
    }

    #[tokio::test]
    async fn who_is_somebody_or_wants_a_new_answer_is_answered_anew() {
        let (door, _) = door(&Settings::unlimited());
        assert_eq!(told(&door, asking("{ times }")).await, "1");
        let anew = asking("{ times }").header(header::CACHE_CONTROL, "no-cache");
        assert_eq!(told(&door, anew).await, "2");
        let with_cookie = asking("{ times }").header(header::COOKIE, "a=b");
        assert_eq!(told(&door, with_cookie).await, "3");
        assert_eq!(told(&door, asking("{ times }")).await, "1");
    }

    #[tokio::test]
    async fn what_a_key_opened_is_nobody_elses() {
        let (door, _) = door(&Settings::unlimited());
        assert_eq!(told(&door, asking("{ secret }")).await, "1");
        assert_eq!(told(&door, asking("{ secret }")).await, "2");
    }

    #[tokio::test]
    async fn what_is_not_in_the_read_models_is_told_anew() {
        let (door, _) = door(&Settings::unlimited());
        assert_eq!(told(&door, asking("{ moment }")).await, "1");
        assert_eq!(told(&door, asking("{ moment }")).await, "2");
    }

    #[tokio::test]
    async fn an_answer_given_again_costs_as_much() {
        let rates = Settings {
            rate_address: 1,
            ..Settings::unlimited()
        };
        let (door, _) = door(&rates);
        let from = || {
            let peer = std::net::SocketAddr::from(([192, 0, 2, 1], 9));
            asking("{ times }").extension(axum::extract::ConnectInfo(peer))
        };
        let mut answers = Vec::new();
        for _ in 0..40 {
            let request = from().body(Body::empty()).expect("a request");
            answers.push(graphql(State(door.clone()), request).await.status());
        }
        assert_eq!(answers[0], StatusCode::OK);
        assert_eq!(answers[1], StatusCode::OK);
        assert_eq!(answers.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    }

    #[tokio::test]
    async fn a_dossier_looked_up_is_counted_each_time() {
        let rates = Settings {
            rate_look_ups: 2,
            ..Settings::unlimited()
        };
        let (door, _) = door(&rates);
        let peer = std::net::SocketAddr::from(([192, 0, 2, 1], 9));
        let asked = || asking("{ lookedUp }").extension(axum::extract::ConnectInfo(peer));
        assert_eq!(told(&door, asked()).await, "1");
        assert_eq!(told(&door, asked()).await, "1");
        assert_eq!(told(&door, asked()).await, "RATE_LIMITED");
    }

    #[test]
    fn no_two_questions_are_one() {
        let asked = [
            [Some("a"), None, None, None],
            [None, Some("a"), None, None],
            [Some("a"), Some(""), None, None],
            [Some("a"), None, Some("b"), Some("c")],
            [Some("a"), None, Some("bc"), None],
        ];
        let mut all: Vec<_> = asked.map(|texts| question(Media::Json, texts)).to_vec();
        all.push(question(Media::GraphqlResponse, asked[0]));
        let number = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), number);
    }
}

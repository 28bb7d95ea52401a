//! The provider's keys: kept, and asked for again when a token names one that is not among them or when they are old.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Refused;

// Whoever sends tokens with made-up key names must not make this node flood the provider, and nobody's genuine token may be
// refused for it. So an unknown name is never refused by a limit: questions begin at least PAUSE apart, and a request whose key
// is not known waits for the first question that begins after it came, together with all others that wait. A key that is new
// is thus found at once, or, right after another question, at most PAUSE later; any number of made-up names costs the provider
// one question per PAUSE. A budget per minute would do neither: made-up names would use it up, and the genuine key would be
// refused until the next minute. Who names a known key reads it without waiting for any of this.

/// Between the beginnings of two questions for the keys.
const PAUSE: Duration = Duration::from_secs(1);
/// Keys of this age are asked for again beside the requests that use them: a key that was withdrawn does not stay good.
const OLD: Duration = Duration::from_mins(5);
/// Bits of an RSA modulus, at least (RFC 7518, 3.3).
const MODULUS_BITS_MIN: usize = 2048;

const NONE: Refused = Refused::Token("no such key");

pub struct Keys {
    shared: Arc<Shared>,
}

struct Shared {
    pause: Duration,
    old: Duration,
    held: RwLock<Held>,
    /// When the newest question began. Whoever asks holds it.
    asking: Arc<Mutex<Option<Instant>>>,
}

#[derive(Default)]
struct Held {
    keys: Vec<Arc<Key>>,
    /// The newest question that was answered: when it began, and why it brought no keys, if it brought none.
    answered: Option<(Instant, Option<Refused>)>,
}

/// A public key, ready for use.
pub struct Key {
    jwk: Jwk,
    pub decoding: DecodingKey,
}

impl Default for Keys {
    fn default() -> Self {
        Self::new(PAUSE, OLD)
    }
}

impl Keys {
    fn new(pause: Duration, old: Duration) -> Self {
        let shared = Shared {
            pause,
            old,
            held: RwLock::default(),
            asking: Arc::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The key of this name for this algorithm; without a name the only one there is. `fetch` asks the provider.
    ///
    /// # Errors
    /// [`Refused::Token`] when there is none, and what `fetch` answers.
    pub async fn find<F>(
        &self,
        name: Option<&str>,
        algorithm: Algorithm,
        fetch: impl FnOnce() -> F + Send + 'static,
    ) -> Result<Arc<Key>, Refused>
    where
        F: Future<Output = Result<JwkSet, Refused>> + Send,
    {
        let (came, shared) = (Instant::now(), &self.shared);
        if let Some(key) = shared.known(name, algorithm) {
            shared.renew(fetch);
            return Ok(key);
        }
        let mut began = shared.asking.lock().await;
        if let Some(known) = shared.since(came, name, algorithm) {
            return known;
        }
        if let Some(began) = *began {
            tokio::time::sleep_until(began + shared.pause).await;
        }
        shared.ask(&mut began, fetch).await;
        shared.since(came, name, algorithm).unwrap_or(Err(NONE))
    }
}

impl Shared {
    fn known(&self, name: Option<&str>, algorithm: Algorithm) -> Option<Arc<Key>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        chosen(&held.keys, name, algorithm).cloned()
    }

    /// The key, or that a question which began after `came` did not bring it; none while there is no telling.
    fn since(
        &self,
        came: Instant,
        name: Option<&str>,
        algorithm: Algorithm,
    ) -> Option<Result<Arc<Key>, Refused>> {
        if let Some(key) = self.known(name, algorithm) {
            return Some(Ok(key));
        }
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let answered = held.answered.as_ref();
        let (_, failed) = answered.filter(|(began, _)| *began >= came)?;
        Some(Err(failed.clone().unwrap_or(NONE)))
    }

    /// Asks beside the requests when the keys are old and nobody asks already.
    fn renew<F>(self: &Arc<Self>, fetch: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = Result<JwkSet, Refused>> + Send,
    {
        let Ok(mut began) = Arc::clone(&self.asking).try_lock_owned() else {
            return;
        };
        if began.is_some_and(|began| began.elapsed() < self.old) {
            return;
        }
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            shared.ask(&mut began, fetch).await;
        });
    }

    /// Keys stay as they are when the provider does not answer, or names none that could have signed anything.
    async fn ask<F>(&self, began: &mut Option<Instant>, fetch: impl FnOnce() -> F)
    where
        F: Future<Output = Result<JwkSet, Refused>>,
    {
        let now = Instant::now();
        *began = Some(now);
        let fetched = fetch().await.and_then(|set| {
            let keys: Vec<_> = set.keys.into_iter().filter_map(Key::new).collect();
            let none = || Refused::Unreachable("it names no key that signs".into());
            (!keys.is_empty()).then_some(keys).ok_or_else(none)
        });
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok(keys) => {
                held.keys = keys;
                held.answered = Some((now, None));
            }
            Err(refused) => {
                tracing::warn!(%refused, "the provider's keys stay as they are");
                held.answered = Some((now, Some(refused)));
            }
        }
    }
}

fn chosen<'a>(
    keys: &'a [Arc<Key>],
    name: Option<&str>,
    algorithm: Algorithm,
) -> Option<&'a Arc<Key>> {
    let mut fitting = keys.iter().filter(|key| key.fits(algorithm));
    if let Some(name) = name {
        return fitting.find(|key| key.jwk.common.key_id.as_deref() == Some(name));
    }
    let only = fitting.next();
    only.filter(|_| fitting.next().is_none())
}

impl Key {
    /// None of what cannot sign with an algorithm that is taken.
    fn new(jwk: Jwk) -> Option<Arc<Self>> {
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        let key = Self { jwk, decoding };
        let taken = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
        taken
            .into_iter()
            .any(|algorithm| key.fits(algorithm))
            .then(|| Arc::new(key))
    }

    /// A key signs with one algorithm, and with none that is weaker than it looks.
    fn fits(&self, algorithm: Algorithm) -> bool {
        let about = &self.jwk.common;
        let for_signing = match &about.public_key_use {
            Some(PublicKeyUse::Signature) | None => true,
            Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)) => false,
        };
        let named = about.key_algorithm;
        let named = named.is_none_or(|named| named.to_string() == format!("{algorithm:?}"));
        let of_kind = match (algorithm, &self.jwk.algorithm) {
            (Algorithm::RS256, AlgorithmParameters::RSA(rsa)) => bits(&rsa.n) >= MODULUS_BITS_MIN,
            (Algorithm::ES256, AlgorithmParameters::EllipticCurve(curve)) => {
                curve.curve == EllipticCurve::P256
            }
            (Algorithm::EdDSA, AlgorithmParameters::OctetKeyPair(pair)) => {
                pair.curve == EllipticCurve::Ed25519
            }
            _ => false,
        };
        for_signing && named && of_kind
    }
}

/// Of a number in base64url, without the zeros before it.
fn bits(number: &str) -> usize {
    let bytes = URL_SAFE_NO_PAD.decode(number).unwrap_or_default();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let first = bytes.get(zeros).map_or(8, |byte| byte.leading_zeros());
    ((bytes.len() - zeros) * 8).saturating_sub(first as usize)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::tests::public;
    use super::*;

    /// As fast as a test would have it; what takes no time takes less than a half of each of these.
    const PAUSE: Duration = Duration::from_millis(300);
    const OLD: Duration = Duration::from_millis(900);
    const ANSWER: Duration = Duration::from_millis(200);

    fn keys() -> Keys {
        Keys::new(PAUSE, OLD)
    }

    fn no_time(since: Instant) -> bool {
        since.elapsed() < ANSWER / 2
    }

    /// A provider that counts how often it is asked, and takes its time.
    #[derive(Clone, Default)]
    struct Asked {
        times: Arc<AtomicUsize>,
        names: Arc<RwLock<Vec<&'static str>>>,
    }

    impl Asked {
        fn given(names: &[&'static str]) -> Self {
            let asked = Self::default();
            asked.publishes(names);
            asked
        }

        fn publishes(&self, names: &[&'static str]) {
            *self.names.write().expect("nobody panicked") = names.to_vec();
        }

        fn times(&self) -> usize {
            self.times.load(Ordering::Relaxed)
        }

        async fn find(&self, keys: &Keys, name: Option<&str>) -> Result<Option<String>, Refused> {
            let this = self.clone();
            let fetch = move || async move {
                this.times.fetch_add(1, Ordering::Relaxed);
                let names = this.names.read().expect("nobody panicked").clone();
                tokio::time::sleep(ANSWER).await;
                if names.is_empty() {
                    return Err(Refused::Unreachable("down".into()));
                }
                let keys = names.into_iter().zip(1..);
                let keys = keys.map(|(name, seed)| public(seed, name)).collect();
                Ok(JwkSet { keys })
            };
            let found = keys.find(name, Algorithm::EdDSA, fetch).await?;
            Ok(found.jwk.common.key_id.clone())
        }
    }

    #[tokio::test]
    async fn a_key_is_asked_for_once_and_a_new_one_right_after_another_question() {
        let (keys, asked) = (keys(), Asked::given(&["one"]));
        for _ in 0..3 {
            assert_eq!(asked.find(&keys, Some("one")).await, Ok(Some("one".into())));
        }
        assert_eq!(asked.times(), 1);
        asked.publishes(&["one", "two"]);
        assert_eq!(asked.find(&keys, Some("two")).await, Ok(Some("two".into())));
        assert_eq!(asked.times(), 2);
        // Two keys and no name: nobody guesses.
        assert_eq!(asked.find(&keys, None).await, Err(NONE));
    }

    #[tokio::test]
    async fn all_who_wait_for_a_new_key_share_one_question() {
        let (keys, asked) = (keys(), Asked::given(&["one"]));
        let all = (0..50).map(|_| asked.find(&keys, Some("one")));
        let found = futures_util::future::join_all(all).await;
        assert!(found.iter().all(Result::is_ok));
        assert_eq!(asked.times(), 1);
    }

    #[tokio::test]
    async fn a_question_that_began_before_a_key_was_published_refuses_nobody_who_came_later() {
        let (keys, asked) = (keys(), Asked::given(&["one"]));
        let first = asked.find(&keys, Some("one"));
        let second = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            asked.publishes(&["one", "two"]);
            asked.find(&keys, Some("two")).await
        };
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok());
        assert_eq!(second, Ok(Some("two".into())));
        assert_eq!(asked.times(), 2);
    }

    #[tokio::test]
    async fn made_up_names_cost_one_question_a_pause_and_a_genuine_key_is_found_among_them() {
        let (keys, asked) = (keys(), Asked::given(&["one"]));
        let began = Instant::now();
        let flood = (0..400).map(|at| {
            let (keys, asked) = (&keys, &asked);
            async move {
                tokio::time::sleep(Duration::from_millis(at * 5)).await;
                asked.find(keys, Some(&format!("made-up-{at}"))).await
            }
        });
        let late = |after: u64, name: &'static str| {
            let (keys, asked) = (&keys, &asked);
            async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                asked.publishes(&["one", "two"]);
                let came = Instant::now();
                (asked.find(keys, Some(name)).await, came)
            }
        };
        let genuine = async {
            let (found, came) = late(1_010, "two").await;
            (found, came.elapsed())
        };
        let known = async {
            let (found, came) = late(1_510, "one").await;
            (found, no_time(came))
        };
        let flood = futures_util::future::join_all(flood);
        let (flood, genuine, known) = tokio::join!(flood, genuine, known);
        assert!(flood.iter().all(|found| *found == Err(NONE)));
        assert_eq!(genuine.0, Ok(Some("two".into())));
        // What is under way, the rest of the pause, and its own question.
        assert!(genuine.1 < PAUSE + ANSWER * 2, "{genuine:?}");
        assert_eq!(known, (Ok(Some("one".into())), true));
        let pauses = began.elapsed().as_millis() / PAUSE.as_millis();
        let times = u128::try_from(asked.times()).expect("few");
        assert!(times <= pauses + 1, "{times} in {pauses} pauses");
    }

    #[tokio::test]
    async fn old_keys_are_asked_for_again_beside_the_requests_and_withdrawn_ones_end() {
        let (keys, asked) = (keys(), Asked::given(&["one"]));
        asked.find(&keys, Some("one")).await.expect("known");
        asked.publishes(&["two"]);
        tokio::time::sleep(OLD).await;
        let came = Instant::now();
        asked.find(&keys, Some("one")).await.expect("still known");
        assert!(no_time(came));
        tokio::time::sleep(ANSWER * 2).await;
        assert_eq!(asked.find(&keys, Some("one")).await, Err(NONE));
        assert!(asked.find(&keys, Some("two")).await.is_ok());
    }

    #[tokio::test]
    async fn a_provider_that_is_down_ends_no_known_key_and_says_of_others_that_it_is_down() {
        let (keys, asked) = (keys(), Asked::given(&["one"]));
        asked.find(&keys, Some("one")).await.expect("known");
        asked.publishes(&[]);
        for _ in 0..2 {
            tokio::time::sleep(OLD).await;
            let came = Instant::now();
            assert!(asked.find(&keys, Some("one")).await.is_ok() && no_time(came));
        }
        let other = asked.find(&keys, Some("two")).await;
        assert_eq!(other, Err(Refused::Unreachable("down".into())));
    }

    #[test]
    fn a_key_for_something_else_signs_nothing() {
        let key = Key::new(public(1, "one")).expect("a key");
        assert!(key.fits(Algorithm::EdDSA));
        assert!(!key.fits(Algorithm::RS256) && !key.fits(Algorithm::ES256));
        let mut encrypting = public(1, "one");
        encrypting.common.public_key_use = Some(PublicKeyUse::Encryption);
        assert!(Key::new(encrypting).is_none());
    }

    #[test]
    fn a_modulus_is_as_long_as_its_number_whatever_stands_before_it() {
        let number = |zeros: usize, first: u8, rest: usize| {
            let bytes = [vec![0; zeros], vec![first], vec![255; rest]].concat();
            bits(&URL_SAFE_NO_PAD.encode(bytes))
        };
        assert_eq!(number(0, 0x80, 255), 2048);
        assert_eq!(number(1, 0x80, 255), 2048);
        assert_eq!(number(0, 0x7f, 255), 2047);
        assert_eq!(number(128, 0x80, 127), 1024);
        assert_eq!((bits(""), bits("!")), (0, 0));
    }
}

//! How much one caller may ask for: a bucket of points for each, filled evenly. Whoever is signed in has their own; everybody else
//! shares that of their address.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use clap::Args;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Callers that nobody heard of for a while are forgotten when so many questions came.
const SWEEP: u32 = 10_000;
const DAY: Duration = Duration::from_hours(24);
/// Seconds that a bucket takes to fill.
const FILLING: u32 = 20;

/// Settings of the rates; 0 is without end.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Points a second for an address that is not signed in; twenty seconds' worth may be spent at once. 0: no limit.
    #[arg(
        long,
        value_name = "POINTS",
        default_value_t = 500,
        env = "MOTCUA_RATE_ADDRESS"
    )]
    pub rate_address: u32,
    /// Points a second for whoever is signed in; twenty seconds' worth may be spent at once. 0: no limit.
    #[arg(
        long,
        value_name = "POINTS",
        default_value_t = 5_000,
        env = "MOTCUA_RATE_TOKEN"
    )]
    pub rate_token: u32,
    /// Dossiers a minute that an address may look up by their code alone; as many may be looked up at once. 0: no limit.
    #[arg(
        long,
        value_name = "DOSSIERS",
        default_value_t = 60,
        env = "MOTCUA_RATE_LOOK_UPS"
    )]
    pub rate_look_ups: u32,
    /// Megabytes of files that one caller may bring in a day; as many may be brought at once. 0: no limit.
    #[arg(
        long,
        value_name = "MEGABYTES",
        default_value_t = 2_000,
        env = "MOTCUA_RATE_FILES"
    )]
    pub rate_files: u32,
    /// Proxies in front of this node that add to `X-Forwarded-For`: so many addresses from its end is the caller's.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 0,
        env = "MOTCUA_TRUSTED_PROXIES"
    )]
    pub trusted_proxies: usize,
}

impl Settings {
    /// Whoever asks, as often as they like.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            rate_address: 0,
            rate_token: 0,
            rate_look_ups: 0,
            rate_files: 0,
            trusted_proxies: 0,
        }
    }
}

/// Whose bucket it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Of IPv6 its first 64 bits, which is what one household has.
    Address(IpAddr),
    /// Whose token or key it is.
    Caller(u64),
}

/// Too much was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// Ask again after so long; whole seconds, at least one.
    pub retry_after: Duration,
}

/// What a bucket holds after something was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// What it holds when it is full.
    pub maximum: u32,
    /// Points it is filled with in a second.
    pub restored_per_second: u32,
}

/// The buckets of one node; clones share them.
#[derive(Clone)]
pub struct Rates(Arc<Buckets>);

struct Buckets {
    addresses: Option<Limit>,
    actors: Option<Limit>,
    look_ups: Option<Limit>,
    files: Option<Limit>,
    trusted_proxies: usize,
    asked: AtomicU32,
}

struct Limit {
    limiter: DefaultKeyedRateLimiter<Key>,
    bucket: Bucket,
}

impl Limit {
    fn points(per_second: u32) -> Option<Self> {
        let rate = NonZeroU32::new(per_second)?;
        let maximum = rate.saturating_mul(NonZeroU32::new(FILLING)?);
        Some(Self {
            limiter: RateLimiter::keyed(Quota::per_second(rate).allow_burst(maximum)),
            bucket: Bucket {
                maximum: maximum.get(),
                restored_per_second: rate.get(),
            },
        })
    }

    fn a_minute(number: u32) -> Option<Self> {
        let rate = NonZeroU32::new(number)?;
        Some(Self {
            limiter: RateLimiter::keyed(Quota::per_minute(rate)),
            bucket: Bucket {
                maximum: number,
                restored_per_second: number / 60,
            },
        })
    }

    fn a_day(number: u32) -> Option<Self> {
        let burst = NonZeroU32::new(number)?;
        let quota = Quota::with_period(DAY.checked_div(number)?)?;
        Some(Self {
            limiter: RateLimiter::keyed(quota.allow_burst(burst)),
            bucket: Bucket {
                maximum: number,
                restored_per_second: 0,
            },
        })
    }

    /// More than a bucket can ever hold is taken as all of it.
    fn take(&self, key: &Key, points: u32) -> Result<(), Exceeded> {
        let points = points.clamp(1, self.bucket.maximum);
        let points = NonZeroU32::new(points).unwrap_or(NonZeroU32::MIN);
        match self.limiter.check_key_n(key, points) {
            Ok(Ok(())) | Err(_) => Ok(()),
            Ok(Err(until)) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                let retry_after = Duration::from_secs(wait.as_secs() + 1);
                Err(Exceeded { retry_after })
            }
        }
    }
}

impl Rates {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self(Arc::new(Buckets {
            addresses: Limit::points(settings.rate_address),
            actors: Limit::points(settings.rate_token),
            look_ups: Limit::a_minute(settings.rate_look_ups),
            files: Limit::a_day(settings.rate_files),
            trusted_proxies: settings.trusted_proxies,
            asked: AtomicU32::new(0),
        }))
    }

    /// Who asks, as far as rates go: the id of who is signed in, else the address. None when nothing is known, or the machine
    /// itself asks.
    #[must_use]
    pub fn key(&self, caller: Option<u64>, address: Option<IpAddr>) -> Option<Key> {
        let caller = caller.map(Key::Caller);
        caller.or_else(|| address.map(Key::Address))
    }

    /// Takes the points of a question out of the caller's bucket.
    ///
    /// # Errors
    /// [`Exceeded`] when it does not hold so many.
    pub fn spend(&self, key: &Key, points: u32) -> Result<Option<Bucket>, Exceeded> {
        let limit = match key {
            Key::Address(_) => &self.0.addresses,
            Key::Caller(_) => &self.0.actors,
        };
        self.sweep();
        let Some(limit) = limit else {
            return Ok(None);
        };
        limit.take(key, points)?;
        Ok(Some(limit.bucket))
    }

    /// Counts a dossier that is looked up by its code alone: codes follow each other, and nobody is to read them all.
    ///
    /// # Errors
    /// [`Exceeded`] after too many.
    pub fn look_up(&self, address: Option<IpAddr>) -> Result<(), Exceeded> {
        self.sweep();
        match (&self.0.look_ups, address) {
            (Some(limit), Some(address)) => limit.take(&Key::Address(address), 1),
            (None, _) | (_, None) => Ok(()),
        }
    }

    /// Counts megabytes of files that a caller brings.
    ///
    /// # Errors
    /// [`Exceeded`] after too many.
    pub fn bring(&self, key: &Key, megabytes: u32) -> Result<(), Exceeded> {
        self.sweep();
        let limit = self.0.files.as_ref();
        limit.map_or(Ok(()), |limit| limit.take(key, megabytes))
    }

    /// The address a request came from. None for this machine itself, which a proxy that says nothing looks like.
    #[must_use]
    pub fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(address)| address.ip());
        let address = match self.0.trusted_proxies {
            0 => peer,
            proxies => forwarded(headers, proxies).or(peer),
        };
        address
            .map(|address| household(address.to_canonical()))
            .filter(|address| !address.is_loopback())
    }

    fn sweep(&self) {
        if self.0.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            let buckets = &self.0;
            let limits = [
                &buckets.addresses,
                &buckets.actors,
                &buckets.look_ups,
                &buckets.files,
            ];
            for limit in limits.into_iter().flatten() {
                limit.limiter.retain_recent();
            }
        }
    }
}

/// The address that the outermost trusted proxy saw. What stands before it anybody may have written.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let values = headers.get_all("x-forwarded-for").iter();
    let named: Vec<&str> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let place = named.len().checked_sub(proxies)?;
    named.get(place)?.trim().parse().ok()
}

fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, u16::from(address.is_loopback())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates() -> Rates {
        Rates::new(&Settings {
            rate_address: 10,
            rate_token: 0,
            rate_look_ups: 3,
            rate_files: 20,
            trusted_proxies: 2,
        })
    }

    fn key(last: u8) -> Key {
        Key::Address(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn a_bucket_is_emptied_by_one_caller_and_not_for_another() {
        let rates = rates();
        let bucket = rates.spend(&key(1), 150).expect("enough");
        assert_eq!(bucket.map(|bucket| bucket.maximum), Some(200));
        let exceeded = rates.spend(&key(1), 100).expect_err("too much");
        assert!(
            (5..=7).contains(&exceeded.retry_after.as_secs()),
            "{exceeded:?}"
        );
        assert!(rates.spend(&key(1), 40).is_ok() && rates.spend(&key(2), 200).is_ok());
        let actor = Key::Caller(7);
        assert_eq!(rates.spend(&actor, u32::MAX), Ok(None), "no limit");
        assert!(rates.spend(&key(3), u32::MAX).is_ok(), "all of it, once");
    }

    #[test]
    fn look_ups_are_counted_by_address() {
        let rates = rates();
        let address = |last| Some(IpAddr::from([192, 0, 2, last]));
        for _ in 0..3 {
            assert_eq!(rates.look_up(address(1)), Ok(()));
        }
        assert!(rates.look_up(address(1)).is_err());
        assert!(rates.look_up(address(2)).is_ok() && rates.look_up(None).is_ok());
    }

    #[test]
    fn megabytes_of_files_are_counted_by_caller_for_a_day() {
        let (rates, one, other) = (rates(), Key::Caller(1), Key::Caller(2));
        assert_eq!(rates.bring(&one, 15), Ok(()));
        let exceeded = rates.bring(&one, 10).expect_err("too much");
        let wait = exceeded.retry_after.as_secs();
        assert!((5 * 4_320 - 60..=5 * 4_320 + 1).contains(&wait), "{wait}");
        assert!(rates.bring(&one, 5).is_ok() && rates.bring(&other, 20).is_ok());
    }

    #[test]
    fn an_address_is_the_one_that_the_outermost_trusted_proxy_saw() {
        let headers = |text: &str| {
            HeaderMap::from_iter([(
                "x-forwarded-for".parse().expect("a name"),
                text.parse().expect("a value"),
            )])
        };
        let address = |text| rates().address(&headers(text), &Extensions::new());
        let told = |last| Some(IpAddr::from([192, 0, 2, last]));
        assert_eq!(address("10.0.0.1, 192.0.2.7, 192.0.2.8"), told(7));
        assert_eq!(address("192.0.2.7,192.0.2.8"), told(7));
        assert_eq!(address("192.0.2.8"), None, "not by as many proxies");
        assert_eq!(address("rubbish, 192.0.2.8"), None);
        assert_eq!(address("127.0.0.1, 192.0.2.8"), None);
        assert_eq!(address("::ffff:192.0.2.9, x"), told(9));
        let six = address("2001:db8:1:2:3:4:5:6, x");
        assert_eq!(six, "2001:db8:1:2::".parse().ok());
        assert_eq!(address("::1, x"), None);
    }
}

//! Calls to addresses that a receiver has chosen: never into the networks behind the office's own doors (server-side
//! request forgery, OWASP API7:2023). Names are resolved here, and the address that was looked at is the one called.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, RequestBuilder};
use url::{Host, Url};

use super::{made, plain};

/// IANA's special-purpose IPv4 blocks (RFC 6890 and its registry), and multicast.
const SPECIAL_V4: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];
/// What is assigned to hosts at all in IPv6, and the special blocks within it.
const GLOBAL_V6: &str = "2000::/3";
const SPECIAL_V6: [&str; 5] = [
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
];

/// Networks of the operator's own that may be called, also without encryption.
#[derive(Debug, Clone, Default)]
pub struct Allowed(Vec<IpNet>);

impl Allowed {
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether this address may be called: the operator's own networks always, the public Internet only with encryption.
    fn admits(&self, address: IpAddr, encrypted: bool) -> bool {
        let address = address.to_canonical();
        self.holds(address) || (encrypted && is_public(address))
    }
}

impl Allowed {
    /// Those of the addresses of a name that may be called.
    fn of(
        &self,
        found: impl Iterator<Item = SocketAddr>,
        encrypted: bool,
    ) -> Result<Vec<SocketAddr>, Forbidden> {
        let (good, bad): (Vec<SocketAddr>, Vec<SocketAddr>) =
            found.partition(|address| self.admits(address.ip(), encrypted));
        match bad.first() {
            Some(bad) if good.is_empty() && is_public(bad.ip().to_canonical()) => {
                Err(Forbidden::Unencrypted)
            }
            Some(bad) if good.is_empty() => Err(Forbidden::Private(bad.ip())),
            Some(_) | None => Ok(good),
        }
    }
}

/// Why an address is not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    #[error("not an address of the web: https://…")]
    NotWeb,
    #[error("an address with a name or password in it is not called")]
    Credentials,
    #[error("{0} is not a public address: name its network with --webhook-allow if it is yours")]
    Private(IpAddr),
    #[error(
        "without encryption only networks named with --webhook-allow are called: use https://…"
    )]
    Unencrypted,
}

/// A client that calls only what is allowed.
#[derive(Clone)]
pub struct Guarded {
    allowed: Arc<Allowed>,
    encrypted: Client,
    open: Client,
}

impl Guarded {
    /// Calls are given up after so long altogether.
    #[must_use]
    pub fn new(allowed: Allowed, whole_max: Duration) -> Self {
        let allowed = Arc::new(allowed);
        let client = |encrypted| {
            let resolver = Arc::new(Resolver {
                allowed: Arc::clone(&allowed),
                encrypted,
            });
            made(move || {
                // A proxy would be told the name and look it up by itself.
                plain(whole_max)
                    .timeout(whole_max)
                    .no_proxy()
                    .dns_resolver(Arc::clone(&resolver))
            })
        };
        Self {
            encrypted: client(true),
            open: client(false),
            allowed,
        }
    }

    /// A call to this address.
    ///
    /// # Errors
    /// [`Forbidden`]; for a name, the call itself fails when it leads to an address that is not allowed.
    pub fn post(&self, address: &Url) -> Result<RequestBuilder, Forbidden> {
        let encrypted = self.check(address)?;
        let client = if encrypted {
            &self.encrypted
        } else {
            &self.open
        };
        Ok(client.post(address.clone()))
    }

    /// As [`Guarded::check`], with the name looked up now; a name that leads nowhere yet may do so later.
    pub async fn look_up(&self, address: &Url) -> Result<(), Forbidden> {
        let encrypted = self.check(address)?;
        let Some(Host::Domain(name)) = address.host() else {
            return Ok(());
        };
        match tokio::net::lookup_host((name, 0)).await {
            Ok(found) => self.allowed.of(found, encrypted).map(drop),
            Err(_) => Ok(()),
        }
    }

    /// What can be said of an address before any name is looked up; true when it is encrypted.
    pub fn check(&self, address: &Url) -> Result<bool, Forbidden> {
        let encrypted = match address.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(Forbidden::NotWeb),
        };
        if !address.username().is_empty() || address.password().is_some() {
            return Err(Forbidden::Credentials);
        }
        // reqwest asks no resolver about a number.
        let number = match address.host() {
            Some(Host::Ipv4(number)) => IpAddr::V4(number),
            Some(Host::Ipv6(number)) => IpAddr::V6(number),
            Some(Host::Domain(_)) if encrypted || !self.allowed.0.is_empty() => {
                return Ok(encrypted);
            }
            Some(Host::Domain(_)) => return Err(Forbidden::Unencrypted),
            None => return Err(Forbidden::NotWeb),
        };
        if self.allowed.admits(number, encrypted) {
            Ok(encrypted)
        } else if encrypted || !is_public(number.to_canonical()) {
            Err(Forbidden::Private(number))
        } else {
            Err(Forbidden::Unencrypted)
        }
    }
}

/// Looks names up and forgets every address that may not be called.
struct Resolver {
    allowed: Arc<Allowed>,
    encrypted: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, encrypted) = (Arc::clone(&self.allowed), self.encrypted);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good = allowed.of(found, encrypted)?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    let within = |networks: &[&str]| {
        let mut networks = networks.iter().map(|text| IpNet::from_str(text));
        networks.any(|network| network.is_ok_and(|network| network.contains(&address)))
    };
    match address {
        IpAddr::V4(_) => !within(&SPECIAL_V4),
        IpAddr::V6(_) => within(&[GLOBAL_V6]) && !within(&SPECIAL_V6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(allowed: &[&str]) -> Guarded {
        let networks = allowed.iter().map(|text| text.parse().expect("a network"));
        Guarded::new(Allowed::new(networks.collect()), Duration::from_secs(1))
    }

    #[track_caller]
    fn checked(guarded: &Guarded, address: &str) -> Result<bool, Forbidden> {
        guarded.check(&address.parse().expect("an address"))
    }

    #[test]
    fn every_special_network_is_written_as_a_network() {
        for text in SPECIAL_V4.iter().chain(&SPECIAL_V6).chain([&GLOBAL_V6]) {
            assert!(text.parse::<IpNet>().is_ok(), "{text}");
        }
    }

    #[test]
    fn no_way_of_writing_leads_behind_the_office_s_own_doors() {
        let guarded = guarded(&[]);
        for address in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://10.1.2.3/",
            "https://169.254.169.254/latest/meta-data",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[2002:a00:1::]/",
        ] {
            assert!(
                matches!(checked(&guarded, address), Err(Forbidden::Private(_))),
                "{address}"
            );
        }
        assert_eq!(
            checked(&guarded, "ftp://example.org/"),
            Err(Forbidden::NotWeb)
        );
        assert_eq!(
            checked(&guarded, "https://a:b@example.org/"),
            Err(Forbidden::Credentials)
        );
        for address in ["http://example.org/", "http://1.1.1.1/"] {
            assert_eq!(
                checked(&guarded, address),
                Err(Forbidden::Unencrypted),
                "{address}"
            );
        }
        for address in [
            "https://example.org/",
            "https://1.1.1.1/",
            "https://[2606:4700::1]/",
        ] {
            assert_eq!(checked(&guarded, address), Ok(true), "{address}");
        }
    }

    #[test]
    fn a_network_of_the_operator_s_own_is_called_when_it_is_named() {
        let guarded = guarded(&["10.1.0.0/16"]);
        assert_eq!(checked(&guarded, "http://10.1.2.3/"), Ok(false));
        assert_eq!(checked(&guarded, "https://10.1.2.3/"), Ok(true));
        assert!(checked(&guarded, "https://10.2.0.1/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_called() {
        let called = guarded(&[])
            .post(&"https://localhost:1/".parse().expect("an address"))
            .expect("names are looked up by the call")
            .send()
            .await;
        let told = super::super::cause(&called.expect_err("not called"));
        assert!(told.contains("is not a public address"), "{told}");
    }
}

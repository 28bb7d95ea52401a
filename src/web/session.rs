//! Signing in by the links that a simulated journal prints: one per role, good on the machine itself only.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::respond;
use crate::api::scalar::hex;
use crate::api::sign_in::COOKIE;
use crate::domain::actor::{Actor, NO_OFFICE, Role};
use crate::domain::dossier::Phase;
use crate::projections::audit::{self, Filter, Order};
use crate::projections::tracking::{self, DossierRow};
use crate::projections::{ReadModels, Result};

/// How long a link's session lasts.
pub const SESSION: Duration = Duration::from_hours(12);

/// How long a session lasts that began at the identity provider: a working day.
pub const WORKING_DAY: Duration = Duration::from_hours(9);

/// Bytes of a link's key: 128 bits, as 32 hexadecimal digits.
const KEY_BYTES: usize = 16;

/// Whom a link signs in: (as in the link, role).
pub const PEOPLE: [(&str, Role); 9] = [
    ("citizen", Role::Applicant),
    ("receiver", Role::Receiver),
    ("handler", Role::Handler),
    ("signer", Role::Signer),
    ("auditor", Role::Auditor),
    ("division-head", Role::DivisionHead),
    ("clerk", Role::Clerk),
    ("cashier", Role::Cashier),
    ("manager", Role::CentreManager),
];

/// How many of an office's newest facts are looked through for somebody with a role.
const LOOK_BACK: u32 = 200;

/// A link per role, to be printed: (name, address). `base` is scheme and host.
#[must_use]
pub fn links(base: &str, link_key: &[u8; 32]) -> Vec<(&'static str, String)> {
    let link = |(name, _): (&'static str, Role)| {
        let key = hex(&mac(link_key, name).finalize().into_bytes()[..KEY_BYTES]);
        (name, format!("{base}/sign-in/{name}?k={key}"))
    };
    PEOPLE.into_iter().map(link).collect()
}

/// The role a link means; `None` when it was not printed here.
#[must_use]
pub fn role(name: &str, key: &str, link_key: &[u8; 32]) -> Option<Role> {
    let (name, role) = PEOPLE.into_iter().find(|(known, _)| *known == name)?;
    let bytes = bytes(key).filter(|bytes| bytes.len() == KEY_BYTES)?;
    let mac = mac(link_key, name);
    mac.verify_truncated_left(&bytes).ok().map(|()| role)
}

/// Somebody of the story with a role: the one who acted last at `office`; unless told, where a dossier is under way.
pub async fn actor(models: &ReadModels, role: Role, office: Option<&str>) -> Result<Actor> {
    let unknown = |office: &str| Actor::new(format!("{}-01", role.name()), office, role);
    let office = match role {
        Role::Applicant
        | Role::PaymentGateway
        | Role::ProcedureController
        | Role::Auditor
        | Role::Admin
        | Role::System => NO_OFFICE.to_owned(),
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::CentreManager => match office {
            Some(office) => office.to_owned(),
            None => match newest(models).await? {
                Some(row) => row.office,
                None => return Ok(unknown(NO_OFFICE)),
            },
        },
    };
    let filter = Filter {
        office: Some(office.clone()),
        ..Filter::default()
    };
    let found = audit::search(models, &filter, Order::NewestFirst, None, LOOK_BACK).await?;
    let acted = found
        .rows
        .into_iter()
        .find(|(_, row)| row.actor_role == role);
    Ok(acted.map_or_else(
        || unknown(&office),
        |(_, row)| Actor::new(row.actor_id, row.actor_office, role),
    ))
}

/// Something to look at: among the dossiers accepted last one that is under way and may be named in public.
pub async fn newest(models: &ReadModels) -> Result<Option<DossierRow>> {
    let filter = Filter {
        kind: Some("dossier.accepted".into()),
        ..Filter::default()
    };
    let page = audit::search(models, &filter, Order::NewestFirst, None, LOOK_BACK).await?;
    let ids = page.rows.iter().filter_map(|(_, row)| row.dossier);
    let mut found = tracking::by_ids(models, &ids.collect::<Vec<_>>()).await?;
    found.sort_by_key(|row| {
        let under_way = row.handler.is_some() && row.ended_at.is_none();
        (!row.sensitive, under_way, row.position)
    });
    Ok(found.pop())
}

/// Code of the dossier that an office brought last into a phase by a fact of this kind, if it still is there.
pub async fn waiting(
    models: &ReadModels,
    office: &str,
    kind: &str,
    phase: Phase,
) -> Result<Option<String>> {
    let filter = Filter {
        office: Some(office.to_owned()),
        kind: Some(kind.to_owned()),
        ..Filter::default()
    };
    let page = audit::search(models, &filter, Order::NewestFirst, None, LOOK_BACK).await?;
    let ids = page.rows.iter().filter_map(|(_, row)| row.dossier);
    let found = tracking::by_ids(models, &ids.collect::<Vec<_>>()).await?;
    let here = found
        .into_iter()
        .filter(|row| row.phase == phase && row.office == office);
    Ok(here.max_by_key(|row| row.position).and_then(|row| row.code))
}

/// Whether the request comes from this machine, and not through a proxy on it.
#[must_use]
pub fn is_local(peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
        && !forwarded.iter().any(|name| headers.contains_key(*name))
}

/// On to the pages of the role, with the session's cookie.
pub fn begin(token: &str, role: Role) -> Response {
    let place = match role {
        Role::Auditor | Role::ProcedureController => "/audit",
        Role::Receiver
        | Role::Handler
        | Role::DivisionHead
        | Role::Signer
        | Role::Clerk
        | Role::Cashier
        | Role::CentreManager => "/desk",
        Role::Applicant
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::VerticalAgency
        | Role::Admin
        | Role::System => "/",
    };
    with_cookie(respond::see(place), &cookie(token, SESSION, false))
}

/// On to another page, without it.
pub fn end(place: &str) -> Response {
    with_cookie(respond::see(place), &cookie("", Duration::ZERO, false))
}

/// The session's cookie, which only this site's own pages send.
pub fn cookie(token: &str, age: Duration, secure: bool) -> String {
    let (age, secure) = (age.as_secs(), if secure { "; Secure" } else { "" });
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}")
}

/// The response with one more cookie; kept by nobody.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

fn mac(link_key: &[u8; 32], name: &str) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256>>::new_from_slice(link_key).expect("HMAC takes a key of any length");
    mac.update(b"motcua/sign-in-link/v1\0");
    mac.update(name.as_bytes());
    mac
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    let even = digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    even.then(|| digits.chunks(2).map(pair).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_link_signs_in_its_own_role_and_no_other() {
        let links = links("http://127.0.0.1:8080", &[7; 32]);
        let key = |at: usize| links[at].1.split_once("?k=").expect("a key").1;
        assert_eq!(role("receiver", key(1), &[7; 32]), Some(Role::Receiver));
        assert_eq!(role("auditor", key(1), &[7; 32]), None);
        assert_eq!(role("admin", key(1), &[7; 32]), None);
        assert_eq!(role("receiver", key(1), &[8; 32]), None);
        assert_eq!(role("receiver", &key(1)[..30], &[7; 32]), None);
        assert_eq!(role("receiver", "", &[7; 32]), None);
    }

    #[test]
    fn a_link_is_good_on_the_machine_itself_only() {
        let none = HeaderMap::new();
        let at = |text: &str| text.parse().ok();
        assert!(is_local(at("127.0.0.1:5000"), &none) && is_local(at("[::1]:5000"), &none));
        assert!(is_local(at("[::ffff:127.0.0.1]:5000"), &none));
        assert!(!is_local(at("192.0.2.7:5000"), &none) && !is_local(None, &none));
        let proxied = HeaderMap::from_iter([(
            header::HeaderName::from_static("x-forwarded-for"),
            HeaderValue::from_static("192.0.2.7"),
        )]);
        assert!(!is_local(at("127.0.0.1:5000"), &proxied));
    }
}

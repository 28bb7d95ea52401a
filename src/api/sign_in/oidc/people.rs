//! Whom a provider's claims make of somebody: pseudonym, role and office, by the office's own mapping.

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Url;
use serde_json::{Map, Value};
use sha2::Sha256;

use super::Refused;
use crate::api::scalar::hex;
use crate::domain::actor::{Actor, NO_OFFICE, Role, is_id};
use crate::domain::code::OfficeCode;

/// Where people sign in, and what its claims mean here.
#[derive(Clone)]
pub struct Settings {
    /// The provider's name: an `https` address (plain `http` on this machine only).
    pub issuer: String,
    pub client_id: String,
    /// What bearer tokens must be for: a value of `aud`.
    pub audience: String,
    /// Absent for a public client.
    pub client_secret: Option<String>,
    /// The claim that holds the pseudonym, such as `receiver-07`; of everybody but applicants.
    pub id_claim: String,
    /// The claim that holds one role or a list of them; dots lead into an object.
    pub role_claim: String,
    /// The claim that holds the code of the office; `*` for those who belong to none.
    pub office_claim: String,
    /// What the values of the role claim mean; empty when they are the names of roles.
    pub roles: Vec<(String, Role)>,
    /// The key of applicants' pseudonyms: of [`Settings::CITIZEN_KEY`], the same on all nodes of a journal.
    pub citizen_key: [u8; 32],
}

/// Bytes of a citizen's pseudonym: 96 bits, as 24 hexadecimal digits.
const CITIZEN_BYTES: usize = 12;

/// Settings that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "{0:?} is no address of an identity provider: https://…, and http:// on this machine only"
    )]
    Issuer(String),
    #[error("nobody can be signed in as {0}")]
    Role(&'static str),
}

impl Settings {
    /// What the vault's keys are asked for.
    pub const CITIZEN_KEY: &str = "motcua/citizen/v1";

    /// # Errors
    /// [`SettingsError`] for an issuer that could be overheard, or a mapping to the program itself.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !is_safe(&self.issuer) {
            return Err(SettingsError::Issuer(self.issuer.clone()));
        }
        let system = self.roles.iter().find(|(_, role)| *role == Role::System);
        match system {
            Some((_, role)) => Err(SettingsError::Role(role.name())),
            None => Ok(()),
        }
    }

    /// Who somebody is by these claims; `wanted` chooses among several roles.
    ///
    /// # Errors
    /// What the claims do not say, or say of somebody who cannot be signed in.
    pub fn actor(
        &self,
        claims: &Map<String, Value>,
        wanted: Option<Role>,
    ) -> Result<Actor, Refused> {
        let role = self.role(claims, wanted)?;
        let office = self.office(claims, role)?;
        let id = if role == Role::Applicant {
            self.citizen(claims)
        } else {
            let claimed = values(claims, &self.id_claim);
            claimed.first().map(|id| (*id).to_owned())
        };
        let id = id.filter(|id| is_id(id)).ok_or(Refused::IdUnfit)?;
        Ok(Actor::new(id, office, role))
    }

    /// A citizen's subject at the provider may be an identity number, and never gets into a fact: the pseudonym is a blind index,
    /// HMAC-SHA-256 over issuer and subject, which nobody can try numbers on who lacks the key.
    fn citizen(&self, claims: &Map<String, Value>) -> Option<String> {
        let subject = claims.get("sub").and_then(Value::as_str);
        let subject = subject.filter(|subject| !subject.is_empty())?;
        let mut mac = <Hmac<Sha256>>::new_from_slice(&self.citizen_key)
            .expect("HMAC takes a key of any length");
        mac.update(self.issuer.as_bytes());
        mac.update(&[0]);
        mac.update(subject.as_bytes());
        let digest = mac.finalize().into_bytes();
        Some(format!("citizen-{}", hex(&digest[..CITIZEN_BYTES])))
    }

    fn role(&self, claims: &Map<String, Value>, wanted: Option<Role>) -> Result<Role, Refused> {
        let meant = |value: &str| {
            if self.roles.is_empty() {
                return Role::from_name(value);
            }
            let mut known = self.roles.iter();
            known.find(|(name, _)| name == value).map(|(_, role)| *role)
        };
        let claimed = values(claims, &self.role_claim);
        let mut roles: Vec<Role> = claimed.into_iter().filter_map(meant).collect();
        roles.retain(|role| *role != Role::System);
        roles.sort_unstable();
        roles.dedup();
        match (wanted, roles.as_slice()) {
            (Some(wanted), _) if roles.contains(&wanted) => Ok(wanted),
            (_, []) => Err(Refused::RoleUnknown),
            (_, [role]) => Ok(*role),
            (_, _) => Err(Refused::RoleAmbiguous(roles)),
        }
    }

    /// Nobody gets more by a claim that is missing: whoever may look at all offices is told so by `*`.
    fn office(&self, claims: &Map<String, Value>, role: Role) -> Result<String, Refused> {
        let claimed = values(claims, &self.office_claim);
        let code = || {
            let code: OfficeCode = claimed.first()?.parse().ok()?;
            Some(code.to_string())
        };
        let office = match role {
            Role::Applicant | Role::PaymentGateway => Some(NO_OFFICE.to_owned()),
            Role::ProcedureController | Role::Auditor | Role::Admin => {
                let all = claimed.first().is_some_and(|office| *office == NO_OFFICE);
                all.then(|| NO_OFFICE.to_owned()).or_else(code)
            }
            Role::Receiver
            | Role::Handler
            | Role::DivisionHead
            | Role::Signer
            | Role::Clerk
            | Role::CentreManager
            | Role::Cashier
            | Role::PostalAgent
            | Role::VerticalAgency => code(),
            Role::System => None,
        };
        office.ok_or(Refused::OfficeUnknown)
    }
}

/// The texts of a claim: of its name as it is, else of a path into an object.
fn values<'a>(claims: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    let path = || {
        let mut parts = name.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    };
    match claims.get(name).or_else(path) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            Vec::new()
        }
    }
}

/// Whether an address may be sent secrets: encrypted, or on this machine.
pub fn is_safe(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let local = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    bare && !host.is_empty() && (url.scheme() == "https" || (url.scheme() == "http" && local))
}

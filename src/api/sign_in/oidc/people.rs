//! Whom a provider's claims make of somebody: pseudonym, role and office, by the office's own mapping.

use reqwest::Url;
use serde_json::{Map, Value};

use super::Refused;
use crate::domain::actor::{Actor, NO_OFFICE, Role, is_id};
use crate::domain::code::OfficeCode;

/// Where people sign in, and what its claims mean here.
#[derive(Clone)]
pub struct Settings {
    /// The provider's name: an `https` address (plain `http` on this machine only).
    pub issuer: String,
    pub client_id: String,
    /// Absent for a public client.
    pub client_secret: Option<String>,
    /// The claim that holds the pseudonym, such as `receiver-07`.
    pub id_claim: String,
    /// The claim that holds one role or a list of them; dots lead into an object.
    pub role_claim: String,
    /// The claim that holds the code of the office; `*` for those who belong to none.
    pub office_claim: String,
    /// What the values of the role claim mean; empty when they are the names of roles.
    pub roles: Vec<(String, Role)>,
}

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
        let id = values(claims, &self.id_claim);
        let id = id.first().filter(|id| is_id(id)).ok_or(Refused::IdUnfit)?;
        Ok(Actor::new(*id, office, role))
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

//! Where people sign in on a live journal: the office's identity provider, and what its claims mean here.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use crate::api::sign_in::oidc::{Provider, Settings};
use crate::domain::actor::Role;
use crate::vault::Keys;

const HEADING: &str = "Sign-in (OpenID Connect)";

/// Signing in by OpenID Connect, for pages and desks, and by the provider's bearer tokens.
#[derive(Debug, Clone, Args)]
pub struct Oidc {
    /// Identity provider at which people sign in (authorisation code with PKCE). Register PUBLIC-URL/sign-in/callback there.
    #[arg(
        id = "oidc_issuer", long = "oidc-issuer",
        help_heading = HEADING,
        value_name = "URL",
        env = "MOTCUA_OIDC_ISSUER",
        requires = "oidc_client_id"
    )]
    issuer: Option<String>,
    /// What this node is called there.
    #[arg(
        id = "oidc_client_id", long = "oidc-client-id",
        help_heading = HEADING,
        value_name = "ID",
        env = "MOTCUA_OIDC_CLIENT_ID",
        requires = "oidc_issuer"
    )]
    client_id: Option<String>,
    /// What bearer tokens of the provider are for (`aud`) when they are meant for this API; the client's own id unless told.
    #[arg(
        id = "oidc_audience", long = "oidc-audience",
        help_heading = HEADING,
        value_name = "NAME",
        env = "MOTCUA_OIDC_AUDIENCE",
        requires = "oidc_issuer"
    )]
    audience: Option<String>,
    /// File with the secret it was given there; a public client has none.
    #[arg(
        id = "oidc_client_secret_file", long = "oidc-client-secret-file",
        help_heading = HEADING,
        value_name = "FILE",
        env = "MOTCUA_OIDC_CLIENT_SECRET_FILE",
        requires = "oidc_issuer"
    )]
    client_secret_file: Option<PathBuf>,
    /// Claim with the pseudonym that facts will hold: letters, digits and . _ - :, with a digit, such as receiver-07. Never a name.
    #[arg(
        id = "oidc_id_claim", long = "oidc-id-claim",
        help_heading = HEADING,
        value_name = "CLAIM",
        env = "MOTCUA_OIDC_ID_CLAIM",
        default_value = "sub"
    )]
    id_claim: String,
    /// Claim with one role or a list of them; dots lead into an object (realm_access.roles).
    #[arg(
        id = "oidc_role_claim", long = "oidc-role-claim",
        help_heading = HEADING,
        value_name = "CLAIM",
        env = "MOTCUA_OIDC_ROLE_CLAIM",
        default_value = "role"
    )]
    role_claim: String,
    /// Claim with the code of the office; `*` for auditors, controllers and administrators of all.
    #[arg(
        id = "oidc_office_claim", long = "oidc-office-claim",
        help_heading = HEADING,
        value_name = "CLAIM",
        env = "MOTCUA_OIDC_OFFICE_CLAIM",
        default_value = "office"
    )]
    office_claim: String,
    /// What a value of the role claim means: VALUE=ROLE, such as tiep-nhan=receiver; without any the values are the roles' own
    /// names (receiver, handler, division_head, signer, clerk, centre_manager, cashier, auditor…).
    #[arg(
        id = "oidc_role", long = "oidc-role",
        help_heading = HEADING,
        value_name = "VALUE=ROLE",
        env = "MOTCUA_OIDC_ROLES",
        value_delimiter = ',',
        value_parser = meaning
    )]
    role: Vec<(String, Role)>,
}

/// One pair of the mapping.
fn meaning(text: &str) -> Result<(String, Role), String> {
    let (value, role) = text.rsplit_once('=').ok_or("VALUE=ROLE is needed")?;
    let known = Role::from_name(role.trim()).filter(|role| *role != Role::System);
    let names = || {
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::System);
        roles.map(Role::name).collect::<Vec<_>>().join(", ")
    };
    let role = known.ok_or_else(|| format!("{role:?} is none of {}", names()))?;
    Ok((value.trim().to_owned(), role))
}

impl Oidc {
    /// The provider, if one is set. It is not asked yet. Citizens' pseudonyms come from `keys`.
    pub fn provider(&self, keys: &Keys) -> anyhow::Result<Option<Provider>> {
        let (Some(issuer), Some(client_id)) = (&self.issuer, &self.client_id) else {
            return Ok(None);
        };
        let secret = self.client_secret_file.as_ref().map(|file| {
            let secret = std::fs::read_to_string(file);
            secret.with_context(|| format!("the client secret in {}", file.display()))
        });
        let settings = Settings {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            audience: self.audience.clone().unwrap_or_else(|| client_id.clone()),
            client_secret: secret.transpose()?.map(|secret| secret.trim().to_owned()),
            id_claim: self.id_claim.clone(),
            role_claim: self.role_claim.clone(),
            office_claim: self.office_claim.clone(),
            roles: self.role.clone(),
            citizen_key: keys.derive(Settings::CITIZEN_KEY),
        };
        Ok(Some(Provider::new(settings)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_a_role_that_people_have() {
        assert_eq!(
            meaning("tiep-nhan=receiver"),
            Ok(("tiep-nhan".into(), Role::Receiver))
        );
        let group = meaning("cn=a,ou=b=signer").expect("the last sign counts");
        assert_eq!(group, ("cn=a,ou=b".into(), Role::Signer));
        for bad in ["receiver", "x=", "x=system", "x=Receiver"] {
            assert!(meaning(bad).is_err(), "{bad}");
        }
    }
}

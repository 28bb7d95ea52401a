//! Which document systems there are and whose documents they number: the operator's file, checked.

use std::sync::Arc;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{DocumentSystem, Http};
use crate::domain::actor::{self, Actor, NO_OFFICE, Role};
use crate::domain::code::OfficeCode;
use crate::ports::signature::Secret;

/// A system with its name and the offices whose documents it numbers.
#[derive(Clone)]
pub struct Registry {
    /// In `/documents/{name}`, and in facts as who gave the number.
    pub name: String,
    /// Every office when empty.
    pub offices: Vec<OfficeCode>,
    pub system: Arc<dyn DocumentSystem>,
}

impl Registry {
    #[must_use]
    pub fn serves(&self, office: &str) -> bool {
        self.offices.is_empty() || self.offices.iter().any(|code| code.as_str() == office)
    }

    /// Who records what it has numbered: the program, in this system's name.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::new(&self.name, NO_OFFICE, Role::System)
    }
}

/// The operator's file: `{"systems": […]}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub systems: Vec<Entry>,
}

/// One system in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    name: String,
    url: String,
    #[serde(default)]
    offices: Vec<OfficeCode>,
    /// File that holds the secret and nothing else.
    pub secret_file: Option<String>,
    /// Variable of the environment that holds it.
    pub secret_env: Option<String>,
}

/// What is wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{0}: a name has letters, digits and . _ - with a digit among them, and is given once")]
    Name(String),
    #[error("{0}: an office is served by one system")]
    Office(String),
    #[error("{0}: the secret is whsec_ and base64 of 24 to 64 bytes, one a line")]
    Secret(String),
    #[error("{0}: the address begins with https:// or http://")]
    Address(String),
}

impl Entry {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Settings {
    /// The systems, with the secret that `secret` finds for each entry.
    ///
    /// # Errors
    /// What `secret` says, and [`SettingsError`].
    pub fn registries<E: From<SettingsError>>(
        self,
        mut secret: impl FnMut(&Entry) -> Result<Zeroizing<String>, E>,
    ) -> Result<Vec<Registry>, E> {
        let mut found: Vec<Registry> = Vec::new();
        for entry in self.systems {
            let text = secret(&entry)?;
            let registry = entry.registry(&text)?;
            for known in &found {
                if known.name == registry.name {
                    return Err(SettingsError::Name(registry.name).into());
                }
                let both = registry
                    .offices
                    .iter()
                    .find(|code| known.serves(code.as_str()));
                if both.is_some() || known.offices.is_empty() || registry.offices.is_empty() {
                    return Err(SettingsError::Office(registry.name).into());
                }
            }
            found.push(registry);
        }
        Ok(found)
    }
}

impl Entry {
    fn registry(self, secret: &str) -> Result<Registry, SettingsError> {
        let name = self.name;
        if !actor::is_id(&name) || name.contains(':') {
            return Err(SettingsError::Name(name));
        }
        if !self.url.starts_with("https://") && !self.url.starts_with("http://") {
            return Err(SettingsError::Address(name));
        }
        let secrets: Option<Vec<Secret>> =
            secret.split_ascii_whitespace().map(Secret::read).collect();
        let secrets = secrets
            .filter(|secrets| !secrets.is_empty())
            .ok_or_else(|| SettingsError::Secret(name.clone()))?;
        let system = Http {
            url: self.url,
            secrets,
        };
        Ok(Registry {
            name,
            offices: self.offices,
            system: Arc::new(system),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn registries(systems: &Value) -> Result<Vec<Registry>, SettingsError> {
        let settings: Settings =
            serde_json::from_value(json!({ "systems": systems })).expect("settings");
        settings
            .registries(|entry| Ok(Zeroizing::new(entry.secret_env.clone().unwrap_or_default())))
    }

    fn system(name: &str, url: &str, secret: &str, offices: &[&str]) -> Value {
        json!({"name": name, "url": url, "secretEnv": secret, "offices": offices})
    }

    #[test]
    fn an_office_has_one_system_and_each_name_is_given_once() {
        let url = "https://qlvb.example/in";
        let [one, two] = ["H38.40.01", "H38.40.02"];
        let good = json!([
            system("a-1", url, SECRET, &[one]),
            system("a-2", url, SECRET, &[two])
        ]);
        let found = registries(&good).expect("registries");
        assert!(found[0].serves(one) && !found[0].serves(two));
        let office = SettingsError::Office("a-2".into());
        for (first, second) in [(&[one][..], &[two, one][..]), (&[], &[two]), (&[one], &[])] {
            let both = json!([
                system("a-1", url, SECRET, first),
                system("a-2", url, SECRET, second)
            ]);
            assert_eq!(registries(&both).err(), Some(office.clone()));
        }
        let twice = json!([
            system("a-1", url, SECRET, &[one]),
            system("a-1", url, SECRET, &[two])
        ]);
        assert_eq!(
            registries(&twice).err(),
            Some(SettingsError::Name("a-1".into()))
        );
        let plain = json!([system("a-1", "qlvb.example", SECRET, &[])]);
        assert_eq!(
            registries(&plain).err(),
            Some(SettingsError::Address("a-1".into()))
        );
        let secret = json!([system("a-1", url, "", &[])]);
        assert_eq!(
            registries(&secret).err(),
            Some(SettingsError::Secret("a-1".into()))
        );
    }
}

//! The national portal that a node tells of its dossiers.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::{Host, Url};
use uuid::Uuid;

use super::place::Place;
use super::{outside, payments};
use crate::api::Api;
use crate::domain::reference::JournalKind;
use crate::reactions::portal::{HttpPortal, ObjectKinds, Settings, Teller};

const HEADING: &str = "National portal";

/// Telling the national public-service portal of every dossier.
#[derive(Debug, Clone, Args)]
pub struct Portal {
    /// The portal's, or the exchange's, base address; dossiers are told to it. Live journals alone.
    #[arg(
        id = "portal_url", long = "portal-url",
        help_heading = HEADING,
        value_name = "URL",
        env = "MOTCUA_PORTAL_URL",
        requires = "portal_user"
    )]
    url: Option<Url>,
    /// What this office signs in as there. The password is in MOTCUA_PORTAL_PASSWORD or in a file.
    #[arg(
        id = "portal_user", long = "portal-user",
        help_heading = HEADING,
        value_name = "NAME",
        env = "MOTCUA_PORTAL_USER",
        requires = "portal_url"
    )]
    user: Option<String>,
    /// File with the password, in place of the environment's MOTCUA_PORTAL_PASSWORD.
    #[arg(
        id = "portal_password_file", long = "portal-password-file",
        help_heading = HEADING,
        value_name = "FILE",
        env = "MOTCUA_PORTAL_PASSWORD_FILE",
        requires = "portal_url"
    )]
    password_file: Option<PathBuf>,
    /// Which table of applicants' kinds it reads: current (0 citizen, 1 enterprise) or older (1 citizen, 2 enterprise).
    #[arg(
        id = "portal_object_kinds", long = "portal-object-kinds",
        help_heading = HEADING,
        value_name = "TABLE",
        value_enum, default_value_t,
        env = "MOTCUA_PORTAL_OBJECT_KINDS"
    )]
    object_kinds: ObjectKinds,
    /// What the office is called there (madonvi), when the portal asks for it.
    #[arg(
        id = "portal_unit", long = "portal-unit",
        help_heading = HEADING,
        value_name = "CODE",
        env = "MOTCUA_PORTAL_UNIT",
        requires = "portal_url"
    )]
    unit: Option<String>,
    /// Which system an exchange in between hands it to (header dstcode).
    #[arg(
        id = "portal_destination", long = "portal-destination",
        help_heading = HEADING,
        value_name = "CODE",
        env = "MOTCUA_PORTAL_DESTINATION",
        requires = "portal_url"
    )]
    destination: Option<String>,
    /// Where a session is given, below the base address.
    #[arg(
        id = "portal_sign_in_path", long = "portal-sign-in-path",
        help_heading = HEADING,
        value_name = "PATH",
        default_value = "mapi/login",
        env = "MOTCUA_PORTAL_SIGN_IN_PATH"
    )]
    sign_in_path: String,
    /// Where services are called, below the base address.
    #[arg(
        id = "portal_service_path", long = "portal-service-path",
        help_heading = HEADING,
        value_name = "PATH",
        default_value = "mapi/g",
        env = "MOTCUA_PORTAL_SERVICE_PATH"
    )]
    service_path: String,
    /// Tells an address without encryption: password and personal data go in clear. Only for a line that is protected otherwise.
    #[arg(
        id = "portal_insecure", long = "portal-insecure",
        help_heading = HEADING,
        env = "MOTCUA_PORTAL_INSECURE",
        requires = "portal_url"
    )]
    insecure: bool,
}

impl Portal {
    /// Starts telling, when a portal is named and the journal is an office's own.
    pub async fn start(
        &self,
        place: &Place,
        api: &Api,
        stop: CancellationToken,
    ) -> anyhow::Result<Option<JoinHandle<()>>> {
        let (Some(url), Some(user)) = (&self.url, &self.user) else {
            return Ok(None);
        };
        let Some(desk) = &api.desk else {
            bail!("--portal-url: a copy of somebody else's journal tells nobody");
        };
        if api.office.opened().kind == JournalKind::Simulated {
            bail!(
                "--portal-url: the dossiers of a simulated journal are nobody's; the national portal is told of live ones alone"
            );
        }
        if !matches!(url.scheme(), "https" | "http") || url.cannot_be_a_base() {
            bail!("--portal-url {url}: not an address of the web");
        }
        if url.scheme() == "http" && !is_here(url) {
            if !self.insecure {
                bail!(
                    "--portal-url {url}: password and personal data would go in clear; give an https address, or --portal-insecure on a line that is protected otherwise"
                );
            }
            tracing::warn!(
                "the national portal is told without encryption: password and personal data are in clear on the way"
            );
        }
        let portal = HttpPortal::new(Settings {
            url: url.clone(),
            sign_in_path: self.sign_in_path.clone(),
            service_path: self.service_path.clone(),
            user: user.clone(),
            password: self.password()?,
            unit: self.unit.clone(),
            destination: self.destination.clone(),
            object_kinds: self.object_kinds,
        })
        .context("--portal-sign-in-path and --portal-service-path")?;
        let teller = Teller::new(
            portal,
            outside::work(place).await?,
            (desk.counter.clone(), api.models.clone()),
            (api.journal.clone(), desk.vault.clone()),
            Uuid::from_bytes(outside::random()?),
        );
        Ok(Some(tokio::spawn(teller.run(stop))))
    }

    /// Never printed, and no option: options stand in lists of processes.
    fn password(&self) -> anyhow::Result<String> {
        if let Some(file) = &self.password_file {
            let named = || format!("--portal-password-file {}", file.display());
            let name = file.to_str().with_context(named)?;
            let text = payments::secret(Some(name), None).with_context(named)?;
            return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
        }
        std::env::var("MOTCUA_PORTAL_PASSWORD").context(
            "the portal asks for a password: give --portal-password-file, or set MOTCUA_PORTAL_PASSWORD",
        )
    }
}

/// On this machine: nobody is on the way.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_told_in_clear() {
        let here = |text: &str| is_here(&text.parse().expect("an address"));
        for url in [
            "http://127.0.0.1:8080/",
            "http://127.9.9.9/",
            "http://[::1]/",
            "http://localhost/",
        ] {
            assert!(here(url), "{url}");
        }
        for url in [
            "http://10.0.0.1/",
            "http://localhost.example.vn/",
            "http://127.0.0.1.example.vn/",
            "http://ngsp.example.gov.vn/",
        ] {
            assert!(!here(url), "{url}");
        }
    }
}

//! Through whom people pay: the operator's file of gateways, and the secrets it names.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use zeroize::Zeroizing;

use crate::domain::reference::JournalKind;
use crate::ports::payment::{Settings, Till};

/// Payment through banks and gateways.
#[derive(Debug, Clone, Args)]
pub struct Payments {
    /// File that names the banks and gateways through which people pay: docs/ports/payment.md says how. Secrets stay in files or
    /// in the environment.
    #[arg(long, value_name = "FILE", env = "MOTCUA_PAYMENTS")]
    payments: Option<PathBuf>,
}

impl Payments {
    /// The gateways of the file; none without a file. `own` when this is an office's own node: only its keys make references
    /// by which a payment is found again.
    pub fn tills(&self, own: bool, kind: JournalKind) -> anyhow::Result<Vec<Till>> {
        let Some(path) = &self.payments else {
            return Ok(Vec::new());
        };
        anyhow::ensure!(
            own,
            "--payments is for the office's own node: this one holds a copy"
        );
        anyhow::ensure!(
            kind == JournalKind::Live,
            "--payments: the fees of a simulated journal are nobody's; people pay for live dossiers alone"
        );
        let read = || -> anyhow::Result<Vec<Till>> {
            let settings: Settings = serde_json::from_str(&fs::read_to_string(path)?)?;
            settings.tills(|entry| {
                secret(entry.secret_file.as_deref(), entry.secret_env.as_deref())
                    .with_context(|| format!("gateway {}", entry.name()))
            })
        };
        read().with_context(|| format!("{} names no gateways", path.display()))
    }
}

/// The secret in a file that nobody else may read, or in a variable of the environment.
pub(super) fn secret(
    file: Option<&str>,
    variable: Option<&str>,
) -> anyhow::Result<Zeroizing<String>> {
    match (file, variable) {
        (Some(file), None) => {
            let path = Path::new(file);
            let about = fs::metadata(path).with_context(|| format!("secret file {file}"))?;
            let mode = about.mode() & 0o777;
            let others = mode & 0o077;
            anyhow::ensure!(
                others == 0,
                "secret file {file} may be read by others (mode {mode:o}): chmod 600"
            );
            Ok(Zeroizing::new(fs::read_to_string(path)?))
        }
        (None, Some(variable)) => {
            let value = std::env::var(variable);
            Ok(Zeroizing::new(value.with_context(|| {
                format!("the environment has no {variable}")
            })?))
        }
        (Some(_), Some(_)) | (None, None) => {
            anyhow::bail!("give either secretFile or secretEnv")
        }
    }
}

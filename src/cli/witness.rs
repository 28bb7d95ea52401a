//! `motcua witness`: a witness for the logs of other offices, from nothing in one command.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::routing::get;
use clap::Args;

use super::serve;
use crate::api;
use crate::integrity::witness::Witness;
use crate::tlog::{Policy, VerifierKey};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of this witness: its key, what it cosigned last, evidence. Never restore it from a backup.
    #[arg(long, value_name = "DIR", env = "MOTCUA_WITNESS_STATE")]
    state: PathBuf,
    /// Keys of the logs to witness, as an office prints them at /log/vkey.
    #[arg(long, value_name = "VKEY", num_args = 1.., required_unless_present = "policy")]
    log: Vec<VerifierKey>,
    /// Policy file whose logs to witness, besides --log.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Name of this witness, such as witness.example.org/one; given once, at the first start.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDR:PORT",
        default_value = "127.0.0.1:8090",
        env = "MOTCUA_LISTEN"
    )]
    listen: SocketAddr,
    /// Address at which offices reach this witness.
    #[arg(long, value_name = "URL", env = "MOTCUA_PUBLIC_URL")]
    public_url: Option<String>,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mut logs = arguments.log;
    if let Some(file) = &arguments.policy {
        logs.extend(logs_of(file)?);
    }
    let witness = open(&arguments.state, logs, arguments.name.as_deref())?;
    let listener = serve::bind(arguments.listen).await?;
    let here = format!("http://{}", listener.local_addr()?);
    let url = arguments.public_url.as_ref().unwrap_or(&here);
    print!("{}", welcome(&witness, &arguments.state, url)?);
    let router = Router::new()
        .route("/livez", get(api::health::livez))
        .merge(api::witness::router(witness));
    axum::serve(listener, router)
        .with_graceful_shutdown(serve::signal())
        .await?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the witness in a folder, with what to do when that fails.
pub fn open(
    folder: &Path,
    logs: Vec<VerifierKey>,
    name: Option<&str>,
) -> anyhow::Result<Arc<Witness>> {
    let witness = Witness::open(folder, logs, name)
        .with_context(|| format!("no witness can work in {}", folder.display()))?;
    Ok(Arc::new(witness))
}

fn logs_of(file: &Path) -> anyhow::Result<Vec<VerifierKey>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the policy {}", file.display()))?;
    let policy: Policy = text
        .parse()
        .with_context(|| format!("the policy {}", file.display()))?;
    Ok(policy.logs().iter().map(|log| log.key.clone()).collect())
}

/// What a partner needs next: the key, the lines for the office's policy, something to try.
fn welcome(witness: &Witness, folder: &Path, url: &str) -> anyhow::Result<String> {
    let key = witness.verifier();
    let url = url.trim_end_matches('/');
    let mut text = format!("This witness\n  {key}\n\nIt knows\n");
    let known = witness.known();
    for log in &known {
        let size = log.size.map_or_else(
            || "nothing cosigned yet".to_owned(),
            |size| format!("cosigned up to size {size}"),
        );
        writeln!(text, "  {}  {size}", log.origin)?;
    }
    let log = match witness.logs() {
        [one] => one.to_string(),
        _ => "ITS-OWN-KEY".to_owned(),
    };
    writeln!(
        text,
        "\nThe policy of an office that wants its word; it then starts with `motcua serve --policy FILE`"
    )?;
    writeln!(text, "  log {log}")?;
    writeln!(text, "  witness {} {key} {url}", key.name)?;
    writeln!(text, "  group outside any {}", key.name)?;
    writeln!(text, "  quorum outside")?;
    writeln!(text, "\nTry")?;
    writeln!(text, "  curl {url}/vkey")?;
    writeln!(
        text,
        "  curl -i -d 'old 0' {url}/add-checkpoint       400: the door is open"
    )?;
    for log in &known {
        writeln!(
            text,
            "  curl {url}/{}/checkpoint       what it cosigned last for {}",
            log.hash, log.origin
        )?;
    }
    writeln!(
        text,
        "\nKey and memory are in {}. Never copy this folder to a second witness and never restore it from a backup: a witness that \
         forgets can be made to cosign two histories. Evidence against a log would be in {}.",
        folder.display(),
        folder.join("evidence").display()
    )?;
    if url.contains("//127.") || url.contains("//0.0.0.0") || url.contains("//[::") {
        writeln!(
            text,
            "\nThis address is good on this machine only. For offices: --listen 0.0.0.0:8090 --public-url https://ADDRESS-OF-THIS-WITNESS"
        )?;
    }
    Ok(text)
}

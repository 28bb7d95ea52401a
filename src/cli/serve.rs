//! `motcua serve`: the doors of a journal, until it is told to stop.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::place::{Place, Stores};
use super::progress;
use crate::api::{self, Api};
use crate::projections::{Projector, ReadModels};
use crate::web::{self, Web};

/// How long open requests may take to end after the signal.
const DRAIN: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    listen: Listen,
}

#[derive(Debug, Clone, Args)]
pub struct Listen {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDR:PORT",
        default_value = "127.0.0.1:8080",
        env = "MOTCUA_LISTEN"
    )]
    pub listen: SocketAddr,
    /// Address people reach this node at, for links and QR codes.
    #[arg(long, value_name = "URL", env = "MOTCUA_PUBLIC_URL")]
    pub public_url: Option<String>,
}

impl Listen {
    /// Takes the address before anything else is done: filling read models may take minutes. Whoever calls before the
    /// node serves waits.
    pub async fn bind(&self) -> anyhow::Result<TcpListener> {
        TcpListener::bind(self.listen).await.map_err(|error| {
            let address = self.listen;
            match error.kind() {
                ErrorKind::AddrInUse => anyhow::anyhow!(
                    "{address} is in use by another program: stop it, or choose another address, such as --listen 127.0.0.1:0 \
                     (a free port)"
                ),
                _ => anyhow::anyhow!("cannot listen on {address}: {error}; choose with --listen"),
            }
        })
    }
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let listener = arguments.listen.bind().await?;
    let stores = arguments.place.open().await?;
    let bar = progress::bar("Filling the read models");
    let (models, projector) =
        ReadModels::open_telling(&arguments.place.data, stores.journal.clone(), |pace| {
            bar.set_length(pace.total);
            bar.set_position(pace.done);
        })
        .await?;
    bar.finish_and_clear();
    serve(
        &arguments.place,
        &arguments.listen,
        listener,
        stores,
        models,
        projector,
    )
    .await
}

/// Serves an open node until SIGTERM or Ctrl-C.
pub async fn serve(
    place: &Place,
    listen: &Listen,
    listener: TcpListener,
    stores: Stores,
    models: ReadModels,
    projector: Projector,
) -> anyhow::Result<ExitCode> {
    let address = listener.local_addr()?;
    let public_url = listen
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let stop = CancellationToken::new();
    let following = tokio::spawn(projector.run(stop.clone()));
    let api = Api::new(
        stores.counter,
        models,
        stores.journal,
        stores.vault,
        &stores.keys,
    );
    let pages = Web::new(
        api.clone(),
        stores.keys.derive(Web::KEY),
        listen.public_url.clone(),
    );
    print!(
        "{}",
        super::welcome::text(&api, &pages, &public_url, place).await?
    );
    let router = api::router(api).merge(web::router(pages));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let until = stop.clone();
    tokio::spawn(async move {
        signal().await;
        until.cancel();
    });
    let draining = stop.clone();
    let serving = axum::serve(listener, service)
        .with_graceful_shutdown(async move { draining.cancelled().await });
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = serving => ended?,
        () = deadline => tracing::warn!("open requests were cut off"),
    }
    stop.cancel();
    following.await??;
    Ok(ExitCode::SUCCESS)
}

async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = interrupt => (), _ = terminate.recv() => () }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

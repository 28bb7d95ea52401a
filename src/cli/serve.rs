//! `motcua serve`: the doors of a journal, until it is told to stop.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use super::documents::DocumentSystems;
use super::guard::{destroy_first, forgetting_told, watch_over, witnesses_told};
use super::import::Shadow;
use super::oidc::Oidc;
use super::outside::Outside;
use super::payments::Payments;
use super::place::{Mirrored, Place, Stores};
use super::portal::Portal;
use super::present;
use super::progress;
use super::sealing::{Proof, Sealing};
use super::verify;
use crate::api::http::Documents;
use crate::api::http::limits::Limits;
use crate::api::log::Readers;
use crate::api::sign_in::service::ServiceKeys;
use crate::api::{self, Api, rates};
use crate::domain::reference::JournalKind;
use crate::integrity::fanout::Publisher;
use crate::integrity::{Halted, signer};
use crate::journal::Journal;
use crate::projections::{ProjectionError, Projector, ReadModels};
use crate::reactions;
use crate::vault::Keys;
use crate::web::{self, Web};

/// How long open requests may take to end after the signal.
const DRAIN: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    sealing: Sealing,
}

#[derive(Debug, Clone, Args)]
#[expect(
    clippy::struct_field_names,
    reason = "options are called as they are typed"
)]
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
    /// Show the exact bytes of all facts to everybody and not to auditors alone: no personal data, but the pseudonym of
    /// whoever acted. On by itself for a simulated journal.
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        env = "MOTCUA_PUBLIC_ENTRIES"
    )]
    pub public_entries: Option<bool>,
    /// Whose GraphQL documents are answered: any that fits the schema, or those of this program's own pages, named by
    /// `documentId` and listed at /graphql/documents.json.
    #[arg(
        long,
        value_name = "WHOSE",
        value_enum,
        default_value_t,
        env = "MOTCUA_DOCUMENTS"
    )]
    pub documents: Documents,
    #[command(flatten)]
    pub oidc: Oidc,
    #[command(flatten)]
    pub portal: Portal,
    #[command(flatten)]
    pub limits: Limits,
    #[command(flatten)]
    pub rates: rates::Settings,
    #[command(flatten)]
    pub outside: Outside,
    #[command(flatten)]
    pub payments: Payments,
    #[command(flatten)]
    pub document_systems: DocumentSystems,
    #[command(flatten)]
    pub shadow: Shadow,
}

impl Listen {
    /// Who reads whole entries of this journal.
    fn entries(&self, kind: JournalKind) -> Readers {
        let simulated = kind == JournalKind::Simulated;
        if self.public_entries.unwrap_or(simulated) {
            Readers::Everybody
        } else {
            Readers::Auditors
        }
    }
}

/// Takes the address before anything else is done: filling read models may take minutes. Whoever calls before the node
/// serves waits.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => anyhow::anyhow!(
                "{address} is in use by another program: stop it, or choose another address, such as --listen 127.0.0.1:0 \
                 (a free port)"
            ),
            _ => anyhow::anyhow!("cannot listen on {address}: {error}; choose with --listen"),
        })
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let listener = bind(arguments.listen.listen).await?;
    let Arguments {
        place,
        listen,
        sealing,
    } = &arguments;
    // The proof first: a journal that was set back leaves its evidence also when the read models refuse to follow it.
    let node = if place.is_mirror() {
        let copy = place.open_mirror().await?;
        let proof = sealing.open(place, &copy.journal).await?;
        match open_models(place, &copy.journal).await {
            Ok(reading) => Node::mirrored(copy, reading, proof),
            Err(error) => return unshown(&proof, error),
        }
    } else {
        let stores = place.open().await?;
        let proof = sealing.open(place, &stores.journal).await?;
        match open_models(place, &stores.journal).await {
            Ok(reading) => Node::new(stores, reading, proof),
            Err(error) => return unshown(&proof, error),
        }
    };
    serve(place, listen, listener, node).await
}

/// Read models that refuse a journal which the proof has already found to be another: the proof says it better.
fn unshown(proof: &Proof, error: anyhow::Error) -> anyhow::Result<ExitCode> {
    match proof.integrity.halted() {
        Some(halted) => {
            eprintln!("{}", halt_told(&halted));
            Ok(ExitCode::from(verify::HALTED))
        }
        None => Err(error),
    }
}

/// Why a node takes no commands, and what to do.
fn halt_told(halted: &Halted) -> String {
    format!(
        "HALTED {}: {halted}\nKeep the files as they are. `motcua verify` says what differs; `motcua recover --from-mirror URL|DIR` \
         brings back what was signed and lost.",
        halted.code
    )
}

/// What is served, and what keeps it current.
pub struct Node {
    api: Api,
    keys: Keys,
    projector: Projector,
    proof: Proof,
}

impl Node {
    /// An office's own.
    pub fn new(stores: Stores, (models, projector): (ReadModels, Projector), proof: Proof) -> Self {
        let Stores {
            journal,
            vault,
            keys,
            counter,
        } = stores;
        Self {
            api: Api::new(counter, models, journal, vault, &keys),
            keys,
            projector,
            proof,
        }
    }

    fn mirrored(
        copy: Mirrored,
        (models, projector): (ReadModels, Projector),
        proof: Proof,
    ) -> Self {
        let Mirrored {
            journal,
            keys,
            office,
        } = copy;
        Self {
            api: Api::read_only(office, models, journal, &keys),
            keys,
            projector,
            proof,
        }
    }
}

/// The read models in --data, filled first when there are none of this program's version.
pub async fn open_models(
    place: &Place,
    journal: &Journal,
) -> anyhow::Result<(ReadModels, Projector)> {
    let bar = progress::bar("Filling the read models");
    let opened = ReadModels::open_telling(&place.data, journal.clone(), |pace| {
        bar.set_length(pace.total);
        bar.set_position(pace.done);
    })
    .await;
    bar.finish_and_clear();
    Ok(opened?)
}

/// Whether another process follows into the folder's read models.
pub fn is_in_use(error: &anyhow::Error) -> bool {
    let found = error.downcast_ref::<ProjectionError>();
    matches!(found, Some(ProjectionError::InUse(_)))
}

/// Serves an open node until SIGTERM or Ctrl-C.
pub async fn serve(
    place: &Place,
    listen: &Listen,
    listener: TcpListener,
    node: Node,
) -> anyhow::Result<ExitCode> {
    let Node {
        api,
        keys,
        projector,
        proof,
    } = node;
    let Proof {
        integrity,
        sealer,
        witness,
        nats,
    } = proof;
    let address = listener.local_addr()?;
    let public_url = listen
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let stop = CancellationToken::new();
    let telling_of_itself = match &api.desk {
        Some(desk) => {
            watch_over(&desk.counter, &api.models, &integrity);
            Some(present::tell(place, api.journal.clone(), stop.clone()).await?)
        }
        None => None,
    };
    // What another system tells is only followed: nothing follows from it here.
    let deciding = api.desk.as_ref();
    let deciding = deciding.filter(|desk| desk.counter.opened().kind != JournalKind::Imported);
    let reacting = deciding.map(|desk| {
        let (counter, models) = (desk.counter.clone(), api.models.clone());
        tokio::spawn(reactions::run(counter, models, stop.clone()))
    });
    let tidying = api.desk.as_ref().map(|desk| {
        let (counter, vault) = (desk.counter.clone(), desk.vault.clone());
        let (journal, stop) = (api.journal.clone(), stop.clone());
        tokio::spawn(reactions::tidying::run(counter, journal, vault, stop))
    });
    let erasing = api.desk.as_ref().map(|desk| {
        let (counter, vault) = (desk.counter.clone(), desk.vault.clone());
        let (models, stop) = (api.models.clone(), stop.clone());
        tokio::spawn(reactions::erasing::run(counter, models, vault, stop))
    });
    let keys = Arc::new(keys);
    let telling = match &api.desk {
        Some(_) => Some(
            listen
                .outside
                .start(place, &api, Arc::clone(&keys), stop.clone())
                .await?,
        ),
        None => None,
    };
    let registering = listen
        .document_systems
        .start(place, &api, stop.clone())
        .await?;
    let shadowing = listen.shadow.start(&api, &keys, stop.clone())?;
    let telling_portal = listen.portal.start(place, &api, stop.clone()).await?;
    let following = tokio::spawn(projector.run(stop.clone()));
    destroy_first(&api).await?;
    let sealing = tokio::spawn(sealer.run(stop.clone()));
    let publishing = nats.map(|place| {
        let publisher = Publisher::new(place, integrity.clone());
        tokio::spawn(publisher.run(stop.clone()))
    });
    let own = api.desk.is_some();
    let mut remarks: Vec<String> = integrity
        .halted()
        .as_ref()
        .map(halt_told)
        .into_iter()
        .collect();
    remarks.extend(forgetting_told(&integrity.status()));
    if own && place.keeps_files_to_itself() {
        remarks.push(format!(
            "NOTE: files of papers and results lie in {}/files, on this machine alone. Where more than one node serves this \
             journal, give all of them one shared folder with --files.",
            place.data.display()
        ));
    }
    remarks.extend(witnesses_told(&integrity).await?);
    let kind = api.office.opened().kind;
    let entries = listen.entries(kind);
    let mut api = api
        .with_log(integrity, entries)
        .with_documents(listen.documents)
        .with_public_url(&public_url)
        .with_limits(listen.limits.clone(), &listen.rates)
        .with_tills(listen.payments.tills(own, kind)?)
        .with_registries(listen.document_systems.registries()?)
        .until(stop.clone());
    let keys_folder = signer::folder(&place.keys_folder()?, api.office.opened().id);
    api.sign_in = api.sign_in.with_service_keys(ServiceKeys::new(keys_folder));
    if let Some(provider) = listen.oidc.provider(&keys)? {
        api.sign_in = api.sign_in.with_provider(provider);
    }
    let pages = Web::new(
        api.clone(),
        keys.derive(Web::KEY),
        listen.public_url.clone(),
    )
    .until(stop.clone());
    let mut welcome = super::welcome::text(&api, &pages, &public_url, place).await?;
    for remark in remarks {
        welcome = format!("{welcome}\n{remark}\n");
    }
    print!("{welcome}");
    let mut router = api::router(api).merge(web::router(pages));
    if let Some(witness) = witness {
        println!(
            "\nWitness for sister offices, at {public_url}/witness\n  {}",
            witness.verifier()
        );
        router = router.nest("/witness", api::witness::router(witness));
    }
    // Hashes do not shrink, and streams must not wait for a full block.
    let worthwhile =
        DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"));
    let router = router.layer(axum::middleware::from_fn(api::http::named));
    let router = router.layer(CompressionLayer::new().compress_when(worthwhile));
    until_signalled(listener, router, &stop).await?;
    let others = [
        reacting,
        tidying,
        erasing,
        telling,
        telling_portal,
        registering,
        shadowing,
        telling_of_itself,
        publishing,
    ];
    let ending = async {
        for beside in others.into_iter().flatten() {
            beside.await?;
        }
        following.await??;
        sealing.await??;
        anyhow::Ok(())
    };
    // A store that does not answer would be waited for; nothing acknowledged depends on it.
    let ended = tokio::time::timeout(DRAIN, ending).await;
    ended.unwrap_or_else(|_| {
        tracing::warn!("the store does not answer: what waited for it was cut off");
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Answers until SIGTERM or Ctrl-C, which cancel `stop`; open requests may take a little longer.
pub async fn until_signalled(
    listener: TcpListener,
    router: Router,
    stop: &CancellationToken,
) -> std::io::Result<()> {
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
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn signal() {
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

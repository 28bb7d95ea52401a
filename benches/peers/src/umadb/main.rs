//! How many durable events a second UmaDB takes from 128 concurrent writers.
//!
//! `umadb [SECONDS]` tries both of the server's ways of writing with every number of clients for a moment,
//! measures the fastest for SECONDS (5) and prints one line on standard output. The server is a process of
//! its own, as UmaDB is used, on a free port of the loopback; its data is in a fresh folder inside the
//! current one, which is removed afterwards. Either way the server syncs pages and header before it answers.
//!
//! In the peer's favour nothing is read before an append: the writer knows its stream's last position.

#[path = "../load.rs"]
mod load;

use std::collections::HashMap;
use std::error::Error;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinSet;
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{DcbAppendCondition, DcbEvent, DcbEventStoreAsync as _, DcbQuery, DcbQueryItem};
use umadb_server::{ServerOptions, StorageOptions, start_server_with_options};
use uuid::Uuid;

use crate::load::{EVENTS_PER_STREAM, Fact, Step, WRITERS, dossier_id};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Connections that the writers share.
const CLIENTS: [usize; 3] = [1, 4, 16];
const TRIAL_SECONDS_MAX: u64 = 2;
const START_SECONDS_MAX: u64 = 10;
/// The first argument of the process that is the server.
const SERVE: &str = "serve";

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, address, folder, pipelined] = arguments.as_slice()
        && first == SERVE
    {
        return serve(address, Path::new(folder), pipelined.parse()?).await;
    }
    let seconds = arguments.first().map_or(Ok(5), |text| text.parse())?;

    let trial_seconds = seconds.min(TRIAL_SECONDS_MAX);
    let mut best: Option<(u64, bool, usize)> = None;
    for pipelined in [false, true] {
        for clients in CLIENTS {
            let rate = measure(pipelined, clients, trial_seconds).await?;
            if best.is_none_or(|(best_rate, ..)| rate > best_rate) {
                best = Some((rate, pipelined, clients));
            }
        }
    }
    let (_, pipelined, clients) = best.ok_or("nothing was measured")?;
    let rate = measure(pipelined, clients, seconds).await?;
    println!("umadb events_per_second={rate}");
    Ok(())
}

/// Events per second into an empty store; `pipelined` makes the next batch while the last one is written.
async fn measure(pipelined: bool, clients: usize, seconds: u64) -> Outcome<u64> {
    let server = Server::start(pipelined)?;
    let mut connected = Vec::new();
    for _ in 0..clients {
        connected.push(Arc::new(server.client().await?));
    }
    let payloads = Arc::new(payloads()?);

    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let client = Arc::clone(&connected[number % clients]);
        writers.spawn(write(client, Arc::clone(&payloads), number, until));
    }
    let mut acknowledged = 0;
    while let Some(events) = writers.join_next().await {
        acknowledged += events??;
    }
    let millis = u64::try_from(began.elapsed().as_millis())?.max(1);
    let rate = acknowledged * 1000 / millis;

    let bytes = must_be_stored(&connected[0], &payloads, acknowledged).await?;
    eprintln!(
        "umadb pipelined={pipelined} clients={clients} writers={WRITERS} seconds={seconds} payload_bytes={bytes} \
         events={acknowledged} events_per_second={rate}"
    );
    Ok(rate)
}

/// One writer: dossier after dossier, one append at a time, each waited for; the events acknowledged.
///
/// An append fails if its dossier has an event after the last one this writer knows of. Every event has an
/// id, by which UmaDB knows a repeated append.
async fn write(
    client: Arc<AsyncUmaDbClient>,
    payloads: Arc<Vec<Vec<u8>>>,
    number: usize,
    until: Instant,
) -> Outcome<u64> {
    let mut acknowledged = 0;
    for dossier in 0.. {
        let tag = dossier_id(number, dossier);
        let mut last = None;
        for payload in payloads.iter() {
            if Instant::now() >= until {
                return Ok(acknowledged);
            }
            let event = DcbEvent::new()
                .event_type(Fact::TYPE)
                .tags([tag.as_str()])
                .data(payload.as_slice())
                .uuid(Uuid::from_u64_pair(number as u64, acknowledged));
            let stream = DcbQuery::new().item(DcbQueryItem::new().tags([tag.as_str()]));
            let guard = DcbAppendCondition::new(stream).after(last);
            last = Some(client.append(vec![event], Some(guard), None).await?);
            acknowledged += 1;
        }
    }
    Ok(acknowledged)
}

/// The facts of a dossier, in their order.
fn payloads() -> Result<Vec<Vec<u8>>, serde_json::Error> {
    (0..EVENTS_PER_STREAM)
        .map(|step| serde_json::to_vec(&Fact::Forwarded(Step::numbered(step))))
        .collect()
}

/// Every acknowledged event is there, in streams without a gap; the mean bytes of a payload.
async fn must_be_stored(
    client: &AsyncUmaDbClient,
    payloads: &[Vec<u8>],
    acknowledged: u64,
) -> Outcome<u64> {
    let mut events = client.read(None, None, false, None).await?;
    let mut steps: HashMap<String, usize> = HashMap::new();
    let (mut stored, mut bytes) = (0, 0);
    loop {
        let batch = events.next_batch().await?;
        if batch.is_empty() {
            break;
        }
        for recorded in batch {
            let [tag] = <[String; 1]>::try_from(recorded.event.tags).map_err(|_| "not one tag")?;
            let step = steps.entry(tag).or_default();
            if payloads.get(*step) != Some(&recorded.event.data) {
                return Err(format!("not the next fact at position {}", recorded.position).into());
            }
            *step += 1;
            stored += 1;
            bytes += u64::try_from(recorded.event.data.len())?;
        }
    }
    let head = client.head().await?.unwrap_or(0);
    if stored != acknowledged || head != acknowledged {
        return Err(format!("{acknowledged} acknowledged, {stored} stored, head {head}").into());
    }
    Ok(bytes / stored.max(1))
}

/// A server with a folder of its own; both are gone when this is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl Server {
    fn start(pipelined: bool) -> Outcome<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let folder = std::env::current_dir()?.join(format!(".tmp-umadb-{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        let child = Command::new(std::env::current_exe()?)
            .args([SERVE, &address.to_string()])
            .arg(&folder)
            .arg(pipelined.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null()) // the server's own words
            .spawn()?;
        let server = Self {
            child,
            address,
            folder,
        };
        let until = Instant::now() + Duration::from_secs(START_SECONDS_MAX);
        while TcpStream::connect(address).is_err() {
            if Instant::now() >= until {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    async fn client(&self) -> Outcome<AsyncUmaDbClient> {
        let url = format!("http://{}", self.address);
        Ok(UmaDbClient::new(url).connect_async().await?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        if let Err(error) = ended.and_then(|_| std::fs::remove_dir_all(&self.folder)) {
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}

/// The server, until the process that started it is gone.
async fn serve(address: &str, folder: &Path, pipelined: bool) -> Outcome<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let options = ServerOptions {
        listen_addr: address.to_owned(),
        tls: None,
        api_key: None,
        storage: StorageOptions::default()
            .db_path(folder)
            .pipelined_writer(pipelined),
    };
    let (_stop, stopped) = oneshot::channel();
    start_server_with_options(options, stopped)
        .await
        .map_err(|error| error.to_string().into())
}

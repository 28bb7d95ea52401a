//! P8 and P9: what sealing costs, and how fast a copy is checked.
//!
//! `cargo bench --bench proof -- --data FOLDER`, FOLDER being one that `motcua demo --no-serve --data FOLDER` filled.
//! Each figure is measured in five rounds: median (least–most), on one thread but for the walk over the journal's file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use futures_util::TryStreamExt as _;
use motcua::integrity::Tree;
use motcua::journal::{Entry, Journal, Location};
use motcua::projections::verify;
use motcua::tlog::bundle::bundles_of;
use motcua::tlog::{Bundle, Edge, leaf_hash};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
/// As the sealer takes them.
const BATCH: usize = 4_096;
/// A pass over the bundles is short beside the ticks of the processor's clock.
const PASSES: u32 = 10;

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip_while(|word| word != "--data").skip(1);
    let Some(data) = words.next().map(PathBuf::from) else {
        // As a test of `cargo test --benches` nothing is measured.
        return;
    };
    let location = Location::Sqlite(data.join("journal.db"));
    let journal = Journal::open_read_only(&location).await.expect("a journal");
    let entries: Vec<Entry> = journal.stream_all(0).try_collect().await.expect("entries");
    let bytes: usize = entries.iter().map(|entry| entry.body.len()).sum();
    println!(
        "{} facts of {} bytes each in the mean",
        entries.len(),
        bytes / entries.len()
    );
    let folder = tempfile::tempdir().expect("a folder");

    let sealing = rounds(|round| seal(&folder.path().join(format!("tree-{round}")), &entries));
    let per_event = sealing.map(|seconds| seconds * 1e6 / count(&entries));
    tell("P8 sealing, µs per event", per_event, 2);

    let bundles = folder.path().join("bundles");
    write_bundles(&bundles, &entries);
    let hashing = rounds(|_| {
        for _ in 0..PASSES {
            hash_bundles(&bundles, entries.len() as u64);
        }
    });
    let hashing = hashing.map(|seconds| seconds / f64::from(PASSES));
    tell(
        "P9 entry bundles on disk, entries per second",
        rate(hashing, &entries),
        0,
    );

    let mut walking = [0.0; ROUNDS];
    for seconds in &mut walking {
        let (began, used) = (Instant::now(), processor_seconds());
        let report = verify::journal(&journal, |_| {}).await.expect("checked");
        assert!(report.holds() && report.entries == entries.len() as u64);
        *seconds = processor_seconds() - used;
        println!(
            "   the walk took {:.2} s by the clock",
            began.elapsed().as_secs_f64()
        );
    }
    tell(
        "P9 everything over a journal file, facts per second and core",
        rate(walking, &entries),
        0,
    );
}

/// Each body hashed again, appended to a tree on disk, synced once per batch, its root taken.
fn seal(folder: &Path, entries: &[Entry]) {
    let mut tree = Tree::open(folder).expect("a tree");
    for batch in entries.chunks(BATCH) {
        let leaves: Vec<_> = batch.iter().map(|entry| leaf_hash(&entry.body)).collect();
        assert_eq!(leaves.last(), batch.last().map(|entry| &entry.leaf_hash));
        tree.append(&leaves).expect("appended");
        tree.sync().expect("synced");
        std::hint::black_box(tree.root());
    }
}

fn write_bundles(folder: &Path, entries: &[Entry]) {
    fs::create_dir(folder).expect("a folder");
    for (number, chunk) in entries.chunks(256).enumerate() {
        let bodies: Vec<_> = chunk.iter().map(|entry| entry.body.as_ref()).collect();
        let bundle = Bundle::encode(&bodies).expect("a bundle");
        fs::write(folder.join(number.to_string()), bundle).expect("written");
    }
}

/// Read, taken apart, hashed, and brought to a root.
fn hash_bundles(folder: &Path, size: u64) {
    let (mut edge, mut made) = (Edge::new(), Vec::new());
    for bundle in bundles_of(size) {
        let bytes = fs::read(folder.join(bundle.index.to_string())).expect("a bundle");
        for entry in bundle.decode(&bytes).expect("entries") {
            edge.push(leaf_hash(entry), &mut made);
            made.clear();
        }
    }
    assert_eq!(edge.size(), size);
    std::hint::black_box(edge.root());
}

/// Processor seconds of each round.
fn rounds(mut work: impl FnMut(usize)) -> [f64; ROUNDS] {
    std::array::from_fn(|round| {
        let used = processor_seconds();
        work(round);
        processor_seconds() - used
    })
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 entries")]
fn count(entries: &[Entry]) -> f64 {
    entries.len() as f64
}

fn rate(seconds: [f64; ROUNDS], entries: &[Entry]) -> [f64; ROUNDS] {
    seconds.map(|seconds| count(entries) / seconds)
}

fn tell(what: &str, mut figures: [f64; ROUNDS], digits: usize) {
    figures.sort_by(f64::total_cmp);
    let [least, .., most] = figures;
    let median = figures[ROUNDS / 2];
    println!("{what}: {median:.digits$} ({least:.digits$}–{most:.digits$})");
}

/// What this process has used of all cores, from Linux's /proc (ticks of 10 ms).
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, after_name) = stat.rsplit_once(") ").expect("a name in brackets");
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |place: usize| fields[place].parse::<f64>().expect("a number");
    (ticks(11) + ticks(12)) / 100.0
}

//! Every reader of what others send, fed with its corpus and with what a few random changes make of it; longer with
//! `MOTCUA_TEST_MUTATIONS=1000000`.

use std::fs;
use std::path::Path;

mod parsers;

/// Changed inputs for each reader, unless the environment says how many.
const CHANGED: usize = 20_000;
const COUNT: &str = "MOTCUA_TEST_MUTATIONS";
/// Pieces that mean something somewhere.
const PIECES: [&[u8]; 12] = [
    b"\n",
    b"\n\n",
    b"-",
    b"+",
    b"\x00",
    b"\xff",
    b"18446744073709551616",
    b"{",
    b"\"",
    b"=",
    b"/",
    b".",
];

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz_corpus")
        .join(name);
    let files = fs::read_dir(&folder).expect("a corpus");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let read = files.into_iter().map(|file| fs::read(file).expect("read"));
    read.collect()
}

/// Numbers that look random and are the same each time (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound.max(1)).expect("a small number");
        usize::try_from((mixed ^ mixed >> 31) % bound).expect("a smaller one")
    }
}

fn changed(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let place = random.below(bytes.len() + 1);
        match random.below(5) {
            0 if place < bytes.len() => bytes[place] ^= 1 << random.below(8),
            1 => bytes.truncate(place),
            2 => {
                let piece = PIECES[random.below(PIECES.len())];
                bytes.splice(place..place, piece.iter().copied());
            }
            3 => {
                let other = &corpus[random.below(corpus.len())];
                let cut = random.below(other.len() + 1);
                bytes.truncate(place);
                bytes.extend(&other[cut..]);
            }
            _ => {
                let end = bytes.len().min(place + 1 + random.below(8));
                bytes.drain(place..end);
            }
        }
    }
    bytes
}

#[test]
fn no_reader_panics_at_what_others_send() {
    let count = std::env::var(COUNT)
        .ok()
        .and_then(|count| count.parse().ok());
    for (name, parser) in parsers::ALL {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "{name} has no corpus");
        for input in &corpus {
            parser(input);
        }
        let mut random = Random(7);
        for _ in 0..count.unwrap_or(CHANGED) {
            parser(&changed(&mut random, &corpus));
        }
    }
}

#[test]
fn libfuzzer_feeds_every_reader() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml");
    let manifest = fs::read_to_string(manifest).expect("a manifest");
    let (_, bins) = manifest.split_once("[[bin]]").expect("targets");
    let fed = bins.lines().filter_map(|line| {
        let name = line.strip_prefix("name = \"")?;
        name.strip_suffix('"')
    });
    assert!(fed.eq(parsers::ALL.map(|(name, _)| name)));
}

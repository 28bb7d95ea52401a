#![no_main]
#[path = "../src/parsers.rs"]
#[expect(dead_code, reason = "one parser of several")]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::notes(bytes));

//! A second reader of payment QR codes, written from EMVCo's document and not from the program, and the picture read by zbar.

use std::collections::BTreeMap;
use std::process::Command;

/// Identifier and value, one level deep; panics on what is no such text.
pub fn objects(text: &str) -> BTreeMap<String, String> {
    let mut rest = text;
    let mut found = BTreeMap::new();
    while !rest.is_empty() {
        let (id, more) = rest.split_at(2);
        let (length, more) = more.split_at(2);
        let (value, more) = more.split_at(length.parse().expect("a length"));
        let before = found.insert(id.to_owned(), value.to_owned());
        assert_eq!(before, None, "{id} twice in {text}");
        rest = more;
    }
    found
}

/// CRC-16/CCITT-FALSE, bit by bit.
pub fn checksum(text: &str) -> String {
    let mut register: u32 = 0xFFFF;
    for byte in text.bytes() {
        for bit in (0..8).rev() {
            let carry = (register >> 15 ^ u32::from(byte) >> bit) & 1;
            register = register << 1 & 0xFFFF;
            if carry == 1 {
                register ^= 0x1021;
            }
        }
    }
    format!("{register:04X}")
}

/// What a scanner reads from an SVG of ours.
pub fn scanned(svg: &str) -> String {
    let size = svg.split("viewBox=\"0 0 ").nth(1).expect("a size");
    let size: usize = size
        .split(' ')
        .next()
        .expect("a width")
        .parse()
        .expect("a number");
    let path = svg.split(" d=\"").nth(1).expect("a path");
    let path = path.split('"').next().expect("its end");
    let mut dark = vec![false; size * size];
    for run in path.split('M').skip(1) {
        let number = |text: &str| -> usize { text.parse().expect("a number") };
        let (x, more) = run.split_once(' ').expect("a place");
        let (y, more) = more.split_once('h').expect("a row");
        let (length, _) = more.split_once('v').expect("a run");
        let start = number(y) * size + number(x);
        dark[start..start + number(length)].fill(true);
    }
    let scale = 6;
    let mut picture = format!("P2\n{0} {0}\n255\n", size * scale);
    for y in 0..size * scale {
        for x in 0..size * scale {
            let black = dark[y / scale * size + x / scale];
            picture += if black { "0 " } else { "255 " };
        }
        picture.push('\n');
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.pgm");
    std::fs::write(&file, picture).expect("a picture");
    let read = Command::new("zbarimg")
        .args(["--quiet", "--raw"])
        .arg(&file)
        .output()
        .expect("zbarimg runs; install zbar-tools");
    assert!(read.status.success(), "{read:?}");
    String::from_utf8(read.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

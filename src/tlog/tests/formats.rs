//! Paths, notes and checkpoints: one spelling for each meaning, and the rules of the note specification.

use super::{Grown, ORIGIN, log_key, seed, witness_key};
use crate::tlog::bundle::{BundleError, bundles_of};
use crate::tlog::checkpoint::{CheckpointError, sign};
use crate::tlog::note::{NoteError, SIGNATURES_MAX};
use crate::tlog::tile::PathError;
use crate::tlog::{
    Bundle, Checkpoint, KeyKind, Note, SignatureLine, SignedCheckpoint, SigningKey, Tile,
    VerifierKey, cosignature, tiles_of,
};

#[test]
fn tile_paths_are_those_of_the_specification() {
    for (level, index, width, path) in [
        (0, 5, 256, "0/005"),
        (0, 1_234_067, 256, "0/x001/x234/067"),
        (63, 1_234_067, 1, "63/x001/x234/067.p/1"),
        (1, 999, 255, "1/999.p/255"),
        (1, 1000, 256, "1/x001/000"),
    ] {
        let tile = Tile {
            level,
            index,
            width,
        };
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(tile));
        let (_, run) = path.split_once('/').unwrap();
        assert_eq!(run.parse(), Ok(Bundle { index, width }));
    }
}

#[test]
fn other_spellings_of_a_tile_path_are_refused() {
    for run in [
        "x000/005",
        "5",
        "05",
        "0005",
        "005/",
        "/005",
        "x005",
        "001/234",
        "X001/234",
        "xx001/234",
        "005.p/0",
        "005.p/256",
        "005.p/07",
        "005.p/+7",
        "005.p/-1",
        "005.p/",
        "005.p",
        "005.p/5.p/5",
        "005.P/5",
        "005p/5",
        "+05",
        " 005",
        "005 ",
        "٠٠٥",
        "x018/x446/x744/x073/x709/x551/616",
        "",
    ] {
        assert_eq!(run.parse::<Bundle>(), Err(PathError), "{run}");
        assert_eq!(format!("0/{run}").parse::<Tile>(), Err(PathError), "{run}");
    }
    for path in [
        "", "0", "005", "00/005", "+0/005", "64/005", "-1/005", "x/005",
    ] {
        assert_eq!(path.parse::<Tile>(), Err(PathError), "{path}");
    }
}

#[test]
fn a_log_of_seventy_thousand_has_the_tiles_of_the_specification() {
    let tiles: Vec<String> = tiles_of(70_000).map(|tile| tile.to_string()).collect();
    assert_eq!(tiles.len(), 273 + 1 + 2 + 1);
    assert_eq!(tiles[272], "0/272");
    assert_eq!(tiles[273], "0/273.p/112");
    assert_eq!(tiles[274..], ["1/000", "1/001.p/17", "2/000.p/1"]);
    assert_eq!(tiles_of(0).count(), 0);
    assert_eq!(bundles_of(0).count(), 0);
    assert_eq!(bundles_of(257).last().unwrap().to_string(), "001.p/1");
    assert_eq!(Tile::covering(8, 0, u64::MAX), None);
    assert_eq!(Tile::covering(0, 256, 256), None);
    assert_eq!(Tile::covering(0, 255, 256).unwrap().to_string(), "0/000");
    assert_eq!(Bundle::covering(0, 1).unwrap().to_string(), "000.p/1");
}

#[test]
fn a_bundle_holds_exactly_its_entries() {
    let pair = Bundle { index: 0, width: 2 };
    let longest = vec![b'x'; 65_535];
    let bytes = Bundle::encode(&[longest.as_slice(), b""]).unwrap();
    assert_eq!(pair.decode(&bytes).unwrap(), [longest.as_slice(), b""]);

    let too_long = vec![0; 65_536];
    assert_eq!(Bundle::encode(&[too_long]), Err(BundleError::TooLong));
    assert_eq!(Bundle::encode(&[b""; 257]), Err(BundleError::Count));
    assert_eq!(pair.decode(b"\0\x01a"), Err(BundleError::Count));
    assert_eq!(pair.decode(b"\0\0\0\0\0\0"), Err(BundleError::Count));
    assert_eq!(pair.decode(b"\0\x01a\0"), Err(BundleError::CutShort));
    assert_eq!(pair.decode(b"\0\x01a\0\x02b"), Err(BundleError::CutShort));
}

#[test]
fn a_note_is_split_at_its_last_empty_line() {
    let line = signature(1);
    let note: Note = format!("one\n\ntwo\n\n\n{line}\n").parse().unwrap();
    assert_eq!(note.text, "one\n\ntwo\n\n");
    assert_eq!(note.signatures, [line]);
}

#[test]
fn malformed_notes_are_refused() {
    let line = signature(1).to_string();
    let whole = format!("text\n\n{line}\n");
    assert!(whole.parse::<Note>().is_ok());
    for malformed in [
        whole.replace("text", "te\txt"),
        whole.replace("text", "te\0xt"),
        whole.replace('\n', "\r\n"),
        whole.trim_end().to_owned(),
        format!("text\n{line}\n"),
        format!("\n{line}\n"),
        format!("{whole}\n"),
        format!("{whole}more\n"),
        whole.replace('\u{2014}', "-"),
        whole.replace('\u{2014}', "\u{2013}"),
        whole.replace("\u{2014} ", "\u{2014}"),
        whole.replace("\u{2014} ", "\u{2014}  "),
        "text\n\n\u{2014} name AAAAAA==\n".to_owned(),
        "text\n\n\u{2014} name AAAA\n".to_owned(),
        "text\n\n\u{2014} name AAAAAAB=\n".to_owned(),
        "text\n\n\u{2014} name AAAAAAA\n".to_owned(),
        "text\n\n\u{2014} name AAAAAAA= \n".to_owned(),
        "text\n\n\u{2014} na+me AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014} na\u{a0}me AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014}  AAAAAAA=\n".to_owned(),
        "text\n\n".to_owned(),
        String::new(),
    ] {
        assert!(malformed.parse::<Note>().is_err(), "{malformed:?}");
    }
    assert!("text\n\n\u{2014} name AAAAAAA=\n".parse::<Note>().is_ok());
}

#[test]
fn sixteen_signatures_are_read_and_a_flood_is_not() {
    let with = |count: usize| Note {
        text: "text\n".to_owned(),
        signatures: (0..count).map(|_| signature(1)).collect(),
    };
    for count in [1, 16, SIGNATURES_MAX] {
        assert_eq!(with(count).to_string().parse(), Ok(with(count)));
    }
    let flood = with(SIGNATURES_MAX + 1).to_string();
    assert_eq!(flood.parse::<Note>(), Err(NoteError::Malformed));
    let huge = format!("{}\n\n{}\n", "x".repeat(1 << 20), signature(1));
    assert_eq!(huge.parse::<Note>(), Err(NoteError::Malformed));
}

#[test]
fn verifier_keys_have_one_spelling() {
    let vkey = log_key().verifier().to_string();
    for wrong in [
        vkey.replace("39f30168", "39F30168"),
        vkey.replace("39f30168", "39f30169"),
        vkey.replace("39f30168", "039f30168"),
        vkey.replace("dossier", "other"),
        vkey.replace("dossier", "dos sier"),
        vkey.replace("AQOh", "AwOh"),
        vkey.replace("VTG4", "VTG4AA=="),
        format!("{vkey}\n"),
        "name+00000000+".to_owned(),
        "name+00000000".to_owned(),
        String::new(),
    ] {
        assert!(wrong.parse::<VerifierKey>().is_err(), "{wrong}");
    }
    let public = log_key().verifier().key.to_bytes();
    for name in ["", "a+b", "a b", "a\u{a0}b", "a\nb"] {
        let refused = VerifierKey::new(name, KeyKind::Log, &public);
        assert_eq!(refused, Err(NoteError::Name), "{name:?}");
    }
    // Whatever is signed verifies under a key of small order.
    let refused = VerifierKey::new(ORIGIN, KeyKind::Log, &[0; 32]);
    assert_eq!(refused, Err(NoteError::Key));
    assert!(SigningKey::from_seed("a+b", &seed(0), KeyKind::Log).is_err());
}

#[test]
fn a_signing_key_never_shows_its_seed() {
    let shown = format!("{:?}", log_key());
    assert_eq!(shown, format!("SigningKey({})", log_key().verifier()));
}

#[test]
fn unknown_keys_are_ignored_and_a_known_key_that_fails_refuses_the_note() {
    let log = Grown::entries(3);
    let key = log_key();
    let good = log.signed(true);
    let signed_by = |id, bytes: &[u8]| SignatureLine {
        name: ORIGIN.to_owned(),
        id,
        bytes: bytes.to_vec(),
    };

    let mut with_stranger = good.clone();
    with_stranger.add(signed_by(1, b"another id"));
    let note = with_stranger.to_string();
    assert_eq!(
        SignedCheckpoint::open(&note, key.verifier()),
        Ok(with_stranger)
    );

    let mut with_failure = good.clone();
    with_failure.add(signed_by(key.verifier().id, &[0; 64]));
    let refused = SignedCheckpoint::open(&with_failure.to_string(), key.verifier());
    assert_eq!(refused, Err(NoteError::Signature.into()));

    let unsigned = Note {
        text: log.checkpoint().to_string(),
        signatures: vec![signed_by(1, b"another id")],
    };
    let refused = SignedCheckpoint::open(&unsigned.to_string(), key.verifier());
    assert_eq!(refused, Err(CheckpointError::NotSigned));
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let body = Grown::entries(300).checkpoint().to_string();
    for wrong in [
        body.replace("300", "0300"),
        body.replace("300", "+300"),
        body.replace("300", "-1"),
        body.replace("300", ""),
        body.replace("300", "9223372036854775808"),
        body.replace(ORIGIN, ""),
        body.replace("r98M=", "r98N="),
        body.replace("r98M=", "r98M"),
        body.replace("r98M=\n", "\n"),
        body.trim_end().to_owned(),
        format!("{body}\n"),
        format!("{body}extension\n\nextension\n"),
        String::new(),
    ] {
        let read = wrong.parse::<Checkpoint>();
        assert_eq!(read, Err(CheckpointError::Malformed), "{wrong:?}");
    }
}

#[test]
fn extension_lines_of_other_logs_are_read_and_stay_signed() {
    let log = Grown::entries(300);
    let text = format!("{}extension\n", log.checkpoint());
    assert_eq!(text.parse(), Ok(log.checkpoint()));
    // A log signature made over three lines does not cover a fourth.
    let mut note = log.signed(false).note().clone();
    note.text = text;
    let refused = SignedCheckpoint::open(&note.to_string(), log_key().verifier());
    assert_eq!(refused, Err(NoteError::Signature.into()));
}

#[test]
fn a_key_signs_only_what_it_is_for() {
    let checkpoint = Grown::entries(3).checkpoint();
    let elsewhere = Checkpoint {
        origin: "log.example.gov/other".to_owned(),
        ..checkpoint.clone()
    };
    assert_eq!(sign(&elsewhere, &log_key()), Err(CheckpointError::Origin));
    let witness_as_log = SigningKey::from_seed(ORIGIN, &seed(0), KeyKind::Witness).unwrap();
    assert_eq!(
        sign(&checkpoint, &witness_as_log),
        Err(NoteError::KeyKind.into())
    );
    let body = checkpoint.to_string();
    assert_eq!(
        cosignature::cosign(&body, &log_key(), 1),
        Err(NoteError::KeyKind)
    );
    assert_eq!(
        cosignature::cosign(&body, &witness_key(), 0),
        Err(NoteError::Signature)
    );
    let signed = SignedCheckpoint::sign(checkpoint, &log_key()).unwrap();
    let opened = SignedCheckpoint::open(&signed.to_string(), witness_as_log.verifier());
    assert_eq!(opened, Err(NoteError::KeyKind.into()));
}

#[test]
fn a_cosignature_binds_its_time_and_its_checkpoint() {
    let witness = witness_key();
    let line = cosignature::cosign("body\n", &witness, 7).unwrap();
    let read: SignatureLine = line.to_string().parse().unwrap();
    assert_eq!(
        cosignature::verify(&read, witness.verifier(), "body\n"),
        Ok(7)
    );

    let later = SignatureLine {
        bytes: [&8_u64.to_be_bytes(), &line.bytes[8..]].concat(),
        ..line.clone()
    };
    let cut = SignatureLine {
        bytes: line.bytes[..71].to_vec(),
        ..line.clone()
    };
    for (line, body) in [(&later, "body\n"), (&cut, "body\n"), (&line, "other\n")] {
        let refused = cosignature::verify(line, witness.verifier(), body);
        assert_eq!(refused, Err(NoteError::Signature));
    }
}

fn signature(id: u32) -> SignatureLine {
    SignatureLine {
        name: "name".to_owned(),
        id,
        bytes: vec![0; 64],
    }
}

//! Every reader of what others send, with what must hold whatever they send: no panic, and what is read is written back alike.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use motcua::api::http::limits;
use motcua::api::paging;
use motcua::api::sign_in::{SignIn, service};
use motcua::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use motcua::domain::time::Moment;
use motcua::journal::{Location, fact};
use motcua::projections::AsOf;
use motcua::projections::statistics::Record;
use motcua::tlog::{
    AddCheckpoint, Bundle, Checkpoint, Note, Policy, Receipt, SignatureLine, Tile, VerifierKey,
    text, witness,
};
use motcua::vault::Keys;

/// A reader with its bytes.
pub type Parser = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const ALL: [(&str, Parser); 9] = [
    ("codes", codes),
    ("cursors", cursors),
    ("documents", documents),
    ("facts", facts),
    ("notes", notes),
    ("receipts", receipts),
    ("records", records),
    ("tiles", tiles),
    ("tokens", tokens),
];

fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// What is read from a text is read again from what it is written as.
fn there_and_back<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        let written = read.to_string();
        let again = written.parse::<T>().ok();
        assert_eq!(again.as_ref(), Some(&read), "{text:?} as {written:?}");
    }
}

/// What is read is exactly what it is written as.
fn canonical<T: FromStr + Display>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        assert_eq!(read.to_string(), text);
    }
}

/// Codes of dossiers, offices and procedures, instants, addresses of journals.
pub fn codes(bytes: &[u8]) {
    let text = as_text(bytes);
    there_and_back::<DossierCode>(text);
    there_and_back::<OfficeCode>(text);
    there_and_back::<ProcedureCode>(text);
    there_and_back::<Moment>(text);
    let _ = text.parse::<AsOf>();
    let _ = text.parse::<Location>();
}

/// Cursors and ids that clients send back.
pub fn cursors(bytes: &[u8]) {
    let text = as_text(bytes);
    let given = Some(text);
    let _ = paging::position(given);
    let _ = paging::own(given);
    let _ = paging::result(given);
    let _ = paging::voice(given);
    let _ = paging::finding(given);
    let _ = paging::rank(given);
    let _ = paging::turn(given);
    if let Some((kind, key)) = paging::read_global_id(text) {
        let again = paging::read_global_id(&paging::global_id(&kind, &key));
        assert_eq!(again, Some((kind, key)));
    }
    let _ = paging::dossier_id(text);
}

/// GraphQL documents, counted before anything else is done with them.
pub fn documents(bytes: &[u8]) {
    let limits = limits::Limits::default();
    let _ = limits::text(as_text(bytes), &limits);
}

/// Exact bytes of facts. What is canonical stays as it is.
pub fn facts(bytes: &[u8]) {
    let Ok(read) = fact::decode(bytes) else {
        return;
    };
    let written = fact::encode(&read).expect("what was read can be written");
    let again = fact::decode(&written).expect("what was written can be read");
    assert_eq!(again, read);
    assert_eq!(fact::encode(&again).ok(), Some(written));
}

/// Signed notes, keys, checkpoints, what a witness is sent and answers.
pub fn notes(bytes: &[u8]) {
    let text = as_text(bytes);
    canonical::<Note>(text);
    canonical::<VerifierKey>(text);
    let _ = text.parse::<Checkpoint>();
    let _ = text.parse::<SignatureLine>();
    let _ = text.parse::<AddCheckpoint>();
    let _ = witness::parse_size_body(text);
    let _ = witness::parse_cosignatures(text);
}

/// Receipts and policies.
pub fn receipts(bytes: &[u8]) {
    let text = as_text(bytes);
    canonical::<Receipt>(text);
    let _ = text.parse::<Policy>();
}

/// Records of published statistics, keys from the environment.
pub fn records(bytes: &[u8]) {
    let _ = Record::parse(bytes);
    let text = as_text(bytes);
    let (master, wrapping) = text.split_once('\n').unwrap_or((text, ""));
    let _ = Keys::from_texts(master, wrapping);
}

/// Paths of tiles and bundles, bundles of entries, lists of hashes. The first line is the path.
pub fn tiles(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (path, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    let path = as_text(path);
    canonical::<Tile>(path);
    canonical::<Bundle>(path);
    if let Ok(bundle) = path.parse::<Bundle>()
        && let Ok(entries) = bundle.decode(rest.get(1..).unwrap_or_default())
    {
        let written = Bundle::encode(&entries).expect("what was read can be written");
        assert_eq!(Some(&written[..]), rest.get(1..));
    }
    let _ = text::parse_hash_lines(as_text(rest));
    let _ = text::decode(path);
}

/// Bearer tokens and cookies of nobody.
pub fn tokens(bytes: &[u8]) {
    let text = as_text(bytes);
    let door = SignIn::new(&[7; 32]);
    assert!(door.read(text).is_err(), "nobody's token was believed");
    assert!(
        door.open_flow(text).is_none(),
        "nobody's visit was believed"
    );
    let keys = service::ServiceKeys::new("/nonexistent".into());
    assert!(keys.caller(text).is_none());
}

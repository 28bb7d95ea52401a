//! Every reader of what others send, with what must hold whatever they send: no panic, and what is read is written back alike.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use futures_util::FutureExt as _;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::value::RawValue;

use motcua::api::http::limits;
use motcua::api::paging;
use motcua::api::sign_in::{Scope, SignIn, service};
use motcua::domain::actor::{Role, is_id};
use motcua::domain::catalogue;
use motcua::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use motcua::domain::time::Moment;
use motcua::journal::{Location, fact};
use motcua::ports::documents::{DocumentSystem as _, Http};
use motcua::ports::payment::{BankQr, Gateway as _, Notice, Vnpay};
use motcua::ports::signature::{self, Secret};
use motcua::projections::AsOf;
use motcua::projections::statistics::Record;
use motcua::tlog::{
    AddCheckpoint, Bundle, Checkpoint, Hash, Note, Policy, Receipt, SignatureLine, Tile,
    VerifierKey, leaf_hash, proof, text, witness,
};
use motcua::vault::Keys;

/// A reader with its bytes.
pub type Parser = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const ALL: [(&str, Parser); 13] = [
    ("catalogues", catalogues),
    ("claims", claims),
    ("codes", codes),
    ("cursors", cursors),
    ("documents", documents),
    ("facts", facts),
    ("notes", notes),
    ("notices", notices),
    ("proofs", proofs),
    ("receipts", receipts),
    ("records", records),
    ("tiles", tiles),
    ("tokens", tokens),
];

const SECRET: [u8; 32] = [7; 32];
/// Of the log in `tests/vectors/log`, whose entry i is `entry <i>` and a newline.
const LOG: &str = "log.example.gov/dossier+39f30168+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

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

/// Lists of procedures.
pub fn catalogues(bytes: &[u8]) {
    let _ = catalogue::load(as_text(bytes));
}

/// What a token says that is rightly signed.
pub fn claims(bytes: &[u8]) {
    let Ok(said) = serde_json::from_slice::<&RawValue>(bytes) else {
        return;
    };
    let key = EncodingKey::from_secret(&SECRET);
    let Ok(token) = jsonwebtoken::encode(&Header::default(), &said, &key) else {
        return;
    };
    let door = SignIn::new(&SECRET);
    if let Ok(actor) = door.read(&token) {
        assert!(actor.role != Role::System && is_id(&actor.id), "{actor:?}");
        assert!(door.open_flow(&token).is_none(), "a session is no visit");
    }
    let _ = door.open_flow(&token);
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
    let _ = text.parse::<Scope>();
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

/// GraphQL documents, counted before they are parsed.
pub fn documents(bytes: &[u8]) {
    let limits = limits::Limits::default();
    let text = as_text(bytes);
    if limits::text(text, &limits).is_ok() {
        let _ = async_graphql::parser::parse_query(text);
    }
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

/// What banks, gateways and systems of documents say, rightly signed where that can be done.
pub fn notices(bytes: &[u8]) {
    let secret = Secret::of(&SECRET);
    let signature = secret.sign("id", 1, bytes);
    let header = |name: &str| match name {
        signature::ID => Some("id"),
        signature::TIMESTAMP => Some("1"),
        signature::SIGNATURE => Some(signature.as_str()),
        _ => None,
    };
    let notice = Notice {
        header: &header,
        query: as_text(bytes),
        body: bytes,
        now: 1,
    };
    let secrets = vec![secret];
    let bank = BankQr {
        bin: "970422".into(),
        bank: "Ngân hàng".into(),
        account: "1".into(),
        holder: "UBND".into(),
        secrets: secrets.clone(),
    };
    let _ = bank.read(&notice);
    let gateway = Vnpay {
        terminal: "DEMO0001".into(),
        address: "https://pay.example/".into(),
        secret: String::from("SECRET").into(),
    };
    let _ = gateway.read(&notice);
    let system = Http {
        url: "https://documents.example/".into(),
        secrets,
    };
    let _ = system.answered(200, bytes);
    let _ = system.read(&notice);
}

/// Proofs about a tree of 64 leaves: those that are believed are the ones that it gives. The first line is two numbers.
pub fn proofs(bytes: &[u8]) {
    let (numbers, hashes) = as_text(bytes).split_once('\n').unwrap_or_default();
    let (first, size) = numbers.split_once(' ').unwrap_or_default();
    let numbers = text::decimal(first).zip(text::decimal(size));
    let (Some((first, size)), Some(path)) = (numbers, text::parse_hash_lines(hashes)) else {
        return;
    };
    let leaf = |index: u64| leaf_hash(&index.to_be_bytes());
    let tree = |level: u8, index: u64| (level == 0 && index < 64).then(|| leaf(index));
    let _ = proof::needed_for_root(size);
    let _ = proof::needed_for_inclusion(first, size);
    let _ = proof::needed_for_consistency(first, size);
    let _ = proof::root_by_inclusion(&leaf(first), first, size, &path);
    let Some(root) = (size <= 64).then(|| proof::root(&tree, size)).flatten() else {
        let none: Hash = Default::default();
        let _ = proof::verify_consistency(first, &none, size, &none, &path);
        return;
    };
    let believed = proof::verify_inclusion(&leaf(first), first, size, &path, &root).is_ok();
    let given = proof::inclusion(&tree, first, size);
    assert_eq!(believed, given.as_ref() == Some(&path), "of leaf {first}");
    if let Some(old) = proof::root(&tree, first).filter(|_| first <= size) {
        let believed = proof::verify_consistency(first, &old, size, &root, &path).is_ok();
        let given = proof::consistency(&tree, first, size);
        assert_eq!(believed, given == Some(path), "of {first} in {size}");
    }
}

/// Receipts and policies.
pub fn receipts(bytes: &[u8]) {
    let text = as_text(bytes);
    canonical::<Receipt>(text);
    let _ = text.parse::<Policy>();
    let log = LOG.parse().expect("a key");
    if let Ok(receipt) = text.parse::<Receipt>()
        && let Ok((entry, _)) = receipt.verify_carried(&Policy::unwitnessed(log))
    {
        assert_eq!(entry, format!("entry {}\n", receipt.index).as_bytes());
    }
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
    let door = SignIn::new(&SECRET);
    let bearer = door.bearer(text).now_or_never();
    assert!(matches!(bearer, Some(Err(_))), "nobody was let in");
    assert!(door.read(text).is_err(), "nobody's token was believed");
    assert!(
        door.open_flow(text).is_none(),
        "nobody's visit was believed"
    );
    let keys = service::ServiceKeys::new("/nonexistent".into());
    assert!(keys.caller(text).is_none());
}

//! `motcua receipt verify`: checks a receipt offline and says in plain words what it proves and what not.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use sha2::{Digest as _, Sha256};

use crate::api::dossier::result::SHA256;
use crate::api::scalar::hex;
use crate::domain::event::Event;
use crate::domain::fact::PartKind;
use crate::journal::fact;
use crate::tlog::checkpoint::CheckpointError;
use crate::tlog::policy::PolicyError;
use crate::tlog::{Policy, Receipt, Standing, Steps, text};
use crate::vault::Opening;
use crate::web::lang::{Lang, Pair};
use crate::web::{dates, proof::says, words};

/// The receipt does not hold.
const BAD: u8 = 1;
/// Nothing can be said: a file is missing, or there is no policy to check by.
const CANNOT_CHECK: u8 = 3;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check a receipt without a network. Exit 0 good, 1 bad, 3 cannot check.
    Verify(Verify),
}

#[derive(Debug, Args)]
struct Verify {
    /// The receipt (.tlog-proof); - reads the standard input.
    file: PathBuf,
    /// Whose signatures count: the log's key and its witnesses. Keep your own copy of the log's /log/policy.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The record's exact bytes, instead of those the receipt brings along.
    #[arg(long, value_name = "FILE")]
    entry: Option<PathBuf>,
    /// A result's file, to be found in the record: its hash is committed to there. Needs the salt.
    #[arg(long, value_name = "FILE", requires = "salt")]
    document: Option<PathBuf>,
    /// The salt of that commitment, as told to whoever shows the receipt's key (resultDocument).
    #[arg(long, requires = "document")]
    salt: Option<String>,
}

pub fn run(arguments: Arguments) -> ExitCode {
    let What::Verify(verify) = arguments.what;
    let (told, code) = match look(&verify) {
        Ok(found) => report(&found),
        Err(error) => {
            eprintln!("không kiểm tra được / cannot check: {error:#}");
            return ExitCode::from(CANNOT_CHECK);
        }
    };
    print!("{told}");
    ExitCode::from(code)
}

/// What there is to check.
struct Found {
    /// None when the file is no receipt.
    receipt: Option<Receipt>,
    entry: Option<Vec<u8>>,
    policy: Option<Policy>,
    /// A result's file, and the salt of its commitment.
    document: Option<(Vec<u8>, String)>,
}

fn look(verify: &Verify) -> anyhow::Result<Found> {
    let file = read(&verify.file)?;
    let receipt: Option<Receipt> = String::from_utf8(file)
        .ok()
        .and_then(|text| text.parse().ok());
    let policy = verify.policy.as_deref().map(|path| {
        let text = String::from_utf8(read(path)?)?;
        let policy = text.parse::<Policy>();
        policy.with_context(|| format!("{} is no policy", path.display()))
    });
    let entry = match &verify.entry {
        Some(path) => Some(read(path)?),
        None => receipt.as_ref().and_then(|receipt| receipt.extra.clone()),
    };
    let document = match verify.document.as_deref().zip(verify.salt.clone()) {
        Some((path, salt)) => Some((read(path)?, salt)),
        None => None,
    };
    Ok(Found {
        receipt,
        entry,
        policy: policy.transpose()?,
        document,
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// What to print, and the exit code.
fn report(found: &Found) -> (String, u8) {
    let mut told = Told::default();
    let code = told.all(found);
    (told.text, code)
}

/// Both languages, line by line.
#[derive(Default)]
struct Told {
    text: String,
}

impl Told {
    fn say(&mut self, sign: char, vietnamese: &str, english: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{sign} {vietnamese}\n  {english}");
    }

    fn list(&mut self, title: Pair, lines: Vec<Pair>) {
        let _ = writeln!(self.text, "\n{} / {}", title.0, title.1);
        for (vietnamese, english) in lines {
            self.say('·', vietnamese, english);
        }
    }

    fn all(&mut self, found: &Found) -> u8 {
        let Some(receipt) = &found.receipt else {
            self.say(
                '✕',
                "Tệp này không phải biên nhận đúng dạng (c2sp.org/tlog-proof).",
                "This file is no well-formed receipt (c2sp.org/tlog-proof).",
            );
            return BAD;
        };
        let Some(entry) = &found.entry else {
            self.say(
                '?',
                "Biên nhận không mang theo ghi nhận: thêm --entry TỆP.",
                "The receipt does not bring its record along: add --entry FILE.",
            );
            return CANNOT_CHECK;
        };
        let Ok(steps) = Steps::of(receipt, entry, found.policy.as_ref()) else {
            self.say(
                '✕',
                "Điểm niêm phong sai dạng.",
                "The checkpoint is malformed.",
            );
            return BAD;
        };
        self.path(receipt, entry, &steps);
        let code = self.signatures(&steps);
        if steps.is_included() {
            self.record(entry);
        }
        let code = if steps.is_included() { code } else { BAD };
        self.verdict(&steps, entry, code);
        match &found.document {
            Some((file, salt)) if steps.is_included() => code.max(self.document(entry, file, salt)),
            Some(_) | None => code,
        }
    }

    /// Whether the record speaks of this file.
    fn document(&mut self, entry: &[u8], file: &[u8], salt: &str) -> u8 {
        if is_committed_to(entry, file, salt) {
            self.say(
                '✓',
                "Ghi nhận này cam kết đúng tệp văn bản đã cho.",
                "This record commits to exactly the document given.",
            );
            return 0;
        }
        self.say(
            '✕',
            "Tệp văn bản đã cho KHÔNG phải tệp trong ghi nhận này.",
            "The document given is NOT the one in this record.",
        );
        BAD
    }

    fn path(&mut self, receipt: &Receipt, entry: &[u8], steps: &Steps) {
        let (bytes, leaf) = (entry.len(), text::encode(&steps.leaf));
        self.say(
            '✓',
            &format!("Ghi nhận {bytes} byte, mã băm {leaf}"),
            &format!("Record of {bytes} bytes, leaf hash {leaf}"),
        );
        let (hashes, index, size) = (receipt.path.len(), receipt.index, steps.claimed.size);
        if steps.is_included() {
            self.say(
                '✓',
                &format!("Từ vị trí {index}, {hashes} mã băm dẫn tới gốc của cây {size} ghi nhận"),
                &format!("From position {index}, {hashes} hashes lead to the root of the tree of {size} records"),
            );
        } else {
            self.say(
                '✕',
                "Ghi nhận này KHÔNG dẫn tới gốc trong điểm niêm phong",
                "This record does NOT lead to the root in the checkpoint",
            );
        }
    }

    fn signatures(&mut self, steps: &Steps) -> u8 {
        let origin = &steps.claimed.origin;
        match &steps.signed {
            None => {
                self.say(
                    '?',
                    &format!("Chưa kiểm tra chữ ký của sổ {origin}: thêm --policy TỆP (bản chính sách do mình giữ)"),
                    &format!("The signature of the log {origin} was not checked: add --policy FILE (a policy you keep yourself)"),
                );
                CANNOT_CHECK
            }
            Some(Err(PolicyError::Checkpoint(CheckpointError::Origin))) => {
                self.say(
                    '?',
                    &format!("Chính sách không nói gì về sổ {origin}"),
                    &format!("The policy says nothing of the log {origin}"),
                );
                CANNOT_CHECK
            }
            Some(Err(error)) => {
                self.say(
                    '✕',
                    &format!("Chữ ký KHÔNG đúng ({})", error.code()),
                    &format!("The signatures are NOT good ({}): {error}", error.code()),
                );
                BAD
            }
            Some(Ok(standing)) => {
                self.say(
                    '✓',
                    &format!("Sổ {origin} đã ký điểm niêm phong"),
                    &format!("The log {origin} has signed the checkpoint"),
                );
                self.witnesses(standing)
            }
        }
    }

    fn witnesses(&mut self, standing: &Standing) -> u8 {
        let names: Vec<&str> = standing
            .witnesses
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let names = names.join(", ");
        match (standing.witnessed, standing.quorum) {
            (true, _) => self.say(
                '✓',
                &format!("Đủ người chứng theo chính sách: {names}"),
                &format!("As many witnesses as the policy asks for: {names}"),
            ),
            (false, true) => self.say(
                '–',
                "Chính sách không đòi người chứng: đã niêm phong, chưa có người chứng",
                "The policy asks for no witness: sealed, not witnessed",
            ),
            (false, false) => self.say(
                '✕',
                &format!(
                    "Chưa đủ người chứng theo chính sách (có: {}). Biên nhận lấy trước khi đủ người chứng? Hãy tải lại.",
                    if names.is_empty() { "không có ai" } else { &names }
                ),
                &format!(
                    "Fewer witnesses than the policy asks for (there: {}). Was the receipt fetched before they signed? Fetch it again.",
                    if names.is_empty() { "none" } else { &names }
                ),
            ),
        }
        if standing.quorum { 0 } else { BAD }
    }

    /// What the record says, when it is one of ours.
    fn record(&mut self, entry: &[u8]) {
        let Ok(fact) = fact::decode(entry) else {
            return;
        };
        let what = match &fact.event {
            Event::Dossier(event) => words::happened(event),
            Event::Journal(_)
            | Event::Reference(_)
            | Event::Register(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_) => ("ghi nhận của hệ thống", "a record of the system"),
        };
        let at = |lang| dates::exact(fact.recorded_at, lang).words().to_owned();
        let (office, kind) = (&fact.actor.office, fact.event.kind());
        self.say(
            '·',
            &format!("{} ({kind}), {office}, ghi lúc {}", what.0, at(Lang::Vi)),
            &format!("{} ({kind}), {office}, recorded {}", what.1, at(Lang::En)),
        );
    }

    fn verdict(&mut self, steps: &Steps, entry: &[u8], code: u8) {
        let witnessed = steps.standing().is_some_and(|standing| standing.witnessed);
        match code {
            0 => {
                let (mut proves, mut not) =
                    (says::proves(witnessed), says::proves_not_offline(witnessed));
                if let Some((shows, leaves_open)) = standing(entry) {
                    proves.insert(0, shows);
                    not.insert(0, leaves_open);
                }
                self.list(("Điều này chứng minh", "This proves"), proves);
                self.list(("Điều này không chứng minh", "This does not prove"), not);
                let (vietnamese, english) = says::sealed(witnessed);
                let _ = writeln!(self.text, "\nĐÚNG / GOOD: {vietnamese} / {english}");
            }
            BAD => {
                let _ = writeln!(
                    self.text,
                    "\nSAI / BAD: biên nhận này không chứng minh gì / this receipt proves nothing"
                );
            }
            _ => {
                let _ = writeln!(
                    self.text,
                    "\nCHƯA KẾT LUẬN / CANNOT SAY: thiếu thứ để kiểm tra / something to check by is missing"
                );
            }
        }
    }
}

/// What the record of a result shows, and what it leaves open.
fn standing(entry: &[u8]) -> Option<(Pair, Pair)> {
    match fact::decode(entry).ok()?.event {
        Event::Dossier(event) => says::standing(&event),
        Event::Journal(_)
        | Event::Reference(_)
        | Event::Register(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_) => None,
    }
}

/// Whether a record carries the commitment to this file under this salt.
fn is_committed_to(entry: &[u8], file: &[u8], salt: &str) -> bool {
    let opening = Opening {
        salt: salt.trim().to_owned(),
        value: serde_json::json!({ SHA256: hex(&Sha256::digest(file)) }),
        file: None,
    };
    let (Ok(fact), Some(c)) = (fact::decode(entry), opening.commitment()) else {
        return false;
    };
    let mut parts = fact.circumstances.parts.iter();
    parts.any(|part| part.kind == PartKind::Document && part.c == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 32 zero bytes.
    const SALT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn a_document_is_found_in_the_record_that_commits_to_it_and_in_no_other() {
        let golden = include_str!("../../tests/golden/dossier.result_replaced.json");
        let hash = hex(&Sha256::digest(b"the document"));
        let plain = format!(r#"{{"salt":"{SALT}","value":{{"sha256":"{hash}"}}}}"#);
        let mut digest = Sha256::new_with_prefix(b"dossier/pii-commit/v1\0");
        digest.update(plain);
        let c = text::encode(digest.finalize().as_slice());
        let entry = golden.replace(&text::encode(&[0xab; 32]), &c);
        assert!(is_committed_to(entry.as_bytes(), b"the document", SALT));
        assert!(!is_committed_to(entry.as_bytes(), b"the documenT", SALT));
        assert!(!is_committed_to(golden.as_bytes(), b"the document", SALT));
        assert!(!is_committed_to(entry.as_bytes(), b"the document", "AAAA"));
    }
}

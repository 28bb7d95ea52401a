//! The check of a receipt as a list anybody can follow: bytes, leaf, path, root, signature, witnesses.

use super::Proved;
use crate::domain::time::Moment;
use crate::projections::history::Change;
use crate::tlog::{Standing, Steps, text};
use crate::web::dates;
use crate::web::lang::{Lang, Pair};
use crate::web::tracking::Tone;

/// One step with its outcome.
pub struct Step {
    pub tone: Tone,
    pub name: &'static str,
    pub says: String,
    /// A hash or key to compare.
    pub value: Option<String>,
}

/// All six, in order.
pub fn of(proved: &Proved, fact: &Change, steps: &Steps, lang: Lang) -> Vec<Step> {
    let step = |holds: bool, name: Pair, says: String, value: Option<String>| Step {
        tone: if holds { Tone::Good } else { Tone::Bad },
        name: lang.pick(name),
        says,
        value,
    };
    let carried = proved.receipt.extra.as_deref();
    let same_bytes = carried.is_none_or(|carried| *carried == *fact.entry.body);
    let (bytes, hashes) = (
        fact.entry.body.len() as u64,
        proved.receipt.path.len() as u64,
    );
    let (bytes, hashes) = (lang.count(bytes), lang.count(hashes));
    let (size, index) = (lang.count(steps.claimed.size), proved.receipt.index);
    let reached = steps.reached.map(|root| text::encode(&root));
    vec![
        step(
            same_bytes,
            (
                "Lấy đúng từng byte của ghi nhận",
                "Take the record's exact bytes",
            ),
            lang.of(
                format!("{bytes} byte trong biên nhận đúng là ghi nhận mà trang theo dõi dùng."),
                format!("The receipt's {bytes} bytes are those the tracking page is made from."),
            ),
            None,
        ),
        step(
            steps.leaf == fact.entry.leaf_hash,
            (
                "Tính mã băm của ghi nhận (lá)",
                "Hash the record (the leaf)",
            ),
            lang.of(
                "SHA-256 của số 0 và các byte ấy.".to_owned(),
                "SHA-256 of a zero byte and those bytes.".to_owned(),
            ),
            Some(text::encode(&steps.leaf)),
        ),
        step(
            reached.is_ok(),
            ("Đi từ lá lên gốc của cây", "Walk from the leaf to the root"),
            lang.of(
                format!("Ghép lần lượt với {hashes} mã băm bên cạnh, bắt đầu từ vị trí {index}."),
                format!("Joined with {hashes} neighbouring hashes, starting at position {index}."),
            ),
            reached.ok(),
        ),
        step(
            steps.is_included(),
            ("So với gốc đã niêm phong", "Compare with the sealed root"),
            lang.of(
                format!("Điểm niêm phong của cây {size} ghi nhận ghi gốc này."),
                format!("The checkpoint of the tree of {size} records states this root."),
            ),
            Some(text::encode(&steps.claimed.root)),
        ),
        step(
            steps.standing().is_some(),
            ("Kiểm tra chữ ký của sổ", "Check the log's signature"),
            signature(steps, lang),
            proved.policy.log().map(ToString::to_string),
        ),
        witnesses(steps.standing(), lang),
    ]
}

fn signature(steps: &Steps, lang: Lang) -> String {
    let origin = &steps.claimed.origin;
    match steps.standing() {
        Some(_) => lang.of(
            format!("Sổ {origin} đã ký (Ed25519) bằng khóa này."),
            format!("The log {origin} has signed (Ed25519) with this key."),
        ),
        None => lang.of(
            format!("Không có chữ ký đúng của sổ {origin}."),
            format!("There is no good signature of the log {origin}."),
        ),
    }
}

fn witnesses(standing: Option<&Standing>, lang: Lang) -> Step {
    let witnessed = standing.is_some_and(|standing| standing.witnessed);
    let quorum = standing.is_some_and(|standing| standing.quorum);
    let seen = |(name, seconds): &(String, u64)| {
        let at = Moment(
            i64::try_from(*seconds)
                .unwrap_or(0)
                .saturating_mul(Moment::SECOND),
        );
        format!("{name} ({})", dates::short(at, lang).words())
    };
    let named = standing.map_or(&[][..], |standing| &standing.witnesses);
    let named: Vec<String> = named.iter().map(seen).collect();
    let named = named.join(", ");
    let (tone, says) = match (witnessed, quorum) {
        (true, _) => (
            Tone::Good,
            lang.of(
                format!("Đã thấy và ký cùng một sổ: {named}."),
                format!("Have seen and signed the same log: {named}."),
            ),
        ),
        (false, true) => (
            Tone::Info,
            lang.of(
                "Sổ này chưa nhờ ai làm chứng: đã niêm phong, chưa có người chứng.".to_owned(),
                "This log asks nobody to witness it: sealed, not witnessed.".to_owned(),
            ),
        ),
        (false, false) => (
            Tone::Bad,
            lang.of(
                "Chưa đủ người chứng như chính sách của sổ đòi hỏi.".to_owned(),
                "Fewer witnesses than the log's policy asks for.".to_owned(),
            ),
        ),
    };
    Step {
        tone,
        name: lang.of("Kiểm tra người chứng", "Check the witnesses"),
        says,
        value: None,
    }
}

//! What the text formats of c2sp.org share: canonical base64 (RFC 4648 §3.5), plain decimals, lines of hashes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Hash;

/// Standard base64 with padding (RFC 4648 §4).
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The inverse of [`encode`]; none for any other spelling of the same bytes.
#[must_use]
pub fn decode(base64: &str) -> Option<Vec<u8>> {
    STANDARD.decode(base64).ok()
}

/// One base64 hash of exactly 32 bytes.
#[must_use]
pub fn hash(base64: &str) -> Option<Hash> {
    decode(base64)?.try_into().ok()
}

/// An unsigned decimal without sign or leading zero.
#[must_use]
pub fn decimal(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits == "0" || !digits.starts_with('0');
    (plain && canonical).then(|| digits.parse().ok())?
}

/// One base64 hash per line, each line with its newline.
#[must_use]
pub fn hash_lines(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| encode(hash) + "\n").collect()
}

/// The inverse of [`hash_lines`].
#[must_use]
pub fn parse_hash_lines(lines: &str) -> Option<Vec<Hash>> {
    if lines.is_empty() {
        return Some(Vec::new());
    }
    lines.strip_suffix('\n')?.split('\n').map(hash).collect()
}

/// Splits `head\n<hash lines>\n<rest>` at its first empty line, as receipts and witness requests are built: the hashes
/// that stand between the caller's head (already taken off) and the empty line, and what follows.
pub(super) fn hashes_then(block: &str) -> Option<(Vec<Hash>, &str)> {
    if let Some(rest) = block.strip_prefix('\n') {
        return Some((Vec::new(), rest));
    }
    let end = block.find("\n\n")?;
    let hashes = parse_hash_lines(&block[..=end])?;
    Some((hashes, &block[end + 2..]))
}

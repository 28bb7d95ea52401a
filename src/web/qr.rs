//! QR codes as inline SVG: no request, no script, sharp on paper.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The code as an `<svg>`; empty when the text is too long for one. `label` is read out instead of the picture
/// and must be plain text without markup.
#[must_use]
pub fn svg(text: &str, label: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return String::new();
    };
    let width = code.width();
    let size = width + 2 * QUIET;
    let colours = code.to_colors();
    let rows = colours.chunks(width).zip(QUIET..);
    let path: String = rows.map(|(row, y)| line(row, y)).collect();
    format!(
        "<svg viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{label}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    )
}

/// The dark runs of one row.
fn line(row: &[Color], y: usize) -> String {
    let mut path = String::new();
    let mut x = QUIET;
    for run in row.chunk_by(|left, right| left == right) {
        let length = run.len();
        if run[0] == Color::Dark {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
        }
        x += length;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_fits_and_a_book_does_not() {
        let code = svg("https://example.org/t/H38.40-261122-0001", "QR");
        assert!(
            code.starts_with("<svg") && code.len() < 12_000,
            "{}",
            code.len()
        );
        assert_eq!(svg(&"x".repeat(5_000), "QR"), "");
    }
}

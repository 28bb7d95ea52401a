//! Marks into a file: PDF/A-2u, fonts embedded, the same bytes for the same marks.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Archival, Configuration, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use qrcode::{Color, EcLevel, QrCode};

use super::PaperError;
use super::face::Face;
use super::sheet::{Format, Mark};
use crate::domain::time::Moment;

/// What the file says of itself.
pub struct About {
    pub title: String,
    /// Names the paper; two papers never share one.
    pub id: String,
    /// When what it says was recorded. Never the hour of printing: printed again it is the same file.
    pub at: Moment,
}

/// # Errors
/// [`PaperError::Unprintable`] when the file would not be archivable, which is a fault of ours.
pub fn file(format: Format, pages: &[Vec<Mark>], about: About) -> Result<Vec<u8>, PaperError> {
    let fault = |why: String| PaperError::Unprintable(why);
    let configuration: Configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_U)
        .finish()
        .map_err(|error| fault(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(about));
    let font = |face: Face| {
        Font::new(face.bytes().to_vec().into(), 0)
            .ok_or_else(|| fault("a font that was built in".into()))
    };
    let (regular, bold) = (font(Face::Regular)?, font(Face::Bold)?);
    for marks in pages {
        let settings = PageSettings::from_wh(format.width, format.height)
            .ok_or_else(|| fault("page size".into()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        surface.set_fill(Some(Fill {
            paint: luma::Color::new(0).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
        for mark in marks {
            match mark {
                Mark::Text {
                    x,
                    y,
                    size,
                    face,
                    text,
                } => {
                    let font = match face {
                        Face::Regular => &regular,
                        Face::Bold => &bold,
                    };
                    surface.draw_text(
                        Point::from_xy(*x, *y),
                        font.clone(),
                        *size,
                        text,
                        false,
                        TextDirection::LeftToRight,
                    );
                }
                Mark::Rule {
                    x,
                    y,
                    width,
                    height,
                } => rects(&mut surface, [(*x, *y, *width, *height)]),
                Mark::Qr { x, y, side, text } => qr(&mut surface, (*x, *y), *side, text)?,
            }
        }
        surface.finish();
        page.finish();
    }
    document
        .finish()
        .map_err(|error| fault(format!("{error:?}")))
}

fn rects(surface: &mut Surface<'_>, all: impl IntoIterator<Item = (f32, f32, f32, f32)>) {
    let mut path = PathBuilder::new();
    for (x, y, width, height) in all {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rect);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn qr(
    surface: &mut Surface<'_>,
    (x, y): (f32, f32),
    side: f32,
    text: &str,
) -> Result<(), PaperError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| PaperError::Unprintable(error.to_string()))?;
    let width = code.width();
    #[expect(
        clippy::cast_precision_loss,
        reason = "a code has at most 177 modules a side"
    )]
    let at = |module: usize| side * module as f32 / width as f32;
    let colours = code.to_colors();
    // Runs of dark modules, a little taller than their row: no reader sees white lines between rows.
    let mut dark = Vec::new();
    for (row, modules) in colours.chunks(width).enumerate() {
        let mut from = 0;
        for run in modules.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                dark.push((x + at(from), y + at(row), at(run.len()), at(1) + 0.05));
            }
            from += run.len();
        }
    }
    rects(surface, dark);
    Ok(())
}

fn metadata(about: About) -> Metadata {
    let local = about.at.local();
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let at = DateTime::new(u16::try_from(local.year()).unwrap_or_default())
        .month(part(local.month()))
        .day(part(local.day()))
        .hour(part(local.hour()))
        .minute(part(local.minute()))
        .second(part(local.second()))
        .utc_offset_hour(7)
        .utc_offset_minute(0);
    Metadata::new()
        .title(about.title)
        .language("vi".to_owned())
        .creator("motcua".to_owned())
        .document_id(about.id)
        .creation_date(at)
}

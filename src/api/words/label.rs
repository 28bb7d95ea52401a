//! What people call channels and levels: (Vietnamese, English).

use crate::domain::catalogue::Level;
use crate::domain::dossier::Channel;

/// How a dossier came in.
#[must_use]
pub fn channel_label(channel: Channel) -> (&'static str, &'static str) {
    match channel {
        Channel::Counter => ("Trực tiếp", "At the counter"),
        Channel::Online => ("Trực tuyến", "Online"),
        Channel::Post => ("Bưu chính", "By post"),
    }
}

/// A level of government.
#[must_use]
pub fn level_label(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Ministry => ("Cấp bộ", "Ministry"),
        Level::Province => ("Cấp tỉnh", "Province"),
        Level::District => (
            "Cấp huyện (trước 01/7/2025)",
            "District (until 30 June 2025)",
        ),
        Level::Commune => ("Cấp xã", "Commune"),
        Level::Vertical => ("Ngành dọc", "Vertical agency"),
    }
}

//! Progress bars on long work; plain lines when nobody watches.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that says what is being done, how far it is and how long it will take.
pub fn bar(what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg:28} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    bar.set_message(what.to_owned());
    bar
}

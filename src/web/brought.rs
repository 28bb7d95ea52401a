//! Files of papers and results on a page: what they are called and where they are fetched.

use serde::Deserialize;

use super::dates;
use super::lang::Lang;
use crate::domain::time::Moment;

/// A file as the api gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brought {
    pub at: Moment,
    pub item: Option<u32>,
    pub name: Option<String>,
    pub size_bytes: Option<String>,
    pub url: Option<String>,
}

/// One line of a list of files.
#[derive(Debug, Clone)]
pub struct FileLine {
    /// Name and place; none when it was erased.
    pub link: Option<(String, String)>,
    /// Of what it is, its size, when it came.
    pub about: String,
}

impl FileLine {
    pub fn new(file: &Brought, lang: Lang) -> Self {
        let what = match file.item {
            Some(item) => format!("{} {item}", lang.of("Giấy tờ số", "Paper no.")),
            None => lang.of("Kết quả", "Result").to_owned(),
        };
        let bytes = file.size_bytes.as_ref();
        let bytes = bytes.and_then(|bytes| bytes.parse::<u64>().ok());
        let size = bytes.map(|bytes| format!(" · {} kB", lang.count(bytes.div_ceil(1_000))));
        let day = dates::day(file.at.date(), lang);
        Self {
            link: file.name.clone().zip(file.url.clone()),
            about: format!("{what}{} · {day}", size.unwrap_or_default()),
        }
    }

    /// The same for whoever shows the receipt's key.
    pub fn with_key(mut self, key: &str) -> Self {
        if let Some((_, place)) = &mut self.link {
            *place = format!("{place}?k={key}");
        }
        self
    }
}

//! Files as rows of named texts: CSV with a header (RFC 4180), NDJSON, and XES logs (IEEE 1849), one row per event with its
//! case's attributes as `case:…`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event as Xml};
use serde_json::Value;

use super::error::{ImportError, Unread};
use super::mapping::Mapping;

/// One row: its place in the file, and what stands in its columns. Empty texts are left out.
pub struct Row {
    pub place: u64,
    own: HashMap<String, String>,
    /// Of its case, shared by all its rows.
    shared: Arc<HashMap<String, String>>,
}

impl Row {
    /// What stands in a column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&str> {
        let found = self.own.get(column).or_else(|| self.shared.get(column));
        found.map(String::as_str)
    }

    fn of(place: u64, columns: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            place,
            own: kept(columns),
            shared: Arc::default(),
        }
    }
}

fn kept(columns: impl IntoIterator<Item = (String, String)>) -> HashMap<String, String> {
    let trimmed = columns
        .into_iter()
        .map(|(name, text)| (name, text.trim().to_owned()));
    trimmed.filter(|(_, text)| !text.is_empty()).collect()
}

/// Longest line of NDJSON, and most deeply nested: nobody's row is larger.
const LINE_MAX: usize = 1024 * 1024;

/// Reads a file by its ending, row by row.
///
/// # Errors
/// When it cannot be opened, or is no such file at all; a row that cannot be read is one `Unread`.
pub fn read(
    file: &Path,
    mapping: &Mapping,
    mut take: impl FnMut(Result<Row, Unread>),
) -> Result<(), ImportError> {
    let opened = File::open(file).map_err(|source| ImportError::File {
        file: file.to_owned(),
        source,
    })?;
    let ending = file.extension().and_then(|ending| ending.to_str());
    let done = match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
        "csv" | "tsv" | "txt" => csv(opened, mapping, &mut take),
        "ndjson" | "jsonl" => ndjson(opened, &mut take),
        "xes" => xes(opened, &mut take),
        other => Err(format!(
            "“{other}” is no ending of .csv, .ndjson or .xes: export it as one of these (from a spreadsheet: CSV UTF-8)"
        )),
    };
    done.map_err(|why| ImportError::Form {
        file: file.to_owned(),
        why,
    })
}

type Take<'a> = dyn FnMut(Result<Row, Unread>) + 'a;

fn csv(file: File, mapping: &Mapping, take: &mut Take<'_>) -> Result<(), String> {
    let delimiter = mapping.delimiter.and_then(|one| u8::try_from(one).ok());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(BufReader::new(file));
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let header: Vec<String> = header
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    let lacks = mapping.columns().into_iter();
    let lacks: Vec<&str> = lacks
        .filter(|column| !header.iter().any(|name| name == column))
        .collect();
    if !lacks.is_empty() {
        return Err(format!(
            "the mapping names columns that the file lacks: {}. It has: {}. Mend the mapping's column names or its delimiter",
            lacks.join(", "),
            header.join(", ")
        ));
    }
    for (place, record) in (2_u64..).zip(reader.records()) {
        match record {
            Ok(record) => {
                let texts = record.iter().map(str::to_owned);
                take(Ok(Row::of(place, header.iter().cloned().zip(texts))));
            }
            Err(error) if error.is_io_error() => return Err(error.to_string()),
            Err(error) => take(Err(Unread {
                row: place,
                column: None,
                why: match error.kind() {
                    csv::ErrorKind::UnequalLengths { .. } => "NOT_AS_MANY_COLUMNS_AS_THE_HEADER",
                    csv::ErrorKind::Utf8 { .. } => "NOT_UTF8",
                    _ => "NOT_CSV", // foreign: the library may name more
                },
            })),
        }
    }
    Ok(())
}

fn ndjson(file: File, take: &mut Take<'_>) -> Result<(), String> {
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for place in 1_u64.. {
        line.clear();
        if reader
            .read_until(b'\n', &mut line)
            .map_err(|error| error.to_string())?
            == 0
        {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let read = if line.len() > LINE_MAX {
            Err("LINE_TOO_LONG")
        } else {
            match serde_json::from_slice(&line) {
                Ok(Value::Object(object)) => {
                    let mut flat = Vec::new();
                    flatten("", &Value::Object(object), &mut flat);
                    Ok(Row::of(place, flat))
                }
                Ok(_) => Err("NOT_AN_OBJECT"), // foreign: any other JSON
                Err(_) => Err("NOT_JSON"),
            }
        };
        take(read.map_err(|why| Unread {
            row: place,
            column: None,
            why,
        }));
    }
    Ok(())
}

/// `{"a": {"b": 1}}` has the column `a.b`; lists are left out.
fn flatten(name: &str, value: &Value, to: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                flatten(&name, value, to);
            }
        }
        Value::String(text) => to.push((name.to_owned(), text.clone())),
        Value::Number(_) | Value::Bool(_) => to.push((name.to_owned(), value.to_string())),
        Value::Null | Value::Array(_) => {}
    }
}

/// Where in a log the reader stands.
#[derive(Default)]
struct Log {
    /// Attributes of the trace, and of the event in it that is being read.
    case: Option<HashMap<String, String>>,
    event: Option<HashMap<String, String>>,
    /// The case, once its first event has ended.
    shared: Option<Arc<HashMap<String, String>>>,
    /// How deep within an attribute or a list.
    depth: usize,
    place: u64,
}

fn xes(file: File, take: &mut Take<'_>) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(file));
    let (mut buffer, mut log) = (Vec::new(), Log::default());
    loop {
        let told = reader.read_event_into(&mut buffer);
        match told.map_err(|error| format!("{error} at byte {}", reader.error_position()))? {
            Xml::Start(tag) => log.begin(&tag, false),
            Xml::Empty(tag) => log.begin(&tag, true),
            Xml::End(tag) => log.end(tag.local_name().as_ref(), take),
            Xml::Eof => break,
            Xml::DocType(_) => return Err("a document type is declared".into()),
            _ => {} // foreign: comments, text between tags
        }
        buffer.clear();
    }
    if log.place == 0 && log.shared.is_none() {
        return Err("no event is in it".into());
    }
    Ok(())
}

impl Log {
    fn begin(&mut self, tag: &BytesStart<'_>, empty: bool) {
        match tag.local_name().as_ref() {
            "trace" if !empty => {
                self.case = Some(HashMap::new());
                self.shared = None;
            }
            "event" if !empty && self.case.is_some() => self.event = Some(HashMap::new()),
            "string" | "date" | "int" | "float" | "boolean" | "id" => {
                if self.depth == 0 {
                    self.note(tag);
                }
                self.depth += usize::from(!empty);
            }
            "list" | "container" => self.depth += usize::from(!empty),
            _ => {} // foreign: declarations of the log
        }
    }

    fn note(&mut self, tag: &BytesStart<'_>) {
        let text = |name: &str| {
            let found = tag.try_get_attribute(name).ok()??;
            let text = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let (Some(key), Some(value)) = (text("key"), text("value")) else {
            return;
        };
        if let Some(event) = &mut self.event {
            event.insert(key, value);
        } else if let Some(case) = &mut self.case {
            case.insert(format!("case:{key}"), value);
        }
    }

    fn end(&mut self, name: &str, take: &mut Take<'_>) {
        match name {
            "event" => {
                let Some(own) = self.event.take() else {
                    return;
                };
                self.place += 1;
                let case = &self.case;
                let shared = self
                    .shared
                    .get_or_insert_with(|| Arc::new(case.clone().unwrap_or_default()));
                take(Ok(Row {
                    place: self.place,
                    own,
                    shared: Arc::clone(shared),
                }));
            }
            "trace" => self.case = None,
            "string" | "date" | "int" | "float" | "boolean" | "id" | "list" | "container" => {
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {} // foreign: declarations of the log
        }
    }
}
